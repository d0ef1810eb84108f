//! The description of the calls: the frame that every module's part is merged into, and its address.

use crate::app::App;
use crate::routes::{Routes, Who};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Liên Thông",
        description = "Giao diện lập trình của Liên Thông. Lỗi là problem+json (RFC 9457), danh mục ở /loi. \
                       The programming interface; errors are problem+json (RFC 9457), catalogue at /loi.",
        license(name = "Apache-2.0")
    ),
    components(schemas(crate::problem::Problem))
)]
struct Frame;

/// The empty description.
pub fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// As text, the same for the same description.
pub fn to_json(api: &utoipa::openapi::OpenApi) -> String {
    api.to_pretty_json().unwrap_or_default()
}

async fn serve(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], app.openapi().to_owned())
}

/// Its route.
pub fn routes() -> Routes {
    Routes::new().get("/api/openapi.json", Who::Public, serve)
}
