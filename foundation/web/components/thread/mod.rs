//! Thread and chain: what happened, newest first, with the number of the entry; and people or things in a row.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use askama::Template;
use base::Lang;

/// How an entry reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knot {
    /// Ordinary.
    Plain,
    /// A milestone.
    Hit,
    /// A refusal or return.
    Refused,
    /// Its details were destroyed as the law demands; the proof stands.
    Erased,
}

impl Knot {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Hit => "hit",
            Self::Refused => "bad",
            Self::Erased => "gone",
        }
    }
}

struct Entry {
    knot: Knot,
    what: Html,
    by: String,
    when: String,
    number: Option<String>,
}

/// The history of a record.
#[derive(Template, Default)]
#[template(path = "thread/template.html")]
pub struct Thread {
    entries: Vec<Entry>,
}

impl askama::filters::HtmlSafe for Thread {}

impl Thread {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry, the newest first: what (bold first words, then the rest), by whom, when, the ledger's number.
    #[must_use]
    pub fn entry(
        mut self,
        knot: Knot,
        what: &str,
        rest: &str,
        by: impl Into<String>,
        when: impl Into<String>,
        sequence: Option<i64>,
    ) -> Self {
        let what = Html::trusted(format!("<b>{}</b>{}", escape(what), escape(rest)));
        let number = sequence.map(|n| format!("#{n}"));
        self.entries.push(Entry { knot, what, by: by.into(), when: when.into(), number });
        self
    }
}

/// People, checks or troubles in a row: a glyph, bold words, the rest below.
pub fn chain(links: &[(Html, Html)]) -> Html {
    let items: String = links.iter().map(|(glyph, words)| format!("<li>{glyph}<div>{words}</div></li>")).collect();
    Html::trusted(format!("<ul class=\"chain\">{items}</ul>"))
}

/// One link of a chain in the usual form: bold name, words beside it, small words below.
pub fn link_words(name: &str, beside: &str, below: &str) -> Html {
    let below =
        if below.is_empty() { String::new() } else { format!("<br><span class=\"mut sm\">{}</span>", escape(below)) };
    Html::trusted(format!("<b>{}</b>{}{below}", escape(name), escape(beside)))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    use super::state::Progress;
    let thread = Thread::new()
        .entry(
            Knot::Refused,
            l.t("Phường An Cựu từ chối tiếp nhận", "An Cựu ward refused it"),
            l.t(": sai nơi nhận, lĩnh vực thuộc Phòng Văn hóa – Xã hội", ": wrong recipient"),
            l.t("Nguyễn Thị Lan, văn thư", "Nguyễn Thị Lan, registry clerk"),
            l.t("08:14 hôm nay", "08:14 today"),
            Some(1_284_391),
        )
        .entry(
            Knot::Erased,
            l.t("Chi tiết đã hủy theo quy định", "Details destroyed as the law demands"),
            l.t("; bằng chứng vẫn còn", "; the proof stands"),
            l.t("Lưu trữ", "Archive"),
            "22/11, 09:00",
            Some(1_283_900),
        )
        .entry(
            Knot::Hit,
            l.t("Sở Nội vụ hoàn thành", "Department of Home Affairs done"),
            l.t(", trả lời bằng 2160/SNV-VTLT", ", answered by 2160/SNV-VTLT"),
            l.t("Báo về qua trục liên thông", "Reported through the exchange"),
            "21/11, 16:05",
            Some(1_283_077),
        )
        .entry(
            Knot::Plain,
            l.t("Phát hành", "Issued"),
            l.t(" đến 133 nơi nhận", " to 133 recipients"),
            l.t("Phạm Thị Hạnh, văn thư", "Phạm Thị Hạnh, registry clerk"),
            "20/11, 14:15",
            Some(1_281_640),
        );
    let chain = chain(&[
        (
            Progress::Good.glyph(),
            link_words(
                "Lê Thị Thu Hằng",
                l.t(", Phó Chủ tịch", ", Vice-Chair"),
                l.t("KT. Chủ tịch. Hợp lệ, 20/11/2026 13:58:20", "For the Chair. Valid, 20/11/2026 13:58:20"),
            ),
        ),
        (
            Html::trusted(format!("<span class=\"ok\">{}</span>", icon("seal"))),
            link_words(
                "UBND thành phố Huế",
                "",
                l.t(
                    "Dấu cơ quan phủ số, ngày và chữ ký trên. 14:12:47",
                    "The seal covers number, date and the signature above. 14:12:47",
                ),
            ),
        ),
    ]);
    vec![Example::of("Diễn biến", "History", &thread), Example::new("Chữ ký", "Signatures", chain)]
}
