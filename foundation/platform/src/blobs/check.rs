//! Verification: every content read to the end and compared with its hash, every reference led to a content.

use super::{Blobs, ContentHash};
use crate::error::{Error, Result};
use base::Text;

/// Contents looked up at a time.
const PAGE: i64 = 500;

/// What verification found.
#[derive(Debug, Clone, Default)]
pub struct BlobCheck {
    /// Contents read to the end.
    pub checked: u64,
    /// What is damaged or missing.
    pub findings: Vec<Text>,
}

impl Blobs {
    /// Reads every content and names the damaged and the missing ones. Takes as long as reading the whole store.
    pub async fn check(&self) -> Result<BlobCheck> {
        let mut report = BlobCheck::default();
        let mut after = String::new();
        loop {
            let from = after.clone();
            let page = self.inner.db.read(move |tx| {
                let rows = tx.query(
                    "SELECT sha256 FROM blob_object WHERE sha256 > $1 ORDER BY sha256 LIMIT $2",
                    &[&from, &PAGE],
                )?;
                rows.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>>>()
            });
            let page = page.await?;
            let Some(last) = page.last() else { return Ok(report) };
            after.clone_from(last);
            for sha256 in &page {
                let hash: ContentHash = sha256.parse().map_err(|e| Error::fault("read a content's hash", e))?;
                match self.is_whole(hash).await {
                    Ok(true) => report.checked += 1,
                    // Collected since the page was read: nothing refers to it any more.
                    Err(Error::NotFound(_)) => {}
                    _ => report.findings.push(Text::new(
                        format!("Tệp {sha256}: mất hoặc bị sửa"),
                        format!("File {sha256}: missing or altered"),
                    )),
                }
            }
        }
    }

    /// Reads a content to the end: whether its bytes are there and unaltered. `NotFound` when nothing is known of it.
    pub async fn is_whole(&self, hash: ContentHash) -> Result<bool> {
        match self.read_through(hash).await {
            Ok(()) => Ok(true),
            Err(Error::Fault(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    async fn read_through(&self, hash: ContentHash) -> Result<()> {
        let mut reader = self.open_quarantined(hash).await?;
        while reader.chunk().await?.is_some() {}
        Ok(())
    }
}
