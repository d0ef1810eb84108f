//! Reading SignedData (RFC 5652 §5) within limits, every signed part with the bytes it came in.

use super::{
    ADOBE_REVOCATION, CERTIFICATE_VALUES, COUNTER_SIGNATURE, OCSP_RESPONSE, REVOCATION_VALUES, SIGNATURE_TIMESTAMP,
    SIGNED_DATA, SIGNING_TIME, ber,
};
use crate::algorithms::{Digest, SignatureAlgorithm};
use crate::asn1::{self, Malformed, Oid, Parsed, SEQUENCE, SET, Tlv};
use crate::certificate::Certificate;
use crate::context::Evidence;
use base::Timestamp;
use std::borrow::Cow;

/// Most bytes of one CMS object, attached content included.
pub const MAX_CMS: usize = 64 << 20;
/// Most signers of one object.
const MAX_SIGNERS: usize = 32;
/// Most certificates, revocation lists, attributes or values of one.
const MAX_ITEMS: usize = 256;

/// An attribute with its values (DER).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub(crate) id: Oid,
    pub(crate) values: Vec<Vec<u8>>,
}

/// One signer's part.
#[derive(Debug, Clone)]
pub struct SignerInfo {
    pub(crate) id: SignerId,
    pub(crate) digest: Option<Digest>,
    pub(crate) digest_identifier: Vec<u8>,
    /// The signed attributes as the SET that is signed; none when the content itself is signed.
    pub(crate) signed_bytes: Option<Vec<u8>>,
    pub(crate) signed: Vec<Attribute>,
    pub(crate) algorithm: Option<SignatureAlgorithm>,
    pub(crate) algorithm_identifier: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) unsigned: Vec<Attribute>,
}

/// How the signer's certificate is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignerId {
    IssuerAndSerial { issuer: Vec<u8>, serial: Vec<u8> },
    KeyIdentifier(Vec<u8>),
}

/// The bytes inside a PEM armour (RFC 7468 §9: `PKCS7`, `CMS`); what has none stays as it is.
pub fn unarmoured(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Malformed> {
    let text = bytes.trim_ascii();
    if !text.starts_with(b"-----BEGIN ") {
        return Ok(Cow::Borrowed(bytes));
    }
    let (_, der) = x509_cert::der::pem::decode_vec(text).map_err(|_| Malformed::Expected("PEM"))?;
    Ok(Cow::Owned(der))
}

/// A SignedData that was read.
#[derive(Debug, Clone)]
pub struct SignedData {
    pub(crate) content_type: Oid,
    /// The content where it is attached.
    pub content: Option<Vec<u8>>,
    /// Certificates and revocation answers that came with it, those in attributes included.
    pub evidence: Evidence,
    /// The signers.
    pub signers: Vec<SignerInfo>,
}

impl SignedData {
    /// Reads one: DER, or BER with indefinite lengths; zeros after it are ignored (a PDF pads with them).
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_CMS {
            return Err(Malformed::TooLarge);
        }
        let der = ber::to_der(bytes)?;
        let mut outer = asn1::only(&der, SEQUENCE, "a CMS object")?.inside();
        if outer.take(asn1::OID, "a content type")?.oid()? != SIGNED_DATA {
            return Err(Malformed::Expected("signed data"));
        }
        let wrapped = outer.take(asn1::context(0), "signed data")?;
        outer.finish()?;
        let mut fields = asn1::only(wrapped.content, SEQUENCE, "signed data")?.inside();
        fields.take(asn1::INTEGER, "a version")?;
        fields.take(SET, "digest algorithms")?;
        let mut content_info = fields.take(SEQUENCE, "a content")?.inside();
        let content_type = content_info.take(asn1::OID, "a content type")?.oid()?;
        let content = match content_info.optional(asn1::context(0))? {
            Some(wrapped) => {
                let value = wrapped.inside().any()?;
                // PKCS #7 1.5 lets the content be of any kind; its content bytes are what is digested.
                Some(value.content.to_vec())
            }
            None => None,
        };
        let mut evidence = Evidence::default();
        if let Some(certificates) = fields.optional(asn1::context(0))? {
            read_certificates(certificates, &mut evidence)?;
        }
        if let Some(revocation) = fields.optional(asn1::context(1))? {
            read_revocation(revocation, &mut evidence)?;
        }
        let signers = fields.take(SET, "signers")?.inside().all(MAX_SIGNERS)?;
        fields.finish()?;
        let signers = signers.iter().map(read_signer).collect::<Parsed<Vec<_>>>()?;
        for attribute in signers.iter().flat_map(|signer| signer.signed.iter().chain(&signer.unsigned)) {
            // Values that cannot be read are as if they were not there: they only ever help.
            let _ = read_values(attribute, &mut evidence);
        }
        Ok(Self { content_type, content, evidence, signers })
    }

    /// The digests that the signers use, for a content that is to be digested while it is read.
    pub fn digests(&self) -> Vec<Digest> {
        let mut found: Vec<Digest> = self.signers.iter().filter_map(|signer| signer.digest).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl SignerInfo {
    /// The digest under which the content is signed; none when it is unknown here.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// The signature value, over which a signature time-stamp is made.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The time that the signer claims (RFC 5652 §11.3).
    pub fn signing_time(&self) -> Option<Timestamp> {
        let value = self.signed_value(SIGNING_TIME)?;
        asn1::Reader::new(value).any().and_then(|time| time.time()).ok()
    }

    /// The signature time-stamps (DER).
    pub fn timestamps(&self) -> Vec<Vec<u8>> {
        self.unsigned.iter().filter(|a| a.id == SIGNATURE_TIMESTAMP).flat_map(|a| a.values.clone()).collect()
    }

    /// How many counter-signatures stand on it.
    pub fn counter_signatures(&self) -> usize {
        self.unsigned.iter().filter(|a| a.id == COUNTER_SIGNATURE).map(|a| a.values.len()).sum()
    }

    /// Whether a signed attribute is there, by its dotted identifier.
    pub fn has_signed_attribute(&self, id: &str) -> bool {
        Oid::new(id).is_ok_and(|id| self.signed.iter().any(|attribute| attribute.id == id))
    }

    /// The only value of a signed attribute.
    pub(crate) fn signed_value(&self, id: Oid) -> Option<&[u8]> {
        let attribute = self.signed.iter().find(|attribute| attribute.id == id)?;
        match attribute.values.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Whether `certificate` is the one that the signer is named by.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial && crate::names::same(certificate.issuer(), issuer)
            }
            SignerId::KeyIdentifier(id) => certificate.key_identifier().as_deref() == Some(id),
        }
    }
}

