//! Signed HTTP messages between servers (RFC 9421, `ecdsa-p256-sha256`; RFC 9530 content digest): pure functions.

use super::{SignatureError, Signer, ecdsa};
use crate::blobs::ContentHash;
use crate::db::Tx;
use crate::error::Result;
use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::VerifyingKey;
use p256::pkcs8::DecodePublicKey as _;

const ALGORITHM: &str = "ecdsa-p256-sha256";

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The whole address, e.g. `https://hue.example/api/v1/exchange/packages`.
    pub target_uri: &'a str,
    /// The `Content-Digest` header, when there is a body. The receiver compares it with the body itself.
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
    /// When it was signed, to the second.
    pub created: Timestamp,
    /// Once only: hand it to [`nonce_use`].
    pub nonce: String,
}

/// The `Content-Digest` header (RFC 9530) for a body.
pub fn content_digest(sha256: ContentHash) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256.0))
}

/// Reads a `Content-Digest` header; other algorithms beside SHA-256 are passed over.
pub fn parse_content_digest(header: &str) -> Option<ContentHash> {
    let member = header.split(',').find_map(|member| member.trim().strip_prefix("sha-256=:"))?;
    let bytes = STANDARD.decode(member.strip_suffix(':')?).ok()?;
    Some(ContentHash(bytes.try_into().ok()?))
}

/// The `Date` header (RFC 9110 §5.6.7) for a moment.
pub fn http_date(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros())
        .map(|t| t.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

/// Signs a request.
pub fn sign(signer: &Signer, request: &Request<'_>, at: Timestamp, nonce: &str) -> Result<SignatureHeaders> {
    let names: Vec<String> = request.components().map(|(name, _)| format!("\"{name}\"")).collect();
    let created = at.micros().div_euclid(1_000_000);
    let kid = signer.kid();
    let params =
        format!("({});created={created};keyid=\"{kid}\";nonce=\"{nonce}\";alg=\"{ALGORITHM}\"", names.join(" "));
    let base = request.signature_base(&params);
    Ok(SignatureHeaders {
        signature_input: format!("sig1={params}"),
        signature: format!("sig1=:{}:", STANDARD.encode(signer.sign_bytes(base.as_bytes())?)),
    })
}

impl Request<'_> {
    fn components(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("@method", Some(self.method)),
            ("@target-uri", Some(self.target_uri)),
            ("content-digest", self.content_digest),
            ("date", self.date),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
    }

    fn signature_base(&self, params: &str) -> String {
        let mut base = String::new();
        for (name, value) in self.components() {
            base.push_str(&format!("\"{name}\": {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {params}"));
        base
    }
}

/// Verifies a request: `key` finds the SubjectPublicKeyInfo (DER) of a key id; times more than `window_seconds` away from
/// `now` are [`SignatureError::Replay`]. The method, the address, the date and, with a body, the digest must be covered,
/// in this order and nothing else.
pub fn verify(
    request: &Request<'_>,
    signature_input: &str,
    signature: &str,
    key: impl Fn(&str) -> Option<Vec<u8>>,
    now: Timestamp,
    window_seconds: i64,
) -> std::result::Result<SignedBy, SignatureError> {
    let malformed = |what: &str| SignatureError::Malformed(what.to_owned());
    let (label, params) = signature_input.split_once('=').ok_or_else(|| malformed("Signature-Input"))?;
    let read = read_params(params).ok_or_else(|| malformed("Signature-Input"))?;
    if let Some(algorithm) = read.algorithm.filter(|a| *a != ALGORITHM) {
        return Err(SignatureError::Algorithm(algorithm.to_owned()));
    }
    let covered: Vec<&str> = request.components().map(|(name, _)| name).collect();
    if read.covered != covered || request.date.is_none() {
        return Err(malformed("must cover the method, the address, the digest and the date"));
    }
    let encoded = signature
        .strip_prefix(label)
        .and_then(|rest| rest.strip_prefix("=:"))
        .and_then(|rest| rest.strip_suffix(':'))
        .ok_or_else(|| malformed("Signature"))?;
    let bytes = STANDARD.decode(encoded).map_err(|_| malformed("Signature"))?;
    if bytes.len() != 64 {
        return Err(malformed("Signature"));
    }

    let spki = key(read.kid).ok_or_else(|| SignatureError::UnknownKey(read.kid.to_owned()))?;
    let spki = VerifyingKey::from_public_key_der(&spki).map_err(|_| SignatureError::UnknownKey(read.kid.to_owned()))?;
    if !ecdsa::holds(&spki, request.signature_base(params).as_bytes(), &bytes) {
        return Err(SignatureError::Mismatch);
    }

    let created = Timestamp::from_micros(read.created.saturating_mul(1_000_000));
    if now.since(created).abs() > window_seconds.saturating_mul(1_000_000) {
        return Err(SignatureError::Replay);
    }
    Ok(SignedBy { kid: read.kid.to_owned(), created, nonce: read.nonce.to_owned() })
}

struct Params<'a> {
    covered: Vec<&'a str>,
    created: i64,
    kid: &'a str,
    nonce: &'a str,
    algorithm: Option<&'a str>,
}

fn read_params(params: &str) -> Option<Params<'_>> {
    let (list, rest) = params.strip_prefix('(')?.split_once(')')?;
    let covered = list.split(' ').map(unquote).collect::<Option<_>>()?;
    let (mut created, mut kid, mut nonce, mut algorithm) = (None, None, None, None);
    for pair in rest.strip_prefix(';')?.split(';') {
        let (name, value) = pair.split_once('=')?;
        match name {
            "created" => created = Some(value.parse().ok()?),
            "keyid" => kid = Some(unquote(value)?),
            "nonce" => nonce = Some(unquote(value).filter(|n| (8..=128).contains(&n.len()))?),
            "alg" => algorithm = Some(unquote(value)?),
            // An expiry or a tag that we do not check must not look checked.
            _ => return None,
        }
    }
    Some(Params { covered, created: created?, kid: kid?, nonce: nonce?, algorithm })
}

fn unquote(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\', ';', ','])).then_some(inner)
}

/// Remembers a nonce for the length of the window; `false` when it was used before.
pub fn nonce_use(tx: &Tx<'_>, signed: &SignedBy, now: Timestamp, window_seconds: i64) -> Result<bool> {
    tx.execute("DELETE FROM signing_nonce WHERE expires_at < $1", &[&now])?;
    let added = tx.execute(
        "INSERT INTO signing_nonce (kid, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT (kid, nonce) DO NOTHING",
        &[&signed.kid, &signed.nonce, &signed.created.plus_seconds(2 * window_seconds)],
    )?;
    Ok(added == 1)
}
