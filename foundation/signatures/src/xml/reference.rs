//! What a `ds:Reference` points to, and the digest of it after its transforms (XMLDSIG 1.1 §4.4.3). Nothing is ever fetched.

use super::Error;
use super::canonical::{Method, Rules, Selection, canonicalize};
use super::document::{Content, Document, Found, Node, shortened};
use super::reasons::DUPLICATE_ID;
use super::signature::{self, Reference, Signature, Transform};
use crate::algorithms::{Digest, Digests, Hasher};
use crate::reasons::{self, Reason};

/// What is at hand beside the document.
#[derive(Clone, Copy)]
pub enum Beside<'b> {
    /// Nothing.
    Nothing,
    /// One content, for the one reference that points outside.
    Content(&'b Digests),
    /// Files by their names, as in a container.
    Files(&'b dyn Fn(&str) -> Option<&'b Digests>),
}

/// What a reference covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Covered {
    /// The whole document but the signature itself.
    Document,
    /// An element; the signature inside it is left out.
    Element(Node),
    /// Something outside, by its name.
    Outside(String),
}

/// Why a reference does not cover what it names.
#[derive(Debug)]
pub(super) enum Fault {
    /// The digest is not as stated, or the reference is not sound.
    Bad(Box<Reason>),
    /// It cannot be told.
    Unknown(Box<Reason>),
}

fn bad(reason: Reason) -> Fault {
    Fault::Bad(Box::new(reason))
}

fn unknown(reason: Reason) -> Fault {
    Fault::Unknown(Box::new(reason))
}

pub(crate) fn unsupported(name: &str) -> Reason {
    Reason::new(&reasons::ALGORITHM_UNSUPPORTED).with("algorithm", shortened(name))
}

pub(super) fn inconsistent(what: &str) -> Reason {
    Reason::new(&reasons::ATTRIBUTES_INCONSISTENT).with("what", what)
}

/// Whether a reference points outside the document.
pub(super) fn is_outside(reference: &Reference<'_>) -> bool {
    reference.uri.is_none_or(|uri| !uri.is_empty() && !uri.starts_with('#'))
}

/// Checks one reference; `budget` is how many more canonical bytes may be made of this document.
pub(super) fn check(
    document: &Document<'_>,
    signature: &Signature<'_>,
    reference: &Reference<'_>,
    beside: Beside<'_>,
    budget: &mut u64,
) -> Result<Covered, Fault> {
    let digest = reference.digest.map_err(|name| unknown(unsupported(name)))?;
    if let Some(Transform::Other(name)) = reference.transforms.iter().find(|step| matches!(step, Transform::Other(_))) {
        return Err(unknown(unsupported(name)));
    }
    let (covered, found) = if is_outside(reference) {
        outside(reference, beside, digest)?
    } else {
        let target = target(document, signature, reference.uri.unwrap_or_default())?;
        let found = inside(document, signature, reference, target, digest, budget)?;
        (target.map_or(Covered::Document, Covered::Element), found)
    };
    if found == reference.value { Ok(covered) } else { Err(bad(Reason::new(&reasons::CONTENT_CHANGED))) }
}

fn outside(reference: &Reference<'_>, beside: Beside<'_>, digest: Digest) -> Result<(Covered, Vec<u8>), Fault> {
    let uri = reference.uri.unwrap_or_default();
    if !reference.transforms.is_empty() {
        return Err(unknown(unsupported("ds:Transform")));
    }
    let name = unescaped(uri).ok_or_else(|| bad(inconsistent("URI")))?;
    let digests = match beside {
        Beside::Nothing => None,
        Beside::Content(digests) => Some(digests),
        Beside::Files(files) => files(&name),
    };
    let found = digests.and_then(|digests| digests.get(digest));
    let found = found.ok_or_else(|| unknown(Reason::new(&reasons::CONTENT_MISSING)))?;
    Ok((Covered::Outside(name), found.to_vec()))
}

/// A name with its percent escapes resolved (RFC 3986 §2.1).
pub(crate) fn unescaped(uri: &str) -> Option<String> {
    let mut out = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?);
            rest = &after[2..];
        } else {
            out.push(*first);
        }
    }
    String::from_utf8(out).ok()
}

/// The element that a same-document reference names; none for the whole document.
fn target(document: &Document<'_>, signature: &Signature<'_>, uri: &str) -> Result<Option<Node>, Fault> {
    let Some(id) = uri.strip_prefix('#') else { return Ok(None) };
    if id.starts_with("xpointer(") {
        return Err(unknown(unsupported(uri)));
    }
    match document.by_id(id) {
        Found::Several => Err(bad(Reason::new(&DUPLICATE_ID).with("id", shortened(id)))),
        Found::Nothing => Err(bad(Reason::new(&reasons::CONTENT_CHANGED))),
        // Its own SignedInfo or value cannot be what a signature is about.
        Found::One(node) if node == signature.node => Err(bad(inconsistent("URI"))),
        Found::One(node)
            if document.holds(signature.signed_info, node) || document.holds(signature.value_node, node) =>
        {
            Err(bad(inconsistent("URI")))
        }
        Found::One(node) => Ok(Some(node)),
    }
}

fn inside(
    document: &Document<'_>,
    signature: &Signature<'_>,
    reference: &Reference<'_>,
    target: Option<Node>,
    digest: Digest,
    budget: &mut u64,
) -> Result<Vec<u8>, Fault> {
    let mut selection = Selection { element: target, without: None };
    let mut steps = reference.transforms.iter().peekable();
    if steps.next_if(|step| **step == Transform::Enveloped).is_some() {
        // Many signers of a part name the transform though their signature stands elsewhere; nothing is left out then.
        selection.without = Some(signature.node).filter(|own| target.is_none_or(|target| document.holds(target, *own)));
    }
    let last = steps.next();
    if steps.next().is_some() {
        return Err(unknown(unsupported("ds:Transforms")));
    }
    let method = match last {
        None => Method::new(Rules::V10),
        // Comments are no part of what such a reference selects (XMLDSIG 1.1 §4.4.3.3).
        Some(Transform::Canonical(method)) => Method { comments: false, ..method.clone() },
        Some(Transform::Base64) => {
            let octets = decoded(document, selection).ok_or_else(|| bad(inconsistent("base64")))?;
            return Ok(digest.of(&octets));
        }
        Some(Transform::Enveloped | Transform::Other(_)) => {
            return Err(unknown(unsupported("ds:Transforms")));
        }
    };
    let too_much =
        |error: Error| unknown(Reason::new(&reasons::MALFORMED).with("why", error).weighing(crate::Severity::Unknown));
    if *budget == 0 {
        return Err(too_much(Error::TooLarge));
    }
    let mut hasher = Hasher::new(digest);
    match canonicalize(document, selection, &method, *budget, &mut |piece| hasher.update(piece)) {
        Ok(length) => {
            *budget -= length.min(*budget);
            Ok(hasher.finish())
        }
        Err(Error::Unsupported) => Err(unknown(unsupported("xml:base"))),
        Err(error) => {
            *budget = 0;
            Err(too_much(error))
        }
    }
}

/// The octets of all text in a selection, which is base64.
fn decoded(document: &Document<'_>, selection: Selection) -> Option<Vec<u8>> {
    let range = selection.element.map_or(0..document.nodes.len(), |node| node..document.end(node));
    let mut text = String::new();
    for node in range {
        if selection.without.is_some_and(|without| document.holds(without, node)) {
            continue;
        }
        if let Content::Text(piece) = &document.nodes[node].content {
            text.push_str(piece);
        }
    }
    signature::base64(&text)
}
