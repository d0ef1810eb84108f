//! Checking the signers of a SignedData (RFC 5652 §5.6) against a content, and judging what they claim.

use super::read::{SignedData, SignerInfo};
use super::{ALGORITHM_PROTECTION, CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2};
use crate::algorithms::{self, Digest, Digests, Rejected, SignatureAlgorithm};
use crate::asn1::{self, Oid, Parsed, Reader, SEQUENCE, SET};
use crate::certificate::Certificate;
use crate::context::Context;
use crate::judge::{Claim, judge};
use crate::reasons::{self, Reason};
use crate::report::{Format, Integrity, SignatureReport};

/// The content that was signed.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// It is inside the object.
    Attached,
    /// It is beside it.
    Bytes(&'a [u8]),
    /// It is beside it and was digested while it was read, under each of [`SignedData::digests`]. A signer without
    /// signed attributes signs the content itself and then remains unknown.
    Digests(&'a Digests),
}

/// Judges every signer.
pub fn verify(data: &SignedData, content: Content<'_>, context: &Context) -> Vec<SignatureReport> {
    // Once for all signers, however many an attacker adds.
    let digests = digested(data, content, &data.digests());
    let others: Vec<Certificate> =
        context.evidence.certificates.iter().chain(&context.archived.certificates).cloned().collect();
    let one = |(index, signer): (usize, &SignerInfo)| {
        let mut claim = claim_digested(data, signer, content, digests.as_ref(), &others);
        claim.place = (index + 1).to_string();
        judge(claim, context)
    };
    data.signers.iter().enumerate().map(one).collect()
}

/// Checks one signer's value and attributes: everything that needs no trust and no time. The certificate is looked for
/// in the object and among `others`.
pub fn claim(data: &SignedData, signer: &SignerInfo, content: Content<'_>, others: &[Certificate]) -> Claim {
    let wanted: Vec<Digest> = signer.digest.into_iter().collect();
    let digests = digested(data, content, &wanted);
    claim_digested(data, signer, content, digests.as_ref(), others)
}

/// The digests of the content, made here unless they came with it.
fn digested(data: &SignedData, content: Content<'_>, wanted: &[Digest]) -> Option<Digests> {
    match content {
        Content::Attached => data.content.as_deref().map(|bytes| Digests::of(bytes, wanted)),
        Content::Bytes(bytes) => Some(Digests::of(bytes, wanted)),
        Content::Digests(digests) => Some(digests.clone()),
    }
}

fn claim_digested(
    data: &SignedData,
    signer: &SignerInfo,
    content: Content<'_>,
    digests: Option<&Digests>,
    others: &[Certificate],
) -> Claim {
    let mut claim = Claim::new(Format::Cms);
    claim.evidence = data.evidence.clone();
    claim.claimed_at = signer.signing_time();
    claim.algorithm = signer.algorithm;
    claim.digests = signer.digest.into_iter().collect();
    claim.timestamps = signer.timestamps();
    claim.timestamped = Digests::of(&signer.signature, &Digest::ALL);
    claim.counter_signatures = u32::try_from(signer.counter_signatures()).unwrap_or(u32::MAX);
    let candidates: Vec<&Certificate> =
        data.evidence.certificates.iter().chain(others).filter(|certificate| signer.names(certificate)).collect();
    let bound = bound_digest(signer);
    match bound {
        Ok(Some((digest, hash))) => {
            claim.signer = candidates.iter().find(|c| digest.of(c.der()) == hash).map(|c| (*c).clone());
            claim.bound = claim.signer.is_some();
            if claim.signer.is_none() && !candidates.is_empty() {
                claim.signer = candidates.first().map(|c| (*c).clone());
                claim.fail(Reason::new(&reasons::CERTIFICATE_SUBSTITUTED));
            }
        }
        Ok(None) => claim.signer = candidates.first().map(|c| (*c).clone()),
        Err(what) => claim.fail(inconsistent(what)),
    }
    if claim.bound {
        claim.format = Format::Cades;
    }
    check_attributes(data, signer, &mut claim);
    check_content(signer, digests, &mut claim);
    check_value(data, signer, content, &mut claim);
    claim
}

fn inconsistent(what: &str) -> Reason {
    Reason::new(&reasons::ATTRIBUTES_INCONSISTENT).with("what", what)
}

fn check_attributes(data: &SignedData, signer: &SignerInfo, claim: &mut Claim) {
    if let (Some(digest), Some(inner)) = (signer.digest, signer.algorithm.and_then(|a| a.digest()))
        && digest != inner
    {
        // RFC 8933: otherwise a content could be exchanged under a weaker digest than the signature's.
        claim.fail(inconsistent("digestAlgorithm"));
    }
    if signer.signed_bytes.is_none() {
        return;
    }
    if signer.algorithm == Some(SignatureAlgorithm::Ed25519) && signer.digest != Some(Digest::Sha512) {
        claim.fail(inconsistent("digestAlgorithm")); // RFC 8419 §3.1
    }
    let twice = |index: usize, id: &Oid| signer.signed[..index].iter().any(|earlier| earlier.id == *id);
    if signer.signed.iter().enumerate().any(|(index, attribute)| twice(index, &attribute.id)) {
        claim.fail(inconsistent("signedAttrs"));
    }
    let named = signer.signed_value(CONTENT_TYPE).and_then(|value| Reader::new(value).any().ok());
    if named.and_then(|value| value.oid().ok()) != Some(data.content_type) {
        claim.fail(inconsistent("contentType"));
    }
    if let Some(protection) = signer.signed_value(ALGORITHM_PROTECTION)
        && !protects(protection, signer).unwrap_or(false)
    {
        claim.fail(inconsistent("CMSAlgorithmProtection"));
    }
}

/// Whether the protected algorithms are those of the signer (RFC 6211 §2).
fn protects(value: &[u8], signer: &SignerInfo) -> Parsed<bool> {
    let mut fields = asn1::only(value, SEQUENCE, "protected algorithms")?.inside();
    let digest = fields.take(SEQUENCE, "a digest algorithm")?;
    let signature = fields.take(asn1::context(1), "a signature algorithm")?;
    let same = |inside: Reader<'_>, beside: &[u8]| -> Parsed<bool> {
        let (mut a, mut b) = (inside, asn1::only(beside, SEQUENCE, "an algorithm")?.inside());
        let names = a.any()?.content == b.any()?.content;
        // Absent and NULL parameters mean the same (RFC 5754 §2).
        let rest = |mut reader: Reader<'_>| -> Parsed<Vec<u8>> {
            if reader.is_empty() {
                return Ok(Vec::new());
            }
            let value = reader.any()?;
            Ok(if value.tag == asn1::NULL { Vec::new() } else { value.raw.to_vec() })
        };
        Ok(names && rest(a)? == rest(b)?)
    };
    Ok(same(digest.inside(), &signer.digest_identifier)? && same(signature.inside(), &signer.algorithm_identifier)?)
}

