//! The description of the calls: the frame that every module's part is merged into, and its address.

use crate::app::App;
use crate::routes::{Routes, Who};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;
use utoipa::openapi::{Content, OpenApi as OpenApiDocument, Ref, RefOr, Response, ResponseBuilder};

const PROBLEM: &str = "application/problem+json";

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

/// As text, the same for the same description; with the answers that the surrounding layer gives for every call.
pub fn to_json(api: &OpenApiDocument) -> String {
    let mut api = api.clone();
    for item in api.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in all.into_iter().flatten() {
            let answers = &mut operation.responses.responses;
            for answer in answers.values_mut() {
                name_problems(answer);
            }
            let limited = "Too many requests; Retry-After says when to call again";
            answers.entry("429".to_owned()).or_insert_with(|| problem(limited));
            let other = "Any other refusal, with its code, remedy and article";
            answers.entry("default".to_owned()).or_insert_with(|| problem(other));
        }
    }
    api.to_pretty_json().unwrap_or_default()
}

fn problem(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name("Problem");
    RefOr::T(ResponseBuilder::new().description(description).content(PROBLEM, Content::new(Some(schema))).build())
}

/// A problem is served as `application/problem+json` (RFC 9457), whatever the derived description assumes.
fn name_problems(answer: &mut RefOr<Response>) {
    let RefOr::T(answer) = answer else { return };
    let is_problem = |content: &RefOr<Content>| {
        let RefOr::T(content) = content else { return false };
        matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem"))
    };
    let derived = answer.content.get("application/json").filter(|content| is_problem(content)).cloned();
    if let Some(content) = derived {
        answer.content.clear();
        answer.content.insert(PROBLEM.to_owned(), content);
    }
}

async fn serve(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], app.openapi().to_owned())
}

/// Its route.
pub fn routes() -> Routes {
    Routes::new().get("/api/openapi.json", Who::Public, serve)
}
