//! The statements that differ between FTS5 and `tsvector`.

use super::words::{Indexed, Phase, Question};
use super::{SearchCursor, SearchDocument, SearchHit, SearchQuery};
use crate::db::{Engine, ToValue, Tx, Value};
use crate::error::Result;

pub(super) fn put(tx: &Tx<'_>, key: &str, document: &SearchDocument, indexed: &Indexed) -> Result<()> {
    let SearchDocument { kind, id, title, date, sort, .. } = document;
    if tx.engine() == Engine::Sqlite {
        take_place(tx, key, kind, id, *sort)?;
    }
    tx.execute(
        "INSERT INTO search_document (key, kind, id, title, date, sort, words, exact, scopes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (key) DO UPDATE SET title = $4, date = $5, sort = $6, words = $7, exact = $8, scopes = $9",
        &[
            &key,
            kind,
            id,
            title,
            date,
            sort,
            &joined(&indexed.words),
            &joined(&indexed.exact),
            &joined(&indexed.scopes),
        ],
    )?;
    refresh(tx, key, indexed)
}

/// On SQLite the row's number is its place among the hits: its order, or the next number that is free.
fn take_place(tx: &Tx<'_>, key: &str, kind: &str, id: &str, sort: i64) -> Result<()> {
    let before = tx.query_opt("SELECT row_local, sort FROM search_document WHERE key = $1", &[&key])?;
    if let Some(before) = before {
        let (row, stood): (i64, i64) = (before.get(0)?, before.get(1)?);
        if stood == sort {
            return Ok(());
        }
        tx.execute("DELETE FROM search_words WHERE rowid = $1", &[&row])?;
        tx.execute("DELETE FROM search_document WHERE key = $1", &[&key])?;
    }
    let taken = tx.query_opt("SELECT 1 FROM search_document WHERE row_local = $1", &[&sort])?.is_some();
    let place = if taken {
        let free = "SELECT row_local + 1 FROM search_document AS one WHERE row_local >= $1 AND NOT EXISTS (
                      SELECT 1 FROM search_document AS next WHERE next.row_local = one.row_local + 1)
                    ORDER BY row_local LIMIT 1";
        tx.query_one(free, &[&sort])?.get(0)?
    } else {
        sort
    };
    tx.execute(
        "INSERT INTO search_document (row_local, key, kind, id, title, date, sort, words, exact, scopes)
         VALUES ($1, $2, $3, $4, '', '', $5, '', '', '')",
        &[&place, &key, &kind, &id, &sort],
    )?;
    Ok(())
}

fn joined(set: &std::collections::BTreeSet<String>) -> String {
    set.iter().cloned().collect::<Vec<_>>().join(" ")
}

/// Numbers what a restore wrote without its places, in the order of the hits; the words are then written anew.
pub(super) fn renumber(tx: &Tx<'_>) -> Result<()> {
    if tx.engine() != Engine::Sqlite {
        return Ok(());
    }
    for step in [
        "INSERT INTO search_words (search_words) VALUES ('delete-all')",
        "CREATE TEMP TABLE search_numbered AS
           SELECT key, row_number() OVER (ORDER BY sort, key) AS place FROM search_document",
        "CREATE UNIQUE INDEX temp.search_numbered_key ON search_numbered (key)",
        "UPDATE search_document SET row_local = -row_local",
        "UPDATE search_document SET row_local =
           (SELECT place FROM search_numbered WHERE search_numbered.key = search_document.key)",
        "DROP TABLE search_numbered",
    ] {
        tx.execute(step, &[])?;
    }
    Ok(())
}

/// Brings the engine's own index of one record up to date.
pub(super) fn refresh(tx: &Tx<'_>, key: &str, indexed: &Indexed) -> Result<()> {
    match tx.engine() {
        Engine::Sqlite => {
            let row: i64 = tx.query_one("SELECT row_local FROM search_document WHERE key = $1", &[&key])?.get(0)?;
            tx.execute("DELETE FROM search_words WHERE rowid = $1", &[&row])?;
            tx.execute(
                "INSERT INTO search_words (rowid, words, exact, scope) VALUES ($1, $2, $3, $4)",
                &[&row, &joined(&indexed.words), &joined(&indexed.exact), &joined(&indexed.scopes)],
            )?;
        }
        Engine::Postgres => {
            tx.execute(
                "UPDATE search_document SET index_local = CAST(CAST($2 AS TEXT) AS tsvector) WHERE key = $1",
                &[&key, &indexed.tsvector()],
            )?;
        }
    }
    Ok(())
}

