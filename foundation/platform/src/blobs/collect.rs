//! Collecting what nothing refers to: condemned first, removed after a grace period if it is still not wanted.

use super::references::{self, Object};
use super::store::Location;
use super::{BlobKey, Blobs, ContentHash, packs, staged_at};
use crate::db::Tx;
use crate::error::{Error, Result};
use base::Timestamp;
use bytes::Bytes;

/// Rows looked at in one transaction.
const BATCH: u32 = 500;

/// How one run of the collector goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Seconds between condemning and removing, and for what was staged but never named. Not below a staged content's life.
    pub grace_seconds: i64,
    /// A pack is rewritten when at least this share of it is garbage, percent; 1 rewrites all that hold destroyed contents.
    pub rewrite_from_percent: u64,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { grace_seconds: 24 * 3600, rewrite_from_percent: 50 }
    }
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
    /// Collects what nothing refers to; waits while a backup holds the collector.
    pub async fn collect(&self, sweep: Sweep) -> Result<Collected> {
        let _held = self.inner.collecting.write().await;
        let now = self.inner.clock.now();
        let before = now.plus_seconds(-sweep.grace_seconds.max(references::STAGED_LIFE_SECONDS + 3600));
        // Removing comes first, so that nothing is condemned and removed in one run.
        let removed = self.remove_condemned(before).await?;
        let condemned = self.inner.db.write(move |tx| condemn(tx, now)).await?;
        let leftovers = self.remove_leftovers(before).await?;
        let packs = self.tend_packs(before, sweep.rewrite_from_percent.max(1)).await?;
        Ok(Collected { condemned, removed, leftovers, packs })
    }

    async fn remove_condemned(&self, before: Timestamp) -> Result<u64> {
        let mut removed = 0;
        loop {
            let gone = self.inner.db.write(move |tx| delete_condemned(tx, before)).await?;
            let files: Vec<BlobKey> = gone.iter().filter(|(_, packed)| !packed).map(|(key, _)| *key).collect();
            self.blocking(move |store| files.iter().try_for_each(|key| store.remove_object(*key))).await?;
            removed += gone.len() as u64;
            if gone.len() < BATCH as usize {
                return Ok(removed);
            }
        }
    }

    async fn remove_leftovers(&self, before: Timestamp) -> Result<u64> {
        let keys = self.blocking(|store| store.objects()).await?;
        let mut removed = 0;
        for batch in keys.into_iter().filter(|key| staged_at(*key) < before).collect::<Vec<_>>().chunks(BATCH as usize)
        {
            let batch = batch.to_vec();
            let unnamed = self.inner.db.read(move |tx| unnamed(tx, &batch)).await?;
            removed += unnamed.len() as u64;
            self.blocking(move |store| unnamed.iter().try_for_each(|key| store.remove_object(*key))).await?;
        }
        Ok(removed)
    }

    async fn tend_packs(&self, before: Timestamp, rewrite_from_percent: u64) -> Result<u64> {
        let mut tended = 0;
        for pack in self.blocking(|store| store.sealed_packs()).await? {
            let name = pack.clone();
            let (length, newest) = self.blocking(move |store| store.pack_extent(&name)).await?;
            if newest >= before {
                continue; // Something in it may still be named.
            }
            let name = pack.clone();
            let live = self.inner.db.read(move |tx| references::objects_of_pack(tx, &name)).await?;
            let used: u64 = live.iter().map(|object| object.size + packs::HEADER).sum();
            if !live.is_empty() && length.saturating_sub(used) * 100 < length * rewrite_from_percent {
                continue;
            }
            if let Err(e) = self.rewrite_all(live).await {
                // One damaged content must not keep the other packs from being tended.
                tracing::error!(%pack, error = %e, "a pack could not be rewritten");
                continue;
            }
            // A reader that looked the place up before finds the file gone and looks it up again.
            self.blocking(move |store| store.remove_pack(&pack)).await?;
            tended += 1;
        }
        Ok(tended)
    }

    async fn rewrite_all(&self, live: Vec<Object>) -> Result<()> {
        for object in live {
            self.rewrite(object).await?;
        }
        Ok(())
    }

    /// Copies a content into another pack and points its row there.
    async fn rewrite(&self, object: Object) -> Result<()> {
        let location = object.location.clone();
        let size = object.size;
        let bytes = self.blocking(move |store| store.read_small(&location, size)).await?;
        let bytes = bytes.filter(|bytes| ContentHash::of(bytes) == object.sha256);
        let bytes = bytes.ok_or_else(|| Error::Fault(format!("the content {} is damaged", object.sha256)))?;
        let (key, pack) = (self.new_key(), self.new_key());
        let place = self.inner.store.put_small(key, pack, object.sha256.0, Bytes::from(bytes)).await?.durable().await?;
        self.inner.db.write(move |tx| relocate(tx, &object, &place)).await
    }
}

fn condemn(tx: &Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE blob_object SET condemned_at = $1 WHERE condemned_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM blob_reference r WHERE r.sha256 = blob_object.sha256)",
        &[&now],
    )
}

/// Deletes rows that are still not wanted; attaching clears `condemned_at` in the row itself, so a content that was attached
/// in the meantime is passed over on both engines.
fn delete_condemned(tx: &Tx<'_>, before: Timestamp) -> Result<Vec<(BlobKey, bool)>> {
    let rows = tx.query(
        "DELETE FROM blob_object WHERE condemned_at < $1 AND sha256 IN
           (SELECT sha256 FROM blob_object WHERE condemned_at < $1 ORDER BY condemned_at LIMIT $2)
         AND NOT EXISTS (SELECT 1 FROM blob_reference r WHERE r.sha256 = blob_object.sha256)
         RETURNING key, pack",
        &[&before, &BATCH],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get::<Option<String>>(1)?.is_some()))).collect()
}

fn unnamed(tx: &Tx<'_>, keys: &[BlobKey]) -> Result<Vec<BlobKey>> {
    let mut out = Vec::new();
    for key in keys {
        if tx.query_opt("SELECT 1 FROM blob_object WHERE key = $1", &[key])?.is_none() {
            out.push(*key);
        }
    }
    Ok(out)
}

fn relocate(tx: &Tx<'_>, object: &Object, place: &Location) -> Result<()> {
    let (pack, offset) = place.pack.clone().ok_or_else(|| Error::Fault("a small content outside a pack".into()))?;
    let offset = i64::try_from(offset).map_err(|e| Error::fault("store a place", e))?;
    tx.execute(
        "UPDATE blob_object SET key = $3, pack = $4, pack_offset = $5 WHERE sha256 = $1 AND key = $2",
        &[&object.sha256, &object.location.key, &place.key, &pack, &offset],
    )?;
    Ok(())
}
