//! The shapes of the office's calls: dates as `YYYY-MM-DD`, moments as RFC 3339, ids as UUID, code words in English.

use crate::store::lists::Cursor;
use crate::store::outgoing::{Outgoing, Recipient};
use crate::use_cases::Command;
use crate::use_cases::look::OutgoingView;
use base::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A moment as RFC 3339 text.
pub fn moment(at: Timestamp) -> String {
    at.rfc3339()
}

/// One line of a list of outgoing documents.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutgoingSummary {
    /// Id.
    pub id: String,
    /// Version of the record; send it back with every act.
    pub version: i64,
    /// State, e.g. `awaiting_signature`.
    pub state: String,
    /// Code of the kind.
    pub kind: String,
    /// Trích yếu.
    pub subject: String,
    /// Độ mật.
    pub secrecy: String,
    /// Độ khẩn.
    pub urgency: String,
    /// Number and notation.
    pub code: Option<String>,
    /// Date of the document.
    pub dated: Option<String>,
    /// Name of the drafter.
    pub drafter: String,
    /// Name of the drafting unit.
    pub unit: String,
    /// Name of the signer.
    pub signer: String,
    /// Hạn trả lời.
    pub due_on: Option<String>,
    /// When it changed last.
    pub changed_at: String,
    /// When it was issued.
    pub issued_at: Option<String>,
}

impl From<&Outgoing> for OutgoingSummary {
    fn from(d: &Outgoing) -> Self {
        Self {
            id: d.id.to_string(),
            version: d.version,
            state: d.state.code().to_owned(),
            kind: d.kind.clone(),
            subject: d.subject.clone(),
            secrecy: d.secrecy.code().to_owned(),
            urgency: d.urgency.code().to_owned(),
            code: d.code.clone(),
            dated: d.dated.map(|d| d.to_string()),
            drafter: d.drafter_name.clone(),
            unit: d.unit_name.clone(),
            signer: d.signer_name.clone(),
            due_on: d.due_on.map(|d| d.to_string()),
            changed_at: moment(d.changed_at),
            issued_at: d.issued_at.map(moment),
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutgoingList {
    /// The documents.
    pub items: Vec<OutgoingSummary>,
    /// Send as `after` for the next page; absent on the last.
    pub next: Option<String>,
}

/// A file of an outgoing document.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileOut {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Media type by its content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Whether it is the document itself.
    pub main: bool,
}

/// A signature on the document.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureOut {
    /// `person` or `agency`.
    pub role: String,
    /// Name of the signer.
    pub signer: String,
    /// Title of the signer.
    pub title: String,
    /// TM., KT., TL., TUQ., Q. or empty.
    pub competence: String,
    /// When.
    pub at: String,
    /// Detached JWS (RFC 7515, appendix F).
    pub jws: String,
    /// The revision it covers.
    pub revision: i64,
}

/// An opinion, approval or return.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalOut {
    /// `opinion`, `content`, `format` or `sent_back`.
    pub step: String,
    /// Name.
    pub person: String,
    /// Title.
    pub title: String,
    /// Words.
    pub remark: String,
    /// The revision it was given to.
    pub revision: i64,
    /// When.
    pub at: String,
}

/// A signing request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestOut {
    /// Id.
    pub id: String,
    /// The document.
    pub document: String,
    /// `waiting`, `signed`, `cancelled` or `expired`.
    pub state: String,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested_at: String,
    /// When it lapses.
    pub expires_at: String,
    /// Why it ended.
    pub reason: Option<String>,
}

/// How the document stands with one recipient.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryOut {
    /// Agency code.
    pub agency: String,
    /// Name.
    pub name: String,
    /// `pending`, `sent`, `arrived`, `failed`, `parked` or `returned`.
    pub transport: String,
    /// The furthest status code, e.g. `04`.
    pub status: Option<String>,
    /// When the recipient says so.
    pub status_at: Option<String>,
    /// What the recipient wrote with it.
    pub note: Option<String>,
}

