//! Changes of the directory: check, store, append to the ledger. The caller has decided that the actor may.

use super::agencies::{agency_get, agency_latest, agency_period_put, agency_put, agency_successors};
use super::model::{Agency, Delegation, DelegationId, Person, Position, PositionId, Unit};
use super::refusals::{
    AGENCY_CLOSED, AGENCY_CODE_REUSED, AGENCY_UNKNOWN, DATES_OUT_OF_ORDER, DELEGATION_NOT_DELEGABLE,
    DELEGATION_NOT_HELD, DELEGATION_NOT_WRITTEN, DELEGATION_OUTSIDE, EMAIL_INVALID, HISTORY_OUT_OF_ORDER, TEXT_INVALID,
    WRONG_PARENT,
};
use super::{delegations, people, positions, subjects, units};
use crate::access::{self, Act, DELEGABLE, grants_of};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ledger::Codes;
use base::{AgencyCode, Date, Lang, Refusal, Text};
use serde_json::json;

/// The agency that is open on `on`, or the refusal that names the successors of a closed one.
pub fn agency_require(tx: &Tx<'_>, code: &AgencyCode, on: Date) -> Result<Agency> {
    if let Some(agency) = agency_get(tx, code, on)? {
        return Ok(agency);
    }
    let closed = agency_latest(tx, code)?.and_then(|agency| agency.valid_to.filter(|last| *last < on));
    let Some(last) = closed else {
        return Err(Refusal::new(&AGENCY_UNKNOWN).with("code", code).into());
    };
    let successors: Vec<String> = agency_successors(tx, code, on)?
        .iter()
        .map(|agency| format!("{} ({})", agency.code, agency.name.get(Lang::Vi)))
        .collect();
    let successors = if successors.is_empty() { "–".to_owned() } else { successors.join(", ") };
    Err(Refusal::new(&AGENCY_CLOSED)
        .with("code", code)
        .with("last", base_date(last))
        .with("successors", successors)
        .into())
}

/// Enters an agency, changes it, or closes it. A change of name, abbreviation or parent from a later first day keeps the
/// earlier ones for their days. `expected` is the version the writer saw; `None` takes what is there.
/// Answers whether anything changed.
pub fn agency_save(tx: &Tx<'_>, act: &Act, mut agency: Agency, expected: Option<i64>) -> Result<bool> {
    text(&agency.name.vi, "name", &Text::fixed("tên cơ quan", "name of the agency"))?;
    agency.contact.email = email(&agency.contact.email)?;
    order(agency.valid_from, agency.valid_to)?;
    if let Some(parent) = &agency.parent
        && (parent == &agency.code || agency_latest(tx, parent)?.is_none())
    {
        return Err(Refusal::new(&WRONG_PARENT).with("what", parent).into());
    }
    let codes = |agency: &Agency| {
        Codes::new()
            .with("code", &agency.code)
            .with_some("parent", agency.parent.as_ref())
            .with("level", agency.level.name())
            .with("kind", agency.kind.name())
            .with("hosted", agency.hosted)
    };
    let subject = |agency: &Agency| (&subjects::AGENCY, agency.code.to_string(), agency.version);
    let Some(before) = agency_latest(tx, &agency.code)? else {
        agency.version = 1;
        agency_put(tx, &agency)?;
        let kind = &subjects::AGENCY_REGISTERED;
        act.append(tx, kind, subject(&agency), &agency.code, codes(&agency), json!({ "name": agency.name }))?;
        return Ok(true);
    };
    seen(expected, before.version)?;
    if let Some(last) = before.valid_to
        && last < act.today()
        && agency.valid_to != before.valid_to
    {
        return Err(Refusal::new(&AGENCY_CODE_REUSED).with("code", &agency.code).into());
    }
    let renamed =
        (&before.name, &before.abbreviation, &before.parent) != (&agency.name, &agency.abbreviation, &agency.parent);
    if renamed && agency.valid_from < before.valid_from {
        return Err(Refusal::new(&HISTORY_OUT_OF_ORDER)
            .with("from", base_date(agency.valid_from))
            .with("last", base_date(before.valid_from))
            .into());
    }
    if !renamed {
        agency.valid_from = before.valid_from;
    } else if agency.valid_from > before.valid_from {
        let last = agency.valid_from.yesterday().map_err(|e| Error::fault("the day before", e))?;
        agency_period_put(tx, &before, last)?;
    }
    agency.version = before.version;
    if agency == before {
        return Ok(false);
    }
    agency.version = before.version + 1;
    agency_put(tx, &agency)?;
    let closing = before.valid_to.is_none() && agency.valid_to.is_some();
    let kind = if closing { &subjects::AGENCY_CLOSED } else { &subjects::AGENCY_CHANGED };
    let successors = agency.successors.iter().map(AgencyCode::canonical).collect::<Vec<_>>().join(" ");
    let codes = codes(&agency).with("renamed", renamed).with("successors", successors);
    act.append(tx, kind, subject(&agency), &agency.code, codes, json!({ "name": agency.name }))?;
    Ok(true)
}

