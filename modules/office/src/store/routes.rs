//! The agency's routes as dated data.

use crate::rules::route::{Route, in_force};
use base::{AgencyCode, Date, Id};
use platform::{Error, Result, Tx};

/// Marker of route ids.
pub enum RouteMark {}
/// Id of a route.
pub type RouteId = Id<RouteMark>;

/// The route of a document of this kind and field on a day; the decree's own where the agency has decided nothing.
pub fn route_for(tx: &Tx<'_>, agency: &AgencyCode, kind: &str, field: Option<&str>, on: Date) -> Result<Route> {
    Ok(in_force(&routes_of(tx, agency)?.into_iter().map(|(_, r, _)| r).collect::<Vec<_>>(), kind, field, on))
}

/// All routes of an agency with their versions, past and future ones too.
pub fn routes_of(tx: &Tx<'_>, agency: &AgencyCode) -> Result<Vec<(RouteId, Route, i64)>> {
    tx.query("SELECT id, route, version FROM office_route WHERE agency = $1 ORDER BY valid_from, id", &[agency])?
        .iter()
        .map(|row| {
            let route: serde_json::Value = row.get(1)?;
            Ok((
                row.get(0)?,
                serde_json::from_value(route).map_err(|e| Error::fault("reading a route", e))?,
                row.get(2)?,
            ))
        })
        .collect()
}

/// A route of the agency and its version; one of another agency does not exist.
pub fn route_get(tx: &Tx<'_>, agency: &AgencyCode, id: RouteId) -> Result<(Route, i64)> {
    let row = tx
        .query_opt("SELECT route, version FROM office_route WHERE id = $1 AND agency = $2", &[&id, agency])?
        .ok_or(Error::NotFound("route"))?;
    let route: serde_json::Value = row.get(0)?;
    Ok((serde_json::from_value(route).map_err(|e| Error::fault("reading a route", e))?, row.get(1)?))
}

/// Gives a route its last day; the caller has checked it with the rules.
pub fn route_end(tx: &Tx<'_>, id: RouteId, route: &Route, version: i64) -> Result<()> {
    let json = serde_json::to_value(route).map_err(|e| Error::fault("writing a route", e))?;
    let changed = tx.execute(
        "UPDATE office_route SET route = $2, valid_until = $3, version = $4 WHERE id = $1 AND version = $4 - 1",
        &[&id, &json, &route.valid_until, &version],
    )?;
    super::changed_one(changed, "the route")
}

/// Puts a route in force; the caller has checked it with the rules.
pub fn route_add(tx: &Tx<'_>, id: RouteId, agency: &AgencyCode, route: &Route) -> Result<()> {
    let json = serde_json::to_value(route).map_err(|e| Error::fault("writing a route", e))?;
    tx.execute(
        "INSERT INTO office_route (id, agency, valid_from, valid_until, route, version) VALUES ($1, $2, $3, $4, $5, 1)",
        &[&id, agency, &route.valid_from, &route.valid_until, &json],
    )?;
    Ok(())
}

/// A route by its id, as the record in the ledger.
pub fn route_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let row = tx.query_opt("SELECT agency, route, version FROM office_route WHERE id = $1", &[&id])?;
    row.map(|row| {
        Ok(serde_json::json!({
            "agency": row.get::<String>(0)?,
            "route": row.get::<serde_json::Value>(1)?,
            "version": row.get::<i64>(2)?,
        }))
    })
    .transpose()
}
