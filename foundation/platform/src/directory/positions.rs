//! Positions in storage: who holds what, where, when, with which roles.

use super::model::{Holder, PersonId, Position, PositionId, Rank};
use crate::access::Role;
use crate::db::{Row, Tx};
use crate::error::{Error, Result};
use base::{AgencyCode, Date, Text};

const COLUMNS: &str = "q.id, q.person, q.agency, q.unit, q.title_vi, q.title_en, q.rank, q.valid_from, q.valid_to, \
                       q.version, p.full_name, u.name_vi, u.name_en, a.name_vi, a.name_en";
const TABLES: &str = "directory_positions q JOIN directory_persons p ON p.id = q.person
   JOIN directory_agencies a ON a.code = q.agency LEFT JOIN directory_units u ON u.id = q.unit";

fn from_row(tx: &Tx<'_>, row: &Row) -> Result<Holder> {
    let id: PositionId = row.get(0)?;
    let rank: String = row.get(6)?;
    let unit_vi: Option<String> = row.get(11)?;
    let unit_en: Option<String> = row.get(12)?;
    Ok(Holder {
        position: Position {
            id,
            person: row.get(1)?,
            agency: row.get(2)?,
            unit: row.get(3)?,
            title: Text::new(row.get::<String>(4)?, row.get::<String>(5)?),
            rank: Rank::from_name(&rank).ok_or_else(|| Error::fault("read a position", format!("rank {rank}")))?,
            roles: roles_of(tx, id)?,
            valid_from: row.get(7)?,
            valid_to: row.get(8)?,
            version: row.get(9)?,
        },
        full_name: row.get(10)?,
        unit_name: unit_vi.map(|vi| Text::new(vi, unit_en.unwrap_or_default())),
        agency_name: Text::new(row.get::<String>(13)?, row.get::<String>(14)?),
    })
}

fn roles_of(tx: &Tx<'_>, id: PositionId) -> Result<Vec<Role>> {
    let mut roles = Vec::new();
    for row in tx.query("SELECT role FROM directory_position_roles WHERE position = $1", &[&id])? {
        let name: String = row.get(0)?;
        roles.push(Role::from_name(&name).ok_or_else(|| Error::fault("read a position", format!("role {name}")))?);
    }
    roles.sort();
    Ok(roles)
}

/// The position with its names, ended or not.
pub fn holder_get(tx: &Tx<'_>, id: PositionId) -> Result<Option<Holder>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE q.id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(|row| from_row(tx, row)).transpose()
}

/// The position, ended or not.
pub fn position_get(tx: &Tx<'_>, id: PositionId) -> Result<Option<Position>> {
    Ok(holder_get(tx, id)?.map(|holder| holder.position))
}

/// The positions that the person holds on `on`: the highest rank first, then the longest held, then by agency.
pub fn positions_of(tx: &Tx<'_>, person: PersonId, on: Date) -> Result<Vec<Holder>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE q.person = $1 AND q.valid_from <= $2
           AND (q.valid_to IS NULL OR q.valid_to >= $2) ORDER BY q.rank_order, q.valid_from, q.agency, q.id"
    );
    tx.query(&sql, &[&person, &on])?.iter().map(|row| from_row(tx, row)).collect()
}

/// Every position the person holds, held or will hold, the latest first.
pub fn positions_ever(tx: &Tx<'_>, person: PersonId) -> Result<Vec<Holder>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE q.person = $1 ORDER BY q.valid_from DESC, q.id DESC");
    tx.query(&sql, &[&person])?.iter().map(|row| from_row(tx, row)).collect()
}

/// Everybody with a position in the agency on `on`, the highest rank first.
pub fn positions_in(tx: &Tx<'_>, agency: &AgencyCode, on: Date) -> Result<Vec<Holder>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE q.agency = $1 AND q.valid_from <= $2
           AND (q.valid_to IS NULL OR q.valid_to >= $2) ORDER BY q.rank_order, p.sort_key, q.id"
    );
    tx.query(&sql, &[agency, &on])?.iter().map(|row| from_row(tx, row)).collect()
}

/// Everybody with the role in the agency on `on`, the highest rank first.
pub fn position_holders(tx: &Tx<'_>, agency: &AgencyCode, role: Role, on: Date) -> Result<Vec<Holder>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES} JOIN directory_position_roles r ON r.position = q.id
         WHERE r.agency = $1 AND r.role = $2 AND q.valid_from <= $3 AND (q.valid_to IS NULL OR q.valid_to >= $3)
         ORDER BY q.rank_order, p.sort_key, q.id"
    );
    tx.query(&sql, &[agency, &role.name(), &on])?.iter().map(|row| from_row(tx, row)).collect()
}

/// Writes the position; the caller keeps the version and the ledger.
pub(super) fn position_put(tx: &Tx<'_>, position: &Position) -> Result<()> {
    let vi: &str = &position.title.vi;
    let en: &str = &position.title.en;
    let order = Rank::ALL.iter().position(|rank| *rank == position.rank).unwrap_or(0) as i64;
    tx.execute(
        "INSERT INTO directory_positions (id, person, agency, unit, title_vi, title_en, rank, rank_order, valid_from,
           valid_to, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE SET unit = $4, title_vi = $5, title_en = $6, rank = $7, rank_order = $8,
           valid_from = $9, valid_to = $10, version = $11",
        &[
            &position.id,
            &position.person,
            &position.agency,
            &position.unit,
            &vi,
            &en,
            &position.rank.name(),
            &order,
            &position.valid_from,
            &position.valid_to,
            &position.version,
        ],
    )?;
    tx.execute("DELETE FROM directory_position_roles WHERE position = $1", &[&position.id])?;
    for role in &position.roles {
        tx.execute(
            "INSERT INTO directory_position_roles (position, role, agency) VALUES ($1, $2, $3)",
            &[&position.id, &role.name(), &position.agency],
        )?;
    }
    Ok(())
}
