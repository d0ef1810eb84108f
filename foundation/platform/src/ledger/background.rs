//! The ledger's standing work: numbering (PostgreSQL), reactions, counters; woken after commits, else by polling.

use super::checkpoint::{CheckpointKey, sign_checkpoint};
use super::counters::count;
use super::entry::SubjectKind;
use super::reaction::{Counter, Reaction};
use super::{runner, sequence};
use crate::component::Component;
use crate::db::{Db, Engine};
use crate::error::Result;
use base::{Clock, Random, Timestamp};
use std::time::Duration;
use tokio::sync::watch;

/// Seconds for which a process keeps the right to number.
const LEASE_SECONDS: i64 = 5;
/// How long an idle process waits before it looks for other processes' entries.
const IDLE: Duration = Duration::from_secs(1);
/// The same while there is work.
const BUSY: Duration = Duration::from_millis(50);
/// Least time between two rounds, so that what commits in the meantime is handled together and not one by one.
const LEAST_PAUSE: Duration = Duration::from_millis(20);

/// Microseconds for which “nothing left to do” is believed while the ledger does not grow.
const RECHECK: i64 = 10_000_000;

/// What the rooms registered with the ledger.
#[derive(Clone, Default)]
pub struct Registry {
    /// Kinds of record whose digests stand in the ledger.
    pub subjects: Vec<&'static SubjectKind>,
    /// What the rooms do when the ledger tells of something.
    pub reactions: Vec<Reaction>,
    /// Figures derived from entries.
    pub counters: Vec<Counter>,
}

impl Registry {
    /// Gathers what the components bring.
    pub fn of(components: &[Component]) -> Self {
        Self {
            subjects: components.iter().flat_map(|c| c.subjects.iter().copied()).collect(),
            reactions: components.iter().flat_map(|c| c.reactions.iter().cloned()).collect(),
            counters: components.iter().flat_map(|c| c.counters.iter().cloned()).collect(),
        }
    }
}

/// Numbers, reacts and counts until nothing waits any more (reactions may append entries that others react to).
/// Parked entries stay parked until they are due. Returns how many steps were taken.
pub async fn settle(db: &Db, registry: &Registry, clock: &Clock, random: &Random) -> Result<u64> {
    let mut total = 0;
    loop {
        let mut steps = sequence::number(db).await?;
        for reaction in &registry.reactions {
            steps += runner::react(db, reaction, clock, random).await?;
        }
        for counter in &registry.counters {
            steps += count(db, counter).await?;
        }
        if steps == 0 {
            return Ok(total);
        }
        total += steps;
    }
}

/// Does the ledger's standing work until `stop` turns true: numbers, signs a checkpoint at most once a second, reacts,
/// counts. Each process runs it once; several may run side by side.
pub async fn run(
    db: Db,
    registry: Registry,
    key: Option<CheckpointKey>,
    clock: Clock,
    random: Random,
    mut stop: watch::Receiver<bool>,
) {
    let holder = hex::encode(random.bytes::<8>());
    let (mut signed_at, mut idle_at) = (None, None);
    let mut commits = db.commits();
    while !*stop.borrow() {
        commits.mark_unchanged();
        let steps = pass(&db, &registry, &clock, &random, &holder, &mut idle_at).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the ledger's standing work failed; it will be tried again");
            0
        });
        if let Some(key) = &key {
            sign(&db, key, &clock, &mut signed_at).await;
        }
        let pause = if steps > 0 { BUSY } else { IDLE };
        tokio::time::sleep(LEAST_PAUSE).await;
        tokio::select! {
            changed = commits.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(pause) => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Signs what was committed since, at most once a second: a checkpoint stands for everything before it.
async fn sign(db: &Db, key: &CheckpointKey, clock: &Clock, signed_at: &mut Option<Timestamp>) {
    let now = clock.now();
    if signed_at.is_some_and(|then| now.since(then) < 1_000_000) {
        return;
    }
    *signed_at = Some(now);
    if let Err(error) = sign_checkpoint(db, key, now).await {
        tracing::error!(%error, "no checkpoint could be signed");
    }
}

/// One round; `idle_at` remembers at which size of the ledger, and when, there was nothing left to do.
async fn pass(
    db: &Db,
    registry: &Registry,
    clock: &Clock,
    random: &Random,
    holder: &str,
    idle_at: &mut Option<(u64, Timestamp)>,
) -> Result<u64> {
    let mut steps = 0;
    if db.engine() == Engine::Postgres && may_number(db, clock, holder).await? {
        steps += sequence::number(db).await?;
    }
    let now = clock.now();
    let (size, due) = db.read(move |tx| Ok((sequence::head(tx)?.size, runner::anything_due(tx, now)?))).await?;
    // Looked through now and then all the same: another process may have died over what it had begun.
    if !due && idle_at.is_some_and(|(idle, since)| idle == size && now.since(since) < RECHECK) {
        return Ok(steps);
    }
    for reaction in &registry.reactions {
        steps += runner::react(db, reaction, clock, random).await?;
    }
    for counter in &registry.counters {
        steps += count(db, counter).await?;
    }
    *idle_at = (steps == 0).then_some((size, now));
    Ok(steps)
}

/// Whether this process holds the lease, taking or renewing it only when there is something to number.
async fn may_number(db: &Db, clock: &Clock, holder: &str) -> Result<bool> {
    let waiting =
        db.read(|tx| tx.query_one("SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE seq IS NULL)", &[])?.get::<bool>(0));
    if !waiting.await? {
        return Ok(false);
    }
    let (holder, now) = (holder.to_owned(), clock.now());
    db.write(move |tx| sequence::lease(tx, &holder, now, LEASE_SECONDS)).await
}
