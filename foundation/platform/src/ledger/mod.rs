//! The ledger: one tamper-evident list of every change of state, appended in the same transaction as the change.
//!
//! A use case writes its record, then calls [`append`] in the same transaction. The entry is numbered afterwards (on
//! SQLite in the same group commit, on PostgreSQL by whoever holds the lease), and everything that follows reads by that
//! number: reactions, counters, feeds and proofs.

mod background;
mod counters;
mod entry;
pub mod merkle;
mod reaction;
mod runner;
mod sequence;
mod store;
pub mod tiles;

pub use background::{Registry, run, settle};
pub use counters::{CounterRow, counter_rows, rebuild as rebuild_counter};
pub use entry::{Actor, Code, Codes, Entry, EntryId, EntryKind, Hash, NewEntry, SubjectKind};
pub use reaction::{Counter, CounterDelta, Handle, Reacting, Reaction};
pub use runner::{PARKED, PARKED_DISMISSED, Parked, dismiss_parked, parked, retry_parked};
pub use sequence::{Head, head, number, open};
pub use store::{Recorded, append, entries_of, entry_at, read_after, record_digest, seq_of, version_of};

use crate::db::Migration;

/// The ledger's tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "ledger",
    number: 1,
    name: "ledger",
    sql: include_str!("../../migrations/ledger/0001_ledger.sql"),
}];
