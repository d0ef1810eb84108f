//! Adding to a finished signature what proves it later, without touching what is signed: a time-stamp (B-T), certificates and revocation answers (B-LT).

use super::make::{MakeError, attribute};
use super::read::SignedData;
use super::{OCSP_RESPONSE, SIGNATURE_TIMESTAMP, ber};
use crate::algorithms::{Digest, Digests};
use crate::asn1::{self, Parsed, SEQUENCE, SET, Tlv};
use crate::context::Evidence;
use crate::{revocation, timestamp};

/// The parts of a SignedData with their bytes.
struct Parts<'a> {
    outer_type: Tlv<'a>,
    version: Tlv<'a>,
    digests: Tlv<'a>,
    content: Tlv<'a>,
    certificates: Vec<Vec<u8>>,
    revocation: Vec<Vec<u8>>,
    signers: Vec<Vec<u8>>,
}

fn split(der: &[u8]) -> Parsed<Parts<'_>> {
    let mut outer = asn1::only(der, SEQUENCE, "a CMS object")?.inside();
    let outer_type = outer.take(asn1::OID, "a content type")?;
    let wrapped = outer.take(asn1::context(0), "signed data")?;
    let mut fields = asn1::only(wrapped.content, SEQUENCE, "signed data")?.inside();
    let version = fields.take(asn1::INTEGER, "a version")?;
    let digests = fields.take(SET, "digest algorithms")?;
    let content = fields.take(SEQUENCE, "a content")?;
    let certificates = fields.optional(asn1::context(0))?.map(items).transpose()?.unwrap_or_default();
    let revocation = fields.optional(asn1::context(1))?.map(items).transpose()?.unwrap_or_default();
    let signers = items(fields.take(SET, "signers")?)?;
    Ok(Parts { outer_type, version, digests, content, certificates, revocation, signers })
}

fn items(set: Tlv<'_>) -> Parsed<Vec<Vec<u8>>> {
    Ok(set.inside().all(usize::MAX)?.iter().map(|item| item.raw.to_vec()).collect())
}

impl Parts<'_> {
    fn join(self) -> Vec<u8> {
        let some = |tag, mut items: Vec<Vec<u8>>| {
            items.sort();
            items.dedup();
            if items.is_empty() { Vec::new() } else { asn1::tlv(tag, &items.concat()) }
        };
        let signed_data = asn1::sequence(&[
            self.version.raw,
            self.digests.raw,
            self.content.raw,
            &some(asn1::context(0), self.certificates),
            &some(asn1::context(1), self.revocation),
            // The order of signers is kept: places in reports count them.
            &asn1::tlv(SET, &self.signers.concat()),
        ]);
        asn1::sequence(&[self.outer_type.raw, &asn1::tlv(asn1::context(0), &signed_data)])
    }
}

/// Adds a signature time-stamp (a token, DER) to the signer at `index`; refused when its imprint is not of that signer's
/// signature value.
pub fn add_timestamp(cms: &[u8], index: usize, token: &[u8]) -> Result<Vec<u8>, MakeError> {
    let der = ber::to_der(cms)?;
    let read = SignedData::parse(&der)?;
    let signer = read.signers.get(index).ok_or(MakeError::NoSigner)?;
    let covered = Digests::of(signer.signature(), &Digest::ALL);
    if !timestamp::covers(token, &covered)? {
        return Err(MakeError::Foreign);
    }
    let mut parts = split(&der)?;
    let raw = parts.signers.get(index).cloned().ok_or(MakeError::NoSigner)?;
    let mut fields = asn1::only(&raw, SEQUENCE, "a signer")?.inside().all(usize::MAX)?;
    let mut attributes = match fields.last() {
        Some(last) if last.tag == asn1::context(1) => {
            let attributes = items(*last)?;
            fields.pop();
            attributes
        }
        _ => Vec::new(),
    };
    attributes.push(attribute(&SIGNATURE_TIMESTAMP, token));
    let unsigned = asn1::set_of(asn1::context(1), attributes);
    let before: Vec<u8> = fields.iter().flat_map(|field| field.raw).copied().collect();
    parts.signers[index] = asn1::sequence(&[&before, &unsigned]);
    Ok(parts.join())
}

/// Adds certificates and revocation answers (ETSI EN 319 122-1 §5.4 and §6.3: into `certificates` and `crls`, OCSP
/// answers by RFC 5940); answers that cannot be read are refused.
pub fn add_evidence(cms: &[u8], evidence: &Evidence) -> Result<Vec<u8>, MakeError> {
    let der = ber::to_der(cms)?;
    let mut parts = split(&der)?;
    parts.certificates.extend(evidence.certificates.iter().map(|certificate| certificate.der().to_vec()));
    for list in &evidence.crls {
        asn1::only(list, SEQUENCE, "a revocation list")?;
        parts.revocation.push(list.clone());
    }
    for answer in &evidence.ocsp {
        let whole = revocation::whole_ocsp_response(answer)?;
        let other = asn1::sequence(&[&asn1::oid(&OCSP_RESPONSE), &whole]);
        parts.revocation.push(asn1::retag(asn1::context(1), &other));
    }
    // Version 5 once another format of revocation information is there (RFC 5652 §5.1).
    let version = asn1::integer(&[5]);
    if parts.revocation.iter().any(|item| item.first() == Some(&asn1::context(1))) {
        parts.version = asn1::only(&version, asn1::INTEGER, "a version")?;
        return Ok(parts.join());
    }
    Ok(parts.join())
}
