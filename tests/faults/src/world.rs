//! A server's data, made with the program's own commands: agencies, an outside system with its token.

use crate::Run;
use crate::server::{self, Place};
use crate::verdict::{Result, Verdict};
use std::path::Path;
use testkit::Scratch;

/// The sender of every package.
pub const SENDER: &str = "G22";
/// The recipients of every package.
pub const RECIPIENTS: [&str; 3] = ["H57", "H57.09", "H57.11"];

/// Which database stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The one named by `LIENTHONG_TEST_POSTGRES`, or a cluster of our own.
    Postgres,
}

impl Engine {
    /// Both of them.
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What a server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// Sender and recipients.
    All,
    /// The sender only.
    Sender,
    /// The recipients only.
    Recipients,
}

/// A server's data, gone when this is dropped.
pub struct World {
    /// Where it lies.
    pub place: Place,
    /// Bearer token of an outside system that sends and receives for every agency hosted.
    pub token: String,
    _scratch: Option<Scratch>,
    folder: Option<tempfile::TempDir>,
}

impl World {
    /// Makes one in a temporary folder; `None` (said) where the engine is missing.
    pub async fn make(run: &Run, verdict: &Verdict, engine: Engine, hosts: Hosts) -> Result<Option<Self>> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let world = Self::make_in(run, verdict, engine, hosts, folder.path()).await?;
        Ok(world.map(|world| Self { folder: Some(folder), ..world }))
    }

    /// Makes one in a folder that is there and empty.
    pub async fn make_in(
        run: &Run,
        verdict: &Verdict,
        engine: Engine,
        hosts: Hosts,
        folder: &Path,
    ) -> Result<Option<Self>> {
        let mut place = Place::new(folder.join("data"));
        let Some(scratch) = database(verdict, engine, &mut place).await else { return Ok(None) };
        if hosts != Hosts::All {
            // Another server must find this one again after a restart.
            let port =
                std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?;
            place.listen = port.to_string();
        }
        let token = furnish(&run.program, &place, hosts, folder).await?;
        Ok(Some(Self { place, token, _scratch: scratch, folder: None }))
    }

    /// The folder beside the data.
    pub fn beside(&self, name: &str) -> std::path::PathBuf {
        self.place.data.with_file_name(name)
    }

    /// Leaves the folder for inspection and says where it is.
    pub fn keep(&mut self) {
        if let Some(folder) = self.folder.take() {
            println!("  kept for inspection: {}", folder.keep().display());
        }
    }
}

/// An empty database for the place where the engine needs one; `None` (said) where there is no such engine.
pub async fn database(verdict: &Verdict, engine: Engine, place: &mut Place) -> Option<Option<Scratch>> {
    if engine == Engine::Sqlite {
        return Some(None);
    }
    match Scratch::empty().await {
        Some(scratch) => {
            place.database = Some(scratch.url.clone());
            Some(Some(scratch))
        }
        None => {
            verdict.skip(engine.name(), "no PostgreSQL here");
            None
        }
    }
}

async fn furnish(program: &Path, place: &Place, hosts: Hosts, folder: &Path) -> Result<String> {
    let mut csv = "code,name,name_en,parent,valid_from,hosted\n".to_owned();
    let mut args = vec!["system", "register"];
    for code in std::iter::once(SENDER).chain(RECIPIENTS) {
        let here = hosts == Hosts::All || (hosts == Hosts::Sender) == (code == SENDER);
        let parent = if code.starts_with("H57.") { "H57" } else { "" };
        let hosted = if here { "yes" } else { "no" };
        csv.push_str(&format!("{code},Cơ quan {code},Agency {code},{parent},2025-07-01,{hosted}\n"));
        if here {
            args.extend(["--agency", code]);
        }
    }
    let file = folder.join("agencies.csv");
    std::fs::write(&file, csv).map_err(|e| e.to_string())?;
    server::must(program, place, &["agency", "import", &file.to_string_lossy()]).await?;
    let said = server::must(program, place, &args).await?;
    said.lines().nth(1).map(|token| token.trim().to_owned()).ok_or_else(|| format!("no token in: {said}"))
}
