//! The known children of every element in the order in which the axis SDK writes them: reader and writer both follow it.

pub(super) const ROOT: [&str; 2] = ["edXMLEnvelope", "AttachmentEncoded"];
pub(super) const ENVELOPE: [&str; 2] = ["edXMLHeader", "edXMLBody"];
pub(super) const HEADER: [&str; 5] = ["MessageHeader", "Status", "TraceHeaderList", "Signature", "Signatures"];
pub(super) const BODY: [&str; 1] = ["edXMLManifest"];
pub(super) const MANIFEST: [&str; 1] = ["Reference"];
pub(super) const REFERENCE: [&str; 4] = ["ContentId", "ContentType", "Description", "AttachmentName"];
pub(super) const ATTACHMENTS: [&str; 1] = ["Attachment"];
pub(super) const ATTACHMENT: [&str; 5] =
    ["ContentId", "AttachmentName", "Description", "ContentType", "ContentTransferEncoded"];
pub(super) const MESSAGE: [&str; 16] = [
    "From",
    "To",
    "DocumentId",
    "Code",
    "PromulgationInfo",
    "DocumentType",
    "Subject",
    "Content",
    "SignerInfo",
    "DueDate",
    "OtherInfo",
    "ResponseFor",
    "SteeringType",
    "ToPlaces",
    "ResponseForTask",
    "ApplicationType",
];
pub(super) const STATUS: [&str; 6] = ["From", "ResponseFor", "StaffInfo", "StatusCode", "Description", "Timestamp"];
pub(super) const ORGANIZATION: [&str; 8] =
    ["OrganId", "OrganizationInCharge", "OrganName", "OrganAdd", "Email", "Telephone", "Fax", "Website"];
pub(super) const CODE: [&str; 2] = ["CodeNumber", "CodeNotation"];
pub(super) const PROMULGATION: [&str; 2] = ["Place", "PromulgationDate"];
pub(super) const DOCUMENT_TYPE: [&str; 3] = ["Type", "TypeDetail", "TypeName"];
pub(super) const SIGNER: [&str; 3] = ["Competence", "Position", "FullName"];
pub(super) const OTHER: [&str; 7] = [
    "Priority",
    "SphereOfPromulgation",
    "TyperNotation",
    "PromulgationAmount",
    "PageAmount",
    "Appendixes",
    "Direction",
];
pub(super) const APPENDIXES: [&str; 1] = ["Appendix"];
pub(super) const TO_PLACES: [&str; 1] = ["Place"];
pub(super) const TASKS: [&str; 1] = ["TaskCode"];
pub(super) const RESPONSE_FOR: [&str; 4] = ["OrganId", "Code", "PromulgationDate", "DocumentId"];
pub(super) const TRACE: [&str; 3] = ["TraceHeader", "Bussiness", "Paper"];
pub(super) const HOP: [&str; 2] = ["OrganId", "Timestamp"];
pub(super) const BUSINESS: [&str; 7] = [
    "DocumentId",
    "BussinessDocType",
    "BussinessDocReason",
    "Paper",
    "BussinessDocumentInfo",
    "ReplacementInfoList",
    "StaffInfo",
];
pub(super) const CHANGES: [&str; 3] = ["DocumentInfo", "DocumentReceiver", "ReceiverList"];
pub(super) const RECEIVERS: [&str; 1] = ["Receiver"];
pub(super) const RECEIVER: [&str; 2] = ["OrganId", "ReceiverType"];
pub(super) const REPLACEMENTS: [&str; 1] = ["ReplacementInfo"];
pub(super) const REPLACEMENT: [&str; 2] = ["DocumentId", "OrganIdList"];
pub(super) const ORGAN_IDS: [&str; 1] = ["OrganId"];
pub(super) const STAFF: [&str; 6] = ["Department", "Staff", "Email", "Mobile", "DepartmentId", "StaffId"];
pub(super) const SIGNATURES: [&str; 1] = ["Signature"];
