//! Menu: rare actions behind a disclosure (`details`); works without script, Esc closes it with one.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use base::Lang;

/// A button that opens a list of links or forms.
pub fn menu(label: &str, items: &[Html]) -> Html {
    let items: String = items.iter().map(|i| format!("<li>{i}</li>")).collect();
    Html::trusted(format!(
        "<details class=\"menu\"><summary class=\"btn\">{}{}</summary><div class=\"drop\"><ul class=\"rows\">{items}</ul></div></details>",
        escape(label),
        icon("down")
    ))
}

/// A part of the page that is folded away.
pub fn disclosure(label: &str, body: &Html) -> Html {
    Html::trusted(format!(
        "<details class=\"more\"><summary>{} {}</summary>{body}</details>",
        escape(label),
        icon("down")
    ))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let link = |word: &str| Html::trusted(format!("<a href=\"#\">{word}</a>"));
    vec![
        Example::new(
            "Việc ít dùng",
            "Rare actions",
            menu(
                l.t("Khác", "More"),
                &[
                    link(l.t("Sao y", "Certified copy")),
                    link(l.t("Chuyển tiếp", "Forward")),
                    link(l.t("Thu hồi…", "Recall…")),
                ],
            ),
        ),
        Example::new(
            "Gấp lại",
            "Folded away",
            disclosure(l.t("Bảng số liệu", "Table of figures"), &Html::trusted("<p>…</p>")),
        ),
    ]
}
