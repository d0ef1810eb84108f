//! The ledger: one tamper-evident list of every change of state, appended in the same transaction as the change.

mod entry;
mod merkle;
mod reaction;
mod store;

pub use entry::{Actor, Code, Codes, Entry, EntryId, EntryKind, Hash, NewEntry, SubjectKind};
pub use reaction::{Counter, CounterDelta, Handle, Reacting, Reaction};
pub use store::{Recorded, append, entries_of, entry_at, read_after, record_digest, seq_of, version_of};

use crate::db::Migration;

/// The ledger's tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "ledger",
    number: 1,
    name: "ledger",
    sql: include_str!("../../migrations/ledger/0001_ledger.sql"),
}];
