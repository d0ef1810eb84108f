//! `agency import`: reads agencies from a CSV file.

use super::Out;
use platform::access::Act;
use platform::ledger::Actor;
use platform::{Error, Platform, Result, directory};
use std::path::Path;

/// Imports the file as a whole or not at all; every wrong row is named.
pub async fn import(platform: &Platform, file: &Path, out: &Out) -> Result<u8> {
    let text =
        tokio::fs::read(file).await.map_err(|e| Error::Unavailable(format!("cannot read {}: {e}", file.display())))?;
    let act = Act::new(platform, Actor::Server);
    let imported = directory::agencies_import(platform, &act, &text).await?;
    out.line(format!(
        "{} dòng, {} cơ quan thay đổi / {} rows, {} agencies changed",
        imported.rows, imported.changed, imported.rows, imported.changed
    ));
    Ok(0)
}
