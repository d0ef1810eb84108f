//! Checks every signature of a document and judges what it claims, by the rules that all formats share.

use super::canonical::canonical_bytes;
use super::coverage::{Signed, uncovered};
use super::document::{Document, Node};
use super::names::{self, DS, XADES};
use super::reasons::{COMMENTS_NOT_SIGNED, CONTENT_NOT_SIGNED, PART_SIGNED, SIGNS_NOTHING, names as listed};
use super::reference::{self, Beside, Covered, Fault, unsupported};
use super::signature::{self, Signature};
use super::{Error, xades};
use crate::algorithms::{self, Digest, Digests, Rejected, SignatureAlgorithm};
use crate::asn1;
use crate::certificate::Certificate;
use crate::cms::SignedData;
use crate::context::Context;
use crate::judge::{Claim, judge};
use crate::reasons::{self, Reason};
use crate::report::{Coverage, Format, Integrity, Report, SignatureReport};

/// Signatures of one document.
const MAX_SIGNATURES: usize = 16;
/// Counter-signatures of one document.
const MAX_COUNTERS: usize = 64;
/// How many times the length of a document its signatures may make us write canonically, all together.
const PASSES: u64 = 32;

impl Judged {
    /// The names outside of the document that it covers.
    pub fn outside(&self) -> impl Iterator<Item = &str> {
        self.covered.iter().filter_map(|covered| match covered {
            Covered::Outside(name) => Some(name.as_str()),
            Covered::Document | Covered::Element(_) => None,
        })
    }
}

/// A signature that was judged, with what it covers.
pub(crate) struct Judged {
    pub report: SignatureReport,
    pub covered: Vec<Covered>,
    node: Node,
    objects: Vec<Node>,
}

/// Judges every signature of a document. `beside` is what a reference that points outside of it may lead to.
///
/// # Errors
/// What [`Document::parse`] refuses, and more than a handful of signatures.
pub fn verify(bytes: &[u8], beside: Beside<'_>, context: &Context) -> Result<Report, Error> {
    let document = Document::parse(bytes)?;
    let judged = judge_all(&document, beside, context)?;
    let mut found = Vec::new();
    // What is broken or cannot be told covers nothing; where nothing holds, the signatures' own reasons say enough.
    let intact = judged.iter().filter(|one| one.report.integrity == Integrity::Intact);
    let signed: Vec<Signed<'_>> = intact.map(Judged::signed).collect();
    if !signed.is_empty() {
        let nodes: Vec<Node> = judged.iter().map(|one| one.node).collect();
        let open = uncovered(&document, &signed, &nodes);
        // A document that only carries signatures of something outside has no content of its own.
        if !open.is_empty() {
            found.push(Reason::new(&CONTENT_NOT_SIGNED).with("names", listed(&open)));
        }
        if document.comments > 0 {
            found.push(Reason::new(&COMMENTS_NOT_SIGNED));
        }
    }
    Ok(Report::new(context.at, judged.into_iter().map(|one| one.report).collect(), found))
}

/// Whether a document has a signature over something outside of it.
pub fn needs_content(bytes: &[u8]) -> bool {
    let Ok(document) = Document::parse(bytes) else { return false };
    let Ok(nodes) = signatures(&document) else { return false };
    nodes
        .iter()
        .filter_map(|node| signature::read(&document, *node).ok())
        .any(|signature| signature.references.iter().any(reference::is_outside))
}

/// The certificates that came with the signatures of a document and their time-stamps.
pub(crate) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, Error> {
    let document = Document::parse(bytes)?;
    let mut found = Vec::new();
    for node in signatures(&document)? {
        let Ok(signature) = signature::read(&document, node) else { continue };
        found.extend(signature.certificates.iter().cloned());
        let Ok(Some(qualifying)) = xades::qualifying(&document, &signature) else { continue };
        let unsigned = xades::unsigned(&document, qualifying);
        found.extend(unsigned.evidence.certificates);
        let tokens = unsigned.stamps.iter().flat_map(|stamp| &stamp.tokens).take(MAX_SIGNATURES);
        found.extend(
            tokens.filter_map(|token| SignedData::parse(token).ok()).flat_map(|token| token.evidence.certificates),
        );
    }
    Ok(found)
}

