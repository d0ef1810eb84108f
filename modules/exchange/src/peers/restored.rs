//! After a restore: a server whose ledger opened a new epoch says so to its peers, and each offers again what the other one
//! had signed for since its backup. Offering too much is harmless, for the same package gets the same receipt.

use super::request::{self, Destination};
use super::send::{shared_client, standing};
use super::{Peer, PeerId, refusals, store};
use crate::context::SubmitContext;
use crate::store::{deliveries, statuses};
use crate::use_cases::deliver;
use crate::use_cases::record_status::STATUS_JOB;
use base::{Refusal, Text, Timestamp};
use platform::blobs::ContentHash;
use platform::jobs::{self, Job, JobKind, JobOutcome, NewJob};
use platform::ledger::{self, Actor, Checkpoint, Reacting, Reaction};
use platform::signing::verify_note;
use platform::{Error, Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// Tells one peer of the new epoch; its payload is `{"peer": id, "epoch": n, "since": microseconds}`.
const ANNOUNCE_JOB: &str = "exchange.announce-restore";
/// Offers one peer again what it may have lost; its payload is `{"peer": id, "since": microseconds, "until": microseconds}`.
const OFFER_JOB: &str = "exchange.offer-again";
/// Clocks of two servers differ, and a backup takes its time: so much before the restored moment is offered as well.
const MARGIN_SECONDS: i64 = 15 * 60;
/// Deliveries and statuses that one transaction offers again.
const BATCH: i64 = 100;

/// What a restored server says to its peers.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Announcement {
    /// The epoch that the restore opened.
    pub epoch: i64,
    /// When the last entry was recorded that the backup holds, in microseconds since 1970 (UTC).
    pub since: i64,
    /// Checkpoint of the new epoch (C2SP signed note).
    pub checkpoint: String,
}

/// Tells every peer once a restore has opened a new epoch.
pub fn reaction() -> Reaction {
    Reaction::new("exchange.restored", &["ledger.epoch.opened"], |tx, reacting| {
        let codes = &reacting.entry.codes;
        let (epoch, size) = (codes.int("epoch").unwrap_or(0), codes.int("restored_size").unwrap_or(0));
        let last = ledger::entry_at(tx, size)?;
        let since = last.map_or(0, |recorded| recorded.entry.recorded_at.micros());
        for peer in store::peer_list(tx)?.into_iter().filter(|peer| peer.dismissed_at.is_none()) {
            announce(tx, reacting, &peer, epoch, since)?;
        }
        Ok(())
    })
}

fn announce(tx: &Tx<'_>, reacting: &Reacting<'_>, peer: &Peer, epoch: i64, since: i64) -> Result<()> {
    jobs::enqueue(
        tx,
        reacting.now,
        &NewJob {
            id: reacting.new_id(),
            kind: ANNOUNCE_JOB,
            key: Some(format!("{}:{epoch}", peer.id)),
            subject: Some(peer.id.to_string()),
            payload: serde_json::json!({ "peer": peer.id, "epoch": epoch, "since": since }),
            run_at: reacting.now,
        },
    )?;
    Ok(())
}

/// The kinds of job of this file.
pub(super) fn job_kinds(client: &Arc<OnceLock<reqwest::Client>>, attempts: u32, backoff: (i64, i64)) -> Vec<JobKind> {
    let client = Arc::clone(client);
    vec![
        JobKind::new(ANNOUNCE_JOB, move |platform, job| {
            let client = Arc::clone(&client);
            async move { tell(&platform, &shared_client(&platform, &client)?, &job).await }
        })
        .attempts(attempts)
        .backoff(backoff.0, backoff.1),
        JobKind::new(OFFER_JOB, |platform, job| async move { offer(&platform, &job).await })
            .attempts(attempts)
            .backoff(backoff.0, backoff.1),
    ]
}

fn number(job: &Job, name: &str) -> Result<i64> {
    let number = job.payload.get(name).and_then(serde_json::Value::as_i64);
    number.ok_or_else(|| Error::Fault(format!("a job without {name}")))
}

fn peer_id(job: &Job) -> Result<String> {
    let text = job.payload.get("peer").and_then(serde_json::Value::as_str);
    text.map(str::to_owned).ok_or_else(|| Error::Fault("a job without a peer".into()))
}

