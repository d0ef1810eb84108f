//! A refusal: an expected “no” with a stable code, both languages, a remedy and its legal basis.

use crate::{Basis, Lang, Text};
use serde::{Deserialize, Serialize};

/// What sort of “no” it is; only the web crate maps it to a protocol status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// The input cannot be read at all (syntax).
    Malformed,
    /// Nobody is signed in, or the credential is not valid.
    Unauthenticated,
    /// Signed in, but without the right.
    Forbidden,
    /// There is no such thing, or the reader may not know of it.
    NotFound,
    /// Somebody else acted first, or the same identity came with other content.
    Conflict,
    /// It was there and has been recalled or destroyed.
    Gone,
    /// Larger than the limit.
    TooLarge,
    /// A media type that is not taken here.
    UnsupportedMedia,
    /// Readable, but a rule says no.
    Invalid,
    /// Too often.
    TooMany,
    /// Not now; the same request may succeed later.
    Unavailable,
}

/// One row of the error catalogue. Messages may hold places such as `{sender}`.
#[derive(Debug, PartialEq, Eq)]
pub struct RefusalCode {
    /// Stable code, `module.subject.reason`, e.g. `office.incoming.already-registered`.
    pub code: &'static str,
    /// Sort of refusal.
    pub kind: RefusalKind,
    /// What is wrong, in Vietnamese.
    pub vi: &'static str,
    /// What is wrong, in English.
    pub en: &'static str,
    /// What to do, in Vietnamese.
    pub remedy_vi: &'static str,
    /// What to do, in English.
    pub remedy_en: &'static str,
    /// The article that says so, where there is one.
    pub basis: Option<Basis>,
}

/// What is wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the form field or path in the document, e.g. `MessageHeader/From/OrganId`.
    pub field: String,
    /// What was expected.
    pub message: Text,
}

/// A refusal on its way to the person who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The catalogue row.
    pub code: &'static RefusalCode,
    /// Values for the places in the messages.
    pub values: Vec<(&'static str, String)>,
    /// The fields concerned.
    pub fields: Vec<FieldError>,
    basis: Option<Basis>,
}

impl Refusal {
    /// A refusal of the given code.
    pub fn new(code: &'static RefusalCode) -> Self {
        Self { code, values: Vec::new(), fields: Vec::new(), basis: code.basis.clone() }
    }

    /// Fills the place `{name}` of the messages.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Names a field and what was expected there.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: Text) -> Self {
        self.fields.push(FieldError { field: field.into(), message });
        self
    }

    /// Replaces the legal basis (a dated profile may cite another article than the catalogue).
    #[must_use]
    pub fn basis_is(mut self, basis: Basis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// The article that says so.
    pub fn basis(&self) -> Option<&Basis> {
        self.basis.as_ref()
    }

    /// What is wrong, with the places filled.
    pub fn message(&self, lang: Lang) -> String {
        self.fill(lang.t(self.code.vi, self.code.en))
    }

    /// What to do about it, with the places filled.
    pub fn remedy(&self, lang: Lang) -> String {
        self.fill(lang.t(self.code.remedy_vi, self.code.remedy_en))
    }

    fn fill(&self, template: &str) -> String {
        let mut out = template.to_owned();
        for (name, value) in &self.values {
            out = out.replace(&format!("{{{name}}}"), value);
        }
        out
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.code, self.message(Lang::En))
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    static CODE: RefusalCode = RefusalCode {
        code: "base.test.example",
        kind: RefusalKind::Invalid,
        vi: "Mã {code} đã đóng.",
        en: "Code {code} is closed.",
        remedy_vi: "Dùng mã {successor}.",
        remedy_en: "Use {successor}.",
        basis: Some(Basis::new("QĐ 20/2020/QĐ-TTg", "Điều 4")),
    };

    #[test]
    fn fills_places_in_both_languages() {
        let refusal = Refusal::new(&CODE).with("code", "H02").with("successor", "H05");
        assert_eq!(refusal.message(Lang::Vi), "Mã H02 đã đóng.");
        assert_eq!(refusal.remedy(Lang::En), "Use H05.");
        assert_eq!(refusal.basis().map(|b| b.label(Lang::En)).as_deref(), Some("QĐ 20/2020/QĐ-TTg, Article 4"));
    }
}
