//! What handlers take: the signed-in person, the caller of an interface, query and JSON with bounded, explained errors.

use crate::app::{App, BODY_LIMIT};
use crate::csrf;
use crate::failure::Failure;
use crate::form::{FormData, MOST_FIELDS, guard, too_large};
use crate::refusals;
use crate::request::Req;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use base::{Lang, Refusal, Text};
use platform::access::{Principal, PrincipalKind};
use serde::de::DeserializeOwned;

/// The signed-in person. Pages send others to the sign-in page, interfaces answer 401.
#[derive(Debug, Clone)]
pub struct User(pub Principal);

impl FromRequestParts<App> for User {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let req = Req::from_request_parts(parts, app).await?;
        Ok(Self(req.person()?.clone()))
    }
}

/// The caller of an interface: a registered system (bearer token) or a signed-in person (session and guard header).
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let req = Req::from_request_parts(parts, app).await?;
        let Some(principal) = req.principal.as_deref() else {
            return Err(Refusal::new(&refusals::CREDENTIAL).into());
        };
        // A browser adds the session by itself, so a changing call by session needs the guard as well.
        if !req.by_bearer
            && matches!(principal.kind, PrincipalKind::Person { .. })
            && csrf::unsafe_method(&parts.method)
        {
            guard(&req, &parts.headers, None)?;
        }
        Ok(Self(principal.clone()))
    }
}

/// The language of the answer.
#[derive(Debug, Clone, Copy)]
pub struct Language(pub Lang);

impl FromRequestParts<App> for Language {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self(Req::from_request_parts(parts, app).await?.lang))
    }
}

/// The query of the address, read like a form (repeated fields, empty ones as `None`).
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or("");
        if query.split('&').take(MOST_FIELDS + 1).count() > MOST_FIELDS {
            return Err(crate::form::too_many().into());
        }
        Ok(Self(FormData::parse(query).read()?))
    }
}

/// A JSON body of at most [`BODY_LIMIT`] bytes; what does not fit names its place (RFC 6901 pointer) and what was expected.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, _app: &App) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim();
        if !(kind == "application/json" || kind.ends_with("+json")) {
            return Err(Refusal::new(&refusals::MEDIA).into());
        }
        let bytes = axum::body::to_bytes(request.into_body(), BODY_LIMIT).await.map_err(|_| too_large(BODY_LIMIT))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|e| json_refusal(&e).into())
    }
}

impl<T: serde::Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

fn json_refusal(error: &serde_json::Error) -> Refusal {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => {
            let reason = error.to_string();
            Refusal::new(&refusals::FIELDS).with("count", 1).field(place, Text::new(reason.clone(), reason))
        }
        _ => Refusal::new(&refusals::MALFORMED).with("reason", error),
    }
}
