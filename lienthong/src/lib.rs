//! The binary's parts: arguments, assembly, commands, the server, the demo.

pub mod assembly;
pub mod cli;
pub mod commands;
pub mod control;
pub mod demo;
pub mod serve;
#[cfg(test)]
mod serve_attacks;

/// Half a dozen threads hand small values to each other for every package: the C library's allocator costs a tenth of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
