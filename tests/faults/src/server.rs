//! The real program as child processes: `serve`, and commands.

use crate::verdict::Result;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A start that takes longer than this is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a server keeps its data.
#[derive(Debug, Clone)]
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// PostgreSQL, where it takes the place of the embedded engine.
    pub database: Option<String>,
    /// Address to listen on.
    pub listen: String,
    /// A program, with its arguments, that runs ours.
    pub under: Vec<String>,
}

impl Place {
    /// A folder of the embedded engine on any free port.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), database: None, listen: "127.0.0.1:0".into(), under: Vec::new() }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = match self.under.split_first() {
            Some((outer, args)) => {
                let mut command = Command::new(outer);
                command.args(args).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.arg("--data").arg(&self.data);
        match &self.database {
            Some(url) => command.args(["--database", url]),
            None => command.env_remove("LIENTHONG_DATABASE"),
        };
        command.env("LIENTHONG_TELEMETRY_LOG_FILTER", "warn");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// The program on these data, without arguments of its own yet.
pub fn command(program: &Path, place: &Place) -> Command {
    place.command(program)
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// Both streams.
    pub text: String,
}

/// The program's version line.
pub async fn version(program: &Path) -> Result<String> {
    let out =
        Command::new(program).arg("--version").output().await.map_err(|e| format!("{}: {e}", program.display()))?;
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Runs a command to its end.
pub async fn run(program: &Path, place: &Place, args: &[&str]) -> Result<Said> {
    let out = place.command(program).args(args).output().await.map_err(|e| format!("{args:?}: {e}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    Ok(Said { code: out.status.code(), text })
}

/// Runs a command that must succeed; its output.
pub async fn must(program: &Path, place: &Place, args: &[&str]) -> Result<String> {
    let said = run(program, place, args).await?;
    if said.code == Some(0) {
        Ok(said.text)
    } else {
        Err(format!("{args:?} ended with {:?}: {}", said.code, said.text))
    }
}

/// Starts a command and kills it after `moment`; `None` when it ended before.
pub async fn killed(program: &Path, place: &Place, args: &[&str], moment: Duration) -> Result<Option<()>> {
    let mut child = place
        .command(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{args:?}: {e}"))?;
    if tokio::time::timeout(moment, child.wait()).await.is_ok() {
        return Ok(None);
    }
    child.kill().await.map_err(|e| e.to_string())?;
    Ok(Some(()))
}

/// A server at work.
pub struct Server {
    /// Where it listens.
    pub url: String,
    /// From its start to the first ready answer.
    pub ready: Duration,
    child: Child,
}

impl Server {
    /// Starts `serve` and waits until it is ready. The error holds what it said.
    pub async fn start(program: &Path, place: &Place) -> Result<Self> {
        let log = place.data.with_extension("log");
        let stderr = std::fs::File::options().create(true).append(true).open(&log).map_err(|e| e.to_string())?;
        let before = stderr.metadata().map_or(0, |m| m.len());
        let begun = Instant::now();
        let mut child = place
            .command(program)
            .args(["serve", "--listen", &place.listen, "--admin-listen", ""])
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|e| e.to_string())?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut said = String::new();
        let address = loop {
            match tokio::time::timeout(PATIENCE, lines.next_line()).await {
                Ok(Ok(Some(line))) if line.starts_with("http") => break line,
                Ok(Ok(Some(line))) => said.push_str(&format!("{line}\n")),
                Ok(_) => {
                    let text = std::fs::read_to_string(&log).unwrap_or_default();
                    let start = usize::try_from(before).unwrap_or(0);
                    return Err(format!("{said}{}", text.get(start..).unwrap_or_default()));
                }
                Err(_) => return Err(format!("said no address within {} s", PATIENCE.as_secs())),
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let mut server = Self { url: address, ready: begun.elapsed(), child };
        let client = reqwest::Client::new();
        let url = format!("{}/readyz", server.url);
        while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if begun.elapsed() > PATIENCE {
                return Err(format!("not ready within {} s", PATIENCE.as_secs()));
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        server.ready = begun.elapsed();
        Ok(server)
    }

    /// The process.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.map_err(|e| e.to_string())
    }

    /// Ends it as an operator would, and waits.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
        }
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(Ok(_)) => Ok(()),
            _ => self.child.kill().await.map_err(|e| e.to_string()),
        }
    }
}
