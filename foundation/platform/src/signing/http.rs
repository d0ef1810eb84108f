//! Signed HTTP messages between servers (RFC 9421, `ecdsa-p256-sha256`; RFC 9530 content digest): pure functions.

use super::{SignatureError, Signer};
use crate::blobs::ContentHash;
use crate::db::Tx;
use crate::error::Result;
use base::Timestamp;

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The whole address, e.g. `https://hue.example/api/v1/exchange/packages`.
    pub target_uri: &'a str,
    /// The `Content-Digest` header, when there is a body.
    pub content_digest: Option<&'a str>,
    /// The `Date` header.
    pub date: Option<&'a str>,
}

/// The two headers to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// What a valid signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBy {
    /// The key.
    pub kid: String,
    /// When it was signed.
    pub created: Timestamp,
    /// Once only: hand it to [`nonce_use`].
    pub nonce: String,
}

/// The `Content-Digest` header (RFC 9530) for a body.
pub fn content_digest(_sha256: ContentHash) -> String {
    todo!()
}
/// Reads a `Content-Digest` header.
pub fn parse_content_digest(_header: &str) -> Option<ContentHash> {
    todo!()
}
/// The `Date` header (RFC 9110 §5.6.7) for a moment.
pub fn http_date(_at: Timestamp) -> String {
    todo!()
}
/// Signs a request.
pub fn sign(_signer: &Signer, _request: &Request<'_>, _at: Timestamp, _nonce: &str) -> SignatureHeaders {
    todo!()
}
/// Verifies a request: `key` finds the SubjectPublicKeyInfo (DER) of a key id; times more than `window_seconds` away from
/// `now` are [`SignatureError::Replay`]. The method, the address, the date and, with a body, the digest must be covered.
pub fn verify(
    _request: &Request<'_>,
    _signature_input: &str,
    _signature: &str,
    _key: impl Fn(&str) -> Option<Vec<u8>>,
    _now: Timestamp,
    _window_seconds: i64,
) -> std::result::Result<SignedBy, SignatureError> {
    todo!()
}
/// Remembers a nonce for the length of the window; `false` when it was used before.
pub fn nonce_use(_tx: &Tx<'_>, _signed: &SignedBy, _now: Timestamp, _window_seconds: i64) -> Result<bool> {
    todo!()
}
