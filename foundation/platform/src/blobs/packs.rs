//! Small contents, appended to pack files by one thread that syncs many together.

use super::{BlobKey, staged_at};
use crate::error::{Error, Result};
use base::Timestamp;
use bytes::Bytes;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// A pack is closed when it has grown to this.
const PACK_BYTES: u64 = 64 << 20;
/// Contents synced together at most.
const GROUP: usize = 64;
/// Before each content: magic, key, SHA-256, size.
const MAGIC: &[u8; 4] = b"LTB1";
/// Length of what stands before each content.
pub(super) const HEADER: u64 = 4 + 16 + 32 + 8;

/// Where a content was put.
#[derive(Debug)]
pub(super) struct Packed {
    pub pack: String,
    pub offset: u64,
}

struct Put {
    key: BlobKey,
    pack: BlobKey,
    sha256: [u8; 32],
    bytes: Bytes,
    reply: oneshot::Sender<Result<Packed>>,
}

/// The way to the thread; it ends when this is dropped.
pub(super) struct PackWriter {
    queue: mpsc::Sender<Put>,
    current: Arc<Mutex<Option<String>>>,
}

impl PackWriter {
    pub fn start(folder: PathBuf) -> Result<Self> {
        let (queue, work) = mpsc::channel(GROUP);
        let current = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&current);
        std::thread::Builder::new()
            .name("blob-packs".into())
            .spawn(move || Thread { folder, pack: None, current: shared }.run(work))
            .map_err(|e| Error::fault("start the pack writer", e))?;
        Ok(Self { queue, current })
    }

    /// The pack that is being written to.
    pub fn current(&self) -> Option<String> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hands a content over; it is durable once the answer is there.
    pub async fn put(&self, key: BlobKey, pack: BlobKey, sha256: [u8; 32], bytes: Bytes) -> Result<Putting> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Put { key, pack, sha256, bytes, reply }).await.map_err(|_| closed())?;
        Ok(Putting { answer })
    }
}

/// A content on its way into a pack.
pub(super) struct Putting {
    answer: oneshot::Receiver<Result<Packed>>,
}

impl Putting {
    /// Waits until it is durable.
    pub async fn durable(self) -> Result<Packed> {
        self.answer.await.map_err(|_| closed())?
    }
}

fn closed() -> Error {
    Error::Unavailable("the file store is closed".into())
}

struct Pack {
    name: String,
    file: File,
    length: u64,
}

struct Thread {
    folder: PathBuf,
    pack: Option<Pack>,
    current: Arc<Mutex<Option<String>>>,
}

impl Thread {
    fn run(mut self, mut work: mpsc::Receiver<Put>) {
        while let Some(first) = work.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP {
                match work.try_recv() {
                    Ok(next) => group.push(next),
                    Err(_) => break,
                }
            }
            self.write_group(group);
        }
    }

    fn write_group(&mut self, group: Vec<Put>) {
        match self.append(&group) {
            Ok(places) => {
                for (put, place) in group.into_iter().zip(places) {
                    let _ = put.reply.send(Ok(place));
                }
            }
            Err(e) => {
                // What the end of this pack looks like is not known any more: it is never written to again.
                self.replace(None);
                for put in group {
                    let _ = put.reply.send(Err(Error::io("write a pack", &e)));
                }
            }
        }
    }

    fn append(&mut self, group: &[Put]) -> std::io::Result<Vec<Packed>> {
        if self.pack.as_ref().is_none_or(|pack| pack.length >= PACK_BYTES)
            && let Some(first) = group.first()
        {
            self.create(first.pack)?;
        }
        let pack = self.pack.as_mut().ok_or_else(|| std::io::Error::other("no pack"))?;
        let mut buffer = Vec::with_capacity(group.iter().map(|p| p.bytes.len() + HEADER as usize).sum());
        let mut places = Vec::with_capacity(group.len());
        for put in group {
            buffer.extend_from_slice(MAGIC);
            buffer.extend_from_slice(put.key.uuid().as_bytes());
            buffer.extend_from_slice(&put.sha256);
            buffer.extend_from_slice(&(put.bytes.len() as u64).to_le_bytes());
            places.push(Packed { pack: pack.name.clone(), offset: pack.length + buffer.len() as u64 });
            buffer.extend_from_slice(&put.bytes);
        }
        pack.file.write_all(&buffer)?;
        pack.file.sync_data()?;
        pack.length += buffer.len() as u64;
        Ok(places)
    }

    fn create(&mut self, name: BlobKey) -> std::io::Result<()> {
        let name = name.to_string();
        // Announced before it exists, so that the collector never takes a new pack for a closed one.
        self.replace(None);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.clone());
        let file = File::options().append(true).create_new(true).open(self.folder.join(format!("{name}.pack")))?;
        super::store::sync_folder(&self.folder)?;
        self.replace(Some(Pack { name, file, length: 0 }));
        Ok(())
    }

    fn replace(&mut self, pack: Option<Pack>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = pack.as_ref().map(|p| p.name.clone());
        self.pack = pack;
    }
}

/// Length of a pack, and when its newest readable content was staged (the pack's own time when it has none).
pub(super) fn extent(path: &Path) -> std::io::Result<(u64, Timestamp)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let name = path.file_stem().and_then(|n| n.to_str()).and_then(|n| n.parse::<BlobKey>().ok());
    let mut newest = name.map_or(Timestamp::from_micros(0), staged_at);
    let mut at = 0_u64;
    let mut header = [0; HEADER as usize];
    while at + HEADER <= length {
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut header)?;
        let (Some(rest), Some(key)) = (header.strip_prefix(MAGIC.as_slice()), header.get(4..20)) else { break };
        let mut id = [0; 16];
        id.copy_from_slice(key);
        newest = newest.max(staged_at(BlobKey::from_uuid(uuid::Uuid::from_bytes(id))));
        let mut size = [0; 8];
        size.copy_from_slice(&rest[48..56]);
        at = at.saturating_add(HEADER).saturating_add(u64::from_le_bytes(size));
    }
    Ok((length, newest))
}
