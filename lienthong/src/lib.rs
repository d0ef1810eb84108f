//! The binary's parts: arguments, assembly, commands, the server, the demo.

pub mod assembly;
pub mod cli;
pub mod commands;
pub mod control;
pub mod demo;
pub mod serve;
