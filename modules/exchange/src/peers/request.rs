//! Requests between servers: signed when they leave, checked when they come (RFC 9421), sent nowhere but to a peer's address.

use super::address;
use super::introduce::IntroductionRequest;
use super::invitation::{Introduction, check_url};
use super::{Peer, refusals, store};
use axum::http::HeaderMap;
use base::{Lang, Refusal, Text, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use platform::access::{Principal, PrincipalKind};
use platform::blobs::ContentHash;
use platform::ledger::Actor;
use platform::outbound::Reach;
use platform::signing::http::{self, Request};
use platform::signing::{PeerKeyUse, SignatureError, peer_keys};
use platform::{Error, Platform, Result};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where an invitation is used.
pub const PATH_INTRODUCTION: &str = "/api/v1/exchange/peer/introduction";
/// Where a peer hands in packages and status messages.
pub const PATH_PACKAGES: &str = "/api/v1/exchange/peer/packages";
/// Where a peer says that it was restored from a backup.
pub const PATH_RESTORED: &str = "/api/v1/exchange/peer/restored";
/// Longest answer that is read, in bytes: a receipt is a few kilobytes.
const ANSWER_LIMIT: usize = 1 << 20;

/// The address under which other servers reach this one.
pub(super) fn own_url(platform: &Platform) -> Result<String, Refusal> {
    let config = platform.config();
    if let Some(url) = &config.public_url {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    // Without a public address only servers on this machine can be meant.
    let url = format!("http://{}", config.listen);
    check_url(&url).map_err(|_| {
        Refusal::new(&refusals::NO_ADDRESS).field("public_url", Text::fixed("https://tên-máy-chủ", "https://host"))
    })?;
    Ok(url)
}

/// A moment as messages show it.
pub(super) fn shown(at: Timestamp) -> String {
    at.to_local().strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// How long a peer may say nothing while a large package is on its way.
const SILENCE: Duration = Duration::from_secs(120);

/// A client that reaches what may be called and nothing else.
pub(super) fn client(platform: &Platform) -> Result<reqwest::Client> {
    Reach::of(platform.config())?.client(SILENCE)
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub body: serde_json::Value,
}

/// Where at a peer a body goes, and what it is.
pub(super) struct Destination {
    path: &'static str,
    media_type: &'static str,
}

impl Destination {
    /// Packages and status messages.
    pub const PACKAGES: Self = Self { path: PATH_PACKAGES, media_type: "application/xml" };
    /// The announcement of a restore.
    pub const RESTORED: Self = Self { path: PATH_RESTORED, media_type: "application/json" };
}

/// Sends a body of known digest to a peer, signed.
pub(super) async fn send(
    client: &reqwest::Client,
    platform: &Platform,
    peer: &Peer,
    to: &Destination,
    (sha256, size): (ContentHash, u64),
    body: reqwest::Body,
) -> Result<Answer, String> {
    address::check(platform, &peer.url).map_err(|e| match e {
        Error::Refused(refusal) => refusal.message(Lang::Vi),
        other => other.to_string(),
    })?;
    let url = format!("{}{}", peer.url, to.path);
    let now = platform.now();
    let (digest, date) = (http::content_digest(sha256), http::http_date(now));
    let signed = Request { method: "POST", target_uri: &url, content_digest: Some(&digest), date: Some(&date) };
    let nonce = hex::encode(platform.random().bytes::<16>());
    let headers = http::sign(platform.signing().server(), &signed, now, &nonce).map_err(|e| e.to_string())?;
    let response = client
        .post(&url)
        .header("content-type", to.media_type)
        .header("content-length", size)
        .header("content-digest", digest)
        .header("date", date)
        .header("signature-input", headers.signature_input)
        .header("signature", headers.signature)
        .body(body)
        .send()
        .await
        .map_err(|e| reason(&e))?;
    answer(response).await
}

async fn answer(mut response: reqwest::Response) -> Result<Answer, String> {
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| reason(&e))? {
        if bytes.len() + chunk.len() > ANSWER_LIMIT {
            return Err("an answer beyond every measure".into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default() })
}

/// The innermost cause: “connection refused” says more than “error sending request”.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Uses an invitation at the server that made it.
pub(super) async fn introduce(platform: &Platform, url: &str, asked: &IntroductionRequest) -> Result<Introduction> {
    check_url(url)?;
    address::check(platform, url)?;
    let unreachable = |reason: String| Refusal::new(&refusals::UNREACHABLE).with("url", url).with("reason", reason);
    let response = client(platform)?
        .post(format!("{url}{PATH_INTRODUCTION}"))
        .json(asked)
        .send()
        .await
        .map_err(|e| unreachable(reason(&e)))?;
    let Answer { status, body } = answer(response).await.map_err(unreachable)?;
    if status != 200 {
        let said = body.get("title").or_else(|| body.get("detail")).and_then(|v| v.as_str()).unwrap_or_default();
        return Err(unreachable(format!("{status} {said}")).into());
    }
    serde_json::from_value(body).map_err(|_| unreachable("not an introduction".into()).into())
}

/// A request of a peer, checked but for its body.
pub(super) struct Checked {
    pub principal: Principal,
    pub peer: Peer,
    /// What the body must hash to.
    pub digest: ContentHash,
}

/// Checks who sends a request: a standing peer, with a signature over method, address, body and date that holds, made
/// within the window, for the first time.
pub(super) async fn check(platform: &Platform, method: &str, path: &str, headers: &HeaderMap) -> Result<Checked> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(input), Some(signature), Some(digest), Some(date)) =
        (header("signature-input"), header("signature"), header("content-digest"), header("date"))
    else {
        return Err(Refusal::new(&refusals::UNSIGNED)
            .field(
                "Signature",
                Text::fixed(
                    "Signature-Input, Signature, Content-Digest, Date.",
                    "Signature-Input, Signature, Content-Digest, Date.",
                ),
            )
            .into());
    };
    let target = format!("{}{path}", own_url(platform)?);
    let kid = parameter(input, "keyid").unwrap_or_default();
    let known = platform
        .db()
        .read(move |tx| {
            let Some(peer) = store::peer_by_kid(tx, &kid)? else { return Ok(None) };
            let keys = peer_keys(tx, Some(&peer.id.to_string()))?;
            Ok(Some((peer, keys)))
        })
        .await?;
    let Some((peer, keys)) = known else { return Err(Refusal::new(&refusals::UNKNOWN).into()) };
    let key = |kid: &str| {
        let key = keys.iter().find(|k| k.kid == kid && k.usage == PeerKeyUse::Server && k.revoked_at.is_none())?;
        STANDARD.decode(&key.public_key).ok()
    };
    let (now, window) = (platform.now(), platform.config().limits.clock_window_seconds);
    let request = Request { method, target_uri: &target, content_digest: Some(digest), date: Some(date) };
    let signed = http::verify(&request, input, signature, key, now, window).map_err(|error| match error {
        SignatureError::UnknownKey(_) => Refusal::new(&refusals::UNKNOWN),
        SignatureError::Replay => {
            let created = parameter(input, "created").and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
            Refusal::new(&refusals::CLOCK)
                .with("signed", shown(Timestamp::from_micros(created.saturating_mul(1_000_000))))
                .with("now", shown(now))
                .with("limit", window)
        }
        _ => Refusal::new(&refusals::SIGNATURE),
    })?;
    let digest = http::parse_content_digest(digest).ok_or_else(|| Refusal::new(&refusals::SIGNATURE))?;
    let fresh = platform.db().write(move |tx| http::nonce_use(tx, &signed, now, window)).await?;
    if !fresh {
        return Err(Refusal::new(&refusals::REPLAY).into());
    }
    Ok(Checked { principal: principal(&peer)?, peer, digest })
}

/// A parameter of the signature, before anything is verified: good for looking up, never for believing.
fn parameter(input: &str, name: &str) -> Option<String> {
    let value = input.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim_matches('"').to_owned())
}

