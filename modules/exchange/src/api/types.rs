//! What the interface takes and gives, as others see it.

use crate::model::{DeliveryRow, PackageAttachment, PackageRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A signed receipt. `signature` is a detached JWS (RFC 7515, appendix F) over the RFC 8785 form of everything else;
/// the key is at `/.well-known/jwks.json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Id of the receipt.
    pub receipt_id: String,
    /// Id of the package on this server; `null` in a refusal.
    pub package_id: Option<String>,
    /// The sender's id of the document.
    pub document_id: Option<String>,
    /// `new`, `recall`, `update`, `replace` or `status`.
    pub operation: Option<String>,
    /// Code of the sender.
    pub from: Option<String>,
    /// Codes of the recipients that this server answers for.
    pub to: Vec<String>,
    /// Hex SHA-256 of the bytes received.
    pub sha256: String,
    /// When (RFC 3339, UTC).
    pub received_at: String,
    /// The verification report: `{result, signed, checks: [{check, about, result, vi, en}]}`.
    pub verification: serde_json::Value,
    /// The latest checkpoint of the server's ledger (C2SP signed note).
    pub checkpoint: Option<String>,
    /// Detached JWS.
    pub signature: String,
}

/// A package as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackageView {
    /// Id on this server.
    pub id: String,
    /// The sender's id of the document.
    pub document_id: String,
    /// What it does.
    pub operation: &'static str,
    /// Code of the sender.
    pub from: String,
    /// Name of the sender.
    pub from_name: String,
    /// `number/notation`.
    pub code: String,
    /// Date of issue, `yyyy-MM-dd`.
    pub issued_on: Option<String>,
    /// Name of the document type.
    pub type_name: String,
    /// Abstract.
    pub subject: String,
    /// Urgency 0–4.
    pub urgency: i64,
    /// A paper original is sent too.
    pub paper: bool,
    /// Signed by person and agency, both verified: has the value of the paper original.
    pub signed: bool,
    /// When this server took it (RFC 3339, UTC).
    pub accepted_at: String,
    /// Hex SHA-256 of the bytes received.
    pub sha256: Option<String>,
    /// The verification report.
    pub verification: serde_json::Value,
    /// The delivery board.
    pub deliveries: Vec<DeliveryView>,
    /// The files.
    pub attachments: Vec<AttachmentView>,
    /// The receipt, for the sender.
    #[schema(value_type = Option<Receipt>)]
    pub receipt: Option<serde_json::Value>,
}

impl PackageView {
    /// From the record.
    pub fn new(
        record: &PackageRecord,
        deliveries: &[DeliveryRow],
        attachments: &[PackageAttachment],
        receipt: Option<serde_json::Value>,
    ) -> Self {
        let header = &record.header;
        Self {
            id: record.id.to_string(),
            document_id: header.document_id.clone(),
            operation: header.operation.as_str(),
            from: header.from.code.canonical().to_owned(),
            from_name: header.from.name.clone(),
            code: header.code(),
            issued_on: header.issued_on.map(|d| d.to_string()),
            type_name: header.type_name.clone(),
            subject: header.subject.clone(),
            urgency: header.urgency.number(),
            paper: header.paper,
            signed: record.signed,
            accepted_at: record.accepted_at.rfc3339(),
            sha256: record.sha256.clone(),
            verification: record.verification.clone(),
            deliveries: deliveries.iter().map(DeliveryView::new).collect(),
            attachments: attachments.iter().map(AttachmentView::new).collect(),
            receipt,
        }
    }
}

/// One row of the delivery board.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Code of the recipient.
    pub to: String,
    /// Name of the recipient.
    pub to_name: String,
    /// `pending`, `sent`, `arrived`, `failed`, `parked` or `returned`.
    pub transport: &'static str,
    /// The furthest status code, raw.
    pub status: Option<String>,
    /// When the recipient says so (RFC 3339, UTC).
    pub status_at: Option<String>,
    /// What was written with it.
    pub note: Option<String>,
    /// 13, 15 or 16.
    pub take_back: Option<String>,
    /// Why it failed or waits.
    pub problem: Option<String>,
}

impl DeliveryView {
    fn new(row: &DeliveryRow) -> Self {
        Self {
            to: row.recipient.canonical().to_owned(),
            to_name: row.recipient_name.clone(),
            transport: row.transport.as_str(),
            status: row.status.as_ref().map(|c| c.as_str().to_owned()),
            status_at: row.status_at.map(base::Timestamp::rfc3339),
            note: row.note.clone(),
            take_back: row.take_back.as_ref().map(|c| c.as_str().to_owned()),
            problem: row.problem.as_ref().map(|p| p.vi.to_string()),
        }
    }
}

/// One file.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its place, from 0; the last part of its address.
    pub position: i64,
    /// Human name.
    pub name: String,
    /// Media type by content.
    pub media_type: String,
    /// Hex SHA-256.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Free text.
    pub description: Option<String>,
}

impl AttachmentView {
    fn new(file: &PackageAttachment) -> Self {
        Self {
            position: file.position,
            name: file.name.clone(),
            media_type: file.detected_type.clone(),
            sha256: file.sha256.clone(),
            size: file.size,
            description: file.description.clone(),
        }
    }
}

/// A status reported by a recipient (or 13 by the sender).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusRequest {
    /// Code of the reporting agency; may be left out when the caller has only one.
    pub agency: Option<String>,
    /// Two digits: 02–06, 13, 15, 16 (01 is given by the system).
    pub status_code: String,
    /// Words for the other side; the reason for 02 and 16 (≤ 1,000 characters).
    #[serde(default)]
    pub description: String,
    /// Unit of the officer.
    pub department: Option<String>,
    /// Name of the officer.
    pub staff: Option<String>,
}

/// One page of an inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxPage {
    /// What happened, in the order of the ledger.
    pub items: Vec<InboxItem>,
    /// Give this as `after` for the next page; equal to the one given when there is nothing new.
    pub next: i64,
}

/// Something that reached an agency.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxItem {
    /// Place in the ledger; the only order.
    pub sequence: i64,
    /// `document` (a package arrived), `status` (a recipient reported), `take-back` (the sender asks it back).
    pub kind: &'static str,
    /// The package.
    pub package_id: String,
    /// The sender's id of the document; absent once its details were destroyed.
    pub document_id: Option<String>,
    /// Code of the sender of the document.
    pub from: String,
    /// Code of the recipient.
    pub to: String,
    /// What the package does.
    pub operation: String,
    /// Urgency 0–4.
    pub urgency: i64,
    /// Status code, for `status` and `take-back`.
    pub status: Option<String>,
    /// Words with the status.
    pub description: Option<String>,
    /// When it happened (RFC 3339, UTC).
    pub at: String,
}

/// What proves to a third party, offline, that this server took the package.
#[derive(Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// The signed receipt; absent for a document that started on this server.
    #[schema(value_type = Option<Receipt>)]
    pub receipt: Option<serde_json::Value>,
    /// The certificates and keys that verify it (RFC 7517).
    pub keys: serde_json::Value,
    /// The ledger entry of the acceptance, as its leaf (canonical JSON, base64).
    pub leaf: String,
    /// Its place in the ledger, from 1; absent until it is numbered.
    pub sequence: Option<i64>,
    /// The checkpoint that the proof leads to (C2SP signed note).
    pub checkpoint: Option<String>,
    /// Inclusion proof (RFC 6962), hex digests from the leaf upwards.
    pub proof: Vec<String>,
}
