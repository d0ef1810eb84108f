//! The assembled platform that every use case is handed.

use crate::blobs::{self, Blobs};
use crate::component::Component;
use crate::config::Config;
use crate::db::{self, Db, Migration};
use crate::error::{Error, Result};
use crate::ledger::{Registry, SignedCheckpoint};
use crate::signing::Signing;
use crate::telemetry::Metrics;
use crate::{access, accounts, directory, jobs, ledger, notify, search, signing, storage};
use base::{Clock, Random, Timestamp};
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long running jobs may take to end at shutdown.
const GRACE: std::time::Duration = std::time::Duration::from_secs(15);

/// The assembled platform; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    blobs: Blobs,
    signing: Signing,
    metrics: Metrics,
    clock: Clock,
    random: Random,
    config: Config,
    components: Vec<Component>,
    stop: watch::Sender<bool>,
    draining: AtomicBool,
    wake: tokio::sync::Notify,
    background: Mutex<Vec<JoinHandle<()>>>,
    /// The data folder's lock: held until shutdown, or as long as the platform lives.
    lock: File,
}

/// Fills a buffer from the operating system, for `Random::Os`.
#[expect(clippy::disallowed_methods, reason = "the one place where the system's randomness is read")]
#[expect(clippy::expect_used, reason = "without randomness no key and no id may be made")]
pub fn random_bytes(out: &mut [u8]) {
    getrandom::fill(out).expect("the operating system gives random bytes");
}

impl Platform {
    /// Opens the data folder (one process only), the master key, the database (migrated), the files and the keys.
    /// The platform's own components are added to those given. Nothing runs in the background yet.
    ///
    /// Errors: `Refused` when its database has moved; `Conflict` when another process holds the folder; `Fault` when the database is newer than this program, or when
    /// its keys were wrapped by another master key.
    pub async fn open(config: Config, components: Vec<Component>, clock: Clock, random: Random) -> Result<Self> {
        crate::relocation::refuse_moved(&config)?;
        let lock = lock_folder(&config.data_dir)?;
        let components: Vec<Component> = Self::assemble_components().into_iter().chain(components).collect();
        check_names(&components)?;
        let db = match &config.database {
            Some(url) => Db::open_postgres(url)?,
            None => {
                let file = config.data_dir.join("lienthong.db");
                Db::open_sqlite(&file).map_err(|error| name_file(&file, error))?
            }
        };
        let steps: Vec<Migration> = components.iter().flat_map(|c| c.migrations.iter().copied()).collect();
        let applied = db::migrate(&db, &steps).await?;
        if !applied.is_empty() {
            tracing::info!(steps = applied.len(), "the schema was brought up to date");
        }
        ledger::open(&db).await?;
        let blobs = Blobs::open_local(&db, &config.data_dir.join("blobs"), &clock, &random)?;
        let origin = config.origin().unwrap_or_else(|| format!("lienthong-{}", hex::encode(random.bytes::<4>())));
        let signing = Signing::open(&db, &config.master_key_path()?, &clock, &random, &origin).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                db,
                blobs,
                signing,
                metrics: Metrics::default(),
                clock,
                random,
                config,
                components,
                stop: watch::Sender::new(false),
                draining: AtomicBool::new(false),
                wake: tokio::sync::Notify::new(),
                background: Mutex::new(Vec::new()),
                lock,
            }),
        })
    }

    /// The platform's own components, in the order in which their tables are made.
    pub fn assemble_components() -> Vec<Component> {
        vec![
            Component { name: "db", refusals: db::refusals::CATALOGUE, ..Component::default() },
            Component { name: "storage", refusals: storage::CATALOGUE, ..Component::default() },
            ledger::component(),
            jobs::component(),
            blobs::component(),
            signing::component(),
            directory::component(),
            access::component(),
            accounts::component(),
            search::component(),
            notify::component(),
        ]
    }

    /// Starts job workers, schedules, the reaction runner and the sequencer; a second call changes nothing.
    pub fn start_background(&self) {
        let inner = &self.inner;
        let mut background = inner.background.lock().unwrap_or_else(PoisonError::into_inner);
        if !background.is_empty() {
            return;
        }
        let stop = || inner.stop.subscribe();
        let registry = Registry::of(&inner.components);
        background.push(tokio::spawn(ledger::run(
            inner.db.clone(),
            registry,
            Some(inner.signing.checkpoint_key()),
            inner.clock.clone(),
            inner.random.clone(),
            stop(),
        )));
        background.push(tokio::spawn(jobs::run(self.clone(), stop())));
        background.push(tokio::spawn(jobs::run_schedules(self.clone(), stop())));
    }

    /// Lets the job workers look at once. Commits of this process wake them anyway; this is for whoever changed something else,
    /// such as the clock.
    pub fn wake_jobs(&self) {
        self.inner.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// From now on no new requests should be sent here; those that come are still answered.
    pub fn drain(&self) {
        self.inner.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.inner.draining.load(Ordering::Relaxed)
    }

    /// Takes no more work, waits some seconds for what is running (a job that is cut off is done again at the next start), closes
    /// the database and frees the data folder.
    pub async fn shutdown(&self) {
        let _ = self.inner.stop.send_replace(true);
        let running: Vec<_> = self.inner.background.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        let end = tokio::time::Instant::now() + GRACE;
        for mut task in running {
            if tokio::time::timeout_at(end, &mut task).await.is_err() {
                task.abort();
            }
        }
        self.inner.db.close().await;
        let _ = self.inner.lock.unlock();
    }

    /// Numbers, reacts, counts and does due jobs in this task until nothing is due any more; for tests and commands that run
    /// without [`Self::start_background`]. Returns how many steps were taken.
    pub async fn settle(&self) -> Result<u64> {
        let inner = &self.inner;
        let registry = Registry::of(&inner.components);
        let mut total = 0;
        loop {
            let steps = ledger::settle(&inner.db, &registry, &inner.clock, &inner.random).await?;
            let jobs = jobs::settle(self).await?;
            total += steps + jobs;
            if steps + jobs == 0 {
                return Ok(total);
            }
        }
    }

    /// Signs the ledger as it is committed now, for a receipt; `None` while the ledger is empty.
    pub async fn checkpoint(&self) -> Result<Option<SignedCheckpoint>> {
        ledger::sign_checkpoint(self.db(), &self.inner.signing.checkpoint_key(), self.now()).await
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }
    /// The files.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }
    /// The keys.
    pub fn signing(&self) -> &Signing {
        &self.inner.signing
    }
    /// The figures of this process.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }
    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
    /// Randomness.
    pub fn random(&self) -> &Random {
        &self.inner.random
    }
    /// A fresh id.
    pub fn new_id<K>(&self) -> base::Id<K> {
        self.inner.random.id(&self.inner.clock)
    }
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
    /// The rooms it was assembled from.
    pub fn components(&self) -> &[Component] {
        &self.inner.components
    }
}

