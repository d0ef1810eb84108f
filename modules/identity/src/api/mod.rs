//! The programming interface: sessions, who am I, agencies, verification of signatures.

mod agencies;
mod me;
mod sessions;
mod signatures;
pub mod types;

use utoipa::OpenApi;
use web::routes::{Routes, Who};

/// The routes with their rules.
pub fn routes() -> Routes {
    Routes::new()
        .post("/api/v1/sessions", Who::Public, sessions::open)
        .delete("/api/v1/sessions/current", Who::Person, sessions::close)
        .post("/api/v1/sessions/current/position", Who::Person, sessions::switch)
        .get("/api/v1/me", Who::Caller, me::get)
        .get("/api/v1/agencies", Who::Caller, agencies::search)
        .get("/api/v1/agencies/{code}", Who::Caller, agencies::get)
        .post("/api/v1/signatures/verify", Who::Caller, signatures::verify)
}

#[derive(OpenApi)]
#[openapi(
    paths(sessions::open, sessions::close, sessions::switch, me::get, agencies::search, agencies::get, signatures::verify),
    components(schemas(
        types::SignIn,
        types::SessionOpened,
        types::PositionChoice,
        types::SwitchPosition,
        types::SessionSwitched,
        types::Me,
        types::AgencyView,
        types::AgencyList
    )),
    tags((name = "identity", description = "Người dùng và cơ quan · People and agencies"))
)]
struct Api;

/// Their description (OpenAPI 3.1).
pub fn openapi() -> utoipa::openapi::OpenApi {
    Api::openapi()
}
