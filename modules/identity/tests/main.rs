//! People and organisations over HTTP, on each engine.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "main/administration.rs"]
mod administration;
#[path = "main/calls.rs"]
mod calls;
#[path = "main/door.rs"]
mod door;
#[path = "main/rights.rs"]
mod rights;
#[path = "main/signatures.rs"]
mod signatures;
#[path = "main/world.rs"]
mod world;
