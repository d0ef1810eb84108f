//! Accent-free full-text search on both engines; a reader finds only what his scopes allow.

mod engine;
mod words;

use crate::db::{Migration, Tx};
use crate::error::Result;
use base::Date;
use serde::{Deserialize, Serialize};
use words::Indexed;
pub use words::{Phase, Question};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "search",
        number: 1,
        name: "documents",
        sql: include_str!("../../migrations/search/0001_documents.sql"),
    },
    Migration {
        module: "search",
        number: 2,
        name: "order",
        sql: include_str!("../../migrations/search/0002_order.sql"),
    },
];

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

/// Adds or replaces a record in the caller's transaction.
pub fn index(tx: &Tx<'_>, document: &SearchDocument) -> Result<()> {
    let indexed = Indexed::new(&document.title, &document.body, &document.scopes);
    engine::put(tx, &key(&document.kind, &document.id), document, &indexed)
}

/// Builds the engine's own index anew from what was stored (after a restore); returns how many records.
pub async fn rebuild(db: &crate::Db) -> Result<u64> {
    db.write(engine::renumber).await?;
    let (mut last, mut total) = (String::new(), 0);
    loop {
        let after = last.clone();
        let page = db.write(move |tx| rebuild_page(tx, &after)).await?;
        let Some(newest) = page.last() else { return Ok(total) };
        total += page.len() as u64;
        last.clone_from(newest);
    }
}

/// The same inside the caller's transaction.
pub(crate) fn rebuild_within(tx: &Tx<'_>) -> Result<u64> {
    engine::renumber(tx)?;
    let (mut last, mut total) = (String::new(), 0);
    loop {
        let mut page = rebuild_page(tx, &last)?;
        let Some(newest) = page.pop() else { return Ok(total) };
        total += page.len() as u64 + 1;
        last = newest;
    }
}

/// Some hundred records after the one with the key `after`; returns their keys.
fn rebuild_page(tx: &Tx<'_>, after: &str) -> Result<Vec<String>> {
    let rows = tx.query(
        "SELECT key, words, exact, scopes FROM search_document WHERE key > $1 ORDER BY key LIMIT 200",
        &[&after],
    )?;
    let mut keys = Vec::new();
    for row in rows {
        let (words, exact, scopes): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let key: String = row.get(0)?;
        engine::refresh(tx, &key, &Indexed::stored(&words, &exact, &scopes))?;
        keys.push(key);
    }
    Ok(keys)
}

/// Removes a record; nothing happens when it is not there.
pub fn forget(tx: &Tx<'_>, kind: &str, id: &str) -> Result<()> {
    engine::remove(tx, &key(kind, id))
}

/// Finds records: those whose title has the marks as typed first, then the others, each newest first.
pub fn query(tx: &Tx<'_>, query: &SearchQuery) -> Result<SearchPage> {
    let mut page = SearchPage { hits: Vec::new(), next: None, count: 0, count_capped: false };
    let Some(question) = Question::new(&query.text, &query.scopes) else { return Ok(page) };
    let limit = query.limit.clamp(1, 200) as usize;
    let phases: &[Phase] = if question.has_marks() { &[Phase::Exact, Phase::Inexact] } else { &[Phase::All] };
    let mut found = Vec::new();
    for phase in phases {
        let after = match &query.after {
            Some(after) if after.inexact && *phase == Phase::Exact => continue,
            // The page before ended in the first phase; this one begins the second from its top.
            Some(after) if !after.inexact && *phase == Phase::Inexact => None,
            after => after.as_ref(),
        };
        let wanted = limit + 1 - found.len();
        found.extend(engine::find(tx, &question, *phase, query, after, wanted)?);
        if found.len() > limit {
            break;
        }
    }
    if found.len() > limit {
        found.truncate(limit);
        page.next = found.last().map(|(hit, inexact)| SearchCursor {
            inexact: *inexact,
            sort: hit.sort,
            key: key(&hit.kind, &hit.id),
        });
    }
    page.hits = found.into_iter().map(|(hit, _)| hit).collect();
    let count = engine::count(tx, &question, query, COUNT_CAP + 1)?;
    page.count = count.min(COUNT_CAP);
    page.count_capped = count > COUNT_CAP;
    Ok(page)
}

/// Records that begin to match what is being typed, as [`query`] orders them.
pub fn suggest(tx: &Tx<'_>, text: &str, scopes: &[String], limit: u32) -> Result<Vec<SearchHit>> {
    let query = SearchQuery { text: text.to_owned(), scopes: scopes.to_vec(), limit, ..SearchQuery::default() };
    let Some(question) = Question::new(text, scopes) else { return Ok(Vec::new()) };
    let limit = limit.clamp(1, 50) as usize;
    let mut found = Vec::new();
    let phases: &[Phase] = if question.has_marks() { &[Phase::Exact, Phase::Inexact] } else { &[Phase::All] };
    for phase in phases {
        let wanted = limit - found.len();
        if wanted > 0 {
            found.extend(engine::find(tx, &question, *phase, &query, None, wanted)?);
        }
    }
    Ok(found.into_iter().map(|(hit, _)| hit).collect())
}

fn key(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component { name: "search", migrations: MIGRATIONS, ..crate::Component::default() }
}
