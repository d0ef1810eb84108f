//! Choice and tick: the whole line is the target.

use super::Example;
use crate::html::Html;
use askama::Template;
use base::{Lang, Refusal};

/// One line of a group.
#[derive(Debug, Clone, Default)]
pub struct Line {
    value: String,
    label: String,
    hint: Option<String>,
    on: bool,
}

/// A group of choices (one of them) or ticks (any of them).
#[derive(Debug, Clone, Template)]
#[template(path = "choice/template.html")]
pub struct Choices {
    l: Lang,
    radio: bool,
    name: String,
    legend: String,
    hint: Option<String>,
    error: Option<String>,
    options: Vec<Line>,
    hidden_legend: bool,
}

impl askama::filters::HtmlSafe for Choices {}

impl Choices {
    /// One of them.
    pub fn one(l: Lang, name: &str, legend: impl Into<String>) -> Self {
        Self {
            l,
            radio: true,
            name: name.into(),
            legend: legend.into(),
            hint: None,
            error: None,
            options: Vec::new(),
            hidden_legend: false,
        }
    }

    /// Any of them.
    pub fn any(l: Lang, name: &str, legend: impl Into<String>) -> Self {
        Self { radio: false, ..Self::one(l, name, legend) }
    }

    /// Adds a line.
    #[must_use]
    pub fn option(mut self, value: impl Into<String>, label: impl Into<String>, on: bool) -> Self {
        self.options.push(Line { value: value.into(), label: label.into(), hint: None, on });
        self
    }

    /// Adds a line with a second, smaller one.
    #[must_use]
    pub fn option_with(
        mut self,
        value: impl Into<String>,
        label: impl Into<String>,
        hint: impl Into<String>,
        on: bool,
    ) -> Self {
        self.options.push(Line { value: value.into(), label: label.into(), hint: Some(hint.into()), on });
        self
    }

    /// How to choose.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
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

    /// The legend is for screen readers only.
    #[must_use]
    pub fn hidden_legend(mut self) -> Self {
        self.hidden_legend = true;
        self
    }

    fn id(&self) -> String {
        format!("f-{}", self.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
    }
}

/// A single tick.
pub fn tick(name: &str, value: &str, label: &str, on: bool) -> Html {
    let e = crate::html::escape;
    Html::trusted(format!(
        "<label class=\"choice\"><input type=\"checkbox\" name=\"{}\" value=\"{}\"{}><span>{}</span></label>",
        e(name),
        e(value),
        if on { " checked" } else { "" },
        e(label)
    ))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::of(
            "Một trong nhiều",
            "One of several",
            &Choices::one(l, "role", l.t("Vai trò", "Role"))
                .option_with(
                    "lead",
                    l.t("Chủ trì", "Lead"),
                    l.t("Chịu trách nhiệm trả lời", "Answers for the reply"),
                    true,
                )
                .option("support", l.t("Phối hợp", "Support"), false)
                .option("inform", l.t("Để biết", "For information"), false),
        ),
        Example::of(
            "Nhiều trong nhiều",
            "Any of several",
            &Choices::any(l, "to", l.t("Gửi cả cho", "Also send to"))
                .hint(l.t("Có thể không chọn", "None is fine"))
                .option("h57-09", "Sở Nội vụ", true)
                .option("h57-11", "Sở Tài chính", false),
        ),
        Example::new(
            "Một dấu chọn",
            "A single tick",
            tick("sure", "1", l.t("Tôi đã kiểm tra nơi nhận", "I have checked the recipients"), false),
        ),
    ]
}
