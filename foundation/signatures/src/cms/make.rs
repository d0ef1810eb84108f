//! Making a CAdES-B-B signature (ETSI EN 319 122-1 §6) in two phases: first the bytes to sign, then the object around the signature value, because the key may be far away.

use super::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::algorithms::{self, Digest, SignatureAlgorithm};
use crate::asn1::{self, Oid, SET};
use crate::certificate::Certificate;
use base::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a signature cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// There is no certificate to sign with.
    #[error("no certificate to sign with")]
    NoCertificate,
    /// The digest has not the length of its algorithm.
    #[error("the digest has the wrong length")]
    WrongDigest,
    /// The algorithm is not made here (SHA-1, unknown keys) or does not fit the key.
    #[error("this algorithm is not used for new signatures with this key")]
    WrongAlgorithm,
    /// The signature value is not one of the certificate's key over the bytes to sign.
    #[error("the signature value does not belong to the certificate")]
    WrongValue,
    /// An object to add to cannot be read.
    #[error("the signature cannot be read: {0}")]
    Malformed(#[from] asn1::Malformed),
    /// An XML document to sign or to add to cannot be read.
    #[error(transparent)]
    Xml(#[from] crate::xml::Error),
    /// A signature is there already that another one would break.
    #[error("a signature that covers the whole document is there already")]
    WouldBreak,
    /// There is no such signer.
    #[error("there is no such signer")]
    NoSigner,
    /// What is added does not belong to the signature.
    #[error("what is added does not belong to the signature")]
    Foreign,
}

/// How to sign.
#[derive(Debug, Clone)]
pub struct Options {
    /// The digest of content and certificate; also the signature algorithm's (RFC 8933); SHA-512 for Ed25519 (RFC 8419).
    pub digest: Digest,
    /// The algorithm; none for the usual one of the key with [`Options::digest`].
    pub algorithm: Option<SignatureAlgorithm>,
    /// The time to claim; none for PAdES, where the PDF says it (ETSI EN 319 142-1 §6.3).
    pub signed_at: Option<Timestamp>,
    /// The content to put inside; none for a detached signature.
    pub attached: Option<Vec<u8>>,
}

impl Default for Options {
    /// SHA-256, detached, no claimed time.
    fn default() -> Self {
        Self { digest: Digest::Sha256, algorithm: None, signed_at: None, attached: None }
    }
}

/// A signature that waits for its value; it may be stored meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    algorithm: SignatureAlgorithm,
    digest: Digest,
    /// The certificates (DER), the signer's first.
    chain: Vec<Vec<u8>>,
    content_type: String,
    content: Option<Vec<u8>>,
    /// The signed attributes as the SET that is signed.
    attributes: Vec<u8>,
}

/// Prepares a signature over a content of this digest (under [`Options::digest`]) by the first certificate of `chain`;
/// the others are put beside it.
pub fn prepare(chain: &[Certificate], content_digest: &[u8], options: &Options) -> Result<Prepared, MakeError> {
    prepare_as(DATA, chain, content_digest, options)
}

pub(crate) fn prepare_as(
    content_type: Oid,
    chain: &[Certificate],
    content_digest: &[u8],
    options: &Options,
) -> Result<Prepared, MakeError> {
    let signer = chain.first().ok_or(MakeError::NoCertificate)?;
    let digest = options.digest;
    if content_digest.len() != digest.length() {
        return Err(MakeError::WrongDigest);
    }
    let algorithm = algorithm_for(signer, digest, options.algorithm)?;
    let identifier = algorithm.identifier().ok_or(MakeError::WrongAlgorithm)?;
    let mut attributes = vec![
        attribute(&CONTENT_TYPE, &asn1::oid(&content_type)),
        attribute(&MESSAGE_DIGEST, &asn1::octets(content_digest)),
        attribute(&SIGNING_CERTIFICATE_V2, &signing_certificate(signer, digest)),
        attribute(
            &ALGORITHM_PROTECTION,
            &asn1::sequence(&[&digest.identifier(), &asn1::retag(asn1::context(1), &identifier)]),
        ),
    ];
    attributes.extend(options.signed_at.map(|at| attribute(&SIGNING_TIME, &asn1::signing_time(at))));
    Ok(Prepared {
        algorithm,
        digest,
        chain: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
        content_type: content_type.to_string(),
        content: options.attached.clone(),
        attributes: asn1::set_of(SET, attributes),
    })
}

