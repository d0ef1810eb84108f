//! Servers of one test: each with its own data, keys, clock and listener; a line between them that can be disturbed.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base::{AgencyCode, Clock, Date, Random};
use exchange::peers::{self, Invitation, NewInvitation, Peer};
use exchange::{
    DeliveryRow, Operation, OutgoingAttachment, OutgoingPackage, PackageHeader, PackageId, Party, Secrecy,
    SubmitContext, Urgency,
};
use platform::access::Act;
use platform::directory;
use platform::ledger::Actor;
use platform::{Config, Platform};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What the line does to the next answer.
pub const LOSE: u8 = 1;
pub const FORGE: u8 = 2;

pub struct Server {
    pub platform: Platform,
    pub clock: Clock,
    pub url: String,
    /// Disturbs the next answer that this server gives.
    pub line: Arc<AtomicU8>,
    /// Where it really listens.
    pub listens: String,
    _dir: tempfile::TempDir,
    _base: Option<testkit::TestDb>,
}

pub fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

/// A server that serves `hosted` and knows `known`; `seed` makes its keys.
pub async fn server(seed: u64, hosted: &[&str], known: &[&str]) -> Server {
    server_at(seed, hosted, known, None, false).await.unwrap()
}

/// The same with another public address, or on PostgreSQL; `None` where there is no PostgreSQL.
pub async fn server_at(
    seed: u64,
    hosted: &[&str],
    known: &[&str],
    public_url: Option<&str>,
    postgres: bool,
) -> Option<Server> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listens = format!("http://{}", listener.local_addr().unwrap());
    let url = public_url.unwrap_or(&listens).to_owned();
    let base = if postgres { Some(testkit::TestDb::postgres(&[]).await?) } else { None };
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::in_folder(dir.path().join("data"));
    config.public_url = Some(url.clone());
    config.database = base.as_ref().and_then(|base| base.url.clone());
    let clock = Clock::frozen(testkit::START);
    let platform =
        Platform::open(config, vec![exchange::component()], clock.clone(), Random::seeded(seed)).await.unwrap();
    let act = Act::new(&platform, Actor::Server);
    let mut csv = "code,name,name_en,abbreviation,parent,level,kind,valid_from,valid_to,successors,hosted\n".to_owned();
    let above = hosted.iter().any(|c| c.starts_with("H57.")) && !hosted.contains(&"H57") && !known.contains(&"H57");
    let known: Vec<&str> = above.then_some("H57").into_iter().chain(known.iter().copied()).collect();
    for (code, here) in hosted.iter().map(|c| (c, true)).chain(known.iter().map(|c| (c, false))) {
        csv.push_str(&format!("{code},Cơ quan {code},Agency {code},CQ,,province,agency,2020-01-01,,,{here}\n"));
    }
    directory::agencies_store(platform.db(), &act, directory::agencies_parse(csv.as_bytes()).unwrap()).await.unwrap();
    let line = Arc::new(AtomicU8::new(0));
    let app = web::App::new(platform.clone(), web::Site::default());
    let router = web::assemble(app, vec![exchange::module()]).router.layer(from_fn_with_state(line.clone(), disturb));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Some(Server { platform, clock, url, line, listens, _dir: dir, _base: base })
}

/// The request is worked on either way; what happens is that its answer is lost, or is somebody else's.
async fn disturb(State(line): State<Arc<AtomicU8>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    match line.swap(0, Ordering::SeqCst) {
        LOSE => (axum::http::StatusCode::BAD_GATEWAY, Body::empty()).into_response(),
        FORGE => {
            let receipt = serde_json::json!({ "document_id": "doc-1", "signature": "e30..c2ln" });
            (axum::http::StatusCode::ACCEPTED, axum::Json(receipt)).into_response()
        }
        _ => answer,
    }
}

/// An invitation of `by` for a server that may speak for `codes`.
pub async fn invite(by: &Server, codes: &[&str]) -> Invitation {
    let codes = codes.iter().map(|c| code(c)).collect();
    peers::invite(&by.platform, NewInvitation { codes, valid_seconds: 86_400 }).await.unwrap()
}

pub async fn accept(by: &Server, invitation: &Invitation) -> platform::Result<Peer> {
    peers::accept(&by.platform, Actor::person("operator"), invitation).await
}

/// The ministry's server and a commune's, introduced.
pub async fn pair() -> (Server, Server) {
    pair_on(false).await.unwrap()
}

