//! Routes with their rule: nobody can add a route without saying who may use it.

use crate::app::App;
use crate::failure::Failure;
use crate::refusals;
use crate::request::Req;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use base::Refusal;
use platform::access::{self, Permission, PrincipalKind};

/// Who may use a route. The handler still decides about the record it touches (another agency's, another unit's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Public,
    /// Any signed-in person.
    Person,
    /// A person or system that holds the permission in its own agency.
    May(Permission),
    /// A person who holds the permission over the server itself.
    MayServer(Permission),
    /// A registered outside system.
    System,
    /// A person or a registered outside system.
    Caller,
    /// Another server; the handler checks the signature of the request (RFC 9421).
    Peer,
}

/// One line of the table of routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRule {
    /// `GET`, `POST` …
    pub method: &'static str,
    /// Path with places, e.g. `/van-ban-den/{id}`.
    pub path: &'static str,
    /// Who may.
    pub who: Who,
}

/// The routes of a module, each with its rule.
#[derive(Default)]
pub struct Routes {
    router: axum::Router<App>,
    rules: Vec<RouteRule>,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page or a reading call.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", MethodFilter::GET, path, who, handler)
    }

    /// A form or a changing call.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("POST", MethodFilter::POST, path, who, handler)
    }

    /// A call that puts a resource in place.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("PUT", MethodFilter::PUT, path, who, handler)
    }

    /// A call that takes a resource away.
    #[must_use]
    pub fn delete<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("DELETE", MethodFilter::DELETE, path, who, handler)
    }

    fn add<H, T>(mut self, name: &'static str, filter: MethodFilter, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let method: MethodRouter<App> = on(filter, handler)
            .route_layer(middleware::from_fn(move |request: Request, next: Next| guard(who, request, next)));
        self.router = self.router.route(path, method);
        self.rules.push(RouteRule { method: name, path, who });
        self
    }

    /// Adds the routes of another part of the same module.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.rules.extend(other.rules);
        self
    }

    /// The table.
    pub fn rules(&self) -> &[RouteRule] {
        &self.rules
    }

    pub(crate) fn into_parts(self) -> (axum::Router<App>, Vec<RouteRule>) {
        (self.router, self.rules)
    }
}

async fn guard(who: Who, request: Request, next: Next) -> Response {
    let Some(req) = request.extensions().get::<Req>().cloned() else {
        return Failure::from(platform::Error::Fault("the surrounding layer is missing".into())).into_response();
    };
    match decide(who, &req) {
        Ok(()) => next.run(request).await,
        Err(refusal) => Failure::from(refusal).into_response(),
    }
}

/// Whether the caller may use a route of this rule.
pub fn decide(who: Who, req: &Req) -> Result<(), Refusal> {
    let nobody = || Refusal::new(if req.wants_page { &refusals::SIGN_IN } else { &refusals::CREDENTIAL });
    let principal = req.principal.as_deref();
    match who {
        Who::Public | Who::Peer => Ok(()),
        Who::Person => match principal.map(|p| &p.kind) {
            Some(PrincipalKind::Person { .. }) => Ok(()),
            Some(_) => Err(Refusal::new(&refusals::FORBIDDEN)),
            None => Err(nobody()),
        },
        Who::System => match principal.map(|p| &p.kind) {
            Some(PrincipalKind::System { .. }) => Ok(()),
            Some(_) => Err(Refusal::new(&refusals::FORBIDDEN)),
            None => Err(nobody()),
        },
        Who::Caller => match principal.map(|p| &p.kind) {
            Some(PrincipalKind::Person { .. } | PrincipalKind::System { .. }) => Ok(()),
            Some(_) => Err(Refusal::new(&refusals::FORBIDDEN)),
            None => Err(nobody()),
        },
        Who::May(permission) => {
            let principal = principal.ok_or_else(nobody)?;
            access::require(principal, permission, &principal.agency)
        }
        Who::MayServer(permission) => access::require_server(principal.ok_or_else(nobody)?, permission),
    }
}

impl std::fmt::Display for RouteRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let who = match self.who {
            Who::Public => "public".to_owned(),
            Who::Person => "person".to_owned(),
            Who::May(permission) => format!("may {permission:?}"),
            Who::MayServer(permission) => format!("may {permission:?} on the server"),
            Who::System => "system".to_owned(),
            Who::Caller => "person or system".to_owned(),
            Who::Peer => "peer".to_owned(),
        };
        write!(f, "{:6} {} · {who}", self.method, self.path)
    }
}

/// The method of a rule as an HTTP method.
impl RouteRule {
    /// The HTTP method.
    pub fn http_method(&self) -> Method {
        Method::from_bytes(self.method.as_bytes()).unwrap_or(Method::GET)
    }
}