/// Makes a unit or changes it.
pub fn unit_save(tx: &Tx<'_>, act: &Act, mut unit: Unit, expected: Option<i64>) -> Result<()> {
    text(&unit.name.vi, "name", &Text::fixed("tên đơn vị", "name of the unit"))?;
    order(unit.valid_from, unit.valid_to)?;
    agency_latest(tx, &unit.agency)?.ok_or_else(|| Refusal::new(&AGENCY_UNKNOWN).with("code", &unit.agency))?;
    if let Some(parent) = unit.parent {
        let path = units::unit_path(tx, parent)?;
        let fits = path.first().is_some_and(|above| above.agency == unit.agency);
        if !fits || path.iter().any(|above| above.id == unit.id) {
            return Err(Refusal::new(&WRONG_PARENT).with("what", &unit.name.vi).into());
        }
    }
    let before = units::unit_get(tx, unit.id)?;
    if before.as_ref().is_some_and(|before| before.agency != unit.agency) {
        return Err(Refusal::new(&WRONG_PARENT).with("what", &unit.agency).into());
    }
    let version = before.as_ref().map_or(0, |before| before.version);
    seen(expected, version)?;
    unit.version = version + 1;
    units::unit_put(tx, &unit)?;
    let kind = if before.is_some() { &subjects::UNIT_CHANGED } else { &subjects::UNIT_MADE };
    let codes = Codes::new().with("unit", unit.id).with("ended", unit.valid_to.is_some());
    let subject = (&subjects::UNIT, unit.id.to_string(), unit.version);
    act.append(tx, kind, subject, &unit.agency, codes, json!({ "name": unit.name }))
}

/// Enters a person or changes the record; `agency` is the one that looks after it.
pub fn person_save(
    tx: &Tx<'_>,
    act: &Act,
    mut person: Person,
    agency: &AgencyCode,
    expected: Option<i64>,
) -> Result<()> {
    text(&person.full_name, "full_name", &Text::fixed("họ và tên", "full name"))?;
    person.email = email(&person.email)?;
    let before = people::person_get(tx, person.id)?;
    let version = before.as_ref().map_or(0, |before| before.version);
    seen(expected, version)?;
    person.version = version + 1;
    people::person_put(tx, &person)?;
    let kind = if before.is_some() { &subjects::PERSON_CHANGED } else { &subjects::PERSON_ENTERED };
    let subject = (&subjects::PERSON, person.id.to_string(), person.version);
    let codes = Codes::new().with("person", person.id);
    act.append(tx, kind, subject, agency, codes, json!({ "name": person.full_name }))
}

