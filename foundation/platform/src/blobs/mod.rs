//! Content-addressed files: durable before the transaction that names them, shared by hash, collected in two phases.

mod check;
mod collect;
mod hash;
mod packs;
mod read;
mod references;
pub mod refusals;
mod store;
mod write;

pub use check::BlobCheck;
pub use collect::{Collected, Sweep};
pub use hash::ContentHash;
pub use read::BlobReader;
pub use references::{
    Owner, attach, attach_existing, detach, detach_all, is_held_by, object_page, quarantine, release,
};
pub(crate) use store::sync_folder;
pub use write::{BlobWriter, StagedBlob, Unflushed};

use crate::db::{Db, Migration};
use crate::error::{Error, Result};
use base::{Clock, Id, Random, Refusal, Timestamp};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use store::Store;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "blobs",
    number: 1,
    name: "objects",
    sql: include_str!("../../migrations/blobs/0001_objects.sql"),
}];

/// Marks the keys under which bytes lie.
enum KeyMark {}
/// The random name under which bytes lie; its time is the time of staging (UUIDv7).
type BlobKey = Id<KeyMark>;

/// When the bytes under this key were staged, to the millisecond.
fn staged_at(key: BlobKey) -> Timestamp {
    let millis = i64::try_from(key.uuid().as_u128() >> 80).unwrap_or(0);
    Timestamp::from_micros(millis * 1000)
}

/// All content-addressed files of this server; cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    store: Store,
    clock: Clock,
    random: Random,
    /// Written by the collector, read by whoever wants it to wait.
    collecting: Arc<tokio::sync::RwLock<()>>,
}

/// How many files there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BlobCounts {
    /// Distinct contents.
    pub objects: u64,
    /// References to them.
    pub references: u64,
    /// Bytes of the distinct contents.
    pub bytes: u64,
    /// Contents that nothing refers to, waiting to be collected.
    pub condemned: u64,
    /// Contents held back.
    pub quarantined: u64,
}

/// Keeps the collector waiting while it lives.
pub struct CollectorHold {
    _held: tokio::sync::OwnedRwLockReadGuard<()>,
}

impl Blobs {
    /// The files in a folder of this machine.
    pub fn open_local(db: &Db, folder: &Path, clock: &Clock, random: &Random) -> Result<Self> {
        Ok(Self {
            inner: Arc::new(Inner {
                db: db.clone(),
                store: Store::local(folder)?,
                clock: clock.clone(),
                random: random.clone(),
                collecting: Arc::default(),
            }),
        })
    }

    /// Starts writing a content; more than `limit` bytes are refused with `platform.blob.too-large`.
    pub fn writer(&self, limit: Option<u64>) -> BlobWriter {
        BlobWriter::new(self.clone(), limit)
    }

    /// Stages a content that is already in memory.
    pub async fn put(&self, bytes: &[u8]) -> Result<StagedBlob> {
        let mut writer = self.writer(None);
        writer.write(bytes).await?;
        writer.finish().await
    }

    /// Opens a content for reading; `NotFound`, or refused with `platform.blob.quarantined` while it is held back.
    pub async fn open(&self, sha256: ContentHash) -> Result<BlobReader> {
        self.open_any(sha256, false).await
    }

    /// Opens a content even in quarantine (for scanners and those who release).
    pub async fn open_quarantined(&self, sha256: ContentHash) -> Result<BlobReader> {
        self.open_any(sha256, true).await
    }

    async fn open_any(&self, sha256: ContentHash, even_quarantined: bool) -> Result<BlobReader> {
        // Between looking up the place and opening it, the collector may have moved the content: look again.
        for _ in 0..3 {
            let object = self.inner.db.read(move |tx| references::object_get(tx, sha256)).await?;
            let object = object.ok_or(Error::NotFound("file"))?;
            if let Some(reason) = object.quarantine.as_ref().filter(|_| !even_quarantined) {
                return Err(Refusal::new(&refusals::QUARANTINED).with("reason", reason).into());
            }
            let location = object.location.clone();
            if let Some(file) = self.blocking(move |store| store.open(&location)).await? {
                return Ok(BlobReader::new(&object, file));
            }
        }
        Err(Error::Fault(format!("the bytes of the content {sha256} are missing")))
    }

    /// Reads a whole content of at most `limit` bytes.
    pub async fn read(&self, sha256: ContentHash, limit: u64) -> Result<Vec<u8>> {
        self.open(sha256).await?.read_to_end(limit).await
    }

    /// How many files there are.
    pub async fn counts(&self) -> Result<BlobCounts> {
        self.inner.db.read(references::counts).await
    }

    /// Keeps the collector waiting until the answer is dropped, for backups.
    pub async fn hold_collector(&self) -> CollectorHold {
        CollectorHold { _held: Arc::clone(&self.inner.collecting).read_owned().await }
    }

    /// Whether a file can be written; for health checks.
    pub async fn probe(&self) -> Result<()> {
        self.blocking(Store::probe).await
    }

    fn new_key(&self) -> BlobKey {
        self.inner.random.id(&self.inner.clock)
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Store) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner.store))
            .await
            .map_err(|e| Error::fault("use the file store", e))?
    }
}

/// What this room brings along when the program is assembled: its tables, and the collector every night.
pub fn component() -> crate::Component {
    use crate::jobs::{JobKind, JobOutcome, Schedule, When};
    crate::Component {
        name: "blobs",
        migrations: MIGRATIONS,
        refusals: refusals::CATALOGUE,
        jobs: vec![JobKind::new("blobs.collect", |platform, _| async move {
            let done = platform.blobs().collect(Sweep::default()).await?;
            tracing::info!(
                condemned = done.condemned,
                removed = done.removed,
                leftovers = done.leftovers,
                packs = done.packs,
                "files without a reference were collected"
            );
            Ok(JobOutcome::Done)
        })],
        schedules: vec![Schedule { name: "blobs.collect", kind: "blobs.collect", when: When::Daily(&[(2, 10)]) }],
        ..crate::Component::default()
    }
}

fn io_error(doing: &str, e: std::io::Error) -> Error {
    Error::io(doing, &e)
}
