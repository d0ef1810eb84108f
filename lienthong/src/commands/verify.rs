//! `verify`: recompute the ledger, compare every record, figure and file with it, and say what was altered.

use super::Out;
use platform::ledger::{self, Checkpoint, Registry};
use platform::{Error, Platform, Result};
use std::path::Path;

/// Verifies; exit code 1 when something was altered.
pub async fn verify(platform: &Platform, checkpoints: Option<&Path>, out: &Out) -> Result<u8> {
    let outside = match checkpoints {
        Some(path) => read_checkpoints(path).await?,
        None => Vec::new(),
    };
    let registry = Registry::of(platform.components());
    let report = platform.db().read(move |tx| ledger::verify(tx, &registry, &outside)).await?;
    for finding in &report.findings {
        out.line(format!("✗ {}", finding.message.vi));
        out.line(format!("  {}", finding.message.en));
    }
    for notice in &report.notices {
        out.line(format!("! {}", notice.vi));
        out.line(format!("  {}", notice.en));
    }
    let files = platform.blobs().check().await?;
    for finding in &files.findings {
        out.line(format!("✗ {}", finding.vi));
        out.line(format!("  {}", finding.en));
    }
    out.line(format!(
        "{} mục, {} bản ghi, {} số liệu, {} tệp / {} entries, {} records, {} figures, {} files",
        report.entries,
        report.records,
        report.figures,
        files.checked,
        report.entries,
        report.records,
        report.figures,
        files.checked
    ));
    let conclusion = report.conclusion();
    out.line(conclusion.vi.to_string());
    out.line(conclusion.en.to_string());
    Ok(u8::from(!report.is_clean() || !files.findings.is_empty()))
}

/// Several signed notes may stand in one file, one after another with an empty line between note and signature.
async fn read_checkpoints(path: &Path) -> Result<Vec<Checkpoint>> {
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|e| Error::Unavailable(format!("cannot read {}: {e}", path.display())))?;
    let lines: Vec<&str> = text.lines().collect();
    let found: Vec<Checkpoint> = lines
        .windows(3)
        .filter(|window| window[0].contains("/epoch-"))
        .filter_map(|window| Checkpoint::parse(&window.join("\n")))
        .collect();
    if found.is_empty() {
        return Err(Error::Unavailable(format!("no checkpoint in {}", path.display())));
    }
    Ok(found)
}
