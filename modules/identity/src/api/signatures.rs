//! Verifying the signatures of a file that is sent along; nothing of it is kept.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::Refusal;
use platform::signing::check;
use web::problem::Problem;
use web::upload::PassingBody;
use web::{App, Caller, Result};

/// Verifies the signatures of a PDF, CMS, XML or ASiC file: the file as the body, or `multipart/form-data` with the part
/// `file` and, for a detached signature, the part `content`.
#[utoipa::path(
    post, path = "/api/v1/signatures/verify", tag = "identity",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "The report: the verdict, the legal value, and for each signature who, when, on what authority and every reason in both languages", content_type = "application/json", body = serde_json::Value),
        (status = 401, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn verify(State(app): State<App>, _caller: Caller, PassingBody(files): PassingBody) -> Result<Response> {
    let (mut file, mut content) = (None, None);
    for one in files {
        match one.field.as_str() {
            "file" => file = Some(one.spooled.file),
            "content" => content = Some(one.spooled.file),
            _ => {}
        }
    }
    let file = file.ok_or_else(|| Refusal::new(&crate::refusals::NO_FILE))?;
    Ok(axum::Json(check::check(app.platform(), file, content).await?).into_response())
}
