//! The control socket: commands given while a server holds the data folder run inside that server.
//!
//! One JSON command per connection, answered by lines of JSON: `{"line": "…"}` while it works, `{"exit": 0}` last.
//! The socket lies in the data folder and only its owner may open it (mode 0600).

use crate::commands::{Command, Out};
use platform::{Error, Platform, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// A command may not be longer than this; files are named by path, never sent.
const MAX_COMMAND_BYTES: u64 = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reply {
    Line(String),
    Exit(u8),
}

/// Where the socket lies.
pub fn socket_path(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

/// Listens until the process ends. The folder's lock is held by the caller, so a socket left behind is stale and removed.
pub fn listen(platform: Platform) -> Result<tokio::task::JoinHandle<()>> {
    use std::os::unix::fs::PermissionsExt;
    let path = socket_path(&platform.config().data_dir);
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).map_err(|e| Error::fault("open the control socket", e))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .map_err(|e| Error::fault("close the control socket to others", e))?;
    Ok(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let platform = platform.clone();
            tokio::spawn(async move {
                if let Err(error) = answer(platform, stream).await {
                    tracing::warn!(%error, "control command failed");
                }
            });
        }
    }))
}

async fn answer(platform: Platform, stream: UnixStream) -> Result<()> {
    let io = |e: std::io::Error| Error::fault("control socket", e);
    let (reader, mut writer) = stream.into_split();
    let mut text = String::new();
    BufReader::new(reader.take(MAX_COMMAND_BYTES)).read_line(&mut text).await.map_err(io)?;
    let command: Command = serde_json::from_str(&text).map_err(|e| Error::fault("read the command", e))?;
    let (out, mut lines) = Out::channel();
    let work = tokio::spawn(async move { crate::commands::run(&platform, command, &out).await });
    while let Some(line) = lines.recv().await {
        send(&mut writer, &Reply::Line(line)).await.map_err(io)?;
    }
    let exit = work.await.unwrap_or(70);
    send(&mut writer, &Reply::Exit(exit)).await.map_err(io)
}

async fn send(writer: &mut tokio::net::unix::OwnedWriteHalf, reply: &Reply) -> std::io::Result<()> {
    let mut text = serde_json::to_string(reply)?;
    text.push('\n');
    writer.write_all(text.as_bytes()).await
}

/// Runs `command` in the server that holds `data_dir`; `None` when no server answers there.
pub async fn ask(data_dir: &Path, command: &Command, out: &Out) -> Option<Result<u8>> {
    let stream = UnixStream::connect(socket_path(data_dir)).await.ok()?;
    Some(converse(stream, command, out).await)
}

async fn converse(mut stream: UnixStream, command: &Command, out: &Out) -> Result<u8> {
    let io = |e: std::io::Error| Error::fault("control socket", e);
    let mut text = serde_json::to_string(command).map_err(|e| Error::fault("write the command", e))?;
    text.push('\n');
    stream.write_all(text.as_bytes()).await.map_err(io)?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await.map_err(io)? {
        match serde_json::from_str(&line).map_err(|e| Error::fault("read the server's answer", e))? {
            Reply::Line(text) => out.line(text),
            Reply::Exit(code) => return Ok(code),
        }
    }
    Err(Error::Unavailable("the server stopped before the command ended".into()))
}
