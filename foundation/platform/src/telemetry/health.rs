//! Whether this process can do its work.

use crate::Platform;
use crate::jobs::{JobState, job_count};
use serde::Serialize;
use std::time::Duration;

/// A part that does not answer within this time is counted as not working.
const PATIENCE: Duration = Duration::from_secs(5);
/// Less room than this on the disk, and no more work should be sent here.
const LEAST_ROOM_BYTES: u64 = 256 << 20;

/// The state of one part.
#[derive(Debug, Clone, Serialize)]
pub struct HealthCheck {
    /// The part, e.g. `database`.
    pub name: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What is wrong, or a figure; no names.
    pub detail: String,
}

/// How the parts are.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    /// Whether requests should be sent here.
    pub ready: bool,
    /// The parts.
    pub checks: Vec<HealthCheck>,
}

/// Whether this process is not about to stop, the database answers, the disk has room and the file store can be written. (That the process lives at all needs no
/// check: whoever answers lives.)
pub async fn health(platform: &Platform) -> Health {
    if platform.is_draining() {
        // At once: who is told to stop need not ask its parts how they are.
        let check = HealthCheck { name: "process", ok: false, detail: "stopping".to_owned() };
        return Health { ready: false, checks: vec![check] };
    }
    let checks = vec![database(platform).await, blobs(platform).await, disk(platform)];
    Health { ready: checks.iter().all(|check| check.ok), checks }
}

async fn database(platform: &Platform) -> HealthCheck {
    let asked = tokio::time::timeout(PATIENCE, platform.db().read(|tx| job_count(tx, JobState::Parked))).await;
    let (ok, detail) = match asked {
        Ok(Ok(parked)) => (true, format!("{parked} parked jobs")),
        Ok(Err(error)) => (false, error.to_string()),
        Err(_) => (false, "no answer".to_owned()),
    };
    HealthCheck { name: "database", ok, detail }
}

async fn blobs(platform: &Platform) -> HealthCheck {
    let (ok, detail) = match tokio::time::timeout(PATIENCE, platform.blobs().probe()).await {
        Ok(Ok(())) => (true, "writable".to_owned()),
        Ok(Err(error)) => (false, error.to_string()),
        Err(_) => (false, "no answer".to_owned()),
    };
    HealthCheck { name: "files", ok, detail }
}

fn disk(platform: &Platform) -> HealthCheck {
    match fs4::available_space(&platform.config().data_dir) {
        Ok(free) => {
            HealthCheck { name: "disk", ok: free >= LEAST_ROOM_BYTES, detail: format!("{} MiB free", free >> 20) }
        }
        Err(error) => HealthCheck { name: "disk", ok: false, detail: error.to_string() },
    }
}
