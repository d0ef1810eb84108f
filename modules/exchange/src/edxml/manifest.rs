//! What makes two packages the same, and what is signed: one canonical object over everything that matters in a message.
//!
//! The trace list is left out (every hop adds to it), and so is what an axis rewrites on the way: order, prefixes, contact
//! details, wrapping, unknown elements. Texts are compared in Unicode form C.

use super::Extras;
use super::model::{Message, Organization, Package, ResponseFor, StatusMessage};
use super::raw::NAMESPACE;
use super::tree::{Element, Node};
use base::fold::nfc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Version of the form of the object; a signature says with it what it covers.
const PACKAGE_FORM: &str = "lienthong.package.1";
const STATUS_FORM: &str = "lienthong.status.1";

/// The object that identifies the content of a package and that signatures cover (RFC 8785 when written out).
pub fn manifest(package: &Package) -> Value {
    let h = &package.header;
    let mut to: Vec<String> = h.to.iter().map(|receiver| nfc(&receiver.organ_id)).collect();
    to.sort();
    let mut attachments: Vec<Value> = package
        .attachments
        .iter()
        .map(|a| json!({ "name": nfc(&a.name), "size": a.size, "sha256": a.sha256 }))
        .collect();
    attachments.sort_by_key(|a| (a["name"].to_string(), a["sha256"].to_string()));
    let other = h.other.as_ref();
    json!({
        "form": PACKAGE_FORM,
        "from": { "organ_id": nfc(&h.from.organ_id), "name": nfc(&h.from.name) },
        "to": to,
        "document_id": nfc(&h.document_id),
        "code": { "number": nfc(&h.code.number), "notation": nfc(&h.code.notation) },
        "promulgation": { "place": nfc(&h.promulgation.place), "date": h.promulgation.date.to_string() },
        "document_type": nfc(&h.document_type.name),
        "subject": nfc(&h.subject),
        "content": h.content.as_deref().map(nfc),
        "signer": {
            "competence": h.signer.competence.as_deref().map(nfc),
            "position": h.signer.position.as_deref().map(nfc),
            "full_name": nfc(&h.signer.full_name),
        },
        "due_date": h.due_date.map(|d| d.to_string()),
        "priority": other.map_or(0, |o| o.priority),
        "sphere": other.and_then(|o| o.sphere.as_deref()).map(nfc),
        "appendixes": other.map(|o| o.appendixes.iter().map(|a| nfc(a)).collect::<Vec<_>>()).unwrap_or_default(),
        "response_for": h.response_for.iter().map(answered).collect::<Vec<_>>(),
        "steering_type": h.steering_type,
        "to_places": h.to_places.iter().map(|p| nfc(p)).collect::<Vec<_>>(),
        "task_codes": h.task_codes.iter().map(|t| nfc(t)).collect::<Vec<_>>(),
        "application_type": h.application_type.as_deref().map(nfc),
        "operation": operation(package),
        "attachments": attachments,
    })
}

