//! The model of a status message (gói tin trạng thái), and the detached signatures that documents carry too.

use super::model::{Organization, ResponseFor, StaffInfo, Warning};
use super::tree::{Element, Extras, FrameExtras};
use base::Timestamp;
use serde::{Deserialize, Serialize};

/// A status message: the state of one document at one receiver, or a take-back request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusMessage {
    /// The answering agency.
    pub from: Organization,
    /// The document concerned.
    pub response_for: ResponseFor,
    /// Who to ask.
    pub staff: Option<StaffInfo>,
    /// Two digits as text, e.g. `03`; unknown codes are kept raw.
    pub status_code: String,
    /// Explanation; required for 02 and 16.
    pub description: Option<String>,
    /// When (local time on the wire, whole seconds).
    pub timestamp: Timestamp,
    /// Unknown elements and attributes of the header block.
    pub extras: Extras,
    /// Our detached signatures (extension `lt:Signatures`).
    pub signatures: Vec<DetachedSignature>,
    /// The `Signature` block exactly as it came.
    pub xml_signature: Option<Element>,
    /// Unknown elements and attributes of the frame.
    pub frame: FrameExtras,
    /// What is irregular but was accepted; not part of the message.
    pub warnings: Vec<Warning>,
}

impl StatusMessage {
    /// A status of the document `response_for` at `from`; `status_code` two digits, `timestamp` cut to whole seconds.
    pub fn new(from: Organization, response_for: ResponseFor, status_code: &str, timestamp: Timestamp) -> Self {
        Self {
            from,
            response_for,
            staff: None,
            status_code: status_code.to_owned(),
            description: None,
            timestamp: Timestamp::from_micros(timestamp.micros().div_euclid(1_000_000) * 1_000_000),
            extras: Extras::default(),
            signatures: Vec::new(),
            xml_signature: None,
            frame: FrameExtras::default(),
            warnings: Vec::new(),
        }
    }
}

/// Whose signature it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerRole {
    /// The person who signed (chữ ký của người có thẩm quyền).
    Person,
    /// The agency's seal (chữ ký của cơ quan).
    Agency,
}

impl SignerRole {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agency => "agency",
        }
    }
}

/// One detached JWS (RFC 7515 appendix F, payload RFC 8785 JSON of the manifest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetachedSignature {
    /// Whose signature it is.
    pub role: SignerRole,
    /// `header..signature`.
    pub jws: String,
}
