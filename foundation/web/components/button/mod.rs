//! Button: one action; a link that looks like one leads somewhere, a button does something. One primary a view.

use super::Example;
use super::icon::icon;
use crate::html::Html;
use askama::Template;
use base::Lang;

/// A button or a link that looks like one.
#[derive(Debug, Clone, Template, Default)]
#[template(path = "button/template.html")]
pub struct Button {
    label: String,
    hidden: String,
    class: &'static str,
    glyph: Option<&'static str>,
    key: Option<String>,
    href: Option<String>,
    name: Option<(String, String)>,
    form: Option<String>,
    reason: Option<String>,
}

impl askama::filters::HtmlSafe for Button {}

impl Button {
    /// A plain button.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The one main action of the view.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.class = " pri";
        self
    }

    /// As text.
    #[must_use]
    pub fn text(mut self) -> Self {
        self.class = " txt";
        self
    }

    /// As text, for what cannot be taken back: ink with a red word.
    #[must_use]
    pub fn grave(mut self) -> Self {
        self.class = if self.class == " txt" { " txt bad" } else { " bad" };
        self
    }

    /// Lower, for rows of a table.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.class = " sml";
        self
    }

    /// With a glyph.
    #[must_use]
    pub fn icon(mut self, name: &'static str) -> Self {
        self.glyph = Some(name);
        self
    }

    /// With its shortcut: a letter (pressed outside a field) or `Ctrl Enter` (sends the form).
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Leads somewhere.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Sends this name and value with its form.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.name = Some((name.into(), value.into()));
        self
    }

    /// Belongs to a form elsewhere on the page.
    #[must_use]
    pub fn form(mut self, id: impl Into<String>) -> Self {
        self.form = Some(id.into());
        self
    }

    /// Words for a screen reader after the label: which record a “Cấp số” in a table is about.
    #[must_use]
    pub fn about(mut self, record: impl Into<String>) -> Self {
        self.hidden = record.into();
        self
    }

    /// Shown but not allowed, with the reason beside it.
    #[must_use]
    pub fn not_allowed(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    fn letter(&self) -> Option<&str> {
        self.key.as_deref().filter(|k| k.chars().count() == 1)
    }

    fn glyph(&self) -> Html {
        self.glyph.map(icon).unwrap_or_default()
    }
}

/// A key cap beside the action it triggers.
pub fn key_cap(key: &str) -> Html {
    Html::trusted(format!("<kbd>{}</kbd>", crate::html::escape(key)))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::of(
            "Chính",
            "Primary",
            &Button::new(l.t("Đăng ký và trình", "Register and submit")).primary().icon("check").key("Ctrl Enter"),
        ),
        Example::of("Thường", "Plain", &Button::new(l.t("Chỉ đăng ký", "Register only"))),
        Example::of("Bằng chữ", "Text", &Button::new(l.t("Chuyển Chủ tịch", "Pass to the Chair")).text().href("#")),
        Example::of(
            "Hệ trọng",
            "Grave",
            &Button::new(l.t("Trả lại nơi gửi", "Return to sender")).text().grave().icon("return").href("#"),
        ),
        Example::of(
            "Trong bảng",
            "In a table",
            &Button::new(l.t("Cấp số", "Number"))
                .small()
                .about(l.t("Quyết định cử công chức", "Decision to delegate officials")),
        ),
        Example::of(
            "Có phím",
            "With a key",
            &Button::new(l.t("Đăng ký tiếp", "Register next")).primary().href("#").key("Đ"),
        ),
        Example::of(
            "Không được phép",
            "Not allowed",
            &Button::new(l.t("Phát hành", "Issue"))
                .not_allowed(l.t("Chờ chữ ký của lãnh đạo", "Waits for the leader's signature")),
        ),
    ]
}
