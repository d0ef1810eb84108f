//! The core against the `openssl` command, both ways, and against forgers.

mod pki;

#[path = "core/attacks.rs"]
mod attacks;
#[path = "core/made.rs"]
mod made;
#[path = "core/malformed.rs"]
mod malformed;
#[path = "core/people.rs"]
mod people;
#[path = "core/read.rs"]
mod read;
#[path = "core/revoked.rs"]
mod revoked;
#[path = "core/stamped.rs"]
mod stamped;
