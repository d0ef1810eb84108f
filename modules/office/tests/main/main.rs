//! The office on both engines: the outgoing journey, two people at once, double clicks, numbering sixteen at once, refusals.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod each_sixteen;
mod http;
mod incoming;
mod incoming_http;
mod incoming_together;
mod journey;
mod numbering;
mod receiving;
mod refusals;
mod server;
mod setup_http;
mod together;
mod world;
