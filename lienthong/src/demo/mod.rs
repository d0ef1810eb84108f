//! `demo`: a small government on two servers, the story run for real, and the pages to walk through it by hand.

mod client;
mod second;
pub mod seed;
mod story;
mod timeline;

pub use client::Caller;

use crate::cli::{self, Place};
use crate::commands::{Command, Out, PeerCommand};
use crate::{control, serve};
use platform::{Config, Error, Platform, Result, practice};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use story::Stage;
use timeline::Timeline;

/// Everybody's password in practice data; it opens nothing else, for practice data is served on loopback only.
const PASSWORD: &str = "Thuc-hanh-2026";
/// What the story left behind, kept so that a second start can tell that everything is as it was.
const KEPT: &str = "story.json";

/// Flags of `demo`.
#[derive(clap::Args, Clone)]
pub struct DemoArgs {
    /// Run the story on a temporary folder (or the one of --data, kept) and a free port, print one JSON line last
    #[arg(long)]
    pub check: bool,
    /// Address and port of the pages
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// The commune's own database, where the first server's is PostgreSQL
    #[arg(long)]
    pub second_database: Option<String>,
}

/// Runs the demo.
pub async fn demo(args: DemoArgs, place: Place) -> Result<u8> {
    let out = Out::Terminal;
    let temporary = if args.check && place.data.is_none() {
        Some(tempfile::tempdir().map_err(|e| Error::fault("make a temporary folder", e))?)
    } else {
        None
    };
    let folder = match (&temporary, place.data.clone()) {
        (Some(temporary), _) => temporary.path().join("data-demo"),
        (None, Some(folder)) => folder,
        (None, None) => PathBuf::from("data-demo"),
    };
    let outcome = run(&args, &place, &folder, &out).await;
    if !args.check {
        return outcome.map(|_| 0);
    }
    let (code, line) = match outcome {
        Ok(line) => (0, line),
        Err(error) => (1, json!({ "ok": false, "error": error.to_string() })),
    };
    out.line(line.to_string());
    Ok(code)
}

fn config_of(folder: &Path, database: Option<String>, listen: &str) -> Config {
    let mut config = Config::in_folder(folder);
    config.database = database;
    config.listen = listen.to_owned();
    config.admin_listen = String::new();
    config
}

/// Both servers up, the story told (or found as it was), both ledgers proven; then the pages until told to stop.
async fn run(args: &DemoArgs, place: &Place, folder: &Path, out: &Out) -> Result<Json> {
    let mut commune_folder = folder.as_os_str().to_owned();
    commune_folder.push("-xa");
    let second_folder = PathBuf::from(commune_folder);
    let listen = if args.check { "127.0.0.1:0" } else { args.listen.as_str() };
    let first = config_of(folder, place.database.clone(), listen);
    let second = config_of(&second_folder, args.second_database.clone(), "127.0.0.1:0");
    for config in [&first, &second] {
        let used = std::fs::read_dir(&config.data_dir).is_ok_and(|mut d| d.next().is_some());
        if used && !practice::is_marked(&config.data_dir) {
            return Err(Error::Unavailable(format!(
                "{} holds real data; give the demo a folder of its own with --data",
                config.data_dir.display()
            )));
        }
        practice::mark(&config.data_dir)?;
        // A story that was broken off cannot be taken up in the middle: what it left is practice data, and goes.
        if used && kept(folder).is_none() && config.database.is_none() {
            practice::clear(&config.data_dir)?;
        }
    }
    let log_filter = second::log_filter();
    platform::telemetry::init(&platform::config::Telemetry { log_filter, ..Default::default() })?;

    let mut stop = serve::StopSignal::listen()?;
    let mut timeline = Timeline::begin(out.clone());
    let unseeded = cli::open(second.clone()).await?;
    seed::seed(&unseeded, 2, PASSWORD).await?;
    unseeded.shutdown().await;
    let commune = second::Server::start(&second).await?;
    let running = serve::start(first).await?;
    let people = seed::seed(&running.platform, 1, PASSWORD).await?;
    timeline.observed(
        format!("Hai máy chủ chạy: {} và {}", running.address_url(), commune.address),
        format!("Two servers are up: {} and {}", running.address_url(), commune.address),
    );
    let stage = Stage { first: running.address_url(), second: commune.address.clone(), password: PASSWORD.to_owned() };
    let story = the_story(&stage, &running.platform, (folder, &second_folder), &mut timeline);
    let told = tokio::select! {
        told = story => told?,
        () = stop.wait() => return Err(Error::Unavailable("told to stop before the story ended".to_owned())),
    };
    let line = json!({
        "ok": true,
        "code": told["code"],
        "statistics": told["statistics"],
        "steps": timeline.count(),
        "timeline": timeline.json(),
    });
    if !args.check {
        present(&running, &commune.address, &people, &told, out);
        stop.wait().await;
    }
    commune.stop().await;
    running.stop().await;
    Ok(line)
}

