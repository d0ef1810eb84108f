//! Whether a document has come before: the same document code, or the same number, notation and issuer (Phụ lục VI, III.1h).

use base::Date;
use base::fold::fold;

/// What identifies a document to a reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The issuer's document code (mã định danh văn bản), as sent.
    pub document_id: Option<String>,
    /// The number, e.g. `05`.
    pub number: String,
    /// The notation, e.g. `QĐ-UBND`.
    pub notation: String,
    /// The issuer: code where known, else name.
    pub issuer: String,
    /// The document's date.
    pub issued_on: Option<Date>,
}

/// Why the clerk is warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicate {
    /// The document code repeats.
    SameCode,
    /// Number, notation and issuer repeat.
    SameTriple,
}

/// Whether `a` and `b` are the same document.
///
/// Numbers begin anew every year, so two dates of different years are two documents; without a date the warning stands.
pub fn compare(a: &Identity, b: &Identity) -> Option<Duplicate> {
    let code = |identity: &Identity| identity.document_id.as_deref().map(str::trim).filter(|c| !c.is_empty()).map(fold);
    if let (Some(one), Some(other)) = (code(a), code(b))
        && one == other
    {
        return Some(Duplicate::SameCode);
    }
    let key_a = triple_key(a);
    let years_differ = matches!((a.issued_on, b.issued_on), (Some(x), Some(y)) if x.year() != y.year());
    (!key_a.is_empty() && key_a == triple_key(b) && !years_differ).then_some(Duplicate::SameTriple)
}

/// Number, notation and issuer in one comparable text; empty when a part is missing.
///
/// Letter case, marks, spaces and leading zeros do not matter: `Số 05` and `5` are the same number.
pub fn triple_key(identity: &Identity) -> String {
    let number = fold(identity.number.trim().trim_start_matches("Số").trim());
    let number = number.trim().trim_start_matches('0');
    let squeeze = |text: &str| fold(text).split_whitespace().collect::<String>();
    let (notation, issuer) = (squeeze(&identity.notation), squeeze(&identity.issuer));
    if number.is_empty() || notation.is_empty() || issuer.is_empty() {
        return String::new();
    }
    format!("{number}|{notation}|{issuer}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(id: Option<&str>, number: &str, notation: &str, issuer: &str, year: i16) -> Identity {
        Identity {
            document_id: id.map(Into::into),
            number: number.into(),
            notation: notation.into(),
            issuer: issuer.into(),
            issued_on: Some(Date::constant(year, 1, 5)),
        }
    }

    #[test]
    fn code_or_triple() {
        let first = identity(Some("G09,2026,17"), "05", "QĐ-BNV", "G09", 2026);
        assert_eq!(
            compare(&first, &identity(Some("g09,2026,17"), "6", "QĐ-BNV", "G09", 2026)),
            Some(Duplicate::SameCode)
        );
        assert_eq!(compare(&first, &identity(None, "5", "qđ-bnv", "g09", 2026)), Some(Duplicate::SameTriple));
        assert_eq!(compare(&first, &identity(None, "5", "QĐ-BNV", "G22", 2026)), None);
        assert_eq!(compare(&first, &identity(None, "5", "QĐ-BNV", "G09", 2027)), None, "numbers begin anew every year");
    }

    #[test]
    fn what_is_missing_is_never_equal() {
        let none = Identity::default();
        assert_eq!(compare(&none, &none.clone()), None);
    }
}
