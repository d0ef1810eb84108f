//! Qualifying properties (ETSI EN 319 132-1): what is signed about the signature, and what was added to it later.

use super::document::{Document, Found, Node, shortened};
use super::names::{self, SIGNED_PROPERTIES, XADES};
use super::reasons::DUPLICATE_ID;
use super::reference;
use super::signature::{self, Reference, Signature, Transform};
use crate::algorithms::Digest;
use crate::certificate::Certificate;
use crate::context::Evidence;
use crate::reasons::Reason;
use base::Timestamp;

/// Certificates, answers or tokens that are taken from one signature.
const MAX_VALUES: usize = 64;
/// Descriptions of signed parts that are looked at.
const MAX_FORMATS: usize = 1024;

/// What was read, or what is wrong with it.
type Outcome<T> = Result<T, Box<Reason>>;

fn inconsistent(what: &str) -> Box<Reason> {
    Box::new(reference::inconsistent(what))
}

/// What is signed about the signature.
#[derive(Debug)]
pub(super) struct Signed {
    /// SignedProperties.
    pub node: Node,
    pub claimed_at: Option<Timestamp>,
    /// The digests of the certificates that it binds itself to, the signer's first.
    pub certificates: Vec<(Option<Digest>, Vec<u8>)>,
    /// Why it was made: the name of a commitment type.
    pub commitment: Option<String>,
}

/// A time-stamp over the signature: the token and how the signature value is canonicalized for it.
#[derive(Debug)]
pub(super) struct Stamp {
    pub method: super::Method,
    pub tokens: Vec<Vec<u8>>,
}

/// What was added later.
#[derive(Debug, Default)]
pub(super) struct Unsigned {
    pub stamps: Vec<Stamp>,
    pub evidence: Evidence,
    pub counter_signatures: u32,
}

/// The one QualifyingProperties of a signature; none when it is no XAdES.
pub(super) fn qualifying(document: &Document<'_>, signature: &Signature<'_>) -> Outcome<Option<Node>> {
    let mut found = signature.objects.iter().flat_map(|object| document.named(*object, XADES, "QualifyingProperties"));
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(inconsistent("xades:QualifyingProperties")),
    }
}

/// What is signed about the signature. The reference to it must have its type and lead to exactly this element.
pub(super) fn signed(document: &Document<'_>, signature: &Signature<'_>, qualifying: Node) -> Outcome<Signed> {
    const WHAT: &str = "xades:SignedProperties";
    let target = document.attribute(qualifying, "Target").and_then(|target| target.strip_prefix('#'));
    if target.is_none() || document.attribute(signature.node, "Id") != target {
        return Err(inconsistent("Target"));
    }
    let mut found = document.named(qualifying, XADES, "SignedProperties");
    let (Some(node), None) = (found.next(), found.next()) else { return Err(inconsistent(WHAT)) };
    let id = document.attribute(node, "Id").ok_or_else(|| inconsistent(WHAT))?;
    if document.by_id(id) == Found::Several {
        return Err(Box::new(Reason::new(&DUPLICATE_ID).with("id", shortened(id))));
    }
    let is_it = |reference: &&Reference<'_>| reference.uri.and_then(|uri| uri.strip_prefix('#')) == Some(id);
    let mut references = signature.references.iter().filter(|reference| reference.kind == SIGNED_PROPERTIES);
    let (Some(reference), None) = (references.next().filter(is_it), references.next()) else {
        return Err(inconsistent(WHAT));
    };
    if reference.transforms.iter().any(|step| !matches!(step, Transform::Canonical(_))) {
        return Err(inconsistent(WHAT));
    }
    read_signed(document, signature, node)
}

