//! Tables taken from the law and properties of the pure words.
#![allow(clippy::unwrap_used)]

mod agency_code;
mod fold;
