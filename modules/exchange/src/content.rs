//! The bytes of a package: as they came, or written as edXML when the document started here.

use crate::edxml::{Packaging, WriteError, Writer};
use crate::model::{PackageId, PackageRecord};
use crate::store;
use crate::wire;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use platform::blobs::ContentHash;
use platform::{Error, Platform, Result};
use std::io;
use std::pin::Pin;

/// A stream of bytes for a response or a request to another server.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The bytes of a package and their number, when it is known beforehand.
pub struct Content {
    /// Bytes in all; `None` when the package is written while it is sent.
    pub size: Option<u64>,
    /// The bytes.
    pub stream: ByteStream,
}

/// Opens the edXML of a package, in memory that does not grow with it.
pub async fn content(platform: &Platform, id: PackageId) -> Result<Content> {
    let (record, files) = platform
        .db()
        .read(move |tx| Ok((store::packages::package_get(tx, id)?, store::attachments::attachment_list(tx, id)?)))
        .await?;
    if let Some(sha256) = &record.sha256 {
        let hash: ContentHash = sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
        let reader = platform.blobs().open(hash).await?;
        return Ok(Content { size: Some(reader.size()), stream: Box::pin(reader.into_stream()) });
    }
    let mut package = wire::to_package(&record.header, &files, &record.signatures);
    prepare(&mut package, &record);
    let (sender, receiver) = tokio::sync::mpsc::channel::<io::Result<Bytes>>(4);
    let platform = platform.clone();
    tokio::spawn(async move {
        if let Err(error) = write(&platform, &package, &sender).await {
            // The receiver may be gone; then nobody is left to be told.
            let _ = sender.send(Err(io::Error::other(error.to_string()))).await;
        }
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    // The compression of a response asks again after the end.
    Ok(Content { size: None, stream: Box::pin(stream.fuse()) })
}

/// The hop of this server, stamped with the moment of acceptance so that the bytes are the same every time.
fn prepare(package: &mut crate::edxml::Package, record: &PackageRecord) {
    wire::add_hop(package, &record.header.from.code, record.accepted_at);
    for attachment in &mut package.attachments {
        if attachment.packaging == Packaging::Raw {
            attachment.packaging = Packaging::zip(&attachment.content_id, &attachment.name);
        }
    }
}

async fn write(
    platform: &Platform,
    package: &crate::edxml::Package,
    sender: &tokio::sync::mpsc::Sender<io::Result<Bytes>>,
) -> Result<()> {
    let failed = |e: WriteError| Error::fault("writing a package", e);
    let mut writer = Writer::new(package).map_err(failed)?;
    let mut out = Vec::new();
    for attachment in &package.attachments {
        let hash: ContentHash = attachment.sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
        let mut reader = platform.blobs().open(hash).await?;
        while let Some(chunk) = reader.chunk().await? {
            writer.content(&chunk, &mut out).map_err(failed)?;
            if !send(sender, &mut out).await {
                return Ok(());
            }
        }
        writer.end_of_content(&mut out).map_err(failed)?;
    }
    writer.finish(&mut out).map_err(failed)?;
    send(sender, &mut out).await;
    Ok(())
}

/// Hands on what was written; `false` when nobody reads any more.
async fn send(sender: &tokio::sync::mpsc::Sender<io::Result<Bytes>>, out: &mut Vec<u8>) -> bool {
    if out.is_empty() {
        return true;
    }
    sender.send(Ok(Bytes::from(std::mem::take(out)))).await.is_ok()
}
