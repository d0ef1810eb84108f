//! Schedules: at each due time one job, however many processes look.

use super::{JobId, NewJob, Schedule, store};
use crate::Platform;
use crate::db::Tx;
use crate::error::Result;
use base::Timestamp;

/// Enqueues what is due by now; returns how many jobs.
pub(super) async fn tick(platform: &Platform) -> Result<u64> {
    let now = platform.now();
    let mut added = 0;
    for component in platform.components() {
        for schedule in &component.schedules {
            let Some(due) = schedule.when.latest(now) else { continue };
            let (schedule, id) = (schedule.clone(), platform.new_id());
            let name = schedule.name;
            // Looking first keeps idle processes from writing.
            let last = platform.db().read(move |tx| last_due(tx, name)).await?;
            if last.is_some_and(|last| last >= due) {
                continue;
            }
            added += u64::from(platform.db().write(move |tx| start(tx, &schedule, due, now, id)).await?);
        }
    }
    Ok(added)
}

fn last_due(tx: &Tx<'_>, name: &str) -> Result<Option<Timestamp>> {
    tx.query_opt("SELECT last_due FROM job_schedule WHERE name = $1", &[&name])?.map(|row| row.get(0)).transpose()
}

fn start(tx: &Tx<'_>, schedule: &Schedule, due: Timestamp, now: Timestamp, id: JobId) -> Result<bool> {
    // A new schedule begins with its next time, not with one before it was installed.
    let first = "INSERT INTO job_schedule (name, last_due) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    if tx.execute(first, &[&schedule.name, &due])? == 1 {
        return Ok(false);
    }
    // Whoever moves the time on starts the job.
    let moved = "UPDATE job_schedule SET last_due = $2 WHERE name = $1 AND last_due < $2";
    if tx.execute(moved, &[&schedule.name, &due])? == 0 {
        return Ok(false);
    }
    let key = Some(schedule.name.to_owned());
    let payload = serde_json::json!({});
    store::enqueue(tx, now, &NewJob { id, kind: schedule.kind, key, subject: None, payload, run_at: now })
}
