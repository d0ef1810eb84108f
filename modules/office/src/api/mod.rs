//! The office's JSON calls; every verb of the pages can be done here too, by the same people with the same rights.

pub mod incoming;
pub mod incoming_types;
pub mod outgoing;
pub mod registers;
pub mod routes;
pub mod transfer;
pub mod types;

use web::Routes;

/// All calls.
pub fn routes() -> Routes {
    outgoing::routes().and(incoming::routes()).and(registers::routes()).and(routes::routes())
}

/// Their description.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut api = <outgoing::Description as utoipa::OpenApi>::openapi();
    api.merge(<incoming::Description as utoipa::OpenApi>::openapi());
    api.merge(<registers::Description as utoipa::OpenApi>::openapi());
    api.merge(<routes::Description as utoipa::OpenApi>::openapi());
    api
}
