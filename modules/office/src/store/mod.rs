//! The office's tables; one file a family. Nothing here decides: the rules do.

pub mod commands;
pub mod directives;
pub mod files;
pub mod incoming;
pub mod incoming_lists;
pub mod links;
pub mod lists;
pub mod outgoing;
pub mod readers;
pub mod registers;
pub mod revisions;
pub mod routes;
pub mod signing_requests;

use platform::{Error, Migration, Result};

/// The office's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "office",
        number: 1,
        name: "registers",
        sql: include_str!("../../migrations/0001_registers.sql"),
    },
    Migration {
        module: "office",
        number: 2,
        name: "outgoing",
        sql: include_str!("../../migrations/0002_outgoing.sql"),
    },
    Migration {
        module: "office",
        number: 3,
        name: "incoming",
        sql: include_str!("../../migrations/0003_incoming.sql"),
    },
    Migration {
        module: "office",
        number: 4,
        name: "register_versions",
        sql: include_str!("../../migrations/0004_register_versions.sql"),
    },
    Migration {
        module: "office",
        number: 5,
        name: "counted_lists",
        sql: include_str!("../../migrations/0005_counted_lists.sql"),
    },
];

/// Reads a stable word out of a column; a word nobody knows is a defect of the data.
pub(crate) fn word<T>(parse: impl Fn(&str) -> Option<T>, text: &str) -> Result<T> {
    parse(text).ok_or_else(|| Error::Fault(format!("unknown word in the database: {text}")))
}

/// Fails when a guarded update changed nothing: somebody acted first.
pub(crate) fn changed_one(changed: u64, what: &str) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(Error::Conflict(format!("{what} was changed meanwhile"))) }
}
