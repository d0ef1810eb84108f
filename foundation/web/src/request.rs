//! What a page or a call knows about who asks: language, theme, person, guard value, address.

use crate::app::App;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::refusals;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use base::{Lang, Refusal, Text};
use platform::access::Principal;
use platform::accounts::{Preferences, Theme};
use std::sync::Arc;

/// Who asks, and how; made once for each request by [`crate::surround`].
#[derive(Debug, Clone)]
pub struct Req(Arc<Context>);

/// The content of [`Req`].
#[derive(Debug, Clone)]
pub struct Context {
    /// Language of the answer.
    pub lang: Lang,
    /// Colours.
    pub theme: Theme,
    /// Single-letter shortcuts are switched on.
    pub shortcuts: bool,
    /// Guard value of forms, bound to the session.
    pub csrf: String,
    /// Method.
    pub method: Method,
    /// Path as asked for.
    pub path: String,
    /// Path and query as asked for.
    pub uri: String,
    /// Scheme and host as the browser knows this server, e.g. `https://lienthong.hue.gov.vn`; may be empty.
    pub origin: String,
    /// Who asks; `None` for the public.
    pub principal: Option<Arc<Principal>>,
    /// By a bearer token (a browser never adds one by itself, so no guard value is needed).
    pub by_bearer: bool,
    /// What the account remembers of language, colours and shortcuts.
    pub preferences: Option<Preferences>,
    /// Binds things to this browser; never shown.
    pub visitor: String,
    /// What the site is.
    pub site: Arc<crate::app::Site>,
    /// The raw session token, for signing out; never shown.
    pub session: Option<String>,
    /// The positions the person may act from.
    pub positions: Vec<PositionChoice>,
    /// Open counts of the sections, by key.
    pub counts: Vec<(&'static str, i64)>,
    /// Unread notices.
    pub notices: i64,
    /// Entries in the ledger, for the foot.
    pub ledger: Option<u64>,
    /// A message from the request before.
    pub flash: Option<Flash>,
    /// The request's code, in every log line, answer and error page.
    pub request_id: String,
    /// Address of the caller, as the listener or a trusted proxy says.
    pub peer: Option<std::net::IpAddr>,
    /// The answer is a page (otherwise a JSON document).
    pub wants_page: bool,
    /// Served over TLS.
    pub secure: bool,
    /// The moment of the request.
    pub now: base::Timestamp,
}

/// One position a person may act from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionChoice {
    /// The position's id, sent back by the switch.
    pub id: String,
    /// “Chánh Văn phòng, Văn phòng UBND”.
    pub label: Text,
    /// For a delegation: whose, and until when.
    pub delegated: Option<Text>,
    /// It is the one in use.
    pub current: bool,
}

impl std::ops::Deref for Req {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.0
    }
}

impl Req {
    /// Wraps a context.
    pub fn new(context: Context) -> Self {
        Self(Arc::new(context))
    }

    /// A context for examples and tests: Vietnamese, nobody signed in.
    pub fn example(lang: Lang, path: &str, now: base::Timestamp) -> Self {
        Self::new(Context {
            lang,
            theme: Theme::System,
            shortcuts: true,
            csrf: "example".into(),
            method: Method::GET,
            path: path.into(),
            uri: path.into(),
            origin: String::new(),
            principal: None,
            by_bearer: false,
            preferences: None,
            visitor: String::new(),
            site: Arc::default(),
            session: None,
            positions: Vec::new(),
            counts: Vec::new(),
            notices: 0,
            ledger: None,
            flash: None,
            request_id: "0".into(),
            peer: None,
            wants_page: true,
            secure: false,
            now,
        })
    }

    /// The signed-in person, or the refusal that sends to the sign-in page.
    pub fn person(&self) -> Result<&Principal, Refusal> {
        match self.principal.as_deref() {
            Some(principal) if principal.person().is_some() => Ok(principal),
            _ => Err(Refusal::new(&refusals::SIGN_IN)),
        }
    }

    /// “Sổ cái 1.284.517 mục”.
    pub fn ledger_line(&self) -> Option<String> {
        let size = crate::ui::group_digits(self.ledger?, self.lang);
        Some(match self.lang {
            Lang::Vi => format!("Sổ cái {size} mục"),
            Lang::En => format!("Ledger: {size} entries"),
        })
    }

    /// Count of a section.
    pub fn count(&self, key: &str) -> Option<i64> {
        self.counts.iter().find(|(k, _)| *k == key).map(|(_, n)| *n)
    }
}

impl FromRequestParts<App> for Req {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| platform::Error::Fault("the surrounding layer is missing".into()).into())
    }
}

/// Whether the answer is a page: everything outside the calls unless only JSON is asked for.
pub fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let path = uri.path();
    if ["/api/", "/.well-known/", "/ledger/"].iter().any(|calls| path.starts_with(calls)) {
        return false;
    }
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("*/*");
    accept.contains("text/html") || !accept.contains("json")
}

/// The language: the person's choice, else what the browser asks for, else Vietnamese.
pub fn choose_language(cookie: Option<&str>, headers: &HeaderMap) -> Lang {
    match cookie {
        Some("en") => return Lang::En,
        Some("vi") => return Lang::Vi,
        _ => {}
    }
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let mut best = (0.0_f32, Lang::Vi);
    for part in accept.split(',') {
        let mut pieces = part.trim().split(';');
        let tag = pieces.next().unwrap_or("").trim().to_ascii_lowercase();
        let weight =
            pieces.find_map(|p| p.trim().strip_prefix("q=")).and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
        let lang = match tag.split('-').next() {
            Some("vi") => Lang::Vi,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, header::HeaderValue::from_static(value))])
    }

    #[test]
    fn language_follows_choice_then_browser_then_vietnamese() {
        let english = headers(header::ACCEPT_LANGUAGE, "fr, en-GB;q=0.9, vi;q=0.3");
        assert_eq!(choose_language(None, &english), Lang::En);
        assert_eq!(choose_language(Some("vi"), &english), Lang::Vi);
        assert_eq!(choose_language(Some("xx"), &HeaderMap::new()), Lang::Vi);
        assert_eq!(choose_language(None, &headers(header::ACCEPT_LANGUAGE, "fr")), Lang::Vi);
    }

    #[test]
    fn pages_and_calls_are_told_apart() {
        let page = |path: &'static str, accept: &'static str| {
            wants_page(&Uri::from_static(path), &headers(header::ACCEPT, accept))
        };
        assert!(page("/van-ban-den", "text/html,application/xhtml+xml"));
        assert!(page("/van-ban-den", "*/*"));
        assert!(!page("/van-ban-den", "application/json"));
        assert!(!page("/api/v1/incoming-documents", "text/html"));
    }
}
