//! The typed model of an edXML message, dialect A (QCVN 102:2016/BTTTT, Amendment 1:2022): names in English, order as the SDK writes.
//!
//! Wire names such as `Bussiness` and `TyperNotation` are misspelt on the axis itself and are kept that way by reader and
//! writer; here they have their proper English names.

pub use super::status::{DetachedSignature, SignerRole, StatusMessage};
use super::tree::Element;
pub use super::tree::{Extra, Extras, FrameExtras, Place};
use base::{Date, Timestamp};
use serde::{Deserialize, Serialize};

/// Either of the two messages that travel on the axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "kebab-case")]
pub enum Message {
    /// A document with its attachments (gói tin văn bản).
    Document(Box<Package>),
    /// The state of a document at its receiver, or a take-back request of its sender (gói tin trạng thái).
    Status(Box<StatusMessage>),
}

/// A document package: header, trace, manifest and attachments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Package {
    /// What the document is, from whom and to whom.
    pub header: MessageHeader,
    /// The way it came, and the business operation; absent means a new document with no hops.
    pub trace: Option<TraceHeaderList>,
    /// The `Signature` block exactly as it came. Never relied on: it cannot survive transport on the axis.
    pub xml_signature: Option<Element>,
    /// Our detached signatures over the manifest (extension `lt:Signatures`).
    pub signatures: Vec<DetachedSignature>,
    /// The manifest of the body, in its own order.
    pub references: Vec<Reference>,
    /// The attachments, in the order of the attachment block; contents lie with the caller.
    pub attachments: Vec<Attachment>,
    /// Unknown elements and attributes of the frame.
    pub frame: FrameExtras,
    /// What is irregular but was accepted; not part of the message.
    pub warnings: Vec<Warning>,
}

impl Package {
    /// What the package asks for; without a `Bussiness` block it is a new document.
    pub fn operation(&self) -> Operation {
        self.business().map_or(Operation::New, |b| b.operation)
    }

    /// The business block, where there is one.
    pub fn business(&self) -> Option<&Business> {
        self.trace.as_ref().and_then(|t| t.business.as_ref())
    }

    /// Whether a paper original is sent as well (`Paper`, in the business block or beside it).
    pub fn paper(&self) -> bool {
        let beside = self.trace.as_ref().and_then(|t| t.paper);
        self.business().and_then(|b| b.paper).or(beside).unwrap_or(false)
    }

    /// Adds an attachment and its manifest line. `content_id` must be unique in the package; `size` in bytes and
    /// `sha256` (64 lower-case hex digits) are those of the plain content, not of its ZIP wrapping.
    pub fn attach(&mut self, content_id: &str, name: &str, content_type: &str, size: u64, sha256: &str) {
        self.references.push(Reference {
            content_id: content_id.to_owned(),
            content_type: content_type.to_owned(),
            description: None,
            name: name.to_owned(),
            extras: Extras::default(),
        });
        self.attachments.push(Attachment {
            content_id: content_id.to_owned(),
            name: name.to_owned(),
            description: None,
            content_type: content_type.to_owned(),
            size,
            sha256: sha256.to_owned(),
            media_type: String::new(),
            packaging: Packaging::zip(content_id, name),
            extras: Extras::default(),
        });
    }
}

/// `MessageHeader` of a document package.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MessageHeader {
    /// Issuing organisation (1.1).
    pub from: Organization,
    /// Receiving organisations (1.2), at least one.
    pub to: Vec<Organization>,
    /// Opaque id of the document (1.14), unique per (From.OrganId, DocumentId); never parsed as a date.
    pub document_id: String,
    /// Number and notation (1.3, số và ký hiệu).
    pub code: DocumentCode,
    /// Place and date of issue (1.4).
    pub promulgation: Promulgation,
    /// Type of the document (1.5, loại văn bản).
    pub document_type: DocumentType,
    /// Abstract (1.6, trích yếu).
    pub subject: String,
    /// Body summary (1.7).
    pub content: Option<String>,
    /// Who signed (1.8).
    pub signer: SignerInfo,
    /// Deadline for the reply (1.9).
    pub due_date: Option<Date>,
    /// Further facts (1.11).
    pub other: Option<OtherInfo>,
    /// The documents that this one answers (1.12).
    pub response_for: Vec<ResponseFor>,
    /// Steering class (1.13) as written: writers disagree on what 0 to 3 mean.
    pub steering_type: Option<i64>,
    /// The printed list of recipients (1.10, nơi nhận).
    pub to_places: Vec<String>,
    /// Task codes of the steering system (SDK extra `ResponseForTask/TaskCode`).
    pub task_codes: Vec<String>,
    /// Kind of application (SDK extra), e.g. `MCDT_DT`.
    pub application_type: Option<String>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// An organisation as `From` or `To` names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Organization {
    /// Identifier code as written (mã định danh), old or new form.
    pub organ_id: String,
    /// Superior agency.
    pub in_charge: Option<String>,
    /// Name.
    pub name: String,
    /// Address.
    pub address: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone, free text.
    pub telephone: Option<String>,
    /// Fax, free text.
    pub fax: Option<String>,
    /// Web site, with or without scheme.
    pub website: Option<String>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

