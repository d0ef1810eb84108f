//! The design system: one folder a component with its template, its part of the style sheet and its examples.

pub mod agency_picker;
pub mod button;
pub mod chart;
pub mod choice;
pub mod confirm;
pub mod directive;
pub mod door;
pub mod field;
pub mod figure;
pub mod filter_pane;
pub mod frame;
pub mod icon;
pub mod list_item;
pub mod menu;
pub mod note;
pub mod paging;
pub mod paper;
pub mod progress;
pub mod properties;
pub mod signature_report;
pub mod stamp;
pub mod state;
pub mod steps;
pub mod table;
pub mod tally;
pub mod thread;
pub mod track;
pub mod upload;
pub mod verification;

use crate::html::Html;
use base::{Lang, Text};

/// One example of a component, shown in the gallery and checked by the tests.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it shows: the state, in words.
    pub name: Text,
    /// The markup.
    pub html: Html,
}

impl Example {
    /// An example from finished markup.
    pub fn new(vi: &'static str, en: &'static str, html: Html) -> Self {
        Self { name: Text::fixed(vi, en), html }
    }

    /// The markup for a page of many examples: none of them takes the focus or brings a landmark twice.
    pub fn quiet(&self) -> Html {
        Html::trusted(
            self.html
                .as_str()
                .replace(" data-focus", "")
                .replace("<nav ", "<div role=\"group\" ")
                .replace("</nav>", "</div>")
                .replace("<h1>", "<h3>")
                .replace("</h1>", "</h3>"),
        )
    }

    /// An example from a component.
    pub fn of(vi: &'static str, en: &'static str, component: &impl askama::Template) -> Self {
        Self::new(vi, en, Html::from_template(component))
    }
}

/// A component as the gallery shows it.
pub struct Component {
    /// Folder name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: Text,
    /// Its examples in a language.
    pub examples: fn(Lang) -> Vec<Example>,
}

/// The parts of the style sheet in the order in which they are joined.
pub const STYLE_PARTS: &[&str] = &[
    include_str!("tokens/style.css"),
    include_str!("frame/style.css"),
    include_str!("button/style.css"),
    include_str!("field/style.css"),
    include_str!("choice/style.css"),
    include_str!("upload/style.css"),
    include_str!("stamp/style.css"),
    include_str!("state/style.css"),
    include_str!("table/style.css"),
    include_str!("list_item/style.css"),
    include_str!("filter_pane/style.css"),
    include_str!("paging/style.css"),
    include_str!("figure/style.css"),
    include_str!("tally/style.css"),
    include_str!("steps/style.css"),
    include_str!("track/style.css"),
    include_str!("thread/style.css"),
    include_str!("verification/style.css"),
    include_str!("paper/style.css"),
    include_str!("directive/style.css"),
    include_str!("note/style.css"),
    include_str!("menu/style.css"),
    include_str!("progress/style.css"),
    include_str!("chart/style.css"),
    include_str!("properties/style.css"),
    include_str!("layout/style.css"),
    include_str!("print/style.css"),
];

/// Every component.
pub fn all() -> Vec<Component> {
    let component = |name, vi, en, examples| Component { name, purpose: Text::fixed(vi, en), examples };
    vec![
        component(
            "frame",
            "Khung của mọi trang",
            "The frame of every page",
            frame::examples as fn(Lang) -> Vec<Example>,
        ),
        component("icon", "Nét vẽ đi kèm chữ", "A glyph beside a word", icon::examples as fn(Lang) -> Vec<Example>),
        component("button", "Nút, phím tắt", "Buttons and key caps", button::examples as fn(Lang) -> Vec<Example>),
        component("field", "Ô nhập", "Fields", field::examples as fn(Lang) -> Vec<Example>),
        component("choice", "Lựa chọn, dấu chọn", "Choices and ticks", choice::examples as fn(Lang) -> Vec<Example>),
        component(
            "agency_picker",
            "Chọn cơ quan bằng mã hoặc tên",
            "Choose agencies by code or name",
            agency_picker::examples as fn(Lang) -> Vec<Example>,
        ),
        component("upload", "Tệp gửi lên", "Files", upload::examples as fn(Lang) -> Vec<Example>),
        component(
            "note",
            "Ghi chú, bằng chứng, tóm tắt lỗi",
            "Notes, ledger evidence, error summary",
            note::examples as fn(Lang) -> Vec<Example>,
        ),
        component(
            "signature_report",
            "Kết quả kiểm tra chữ ký số",
            "The report on a file's signatures",
            signature_report::examples as fn(Lang) -> Vec<Example>,
        ),
        component("stamp", "Dấu khẩn, dấu mật", "Urgency and secrecy", stamp::examples as fn(Lang) -> Vec<Example>),
        component("state", "Trạng thái, thời hạn", "States and deadlines", state::examples as fn(Lang) -> Vec<Example>),
        component("table", "Bảng", "Tables", table::examples as fn(Lang) -> Vec<Example>),
        component("list_item", "Dòng danh sách", "List items", list_item::examples as fn(Lang) -> Vec<Example>),
        component("filter_pane", "Bộ lọc", "Filters", filter_pane::examples as fn(Lang) -> Vec<Example>),
        component(
            "paging",
            "Phân trang, thẻ, đường dẫn",
            "Paging, tabs, breadcrumbs",
            paging::examples as fn(Lang) -> Vec<Example>,
        ),
        component(
            "figure",
            "Con số, hai số không",
            "Figures, the two zeros",
            figure::examples as fn(Lang) -> Vec<Example>,
        ),
        component("tally", "Vạch đếm", "Tallies", tally::examples as fn(Lang) -> Vec<Example>),
        component("steps", "Tiến độ", "Steps", steps::examples as fn(Lang) -> Vec<Example>),
        component(
            "track",
            "Năm chặng của một lần gửi",
            "The five states of a delivery",
            track::examples as fn(Lang) -> Vec<Example>,
        ),
        component("thread", "Diễn biến, chuỗi", "Histories and chains", thread::examples as fn(Lang) -> Vec<Example>),
        component(
            "verification",
            "Kiểm tra khi đến",
            "Checks on arrival",
            verification::examples as fn(Lang) -> Vec<Example>,
        ),
        component(
            "paper",
            "Trang giấy, tệp đính kèm",
            "Pages and attachments",
            paper::examples as fn(Lang) -> Vec<Example>,
        ),
        component("directive", "Bút phê", "Directives", directive::examples as fn(Lang) -> Vec<Example>),
        component("confirm", "Trang xác nhận", "Confirmation", confirm::examples as fn(Lang) -> Vec<Example>),
        component("properties", "Thuộc tính", "Properties", properties::examples as fn(Lang) -> Vec<Example>),
        component("menu", "Việc ít dùng", "Menus", menu::examples as fn(Lang) -> Vec<Example>),
        component("progress", "Việc dài", "Long work", progress::examples as fn(Lang) -> Vec<Example>),
        component("chart", "Biểu đồ", "Charts", chart::examples as fn(Lang) -> Vec<Example>),
    ]
}

