//! Directives on incoming documents, the assignments they make, and what was reported on them.

use super::incoming::IncomingId;
use super::{changed_one, word};
use crate::rules::directive::Part;
use base::{AgencyCode, Date, Id, Timestamp};
use platform::{Result, Row, Tx};
use serde::Serialize;
use std::collections::BTreeMap;

/// Marker of directive ids.
pub enum DirectiveMark {}
/// Id of a directive.
pub type DirectiveId = Id<DirectiveMark>;

/// A directive (bút phê).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectiveRow {
    /// Its id.
    pub id: DirectiveId,
    /// Id of the person who gave it.
    pub person: String,
    /// That person's name.
    pub person_name: String,
    /// That person's title.
    pub person_title: String,
    /// The words.
    pub words: String,
    /// Deadline of the whole.
    pub deadline: Option<Date>,
    /// When.
    pub at: Timestamp,
    /// When a later one took its place.
    pub replaced_at: Option<Timestamp>,
}

/// Adds a directive.
pub fn directive_insert(tx: &Tx<'_>, incoming: IncomingId, directive: &DirectiveRow) -> Result<()> {
    tx.execute(
        "INSERT INTO office_directive (id, incoming, person, person_name, person_title, words, deadline, at, replaced_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &directive.id,
            &incoming,
            &directive.person,
            &directive.person_name,
            &directive.person_title,
            &directive.words,
            &directive.deadline,
            &directive.at,
            &directive.replaced_at,
        ],
    )?;
    Ok(())
}

/// Marks the directives in force as replaced and withdraws their open assignments.
pub fn directives_replace(tx: &Tx<'_>, incoming: IncomingId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE office_directive SET replaced_at = $2 WHERE incoming = $1 AND replaced_at IS NULL",
        &[&incoming, &now],
    )?;
    tx.execute(
        "UPDATE office_assignment SET state = 'withdrawn' WHERE incoming = $1 AND state IN ('open', 'in_process')",
        &[&incoming],
    )?;
    Ok(())
}

/// All directives of a document, the first first.
pub fn directives_of(tx: &Tx<'_>, incoming: IncomingId) -> Result<Vec<DirectiveRow>> {
    tx.query(
        "SELECT id, person, person_name, person_title, words, deadline, at, replaced_at FROM office_directive \
         WHERE incoming = $1 ORDER BY at, id",
        &[&incoming],
    )?
    .iter()
    .map(|row| {
        Ok(DirectiveRow {
            id: row.get(0)?,
            person: row.get(1)?,
            person_name: row.get(2)?,
            person_title: row.get(3)?,
            words: row.get(4)?,
            deadline: row.get(5)?,
            at: row.get(6)?,
            replaced_at: row.get(7)?,
        })
    })
    .collect()
}

/// Marker of assignment ids.
pub enum AssignmentMark {}
/// Id of an assignment.
pub type AssignmentId = Id<AssignmentMark>;

/// One assignment (phân công).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// The directive it comes from.
    pub directive: DirectiveId,
    /// The unit's assignment out of which a head handed work to a person.
    pub parent: Option<AssignmentId>,
    /// Lead, support or for information.
    pub part: Part,
    /// Id of the unit.
    pub unit: Option<String>,
    /// Name of the unit.
    pub unit_name: Option<String>,
    /// Id of the person.
    pub person: Option<String>,
    /// Name of the person.
    pub person_name: Option<String>,
    /// Deadline.
    pub deadline: Option<Date>,
    /// `open`, `in_process`, `done` or `withdrawn`.
    pub state: String,
    /// Id of the person who assigned.
    pub assigned_by: String,
    /// When.
    pub at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

const ASSIGNMENT: &str =
    "id, directive, parent, part, unit, unit_name, person, person_name, deadline, state, assigned_by, at, done_at";

fn assignment(row: &Row) -> Result<Assignment> {
    Ok(Assignment {
        id: row.get(0)?,
        directive: row.get(1)?,
        parent: row.get(2)?,
        part: word(Part::parse, &row.get::<String>(3)?)?,
        unit: row.get(4)?,
        unit_name: row.get(5)?,
        person: row.get(6)?,
        person_name: row.get(7)?,
        deadline: row.get(8)?,
        state: row.get(9)?,
        assigned_by: row.get(10)?,
        at: row.get(11)?,
        done_at: row.get(12)?,
    })
}

