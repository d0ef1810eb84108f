//! Rows of reported statuses; those without a package are the unmatched feedback.

use crate::model::{DocumentReference, Origin, PackageId, Staff, StatusId, StatusRow};
use crate::rules::status::{Event, StatusCode};
use base::Timestamp;
use base::agency_code::AgencyCode;
use platform::{Error, Result, Row, Tx};

/// A status to be written.
#[derive(Debug, Clone)]
pub struct NewStatus {
    /// Its id.
    pub id: StatusId,
    /// Its identity (rules::identity): the same message twice is one status.
    pub identity: String,
    /// The package it is about; `None`: unmatched.
    pub package: Option<PackageId>,
    /// Who reports.
    pub agency: AgencyCode,
    /// The raw code.
    pub code: StatusCode,
    /// When the reporter says it happened.
    pub at: Timestamp,
    /// Words with it.
    pub description: String,
    /// The officer.
    pub staff: Option<Staff>,
    /// The document it names.
    pub about: DocumentReference,
    /// How it came.
    pub origin: Origin,
    /// The system or peer that brought it.
    pub origin_ref: Option<String>,
}

/// Feedback that names a document nobody here sent.
#[derive(Debug, Clone)]
pub struct UnmatchedStatus {
    /// Its id.
    pub id: StatusId,
    /// Who reports.
    pub agency: AgencyCode,
    /// The raw code.
    pub code: StatusCode,
    /// When the reporter says it happened.
    pub at: Timestamp,
    /// Words with it.
    pub description: String,
    /// The document it names.
    pub about: DocumentReference,
    /// When this server recorded it.
    pub recorded_at: Timestamp,
    /// What a person decided.
    pub resolution: Option<String>,
    /// Version of the record in the ledger.
    pub version: i64,
}

/// Writes a status unless the same one is there; `false` when it is.
pub fn status_insert(tx: &Tx<'_>, new: &NewStatus, now: Timestamp) -> Result<bool> {
    let json = |value: serde_json::Result<serde_json::Value>| value.map_err(|e| Error::fault("writing a status", e));
    let staff = new.staff.as_ref().map(|s| json(serde_json::to_value(s))).transpose()?;
    let inserted = tx.execute(
        "INSERT INTO exchange_status (id, identity, package_id, agency, code, at, description, staff, about, about_agency, \
         origin, origin_ref, recorded_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1) \
         ON CONFLICT (identity) DO NOTHING",
        &[
            &new.id,
            &new.identity,
            &new.package,
            &new.agency.canonical(),
            &new.code.as_str(),
            &new.at,
            &new.description,
            &staff,
            &json(serde_json::to_value(&new.about))?,
            &new.about.agency.canonical(),
            &new.origin.as_str(),
            &new.origin_ref,
            &now,
        ],
    )?;
    Ok(inserted == 1)
}

/// The status of an identity: its id and the package it was matched with.
pub fn status_by_identity(tx: &Tx<'_>, identity: &str) -> Result<Option<(StatusId, Option<PackageId>, String)>> {
    tx.query_opt("SELECT id, package_id, description FROM exchange_status WHERE identity = $1", &[&identity])?
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .transpose()
}

const COLUMNS: &str = "id, package_id, agency, code, at, description, staff, recorded_at";

fn read(row: &Row) -> Result<StatusRow> {
    let staff: Option<serde_json::Value> = row.get(6)?;
    Ok(StatusRow {
        id: row.get(0)?,
        package: row.get(1)?,
        agency: read_agency(row, 2)?,
        code: read_code(row, 3)?,
        at: row.get(4)?,
        description: row.get(5)?,
        staff: staff.and_then(|value| serde_json::from_value(value).ok()),
        recorded_at: row.get(7)?,
    })
}

fn read_agency(row: &Row, index: usize) -> Result<AgencyCode> {
    AgencyCode::tolerate(&row.get::<String>(index)?).map_err(|e| Error::fault("reading an agency", e))
}

fn read_code(row: &Row, index: usize) -> Result<StatusCode> {
    StatusCode::new(&row.get::<String>(index)?).ok_or_else(|| Error::Fault("reading a status code".into()))
}

/// One status that was matched.
pub fn status_get(tx: &Tx<'_>, id: StatusId) -> Result<StatusRow> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_status WHERE id = $1 AND package_id IS NOT NULL"), &[&id])?
        .as_ref()
        .map(read)
        .transpose()?
        .ok_or(Error::NotFound("status"))
}

