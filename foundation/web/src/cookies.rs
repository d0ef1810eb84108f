//! Cookies: names, reading and making them. All are host-only, `SameSite=Lax`, and `__Host-` when served over TLS.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

/// The session token of a signed-in person.
pub const SESSION: &str = "lt_session";
/// A random value that binds forms of visitors who are not signed in.
pub const VISITOR: &str = "lt_visitor";
/// `vi` or `en`.
pub const LANGUAGE: &str = "lt_lang";
/// `light`, `dark` or `system`.
pub const THEME: &str = "lt_theme";
/// `off` switches the single-letter shortcuts off.
pub const SHORTCUTS: &str = "lt_keys";
/// A message for the next page.
pub const FLASH: &str = "lt_flash";

/// The name as sent: `__Host-` binds the cookie to this host and to TLS (RFC 6265bis §4.1.3.2).
pub fn wire_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of a cookie.
pub fn read(headers: &HeaderMap, name: &str, secure: bool) -> Option<String> {
    let wanted = wire_name(name, secure);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| Cookie::split_parse_encoded(line.to_owned()))
        .filter_map(Result::ok)
        .find(|c| c.name() == wanted)
        .map(|c| c.value().to_owned())
}

/// A `Set-Cookie` value. `max_age_seconds` of `None` lives as long as the browser; 0 takes the cookie away.
pub fn set(name: &str, value: &str, secure: bool, max_age_seconds: Option<i64>) -> HeaderValue {
    let mut builder = Cookie::build((wire_name(name, secure), value.to_owned()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax);
    if let Some(seconds) = max_age_seconds {
        builder = builder.max_age(cookie::time::Duration::seconds(seconds));
    }
    HeaderValue::try_from(builder.build().encoded().to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// The cookie that starts a session; lives until the browser is closed (the server decides on idle and absolute expiry).
pub fn session_start(token: &str, secure: bool) -> HeaderValue {
    set(SESSION, token, secure, None)
}

/// The cookie that ends a session.
pub fn session_end(secure: bool) -> HeaderValue {
    set(SESSION, "", secure, Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_binds_the_cookie_to_the_host() {
        let value = session_start("abc", true);
        let text = value.to_str().unwrap();
        assert!(text.starts_with("__Host-lt_session=abc"), "{text}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(text.contains(part), "{part} missing in {text}");
        }
        assert!(!text.contains("Domain"));
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("a=b; __Host-lt_session=abc"))]);
        assert_eq!(read(&headers, SESSION, true).as_deref(), Some("abc"));
        assert_eq!(read(&headers, SESSION, false), None, "a plain cookie is never taken for a bound one");
    }

    #[test]
    fn values_are_encoded() {
        let value = set(FLASH, "đã ghi; xong", false, Some(60));
        let text = value.to_str().unwrap();
        assert!(!text.contains("ghi; xong"));
        let pair = text.split(';').next().unwrap().to_owned();
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(pair).unwrap())]);
        assert_eq!(read(&headers, FLASH, false).as_deref(), Some("đã ghi; xong"));
    }
}
