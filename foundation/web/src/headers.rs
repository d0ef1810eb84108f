//! The headers that every answer carries.

use crate::request::Req;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The policy of every page: nothing from elsewhere, nothing inline, no frames, forms only to this server.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; object-src 'none'; \
manifest-src 'self'";

/// The policy of content from outside: shown without scripts, without an origin, without any request of its own.
pub const SANDBOX_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// Adds what the handler did not set itself.
pub fn add(headers: &mut HeaderMap, req: &Req, asset: bool) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
    put(HeaderName::from_static("x-robots-tag"), "noindex");
    put(header::X_FRAME_OPTIONS, "DENY");
    if !asset {
        // What a signed-in person saw must not come back after signing out on a shared computer.
        put(header::CACHE_CONTROL, if req.principal.is_some() { "no-store" } else { "private, no-cache" });
    }
    if req.secure {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if let Ok(value) = HeaderValue::from_str(&req.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
