//! Keys and signatures: a master key that wraps every stored key, certificates, detached JWS, signed notes, signed HTTP messages.

pub mod http;

use crate::db::Tx;
use crate::error::Result;
use base::{AgencyCode, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use zeroize::Zeroizing;

/// All keys of this server; cheap to clone.
#[derive(Clone)]
pub struct Signing {}

/// A private key that is ready to sign (ECDSA P-256, SHA-256), with its certificates.
#[derive(Clone)]
pub struct Signer {}

/// The facts of one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateInfo {
    /// The subject's common name.
    pub name: String,
    /// The agency code that the certificate names (organizationIdentifier `MD:VN-<code>`).
    pub agency_code: Option<AgencyCode>,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 of the DER, hexadecimal.
    pub fingerprint: String,
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
    /// Whether the certificate was valid at the time of signing that the signature states.
    pub valid_when_signed: bool,
    /// The time the signer states (`iat`).
    pub signed_at: Timestamp,
    /// Who vouches for the key.
    pub trust: Trust,
}

impl Verified {
    /// The agency code that the certificate names, when the key is vouched for and was valid.
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

/// What a peer's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeerKeyUse {
    /// The authority that issues the peer's certificates.
    Authority,
    /// The key that signs the peer's requests and receipts.
    Server,
    /// The key that signs the peer's checkpoints (Ed25519).
    Checkpoint,
}

/// A key pinned when a peer was introduced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerKey {
    /// The peer's id.
    pub peer: String,
    /// JWK thumbprint.
    pub kid: String,
    /// What it is for.
    pub usage: PeerKeyUse,
    /// SubjectPublicKeyInfo, DER, base64.
    pub public_key: String,
    /// Certificate, DER, base64.
    pub certificate: Option<String>,
    /// When it was pinned.
    pub pinned_at: Timestamp,
    /// When it stopped being trusted.
    pub revoked_at: Option<Timestamp>,
}

/// The keys that vouch for others: this server's authority and the pinned keys of peers.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors {}

/// Pins a peer's key.
pub fn peer_key_pin(_tx: &Tx<'_>, _key: &PeerKey) -> Result<()> {
    todo!()
}
/// Stops trusting a peer's keys, from now on.
pub fn peer_keys_revoke(_tx: &Tx<'_>, _now: Timestamp, _peer: &str) -> Result<u64> {
    todo!()
}
/// A peer's keys, or all peers' (`None`).
pub fn peer_keys(_tx: &Tx<'_>, _peer: Option<&str>) -> Result<Vec<PeerKey>> {
    todo!()
}

impl Signing {
    /// Encrypts a secret under the master key, bound to its purpose and id.
    pub fn wrap(&self, _purpose: &str, _id: &str, _secret: &[u8]) -> Result<Vec<u8>> {
        todo!()
    }
    /// Decrypts what [`Self::wrap`] made; a `Fault` when it was altered or belongs elsewhere.
    pub fn unwrap(&self, _purpose: &str, _id: &str, _wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        todo!()
    }
    /// The server's own key (signs receipts and requests between servers).
    pub fn server(&self) -> &Signer {
        todo!()
    }
    /// The certificate of this server's authority, DER.
    pub fn authority_certificate(&self) -> &[u8] {
        todo!()
    }
    /// The name of this server in checkpoints and certificates, e.g. `exchange.hue.gov.vn`.
    pub fn origin(&self) -> &str {
        todo!()
    }
    /// The agency's seal; made at first use. `name` goes into the certificate.
    pub async fn seal(&self, _agency: &AgencyCode, _name: &str) -> Result<Signer> {
        todo!()
    }
    /// Makes a person's key, wrapped by his secret and by the master key; the old one is retired.
    pub async fn personal_create(
        &self,
        _person: &str,
        _name: &str,
        _agency: &AgencyCode,
        _secret: &str,
    ) -> Result<CertificateInfo> {
        todo!()
    }
    /// Whether the person has a key.
    pub async fn personal_info(&self, _person: &str) -> Result<Option<CertificateInfo>> {
        todo!()
    }
    /// Unlocks a person's key; refused with `platform.signing.wrong-secret`.
    pub async fn personal(&self, _person: &str, _secret: &str) -> Result<Signer> {
        todo!()
    }
    /// The keys that vouch for others, as they stand.
    pub async fn anchors(&self) -> Result<TrustAnchors> {
        todo!()
    }
    /// Verifies a detached JWS over a JSON value with the anchors as they stand.
    pub async fn verify(&self, _payload: &Json, _jws: &str) -> Result<std::result::Result<Verified, SignatureError>> {
        todo!()
    }
    /// The public keys of this server (server and seals) as a JWK set (RFC 7517).
    pub async fn jwks(&self) -> Result<Json> {
        todo!()
    }
    /// Signs a checkpoint's text as a C2SP signed note; the key's name is the origin.
    pub fn sign_note(&self, _text: &str) -> Result<String> {
        todo!()
    }
    /// The verifier key of this server's checkpoints, `name+hash+base64` (C2SP signed-note).
    pub fn note_key(&self) -> String {
        todo!()
    }
}

/// Verifies a signed note under a verifier key; returns the text.
pub fn verify_note(_note: &str, _note_key: &str) -> std::result::Result<String, SignatureError> {
    todo!()
}

/// Verifies a detached JWS (RFC 7515 appendix F) over the RFC 8785 form of `payload`; pure.
pub fn verify_detached(
    _payload: &Json,
    _jws: &str,
    _anchors: &TrustAnchors,
) -> std::result::Result<Verified, SignatureError> {
    todo!()
}

/// RFC 8785 canonical form.
pub fn canonical_json(_value: &Json) -> Result<Vec<u8>> {
    todo!()
}

impl Signer {
    /// JWK thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        todo!()
    }
    /// The certificate's facts.
    pub fn certificate(&self) -> &CertificateInfo {
        todo!()
    }
    /// The certificates, own first, DER.
    pub fn chain(&self) -> &[Vec<u8>] {
        todo!()
    }
    /// Signs the RFC 8785 form of `payload` as a detached JWS (ES256; header with `kid`, `x5c`, `iat`). Not inside a database closure.
    pub fn sign_json(&self, _payload: &Json, _at: Timestamp) -> Result<String> {
        todo!()
    }
    /// Raw ECDSA over SHA-256 of `message`, `r‖s`.
    pub fn sign_bytes(&self, _message: &[u8]) -> [u8; 64] {
        todo!()
    }
}
