//! The words of the exchange: packages, recipients, deliveries, statuses (gói tin, nơi nhận, trạng thái liên thông).

use crate::rules::status::StatusCode;
use base::agency_code::AgencyCode;
pub use base::{Secrecy, Urgency};

use base::{Date, Id, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// Marker of package ids.
pub enum Package {}
/// Id of a package on this server (not the sender's document id).
pub type PackageId = Id<Package>;
/// Marker of delivery ids.
pub enum Delivery {}
/// Id of the delivery of one package to one recipient.
pub type DeliveryId = Id<Delivery>;
/// Marker of receipt ids.
pub enum ReceiptKind {}
/// Id of a signed receipt.
pub type ReceiptId = Id<ReceiptKind>;
/// Marker of the ids of recorded statuses.
pub enum StatusEvent {}
/// Id of one recorded status, matched or not.
pub type StatusId = Id<StatusEvent>;

/// What a package does (nghiệp vụ; `BussinessDocType` 0–3 of QCVN 102:2016/BTTTT, or a status message).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// 0: a new document (văn bản mới).
    New,
    /// 1: recall (thu hồi).
    Recall,
    /// 2: update (cập nhật).
    Update,
    /// 3: replacement (thay thế).
    Replace,
    /// A status message (phản hồi trạng thái).
    Status,
}

impl Operation {
    /// The word stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Recall => "recall",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Status => "status",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::New, Self::Recall, Self::Update, Self::Replace, Self::Status].into_iter().find(|o| o.as_str() == word)
    }

    /// `BussinessDocType`; `None` for a status message.
    pub const fn business_type(self) -> Option<i64> {
        match self {
            Self::New => Some(0),
            Self::Recall => Some(1),
            Self::Update => Some(2),
            Self::Replace => Some(3),
            Self::Status => None,
        }
    }

    /// From `BussinessDocType`.
    pub const fn from_business_type(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::New),
            1 => Some(Self::Recall),
            2 => Some(Self::Update),
            3 => Some(Self::Replace),
            _ => None,
        }
    }

    /// Its name on screens.
    pub const fn label(self) -> Text {
        match self {
            Self::New => Text::fixed("Văn bản mới", "New document"),
            Self::Recall => Text::fixed("Thu hồi", "Recall"),
            Self::Update => Text::fixed("Cập nhật", "Update"),
            Self::Replace => Text::fixed("Thay thế", "Replacement"),
            Self::Status => Text::fixed("Trạng thái", "Status"),
        }
    }
}

/// An agency as it names itself in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its code.
    pub code: AgencyCode,
    /// Its name (≤ 200 characters).
    pub name: String,
    /// The superior agency (cơ quan chủ quản).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_charge: Option<String>,
    /// Postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Fax, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// Web address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
}

impl Party {
    /// A party with only the two things that must be there.
    pub fn new(code: AgencyCode, name: impl Into<String>) -> Self {
        Self {
            code,
            name: name.into(),
            in_charge: None,
            address: None,
            email: None,
            telephone: None,
            fax: None,
            website: None,
        }
    }
}

/// A reference to another document (`ResponseFor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentReference {
    /// The agency that issued it.
    pub agency: AgencyCode,
    /// `number/notation`.
    pub code: String,
    /// Its date; `None` when the wire carried none that is one.
    pub issued_on: Option<Date>,
    /// Its document id, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
}

/// The officer behind a package or a status (`StaffInfo`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
}

