//! The calls between servers.

use super::introduce::{self, IntroductionRequest};
use super::refusals;
use super::request::{self, PATH_INTRODUCTION, PATH_PACKAGES, PATH_RESTORED};
use super::restored::{self, Announcement};
use crate::api::packages::rejection;
use crate::use_cases::accept;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base::Refusal;
use futures_util::StreamExt;
use platform::blobs::ContentHash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use web::extract::Json;
use web::problem::Problem;
use web::routes::{Routes, Who};
use web::{App, Failure, Req};

/// The routes with their rules.
pub fn routes() -> Routes {
    Routes::new()
        // Whoever holds an unused invitation may use it: the secret is the credential.
        .post(PATH_INTRODUCTION, Who::Public, introduction)
        .post(PATH_PACKAGES, Who::Peer, packages)
        .post(PATH_RESTORED, Who::Peer, restored_said)
}

/// Uses an invitation: the calling server proves who it is and is told who we are.
#[utoipa::path(
    post, path = "/api/v1/exchange/peer/introduction", tag = "peers",
    request_body(content = Object, description = "Secret, identity and proof"),
    responses(
        (status = 200, description = "Our identity and its proof", body = Object),
        (status = 403, description = "Unknown, used or expired invitation; or another server than the invited one", body = Problem),
        (status = 422, description = "A code that the server may not speak for", body = Problem)
    )
)]
pub(crate) async fn introduction(
    State(app): State<App>,
    Json(asked): Json<serde_json::Value>,
) -> Result<Response, Failure> {
    let asked: IntroductionRequest =
        serde_json::from_value(asked).map_err(|_| Failure::from(Refusal::new(&refusals::INVITATION_MALFORMED)))?;
    let answer = introduce::introduced(app.platform(), asked).await?;
    Ok(axum::Json(answer).into_response())
}

/// Bytes and seconds that are spent on a body nobody wants.
const DRAIN: (usize, Duration) = (4 << 20, Duration::from_secs(5));

/// Reads a refused body to its end, within bounds: a sender that is cut off while writing never learns why.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let reading = async {
        let mut read = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            read += chunk.len();
            if read > DRAIN.0 {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN.1, reading).await;
}

/// Hands in a package or a status message from another server (edXML; RFC 9421 signature, RFC 9530 digest).
///
/// The same package again gets the same receipt. A refusal carries a signed receipt in the member `receipt`.
#[utoipa::path(
    post, path = "/api/v1/exchange/peer/packages", tag = "peers",
    request_body(content = String, content_type = "application/xml", description = "edXML"),
    params(
        ("Signature-Input" = String, Header, description = "RFC 9421"),
        ("Signature" = String, Header, description = "RFC 9421"),
        ("Content-Digest" = String, Header, description = "RFC 9530, SHA-256"),
        ("Date" = String, Header, description = "RFC 9110")
    ),
    responses(
        (status = 202, description = "Taken; the signed receipt", body = crate::api::types::Receipt),
        (status = 400, description = "Not an edXML package, or cut off", body = Problem),
        (status = 401, description = "Not signed, by nobody known, altered, replayed, or a wrong clock", body = Problem),
        (status = 403, description = "The sender is not an agency of this peer", body = Problem),
        (status = 409, description = "Same identity, other content", body = Problem),
        (status = 413, description = "Too large", body = Problem),
        (status = 422, description = "No recipient served here, secret document, missing data", body = Problem)
    )
)]
pub(crate) async fn packages(
    State(app): State<App>,
    req: Req,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let checked = match request::check(app.platform(), "POST", PATH_PACKAGES, &headers).await {
        Ok(checked) => checked,
        Err(error) => {
            drain(body).await;
            return Err(error.into());
        }
    };
    let altered = Arc::new(AtomicBool::new(false));
    let body = request::checked_body(body.into_data_stream(), checked.digest, Arc::clone(&altered));
    let limit = app.platform().config().limits.package_bytes;
    match accept::accept(app.platform(), &checked.principal, body, limit).await {
        Ok(accepted) => {
            app.platform().wake_jobs();
            Ok((StatusCode::ACCEPTED, axum::Json(accepted.receipt)).into_response())
        }
        Err(_) if altered.load(Ordering::SeqCst) => Err(Refusal::new(&refusals::BODY_ALTERED).into()),
        Err(rejected) => rejection(&req, rejected),
    }
}

/// Longest announcement, in bytes.
const ANNOUNCEMENT_LIMIT: usize = 64 << 10;

/// Says that the calling server was restored from a backup: what it had signed for since then is offered to it again.
#[utoipa::path(
    post, path = "/api/v1/exchange/peer/restored", tag = "peers", request_body = Announcement,
    params(
        ("Signature-Input" = String, Header, description = "RFC 9421"),
        ("Signature" = String, Header, description = "RFC 9421"),
        ("Content-Digest" = String, Header, description = "RFC 9530, SHA-256"),
        ("Date" = String, Header, description = "RFC 9110")
    ),
    responses(
        (status = 202, description = "Heard; the same epoch again changes nothing"),
        (status = 400, description = "Not an announcement", body = Problem),
        (status = 401, description = "Not signed, by nobody known, altered, replayed, or a wrong clock", body = Problem),
        (status = 413, description = "Too large", body = Problem),
        (status = 422, description = "Not signed by the peer's ledger", body = Problem)
    )
)]
pub(crate) async fn restored_said(
    State(app): State<App>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Failure> {
    let checked = match request::check(app.platform(), "POST", PATH_RESTORED, &headers).await {
        Ok(checked) => checked,
        Err(error) => {
            drain(body).await;
            return Err(error.into());
        }
    };
    let bytes = axum::body::to_bytes(body, ANNOUNCEMENT_LIMIT)
        .await
        .map_err(|_| Failure::from(web::form::too_large(ANNOUNCEMENT_LIMIT)))?;
    if ContentHash::of(&bytes) != checked.digest {
        return Err(Refusal::new(&refusals::BODY_ALTERED).into());
    }
    let said: Announcement =
        serde_json::from_slice(&bytes).map_err(|_| Failure::from(Refusal::new(&refusals::ANNOUNCEMENT)))?;
    restored::heard(app.platform(), checked.peer, said).await?;
    Ok(StatusCode::ACCEPTED)
}