/// What the program found in the form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingOut {
    /// Field.
    pub field: String,
    /// `error` or `caution`.
    pub gravity: String,
    /// In Vietnamese.
    pub message: String,
    /// In English.
    pub message_en: String,
    /// The article.
    pub basis: String,
}

impl From<&platform::ledger::Recorded> for HistoryOut {
    fn from(r: &platform::ledger::Recorded) -> Self {
        Self {
            seq: r.entry.seq,
            kind: r.entry.kind.clone(),
            version: r.entry.version,
            at: moment(r.entry.occurred_at),
            actor: r.entry.actor.to_string(),
        }
    }
}

/// One entry of the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryOut {
    /// Place in the ledger; absent until it is numbered.
    pub seq: Option<i64>,
    /// What happened, e.g. `office.outgoing.signed`.
    pub kind: String,
    /// Version of the document after it.
    pub version: i64,
    /// When.
    pub at: String,
    /// Opaque id of who acted.
    pub actor: String,
}

/// One outgoing document with everything around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutgoingOut {
    /// The document.
    #[serde(flatten)]
    pub summary: OutgoingSummary,
    /// Name of the kind.
    pub type_name: String,
    /// The document code by which the exchange knows it.
    pub document_id: Option<String>,
    /// Id of the package at the exchange.
    pub package: Option<String>,
    /// Lĩnh vực.
    pub field: Option<String>,
    /// Other places as printed.
    pub places: Vec<String>,
    /// Ghi chú.
    pub note: String,
    /// Why it was sent back last.
    pub sent_back_reason: Option<String>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// Recipients.
    pub recipients: Vec<Recipient>,
    /// Files.
    pub files: Vec<FileOut>,
    /// Opinions, approvals and returns.
    pub approvals: Vec<ApprovalOut>,
    /// Signatures.
    pub signatures: Vec<SignatureOut>,
    /// Signing requests.
    pub signing_requests: Vec<RequestOut>,
    /// Ids of the incoming documents that it answers.
    pub responds_to: Vec<String>,
    /// How it stands with each recipient.
    pub deliveries: Vec<DeliveryOut>,
    /// What the program found in its form, while it is a draft.
    pub findings: Vec<FindingOut>,
    /// Its history.
    pub history: Vec<HistoryOut>,
    /// What the caller may do now, e.g. `approve_content`.
    pub may: Vec<String>,
}

impl OutgoingOut {
    /// The shape of what somebody sees.
    pub fn new(view: &OutgoingView) -> Self {
        let d = &view.document;
        Self {
            summary: OutgoingSummary::from(d),
            type_name: view.type_name.clone(),
            document_id: d.document_id.clone(),
            package: d.package.clone(),
            field: d.field.clone(),
            places: d.places.clone(),
            note: d.note.clone(),
            sent_back_reason: d.sent_back_reason.clone(),
            void_reason: d.void_reason.clone(),
            recipients: view.recipients.clone(),
            files: view
                .files
                .iter()
                .map(|f| FileOut {
                    id: f.id.to_string(),
                    name: f.name.clone(),
                    media_type: f.media_type.clone(),
                    size: f.size,
                    sha256: f.sha256.clone(),
                    main: f.main,
                })
                .collect(),
            approvals: view
                .approvals
                .iter()
                .map(|a| ApprovalOut {
                    step: a.step.clone(),
                    person: a.person_name.clone(),
                    title: a.person_title.clone(),
                    remark: a.remark.clone(),
                    revision: a.revision,
                    at: moment(a.at),
                })
                .collect(),
            signatures: view
                .signatures
                .iter()
                .map(|s| SignatureOut {
                    role: s.role.clone(),
                    signer: s.signer_name.clone(),
                    title: s.signer_title.clone(),
                    competence: s.authority.prefix().to_owned(),
                    at: moment(s.at),
                    jws: s.jws.clone(),
                    revision: s.revision,
                })
                .collect(),
            signing_requests: view.requests.iter().map(RequestOut::from).collect(),
            responds_to: view.links.iter().filter(|l| l.relation == "response_for").map(|l| l.to_id.clone()).collect(),
            deliveries: view
                .deliveries
                .iter()
                .map(|row| DeliveryOut {
                    agency: row.recipient.to_string(),
                    name: row.recipient_name.clone(),
                    transport: row.transport.as_str().to_owned(),
                    status: row.status.as_ref().map(|s| s.as_str().to_owned()),
                    status_at: row.status_at.map(moment),
                    note: row.note.clone(),
                })
                .collect(),
            findings: view
                .findings
                .iter()
                .map(|f| FindingOut {
                    field: f.field.to_owned(),
                    gravity: match f.gravity {
                        crate::rules::metadata::Gravity::Error => "error".to_owned(),
                        crate::rules::metadata::Gravity::Caution => "caution".to_owned(),
                    },
                    message: f.message.vi.to_string(),
                    message_en: f.message.en.to_string(),
                    basis: f.basis.label(base::Lang::Vi),
                })
                .collect(),
            history: view.history.iter().map(HistoryOut::from).collect(),
            may: view.may.iter().filter_map(|v| serde_json::to_value(v).ok()?.as_str().map(str::to_owned)).collect(),
        }
    }
}

