//! Who may do what, where: roles, permissions, the principal, and the decision. What is not allowed is refused.

mod act;
mod changes;
mod decide;
mod principal;
pub mod refusals;
mod roles;

pub use act::Act;
pub use changes::{
    CHANGE, RIGHT_CHANGED, RIGHT_CONFIRMED, RightChange, RightChangeId, change_confirm, change_get, change_record,
    changes_pending,
};
pub use decide::{allows, require, require_server};
pub use principal::{
    Principal, PrincipalKind, scope_agency, scope_person, scope_position, scope_unit, scopes, tokens_of,
};
pub use roles::{DELEGABLE, Grant, Permission, Reach, Role, SYSTEM_GRANTS, TABLE, grants_of};

use crate::db::Migration;
use crate::ledger::{EntryKind, SubjectKind};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "access",
    number: 1,
    name: "changes of rights that wait to be confirmed",
    sql: include_str!("../../migrations/access/0001_changes.sql"),
}];

/// The kinds of entry that this room appends.
pub const ENTRY_KINDS: &[&EntryKind] = &[&RIGHT_CHANGED, &RIGHT_CONFIRMED];

/// The kinds of record whose digests stand in the ledger.
pub const SUBJECTS: &[&SubjectKind] = &[&CHANGE];

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component {
        name: "access",
        migrations: MIGRATIONS,
        subjects: SUBJECTS,
        entry_kinds: ENTRY_KINDS,
        refusals: refusals::CATALOGUE,
        ..crate::Component::default()
    }
}
