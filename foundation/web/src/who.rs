//! Who asks: from the session cookie or the bearer token to the principal, with what the frame of a page needs to know.

use crate::app::App;
use crate::request::PositionChoice;
use axum::http::{Method, StatusCode};
use base::{Lang, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::access::Principal;
use std::sync::Arc;
use std::time::Duration;

/// Who asks, and what the frame shows about it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    pub(crate) principal: Option<Arc<Principal>>,
    pub(crate) lang: Option<Lang>,
    pub(crate) positions: Vec<PositionChoice>,
    pub(crate) counts: Vec<(&'static str, i64)>,
    pub(crate) notices: i64,
    pub(crate) ledger: Option<(u64, Timestamp)>,
}

/// Resolves the session or the bearer token; for a page also the counts of the navigation, in the same read.
pub(crate) async fn identify(
    _app: &App,
    _session: Option<String>,
    _bearer: Option<String>,
    _for_page: bool,
    _now: Timestamp,
) -> platform::Result<Identity> {
    Ok(Identity::default())
}

/// `N` random bytes as text for cookies and addresses.
pub(crate) fn token<const N: usize>(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.platform().random().bytes::<N>())
}

/// Counts the answer; labels are the route's pattern and the class of the status, never a path.
pub(crate) fn observe(app: &App, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
    let class = match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
    let labels: &[(&'static str, &str)] = &[("method", method.as_str()), ("route", route), ("status", class)];
    let metrics = app.platform().metrics();
    metrics.count("lt_http_requests_total", labels, 1);
    metrics.observe("lt_http_request_seconds", &[("route", route)], elapsed.as_secs_f64());
}

/// Keeps the language with the account, so that mail and the next device speak it too.
pub(crate) async fn remember_language(_app: &App, _req: &crate::request::Req, _lang: Lang) -> platform::Result<()> {
    Ok(())
}
