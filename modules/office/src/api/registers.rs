//! Calls for registers: `/api/v1/registers` and their entries in the order of numbers.

use super::types::moment;
use crate::store::outgoing::outgoing_get;
use crate::store::registers::{Direction, numbers_page, registers_of, series_state};
use crate::use_cases::Deed;
use axum::extract::State as AppState;
use platform::access::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{App, Caller, Json, Query, Routes, Who};

/// Description of these calls.
#[derive(OpenApi)]
#[openapi(paths(list, entries), components(schemas(RegisterOut, RegisterEntry)))]
pub struct Description;

/// These calls.
pub fn routes() -> Routes {
    Routes::new().get("/api/v1/registers", Who::May(Permission::RegistersPrint), list).get(
        "/api/v1/registers/entries",
        Who::May(Permission::RegistersPrint),
        entries,
    )
}

/// A register.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterOut {
    /// Id.
    pub id: String,
    /// `in` or `out`.
    pub direction: String,
    /// Name.
    pub name: String,
    /// Codes of the kinds it takes; empty: the rest.
    pub types: Vec<String>,
    /// Whether it is for state secrets.
    pub secret: bool,
    /// The last number given this year.
    pub last_number: i64,
}

/// The agency's registers.
#[utoipa::path(get, path = "/api/v1/registers", tag = "office", responses((status = 200, body = [RegisterOut])))]
async fn list(AppState(app): AppState<App>, Caller(caller): Caller) -> web::Result<Json<Vec<RegisterOut>>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let rows = app
        .platform()
        .db()
        .read(move |tx| {
            let mut out = Vec::new();
            for direction in [Direction::Out, Direction::In] {
                for register in registers_of(tx, deed.agency(), direction, deed.today())? {
                    out.push(RegisterOut {
                        last_number: series_state(tx, &register.id, deed.today().year())?.last_number,
                        id: register.id,
                        direction: direction.code().to_owned(),
                        name: register.name,
                        types: register.types,
                        secret: register.secret,
                    });
                }
            }
            Ok(out)
        })
        .await?;
    Ok(Json(rows))
}

#[derive(Debug, Deserialize)]
struct EntriesQuery {
    register: String,
    year: Option<i64>,
    after: Option<i64>,
    limit: Option<i64>,
}

/// One number of a register; a voided one stays.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterEntry {
    /// The number.
    pub number: i64,
    /// Its date.
    pub dated: String,
    /// Id of the document.
    pub document: String,
    /// Number and notation (outgoing).
    pub code: Option<String>,
    /// Trích yếu (outgoing).
    pub subject: Option<String>,
    /// When it was voided.
    pub voided_at: Option<String>,
    /// Why.
    pub void_reason: Option<String>,
}

/// The numbers of a register in a year, in order.
#[utoipa::path(get, path = "/api/v1/registers/entries", tag = "office", params(
    ("register" = String, Query), ("year" = Option<i64>, Query), ("after" = Option<i64>, Query, description = "The last number seen"),
    ("limit" = Option<i64>, Query, description = "1–500, 100 by default")
), responses((status = 200, body = [RegisterEntry])))]
async fn entries(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Query(query): Query<EntriesQuery>,
) -> web::Result<Json<Vec<RegisterEntry>>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let rows = app
        .platform()
        .db()
        .read(move |tx| {
            let mut own = registers_of(tx, deed.agency(), Direction::Out, deed.today())?;
            own.extend(registers_of(tx, deed.agency(), Direction::In, deed.today())?);
            if !own.iter().any(|r| r.id == query.register) {
                return Err(platform::Error::NotFound("register"));
            }
            let year = query.year.unwrap_or_else(|| i64::from(deed.today().year()));
            let limit = query.limit.unwrap_or(100).clamp(1, 500);
            numbers_page(tx, &query.register, year, query.after.unwrap_or(0), limit)?
                .into_iter()
                .map(|row| {
                    let document = match row.subject_id.parse() {
                        Ok(id) => outgoing_get(tx, id).ok(),
                        Err(_) => None,
                    };
                    Ok(RegisterEntry {
                        number: row.number,
                        dated: row.dated.to_string(),
                        document: row.subject_id,
                        code: document.as_ref().and_then(|d| d.code.clone()),
                        subject: document.map(|d| d.subject),
                        voided_at: row.voided_at.map(moment),
                        void_reason: row.void_reason,
                    })
                })
                .collect()
        })
        .await?;
    Ok(Json(rows))
}
