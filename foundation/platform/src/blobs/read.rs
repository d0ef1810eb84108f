//! Reading a content; the hash is checked before the last bytes are handed out.

use super::references::Object;
use super::{ContentHash, io_error};
use crate::error::{Error, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Read as _;

const CHUNK: usize = 256 << 10;

/// A content that is being read; the hash is checked before the last bytes are handed out.
pub struct BlobReader {
    file: File,
    hash: Sha256,
    left: u64,
    size: u64,
    sha256: ContentHash,
    ended: bool,
}

impl BlobReader {
    pub(super) fn new(object: &Object, file: File) -> Self {
        Self { file, hash: Sha256::new(), left: object.size, size: object.size, sha256: object.sha256, ended: false }
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next bytes; `None` at the end, a `Fault` in place of the last bytes when some are missing or the hash does not match.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            if !self.ended {
                self.check()?;
            }
            return Ok(None);
        }
        let mut file = self.file.try_clone().map_err(|e| io_error("read a file", e))?;
        let wanted = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
        let work = move || {
            let mut buffer = vec![0; wanted];
            file.read_exact(&mut buffer).map(|()| buffer)
        };
        let read = tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("read a file", e))?;
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Err(self.damaged()),
            Err(e) => return Err(io_error("read a file", e)),
        };
        self.hash.update(&bytes);
        self.left -= bytes.len() as u64;
        // Before the last bytes leave: whoever counts bytes would take the content for whole with them.
        if self.left == 0 {
            self.check()?;
        }
        Ok(Some(bytes.into()))
    }

    fn check(&mut self) -> Result<()> {
        self.ended = true;
        let found: [u8; 32] = std::mem::take(&mut self.hash).finalize().into();
        if found == self.sha256.0 { Ok(()) } else { Err(self.damaged()) }
    }

    /// The bytes as a stream, e.g. for a response body; a damaged content ends in an error. It may be asked again
    /// after its end, as the compression of a response does.
    pub fn into_stream(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        futures_util::stream::unfold(Some(self), async |reader| {
            let mut reader = reader?;
            match reader.chunk().await {
                Ok(Some(bytes)) => Some((Ok(bytes), Some(reader))),
                Ok(None) => None,
                Err(e) => Some((Err(std::io::Error::other(e.to_string())), None)),
            }
        })
        .fuse()
    }

    /// All bytes, at most `limit`.
    pub async fn read_to_end(mut self, limit: u64) -> Result<Vec<u8>> {
        if self.size > limit {
            return Err(base::Refusal::new(&super::refusals::TOO_LARGE).with("limit", limit).into());
        }
        let mut out = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        while let Some(bytes) = self.chunk().await? {
            out.extend_from_slice(&bytes);
        }
        Ok(out)
    }

    fn damaged(&self) -> Error {
        Error::Fault(format!("the content {} is damaged", self.sha256))
    }
}
