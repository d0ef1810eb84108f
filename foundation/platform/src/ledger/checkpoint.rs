//! Checkpoints: what the tree was at a size, signed after that size was committed (C2SP tlog-checkpoint, Ed25519).

use super::entry::Hash;
use super::sequence::{Head, head, number};
use super::tiles::root_at;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;

/// Microseconds of an hour; older checkpoints are thinned to one an hour.
const HOUR: i64 = 3_600_000_000;

/// Who signs checkpoints; handed in by the signing room, so that no key is seen here.
#[derive(Clone)]
pub struct CheckpointKey {
    /// The name of this server's ledger, e.g. `lienthong.hue.gov.vn`.
    pub origin: String,
    /// Makes a signed note (C2SP signed-note) of a checkpoint's text.
    pub sign: Arc<dyn Fn(&str) -> String + Send + Sync>,
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the server's ledger.
    pub origin: String,
    /// Counts up with every restore.
    pub epoch: i64,
    /// How many entries the tree had.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed: origin with epoch, size, root. A restore makes a new log in the eyes of witnesses, hence
    /// the epoch in the first line.
    pub fn text(&self) -> String {
        format!("{}/epoch-{}\n{}\n{}\n", self.origin, self.epoch, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text of a checkpoint (a signed note without its signatures, or with them).
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, epoch) = lines.next()?.rsplit_once("/epoch-")?;
        let size = lines.next()?;
        // Numbers in one spelling only: otherwise one checkpoint would have many texts.
        let plain =
            |digits: &str| digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()));
        if !plain(size) || !plain(epoch) {
            return None;
        }
        let root = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
        Some(Self { origin: origin.to_owned(), epoch: epoch.parse().ok()?, size: size.parse().ok()?, root })
    }
}

/// A checkpoint as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Counts up with every restore.
    pub epoch: i64,
    /// How many entries the tree had.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The signed note.
    pub note: String,
}

/// The newest signed checkpoint; `None` before the first.
pub fn latest_checkpoint(tx: &Tx<'_>) -> Result<Option<SignedCheckpoint>> {
    let row = tx.query_opt(
        "SELECT epoch, size, root, signed_at, note FROM ledger_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1",
        &[],
    )?;
    row.map(|row| {
        Ok(SignedCheckpoint {
            epoch: row.get(0)?,
            size: row.get(1)?,
            root: row.get(2)?,
            signed_at: row.get(3)?,
            note: row.get(4)?,
        })
    })
    .transpose()
}

/// Numbers what waits and signs the tree as it is committed. Returns the newest checkpoint; `None` while it is empty.
///
/// Errors: `Fault` when the tree no longer contains what was signed before (somebody rewrote history): nothing is signed.
pub async fn sign_checkpoint(db: &Db, key: &CheckpointKey, now: Timestamp) -> Result<Option<SignedCheckpoint>> {
    number(db).await?;
    // Only what is committed is read here, so a holder that was paused before its commit can never sign a fork.
    let (committed, last) = db
        .read(|tx| {
            let (committed, last) = (head(tx)?, latest_checkpoint(tx)?);
            if let Some(last) = &last {
                still_contains(tx, &committed, last)?;
            }
            Ok((committed, last))
        })
        .await?;
    if committed.size == 0
        || last.as_ref().is_some_and(|last| (last.epoch, last.size) == (committed.epoch, committed.size))
    {
        return Ok(last);
    }
    let checkpoint =
        Checkpoint { origin: key.origin.clone(), epoch: committed.epoch, size: committed.size, root: committed.root };
    let note = (key.sign)(&checkpoint.text());
    let signed =
        SignedCheckpoint { epoch: committed.epoch, size: committed.size, root: committed.root, signed_at: now, note };
    let stored = signed.clone();
    let thin = last.is_some_and(|last| last.signed_at.micros() / HOUR != now.micros() / HOUR);
    db.write(move |tx| store(tx, &stored, thin)).await?;
    Ok(Some(signed))
}

fn still_contains(tx: &Tx<'_>, committed: &Head, last: &SignedCheckpoint) -> Result<()> {
    if last.epoch != committed.epoch {
        return Ok(());
    }
    if last.size > committed.size
        || root_at(tx, last.size)? != last.root
        || root_at(tx, committed.size)? != committed.root
    {
        return Err(Error::Fault(format!(
            "the ledger no longer contains what was signed at size {}; nothing more is signed: run verify",
            last.size
        )));
    }
    Ok(())
}

fn store(tx: &Tx<'_>, signed: &SignedCheckpoint, thin: bool) -> Result<()> {
    let size = i64::try_from(signed.size).unwrap_or(i64::MAX);
    tx.execute(
        "INSERT INTO ledger_checkpoint (epoch, size, root, signed_at, note) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (epoch, size) DO NOTHING",
        &[&signed.epoch, &size, &signed.root, &signed.signed_at, &signed.note],
    )?;
    if thin {
        // Receipts carry their own copies; here one checkpoint an hour is enough for the past.
        tx.execute(
            "DELETE FROM ledger_checkpoint WHERE epoch = $1 AND signed_at < $2 AND EXISTS (
               SELECT 1 FROM ledger_checkpoint AS later WHERE later.epoch = ledger_checkpoint.epoch
               AND later.size > ledger_checkpoint.size
               AND later.signed_at / $3 = ledger_checkpoint.signed_at / $3)",
            &[&signed.epoch, &signed.signed_at.plus_seconds(-86_400), &HOUR],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written() {
        let checkpoint = Checkpoint { origin: "hue.example".into(), epoch: 2, size: 17, root: [7; 32] };
        assert_eq!(Checkpoint::parse(&checkpoint.text()), Some(checkpoint.clone()));
        assert_eq!(Checkpoint::parse(&format!("{}\n\u{2014} hue AAAA\n", checkpoint.text())), Some(checkpoint));
        for bad in
            ["", "hue\n1\nAAAA\n", "hue/epoch-01\n1\nAAAA\n", "hue/epoch-1\n+1\nAAAA\n", "hue/epoch-1\n1\nAAAA\n"]
        {
            assert_eq!(Checkpoint::parse(bad), None, "{bad:?}");
        }
    }
}
