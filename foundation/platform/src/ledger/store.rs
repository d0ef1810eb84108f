//! Appending to the ledger and reading it back.

use super::entry::{COLUMNS, Entry, EntryId, Hash, NewEntry, canonical};
use super::merkle::leaf_hash;
use crate::db::{Row, ToValue, Tx};
use crate::error::{Error, Result};
use base::{AgencyCode, Timestamp};
use sha2::{Digest, Sha256};

/// Appends an entry in the transaction of the change it tells of; call it *after* the record was written.
///
/// The subject's record is loaded as it stands and digested. Errors: `Conflict` when the version is not the previous one
/// plus 1 (somebody acted first: run again or tell the person).
pub fn append(tx: &Tx<'_>, now: Timestamp, new: NewEntry) -> Result<()> {
    new.codes.check()?;
    if !new.details.is_object() {
        return Err(Error::Fault(format!("{}: details must be a JSON object", new.kind.name)));
    }
    let (subject_kind, subject_id) = (new.subject.0, new.subject.1);
    let record_digest = match (subject_kind.load)(tx, &subject_id)? {
        Some(record) => Some(record_digest(&record)?),
        None => None,
    };
    let salt = tx.salt(&new.id.to_string());
    let arrival = arrival_after(tx, now, subject_kind.name, &subject_id, new.version)?;
    let entry = Entry {
        seq: None,
        id: new.id,
        kind: new.kind.name.to_owned(),
        schema: i64::from(new.kind.schema),
        subject_kind: subject_kind.name.to_owned(),
        subject_id,
        version: new.version,
        agency: new.agency,
        actor: new.actor,
        occurred_at: new.occurred_at,
        recorded_at: now,
        codes: new.codes,
        record_digest,
        details_digest: details_digest(&salt, &new.details)?,
    };
    let leaf = leaf_hash(&entry.leaf()?);
    let codes = serde_json::to_value(&entry.codes).map_err(|e| Error::fault("writing codes", e))?;
    let record = entry.record_digest.map(|digest| digest.to_vec());
    tx.execute(
        "INSERT INTO ledger_entry (id, kind, schema_version, subject_kind, subject_id, subject_version, agency, actor,
           occurred_at, recorded_at, arrival, codes, record_digest, details_digest, leaf_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &[
            &entry.id,
            &entry.kind,
            &entry.schema,
            &entry.subject_kind,
            &entry.subject_id,
            &entry.version,
            &entry.agency,
            &entry.actor,
            &entry.occurred_at,
            &entry.recorded_at,
            &arrival,
            &codes,
            &record,
            &entry.details_digest,
            &leaf,
        ],
    )?;
    tx.execute(
        "INSERT INTO ledger_details (entry_id, salt, body) VALUES ($1, $2, $3)",
        &[&entry.id, &salt, &new.details],
    )?;
    tx.appended(entry.id.to_string());
    Ok(())
}

/// The sort key by which entries are numbered: later than everything this process has appended, and later than the
/// subject's previous entry, whichever machine with whichever clock appended that one.
fn arrival_after(tx: &Tx<'_>, now: Timestamp, subject_kind: &str, subject_id: &str, version: i64) -> Result<i64> {
    let tick = tx.tick(now.micros());
    if version == 1 {
        return Ok(tick);
    }
    let previous = tx.query_opt(
        "SELECT arrival FROM ledger_entry WHERE subject_kind = $1 AND subject_id = $2 AND subject_version = $3",
        &[&subject_kind, &subject_id, &(version - 1)],
    )?;
    match previous {
        Some(row) => Ok(tick.max(row.get::<i64>(0)? + 1)),
        // A version without its predecessor would let two histories grow side by side.
        None => Err(Error::Conflict(format!("{subject_kind} has no version {} yet", version - 1))),
    }
}

/// SHA-256 of a record's canonical JSON.
pub fn record_digest(record: &serde_json::Value) -> Result<Hash> {
    Ok(Sha256::digest(canonical(record)?).into())
}

/// SHA-256 of salt and canonical JSON, so that guessing the details proves nothing once the salt is destroyed.
pub(crate) fn details_digest(salt: &[u8], details: &serde_json::Value) -> Result<Hash> {
    Ok(Sha256::new().chain_update(salt).chain_update(canonical(details)?).finalize().into())
}

/// The numbered entries after `after_seq` (exclusive; 0 for the beginning), oldest first, of the given kinds (empty:
/// all), at most `limit`.
pub fn read_after(tx: &Tx<'_>, after_seq: i64, kinds: &[&str], limit: i64) -> Result<Vec<Entry>> {
    let mut params: Vec<&dyn ToValue> = vec![&after_seq, &limit];
    params.extend(kinds.iter().map(|kind| kind as &dyn ToValue));
    let sql = if kinds.is_empty() {
        format!("SELECT {COLUMNS} FROM ledger_entry WHERE seq > $1 ORDER BY seq LIMIT $2")
    } else {
        after_of_kinds(&format!("SELECT {COLUMNS} FROM ledger_entry"), kinds.len())
    };
    tx.query(&sql, &params)?.iter().map(Entry::from_row).collect()
}