fn principal(peer: &Peer) -> Result<Principal> {
    let agency = peer.agencies.first().cloned().ok_or_else(|| Refusal::new(&refusals::UNKNOWN))?;
    let name = Text::new(peer.name.clone(), peer.name.clone());
    Ok(Principal {
        actor: Actor::peer(peer.id),
        kind: PrincipalKind::Peer { peer: peer.id.to_string(), agencies: peer.agencies.clone() },
        agency,
        agency_name: name.clone(),
        unit: None,
        roles: Vec::new(),
        delegated: Vec::new(),
        name: peer.name.clone(),
        title: name,
    })
}

/// The body with its digest checked on the way: when it is not what was signed, the last thing that comes is an error, so
/// that nothing of it is stored; `altered` then says why.
pub(super) fn checked_body<S, E>(
    body: S,
    digest: ContentHash,
    altered: Arc<AtomicBool>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let state = (body, Some(Sha256::new()), altered);
    futures_util::stream::unfold(state, move |(mut body, hash, altered)| async move {
        let mut hash = hash?;
        match body.next().await {
            Some(Ok(chunk)) => {
                hash.update(&chunk);
                Some((Ok(chunk), (body, Some(hash), altered)))
            }
            Some(Err(error)) => Some((Err(std::io::Error::other(error.to_string())), (body, None, altered))),
            None if <[u8; 32]>::from(hash.finalize()) == digest.0 => None,
            None => {
                altered.store(true, Ordering::SeqCst);
                Some((Err(std::io::Error::other("not the body that was signed")), (body, None, altered)))
            }
        }
    })
    .fuse()
}
