//! Markup that has already been escaped, so that templates embed components without a filter.

use askama::filters::HtmlSafe;
use std::fmt;

/// Finished markup. Made by components only; text from people goes through a template, which escapes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Marks `markup` as finished. The caller vouches that everything in it was escaped.
    pub fn trusted(markup: impl Into<String>) -> Self {
        Self(markup.into())
    }

    /// Renders a template. A template of ours cannot fail except for want of memory; the fault is shown in place.
    pub fn from_template(template: &impl askama::Template) -> Self {
        match template.render() {
            Ok(markup) => Self(markup),
            Err(error) => Self(format!("<!-- template fault: {} -->", escape(&error.to_string()))),
        }
    }

    /// Plain text, escaped.
    pub fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Escapes text for element content and quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl From<Html> for String {
    fn from(html: Html) -> Self {
        html.0
    }
}