/// Adds an assignment.
pub fn assignment_insert(tx: &Tx<'_>, incoming: IncomingId, row: &Assignment) -> Result<()> {
    tx.execute(
        &format!(
            "INSERT INTO office_assignment (incoming, {ASSIGNMENT}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        ),
        &[
            &incoming,
            &row.id,
            &row.directive,
            &row.parent,
            &row.part.code(),
            &row.unit,
            &row.unit_name,
            &row.person,
            &row.person_name,
            &row.deadline,
            &row.state,
            &row.assigned_by,
            &row.at,
            &row.done_at,
        ],
    )?;
    Ok(())
}

/// Moves an assignment on; `Conflict` when it was withdrawn or done meanwhile.
pub fn assignment_move(tx: &Tx<'_>, id: AssignmentId, state: &str, done_at: Option<Timestamp>) -> Result<()> {
    let changed = tx.execute(
        "UPDATE office_assignment SET state = $2, done_at = $3 WHERE id = $1 AND state IN ('open', 'in_process')",
        &[&id, &state, &done_at],
    )?;
    changed_one(changed, "the assignment")
}

/// Puts the lead's finished assignments back to work (a document that is opened again).
pub fn assignments_reopen(tx: &Tx<'_>, incoming: IncomingId) -> Result<()> {
    tx.execute(
        "UPDATE office_assignment SET state = 'in_process', done_at = NULL \
         WHERE incoming = $1 AND part = 'lead' AND state = 'done'",
        &[&incoming],
    )?;
    Ok(())
}

/// What a unit or person holds now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Open assignments as lead or support.
    pub open: i64,
    /// Of these, late.
    pub overdue: i64,
}

/// What each unit of an agency holds on a day, by the unit's id.
pub fn loads_of_units(tx: &Tx<'_>, agency: &AgencyCode, today: Date) -> Result<BTreeMap<String, Load>> {
    loads(tx, agency, today, "unit", "a.person IS NULL AND a.unit IS NOT NULL")
}

/// What each person of an agency holds on a day, by the person's id.
pub fn loads_of_people(tx: &Tx<'_>, agency: &AgencyCode, today: Date) -> Result<BTreeMap<String, Load>> {
    loads(tx, agency, today, "person", "a.person IS NOT NULL")
}

fn loads(tx: &Tx<'_>, agency: &AgencyCode, today: Date, column: &str, which: &str) -> Result<BTreeMap<String, Load>> {
    tx.query(
        &format!(
            "SELECT a.{column}, count(*), count(CASE WHEN a.deadline < $2 THEN 1 END) FROM office_assignment a \
             JOIN office_incoming i ON i.id = a.incoming WHERE i.agency = $1 AND a.state IN ('open', 'in_process') \
             AND a.part <> 'inform' AND {which} GROUP BY a.{column}"
        ),
        &[agency, &today],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, Load { open: row.get(1)?, overdue: row.get(2)? })))
    .collect()
}

/// All assignments of a document in the order in which they were made.
pub fn assignments_of(tx: &Tx<'_>, incoming: IncomingId) -> Result<Vec<Assignment>> {
    tx.query(&format!("SELECT {ASSIGNMENT} FROM office_assignment WHERE incoming = $1 ORDER BY at, id"), &[&incoming])?
        .iter()
        .map(assignment)
        .collect()
}

/// Marker of the ids of what was reported.
pub enum ProgressMark {}
/// Id of one report.
pub type ProgressId = Id<ProgressMark>;

/// An opinion, a report of progress or a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Its id.
    pub id: ProgressId,
    /// The assignment it is about.
    pub assignment: Option<AssignmentId>,
    /// `opinion`, `progress` or `result`.
    pub kind: String,
    /// Id of the person.
    pub person: String,
    /// That person's name.
    pub person_name: String,
    /// The words.
    pub words: String,
    /// How far, 0–100.
    pub percent: Option<i64>,
    /// When.
    pub at: Timestamp,
}

/// Adds a report.
pub fn progress_insert(tx: &Tx<'_>, incoming: IncomingId, row: &Progress) -> Result<()> {
    tx.execute(
        "INSERT INTO office_progress (incoming, id, assignment, kind, person, person_name, words, percent, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &incoming,
            &row.id,
            &row.assignment,
            &row.kind,
            &row.person,
            &row.person_name,
            &row.words,
            &row.percent,
            &row.at,
        ],
    )?;
    Ok(())
}

/// Everything reported on a document, the first first.
pub fn progress_of(tx: &Tx<'_>, incoming: IncomingId) -> Result<Vec<Progress>> {
    tx.query(
        "SELECT id, assignment, kind, person, person_name, words, percent, at FROM office_progress WHERE incoming = $1 ORDER BY at, id",
        &[&incoming],
    )?
    .iter()
    .map(|row| {
        Ok(Progress {
            id: row.get(0)?,
            assignment: row.get(1)?,
            kind: row.get(2)?,
            person: row.get(3)?,
            person_name: row.get(4)?,
            words: row.get(5)?,
            percent: row.get(6)?,
            at: row.get(7)?,
        })
    })
    .collect()
}
