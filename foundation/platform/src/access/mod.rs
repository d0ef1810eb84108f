//! Who may do what, where: roles, permissions, the principal, and the decision. What is not allowed is refused.

mod decide;
mod principal;
pub mod refusals;
mod roles;

pub use decide::{allows, require, require_server};
pub use principal::{
    Principal, PrincipalKind, scope_agency, scope_person, scope_position, scope_unit, scopes, tokens_of,
};
pub use roles::{DELEGABLE, Grant, Permission, Reach, Role, SYSTEM_GRANTS, TABLE, grants_of};

use crate::db::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "access",
    number: 1,
    name: "changes of rights that wait to be confirmed",
    sql: include_str!("../../migrations/access/0001_changes.sql"),
}];
