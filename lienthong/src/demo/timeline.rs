//! What was observed, when, and how long it took.

use crate::commands::Out;
use base::{Clock, Timestamp};
use serde_json::{Value as Json, json};

/// One observed step.
#[derive(Debug, Clone)]
pub struct Step {
    /// When it was observed.
    pub at: Timestamp,
    /// Since the step before, in milliseconds.
    pub millis: i64,
    /// What, in Vietnamese.
    pub vi: String,
    /// What, in English.
    pub en: String,
}

/// The steps of the story in order.
pub struct Timeline {
    out: Out,
    last: Timestamp,
    started: Timestamp,
    steps: Vec<Step>,
}

impl Timeline {
    /// Begins now.
    pub fn begin(out: Out) -> Self {
        let now = Clock::System.now();
        Self { out, last: now, started: now, steps: Vec::new() }
    }

    /// Records a step that was observed, and prints it.
    pub fn observed(&mut self, vi: impl Into<String>, en: impl Into<String>) {
        let at = Clock::System.now();
        let millis = at.since(self.last) / 1000;
        self.last = at;
        let step = Step { at, millis, vi: vi.into(), en: en.into() };
        let time = at.to_local().strftime("%H:%M:%S").to_string();
        self.out.line(format!("{time}  {millis:>6} ms  {}", step.vi));
        self.out.line(format!("                      {}", step.en));
        self.steps.push(step);
    }

    /// How many steps were observed.
    pub fn count(&self) -> usize {
        self.steps.len()
    }

    /// The steps as JSON, for the line that programs read.
    pub fn json(&self) -> Json {
        json!({
            "steps": self.steps.iter().map(|s| json!({ "at": s.at.rfc3339(), "millis": s.millis, "what": s.en })).collect::<Vec<_>>(),
            "millis": self.last.since(self.started) / 1000,
        })
    }
}
