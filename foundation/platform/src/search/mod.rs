//! Accent-free full-text search on both engines; a reader finds only what his scopes allow.

use crate::db::Tx;
use crate::error::Result;
use base::Date;
use serde::{Deserialize, Serialize};

/// A record as it is found.
#[derive(Debug, Clone)]
pub struct SearchDocument {
    /// Kind of the record, e.g. `office.incoming`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Who may find it: a reader needs at least one of these (see `access::scopes`).
    pub scopes: Vec<String>,
    /// What is shown, e.g. number and subject; hits with the marks as typed here come first.
    pub title: String,
    /// Everything else that it is found by.
    pub body: String,
    /// The record's day.
    pub date: Date,
    /// Order within a page, greatest first (e.g. a sequence or µs time).
    pub sort: i64,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// As typed; every word must be found, the last as a beginning.
    pub text: String,
    /// The reader's scopes; with none, nothing is found.
    pub scopes: Vec<String>,
    /// Only these kinds; empty: all.
    pub kinds: Vec<String>,
    /// From this day on.
    pub from: Option<Date>,
    /// Until this day.
    pub until: Option<Date>,
    /// Where the last page ended.
    pub after: Option<SearchCursor>,
    /// At most so many hits (1–200).
    pub limit: u32,
}

/// Where a page ended; opaque text outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchCursor {
    /// Whether the page ended among the hits without the typed marks.
    pub inexact: bool,
    /// The last hit's order.
    pub sort: i64,
    /// The last hit's key.
    pub key: String,
}

/// One record found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// Kind of the record.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What is shown.
    pub title: String,
    /// The record's day.
    pub date: Date,
    /// Its order.
    pub sort: i64,
    /// Whether the title has the words with the marks as typed.
    pub exact: bool,
}

/// A page of hits.
#[derive(Debug, Clone, Serialize)]
pub struct SearchPage {
    /// The hits.
    pub hits: Vec<SearchHit>,
    /// Where to go on, when there is more.
    pub next: Option<SearchCursor>,
    /// How many there are, counted up to [`COUNT_CAP`].
    pub count: u64,
    /// Whether there are more than counted.
    pub count_capped: bool,
}

/// Counting stops here.
pub const COUNT_CAP: u64 = 1000;

/// Adds or replaces a record.
pub fn index(_tx: &Tx<'_>, _document: &SearchDocument) -> Result<()> {
    todo!()
}
/// Removes a record.
pub fn forget(_tx: &Tx<'_>, _kind: &str, _id: &str) -> Result<()> {
    todo!()
}
/// Finds records.
pub fn query(_tx: &Tx<'_>, _query: &SearchQuery) -> Result<SearchPage> {
    todo!()
}
/// Titles that begin to match what is being typed, newest first.
pub fn suggest(_tx: &Tx<'_>, _text: &str, _scopes: &[String], _limit: u32) -> Result<Vec<SearchHit>> {
    todo!()
}

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component { name: "search", ..crate::Component::default() }
}
