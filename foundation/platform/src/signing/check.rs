//! Verifies the signatures of any file from anywhere: the format is told by the content, the trust list is the operators', and the work is done off the async threads.

use super::refusals::{CHECK_TOO_LARGE, FORMAT_UNKNOWN};
use super::trust::trust_list;
use crate::Platform;
use crate::blobs::ContentHash;
use crate::error::{Error, Result};
use base::{Refusal, Timestamp};
use sha2::{Digest as _, Sha256};
use signatures::cms::{self, Content, MAX_CMS, SignedData};
use signatures::{
    Context, Digests, Hasher, Malformed, Reason, Report, RevocationRule, Severity, SignatureReport, TrustKind, pdf,
    reasons,
};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};

/// How many first bytes tell the format.
pub const HEAD: usize = 1024;
const CHUNK: usize = 64 << 10;

/// A format whose signatures can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A PDF (ISO 32000-1).
    Pdf,
    /// A CMS object (RFC 5652), with its content inside or beside it.
    Cms,
}

/// The format, by the first [`HEAD`] bytes: a new format is one line here and one in [`judge`].
pub fn kind_of(head: &[u8]) -> Option<Kind> {
    let head = &head[..head.len().min(HEAD)];
    match head {
        // Readers accept bytes before the header within the first kilobyte (ISO 32000-1 annex H.3).
        _ if head.windows(5).any(|window| window == b"%PDF-") => Some(Kind::Pdf),
        // A sequence that begins with the object identifier of signed data.
        [0x30, ..] if head.iter().take(24).copied().collect::<Vec<_>>().windows(11).any(|window| window == SIGNED) => {
            Some(Kind::Cms)
        }
        _ => None,
    }
}

/// `1.2.840.113549.1.7.2` (RFC 5652 §5.1) in DER.
const SIGNED: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// Verifies a file as of now. `content` is what a detached signature signs; other formats ignore it. Refused with
/// `platform.signing.format-unknown` when the file is of no format with signatures that can be judged.
pub async fn check<R>(platform: &Platform, file: R, content: Option<R>) -> Result<Report>
where
    R: Read + Seek + Send + 'static,
{
    let own = platform.signing().authority_certificate().to_vec();
    let trust = platform.db().read(move |tx| trust_list(tx, &own)).await?;
    let context = Context::new(platform.now(), trust);
    let work = move || judge(file, content, context);
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("verify signatures", e))?
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
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(reading)?;
    let kind = kind_of(&head).ok_or_else(|| Refusal::new(&FORMAT_UNKNOWN))?;
    let mut once = |context: &Context| {
        file.seek(SeekFrom::Start(0)).map_err(reading)?;
        match kind {
            Kind::Pdf => judge_pdf(&mut file, context),
            Kind::Cms => judge_cms(&mut file, content.as_mut(), context),
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

fn judge_pdf<R: Read + Seek>(file: &mut R, context: &Context) -> Result<Report> {
    match pdf::verify(file, context) {
        Ok(report) => Ok(report),
        Err(pdf::Error::Read(e)) => Err(reading(e)),
        Err(other) => Ok(unreadable(&other.text(), context.at)),
    }
}

fn judge_cms<R: Read + Seek>(file: &mut R, content: Option<&mut R>, context: &Context) -> Result<Report> {
    let mut bytes = Vec::new();
    file.by_ref().take(MAX_CMS as u64 + 1).read_to_end(&mut bytes).map_err(reading)?;
    let data = match SignedData::parse(&bytes) {
        Ok(data) => data,
        Err(why) => return Ok(unreadable(&malformed(&why), context.at)),
    };
    drop(bytes);
    let reports = match content {
        // What is inside counts: it is what the signer bound.
        Some(content) if data.content.is_none() => {
            let digests = digested(content, &data)?;
            cms::verify(&data, Content::Digests(&digests), context)
        }
        _ => cms::verify(&data, Content::Attached, context),
    };
    Ok(Report::new(context.at, reports, Vec::new()))
}

fn malformed(why: &Malformed) -> base::Text {
    let words = why.to_string();
    base::Text::new(format!("tệp chữ ký không đúng quy cách ({words})"), words)
}

fn digested<R: Read + Seek>(content: &mut R, data: &SignedData) -> Result<Digests> {
    let mut hashers: Vec<_> = data.digests().into_iter().map(|digest| (digest, Hasher::new(digest))).collect();
    content.seek(SeekFrom::Start(0)).map_err(reading)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = content.read(&mut buffer).map_err(reading)?;
        if read == 0 {
            break;
        }
        for (_, hasher) in &mut hashers {
            hasher.update(&buffer[..read]);
        }
    }
    let made = hashers.into_iter().map(|(digest, hasher)| (digest, hasher.finish()));
    Ok(made.fold(Digests::default(), |all, (digest, value)| all.with(digest, value)))
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

    #[test]
    fn the_content_tells_the_format() {
        assert_eq!(kind_of(b"%PDF-1.7\n"), Some(Kind::Pdf));
        assert_eq!(kind_of(b"\n\n%PDF-1.7\n"), Some(Kind::Pdf));
        let cms = [&[0x30, 0x82, 0x01, 0x00][..], SIGNED].concat();
        assert_eq!(kind_of(&cms), Some(Kind::Cms));
        assert_eq!(kind_of(&[&[0x30, 0x80][..], SIGNED].concat()), Some(Kind::Cms));
        let enveloped = [&[0x30, 0x80][..], &SIGNED[..10], &[0x03]].concat();
        assert_eq!(kind_of(&enveloped), None, "enveloped data is no signature");
        assert_eq!(kind_of(b"PK\x03\x04"), None);
        assert_eq!(kind_of(b""), None);
    }

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