/// The same on PostgreSQL; `None` where there is none.
pub async fn pair_on(postgres: bool) -> Option<(Server, Server)> {
    let ministry = server_at(1, &["G09", "G22"], &["H57"], None, postgres).await?;
    let commune = server_at(2, &["H57.103"], &[], None, postgres).await?;
    let invitation = invite(&ministry, &["H57.103"]).await;
    accept(&commune, &Invitation::parse(&invitation.to_text()).unwrap()).await.unwrap();
    Some((ministry, commune))
}

pub fn header(id: &str, from: &str, to: &[&str]) -> PackageHeader {
    PackageHeader {
        from: Party::new(code(from), "Cơ quan gửi"),
        to: to.iter().map(|c| Party::new(code(c), "")).collect(),
        document_id: id.into(),
        number: "12".into(),
        notation: "QĐ-BNV".into(),
        place: "Hà Nội".into(),
        issued_on: Some(Date::constant(2026, 11, 23)),
        type_name: "Quyết định".into(),
        type_number: None,
        subject: "Về việc ban hành kế hoạch chuyển đổi số".into(),
        content: None,
        signer_name: "Nguyễn Văn An".into(),
        signer_position: None,
        signer_competence: None,
        due_on: None,
        urgency: Urgency::Normal,
        circulation: None,
        pages: None,
        steering: None,
        responds_to: vec![],
        to_places: vec![],
        operation: Operation::New,
        reason: None,
        targets: vec![],
        content_changed: false,
        recipient_changes: vec![],
        paper: false,
        staff: None,
    }
}

/// Hands a document with two files over to the exchange of its server.
pub async fn submit(at: &Server, header: PackageHeader) -> PackageId {
    let p = &at.platform;
    let files = [("quyet-dinh.txt", "Nội dung quyết định ".repeat(2000)), ("phu-luc.txt", "Phụ lục".into())];
    let mut staged = Vec::new();
    let mut attachments = Vec::new();
    for (name, text) in files {
        let blob = p.blobs().put(text.as_bytes()).await.unwrap();
        attachments.push(OutgoingAttachment {
            name: name.into(),
            media_type: "text/plain".into(),
            sha256: blob.sha256.to_string(),
            size: i64::try_from(text.len()).unwrap(),
            description: None,
        });
        staged.push(blob);
    }
    let ctx = SubmitContext::new(p, Actor::person("clerk"));
    let package = OutgoingPackage {
        header,
        attachments,
        secrecy: Secrecy::Open,
        signatures: vec![],
        signed_at: None,
        verification: exchange::Report::default(),
    };
    p.db()
        .write(move |tx| {
            for blob in &staged {
                let owner = platform::blobs::Owner { agency: &package.header.from.code, kind: "test", id: "draft" };
                platform::blobs::attach(tx, ctx.now, blob, owner)?;
            }
            exchange::submit(tx, &ctx, package.clone())
        })
        .await
        .unwrap()
}

pub async fn settle(server: &Server) {
    server.platform.settle().await.unwrap();
}

pub async fn board(server: &Server, id: PackageId) -> Vec<DeliveryRow> {
    server.platform.db().read(move |tx| exchange::deliveries(tx, id)).await.unwrap()
}

/// Runs `test` with the two introduced servers on each engine.
pub async fn on_each_pair(test: impl AsyncFn(&Server, &Server)) {
    for postgres in [false, true] {
        let Some((ministry, commune)) = pair_on(postgres).await else { continue };
        test(&ministry, &commune).await;
        stop([ministry, commune]).await;
    }
}

/// Stops servers whose databases lie elsewhere.
pub async fn stop<const N: usize>(servers: [Server; N]) {
    for server in &servers {
        server.platform.shutdown().await;
    }
    tokio::task::spawn_blocking(move || drop(servers)).await.unwrap();
}

pub async fn count(server: &Server, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    server.platform.db().read(move |tx| tx.query_one(&sql, &[])?.get(0)).await.unwrap()
}

pub async fn peers_of(server: &Server) -> Vec<Peer> {
    server.platform.db().read(peers::store::peer_list).await.unwrap()
}

#[track_caller]
pub fn refusal<T: std::fmt::Debug>(result: platform::Result<T>) -> base::Refusal {
    match result.unwrap_err() {
        platform::Error::Refused(refusal) => *refusal,
        other => panic!("not a refusal: {other}"),
    }
}
