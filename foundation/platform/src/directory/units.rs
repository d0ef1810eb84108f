//! Units in storage: the tree inside an agency.

use super::model::{Unit, UnitId};
use crate::db::{Row, Tx};
use crate::error::Result;
use base::{AgencyCode, Date, Text, fold};

const COLUMNS: &str = "id, agency, parent, name_vi, name_en, abbreviation, calendar, valid_from, valid_to, version";

fn from_row(row: &Row) -> Result<Unit> {
    Ok(Unit {
        id: row.get(0)?,
        agency: row.get(1)?,
        parent: row.get(2)?,
        name: Text::new(row.get::<String>(3)?, row.get::<String>(4)?),
        abbreviation: row.get(5)?,
        calendar: row.get(6)?,
        valid_from: row.get(7)?,
        valid_to: row.get(8)?,
        version: row.get(9)?,
    })
}

/// The unit, ended or not.
pub fn unit_get(tx: &Tx<'_>, id: UnitId) -> Result<Option<Unit>> {
    let sql = format!("SELECT {COLUMNS} FROM directory_units WHERE id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// The units of an agency on `on`, in dictionary order; the tree is in `parent`.
pub fn units_of(tx: &Tx<'_>, agency: &AgencyCode, on: Date) -> Result<Vec<Unit>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM directory_units
         WHERE agency = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY sort_key, id"
    );
    tx.query(&sql, &[agency, &on])?.iter().map(from_row).collect()
}

/// The unit and those above it, the innermost first.
pub fn unit_path(tx: &Tx<'_>, id: UnitId) -> Result<Vec<Unit>> {
    let mut path: Vec<Unit> = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next {
        if path.iter().any(|unit| unit.id == id) {
            break;
        }
        let Some(unit) = unit_get(tx, id)? else { break };
        next = unit.parent;
        path.push(unit);
    }
    Ok(path)
}

/// Writes the unit; the caller keeps the version and the ledger.
pub(super) fn unit_put(tx: &Tx<'_>, unit: &Unit) -> Result<()> {
    let vi: &str = &unit.name.vi;
    let en: &str = &unit.name.en;
    tx.execute(
        "INSERT INTO directory_units (id, agency, parent, name_vi, name_en, abbreviation, calendar, sort_key,
           valid_from, valid_to, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE SET parent = $3, name_vi = $4, name_en = $5, abbreviation = $6, calendar = $7,
           sort_key = $8, valid_from = $9, valid_to = $10, version = $11",
        &[
            &unit.id,
            &unit.agency,
            &unit.parent,
            &vi,
            &en,
            &unit.abbreviation,
            &unit.calendar,
            &fold::sort_key(vi),
            &unit.valid_from,
            &unit.valid_to,
            &unit.version,
        ],
    )?;
    Ok(())
}
