//! Backup while serving and restore into an empty place: the database first, then the files that it names.
//!
//! The point of consistency is the snapshot of the database: everything acknowledged before it is in the backup. Files
//! are only added meanwhile, because the collector is held, so every file that the snapshot names is copied after it.
//! Keys travel wrapped; the master key does not travel at all and must come from custody.

use crate::component::Component;
use crate::config::Config;
use crate::db::{self, Db, Migration};
use crate::error::{Error, Result};
use crate::ledger::{self, Actor, Checkpoint, Order};
use crate::platform_::Platform;
use base::{AgencyCode, Clock, Random, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const DATABASE: &str = "database.jsonl.gz";
const FILES: &str = "blobs";
const MANIFEST: &str = "backup.json";
/// In the data folder: when its newest backup was made.
const LAST: &str = "last-backup.txt";

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub version: u32,
    /// The program that wrote it.
    pub program: String,
    /// The point of consistency, RFC 3339: everything acknowledged before it is in the backup.
    pub made_at: String,
    /// Rows of the database.
    pub rows: u64,
    /// SHA-256 of the database's dump, hexadecimal.
    pub database_sha256: String,
    /// Files copied.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Name of the data's practice mark, where it is practice data.
    pub practice: bool,
    /// The newest signed checkpoint before the snapshot, a signed note.
    pub checkpoint: Option<String>,
}

/// Copies everything into the new folder `to`; `progress` hears (done, total) files.
///
/// Errors: `Conflict` when `to` is not empty, `Storage` when the disk is full (what was begun is left for inspection
/// and carries no manifest, so it cannot be mistaken for a backup).
pub async fn backup(platform: &Platform, to: &Path, progress: impl Fn(u64, u64) + Send + Sync) -> Result<Manifest> {
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Conflict(format!("{} is not empty", to.display())));
    }
    fs::create_dir_all(to).map_err(|e| writing(to, &e))?;
    let _held = platform.blobs().hold_collector().await;
    let checkpoint = platform.checkpoint().await?.map(|signed| signed.note);
    let dump = to.join(DATABASE);
    // Before the snapshot begins: what was acknowledged by now is in it.
    let made_at = platform.now().rfc3339();
    let dumped = db::dump(platform.db(), &dump).await?;
    let source = platform.config().data_dir.join(FILES);
    let files = tree(&source)?;
    let (mut done, mut bytes) = (0, 0);
    for path in &files {
        let inside = path.strip_prefix(&source).map_err(|e| Error::fault("copy the files", e))?.to_owned();
        let (from, target) = (path.clone(), to.join(FILES).join(inside));
        bytes += blocking(move || copy(&from, &target)).await?;
        done += 1;
        progress(done, files.len() as u64);
    }
    let hashing = dump.clone();
    let manifest = Manifest {
        version: 1,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        rows: dumped.rows,
        database_sha256: blocking(move || sha256(&hashing)).await?,
        files: done,
        bytes,
        practice: crate::practice::is_marked(&platform.config().data_dir),
        checkpoint,
    };
    // Written last: a folder with a manifest is a whole backup.
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| Error::fault("write the manifest", e))?;
    let path = to.join(MANIFEST);
    File::create(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| File::open(to)?.sync_all())
        .map_err(|e| writing(&path, &e))?;
    let mark = platform.config().data_dir.join(LAST);
    fs::write(&mark, format!("{}\n", manifest.made_at)).map_err(|e| writing(&mark, &e))?;
    Ok(manifest)
}

/// The point of consistency of the newest backup made from this data folder, when there is one.
pub fn last(data_dir: &Path) -> Option<Timestamp> {
    Timestamp::parse(fs::read_to_string(data_dir.join(LAST)).ok()?.trim())
}

