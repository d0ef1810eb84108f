//! Two and three servers on this machine: introduced, sending to each other over real connections, attacked and interrupted.
#![allow(clippy::unwrap_used)]

mod deliver;
mod introduce;
mod trust;
mod world;
