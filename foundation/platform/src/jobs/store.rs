//! The table of jobs: adding, claiming by lease, closing, listing.

use super::{Backoff, JobId, NewJob};
use crate::db::{Row, ToValue, Tx};
use crate::error::{Error, Result};
use base::Timestamp;
use serde::Serialize;

/// Seconds after which a silent worker's job is given to another; renewed while a handler runs.
pub(super) const LEASE_SECONDS: i64 = 30;
/// Longest stored failure, characters.
const LONGEST_ERROR: usize = 1000;

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waiting, or being worked on.
    Open,
    /// Failed too often, or cannot be done; waits for a person.
    Parked,
    /// Done.
    Done,
    /// Given up by a person with a reason.
    Returned,
}

impl JobState {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Returned => "returned",
        }
    }

    fn read(word: &str) -> Result<Self> {
        match word {
            "open" => Ok(Self::Open),
            "parked" => Ok(Self::Parked),
            "done" => Ok(Self::Done),
            "returned" => Ok(Self::Returned),
            other => Err(Error::Fault(format!("job state {other}"))),
        }
    }
}

/// A job as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The kind's name.
    pub kind: String,
    /// Unique key, if any.
    pub key: Option<String>,
    /// Id of the record it is about.
    pub subject: Option<String>,
    /// What the handler needs.
    pub payload: serde_json::Value,
    /// Its state.
    pub state: JobState,
    /// Attempts begun, this one included.
    pub attempts: u32,
    /// Next attempt not before.
    pub run_at: Timestamp,
    /// The last failure, for the administrator.
    pub last_error: Option<String>,
    /// Progress saved by this or earlier attempts: done of total.
    pub progress: Option<(i64, i64)>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The claim that this copy was made under.
    #[serde(skip)]
    pub(super) worker: Option<String>,
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Only this state.
    pub state: Option<JobState>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this subject.
    pub subject: Option<String>,
    /// Ids after this one (ids are time-ordered).
    pub after: Option<JobId>,
    /// At most so many rows.
    pub limit: u32,
}

const COLUMNS: &str = "id, kind, job_key, subject, payload, state, attempts, run_at, last_error, progress_done, \
                       progress_total, created_at, worker";

fn job(row: &Row) -> Result<Job> {
    let done: Option<i64> = row.get(9)?;
    Ok(Job {
        id: row.get(0)?,
        kind: row.get(1)?,
        key: row.get(2)?,
        subject: row.get(3)?,
        payload: row.get(4)?,
        state: JobState::read(&row.get::<String>(5)?)?,
        attempts: row.get(6)?,
        run_at: row.get(7)?,
        last_error: row.get(8)?,
        progress: done.zip(row.get(10)?),
        created_at: row.get(11)?,
        worker: row.get(12)?,
    })
}

/// Adds a job in the caller's transaction; `false` when one with the same kind and key is open already, or when this very
/// id was added before (a closure that ran again).
pub fn enqueue(tx: &Tx<'_>, now: Timestamp, job: &NewJob) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO job (id, kind, job_key, subject, payload, state, attempts, run_at, leased_until, created_at)
         VALUES ($1, $2, $3, $4, $5, 'open', 0, $6, 0, $7) ON CONFLICT DO NOTHING",
        &[&job.id, &job.kind, &job.key, &job.subject, &job.payload, &job.run_at, &now],
    )?;
    Ok(added == 1)
}

/// One job.
pub fn job_get(tx: &Tx<'_>, id: JobId) -> Result<Job> {
    let row = tx.query_opt(&format!("SELECT {COLUMNS} FROM job WHERE id = $1"), &[&id])?;
    job(&row.ok_or(Error::NotFound("job"))?)
}

/// Jobs by id.
pub fn job_page(tx: &Tx<'_>, filter: &JobFilter) -> Result<Vec<Job>> {
    let rows = tx.query(
        &format!(
            "SELECT {COLUMNS} FROM job
             WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND (CAST($2 AS TEXT) IS NULL OR kind = $2)
               AND (CAST($3 AS TEXT) IS NULL OR subject = $3) AND (CAST($4 AS TEXT) IS NULL OR id > $4)
             ORDER BY id LIMIT $5"
        ),
        &[&filter.state.map(JobState::word), &filter.kind, &filter.subject, &filter.after, &filter.limit],
    )?;
    rows.iter().map(job).collect()
}

