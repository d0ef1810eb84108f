//! Logs, metrics and health, without names, subjects or tokens.

mod gauges;
mod health;
mod metrics;

pub use gauges::measure;
pub use health::{Health, HealthCheck, health};
pub use metrics::{Labels, Metrics};

use crate::config::{LogFormat, Telemetry};
use crate::error::{Error, Result};
use tracing_subscriber::EnvFilter;

/// Sets up the log of this process, on the standard error stream; a second call changes nothing.
///
/// Whoever writes a log line names things by id, kind and code only: never a person, a subject of a document or a secret.
/// The driver of PostgreSQL logs every value of a statement at `debug`: a level for everything does not reach it.
pub fn init(settings: &Telemetry) -> Result<()> {
    let quiet = "tokio_postgres=warn".parse().map_err(|e| Error::fault("read a log filter", e))?;
    let filter = EnvFilter::try_new(&settings.log_filter)
        .map_err(|e| Error::fault("read telemetry.log_filter", e))?
        .add_directive(quiet);
    // A log that cannot be written (a full disk) must not matter: reporting that on the same stream would panic.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_target(true);
    // Fails only when a log is set up already, e.g. by an earlier test of the same process.
    let _ = match settings.log_format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
    Ok(())
}
