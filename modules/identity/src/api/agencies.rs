//! The directory's agencies: search without marks, one by either form of its code.

use super::types::{AgencyList, AgencyView};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use platform::{Error, directory};
use serde::Deserialize;
use web::problem::Problem;
use web::{App, Caller, Query, Result};

/// What is asked for.
#[derive(Deserialize)]
pub struct AgencyQuery {
    q: Option<String>,
    limit: Option<u32>,
}

/// Agencies by words of name, abbreviation or code, without marks; closed ones last.
#[utoipa::path(
    get, path = "/api/v1/agencies", tag = "identity",
    params(
        ("q" = String, Query, description = "Words; the last one may be unfinished"),
        ("limit" = Option<u32>, Query, description = "At most so many, 1–100; 20 unless told")
    ),
    responses((status = 200, body = AgencyList), (status = 401, body = Problem))
)]
pub async fn search(State(app): State<App>, _caller: Caller, Query(query): Query<AgencyQuery>) -> Result<Response> {
    let text = query.q.unwrap_or_default();
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let found = app.platform().db().read(move |tx| directory::agency_search(tx, &text, limit)).await?;
    Ok(axum::Json(AgencyList { agencies: found.iter().map(Into::into).collect() }).into_response())
}

/// One agency, by its code in the new or the old form.
#[utoipa::path(
    get, path = "/api/v1/agencies/{code}", tag = "identity",
    params(("code" = String, Path, description = "H57.09 or 000.00.09.H57")),
    responses((status = 200, body = AgencyView), (status = 404, body = Problem))
)]
pub async fn get(State(app): State<App>, _caller: Caller, Path(code): Path<String>) -> Result<Response> {
    let found = app.platform().db().read(move |tx| directory::agency_by_any_code(tx, &code)).await?;
    let agency = found.ok_or(Error::NotFound("agency"))?;
    Ok(axum::Json(AgencyView::from(&agency)).into_response())
}
