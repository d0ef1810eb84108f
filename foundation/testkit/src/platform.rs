//! A whole platform for each test, on each engine, with a clock that stands still.

use crate::TestDb;
use base::{Clock, Timestamp};
use platform::db::Engine;
use platform::{Component, Config, Migration, Platform};
use std::sync::Arc;

/// A platform of one test. Nothing runs in the background: call [`TestPlatform::settle`].
pub struct TestPlatform {
    /// The platform.
    pub platform: Platform,
    /// Stands at [`START`](crate::START) until moved.
    pub clock: Clock,
    /// The folder of this test; the data folder is `data` in it.
    pub dir: Arc<tempfile::TempDir>,
    /// Holds the scratch database.
    base: TestDb,
}

impl TestPlatform {
    /// On SQLite.
    pub async fn sqlite(components: Vec<Component>) -> Self {
        Self::on(TestDb::sqlite(&[]).await, components, |_| {}).await
    }

    /// On SQLite, with settings changed.
    pub async fn sqlite_with(components: Vec<Component>, change: impl FnOnce(&mut Config)) -> Self {
        Self::on(TestDb::sqlite(&[]).await, components, change).await
    }

    /// On PostgreSQL; `None` (with a notice) where there is none.
    pub async fn postgres(components: Vec<Component>) -> Option<Self> {
        let steps: Vec<Migration> = Platform::assemble_components()
            .iter()
            .chain(&components)
            .flat_map(|component| component.migrations.iter().copied())
            .collect();
        // The schema comes with the clone of a template: opening finds nothing left to do.
        Some(Self::on(TestDb::postgres(&steps).await?, components, |_| {}).await)
    }

    async fn on(base: TestDb, components: Vec<Component>, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::in_folder(base.dir.path().join("data"));
        config.database.clone_from(&base.url);
        change(&mut config);
        let (clock, random) = (base.clock.clone(), base.random.clone());
        let platform = Platform::open(config, components, clock.clone(), random).await.expect("the platform opens");
        Self { platform, clock, dir: Arc::clone(&base.dir), base }
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.base.engine()
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Numbers, reacts, counts and does due jobs until nothing is due any more.
    pub async fn settle(&self) {
        self.platform.settle().await.expect("everything settles");
    }
}

/// Runs `test` on a fresh platform of each engine; the platform is shut down afterwards.
pub async fn on_each_platform<F, Fut>(components: fn() -> Vec<Component>, mut test: F)
where
    F: FnMut(Arc<TestPlatform>) -> Fut,
    Fut: Future<Output = ()>,
{
    let mut all = vec![TestPlatform::sqlite(components()).await];
    all.extend(TestPlatform::postgres(components()).await);
    for t in all {
        eprintln!("on {:?}", t.engine());
        let t = Arc::new(t);
        test(Arc::clone(&t)).await;
        t.platform.shutdown().await;
        // The scratch database is dropped outside the runtime's own threads.
        tokio::task::spawn_blocking(move || drop(t)).await.expect("a thread");
    }
}
