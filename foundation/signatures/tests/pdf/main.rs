//! PDF signatures: made here and judged by other tools, made by other tools and judged here, and the attacks that must
//! not pass.
#![allow(clippy::unwrap_used)]

#[path = "../pki/mod.rs"]
mod pki;

mod attacks;
mod create;
mod decree;
mod interop;
mod large;
mod structure;
mod support;
mod verdict;
