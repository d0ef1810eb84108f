//! The ledger: one tamper-evident list of every change of state, appended in the same transaction as the change.
//!
//! A use case writes its record, then calls [`append`] in the same transaction. The entry is numbered afterwards (on
//! SQLite in the same group commit, on PostgreSQL by whoever holds the lease), and everything that follows reads by that
//! number: reactions, counters, feeds and proofs.

mod background;
mod checkpoint;
mod counters;
mod entry;
mod erasure;
pub mod merkle;
mod reaction;
mod runner;
mod sequence;
mod store;
pub mod tiles;
mod verify;

pub use background::{Registry, run, settle};
pub use checkpoint::{Checkpoint, CheckpointKey, SignedCheckpoint, latest_checkpoint, sign_checkpoint};
pub use counters::{CounterRow, counter_rows, rebuild as rebuild_counter};
pub use entry::{Actor, Code, Codes, Entry, EntryId, EntryKind, Hash, NewEntry, SubjectKind};
pub use erasure::{DETAILS, DETAILS_ERASED, EPOCH, EPOCH_OPENED, Order, erase_details, open_epoch};
pub use reaction::{Counter, CounterDelta, Handle, Reacting, Reaction};
pub use runner::{PARKED, PARKED_DISMISSED, Parked, dismiss_parked, parked, retry_parked};
pub use sequence::{Head, head, number, open};
pub use store::{
    Recorded, append, entries_of, entry_at, read_after, read_before, read_of, record_digest, seq_of, version_of,
};
pub use verify::{Finding, FindingKind, Report, verify};

use crate::component::Component;
use crate::db::Migration;

/// The ledger's tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "ledger",
    number: 1,
    name: "ledger",
    sql: include_str!("../../migrations/ledger/0001_ledger.sql"),
}];

static SUBJECTS: &[&SubjectKind] = &[&DETAILS, &EPOCH, &PARKED];
static ENTRY_KINDS: &[&EntryKind] = &[&DETAILS_ERASED, &EPOCH_OPENED, &PARKED_DISMISSED];

/// What the ledger itself registers.
pub fn component() -> Component {
    Component {
        name: "ledger",
        migrations: MIGRATIONS,
        subjects: SUBJECTS,
        entry_kinds: ENTRY_KINDS,
        ..Component::default()
    }
}
