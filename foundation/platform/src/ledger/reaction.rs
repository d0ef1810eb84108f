//! What rooms do when the ledger tells of something: reactions, and figures derived from entries.

use super::entry::{Entry, EntryId};
use crate::db::Tx;
use crate::error::Result;
use base::{Clock, Id, Random, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a reaction is handed.
pub struct Reacting<'a> {
    /// What happened.
    pub entry: &'a Entry,
    /// Names and texts beside it; `None` once they were destroyed.
    pub details: Option<&'a serde_json::Value>,
    /// The present moment.
    pub now: Timestamp,
    pub(crate) clock: &'a Clock,
    pub(crate) random: &'a Random,
}

impl Reacting<'_> {
    /// A fresh id; another one when the closure runs again.
    pub fn new_id<K>(&self) -> Id<K> {
        self.random.id(self.clock)
    }

    /// A fresh id for an entry that the reaction appends.
    pub fn entry_id(&self) -> EntryId {
        self.new_id()
    }
}

/// What a reaction does with one entry, in its own transaction.
pub type Handle = Arc<dyn Fn(&Tx<'_>, &Reacting<'_>) -> Result<()> + Send + Sync>;

/// What a room does when the ledger tells of something.
///
/// Called at least once for every entry of its kinds, in the order of the ledger for each subject. It must be
/// idempotent. When it fails, the entry is parked in sight and later entries of the same subject wait behind it.
#[derive(Clone)]
pub struct Reaction {
    /// Its name, e.g. `office.arrivals`; it also names the cursor, so it is never changed.
    pub name: &'static str,
    /// The entry kinds it wants.
    pub kinds: &'static [&'static str],
    /// What it does.
    pub handle: Handle,
}

impl Reaction {
    /// A reaction from a plain function or closure.
    pub fn new(
        name: &'static str,
        kinds: &'static [&'static str],
        handle: impl Fn(&Tx<'_>, &Reacting<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { name, kinds, handle: Arc::new(handle) }
    }
}

/// How one entry changes a figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CounterDelta {
    /// The dimensions, e.g. agency, month, document type.
    pub key: BTreeMap<&'static str, String>,
    /// Added to the count.
    pub count: i64,
    /// Added to the sum (đồng, seconds, ... as the counter says).
    pub sum: i64,
}

impl CounterDelta {
    /// One more of the given dimensions.
    pub fn one(key: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { key: key.into_iter().collect(), count: 1, sum: 0 }
    }

    /// Sets what is added to the sum.
    #[must_use]
    pub fn with_sum(mut self, sum: i64) -> Self {
        self.sum = sum;
        self
    }
}

/// A figure derived from entries alone; can be rebuilt at any time.
#[derive(Clone)]
pub struct Counter {
    /// Its name; it also names the cursor, so it is never changed.
    pub name: &'static str,
    /// The entry kinds it counts.
    pub kinds: &'static [&'static str],
    /// How an entry changes it; pure.
    pub add: fn(&Entry) -> Vec<CounterDelta>,
}
