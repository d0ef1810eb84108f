//! Accounts: how a person or an outside system proves who it is, and the sessions that follow.

mod model;

pub use model::{Account, AccountId, ActingChoice, Preferences, Session, SessionId, System, SystemId, Theme, Visit};

use crate::db::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "accounts",
    number: 1,
    name: "accounts, sessions, links, throttling, systems",
    sql: include_str!("../../migrations/accounts/0001_accounts.sql"),
}];
