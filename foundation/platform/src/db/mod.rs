//! The database: SQLite or PostgreSQL behind one SQL text; closures that may run again.
//!
//! ```ignore
//! let number = db.write(move |tx| {
//!     let row = tx.query_one("UPDATE book SET last = last + 1 WHERE id = $1 RETURNING last", &[&book])?;
//!     row.get::<i64>(0)
//! }).await?;
//! ```
//!
//! Rules for closures: SQL and pure rules only; no other I/O, no hashing of big data, no signing, no rendering; inputs
//! are cloned inside because the closure may run again. A statement that fails spoils the whole transaction on both
//! engines: use `ON CONFLICT`, not a caught error.

mod dump;
mod migrate;
mod pg_session;
mod pg_types;
mod postgres;
mod queue;
pub mod refusals;
mod sqlite;
mod transfer;
mod unit;
mod value;

pub(crate) use dump::filled_table;
pub use dump::{Dumped, copy_file, dump, restore};
pub use migrate::{migrate, pending};
pub(crate) use transfer::{holds_the_same, transfer};
pub use value::{FromValue, ToValue, Value};

use crate::error::{Error, Result};
use crate::storage::Storage;
use queue::{Queue, Rejected};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::watch;
use unit::{BoxedUnit, unit};

/// Which database stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded one: one file, one process.
    Sqlite,
    /// PostgreSQL, or what speaks its protocol.
    Postgres,
}

/// One row of an answer; columns are read by position.
#[derive(Debug, Clone)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    /// Column `index`, counted from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self.values.get(index).ok_or_else(|| Error::Fault(format!("no column {index}")))?;
        T::from_value(value).map_err(|e| Error::Fault(format!("column {index}: {e}")))
    }

    /// All values, for copying rows as they are.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// How deeply the engine checks its own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Every page, without comparing indexes with their tables.
    Pages,
    /// Indexes too.
    Whole,
}

impl Depth {
    const fn pragma(self) -> &'static str {
        match self {
            Self::Pages => "PRAGMA quick_check(100)",
            Self::Whole => "PRAGMA integrity_check(100)",
        }
    }
}

/// What stands behind a transaction.
enum Backend<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a pg_session::Session),
}

/// One transaction, handed to the closure.
pub struct Tx<'a> {
    backend: Backend<'a>,
    shared: &'a Shared,
    /// A statement failed: nothing after it counts.
    spoiled: Cell<bool>,
    /// What the storage did, when a statement failed for that.
    trouble: Cell<Option<Storage>>,
    /// Rows changed so far.
    changed: Cell<u64>,
    /// Ids of the ledger entries appended so far.
    entries: RefCell<Vec<String>>,
}

impl<'a> Tx<'a> {
    fn new(backend: Backend<'a>, shared: &'a Shared) -> Self {
        Self {
            backend,
            shared,
            spoiled: Cell::new(false),
            trouble: Cell::new(None),
            changed: Cell::new(0),
            entries: RefCell::new(Vec::new()),
        }
    }

    /// Runs a statement; returns the number of rows it changed.
    pub fn execute(&self, sql: &str, params: &[&dyn ToValue]) -> Result<u64> {
        let changed = self.guarded(|| match &self.backend {
            Backend::Sqlite(connection) => sqlite::execute(connection, sql, params),
            Backend::Postgres(session) => session.execute(sql, params),
        })?;
        self.changed.set(self.changed.get() + changed);
        Ok(changed)
    }

    /// All rows.
    pub fn query(&self, sql: &str, params: &[&dyn ToValue]) -> Result<Vec<Row>> {
        let rows = self.guarded(|| match &self.backend {
            Backend::Sqlite(connection) => sqlite::query(connection, sql, params),
            Backend::Postgres(session) => session.query(sql, params),
        })?;
        // A statement with RETURNING changes rows too; counting a reading query only costs a needless wake-up.
        self.changed.set(self.changed.get() + rows.len() as u64);
        Ok(rows)
    }

    /// Exactly the first row, or `NotFound`.
    pub fn query_one(&self, sql: &str, params: &[&dyn ToValue]) -> Result<Row> {
        self.query_opt(sql, params)?.ok_or(Error::NotFound("row"))
    }

