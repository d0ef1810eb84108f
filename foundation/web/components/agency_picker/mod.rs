//! Agency picker: type a code or a name and choose from the suggestions; without script, search and then choose.

use super::Example;
use askama::Template;
use base::{Lang, Refusal};

/// An agency as the picker shows it: name, parent and code.
#[derive(Debug, Clone)]
pub struct AgencyLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Name of its parent.
    pub parent: String,
    /// Since when it is closed, and which agency took over, in words.
    pub closed: Option<String>,
}

/// The picker. It sends `<name>` (codes, repeated) for what is chosen and `<name>_tim` for what is sought.
#[derive(Debug, Clone, Template)]
#[template(path = "agency_picker/template.html")]
pub struct AgencyPicker {
    l: Lang,
    name: String,
    label: String,
    many: bool,
    sought: String,
    chosen: Vec<AgencyLine>,
    found: Option<Vec<AgencyLine>>,
    error: Option<String>,
}

impl askama::filters::HtmlSafe for AgencyPicker {}

impl AgencyPicker {
    /// A picker of one agency.
    pub fn new(l: Lang, name: &str, label: impl Into<String>) -> Self {
        Self {
            l,
            name: name.into(),
            label: label.into(),
            many: false,
            sought: String::new(),
            chosen: Vec::new(),
            found: None,
            error: None,
        }
    }

    /// Several agencies.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// What is chosen so far.
    #[must_use]
    pub fn chosen(mut self, chosen: Vec<AgencyLine>) -> Self {
        self.chosen = chosen;
        self
    }

    /// What was sought and found.
    #[must_use]
    pub fn found(mut self, sought: &str, found: Vec<AgencyLine>) -> Self {
        self.sought = sought.into();
        self.found = Some(found);
        self
    }

    /// What a refusal says about it.
    #[must_use]
    pub fn refused(mut self, refusal: Option<&Refusal>) -> Self {
        self.error = refusal
            .and_then(|r| r.fields.iter().find(|f| f.field == self.name))
            .map(|f| f.message.get(self.l).to_owned());
        self
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let line = |code: &str, name: &str, parent: &str| AgencyLine {
        code: code.into(),
        name: name.into(),
        parent: parent.into(),
        closed: None,
    };
    let closed = AgencyLine {
        closed: Some(l.t("đã đóng 01/07/2025, nay là H57.09", "closed 01/07/2025, now H57.09").into()),
        ..line("H57.04", "Sở Thông tin và Truyền thông", "UBND thành phố Huế")
    };
    vec![
        Example::of("Chưa chọn", "None chosen", &AgencyPicker::new(l, "to", l.t("Nơi nhận", "Recipients")).many()),
        Example::of(
            "Tìm thấy, có cơ quan đã đóng",
            "Found, one closed",
            &AgencyPicker::new(l, "to2", l.t("Nơi nhận", "Recipients"))
                .many()
                .chosen(vec![line("H57.09", "Sở Nội vụ", "UBND thành phố Huế")])
                .found("so thong", vec![line("H57.06", "Sở Khoa học và Công nghệ", "UBND thành phố Huế"), closed]),
        ),
        Example::of(
            "Không thấy",
            "Nothing found",
            &AgencyPicker::new(l, "to3", l.t("Cơ quan", "Agency")).found("xyz", vec![]),
        ),
    ]
}
