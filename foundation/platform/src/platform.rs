//! The assembled platform that every use case is handed.

use crate::blobs::Blobs;
use crate::component::Component;
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::signing::Signing;
use crate::telemetry::Metrics;
use base::{Clock, Random, Timestamp};
use std::sync::Arc;

/// The assembled platform; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    blobs: Blobs,
    signing: Signing,
    metrics: Metrics,
    clock: Clock,
    random: Random,
    config: Config,
    components: Vec<Component>,
}

impl Platform {
    /// Opens the data folder (one process only), the master key, the database (migrated), the files and the keys.
    /// The platform's own components are added to those given. Nothing runs in the background yet.
    pub async fn open(_config: Config, _components: Vec<Component>, _clock: Clock, _random: Random) -> Result<Self> {
        todo!()
    }
    /// The platform's own components.
    pub fn assemble_components() -> Vec<Component> {
        Vec::new()
    }
    /// Starts job workers, schedules, the reaction runner and the sequencer.
    pub fn start_background(&self) {
        todo!()
    }
    /// Stops taking work, waits for what is running, closes the database.
    pub async fn shutdown(&self) {
        todo!()
    }
    /// Tells the job workers that there is something to do; call it after the commit.
    pub fn wake_jobs(&self) {}
    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }
    /// The files.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }
    /// The keys.
    pub fn signing(&self) -> &Signing {
        &self.inner.signing
    }
    /// The figures of this process.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }
    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
    /// Randomness.
    pub fn random(&self) -> &Random {
        &self.inner.random
    }
    /// A fresh id.
    pub fn new_id<K>(&self) -> base::Id<K> {
        self.inner.random.id(&self.inner.clock)
    }
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
    /// The rooms it was assembled from.
    pub fn components(&self) -> &[Component] {
        &self.inner.components
    }
}