/// The numbered entries after `$1` of the kinds `$3`, `$4` …, at most `$2`: each kind reads the beginning of its own
/// index. (With `IN`, SQLite sorts everything that is left for each page: a replay would grow with the square.)
pub(super) fn after_of_kinds(select: &str, kinds: usize) -> String {
    let each: Vec<String> = (3..kinds + 3)
        .map(|n| format!("SELECT * FROM ({select} WHERE seq > $1 AND kind = ${n} ORDER BY seq LIMIT $2) AS of_{n}"))
        .collect();
    format!("{} ORDER BY seq LIMIT $2", each.join(" UNION ALL "))
}

/// The same of one agency's books: what its inboxes page by.
pub fn read_of(tx: &Tx<'_>, agency: &AgencyCode, after_seq: i64, kinds: &[&str], limit: i64) -> Result<Vec<Entry>> {
    let mut params: Vec<&dyn ToValue> = vec![agency, &after_seq, &limit];
    let places: Vec<String> = (0..kinds.len()).map(|n| format!("${}", n + 4)).collect();
    params.extend(kinds.iter().map(|kind| kind as &dyn ToValue));
    let filter = if kinds.is_empty() { String::new() } else { format!("AND kind IN ({})", places.join(", ")) };
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entry WHERE agency = $1 AND seq IS NOT NULL AND seq > $2 {filter} ORDER BY seq LIMIT $3"
    );
    tx.query(&sql, &params)?.iter().map(Entry::from_row).collect()
}

/// The latest entries of the given kinds in the books of an agency and of those below it, newest first, before the
/// sequence `before`: what a security log shows.
pub fn read_before(
    tx: &Tx<'_>,
    within: &AgencyCode,
    before: Option<i64>,
    kinds: &[&str],
    limit: i64,
) -> Result<Vec<Recorded>> {
    let below = format!("{within}.%");
    let before = before.unwrap_or(i64::MAX);
    let mut found: Vec<Recorded> = Vec::new();
    // One kind after the other, so that each reads only the end of its own index.
    for kind in kinds {
        let sql = format!(
            "SELECT {COLUMNS}, body FROM ledger_entry LEFT JOIN ledger_details ON entry_id = id
             WHERE kind = $1 AND seq IS NOT NULL AND seq < $2 AND (agency = $3 OR agency LIKE $4)
             ORDER BY seq DESC LIMIT $5"
        );
        for row in tx.query(&sql, &[kind, &before, within, &below, &limit])? {
            found.push(Recorded::from_row(&row)?);
        }
    }
    found.sort_by_key(|recorded| std::cmp::Reverse(recorded.entry.seq));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// An entry with the details that still lie beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The entry.
    pub entry: Entry,
    /// Names and texts; `None` once they were destroyed.
    pub details: Option<serde_json::Value>,
}

impl Recorded {
    /// From a row of the entry's columns and the details' body.
    pub(super) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { entry: Entry::from_row(row)?, details: row.get(14)? })
    }
}

/// The history of one record, oldest first, with the details that still lie beside it.
pub fn entries_of(tx: &Tx<'_>, subject_kind: &str, subject_id: &str) -> Result<Vec<Recorded>> {
    let sql = format!(
        "SELECT {COLUMNS}, body FROM ledger_entry LEFT JOIN ledger_details ON entry_id = id
         WHERE subject_kind = $1 AND subject_id = $2 ORDER BY subject_version"
    );
    tx.query(&sql, &[&subject_kind, &subject_id])?.iter().map(Recorded::from_row).collect()
}

/// One entry with its details, by its place in the ledger.
pub fn entry_at(tx: &Tx<'_>, seq: i64) -> Result<Option<Recorded>> {
    let sql =
        format!("SELECT {COLUMNS}, body FROM ledger_entry LEFT JOIN ledger_details ON entry_id = id WHERE seq = $1");
    tx.query_opt(&sql, &[&seq])?.as_ref().map(Recorded::from_row).transpose()
}

/// The place of an entry in the ledger; `None` until it is numbered.
pub fn seq_of(tx: &Tx<'_>, id: &EntryId) -> Result<Option<i64>> {
    tx.query_one("SELECT seq FROM ledger_entry WHERE id = $1", &[id])?.get(0)
}

/// The version a record stands at: that of its last entry, 0 when it has none.
pub fn version_of(tx: &Tx<'_>, subject_kind: &str, subject_id: &str) -> Result<i64> {
    tx.query_one(
        "SELECT coalesce(max(subject_version), 0) FROM ledger_entry WHERE subject_kind = $1 AND subject_id = $2",
        &[&subject_kind, &subject_id],
    )?
    .get(0)
}
