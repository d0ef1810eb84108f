//! The kinds that the office itself drafts: the 29 administrative ones (NĐ 30/2020/NĐ-CP, Điều 7), as base data knows them.

use base::document_types::{self, DocumentType, Family};
use base::{Date, Lang};

/// The administrative kind with this stable name.
pub fn by_code(code: &str) -> Option<&'static DocumentType> {
    document_types::by_id(code).filter(|kind| kind.family == Family::Administrative)
}

/// The kinds that may be drafted on a day, in the order of the decree.
pub fn in_force(on: Date) -> impl Iterator<Item = &'static DocumentType> {
    document_types::in_force(Family::Administrative, on)
}

/// The name as printed and as sent: without the note “(cá biệt)”, which only tells it from the normative kind.
pub fn plain_name(kind: &DocumentType, lang: Lang) -> &str {
    let name = kind.name.get(lang);
    name.split(" (").next().unwrap_or(name)
}