impl Organization {
    /// An organisation known by code and name.
    pub fn new(organ_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { organ_id: organ_id.into(), name: name.into(), ..Self::default() }
    }
}

/// `Code`: number and notation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentCode {
    /// Number; not always digits.
    pub number: String,
    /// Notation, e.g. `VPCP-TTĐT`.
    pub notation: String,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

impl DocumentCode {
    /// `number/notation`, as `ResponseFor` refers to it.
    pub fn joined(&self) -> String {
        format!("{}/{}", self.number, self.notation)
    }
}

/// `PromulgationInfo`: place and date of issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promulgation {
    /// Place of issue.
    pub place: String,
    /// Date of issue.
    pub date: Date,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

impl Default for Promulgation {
    fn default() -> Self {
        Self { place: String::new(), date: Date::constant(1970, 1, 1), extras: Extras::default() }
    }
}

/// `DocumentType`. The name is what counts; the number is unreliable on the wire (spec §1.10).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentType {
    /// Numeric class.
    pub class: i64,
    /// Numeric detail.
    pub detail: Option<i64>,
    /// Name of the type, e.g. `Công văn`.
    pub name: String,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// `SignerInfo`: who signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignerInfo {
    /// Signing authority: TM., KT., TL., TUQ., Q.
    pub competence: Option<String>,
    /// Position.
    pub position: Option<String>,
    /// Full name.
    pub full_name: String,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// `OtherInfo`: urgency, scope and amounts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OtherInfo {
    /// Urgency (độ khẩn): 0 normal, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ; as written.
    pub priority: i64,
    /// Circulation scope.
    pub sphere: Option<String>,
    /// Typist's mark (`TyperNotation`).
    pub typist_notation: Option<String>,
    /// Copies issued.
    pub promulgation_amount: Option<i64>,
    /// Pages.
    pub page_amount: Option<i64>,
    /// Appendixes.
    pub appendixes: Vec<String>,
    /// SDK extra without documented meaning.
    pub direction: Option<bool>,
    /// Unknown elements and attributes (`ReplyFors` and `ReferenceCodes` of the SDK stay here verbatim).
    pub extras: Extras,
}

/// `ResponseFor`: the document that is answered, or whose state is reported. Match by `document_id` first, then by the other three.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResponseFor {
    /// Code of the agency that issued it.
    pub organ_id: Option<String>,
    /// `number/notation`.
    pub code: Option<String>,
    /// Its date of issue.
    pub promulgation_date: Option<Date>,
    /// Its opaque id.
    pub document_id: Option<String>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// `TraceHeaderList`: the hops, and what is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TraceHeaderList {
    /// One per hop, appended in order of time.
    pub hops: Vec<TraceHeader>,
    /// What is asked for (`Bussiness`).
    pub business: Option<Business>,
    /// `Paper` where it stands beside the business block.
    pub paper: Option<bool>,
    /// Unknown elements and attributes (`id`, `version`, `mustUnderstand`, `actor`).
    pub extras: Extras,
}

/// One hop of the way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TraceHeader {
    /// Code of the hop as written; real axes write nothing, or the literal text `null`.
    pub organ_id: Option<String>,
    /// When (local time on the wire, whole seconds).
    pub timestamp: Option<Timestamp>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// What a package asks for (`BussinessDocType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// 0: a new document (văn bản mới).
    #[default]
    New,
    /// 1: recall (thu hồi).
    Recall,
    /// 2: update (cập nhật).
    Update,
    /// 3: replace (thay thế).
    Replace,
}