fn read_signed(document: &Document<'_>, signature: &Signature<'_>, node: Node) -> Outcome<Signed> {
    let mut signed = Signed { node, claimed_at: None, certificates: Vec::new(), commitment: None };
    if let Some(properties) = only(document, node, "SignedSignatureProperties")? {
        if let Some(time) = only(document, properties, "SigningTime")? {
            const WHAT: &str = "xades:SigningTime";
            let text = document.leaf(time).ok_or_else(|| inconsistent(WHAT))?;
            signed.claimed_at = Some(moment(text.trim()).ok_or_else(|| inconsistent(WHAT))?);
        }
        for name in ["SigningCertificateV2", "SigningCertificate"] {
            let Some(list) = only(document, properties, name)? else { continue };
            let named: Vec<_> =
                document.named(list, XADES, "Cert").take(MAX_VALUES).map(|cert| bound(document, cert)).collect();
            let named = named.into_iter().collect::<Option<Vec<_>>>().filter(|named| !named.is_empty());
            let named = named.ok_or_else(|| inconsistent("xades:SigningCertificate"))?;
            // Where both are there the newer one is relied upon.
            if signed.certificates.is_empty() {
                signed.certificates = named;
            }
        }
    }
    if let Some(properties) = only(document, node, "SignedDataObjectProperties")? {
        for format in document.named(properties, XADES, "DataObjectFormat").take(MAX_FORMATS) {
            let named = document.attribute(format, "ObjectReference").and_then(|uri| uri.strip_prefix('#'));
            let is_named = |reference: &Reference<'_>| named.is_some() && reference.id == named;
            if !signature.references.iter().any(is_named) {
                return Err(inconsistent("xades:DataObjectFormat"));
            }
        }
        let commitment = document.named(properties, XADES, "CommitmentTypeIndication").next();
        let id = commitment.and_then(|node| document.named(node, XADES, "CommitmentTypeId").next());
        let identifier = id.and_then(|node| document.named(node, XADES, "Identifier").next());
        signed.commitment = identifier.and_then(|node| document.leaf(node)).map(|text| shortened(text.trim()));
    }
    Ok(signed)
}

/// The child of this name; two of them would be read differently by different readers.
fn only(document: &Document<'_>, node: Node, local: &'static str) -> Outcome<Option<Node>> {
    let mut found = document.named(node, XADES, local);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(inconsistent(local)),
    }
}

/// The digest by which a certificate is named.
fn bound(document: &Document<'_>, cert: Node) -> Option<(Option<Digest>, Vec<u8>)> {
    let digest = document.named(cert, XADES, "CertDigest").next()?;
    let method = document.named(digest, names::DS, "DigestMethod").next()?;
    let value = document.named(digest, names::DS, "DigestValue").next()?;
    let known = names::digest(document.attribute(method, "Algorithm")?);
    Some((known, signature::octets(document, value)?))
}

/// An xsd:dateTime; without a zone it is taken as Vietnam's.
fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}+07:00")))
}

/// What was added later, as far as it can be read: nothing of it is signed, so a part that cannot be read is passed over.
pub(super) fn unsigned(document: &Document<'_>, qualifying: Node) -> Unsigned {
    let mut found = Unsigned::default();
    let properties = document.named(qualifying, XADES, "UnsignedProperties").next();
    let properties = properties.and_then(|node| document.named(node, XADES, "UnsignedSignatureProperties").next());
    let Some(properties) = properties else { return found };
    let counter: Vec<Node> = document.named(properties, XADES, "CounterSignature").collect();
    found.counter_signatures = u32::try_from(counter.len()).unwrap_or(u32::MAX);
    for stamp in document.named(properties, XADES, "SignatureTimeStamp").take(MAX_VALUES) {
        let named = document.named(stamp, names::DS, "CanonicalizationMethod").next();
        let method = match named {
            None => Some(super::Method::new(super::Rules::V10)),
            Some(node) => signature::read_canonical(document, node).ok().and_then(Result::ok),
        };
        let tokens = document.named(stamp, XADES, "EncapsulatedTimeStamp").take(MAX_VALUES);
        let tokens = tokens.filter_map(|node| signature::octets(document, node)).collect();
        if let Some(method) = method {
            found.stamps.push(Stamp { method, tokens });
        }
    }
    let values = |local| {
        let all =
            document.all(properties, XADES, local).filter(|node| !counter.iter().any(|c| document.holds(*c, *node)));
        all.take(MAX_VALUES).filter_map(|node| signature::octets(document, node)).collect::<Vec<_>>()
    };
    found.evidence = Evidence {
        certificates: values("EncapsulatedX509Certificate")
            .iter()
            .filter_map(|der| Certificate::parse(der).ok())
            .collect(),
        ocsp: values("EncapsulatedOCSPValue"),
        crls: values("EncapsulatedCRLValue"),
    };
    found
}