/// The digests that references of a document's signatures ask for.
pub(crate) fn digests(document: &Document<'_>) -> Result<Vec<Digest>, Error> {
    let signatures = signatures(document)?.into_iter().filter_map(|node| signature::read(document, node).ok());
    Ok(signatures.flat_map(|signature| signature.references).filter_map(|reference| reference.digest.ok()).collect())
}

/// Every signature that is one of its own: counter-signatures belong to the signature that carries them.
pub(super) fn signatures(document: &Document<'_>) -> Result<Vec<Node>, Error> {
    let counters = document.all(document.root(), XADES, "CounterSignature").take(MAX_COUNTERS + 1);
    let counters: Vec<Node> = counters.collect();
    let is_counter = |node: &Node| counters.iter().any(|counter| document.holds(*counter, *node));
    let found = document.all(document.root(), DS, "Signature").filter(|node| !is_counter(node));
    let found: Vec<Node> = found.take(MAX_SIGNATURES + 1).collect();
    if found.len() > MAX_SIGNATURES || counters.len() > MAX_COUNTERS { Err(Error::TooLarge) } else { Ok(found) }
}

pub(crate) fn judge_all(document: &Document<'_>, beside: Beside<'_>, context: &Context) -> Result<Vec<Judged>, Error> {
    let nodes = signatures(document)?;
    let others: Vec<Certificate> =
        context.evidence.certificates.iter().chain(&context.archived.certificates).cloned().collect();
    let mut budget = (document.source.len() as u64 + 4096) * PASSES;
    let one = |node: &Node| {
        let mut claim = Claim::new(Format::Xmldsig);
        claim.place = document.path(*node);
        match signature::read(document, *node) {
            Err(what) => {
                claim.fail(Reason::new(&reasons::MALFORMED).with("why", what));
                Judged { report: judge(claim, context), covered: Vec::new(), node: *node, objects: Vec::new() }
            }
            Ok(signature) => {
                let covered = check(document, &signature, beside, &others, &mut budget, &mut claim);
                let mut report = judge(claim, context);
                add_coverage(document, &signature, &covered, &nodes, &mut report);
                Judged { report, covered, node: *node, objects: signature.objects }
            }
        }
    };
    Ok(nodes.iter().map(one).collect())
}

impl Judged {
    fn signed(&self) -> Signed<'_> {
        Signed { node: self.node, objects: self.objects.clone(), covered: &self.covered }
    }
}

/// Fills the claim in: everything that needs no trust and no time.
fn check(
    document: &Document<'_>,
    signature: &Signature<'_>,
    beside: Beside<'_>,
    others: &[Certificate],
    budget: &mut u64,
    claim: &mut Claim,
) -> Vec<Covered> {
    claim.evidence.certificates.clone_from(&signature.certificates);
    claim.algorithm = signature.algorithm.ok();
    claim.digests = signature.references.iter().filter_map(|reference| reference.digest.ok()).collect();
    claim.digests.sort_unstable();
    claim.digests.dedup();
    let mut properties = None;
    match xades::qualifying(document, signature) {
        Ok(None) => claim.signer = leaf(&signature.certificates).cloned(),
        Ok(Some(qualifying)) => {
            later(document, signature, qualifying, budget, claim);
            match xades::signed(document, signature, qualifying) {
                Ok(signed) => {
                    properties = Some(signed.node);
                    claim.claimed_at = signed.claimed_at;
                    claim.purpose.clone_from(&signed.commitment);
                    choose(signature, &signed, others, claim);
                }
                Err(reason) => {
                    claim.signer = leaf(&signature.certificates).cloned();
                    claim.fail(*reason);
                }
            }
        }
        Err(reason) => {
            claim.signer = leaf(&signature.certificates).cloned();
            claim.fail(*reason);
        }
    }
    let covered = check_references(document, signature, beside, budget, claim);
    check_value(document, signature, budget, claim);
    covered.into_iter().filter(|covered| properties.is_none_or(|node| *covered != Covered::Element(node))).collect()
}