impl Operation {
    /// The number on the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::New => 0,
            Self::Recall => 1,
            Self::Update => 2,
            Self::Replace => 3,
        }
    }

    /// From the number on the wire.
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::New),
            1 => Some(Self::Recall),
            2 => Some(Self::Update),
            3 => Some(Self::Replace),
            _ => None,
        }
    }

    /// Stable word for storage and interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Recall => "recall",
            Self::Update => "update",
            Self::Replace => "replace",
        }
    }
}

/// `Bussiness`: the operation and its targets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Business {
    /// The earlier document (target of an update).
    pub document_id: Option<String>,
    /// What is asked for.
    pub operation: Operation,
    /// Why; required unless the operation is new.
    pub reason: Option<String>,
    /// Whether a paper original is sent as well.
    pub paper: Option<bool>,
    /// What an update changed.
    pub changes: Option<DocumentChanges>,
    /// What a replacement replaces.
    pub replacements: Vec<Replacement>,
    /// Who to ask.
    pub staff: Option<StaffInfo>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// `BussinessDocumentInfo`: what an update changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentChanges {
    /// Content or metadata changed.
    pub document: bool,
    /// The list of recipients changed.
    pub receivers: bool,
    /// How it changed.
    pub receiver_list: Vec<ReceiverChange>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// One recipient added or removed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReceiverChange {
    /// Code of the recipient.
    pub organ_id: String,
    /// Added (1) or removed (0).
    pub added: bool,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// One replaced document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replacement {
    /// Id of the replaced document.
    pub document_id: String,
    /// Who must replace it; empty means every recipient.
    pub organ_ids: Vec<String>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// Who to ask about a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StaffInfo {
    /// Department.
    pub department: Option<String>,
    /// Id of the department (SDK extra).
    pub department_id: Option<String>,
    /// Name of the person.
    pub staff: Option<String>,
    /// Id of the person (SDK extra).
    pub staff_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

/// A line of the manifest (`edXMLManifest/Reference`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reference {
    /// Content id without its `cid:`.
    pub content_id: String,
    /// Declared media type; often wrong.
    pub content_type: String,
    /// Description.
    pub description: Option<String>,
    /// Human name of the file.
    pub name: String,
    /// Unknown elements and attributes (the optional xlink attributes stay here).
    pub extras: Extras,
}

/// An attachment (`AttachmentEncoded/Attachment`) without its content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// Content id without its `cid:`.
    pub content_id: String,
    /// Human name of the file as written; use [`Attachment::safe_name`] for a file on disk or a download.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Declared media type; often wrong.
    pub content_type: String,
    /// Size of the plain content in bytes.
    pub size: u64,
    /// SHA-256 of the plain content, 64 lower-case hex digits.
    pub sha256: String,
    /// Media type by the content itself, whatever is declared; empty until the content has been read.
    pub media_type: String,
    /// How the content is wrapped on the wire.
    pub packaging: Packaging,
    /// Unknown elements and attributes.
    pub extras: Extras,
}

impl Attachment {
    /// The human name made fit for a file system and a download: separators, control characters and leading dots replaced.
    pub fn safe_name(&self) -> String {
        let cleaned: String = self
            .name
            .chars()
            .map(|c| if c.is_control() || "/\\:*?\"<>|\u{202e}\u{202d}\u{2066}\u{2067}".contains(c) { '_' } else { c })
            .take(180)
            .collect();
        let trimmed = cleaned.trim_matches(|c: char| c == '.' || c.is_whitespace());
        if trimmed.is_empty() { "tep-dinh-kem".to_owned() } else { trimmed.to_owned() }
    }
}

/// How an attachment's content is wrapped on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum Packaging {
    /// Plain bytes in base64. Only for content that no reader takes for a wrapping: a ZIP of one entry needs one of its own.
    #[default]
    Raw,
    /// A ZIP with exactly one entry, as the axis does.
    Zip {
        /// Name of the entry, `<uuid>.<ext>` by custom.
        entry: String,
    },
}

impl Packaging {
    /// The axis's wrapping: an entry named after the content id, with the extension of the human name.
    pub fn zip(content_id: &str, name: &str) -> Self {
        let id: String = content_id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
        let id = if id.is_empty() { "content".to_owned() } else { id };
        let entry = match name.rsplit_once('.') {
            Some((_, ext)) if (1..=10).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                format!("{id}.{ext}")
            }
            _ => id,
        };
        Self::Zip { entry }
    }
}

/// Something irregular that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable code, e.g. `exchange.edxml.warning.length`.
    pub code: String,
    /// Path of the field, e.g. `MessageHeader/Subject`.
    pub field: String,
    /// What is irregular, in both languages.
    pub message: base::Text,
}
