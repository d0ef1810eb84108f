//! Paging and tabs: older and newer by key, pages are not counted.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use base::Lang;

/// Links to newer and older records; at an end it says so.
pub fn paging(newer: Option<&str>, older: Option<&str>, l: Lang) -> Html {
    if newer.is_none() && older.is_none() {
        return Html::default();
    }
    let link = |href: Option<&str>, rel: &str, key: &str, word: &str, none: &str| match href {
        Some(href) => format!(
            "<a rel=\"{rel}\" href=\"{}\" data-key=\"{key}\">{word}</a> <kbd class=\"keys\">{key}</kbd>",
            escape(href)
        ),
        None => format!("<span class=\"dim\">{none}</span>"),
    };
    Html::trusted(format!(
        "<nav class=\"paging\" aria-label=\"{}\">{}<span class=\"push\"></span>{}</nav>",
        l.t("Trang", "Paging"),
        link(newer, "prev", "P", l.t("Mới hơn", "Newer"), l.t("Đây là mới nhất", "These are the newest")),
        link(older, "next", "N", l.t("Cũ hơn", "Older"), l.t("Hết", "No more")),
    ))
}

/// One tab of a row: address, label, count, whether it is the present one.
pub type Tab<'a> = (&'a str, &'a str, Option<u64>, bool);

/// A row of tabs; they are links. What comes behind (“Chọn nhiều”) stands at the right.
pub fn tabs(label: &str, tabs: &[Tab<'_>], behind: &Html, l: Lang) -> Html {
    let links: String = tabs
        .iter()
        .map(|(href, word, count, current)| {
            let count = count
                .map_or_else(String::new, |n| format!(" <span class=\"cnt\">{}</span>", super::group_digits(n, l)));
            let current = if *current { " aria-current=\"page\"" } else { "" };
            format!("<a href=\"{}\"{current}>{}{count}</a>", escape(href), escape(word))
        })
        .collect();
    let behind = if behind.is_empty() { String::new() } else { format!("<span class=\"push\"></span>{behind}") };
    Html::trusted(format!("<nav class=\"seg\" aria-label=\"{}\">{links}{behind}</nav>", escape(label)))
}

/// A breadcrumb: links to what stands above, then where one is.
pub fn crumbs(links: &[(&str, &str)], here: &str, l: Lang) -> Html {
    let links: String = links
        .iter()
        .map(|(href, word)| {
            format!("<a href=\"{}\">{}</a><span aria-hidden=\"true\">/</span>", escape(href), escape(word))
        })
        .collect();
    Html::trusted(format!(
        "<nav class=\"crumb\" aria-label=\"{}\">{links}<span aria-current=\"page\">{}</span></nav>",
        l.t("Đường dẫn", "Path"),
        escape(here)
    ))
}

/// Where the arrow of a “next” link points; used by lists that go on by themselves.
pub fn more(href: &str, word: &str) -> Html {
    Html::trusted(format!("<a href=\"{}\">{}{}</a>", escape(href), escape(word), icon("chev")))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::new("Đầu", "First", paging(None, Some("?truoc=c"), l)),
        Example::new("Giữa", "Middle", paging(Some("?sau=a"), Some("?truoc=b"), l)),
        Example::new("Cuối", "End", paging(Some("?sau=a"), None, l)),
        Example::new(
            "Thẻ",
            "Tabs",
            tabs(
                l.t("Loại việc", "Kinds of work"),
                &[
                    ("#1", l.t("Ý kiến", "Directions"), Some(6), true),
                    ("#2", l.t("Duyệt", "Approvals"), Some(2), false),
                    ("#3", l.t("Ký", "Signatures"), Some(3), false),
                ],
                &Html::trusted(format!("<a href=\"#\">{}</a>", l.t("Chọn nhiều", "Select several"))),
                l,
            ),
        ),
        Example::new(
            "Đường dẫn",
            "Breadcrumb",
            crumbs(
                &[("#", l.t("Văn bản đi", "Outgoing")), ("#2", l.t("Sổ quyết định 2026", "Decisions 2026"))],
                "1236/QĐ-UBND",
                l,
            ),
        ),
    ]
}
