//! Signed receipts: what this server says it took or refused, made before the transaction that stores it.

use crate::model::{Operation, PackageId, ReceiptId};
use base::agency_code::AgencyCode;
use base::{Lang, Refusal, Timestamp};
use platform::{Platform, Result};
use serde_json::{Value as Json, json};

/// What a receipt is about.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The package taken; `None` for a refusal, and for a status that matched nothing.
    pub package: Option<PackageId>,
    /// The sender's document id, when it could be read.
    pub document_id: Option<String>,
    /// What the package does, when it could be read.
    pub operation: Option<Operation>,
    /// The sender, when it could be read.
    pub from: Option<AgencyCode>,
    /// The recipients this server answers for.
    pub to: Vec<AgencyCode>,
    /// Hex SHA-256 of the bytes received.
    pub sha256: String,
    /// The verification report.
    pub verification: Option<Json>,
    /// The latest checkpoint of this server's ledger (C2SP signed note), kept by the sender as a witness.
    pub checkpoint: Option<String>,
}

/// Signs a receipt of acceptance: a detached JWS (RFC 7515, appendix F) over the RFC 8785 form of everything else.
pub fn accepted(platform: &Platform, id: ReceiptId, facts: &Facts, at: Timestamp) -> Result<Json> {
    sign(platform, body(id, facts, at), at)
}

/// Signs a receipt of refusal: the same with the code, both languages and the article.
pub fn refused(platform: &Platform, id: ReceiptId, facts: &Facts, refusal: &Refusal, at: Timestamp) -> Result<Json> {
    let mut receipt = body(id, facts, at);
    receipt["refusal"] = json!({
        "code": refusal.code.code,
        "vi": refusal.message(Lang::Vi),
        "en": refusal.message(Lang::En),
        "basis": refusal.basis().map(|b| json!({ "document": b.document, "article": b.article })),
        "errors": refusal.fields.iter().map(|f| json!({ "field": f.field, "vi": f.message.vi, "en": f.message.en }))
            .collect::<Vec<_>>(),
    });
    sign(platform, receipt, at)
}

fn body(id: ReceiptId, facts: &Facts, at: Timestamp) -> Json {
    json!({
        "receipt_id": id,
        "package_id": facts.package,
        "document_id": facts.document_id,
        "operation": facts.operation.map(Operation::as_str),
        "from": facts.from,
        "to": facts.to,
        "sha256": facts.sha256,
        "received_at": at.rfc3339(),
        "verification": facts.verification.clone().unwrap_or(Json::Null),
        "checkpoint": facts.checkpoint,
    })
}

fn sign(platform: &Platform, mut receipt: Json, at: Timestamp) -> Result<Json> {
    let jws = platform.signing().server().sign_json(&receipt, at)?;
    receipt["signature"] = Json::String(jws);
    Ok(receipt)
}

/// Splits a receipt into what is signed and the signature; `None` when there is none.
pub fn split(receipt: &Json) -> Option<(Json, String)> {
    let mut payload = receipt.clone();
    let signature = payload.as_object_mut()?.remove("signature")?;
    Some((payload, signature.as_str()?.to_owned()))
}