/// Grants a position or changes it: title, unit, rank, roles, last day. A person keeps his other positions.
/// The change of rights is recorded and waits to be confirmed.
pub fn position_save(tx: &Tx<'_>, act: &Act, mut position: Position, expected: Option<i64>) -> Result<()> {
    text(&position.title.vi, "title", &Text::fixed("chức vụ", "title"))?;
    order(position.valid_from, position.valid_to)?;
    people::person_get(tx, position.person)?.ok_or(Error::NotFound("person"))?;
    agency_latest(tx, &position.agency)?.ok_or_else(|| Refusal::new(&AGENCY_UNKNOWN).with("code", &position.agency))?;
    if let Some(unit) = position.unit
        && units::unit_get(tx, unit)?.is_none_or(|unit| unit.agency != position.agency)
    {
        return Err(Refusal::new(&WRONG_PARENT).with("what", unit).into());
    }
    position.roles.sort();
    position.roles.dedup();
    let before = positions::position_get(tx, position.id)?;
    if let Some(before) = &before
        && (before.person != position.person || before.agency != position.agency)
    {
        return Err(Refusal::new(&WRONG_PARENT).with("what", &position.agency).into());
    }
    let version = before.as_ref().map_or(0, |before| before.version);
    seen(expected, version)?;
    position.version = version + 1;
    positions::position_put(tx, &position)?;
    let ending = position.valid_to.is_some() && before.as_ref().is_some_and(|b| b.valid_to != position.valid_to);
    let kind = match (&before, ending) {
        (None, _) => &subjects::POSITION_GRANTED,
        (Some(_), true) => &subjects::POSITION_ENDED,
        (Some(_), false) => &subjects::POSITION_CHANGED,
    };
    let names = position.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ");
    let codes = Codes::new()
        .with("person", position.person)
        .with("rank", position.rank.name())
        .with("roles", names)
        .with("from", position.valid_from.to_string())
        .with_some("to", position.valid_to.map(|last| last.to_string()));
    let subject = (&subjects::POSITION, position.id.to_string(), position.version);
    act.append(tx, kind, subject, &position.agency, codes, json!({ "title": position.title }))?;
    let had = before.map(|before| before.roles).unwrap_or_default();
    let granted: Vec<&str> = position.roles.iter().filter(|r| !had.contains(r)).map(|r| r.name()).collect();
    let mut withdrawn: Vec<&str> = had.iter().filter(|r| !position.roles.contains(r)).map(|r| r.name()).collect();
    if ending {
        withdrawn.extend(position.roles.iter().map(|role| role.name()));
    }
    access::change_record(
        tx,
        &act.further(1),
        (&position.agency, position.person),
        ("position", &position.id.to_string()),
        &granted,
        &withdrawn,
    )
}

/// Gives a position its last day (transfer, retirement, dismissal).
pub fn position_end(tx: &Tx<'_>, act: &Act, id: PositionId, last: Date, expected: Option<i64>) -> Result<()> {
    let mut position = positions::position_get(tx, id)?.ok_or(Error::NotFound("position"))?;
    position.valid_to = Some(last);
    position_save(tx, act, position, expected)
}

/// Records a delegation (NĐ 30/2020/NĐ-CP, Điều 13.3): in writing, for a time, for stated content, of what the delegator's
/// own position may do, to another person of the same agency.
pub fn delegation_grant(tx: &Tx<'_>, act: &Act, mut delegation: Delegation) -> Result<()> {
    order(delegation.valid_from, Some(delegation.valid_to))?;
    let blank = |text: &str| text.trim().is_empty() || text.chars().count() > 500;
    if blank(&delegation.written_basis) || blank(&delegation.scope_note) || delegation.permissions.is_empty() {
        return Err(Refusal::new(&DELEGATION_NOT_WRITTEN).into());
    }
    let from = positions::position_get(tx, delegation.from)?.ok_or(Error::NotFound("position"))?;
    let to = positions::position_get(tx, delegation.to)?.ok_or(Error::NotFound("position"))?;
    let both_held = from.is_held(delegation.valid_from) && to.is_held(delegation.valid_from);
    if from.agency != to.agency || from.person == to.person || !both_held {
        return Err(Refusal::new(&DELEGATION_OUTSIDE).into());
    }
    for permission in &delegation.permissions {
        let label = permission.label();
        let refuse = |code| {
            Err(Refusal::new(code)
                .with("permission_vi", label.get(Lang::Vi))
                .with("permission_en", label.get(Lang::En))
                .into())
        };
        if !DELEGABLE.contains(permission) {
            return refuse(&DELEGATION_NOT_DELEGABLE);
        }
        // Only the roles of the position count, never a delegation to it: that is what forbids passing on.
        let held = from.roles.iter().any(|role| grants_of(*role).iter().any(|(granted, _)| granted == permission));
        if !held {
            return refuse(&DELEGATION_NOT_HELD);
        }
    }
    delegation.agency = from.agency.clone();
    delegation.permissions.sort();
    delegation.permissions.dedup();
    delegation.ended_on = None;
    delegation.version = 1;
    delegations::delegation_put(tx, &delegation)?;
    let names: Vec<&str> = delegation.permissions.iter().map(|permission| permission.name()).collect();
    let codes = Codes::new()
        .with("from_position", delegation.from)
        .with("to_position", delegation.to)
        .with("permissions", names.join(" "))
        .with("from", delegation.valid_from.to_string())
        .with("to", delegation.valid_to.to_string());
    let subject = (&subjects::DELEGATION, delegation.id.to_string(), delegation.version);
    let details = json!({ "written_basis": delegation.written_basis, "scope": delegation.scope_note });
    act.append(tx, &subjects::DELEGATION_GRANTED, subject, &delegation.agency, codes, details)?;
    access::change_record(
        tx,
        &act.further(1),
        (&delegation.agency, to.person),
        ("delegation", &delegation.id.to_string()),
        &names,
        &[],
    )
}

