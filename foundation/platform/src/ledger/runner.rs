//! Runs the reactions: by sequence, ordered per subject, at least once; what fails is parked in sight.

use super::entry::{Actor, COLUMNS, Codes, Entry, EntryId, EntryKind, NewEntry, SubjectKind};
use super::reaction::{Reacting, Reaction};
use super::store::{Recorded, after_of_kinds, append};
use crate::db::{ToValue, Tx};
use crate::error::{Error, Result};
use crate::{Db, ledger};
use base::{AgencyCode, Clock, Random, Timestamp};

/// Entries handled in one transaction: few, because on the embedded engine everyone's writes wait meanwhile.
const BATCH: i64 = 16;
/// Attempts before an entry waits for a person.
const ATTEMPTS: i64 = 8;

/// A reaction's entry that could not be digested, or waits behind one.
#[derive(Debug, Clone, PartialEq)]
pub struct Parked {
    /// Name of the reaction.
    pub reaction: String,
    /// The entry's place in the ledger.
    pub seq: i64,
    /// Kind of the subject whose entries wait.
    pub subject_kind: String,
    /// Id of the subject.
    pub subject_id: String,
    /// Attempts so far; 0: held back by an earlier entry of the same subject.
    pub attempts: i64,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// Since when.
    pub parked_at: Timestamp,
    /// When it is tried again by itself; `None`: waits for a person or for the one before it.
    pub retry_at: Option<Timestamp>,
}

/// An operator took a parked entry off the list without digesting it.
pub static PARKED_DISMISSED: EntryKind = EntryKind { name: "ledger.parked.dismissed", schema: 1 };
/// The parked entry as a subject of the ledger; the row itself is gone by then.
pub static PARKED: SubjectKind = SubjectKind { name: "ledger.parked", load: |_, _| Ok(None) };

/// Handles what waits for `reaction`; returns how many entries it went through.
pub async fn react(db: &Db, reaction: &Reaction, clock: &Clock, random: &Random) -> Result<u64> {
    let mut total = retry_due(db, reaction, clock, random).await?;
    loop {
        let name = reaction.name;
        let kinds = reaction.kinds;
        let (cursor, entries) = db
            .read(move |tx| {
                let cursor = cursor(tx, name)?;
                Ok((cursor, pending(tx, cursor, kinds, BATCH)?))
            })
            .await?;
        let Some(last) = entries.last().and_then(|recorded| recorded.entry.seq) else { return Ok(total) };
        let count = entries.len() as u64;
        let (reaction, clock, random) = (reaction.clone(), clock.clone(), random.clone());
        let outcome = db
            .write(move |tx| {
                // First of all the cursor: another process that works on this reaction waits here and then finds it moved.
                move_cursor(tx, reaction.name, cursor, last)?;
                entries.iter().try_for_each(|recorded| digest(tx, &reaction, recorded, &clock, &random))
            })
            .await;
        match outcome {
            Ok(()) => total += count,
            Err(Error::Conflict(_)) => return Ok(total),
            Err(error) => return Err(error),
        }
    }
}

/// Entries of the given kinds after `after`, with details.
fn pending(tx: &Tx<'_>, after: i64, kinds: &[&str], limit: i64) -> Result<Vec<Recorded>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut params: Vec<&dyn ToValue> = vec![&after, &limit];
    params.extend(kinds.iter().map(|kind| kind as &dyn ToValue));
    let select = format!("SELECT {COLUMNS}, body FROM ledger_entry LEFT JOIN ledger_details ON entry_id = id");
    let sql = after_of_kinds(&select, kinds.len());
    tx.query(&sql, &params)?.iter().map(Recorded::from_row).collect()
}

