//! The assembled platform that every use case is handed.

use crate::component::Component;
use crate::db::Db;
use base::{Clock, Random, Timestamp};
use std::sync::Arc;

/// Where things lie and how they behave.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder.
    pub data_dir: std::path::PathBuf,
    /// `None`: SQLite in the data folder; otherwise a `postgres://` URL.
    pub database: Option<String>,
    /// The file with the master key, outside the data folder.
    pub master_key: std::path::PathBuf,
}

/// The assembled platform; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Clock,
    random: Random,
    config: Config,
    components: Vec<Component>,
}

impl Platform {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
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