/// The story, told now or found as it was left; then both ledgers are proven.
async fn the_story(
    stage: &Stage,
    platform: &Platform,
    (folder, second_folder): (&Path, &Path),
    timeline: &mut Timeline,
) -> Result<Json> {
    let told = match kept(folder) {
        Some(before) => {
            as_it_was(stage, &before).await?;
            timeline.observed("Mọi thứ còn nguyên như lần trước", "Everything is as it was left");
            before
        }
        None => {
            introduce(platform, second_folder, timeline).await?;
            let told = story::tell(stage, timeline).await?;
            let told = json!({ "decision": told.decision, "code": told.code, "statistics": told.statistics });
            keep(folder, &told)?;
            told
        }
    };
    proof(platform, second_folder, timeline).await?;
    Ok(told)
}

/// The first server invites the commune's, which accepts.
async fn introduce(platform: &Platform, second_folder: &Path, timeline: &mut Timeline) -> Result<()> {
    let invite = Command::Peer(PeerCommand::Invite { agencies: vec!["H57.103".into()], url: None });
    let invitation = ask(platform, None, invite).await?.pop().unwrap_or_default();
    ask(platform, Some(second_folder), Command::Peer(PeerCommand::Accept { invitation })).await?;
    timeline.observed(
        "Hai máy chủ được giới thiệu với nhau (peer invite, peer accept)",
        "The two servers were introduced (peer invite, peer accept)",
    );
    Ok(())
}

/// Both ledgers verify against the checkpoints that the other server keeps; the second through its control socket, as an
/// operator would.
async fn proof(platform: &Platform, second_folder: &Path, timeline: &mut Timeline) -> Result<()> {
    for (there, here) in [(Some(second_folder), None), (None, Some(second_folder))] {
        let kept = ask(platform, there, Command::Peer(PeerCommand::Checkpoints)).await?;
        let file = tempfile::NamedTempFile::new().map_err(|e| Error::fault("make a temporary file", e))?;
        std::fs::write(file.path(), kept.join("\n")).map_err(|e| Error::fault("write the checkpoints", e))?;
        let mut said = ask(platform, here, Command::Verify { checkpoints: Some(file.path().to_owned()) }).await?;
        let (en, vi) = (said.pop().unwrap_or_default(), said.pop().unwrap_or_default());
        timeline.observed(vi, en);
    }
    Ok(())
}

/// Runs a command here, or in the server that holds the folder; answers its lines.
async fn ask(platform: &Platform, folder: Option<&Path>, command: Command) -> Result<Vec<String>> {
    let (out, mut lines) = Out::channel();
    let code = match folder {
        None => crate::commands::run(platform, command, &out).await,
        Some(folder) => control::ask(folder, &command, &out)
            .await
            .ok_or_else(|| Error::Unavailable("the commune's server does not answer".into()))??,
    };
    drop(out);
    let mut said = Vec::new();
    while let Some(line) = lines.recv().await {
        said.push(line);
    }
    if code == 0 { Ok(said) } else { Err(Error::Fault(said.join(" "))) }
}

fn kept(folder: &Path) -> Option<Json> {
    serde_json::from_slice(&std::fs::read(folder.join(KEPT)).ok()?).ok()
}

fn keep(folder: &Path, told: &Json) -> Result<()> {
    std::fs::write(folder.join(KEPT), told.to_string()).map_err(|e| Error::fault("keep what the story left", e))
}

/// A second start finds the decision with the same number and the same board.
async fn as_it_was(stage: &Stage, before: &Json) -> Result<()> {
    let drafter = Caller::sign_in(&stage.first, "bnv.chuyenvien", &stage.password).await?;
    let id = client::text(before, "/decision")?;
    let now = drafter.get(&format!("/api/v1/outgoing-documents/{id}")).await?;
    if now["code"] != before["code"] || now["state"] != "issued" {
        return Err(Error::Fault(format!("the decision is not as it was: {now}")));
    }
    Ok(())
}

fn present(running: &serve::Running, second: &str, people: &[seed::SeededAccount], told: &Json, out: &Out) {
    out.line("");
    out.line(format!("Thống kê / Statistics: {}", told["statistics"]));
    out.line("");
    out.line("Tài khoản (cùng một mật khẩu) / Accounts (one password):");
    for person in people {
        out.line(format!("  {:<18} {}, {}, {}", person.username, person.name, person.title, person.agency));
    }
    out.line("");
    out.line(format!("PASSWORD {PASSWORD}"));
    out.line(format!("SECOND {second}"));
    out.line(format!("SERVING {}", running.address_url()));
}
