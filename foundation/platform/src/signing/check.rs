//! Verifies the signatures of any file from anywhere: the format is told by the content, the trust list is the operators', and the work is done off the async threads.

use super::online;
use super::refusals::{CHECK_TOO_LARGE, FORMAT_UNKNOWN};
use super::trust::trust_list;
use crate::Platform;
use crate::blobs::ContentHash;
use crate::error::{Error, Result};
use base::{Refusal, Timestamp};
use sha2::{Digest as _, Sha256};
use signatures::file::{self, Unreadable};
use signatures::{Context, Reason, Report, RevocationRule, Severity, SignatureReport, TrustKind, asic, pdf, reasons};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};

/// Verifies a file as of now. `content` is what a detached signature signs; other formats ignore it. Refused with
/// `platform.signing.format-unknown` when the file is of no format with signatures that can be judged.
pub async fn check<R>(platform: &Platform, mut file: R, content: Option<R>) -> Result<Report>
where
    R: Read + Seek + Send + 'static,
{
    let own = platform.signing().authority_certificate().to_vec();
    let trust = platform.db().read(move |tx| trust_list(tx, &own)).await?;
    let carried = move || {
        // What cannot be read carries no certificate; the verdict then says why.
        let found = file::certificates(&mut file).unwrap_or_default();
        (found, file)
    };
    let spawned = |e: tokio::task::JoinError| Error::fault("verify signatures", e);
    let (found, file) = tokio::task::spawn_blocking(carried).await.map_err(spawned)?;
    let mut context = Context::new(platform.now(), trust);
    context.evidence = online::evidence(platform, &found, &context.trust).await;
    let work = move || judge(file, content, context);
    tokio::task::spawn_blocking(work).await.map_err(spawned)?
}

/// Verifies a file of the store as of now.
pub async fn check_blob(platform: &Platform, sha256: ContentHash) -> Result<Report> {
    let mut reader = platform.blobs().open(sha256).await?;
    let mut spool = Spool::new(u64::MAX)?;
    while let Some(bytes) = reader.chunk().await? {
        spool.write(bytes.to_vec()).await?;
    }
    check(platform, spool.finish()?.file, None).await
}

fn reading(e: io::Error) -> Error {
    Error::fault("read a file with signatures", e)
}

fn judge<R: Read + Seek>(mut file: R, mut content: Option<R>, mut context: Context) -> Result<Report> {
    let mut once = |context: &Context| {
        file.seek(SeekFrom::Start(0)).map_err(reading)?;
        if let Some(content) = &mut content {
            content.seek(SeekFrom::Start(0)).map_err(reading)?;
        }
        let beside = content.as_mut().map(|content| content as &mut dyn Read);
        match file::verify(&mut file, beside, context) {
            Ok(report) => Ok(report),
            Err(Unreadable::Unknown) => Err(Refusal::new(&FORMAT_UNKNOWN).into()),
            Err(
                Unreadable::Read(e) | Unreadable::Pdf(pdf::Error::Read(e)) | Unreadable::Asic(asic::Error::Read(e)),
            ) => Err(reading(e)),
            Err(other) => Ok(unreadable(&other.text(), context.at)),
        }
    };
    let strict = once(&context)?;
    if !strict.signatures.iter().any(without_list) {
        return Ok(strict);
    }
    // This server's authority and those of peers publish no revocation lists: for what leads to them alone, an unknown
    // revocation is a warning, never for the signatures beside them.
    context.revocation = RevocationRule::IfKnown;
    let lenient = once(&context)?;
    let pairs = strict.signatures.into_iter().zip(lenient.signatures);
    let signatures = pairs.map(|(strict, lenient)| if without_list(&strict) { lenient } else { strict }).collect();
    Ok(Report::new(strict.at, signatures, strict.reasons))
}

fn without_list(signature: &SignatureReport) -> bool {
    matches!(signature.path.trust, Some(TrustKind::Own | TrustKind::Peer))
}

/// A file that cannot be read well enough to judge it is no proof of anything, of forgery no more than of worth.
fn unreadable(why: &base::Text, at: Timestamp) -> Report {
    let reason = Reason::new(&reasons::MALFORMED).with_text("why", why).weighing(Severity::Unknown);
    Report::new(at, Vec::new(), vec![reason])
}

/// A file that only passes through: written to a nameless temporary file, which is gone when it is dropped.
#[derive(Debug)]
pub struct Spool {
    file: File,
    hash: Sha256,
    size: u64,
    limit: u64,
}

/// A file that passed through, at its start.
#[derive(Debug)]
pub struct Spooled {
    /// Its bytes.
    pub file: File,
    /// Its SHA-256.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
}

impl Spool {
    /// An empty one that takes at most `limit` bytes.
    pub fn new(limit: u64) -> Result<Self> {
        let file = tempfile::tempfile().map_err(|e| Error::fault("make a temporary file", e))?;
        Ok(Self { file, hash: Sha256::new(), size: 0, limit })
    }

    /// Adds bytes; refused with `platform.signing.check-too-large` beyond the limit.
    pub async fn write(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(Refusal::new(&CHECK_TOO_LARGE).with("limit", self.limit >> 20).into());
        }
        self.hash.update(&bytes);
        let mut file = self.file.try_clone().map_err(|e| Error::fault("write a temporary file", e))?;
        let work = move || file.write_all(&bytes);
        let written = tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("write a temporary file", e))?;
        written.map_err(|e| Error::fault("write a temporary file", e))
    }

    /// Ends it.
    pub fn finish(mut self) -> Result<Spooled> {
        self.file.seek(SeekFrom::Start(0)).map_err(reading)?;
        Ok(Spooled { file: self.file, sha256: ContentHash(self.hash.finalize().into()), size: self.size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_spool_takes_no_more_than_its_limit() {
        let mut spool = Spool::new(4).unwrap();
        spool.write(b"abcd".to_vec()).await.unwrap();
        assert!(matches!(spool.write(b"e".to_vec()).await, Err(Error::Refused(_))));
        let mut spool = Spool::new(4).unwrap();
        spool.write(b"ab".to_vec()).await.unwrap();
        spool.write(b"c".to_vec()).await.unwrap();
        let mut done = spool.finish().unwrap();
        let mut text = String::new();
        done.file.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), done.size, done.sha256), ("abc", 3, ContentHash::of(b"abc")));
    }
}
