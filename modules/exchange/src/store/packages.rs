//! Rows of packages.

use crate::model::{Operation, Origin, PackageId, PackageRecord};
use base::agency_code::AgencyCode;
use base::{Date, Timestamp};
use platform::{Error, Result, Row, Tx};

/// What is written when a package is taken.
#[derive(Debug, Clone)]
pub struct NewPackage {
    /// The record.
    pub record: PackageRecord,
    /// Its identity (rules::identity).
    pub identity: String,
    /// The outside system or peer that brought it.
    pub origin_ref: Option<String>,
}

const COLUMNS: &str = "id, header, origin, manifest_digest, sha256, size, signed, sender_closed, verification, \
                       signatures, accepted_at, version";

fn read(row: &Row) -> Result<PackageRecord> {
    let header: serde_json::Value = row.get(1)?;
    let origin: String = row.get(2)?;
    let signatures: serde_json::Value = row.get(9)?;
    Ok(PackageRecord {
        id: row.get(0)?,
        header: serde_json::from_value(header).map_err(|e| Error::fault("reading a package header", e))?,
        origin: Origin::parse(&origin).ok_or_else(|| Error::Fault(format!("origin {origin}")))?,
        manifest_digest: row.get(3)?,
        sha256: row.get(4)?,
        size: row.get(5)?,
        signed: row.get(6)?,
        sender_closed: row.get(7)?,
        verification: row.get(8)?,
        signatures: signatures.as_array().cloned().unwrap_or_default(),
        accepted_at: row.get(10)?,
        version: row.get(11)?,
    })
}

/// Writes the package unless its identity is already there; `false` when it is.
pub fn package_insert(tx: &Tx<'_>, new: &NewPackage) -> Result<bool> {
    let record = &new.record;
    let header = serde_json::to_value(&record.header).map_err(|e| Error::fault("writing a package header", e))?;
    let inserted = tx.execute(
        "INSERT INTO exchange_package (id, identity, manifest_digest, operation, origin, origin_ref, from_code, \
         document_id, code, issued_on, header, signatures, verification, signed, sender_closed, sha256, size, \
         accepted_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19) ON CONFLICT (identity) DO NOTHING",
        &[
            &record.id,
            &new.identity,
            &record.manifest_digest,
            &record.header.operation.as_str(),
            &record.origin.as_str(),
            &new.origin_ref,
            &record.header.from.code.canonical(),
            &record.header.document_id,
            &record.header.code(),
            &record.header.issued_on,
            &header,
            &serde_json::Value::Array(record.signatures.clone()),
            &record.verification,
            &record.signed,
            &record.sender_closed,
            &record.sha256,
            &record.size,
            &record.accepted_at,
            &record.version,
        ],
    )?;
    Ok(inserted == 1)
}

/// A package by id, or `NotFound`.
pub fn package_get(tx: &Tx<'_>, id: PackageId) -> Result<PackageRecord> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_package WHERE id = $1"), &[&id])?
        .as_ref()
        .map(read)
        .transpose()?
        .ok_or(Error::NotFound("package"))
}

/// The package of an identity.
pub fn package_by_identity(tx: &Tx<'_>, identity: &str) -> Result<Option<PackageRecord>> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_package WHERE identity = $1"), &[&identity])?
        .as_ref()
        .map(read)
        .transpose()
}

/// The outside system or peer that brought it.
pub fn package_origin_ref(tx: &Tx<'_>, id: PackageId) -> Result<Option<String>> {
    tx.query_one("SELECT origin_ref FROM exchange_package WHERE id = $1", &[&id])?.get(0)
}

