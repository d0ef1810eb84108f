//! The legal basis a rule stands on: which document, which article.

use crate::Lang;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A citation such as “NĐ 30/2020/NĐ-CP, Điều 22 khoản 2” (căn cứ pháp lý).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Basis {
    /// Number and notation of the legal document, e.g. `NĐ 30/2020/NĐ-CP`.
    pub document: Cow<'static, str>,
    /// The place within it in Vietnamese, e.g. `Điều 22 khoản 2`.
    pub article: Cow<'static, str>,
}

impl Basis {
    /// A citation fixed at compile time.
    pub const fn new(document: &'static str, article: &'static str) -> Self {
        Self { document: Cow::Borrowed(document), article: Cow::Borrowed(article) }
    }

    /// The citation as shown to a reader; English keeps the Vietnamese notation and translates the words.
    pub fn label(&self, lang: Lang) -> String {
        let article = match lang {
            Lang::Vi => self.article.to_string(),
            Lang::En => self
                .article
                .replace("Điều", "Article")
                .replace("khoản", "clause")
                .replace("điểm", "point")
                .replace("Phụ lục", "Annex")
                .replace("phần", "part"),
        };
        if article.is_empty() { self.document.to_string() } else { format!("{}, {article}", self.document) }
    }
}
