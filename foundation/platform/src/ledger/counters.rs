//! Figures derived from entries: kept up to date behind their own cursor, rebuildable, equal after replay.

use super::reaction::Counter;
use super::runner::{cursor, move_cursor};
use super::store::read_after;
use crate::Db;
use crate::db::Tx;
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Entries read at a time.
const PAGE: i64 = 500;

/// One figure by its dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterRow {
    /// The dimensions, e.g. agency, month, document type.
    pub key: BTreeMap<String, String>,
    /// How many.
    pub count: i64,
    /// How much, in the counter's unit.
    pub sum: i64,
}

type Totals = BTreeMap<String, (i64, i64)>;

/// Brings a counter up to date; returns how many entries it went through.
pub async fn count(db: &Db, counter: &Counter) -> Result<u64> {
    let cursor_name = cursor_name(counter);
    let mut total = 0;
    loop {
        let (counter, name) = (counter.clone(), cursor_name.clone());
        let (from, to, pages, deltas) = db
            .read(move |tx| {
                let from = cursor(tx, &name)?;
                let mut deltas = Totals::new();
                let (to, read) = gather(tx, &counter, (from, i64::MAX), &mut deltas)?;
                Ok((from, to, read, deltas))
            })
            .await?;
        if pages == 0 {
            return Ok(total);
        }
        let (counter_name, name) = (counter_name(&cursor_name), cursor_name.clone());
        let outcome = db
            .write(move |tx| {
                move_cursor(tx, &name, from, to)?;
                deltas.iter().try_for_each(|(key, (count, sum))| add(tx, &counter_name, key, *count, *sum))
            })
            .await;
        match outcome {
            Ok(()) => total += pages,
            Err(Error::Conflict(_)) => return Ok(total),
            Err(error) => return Err(error),
        }
    }
}

fn cursor_name(counter: &Counter) -> String {
    format!("counter:{}", counter.name)
}

fn counter_name(cursor: &str) -> String {
    cursor.trim_start_matches("counter:").to_owned()
}

/// Adds up one page after `from` and up to `until`; returns the last sequence read and how many entries.
fn gather(tx: &Tx<'_>, counter: &Counter, (from, until): (i64, i64), into: &mut Totals) -> Result<(i64, u64)> {
    if counter.kinds.is_empty() {
        return Ok((from, 0));
    }
    let mut entries = read_after(tx, from, counter.kinds, PAGE)?;
    entries.retain(|entry| entry.seq.is_some_and(|seq| seq <= until));
    for entry in &entries {
        for delta in (counter.add)(entry) {
            let key = serde_json::to_string(&delta.key).map_err(|e| Error::fault("writing a counter's key", e))?;
            let (count, sum) = into.entry(key).or_default();
            *count += delta.count;
            *sum += delta.sum;
        }
    }
    Ok((entries.last().and_then(|entry| entry.seq).unwrap_or(from), entries.len() as u64))
}

fn add(tx: &Tx<'_>, name: &str, key: &str, count: i64, sum: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO ledger_counter (name, dimensions, count, sum) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name, dimensions) DO UPDATE
         SET count = ledger_counter.count + excluded.count, sum = ledger_counter.sum + excluded.sum",
        &[&name, &key, &count, &sum],
    )?;
    Ok(())
}

/// The figures of a counter whose dimensions have the given values (empty: all).
pub fn counter_rows(tx: &Tx<'_>, name: &str, filter: &[(&str, &str)]) -> Result<Vec<CounterRow>> {
    let rows =
        tx.query("SELECT dimensions, count, sum FROM ledger_counter WHERE name = $1 ORDER BY dimensions", &[&name])?;
    let mut out = Vec::new();
    for row in &rows {
        let key: BTreeMap<String, String> =
            serde_json::from_str(&row.get::<String>(0)?).map_err(|e| Error::fault("reading a counter's key", e))?;
        if filter.iter().all(|(name, value)| key.get(*name).is_some_and(|found| found == value)) {
            out.push(CounterRow { key, count: row.get(1)?, sum: row.get(2)? });
        }
    }
    Ok(out)
}

/// What a counter must say when every entry up to its cursor is counted again; and what it does say.
pub(super) fn recount(tx: &Tx<'_>, counter: &Counter) -> Result<(Totals, Totals)> {
    let until = cursor(tx, &cursor_name(counter))?;
    let (mut right, mut from) = (Totals::new(), 0);
    loop {
        // Entries that came after the counter's cursor wait to be counted; they are no part of what it must say.
        let (to, read) = gather(tx, counter, (from, until), &mut right)?;
        if read == 0 {
            break;
        }
        from = to;
    }
    let stored = tx
        .query("SELECT dimensions, count, sum FROM ledger_counter WHERE name = $1", &[&counter.name])?
        .iter()
        .map(|row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
        .collect::<Result<_>>()?;
    Ok((right, stored))
}

/// Throws a counter's figures away and derives them anew from the entries.
pub async fn rebuild(db: &Db, counter: &Counter) -> Result<u64> {
    let name = counter.name;
    let cursor = cursor_name(counter);
    db.write(move |tx| {
        tx.execute("DELETE FROM ledger_counter WHERE name = $1", &[&name])?;
        // Set to 0, not deleted: whoever counts at this moment must find the cursor moved.
        tx.execute(
            "INSERT INTO ledger_cursor (name, seq) VALUES ($1, 0) ON CONFLICT (name) DO UPDATE SET seq = 0",
            &[&cursor],
        )
    })
    .await?;
    count(db, counter).await
}
