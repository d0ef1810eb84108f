//! The embedded engine: one writer thread with group commit, several readers on snapshots (SQLite in WAL mode).

use super::unit::{BoxedUnit, panic_text};
use super::{Backend, Queue, Row, Shared, ToValue, Tx, Value};
use crate::error::{Error, Result};
use crate::storage::Storage;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Most closures in one commit: enough to share a flush, few enough to keep the wait short.
const GROUP: usize = 64;
/// Prepared statements kept on each connection.
const STATEMENTS: usize = 512;

/// Opens the file and starts its threads.
pub(super) fn start(
    path: &Path,
    writes: &Arc<Queue<BoxedUnit>>,
    reads: &Arc<Queue<BoxedUnit>>,
    shared: &Arc<Shared>,
) -> Result<Vec<JoinHandle<()>>> {
    let opening = |e: rusqlite::Error| map_error(e, "opening the database file");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let writer = open(path, flags).map_err(opening)?;
    writer
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; \
             PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 2000;",
        )
        .map_err(opening)?;

    let mut threads = Vec::new();
    let spawning = |e: std::io::Error| Error::fault("starting a database thread", e);
    let readers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8));
    for index in 0..readers {
        let reader = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(opening)?;
        reader
            .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")
            .map_err(opening)?;
        let (queue, shared) = (Arc::clone(reads), Arc::clone(shared));
        let thread = std::thread::Builder::new().name(format!("db-read-{index}"));
        threads.push(thread.spawn(move || read_loop(&reader, &queue, &shared)).map_err(spawning)?);
    }
    let (queue, shared) = (Arc::clone(writes), Arc::clone(shared));
    let thread = std::thread::Builder::new().name("db-write".to_owned());
    threads.push(thread.spawn(move || write_loop(&writer, &queue, &shared)).map_err(spawning)?);
    Ok(threads)
}

/// Opens a connection that one thread will use.
fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection belongs to one thread: SQLite's own mutexes would only cost.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // A plan that does not depend on the values: otherwise SQLite looks at them while it plans, and prepares such a statement
    // anew whenever another value is bound, which cost a fifth of the writer's time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn read_loop(connection: &Connection, queue: &Queue<BoxedUnit>, shared: &Shared) {
    while let Some(mut unit) = queue.pop() {
        if unit.abandoned() {
            continue;
        }
        // BEGIN pins the snapshot at the first statement; every statement of the closure sees the same state.
        if let Err(error) = batch(connection, "BEGIN") {
            unit.refuse(error);
            continue;
        }
        unit.run(&Tx::new(Backend::Sqlite(connection), shared));
        let _ = connection.execute_batch("COMMIT").or_else(|_| connection.execute_batch("ROLLBACK"));
        unit.answer();
    }
}