/// What is asked for and of which documents.
fn operation(package: &Package) -> Value {
    let business = package.business();
    let changes = business.and_then(|b| b.changes.as_ref());
    json!({
        "type": package.operation().word(),
        "document_id": business.and_then(|b| b.document_id.as_deref()).map(nfc),
        "reason": business.and_then(|b| b.reason.as_deref()).map(nfc),
        "paper": package.paper(),
        "changes": changes.map(|c| json!({
            "document": c.document,
            "receivers": c.receivers,
            "receiver_list": c.receiver_list.iter()
                .map(|r| json!({ "organ_id": nfc(&r.organ_id), "added": r.added }))
                .collect::<Vec<_>>(),
        })),
        "replacements": business.map(|b| b.replacements.iter().map(|r| json!({
            "document_id": nfc(&r.document_id),
            "organ_ids": r.organ_ids.iter().map(|o| nfc(o)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>()).unwrap_or_default(),
    })
}

fn answered(r: &ResponseFor) -> Value {
    json!({
        "organ_id": r.organ_id.as_deref().map(nfc),
        "code": r.code.as_deref().map(nfc),
        "promulgation_date": r.promulgation_date.map(|d| d.to_string()),
        "document_id": r.document_id.as_deref().map(nfc),
    })
}

/// The object that identifies the content of a status message and that signatures cover.
fn status_manifest(status: &StatusMessage) -> Value {
    json!({
        "form": STATUS_FORM,
        "from": organ(&status.from),
        "response_for": answered(&status.response_for),
        "status_code": status.status_code,
        "description": status.description.as_deref().map(nfc),
        "timestamp": status.timestamp.micros(),
    })
}

fn organ(organization: &Organization) -> Value {
    json!({ "organ_id": nfc(&organization.organ_id), "name": nfc(&organization.name) })
}

/// SHA-256 of the canonical form (RFC 8785) of the message's manifest, 64 lower-case hex digits.
pub fn manifest_sha256(message: &Message) -> String {
    let object = match message {
        Message::Document(package) => manifest(package),
        Message::Status(status) => status_manifest(status),
    };
    // An object of strings, whole numbers and booleans always has a canonical form.
    let canonical = serde_json_canonicalizer::to_vec(&object).unwrap_or_default();
    hex::encode(Sha256::digest(canonical))
}

/// The words in which a package claims to be a state secret (`MẬT`, `TỐI MẬT`, `TUYỆT MẬT`), if it does: such content may not
/// travel here at all (QĐ 28/2018/QĐ-TTg, Điều 1).
///
/// Looked for: an unknown element such as `Secret` or `DoMat` with a value other than none, a stamp in capitals in
/// brackets or at the head of subject and content, and the same as a file name's beginning.
pub fn secrecy_mark(package: &Package) -> Option<String> {
    let h = &package.header;
    let extras = [Some(&h.extras), h.other.as_ref().map(|o| &o.extras), Some(&h.document_type.extras)];
    let element =
        extras.into_iter().flatten().flat_map(|e: &Extras| &e.elements).find_map(|e| secret_element(&e.element));
    let texts = [Some(h.subject.as_str()), h.content.as_deref(), h.other.as_ref().and_then(|o| o.sphere.as_deref())];
    let names = package.attachments.iter().map(|a| a.name.as_str());
    element.or_else(|| texts.into_iter().flatten().chain(names).find_map(secret_stamp))
}

fn secret_element(element: &Element) -> Option<String> {
    const NAMES: [&str; 6] = ["secret", "secrecy", "secretlevel", "domat", "securitylevel", "confidentiality"];
    const NONE: [&str; 8] = ["", "0", "none", "false", "khong", "thuong", "khong mat", "binh thuong"];
    let value: String = element
        .children
        .iter()
        .map(|child| match child {
            Node::Text(text) => text.as_str(),
            Node::Element(_) => "",
        })
        .collect();
    let folded = base::fold::fold(value.trim()).to_lowercase();
    let named = element.namespace == NAMESPACE || element.namespace.is_empty();
    (named && NAMES.contains(&element.name.to_ascii_lowercase().as_str()) && !NONE.contains(&folded.as_str()))
        .then(|| format!("{}: {}", element.name, value.trim()))
}

fn secret_stamp(text: &str) -> Option<String> {
    const STAMPS: [&str; 3] = ["TUYỆT MẬT", "TỐI MẬT", "MẬT"];
    let text = nfc(text);
    let text = text.trim();
    STAMPS
        .into_iter()
        .find(|stamp| {
            let bracketed =
                [format!("({stamp})"), format!("[{stamp}]"), format!("Độ mật: {stamp}"), format!("ĐỘ MẬT: {stamp}")];
            let leads = text
                .strip_prefix(stamp)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.', '-', '–', '_']));
            leads || bracketed.iter().any(|b| text.contains(b.as_str()))
        })
        .map(str::to_owned)
}
