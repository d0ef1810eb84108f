//! The database layer on both engines.

mod backup;
mod conformance;
mod failure;
