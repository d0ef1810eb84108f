//! The ledger on both engines.

mod append;
pub mod paper;
mod proof;
mod reactions;
mod sequence;
mod tamper;
