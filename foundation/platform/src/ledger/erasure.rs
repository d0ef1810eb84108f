//! What happens to the ledger itself: details destroyed when the law says so, and epochs opened by a restore.

use super::entry::{Actor, Codes, EntryId, EntryKind, NewEntry, SubjectKind};
use super::sequence::{Head, head};
use super::store::append;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use base::{AgencyCode, Timestamp};

/// The names and texts beside an entry were destroyed; the proof stands.
pub static DETAILS_ERASED: EntryKind = EntryKind { name: "ledger.details.erased", schema: 1 };
/// The details of one entry, as a subject.
pub static DETAILS: SubjectKind = SubjectKind {
    name: "ledger.details",
    load: |tx, id| {
        let row = tx.query_opt("SELECT body FROM ledger_details WHERE entry_id = $1", &[&id])?;
        row.map(|row| row.get(0)).transpose()
    },
};
/// A restore began a new epoch.
pub static EPOCH_OPENED: EntryKind = EntryKind { name: "ledger.epoch.opened", schema: 1 };
/// An epoch, as a subject.
pub static EPOCH: SubjectKind = SubjectKind {
    name: "ledger.epoch",
    load: |tx, id| {
        let number: i64 = id.parse().map_err(|e| Error::fault("reading an epoch's number", e))?;
        let row =
            tx.query_opt("SELECT first_size, first_root, opened_at FROM ledger_epoch WHERE epoch = $1", &[&number])?;
        row.map(|row| {
            Ok(serde_json::json!({
                "epoch": number,
                "first_size": row.get::<i64>(0)?,
                "first_root": hex::encode(row.get::<Vec<u8>>(1)?),
                "opened_at": row.get::<i64>(2)?,
            }))
        })
        .transpose()
    },
};

/// On whose order, and why.
pub struct Order {
    /// Id of the entry that tells of it; made outside the closure.
    pub id: EntryId,
    /// The agency in whose books it happens.
    pub agency: AgencyCode,
    /// Who orders it.
    pub actor: Actor,
    /// The legal basis, as a code word (document and article).
    pub basis: String,
    /// The reason in words.
    pub reason: String,
}

/// Destroys the names and texts beside entry `target`. Its leaf keeps their salted digest, which proves nothing without
/// the salt that goes with them. Errors: `NotFound` when there are none (any more).
pub fn erase_details(tx: &Tx<'_>, now: Timestamp, target: &EntryId, order: Order) -> Result<()> {
    if tx.execute("DELETE FROM ledger_details WHERE entry_id = $1", &[target])? == 0 {
        return Err(Error::NotFound("details"));
    }
    append(
        tx,
        now,
        NewEntry {
            id: order.id,
            kind: &DETAILS_ERASED,
            subject: (&DETAILS, target.to_string()),
            version: 1,
            agency: order.agency,
            actor: order.actor,
            occurred_at: now,
            codes: Codes::new().with("entry", *target).with("basis", order.basis),
            details: serde_json::json!({ "reason": order.reason }),
        },
    )
}

/// Begins a new epoch after a restore, by an entry that commits to the tree as it was restored and to the newest
/// checkpoint known of before (which may be larger: what came after the backup was lost here, not denied).
pub async fn open_epoch(db: &Db, now: Timestamp, order: Order, known: Option<super::Checkpoint>) -> Result<Head> {
    let order = std::sync::Arc::new(order);
    super::sequence::number(db).await?;
    db.write(move |tx| {
        let before = head(tx)?;
        let epoch = before.epoch + 1;
        let size = i64::try_from(before.size).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO ledger_epoch (epoch, first_size, first_root, opened_at, entry_id) VALUES ($1, $2, $3, $4, $5)",
            &[&epoch, &size, &before.root, &now, &order.id],
        )?;
        let swapped = tx.execute(
            "UPDATE ledger_head SET epoch = $1, holder = NULL, leased_until = 0 WHERE id = 1 AND epoch = $2 AND size = $3",
            &[&epoch, &before.epoch, &size],
        )?;
        if swapped == 0 {
            return Err(Error::Conflict("the ledger moved while an epoch was opened".to_owned()));
        }
        let mut codes = Codes::new()
            .with("epoch", epoch)
            .with("restored_size", size)
            .with("restored_root", hex::encode(before.root))
            .with("basis", order.basis.clone());
        if let Some(known) = &known {
            codes = codes
                .with("known_epoch", known.epoch)
                .with("known_size", i64::try_from(known.size).unwrap_or(i64::MAX))
                .with("known_root", hex::encode(known.root));
        }
        append(
            tx,
            now,
            NewEntry {
                id: order.id,
                kind: &EPOCH_OPENED,
                subject: (&EPOCH, epoch.to_string()),
                version: 1,
                agency: order.agency.clone(),
                actor: order.actor.clone(),
                occurred_at: now,
                codes,
                details: serde_json::json!({ "reason": order.reason }),
            },
        )?;
        Ok(Head { epoch, ..before })
    })
    .await
}
