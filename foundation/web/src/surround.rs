//! What surrounds every request: its code, who asks, a time limit, panics caught, errors written out, headers, logs.

use crate::app::App;
use crate::failure::Failure;
use crate::form::FormData;
use crate::kept::Aside;
use crate::request::{Context, Req, choose_language, wants_page};
use crate::{cookies, csrf, headers, kept, problem, refusals, upload, who};
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::Refusal;
use futures_util::FutureExt;
use platform::accounts::Theme;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How long a page or a short call may take.
const SHORT: Duration = Duration::from_secs(30);
/// How long a request with a large body (upload, package) may take on a slow line.
const LONG: Duration = Duration::from_secs(15 * 60);

/// The answer when no route fits.
pub async fn not_found() -> Failure {
    Refusal::new(&refusals::NOT_FOUND).into()
}

/// The surrounding layer.
pub async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let secure = app.site().secure;
    let now = app.platform().now();
    let request_id = who::token::<9>(&app);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let plain = crate::assets::is_asset(&path);

    let session = cookies::read(request.headers(), cookies::SESSION, secure);
    let visitor = cookies::read(request.headers(), cookies::VISITOR, secure);
    let new_visitor = (visitor.is_none() && !plain).then(|| who::token::<18>(&app));
    let visitor_value = visitor.or_else(|| new_visitor.clone()).unwrap_or_default();
    let page_wanted = wants_page(request.uri(), request.headers());
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("bearer ")))
        .map(|t| t.trim().to_owned());

    let identity = if plain {
        Ok(who::Identity::default())
    } else {
        who::identify(&app, session.clone(), bearer, page_wanted && method == Method::GET, now).await
    };
    let (identity, mut trouble) = match identity {
        Ok(identity) => (identity, None),
        Err(error) => (who::Identity::default(), Some(error)),
    };
    let peer = peer_address(&app, &request);
    if trouble.is_none() && !plain {
        let signed = request.headers().contains_key("signature-input");
        let (limits, metrics) = (&app.platform().config().limits, app.platform().metrics());
        let charged = app.rates().charge(limits, metrics, identity.principal.as_deref(), signed, peer, now);
        trouble = charged.err().map(Into::into);
    }
    // A packed body may unpack to a thousand times its size, and would be stored packed where a file is meant.
    let packed = |v: &HeaderValue| !v.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    if trouble.is_none() && request.headers().get_all(header::CONTENT_ENCODING).iter().any(packed) {
        trouble = Some(Refusal::new(&refusals::MEDIA).into());
    }
    let flash = cookies::read(request.headers(), cookies::FLASH, secure).and_then(|t| crate::flash::Flash::decode(&t));
    let shows_flash = flash.is_some() && page_wanted && method == Method::GET && !plain;
    let chosen = cookies::read(request.headers(), cookies::LANGUAGE, secure);
    let lang = match (&chosen, &identity.preferences) {
        (None, Some(preferences)) => preferences.language,
        _ => choose_language(chosen.as_deref(), request.headers()),
    };
    let preferences = identity.preferences.unwrap_or_default();
    let req = Req::new(Context {
        lang,
        theme: cookies::read(request.headers(), cookies::THEME, secure)
            .and_then(|t| Theme::from_name(&t))
            .unwrap_or(preferences.theme),
        shortcuts: match cookies::read(request.headers(), cookies::SHORTCUTS, secure).as_deref() {
            Some("off") => false,
            Some(_) => true,
            None => preferences.shortcuts,
        },
        csrf: csrf::value(match (&identity.principal, &session) {
            (Some(_), Some(session)) => session,
            _ => &visitor_value,
        }),
        uri: request.uri().path_and_query().map_or_else(|| path.clone(), |p| p.to_string()),
        origin: origin(&app, &request),
        path,
        method: method.clone(),
        principal: identity.principal,
        by_bearer: identity.by_bearer,
        preferences: identity.preferences,
        session: session.clone(),
        visitor: visitor_value.clone(),
        site: app.site().clone(),
        positions: identity.positions,
        counts: identity.counts,
        notices: identity.notices,
        ledger: identity.ledger,
        flash: if shows_flash { flash } else { None },
        request_id,
        peer,
        wants_page: page_wanted,
        secure,
        now,
    });
    request.extensions_mut().insert(req.clone());
    let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());

    let mut lapsed = None;
    if req.principal.is_none() && session.is_some() && page_wanted && method == Method::POST {
        (request, lapsed) = set_aside(request, session.as_deref().unwrap_or_default()).await;
    }
    let started = tokio::time::Instant::now();
    let mut response = match trouble {
        Some(error) => Failure::from(error).into_response(),
        None => run(request, next).await,
    };
    response = write_out(&app, &req, response, lapsed);
    let elapsed = started.elapsed();

    let out = response.headers_mut();
    headers::add(out, &req, plain);
    if let Some(token) = new_visitor.filter(|_| page_wanted) {
        out.append(header::SET_COOKIE, cookies::set(cookies::VISITOR, &token, secure, None));
    }
    if shows_flash {
        out.append(header::SET_COOKIE, cookies::set(cookies::FLASH, "", secure, Some(0)));
    }
    who::observe(&app, &method, route.as_deref().unwrap_or("-"), response.status(), elapsed);
    // The route's pattern, never the path: a path may hold a record's number, and logs carry no subjects.
    tracing::info!(
        target: "web",
        request = %req.request_id,
        method = %method,
        route = route.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
    );
    response
}

