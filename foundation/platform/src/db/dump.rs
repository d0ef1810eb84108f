//! Copies for safe keeping: the embedded engine's file while it serves, and a portable dump that either engine restores.
//!
//! A dump is gzipped JSON lines: a head (format, applied migrations), for each table its columns and one array a row, and
//! an end with the number of rows and the SHA-256 of everything before it. Blobs are `{"b": base64}`, floats `{"r": text}`.

use super::migrate::{applied_steps, migrate};
use super::{Db, Engine, Migration, Row, ToValue, Tx, Value, refusals};
use crate::error::{Error, Result};
use base::Refusal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Rows read at a time.
const PAGE: i64 = 500;
/// Version of the format.
const VERSION: i64 = 1;

/// What a dump holds, or a restore has loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dumped {
    /// How many tables.
    pub tables: u64,
    /// How many rows.
    pub rows: u64,
}

/// Copies the embedded engine's file as it stands to `to` (which must not exist), while everybody goes on writing. The
/// copy is durable when this returns. Errors: `Fault` on PostgreSQL, which has its own tools or takes a [`dump`].
pub async fn copy_file(db: &Db, to: &Path) -> Result<()> {
    let from =
        db.file().ok_or_else(|| Error::Fault("only the embedded engine has a file to copy".to_owned()))?.to_owned();
    let to = to.to_owned();
    tokio::task::spawn_blocking(move || {
        if to.exists() {
            return Err(Error::Conflict(format!("{} exists already", to.display())));
        }
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(&from, flags)
            .map_err(|e| super::sqlite::map_error(e, "opening the database for a copy"))?;
        let target = to.to_string_lossy();
        connection
            .execute("VACUUM INTO ?1", [target.as_ref()])
            .map_err(|e| super::sqlite::map_error(e, "VACUUM INTO"))?;
        sync(&to)
    })
    .await
    .map_err(|e| Error::fault("copying the database", e))?
}

/// Makes a file and its name durable.
fn sync(path: &Path) -> Result<()> {
    let syncing = |e| Error::fault(&format!("making {} durable", path.display()), e);
    File::open(path).and_then(|file| file.sync_all()).map_err(syncing)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(syncing),
        None => Ok(()),
    }
}

/// Writes a portable dump of one snapshot to the file `to` (overwritten); durable when this returns.
pub async fn dump(db: &Db, to: &Path) -> Result<Dumped> {
    let to = to.to_owned();
    // The one reading closure that writes a file: it starts the file anew each time it is run.
    db.read(move |tx| write_dump(tx, &to)).await
}

struct Out {
    file: BufWriter<GzEncoder<File>>,
    hash: Sha256,
}

impl Out {
    fn line(&mut self, json: &Json) -> Result<()> {
        let line = format!("{json}\n");
        self.hash.update(line.as_bytes());
        self.file.write_all(line.as_bytes()).map_err(writing)
    }
}

fn writing(error: std::io::Error) -> Error {
    Error::io("writing the dump", &error)
}

fn write_dump(tx: &Tx<'_>, to: &Path) -> Result<Dumped> {
    let file = File::create(to).map_err(writing)?;
    let mut out = Out { file: BufWriter::new(GzEncoder::new(file, Compression::fast())), hash: Sha256::new() };
    let steps: Vec<Json> = applied_steps(tx)?.into_iter().map(|(module, number)| json!([module, number])).collect();
    out.line(&json!({"format": "lienthong-dump", "version": VERSION, "migrations": steps}))?;
    let mut done = Dumped { tables: 0, rows: 0 };
    for table in tables(tx)? {
        let columns = columns(tx, &table)?;
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        out.line(&json!({"table": table, "columns": names}))?;
        done.tables += 1;
        done.rows += write_rows(tx, &mut out, &table, &columns)?;
    }
    let hash = hex::encode(out.hash.finalize_reset());
    out.line(&json!({"end": {"tables": done.tables, "rows": done.rows, "sha256": hash}}))?;
    let gzip = out.file.into_inner().map_err(|e| writing(e.into_error()))?;
    gzip.finish().and_then(|file| file.sync_all()).map_err(writing)?;
    sync(to)?;
    Ok(done)
}

