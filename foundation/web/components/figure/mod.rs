//! Figure and the two zeros: one number with its unit, its source one link away.

use super::Example;
use super::button::Button;
use crate::html::Html;
use askama::Template;
use base::Lang;

/// One number.
#[derive(Debug, Clone, Template, Default)]
#[template(path = "figure/template.html")]
pub struct Figure {
    label: String,
    value: String,
    unit: String,
    href: Option<String>,
    below: Html,
}

impl askama::filters::HtmlSafe for Figure {}

impl Figure {
    /// A number already written in the reader's way (`412.806`).
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), ..Self::default() }
    }

    /// Its unit, small.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// The entries behind it.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Change or target, below.
    #[must_use]
    pub fn below(mut self, html: Html) -> Self {
        self.below = html;
        self
    }
}

/// One of the two zeros of a clerk's day: what is left, the tally of today, the button to go on.
#[derive(Debug, Clone, Template)]
#[template(path = "figure/zero.html")]
pub struct Zero {
    id: String,
    left: String,
    title: String,
    says: String,
    button: Option<Button>,
    tally: Html,
    legend: (String, String),
}

impl askama::filters::HtmlSafe for Zero {}

impl Zero {
    /// What is left, and of what.
    pub fn new(id: &str, left: impl Into<String>, title: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            left: left.into(),
            title: title.into(),
            says: says.into(),
            button: None,
            tally: Html::default(),
            legend: (String::new(), String::new()),
        }
    }

    /// How to go on; left away at zero.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.button = Some(button);
        self
    }

    /// Today's ticks with a legend at the left and at the right.
    #[must_use]
    pub fn tally(mut self, tally: Html, left: impl Into<String>, right: impl Into<String>) -> Self {
        self.tally = tally;
        self.legend = (left.into(), right.into());
        self
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    use super::state::{Progress, state};
    use super::tally::{Tick, tally};
    let zero = Zero::new(
        "z1",
        "7",
        l.t("Chưa đăng ký", "Not registered"),
        l.t("Bốn phải đăng ký ngay. Một đã quá hạn.", "Four to register at once. One is overdue."),
    )
    .button(Button::new(l.t("Đăng ký tiếp", "Register next")).primary().href("#").key("Đ"))
    .tally(
        tally(
            l.t(
                "41 văn bản đến: 34 đã đăng ký, 7 còn lại, trong đó 4 khẩn",
                "41 arrivals: 34 registered, 7 left, 4 urgent",
            ),
            &[(Tick::Done, 34, None), (Tick::Left, 3, None), (Tick::Urgent, 4, None)],
        ),
        l.t("41 văn bản đến, đã đăng ký 34", "41 arrivals, 34 registered"),
        l.t("Số đến kế tiếp 4818", "Next arrival number 4818"),
    );
    let done = Zero::new(
        "z2",
        "0",
        l.t("Chưa phát hành", "Not issued"),
        l.t(
            "Mọi văn bản đã ký hôm nay đã phát hành, lần cuối 16:40.",
            "All that was signed today is issued, the last at 16:40.",
        ),
    )
    .tally(
        tally(l.t("16 văn bản đã ký, tất cả đã phát hành", "16 signed, all issued"), &[(Tick::Done, 16, None)]),
        l.t("16 văn bản đã ký, đã phát hành 16", "16 signed, 16 issued"),
        "",
    );
    vec![
        Example::of(
            "Con số",
            "Figure",
            &Figure::new(l.t("Văn bản gửi, nhận", "Documents sent and received"), super::group_digits(412_806, l))
                .href("#")
                .below(Html::text(l.t("tăng 3,2 % so với tháng 10", "up 3.2% on October"))),
        ),
        Example::of(
            "Có chỉ tiêu",
            "With a target",
            &Figure::new(l.t("Xử lý đúng hạn", "On time"), l.t("94,6", "94.6"))
                .unit("%")
                .below(state(Progress::Good, l.t("Vượt chỉ tiêu 90 %", "Above the target of 90%"))),
        ),
        Example::of("Còn việc", "Work left", &zero),
        Example::of("Số không", "Zero", &done),
    ]
}