    /// The first row, if any.
    pub fn query_opt(&self, sql: &str, params: &[&dyn ToValue]) -> Result<Option<Row>> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// Several statements without parameters (migrations).
    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.changed.set(self.changed.get() + 1);
        self.guarded(|| match &self.backend {
            Backend::Sqlite(connection) => sqlite::batch(connection, sql),
            Backend::Postgres(session) => session.batch(sql),
        })
    }

    /// Which engine this transaction runs on; for the few statements that must differ.
    pub(crate) fn engine(&self) -> Engine {
        match self.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs `step` inside a savepoint: when it fails, its changes are undone and the transaction goes on.
    ///
    /// For runners that serve many subjects in one transaction; use cases simply return their error.
    pub(crate) fn attempt<T>(&self, step: impl FnOnce(&Self) -> Result<T>) -> Result<Result<T>> {
        self.batch("SAVEPOINT attempt")?;
        let entries_before = self.entries.borrow().len();
        let outcome = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| step(self))) {
            Ok(outcome) => outcome,
            Err(panic) => Err(Error::Fault(format!("a step panicked: {}", unit::panic_text(panic.as_ref())))),
        };
        if outcome.is_ok() && !self.spoiled.get() {
            self.batch("RELEASE SAVEPOINT attempt")?;
            return Ok(outcome);
        }
        if let Backend::Postgres(session) = &self.backend
            && session.in_trouble()
        {
            // The whole transaction will be run again; nothing said here would count.
            return Err(outcome.err().unwrap_or_else(|| Error::Unavailable("the transaction is lost".to_owned())));
        }
        self.spoiled.set(false);
        self.entries.borrow_mut().truncate(entries_before);
        if let Err(gone) = self.batch("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt") {
            // The whole transaction is lost (full disk, lost connection): nothing to go on with.
            self.spoiled.set(true);
            return Err(gone);
        }
        Ok(match outcome {
            Ok(_) => Err(Error::Fault("a statement failed and its error was swallowed".to_owned())),
            failed => failed,
        })
    }

    /// What the engine's own check of its file finds, at most a hundred lines; nothing where the engine has no such check
    /// (PostgreSQL: `pg_amcheck`). Reads the whole database.
    pub fn damage(&self, depth: Depth) -> Result<Vec<String>> {
        match self.engine() {
            Engine::Postgres => Ok(Vec::new()),
            Engine::Sqlite => {
                let found = self.attempt(|tx| tx.query(depth.pragma(), &[]))?;
                let lines = match found {
                    Ok(rows) => rows.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>>>()?,
                    Err(error) => vec![error.to_string()],
                };
                Ok(lines.into_iter().filter(|line| line != "ok").collect())
            }
        }
    }

    /// A salt only this installation can compute, so that a digest of details says nothing once they are destroyed.
    pub(crate) fn salt(&self, entry: &str) -> [u8; 16] {
        self.shared.salt(entry)
    }

    /// A number at least `floor` and greater than every one given before in this process.
    pub(crate) fn tick(&self, floor: i64) -> i64 {
        let next = |last: i64| floor.max(last.saturating_add(1));
        let last = self.shared.ticks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(next(last)));
        next(last.unwrap_or_else(|last| last))
    }

    /// Remembers that a ledger entry was appended.
    pub(crate) fn appended(&self, entry: String) {
        self.entries.borrow_mut().push(entry);
    }

    /// How many ledger entries this transaction has appended.
    pub(crate) fn appended_count(&self) -> usize {
        self.entries.borrow().len()
    }

    pub(crate) fn is_spoiled(&self) -> bool {
        self.spoiled.get()
    }

    fn guarded<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.spoiled.get() {
            return Err(Error::Fault("a statement failed earlier in this transaction".to_owned()));
        }
        let pause = self.shared.pause.load(Ordering::Relaxed);
        if pause > 0 {
            std::thread::sleep(std::time::Duration::from_micros(pause));
        }
        run().inspect_err(|error| {
            self.spoiled.set(true);
            if let Error::Storage(_, trouble) = error {
                self.trouble.set(Some(*trouble));
            }
        })
    }
}

/// What runs in the same transaction after a group of closures that appended ledger entries (SQLite's numbering).
pub(crate) type BeforeCommit = Arc<dyn Fn(&Tx<'_>) -> Result<()> + Send + Sync>;

/// What engine threads share with the handle.
struct Shared {
    commits: watch::Sender<u64>,
    before_commit: OnceLock<BeforeCommit>,
    secret: [u8; 32],
    ticks: AtomicI64,
    /// Microseconds to wait before each statement (tests).
    pause: AtomicU64,
}

impl Shared {
    fn new() -> Result<Self> {
        let mut secret = [0; 32];
        #[expect(
            clippy::disallowed_methods,
            reason = "a salt is never compared or replayed, so tests need not repeat it"
        )]
        getrandom::fill(&mut secret).map_err(|e| Error::fault("reading random bytes", e))?;
        Ok(Self {
            commits: watch::Sender::new(0),
            before_commit: OnceLock::new(),
            secret,
            ticks: AtomicI64::new(0),
            pause: AtomicU64::new(0),
        })
    }

    fn committed(&self) {
        self.commits.send_modify(|n| *n += 1);
    }

    fn salt(&self, entry: &str) -> [u8; 16] {
        use sha2::{Digest, Sha256};
        let hash = Sha256::new().chain_update(self.secret).chain_update(entry.as_bytes()).finalize();
        let mut salt = [0; 16];
        salt.copy_from_slice(&hash[..16]);
        salt
    }
}

