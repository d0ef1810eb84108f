//! What makes two packages the same (định danh gói tin), and what makes them different.
//!
//! New documents are known by (From, DocumentId). Recall, update and replacement may happen several times to one
//! document, so the operation and the digest of the manifest join the identity. Status messages are known by
//! (From, the document they answer, code, time), as the trace of a hub may re-send them.

use crate::model::{DocumentReference, Operation};
use crate::rules::status::StatusCode;
use base::Timestamp;
use base::agency_code::AgencyCode;
use sha2::{Digest, Sha256};

/// Hex SHA-256 over the RFC 8785 form of a JSON value.
pub fn digest(value: &serde_json::Value) -> String {
    // Only a map with non-string keys or a non-finite number can fail, and a JSON value holds neither.
    let canonical = serde_json_canonicalizer::to_vec(value).unwrap_or_default();
    hex::encode(Sha256::digest(canonical))
}

/// The identity of a document package; unique on this server.
pub fn of_package(from: &AgencyCode, document_id: &str, operation: Operation, manifest_digest: &str) -> String {
    // A separator that neither a code nor XML text can hold keeps two ids from running together.
    match operation {
        Operation::New => format!("new\u{1f}{from}\u{1f}{document_id}"),
        other => format!("{}\u{1f}{from}\u{1f}{document_id}\u{1f}{manifest_digest}", other.as_str()),
    }
}

/// The identity of a status message.
pub fn of_status(from: &AgencyCode, about: &DocumentReference, code: &StatusCode, at: Timestamp) -> String {
    let key = match &about.document_id {
        Some(id) => format!("id\u{1f}{id}"),
        None => format!(
            "code\u{1f}{}\u{1f}{}\u{1f}{}",
            about.agency,
            about.code,
            about.issued_on.map_or_else(String::new, |d| d.to_string())
        ),
    };
    format!("status\u{1f}{from}\u{1f}{key}\u{1f}{code}\u{1f}{}", at.micros())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{PackageHeader, Party, Urgency};

    pub(crate) fn header(subject: &str) -> PackageHeader {
        let code = |text: &str| AgencyCode::parse(text).expect("a code");
        PackageHeader {
            from: Party::new(code("G09"), "Bộ Nội vụ"),
            to: vec![Party::new(code("H57"), "UBND thành phố Huế")],
            document_id: "G09,2026/11/23,12/QĐ-BNV".into(),
            number: "12".into(),
            notation: "QĐ-BNV".into(),
            place: "Hà Nội".into(),
            issued_on: Some(base::Date::constant(2026, 11, 23)),
            type_name: "Quyết định".into(),
            type_number: None,
            subject: subject.into(),
            content: None,
            signer_name: "Nguyễn Văn An".into(),
            signer_position: None,
            signer_competence: None,
            due_on: None,
            urgency: Urgency::Normal,
            circulation: None,
            pages: None,
            steering: None,
            responds_to: vec![],
            to_places: vec![],
            operation: Operation::New,
            reason: None,
            targets: vec![],
            content_changed: false,
            recipient_changes: vec![],
            paper: false,
            staff: None,
        }
    }

    #[test]
    fn a_new_document_is_known_by_sender_and_id_an_operation_also_by_its_manifest() {
        let g09 = AgencyCode::parse("G09").expect("a code");
        assert_eq!(of_package(&g09, "a", Operation::New, "x"), of_package(&g09, "a", Operation::New, "y"));
        assert_ne!(of_package(&g09, "a", Operation::Recall, "x"), of_package(&g09, "a", Operation::Recall, "y"));
        assert_ne!(of_package(&g09, "a", Operation::Recall, "x"), of_package(&g09, "a", Operation::Update, "x"));
        assert_ne!(of_package(&g09, "a", Operation::New, ""), of_package(&g09, "b", Operation::New, ""));
    }

    #[test]
    fn both_forms_of_a_code_are_one_sender() {
        let old = AgencyCode::parse("000.00.00.G09").expect("a code");
        let new = AgencyCode::parse("G09").expect("a code");
        assert_eq!(of_package(&old, "a", Operation::New, ""), of_package(&new, "a", Operation::New, ""));
    }
}
