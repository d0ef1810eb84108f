//! The ledger: one tamper-evident list of every change of state, appended in the same transaction as the change.

use crate::db::Tx;
use crate::error::Result;
use std::sync::Arc;

/// A kind of record whose digest stands in the ledger.
pub struct SubjectKind {
    /// Its name, e.g. `office.incoming`.
    pub name: &'static str,
    /// Loads the record as it stands, as the JSON value that is digested (RFC 8785, SHA-256); `None` when it is gone.
    pub load: fn(&Tx<'_>, &str) -> Result<Option<serde_json::Value>>,
}

/// A kind of entry.
pub struct EntryKind {
    /// Its name, e.g. `office.incoming.registered`.
    pub name: &'static str,
    /// Version of its schema, from 1; schemas only grow.
    pub schema: u16,
}

/// What a room does when the ledger tells of something.
#[derive(Clone)]
pub struct Reaction {
    /// Its name, e.g. `office.arrivals`.
    pub name: &'static str,
    /// The entry kinds it wants.
    pub kinds: &'static [&'static str],
    /// What it does; idempotent.
    pub handle: Arc<dyn Fn(&Tx<'_>) -> Result<()> + Send + Sync>,
}

/// A figure derived from entries.
#[derive(Clone)]
pub struct Counter {
    /// Its name.
    pub name: &'static str,
}
