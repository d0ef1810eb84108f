//! The frame: skip link, practice strip, masthead with acting-as switch, section navigation, foot, header of a print.

use super::icon::icon;
use crate::app::Section;
use crate::html::Html;
use crate::request::Req;
use askama::Template;
use base::Lang;

/// Which frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// Masthead, navigation, a page, foot.
    Desk,
    /// Masthead, navigation, panes that fill the window.
    Panes,
    /// Skip link and practice strip only.
    Bare,
}

/// Everything around a page.
#[derive(Template)]
#[template(path = "frame/template.html")]
pub struct Frame<'a> {
    /// Who asks.
    pub req: &'a Req,
    /// Language.
    pub l: Lang,
    /// Which frame.
    pub kind: FrameKind,
    /// Title, without the product.
    pub title: &'a str,
    /// Key of the present section.
    pub section: &'a str,
    /// Prints across.
    pub landscape: bool,
    /// What the print says on top.
    pub print_heading: Option<&'a str>,
    /// Style sheet.
    pub style_href: String,
    /// Script.
    pub script_href: String,
    /// The page.
    pub body: &'a Html,
}

struct NavItem<'a> {
    path: &'a str,
    label: &'a str,
    count: Option<String>,
    current: bool,
}

impl Frame<'_> {
    fn product(&self) -> &'static str {
        "Liên Thông"
    }

    fn has_masthead(&self) -> bool {
        matches!(self.kind, FrameKind::Desk | FrameKind::Panes)
    }

    fn body_class(&self) -> &'static str {
        match self.kind {
            FrameKind::Desk => "desk-page",
            FrameKind::Panes => "full",
            FrameKind::Bare => "bare",
        }
    }

    fn nav(&self) -> Vec<NavItem<'_>> {
        let Some(principal) = self.req.principal.as_deref() else { return Vec::new() };
        let item = |s: &'_ Section| -> Option<(usize, Option<i64>)> {
            let at = self.req.site.sections.iter().position(|t| t.key == s.key)?;
            (s.shows)(principal).then_some((at, self.req.count(s.key)))
        };
        self.req
            .site
            .sections
            .iter()
            .filter_map(item)
            .map(|(at, count)| {
                let s = &self.req.site.sections[at];
                NavItem {
                    path: s.path,
                    label: s.label.get(self.l),
                    count: count.filter(|n| *n > 0).map(|n| base::format::count(n, self.l)),
                    current: s.key == self.section,
                }
            })
            .collect()
    }

    fn agency(&self) -> String {
        match self.req.principal.as_deref() {
            Some(p) => p.agency_name.get(self.l).to_owned(),
            None => self.req.site.name.get(self.l).to_owned(),
        }
    }

    fn person(&self) -> Option<(String, String)> {
        self.req.principal.as_deref().map(|p| (p.name.clone(), p.title.get(self.l).to_owned()))
    }

    /// For whom the person acts, when it is a delegation.
    fn acting_for(&self) -> Option<&str> {
        self.req.positions.iter().find(|p| p.current).and_then(|p| p.delegated.as_ref()).map(|t| t.get(self.l))
    }

    fn printed_at(&self) -> String {
        self.req.now.to_local().strftime("%H:%M, %d/%m/%Y").to_string()
    }

    fn other_lang(&self) -> (&'static str, &'static str) {
        match self.l {
            Lang::Vi => ("en", "English"),
            Lang::En => ("vi", "Tiếng Việt"),
        }
    }

    fn themes(&self) -> [(&'static str, &'static str); 3] {
        let l = self.l;
        [("system", l.t("Theo máy", "System")), ("light", l.t("Sáng", "Light")), ("dark", l.t("Tối", "Dark"))]
    }

    fn i(&self, name: &str) -> Html {
        icon(name)
    }
}

impl Frame<'_> {
    /// A QR code of the address, for prints that have a heading (registers).
    fn qr(&self) -> Html {
        if self.print_heading.is_none() {
            return Html::default();
        }
        let address = format!("{}{}", self.req.origin, self.req.uri);
        let Ok(code) = qrcodegen::QrCode::encode_text(&address, qrcodegen::QrCodeEcc::Low) else {
            return Html::default();
        };
        let size = code.size();
        let mut path = String::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let start = x;
                while x < size && code.get_module(x, y) {
                    x += 1;
                }
                if x > start {
                    path.push_str(&format!("M{start} {y}h{}v1H{start}z", x - start));
                }
                x += 1;
            }
        }
        Html::trusted(format!(
            "<svg class=\"qr\" viewBox=\"0 0 {size} {size}\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>"
        ))
    }

    /// The message of the request before: what was just done, announced once.
    fn flash(&self) -> Html {
        let Some(flash) = self.req.flash.as_ref() else { return Html::default() };
        let (text, link) = flash.get(self.l);
        let link = link.map_or_else(String::new, |(path, label)| {
            format!(" <a href=\"{}\">{}</a>", crate::html::escape(path), crate::html::escape(label))
        });
        Html::trusted(format!(
            "<p class=\"note done flash\" role=\"status\">{}<span>{}{link}</span></p>",
            icon("ok"),
            crate::html::escape(text)
        ))
    }
}

/// The examples: the skip link, the strip and the header of a print, which a page shows once.
pub fn examples(l: Lang) -> Vec<super::Example> {
    let strip = format!(
        "<aside class=\"drill\" aria-label=\"{0}\">{1}<span>{0}</span></aside>",
        l.t("Dữ liệu thực hành, không có giá trị pháp lý", "Practice data, without legal force"),
        icon("warn")
    );
    vec![super::Example::new("Dải thực hành", "Practice strip", Html::trusted(strip))]
}