fn write_loop(connection: &Connection, queue: &Queue<BoxedUnit>, shared: &Shared) {
    while let Some(first) = queue.pop() {
        let mut group = VecDeque::from([first]);
        queue.drain_into(&mut group, GROUP - 1);
        group.retain(|unit| !unit.abandoned());
        serve_group(connection, group, shared);
    }
    // Leave one tidy file behind.
    let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// How one attempt at a group ended.
enum Attempt {
    Committed,
    /// The whole transaction is gone; the unit at this place brought it down, if that is known.
    Lost(Option<usize>, Error),
}

/// Runs a group until every unit has its answer. Nobody is answered before a commit that includes its changes.
fn serve_group(connection: &Connection, mut group: VecDeque<BoxedUnit>, shared: &Shared) {
    let mut most = GROUP;
    while !group.is_empty() {
        let rest = group.split_off(group.len().min(most));
        let mut batch = std::mem::replace(&mut group, rest);
        match attempt(connection, &mut batch, shared) {
            Attempt::Committed => batch.into_iter().for_each(|unit| unit.answer()),
            Attempt::Lost(culprit, error) => {
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
                let culprit = if batch.len() == 1 { Some(0) } else { culprit };
                match culprit.and_then(|place| batch.remove(place)) {
                    Some(unit) => unit.refuse(error),
                    // The commit itself failed: only running each alone tells whose fault it was.
                    None => most = 1,
                }
                // The survivors were not acknowledged: they run again, before those that came later.
                batch.append(&mut group);
                group = batch;
            }
        }
    }
}

fn attempt(connection: &Connection, group: &mut VecDeque<BoxedUnit>, shared: &Shared) -> Attempt {
    if let Err(error) = batch(connection, "BEGIN IMMEDIATE") {
        return Attempt::Lost(None, error);
    }
    let (mut changed, mut entries) = (0, 0);
    for (place, unit) in group.iter_mut().enumerate() {
        if let Err(error) = run(connection, "SAVEPOINT unit") {
            return Attempt::Lost(Some(place), error);
        }
        let tx = Tx::new(Backend::Sqlite(connection), shared);
        let stands = unit.run(&tx);
        // A full disk or an I/O error may have rolled back everybody's work, not only this savepoint.
        if connection.is_autocommit() {
            return Attempt::Lost(Some(place), undone(&tx));
        }
        if stands {
            changed += tx.changed.get();
            entries += tx.appended_count();
        } else if let Err(error) = run(connection, "ROLLBACK TO unit") {
            return Attempt::Lost(Some(place), error);
        }
        if let Err(error) = run(connection, "RELEASE unit") {
            return Attempt::Lost(Some(place), error);
        }
    }
    if entries > 0
        && let Some(hook) = shared.before_commit.get()
        && let Err(lost) = number(connection, hook.as_ref(), shared)
    {
        return lost;
    }
    if let Err(error) = batch(connection, "COMMIT") {
        return Attempt::Lost(None, error);
    }
    if changed > 0 {
        shared.committed();
    }
    Attempt::Committed
}

/// Numbers the new entries inside the group's transaction; entries that cannot be numbered wait for the next group.
fn number(
    connection: &Connection,
    hook: &(dyn Fn(&Tx<'_>) -> Result<()> + Send + Sync),
    shared: &Shared,
) -> Result<(), Attempt> {
    let lost = |error| Attempt::Lost(None, error);
    run(connection, "SAVEPOINT unit").map_err(lost)?;
    let tx = Tx::new(Backend::Sqlite(connection), shared);
    let outcome = catch_unwind(AssertUnwindSafe(|| hook(&tx)))
        .unwrap_or_else(|panic| Err(Error::Fault(format!("numbering panicked: {}", panic_text(panic.as_ref())))));
    if connection.is_autocommit() {
        return Err(lost(undone(&tx)));
    }
    if let Err(error) = outcome {
        tracing::error!(%error, "ledger entries could not be numbered; they wait");
        run(connection, "ROLLBACK TO unit").map_err(lost)?;
    }
    run(connection, "RELEASE unit").map_err(lost)
}

/// Why SQLite undid the whole transaction by itself.
fn undone(tx: &Tx<'_>) -> Error {
    Error::Storage("the transaction was undone".to_owned(), tx.trouble.get().unwrap_or(Storage::Failed))
}

/// A fixed statement through the statement cache.
fn run(connection: &Connection, sql: &str) -> Result<()> {
    execute(connection, sql, &[]).map(|_| ())
}

pub(super) fn batch(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|e| map_error(e, sql))
}

pub(super) fn execute(connection: &Connection, sql: &str, params: &[&dyn ToValue]) -> Result<u64> {
    let mut statement = prepare(connection, sql, params)?;
    // Rows are read to the end so that a RETURNING clause does not cut the change short.
    if statement.column_count() > 0 {
        let mut rows = statement.raw_query();
        let mut count = 0;
        while rows.next().map_err(|e| map_error(e, sql))?.is_some() {
            count += 1;
        }
        return Ok(count);
    }
    statement.raw_execute().map(|n| n as u64).map_err(|e| map_error(e, sql))
}

pub(super) fn query(connection: &Connection, sql: &str, params: &[&dyn ToValue]) -> Result<Vec<Row>> {
    let mut statement = prepare(connection, sql, params)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(|e| map_error(e, sql))? {
        let mut values = Vec::with_capacity(columns);
        for index in 0..columns {
            values.push(match row.get_ref(index).map_err(|e| map_error(e, sql))? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Real(x) => Value::Real(x),
                ValueRef::Text(bytes) => {
                    Value::Text(String::from_utf8(bytes.to_vec()).map_err(|e| Error::fault("reading text", e))?)
                }
                ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
            });
        }
        out.push(Row::new(values));
    }
    Ok(out)
}

fn prepare<'c>(
    connection: &'c Connection,
    sql: &str,
    params: &[&dyn ToValue],
) -> Result<rusqlite::CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| map_error(e, sql))?;
    let places = places(&statement, sql)?;
    let highest = places.iter().copied().max().unwrap_or(0);
    if highest != params.len() {
        return Err(Error::Fault(format!("{} values for {highest} places in: {}", params.len(), short(sql))));
    }
    for (place, number) in places.iter().enumerate() {
        let value = params[number - 1].to_value();
        statement.raw_bind_parameter(place + 1, Bound(&value)).map_err(|e| map_error(e, sql))?;
    }
    Ok(statement)
}

