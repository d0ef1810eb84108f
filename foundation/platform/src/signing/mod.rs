//! Keys and signatures: a master key that wraps every stored key, certificates, detached JWS, signed notes, signed HTTP messages.

mod certificate;
pub mod check;
mod ecdsa;
pub mod http;
mod jws;
pub mod kept;
mod keys;
mod master;
mod note;
pub mod online;
mod peers;
pub mod refusals;
pub mod trust;

pub use certificate::{CertificateInfo, certificate_end};
pub use jws::{Signer, TrustAnchors, canonical_json, verify_detached};
pub use keys::Signing;
pub use master::MasterKey;
pub use note::verify_note;
pub use peers::{PeerKey, PeerKeyUse, peer_key_pin, peer_keys, peer_keys_revoke};

use crate::db::Migration;
use base::{AgencyCode, Timestamp};
use serde::{Deserialize, Serialize};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "signing",
        number: 1,
        name: "keys",
        sql: include_str!("../../migrations/signing/0001_keys.sql"),
    },
    Migration {
        module: "signing",
        number: 2,
        name: "anchors",
        sql: include_str!("../../migrations/signing/0002_anchors.sql"),
    },
    Migration {
        module: "signing",
        number: 3,
        name: "reports",
        sql: include_str!("../../migrations/signing/0003_reports.sql"),
    },
];

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component {
        name: "signing",
        migrations: MIGRATIONS,
        subjects: trust::SUBJECTS,
        entry_kinds: trust::ENTRY_KINDS,
        refusals: refusals::CATALOGUE,
        jobs: vec![kept::job()],
        ..crate::Component::default()
    }
}

/// Who vouches for a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Issued by this server.
    OwnServer,
    /// Issued by, or being, a key that was pinned when the peer was introduced.
    PinnedPeer {
        /// The peer's id.
        peer: String,
    },
    /// Nobody we know; the mathematics holds, the identity is not vouched for.
    Unknown,
}

/// A signature that holds mathematically, and what is known of its maker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// JWK thumbprint (RFC 7638) of the key.
    pub kid: String,
    /// The signer's certificate.
    pub certificate: CertificateInfo,
    /// Whether the certificates were valid at the time that the signature states.
    pub valid_when_signed: bool,
    /// The time the signer states (`iat`), to the second.
    pub signed_at: Timestamp,
    /// Who vouches for the key.
    pub trust: Trust,
}

impl Verified {
    /// The agency code that the certificate names, when the key is vouched for and was valid. A peer vouches for its own
    /// keys only: whether it may speak for this agency is the exchange's question.
    pub fn agency_code(&self) -> Option<&AgencyCode> {
        (self.valid_when_signed && self.trust != Trust::Unknown)
            .then_some(self.certificate.agency_code.as_ref())
            .flatten()
    }
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The text of the signature cannot be read.
    #[error("signature cannot be read: {0}")]
    Malformed(String),
    /// An algorithm that is not taken.
    #[error("algorithm {0} is not taken")]
    Algorithm(String),
    /// The content, the header or the signature was altered, or another key signed.
    #[error("signature does not match")]
    Mismatch,
    /// The certificate does not hold: chain, key or dates.
    #[error("certificate: {0}")]
    Certificate(String),
    /// The key is not known.
    #[error("key {0} is not known")]
    UnknownKey(String),
    /// Outside the time window, or seen before.
    #[error("request is too old, from the future, or seen before")]
    Replay,
}
