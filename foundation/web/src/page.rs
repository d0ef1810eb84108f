//! The frame around every page: head, skip link, masthead, navigation, message, foot, and the header of a print.

use crate::assets;
use crate::html::Html;
use crate::request::Req;
use crate::ui::frame::{Frame, FrameKind};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How a page sits in its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Masthead, navigation, a page of at most 1440 px, foot.
    #[default]
    Desk,
    /// Masthead and navigation; panes that fill the window, no foot.
    Panes,
    /// Nothing but the skip link and the practice strip; the body brings its own `main` (the door).
    Bare,
}

/// What a page says about itself.
#[derive(Debug, Clone)]
pub struct Page {
    title: String,
    section: &'static str,
    layout: Layout,
    status: StatusCode,
    landscape: bool,
    heading: Option<String>,
}

impl Page {
    /// A page with its title: what it is first, then where (“1236/QĐ-UBND · Văn bản đi”); the product is added.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            section: "",
            layout: Layout::Desk,
            status: StatusCode::OK,
            landscape: false,
            heading: None,
        }
    }

    /// Marks an entry of the navigation as the present one.
    #[must_use]
    pub fn section(mut self, key: &'static str) -> Self {
        self.section = key;
        self
    }

    /// Another layout.
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// Another status, e.g. 422 for a form that came back.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Prints across (registers).
    #[must_use]
    pub fn landscape(mut self) -> Self {
        self.landscape = true;
        self
    }

    /// What the print says on top (“SỔ ĐĂNG KÝ VĂN BẢN ĐẾN, năm 2026”); the time, the person and the line to check it
    /// against are added.
    #[must_use]
    pub fn print_heading(mut self, heading: impl Into<String>) -> Self {
        self.heading = Some(heading.into());
        self
    }
}

/// Renders a page. Private by default: shared caches keep nothing of it.
pub fn page(req: &Req, page: Page, body: &impl Template) -> Response {
    page_html(req, page, &Html::from_template(body))
}

/// As [`page`], from finished markup.
pub fn page_html(req: &Req, page: Page, body: &Html) -> Response {
    let frame = Frame {
        req,
        l: req.lang,
        kind: match page.layout {
            Layout::Desk => FrameKind::Desk,
            Layout::Panes => FrameKind::Panes,
            Layout::Bare => FrameKind::Bare,
        },
        title: &page.title,
        section: page.section,
        landscape: page.landscape,
        print_heading: page.heading.as_deref(),
        style_href: assets::style_href(req.theme),
        script_href: assets::script_href(),
        body,
    };
    let mut response = (page.status, Html::from_template(&frame).as_str().to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(req.lang.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie, Accept-Language, Accept"));
    response
}
