//! Adding to a finished signature what proves it later, without touching what is signed: a time-stamp (B-T), certificates and revocation answers (B-LT).

use super::canonical::canonical_bytes;
use super::document::{Document, Node};
use super::names::{DS, XADES};
use super::signature::{self, to_base64};
use super::verify::signatures;
use super::{MAX_XML, Method, Rules, xades};
use crate::algorithms::{Digest, Digests};
use crate::cms::MakeError;
use crate::context::Evidence;
use crate::{revocation, timestamp};

/// The canonical bytes of the signature value that a time-stamp covers (ETSI EN 319 132-1 §5.3), for the signature at
/// `index` in the order of the report.
pub fn to_timestamp(xml: &[u8], index: usize) -> Result<Vec<u8>, MakeError> {
    let document = Document::parse(xml)?;
    let node = *signatures(&document)?.get(index).ok_or(MakeError::NoSigner)?;
    let signature = signature::read(&document, node).map_err(|_| MakeError::NoSigner)?;
    Ok(canonical_bytes(&document, signature.value_node, &Method::new(Rules::Exclusive), MAX_XML as u64)?)
}

/// Adds a signature time-stamp (a token, DER, over [`to_timestamp`]) to the signature at `index`; refused when its
/// imprint is not of that signature's value.
pub fn add_timestamp(xml: &[u8], index: usize, token: &[u8]) -> Result<Vec<u8>, MakeError> {
    if !timestamp::covers(token, &Digests::of(&to_timestamp(xml, index)?, &Digest::ALL))? {
        return Err(MakeError::Foreign);
    }
    let method = Method::new(Rules::Exclusive);
    let property = format!(
        "<xades:SignatureTimeStamp xmlns:xades=\"{XADES}\"><ds:CanonicalizationMethod xmlns:ds=\"{DS}\" Algorithm=\"{}\"/><xades:EncapsulatedTimeStamp>{}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>",
        method.uri(),
        to_base64(token)
    );
    add_property(xml, index, &property)
}

/// Adds certificates and revocation answers (CertificateValues and RevocationValues); answers that cannot be read are
/// refused.
pub fn add_evidence(xml: &[u8], index: usize, evidence: &Evidence) -> Result<Vec<u8>, MakeError> {
    let each = |name: &str, values: &[Vec<u8>]| {
        values.iter().map(|value| format!("<xades:{name}>{}</xades:{name}>", to_base64(value))).collect::<String>()
    };
    let certificates: Vec<Vec<u8>> = evidence.certificates.iter().map(|c| c.der().to_vec()).collect();
    let ocsp = evidence.ocsp.iter().map(|answer| revocation::whole_ocsp_response(answer));
    let ocsp = ocsp.collect::<Result<Vec<_>, _>>()?;
    evidence.crls.iter().try_for_each(|list| revocation::read_crl(list).map(|_| ()))?;
    let mut property = String::new();
    if !certificates.is_empty() {
        let values = each("EncapsulatedX509Certificate", &certificates);
        property
            .push_str(&format!("<xades:CertificateValues xmlns:xades=\"{XADES}\">{values}</xades:CertificateValues>"));
    }
    let wrap = |name: &str, values: String| {
        if values.is_empty() { values } else { format!("<xades:{name}>{values}</xades:{name}>") }
    };
    let crls = wrap("CRLValues", each("EncapsulatedCRLValue", &evidence.crls));
    let ocsp = wrap("OCSPValues", each("EncapsulatedOCSPValue", &ocsp));
    if !(crls.is_empty() && ocsp.is_empty()) {
        let values = format!("<xades:RevocationValues xmlns:xades=\"{XADES}\">{crls}{ocsp}</xades:RevocationValues>");
        property.push_str(&values);
    }
    add_property(xml, index, &property)
}

/// Puts a property behind the unsigned ones of a signature, and makes room for it where there is none.
fn add_property(xml: &[u8], index: usize, property: &str) -> Result<Vec<u8>, MakeError> {
    let document = Document::parse(xml)?;
    let node = *signatures(&document)?.get(index).ok_or(MakeError::NoSigner)?;
    let signature = signature::read(&document, node).map_err(|_| MakeError::NoSigner)?;
    let qualifying = xades::qualifying(&document, &signature).ok().flatten().ok_or(MakeError::NoSigner)?;
    let child = |parent: Node, local| document.named(parent, XADES, local).next();
    let unsigned = child(qualifying, "UnsignedProperties");
    let properties = unsigned.and_then(|unsigned| child(unsigned, "UnsignedSignatureProperties"));
    let wrap = |name: &str, inner: &str| format!("<xades:{name} xmlns:xades=\"{XADES}\">{inner}</xades:{name}>");
    let (parent, text) = match (unsigned, properties) {
        (_, Some(properties)) => (properties, property.to_owned()),
        (Some(unsigned), None) => (unsigned, wrap("UnsignedSignatureProperties", property)),
        (None, None) => (qualifying, wrap("UnsignedProperties", &wrap("UnsignedSignatureProperties", property))),
    };
    let element = document.element(parent).ok_or(MakeError::NoSigner)?;
    if element.inner_end == element.span.end {
        return Err(MakeError::NoSigner); // an empty-element tag, which no program writes there
    }
    let (before, after) = document.source.split_at(element.inner_end);
    Ok([before, &text, after].concat().into_bytes())
}