fn read_certificates(set: Tlv<'_>, evidence: &mut Evidence) -> Parsed<()> {
    for item in set.inside().all(MAX_ITEMS)? {
        // Attribute certificates and other formats are passed over, and so is one that cannot be read: the signer's is
        // then missing, which is said.
        if item.tag == SEQUENCE
            && let Ok(certificate) = Certificate::parse(item.raw)
        {
            evidence.certificates.push(certificate);
        }
    }
    Ok(())
}

fn read_revocation(set: Tlv<'_>, evidence: &mut Evidence) -> Parsed<()> {
    for item in set.inside().all(MAX_ITEMS)? {
        if item.tag == SEQUENCE {
            evidence.crls.push(item.raw.to_vec());
        } else if item.tag == asn1::context(1) {
            let mut other = item.inside();
            if other.take(asn1::OID, "a format")?.oid()? == OCSP_RESPONSE {
                evidence.ocsp.push(other.take(SEQUENCE, "an OCSP answer")?.raw.to_vec());
            }
        }
    }
    Ok(())
}

fn read_signer(value: &Tlv<'_>) -> Parsed<SignerInfo> {
    let mut fields = asn1::only(value.raw, SEQUENCE, "a signer")?.inside();
    fields.take(asn1::INTEGER, "a version")?;
    let id = if let Some(id) = fields.optional(asn1::context_primitive(0))? {
        SignerId::KeyIdentifier(id.content.to_vec())
    } else {
        let mut id = fields.take(SEQUENCE, "a signer's name")?.inside();
        let issuer = id.take(SEQUENCE, "an issuer")?.raw.to_vec();
        SignerId::IssuerAndSerial { issuer, serial: id.take(asn1::INTEGER, "a serial number")?.content.to_vec() }
    };
    let digest_identifier = fields.take(SEQUENCE, "a digest algorithm")?;
    let digest = Digest::read(&digest_identifier)?;
    let signed = fields.optional(asn1::context(0))?;
    let algorithm_identifier = fields.take(SEQUENCE, "a signature algorithm")?;
    let algorithm = SignatureAlgorithm::read(&algorithm_identifier, digest)?;
    let signature = fields.take(asn1::OCTET_STRING, "a signature value")?.content.to_vec();
    let unsigned = fields.optional(asn1::context(1))?;
    fields.finish()?;
    Ok(SignerInfo {
        id,
        digest,
        digest_identifier: digest_identifier.raw.to_vec(),
        signed_bytes: signed.map(|attributes| asn1::tlv(SET, attributes.content)),
        signed: signed.map(read_attributes).transpose()?.unwrap_or_default(),
        algorithm,
        algorithm_identifier: algorithm_identifier.raw.to_vec(),
        signature,
        unsigned: unsigned.map(read_attributes).transpose()?.unwrap_or_default(),
    })
}

fn read_attributes(set: Tlv<'_>) -> Parsed<Vec<Attribute>> {
    let read = |value: &Tlv<'_>| {
        let mut fields = asn1::only(value.raw, SEQUENCE, "an attribute")?.inside();
        let id = fields.take(asn1::OID, "an attribute's type")?.oid()?;
        let values = fields.take(SET, "an attribute's values")?.inside().all(MAX_ITEMS)?;
        fields.finish()?;
        Ok(Attribute { id, values: values.iter().map(|value| value.raw.to_vec()).collect() })
    };
    set.inside().all(MAX_ITEMS)?.iter().map(read).collect()
}

/// Takes over certificates and revocation answers from an attribute that holds such.
fn read_values(attribute: &Attribute, evidence: &mut Evidence) -> Parsed<()> {
    for value in &attribute.values {
        if attribute.id == CERTIFICATE_VALUES {
            for item in asn1::only(value, SEQUENCE, "certificates")?.inside().all(MAX_ITEMS)? {
                evidence.certificates.push(Certificate::parse(item.raw)?);
            }
        } else if attribute.id == REVOCATION_VALUES || attribute.id == ADOBE_REVOCATION {
            let mut fields = asn1::only(value, SEQUENCE, "revocation values")?.inside();
            for (tag, into) in [(0, &mut evidence.crls), (1, &mut evidence.ocsp)] {
                if let Some(list) = fields.optional(asn1::context(tag))? {
                    let items = asn1::only(list.content, SEQUENCE, "revocation values")?.inside().all(MAX_ITEMS)?;
                    into.extend(items.iter().map(|item| item.raw.to_vec()));
                }
            }
        }
    }
    Ok(())
}
