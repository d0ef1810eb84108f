//! Background work: leased, retried with back-off, parked in sight when it cannot be done.

use crate::Platform;
use crate::db::Tx;
use crate::error::Result;
use base::{Id, Timestamp};
use serde::Serialize;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Marks the ids of jobs.
pub enum JobMark {}
/// The id of a job.
pub type JobId = Id<JobMark>;

/// A future that a handler returns.
pub type JobFuture = Pin<Box<dyn Future<Output = Result<JobOutcome>> + Send>>;
/// Does one job; may be called again for the same job, so it must be idempotent.
pub type Handler = Arc<dyn Fn(Platform, Job) -> JobFuture + Send + Sync>;

/// A kind of job.
#[derive(Clone)]
pub struct JobKind {
    /// Its name, e.g. `exchange.deliver`.
    pub name: &'static str,
    /// Does it.
    pub handler: Handler,
    /// Failures before it is parked.
    pub max_attempts: u32,
    /// Waiting time between attempts.
    pub backoff: Backoff,
    /// Seconds after which a silent worker's job is given to another; renewed while the handler runs.
    pub lease_seconds: i64,
}

/// Exponential back-off with jitter: between half and the whole of `first · 2ⁿ`, at most `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Seconds after the first failure.
    pub first: i64,
    /// Most seconds.
    pub most: i64,
}

/// What a handler says of its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// Done; the job is closed.
    Done,
    /// Not a failure, but to be run again then (e.g. the peer asked to wait).
    Again {
        /// When.
        at: Timestamp,
    },
    /// Cannot be done by trying again: parked at once with the reason.
    Park {
        /// Why, without names or subjects.
        reason: String,
    },
}

/// Work to be done after the transaction.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Made outside the closure (`platform.new_id()`).
    pub id: JobId,
    /// The kind's name.
    pub kind: &'static str,
    /// While a job with the same kind and key is open, another is not added.
    pub key: Option<String>,
    /// Id of the record it is about, for lists.
    pub subject: Option<String>,
    /// What the handler needs: a JSON object.
    pub payload: serde_json::Value,
    /// Not before.
    pub run_at: Timestamp,
}

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
    /// The last failure, without names or subjects.
    pub last_error: Option<String>,
    /// Progress saved by earlier attempts: done of total.
    pub progress: Option<(i64, i64)>,
    /// When it was asked for.
    pub created_at: Timestamp,
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

/// Work done at fixed times: enqueues the job `kind` with an empty payload.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Its name, e.g. `platform.blobs.collect`.
    pub name: &'static str,
    /// The kind of job to enqueue.
    pub kind: &'static str,
    /// When.
    pub when: When,
}

/// Times of a schedule.
#[derive(Debug, Clone)]
pub enum When {
    /// Every day at these hours and minutes, Vietnam time.
    Daily(&'static [(u8, u8)]),
    /// Every so many minutes from the start of the day, Vietnam time.
    EveryMinutes(u32),
}

impl JobKind {
    /// A kind with 10 attempts, back-off from 5 s to 1 h, and a lease of 60 s.
    pub fn new<F, Fut>(name: &'static str, handler: F) -> Self
    where
        F: Fn(Platform, Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<JobOutcome>> + Send + 'static,
    {
        Self {
            name,
            handler: Arc::new(move |platform, job| Box::pin(handler(platform, job))),
            max_attempts: 10,
            backoff: Backoff { first: 5, most: 3600 },
            lease_seconds: 60,
        }
    }

    /// With so many attempts.
    #[must_use]
    pub fn attempts(mut self, max: u32) -> Self {
        self.max_attempts = max;
        self
    }

    /// With this waiting time between attempts.
    #[must_use]
    pub fn backoff(mut self, first: i64, most: i64) -> Self {
        self.backoff = Backoff { first, most };
        self
    }
}

/// Adds a job in the caller's transaction; `false` when one with the same kind and key is open already.
pub fn enqueue(_tx: &Tx<'_>, _now: Timestamp, _job: &NewJob) -> Result<bool> {
    todo!()
}
/// One job.
pub fn job_get(_tx: &Tx<'_>, _id: JobId) -> Result<Job> {
    todo!()
}
/// Jobs by id.
pub fn job_page(_tx: &Tx<'_>, _filter: &JobFilter) -> Result<Vec<Job>> {
    todo!()
}
/// How many jobs of a state there are.
pub fn job_count(_tx: &Tx<'_>, _state: JobState) -> Result<u64> {
    todo!()
}
/// Opens a parked job again, attempts counted from nought.
pub fn retry(_tx: &Tx<'_>, _now: Timestamp, _id: JobId) -> Result<()> {
    todo!()
}
/// Closes a parked or open job with a reason.
pub fn give_up(_tx: &Tx<'_>, _now: Timestamp, _id: JobId, _reason: &str) -> Result<()> {
    todo!()
}
/// Saves how far a long job has come, from its handler.
pub async fn progress(_platform: &Platform, _job: &Job, _done: i64, _total: i64) -> Result<()> {
    todo!()
}
