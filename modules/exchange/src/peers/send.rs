//! The jobs that hand packages and status messages to other servers: repeated until there is a receipt, parked when it is a no.

use super::request::{self, Answer, Destination};
use super::{Peer, PeerId, restored, store};
use crate::content::content;
use crate::context::SubmitContext;
use crate::edxml;
use crate::model::{DeliveryId, Origin, PackageId, PackageRecord, StatusId, StatusRow, Transport};
use crate::rules::status::StatusCode;
use crate::store::deliveries::{self, Route};
use crate::store::{packages, statuses};
use crate::use_cases::deliver::{self, DELIVER_JOB};
use crate::use_cases::receipt;
use crate::use_cases::record_status::{self, STATUS_JOB};
use crate::wire;
use base::Text;
use futures_util::StreamExt;
use platform::blobs::ContentHash;
use platform::directory;
use platform::jobs::{Job, JobKind, JobOutcome};
use platform::ledger::Actor;
use platform::signing::{Trust, verify_note};
use platform::{Error, Platform, Result};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::OnceLock;

/// Attempts before a person must look: with the back-off below, about two days.
const ATTEMPTS: u32 = 60;
/// Seconds after the first failure, and at most between two attempts.
const BACKOFF: (i64, i64) = (5, 3600);

/// The kinds of job of this room.
pub fn job_kinds() -> Vec<JobKind> {
    // One client for the life of the program keeps connections open between deliveries.
    let client: Arc<OnceLock<reqwest::Client>> = Arc::default();
    let (for_packages, for_statuses) = (Arc::clone(&client), Arc::clone(&client));
    let mut kinds = vec![
        JobKind::new(DELIVER_JOB, move |platform, job| {
            let client = Arc::clone(&for_packages);
            async move { deliver_package(&platform, &shared_client(&platform, &client)?, &job).await }
        })
        .attempts(ATTEMPTS)
        .backoff(BACKOFF.0, BACKOFF.1),
        JobKind::new(STATUS_JOB, move |platform, job| {
            let client = Arc::clone(&for_statuses);
            async move { deliver_status(&platform, &shared_client(&platform, &client)?, &job).await }
        })
        .attempts(ATTEMPTS)
        .backoff(BACKOFF.0, BACKOFF.1),
    ];
    kinds.extend(restored::job_kinds(&client, ATTEMPTS, BACKOFF));
    kinds
}

pub(super) fn shared_client(platform: &Platform, client: &OnceLock<reqwest::Client>) -> Result<reqwest::Client> {
    if let Some(client) = client.get() {
        return Ok(client.clone());
    }
    let made = request::client(platform)?;
    Ok(client.get_or_init(|| made).clone())
}

fn payload_id<K>(job: &Job, name: &str) -> Result<base::Id<K>> {
    let text = job.payload.get(name).and_then(Json::as_str).unwrap_or_default();
    text.parse().map_err(|e| Error::fault("reading a job", e))
}

/// What a delivery needs to know, in one read.
struct Delivery {
    package: PackageId,
    document_id: String,
    peer: Option<Peer>,
}

async fn deliver_package(platform: &Platform, client: &reqwest::Client, job: &Job) -> Result<JobOutcome> {
    let id: DeliveryId = payload_id(job, "delivery")?;
    let found = platform
        .db()
        .read(move |tx| {
            let row = deliveries::delivery_get(tx, id)?;
            if row.transport != Transport::Pending {
                return Ok(None);
            }
            let peer = match deliveries::delivery_route(tx, id)? {
                Route::Peer(peer) => Some(standing(tx, &peer)?).flatten(),
                Route::Here | Route::Nowhere => None,
            };
            let document_id = packages::package_get(tx, row.package)?.header.document_id;
            Ok(Some(Delivery { package: row.package, document_id, peer }))
        })
        .await?;
    let Some(delivery) = found else { return Ok(JobOutcome::Done) };
    let Some(peer) = &delivery.peer else {
        let problem = Text::fixed(
            "Máy chủ nhận thay cơ quan này không còn được kết nối.",
            "The server that receives for this agency is no longer connected.",
        );
        return give_up(platform, id, problem, true, None).await;
    };
    let (digest, size) = match measure(platform, delivery.package).await {
        Ok(measured) => measured,
        Err(error) => {
            tracing::warn!(delivery = %id, %error, "a package cannot be written");
            let problem = Text::fixed("Không tạo được gói tin để gửi.", "The package cannot be written for sending.");
            return again(platform, job, id, problem).await;
        }
    };
    let body = content(platform, delivery.package).await?;
    let body = reqwest::Body::wrap_stream(body.stream);
    let outcome = judge(
        platform,
        peer,
        request::send(client, platform, peer, &Destination::PACKAGES, (digest, size), body).await,
    )
    .await?;
    match outcome {
        Judged::Taken(receipt) => {
            let same = receipt.get("document_id").and_then(Json::as_str) == Some(delivery.document_id.as_str());
            if !same {
                return again(platform, job, id, mistrusted()).await;
            }
            let ctx = SubmitContext::new(platform, Actor::Server);
            let (peer, note) = (peer.id, checkpoint(&receipt));
            platform
                .db()
                .write(move |tx| {
                    deliver::delivery_sent(tx, &ctx, id, receipt.clone())?;
                    match &note {
                        Some(note) => store::peer_checkpoint_keep(tx, peer, note, ctx.now),
                        None => Ok(()),
                    }
                })
                .await?;
            Ok(JobOutcome::Done)
        }
        Judged::Refused(problem, receipt) => give_up(platform, id, problem, false, receipt).await,
        Judged::Later(problem) => again(platform, job, id, problem).await,
    }
}

