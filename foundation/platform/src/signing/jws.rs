//! Detached JWS (RFC 7515 appendix F, ES256) over the canonical form of a JSON value (RFC 8785).

use super::certificate::{self, CertificateInfo, Read};
use super::{SignatureError, Trust, Verified, ecdsa};
use crate::error::{Error, Result};
use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Certificates in a header: own, authority, and a few between.
const MOST_CERTIFICATES: usize = 5;

/// A private key that is ready to sign (ECDSA P-256, SHA-256), with its certificates.
#[derive(Clone)]
pub struct Signer {
    inner: Arc<Inner>,
}

struct Inner {
    pair: ecdsa::Pair,
    public: VerifyingKey,
    kid: String,
    info: CertificateInfo,
    chain: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.inner.kid)
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<Json>,
    iat: i64,
    kid: String,
    x5c: Vec<String>,
}

impl Signer {
    pub(super) fn new(key: SigningKey, chain: Vec<Vec<u8>>) -> Result<Self> {
        let first = chain.first().ok_or_else(|| Error::Fault("a signer without a certificate".into()))?;
        let info = certificate::read(first).map_err(|e| Error::fault("read an own certificate", e))?.info;
        let (pair, public) = (ecdsa::Pair::new(&key)?, *key.verifying_key());
        let kid = thumbprint(&public);
        Ok(Self { inner: Arc::new(Inner { pair, public, kid, info, chain }) })
    }

    /// JWK thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.inner.kid
    }

    /// The certificate's facts.
    pub fn certificate(&self) -> &CertificateInfo {
        &self.inner.info
    }

    /// The certificates, own first, DER.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.inner.chain
    }

    /// SubjectPublicKeyInfo, DER.
    pub fn public_key_der(&self) -> Result<Vec<u8>> {
        certificate::spki_der(&self.inner.public)
    }

    /// Signs the RFC 8785 form of `payload` as a detached JWS (ES256; header with `kid`, `x5c`, and the time as `iat`, in
    /// whole seconds). Not inside a database closure.
    pub fn sign_json(&self, payload: &Json, at: Timestamp) -> Result<String> {
        let header = Header {
            alg: "ES256".into(),
            crit: None,
            iat: at.micros().div_euclid(1_000_000),
            kid: self.inner.kid.clone(),
            x5c: self.inner.chain.iter().map(|der| STANDARD.encode(der)).collect(),
        };
        let header = serde_json::to_vec(&header).map_err(|e| Error::fault("write a signature's header", e))?;
        let header = URL_SAFE_NO_PAD.encode(header);
        let signature = self.sign_bytes(&signing_input(&header, &canonical_json(payload)?))?;
        Ok(format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// ECDSA over the SHA-256 of `message`, as `r‖s` (RFC 7518 §3.4).
    pub fn sign_bytes(&self, message: &[u8]) -> Result<[u8; 64]> {
        self.inner.pair.sign(message)
    }
}

/// The keys that vouch for others: this server's authority and the pinned keys of peers.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors {
    authorities: Vec<(Trust, Read)>,
    keys: Vec<(Trust, String)>,
}

impl TrustAnchors {
    pub(super) fn add_authority(&mut self, trust: Trust, der: &[u8]) -> std::result::Result<(), SignatureError> {
        self.authorities.push((trust, certificate::read(der)?));
        Ok(())
    }

    pub(super) fn add_key(&mut self, trust: Trust, kid: String) {
        self.keys.push((trust, kid));
    }

    fn trust(&self, leaf: &Read, kid: &str) -> Trust {
        let issued =
            self.authorities.iter().find(|(_, authority)| leaf.is_issued_by(authority)).map(|(trust, _)| trust);
        let known = || self.keys.iter().find(|(_, known)| known == kid).map(|(trust, _)| trust);
        issued.or_else(known).cloned().unwrap_or(Trust::Unknown)
    }
}

/// Verifies a detached JWS over the RFC 8785 form of `payload`; pure.
///
/// The mathematics must hold and the certificates must fit together; who vouches for them is told in the answer.
pub fn verify_detached(
    payload: &Json,
    jws: &str,
    anchors: &TrustAnchors,
) -> std::result::Result<Verified, SignatureError> {
    let malformed = |what: &str| SignatureError::Malformed(what.to_owned());
    let mut parts = jws.split('.');
    let (Some(header_text), Some(""), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed("not a detached JWS"));
    };
    let header = URL_SAFE_NO_PAD.decode(header_text).map_err(|_| malformed("header is not base64url"))?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| malformed("header"))?;
    if header.alg != "ES256" {
        return Err(SignatureError::Algorithm(header.alg));
    }
    if header.crit.is_some() {
        return Err(malformed("critical header parameters are not understood"));
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed("signature is not base64url"))?;
    if signature.len() != 64 {
        return Err(malformed("signature"));
    }

    let chain = read_chain(&header.x5c)?;
    let leaf = chain.first().ok_or_else(|| SignatureError::Certificate("is missing".into()))?;
    let kid = thumbprint(&leaf.key);
    if kid != header.kid {
        return Err(SignatureError::Certificate("is of another key than kid".into()));
    }
    let payload = canonical_json(payload).map_err(|_| malformed("content is not canonical JSON"))?;
    if !ecdsa::holds(&leaf.key, &signing_input(header_text, &payload), &signature) {
        return Err(SignatureError::Mismatch);
    }

    let signed_at = Timestamp::from_micros(header.iat.saturating_mul(1_000_000));
    Ok(Verified {
        trust: anchors.trust(leaf, &kid),
        kid,
        valid_when_signed: chain.iter().all(|c| c.is_valid_at(signed_at)),
        certificate: leaf.info.clone(),
        signed_at,
    })
}

fn read_chain(x5c: &[String]) -> std::result::Result<Vec<Read>, SignatureError> {
    if x5c.is_empty() || x5c.len() > MOST_CERTIFICATES {
        return Err(SignatureError::Certificate(format!("wanted 1 to {MOST_CERTIFICATES}, found {}", x5c.len())));
    }
    let mut chain = Vec::with_capacity(x5c.len());
    for text in x5c {
        let der = STANDARD.decode(text).map_err(|_| SignatureError::Certificate("is not base64".into()))?;
        chain.push(certificate::read(&der)?);
    }
    if chain[0].is_authority {
        return Err(SignatureError::Certificate("an authority's certificate may not sign contents".into()));
    }
    if chain.windows(2).any(|pair| !pair[0].is_issued_by(&pair[1])) {
        return Err(SignatureError::Certificate("the chain does not fit together".into()));
    }
    Ok(chain)
}

fn signing_input(header: &str, payload: &[u8]) -> Vec<u8> {
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload)).into_bytes()
}

/// RFC 8785 canonical form.
pub fn canonical_json(value: &Json) -> Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).map_err(|e| Error::fault("write canonical JSON", e))
}

/// The public key as a JWK (RFC 7517) without `kid`.
pub(super) fn jwk(key: &VerifyingKey) -> Json {
    let point = key.to_sec1_point(false);
    let coordinate = |at: usize| URL_SAFE_NO_PAD.encode(&point.as_bytes()[at..at + 32]);
    json!({ "crv": "P-256", "kty": "EC", "x": coordinate(1), "y": coordinate(33) })
}

/// JWK thumbprint (RFC 7638): the required members in order are already the canonical form.
pub(super) fn thumbprint(key: &VerifyingKey) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical_json(&jwk(key)).unwrap_or_default()))
}
