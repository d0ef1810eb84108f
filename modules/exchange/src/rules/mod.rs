//! Pure rules of the exchange: no database, no network, no clock.

pub mod identity;
pub mod manifest;
pub mod secrecy;
pub mod status;
pub mod timeliness;
