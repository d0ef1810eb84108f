//! SQL of the exchange, one file a table family; noun first.

pub mod attachments;
pub mod deliveries;
pub mod packages;
pub mod receipts;
pub mod statuses;

use platform::Migration;

/// The module's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "exchange",
        number: 1,
        name: "packages",
        sql: include_str!("../../migrations/0001_packages.sql"),
    },
    Migration { module: "exchange", number: 2, name: "peers", sql: include_str!("../../migrations/0002_peers.sql") },
    Migration {
        module: "exchange",
        number: 3,
        name: "offered_again",
        sql: include_str!("../../migrations/0003_offered_again.sql"),
    },
    Migration {
        module: "exchange",
        number: 4,
        name: "no_message",
        sql: include_str!("../../migrations/0004_no_message.sql"),
    },
];