/// The algorithm to sign with: `wanted`, or the usual one of the signer's key, with this digest.
pub(crate) fn algorithm_for(
    signer: &Certificate,
    digest: Digest,
    wanted: Option<SignatureAlgorithm>,
) -> Result<SignatureAlgorithm, MakeError> {
    let key = signer.key_kind().ok_or(MakeError::WrongAlgorithm)?;
    let usual = match SignatureAlgorithm::default_for(key) {
        SignatureAlgorithm::RsaPkcs1(_) => SignatureAlgorithm::RsaPkcs1(digest),
        SignatureAlgorithm::Ecdsa(_) => SignatureAlgorithm::Ecdsa(digest),
        SignatureAlgorithm::Ed25519 if digest != Digest::Sha512 => return Err(MakeError::WrongAlgorithm),
        other => other,
    };
    let algorithm = wanted.unwrap_or(usual);
    if digest == Digest::Sha1 || algorithm.digest().is_some_and(|inner| inner != digest) || !algorithm.is_for(key) {
        return Err(MakeError::WrongAlgorithm);
    }
    Ok(algorithm)
}

/// An Attribute with one value.
pub(crate) fn attribute(id: &Oid, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(id), &asn1::tlv(SET, value)])
}

/// SigningCertificateV2 (RFC 5035 §4) that names one certificate by digest, issuer and serial number.
fn signing_certificate(certificate: &Certificate, digest: Digest) -> Vec<u8> {
    // SHA-256 is the default and then left out (DER).
    let algorithm = if digest == Digest::Sha256 { Vec::new() } else { digest.identifier() };
    let directory_name = asn1::tlv(asn1::context(4), certificate.issuer());
    let serial = asn1::tlv(asn1::INTEGER, certificate.serial());
    let issuer_serial = asn1::sequence(&[&asn1::sequence(&[&directory_name]), &serial]);
    let hash = asn1::octets(&digest.of(certificate.der()));
    let id = asn1::sequence(&[&algorithm, &hash, &issuer_serial]);
    asn1::sequence(&[&asn1::sequence(&[&id])])
}

impl Prepared {
    /// The bytes to sign with [`Prepared::algorithm`].
    pub fn to_sign(&self) -> &[u8] {
        &self.attributes
    }

    /// Their digest, for tokens and remote services that sign a digest.
    pub fn digest_to_sign(&self) -> Vec<u8> {
        self.digest.of(&self.attributes)
    }

    /// The digest of [`Prepared::digest_to_sign`].
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The algorithm to sign with.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The object (DER). Refused when the value is not one of the certificate's key, so that a wrong token or a faulty
    /// service is found before anybody relies on it.
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<u8>, MakeError> {
        let signer = Certificate::parse(self.chain.first().ok_or(MakeError::NoCertificate)?)?;
        algorithms::verify(signer.spki(), self.algorithm, &self.attributes, signature)
            .map_err(|_| MakeError::WrongValue)?;
        let identifier = self.algorithm.identifier().ok_or(MakeError::WrongAlgorithm)?;
        let content_type = Oid::new(&self.content_type).map_err(|_| MakeError::WrongDigest)?;
        let is_data = content_type == DATA;
        let issuer_and_serial = asn1::sequence(&[signer.issuer(), &asn1::tlv(asn1::INTEGER, signer.serial())]);
        let signer_info = asn1::sequence(&[
            &asn1::integer(&[1]),
            &issuer_and_serial,
            &self.digest.identifier(),
            &asn1::retag(asn1::context(0), &self.attributes),
            &identifier,
            &asn1::octets(signature),
        ]);
        let content = self.content.as_ref().map(|bytes| asn1::tlv(asn1::context(0), &asn1::octets(bytes)));
        let content_info = asn1::sequence(&[&asn1::oid(&content_type), &content.unwrap_or_default()]);
        let mut certificates = self.chain.clone();
        certificates.sort();
        certificates.dedup();
        let signed_data = asn1::sequence(&[
            // Version 3 where the content is not plain data (RFC 5652 §5.1).
            &asn1::integer(&[if is_data { 1 } else { 3 }]),
            &asn1::tlv(SET, &self.digest.identifier()),
            &content_info,
            &asn1::set_of(asn1::context(0), certificates),
            &asn1::tlv(SET, &signer_info),
        ]);
        Ok(asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &asn1::tlv(asn1::context(0), &signed_data)]))
    }
}
