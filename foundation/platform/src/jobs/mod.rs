//! Background work: leased, retried with back-off, parked in sight when it cannot be done.

mod kinds;
mod schedules;
mod store;
mod workers;

pub use kinds::{Backoff, Handler, JobFuture, JobKind, JobOutcome, Schedule, When};
pub use store::{Job, JobFilter, JobState, enqueue, give_up, job_count, job_get, job_page, retry};
pub(crate) use workers::{run, run_schedules, settle};

use crate::Platform;
use crate::db::Migration;
use crate::error::Result;
use base::{Id, Timestamp};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "jobs",
    number: 1,
    name: "jobs and schedules",
    sql: include_str!("../../migrations/jobs/0001_jobs.sql"),
}];

/// Days for which closed jobs are kept.
const KEEP_CLOSED_DAYS: i64 = 30;

/// Marks the ids of jobs.
pub enum JobMark {}
/// The id of a job.
pub type JobId = Id<JobMark>;

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

/// Saves how far a long job has come, from its handler; a `Conflict` says that the job was closed or given to another
/// worker meanwhile, so stop.
pub async fn progress(platform: &Platform, job: &Job, done: i64, total: i64) -> Result<()> {
    let job = job.clone();
    platform.db().write(move |tx| store::save_progress(tx, &job, done, total)).await
}

/// What this room brings along when the program is assembled: it forgets closed jobs after 30 days.
pub fn component() -> crate::Component {
    crate::Component {
        name: "jobs",
        migrations: MIGRATIONS,
        jobs: vec![JobKind::new("jobs.forget-closed", |platform, _| async move {
            let before = platform.now().plus_seconds(-KEEP_CLOSED_DAYS * 86_400);
            while platform.db().write(move |tx| store::forget_closed(tx, before)).await? > 0 {}
            Ok(JobOutcome::Done)
        })],
        schedules: vec![Schedule {
            name: "jobs.forget-closed",
            kind: "jobs.forget-closed",
            when: When::Daily(&[(3, 10)]),
        }],
        ..crate::Component::default()
    }
}
