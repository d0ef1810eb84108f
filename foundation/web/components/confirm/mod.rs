//! Confirm page instead of a dialog: repeats what is about to happen, and the button names the act.

use super::Example;
use super::button::Button;
use super::field::Field;
use super::note::ErrorSummary;
use super::properties::properties;
use crate::html::Html;
use askama::Template;
use base::{Lang, Refusal};

/// A step that leaves the house or cannot be undone.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm/template.html")]
pub struct Confirm {
    l: Lang,
    csrf: String,
    action: String,
    title: String,
    warning: String,
    facts: Html,
    hidden: Vec<(String, String)>,
    reason: Option<Field>,
    button: Button,
    back: String,
    errors: Html,
}

impl askama::filters::HtmlSafe for Confirm {}

impl Confirm {
    /// The question, what follows from it, the act that the button names, where it is sent and where “back” leads.
    pub fn new(
        l: Lang,
        csrf: &str,
        title: impl Into<String>,
        act: impl Into<String>,
        action: &str,
        back: &str,
    ) -> Self {
        Self {
            l,
            csrf: csrf.into(),
            action: action.into(),
            title: title.into(),
            warning: String::new(),
            facts: Html::default(),
            hidden: Vec::new(),
            reason: None,
            button: Button::new(act).primary(),
            back: back.into(),
            errors: Html::default(),
        }
    }

    /// What follows from it.
    #[must_use]
    pub fn warning(mut self, words: impl Into<String>) -> Self {
        self.warning = words.into();
        self
    }

    /// Number, subject, recipients.
    #[must_use]
    pub fn facts(mut self, facts: &[(&str, Html)]) -> Self {
        self.facts = properties(facts);
        self
    }

    /// A value sent along (the version of the record, so that a double click counts once).
    #[must_use]
    pub fn hidden(mut self, name: &str, value: impl ToString) -> Self {
        self.hidden.push((name.into(), value.to_string()));
        self
    }

    /// A reason is asked for.
    #[must_use]
    pub fn reason(mut self, label: &str, value: &str) -> Self {
        self.reason = Some(Field::area(self.l, "reason", label, 3).value(value));
        self
    }

    /// It cannot be undone.
    #[must_use]
    pub fn grave(mut self) -> Self {
        self.button = self.button.grave();
        self
    }

    /// It came back.
    #[must_use]
    pub fn refused(mut self, refusal: Option<&Refusal>) -> Self {
        self.errors = ErrorSummary::of(self.l, refusal);
        self.reason = self.reason.map(|r| r.refused(refusal));
        self
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let facts = [
        (l.t("Văn bản", "Document"), Html::text("1236/QĐ-UBND, 20/11/2026")),
        (l.t("Trích yếu", "Subject"), Html::text("Ban hành Kế hoạch số hóa hồ sơ lưu trữ của thành phố Huế năm 2027")),
        (
            l.t("Nơi nhận", "Recipients"),
            Html::text(l.t(
                "133 nơi: 2 bộ, 11 sở, 120 xã và phường",
                "133: 2 ministries, 11 departments, 120 communes and wards",
            )),
        ),
    ];
    vec![
        Example::of(
            "Phát hành",
            "Issue",
            &Confirm::new(
                l,
                "example",
                l.t("Phát hành Quyết định 1236/QĐ-UBND?", "Issue Decision 1236/QĐ-UBND?"),
                l.t("Phát hành đến 133 nơi nhận", "Issue to 133 recipients"),
                "#",
                "#",
            )
            .facts(&facts)
            .warning(l.t(
                "Văn bản đã phát hành chỉ thu hồi được, không xóa được.",
                "An issued document can be recalled, not erased.",
            ))
            .hidden("version", 7),
        ),
        Example::of(
            "Thu hồi",
            "Recall",
            &Confirm::new(
                l,
                "example",
                l.t("Thu hồi Quyết định 1236/QĐ-UBND?", "Recall Decision 1236/QĐ-UBND?"),
                l.t("Thu hồi từ 133 nơi nhận", "Recall from 133 recipients"),
                "#",
                "#",
            )
            .facts(&facts)
            .reason(l.t("Lý do thu hồi", "Reason"), "")
            .grave(),
        ),
    ]
}
