//! Filter pane: links with counts, zero shown; under 1100 px a disclosure above the list.

use super::Example;
use super::icon::icon;
use crate::html::Html;
use askama::Template;
use base::Lang;

#[derive(Debug, Clone)]
struct Link {
    href: String,
    label: String,
    count: String,
    current: bool,
}

#[derive(Debug, Clone)]
struct Group {
    name: String,
    links: Vec<Link>,
}

/// The filters of a work list.
#[derive(Debug, Clone, Template)]
#[template(path = "filter_pane/template.html")]
pub struct FilterPane {
    l: Lang,
    groups: Vec<Group>,
    disclosure: bool,
}

impl askama::filters::HtmlSafe for FilterPane {}

impl FilterPane {
    /// No filters yet.
    pub fn new(l: Lang) -> Self {
        Self { l, groups: Vec::new(), disclosure: false }
    }

    /// Begins a group.
    #[must_use]
    pub fn group(mut self, name: impl Into<String>) -> Self {
        self.groups.push(Group { name: name.into(), links: Vec::new() });
        self
    }

    /// Adds a filter to the last group.
    #[must_use]
    pub fn link(mut self, href: impl Into<String>, label: impl Into<String>, count: u64, current: bool) -> Self {
        let count = base::format::count(i64::try_from(count).unwrap_or(i64::MAX), self.l);
        if let Some(group) = self.groups.last_mut() {
            group.links.push(Link { href: href.into(), label: label.into(), count, current });
        }
        self
    }

    /// The same filters folded up, for the head of the list on narrow windows (hidden on wide ones).
    #[must_use]
    pub fn disclosure(&self) -> Self {
        Self { disclosure: true, ..self.clone() }
    }

    fn chosen(&self) -> String {
        let chosen: Vec<&str> =
            self.groups.iter().flat_map(|g| g.links.iter()).filter(|l| l.current).map(|l| l.label.as_str()).collect();
        chosen.join(", ")
    }

    fn arrow(&self) -> Html {
        icon("down")
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let pane = FilterPane::new(l)
        .group(l.t("Theo việc", "By task"))
        .link("#", l.t("Chờ đăng ký", "To register"), 7, true)
        .link("#", l.t("Đang xử lý", "In progress"), 126, false)
        .link("#", l.t("Đã xong", "Done"), 4668, false)
        .group(l.t("Nguồn", "Source"))
        .link("#", l.t("Trục liên thông", "Exchange"), 6, false)
        .link("#", l.t("Giấy", "Paper"), 0, false);
    vec![Example::of("Có mục đang chọn, có số không", "One chosen, a zero shown", &pane)]
}
