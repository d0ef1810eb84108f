//! Judging the signatures of a file by this server's trust list, with what the authorities answer now.

use super::{online, refusals::UNREADABLE, trust};
use crate::Platform;
use crate::blobs::ContentHash;
use crate::error::{Error, Result};
use base::{Lang, Refusal};
use signatures::{Context, Report, RevocationRule, file};
use std::fs::File;
use std::io::{BufReader, Read, Seek as _, Write as _};

/// Judges every signature of a file, whatever its format; `content` is what a detached signature covers.
///
/// Certificates of this server and of introduced ones have no revocation service, so revocation counts where it is known.
/// Errors: the refusal `platform.signing.unreadable` when the file carries no signatures in a format that is read here.
pub async fn check(platform: &Platform, file: File, content: Option<File>) -> Result<Report> {
    let own = platform.signing().authority_certificate().to_vec();
    let list = platform.db().read(move |tx| trust::trust_list(tx, &own)).await?;
    let (found, file) = blocking(move || {
        let mut file = file;
        let found = file::certificates(BufReader::new(&mut file)).map_err(unreadable)?;
        file.rewind().map_err(|e| Error::io("reading a file", &e))?;
        Ok((found, file))
    })
    .await?;
    let mut context = Context::new(platform.now(), list);
    context.revocation = RevocationRule::IfKnown;
    context.evidence = online::evidence(platform, &found, &context.trust).await;
    blocking(move || {
        let mut content = content;
        let content = content.as_mut().map(|file| file as &mut dyn Read);
        file::verify(BufReader::new(file), content, &context).map_err(unreadable)
    })
    .await
}

/// The same of a stored content, whose reader has the right to it.
pub async fn check_stored(platform: &Platform, sha256: ContentHash) -> Result<Report> {
    let mut reader = platform.blobs().open(sha256).await?;
    let mut spool = tempfile::tempfile().map_err(|e| Error::io("make room for a file", &e))?;
    while let Some(piece) = reader.chunk().await? {
        spool = blocking(move || {
            spool.write_all(&piece).map_err(|e| Error::io("keep a file for a moment", &e))?;
            Ok(spool)
        })
        .await?;
    }
    spool.rewind().map_err(|e| Error::io("reading a file", &e))?;
    check(platform, spool, None).await
}

/// Why a file cannot be judged, as a refusal.
pub fn unreadable(why: file::Unreadable) -> Error {
    let text = why.text();
    Refusal::new(&UNREADABLE).with("why", text.get(Lang::Vi)).with("why_en", text.get(Lang::En)).into()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault("verify a file", e))?
}
