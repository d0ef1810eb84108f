//! The lists of incoming documents that people work from, and the counts beside them.

use super::incoming::{COLUMNS, Incoming, references};
use super::outgoing::Cursor;
use super::readers::Reach;
use super::word;
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

fn filtered(reach: &Reach, filter: &IncomingFilter, values: &mut Vec<Value>) -> String {
    values.push(reach.agency().to_value());
    let mut parts = vec![format!("agency = ${}", values.len())];
    parts.push(reach.condition("office.incoming", "id", values));
    if !filter.states.is_empty() {
        let places: Vec<String> = filter
            .states
            .iter()
            .map(|s| {
                values.push(Value::Text(s.code().to_owned()));
                format!("${}", values.len())
            })
            .collect();
        parts.push(format!("state IN ({})", places.join(", ")));
    }
    for (column, value) in [
        ("submitted_to =", &filter.submitted_to),
        ("lead_unit =", &filter.lead_unit),
        ("source =", &filter.source),
        ("urgency =", &filter.urgency.map(|u| u.code().to_owned())),
        ("register =", &filter.register),
        ("issuer_code =", &filter.issuer_code),
        ("issuer_level =", &filter.issuer_level),
        ("deadline <", &filter.deadline_before.map(|d| d.to_string())),
    ] {
        if let Some(value) = value {
            values.push(Value::Text(value.clone()));
            parts.push(format!("{column} ${}", values.len()));
        }
    }
    if let Some(before) = filter.arrived_before {
        values.push(before.to_value());
        parts.push(format!("arrived_at < ${}", values.len()));
    }
    if let Some(ids) = &filter.ids {
        if ids.is_empty() {
            parts.push("FALSE".to_owned());
        } else {
            let places: Vec<String> = ids
                .iter()
                .map(|id| {
                    values.push(Value::Text(id.clone()));
                    format!("${}", values.len())
                })
                .collect();
            parts.push(format!("id IN ({})", places.join(", ")));
        }
    }
    if let Some(person) = &filter.assigned_to {
        values.push(Value::Text(person.clone()));
        let mut whose = format!("person = ${}", values.len());
        if let Some(unit) = &filter.assigned_unit {
            values.push(Value::Text(unit.clone()));
            whose = format!("({whose} OR (person IS NULL AND unit = ${}))", values.len());
        }
        parts.push(format!(
            "id IN (SELECT incoming FROM office_assignment WHERE {whose} AND part <> 'inform' AND state IN ('open', 'in_process'))"
        ));
    }
    parts.join(" AND ")
}

/// One page of a list: the most urgent first, within a level what waits longest; or the latest first.
pub fn incoming_page(
    tx: &Tx<'_>,
    reach: &Reach,
    filter: &IncomingFilter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(Vec<Incoming>, Option<Cursor>)> {
    let mut values = Vec::new();
    let mut condition = filtered(reach, filter, &mut values);
    if let Some(Cursor(rank, at, id)) = after {
        let first = values.len() + 1;
        values.extend([Value::Int(*rank), Value::Int(*at), Value::Text(id.clone())]);
        let (a, b, c) = (first, first + 1, first + 2);
        condition += &if filter.recent_first {
            // The rank takes no part here, but every value must be used for PostgreSQL to know its type.
            format!(" AND CAST(${a} AS BIGINT) IS NOT NULL AND (arrived_at, id) < (${b}, ${c})")
        } else {
            format!(" AND (rank, arrived_at, id) > (${a}, ${b}, ${c})")
        };
    }
    let order = if filter.recent_first { "arrived_at DESC, id DESC" } else { "rank, arrived_at, id" };
    values.push(Value::Int(limit + 1));
    let sql =
        format!("SELECT {COLUMNS} FROM office_incoming WHERE {condition} ORDER BY {order} LIMIT ${}", values.len());
    let mut rows = tx.query(&sql, &references(&values))?.iter().map(Incoming::from_row).collect::<Result<Vec<_>>>()?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = match rows.last() {
        Some(last) if more => Some(Cursor(4 - last.urgency.number(), last.arrived_at.micros(), last.id.to_string())),
        _ => None,
    };
    Ok((rows, next))
}

/// How many documents of each state a reader may see.
pub fn incoming_counts(tx: &Tx<'_>, reach: &Reach, filter: &IncomingFilter) -> Result<Vec<(State, i64)>> {
    let mut values = Vec::new();
    let condition = filtered(reach, filter, &mut values);
    tx.query(
        &format!("SELECT state, count(*) FROM office_incoming WHERE {condition} GROUP BY state ORDER BY state"),
        &references(&values),
    )?
    .iter()
    .map(|row| Ok((word(State::parse, &row.get::<String>(0)?)?, row.get(1)?)))
    .collect()
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
    /// Name of the unit or person in the lead.
    Lead,
}

/// How many documents of a list have each value of a facet, in the order of the values.
pub fn incoming_facet(tx: &Tx<'_>, reach: &Reach, filter: &IncomingFilter, facet: Facet) -> Result<Vec<(String, i64)>> {
    let column = match facet {
        Facet::Urgency => "urgency",
        Facet::Source => "source",
        Facet::IssuerLevel => "issuer_level",
        Facet::Lead => "COALESCE(lead_name, '')",
    };
    let mut values = Vec::new();
    let condition = filtered(reach, filter, &mut values);
    tx.query(
        &format!(
            "SELECT {column}, count(*) FROM office_incoming WHERE {condition} GROUP BY {column} ORDER BY {column}"
        ),
        &references(&values),
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}
