//! Workers: claim what is due, run it, write down how it ended; woken after commits, else by polling.

use super::store::{self, Ending};
use super::{Job, JobKind, JobOutcome, schedules};
use crate::Platform;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Least time between two looks at the table, so that a busy server does not look after every commit.
const LEAST_PAUSE: Duration = Duration::from_millis(5);
/// How often schedules are looked at.
const SCHEDULES: Duration = Duration::from_secs(1);

/// The kinds by name.
pub(crate) fn kinds(platform: &Platform) -> BTreeMap<&'static str, JobKind> {
    platform.components().iter().flat_map(|c| &c.jobs).map(|kind| (kind.name, kind.clone())).collect()
}

/// Does jobs until `stop` turns true, then waits for those that run.
pub(crate) async fn run(platform: Platform, mut stop: watch::Receiver<bool>) {
    let kinds = kinds(&platform);
    let names: Vec<&'static str> = kinds.keys().copied().collect();
    let most = platform.config().jobs.workers.max(1) as usize;
    let poll = Duration::from_millis(platform.config().jobs.poll_millis.max(10));
    let mut commits = platform.db().commits();
    let mut running: JoinSet<()> = JoinSet::new();
    for kind in &names {
        // A series that begins at nought shows its first increase.
        for outcome in ["done", "parked"] {
            platform.metrics().count("lienthong_jobs_total", &[("kind", kind), ("outcome", outcome)], 0);
        }
    }
    while !*stop.borrow() && !names.is_empty() {
        commits.mark_unchanged();
        let free = most.saturating_sub(running.len());
        let claimed = claim(&platform, &names, free).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "jobs could not be claimed; it will be tried again");
            Vec::new()
        });
        for job in claimed {
            if let Some(kind) = kinds.get(job.kind.as_str()) {
                running.spawn(work(platform.clone(), kind.clone(), job));
            }
        }
        tokio::time::sleep(LEAST_PAUSE).await;
        tokio::select! {
            changed = commits.changed() => if changed.is_err() { break },
            Some(_) = running.join_next() => {}
            () = platform.woken() => {}
            () = tokio::time::sleep(poll) => {}
            changed = stop.changed() => if changed.is_err() { break },
        }
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

/// Looks at the schedules until `stop` turns true.
pub(crate) async fn run_schedules(platform: Platform, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = schedules::tick(&platform).await {
            tracing::warn!(%error, "schedules could not be looked at; it will be tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(SCHEDULES) => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Does everything that is due now, one job after the other, until nothing is due; for tests and commands.
pub(crate) async fn settle(platform: &Platform) -> Result<u64> {
    let kinds = kinds(platform);
    let names: Vec<&'static str> = kinds.keys().copied().collect();
    let mut done = 0;
    loop {
        schedules::tick(platform).await?;
        let claimed = if names.is_empty() { Vec::new() } else { claim(platform, &names, 1).await? };
        let Some(job) = claimed.into_iter().next() else { return Ok(done) };
        if let Some(kind) = kinds.get(job.kind.as_str()) {
            work(platform.clone(), kind.clone(), job).await;
            done += 1;
        }
    }
}

async fn claim(platform: &Platform, names: &[&'static str], most: usize) -> Result<Vec<Job>> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let now = platform.now();
    let wanted = names.to_vec();
    if !platform.db().read(move |tx| store::is_due(tx, now, &wanted)).await? {
        return Ok(Vec::new());
    }
    let (names, most) = (names.to_vec(), u32::try_from(most).unwrap_or(u32::MAX));
    let worker = hex::encode(platform.random().bytes::<8>());
    platform.db().write(move |tx| store::claim(tx, now, &worker, &names, most)).await
}

async fn work(platform: Platform, kind: JobKind, job: Job) {
    let Some(worker) = job.worker.clone() else { return };
    let (id, attempts) = (job.id, job.attempts);
    let clock = platform.metrics().start();
    // In a task of its own, so that a panic ends the job and not the worker.
    let mut handler = tokio::spawn((kind.handler)(platform.clone(), job));
    let renewal = Duration::from_secs(store::LEASE_SECONDS.unsigned_abs() / 3);
    let outcome = loop {
        tokio::select! {
            ended = &mut handler => break ended.unwrap_or_else(|e| Err(Error::fault("job", e))),
            () = tokio::time::sleep(renewal) => {
                let (now, worker) = (platform.now(), worker.clone());
                if let Ok(false) = platform.db().write(move |tx| store::renew(tx, now, id, &worker)).await {
                    tracing::warn!(job = %id, kind = kind.name, "the job was closed or given to another while it ran");
                    handler.abort();
                }
            }
        }
    };
    let now = platform.now();
    let ending = match outcome {
        Ok(JobOutcome::Done) => Ending::Done,
        Ok(JobOutcome::Again { at }) => Ending::Again { at },
        Ok(JobOutcome::Park { reason }) => Ending::Parked { error: reason },
        Err(e) => {
            let error = e.to_string();
            store::after_failure(attempts, kind.max_attempts, kind.backoff, error, now, platform.random())
        }
    };
    let word = match &ending {
        Ending::Done => "done",
        Ending::Again { .. } => "again",
        Ending::Failed { .. } => "failed",
        Ending::Parked { .. } => "parked",
    };
    platform.metrics().count("lienthong_jobs_total", &[("kind", kind.name), ("outcome", word)], 1);
    platform.metrics().observe_since("lienthong_job_seconds", &[("kind", kind.name)], clock);
    if matches!(ending, Ending::Failed { .. } | Ending::Parked { .. }) {
        // The error itself may hold names; it stands in the table, not in the log.
        tracing::warn!(job = %id, kind = kind.name, attempts, outcome = word, "a job did not succeed");
    }
    let written = platform.db().write(move |tx| store::finish(tx, now, id, &worker, &ending)).await;
    match written {
        Ok(true) => {}
        Ok(false) => tracing::warn!(job = %id, kind = kind.name, "the job's claim was gone when it ended"),
        Err(error) => {
            tracing::warn!(job = %id, kind = kind.name, %error, "the end of a job could not be written; it will run again");
        }
    }
}