/// Restores a backup into the empty data folder (and, where the settings name one, the empty PostgreSQL database) of
/// `config`, and opens a new epoch of the ledger that commits to the tree as restored.
///
/// Errors: `Conflict` when the place is not empty, `Fault` when the backup is damaged, is of a newer program, or the
/// master key is not the one that wrapped its keys.
pub async fn restore(
    config: Config,
    components: fn() -> Vec<Component>,
    clock: Clock,
    random: Random,
    from: &Path,
    progress: impl Fn(u64, u64) + Send + Sync,
) -> Result<Manifest> {
    let manifest = fs::read(from.join(MANIFEST))
        .map_err(|e| Error::Unavailable(format!("{} is no whole backup: {e}", from.display())))?;
    let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|e| Error::fault("read the manifest", e))?;
    if !config.master_key_path()?.exists() {
        return Err(Error::Unavailable(format!(
            "the master key is missing: bring it from custody to {}",
            config.master_key_path()?.display()
        )));
    }
    if fs::read_dir(&config.data_dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Conflict(format!("{} is not empty", config.data_dir.display())));
    }
    let dump = from.join(DATABASE);
    let hashing = dump.clone();
    if blocking(move || sha256(&hashing)).await? != manifest.database_sha256 {
        return Err(Error::Fault("the backup's database is damaged".to_owned()));
    }
    fs::create_dir_all(&config.data_dir).map_err(|e| writing(&config.data_dir, &e))?;
    if manifest.practice {
        crate::practice::mark(&config.data_dir)?;
    }
    let (source, target) = (from.join(FILES), config.data_dir.join(FILES));
    let files = tree(&source)?;
    for (done, path) in (1..).zip(&files) {
        let inside = path.strip_prefix(&source).map_err(|e| Error::fault("copy the files", e))?;
        let (from, to) = (path.clone(), target.join(inside));
        blocking(move || copy(&from, &to)).await?;
        progress(done, files.len() as u64);
    }
    let opened = match &config.database {
        Some(url) => Db::open_postgres(url)?,
        None => Db::open_sqlite(&config.data_dir.join("lienthong.db"))?,
    };
    let steps: Vec<Migration> = Platform::assemble_components()
        .iter()
        .chain(&components())
        .flat_map(|component| component.migrations.iter().copied())
        .collect();
    let restored = db::restore(&opened, &dump, &steps).await;
    opened.close().await;
    restored?;
    let platform = Platform::open(config, components(), clock, random).await?;
    let epoch = match crate::search::rebuild(platform.db()).await {
        Ok(_) => begin_epoch(&platform, &manifest).await,
        Err(error) => Err(error),
    };
    platform.shutdown().await;
    epoch?;
    Ok(manifest)
}

async fn begin_epoch(platform: &Platform, manifest: &Manifest) -> Result<()> {
    let hosted = platform.db().read(crate::directory::agencies_hosted).await?;
    let agency = match hosted.into_iter().min_by_key(|agency| agency.code.level()) {
        Some(agency) => agency.code,
        // A server that was never set up restores as one that was never set up.
        None => AgencyCode::tolerate("W00").map_err(|e| Error::fault("name the server", e))?,
    };
    let order = Order {
        id: platform.new_id(),
        agency,
        actor: Actor::Server,
        basis: "restore".to_owned(),
        reason: format!("restored from the backup of {}", manifest.made_at),
    };
    let known = manifest.checkpoint.as_deref().and_then(Checkpoint::parse);
    ledger::open_epoch(platform.db(), platform.now(), order, known).await?;
    platform.checkpoint().await?;
    Ok(())
}

fn writing(path: &Path, e: &std::io::Error) -> Error {
    Error::io(&format!("writing {}", path.display()), e)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::fault("copy files", e))?
        .map_err(|e| Error::io("copying files", &e))
}

/// Every file below the folder, sorted.
fn tree(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(|e| Error::fault("look at the files", e))? {
            let entry = entry.map_err(|e| Error::fault("look at the files", e))?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else {
                out.push(entry.path());
            }
        }
    }
    out.sort();
    Ok(out)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<u64> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let bytes = fs::copy(from, to)?;
    File::open(to)?.sync_all()?;
    if let Some(folder) = to.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(bytes)
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}