/// The latest package that carried the document, by the sender's document id; operations on it are not it.
pub fn package_by_document(tx: &Tx<'_>, from: &AgencyCode, document_id: &str) -> Result<Option<PackageId>> {
    tx.query_opt(
        "SELECT id FROM exchange_package WHERE from_code = $1 AND document_id = $2 AND operation <> 'recall' \
         ORDER BY accepted_at DESC, id DESC LIMIT 1",
        &[&from.canonical(), &document_id],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The latest package that carried the document, by number, notation and date.
pub fn package_by_code(
    tx: &Tx<'_>,
    from: &AgencyCode,
    code: &str,
    issued_on: Option<Date>,
) -> Result<Option<PackageId>> {
    let Some(date) = issued_on else { return Ok(None) };
    tx.query_opt(
        "SELECT id FROM exchange_package WHERE from_code = $1 AND code = $2 AND issued_on = $3 \
         AND operation <> 'recall' ORDER BY accepted_at DESC, id DESC LIMIT 1",
        &[&from.canonical(), &code, &date],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Whether the same sender sent another document under the same number, notation and date.
pub fn package_same_code_count(
    tx: &Tx<'_>,
    from: &AgencyCode,
    code: &str,
    issued_on: Option<Date>,
    document_id: &str,
) -> Result<i64> {
    let Some(date) = issued_on else { return Ok(0) };
    tx.query_one(
        "SELECT COUNT(*) FROM exchange_package WHERE from_code = $1 AND code = $2 AND issued_on = $3 \
         AND operation = 'new' AND document_id <> $4",
        &[&from.canonical(), &code, &date, &document_id],
    )?
    .get(0)
}

/// Codes that may have been dropped from the record of what a package is: for the ledger's digest.
pub fn package_digest_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let row = tx.query_opt(
        "SELECT id, identity, manifest_digest, operation, origin, from_code, document_id, code, issued_on, header, \
         signatures, verification, signed, sender_closed, sha256, size, accepted_at, version \
         FROM exchange_package WHERE id = $1",
        &[&id],
    )?;
    let Some(row) = row else { return Ok(None) };
    let operation: String = row.get(3)?;
    debug_assert!(Operation::parse(&operation).is_some());
    let accepted_at: Timestamp = row.get(16)?;
    let files =
        tx.query("SELECT name, sha256, size FROM exchange_attachment WHERE package_id = $1 ORDER BY position", &[&id])?;
    let files = files
        .iter()
        .map(|file| Ok(serde_json::json!([file.get::<String>(0)?, file.get::<String>(1)?, file.get::<i64>(2)?])))
        .collect::<Result<Vec<_>>>()?;
    Ok(Some(serde_json::json!({
        "id": row.get::<String>(0)?,
        "identity": row.get::<String>(1)?,
        "manifest_digest": row.get::<String>(2)?,
        "operation": operation,
        "origin": row.get::<String>(4)?,
        "from": row.get::<String>(5)?,
        "document_id": row.get::<String>(6)?,
        "code": row.get::<String>(7)?,
        "issued_on": row.get::<Option<String>>(8)?,
        "header": row.get::<serde_json::Value>(9)?,
        "signatures": row.get::<serde_json::Value>(10)?,
        "verification": row.get::<serde_json::Value>(11)?,
        "signed": row.get::<bool>(12)?,
        "sender_closed": row.get::<bool>(13)?,
        "sha256": row.get::<Option<String>>(14)?,
        "size": row.get::<i64>(15)?,
        "accepted_at": accepted_at.micros(),
        "version": row.get::<i64>(17)?,
        "files": files,
    })))
}

/// The latest package of a sender's document that was delivered to `recipient`, other than `except` and recalls.
pub fn package_delivered(
    tx: &Tx<'_>,
    from: &AgencyCode,
    document_id: &str,
    recipient: &AgencyCode,
    except: PackageId,
) -> Result<Option<PackageId>> {
    tx.query_opt(
        "SELECT p.id FROM exchange_package p JOIN exchange_delivery d ON d.package_id = p.id WHERE p.from_code = $1 \
         AND p.document_id = $2 AND d.to_code = $3 AND p.id <> $4 AND p.operation <> 'recall' \
         ORDER BY p.accepted_at DESC, p.id DESC LIMIT 1",
        &[&from.canonical(), &document_id, &recipient.canonical(), &except],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The same by number, notation and date.
pub fn package_delivered_by_code(
    tx: &Tx<'_>,
    from: &AgencyCode,
    code: &str,
    issued_on: Option<Date>,
    recipient: &AgencyCode,
    except: PackageId,
) -> Result<Option<PackageId>> {
    let Some(date) = issued_on else { return Ok(None) };
    tx.query_opt(
        "SELECT p.id FROM exchange_package p JOIN exchange_delivery d ON d.package_id = p.id WHERE p.from_code = $1 \
         AND p.code = $2 AND p.issued_on = $3 AND d.to_code = $4 AND p.id <> $5 AND p.operation <> 'recall' \
         ORDER BY p.accepted_at DESC, p.id DESC LIMIT 1",
        &[&from.canonical(), &code, &date, &recipient.canonical(), &except],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The latest package of a sender's document that `recipient` may report on.
pub fn package_replied(
    tx: &Tx<'_>,
    from: &AgencyCode,
    document_id: &str,
    recipient: &AgencyCode,
) -> Result<Option<PackageId>> {
    tx.query_opt(
        "SELECT p.id FROM exchange_package p JOIN exchange_delivery d ON d.package_id = p.id WHERE p.from_code = $1 \
         AND p.document_id = $2 AND d.to_code = $3 AND p.operation <> 'recall' \
         ORDER BY p.accepted_at DESC, p.id DESC LIMIT 1",
        &[&from.canonical(), &document_id, &recipient.canonical()],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The same by number, notation and date.
pub fn package_replied_by_code(
    tx: &Tx<'_>,
    from: &AgencyCode,
    code: &str,
    issued_on: Option<Date>,
    recipient: &AgencyCode,
) -> Result<Option<PackageId>> {
    let Some(date) = issued_on else { return Ok(None) };
    tx.query_opt(
        "SELECT p.id FROM exchange_package p JOIN exchange_delivery d ON d.package_id = p.id WHERE p.from_code = $1 \
         AND p.code = $2 AND p.issued_on = $3 AND d.to_code = $4 AND p.operation <> 'recall' \
         ORDER BY p.accepted_at DESC, p.id DESC LIMIT 1",
        &[&from.canonical(), &code, &date, &recipient.canonical()],
    )?
    .map(|row| row.get(0))
    .transpose()
}