fn write_rows(tx: &Tx<'_>, out: &mut Out, table: &str, columns: &[Column]) -> Result<u64> {
    each_page(tx, table, columns, |rows| {
        rows.iter().try_for_each(|values| out.line(&Json::Array(values.iter().map(to_json).collect())))
    })
}

/// Hands all rows of a table to `take`, some hundred at a time; returns how many there were.
pub(super) fn each_page(
    tx: &Tx<'_>,
    table: &str,
    columns: &[Column],
    mut take: impl FnMut(&[Vec<Value>]) -> Result<()>,
) -> Result<u64> {
    let list = |columns: &[&Column]| columns.iter().map(|c| quoted(&c.name)).collect::<Vec<_>>().join(", ");
    let all: Vec<&Column> = columns.iter().collect();
    // By primary key; a table without one is small and ordered by everything it has.
    let mut key: Vec<&Column> = columns.iter().filter(|column| column.key).collect();
    let keyed = !key.is_empty();
    if !keyed {
        key.clone_from(&all);
    }
    let (select, order) = (list(&all), list(&key));
    let places: Vec<usize> = key.iter().filter_map(|k| columns.iter().position(|c| c.name == k.name)).collect();
    let mut rows_done = 0_u64;
    let mut last: Vec<Value> = Vec::new();
    loop {
        let from = if !keyed { format!("OFFSET {rows_done}") } else { String::new() };
        let after = if keyed && !last.is_empty() {
            let marks: Vec<String> = (1..=last.len()).map(|n| format!("${n}")).collect();
            format!("WHERE ({order}) > ({})", marks.join(", "))
        } else {
            String::new()
        };
        let sql = format!("SELECT {select} FROM {} {after} ORDER BY {order} LIMIT {PAGE} {from}", quoted(table));
        let params: Vec<&dyn ToValue> = last.iter().map(|value| value as &dyn ToValue).collect();
        let rows: Vec<Vec<Value>> = tx.query(&sql, &params)?.into_iter().map(Row::into_values).collect();
        let Some(newest) = rows.last() else { return Ok(rows_done) };
        rows_done += rows.len() as u64;
        if keyed {
            last = places.iter().map(|place| newest[*place].clone()).collect();
        }
        take(&rows)?;
    }
}

