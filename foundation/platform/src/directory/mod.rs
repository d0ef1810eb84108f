//! The directory: agencies, units, people, positions and delegations, each with the dates it holds for.

mod agencies;
mod delegations;
mod import;
mod model;
mod people;
mod positions;
pub mod refusals;
pub mod subjects;
mod units;
mod use_cases;

pub use agencies::{
    agencies_hosted, agency_by_any_code, agency_children, agency_count, agency_get, agency_latest, agency_page,
    agency_periods, agency_search, agency_successors,
};
pub use delegations::{delegation_get, delegations_in, delegations_to};
pub use import::{Imported, agencies_import, agencies_parse, agencies_store};
pub use model::{
    Agency, AgencyLevel, Contact, Delegation, DelegationId, Holder, OrganisationKind, Person, PersonId, Position,
    PositionId, Rank, Unit, UnitId,
};
pub use people::{person_get, person_name, person_search};
pub use positions::{holder_get, position_get, position_holders, positions_ever, positions_in, positions_of};
pub use units::{unit_get, unit_path, units_of};
pub use use_cases::{
    agency_require, agency_save, delegation_end, delegation_grant, person_save, position_end, position_save, unit_save,
};

use crate::db::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "directory",
    number: 1,
    name: "agencies, units, people, positions, delegations",
    sql: include_str!("../../migrations/directory/0001_directory.sql"),
}];

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component {
        name: "directory",
        migrations: MIGRATIONS,
        subjects: subjects::SUBJECTS,
        entry_kinds: subjects::ENTRY_KINDS,
        refusals: refusals::CATALOGUE,
        ..crate::Component::default()
    }
}
