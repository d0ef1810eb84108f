//! Tests of the edXML codec: samples, round trips, every kind of bad input, bounds.
#![allow(clippy::unwrap_used)]

mod attachments;
mod bad_input;
mod fuzzed;
mod round_trip;
mod samples;
mod support;
mod tolerance;
