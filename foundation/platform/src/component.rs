//! What a room brings along when the program is assembled: tables, subjects, reactions, jobs, counters, refusals.

use crate::db::Migration;
use crate::jobs::{JobKind, Schedule};
use crate::ledger::{Counter, EntryKind, Reaction, SubjectKind};
use base::RefusalCode;

/// The registration of one room (a module, or a part of the platform).
#[derive(Default)]
pub struct Component {
    /// Its name, e.g. `exchange`.
    pub name: &'static str,
    /// Its tables.
    pub migrations: &'static [Migration],
    /// The kinds of record whose digests stand in the ledger.
    pub subjects: &'static [&'static SubjectKind],
    /// The kinds of ledger entry that it appends.
    pub entry_kinds: &'static [&'static EntryKind],
    /// What it does when the ledger tells of something.
    pub reactions: Vec<Reaction>,
    /// Its background work.
    pub jobs: Vec<JobKind>,
    /// Work done at fixed times.
    pub schedules: Vec<Schedule>,
    /// Figures derived from entries.
    pub counters: Vec<Counter>,
    /// Its rows of the error catalogue.
    pub refusals: &'static [&'static RefusalCode],
}
