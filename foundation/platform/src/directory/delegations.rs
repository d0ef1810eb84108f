//! Delegations in storage.

use super::model::{Delegation, DelegationId, PositionId};
use crate::access::Permission;
use crate::db::{Row, Tx};
use crate::error::{Error, Result};
use base::{AgencyCode, Date};

const COLUMNS: &str = "id, from_position, to_position, agency, permissions, scope_note, written_basis, valid_from, \
                       valid_to, ended_on, version";

fn from_row(row: &Row) -> Result<Delegation> {
    let names: serde_json::Value = row.get(4)?;
    let names: Vec<String> = serde_json::from_value(names).map_err(|e| Error::fault("read a delegation", e))?;
    Ok(Delegation {
        id: row.get(0)?,
        from: row.get(1)?,
        to: row.get(2)?,
        agency: row.get(3)?,
        // A permission that a later release dropped is no longer delegated.
        permissions: names.iter().filter_map(|name| Permission::from_name(name)).collect(),
        scope_note: row.get(5)?,
        written_basis: row.get(6)?,
        valid_from: row.get(7)?,
        valid_to: row.get(8)?,
        ended_on: row.get(9)?,
        version: row.get(10)?,
    })
}

/// The delegation, ended or not.
pub fn delegation_get(tx: &Tx<'_>, id: DelegationId) -> Result<Option<Delegation>> {
    let sql = format!("SELECT {COLUMNS} FROM directory_delegations WHERE id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// The delegations that a position may use on `on`.
pub fn delegations_to(tx: &Tx<'_>, position: PositionId, on: Date) -> Result<Vec<Delegation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM directory_delegations WHERE to_position = $1 AND valid_from <= $2 AND valid_to >= $2
           AND (ended_on IS NULL OR ended_on >= $2) ORDER BY valid_to, id"
    );
    tx.query(&sql, &[&position, &on])?.iter().map(from_row).collect()
}

/// The delegations of an agency that have not run out on `on`, future ones too.
pub fn delegations_in(tx: &Tx<'_>, agency: &AgencyCode, on: Date) -> Result<Vec<Delegation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM directory_delegations WHERE agency = $1 AND valid_to >= $2
           AND (ended_on IS NULL OR ended_on >= $2) ORDER BY valid_to, id"
    );
    tx.query(&sql, &[agency, &on])?.iter().map(from_row).collect()
}

/// Writes the delegation; the caller keeps the version and the ledger.
pub(super) fn delegation_put(tx: &Tx<'_>, delegation: &Delegation) -> Result<()> {
    let names: Vec<&str> = delegation.permissions.iter().map(|permission| permission.name()).collect();
    let names = serde_json::json!(names);
    tx.execute(
        "INSERT INTO directory_delegations (id, from_position, to_position, agency, permissions, scope_note,
           written_basis, valid_from, valid_to, ended_on, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE SET valid_to = $9, ended_on = $10, version = $11",
        &[
            &delegation.id,
            &delegation.from,
            &delegation.to,
            &delegation.agency,
            &names,
            &delegation.scope_note,
            &delegation.written_basis,
            &delegation.valid_from,
            &delegation.valid_to,
            &delegation.ended_on,
            &delegation.version,
        ],
    )?;
    Ok(())
}
