//! Everything with I/O that the modules share: database, ledger, directory, accounts, files, keys, search, jobs, notices.

pub mod access;
pub mod accounts;
pub mod backup;
pub mod blobs;
pub mod component;
pub mod config;
pub mod db;
pub mod directory;
pub mod error;
pub mod jobs;
pub mod ledger;
pub mod notify;
pub mod outbound;
#[path = "platform.rs"]
mod platform_;
pub mod practice;
pub mod relocation;
pub mod search;
pub mod signing;
pub mod storage;
pub mod telemetry;

pub use component::Component;
pub use config::Config;
pub use db::{Db, Migration, Row, Tx, Value};
pub use error::{Error, Result};
pub use platform_::{Platform, random_bytes};
pub use storage::Storage;
