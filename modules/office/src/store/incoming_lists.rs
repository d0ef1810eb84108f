//! The lists of incoming documents that people work from, and the counts beside them.

use super::incoming::{COLUMNS, Incoming};
use super::lists::{Condition, Cursor, Listed, rank};
use super::readers::Reach;
use crate::rules::incoming::State;
use base::document_types::Urgency;
use base::{Date, Timestamp};
use platform::db::ToValue;
use platform::{Result, Tx, Value};

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct IncomingFilter {
    /// Only these states; empty: all.
    pub states: Vec<State>,
    /// Only what was put before this position.
    pub submitted_to: Option<String>,
    /// Only where this unit leads.
    pub lead_unit: Option<String>,
    /// Only from this source.
    pub source: Option<String>,
    /// Only this urgency.
    pub urgency: Option<Urgency>,
    /// Only this register.
    pub register: Option<String>,
    /// Only from this issuer.
    pub issuer_code: Option<String>,
    /// Only where this person has an open assignment.
    pub assigned_to: Option<String>,
    /// With `assigned_to`: or this unit as a whole has one.
    pub assigned_unit: Option<String>,
    /// Only with a deadline before this day.
    pub deadline_before: Option<Date>,
    /// Only what arrived before this moment.
    pub arrived_before: Option<Timestamp>,
    /// Only from issuers of this level.
    pub issuer_level: Option<String>,
    /// Only these documents; used with a search.
    pub ids: Option<Vec<String>>,
    /// Latest first, without regard to urgency.
    pub recent_first: bool,
}

const LISTED: Listed = Listed { table: "office_incoming", columns: COLUMNS, time: "arrived_at" };

fn filtered(reach: &Reach, filter: &IncomingFilter) -> Condition {
    let mut found = Condition::reach(reach, "office.incoming");
    if !filter.states.is_empty() {
        found.one_of("state", filter.states.iter().map(|s| s.code().to_owned()));
    }
    found.compare("submitted_to =", filter.submitted_to.clone());
    found.compare("lead_unit =", filter.lead_unit.clone());
    found.compare("source =", filter.source.clone());
    if let Some(urgency) = filter.urgency {
        let place = found.place(Value::Int(rank(urgency)));
        found.also(format!("rank = {place}"));
    }
    found.compare("register =", filter.register.clone());
    found.compare("issuer_code =", filter.issuer_code.clone());
    found.compare("issuer_level =", filter.issuer_level.clone());
    found.compare("deadline <", filter.deadline_before.map(|d| d.to_string()));
    if let Some(before) = filter.arrived_before {
        let place = found.place(before.to_value());
        found.also(format!("arrived_at < {place}"));
    }
    if let Some(ids) = &filter.ids {
        let places: Vec<String> = ids.iter().map(|id| found.place(Value::Text(id.clone()))).collect();
        found.among(if places.is_empty() { "SELECT NULL WHERE FALSE".to_owned() } else { places.join(", ") });
    }
    if let Some(person) = &filter.assigned_to {
        let place = found.place(Value::Text(person.clone()));
        let mut whose = format!("person = {place}");
        if let Some(unit) = &filter.assigned_unit {
            let place = found.place(Value::Text(unit.clone()));
            whose = format!("({whose} OR (person IS NULL AND unit = {place}))");
        }
        found.among(format!(
            "SELECT incoming FROM office_assignment WHERE {whose} AND part <> 'inform' AND state IN ('open', 'in_process')"
        ));
    }
    found
}

/// One page of a list: the most urgent first, within a level what waits longest; or the latest first.
pub fn incoming_page(
    tx: &Tx<'_>,
    reach: &Reach,
    filter: &IncomingFilter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(Vec<Incoming>, Option<Cursor>)> {
    let key = |row: &Incoming| Cursor::of(row.urgency, row.arrived_at, row.id);
    LISTED.page(tx, filtered(reach, filter), filter.recent_first, (after, limit), (Incoming::from_row, key))
}

/// How many documents of each state a reader may see.
pub fn incoming_counts(tx: &Tx<'_>, reach: &Reach, filter: &IncomingFilter) -> Result<Vec<(State, i64)>> {
    let states = if filter.states.is_empty() { State::ALL.to_vec() } else { filter.states.clone() };
    let any = IncomingFilter { states: Vec::new(), ..filter.clone() };
    let of: Vec<Value> = states.iter().map(|s| Value::Text(s.code().to_owned())).collect();
    let counts = LISTED.counts(tx, narrowed(reach, &any, Some("state")), "state", &of)?;
    Ok(states.into_iter().zip(counts).filter(|(_, n)| *n > 0).collect())
}

/// By what a list can be narrowed further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// Độ khẩn.
    Urgency,
    /// How it came.
    Source,
    /// Level of the issuer.
    IssuerLevel,
}

/// How a document may come.
const SOURCES: [&str; 4] = ["exchange", "mail", "paper", "portal"];
/// Levels of issuers.
const LEVELS: [&str; 4] = ["central", "province", "commune", "other"];

/// Each column of the index `office_incoming_narrowed` gets a condition, so that a count reads what it counts and nothing
/// else; `but` is the column whose values are counted.
fn narrowed(reach: &Reach, filter: &IncomingFilter, but: Option<&str>) -> Condition {
    let mut found = filtered(reach, filter);
    if found.is_among_few() {
        return found;
    }
    let all = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    if filter.states.is_empty() && but != Some("state") {
        found.one_of("state", State::ALL.iter().map(|s| s.code().to_owned()));
    }
    if filter.source.is_none() && but != Some("source") {
        found.one_of("source", all(&SOURCES).into_iter());
    }
    if filter.issuer_level.is_none() && but != Some("issuer_level") {
        found.one_of("issuer_level", all(&LEVELS).into_iter());
    }
    found
}

/// How many documents of a list have each value of a facet, counted up to the cap of counts.
pub fn incoming_facet(tx: &Tx<'_>, reach: &Reach, filter: &IncomingFilter, facet: Facet) -> Result<Vec<(String, i64)>> {
    let words = |words: &[&str]| words.iter().map(|w| ((*w).to_owned(), Value::Text((*w).to_owned()))).unzip();
    let (column, (names, of)): (_, (Vec<String>, Vec<Value>)) = match facet {
        Facet::Urgency => ("rank", Urgency::ALL.iter().map(|u| (u.code().to_owned(), Value::Int(rank(*u)))).unzip()),
        Facet::Source => ("source", words(&SOURCES)),
        Facet::IssuerLevel => ("issuer_level", words(&LEVELS)),
    };
    let counts = LISTED.counts(tx, narrowed(reach, filter, Some(column)), column, &of)?;
    Ok(names.into_iter().zip(counts).filter(|(_, n)| *n > 0).collect())
}

/// How many documents of a list each unit or person has in the lead; for lists that stay short, such as what is late.
pub fn incoming_leads(tx: &Tx<'_>, reach: &Reach, filter: &IncomingFilter) -> Result<Vec<(String, i64)>> {
    LISTED.groups(tx, &filtered(reach, filter), "COALESCE(lead_name, '')")
}
