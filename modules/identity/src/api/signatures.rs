//! Verifying the signatures of a file.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use platform::signing::check::check;
use web::problem::Problem;
use web::upload::{FILE_LIMIT, Passing};
use web::{App, Caller, Result};

/// What the signatures of a file are worth: the file is the body and is not kept. The answer is the verification report:
/// verdict, legal value with its article, and for each signature who signed, when, by what authority, what was changed
/// after, and every reason in both languages.
#[utoipa::path(
    post, path = "/api/v1/signatures/verify", tag = "identity",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "The report", body = super::types::VerificationReport),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub async fn verify(State(app): State<App>, Caller(_caller): Caller, body: Body) -> Result<Response> {
    let limit = app.platform().config().limits.attachment_bytes.min(FILE_LIMIT);
    let (mut passing, mut size) = (Passing::new()?, 0_u64);
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| base::Refusal::new(&web::refusals::MALFORMED).with("reason", "body"))?;
        size += piece.len() as u64;
        if size > limit {
            return Err(web::form::too_large(usize::try_from(limit).unwrap_or(usize::MAX)).into());
        }
        passing.write(&piece).await?;
    }
    let report = check(app.platform(), passing.finish().await?, None).await?;
    Ok(axum::Json(report).into_response())
}
