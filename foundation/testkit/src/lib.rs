//! What tests stand on: both database engines, a clock that stands still, repeatable randomness, made packages.

mod database;
mod folder;
pub mod machine;
mod mail;
mod platform;
mod postgres;
mod proxy;
mod sample;

pub use crate::platform::{TestPlatform, on_each_platform};
pub use database::{TestDb, on_each_database, sixteen_at_once};
pub use folder::temporary_folder;
pub use mail::{Mail, MailSink};
pub use postgres::Scratch;
pub use proxy::{Cut, Proxy};
pub use sample::SamplePackage;

use base::Timestamp;

/// The moment at which every test begins: Monday 23 November 2026, 08:00 in Vietnam.
pub const START: Timestamp = Timestamp::from_micros(1_795_395_600_000_000);
