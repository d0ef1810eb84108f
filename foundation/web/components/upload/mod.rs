//! Upload: choose files; what was already taken is kept when the form comes back.

use super::Example;
use super::paper::size_words;
use askama::Template;
use base::{Lang, Refusal};

/// A file that was already taken.
#[derive(Debug, Clone)]
pub struct KeptFile {
    /// What the form sends to keep it.
    pub token: String,
    /// Its name.
    pub name: String,
    /// Its size in words.
    pub size: String,
}

/// A field for files.
#[derive(Debug, Clone, Template)]
#[template(path = "upload/template.html")]
pub struct Upload {
    l: Lang,
    name: String,
    label: String,
    hint: String,
    accept: String,
    many: bool,
    error: Option<String>,
    kept: Vec<KeptFile>,
}

impl askama::filters::HtmlSafe for Upload {}

impl Upload {
    /// A field for one file; `accept` as in HTML (`.pdf,.docx`), `most` in bytes.
    pub fn new(l: Lang, name: &str, label: impl Into<String>, accept: &str, most: u64) -> Self {
        let hint = match l {
            Lang::Vi => format!("{}, mỗi tệp tối đa {}", accept.replace(',', ", "), size_words(most, l)),
            Lang::En => format!("{}, at most {} each", accept.replace(',', ", "), size_words(most, l)),
        };
        Self {
            l,
            name: name.into(),
            label: label.into(),
            hint,
            accept: accept.into(),
            many: false,
            error: None,
            kept: Vec::new(),
        }
    }

    /// Several files.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// A file that was already taken; the form sends `giu_<name>` with its token unless the tick is taken away.
    #[must_use]
    pub fn kept(mut self, token: impl Into<String>, name: impl Into<String>, size: u64) -> Self {
        self.kept.push(KeptFile { token: token.into(), name: name.into(), size: size_words(size, self.l) });
        self
    }

    /// What a refusal says about it.
    #[must_use]
    pub fn refused(mut self, refusal: Option<&Refusal>) -> Self {
        self.error = refusal
            .and_then(|r| r.fields.iter().find(|f| f.field == self.name))
            .map(|f| f.message.get(self.l).to_owned());
        self
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::of(
            "Một tệp",
            "One file",
            &Upload::new(l, "main", l.t("Văn bản chính", "Main document"), ".pdf", 50 * 1024 * 1024),
        ),
        Example::of(
            "Nhiều tệp, đã có hai",
            "Several, two already taken",
            &Upload::new(l, "annex", l.t("Phụ lục", "Annexes"), ".pdf,.xlsx,.docx", 50 * 1024 * 1024)
                .many()
                .kept("a", "phu-luc-I.pdf", 1_200_000)
                .kept("b", "bieu-01.xlsx", 36_000),
        ),
    ]
}
