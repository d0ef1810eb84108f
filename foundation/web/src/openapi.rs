//! The description of the calls: the frame that every module's part is merged into, and its address.

use crate::app::App;
use crate::routes::{RouteRule, Routes, Who};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
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

/// Name of the only scheme: the token of a person's session or of a registered system.
const BEARER: &str = "bearer";

/// As text, the same for the same description; with the credential that each call's rule asks for and the refusals that
/// the surrounding layer and the extractors give for calls of its shape. Nothing is left to a `default` answer, so that
/// an answer which nobody described is found.
pub fn to_json(api: &OpenApiDocument, rules: &[RouteRule]) -> String {
    let mut api = api.clone();
    let scheme = SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Token of `POST /api/v1/sessions`, or of a registered outside system"))
            .build(),
    );
    api.components.get_or_insert_default().add_security_scheme(BEARER, scheme);
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            let rule = rules.iter().find(|rule| rule.method == method && rule.path.replace("{*", "{") == *path);
            let who = rule.map_or(Who::Public, |rule| rule.who);
            if !matches!(who, Who::Public | Who::Peer) {
                operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
            }
            let refusals = refusals_of(who, method, path, operation);
            let answers = &mut operation.responses.responses;
            answers.values_mut().for_each(name_problems);
            for (status, description) in refusals {
                answers.entry(status.to_owned()).or_insert_with(|| problem(description));
            }
        }
    }
    api.to_pretty_json().unwrap_or_default()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, .. } = item;
    [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete)]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The refusals of a call of this shape, by status.
fn refusals_of(who: Who, method: &str, path: &str, operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let changes = method != "GET";
    let takes_body = operation.request_body.is_some();
    let takes_query = operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    let mut all = vec![
        ("429", "Too many requests; Retry-After says when to call again"),
        ("503", "For the moment not possible (disk full, database away); try again later"),
    ];
    let mut when = |holds: bool, status, description| {
        if holds {
            all.push((status, description));
        }
    };
    let wants_credential = !matches!(who, Who::Public | Who::Peer);
    when(wants_credential, "401", "No credential, or one that is not or no longer good");
    when(wants_credential, "403", "Not among the caller's rights, or refused for another reason that the code names");
    when(takes_body || takes_query, "400", "Cannot be read: not JSON, not text, a parameter of another type");
    when(path.contains('{'), "404", "There is none, or the caller may not know of it");
    when(changes && wants_credential, "409", "Somebody was first, or its state does not allow it (any more)");
    when(takes_body, "413", "Too large");
    when(takes_body, "415", "Another media type than described");
    when(takes_body || takes_query, "422", "A field or the whole breaks a rule that the code names");
    all
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
