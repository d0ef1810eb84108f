//! Sessions for programs that act for a person.

use super::types::{SessionOpened, SessionSwitched, SignIn, SwitchPosition};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::Refusal;
use platform::accounts::{self, Origin, refusals};
use web::problem::Problem;
use web::{App, Caller, Json, Req, Result};

/// Opens a session.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "identity", request_body = SignIn,
    responses(
        (status = 201, body = SessionOpened),
        (status = 401, body = Problem, description = "User name, password or code is not right, or a code is needed"),
        (status = 429, body = Problem, description = "Too many failures from here; see Retry-After")
    )
)]
pub async fn open(req: Req, State(app): State<App>, headers: HeaderMap, Json(body): Json<SignIn>) -> Result {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    let origin = Origin { address: req.peer, agent, device: None };
    let code = body.totp.as_deref().filter(|code| !code.trim().is_empty());
    let opened = accounts::sign_in_at_once(app.platform(), &body.username, &body.password, code, &origin).await?;
    let body = SessionOpened {
        token: opened.token,
        expires_at: opened.expires_at.rfc3339(),
        positions: opened.choices.iter().map(Into::into).collect(),
    };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

/// Ends the session that the call came by.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current", tag = "identity",
    responses((status = 204), (status = 401, body = Problem))
)]
pub async fn close(State(app): State<App>, Caller(principal): Caller) -> Result {
    accounts::sign_out(app.platform(), &principal).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Acts in another position or under a delegation; answers a new token, the old one no longer works.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/position", tag = "identity", request_body = SwitchPosition,
    responses((status = 200, body = SessionSwitched), (status = 403, body = Problem))
)]
pub async fn switch(
    State(app): State<App>,
    Caller(principal): Caller,
    Json(body): Json<SwitchPosition>,
) -> Result<Response> {
    let not_held = || Refusal::new(&refusals::POSITION_NOT_HELD);
    let position = body.position.parse().map_err(|_| not_held())?;
    let delegation = match body.delegation {
        Some(id) => Some(id.parse().map_err(|_| not_held())?),
        None => None,
    };
    let token = accounts::session_switch(app.platform(), &principal, position, delegation).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(SessionSwitched { token })).into_response())
}