/// Loads a dump into an empty database, whichever engine wrote it: applies the dump's migrations, loads its rows, then
/// applies the newer migrations among `steps`. Errors: refusals for a damaged dump and for one of a newer program, `Conflict`
/// when the database is not empty.
pub async fn restore(db: &Db, from: &Path, steps: &[Migration]) -> Result<Dumped> {
    let path = from.to_owned();
    let head =
        tokio::task::spawn_blocking(move || check(&path)).await.map_err(|e| Error::fault("reading the dump", e))??;
    let (then, _): (Vec<Migration>, Vec<Migration>) =
        steps.iter().partition(|step| head.contains(&(step.module.to_owned(), i64::from(step.number))));
    if then.len() != head.len() {
        let known =
            |step: &&(String, i64)| then.iter().any(|s| (s.module, i64::from(s.number)) == (step.0.as_str(), step.1));
        let step = head.iter().find(|step| !known(step)).map(|(module, number)| format!("{module}/{number:04}"));
        return Err(Refusal::new(&refusals::NEWER).with("step", step.unwrap_or_default()).into());
    }
    migrate(db, &then).await?;
    let path = Arc::new(from.to_owned());
    let done = db.write(move |tx| load(tx, &path)).await?;
    migrate(db, steps).await?;
    Ok(done)
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<String>>> {
    let file = File::open(path).map_err(|e| Error::fault(&format!("opening {}", path.display()), e))?;
    Ok(BufReader::new(GzDecoder::new(BufReader::new(file))).lines().map(|line| line.map_err(|e| damaged(&e))))
}

fn damaged(what: &dyn std::fmt::Display) -> Error {
    Refusal::new(&refusals::DUMP_DAMAGED).with("what", what).into()
}

fn parse(line: &str) -> Result<Json> {
    serde_json::from_str(line).map_err(|e| damaged(&e))
}

/// Reads the whole dump once before anything is loaded; returns the migrations that it stands on.
fn check(path: &Path) -> Result<BTreeSet<(String, i64)>> {
    let mut hash = Sha256::new();
    let mut head = None;
    let mut ended = false;
    for line in lines(path)? {
        let line = line?;
        if ended {
            return Err(damaged(&"something follows its end"));
        }
        if line.starts_with("{\"end\"") {
            let right = hex::encode(hash.finalize_reset());
            ended = parse(&line)?["end"]["sha256"].as_str() == Some(right.as_str());
            if !ended {
                return Err(damaged(&"its checksum does not fit"));
            }
            continue;
        }
        hash.update(line.as_bytes());
        hash.update(b"\n");
        if head.is_none() {
            head = Some(parse(&line)?);
        }
    }
    let head =
        head.filter(|head| ended && head["format"] == "lienthong-dump").ok_or_else(|| damaged(&"it has no end"))?;
    if head["version"] != VERSION {
        return Err(Refusal::new(&refusals::NEWER).with("step", "dump").into());
    }
    let steps = head["migrations"].as_array().cloned().unwrap_or_default();
    steps
        .iter()
        .map(|step| match (step[0].as_str(), step[1].as_i64()) {
            (Some(module), Some(number)) => Ok((module.to_owned(), number)),
            _ => Err(damaged(&"its head")),
        })
        .collect()
}

fn load(tx: &Tx<'_>, path: &Path) -> Result<Dumped> {
    if let Some(table) = filled_table(tx)? {
        return Err(Error::Conflict(format!("the database is not empty: {table}")));
    }
    // Rows come table by table, so references hold only at the end.
    let references = suspend_references(tx)?;
    let mut done = Dumped { tables: 0, rows: 0 };
    let mut insert = String::new();
    let mut booleans: Vec<bool> = Vec::new();
    for line in lines(path)?.skip(1) {
        match parse(&line?)? {
            Json::Object(object) if object.contains_key("table") => {
                let table = object["table"].as_str().unwrap_or_default().to_owned();
                let names: Vec<&str> =
                    object["columns"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
                let known = columns(tx, &table)?;
                booleans = names
                    .iter()
                    .map(|name| known.iter().find(|c| c.name == *name).map(|c| c.boolean))
                    .collect::<Option<_>>()
                    .ok_or_else(|| damaged(&format!("it has columns that {table} lacks")))?;
                let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                insert =
                    format!("INSERT INTO {} ({}) VALUES ({})", quoted(&table), names.join(", "), places.join(", "));
                done.tables += 1;
            }
            Json::Array(values) => {
                let values = values
                    .iter()
                    .zip(&booleans)
                    .map(|(json, boolean)| from_json(json, *boolean))
                    .collect::<Result<Vec<_>>>()?;
                let params: Vec<&dyn ToValue> = values.iter().map(|value| value as &dyn ToValue).collect();
                tx.execute(&insert, &params)?;
                done.rows += 1;
            }
            _ => {}
        }
    }
    references.iter().try_for_each(|sql| tx.batch(sql))?;
    Ok(done)
}

/// A table that has rows; `None`: the database is empty.
pub(crate) fn filled_table(tx: &Tx<'_>) -> Result<Option<String>> {
    for table in tables(tx)? {
        if tx.query_opt(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&table)), &[])?.is_some() {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Puts foreign keys aside for this transaction; returns the statements that put them back (and check them).
pub(super) fn suspend_references(tx: &Tx<'_>) -> Result<Vec<String>> {
    if tx.engine() == Engine::Sqlite {
        tx.batch("PRAGMA defer_foreign_keys = ON")?;
        return Ok(Vec::new());
    }
    tx.batch("SET LOCAL statement_timeout = 0")?;
    let rows = tx.query(
        "SELECT CAST(CAST(conrelid AS regclass) AS TEXT), conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)",
        &[],
    )?;
    let mut back = Vec::new();
    for row in rows {
        let (table, name, definition): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        tx.batch(&format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&name)))?;
        back.push(format!("ALTER TABLE {table} ADD CONSTRAINT {} {definition}", quoted(&name)));
    }
    Ok(back)
}

pub(super) struct Column {
    pub(super) name: String,
    key: bool,
    pub(super) boolean: bool,
}

/// Every table with content of its own. Full-text indexes are engine-specific and derived: they are built anew.
pub(super) fn tables(tx: &Tx<'_>) -> Result<Vec<String>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master AS t WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             AND sql NOT LIKE 'CREATE VIRTUAL%' AND NOT EXISTS (SELECT 1 FROM sqlite_master AS v
               WHERE v.sql LIKE 'CREATE VIRTUAL%' AND substr(t.name, 1, length(v.name) + 1) = v.name || '_')
             AND name <> 'schema_migration' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'schema_migration'
             ORDER BY 1"
        }
    };
    tx.query(sql, &[])?.iter().map(|row| row.get(0)).collect()
}

