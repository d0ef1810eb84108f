//! The database layer on both engines.

mod conformance;
mod failure;