/// The moment of the examples: Monday 23 November 2026, 08:41.
pub fn example_now() -> base::Timestamp {
    base::Timestamp::from_micros(1_795_398_060_000_000)
}

/// A count with its digits in groups of three: `412.806` in Vietnamese, `412,806` in English. Never for numbers that
/// are names (4818, #1284391).
pub fn group_digits(number: u64, l: Lang) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(if l == Lang::Vi { '.' } else { ',' });
        }
        out.push(digit);
    }
    out
}

/// Binds words that belong together: a word such as “năm”, “Điều” or “ngày” and the number after it stay on one line.
pub fn bind(text: &str) -> String {
    const BEFORE_NUMBER: &[&str] = &[
        "năm", "tháng", "ngày", "quý", "điều", "khoản", "điểm", "chương", "mục", "số", "lần", "kỳ", "đợt", "khóa",
        "phòng", "tổ", "page", "article", "clause", "no.",
    ];
    let mut out = String::with_capacity(text.len());
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        out.push_str(word);
        let Some(next) = words.peek() else { break };
        let bare = word.trim_start_matches(['(', '“', '"']).to_lowercase();
        let number = next.starts_with(|c: char| c.is_ascii_digit()) || is_roman(next);
        out.push(if number && BEFORE_NUMBER.contains(&bare.as_str()) || *next == "%" { '\u{a0}' } else { ' ' });
    }
    out
}

fn is_roman(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ';', ')']);
    !word.is_empty() && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_numbers() {
        assert_eq!(bind("đợt 3 năm 2026, quý IV"), "đợt\u{a0}3 năm\u{a0}2026, quý\u{a0}IV");
        assert_eq!(bind("tăng 3,2 % so với"), "tăng 3,2\u{a0}% so với");
        assert_eq!(bind("số hóa hồ sơ"), "số hóa hồ sơ");
    }

    #[test]
    fn counts_are_grouped_in_the_readers_way() {
        assert_eq!(group_digits(412_806, Lang::Vi), "412.806");
        assert_eq!(group_digits(1_284_517, Lang::En), "1,284,517");
        assert_eq!(group_digits(999, Lang::Vi), "999");
    }

    #[test]
    fn every_component_has_examples_in_both_languages() {
        for component in all() {
            for l in [Lang::Vi, Lang::En] {
                let examples = (component.examples)(l);
                assert!(!examples.is_empty(), "{}", component.name);
                for example in examples {
                    let html = example.html.as_str();
                    assert!(!html.is_empty(), "{}: {}", component.name, example.name.en);
                    assert!(!html.contains("template fault"), "{}: {html}", component.name);
                }
            }
        }
    }

    #[test]
    fn every_folder_is_a_component_with_a_part_of_the_sheet() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("components");
        let listed: Vec<&str> = all().iter().map(|c| c.name).collect();
        // Only looks: shared tokens, page layouts, print. The door is a whole page and stands among the pages.
        let only_style = ["tokens", "layout", "print", "door"];
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() && !only_style.contains(&name.as_str()) {
                assert!(listed.contains(&name.as_str()), "{name} is not in the gallery");
            }
        }
    }
}