thread_local! {
    /// For each statement, which value belongs in which of SQLite's places: asking SQLite for the names of a dozen places
    /// costs more than running many a statement.
    static PLACES: RefCell<HashMap<Box<str>, Rc<[usize]>>> = RefCell::new(HashMap::new());
}

/// `$2` is a *name* to SQLite, numbered by first appearance; PostgreSQL counts it as the second parameter.
fn places(statement: &rusqlite::Statement<'_>, sql: &str) -> Result<Rc<[usize]>> {
    if let Some(known) = PLACES.with_borrow(|places| places.get(sql).cloned()) {
        return Ok(known);
    }
    let found = (1..=statement.parameter_count())
        .map(|index| {
            statement
                .parameter_name(index)
                .and_then(|name| name.strip_prefix('$'))
                .and_then(|digits| digits.parse::<usize>().ok())
                .filter(|number| *number >= 1)
                .ok_or_else(|| Error::Fault(format!("a place without a number in: {}", short(sql))))
        })
        .collect::<Result<Rc<[usize]>>>()?;
    PLACES.with_borrow_mut(|places| {
        // Statements whose text varies (lists of ids) must not fill the memory.
        if places.len() >= 4 * STATEMENTS {
            places.clear();
        }
        places.insert(sql.into(), Rc::clone(&found));
    });
    Ok(found)
}

struct Bound<'v>(&'v Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Real(x) => ValueRef::Real(*x),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// The beginning of a statement, for messages (statements hold no personal data, values do).
pub(super) fn short(sql: &str) -> String {
    let text: Vec<&str> = sql.split_whitespace().collect();
    text.join(" ").chars().take(160).collect()
}

/// Maps an engine error; constraint names come out as `unique: table(a, b)` on both engines.
pub(super) fn map_error(error: rusqlite::Error, sql: &str) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::Fault(format!("{error} in: {}", short(sql)));
    };
    let message = message.as_deref().unwrap_or_default();
    match failure.code {
        ErrorCode::ConstraintViolation => Error::Conflict(constraint(message)),
        ErrorCode::DiskFull => Error::Storage(short(sql), Storage::Full),
        ErrorCode::ReadOnly => Error::Storage(short(sql), Storage::ReadOnly),
        ErrorCode::SystemIoFailure => Error::Storage(format!("{error} in: {}", short(sql)), Storage::Failed),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            Error::Storage(format!("{error} in: {}", short(sql)), Storage::Damaged)
        }
        ErrorCode::OutOfMemory
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::OperationInterrupted
        | ErrorCode::CannotOpen => Error::Unavailable(format!("the database file: {error}")),
        _ => Error::Fault(format!("{error} in: {}", short(sql))),
    }
}

/// `UNIQUE constraint failed: t.a, t.b` → `unique: t(a, b)`.
fn constraint(message: &str) -> String {
    let (kind, rest) = message.split_once(" constraint failed").unwrap_or((message, ""));
    let rest = rest.trim_start_matches(':').trim();
    let kind = kind.to_lowercase();
    if rest.is_empty() {
        return kind;
    }
    let columns: Vec<(&str, &str)> = rest.split(", ").filter_map(|column| column.split_once('.')).collect();
    match columns.first() {
        Some((table, _)) => {
            let names: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
            format!("{kind}: {table}({})", names.join(", "))
        }
        None => format!("{kind}: {rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraint_names_are_portable() {
        assert_eq!(constraint("UNIQUE constraint failed: book.agency, book.year"), "unique: book(agency, year)");
        assert_eq!(constraint("FOREIGN KEY constraint failed"), "foreign key");
        assert_eq!(constraint("CHECK constraint failed: positive"), "check: positive");
    }

    #[test]
    fn another_value_needs_no_other_plan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE status (id TEXT PRIMARY KEY, package TEXT, agency TEXT NOT NULL, at BIGINT NOT NULL);
                 CREATE INDEX status_package ON status (package, at);",
            )
            .unwrap();
        let sql = "SELECT id FROM status WHERE package = $1 AND agency = $2 ORDER BY at, id LIMIT $3";
        for number in 0..3_i64 {
            query(&connection, sql, &[&format!("p{number}"), &format!("a{number}"), &(number + 1)]).unwrap();
        }
        let statement = connection.prepare_cached(sql).unwrap();
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }
}
