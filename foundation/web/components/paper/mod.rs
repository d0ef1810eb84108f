//! Paper and file line: the document's page as text, and its attachments with name, kind, size and state.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use base::Lang;

/// Whether a file may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Scanned and clean.
    Clean,
    /// No scanner looked at it.
    Unscanned,
    /// Blocked; the reason stands beside it.
    Blocked,
}

/// One attachment: its address, name, size in bytes and state.
pub fn file_line(href: &str, name: &str, size: u64, file: FileState, l: Lang) -> Html {
    let bytes = size_words(size, l);
    let (name_html, word) = match file {
        FileState::Blocked => (
            format!("<b>{}</b>", escape(name)),
            format!("<span class=\"st late\">{}{}</span>", icon("bad"), l.t("Bị chặn", "Blocked")),
        ),
        FileState::Unscanned => (
            format!("<a href=\"{}\">{}</a>", escape(href), escape(name)),
            format!("<span class=\"sm dim\">{}</span>", l.t("chưa quét", "not scanned")),
        ),
        FileState::Clean => (format!("<a href=\"{}\">{}</a>", escape(href), escape(name)), String::new()),
    };
    // The size stands last, at the right.
    Html::trusted(format!(
        "<span class=\"file\">{}{name_html}{word}<span class=\"dim\">{bytes}</span></span>",
        icon("clip")
    ))
}

/// `1,2 MB`, `36 KB`.
pub fn size_words(bytes: u64, l: Lang) -> String {
    if bytes < 1024 {
        return format!("{bytes}\u{a0}B");
    }
    let kilo = bytes.div_ceil(1024);
    if kilo < 1024 {
        return format!("{kilo}\u{a0}KB");
    }
    let tenths = (bytes * 10).div_ceil(1024 * 1024);
    let comma = l.t(",", ".");
    format!("{}{comma}{}\u{a0}MB", tenths / 10, tenths % 10)
}

/// A page of the document as text, as far as it could be read from the file.
pub fn paper_text(label: &str, text: &str) -> Html {
    Html::trusted(format!(
        "<div class=\"sheet\" role=\"img\" aria-label=\"{}\"><pre>{}</pre></div>",
        escape(label),
        escape(text)
    ))
}

/// A page that is not shown, and why: still being read, blocked, or of a kind that browsers do not show.
pub fn paper_blank(words: &str) -> Html {
    Html::trusted(format!("<div class=\"sheet mute\"><p>{}</p></div>", escape(words)))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let text = "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HUẾ\n\nSố: 1236/QĐ-UBND\n\nQUYẾT ĐỊNH\nBan hành Kế hoạch số hóa hồ sơ lưu trữ năm 2027\n\nĐiều 1. Ban hành kèm theo Quyết định này Kế hoạch số hóa hồ sơ lưu trữ của thành phố Huế năm 2027.\nĐiều 2. Quyết định này có hiệu lực kể từ ngày ký.";
    vec![
        Example::new(
            "Trang giấy",
            "Page",
            paper_text(
                l.t("Trang 1 trong 6 của Quyết định 1236/QĐ-UBND", "Page 1 of 6 of Decision 1236/QĐ-UBND"),
                text,
            ),
        ),
        Example::new(
            "Bị chặn",
            "Blocked",
            paper_blank(l.t(
                "Tệp chứa mã chạy được nên không hiện ở đây.",
                "The file holds executable code and is not shown here.",
            )),
        ),
        Example::new("Sạch", "Clean", file_line("#", "1236.signed.pdf", 700_000, FileState::Clean, l)),
        Example::new(
            "Chưa quét",
            "Not scanned",
            file_line("#", "Phu-luc-I.signed.pdf", 1_230_000, FileState::Unscanned, l),
        ),
        Example::new("Chặn", "Blocked", file_line("#", "bieu-mau.xlsm", 58_000, FileState::Blocked, l)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size_words(900, Lang::Vi), "900\u{a0}B");
        assert_eq!(size_words(36_000, Lang::Vi), "36\u{a0}KB");
        assert_eq!(size_words(1_200_000, Lang::Vi), "1,2\u{a0}MB");
        assert_eq!(size_words(1_200_000, Lang::En), "1.2\u{a0}MB");
    }
}
