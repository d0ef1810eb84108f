//! Where the bytes lie. Today in a folder of this machine; an object store becomes another arm of [`Store`].

use super::packs::{PackWriter, Packed, Putting};
use super::{BlobKey, io_error};
use crate::error::Result;
use base::Timestamp;
use bytes::Bytes;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Where a content's bytes lie.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Location {
    pub key: BlobKey,
    /// Pack and offset of the bytes in it; `None`: a file of its own.
    pub pack: Option<(String, u64)>,
}

/// The places that can hold bytes.
pub(super) enum Store {
    Local(Local),
}

/// A folder of this machine: `objects/` with a file a content, `packs/` with many small ones a file.
pub(super) struct Local {
    objects: PathBuf,
    packs: PathBuf,
    writer: PackWriter,
}

/// A small content on its way to the disk.
pub(super) struct PuttingSmall {
    key: BlobKey,
    putting: Putting,
}

impl PuttingSmall {
    /// Waits until it is durable; where it lies.
    pub async fn durable(self) -> Result<Location> {
        let Packed { pack, offset } = self.putting.durable().await?;
        Ok(Location { key: self.key, pack: Some((pack, offset)) })
    }
}

impl Store {
    pub fn local(folder: &Path) -> Result<Self> {
        let (objects, packs) = (folder.join("objects"), folder.join("packs"));
        for folder in [&objects, &packs] {
            std::fs::create_dir_all(folder).map_err(|e| io_error("make the folder of files", e))?;
        }
        sync_folder(folder).map_err(|e| io_error("make the folder of files", e))?;
        let writer = PackWriter::start(packs.clone())?;
        Ok(Self::Local(Local { objects, packs, writer }))
    }

    /// Hands a small content over to be made durable; `pack` is the name to give to a new pack where one is needed.
    pub async fn put_small(&self, key: BlobKey, pack: BlobKey, sha256: [u8; 32], bytes: Bytes) -> Result<PuttingSmall> {
        let Self::Local(local) = self;
        Ok(PuttingSmall { key, putting: local.writer.put(key, pack, sha256, bytes).await? })
    }

    /// A new file of its own for a large content; made durable by [`Self::finish_large`]. Blocking.
    pub fn create_large(&self, key: BlobKey) -> Result<(File, PathBuf)> {
        match self {
            Self::Local(local) => {
                let path = local.object_path(key);
                let folder = path.parent().unwrap_or(&local.objects);
                let made = (|| {
                    if !folder.exists() {
                        std::fs::create_dir_all(folder)?;
                        sync_folder(&local.objects)?;
                    }
                    File::options().write(true).create_new(true).open(&path)
                })();
                Ok((made.map_err(|e| io_error("create a file", e))?, path))
            }
        }
    }

    /// Syncs the file and its name. Blocking.
    pub fn finish_large(&self, file: &File, path: &Path) -> Result<()> {
        let Self::Local(local) = self;
        file.sync_all()
            .and_then(|()| sync_folder(path.parent().unwrap_or(&local.objects)))
            .map_err(|e| io_error("sync a file", e))
    }

    /// Opens the bytes; `None` when they are not there (any more). Blocking.
    pub fn open(&self, location: &Location) -> Result<Option<File>> {
        let Self::Local(local) = self;
        let (path, offset) = match &location.pack {
            Some((pack, offset)) => (local.pack_path(pack), *offset),
            None => (local.object_path(location.key), 0),
        };
        let opened = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            Ok(file)
        });
        match opened {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io_error("open a file", e)),
        }
    }

    /// Removes a file of its own; a packed content goes with its pack. Blocking.
    pub fn remove_object(&self, key: BlobKey) -> Result<()> {
        let Self::Local(local) = self;
        remove(&local.object_path(key))
    }

    /// Removes a pack. Blocking.
    pub fn remove_pack(&self, pack: &str) -> Result<()> {
        let Self::Local(local) = self;
        remove(&local.pack_path(pack))
    }

    /// The keys of all files of their own. Blocking.
    pub fn objects(&self) -> Result<Vec<BlobKey>> {
        let Self::Local(local) = self;
        let mut keys = Vec::new();
        for folder in names(&local.objects)? {
            let names = names(&local.objects.join(folder))?;
            keys.extend(names.iter().filter_map(|name| name.parse::<BlobKey>().ok()));
        }
        Ok(keys)
    }

    /// The packs that are no longer written to. Blocking.
    pub fn sealed_packs(&self) -> Result<Vec<String>> {
        let Self::Local(local) = self;
        let names = names(&local.packs)?;
        let packs = names.iter().filter_map(|name| name.strip_suffix(".pack"));
        let current = local.writer.current();
        Ok(packs.filter(|pack| Some(*pack) != current.as_deref()).map(str::to_owned).collect())
    }

    /// Length of a pack, and when its newest content was staged. Blocking.
    pub fn pack_extent(&self, pack: &str) -> Result<(u64, Timestamp)> {
        let Self::Local(local) = self;
        super::packs::extent(&local.pack_path(pack)).map_err(|e| io_error("read a pack", e))
    }

    /// Whether a file can be written and removed. Blocking.
    pub fn probe(&self) -> Result<()> {
        let Self::Local(local) = self;
        let path = local.objects.join(".probe");
        std::fs::write(&path, b"x").and_then(|()| std::fs::remove_file(&path)).map_err(|e| io_error("write a file", e))
    }

    /// Reads exactly `size` bytes of a small content. Blocking.
    pub fn read_small(&self, location: &Location, size: u64) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.open(location)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(size).read_to_end(&mut bytes).map_err(|e| io_error("read a file", e))?;
        Ok(Some(bytes))
    }
}

impl Local {
    fn object_path(&self, key: BlobKey) -> PathBuf {
        // The first digits of a key are the time; the last are random and spread the files.
        let name = key.to_string();
        self.objects.join(&name[name.len() - 2..]).join(name)
    }

    fn pack_path(&self, pack: &str) -> PathBuf {
        self.packs.join(format!("{pack}.pack"))
    }
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(io_error("remove a file", e)),
    }
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let read = || -> std::io::Result<Vec<String>> {
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    match read() {
        Ok(names) => Ok(names),
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(e) => Err(io_error("list files", e)),
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()
}