/// The signer's certificate where nothing names it: KeyInfo keeps no order, but authorities sign no documents.
fn leaf(certificates: &[Certificate]) -> Option<&Certificate> {
    certificates.iter().find(|certificate| !certificate.is_authority()).or(certificates.first())
}

/// Finds the certificate to which the signature binds itself.
fn choose(signature: &Signature<'_>, signed: &xades::Signed, others: &[Certificate], claim: &mut Claim) {
    let Some((digest, hash)) = signed.certificates.first() else {
        claim.signer = leaf(&signature.certificates).cloned();
        return;
    };
    claim.signer = leaf(&signature.certificates).cloned();
    let Some(digest) = digest else { return claim.unknown(unsupported("xades:CertDigest")) };
    // KeyInfo may leave certificates out; where it has some, other verifiers take the key from there.
    let inside = &claim.evidence.certificates;
    let candidates = if signature.certificates.is_empty() {
        inside.iter().chain(others).collect::<Vec<_>>()
    } else {
        signature.certificates.iter().collect()
    };
    match candidates.into_iter().find(|certificate| digest.of(certificate.der()) == *hash).cloned() {
        Some(found) => {
            claim.signer = Some(found);
            claim.bound = true;
            claim.format = Format::Xades;
        }
        None if claim.signer.is_some() => claim.fail(Reason::new(&reasons::CERTIFICATE_SUBSTITUTED)),
        None => {}
    }
}

/// What was added to the signature after it was made.
fn later(document: &Document<'_>, signature: &Signature<'_>, qualifying: Node, budget: &mut u64, claim: &mut Claim) {
    let unsigned = xades::unsigned(document, qualifying);
    claim.evidence.extend(&unsigned.evidence);
    claim.counter_signatures = unsigned.counter_signatures;
    let Some(first) = unsigned.stamps.first() else { return };
    let Ok(bytes) = canonical_bytes(document, signature.value_node, &first.method, *budget) else {
        return claim.reasons.push(Reason::new(&reasons::TIMESTAMP_UNPROVEN));
    };
    *budget -= (bytes.len() as u64).min(*budget);
    claim.timestamped = Digests::of(&bytes, &Digest::ALL);
    let (same, other): (Vec<_>, Vec<_>) = unsigned.stamps.iter().partition(|stamp| stamp.method == first.method);
    claim.timestamps = same.into_iter().flat_map(|stamp| stamp.tokens.iter().cloned()).collect();
    if !other.is_empty() {
        claim.reasons.push(Reason::new(&reasons::TIMESTAMP_UNPROVEN));
    }
}

fn check_references(
    document: &Document<'_>,
    signature: &Signature<'_>,
    beside: Beside<'_>,
    budget: &mut u64,
    claim: &mut Claim,
) -> Vec<Covered> {
    let outside = signature.references.iter().filter(|reference| reference::is_outside(reference)).count();
    // One content at hand can be what one reference means, not what two do.
    let beside = if outside > 1 && matches!(beside, Beside::Content(_)) { Beside::Nothing } else { beside };
    let mut covered = Vec::new();
    for reference in &signature.references {
        match reference::check(document, signature, reference, beside, budget) {
            Ok(target) if covered.contains(&target) => {}
            Ok(target) => covered.push(target),
            Err(Fault::Bad(reason)) => add_once(claim, *reason, Claim::fail),
            Err(Fault::Unknown(reason)) => add_once(claim, *reason, Claim::unknown),
        }
    }
    covered
}

fn add_once(claim: &mut Claim, reason: Reason, add: fn(&mut Claim, Reason)) {
    if !claim.reasons.contains(&reason) {
        add(claim, reason);
    }
}

