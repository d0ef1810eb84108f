//! Which contents there are and who holds them: SQL only, in the caller's transaction.

use super::store::Location;
use super::{BlobCounts, BlobKey, ContentHash, StagedBlob};
use crate::db::{Row, Tx};
use crate::error::{Error, Result};
use base::{AgencyCode, Timestamp};

/// A staged content must be named within this time; well inside the collector's grace period.
pub(super) const STAGED_LIFE_SECONDS: i64 = 6 * 3600;

/// Whose copy it is: an agency, and the record there that holds the content.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The agency.
    pub agency: &'a AgencyCode,
    /// Kind of the record, e.g. `office.incoming`.
    pub kind: &'a str,
    /// Its id.
    pub id: &'a str,
}

/// A content as the database knows it.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub sha256: ContentHash,
    pub size: u64,
    pub location: Location,
    pub quarantine: Option<String>,
}

const COLUMNS: &str = "sha256, key, pack, pack_offset, size, quarantine";

fn object(row: &Row) -> Result<Object> {
    let size = |n: i64| u64::try_from(n).map_err(|e| Error::fault("read a size", e));
    let pack: Option<String> = row.get(2)?;
    let offset: Option<i64> = row.get(3)?;
    Ok(Object {
        sha256: row.get(0)?,
        size: size(row.get(4)?)?,
        location: Location {
            key: row.get::<BlobKey>(1)?,
            pack: pack.zip(offset).map(|(pack, offset)| size(offset).map(|o| (pack, o))).transpose()?,
        },
        quarantine: row.get(5)?,
    })
}

pub(super) fn object_get(tx: &Tx<'_>, sha256: ContentHash) -> Result<Option<Object>> {
    let row = tx.query_opt(&format!("SELECT {COLUMNS} FROM blob_object WHERE sha256 = $1"), &[&sha256])?;
    row.as_ref().map(object).transpose()
}

pub(super) fn objects_of_pack(tx: &Tx<'_>, pack: &str) -> Result<Vec<Object>> {
    let sql = format!("SELECT {COLUMNS} FROM blob_object WHERE pack = $1 ORDER BY pack_offset");
    tx.query(&sql, &[&pack])?.iter().map(object).collect()
}

/// The contents after `after` in the order of their hashes, for checks and copies: hash and size.
pub fn object_page(tx: &Tx<'_>, after: Option<ContentHash>, limit: u32) -> Result<Vec<(ContentHash, u64)>> {
    let rows = tx.query(
        &format!(
            "SELECT {COLUMNS} FROM blob_object WHERE CAST($1 AS TEXT) IS NULL OR sha256 > $1 ORDER BY sha256 LIMIT $2"
        ),
        &[&after, &limit],
    )?;
    rows.iter().map(|row| object(row).map(|o| (o.sha256, o.size))).collect()
}

/// Names a staged content in the caller's transaction. The same content attached twice is one object with two references;
/// attaching it again for the same owner changes nothing.
pub fn attach(tx: &Tx<'_>, now: Timestamp, staged: &StagedBlob, owner: Owner<'_>) -> Result<()> {
    if now.since(staged.staged_at) > STAGED_LIFE_SECONDS * 1_000_000 {
        // The collector may already be looking at it.
        return Err(Error::Unavailable("the file was uploaded too long ago; send it again".into()));
    }
    let size = i64::try_from(staged.size).map_err(|e| Error::fault("store a size", e))?;
    let pack = staged.location.pack.as_ref();
    let offset =
        pack.map(|(_, offset)| i64::try_from(*offset)).transpose().map_err(|e| Error::fault("store a place", e))?;
    // One statement, so that a collector at work on another connection either sees the content wanted or is finished with it.
    tx.execute(
        "INSERT INTO blob_object (sha256, key, pack, pack_offset, size, stored_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sha256) DO UPDATE SET condemned_at = NULL",
        &[&staged.sha256, &staged.location.key, &pack.map(|(name, _)| name.clone()), &offset, &size, &now],
    )?;
    reference(tx, now, staged.sha256, owner)
}

/// Adds a reference to a content that is already here; `NotFound` when it is not.
pub fn attach_existing(tx: &Tx<'_>, now: Timestamp, sha256: ContentHash, owner: Owner<'_>) -> Result<()> {
    if tx.execute("UPDATE blob_object SET condemned_at = NULL WHERE sha256 = $1", &[&sha256])? == 0 {
        return Err(Error::NotFound("file"));
    }
    reference(tx, now, sha256, owner)
}

fn reference(tx: &Tx<'_>, now: Timestamp, sha256: ContentHash, owner: Owner<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO blob_reference (owner_kind, owner_id, agency, sha256, attached_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (owner_kind, owner_id, agency, sha256) DO NOTHING",
        &[&owner.kind, &owner.id, &owner.agency.canonical(), &sha256, &now],
    )?;
    Ok(())
}

/// Removes one reference; the content itself goes when no reference is left.
pub fn detach(tx: &Tx<'_>, sha256: ContentHash, owner: Owner<'_>) -> Result<()> {
    let gone = tx.execute(
        "DELETE FROM blob_reference WHERE owner_kind = $1 AND owner_id = $2 AND agency = $3 AND sha256 = $4",
        &[&owner.kind, &owner.id, &owner.agency.canonical(), &sha256],
    )?;
    if gone == 0 { Err(Error::NotFound("file")) } else { Ok(()) }
}

/// Removes every reference of one record.
pub fn detach_all(tx: &Tx<'_>, owner: Owner<'_>) -> Result<u64> {
    tx.execute(
        "DELETE FROM blob_reference WHERE owner_kind = $1 AND owner_id = $2 AND agency = $3",
        &[&owner.kind, &owner.id, &owner.agency.canonical()],
    )
}

/// Whether the agency holds a reference to the content.
pub fn is_held_by(tx: &Tx<'_>, sha256: ContentHash, agency: &AgencyCode) -> Result<bool> {
    let found = tx.query_opt(
        "SELECT 1 FROM blob_reference WHERE sha256 = $1 AND agency = $2 LIMIT 1",
        &[&sha256, &agency.canonical()],
    )?;
    Ok(found.is_some())
}

/// Holds a content back with a reason (shown to people); it cannot be opened until released.
pub fn quarantine(tx: &Tx<'_>, sha256: ContentHash, reason: &str) -> Result<()> {
    set_quarantine(tx, sha256, Some(reason))
}

/// Ends a quarantine.
pub fn release(tx: &Tx<'_>, sha256: ContentHash) -> Result<()> {
    set_quarantine(tx, sha256, None)
}

fn set_quarantine(tx: &Tx<'_>, sha256: ContentHash, reason: Option<&str>) -> Result<()> {
    match tx.execute("UPDATE blob_object SET quarantine = $2 WHERE sha256 = $1", &[&sha256, &reason])? {
        0 => Err(Error::NotFound("file")),
        _ => Ok(()),
    }
}

pub(super) fn counts(tx: &Tx<'_>) -> Result<BlobCounts> {
    let row = tx.query_one(
        "SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT), count(condemned_at), count(quarantine),
                (SELECT count(*) FROM blob_reference) FROM blob_object",
        &[],
    )?;
    let number = |index| row.get::<i64>(index).map(|n| u64::try_from(n).unwrap_or(0));
    Ok(BlobCounts {
        objects: number(0)?,
        bytes: number(1)?,
        condemned: number(2)?,
        quarantined: number(3)?,
        references: number(4)?,
    })
}
