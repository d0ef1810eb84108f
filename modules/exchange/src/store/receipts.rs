//! Rows of signed receipts: what this server told a sender about one package.

use crate::model::{PackageId, ReceiptId, StatusId};
use base::Timestamp;
use platform::{Error, Result, Tx};

/// What a receipt says happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The package was taken.
    Accepted,
    /// It was not.
    Refused,
    /// It was not, and is kept apart since it claims to be secret.
    Quarantined,
}

impl Outcome {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Quarantined => "quarantined",
        }
    }
}

/// A receipt to be written.
#[derive(Debug, Clone)]
pub struct NewReceipt {
    /// Its id.
    pub id: ReceiptId,
    /// What happened.
    pub outcome: Outcome,
    /// The package taken.
    pub package: Option<PackageId>,
    /// The status message taken.
    pub status: Option<StatusId>,
    /// Refusals: digest of caller, bytes and reason, so that the same refusal has one receipt.
    pub refusal: Option<String>,
    /// The caller's opaque id.
    pub caller: String,
    /// The receipt with its signature, as handed out.
    pub body: serde_json::Value,
}

/// Writes a receipt; `false` when the same refusal has one already.
pub fn receipt_insert(tx: &Tx<'_>, new: &NewReceipt, now: Timestamp) -> Result<bool> {
    let inserted = tx.execute(
        "INSERT INTO exchange_receipt (id, outcome, package_id, status_id, refusal, caller, body, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (refusal) DO NOTHING",
        &[&new.id, &new.outcome.as_str(), &new.package, &new.status, &new.refusal, &new.caller, &new.body, &now],
    )?;
    Ok(inserted == 1)
}

/// The receipt of a package.
pub fn receipt_of_package(tx: &Tx<'_>, package: PackageId) -> Result<Option<serde_json::Value>> {
    tx.query_opt("SELECT body FROM exchange_receipt WHERE package_id = $1", &[&package])?
        .map(|row| row.get(0))
        .transpose()
}

/// The receipt of a status message.
pub fn receipt_of_status(tx: &Tx<'_>, status: StatusId) -> Result<Option<serde_json::Value>> {
    tx.query_opt("SELECT body FROM exchange_receipt WHERE status_id = $1", &[&status])?
        .map(|row| row.get(0))
        .transpose()
}

/// The receipt of a refusal.
pub fn receipt_of_refusal(tx: &Tx<'_>, refusal: &str) -> Result<Option<serde_json::Value>> {
    tx.query_opt("SELECT body FROM exchange_receipt WHERE refusal = $1", &[&refusal])?.map(|row| row.get(0)).transpose()
}

/// A receipt by its id.
pub fn receipt_get(tx: &Tx<'_>, id: ReceiptId) -> Result<serde_json::Value> {
    tx.query_opt("SELECT body FROM exchange_receipt WHERE id = $1", &[&id])?.ok_or(Error::NotFound("receipt"))?.get(0)
}

/// Receipts of quarantined packages, newest first: id and body.
pub fn receipt_quarantined(tx: &Tx<'_>, limit: i64) -> Result<Vec<(ReceiptId, serde_json::Value)>> {
    tx.query(
        "SELECT id, body FROM exchange_receipt WHERE outcome = 'quarantined' ORDER BY created_at DESC, id DESC LIMIT $1",
        &[&limit],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// The record that the ledger digests.
pub fn receipt_digest_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let row = tx.query_opt(
        "SELECT id, outcome, package_id, status_id, body, created_at, version FROM exchange_receipt WHERE id = $1",
        &[&id],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(serde_json::json!({
        "id": row.get::<String>(0)?,
        "outcome": row.get::<String>(1)?,
        "package": row.get::<Option<String>>(2)?,
        "status": row.get::<Option<String>>(3)?,
        "body": row.get::<serde_json::Value>(4)?,
        "created_at": row.get::<i64>(5)?,
        "version": row.get::<i64>(6)?,
    })))
}
