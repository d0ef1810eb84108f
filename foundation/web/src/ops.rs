//! Liveness and readiness for everybody, details and figures for the administrators' listener only.

use crate::app::App;
use crate::routes::{Routes, Who};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Marks an answer that goes out as it is, whatever its status: a load balancer reads a word, not a page.
#[derive(Clone, Copy)]
pub(crate) struct AsItIs;

/// The process runs.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Requests should be sent here: the database answers, the disk has room.
async fn readyz(State(app): State<App>) -> Response {
    if platform::telemetry::health(app.platform()).await.ready {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, axum::Extension(AsItIs), "not ready\n").into_response()
    }
}

async fn details(State(app): State<App>) -> Response {
    let health = platform::telemetry::health(app.platform()).await;
    let checks: Vec<_> =
        health.checks.iter().map(|c| serde_json::json!({ "name": c.name, "ok": c.ok, "detail": c.detail })).collect();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(serde_json::json!({ "ready": health.ready, "checks": checks }))).into_response()
}

async fn metrics(State(app): State<App>) -> Response {
    platform::telemetry::measure(app.platform()).await;
    let mut response = app.platform().metrics().exposition().into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    response
}

/// For the public listener: a word, no details.
pub fn routes() -> Routes {
    Routes::new().get("/healthz", Who::Public, healthz).get("/readyz", Who::Public, readyz)
}

/// For the administrators' listener.
pub fn admin_router(app: App) -> axum::Router {
    axum::Router::new()
        .route("/healthz", get(details))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(app)
}