/// The columns that travel. Those whose name ends in `_local` belong to one engine and are derived.
pub(super) fn columns(tx: &Tx<'_>, table: &str) -> Result<Vec<Column>> {
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT name, pk > 0, upper(type) = 'BOOLEAN' FROM pragma_table_info($1) ORDER BY cid",
        Engine::Postgres => {
            "SELECT CAST(c.column_name AS TEXT), EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a
                 ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
               WHERE i.indisprimary AND i.indrelid = to_regclass(quote_ident($1)) AND a.attname = c.column_name),
               c.data_type = 'boolean'
             FROM information_schema.columns c WHERE c.table_schema = current_schema() AND c.table_name = $1
               AND c.is_generated = 'NEVER'
             ORDER BY c.ordinal_position"
        }
    };
    let read = |row: &Row| Ok(Column { name: row.get(0)?, key: row.get(1)?, boolean: row.get(2)? });
    let columns: Vec<Column> = tx.query(sql, &[&table])?.iter().map(read).collect::<Result<_>>()?;
    let (left, mut travelling): (Vec<Column>, Vec<Column>) =
        columns.into_iter().partition(|column| column.name.ends_with("_local"));
    if left.iter().any(|column| column.key) {
        // The primary key stays behind: page by `key`, which is unique wherever there is such a column.
        travelling.iter_mut().filter(|column| column.name == "key").for_each(|column| column.key = true);
    }
    Ok(travelling)
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Real(x) => json!({ "r": format!("{x:?}") }),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => json!({ "b": STANDARD.encode(bytes) }),
    }
}

fn from_json(json: &Json, boolean: bool) -> Result<Value> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => match n.as_i64() {
            // The embedded engine keeps booleans as 0 and 1.
            Some(n) if boolean => Value::Bool(n != 0),
            Some(n) => Value::Int(n),
            None => return Err(damaged(&"a number")),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Object(object) => {
            match (object.get("b").and_then(Json::as_str), object.get("r").and_then(Json::as_str)) {
                (Some(bytes), _) => Value::Blob(STANDARD.decode(bytes).map_err(|e| damaged(&e))?),
                (_, Some(real)) => Value::Real(real.parse().map_err(|e| damaged(&e))?),
                _ => return Err(damaged(&"a value")),
            }
        }
        Json::Array(_) => return Err(damaged(&"a value")),
    })
}
