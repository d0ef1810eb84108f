//! Going somewhere else after a form: only to paths of this server, with the message for the next page.

use crate::cookies;
use crate::flash::Flash;
use crate::request::Req;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::Text;

/// `path` if it is a path of this server: begins with one `/`, no scheme, no host, no control characters.
pub fn safe_path(path: &str) -> Option<&str> {
    let ok = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        && path.len() <= 2000;
    ok.then_some(path)
}

/// The return path that came with a request, or `otherwise`.
pub fn return_path<'a>(asked: Option<&'a str>, otherwise: &'a str) -> &'a str {
    asked.and_then(safe_path).unwrap_or(otherwise)
}

/// A redirect under construction (303 See Other).
#[derive(Debug)]
#[must_use]
pub struct Redirect {
    to: String,
    flash: Option<Flash>,
    cookies: Vec<HeaderValue>,
}

/// Goes to a path of this server; anything else goes to `/`.
pub fn redirect(to: impl AsRef<str>) -> Redirect {
    Redirect { to: safe_path(to.as_ref()).unwrap_or("/").to_owned(), flash: None, cookies: Vec::new() }
}

impl Redirect {
    /// With a message on the next page.
    pub fn say(mut self, text: Text) -> Self {
        self.flash = Some(Flash::new(text));
        self
    }

    /// With a message and a link.
    pub fn flash(mut self, flash: Flash) -> Self {
        self.flash = Some(flash);
        self
    }

    /// With a cookie (see [`cookies`]).
    pub fn cookie(mut self, cookie: HeaderValue) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// The response.
    pub fn go(self, req: &Req) -> Response {
        let location = percent_encoding::utf8_percent_encode(&self.to, LOCATION).to_string();
        let mut response = StatusCode::SEE_OTHER.into_response();
        let headers = response.headers_mut();
        headers.insert(header::LOCATION, HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static("/")));
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        if let Some(flash) = self.flash {
            headers.append(header::SET_COOKIE, cookies::set(cookies::FLASH, &flash.encode(), req.secure, Some(60)));
        }
        response
    }
}

/// Characters that a `Location` may not hold raw; what is already encoded stays.
const LOCATION: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server() {
        for good in ["/", "/van-ban-den?loc=cho&trang=2", "/tim?q=a//b"] {
            assert_eq!(safe_path(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=1",
        ] {
            assert_eq!(safe_path(bad), None, "{bad:?}");
        }
        assert_eq!(return_path(Some("//evil"), "/viec"), "/viec");
        assert_eq!(return_path(Some("/van-ban-di"), "/viec"), "/van-ban-di");
    }

    #[test]
    fn says_it_on_the_next_page() {
        let req = Req::example(base::Lang::Vi, "/", base::Timestamp::from_micros(0));
        let response = redirect("/van-ban-den").say(Text::fixed("Đã ghi.", "Saved.")).go(&req);
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/van-ban-den");
        assert!(response.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("lt_flash="));
    }
}
