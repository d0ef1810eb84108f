//! Steps: a record's road, with who and when under each; upright on a phone.

use super::Example;
use askama::Template;
use base::Lang;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Done,
    /// The present one.
    Now,
    /// Still to come.
    Next,
    /// Left out for this record.
    Skipped,
}

/// The road.
#[derive(Debug, Clone, Template)]
#[template(path = "steps/template.html")]
pub struct Steps {
    l: Lang,
    steps: Vec<(StepState, String, String)>,
}

impl askama::filters::HtmlSafe for Steps {}

impl Steps {
    /// No steps yet.
    pub fn new(l: Lang) -> Self {
        Self { l, steps: Vec::new() }
    }

    /// Adds a step: its name, and who and when (“18/11, Trần Quốc Bảo”).
    #[must_use]
    pub fn step(mut self, state: StepState, name: impl Into<String>, who_when: impl Into<String>) -> Self {
        self.steps.push((state, name.into(), who_when.into()));
        self
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    use StepState::{Done, Next, Now, Skipped};
    vec![Example::of(
        "Văn bản đi",
        "Outgoing document",
        &Steps::new(l)
            .step(Done, l.t("Soạn thảo", "Draft"), "18/11, Trần Quốc Bảo")
            .step(Done, l.t("Nội dung", "Content"), "18/11, Đỗ Mạnh Hùng")
            .step(Skipped, l.t("Thể thức", "Form"), l.t("gộp với cấp số", "with numbering"))
            .step(Done, l.t("Duyệt, ký", "Sign"), "20/11, Lê Thị Thu Hằng")
            .step(Now, l.t("Phát hành", "Issue"), l.t("128 trong 133 nơi đã nhận", "128 of 133 received"))
            .step(Next, l.t("Vào hồ sơ", "File"), l.t("chưa", "not yet")),
    )]
}
