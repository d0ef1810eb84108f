//! The largest attachment on every path: handed in, verified, stored, handed over to another server, downloaded, backed
//! up, verified again. What each process needs above its idle memory is bounded.

use crate::Run;
use crate::check;
use crate::crash_pair::Pair;
use crate::load::client;
use crate::server::{self, Place, Server};
use crate::verdict::{Result, Verdict};
use crate::world::{Engine, RECIPIENTS, SENDER};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Bytes of one piece of the attachment; a multiple of 3, so that the pieces of base64 join.
const PIECE: usize = 3 << 20;
/// Most memory above idle, in MB.
const MOST: u64 = 64;
/// How long the other server may take to have it.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the paths on both engines with an attachment of so many MB.
pub async fn large(run: &Run, verdict: &Verdict, megabytes: usize) -> Result<()> {
    for engine in Engine::BOTH {
        large_on(run, verdict, engine, megabytes).await?;
    }
    Ok(())
}

async fn large_on(run: &Run, verdict: &Verdict, engine: Engine, megabytes: usize) -> Result<()> {
    let Some((pair, first, second)) = Pair::make(run, verdict, engine).await? else { return Ok(()) };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let gauge = |server: &Server| Gauge::new(server.id());
    let (sender, recipient) = (gauge(&first)?, gauge(&second)?);

    let (sha256, package) = hand_in(&first.url, &pair.sender.token, (megabytes << 20) / PIECE).await?;
    let received = sender.above_idle()?;
    let arrived = arrival(&second.url, &pair.recipients.token).await?;
    let (forwarded, taken_over) = (sender.above_idle()?, recipient.above_idle()?);

    let found = download(&second.url, &pair.recipients.token, &arrived, "content").await?;
    verdict.hold(found == sha256, || format!("the package downloaded is not the one sent: {found}, {sha256}"));
    download(&first.url, &pair.sender.token, &package, "attachments/0").await?;
    let downloaded = recipient.above_idle()?.max(sender.above_idle()?);

    let backup = pair.sender.beside("backup");
    let name = backup.to_string_lossy().into_owned();
    let backed_up = command(&run.program, &pair.sender.place, &["backup", &name]).await?;
    let verified = command(&run.program, &pair.sender.place, &["verify"]).await?;
    check::nothing_half_stored(verdict, &pair.recipients.place).await?;
    first.stop().await?;
    second.stop().await?;

    let paths = [
        ("handed in, verified, stored", received),
        ("handed over", forwarded),
        ("taken over", taken_over),
        ("downloaded", downloaded),
    ];
    for (what, above) in paths {
        verdict.hold(above <= MOST, || format!("{what}: {above} MB above idle, at most {MOST} MB"));
    }
    // A command has no idle state: what it needs is held against a server at rest.
    for (what, most) in [("backed up", backed_up), ("verified", verified)] {
        let limit = sender.idle + MOST;
        verdict.hold(most <= limit, || format!("{what}: {most} MB, at most {limit} MB"));
    }
    verdict.case(&format!(
        "{}, an attachment of {} MB; MB above the idle {} and {}: handed in, verified and stored {received}, handed over \
         {forwarded}, taken over {taken_over}, downloaded {downloaded}; `backup` {backed_up} MB in all, `verify` {verified} MB",
        engine.name(),
        megabytes,
        sender.idle,
        recipient.idle,
    ));
    Ok(())
}

/// Bytes that differ from piece to piece.
fn piece(number: usize) -> Vec<u8> {
    let mut state = number as u64 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()
    };
    (0..PIECE / 8).flat_map(|_| next()).collect()
}

