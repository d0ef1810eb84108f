//! What the ledger digests of the directory's records, and the kinds of entry that tell of their changes.

use super::{agencies, delegations, people, positions, units};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ledger::{EntryKind, SubjectKind};
use base::AgencyCode;
use serde_json::Value as Json;

/// An agency, with the names it had before.
pub static AGENCY: SubjectKind = SubjectKind { name: "directory.agency", load: load_agency };
/// A unit.
pub static UNIT: SubjectKind =
    SubjectKind { name: "directory.unit", load: |tx, id| json(units::unit_get(tx, parsed(id)?)?) };
/// A person.
pub static PERSON: SubjectKind =
    SubjectKind { name: "directory.person", load: |tx, id| json(people::person_get(tx, parsed(id)?)?) };
/// A position.
pub static POSITION: SubjectKind =
    SubjectKind { name: "directory.position", load: |tx, id| json(positions::position_get(tx, parsed(id)?)?) };
/// A delegation.
pub static DELEGATION: SubjectKind =
    SubjectKind { name: "directory.delegation", load: |tx, id| json(delegations::delegation_get(tx, parsed(id)?)?) };

/// An agency entered the directory.
pub static AGENCY_REGISTERED: EntryKind = EntryKind { name: "directory.agency.registered", schema: 1 };
/// An agency changed.
pub static AGENCY_CHANGED: EntryKind = EntryKind { name: "directory.agency.changed", schema: 1 };
/// An agency was closed.
pub static AGENCY_CLOSED: EntryKind = EntryKind { name: "directory.agency.closed", schema: 1 };
/// A unit was made.
pub static UNIT_MADE: EntryKind = EntryKind { name: "directory.unit.made", schema: 1 };
/// A unit changed or ended.
pub static UNIT_CHANGED: EntryKind = EntryKind { name: "directory.unit.changed", schema: 1 };
/// A person entered the directory.
pub static PERSON_ENTERED: EntryKind = EntryKind { name: "directory.person.entered", schema: 1 };
/// A person's record changed.
pub static PERSON_CHANGED: EntryKind = EntryKind { name: "directory.person.changed", schema: 1 };
/// A position was granted.
pub static POSITION_GRANTED: EntryKind = EntryKind { name: "directory.position.granted", schema: 1 };
/// A position changed.
pub static POSITION_CHANGED: EntryKind = EntryKind { name: "directory.position.changed", schema: 1 };
/// A position ended or was given an end.
pub static POSITION_ENDED: EntryKind = EntryKind { name: "directory.position.ended", schema: 1 };
/// Authority was delegated.
pub static DELEGATION_GRANTED: EntryKind = EntryKind { name: "directory.delegation.granted", schema: 1 };
/// A delegation was ended early.
pub static DELEGATION_ENDED: EntryKind = EntryKind { name: "directory.delegation.ended", schema: 1 };

/// The kinds of record.
pub const SUBJECTS: &[&SubjectKind] = &[&AGENCY, &UNIT, &PERSON, &POSITION, &DELEGATION];

/// The kinds of entry.
pub const ENTRY_KINDS: &[&EntryKind] = &[
    &AGENCY_REGISTERED,
    &AGENCY_CHANGED,
    &AGENCY_CLOSED,
    &UNIT_MADE,
    &UNIT_CHANGED,
    &PERSON_ENTERED,
    &PERSON_CHANGED,
    &POSITION_GRANTED,
    &POSITION_CHANGED,
    &POSITION_ENDED,
    &DELEGATION_GRANTED,
    &DELEGATION_ENDED,
];

fn load_agency(tx: &Tx<'_>, id: &str) -> Result<Option<Json>> {
    let code = AgencyCode::tolerate(id).map_err(|e| Error::fault("load an agency", e))?;
    let Some(mut record) = json(agencies::agency_latest(tx, &code)?)? else { return Ok(None) };
    let periods = agencies::agency_periods(tx, &code)?;
    record["periods"] = serde_json::to_value(periods).map_err(|e| Error::fault("digest an agency", e))?;
    Ok(Some(record))
}

fn json<T: serde::Serialize>(record: Option<T>) -> Result<Option<Json>> {
    record.map(|record| serde_json::to_value(record).map_err(|e| Error::fault("digest a record", e))).transpose()
}

fn parsed<K>(id: &str) -> Result<base::Id<K>> {
    id.parse().map_err(|e| Error::fault("load a record", e))
}