/// Takes the data folder for this process; made (for its owner only) where it is missing.
pub(crate) fn lock_folder(folder: &Path) -> Result<File> {
    let failed = |e: std::io::Error| Error::io(&format!("open the data folder {}", folder.display()), &e);
    if !folder.exists() {
        std::fs::create_dir_all(folder).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        }
    }
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Error::Conflict(format!("another process is working with the data folder {}", folder.display())))
        }
        Err(std::fs::TryLockError::Error(e)) => Err(failed(e)),
    }
}

/// Says which file does not open.
fn name_file(file: &Path, error: Error) -> Error {
    match error {
        Error::Fault(why) => Error::Fault(format!("{}: {why}", file.display())),
        Error::Unavailable(why) => Error::Unavailable(format!("{}: {why}", file.display())),
        Error::Storage(why, trouble) => Error::Storage(format!("{}: {why}", file.display()), trouble),
        error => error,
    }
}

/// Two rooms may not register the same name: one would silently do the other's work.
fn check_names(components: &[Component]) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for component in components {
        let names = std::iter::once(("component", component.name))
            .chain(component.jobs.iter().map(|kind| ("job", kind.name)))
            .chain(component.schedules.iter().map(|schedule| ("schedule", schedule.name)))
            .chain(component.reactions.iter().map(|reaction| ("reaction", reaction.name)))
            .chain(component.counters.iter().map(|counter| ("counter", counter.name)))
            .chain(component.subjects.iter().map(|subject| ("subject", subject.name)))
            .chain(component.entry_kinds.iter().map(|kind| ("entry", kind.name)))
            .chain(component.refusals.iter().map(|code| ("refusal", code.code)));
        for name in names {
            if !seen.insert(name) {
                return Err(Error::Fault(format!("the {} {} is registered twice", name.0, name.1)));
            }
        }
    }
    Ok(())
}
