//! The names of XML signatures: namespaces, types of references, and algorithms (XMLDSIG 1.1, RFC 6931, ETSI EN 319 132-1).

use crate::algorithms::{Digest, KeyKind, SignatureAlgorithm};

pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
pub(super) const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub(super) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(super) const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";

const DIGESTS: [(&str, Digest); 4] = [
    ("http://www.w3.org/2000/09/xmldsig#sha1", Digest::Sha1),
    ("http://www.w3.org/2001/04/xmlenc#sha256", Digest::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", Digest::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", Digest::Sha512),
];

const SIGNATURES: [(&str, SignatureAlgorithm); 11] = [
    ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", SignatureAlgorithm::RsaPkcs1(Digest::Sha1)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureAlgorithm::RsaPkcs1(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", SignatureAlgorithm::RsaPkcs1(Digest::Sha384)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", SignatureAlgorithm::RsaPkcs1(Digest::Sha512)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", SignatureAlgorithm::RsaPss(Digest::Sha256)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", SignatureAlgorithm::RsaPss(Digest::Sha384)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", SignatureAlgorithm::RsaPss(Digest::Sha512)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", SignatureAlgorithm::EcdsaFixed(Digest::Sha1)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", SignatureAlgorithm::EcdsaFixed(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", SignatureAlgorithm::EcdsaFixed(Digest::Sha384)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", SignatureAlgorithm::EcdsaFixed(Digest::Sha512)),
];

pub(crate) fn digest(uri: &str) -> Option<Digest> {
    DIGESTS.iter().find(|(known, _)| *known == uri).map(|(_, digest)| *digest)
}

pub(super) fn digest_uri(digest: Digest) -> Option<&'static str> {
    DIGESTS.iter().find(|(_, known)| *known == digest).map(|(uri, _)| *uri)
}

/// The algorithm of this name; MACs are none, since whoever can check one can make it.
pub(super) fn signature(uri: &str) -> Option<SignatureAlgorithm> {
    SIGNATURES.iter().find(|(known, _)| *known == uri).map(|(_, algorithm)| *algorithm)
}

pub(super) fn signature_uri(algorithm: SignatureAlgorithm) -> Option<&'static str> {
    SIGNATURES.iter().find(|(_, known)| *known == algorithm).map(|(uri, _)| *uri)
}

/// The length of one half of `r‖s` for a key, bytes.
pub(super) fn half(key: KeyKind) -> Option<usize> {
    match key {
        KeyKind::P256 => Some(32),
        KeyKind::P384 => Some(48),
        KeyKind::Rsa(_) | KeyKind::Ed25519 => None,
    }
}
