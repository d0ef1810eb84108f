//! Field: label above, hint under it, error under the hint, then the control; all read together.

use super::Example;
use crate::html::Html;
use askama::Template;
use base::{Lang, Refusal, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Input(&'static str),
    Area(u8),
    Select(Vec<Choose>),
}

/// One option of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choose {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl Choose {
    /// An option.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A field of a form.
#[derive(Debug, Clone, Template)]
#[template(path = "field/template.html")]
pub struct Field {
    l: Lang,
    kind: Kind,
    name: String,
    id: String,
    label: String,
    hidden_label: bool,
    value: String,
    hint: Option<String>,
    error: Option<String>,
    locked: bool,
    optional: bool,
    span: &'static str,
    autocomplete: Option<&'static str>,
    inputmode: Option<&'static str>,
    maxlength: Option<u16>,
    list: Option<String>,
    after: Html,
}

impl askama::filters::HtmlSafe for Field {}

impl Field {
    fn new(l: Lang, kind: Kind, name: &str, label: impl Into<String>) -> Self {
        Self {
            l,
            kind,
            name: name.to_owned(),
            id: format!("f-{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
            label: label.into(),
            hidden_label: false,
            value: String::new(),
            hint: None,
            error: None,
            locked: false,
            optional: false,
            span: "",
            autocomplete: None,
            inputmode: None,
            maxlength: None,
            list: None,
            after: Html::default(),
        }
    }

    /// One line of text.
    pub fn text(l: Lang, name: &str, label: impl Into<String>) -> Self {
        Self::new(l, Kind::Input("text"), name, label)
    }

    /// Several lines.
    pub fn area(l: Lang, name: &str, label: impl Into<String>, rows: u8) -> Self {
        Self::new(l, Kind::Area(rows), name, label)
    }

    /// One of a list.
    pub fn select(l: Lang, name: &str, label: impl Into<String>, options: Vec<Choose>) -> Self {
        Self::new(l, Kind::Select(options), name, label)
    }

    /// A day; `23/11/2026`, `23112026` and `23/11` are understood (see [`crate::input::date`]).
    pub fn date(l: Lang, name: &str, label: impl Into<String>) -> Self {
        let mut field = Self::new(l, Kind::Input("text"), name, label);
        field.inputmode = Some("numeric");
        field.maxlength = Some(24);
        field.autocomplete = Some("off");
        field
    }

    /// A password; paste and managers work.
    pub fn password(l: Lang, name: &str, label: impl Into<String>) -> Self {
        let mut field = Self::new(l, Kind::Input("password"), name, label);
        field.autocomplete = Some("current-password");
        field
    }

    /// The present value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// How to fill it in.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong with it.
    #[must_use]
    pub fn error(mut self, error: Option<&Text>) -> Self {
        self.error = error.map(|e| e.get(self.l).to_owned());
        self
    }

    /// What a refusal says about it.
    #[must_use]
    pub fn refused(self, refusal: Option<&Refusal>) -> Self {
        let name = self.name.clone();
        let found = refusal.and_then(|r| r.fields.iter().find(|f| f.field == name)).map(|f| f.message.clone());
        self.error(found.as_ref())
    }

    /// Filled by the system: shown, locked, not hidden.
    #[must_use]
    pub fn locked(mut self) -> Self {
        self.locked = true;
        self
    }

    /// May be left empty; required is the rule.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// How many of the twelve columns of a `.grid` it takes: `c2`, `c3`, `c4`, `c5`, `c6`, `c8`, `c12`.
    #[must_use]
    pub fn span(mut self, class: &'static str) -> Self {
        self.span = class;
        self
    }

    /// What browsers may fill in (WCAG 1.3.5).
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// Which keyboard a phone shows.
    #[must_use]
    pub fn inputmode(mut self, mode: &'static str) -> Self {
        self.inputmode = Some(mode);
        self
    }

    /// The longest value.
    #[must_use]
    pub fn maxlength(mut self, characters: u16) -> Self {
        self.maxlength = Some(characters);
        self
    }

    /// The label is for screen readers only, because a heading just above says the same.
    #[must_use]
    pub fn hidden_label(mut self) -> Self {
        self.hidden_label = true;
        self
    }

    /// Another id, where a page has two fields of one name.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// The id of its control, for an error summary.
    pub fn control_id(&self) -> &str {
        &self.id
    }

    /// Suggestions from a `datalist`.
    #[must_use]
    pub fn list(mut self, id: impl Into<String>) -> Self {
        self.list = Some(id.into());
        self
    }

    /// Something behind the control: canned phrases, a button.
    #[must_use]
    pub fn after(mut self, html: Html) -> Self {
        self.after = html;
        self
    }

    fn described(&self) -> Option<String> {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-h", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-e", self.id));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let kinds = || {
        vec![Choose::new("cv", l.t("Công văn", "Official letter")), Choose::new("qd", l.t("Quyết định", "Decision"))]
    };
    let wrong = Text::fixed(
        "Số ký hiệu thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND (NĐ 30/2020, Phụ lục I).",
        "The notation lacks the agency's abbreviation. For example 12/QĐ-UBND (NĐ 30/2020, Annex I).",
    );
    vec![
        Example::of(
            "Một dòng",
            "One line",
            &Field::text(l, "notation", l.t("Số, ký hiệu", "Number and notation")).value("7214/BNV-TCBC"),
        ),
        Example::of(
            "Gợi ý, không bắt buộc",
            "Hint, optional",
            &Field::text(l, "signer", l.t("Người ký", "Signer"))
                .hint(l.t("Họ và tên như trên văn bản", "Full name as on the document"))
                .optional(),
        ),
        Example::of(
            "Hệ thống điền",
            "Filled by the system",
            &Field::text(l, "arrival", l.t("Số đến", "Arrival number")).value("4818").locked(),
        ),
        Example::of(
            "Có lỗi",
            "With an error",
            &Field::text(l, "wrong", l.t("Số, ký hiệu", "Number and notation")).value("12/QĐ").error(Some(&wrong)),
        ),
        Example::of(
            "Nhiều dòng",
            "Several lines",
            &Field::area(l, "subject", l.t("Trích yếu", "Subject"), 2).value(
                "Báo cáo số biên chế có mặt đến 20/11/2026 phục vụ phiên họp Ban Chỉ đạo tinh gọn tổ chức bộ máy",
            ),
        ),
        Example::of(
            "Danh sách",
            "Select",
            &Field::select(l, "kind", l.t("Loại văn bản", "Kind of document"), kinds()).value("qd"),
        ),
        Example::of(
            "Ngày",
            "Date",
            &Field::date(l, "due", l.t("Hạn trả lời", "Reply by"))
                .hint(l.t("Ví dụ 25/11/2026, 25112026 hoặc 25/11", "For example 25/11/2026, 25112026 or 25/11"))
                .value("25/11/2026"),
        ),
        Example::of("Mật khẩu", "Password", &Field::password(l, "password", l.t("Mật khẩu", "Password"))),
    ]
}
