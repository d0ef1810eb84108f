//! One `ds:Signature` element taken apart, strictly after its schema (XMLDSIG 1.1 §4).

use super::canonical::{Method, Rules};
use super::document::{Document, Node};
use super::names::{self, DS, EXCLUSIVE};
use crate::algorithms::{Digest, SignatureAlgorithm};
use crate::certificate::Certificate;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// References of one signature.
const MAX_REFERENCES: usize = 1024;
/// Transforms of one reference.
const MAX_TRANSFORMS: usize = 8;
/// Certificates of one signature.
const MAX_CERTIFICATES: usize = 32;

/// Base64 as others write it: with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One step of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Transform {
    Enveloped,
    Canonical(Method),
    Base64,
    /// What is not done here, by its name.
    Other(String),
}

#[derive(Debug)]
pub(super) struct Reference<'d> {
    pub id: Option<&'d str>,
    pub uri: Option<&'d str>,
    pub kind: &'d str,
    pub transforms: Vec<Transform>,
    /// The digest, or the name that is not known.
    pub digest: Result<Digest, &'d str>,
    pub value: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Signature<'d> {
    pub node: Node,
    pub signed_info: Node,
    /// The canonical form of SignedInfo, or the name that is not known.
    pub canonical: Result<Method, &'d str>,
    /// The algorithm, or the name that is not known.
    pub algorithm: Result<SignatureAlgorithm, &'d str>,
    pub references: Vec<Reference<'d>>,
    pub value_node: Node,
    pub value: Vec<u8>,
    pub certificates: Vec<Certificate>,
    pub objects: Vec<Node>,
}

type Parsed<T> = Result<T, &'static str>;

/// Base64 with blanks anywhere.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let packed: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).collect();
    BASE64.decode(packed).ok()
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Reads one; the error names the part that is not as the schema has it.
pub(super) fn read<'d>(document: &'d Document<'_>, node: Node) -> Parsed<Signature<'d>> {
    const WHAT: &str = "ds:Signature";
    let mut parts = Parts::of(document, node, WHAT)?;
    let signed_info = parts.take("SignedInfo", "ds:SignedInfo")?;
    let value_node = parts.take("SignatureValue", "ds:SignatureValue")?;
    let value = octets(document, value_node).ok_or("ds:SignatureValue")?;
    let key_info = parts.optional("KeyInfo");
    let objects: Vec<Node> = std::iter::from_fn(|| parts.optional("Object")).collect();
    parts.finish()?;

    let mut parts = Parts::of(document, signed_info, "ds:SignedInfo")?;
    let canonical = parts.take("CanonicalizationMethod", "ds:CanonicalizationMethod")?;
    let method = parts.take("SignatureMethod", "ds:SignatureMethod")?;
    // HMACOutputLength and parameters that are not known would change what the value means.
    if document.children(method).next().is_some() {
        return Err("ds:SignatureMethod");
    }
    let mut references = Vec::new();
    while let Some(reference) = parts.optional("Reference") {
        if references.len() >= MAX_REFERENCES {
            return Err("ds:Reference");
        }
        references.push(read_reference(document, reference)?);
    }
    parts.finish()?;
    if references.is_empty() {
        return Err("ds:Reference");
    }
    let uri = algorithm(document, method)?;
    Ok(Signature {
        node,
        signed_info,
        canonical: read_canonical(document, canonical)?,
        algorithm: names::signature(uri).ok_or(uri),
        references,
        value_node,
        value,
        certificates: key_info.map(|info| certificates(document, info)).transpose()?.unwrap_or_default(),
        objects,
    })
}

/// The children of an element in their order.
struct Parts<'d, 'a> {
    document: &'d Document<'a>,
    children: std::iter::Peekable<std::vec::IntoIter<Node>>,
    what: &'static str,
}

impl<'d, 'a> Parts<'d, 'a> {
    fn of(document: &'d Document<'a>, node: Node, what: &'static str) -> Parsed<Self> {
        if !document.has_no_text(node) {
            return Err(what);
        }
        let children: Vec<Node> = document.children(node).take(2 * MAX_REFERENCES).collect();
        Ok(Self { document, children: children.into_iter().peekable(), what })
    }

