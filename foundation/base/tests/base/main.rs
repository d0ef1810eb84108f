//! Tables taken from the law and properties of the pure words.
#![allow(clippy::unwrap_used)]

mod agency_code;
mod calendar;
mod deadline;
mod document_types;
mod fold;
mod format;
mod geography;
mod prompt;