/// Ends a delegation early; `last` is its last day.
pub fn delegation_end(tx: &Tx<'_>, act: &Act, id: DelegationId, last: Date) -> Result<()> {
    let mut delegation = delegations::delegation_get(tx, id)?.ok_or(Error::NotFound("delegation"))?;
    let to = positions::position_get(tx, delegation.to)?.ok_or(Error::NotFound("position"))?;
    if delegation.ended_on == Some(last) {
        return Ok(());
    }
    delegation.ended_on = Some(last);
    delegation.version += 1;
    delegations::delegation_put(tx, &delegation)?;
    let names: Vec<&str> = delegation.permissions.iter().map(|permission| permission.name()).collect();
    let codes = Codes::new().with("to_position", delegation.to).with("last", last.to_string());
    let subject = (&subjects::DELEGATION, id.to_string(), delegation.version);
    act.append(
        tx,
        &subjects::DELEGATION_ENDED,
        subject,
        &delegation.agency,
        codes,
        json!({ "written_basis": delegation.written_basis }),
    )?;
    access::change_record(
        tx,
        &act.further(1),
        (&delegation.agency, to.person),
        ("delegation", &id.to_string()),
        &[],
        &names,
    )
}

/// Somebody else may have changed the record since the writer saw it.
fn seen(expected: Option<i64>, found: i64) -> Result<()> {
    match expected {
        Some(expected) if expected != found => {
            Err(Error::Conflict(format!("version {expected} was seen, {found} stands")))
        }
        _ => Ok(()),
    }
}

fn text(value: &str, field: &'static str, label: &Text) -> Result<()> {
    if value.trim().is_empty() || value.chars().count() > 500 {
        return Err(Refusal::new(&TEXT_INVALID)
            .with("field_vi", label.get(Lang::Vi))
            .with("field_en", label.get(Lang::En))
            .field(field, Text::fixed("Nhập từ 1 đến 500 ký tự", "Enter between 1 and 500 characters"))
            .into());
    }
    Ok(())
}

/// An address without blanks around it; empty where there is none. Each notice to a wrong one would be parked.
fn email(address: &str) -> Result<String> {
    let address = address.trim();
    if address.is_empty() || address.parse::<lettre::Address>().is_ok() {
        return Ok(address.to_owned());
    }
    let shown: String = address.chars().take(100).collect();
    Err(Refusal::new(&EMAIL_INVALID)
        .with("address", shown)
        .field("email", Text::fixed("Dạng ten@coquan.gov.vn", "Such as name@agency.gov.vn"))
        .into())
}

fn order(from: Date, to: Option<Date>) -> Result<()> {
    match to {
        Some(to) if to < from => Err(Refusal::new(&DATES_OUT_OF_ORDER)
            .with("from", base_date(from))
            .with("to", base_date(to))
            .field("valid_to", Text::fixed("Không sớm hơn ngày bắt đầu", "Not before the first day"))
            .into()),
        _ => Ok(()),
    }
}

/// A day as read in Vietnam, `23/11/2026`.
fn base_date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}
