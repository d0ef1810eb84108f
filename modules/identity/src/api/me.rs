//! Who asks, in which position, with which rights.

use super::types::Me;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use platform::access::{self, Permission, PrincipalKind};
use platform::accounts;
use web::problem::Problem;
use web::{App, Caller, Req, Result};

/// Who asks.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "identity",
    responses((status = 200, body = Me), (status = 401, body = Problem))
)]
pub async fn get(req: Req, State(app): State<App>, Caller(principal): Caller) -> Result<Response> {
    let today = req.now.local_date();
    let choices = match principal.account() {
        Some(account) => app.platform().db().read(move |tx| accounts::acting_choices(tx, account, today)).await?,
        None => Vec::new(),
    };
    let (kind, agencies) = match &principal.kind {
        PrincipalKind::System { agencies, .. } => ("system", agencies.iter().map(ToString::to_string).collect()),
        _ => ("person", vec![principal.agency.to_string()]),
    };
    let me = Me {
        kind,
        name: principal.name.clone(),
        agency: principal.agency.to_string(),
        agency_name: principal.agency_name.get(req.lang).to_owned(),
        agencies,
        title: principal.title.get(req.lang).to_owned(),
        roles: principal.roles.iter().map(|role| role.name()).collect(),
        permissions: Permission::ALL
            .into_iter()
            .filter(|permission| access::allows(&principal, *permission, &principal.agency))
            .map(Permission::name)
            .collect(),
        positions: choices.iter().map(Into::into).collect(),
    };
    Ok(axum::Json(me).into_response())
}
