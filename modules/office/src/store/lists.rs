//! What the lists of documents have in common: conditions with their values, the order, and pages by the key of the last row.

use super::readers::Reach;
use base::document_types::Urgency;
use base::{Id, Timestamp, format};
use platform::db::ToValue;
use platform::{Result, Row, Tx, Value};
use serde::{Deserialize, Serialize};

/// Where a page of a list ended: rank, time, id. Opaque to whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub i64, pub i64, pub String);

impl Cursor {
    /// The key of a row: what is more urgent has the lower rank.
    pub fn of<K>(urgency: Urgency, at: Timestamp, id: Id<K>) -> Self {
        Self(rank(urgency), at.micros(), id.to_string())
    }
}

/// The column `rank`: what is more urgent sorts first.
pub(super) fn rank(urgency: Urgency) -> i64 {
    4 - urgency.number()
}

/// Values as the statements take them.
pub(super) fn references(values: &[Value]) -> Vec<&dyn ToValue> {
    values.iter().map(|v| v as &dyn ToValue).collect()
}

/// The condition of a list, grown part by part together with its values.
pub(super) struct Condition {
    parts: Vec<String>,
    /// The few documents that it is about from the start, as statements that find their ids.
    few: Vec<String>,
    /// The values of its places, in order.
    pub values: Vec<Value>,
}

/// More documents than these are not looked at when a list begins from a few.
const FEW: i64 = 100_000;

impl Condition {
    /// What a reader may find of a kind of subject in the agency; every list begins with it.
    pub fn reach(reach: &Reach, kind: &str) -> Self {
        let mut begun = Self { parts: Vec::new(), few: Vec::new(), values: Vec::new() };
        let agency = begun.place(reach.agency().to_value());
        begun.also(format!("agency = {agency}"));
        if let Some(documents) = reach.documents(kind, &mut begun.values) {
            begun.among(documents);
        }
        begun
    }

    /// Only the documents whose ids this statement finds: the list begins with them, and not with all of the agency's.
    pub fn among(&mut self, ids: String) {
        self.few.push(ids);
    }

    /// What the list reads: the table, or the few rows that it is about. (The limit keeps both engines from merging the
    /// two and beginning with the agency's index after all.)
    fn from(&self, table: &str) -> String {
        if self.few.is_empty() {
            return table.to_owned();
        }
        let among: Vec<String> = self.few.iter().map(|ids| format!("id IN ({ids})")).collect();
        format!("(SELECT * FROM {table} WHERE {} LIMIT {FEW}) AS {table}", among.join(" AND "))
    }

    /// Whether it begins with a few documents.
    pub fn is_among_few(&self) -> bool {
        !self.few.is_empty()
    }

    /// A place for a value.
    pub fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// A further part.
    pub fn also(&mut self, part: String) {
        self.parts.push(part);
    }

    /// A comparison (`kind =`), where there is a word to compare with.
    pub fn compare(&mut self, comparison: &str, word: Option<String>) {
        if let Some(word) = word {
            let place = self.place(Value::Text(word));
            self.also(format!("{comparison} {place}"));
        }
    }

    /// One of these words; none at all where there are none.
    pub fn one_of(&mut self, column: &str, words: impl Iterator<Item = String>) {
        let places: Vec<String> = words.map(|word| self.place(Value::Text(word))).collect();
        self.also(if places.is_empty() { "FALSE".to_owned() } else { format!("{column} IN ({})", places.join(", ")) });
    }

    /// As a statement takes it.
    pub fn sql(&self) -> String {
        self.parts.join(" AND ")
    }
}

/// Which table a list reads, and by which of its times it is ordered.
pub(super) struct Listed {
    /// The table.
    pub table: &'static str,
    /// The columns, as the reader of a row wants them.
    pub columns: &'static str,
    /// The column of the time.
    pub time: &'static str,
}

impl Listed {
    /// One page: the most urgent first, within a level what waits longest; or the latest first.
    pub fn page<T>(
        &self,
        tx: &Tx<'_>,
        mut condition: Condition,
        recent_first: bool,
        (after, limit): (Option<&Cursor>, i64),
        (read, key): (impl Fn(&Row) -> Result<T>, impl Fn(&T) -> Cursor),
    ) -> Result<(Vec<T>, Option<Cursor>)> {
        let Self { table, columns, time } = self;
        let from = condition.from(table);
        if let Some(Cursor(rank, at, id)) = after {
            let (rank, at, id) = (
                condition.place(Value::Int(*rank)),
                condition.place(Value::Int(*at)),
                condition.place(Value::Text(id.clone())),
            );
            condition.also(if recent_first {
                // The rank takes no part here, but every value must be used for PostgreSQL to know its type.
                format!("CAST({rank} AS BIGINT) IS NOT NULL AND ({time}, id) < ({at}, {id})")
            } else {
                format!("(rank, {time}, id) > ({rank}, {at}, {id})")
            });
        }
        let order = if recent_first { format!("{time} DESC, id DESC") } else { format!("rank, {time}, id") };
        let found = condition.sql();
        let one_more = condition.place(Value::Int(limit + 1));
        let sql = format!("SELECT {columns} FROM {from} WHERE {found} ORDER BY {order} LIMIT {one_more}");
        let mut rows = tx.query(&sql, &references(&condition.values))?.iter().map(read).collect::<Result<Vec<_>>>()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(key);
        Ok((rows, next))
    }

    /// How many rows have each of these values of a column, each counted up to [`format::COUNT_CAP`]: what a list costs
    /// must not grow with what it leaves out.
    pub fn counts(&self, tx: &Tx<'_>, mut condition: Condition, by: &str, of: &[Value]) -> Result<Vec<i64>> {
        let (from, cap) = (condition.from(self.table), format::COUNT_CAP);
        let found = condition.sql();
        let each: Vec<String> = (0..)
            .zip(of)
            .map(|(at, value)| {
                let place = condition.place(value.clone());
                format!(
                    "SELECT {at} AS nth, count(*) FROM \
                     (SELECT 1 FROM {from} WHERE {found} AND {by} = {place} LIMIT {cap}) AS of_{at}"
                )
            })
            .collect();
        if each.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("{} ORDER BY nth", each.join(" UNION ALL "));
        tx.query(&sql, &references(&condition.values))?.iter().map(|row| row.get(1)).collect()
    }

    /// How many rows have each value of an expression, in the order of the values; for lists that stay short.
    pub fn groups(&self, tx: &Tx<'_>, condition: &Condition, by: &str) -> Result<Vec<(String, i64)>> {
        let (from, found) = (condition.from(self.table), condition.sql());
        let sql = format!("SELECT {by}, count(*) FROM {from} WHERE {found} GROUP BY {by} ORDER BY {by}");
        tx.query(&sql, &references(&condition.values))?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }
}
