//! Changes of rights: each stays in sight until somebody confirms it (NĐ 30/2020/NĐ-CP, Phụ lục VI, phần I mục IV).

use super::Act;
use super::refusals::CHANGE_ALREADY_CONFIRMED;
use super::roles::Role;
use crate::db::{Row, Tx};
use crate::directory::PersonId;
use crate::error::{Error, Result};
use crate::ledger::{Actor, Codes, EntryKind, SubjectKind};
use base::{AgencyCode, Id, Refusal, Timestamp};
use serde::Serialize;

/// The id of a [`RightChange`].
pub type RightChangeId = Id<RightChange>;

/// A change of rights as a record of the ledger.
pub static CHANGE: SubjectKind = SubjectKind {
    name: "access.change",
    load: |tx, id| {
        let sql = format!("SELECT {COLUMNS} FROM access_changes WHERE id = $1");
        let change = tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()?;
        change.map(|change| serde_json::to_value(change).map_err(|e| Error::fault("digest a change", e))).transpose()
    },
};

/// Rights were granted or withdrawn.
pub static RIGHT_CHANGED: EntryKind = EntryKind { name: "access.right.changed", schema: 1 };
/// A change of rights was confirmed.
pub static RIGHT_CONFIRMED: EntryKind = EntryKind { name: "access.right.confirmed", schema: 1 };

/// One change of rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RightChange {
    /// Its id.
    pub id: RightChangeId,
    /// The agency in which the rights hold.
    pub agency: AgencyCode,
    /// Whose rights changed.
    pub person: PersonId,
    /// What they hang on: `position` or `delegation`.
    pub what: String,
    /// Its id.
    pub subject: String,
    /// Names of the roles or permissions granted.
    pub granted: Vec<String>,
    /// Names of those withdrawn.
    pub withdrawn: Vec<String>,
    /// When.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: Actor,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// By whom.
    pub confirmed_by: Option<Actor>,
    /// Version of the record, from 1.
    pub version: i64,
}

const COLUMNS: &str = "id, agency, person, what, subject, granted, withdrawn, changed_at, changed_by, confirmed_at, \
                       confirmed_by, version";

fn from_row(row: &Row) -> Result<RightChange> {
    let names = |column: usize| -> Result<Vec<String>> {
        serde_json::from_value(row.get(column)?).map_err(|e| Error::fault("read a change of rights", e))
    };
    Ok(RightChange {
        id: row.get(0)?,
        agency: row.get(1)?,
        person: row.get(2)?,
        what: row.get(3)?,
        subject: row.get(4)?,
        granted: names(5)?,
        withdrawn: names(6)?,
        changed_at: row.get(7)?,
        changed_by: row.get(8)?,
        confirmed_at: row.get(9)?,
        confirmed_by: row.get(10)?,
        version: row.get(11)?,
    })
}

/// Records a change of rights; nothing when neither list holds a name. What the server itself does (the command line
/// of whoever owns the machine) counts as confirmed.
pub fn change_record(
    tx: &Tx<'_>,
    act: &Act,
    (agency, person): (&AgencyCode, PersonId),
    (what, subject): (&'static str, &str),
    granted: &[&str],
    withdrawn: &[&str],
) -> Result<()> {
    if granted.is_empty() && withdrawn.is_empty() {
        return Ok(());
    }
    // The change is named after the entry that tells of it: made outside the closure, and unique.
    let id = RightChangeId::from_uuid(act.entry.uuid());
    let confirmed = (act.actor == Actor::Server).then_some(act.now);
    tx.execute(
        "INSERT INTO access_changes (id, agency, person, what, subject, granted, withdrawn, changed_at, changed_by,
           confirmed_at, confirmed_by, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)",
        &[
            &id,
            agency,
            &person,
            &what,
            &subject,
            &serde_json::json!(granted),
            &serde_json::json!(withdrawn),
            &act.now,
            &act.actor,
            &confirmed,
            &confirmed.map(|_| act.actor.clone()),
        ],
    )?;
    let sensitive = granted.iter().any(|name| *name == Role::Administrator.name() || *name == Role::Operator.name());
    act.append(
        tx,
        &RIGHT_CHANGED,
        (&CHANGE, id.to_string(), 1),
        agency,
        Codes::new()
            .with("person", person)
            .with("what", what)
            .with("granted", granted.join(" "))
            .with("withdrawn", withdrawn.join(" "))
            .with("administration", sensitive)
            .with("confirmed", confirmed.is_some()),
        serde_json::json!({}),
    )
}

/// The changes in the agency and below it that nobody has confirmed, the latest first.
pub fn changes_pending(tx: &Tx<'_>, agency: &AgencyCode, limit: u32) -> Result<Vec<RightChange>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM access_changes WHERE confirmed_at IS NULL AND (agency = $1 OR agency LIKE $2)
         ORDER BY id DESC LIMIT {limit}"
    );
    tx.query(&sql, &[agency, &format!("{agency}.%")])?.iter().map(from_row).collect()
}

/// One change.
pub fn change_get(tx: &Tx<'_>, id: RightChangeId) -> Result<Option<RightChange>> {
    let sql = format!("SELECT {COLUMNS} FROM access_changes WHERE id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// Confirms a change. Errors: refused when it was confirmed before.
pub fn change_confirm(tx: &Tx<'_>, act: &Act, id: RightChangeId) -> Result<()> {
    let change = change_get(tx, id)?.ok_or(Error::NotFound("change of rights"))?;
    let changed = tx.execute(
        "UPDATE access_changes SET confirmed_at = $2, confirmed_by = $3, version = version + 1
         WHERE id = $1 AND confirmed_at IS NULL",
        &[&id, &act.now, &act.actor],
    )?;
    if changed == 0 {
        return Err(Refusal::new(&CHANGE_ALREADY_CONFIRMED).into());
    }
    act.append(
        tx,
        &RIGHT_CONFIRMED,
        (&CHANGE, id.to_string(), change.version + 1),
        &change.agency,
        Codes::new().with("person", change.person).with("what", change.what.as_str()),
        serde_json::json!({}),
    )
}
