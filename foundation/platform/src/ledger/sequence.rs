//! Numbering: entries are appended by use cases and given their place in the tree afterwards, by one holder at a time.

use super::entry::Hash;
use super::merkle::Frontier;
use super::tiles::NewHashes;
use crate::db::{Db, Engine, Tx};
use crate::error::{Error, Result};
use base::Timestamp;
use std::sync::Arc;

/// Most entries numbered in one transaction.
const BATCH: i64 = 512;

/// The numbered tree as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Counts up with every restore.
    pub epoch: i64,
    /// How many entries are numbered.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Makes the ledger ready after the schema is in place: the head row, numbering in the group commit (SQLite), and the
/// numbering of what a crash may have left.
pub async fn open(db: &Db) -> Result<()> {
    let frontier = Frontier::default();
    db.write(move |tx| {
        tx.execute(
            "INSERT INTO ledger_head (id, epoch, size, root, frontier, holder, leased_until)
             VALUES (1, 1, 0, $1, $2, NULL, 0) ON CONFLICT (id) DO NOTHING",
            &[&frontier.root(), &frontier.to_bytes()],
        )
    })
    .await?;
    if db.engine() == Engine::Sqlite {
        db.set_before_commit(Arc::new(|tx| number_pending(tx).map(|_| ())));
        number(db).await?;
    }
    Ok(())
}

/// The numbered tree as it stands.
pub fn head(tx: &Tx<'_>) -> Result<Head> {
    let row = tx.query_one("SELECT epoch, size, root FROM ledger_head WHERE id = 1", &[])?;
    Ok(Head { epoch: row.get(0)?, size: row.get::<u64>(1)?, root: row.get(2)? })
}

/// Numbers everything that waits; returns how many entries. Safe to call from anywhere at any time: whoever loses the
/// race changes nothing.
pub async fn number(db: &Db) -> Result<u64> {
    let mut total = 0;
    loop {
        // Looking first keeps idle processes from writing.
        let waiting: bool = db
            .read(|tx| tx.query_one("SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE seq IS NULL)", &[])?.get(0))
            .await?;
        if !waiting {
            return Ok(total);
        }
        match db.write(number_pending).await {
            Ok(0) => return Ok(total),
            Ok(count) => total += count,
            // Somebody else numbered meanwhile.
            Err(Error::Conflict(_)) => return Ok(total),
            Err(error) => return Err(error),
        }
    }
}

/// Takes or keeps the right to number until `now + seconds`. Only one process at a time should work; that only one *can*
/// is ensured by the swap of the head, not by this lease.
pub(super) fn lease(tx: &Tx<'_>, holder: &str, now: Timestamp, seconds: i64) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE ledger_head SET holder = $1, leased_until = $2 WHERE id = 1 AND (holder = $1 OR leased_until < $3)",
        &[&holder, &now.plus_seconds(seconds), &now],
    )?;
    Ok(rows == 1)
}

/// One batch: numbers, tiles, root and head, in the caller's transaction. `Conflict` when the head moved meanwhile.
pub(super) fn number_pending(tx: &Tx<'_>) -> Result<u64> {
    let row = tx.query_one("SELECT epoch, size, root, frontier FROM ledger_head WHERE id = 1", &[])?;
    let (epoch, size, root): (i64, i64, Hash) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let old_size = u64::try_from(size).unwrap_or(0);
    let mut frontier = Frontier::from_bytes(old_size, &row.get::<Vec<u8>>(3)?)
        .filter(|frontier| frontier.root() == root)
        .ok_or_else(|| Error::Fault("the ledger's head does not fit its root; run verify".to_owned()))?;

    let rows = tx.query(
        "UPDATE ledger_entry SET seq = waiting.place
         FROM (SELECT id AS waiting_id, $1 + row_number() OVER (ORDER BY arrival, id) AS place
               FROM ledger_entry WHERE seq IS NULL ORDER BY arrival, id LIMIT $2) AS waiting
         WHERE id = waiting.waiting_id AND seq IS NULL
         RETURNING seq, leaf_hash",
        &[&size, &BATCH],
    )?;
    let mut leaves = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(i64, Hash)>>>()?;
    if leaves.is_empty() {
        return Ok(0);
    }
    leaves.sort_unstable_by_key(|(seq, _)| *seq);
    if leaves.iter().zip(size + 1..).any(|((seq, _), expected)| *seq != expected) {
        return Err(Error::Conflict("somebody else numbers the ledger".to_owned()));
    }

    let mut fresh = NewHashes::default();
    for (_, leaf) in &leaves {
        let last = frontier.size();
        frontier.push(*leaf, |level, hash| fresh.add(level, last, &hash));
    }
    fresh.store(tx)?;
    let new_size = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
    let swapped = tx.execute(
        "UPDATE ledger_head SET size = $1, root = $2, frontier = $3
         WHERE id = 1 AND size = $4 AND root = $5 AND epoch = $6",
        &[&new_size, &frontier.root(), &frontier.to_bytes(), &size, &root, &epoch],
    )?;
    if swapped != 1 {
        return Err(Error::Conflict("somebody else numbers the ledger".to_owned()));
    }
    Ok(leaves.len() as u64)
}
