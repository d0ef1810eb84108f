//! Calls for registers: `/api/v1/registers` and their entries in the order of numbers.

use super::routes::day;
use super::types::moment;
use crate::store::outgoing::outgoing_get;
use crate::store::registers::{Direction, Register, numbers_page, register_get, registers_of, series_state};
use crate::use_cases::configure::{NewRegister, register_end, register_open};
use crate::use_cases::{Command, Deed};
use axum::extract::State as AppState;
use axum::http::StatusCode;
use platform::access::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::problem::Problem;
use web::{App, Caller, Json, Query, Routes, Who};

/// Description of these calls.
#[derive(OpenApi)]
#[openapi(paths(list, entries, open, end), components(schemas(RegisterOut, RegisterEntry, NewRegisterIn, EndRegister)))]
pub struct Description;

/// These calls.
pub fn routes() -> Routes {
    let may = Who::May(Permission::OfficeConfigure);
    Routes::new()
        .get("/api/v1/registers", Who::May(Permission::RegistersPrint), list)
        .get("/api/v1/registers/entries", Who::May(Permission::RegistersPrint), entries)
        .post("/api/v1/registers", may, open)
        .post("/api/v1/registers/end", may, end)
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
    /// First day on which it takes documents (YYYY-MM-DD).
    pub valid_from: String,
    /// First day on which it takes nothing more.
    pub valid_until: Option<String>,
    /// How often a person changed it.
    pub version: i64,
}

impl RegisterOut {
    fn of(register: Register, direction: Direction, last_number: i64) -> Self {
        Self {
            last_number,
            id: register.id,
            direction: direction.code().to_owned(),
            name: register.name,
            types: register.types,
            secret: register.secret,
            valid_from: register.valid_from.to_string(),
            valid_until: register.valid_until.map(|d| d.to_string()),
            version: register.version,
        }
    }
}

/// A register to open.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewRegisterIn {
    /// Name, at most 100 characters.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Stable names of the kinds it takes, at least one.
    pub types: Vec<String>,
    /// Whether it is for state secrets.
    pub secret: bool,
    /// 1 January of a coming year, or today while its kinds have no number this year.
    pub valid_from: String,
    /// What was seen, and the key of the call.
    #[serde(flatten)]
    pub command: Command,
}

/// The end of a register.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct EndRegister {
    /// Id of the register.
    pub register: String,
    /// First day on which it takes nothing more: 1 January.
    pub valid_until: String,
    /// What was seen, and the key of the call.
    #[serde(flatten)]
    pub command: Command,
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
                    let last = series_state(tx, &register.id, deed.today().year())?.last_number;
                    out.push(RegisterOut::of(register, direction, last));
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
), responses((status = 200, body = [RegisterEntry]), (status = 404, description = "The agency has no such register", body = Problem)))]
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
            register_get(tx, deed.agency(), &query.register, deed.today())?;
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

/// Opens a register of its own for some kinds of outgoing documents; what arrives has one series a year.
#[utoipa::path(post, path = "/api/v1/registers", tag = "office", request_body = NewRegisterIn,
    responses((status = 201, body = RegisterOut), (status = 422, description = "Kinds that another register takes, a day within a year that has begun")))]
async fn open(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Json(input): Json<NewRegisterIn>,
) -> web::Result<(StatusCode, Json<RegisterOut>)> {
    let new = NewRegister {
        name: input.name,
        name_en: input.name_en,
        types: input.types,
        secret: input.secret,
        valid_from: day("valid_from", &input.valid_from)?,
    };
    let (register, direction) = register_open(app.platform(), &caller, new, input.command).await?;
    Ok((StatusCode::CREATED, Json(RegisterOut::of(register, direction, 0))))
}

/// Ends a register; its book stays readable.
#[utoipa::path(post, path = "/api/v1/registers/end", tag = "office", request_body = EndRegister,
    responses((status = 200, body = RegisterOut), (status = 409, description = "Changed meanwhile")))]
async fn end(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Json(input): Json<EndRegister>,
) -> web::Result<Json<RegisterOut>> {
    let until = day("valid_until", &input.valid_until)?;
    let (register, direction) = register_end(app.platform(), &caller, input.register, until, input.command).await?;
    let (id, year) = (register.id.clone(), app.platform().now().local_date().year());
    let last = app.platform().db().read(move |tx| Ok(series_state(tx, &id, year)?.last_number)).await?;
    Ok(Json(RegisterOut::of(register, direction, last)))
}