/// Runs the handler with its time limit; a panic becomes a fault.
async fn run(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let large = !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded");
    let limit = if large { LONG } else { SHORT };
    match tokio::time::timeout(limit, AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let what = panic
                .downcast_ref::<&str>()
                .map(|s| (*s).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            Failure::from(platform::Error::fault("a handler panicked", what)).into_response()
        }
        Err(_) => Failure::from(Refusal::new(&refusals::TIMEOUT)).into_response(),
    }
}

/// Writes a failure as a problem document or page; gives answers of the library itself (405, 413 …) the same form.
fn write_out(app: &App, req: &Req, response: Response, lapsed: Option<Aside>) -> Response {
    if let Some(failure) = response.extensions().get::<Failure>() {
        if failure.status().is_server_error() {
            tracing::error!(target: "web", request = %req.request_id, error = %failure.0, "failed");
        }
        if failure.status() == StatusCode::UNAUTHORIZED && req.wants_page {
            return to_sign_in(app, req, lapsed);
        }
        return with_cookies_of(&response, problem::respond(req, failure));
    }
    if response.extensions().get::<crate::ops::AsItIs>().is_some() {
        return response;
    }
    let own = response.headers().contains_key(header::CONTENT_TYPE)
        && !response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/plain"));
    let code = match response.status() {
        status if !(status.is_client_error() || status.is_server_error()) || own => return response,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::new(&refusals::METHOD),
        StatusCode::PAYLOAD_TOO_LARGE => crate::form::too_large(crate::app::BODY_LIMIT),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::new(&refusals::MEDIA),
        StatusCode::NOT_FOUND => Refusal::new(&refusals::NOT_FOUND),
        status if status.is_server_error() => Refusal::new(&refusals::FAULT),
        _ => Refusal::new(&refusals::MALFORMED).with("reason", "tham số / parameter"),
    };
    let mut answer = problem::respond(req, &Failure::from(code));
    if let Some(allow) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    answer
}

fn with_cookies_of(from: &Response, mut to: Response) -> Response {
    for name in [header::SET_COOKIE, header::RETRY_AFTER] {
        for value in from.headers().get_all(&name) {
            to.headers_mut().append(name.clone(), value.clone());
        }
    }
    to
}

/// Sends a person to the sign-in page, and back afterwards: to the page, or to the form that was kept.
fn to_sign_in(app: &App, req: &Req, lapsed: Option<Aside>) -> Response {
    let back = match lapsed {
        Some(aside) => {
            let id = who::token::<18>(app);
            app.kept().keep(id.clone(), &req.visitor, &req.uri, aside, req.now);
            format!("/bieu-mau-giu/{id}")
        }
        None if req.method == Method::GET => req.uri.clone(),
        None => "/".to_owned(),
    };
    let to = percent_encoding::utf8_percent_encode(&back, percent_encoding::NON_ALPHANUMERIC);
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::try_from(format!("/dang-nhap?tiep={to}"));
    response.headers_mut().insert(header::LOCATION, location.unwrap_or(HeaderValue::from_static("/dang-nhap")));
    response
}

/// Reads a form whose session has lapsed, so that it can be offered again. Only a form of this server is kept: its guard
/// value still belongs to the old session token.
async fn set_aside(request: Request, session: &str) -> (Request, Option<Aside>) {
    let headers = request.headers();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let at_most = |limit: usize| length.is_some_and(|n: usize| n <= limit);
    let ours = |sent: &str| csrf::matches(&csrf::value(session), sent);
    if csrf::foreign(headers) {
        return (request, None);
    }
    if kind.starts_with("multipart/form-data") && at_most(upload::DRAINED) {
        let (parts, body) = request.into_parts();
        let aside = upload::set_aside(Request::from_parts(parts.clone(), body), ours).await;
        return (Request::from_parts(parts, Body::empty()), aside);
    }
    if !at_most(kept::LARGEST) || !kind.starts_with("application/x-www-form-urlencoded") {
        return (request, None);
    }
    let (parts, body) = request.into_parts();
    match axum::body::to_bytes(body, kept::LARGEST).await {
        Ok(bytes) => {
            let fields = FormData::parse(&String::from_utf8_lossy(&bytes));
            let ours = fields.first(csrf::FIELD).is_some_and(ours);
            (Request::from_parts(parts, Body::from(bytes)), ours.then_some(Aside { fields, files: None }))
        }
        Err(_) => (Request::from_parts(parts, Body::empty()), None),
    }
}

/// Scheme and host: as configured, else as the browser names it (for print only, never for a redirect or a mail).
fn origin(app: &App, request: &Request) -> String {
    if let Some(url) = &app.platform().config().public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = request.headers().get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("");
    let scheme = if app.site().secure { "https" } else { "http" };
    if host.is_empty() { String::new() } else { format!("{scheme}://{host}") }
}

/// The caller's address: the connection's, or the last one that a trusted proxy added.
fn peer_address(app: &App, request: &Request) -> Option<IpAddr> {
    let direct = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip())?;
    let is_proxy = |ip: IpAddr| app.site().trusted_proxies.iter().any(|range| range.contains(ip));
    if !is_proxy(direct) {
        return Some(direct);
    }
    request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .filter_map(|v| v.trim().parse::<IpAddr>().ok())
        .rfind(|ip| !is_proxy(*ip))
        .or(Some(direct))
}