/// The peer of that id, as long as it stands.
pub(super) fn standing(tx: &platform::Tx<'_>, id: &str) -> Result<Option<Peer>> {
    let id: PeerId = id.parse().map_err(|e| Error::fault("reading a route", e))?;
    Ok(Some(store::peer_get(tx, id)?).filter(|peer| peer.dismissed_at.is_none()))
}

/// Digest and size of a package's bytes, which are signed before the first of them is sent.
async fn measure(platform: &Platform, package: PackageId) -> Result<(ContentHash, u64)> {
    let known = platform.db().read(move |tx| Ok(packages::package_get(tx, package)?.sha256)).await?;
    let mut bytes = content(platform, package).await?;
    if let (Some(sha256), Some(size)) = (known, bytes.size) {
        return Ok((sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?, size));
    }
    let (mut hash, mut size) = (Sha256::new(), 0);
    while let Some(chunk) = bytes.stream.next().await {
        let chunk = chunk.map_err(|e| Error::fault("writing a package", e))?;
        hash.update(&chunk);
        size += chunk.len() as u64;
    }
    Ok((ContentHash(hash.finalize().into()), size))
}

/// What an answer means.
enum Judged {
    /// Taken: the receipt, whose signature holds.
    Taken(Json),
    /// Refused for good: why, and the signed receipt if there was one.
    Refused(Text, Option<Json>),
    /// Not now: why.
    Later(Text),
}

fn mistrusted() -> Text {
    Text::fixed(
        "Máy chủ kia trả lời không kèm giấy xác nhận đúng chữ ký.",
        "The other server answered without a receipt whose signature holds.",
    )
}

async fn judge(platform: &Platform, peer: &Peer, answer: Result<Answer, String>) -> Result<Judged> {
    let Answer { status, body } = match answer {
        Ok(answer) => answer,
        Err(reason) => {
            let vi = format!("Không kết nối được với {}: {reason}", peer.name);
            return Ok(Judged::Later(Text::new(vi, format!("{} cannot be reached: {reason}", peer.name))));
        }
    };
    if status == 202 {
        let trusted = is_signed_by(platform, peer, &body).await?;
        return Ok(if trusted { Judged::Taken(body) } else { Judged::Later(mistrusted()) });
    }
    let detail = body.get("title").or_else(|| body.get("detail")).and_then(Json::as_str).unwrap_or_default();
    if let Some(receipt) = body.get("receipt")
        && is_signed_by(platform, peer, receipt).await?
    {
        let said = |lang: &str| {
            let text = receipt.get("refusal").and_then(|r| r.get(lang)).and_then(Json::as_str);
            text.unwrap_or(detail).chars().take(1000).collect::<String>()
        };
        return Ok(Judged::Refused(Text::new(said("vi"), said("en")), Some(receipt.clone())));
    }
    let short: String = detail.chars().take(300).collect();
    let problem = Text::new(
        format!("{} trả lời {status}: {short}", peer.name),
        format!("{} answered {status}: {short}", peer.name),
    );
    // Too large for the other side stays too large; everything else may be mended (keys, clocks, load).
    Ok(if status == 413 { Judged::Refused(problem, None) } else { Judged::Later(problem) })
}