fn check_value(document: &Document<'_>, signature: &Signature<'_>, budget: &mut u64, claim: &mut Claim) {
    let Some(certificate) = claim.signer.clone() else {
        return claim.unknown(Reason::new(&reasons::NO_SIGNER_CERTIFICATE));
    };
    let (method, algorithm) = match (&signature.canonical, &signature.algorithm) {
        (Ok(method), Ok(algorithm)) => (method, *algorithm),
        (Err(name), _) | (_, Err(name)) => return claim.unknown(unsupported(name)),
    };
    let bytes = match canonical_bytes(document, signature.signed_info, method, *budget) {
        Ok(bytes) => bytes,
        Err(Error::Unsupported) => return claim.unknown(unsupported("xml:base")),
        Err(error) => return claim.fail(Reason::new(&reasons::MALFORMED).with("why", error)),
    };
    *budget -= (bytes.len() as u64).min(*budget);
    match holds(&certificate, algorithm, &bytes, &signature.value) {
        Ok(()) => {
            let is_clean = claim.reasons.iter().all(|reason| reason.severity < crate::Severity::Unknown);
            if claim.integrity != Integrity::Broken && is_clean {
                claim.integrity = Integrity::Intact;
            }
        }
        Err(Rejected::Unsupported) => {
            let name = format!("{} / {}", certificate.info().key, algorithm.label());
            claim.unknown(unsupported(&name));
        }
        Err(Rejected::Mismatch | Rejected::WrongKey) => claim.fail(Reason::new(&reasons::SIGNATURE_MISMATCH)),
    }
}

/// Checks a value as XML carries it: that of ECDSA is `r‖s`, each as long as the curve's order.
pub(super) fn holds(
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    value: &[u8],
) -> Result<(), Rejected> {
    let SignatureAlgorithm::EcdsaFixed(digest) = algorithm else {
        return algorithms::verify(certificate.spki(), algorithm, message, value);
    };
    let key = certificate.key_kind().ok_or(Rejected::Unsupported)?;
    let half = names::half(key).ok_or(Rejected::WrongKey)?;
    if value.len() != 2 * half {
        return Err(Rejected::Mismatch);
    }
    let (r, s) = value.split_at(half);
    let number = |digits: &[u8]| {
        let significant = digits.iter().position(|byte| *byte != 0).map_or(&[][..], |first| &digits[first..]);
        asn1::integer(significant)
    };
    let der = asn1::sequence(&[&number(r), &number(s)]);
    algorithms::verify(certificate.spki(), SignatureAlgorithm::Ecdsa(digest), message, &der)
}

fn add_coverage(
    document: &Document<'_>,
    signature: &Signature<'_>,
    covered: &[Covered],
    nodes: &[Node],
    report: &mut SignatureReport,
) {
    let mut coverage = Coverage::default();
    let is_content = |node: Node| {
        let is_own = document.holds(signature.node, node);
        !is_own || signature.objects.iter().any(|object| document.holds(*object, node))
    };
    for target in covered {
        match target {
            Covered::Document => {
                coverage.ranges.push((0, document.source.len() as u64));
                coverage.names.push("/".to_owned());
            }
            Covered::Element(node) if is_content(*node) => {
                if let Some(element) = document.element(*node) {
                    coverage.ranges.push((element.span.start as u64, element.span.len() as u64));
                }
                coverage.names.push(document.path(*node));
            }
            Covered::Element(_) => {}
            Covered::Outside(name) => coverage.names.push(name.clone()),
        }
    }
    let root = document.root();
    let holds_root = covered.iter().any(|target| match target {
        Covered::Document => true,
        Covered::Element(node) => *node == root,
        Covered::Outside(_) => false,
    });
    let outside = covered.iter().filter(|target| matches!(target, Covered::Outside(_))).count();
    let is_outside = outside > 0 && outside == coverage.names.len();
    let signed = Signed { node: signature.node, objects: signature.objects.clone(), covered };
    let is_complete = || uncovered(document, &[signed], nodes).is_empty();
    coverage.whole =
        (holds_root || is_outside || (signature.node == root && !coverage.names.is_empty())) && is_complete();
    if coverage.names.is_empty() && report.integrity == Integrity::Intact {
        report.add(Reason::new(&SIGNS_NOTHING));
    } else if !coverage.whole && !coverage.names.is_empty() {
        report.add(Reason::new(&PART_SIGNED).with("names", listed(&coverage.names)));
    }
    report.coverage = Some(coverage);
}
