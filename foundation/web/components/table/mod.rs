//! Table: compare records. Hairlines, no zebra; numbers right; sorting is a link; on a phone rows stack or scroll.

use super::Example;
use super::icon::icon;
use crate::html::Html;
use askama::Template;
use base::Lang;

/// How a column is sorted at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// Not by this column.
    No,
    /// Small first.
    Ascending,
    /// Large first.
    Descending,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    label: String,
    class: &'static str,
    hidden: bool,
    sort: Option<(String, Sorted)>,
}

impl Column {
    /// A column of text.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), class: "", hidden: false, sort: None }
    }

    /// A column of numbers, to the right.
    #[must_use]
    pub fn number(mut self) -> Self {
        self.class = "r";
        self
    }

    /// Never wraps (dates, document numbers).
    #[must_use]
    pub fn fixed(mut self) -> Self {
        self.class = "nw";
        self
    }

    /// The column that takes a whole line on a phone.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.class = "main";
        self
    }

    /// The head is for screen readers only (a column of actions).
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.hidden = true;
        self.class = "r";
        self
    }

    /// May be sorted by this link.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, sorted: Sorted) -> Self {
        self.sort = Some((href.into(), sorted));
        self
    }

    fn aria(&self) -> &'static str {
        match self.sort {
            Some((_, Sorted::Ascending)) => "ascending",
            Some((_, Sorted::Descending)) => "descending",
            _ => "none",
        }
    }

    fn is(&self, ascending: bool) -> bool {
        matches!((&self.sort, ascending), (Some((_, Sorted::Ascending)), true) | (Some((_, Sorted::Descending)), false))
    }
}

/// A row.
#[derive(Debug, Clone)]
struct Row {
    cells: Vec<Html>,
    selected: bool,
}

/// A table.
#[derive(Debug, Clone, Template)]
#[template(path = "table/template.html")]
pub struct Table {
    l: Lang,
    caption: String,
    shown_caption: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
    foot: Vec<Html>,
    empty: Html,
    stacks: bool,
    tight: bool,
    first_is_head: bool,
}

impl askama::filters::HtmlSafe for Table {}

impl Table {
    /// A table; the caption names it for screen readers.
    pub fn new(l: Lang, caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            l,
            caption: caption.into(),
            shown_caption: false,
            columns,
            rows: Vec::new(),
            foot: Vec::new(),
            empty: Html::default(),
            stacks: false,
            tight: false,
            first_is_head: false,
        }
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, cells: Vec<Html>) -> Self {
        self.rows.push(Row { cells, selected: false });
        self
    }

    /// Adds a selected row.
    #[must_use]
    pub fn selected_row(mut self, cells: Vec<Html>) -> Self {
        self.rows.push(Row { cells, selected: true });
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Html>>) -> Self {
        self.rows.extend(rows.into_iter().map(|cells| Row { cells, selected: false }));
        self
    }

    /// Totals at the end.
    #[must_use]
    pub fn foot(mut self, cells: Vec<Html>) -> Self {
        self.foot = cells;
        self
    }

    /// What is said when there are no rows: what would be here and what makes it come.
    #[must_use]
    pub fn empty(mut self, words: Html) -> Self {
        self.empty = words;
        self
    }

    /// Rows stack on a phone (work queues). Otherwise the table scrolls inside a named region.
    #[must_use]
    pub fn stacks(mut self) -> Self {
        self.stacks = true;
        self
    }

    /// Rows of 29 px.
    #[must_use]
    pub fn tight(mut self) -> Self {
        self.tight = true;
        self
    }

    /// The first cell names its row.
    #[must_use]
    pub fn first_is_head(mut self) -> Self {
        self.first_is_head = true;
        self
    }

    /// The caption is seen.
    #[must_use]
    pub fn show_caption(mut self) -> Self {
        self.shown_caption = true;
        self
    }

    fn class_of(&self, index: &usize) -> &'static str {
        self.columns.get(*index).map_or("", |c| c.class)
    }

    fn arrow(&self) -> Html {
        icon("down")
    }
}

