//! The guard value of forms: bound to the session cookie, so that another site cannot send a form in a person's name.

use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Name of the hidden field.
pub const FIELD: &str = "_csrf";
/// Name of the header, for calls from our own script.
pub const HEADER: &str = "x-csrf-token";

/// The guard value that belongs to a session or visitor token (a random value of at least 128 bits that only the
/// browser and the server know; the hash keeps it out of the page).
pub fn value(token: &str) -> String {
    let digest = Sha256::new().chain_update(b"lien-thong form guard v1\0").chain_update(token.as_bytes()).finalize();
    URL_SAFE_NO_PAD.encode(&digest[..18])
}

/// Whether `sent` is the guard value; takes the same time for every wrong one.
pub fn matches(expected: &str, sent: &str) -> bool {
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(sent.as_bytes()))
}

/// Whether the method may change something.
pub fn unsafe_method(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Whether the browser itself says that another site sent this (Fetch Metadata); old browsers say nothing.
pub fn foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()).is_some_and(|v| v == "cross-site" || v == "same-site")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bound_to_the_session() {
        assert!(matches(&value("session-a"), &value("session-a")));
        assert!(!matches(&value("session-a"), &value("session-b")));
        assert!(!matches("", ""), "no session, no guard");
        assert!(!value("session-a").contains("session"));
    }
}
