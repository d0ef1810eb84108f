//! List item: choose work from a list of links; three lines at most. J, K and Enter move and open.

use super::Example;
use super::icon::icon;
use crate::html::Html;
use askama::Template;
use base::Lang;

/// An item of a work list.
#[derive(Debug, Clone, Template, Default)]
#[template(path = "list_item/template.html")]
pub struct Item {
    href: String,
    stamp: Html,
    number: String,
    when: String,
    from: String,
    subject: String,
    state: Html,
    aside: Html,
    selected: bool,
    unread: Option<&'static str>,
}

impl askama::filters::HtmlSafe for Item {}

impl Item {
    /// An item that leads to its record.
    pub fn new(href: impl Into<String>, number: impl Into<String>, subject: impl Into<String>) -> Self {
        Self { href: href.into(), number: number.into(), subject: subject.into(), ..Self::default() }
    }

    /// Its stamp.
    #[must_use]
    pub fn stamp(mut self, stamp: Html) -> Self {
        self.stamp = stamp;
        self
    }

    /// From whom.
    #[must_use]
    pub fn from(mut self, from: impl Into<String>) -> Self {
        self.from = from.into();
        self
    }

    /// When.
    #[must_use]
    pub fn when(mut self, when: impl Into<String>) -> Self {
        self.when = when.into();
        self
    }

    /// Its state.
    #[must_use]
    pub fn state(mut self, state: Html) -> Self {
        self.state = state;
        self
    }

    /// What stands at the right of the last line: a deadline, the number of files.
    #[must_use]
    pub fn aside(mut self, aside: Html) -> Self {
        self.aside = aside;
        self
    }

    /// It is the one shown beside the list.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Nobody has opened it yet.
    #[must_use]
    pub fn unread(mut self, unread: bool, l: Lang) -> Self {
        self.unread = unread.then(|| l.t("chưa đọc", "unread"));
        self
    }
}

/// “3 tệp” with its glyph.
pub fn files(count: usize, l: Lang) -> Html {
    Html::trusted(format!(
        "<span class=\"nw dim\">{} {count} {}</span>",
        icon("clip"),
        l.t("tệp", if count == 1 { "file" } else { "files" })
    ))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    use super::stamp::{Urgency, urgency_mark};
    use super::state::{Progress, state};
    let item = |urgency, number: &str, subject: &str| Item::new("#", number, subject).stamp(urgency_mark(urgency, l));
    vec![
        Example::of(
            "Đang chọn",
            "Selected",
            &item(
                Urgency::Immediate,
                "7214/BNV-TCBC",
                "Báo cáo số biên chế có mặt đến 20/11/2026 phục vụ phiên họp Ban Chỉ đạo tinh gọn tổ chức bộ máy",
            )
            .from("Bộ Nội vụ")
            .when("08:02")
            .state(state(Progress::Caution, l.t("Thiếu dấu thời gian", "No time stamp")))
            .aside(files(3, l))
            .selected(true),
        ),
        Example::of(
            "Chưa đọc",
            "Unread",
            &item(Urgency::VeryUrgent, "9870/BTC-NSNN", "Thông báo dự toán chi chuyển đổi số năm 2027")
                .from("Bộ Tài chính")
                .when("07:48")
                .state(state(Progress::Sealed, l.t("Hai chữ ký hợp lệ", "Two valid signatures")))
                .aside(files(2, l))
                .unread(true, l),
        ),
        Example::of(
            "Thường",
            "Plain",
            &item(Urgency::Normal, "318/UBND-VX", "Đề nghị hỗ trợ kinh phí sửa chữa Trường Tiểu học số 1 sau mưa bão")
                .from("UBND xã Phú Lộc")
                .when("19/11")
                .state(state(Progress::Sealed, l.t("Hai chữ ký hợp lệ", "Two valid signatures")))
                .aside(state(Progress::Overdue, l.t("Quá 1 ngày", "1 day over"))),
        ),
    ]
}