/// The digest of the certificate that the signer bound itself to (RFC 5035 §5), if it did.
fn bound_digest(signer: &SignerInfo) -> Result<Option<(Digest, Vec<u8>)>, &'static str> {
    const WHAT: &str = "signingCertificate";
    let read = |value: &[u8], is_v2: bool| -> Parsed<Option<(Digest, Vec<u8>)>> {
        let mut list = asn1::only(value, SEQUENCE, WHAT)?.inside().take(SEQUENCE, WHAT)?.inside();
        let mut first = list.take(SEQUENCE, WHAT)?.inside();
        let digest = match first.optional(SEQUENCE)? {
            Some(identifier) if is_v2 => Digest::read(&identifier)?,
            _ if is_v2 => Some(Digest::Sha256),
            _ => Some(Digest::Sha1),
        };
        let hash = first.take(asn1::OCTET_STRING, WHAT)?.content.to_vec();
        Ok(digest.map(|digest| (digest, hash)))
    };
    for (id, is_v2) in [(SIGNING_CERTIFICATE_V2, true), (SIGNING_CERTIFICATE, false)] {
        if signer.signed.iter().any(|attribute| attribute.id == id) {
            let value = signer.signed_value(id).ok_or(WHAT)?;
            return read(value, is_v2).map_err(|_| WHAT)?.map(Some).ok_or(WHAT);
        }
    }
    Ok(None)
}