/// How many jobs of a state there are.
pub fn job_count(tx: &Tx<'_>, state: JobState) -> Result<u64> {
    let count: i64 = tx.query_one("SELECT count(*) FROM job WHERE state = $1", &[&state.word()])?.get(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Opens a parked job again, attempts counted from nought; `Conflict` when another with its key is open.
pub fn retry(tx: &Tx<'_>, now: Timestamp, id: JobId) -> Result<()> {
    let opened = tx.execute(
        "UPDATE job SET state = 'open', attempts = 0, run_at = $2, leased_until = 0, worker = NULL, closed_at = NULL
         WHERE id = $1 AND state = 'parked'",
        &[&id, &now],
    )?;
    if opened == 0 { Err(Error::Conflict("the job is not parked".into())) } else { Ok(()) }
}

/// Closes a parked or open job with a reason. A worker that is at it finds its claim gone and changes nothing.
pub fn give_up(tx: &Tx<'_>, now: Timestamp, id: JobId, reason: &str) -> Result<()> {
    let closed = tx.execute(
        "UPDATE job SET state = 'returned', last_error = $3, closed_at = $2, worker = NULL, leased_until = 0
         WHERE id = $1 AND state IN ('open', 'parked')",
        &[&id, &now, &reason],
    )?;
    if closed == 0 { Err(Error::Conflict("the job is closed already".into())) } else { Ok(()) }
}

fn kind_list(from: usize, kinds: &[&'static str]) -> String {
    (from..from + kinds.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Whether there is anything to claim; asked first, so that idle workers do not write.
pub(super) fn is_due(tx: &Tx<'_>, now: Timestamp, kinds: &[&'static str]) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM job WHERE state = 'open' AND run_at <= $1 AND leased_until < $1 AND kind IN ({}) LIMIT 1",
        kind_list(2, kinds)
    );
    let mut params: Vec<&dyn ToValue> = vec![&now];
    params.extend(kinds.iter().map(|kind| kind as &dyn ToValue));
    Ok(tx.query_opt(&sql, &params)?.is_some())
}

/// Claims up to `most` due jobs under the name `worker`. The update checks again what the selection saw, so that two claims at
/// once never give out the same job.
pub(super) fn claim(tx: &Tx<'_>, now: Timestamp, worker: &str, kinds: &[&'static str], most: u32) -> Result<Vec<Job>> {
    let sql = format!(
        "UPDATE job SET leased_until = $2, worker = $3, attempts = attempts + 1
         WHERE state = 'open' AND leased_until < $1 AND id IN (
           SELECT id FROM job WHERE state = 'open' AND run_at <= $1 AND leased_until < $1 AND kind IN ({})
           ORDER BY run_at, id LIMIT $4)
         RETURNING {COLUMNS}",
        kind_list(5, kinds)
    );
    let until = now.plus_seconds(LEASE_SECONDS);
    let mut params: Vec<&dyn ToValue> = vec![&now, &until, &worker, &most];
    params.extend(kinds.iter().map(|kind| kind as &dyn ToValue));
    let mut claimed: Vec<Job> = tx.query(&sql, &params)?.iter().map(job).collect::<Result<_>>()?;
    claimed.sort_by_key(|job| (job.run_at, job.id));
    Ok(claimed)
}

/// Renews a lease; `false` when the claim is gone.
pub(super) fn renew(tx: &Tx<'_>, now: Timestamp, id: JobId, worker: &str) -> Result<bool> {
    let renewed = tx.execute(
        "UPDATE job SET leased_until = $3 WHERE id = $1 AND worker = $2 AND state = 'open'",
        &[&id, &worker, &now.plus_seconds(LEASE_SECONDS)],
    )?;
    Ok(renewed == 1)
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(super) enum Ending {
    Done,
    Again { at: Timestamp },
    Failed { error: String, at: Timestamp },
    Parked { error: String },
}

/// Writes down how an attempt ended; `false` when the claim is gone (the lease ran out, or a person gave the job up).
pub(super) fn finish(tx: &Tx<'_>, now: Timestamp, id: JobId, worker: &str, ending: &Ending) -> Result<bool> {
    let short = |error: &str| error.chars().take(LONGEST_ERROR).collect::<String>();
    let changed = match ending {
        Ending::Done => tx.execute(
            "UPDATE job SET state = 'done', closed_at = $3, worker = NULL, leased_until = 0, last_error = NULL
             WHERE id = $1 AND worker = $2 AND state = 'open'",
            &[&id, &worker, &now],
        )?,
        Ending::Again { at } => tx.execute(
            "UPDATE job SET run_at = $3, attempts = attempts - 1, worker = NULL, leased_until = 0
             WHERE id = $1 AND worker = $2 AND state = 'open'",
            &[&id, &worker, at],
        )?,
        Ending::Failed { error, at } => tx.execute(
            "UPDATE job SET run_at = $3, last_error = $4, worker = NULL, leased_until = 0
             WHERE id = $1 AND worker = $2 AND state = 'open'",
            &[&id, &worker, at, &short(error)],
        )?,
        Ending::Parked { error } => tx.execute(
            "UPDATE job SET state = 'parked', last_error = $3, worker = NULL, leased_until = 0
             WHERE id = $1 AND worker = $2 AND state = 'open'",
            &[&id, &worker, &short(error)],
        )?,
    };
    Ok(changed == 1)
}

/// What to do after attempt number `attempts` failed.
pub(super) fn after_failure(
    attempts: u32,
    max_attempts: u32,
    backoff: Backoff,
    error: String,
    now: Timestamp,
    random: &base::Random,
) -> Ending {
    if attempts >= max_attempts {
        return Ending::Parked { error };
    }
    Ending::Failed { error, at: Timestamp::from_micros(now.micros() + backoff.after(attempts, random)) }
}

pub(super) fn save_progress(tx: &Tx<'_>, job: &Job, done: i64, total: i64) -> Result<()> {
    let changed = tx.execute(
        "UPDATE job SET progress_done = $3, progress_total = $4 WHERE id = $1 AND worker = $2 AND state = 'open'",
        &[&job.id, &job.worker, &done, &total],
    )?;
    if changed == 0 { Err(Error::Conflict("the job was given to another worker or closed".into())) } else { Ok(()) }
}

/// Removes closed jobs older than `before`, some at a time.
pub(super) fn forget_closed(tx: &Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE closed_at < $1 AND state IN ('done', 'returned') LIMIT 1000)",
        &[&before],
    )
}
