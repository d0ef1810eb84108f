//! Rows carried from the embedded engine's file into another database, inside one transaction of the latter.

use super::dump::{columns, each_page, quoted, suspend_references, tables};
use super::{Backend, Dumped, ToValue, Tx, Value};
use crate::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Parameters of one statement; PostgreSQL's protocol counts them in sixteen bits.
const PARAMETERS: usize = 30_000;
/// Rows of one statement.
const ROWS: usize = 250;

/// Copies every table of the file `source` into the empty tables of `tx`; `progress` hears (done, total) rows.
///
/// The caller sees to it that nobody writes the file meanwhile. Errors: `Fault` when the two schemas differ or a table
/// does not arrive whole.
pub(crate) fn transfer(tx: &Tx<'_>, source: &Path, progress: &dyn Fn(u64, u64)) -> Result<Dumped> {
    let connection = open(source)?;
    let from = Tx::new(Backend::Sqlite(&connection), tx.shared);
    let names = tables(&from)?;
    if names != tables(tx)? {
        return Err(Error::Fault("the two databases do not have the same tables".to_owned()));
    }
    let counts = names.iter().map(|table| count(&from, table)).collect::<Result<Vec<u64>>>()?;
    let total = counts.iter().sum();
    let references = suspend_references(tx)?;
    let mut rows = 0;
    for (table, expected) in names.iter().zip(counts) {
        rows += copy_table(&from, tx, table, &|done| progress(rows + done, total))?;
        let arrived = count(tx, table)?;
        if arrived != expected {
            return Err(Error::Fault(format!("{table}: {arrived} of {expected} rows arrived")));
        }
    }
    references.iter().try_for_each(|sql| tx.batch(sql))?;
    // Without figures of its own the new database would plan its first queries blindly.
    tx.batch("ANALYZE")?;
    Ok(Dumped { tables: names.len() as u64, rows })
}

/// Whether `tx` has as many rows in each table as the file `source`.
pub(crate) fn holds_the_same(tx: &Tx<'_>, source: &Path) -> Result<bool> {
    let connection = open(source)?;
    let from = Tx::new(Backend::Sqlite(&connection), tx.shared);
    let names = tables(&from)?;
    if names != tables(tx)? {
        return Ok(false);
    }
    for table in &names {
        if count(&from, table)? != count(tx, table)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open(source: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opening = |e| super::sqlite::map_error(e, "opening the database to copy");
    let connection = Connection::open_with_flags(source, flags).map_err(opening)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; BEGIN").map_err(opening)?;
    Ok(connection)
}

fn count(tx: &Tx<'_>, table: &str) -> Result<u64> {
    tx.query_one(&format!("SELECT count(*) FROM {}", quoted(table)), &[])?.get(0)
}

fn copy_table(from: &Tx<'_>, to: &Tx<'_>, table: &str, progress: &dyn Fn(u64)) -> Result<u64> {
    let here = columns(from, table)?;
    let there = columns(to, table)?;
    let booleans = here
        .iter()
        .map(|column| there.iter().find(|c| c.name == column.name).map(|c| c.boolean))
        .collect::<Option<Vec<bool>>>()
        .filter(|_| here.len() == there.len())
        .ok_or_else(|| Error::Fault(format!("the two databases do not have the same columns in {table}")))?;
    let names: Vec<String> = here.iter().map(|column| quoted(&column.name)).collect();
    let head = format!("INSERT INTO {} ({}) VALUES ", quoted(table), names.join(", "));
    let many = (PARAMETERS / here.len().max(1)).clamp(1, ROWS);
    let mut done = 0;
    each_page(from, table, &here, |rows| {
        for part in rows.chunks(many) {
            let values: Vec<Value> =
                part.iter().flat_map(|row| row.iter().zip(&booleans).map(|(value, b)| fitting(value, *b))).collect();
            let params: Vec<&dyn ToValue> = values.iter().map(|value| value as &dyn ToValue).collect();
            to.execute(&format!("{head}{}", places(part.len(), here.len())), &params)
                .map_err(|error| about(table, error))?;
            done += part.len() as u64;
            progress(done);
        }
        Ok(())
    })
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// The embedded engine keeps booleans as 0 and 1.
fn fitting(value: &Value, boolean: bool) -> Value {
    match value {
        Value::Int(n) if boolean => Value::Bool(*n != 0),
        value => value.clone(),
    }
}

fn about(table: &str, error: Error) -> Error {
    match error {
        Error::Fault(why) => Error::Fault(format!("copying {table}: {why}")),
        error => error,
    }
}
