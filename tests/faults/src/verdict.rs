//! What was seen: a line a case, every violation, one verdict.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// Result of a case that could not go on; the text says why.
pub type Result<T> = std::result::Result<T, String>;

/// Collects violations.
#[derive(Default)]
pub struct Verdict {
    violations: Mutex<Vec<String>>,
    cases: Mutex<usize>,
    skipped: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Verdict {
    /// Something that was promised does not hold.
    pub fn violation(&self, text: &str) {
        println!("  VIOLATION {text}");
        lock(&self.violations).push(text.to_owned());
    }

    /// Violates `text` unless `holds`.
    pub fn hold(&self, holds: bool, text: impl FnOnce() -> String) {
        if !holds {
            self.violation(&text());
        }
    }

    /// Whether anything was violated so far.
    pub fn is_broken(&self) -> bool {
        !lock(&self.violations).is_empty()
    }

    /// A case is over.
    pub fn case(&self, text: &str) {
        println!("{text}");
        *lock(&self.cases) += 1;
    }

    /// A case could not be tried here.
    pub fn skip(&self, case: &str, why: &str) {
        println!("{case}: skipped, {why}");
        lock(&self.skipped).push(case.to_owned());
    }

    /// Prints the verdict; the exit code of the program.
    pub fn say(&self) -> ExitCode {
        let violations = lock(&self.violations);
        let skipped = lock(&self.skipped);
        let left_out = if skipped.is_empty() { String::new() } else { format!(", skipped: {}", skipped.join(", ")) };
        let cases = *lock(&self.cases);
        if violations.is_empty() && cases > 0 {
            println!("VERDICT: holds ({cases} cases{left_out})");
            return ExitCode::SUCCESS;
        }
        println!("VERDICT: does not hold: {} violations in {cases} cases{left_out}", violations.len());
        ExitCode::FAILURE
    }
}

/// Median, 99th percentile and most of some times, in milliseconds.
pub fn distribution(times: &[Duration]) -> String {
    let mut sorted: Vec<u128> = times.iter().map(Duration::as_millis).collect();
    sorted.sort_unstable();
    let at = |share: usize| sorted.get((sorted.len() * share / 100).min(sorted.len().saturating_sub(1))).copied();
    match (at(50), at(99), sorted.last()) {
        (Some(median), Some(high), Some(most)) => format!("median {median} ms, p99 {high} ms, most {most} ms"),
        _ => "none".to_owned(),
    }
}
