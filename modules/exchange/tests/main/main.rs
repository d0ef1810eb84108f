//! The exchange on both engines: submitting, delivering, reporting, accepting from outside.
#![allow(clippy::unwrap_used)]

mod accept;
mod bad_input;
mod calls;
mod http;
mod schemas;
mod world;