/// The metadata of a document that travels (QĐ 28/2018/QĐ-TTg, Điều 10 khoản 2; `MessageHeader`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageHeader {
    /// Issuing agency.
    pub from: Party,
    /// All recipients named in the package, also those that another server serves.
    pub to: Vec<Party>,
    /// The sender's id of the document, opaque, unique with `from` (≤ 200 characters).
    pub document_id: String,
    /// Number, not always digits.
    pub number: String,
    /// Notation, e.g. `QĐ-UBND`.
    pub notation: String,
    /// Place of issue.
    pub place: String,
    /// Date of issue.
    pub issued_on: Option<Date>,
    /// Name of the document type, the field to trust, e.g. `Quyết định`.
    pub type_name: String,
    /// Numeric class on the wire, unreliable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_number: Option<i64>,
    /// Abstract (trích yếu).
    pub subject: String,
    /// Summary of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Name of the signer.
    pub signer_name: String,
    /// Position of the signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer_position: Option<String>,
    /// Signing authority: TM., KT., TL., TUQ., Q.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer_competence: Option<String>,
    /// Date by which an answer is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Urgency.
    pub urgency: Urgency,
    /// Circulation scope (`SphereOfPromulgation`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circulation: Option<String>,
    /// Number of pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<i64>,
    /// Raw `SteeringType` 0–3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steering: Option<i64>,
    /// Documents that this one answers.
    #[serde(default)]
    pub responds_to: Vec<DocumentReference>,
    /// “Nơi nhận” as printed.
    #[serde(default)]
    pub to_places: Vec<String>,
    /// What the package does.
    pub operation: Operation,
    /// Why (recall, update, replacement).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The document ids that the operation acts on.
    #[serde(default)]
    pub targets: Vec<OperationTarget>,
    /// Whether the content or metadata changed (update).
    #[serde(default)]
    pub content_changed: bool,
    /// Recipients removed or added (update).
    #[serde(default)]
    pub recipient_changes: Vec<RecipientChange>,
    /// Whether a paper original is sent too.
    pub paper: bool,
    /// The officer in charge at the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<Staff>,
}

impl PackageHeader {
    /// `number/notation`, as people say it.
    pub fn code(&self) -> String {
        match (self.number.is_empty(), self.notation.is_empty()) {
            (false, false) => format!("{}/{}", self.number, self.notation),
            (false, true) => self.number.clone(),
            _ => self.notation.clone(),
        }
    }
}

/// One earlier document an operation acts on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationTarget {
    /// Its document id.
    pub document_id: String,
    /// Who must act; empty means every recipient.
    #[serde(default)]
    pub agencies: Vec<AgencyCode>,
}

/// A recipient that an update adds or removes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientChange {
    /// The recipient.
    pub code: AgencyCode,
    /// `true`: added; `false`: removed.
    pub added: bool,
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageAttachment {
    /// Its place, from 0.
    pub position: i64,
    /// `ContentId` without `cid:`.
    pub content_id: String,
    /// The human name.
    pub name: String,
    /// The media type claimed by the sender.
    pub media_type: String,
    /// What its bytes say it is.
    pub detected_type: String,
    /// Hex SHA-256 of the decoded bytes.
    pub sha256: String,
    /// Bytes after decoding.
    pub size: i64,
    /// Free text.
    pub description: Option<String>,
}

/// The media type of a PDF, whose signatures are verified when it arrives.
pub(crate) const PDF: &str = "application/pdf";

/// A document handed to the exchange by the office, in the office's transaction.
#[derive(Debug, Clone)]
pub struct OutgoingPackage {
    /// The metadata; `from` and `to` say between whom. Names of recipients are filled from the directory.
    pub header: PackageHeader,
    /// The files, whose bytes are already in the blob store.
    pub attachments: Vec<OutgoingAttachment>,
    /// Must be [`Secrecy::Open`].
    pub secrecy: Secrecy,
    /// The detached signatures of person and agency, objects `{role: "person"|"agency", jws: "…"}`: the person's over
    /// [`crate::content_manifest`], the agency's over [`crate::seal_manifest`], so that receivers can verify them.
    pub signatures: Vec<serde_json::Value>,
    /// When the last signature was made; decides “sent in time” (QĐ 28/2018/QĐ-TTg, Điều 6).
    pub signed_at: Option<Timestamp>,
    /// What [`crate::verify_outgoing`] found before the transaction: the recipients of this server are shown it.
    pub verification: crate::Report,
}

/// One file of an outgoing package.
#[derive(Debug, Clone)]
pub struct OutgoingAttachment {
    /// The human name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Hex SHA-256 of its bytes in the blob store.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Free text.
    pub description: Option<String>,
}

/// A package as it stands on this server.
#[derive(Debug, Clone)]
pub struct PackageRecord {
    /// Its id.
    pub id: PackageId,
    /// Its metadata.
    pub header: PackageHeader,
    /// How it came: `local` (the office here), `system` (an outside system), `peer` (another server).
    pub origin: Origin,
    /// Digest of the manifest: what makes two packages the same.
    pub manifest_digest: String,
    /// Hex SHA-256 of the bytes received; `None` for a package that was submitted here.
    pub sha256: Option<String>,
    /// Bytes received.
    pub size: i64,
    /// Whether it carries valid signatures of person and agency: then it has the value of the paper original
    /// (QĐ 28/2018/QĐ-TTg, Điều 4).
    pub signed: bool,
    /// The sender's code was closed when it came.
    pub sender_closed: bool,
    /// The verification report.
    pub verification: serde_json::Value,
    /// The detached signatures that travel with it.
    pub signatures: Vec<serde_json::Value>,
    /// When this server took it.
    pub accepted_at: Timestamp,
    /// Version of the record in the ledger.
    pub version: i64,
}

