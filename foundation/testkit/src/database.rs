//! A fresh database for each test, on each engine.

use crate::{postgres, temporary_folder};
use base::{Clock, Random, Timestamp};
use platform::Migration;
use platform::db::{Db, Engine, migrate};
use platform::ledger::{self, Registry};
use std::sync::Arc;

/// A database of one test, with its clock and randomness.
pub struct TestDb {
    /// The database, its schema in place.
    pub db: Db,
    /// Stands at [`START`](crate::START) until moved.
    pub clock: Clock,
    /// The same in every run.
    pub random: Random,
    /// The folder of this test; removed with the last clone.
    pub dir: Arc<tempfile::TempDir>,
    /// Where a second process would connect (PostgreSQL only).
    pub url: Option<String>,
    /// Drops the database with the last clone.
    scratch: Option<Arc<postgres::Scratch>>,
}

impl TestDb {
    /// A fresh SQLite database with the given rooms' tables.
    pub async fn sqlite(migrations: &[Migration]) -> Self {
        let dir = Arc::new(temporary_folder());
        let db = Db::open_sqlite(&dir.path().join("lienthong.db")).expect("a fresh database");
        migrate(&db, migrations).await.expect("the schema");
        if migrations.iter().any(|step| step.module == "ledger") {
            ledger::open(&db).await.expect("the ledger");
        }
        Self { db, clock: Clock::frozen(crate::START), random: Random::seeded(1), dir, url: None, scratch: None }
    }

    /// A fresh PostgreSQL database with the given rooms' tables; `None` (with a notice) where there is no PostgreSQL.
    pub async fn postgres(migrations: &[Migration]) -> Option<Self> {
        let scratch = postgres::scratch(migrations).await?;
        let dir = Arc::new(temporary_folder());
        let db = Db::open_postgres(&scratch.url).expect("a scratch database");
        let (clock, random) = (Clock::frozen(crate::START), Random::seeded(1));
        Some(Self { db, clock, random, dir, url: Some(scratch.url.clone()), scratch: Some(Arc::new(scratch)) })
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Numbers, reacts and counts until nothing waits any more.
    pub async fn settle(&self, registry: &Registry) {
        ledger::settle(&self.db, registry, &self.clock, &self.random).await.expect("the ledger settles");
    }

    /// A fresh id.
    pub fn new_id<K>(&self) -> base::Id<K> {
        self.random.id(&self.clock)
    }
}

/// Runs `test` on a fresh database of each engine.
pub async fn on_each_database<F, Fut>(migrations: &[&[Migration]], mut test: F)
where
    F: FnMut(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    let migrations: Vec<Migration> = migrations.concat();
    run(TestDb::sqlite(&migrations).await, &mut test).await;
    if let Some(t) = TestDb::postgres(&migrations).await {
        run(t, &mut test).await;
    }
}

/// Runs `act` sixteen times at once and returns what came of each.
pub async fn sixteen_at_once<T, F, Fut>(act: F) -> Vec<T>
where
    T: Send + 'static,
    F: Fn(usize) -> Fut,
    Fut: Future<Output = T> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..16 {
        tasks.spawn(act(n));
    }
    tasks.join_all().await
}

async fn run<F, Fut>(t: TestDb, test: &mut F)
where
    F: FnMut(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    // Kept here, because a test's future takes only the fields that it names.
    let kept = (Arc::clone(&t.dir), t.scratch.clone());
    let engine = t.engine();
    eprintln!("on {engine:?}");
    test(t).await;
    tokio::task::spawn_blocking(move || drop(kept)).await.expect("a thread");
}