/// Hands the package in while it is made; its SHA-256 and the id it was given.
async fn hand_in(url: &str, token: &str, count: usize) -> Result<(String, String)> {
    let sample = testkit::SamplePackage {
        document_id: "lon-1",
        number: 1,
        date: base::Clock::System.now().local_date(),
        from: SENDER,
        to: &RECIPIENTS,
        attachment: 0,
        signatures: "",
    };
    let around = String::from_utf8(sample.edxml()).map_err(|e| e.to_string())?;
    let end = "</ContentTransferEncoded>";
    let (before, after) = around.split_once(end).ok_or("the sample has no attachment")?;
    let after = format!("{end}{after}");
    let pieces = std::iter::once(Bytes::from(before.to_owned()))
        .chain((0..count).map(|number| Bytes::from(STANDARD.encode(piece(number)))))
        .chain(std::iter::once(Bytes::from(after)));
    let body = reqwest::Body::wrap_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)));
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| e.to_string())?;
    let request = client.post(format!("{url}/api/v1/exchange/packages")).bearer_auth(token);
    let request = request.header("content-type", "application/xml");
    let answer = request.body(body).send().await.map_err(|e| e.to_string())?;
    let status = answer.status();
    let receipt: serde_json::Value = answer.json().await.map_err(|e| e.to_string())?;
    match (receipt["sha256"].as_str(), receipt["package_id"].as_str()) {
        (Some(sha256), Some(id)) if status == reqwest::StatusCode::ACCEPTED => Ok((sha256.to_owned(), id.to_owned())),
        _ => Err(format!("the large package was not taken: {status} {receipt}")),
    }
}

/// Waits until the package stands in the first recipient's inbox; its id there.
async fn arrival(url: &str, token: &str) -> Result<String> {
    let begun = Instant::now();
    let path = format!("{url}/api/v1/exchange/inbox?agency={}&kind=document", RECIPIENTS[0]);
    loop {
        let answer = client().get(&path).bearer_auth(token).send().await.map_err(|e| e.to_string())?;
        let page: serde_json::Value = answer.json().await.map_err(|e| e.to_string())?;
        if let Some(id) = page["items"][0]["package_id"].as_str() {
            return Ok(id.to_owned());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("the large package did not arrive: {page}"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Fetches a part of a package; the SHA-256 of what came.
async fn download(url: &str, token: &str, package: &str, part: &str) -> Result<String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| e.to_string())?;
    let path = format!("{url}/api/v1/exchange/packages/{package}/{part}");
    let answer = client.get(&path).bearer_auth(token).send().await.map_err(|e| e.to_string())?;
    if !answer.status().is_success() {
        return Err(format!("{path}: {}", answer.status()));
    }
    let (mut hash, mut body) = (Sha256::new(), answer.bytes_stream());
    while let Some(chunk) = body.next().await {
        hash.update(chunk.map_err(|e| e.to_string())?);
    }
    Ok(hex::encode(hash.finalize()))
}

/// What a server's process needs above what it needed at rest.
struct Gauge {
    process: u32,
    idle: u64,
}

impl Gauge {
    fn new(process: Option<u32>) -> Result<Self> {
        let process = process.ok_or("the server is gone")?;
        Ok(Self { process, idle: memory(process, "VmRSS:")? })
    }

    /// The most since the last question, in MB above idle.
    fn above_idle(&self) -> Result<u64> {
        let most = memory(self.process, "VmHWM:")?;
        // 5: the mark begins anew at what is in use now (proc(5), clear_refs).
        std::fs::write(format!("/proc/{}/clear_refs", self.process), "5").map_err(|e| e.to_string())?;
        Ok(most.saturating_sub(self.idle))
    }
}

/// A figure of a process's memory, in MB.
fn memory(process: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).map_err(|e| e.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such figure")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().map_err(|e| format!("{line}: {e}"))?;
    Ok(kib / 1000)
}

/// Runs a command that must succeed; the most memory it needed, in MB.
async fn command(program: &Path, place: &Place, args: &[&str]) -> Result<u64> {
    let mut child = server::command(program, place)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut most = 0;
    loop {
        if let Some(id) = child.id() {
            most = most.max(memory(id, "VmHWM:").unwrap_or(0));
        }
        match tokio::time::timeout(Duration::from_millis(10), child.wait()).await {
            Ok(ended) => {
                let ended = ended.map_err(|e| e.to_string())?;
                return if ended.success() { Ok(most) } else { Err(format!("{args:?} ended with {ended}")) };
            }
            Err(_) => continue,
        }
    }
}
