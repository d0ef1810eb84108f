//! What person and agency sign: two manifests that every receiver can build again from the package itself.
//!
//! The person (người có thẩm quyền) signs the content before it has a number; the agency's seal (chữ ký số của cơ
//! quan) covers his signature, the number and the date (NĐ 30/2020/NĐ-CP, Phụ lục I phần II). Both are signed as
//! detached JWS over the RFC 8785 form.

use crate::model::{Operation, PackageHeader};
use base::Date;
use base::agency_code::AgencyCode;
use serde_json::Value as Json;

/// One file as a manifest names it: human name and hex SHA-256 of its bytes.
pub type ManifestFile<'a> = (&'a str, &'a str);

fn files_json(files: &[ManifestFile<'_>]) -> Vec<Json> {
    files.iter().map(|(name, sha256)| serde_json::json!({ "name": name, "sha256": sha256 })).collect()
}

/// What the person signs: issuing agency, type, abstract and the files in their order.
pub fn content_manifest(from: &AgencyCode, type_name: &str, subject: &str, files: &[ManifestFile<'_>]) -> Json {
    serde_json::json!({
        "profile": "lien-thong.content.1",
        "from": from,
        "type": type_name,
        "subject": subject,
        "files": files_json(files),
    })
}

/// What the agency's seal covers: the person's signature, the identity, number and date, and the files.
#[derive(Debug, Clone)]
pub struct Seal<'a> {
    /// Issuing agency.
    pub from: &'a AgencyCode,
    /// The document id that will travel.
    pub document_id: &'a str,
    /// Number.
    pub number: &'a str,
    /// Notation.
    pub notation: &'a str,
    /// Date of issue.
    pub issued_on: Option<Date>,
    /// The files in their order.
    pub files: &'a [ManifestFile<'a>],
    /// The person's detached JWS.
    pub person_jws: &'a str,
}

/// The manifest of a seal.
pub fn seal_manifest(seal: &Seal<'_>) -> Json {
    serde_json::json!({
        "profile": "lien-thong.seal.1",
        "from": seal.from,
        "document_id": seal.document_id,
        "number": seal.number,
        "notation": seal.notation,
        "issued_on": seal.issued_on.map(|d| d.to_string()),
        "files": files_json(seal.files),
        "person": seal.person_jws,
    })
}

/// The content manifest of a package as it came.
pub fn content_of(header: &PackageHeader, files: &[ManifestFile<'_>]) -> Json {
    content_manifest(&header.from.code, &header.type_name, &header.subject, files)
}

/// The seal's manifest of a package as it came, given the person's signature that came with it.
pub fn seal_of(header: &PackageHeader, files: &[ManifestFile<'_>], person_jws: &str) -> Json {
    seal_manifest(&Seal {
        from: &header.from.code,
        document_id: &header.document_id,
        number: &header.number,
        notation: &header.notation,
        issued_on: header.issued_on,
        files,
        person_jws,
    })
}

/// Whether packages of this operation carry the document itself, so that its signatures can be checked.
pub const fn carries_document(operation: Operation) -> bool {
    matches!(operation, Operation::New | Operation::Update | Operation::Replace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::identity::digest;
    use crate::rules::identity::tests::header;

    #[test]
    fn a_receiver_builds_the_same_manifests() {
        let header = header("Về chuyển đổi số");
        let files = [("quyet-dinh.pdf", "aa")];
        let content = content_manifest(&header.from.code, "Quyết định", "Về chuyển đổi số", &files);
        assert_eq!(digest(&content), digest(&content_of(&header, &files)));
        let sealed = digest(&seal_of(&header, &files, "a..b"));
        let mut other = header.clone();
        other.number = "13".into();
        assert_ne!(sealed, digest(&seal_of(&other, &files, "a..b")), "the seal covers the number");
        assert_ne!(sealed, digest(&seal_of(&header, &files, "a..c")), "the seal covers the person's signature");
        assert_ne!(sealed, digest(&seal_of(&header, &[("quyet-dinh.pdf", "ab")], "a..b")));
    }
}