/// How far a reaction or counter has read.
pub(super) fn cursor(tx: &Tx<'_>, name: &str) -> Result<i64> {
    let row = tx.query_opt("SELECT seq FROM ledger_cursor WHERE name = $1", &[&name])?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Moves a cursor on, or tells by `Conflict` that somebody else did.
pub(super) fn move_cursor(tx: &Tx<'_>, name: &str, from: i64, to: i64) -> Result<()> {
    let moved = tx.execute(
        "INSERT INTO ledger_cursor (name, seq) VALUES ($1, $3)
         ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE ledger_cursor.seq = $2",
        &[&name, &from, &to],
    )?;
    if moved == 1 { Ok(()) } else { Err(Error::Conflict(format!("cursor {name} moved meanwhile"))) }
}

fn digest(tx: &Tx<'_>, reaction: &Reaction, recorded: &Recorded, clock: &Clock, random: &Random) -> Result<()> {
    let entry = &recorded.entry;
    let now = clock.now();
    let held = tx.query_opt(
        "SELECT 1 FROM ledger_parked WHERE reaction = $1 AND subject_kind = $2 AND subject_id = $3 LIMIT 1",
        &[&reaction.name, &entry.subject_kind, &entry.subject_id],
    )?;
    if held.is_some() {
        return park(tx, reaction, entry, 0, None, now, None);
    }
    match attempt(tx, reaction, recorded, clock, random)? {
        Ok(()) => Ok(()),
        Err(error) => {
            // The message may hold names, so only the table shows it; the log gets its kind.
            let kind = match &error {
                Error::Refused(refusal) => refusal.code.code,
                Error::NotFound(_) => "not found",
                Error::Conflict(_) => "conflict",
                Error::Unavailable(_) => "unavailable",
                Error::Storage(..) => "storage",
                Error::Fault(_) => "fault",
            };
            tracing::warn!(reaction = reaction.name, seq = entry.seq, kind, "reaction parked an entry");
            park(tx, reaction, entry, 1, Some(error.to_string()), now, Some(now.plus_seconds(1)))
        }
    }
}

/// The inner result is the reaction's own; the outer one means that the whole transaction is lost.
fn attempt(
    tx: &Tx<'_>,
    reaction: &Reaction,
    recorded: &Recorded,
    clock: &Clock,
    random: &Random,
) -> Result<Result<()>> {
    let reacting =
        Reacting { entry: &recorded.entry, details: recorded.details.as_ref(), now: clock.now(), clock, random };
    tx.attempt(|tx| (reaction.handle)(tx, &reacting))
}

fn park(
    tx: &Tx<'_>,
    reaction: &Reaction,
    entry: &Entry,
    attempts: i64,
    error: Option<String>,
    now: Timestamp,
    retry_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "INSERT INTO ledger_parked
           (reaction, seq, subject_kind, subject_id, attempts, last_error, parked_at, retry_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[&reaction.name, &entry.seq, &entry.subject_kind, &entry.subject_id, &attempts, &error, &now, &retry_at],
    )?;
    Ok(())
}

/// Whether some parked entry is due for another attempt.
pub(super) fn anything_due(tx: &Tx<'_>, now: Timestamp) -> Result<bool> {
    tx.query_one("SELECT EXISTS (SELECT 1 FROM ledger_parked WHERE retry_at <= $1)", &[&now])?.get(0)
}

/// Tries again what is due, each in its own transaction.
async fn retry_due(db: &Db, reaction: &Reaction, clock: &Clock, random: &Random) -> Result<u64> {
    let mut total = 0;
    loop {
        let (name, now) = (reaction.name, clock.now());
        let due: Option<(i64, i64)> = db
            .read(move |tx| {
                let row = tx.query_opt(
                    "SELECT seq, attempts FROM ledger_parked WHERE reaction = $1 AND retry_at <= $2
                     ORDER BY seq LIMIT 1",
                    &[&name, &now],
                )?;
                row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
            })
            .await?;
        let Some((seq, attempts)) = due else { return Ok(total) };
        let (reaction, clock, random) = (reaction.clone(), clock.clone(), random.clone());
        match db.write(move |tx| retry_one(tx, &reaction, seq, attempts, &clock, &random)).await {
            Ok(()) => total += 1,
            Err(Error::Conflict(_)) => return Ok(total),
            Err(error) => return Err(error),
        }
    }
}

fn retry_one(tx: &Tx<'_>, reaction: &Reaction, seq: i64, attempts: i64, clock: &Clock, random: &Random) -> Result<()> {
    let now = clock.now();
    let claimed = tx.execute(
        "UPDATE ledger_parked SET attempts = attempts + 1, retry_at = NULL
         WHERE reaction = $1 AND seq = $2 AND attempts = $3 AND retry_at IS NOT NULL",
        &[&reaction.name, &seq, &attempts],
    )?;
    if claimed == 0 {
        return Err(Error::Conflict("somebody else retries it".to_owned()));
    }
    let recorded = ledger::entry_at(tx, seq)?.ok_or(Error::NotFound("entry"))?;
    match attempt(tx, reaction, &recorded, clock, random)? {
        Ok(()) => release(tx, reaction.name, seq, now),
        Err(error) => {
            let done = attempts + 1;
            // 2 s, 8 s, 32 s, ... up to about 2 hours; then it waits for a person.
            let wait = 2_i64.saturating_mul(4_i64.saturating_pow(u32::try_from(done - 1).unwrap_or(30))).min(7200);
            let retry_at = (done < ATTEMPTS).then(|| now.plus_seconds(wait));
            tx.execute(
                "UPDATE ledger_parked SET last_error = $3, retry_at = $4 WHERE reaction = $1 AND seq = $2",
                &[&reaction.name, &seq, &error.to_string(), &retry_at],
            )?;
            Ok(())
        }
    }
}

/// Takes an entry off the list and lets the next of its subject go.
fn release(tx: &Tx<'_>, reaction: &str, seq: i64, now: Timestamp) -> Result<()> {
    let row = tx
        .query_opt(
            "DELETE FROM ledger_parked WHERE reaction = $1 AND seq = $2 RETURNING subject_kind, subject_id",
            &[&reaction, &seq],
        )?
        .ok_or(Error::NotFound("parked entry"))?;
    tx.execute(
        "UPDATE ledger_parked SET retry_at = $4 WHERE reaction = $1 AND seq = (
           SELECT min(seq) FROM ledger_parked WHERE reaction = $1 AND subject_kind = $2 AND subject_id = $3)",
        &[&reaction, &row.get::<String>(0)?, &row.get::<String>(1)?, &now],
    )?;
    Ok(())
}