    fn optional(&mut self, local: &str) -> Option<Node> {
        self.children.next_if(|child| self.document.is(*child, DS, local))
    }

    fn take(&mut self, local: &str, what: &'static str) -> Parsed<Node> {
        self.optional(local).ok_or(what)
    }

    fn finish(mut self) -> Parsed<()> {
        if self.children.next().is_none() { Ok(()) } else { Err(self.what) }
    }
}

fn algorithm<'d>(document: &'d Document<'_>, node: Node) -> Parsed<&'d str> {
    document.attribute(node, "Algorithm").ok_or("Algorithm")
}

/// The octets of an element with base64 inside and nothing else.
pub(crate) fn octets(document: &Document<'_>, node: Node) -> Option<Vec<u8>> {
    base64(document.leaf(node)?)
}

/// A canonical form with its prefixes; the inner error is the name that is not known.
pub(super) fn read_canonical<'d>(document: &'d Document<'_>, node: Node) -> Parsed<Result<Method, &'d str>> {
    const WHAT: &str = "InclusiveNamespaces";
    let uri = algorithm(document, node)?;
    let Some(mut method) = Method::from_uri(uri) else { return Ok(Err(uri)) };
    let mut children = document.children(node);
    if let Some(listed) = children.next() {
        if method.rules != Rules::Exclusive || !document.is(listed, EXCLUSIVE, WHAT) || children.next().is_some() {
            return Err(WHAT);
        }
        let list = document.attribute(listed, "PrefixList").unwrap_or_default();
        let prefix = |word: &str| if word == "#default" { String::new() } else { word.to_owned() };
        method.prefixes = list.split_ascii_whitespace().map(prefix).collect();
    }
    Ok(Ok(method))
}

fn read_reference<'d>(document: &'d Document<'_>, node: Node) -> Parsed<Reference<'d>> {
    let mut parts = Parts::of(document, node, "ds:Reference")?;
    let transforms = parts.optional("Transforms");
    let method = parts.take("DigestMethod", "ds:DigestMethod")?;
    let value = parts.take("DigestValue", "ds:DigestValue")?;
    parts.finish()?;
    let uri = algorithm(document, method)?;
    let mut steps = Vec::new();
    if let Some(transforms) = transforms {
        let mut parts = Parts::of(document, transforms, "ds:Transforms")?;
        while let Some(transform) = parts.optional("Transform") {
            if steps.len() >= MAX_TRANSFORMS {
                return Err("ds:Transforms");
            }
            steps.push(match algorithm(document, transform)? {
                names::ENVELOPED => Transform::Enveloped,
                names::BASE64 => Transform::Base64,
                _ => match read_canonical(document, transform)? {
                    Ok(method) => Transform::Canonical(method),
                    Err(other) => Transform::Other(other.to_owned()),
                },
            });
        }
        parts.finish()?;
    }
    Ok(Reference {
        id: document.attribute(node, "Id"),
        uri: document.attribute(node, "URI"),
        kind: document.attribute(node, "Type").unwrap_or_default(),
        transforms: steps,
        digest: names::digest(uri).ok_or(uri),
        value: octets(document, value).ok_or("ds:DigestValue")?,
    })
}

/// The certificates of KeyInfo; keys and names beside them are hints and nothing is taken from them.
fn certificates(document: &Document<'_>, key_info: Node) -> Parsed<Vec<Certificate>> {
    const WHAT: &str = "ds:X509Certificate";
    let mut found = Vec::new();
    for data in document.named(key_info, DS, "X509Data") {
        for node in document.named(data, DS, "X509Certificate") {
            if found.len() >= MAX_CERTIFICATES {
                return Err(WHAT);
            }
            let der = octets(document, node).ok_or(WHAT)?;
            // One that cannot be read is no candidate; it may be an authority's that is of no use here.
            found.extend(Certificate::parse(&der));
        }
    }
    Ok(found)
}