impl From<&crate::store::signing_requests::Request> for RequestOut {
    fn from(r: &crate::store::signing_requests::Request) -> Self {
        Self {
            id: r.id.to_string(),
            document: r.outgoing.to_string(),
            state: r.state.code().to_owned(),
            requested_by: r.requested_by_name.clone(),
            requested_at: moment(r.requested_at),
            expires_at: moment(r.expires_at),
            reason: r.reason.clone(),
        }
    }
}

/// An act without more to say.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Act {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
}

/// An act with a remark or reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Remark {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// The words (≤ 1000 characters); a reason must be given, a remark may.
    pub remark: String,
}

/// Handing a draft on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Submit {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// Ids of positions that are asked for an opinion besides.
    pub consult: Vec<String>,
}

/// Numbering.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Numbering {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// Date of the document, `YYYY-MM-DD`; today where none is given.
    pub dated: Option<String>,
    /// Place of issue (≤ 50 characters).
    pub place: Option<String>,
}

/// Signing.
#[derive(Deserialize, ToSchema)]
pub struct Sign {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// The secret that unlocks the signer's own key; never stored, never logged.
    pub secret: String,
}

/// Signing several documents.
#[derive(Deserialize, ToSchema)]
pub struct SignBatch {
    /// Which ones, each with the version that was seen.
    pub documents: Vec<SignOne>,
    /// The secret that unlocks the signer's own key.
    pub secret: String,
}

/// One document of a batch.
#[derive(Deserialize, ToSchema)]
pub struct SignOne {
    /// Id.
    pub id: String,
    /// Version that was seen.
    pub version: Option<i64>,
}

/// What came of one document of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signed {
    /// Id.
    pub id: String,
    /// The state it is in; absent when it was refused.
    pub state: Option<String>,
    /// Code of the refusal.
    pub refused: Option<String>,
}

/// A cursor as opaque text.
pub fn cursor_text(cursor: &Cursor) -> String {
    hex::encode(format!("{}|{}|{}", cursor.0, cursor.1, cursor.2))
}

/// Reads a cursor; anything else begins at the start.
pub fn cursor_read(text: &str) -> Option<Cursor> {
    let plain = String::from_utf8(hex::decode(text).ok()?).ok()?;
    let mut parts = plain.splitn(3, '|');
    Some(Cursor(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_rubbish_is_no_cursor() {
        let cursor = Cursor(4, 1_795_395_600_000_000, "0192-a|b".into());
        assert_eq!(cursor_read(&cursor_text(&cursor)), Some(cursor));
        for rubbish in ["", "zz", "00", "7c7c", &hex::encode("a|b|c")] {
            assert_eq!(cursor_read(rubbish), None, "{rubbish}");
        }
    }
}
