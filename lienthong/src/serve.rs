//! `serve`: pages and API on one address, metrics and health details on the administrators' own.

use crate::commands::Out;
use crate::{assembly, cli, control};
use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use base::{Refusal, RefusalCode, RefusalKind};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use platform::{Config, Error, Platform, Result};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long requests may take to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How long a caller may take to send the head of a request; whoever trickles it would hold a connection for ever.
const HEAD: Duration = Duration::from_secs(20);
/// Largest head of a request over HTTP/2, bytes; over HTTP/1 the whole head shares the read buffer below.
const HEAD_BYTES: u32 = 32 * 1024;
/// How often to look for a renewed TLS certificate.
const RENEWED: Duration = Duration::from_secs(60);
/// Read buffer of an HTTP/1 connection, bytes: bounds the head and what one connection costs.
const BUFFER: usize = 64 * 1024;

/// Flags of `serve`.
#[derive(clap::Args, Clone, Default)]
pub struct ServeArgs {
    /// Address and port of pages and API
    #[arg(long)]
    pub listen: Option<String>,
    /// Address and port of metrics and health details
    #[arg(long)]
    pub admin_listen: Option<String>,
    /// The address by which people and other servers reach this one
    #[arg(long)]
    pub public_url: Option<String>,
}

/// Serving beyond this machine without protection is refused.
pub static OPEN_ADDRESS: RefusalCode = RefusalCode {
    code: "serve.address.unprotected",
    kind: RefusalKind::Invalid,
    vi: "Địa chỉ {address} mở ra ngoài máy này nhưng chưa có TLS.",
    en: "Address {address} is open beyond this machine, but there is no TLS.",
    remedy_vi: "Khai báo tls.certificate và tls.key, hoặc khai báo trusted_proxies nếu TLS kết thúc ở máy trung gian.",
    remedy_en: "Set tls.certificate and tls.key, or trusted_proxies where a proxy ends TLS.",
    basis: Some(base::Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 13")),
};

/// Practice data stays on this machine.
pub static PRACTICE_DATA: RefusalCode = RefusalCode {
    code: "serve.practice.loopback-only",
    kind: RefusalKind::Forbidden,
    vi: "Thư mục này chứa dữ liệu thực hành, chỉ được phục vụ trên chính máy này.",
    en: "This folder holds practice data, which is served on this machine only.",
    remedy_vi: "Dùng địa chỉ 127.0.0.1, hoặc một thư mục dữ liệu khác cho công việc thật.",
    remedy_en: "Use 127.0.0.1, or another data folder for real work.",
    basis: None,
};

/// The refusals of this room.
pub const CATALOGUE: &[&RefusalCode] = &[&OPEN_ADDRESS, &PRACTICE_DATA];

/// Serves until the process is told to stop.
pub async fn serve(mut config: Config, args: ServeArgs) -> Result<u8> {
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    if let Some(listen) = args.admin_listen {
        config.admin_listen = listen;
    }
    if args.public_url.is_some() {
        config.public_url = args.public_url;
    }
    platform::telemetry::init(&config.telemetry)?;
    let mut stop = StopSignal::listen()?;
    let running = start(config).await?;
    let out = Out::Terminal;
    out.line(running.address_url());
    if let Some(link) = crate::commands::first_administrator(&running.platform).await? {
        out.line(format!("Tạo quản trị viên đầu tiên (dùng một lần) / Create the first administrator (once): {link}"));
    }
    stop.wait().await;
    running.drain(&mut stop).await;
    running.stop().await;
    Ok(0)
}

/// A server at work.
pub struct Running {
    /// The platform behind it.
    pub platform: Platform,
    /// Where it listens.
    pub address: SocketAddr,
    scheme: &'static str,
    handle: axum_server::Handle<SocketAddr>,
    control: tokio::task::JoinHandle<()>,
    listeners: Vec<tokio::task::JoinHandle<()>>,
}

impl Running {
    /// The address as a URL.
    pub fn address_url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Says that no more requests should be sent here, and goes on answering until load balancers have noticed; a second
    /// signal cuts the wait short.
    pub async fn drain(&self, again: &mut StopSignal) {
        self.platform.drain();
        let wait = Duration::from_secs(self.platform.config().drain_seconds);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = again.wait() => {}
        }
    }

    /// Takes no more requests, lets the running ones end, closes the database.
    pub async fn stop(self) {
        self.platform.drain();
        self.handle.graceful_shutdown(Some(GRACE));
        // The database stays open until the last running request has its answer.
        for listener in self.listeners {
            let _ = listener.await;
        }
        self.control.abort();
        let _ = std::fs::remove_file(control::socket_path(&self.platform.config().data_dir));
        self.platform.shutdown().await;
    }
}

