//! Directive form: what the leader writes (bút phê), with canned phrases that add text, and what was proposed to him.

use super::Example;
use super::field::Field;
use crate::html::{Html, escape};
use base::Lang;

/// The field with its canned phrases. Without script a phrase is sent as `them` and the form comes back with it added.
pub fn directive_field(l: Lang, name: &str, value: &str, phrases: &[&str]) -> Field {
    let buttons: String = phrases
        .iter()
        .map(|p| format!("<button name=\"them\" value=\"{0}\" data-add=\"{0}\" formnovalidate>{0}</button>", escape(p)))
        .collect();
    let canned = Html::trusted(format!(
        "<div class=\"canned\" role=\"group\" aria-label=\"{0}\"><span class=\"dim\">{0}</span>{buttons}</div>",
        l.t("Câu hay dùng", "Stock phrases")
    ));
    Field::area(l, name, l.t("Ý kiến chỉ đạo", "Directive"), 3).value(value).after(canned)
}

/// Adds a phrase to what is already written.
pub fn with_phrase(text: &str, phrase: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() { phrase.to_owned() } else { format!("{text} {phrase}") }
}

/// What somebody proposes.
pub fn proposal(who: &str, words: &str) -> Html {
    Html::trusted(format!("<div class=\"prop\"><b>{}</b><br>{}</div>", escape(who), escape(words)))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::of(
            "Đang viết",
            "Draft",
            &directive_field(
                l,
                "directive",
                "Giao Sở Nội vụ chủ trì, phối hợp Sở Tài chính tham mưu; báo cáo tôi trước 15:00 hôm nay.",
                &["Kính chuyển", "Nghiên cứu, tham mưu", "Báo cáo trước…", "Để biết"],
            ),
        ),
        Example::new(
            "Đề xuất",
            "Proposal",
            proposal(
                l.t("Chánh Văn phòng đề xuất", "The chief of office proposes"),
                "Sở Nội vụ chủ trì, báo cáo trước 11:00 ngày 25/11.",
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_add() {
        assert_eq!(with_phrase("", "Để biết"), "Để biết");
        assert_eq!(with_phrase("Giao Sở Nội vụ. ", "Để biết"), "Giao Sở Nội vụ. Để biết");
    }
}