fn check_content(signer: &SignerInfo, digests: Option<&Digests>, claim: &mut Claim) {
    if signer.signed_bytes.is_none() {
        return; // the value itself is over the content
    }
    let message_digest = signer.signed_value(MESSAGE_DIGEST).and_then(|value| Reader::new(value).any().ok());
    let Some(stated) = message_digest.filter(|value| value.tag == asn1::OCTET_STRING) else {
        return claim.fail(inconsistent("messageDigest"));
    };
    let Some(digest) = signer.digest else {
        return claim.unknown(Reason::new(&reasons::ALGORITHM_UNSUPPORTED).with("algorithm", "?"));
    };
    match digests.and_then(|digests| digests.get(digest)) {
        None => claim.unknown(Reason::new(&reasons::CONTENT_MISSING)),
        Some(found) if found != stated.content => {
            claim.fail(Reason::new(&reasons::CONTENT_CHANGED));
        }
        Some(_) => {}
    }
}

fn check_value(data: &SignedData, signer: &SignerInfo, content: Content<'_>, claim: &mut Claim) {
    let Some(certificate) = claim.signer.clone() else {
        return claim.unknown(Reason::new(&reasons::NO_SIGNER_CERTIFICATE));
    };
    let Some(algorithm) = signer.algorithm else {
        let name = asn1::only(&signer.algorithm_identifier, SEQUENCE, "an algorithm").and_then(|a| a.inside().any());
        let name = name.and_then(|id| id.oid()).map(|id| id.to_string()).unwrap_or_default();
        return claim.unknown(Reason::new(&reasons::ALGORITHM_UNSUPPORTED).with("algorithm", name));
    };
    let holds = |message: &[u8]| algorithms::verify(certificate.spki(), algorithm, message, &signer.signature);
    let outcome = match (&signer.signed_bytes, content) {
        // What is signed is the DER form; where the attributes came in another order, that is made first.
        (Some(signed), _) => holds(signed).or_else(|rejected| sorted(signed).map_or(Err(rejected), |der| holds(&der))),
        (None, Content::Digests(_)) => return claim.unknown(Reason::new(&reasons::CONTENT_MISSING)),
        (None, Content::Attached | Content::Bytes(_)) => {
            let bytes = if let Content::Bytes(bytes) = content { Some(bytes) } else { data.content.as_deref() };
            match bytes {
                // A content that reads as signed attributes may be those of another signature, moved here.
                Some(bytes) if asn1::only(bytes, SET, "attributes").is_ok() => {
                    return claim.fail(inconsistent("signedAttrs"));
                }
                Some(bytes) => holds(bytes),
                None => return claim.unknown(Reason::new(&reasons::CONTENT_MISSING)),
            }
        }
    };
    match outcome {
        Ok(()) if claim.integrity != Integrity::Broken && claim.reasons.is_empty() => {
            claim.integrity = Integrity::Intact;
        }
        Ok(()) => {}
        Err(Rejected::Unsupported) => {
            let name = format!("{} / {}", certificate.info().key, algorithm.label());
            claim.unknown(Reason::new(&reasons::ALGORITHM_UNSUPPORTED).with("algorithm", name));
        }
        Err(Rejected::Mismatch | Rejected::WrongKey) => claim.fail(Reason::new(&reasons::SIGNATURE_MISMATCH)),
    }
}

fn sorted(set: &[u8]) -> Option<Vec<u8>> {
    let items = asn1::only(set, SET, "attributes").ok()?.inside().all(usize::MAX).ok()?;
    let sorted = asn1::set_of(SET, items.iter().map(|item| item.raw.to_vec()).collect());
    (sorted != set).then_some(sorted)
}
