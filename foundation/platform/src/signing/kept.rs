//! Kept reports: what the verification of a stored file found, when it arrived and when somebody checked again.

use super::check::check_blob;
use crate::Platform;
use crate::blobs::ContentHash;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::{self, JobId, JobKind, JobOutcome, NewJob};
use base::Timestamp;
use serde_json::json;
use signatures::Report;

/// The kind of job that verifies a file that arrived.
pub const CHECK_JOB: &str = "signing.check";
/// Most files looked up at once.
const MOST_FILES: usize = 500;

/// Lets a file of the store be verified in the background, once as long as it waits; `id` is made outside the transaction.
pub fn check_later(tx: &Tx<'_>, now: Timestamp, id: JobId, sha256: ContentHash) -> Result<bool> {
    let key = sha256.to_string();
    let payload = json!({ "sha256": key });
    jobs::enqueue(tx, now, &NewJob { id, kind: CHECK_JOB, key: Some(key), subject: None, payload, run_at: now })
}

/// The handler: a file that has a report already is not verified again; one that is gone or of no format with
/// signatures needs none.
pub(super) fn job() -> JobKind {
    JobKind::new(CHECK_JOB, |platform, job| async move {
        let reading = |e: String| Error::Fault(format!("read a job of verification: {e}"));
        let text = job.payload["sha256"].as_str().ok_or_else(|| reading("no hash".to_owned()))?;
        let sha256: ContentHash = text.parse().map_err(reading)?;
        if !platform.db().read(move |tx| kept(tx, &[sha256])).await?.is_empty() {
            return Ok(JobOutcome::Done);
        }
        match check_again(&platform, sha256).await {
            Ok(_) | Err(Error::NotFound(_)) => Ok(JobOutcome::Done),
            Err(Error::Refused(refusal)) if refusal.code.code == super::refusals::FORMAT_UNKNOWN.code => {
                Ok(JobOutcome::Done)
            }
            Err(Error::Refused(refusal)) => Ok(JobOutcome::Park { reason: refusal.message(base::Lang::Vi) }),
            Err(other) => Err(other),
        }
    })
    .attempts(5)
}

/// Verifies a file of the store now and keeps the report.
pub async fn check_again(platform: &Platform, sha256: ContentHash) -> Result<Report> {
    let report = check_blob(platform, sha256).await?;
    let kept = report.clone();
    platform.db().write(move |tx| keep(tx, sha256, &kept)).await?;
    Ok(report)
}

/// Keeps a report: the first one stays as what was known on arrival, the latest replaces those between.
pub fn keep(tx: &Tx<'_>, sha256: ContentHash, report: &Report) -> Result<()> {
    let body = serde_json::to_value(report).map_err(|e| Error::fault("keep a report", e))?;
    let verdict = serde_json::to_value(report.verdict).map_err(|e| Error::fault("keep a report", e))?;
    let verdict = verdict.as_str().unwrap_or_default().to_owned();
    tx.execute(
        "DELETE FROM signing_report WHERE sha256 = $1
           AND checked_at > (SELECT MIN(r.checked_at) FROM signing_report r WHERE r.sha256 = $1)",
        &[&sha256],
    )?;
    tx.execute(
        "INSERT INTO signing_report (sha256, checked_at, verdict, report) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sha256, checked_at) DO UPDATE SET verdict = excluded.verdict, report = excluded.report",
        &[&sha256, &report.at, &verdict, &body],
    )?;
    Ok(())
}

/// The latest report of each of these files that has one, at most 500 files.
pub fn kept(tx: &Tx<'_>, files: &[ContentHash]) -> Result<Vec<(ContentHash, Report)>> {
    let sql = "SELECT report FROM signing_report WHERE sha256 = $1 ORDER BY checked_at DESC LIMIT 1";
    let mut found = Vec::new();
    for sha256 in files.iter().take(MOST_FILES) {
        if let Some(row) = tx.query_opt(sql, &[sha256])? {
            let report = serde_json::from_value(row.get(0)?).map_err(|e| Error::fault("read a report", e))?;
            found.push((*sha256, report));
        }
    }
    Ok(found)
}