/// Where a package came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The office on this server.
    Local,
    /// An outside system of an agency served here.
    System,
    /// Another server.
    Peer,
}

impl Origin {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::System => "system",
            Self::Peer => "peer",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Local, Self::System, Self::Peer].into_iter().find(|o| o.as_str() == word)
    }
}

/// How the bytes travel; distinct from the status that the recipient reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Waits for the delivery job.
    Pending,
    /// The other server gave its receipt.
    Sent,
    /// It is with the recipient on this server.
    Arrived,
    /// The other server refused it for good.
    Failed,
    /// No way to the recipient is known, or every attempt failed: waits for a person.
    Parked,
    /// A person returned it to the sender.
    Returned,
}

impl Transport {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Arrived => "arrived",
            Self::Failed => "failed",
            Self::Parked => "parked",
            Self::Returned => "returned",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Sent, Self::Arrived, Self::Failed, Self::Parked, Self::Returned]
            .into_iter()
            .find(|t| t.as_str() == word)
    }

    /// Its name on screens.
    pub const fn label(self) -> Text {
        match self {
            Self::Pending => Text::fixed("Chờ gửi", "Waiting to be sent"),
            Self::Sent => Text::fixed("Đã chuyển", "Handed over"),
            Self::Arrived => Text::fixed("Đã đến", "Arrived"),
            Self::Failed => Text::fixed("Không gửi được", "Could not be sent"),
            Self::Parked => Text::fixed("Chờ xử lý", "Waiting for a person"),
            Self::Returned => Text::fixed("Đã trả lại", "Returned"),
        }
    }
}

/// One row of the delivery board.
#[derive(Debug, Clone)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// The package.
    pub package: PackageId,
    /// The recipient.
    pub recipient: AgencyCode,
    /// The recipient's name.
    pub recipient_name: String,
    /// How the bytes stand.
    pub transport: Transport,
    /// Attempts made by the delivery job.
    pub attempts: i64,
    /// Why it failed or is parked, in both languages.
    pub problem: Option<Text>,
    /// The furthest status of the recipient.
    pub status: Option<StatusCode>,
    /// When the recipient says so.
    pub status_at: Option<Timestamp>,
    /// What the recipient wrote with it (the reason, when refused).
    pub note: Option<String>,
    /// The latest code of the take-back track.
    pub take_back: Option<StatusCode>,
    /// What was written with it.
    pub take_back_note: Option<String>,
    /// When another server took it.
    pub sent_at: Option<Timestamp>,
    /// When it reached the recipient (on this server).
    pub arrived_at: Option<Timestamp>,
    /// Version of the record in the ledger.
    pub version: i64,
}

impl DeliveryRow {
    /// The reason of the refusal, when the recipient refused.
    pub fn refused_reason(&self) -> Option<&str> {
        self.status.as_ref().filter(|code| code.as_str() == StatusCode::REFUSED).and(self.note.as_deref())
    }
}

/// A status that an agency of this server reports about a package it received.
#[derive(Debug, Clone)]
pub struct StatusReport {
    /// The package, as it arrived here.
    pub package: PackageId,
    /// The agency that reports.
    pub agency: AgencyCode,
    /// The code.
    pub code: StatusCode,
    /// Words for the sender; the reason for 02 and 16 (≤ 1,000 characters).
    pub description: String,
    /// The officer.
    pub staff: Option<Staff>,
}

/// One recorded status.
#[derive(Debug, Clone)]
pub struct StatusRow {
    /// Its id.
    pub id: StatusId,
    /// The package it is about.
    pub package: PackageId,
    /// Who reported it.
    pub agency: AgencyCode,
    /// The raw code.
    pub code: StatusCode,
    /// When the reporter says it happened.
    pub at: Timestamp,
    /// The words with it.
    pub description: String,
    /// The officer.
    pub staff: Option<Staff>,
    /// When this server recorded it.
    pub recorded_at: Timestamp,
}
