//! Calls for routes: `/api/v1/routes`, who takes which step, with the days on which each is in force.

use crate::refusals;
use crate::rules::route::{Performer, Route, RouteStep, Step};
use crate::store::routes::{RouteId, route_for, routes_of};
use crate::use_cases::configure::{KeptRoute, route_add, route_end};
use crate::use_cases::{Command, Deed};
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::{Date, Refusal, Text};
use platform::access::Permission;
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{App, Caller, Json, Query, Routes, Who};

/// Description of these calls.
#[derive(OpenApi)]
#[openapi(paths(list, today, add, end), components(schemas(RouteOut, RouteStepOut, NewRoute, End)))]
pub struct Description;

/// These calls.
pub fn routes() -> Routes {
    let may = Who::May(Permission::OfficeConfigure);
    Routes::new()
        .get("/api/v1/routes", may, list)
        .get("/api/v1/routes/in-force", may, today)
        .post("/api/v1/routes", may, add)
        .post("/api/v1/routes/{id}/end", may, end)
}

/// One step of a route.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RouteStepOut {
    /// `draft`, `content`, `format`, `sign`, `number`, `seal`, `issue`, `register`, `triage`, `direct`, `assign`.
    pub step: String,
    /// Who may take it: `duty:leader`, `person:<id>`, `unit:<id>`; any one of them.
    pub by: Vec<String>,
}

/// A route.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteOut {
    /// Id; none for the decree's own.
    pub id: Option<String>,
    /// Stable names of the kinds it is for; empty: all.
    pub types: Vec<String>,
    /// The field of work it is for; none: all.
    pub field: Option<String>,
    /// First day in force (YYYY-MM-DD).
    pub valid_from: String,
    /// First day no longer in force.
    pub valid_until: Option<String>,
    /// Its steps in order.
    pub steps: Vec<RouteStepOut>,
    /// Version.
    pub version: i64,
}

impl RouteOut {
    fn of(id: Option<RouteId>, route: Route, version: i64) -> Self {
        Self {
            id: id.map(|id| id.to_string()),
            types: route.types,
            field: route.field,
            valid_from: route.valid_from.to_string(),
            valid_until: route.valid_until.map(|d| d.to_string()),
            steps: route
                .steps
                .iter()
                .map(|s| RouteStepOut {
                    step: s.step.code().to_owned(),
                    by: s.by.iter().map(Performer::written).collect(),
                })
                .collect(),
            version,
        }
    }
    fn kept((id, route, version): KeptRoute) -> Self {
        Self::of(Some(id), route, version)
    }
}

/// A route to put in force.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewRoute {
    /// Stable names of the kinds; empty: all.
    pub types: Vec<String>,
    /// The field of work; none: all.
    pub field: Option<String>,
    /// First day (YYYY-MM-DD), today or later.
    pub valid_from: String,
    /// First day no longer in force.
    pub valid_until: Option<String>,
    /// The steps in order; every step must be there.
    pub steps: Vec<RouteStepOut>,
    /// What was seen, and the key of the call.
    #[serde(flatten)]
    pub command: Command,
}

/// The end of a route or a register.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct End {
    /// First day no longer in force (YYYY-MM-DD).
    pub valid_until: String,
    /// What was seen, and the key of the call.
    #[serde(flatten)]
    pub command: Command,
}

/// A day that must be there; the refusal names the field.
pub(super) fn day(field: &str, text: &str) -> Result<Date> {
    text.trim().parse().map_err(|_| {
        Refusal::new(&refusals::CONFIGURATION)
            .with("count", 1)
            .field(field, Text::fixed("Cần một ngày dạng YYYY-MM-DD.", "A day as YYYY-MM-DD is needed."))
            .into()
    })
}

/// The agency's own routes, past and coming ones too.
#[utoipa::path(get, path = "/api/v1/routes", tag = "office", responses((status = 200, body = [RouteOut])))]
async fn list(AppState(app): AppState<App>, Caller(caller): Caller) -> web::Result<Json<Vec<RouteOut>>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let all = app.platform().db().read(move |tx| routes_of(tx, deed.agency())).await?;
    Ok(Json(all.into_iter().map(RouteOut::kept).collect()))
}

#[derive(Debug, Deserialize)]
struct Which {
    kind: String,
    field: Option<String>,
    on: Option<String>,
}

/// The route that applies to a kind and field on a day; the decree's own where the agency has decided nothing.
#[utoipa::path(get, path = "/api/v1/routes/in-force", tag = "office", params(
    ("kind" = String, Query), ("field" = Option<String>, Query),
    ("on" = Option<String>, Query, description = "YYYY-MM-DD, today by default")
), responses((status = 200, body = RouteOut)))]
async fn today(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Query(which): Query<Which>,
) -> web::Result<Json<RouteOut>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let on = match &which.on {
        Some(text) => day("on", text)?,
        None => deed.today(),
    };
    let found = app
        .platform()
        .db()
        .read(move |tx| {
            let route = route_for(tx, deed.agency(), &which.kind, which.field.as_deref(), on)?;
            let kept = routes_of(tx, deed.agency())?.into_iter().find(|(_, r, _)| *r == route);
            Ok(kept.map_or_else(|| RouteOut::of(None, route, 0), RouteOut::kept))
        })
        .await?;
    Ok(Json(found))
}

/// Puts a route in force.
#[utoipa::path(post, path = "/api/v1/routes", tag = "office", request_body = NewRoute,
    responses((status = 201, body = RouteOut), (status = 422, description = "A step without anybody, the seal before the signature, a day that has passed")))]
async fn add(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Json(new): Json<NewRoute>,
) -> web::Result<(StatusCode, Json<RouteOut>)> {
    let route = Route {
        types: new.types,
        field: new.field.map(|f| base::fold::nfc(f.trim())).filter(|f| !f.is_empty()),
        valid_from: day("valid_from", &new.valid_from)?,
        valid_until: new.valid_until.as_deref().map(|text| day("valid_until", text)).transpose()?,
        steps: new.steps.iter().map(read_step).collect::<Result<_>>()?,
    };
    let kept = route_add(app.platform(), &caller, route, new.command).await?;
    Ok((StatusCode::CREATED, Json(RouteOut::kept(kept))))
}

fn read_step(step: &RouteStepOut) -> Result<RouteStep> {
    let wrong = |field: &str, word: &str| -> Error {
        Refusal::new(&refusals::CONFIGURATION)
            .with("count", 1)
            .field(field, Text::new(format!("Không hiểu “{word}”."), format!("“{word}” is not known.")))
            .into()
    };
    let known = Step::from_code(&step.step).ok_or_else(|| wrong("steps", &step.step))?;
    let by = step
        .by
        .iter()
        .map(|who| Performer::read(who).ok_or_else(|| wrong(known.code(), who)))
        .collect::<Result<_>>()?;
    Ok(RouteStep { step: known, by })
}

/// Ends a route.
#[utoipa::path(post, path = "/api/v1/routes/{id}/end", tag = "office", request_body = End, params(("id" = String, Path)),
    responses((status = 200, body = RouteOut), (status = 409, description = "Changed meanwhile")))]
async fn end(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<End>,
) -> web::Result<Json<RouteOut>> {
    let id: RouteId = id.parse().map_err(|_| Error::NotFound("route"))?;
    let until = day("valid_until", &input.valid_until)?;
    Ok(Json(RouteOut::kept(route_end(app.platform(), &caller, id, until, input.command).await?)))
}
