//! XML signatures and ASiC containers: made here and judged by other programs, made by others and judged here, and the
//! attacks that must not pass.
#![allow(clippy::unwrap_used)]

#[path = "../pki/mod.rs"]
mod pki;

mod attacks;
mod canonical;
mod containers;
mod made;
mod others;
mod properties;
mod support;
