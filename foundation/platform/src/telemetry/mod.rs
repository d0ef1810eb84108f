//! Logs, metrics and health, without names, subjects or tokens.

use std::sync::Arc;

/// The figures of this process; cheap to clone.
#[derive(Clone, Default)]
pub struct Metrics {
    inner: Arc<()>,
}

/// Labels of a figure, e.g. `&[("engine", "sqlite")]`; never names, subjects or tokens.
pub type Labels<'a> = &'a [(&'static str, &'a str)];

impl Metrics {
    /// Adds to a counter.
    pub fn count(&self, _name: &'static str, _labels: Labels<'_>, _by: u64) {
        let _ = &self.inner;
    }
    /// Sets a gauge.
    pub fn gauge(&self, _name: &'static str, _labels: Labels<'_>, _value: f64) {}
    /// Adds an observation (seconds) to a histogram.
    pub fn observe(&self, _name: &'static str, _labels: Labels<'_>, _seconds: f64) {}
    /// Says what a figure means; shown as `# HELP`.
    pub fn describe(&self, _name: &'static str, _help: &'static str) {}
    /// The text exposition format 0.0.4.
    pub fn exposition(&self) -> String {
        String::new()
    }
}

/// The state of one part.
#[derive(Debug, Clone, serde::Serialize)]
pub struct HealthCheck {
    /// The part, e.g. `database`.
    pub name: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What is wrong, or a figure; no names.
    pub detail: String,
}

/// How the parts are.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Health {
    /// Whether requests should be sent here.
    pub ready: bool,
    /// The parts.
    pub checks: Vec<HealthCheck>,
}

/// Whether the database answers, the disk has room and the file store can be written.
pub async fn health(_platform: &crate::Platform) -> Health {
    todo!()
}
