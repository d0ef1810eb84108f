//! A network between program and PostgreSQL that fails at the worst moment: during COMMIT.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// When the connection is cut, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears the COMMIT.
    BeforeCommit,
    /// The server commits, its answer is lost.
    AfterCommit,
}

/// A proxy in front of a test's PostgreSQL.
pub struct Proxy {
    armed: Arc<AtomicU8>,
    /// Where the program connects instead.
    pub url: String,
}

enum Upstream {
    Unix(PathBuf),
    Tcp(String),
}

impl Proxy {
    /// Starts one in front of `url` (as [`TestDb::url`](crate::TestDb) gives it).
    pub async fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let (authority, database) = rest.split_once('/').unwrap_or((rest, "postgres"));
        let (user, host) = authority.split_once('@').unwrap_or(("postgres", authority));
        let folder = query.split('&').find_map(|pair| pair.strip_prefix("host="));
        let upstream = Arc::new(match folder {
            Some(folder) => Upstream::Unix(PathBuf::from(folder).join(".s.PGSQL.5432")),
            None if host.contains(':') => Upstream::Tcp(host.to_owned()),
            None => Upstream::Tcp(format!("{host}:5432")),
        });
        let armed = Arc::new(AtomicU8::new(0));
        let arm = Arc::clone(&armed);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (upstream, arm) = (Arc::clone(&upstream), Arc::clone(&arm));
                tokio::spawn(async move {
                    match &*upstream {
                        Upstream::Unix(path) => {
                            carry(client, UnixStream::connect(path).await.expect("the server"), &arm).await;
                        }
                        Upstream::Tcp(address) => {
                            carry(client, TcpStream::connect(address).await.expect("the server"), &arm).await;
                        }
                    }
                });
            }
        });
        Self { armed, url: format!("postgres://{user}@127.0.0.1:{port}/{database}?sslmode=disable") }
    }

    /// Cuts the next connection that commits.
    pub fn cut_next(&self, cut: Cut) {
        self.armed.store(if cut == Cut::BeforeCommit { 1 } else { 2 }, Ordering::SeqCst);
    }
}

async fn carry<S: AsyncRead + AsyncWrite>(client: TcpStream, server: S, armed: &AtomicU8) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
    let mut swallow = false;
    loop {
        tokio::select! {
            read = from_client.read(&mut up) => {
                let Ok(n @ 1..) = read else { return };
                if up[..n].windows(7).any(|w| w == b"COMMIT\0") {
                    match armed.swap(0, Ordering::SeqCst) {
                        1 => return,
                        2 => swallow = true,
                        _ => {}
                    }
                }
                if to_server.write_all(&up[..n]).await.is_err() { return }
            }
            read = from_server.read(&mut down) => {
                let Ok(n @ 1..) = read else { return };
                // The answer to the COMMIT: it was done, and nobody will hear of it.
                if swallow || to_client.write_all(&down[..n]).await.is_err() { return }
            }
        }
    }
}
