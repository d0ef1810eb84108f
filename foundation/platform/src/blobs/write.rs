//! Writing a content: hashed on the way, bounded in memory, durable before anything names it.

use super::store::{Location, PuttingSmall};
use super::{BlobKey, Blobs, ContentHash, io_error, refusals, staged_at};
use crate::error::{Error, Result};
use base::{Refusal, Timestamp};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

/// Contents below this size go into packs; also the most that a writer holds in memory.
pub(super) const SMALL: usize = 1 << 20;

/// A content that is durable but not yet named by a transaction; collected after a grace period when it never is.
/// A form that comes back keeps it sealed in itself (see `signing::Signing::wrap`), never in clear.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct StagedBlob {
    /// Its SHA-256.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// When it was staged.
    pub staged_at: Timestamp,
    pub(super) location: Location,
}

/// A content that is being written; dropped before [`BlobWriter::finish`], it leaves nothing behind.
pub struct BlobWriter {
    blobs: Blobs,
    limit: Option<u64>,
    hash: Sha256,
    size: u64,
    buffer: Vec<u8>,
    large: Option<Large>,
}

struct Large {
    key: BlobKey,
    path: PathBuf,
    file: File,
    finished: bool,
}

impl Drop for Large {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl BlobWriter {
    pub(super) fn new(blobs: Blobs, limit: Option<u64>) -> Self {
        Self { blobs, limit, hash: Sha256::new(), size: 0, buffer: Vec::new(), large: None }
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes; refused with `platform.blob.too-large` beyond the limit.
    pub async fn write(&mut self, mut chunk: &[u8]) -> Result<()> {
        self.size += chunk.len() as u64;
        if let Some(limit) = self.limit.filter(|limit| self.size > *limit) {
            return Err(Refusal::new(&refusals::TOO_LARGE).with("limit", limit).into());
        }
        self.hash.update(chunk);
        while !chunk.is_empty() {
            let (now, later) = chunk.split_at(chunk.len().min(SMALL - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            chunk = later;
            if self.buffer.len() == SMALL {
                self.spill().await?;
            }
        }
        Ok(())
    }

    /// Hands the buffer to a thread that may wait for the disk.
    async fn spill(&mut self) -> Result<()> {
        let blobs = self.blobs.clone();
        let large = self.large.take();
        let buffer = std::mem::take(&mut self.buffer);
        let work = move || {
            let mut large = match large {
                Some(large) => large,
                None => {
                    let key = blobs.new_key();
                    let (file, path) = blobs.inner.store.create_large(key)?;
                    Large { key, path, file, finished: false }
                }
            };
            large.file.write_all(&buffer).map_err(|e| io_error("write a file", e))?;
            let mut buffer = buffer;
            buffer.clear();
            Ok::<_, Error>((large, buffer))
        };
        let (large, buffer) =
            tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("write a file", e))??;
        self.large = Some(large);
        self.buffer = buffer;
        Ok(())
    }

    /// Makes the content durable (file and folder synced).
    pub async fn finish(self) -> Result<StagedBlob> {
        self.hand_over().await?.durable().await
    }

    /// Hands a small content over without waiting for the disk, so that several can share one flush.
    pub async fn hand_over(mut self) -> Result<Unflushed> {
        if self.large.is_some() && !self.buffer.is_empty() {
            self.spill().await?;
        }
        let sha256: [u8; 32] = self.hash.clone().finalize().into();
        let place = match self.large.take() {
            Some(mut large) => {
                let blobs = self.blobs.clone();
                let work = move || {
                    blobs.inner.store.finish_large(&large.file, &large.path)?;
                    large.finished = true;
                    Ok::<_, Error>(Location { key: large.key, pack: None })
                };
                Place::Durable(tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("sync a file", e))??)
            }
            None => {
                let bytes = Bytes::from(std::mem::take(&mut self.buffer));
                let (key, pack) = (self.blobs.new_key(), self.blobs.new_key());
                Place::Putting(self.blobs.inner.store.put_small(key, pack, sha256, bytes).await?)
            }
        };
        Ok(Unflushed { sha256: ContentHash(sha256), size: self.size, place })
    }
}

/// A whole content that may not be durable yet.
pub struct Unflushed {
    sha256: ContentHash,
    size: u64,
    place: Place,
}

enum Place {
    Durable(Location),
    Putting(PuttingSmall),
}

impl Unflushed {
    /// Waits until it is durable.
    pub async fn durable(self) -> Result<StagedBlob> {
        let location = match self.place {
            Place::Durable(location) => location,
            Place::Putting(putting) => putting.durable().await?,
        };
        let staged_at = staged_at(location.key);
        Ok(StagedBlob { sha256: self.sha256, size: self.size, staged_at, location })
    }
}
