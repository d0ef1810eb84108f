//! Content-addressed files: written and made durable before the transaction that names them, shared by hash, collected in two phases.

use crate::db::{FromValue, ToValue, Tx, Value};
use crate::error::Result;
use base::{AgencyCode, Timestamp};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The SHA-256 of a content (FIPS 180-4); shown and stored as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(pub [u8; 32]);

/// All content-addressed files of this server; cheap to clone.
#[derive(Clone)]
pub struct Blobs {}

/// A content that is being written: hashed on the way, bounded in memory.
pub struct BlobWriter {}

/// A content that is durable but not yet named by a transaction; collected after a grace period when it never is.
#[derive(Debug, Clone)]
pub struct StagedBlob {
    /// Its SHA-256.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// When it was staged.
    pub staged_at: Timestamp,
}

/// A content that is being read; the hash is checked at the end.
pub struct BlobReader {}

/// Whose copy it is: an agency, and the record there that holds the content.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The agency.
    pub agency: &'a AgencyCode,
    /// Kind of the record, e.g. `office.incoming`.
    pub kind: &'a str,
    /// Its id.
    pub id: &'a str,
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

/// What one run of the collector did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Contents newly found without a reference.
    pub condemned: u64,
    /// Contents whose rows and bytes were removed.
    pub removed: u64,
    /// Files that were staged but never named, removed.
    pub leftovers: u64,
    /// Packs rewritten or removed.
    pub packs: u64,
}

impl Blobs {
    /// Starts writing a content; more than `limit` bytes are refused with `platform.blob.too-large`.
    pub fn writer(&self, _limit: Option<u64>) -> BlobWriter {
        todo!()
    }
    /// Stages a content that is already in memory.
    pub async fn put(&self, _bytes: &[u8]) -> Result<StagedBlob> {
        todo!()
    }
    /// Opens a content for reading; `NotFound`, or refused while in quarantine.
    pub async fn open(&self, _sha256: ContentHash) -> Result<BlobReader> {
        todo!()
    }
    /// Opens a content even in quarantine (for scanners and those who release).
    pub async fn open_quarantined(&self, _sha256: ContentHash) -> Result<BlobReader> {
        todo!()
    }
    /// Reads a whole content of at most `limit` bytes.
    pub async fn read(&self, _sha256: ContentHash, _limit: u64) -> Result<Vec<u8>> {
        todo!()
    }
    /// How many files there are.
    pub async fn counts(&self) -> Result<BlobCounts> {
        todo!()
    }
    /// Collects what nothing refers to.
    pub async fn collect(&self) -> Result<Collected> {
        todo!()
    }
}

impl BlobWriter {
    /// Takes the next bytes.
    pub async fn write(&mut self, _chunk: &[u8]) -> Result<()> {
        todo!()
    }
    /// Makes the content durable (file and folder synced).
    pub async fn finish(self) -> Result<StagedBlob> {
        todo!()
    }
}

impl BlobReader {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        todo!()
    }
    /// The next bytes; `None` at the end, a `Fault` there when the hash does not match.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        todo!()
    }
    /// The bytes as a stream, e.g. for a response body.
    pub fn into_stream(self) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        futures_util::stream::empty()
    }
}

/// Names a staged content in the caller's transaction. The same content attached twice is one object with two references.
pub fn attach(_tx: &Tx<'_>, _now: Timestamp, _staged: &StagedBlob, _owner: Owner<'_>) -> Result<()> {
    todo!()
}
/// Adds a reference to a content that is already here; `NotFound` when it is not.
pub fn attach_existing(_tx: &Tx<'_>, _now: Timestamp, _sha256: ContentHash, _owner: Owner<'_>) -> Result<()> {
    todo!()
}
/// Removes one reference; the content itself goes when no reference is left.
pub fn detach(_tx: &Tx<'_>, _sha256: ContentHash, _owner: Owner<'_>) -> Result<()> {
    todo!()
}
/// Removes every reference of one record.
pub fn detach_all(_tx: &Tx<'_>, _owner: Owner<'_>) -> Result<u64> {
    todo!()
}
/// Whether the agency holds a reference to the content.
pub fn is_held_by(_tx: &Tx<'_>, _sha256: ContentHash, _agency: &AgencyCode) -> Result<bool> {
    todo!()
}
/// Holds a content back with a reason; it cannot be opened until released.
pub fn quarantine(_tx: &Tx<'_>, _sha256: ContentHash, _reason: &str) -> Result<()> {
    todo!()
}
/// Ends a quarantine.
pub fn release(_tx: &Tx<'_>, _sha256: ContentHash) -> Result<()> {
    todo!()
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
impl std::str::FromStr for ContentHash {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| "wanted 64 hexadecimal digits".to_owned())?;
        Ok(Self(bytes))
    }
}
impl TryFrom<String> for ContentHash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}
impl ToValue for ContentHash {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
impl FromValue for ContentHash {
    fn from_value(value: &Value) -> Result<Self, String> {
        String::from_value(value)?.parse()
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}