async fn tell(platform: &Platform, client: &reqwest::Client, job: &Job) -> Result<JobOutcome> {
    let (id, epoch, since) = (peer_id(job)?, number(job, "epoch")?, number(job, "since")?);
    let (peer, checkpoint) =
        platform.db().read(move |tx| Ok((standing(tx, &id)?, ledger::latest_checkpoint(tx)?))).await?;
    let Some(peer) = peer else { return Ok(JobOutcome::Done) };
    let Some(checkpoint) = checkpoint.filter(|checkpoint| checkpoint.epoch >= epoch) else {
        return Err(Error::Unavailable("the new epoch has no checkpoint yet".into()));
    };
    let said = Announcement { epoch: checkpoint.epoch, since, checkpoint: checkpoint.note };
    let body = serde_json::to_vec(&said).map_err(|e| Error::fault("writing an announcement", e))?;
    let measured = (ContentHash::of(&body), body.len() as u64);
    match request::send(client, platform, &peer, &Destination::RESTORED, measured, body.into()).await {
        Ok(answer) if answer.status == 202 => Ok(JobOutcome::Done),
        Ok(answer) => Err(Error::Unavailable(format!("{} answered {}", peer.name, answer.status))),
        Err(reason) => Err(Error::Unavailable(format!("{} cannot be reached: {reason}", peer.name))),
    }
}

/// A peer says that it was restored: each of its epochs is worked off once.
///
/// # Errors
/// A refusal when the announcement is not the peer's: another epoch than its checkpoint, or a checkpoint that is not
/// signed with its key.
pub(super) async fn heard(platform: &Platform, peer: Peer, said: Announcement) -> Result<()> {
    let signed = verify_note(&said.checkpoint, &peer.note_key).ok().and_then(|text| Checkpoint::parse(&text));
    if signed.is_none_or(|checkpoint| checkpoint.epoch != said.epoch) {
        return Err(Refusal::new(&refusals::ANNOUNCEMENT)
            .field(
                "checkpoint",
                Text::fixed("Điểm kiểm của kỳ mới, đúng chữ ký.", "A signed checkpoint of the new epoch."),
            )
            .into());
    }
    let (now, job) = (platform.now(), platform.new_id());
    let since = Timestamp::from_micros(said.since).plus_seconds(-MARGIN_SECONDS);
    platform
        .db()
        .write(move |tx| {
            if !store::peer_epoch_offered(tx, peer.id, said.epoch)? {
                return Ok(());
            }
            store::peer_checkpoint_keep(tx, peer.id, &said.checkpoint, now)?;
            jobs::enqueue(
                tx,
                now,
                &NewJob {
                    id: job,
                    kind: OFFER_JOB,
                    key: Some(format!("{}:{}", peer.id, said.epoch)),
                    subject: Some(peer.id.to_string()),
                    payload: serde_json::json!({ "peer": peer.id, "since": since.micros(), "until": now.micros() }),
                    run_at: now,
                },
            )?;
            Ok(())
        })
        .await?;
    platform.wake_jobs();
    Ok(())
}

/// Puts what the peer took in that time on its way again, the newest first, a batch to a transaction.
async fn offer(platform: &Platform, job: &Job) -> Result<JobOutcome> {
    let id: PeerId = peer_id(job)?.parse().map_err(|e| Error::fault("reading a job", e))?;
    let span = (Timestamp::from_micros(number(job, "since")?), Timestamp::from_micros(number(job, "until")?));
    loop {
        let ctx = SubmitContext::new(platform, Actor::Server);
        let offered = platform
            .db()
            .write(move |tx| {
                let rows = deliveries::delivery_sent_between(tx, &id.to_string(), span, BATCH)?;
                rows.iter().try_for_each(|row| deliver::offer_again(tx, &ctx, row))?;
                Ok(rows.len())
            })
            .await?;
        if offered == 0 {
            break;
        }
        platform.wake_jobs();
    }
    let mut after = None;
    loop {
        let ctx = SubmitContext::new(platform, Actor::Server);
        let last = platform
            .db()
            .write(move |tx| {
                let page = statuses::status_told_between(tx, &id.to_string(), span, after, BATCH)?;
                for status in &page {
                    let payload = serde_json::json!({ "status": status });
                    let key = Some(status.to_string());
                    let subject = Some(status.to_string());
                    let job = NewJob { id: ctx.id(), kind: STATUS_JOB, key, subject, payload, run_at: ctx.now };
                    jobs::enqueue(tx, ctx.now, &job)?;
                }
                Ok(page.last().copied())
            })
            .await?;
        if last.is_none() {
            platform.wake_jobs();
            return Ok(JobOutcome::Done);
        }
        after = last;
    }
}