/// The database, shared by everything; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    writes: Arc<Queue<BoxedUnit>>,
    reads: Arc<Queue<BoxedUnit>>,
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// The file of the embedded engine.
    file: Option<PathBuf>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
    }
}

impl Db {
    /// Opens (or creates) the SQLite file at `path`: one writer thread, several readers.
    pub fn open_sqlite(path: &Path) -> Result<Self> {
        let shared = Arc::new(Shared::new()?);
        let (writes, reads) = (Arc::new(Queue::new()), Arc::new(Queue::new()));
        let threads = sqlite::start(path, &writes, &reads, &shared)?;
        Ok(Self {
            inner: Arc::new(Inner {
                engine: Engine::Sqlite,
                writes,
                reads,
                shared,
                threads: Mutex::new(threads),
                file: Some(path.to_owned()),
            }),
        })
    }

    /// Connects to PostgreSQL (or what speaks its protocol) at a `postgres://` URL.
    ///
    /// Without `sslmode`, a server on another machine must speak TLS with a certificate that a root of this machine, or
    /// of `sslrootcert=FILE`, vouches for.
    pub fn open_postgres(url: &str) -> Result<Self> {
        let shared = Arc::new(Shared::new()?);
        let (writes, reads) = (Arc::new(Queue::new()), Arc::new(Queue::new()));
        let threads = postgres::start(url, &writes, &reads, &shared)?;
        Ok(Self {
            inner: Arc::new(Inner {
                engine: Engine::Postgres,
                writes,
                reads,
                shared,
                threads: Mutex::new(threads),
                file: None,
            }),
        })
    }

    /// Which engine stands behind.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Runs `f` in a writing transaction; `f` may run again and must hold SQL and pure rules only.
    ///
    /// The answer comes after the commit is durable. Errors: whatever `f` returns (its changes are undone), `Conflict`
    /// for a broken constraint, `Unavailable` for a full disk, a lost connection or too many waiting writers.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        Self::submit(&self.inner.writes, f).await
    }

    /// Runs `f` on a stable snapshot; it cannot write.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        Self::submit(&self.inner.reads, f).await
    }

    async fn submit<T, F>(queue: &Queue<BoxedUnit>, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (work, answer) = unit(f);
        queue.push(work).map_err(|rejected| match rejected {
            Rejected::Full => Error::Unavailable("too many transactions are waiting".to_owned()),
            Rejected::Closed => Error::Unavailable("the database is closed".to_owned()),
        })?;
        answer.await.unwrap_or_else(|_| Err(Error::Unavailable("the database is closed".to_owned())))
    }

    /// The file of the embedded engine.
    fn file(&self) -> Option<&Path> {
        self.inner.file.as_deref()
    }

    /// Changes after every commit of this process that changed something: a hint for workers to look for work.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.shared.commits.subscribe()
    }

    /// Waits before each statement from now on, so that tests give other transactions the chance to slip in between.
    pub fn pause_statements(&self, pause: std::time::Duration) {
        self.inner.shared.pause.store(u64::try_from(pause.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }

    /// Sets what runs in the transaction of a group that appended ledger entries; the first caller wins.
    pub(crate) fn set_before_commit(&self, hook: BeforeCommit) {
        let _ = self.inner.shared.before_commit.set(hook);
    }

    /// Finishes what waits, takes no more, and closes the connections.
    pub async fn close(&self) {
        self.inner.writes.close();
        self.inner.reads.close();
        let threads: Vec<_> = self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        let _ = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _ = thread.join();
            }
        })
        .await;
    }
}

/// One step of a room's schema; one text for both engines.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The room.
    pub module: &'static str,
    /// Its ordinal in the room, from 1.
    pub number: u32,
    /// What it does.
    pub name: &'static str,
    /// The statements, with rare `-- only: sqlite` / `-- only: postgres` … `-- end` sections.
    pub sql: &'static str,
}