/// The bar at the foot of a list in which rows are ticked: how many, and the verbs.
pub fn selection_bar(count: usize, verbs: &Html, l: Lang) -> Html {
    Html::trusted(format!(
        "<div class=\"selbar acts\" role=\"status\"><b>{count} {}</b>{verbs}</div>",
        l.t("đã chọn", "selected")
    ))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    use super::stamp::{Urgency, urgency};
    use super::state::{Progress, state};
    let t = |s: &str| Html::text(s);
    let doc = |number: &str, from: &str, subject: &str| {
        Html::trusted(format!(
            "<a class=\"t\" href=\"#\"><span class=\"num\">{number}</span> · <span class=\"mut\">{from}</span><span class=\"sub\">{subject}</span></a>"
        ))
    };
    let queue = Table::new(
        l,
        l.t("Văn bản đến chờ đăng ký, khẩn nhất ở trên", "Arrivals to register, most urgent first"),
        vec![
            Column::new(l.t("Độ khẩn", "Urgency")),
            Column::new(l.t("Văn bản", "Document")).main(),
            Column::new(l.t("Đến lúc", "Arrived")).fixed(),
            Column::new(l.t("Hạn đăng ký", "Register by")).fixed(),
        ],
    )
    .stacks()
    .row(vec![
        urgency(Urgency::Immediate, l),
        doc("7214/BNV-TCBC", "Bộ Nội vụ", "Báo cáo số biên chế có mặt đến 20/11/2026 phục vụ phiên họp Ban Chỉ đạo"),
        t("08:02"),
        state(Progress::Soon, l.t("Ngay, đã 39 phút", "Now, 39 min so far")),
    ])
    .row(vec![
        urgency(Urgency::VeryUrgent, l),
        doc("9870/BTC-NSNN", "Bộ Tài chính", "Thông báo dự toán chi chuyển đổi số năm 2027 cho các địa phương"),
        t("07:48"),
        state(Progress::Soon, l.t("Ngay, đã 53 phút", "Now, 53 min so far")),
    ])
    .row(vec![
        urgency(Urgency::Normal, l),
        doc("318/UBND-VX", "Xã Phú Lộc", "Đề nghị hỗ trợ kinh phí sửa chữa Trường Tiểu học số 1"),
        t("19/11, 16:52"),
        state(Progress::Overdue, l.t("Quá 1 ngày", "1 day over")),
    ]);
    let figures = Table::new(
        l,
        l.t("Tỷ lệ đúng hạn", "On-time rate"),
        vec![
            Column::new(l.t("Cơ quan", "Agency")).sort("?s=ten", Sorted::No),
            Column::new("%").number().sort("?s=ty-le", Sorted::Descending),
            Column::new(l.t("Văn bản", "Documents")).number().sort("?s=so", Sorted::No),
        ],
    )
    .tight()
    .first_is_head()
    .row(vec![t("Sở Nội vụ"), t("97,9"), t("18.206")])
    .selected_row(vec![t("Sở Tài chính"), t("96,1"), t("31.077")])
    .row(vec![t("Sở Khoa học và Công nghệ"), t("93,4"), t("14.930")])
    .foot(vec![t(l.t("Cộng", "Total")), t("96,0"), t("64.213")]);
    let empty =
        Table::new(l, l.t("Đã ký, chưa cấp số", "Signed, not numbered"), vec![Column::new(l.t("Văn bản", "Document"))])
            .empty(t(l.t(
                "Không còn văn bản nào chờ cấp số. Văn bản đến đây khi lãnh đạo ký xong.",
                "Nothing waits for a number. Documents come here when the leader has signed.",
            )));
    vec![
        Example::of("Hàng đợi, xếp chồng trên điện thoại", "Queue, stacks on a phone", &queue),
        Example::of("Sắp xếp, có dòng chọn, có cộng", "Sorted, a selected row, totals", &figures),
        Example::of("Trống", "Empty", &empty),
        Example::new(
            "Thanh chọn",
            "Selection bar",
            selection_bar(3, &Html::trusted("<button class=\"btn pri\" type=\"button\">OK</button>"), l),
        ),
    ]
}
