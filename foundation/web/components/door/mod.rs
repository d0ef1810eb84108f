//! The door: sign-in at the left, what this server is and how it is at the right.

use super::properties::properties;
use crate::html::Html;
use crate::request::Req;
use askama::Template;
use base::Lang;

/// The page in front of everything; use it with [`Layout::Bare`](crate::Layout::Bare).
#[derive(Debug, Template)]
#[template(path = "door/template.html")]
pub struct Door {
    l: Lang,
    name: String,
    title: String,
    form: Html,
    facts: Html,
    back: String,
    at: String,
}

impl Door {
    /// A door with its title (“Đăng nhập”), the form, and what is said about the server: status, maintenance, help.
    pub fn new(req: &Req, title: impl Into<String>, form: Html, facts: &[(&str, Html)]) -> Self {
        let l = req.lang;
        let local = req.now.to_local();
        let day = super::state::day_words(local.date(), local.date(), l);
        Self {
            l,
            name: req.site.name.get(l).to_owned(),
            title: title.into(),
            form,
            facts: properties(facts),
            back: percent_encoding::utf8_percent_encode(&req.uri, percent_encoding::NON_ALPHANUMERIC).to_string(),
            at: format!("{}, {day}/{}", local.strftime("%H:%M"), local.year()),
        }
    }

    fn other(&self) -> (&'static str, &'static str) {
        match self.l {
            Lang::Vi => ("en", "English"),
            Lang::En => ("vi", "Tiếng Việt"),
        }
    }
}
