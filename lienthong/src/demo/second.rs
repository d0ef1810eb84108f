//! The commune's server: a second process with its own data.

use platform::{Config, Error, Result};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const LOG_FILTER: &str = "LIENTHONG_TELEMETRY_LOG_FILTER";

/// What both servers log: little, so that the story can be read, unless the environment asks for more.
pub fn log_filter() -> String {
    std::env::var(LOG_FILTER).unwrap_or_else(|_| "warn".to_owned())
}

/// A server process of our own.
pub struct Server {
    /// Where it listens.
    pub address: String,
    child: Child,
}

impl Server {
    /// Starts the same program with `serve` and waits for the address it prints.
    pub async fn start(config: &Config) -> Result<Self> {
        let program = std::env::current_exe().map_err(|e| Error::fault("find the program", e))?;
        let mut command = Command::new(program);
        command
            .arg("--data")
            .arg(&config.data_dir)
            .args(["serve", "--listen", &config.listen, "--admin-listen", ""])
            .env_remove("LIENTHONG_DATABASE")
            .env(LOG_FILTER, log_filter())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        if let Some(database) = &config.database {
            command.args(["--database", database]);
        }
        let mut child = command.spawn().map_err(|e| Error::fault("start the second server", e))?;
        let stdout = child.stdout.take().ok_or_else(|| Error::Fault("the second server has no output".into()))?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next_line().await.map_err(|e| Error::fault("read the second server's address", e))?;
        let address = first
            .filter(|line| line.starts_with("http"))
            .ok_or_else(|| Error::Unavailable("the second server did not start".into()))?;
        // Its further output is read and let go, so that a full pipe never stops it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { address, child })
    }

    /// Ends it as an operator would, and waits.
    pub async fn stop(mut self) {
        if let Some(id) = self.child.id() {
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
        }
        let _ = tokio::time::timeout(std::time::Duration::from_secs(25), self.child.wait()).await;
    }
}
