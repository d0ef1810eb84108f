//! Why a handler could not answer; the surrounding layer turns it into a problem document or an error page.

use crate::refusals;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Refusal, RefusalKind};
use platform::Error;
use std::sync::Arc;

/// Result of a handler.
pub type Result<T = Response, E = Failure> = std::result::Result<T, E>;

/// A platform error on its way to becoming a response.
///
/// It answers with its status and an empty body; [`crate::surround`] knows who asked and in which language, and writes
/// the RFC 9457 problem document or the page.
#[derive(Debug, Clone)]
pub struct Failure(pub Arc<Error>);

impl Failure {
    /// The refusal that is shown: the platform's own, or the web's row for the sort of error.
    pub fn refusal(&self) -> Refusal {
        match &*self.0 {
            Error::Refused(refusal) => (**refusal).clone(),
            Error::NotFound(_) => Refusal::new(&refusals::NOT_FOUND),
            Error::Conflict(_) => Refusal::new(&refusals::CONFLICT),
            Error::Unavailable(_) => Refusal::new(&refusals::UNAVAILABLE),
            Error::Storage(_, trouble) => trouble.refusal(),
            Error::Fault(_) => Refusal::new(&refusals::FAULT),
        }
    }

    /// The HTTP status; the only place in the product that decides one for an error.
    pub fn status(&self) -> StatusCode {
        match &*self.0 {
            Error::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Error::Refused(refusal) => refusal_status(refusal),
            _ => refusal_status(&self.refusal()),
        }
    }
}

/// The HTTP status of a refusal.
pub fn refusal_status(refusal: &Refusal) -> StatusCode {
    if std::ptr::eq(refusal.code, &refusals::METHOD) {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    match refusal.code.kind {
        RefusalKind::Malformed => StatusCode::BAD_REQUEST,
        RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::Gone => StatusCode::GONE,
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Arc::new(refusal.into()))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
