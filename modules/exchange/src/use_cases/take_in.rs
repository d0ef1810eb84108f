//! Taking a package in: the body is hashed, parsed and written to the blob store while it arrives; nothing of it counts
//! until the accepting transaction, and what is never named by one is collected.

use crate::edxml::{self, Message, Piece, ReadError, Reader};
use crate::refusals;
use base::{Refusal, Text};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use platform::blobs::{BlobWriter, StagedBlob, Unflushed};
use platform::{Error, Platform};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// Files that may wait for the disk together, each of at most a megabyte.
const UNFLUSHED: usize = 8;

/// A body that arrived whole.
pub struct Taken {
    /// The bytes as they came.
    pub raw: StagedBlob,
    /// What they say.
    pub message: Message,
    /// The files, in the order of the attachment block.
    pub files: Vec<StagedBlob>,
}

/// Why nothing was taken.
pub enum NotTaken {
    /// The body arrived whole and cannot be accepted: the refusal, and the hex SHA-256 of what came.
    Wrong(Box<Refusal>, String),
    /// It did not arrive whole, or the trouble is ours: no receipt can be given.
    Broken(Error),
}

impl From<Error> for NotTaken {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Reads a body of at most `limit` bytes. `E`: why the connection ended early.
pub async fn take_in<E>(
    platform: &Platform,
    body: impl Stream<Item = Result<Bytes, E>>,
    limit: u64,
) -> Result<Taken, NotTaken> {
    let mut body = std::pin::pin!(body);
    let limits = edxml::Limits { message_bytes: limit, ..edxml::Limits::default() };
    let mut intake = Intake {
        platform,
        reader: Some(Reader::new(limits, None)),
        raw: Some(platform.blobs().writer(Some(limit))),
        writer: None,
        files: Vec::new(),
        unflushed: VecDeque::new(),
        refused: None,
    };
    let mut hash = Sha256::new();
    let mut size: u64 = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| truncated())?;
        size += chunk.len() as u64;
        if size > limit {
            return Err(NotTaken::Broken(too_large(limit).into()));
        }
        hash.update(&chunk);
        intake.take(&chunk).await?;
    }
    let sha256 = hex::encode(hash.finalize());
    if size == 0 {
        return Err(NotTaken::Broken(Refusal::new(&refusals::PACKAGE_EMPTY).into()));
    }
    intake.finish(sha256).await
}

/// The refusal of a body that ended early.
fn truncated() -> Error {
    Refusal::new(&refusals::PACKAGE_TRUNCATED).into()
}

/// The refusal of a body above `limit` bytes.
pub fn too_large(limit: u64) -> Refusal {
    let shown = format!("{} MB", limit >> 20);
    Refusal::new(&refusals::PACKAGE_TOO_LARGE)
        .with("limit", &shown)
        .field("body", Text::new(format!("Tối đa {shown}."), format!("At most {shown}.")))
}

struct Intake<'a> {
    platform: &'a Platform,
    reader: Option<Reader>,
    raw: Option<BlobWriter>,
    writer: Option<BlobWriter>,
    files: Vec<StagedBlob>,
    unflushed: VecDeque<Unflushed>,
    refused: Option<Box<Refusal>>,
}

impl Intake<'_> {
    /// Takes one chunk. After a refusal the rest is only hashed, so that the receipt can name what came.
    async fn take(&mut self, chunk: &Bytes) -> Result<(), NotTaken> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        if let Some(raw) = &mut self.raw {
            raw.write(chunk).await?;
        }
        let mut input = &chunk[..];
        loop {
            match reader.next(&mut input) {
                Ok(Piece::More) => return Ok(()),
                Ok(Piece::Start(_)) => self.writer = Some(self.platform.blobs().writer(None)),
                Ok(Piece::Data(bytes)) => {
                    if let Some(writer) = &mut self.writer {
                        writer.write(&bytes).await?;
                    }
                }
                Ok(Piece::End(_)) => {
                    if let Some(writer) = self.writer.take() {
                        self.unflushed.push_back(writer.hand_over().await?);
                    }
                    if self.unflushed.len() > UNFLUSHED
                        && let Some(first) = self.unflushed.pop_front()
                    {
                        self.files.push(first.durable().await?);
                    }
                }
                Err(ReadError::Refused(refusal)) => {
                    self.refused = Some(refusal);
                    (self.reader, self.raw, self.writer) = (None, None, None);
                    return Ok(());
                }
                Err(error) => return Err(NotTaken::Broken(error.into())),
            }
        }
    }

    async fn finish(self, sha256: String) -> Result<Taken, NotTaken> {
        if let Some(refusal) = self.refused {
            return Err(NotTaken::Wrong(refusal, sha256));
        }
        let (Some(reader), Some(raw)) = (self.reader, self.raw) else {
            return Err(NotTaken::Broken(Error::Fault("an intake without a reader".into())));
        };
        match reader.finish() {
            Ok(message) => {
                // Handed over together, the package and its files share one flush.
                let raw = raw.hand_over().await?;
                let mut files = self.files;
                for file in self.unflushed {
                    files.push(file.durable().await?);
                }
                Ok(Taken { raw: raw.durable().await?, message, files })
            }
            Err(ReadError::Refused(refusal)) => Err(NotTaken::Wrong(refusal, sha256)),
            Err(error) => Err(NotTaken::Broken(error.into())),
        }
    }
}