/// What is parked, oldest first.
pub fn parked(tx: &Tx<'_>, limit: i64) -> Result<Vec<Parked>> {
    let rows = tx.query(
        "SELECT reaction, seq, subject_kind, subject_id, attempts, last_error, parked_at, retry_at
         FROM ledger_parked ORDER BY seq, reaction LIMIT $1",
        &[&limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Parked {
                reaction: row.get(0)?,
                seq: row.get(1)?,
                subject_kind: row.get(2)?,
                subject_id: row.get(3)?,
                attempts: row.get(4)?,
                last_error: row.get(5)?,
                parked_at: row.get(6)?,
                retry_at: row.get(7)?,
            })
        })
        .collect()
}

/// Has a parked entry tried again now (a person mended the cause).
pub fn retry_parked(tx: &Tx<'_>, now: Timestamp, reaction: &str, seq: i64) -> Result<()> {
    let rows = tx.execute(
        "UPDATE ledger_parked SET retry_at = $3 WHERE reaction = $1 AND seq = $2 AND attempts > 0",
        &[&reaction, &seq, &now],
    )?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound("parked entry")) }
}

/// Takes a parked entry off the list without digesting it; that decision is an entry of the ledger itself.
pub fn dismiss_parked(
    tx: &Tx<'_>,
    now: Timestamp,
    id: EntryId,
    (actor, agency): (Actor, AgencyCode),
    (reaction, seq): (&str, i64),
    reason: &str,
) -> Result<()> {
    release(tx, reaction, seq, now)?;
    append(
        tx,
        now,
        NewEntry {
            id,
            kind: &PARKED_DISMISSED,
            subject: (&PARKED, format!("{reaction}/{seq}")),
            version: 1,
            agency,
            actor,
            occurred_at: now,
            codes: Codes::new().with("reaction", reaction).with("entry", seq),
            details: serde_json::json!({ "reason": reason }),
        },
    )
}