pub(super) fn remove(tx: &Tx<'_>, key: &str) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        tx.execute(
            "DELETE FROM search_words WHERE rowid = (SELECT row_local FROM search_document WHERE key = $1)",
            &[&key],
        )?;
    }
    tx.execute("DELETE FROM search_document WHERE key = $1", &[&key])?;
    Ok(())
}

/// The tables and conditions of a question, with their parameters.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn new(engine: Engine, question: &Question, phase: Phase, query: &SearchQuery) -> Self {
        let (sql, words) = match engine {
            Engine::Sqlite => (
                "search_words JOIN search_document ON search_document.row_local = search_words.rowid WHERE search_words MATCH $1",
                question.fts5(phase),
            ),
            Engine::Postgres => {
                ("search_document WHERE index_local @@ CAST(CAST($1 AS TEXT) AS tsquery)", question.tsquery(phase))
            }
        };
        let mut condition = Self { sql: sql.to_owned(), values: vec![Value::Text(words)] };
        if !query.kinds.is_empty() {
            let places: Vec<String> = query.kinds.iter().map(|kind| condition.bind(kind)).collect();
            condition.sql.push_str(&format!(" AND search_document.kind IN ({})", places.join(", ")));
        }
        if let Some(from) = query.from {
            let place = condition.bind(&from);
            condition.sql.push_str(&format!(" AND search_document.date >= {place}"));
        }
        if let Some(until) = query.until {
            let place = condition.bind(&until);
            condition.sql.push_str(&format!(" AND search_document.date <= {place}"));
        }
        condition
    }

    fn bind(&mut self, value: &dyn ToValue) -> String {
        self.values.push(value.to_value());
        format!("${}", self.values.len())
    }

    fn params(&self) -> Vec<&dyn ToValue> {
        self.values.iter().map(|value| value as &dyn ToValue).collect()
    }
}

/// Hits of one phase, each with whether it is inexact.
pub(super) fn find(
    tx: &Tx<'_>,
    question: &Question,
    phase: Phase,
    query: &SearchQuery,
    after: Option<&SearchCursor>,
    limit: usize,
) -> Result<Vec<(SearchHit, bool)>> {
    let mut condition = Condition::new(tx.engine(), question, phase, query);
    if let Some(after) = after {
        let (sort, key) = (condition.bind(&after.sort), condition.bind(&after.key));
        condition.sql.push_str(&match tx.engine() {
            Engine::Sqlite => format!(
                " AND search_words.rowid < COALESCE((SELECT row_local FROM search_document WHERE key = {key}), {sort})"
            ),
            Engine::Postgres => format!(" AND (search_document.sort, search_document.key) < ({sort}, {key})"),
        });
    }
    let order = match tx.engine() {
        // FTS5 reads its rows in this order and stops at the limit; anything else would sort every hit first.
        Engine::Sqlite => "search_words.rowid DESC",
        Engine::Postgres => "sort DESC, key DESC",
    };
    let limit = condition.bind(&i64::try_from(limit).unwrap_or(1));
    let sql = format!("SELECT kind, id, title, date, sort FROM {} ORDER BY {order} LIMIT {limit}", condition.sql);
    let rows = tx.query(&sql, &condition.params())?;
    rows.iter()
        .map(|row| {
            let hit = SearchHit {
                kind: row.get(0)?,
                id: row.get(1)?,
                title: row.get(2)?,
                date: row.get(3)?,
                sort: row.get(4)?,
                exact: phase == Phase::Exact,
            };
            Ok((hit, phase == Phase::Inexact))
        })
        .collect()
}

/// How many hits there are, counted up to `most`.
pub(super) fn count(tx: &Tx<'_>, question: &Question, query: &SearchQuery, most: u64) -> Result<u64> {
    let condition = Condition::new(tx.engine(), question, Phase::All, query);
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {most}) AS found", condition.sql);
    let count: i64 = tx.query_one(&sql, &condition.params())?.get(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}
