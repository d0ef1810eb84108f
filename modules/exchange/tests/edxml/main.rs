//! Tests of the edXML codec: samples, round trips, every kind of bad input, bounds.
#![allow(clippy::unwrap_used)]

mod samples;
mod support;