/// Opens the platform and starts both listeners.
pub async fn start(mut config: Config) -> Result<Running> {
    let listener = bind(&config.listen)?;
    let address = listener.local_addr().map_err(|e| Error::fault("read the address", e))?;
    if config.public_url.is_none() {
        let scheme = if config.tls.certificate.is_some() { "https" } else { "http" };
        config.public_url = Some(format!("{scheme}://{address}"));
    }
    let practice = platform::practice::is_marked(&config.data_dir);
    if practice && !address.ip().is_loopback() {
        return Err(Refusal::new(&PRACTICE_DATA).into());
    }
    if !address.ip().is_loopback() && config.tls.certificate.is_none() && config.trusted_proxies.is_empty() {
        return Err(Refusal::new(&OPEN_ADDRESS).with("address", address).into());
    }
    let tls = tls_of(&config).await?;
    if let (Some(tls), Some(certificate), Some(key)) = (&tls, &config.tls.certificate, &config.tls.key) {
        tokio::spawn(renew(tls.clone(), certificate.clone(), key.clone(), RENEWED));
    }
    let admin = match config.admin_listen.as_str() {
        "" => None,
        admin => Some(bind(admin)?),
    };
    let platform = cli::open(config).await?;
    platform.start_background();
    let (pages, admin_pages) = assembly::routers(&platform, name_of(&platform).await?)?;
    let control = control::listen(platform.clone())?;
    let handle = axum_server::Handle::new();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let mut listeners = vec![spawn(listener, tls, pages, handle.clone())];
    if let Some(admin) = admin {
        listeners.push(spawn(admin, None, admin_pages, handle.clone()));
    }
    Ok(Running { platform, address, scheme, handle, control, listeners })
}

/// The server is called after the highest agency that it hosts.
async fn name_of(platform: &Platform) -> Result<Option<base::Text>> {
    let hosted = platform.db().read(platform::directory::agencies_hosted).await?;
    Ok(hosted.into_iter().min_by_key(|agency| agency.code.level()).map(|agency| agency.name))
}

fn bind(address: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|e| {
        Error::Unavailable(format!("cannot listen on {address}: {e}; is another server running there?"))
    })?;
    listener.set_nonblocking(true).map_err(|e| Error::fault("listen", e))?;
    Ok(listener)
}

async fn tls_of(config: &Config) -> Result<Option<RustlsConfig>> {
    match (&config.tls.certificate, &config.tls.key) {
        (Some(certificate), Some(key)) => RustlsConfig::from_pem_file(certificate, key)
            .await
            .map(Some)
            .map_err(|e| Error::fault("read the TLS certificate and key", e)),
        _ => Ok(None),
    }
}

/// Takes a renewed certificate into use without a restart: looks whether its files have changed, every `interval` and at
/// SIGHUP. Files that do not fit together leave the old pair in use; they are tried again when they change.
async fn renew(tls: RustlsConfig, certificate: PathBuf, key: PathBuf, interval: Duration) {
    let changed = || {
        let time = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
        (time(&certificate), time(&key))
    };
    let mut last = changed();
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    loop {
        let asked = tokio::select! {
            _ = hangup.recv() => true,
            () = tokio::time::sleep(interval) => false,
        };
        let now = changed();
        if now == last && !asked {
            continue;
        }
        last = now;
        match tls.reload_from_pem_file(&certificate, &key).await {
            Ok(()) => tracing::info!("the TLS certificate was read again"),
            Err(error) => tracing::error!(%error, "the TLS certificate cannot be read; the old one stays in use"),
        }
    }
}

/// Bounds what a connection may take of time and memory before a request exists.
pub(crate) fn bound(builder: &mut Builder<TokioExecutor>, head: Duration) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(BUFFER);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(HEAD_BYTES).keep_alive_interval(head);
}

fn spawn(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: axum_server::Handle<SocketAddr>,
) -> tokio::task::JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        let served = match tls {
            Some(tls) => match axum_server::from_tcp_rustls(listener, tls) {
                Ok(mut server) => {
                    bound(server.http_builder(), HEAD);
                    server.handle(handle).serve(service).await
                }
                Err(error) => Err(error),
            },
            None => match axum_server::from_tcp(listener) {
                Ok(mut server) => {
                    bound(server.http_builder(), HEAD);
                    server.handle(handle).serve(service).await
                }
                Err(error) => Err(error),
            },
        };
        if let Err(error) = served {
            tracing::error!(%error, "the listener stopped");
        }
    })
}

/// What tells the process to stop. Listened to before anybody learns that it is up: a signal that came a moment earlier
/// would end it in the middle of everything.
pub struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Listens from now on.
    pub fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).map_err(|e| Error::fault("listen to signals", e));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// Until the process is told to stop.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
