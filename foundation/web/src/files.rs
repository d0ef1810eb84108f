//! Content from outside: attachments are sent as downloads or into a sandbox, never as a page of this server.

use crate::headers::SANDBOX_POLICY;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that stand unencoded in an `ext-value` (RFC 8187 §3.2.1).
const ATTR: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Kinds that a browser may show inside the sandbox; everything else is downloaded.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"];

/// A file as a response.
#[derive(Debug)]
pub struct FileResponse {
    name: String,
    kind: String,
    length: Option<u64>,
    shown: bool,
    body: Body,
}

impl FileResponse {
    /// A download. `kind` is the media type that the server found out, not the one the sender claims.
    pub fn new(name: &str, kind: &str, body: Body) -> Self {
        Self { name: name.to_owned(), kind: kind.to_owned(), length: None, shown: false, body }
    }

    /// Its size in bytes.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Shown in the browser when its kind is harmless (pictures, plain text); otherwise still a download.
    #[must_use]
    pub fn shown(mut self) -> Self {
        self.shown = true;
        self
    }
}

/// `Content-Disposition` (RFC 6266) with the name in both spellings.
pub fn content_disposition(name: &str, shown: bool) -> String {
    let safe: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).take(200).collect();
    let safe = if safe.trim().is_empty() { "tep".to_owned() } else { safe };
    let plain: String = safe
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '%' | ';') || c == ' ' { c } else { '_' })
        .collect();
    let word = if shown { "inline" } else { "attachment" };
    format!("{word}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(&safe, ATTR))
}

impl IntoResponse for FileResponse {
    fn into_response(self) -> Response {
        let shown = self.shown && SHOWN.contains(&self.kind.as_str());
        let mut response = Response::new(self.body);
        let headers = response.headers_mut();
        let kind = if self.kind == "text/plain" { "text/plain; charset=utf-8" } else { &self.kind };
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream")),
        );
        headers.insert(
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&content_disposition(&self.name, shown))
                .unwrap_or(HeaderValue::from_static("attachment")),
        );
        if let Some(bytes) = self.length {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX_POLICY));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out() {
        assert_eq!(
            content_disposition("Biểu 01.xlsx", false),
            "attachment; filename=\"Bi_u 01.xlsx\"; filename*=UTF-8''Bi%E1%BB%83u%2001.xlsx"
        );
        let nasty = content_disposition("../../a\"; x=\r\nSet-Cookie: b", false);
        assert!(!nasty.contains(['\r', '\n']) && !nasty.contains("../") && nasty.matches('"').count() == 2, "{nasty}");
        assert!(content_disposition("", true).starts_with("inline; filename=\"tep\""));
    }

    #[test]
    fn markup_is_never_shown() {
        let shown = |kind: &str| {
            let response = FileResponse::new("a", kind, Body::empty()).shown().into_response();
            assert!(response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox;"));
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("inline")
        };
        assert!(shown("image/png"));
        for kind in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/pdf"] {
            assert!(!shown(kind), "{kind}");
        }
    }
}