/// Whether a receipt is signed by a key pinned to this peer, checkpoint included.
async fn is_signed_by(platform: &Platform, peer: &Peer, receipt: &Json) -> Result<bool> {
    let Some((payload, jws)) = receipt::split(receipt) else { return Ok(false) };
    let trusted = match platform.signing().verify(&payload, &jws).await? {
        Ok(verified) => {
            verified.valid_when_signed
                && verified.kid == peer.kid
                && verified.trust == Trust::PinnedPeer { peer: peer.id.to_string() }
        }
        Err(_) => false,
    };
    Ok(trusted && checkpoint(receipt).is_none_or(|note| verify_note(&note, &peer.note_key).is_ok()))
}

fn checkpoint(receipt: &Json) -> Option<String> {
    receipt.get("checkpoint").and_then(Json::as_str).map(str::to_owned)
}

async fn give_up(
    platform: &Platform,
    id: DeliveryId,
    problem: Text,
    parked: bool,
    receipt: Option<Json>,
) -> Result<JobOutcome> {
    let ctx = SubmitContext::new(platform, Actor::Server);
    platform
        .db()
        .write(move |tx| deliver::delivery_failed(tx, &ctx, id, problem.clone(), parked, receipt.clone()))
        .await?;
    Ok(JobOutcome::Done)
}

/// Notes the failure on the board and leaves the repetition to the job; after the last attempt a person must look.
async fn again(platform: &Platform, job: &Job, id: DeliveryId, problem: Text) -> Result<JobOutcome> {
    if job.attempts >= ATTEMPTS {
        return give_up(platform, id, problem, true, None).await;
    }
    let ctx = SubmitContext::new(platform, Actor::Server);
    let reason = problem.en.to_string();
    platform.db().write(move |tx| deliver::delivery_attempt_failed(tx, &ctx, id, &problem)).await?;
    Err(Error::Unavailable(reason))
}

async fn deliver_status(platform: &Platform, client: &reqwest::Client, job: &Job) -> Result<JobOutcome> {
    let id: StatusId = payload_id(job, "status")?;
    let (message, peer) = platform
        .db()
        .read(move |tx| {
            let status = statuses::status_get(tx, id)?;
            let package = status.package;
            let record = packages::package_get(tx, package)?;
            let peer = match record.origin {
                // An answer goes to the server that the document came from.
                Origin::Peer => packages::package_origin_ref(tx, package)?,
                // A request to give back goes to the recipient's server.
                _ => match deliveries::delivery_to(tx, package, &status.agency)? {
                    Some(row) => match deliveries::delivery_route(tx, row.id)? {
                        Route::Peer(peer) => Some(peer),
                        Route::Here | Route::Nowhere => None,
                    },
                    None => None,
                },
            };
            let peer = peer.map(|peer| standing(tx, &peer)).transpose()?.flatten();
            Ok((status_message(tx, &status, &record)?, peer))
        })
        .await?;
    let Some(peer) = peer else {
        return Ok(JobOutcome::Park { reason: "the server that should be told is no longer connected".into() });
    };
    let bytes = edxml::write_status(&message)?;
    let (digest, size) = (ContentHash::of(&bytes), bytes.len() as u64);
    let sent = request::send(client, platform, &peer, &Destination::PACKAGES, (digest, size), bytes.into()).await;
    match judge(platform, &peer, sent).await? {
        Judged::Taken(receipt) => {
            if let Some(note) = checkpoint(&receipt) {
                let now = platform.now();
                platform.db().write(move |tx| store::peer_checkpoint_keep(tx, peer.id, &note, now)).await?;
            }
            Ok(JobOutcome::Done)
        }
        Judged::Refused(problem, _) => Ok(JobOutcome::Park { reason: problem.en.into_owned() }),
        Judged::Later(problem) => Err(Error::Unavailable(problem.en.into_owned())),
    }
}

fn status_message(tx: &platform::Tx<'_>, status: &StatusRow, record: &PackageRecord) -> Result<edxml::StatusMessage> {
    let from_sender = status.code.as_str() == StatusCode::TAKE_BACK;
    let from = if from_sender { &record.header.from.code } else { &status.agency };
    let name = match directory::agency_by_any_code(tx, from.canonical())? {
        Some(agency) => agency.name.get(base::Lang::Vi).to_owned(),
        None => from.canonical().to_owned(),
    };
    let mut message = edxml::StatusMessage::new(
        edxml::Organization::new(from.canonical(), name),
        wire::response_for(&record_status::reference(record)),
        status.code.as_str(),
        status.at,
    );
    message.description = Some(status.description.clone()).filter(|text| !text.is_empty());
    message.staff = status.staff.as_ref().map(wire::staff_info);
    Ok(message)
}