/// The statuses that were told to a peer (answers about its documents, requests to give back) at or after the one moment
/// and before the other, a page after `after`.
pub fn status_told_between(
    tx: &Tx<'_>,
    peer: &str,
    (since, until): (Timestamp, Timestamp),
    after: Option<StatusId>,
    limit: i64,
) -> Result<Vec<StatusId>> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        "SELECT s.id FROM exchange_status s JOIN exchange_package p ON p.id = s.package_id \
         WHERE s.recorded_at >= $2 AND s.recorded_at < $3 AND s.origin <> 'peer' AND s.id > $4 \
         AND ((p.origin = 'peer' AND p.origin_ref = $1) OR (s.code = $5 AND EXISTS (SELECT 1 FROM exchange_delivery d \
         WHERE d.package_id = p.id AND d.to_code = s.agency AND d.route = $1))) ORDER BY s.id LIMIT $6",
        &[&peer, &since, &until, &after, &StatusCode::TAKE_BACK, &limit],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// All statuses of a package by one agency, as reported, oldest first.
pub fn status_list(tx: &Tx<'_>, package: PackageId, agency: &AgencyCode) -> Result<Vec<StatusRow>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM exchange_status WHERE package_id = $1 AND agency = $2 ORDER BY at, recorded_at, id"
        ),
        &[&package, &agency.canonical()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The events that decide what the board shows.
pub fn status_events(rows: &[StatusRow]) -> Vec<Event> {
    rows.iter().map(|row| Event { code: row.code.clone(), at: row.at }).collect()
}

const UNMATCHED: &str = "id, agency, code, at, description, about, recorded_at, resolution, version";

fn read_unmatched(row: &Row) -> Result<UnmatchedStatus> {
    let about: serde_json::Value = row.get(5)?;
    Ok(UnmatchedStatus {
        id: row.get(0)?,
        agency: read_agency(row, 1)?,
        code: read_code(row, 2)?,
        at: row.get(3)?,
        description: row.get(4)?,
        about: serde_json::from_value(about).map_err(|e| Error::fault("reading a reference", e))?,
        recorded_at: row.get(6)?,
        resolution: row.get(7)?,
        version: row.get(8)?,
    })
}

/// Feedback that waits for a person, oldest first: about documents of an agency, or (`None`) everybody's.
pub fn unmatched_waiting(tx: &Tx<'_>, about: Option<&AgencyCode>, limit: i64) -> Result<Vec<UnmatchedStatus>> {
    tx.query(
        &format!(
            "SELECT {UNMATCHED} FROM exchange_status WHERE package_id IS NULL AND resolved_at IS NULL \
             AND (CAST($1 AS TEXT) IS NULL OR about_agency = $1) ORDER BY recorded_at, id LIMIT $2"
        ),
        &[&about.map(AgencyCode::canonical), &limit],
    )?
    .iter()
    .map(read_unmatched)
    .collect()
}

/// How much feedback waits.
pub fn unmatched_count(tx: &Tx<'_>, about: Option<&AgencyCode>) -> Result<i64> {
    tx.query_one(
        "SELECT COUNT(*) FROM exchange_status WHERE package_id IS NULL AND resolved_at IS NULL \
         AND (CAST($1 AS TEXT) IS NULL OR about_agency = $1)",
        &[&about.map(AgencyCode::canonical)],
    )?
    .get(0)
}

/// One piece of feedback that was not matched when it came.
pub fn unmatched_get(tx: &Tx<'_>, id: StatusId) -> Result<UnmatchedStatus> {
    tx.query_opt(&format!("SELECT {UNMATCHED} FROM exchange_status WHERE id = $1"), &[&id])?
        .as_ref()
        .map(read_unmatched)
        .transpose()?
        .ok_or(Error::NotFound("feedback"))
}

/// Writes what a person decided: another look found the package, or it is set aside with a reason.
pub fn unmatched_resolve(
    tx: &Tx<'_>,
    row: &UnmatchedStatus,
    package: Option<PackageId>,
    resolution: &str,
    now: Timestamp,
) -> Result<i64> {
    let changed = tx.execute(
        "UPDATE exchange_status SET package_id = $3, resolution = $4, resolved_at = $5, version = version + 1 \
         WHERE id = $1 AND version = $2 AND resolved_at IS NULL",
        &[&row.id, &row.version, &package, &resolution, &now],
    )?;
    if changed == 1 { Ok(row.version + 1) } else { Err(Error::Conflict("feedback".into())) }
}

/// The record that the ledger digests.
pub fn status_digest_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let row = tx.query_opt(
        "SELECT id, identity, package_id, agency, code, at, description, about, origin, recorded_at, resolved_at, \
         resolution, version FROM exchange_status WHERE id = $1",
        &[&id],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(serde_json::json!({
        "id": row.get::<String>(0)?,
        "identity": row.get::<String>(1)?,
        "package": row.get::<Option<String>>(2)?,
        "agency": row.get::<String>(3)?,
        "code": row.get::<String>(4)?,
        "at": row.get::<i64>(5)?,
        "description": row.get::<String>(6)?,
        "about": row.get::<serde_json::Value>(7)?,
        "origin": row.get::<String>(8)?,
        "recorded_at": row.get::<i64>(9)?,
        "resolved_at": row.get::<Option<i64>>(10)?,
        "resolution": row.get::<Option<String>>(11)?,
        "version": row.get::<i64>(12)?,
    })))
}
