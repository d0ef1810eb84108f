//! Making a XAdES-B-B signature (ETSI EN 319 132-1 §6) in two phases: first the bytes to sign, then the document with the signature value, because the key may be far away.

use super::canonical::{Method, Rules, Selection, canonical_bytes, canonicalize};
use super::document::{Document, Found, Node};
use super::names::{self, DS, ENVELOPED, SIGNED_PROPERTIES, XADES};
use super::signature::{self, to_base64};
use super::verify::{holds, signatures};
use super::{Error, MAX_XML};
use crate::algorithms::{Digest, Hasher, SignatureAlgorithm};
use crate::asn1::{self, SEQUENCE};
use crate::certificate::Certificate;
use crate::cms::{MakeError, algorithm_for};
use base::Timestamp;
use serde::{Deserialize, Serialize};

/// How to sign.
#[derive(Debug, Clone)]
pub struct Options {
    /// The digest of content and certificate; also the signature algorithm's.
    pub digest: Digest,
    /// The algorithm; none for the usual one of the key with [`Options::digest`].
    pub algorithm: Option<SignatureAlgorithm>,
    /// The time to claim.
    pub signed_at: Timestamp,
}

impl Options {
    /// SHA-256, the usual algorithm of the key.
    pub fn new(signed_at: Timestamp) -> Self {
        Self { digest: Digest::Sha256, algorithm: None, signed_at }
    }
}

/// A document whose signature waits for its value; it may be stored meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    algorithm: SignatureAlgorithm,
    digest: Digest,
    /// The signer's certificate (DER).
    signer: Vec<u8>,
    document: String,
    /// Where in the document the value belongs, bytes.
    value_at: usize,
    to_sign: Vec<u8>,
}

/// What is signed: a name to put into `URI`, what it is (a media type), its transforms and its digest.
struct Part<'p> {
    uri: String,
    media_type: &'p str,
    transforms: &'p [&'p str],
    digest: Vec<u8>,
}

/// Prepares an enveloped signature over a whole document by the first certificate of `chain`; the others are put beside
/// it. The signature will be the last child of the document element. Refused when a signature is there that the new one
/// would break.
pub fn prepare(xml: &[u8], chain: &[Certificate], options: &Options) -> Result<Prepared, MakeError> {
    let document = Document::parse(xml)?;
    let root = document.root();
    if signatures(&document)?.into_iter().any(|node| covers_all(&document, node)) {
        return Err(MakeError::WouldBreak);
    }
    let method = Method::new(Rules::V10);
    let mut hasher = Hasher::new(options.digest);
    let all = Selection { element: None, without: None };
    canonicalize(&document, all, &method, u64::MAX, &mut |piece| hasher.update(piece))?;
    let transforms = [ENVELOPED, method.uri()];
    let part = Part { uri: String::new(), media_type: "text/xml", transforms: &transforms, digest: hasher.finish() };
    let element = document.element(root).ok_or(Error::Malformed("document element"))?;
    let source = document.source;
    let (before, after) = source.split_at(element.inner_end);
    let opened;
    let closed;
    let (before, after) = match before.strip_suffix("/>") {
        // `<a/>` has to be opened to take the signature.
        Some(start) if element.inner_end == element.span.end => {
            opened = format!("{start}>");
            let colon = if element.prefix.is_empty() { "" } else { ":" };
            closed = format!("</{}{colon}{}>{after}", element.prefix, element.local);
            (opened.as_str(), closed.as_str())
        }
        _ => (before, after),
    };
    let id = free_id(&document, &part.digest);
    build((before, after), &id, &[part], chain, options)
}

/// Prepares a signature over files beside it, each with its name, its media type and its digest under
/// [`Options::digest`]; `frame` is what stands before and after the signature.
pub fn prepare_beside(
    frame: (&str, &str),
    files: &[(String, String, Vec<u8>)],
    chain: &[Certificate],
    options: &Options,
) -> Result<Prepared, MakeError> {
    if files.is_empty() || files.iter().any(|(.., digest)| digest.len() != options.digest.length()) {
        return Err(MakeError::WrongDigest);
    }
    let part = |(name, media_type, digest): &'_ (String, String, Vec<u8>)| {
        (escaped_name(name), media_type.clone(), digest.clone())
    };
    let owned: Vec<_> = files.iter().map(part).collect();
    let parts: Vec<Part<'_>> = owned
        .iter()
        .map(|(uri, media_type, digest)| Part { uri: uri.clone(), media_type, transforms: &[], digest: digest.clone() })
        .collect();
    build(frame, "S-1", &parts, chain, options)
}

/// Whether a signature covers the whole document, so that it breaks when anything is added outside of it.
fn covers_all(document: &Document<'_>, node: Node) -> bool {
    let Ok(signature) = signature::read(document, node) else { return false };
    signature.references.iter().filter_map(|reference| reference.uri).any(|uri| match uri.strip_prefix('#') {
        Some(id) => document.by_id(id) == Found::One(document.root()),
        None => uri.is_empty(),
    })
}

/// An identifier that nothing in the document has.
fn free_id(document: &Document<'_>, digest: &[u8]) -> String {
    let stem = format!("S-{}", hex::encode(&digest[..digest.len().min(8)]));
    let taken = |id: &String| {
        [id.clone(), format!("{id}-value"), format!("{id}-signed"), format!("{id}-1")]
            .iter()
            .any(|id| document.by_id(id) != Found::Nothing)
    };
    let mut numbered = (0_u32..).map(|n| if n == 0 { stem.clone() } else { format!("{stem}-n{n}") });
    numbered.find(|id| !taken(id)).unwrap_or(stem)
}

/// A name as a relative reference (RFC 3986 §3.3, §4.2).
fn escaped_name(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn build(
    (before, after): (&str, &str),
    id: &str,
    parts: &[Part<'_>],
    chain: &[Certificate],
    options: &Options,
) -> Result<Prepared, MakeError> {
    let signer = chain.first().ok_or(MakeError::NoCertificate)?;
    let digest = options.digest;
    let algorithm = algorithm_for(signer, digest, options.algorithm)?;
    let written = match algorithm {
        SignatureAlgorithm::Ecdsa(digest) => SignatureAlgorithm::EcdsaFixed(digest),
        other => other,
    };
    let algorithm_uri = names::signature_uri(written).ok_or(MakeError::WrongAlgorithm)?;
    let digest_uri = names::digest_uri(digest).ok_or(MakeError::WrongAlgorithm)?;
    let exclusive = Method::new(Rules::Exclusive);
    let digested = |value: &[u8]| {
        let value = to_base64(value);
        format!("<ds:DigestMethod Algorithm=\"{digest_uri}\"/><ds:DigestValue>{value}</ds:DigestValue>")
    };
    let transforms = |steps: &[&str]| {
        let each = steps.iter().map(|uri| format!("<ds:Transform Algorithm=\"{uri}\"/>")).collect::<String>();
        if each.is_empty() { each } else { format!("<ds:Transforms>{each}</ds:Transforms>") }
    };
    let mut references = String::new();
    let mut formats = String::new();
    for (index, part) in parts.iter().enumerate() {
        let number = index + 1;
        references.push_str(&format!(
            "<ds:Reference Id=\"{id}-{number}\" URI=\"{}\">{}{}</ds:Reference>",
            escaped(&part.uri),
            transforms(part.transforms),
            digested(&part.digest)
        ));
        formats.push_str(&format!(
            "<xades:DataObjectFormat ObjectReference=\"#{id}-{number}\"><xades:MimeType>{}</xades:MimeType></xades:DataObjectFormat>",
            escaped(part.media_type)
        ));
    }
    let at = options.signed_at.rfc3339();
    let seconds = at.split('.').next().unwrap_or(&at);
    let properties = format!(
        "<ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#{id}\"><xades:SignedProperties Id=\"{id}-signed\"><xades:SignedSignatureProperties><xades:SigningTime>{seconds}Z</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{}</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties><xades:SignedDataObjectProperties>{formats}</xades:SignedDataObjectProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object>",
        digested(&digest.of(signer.der()))
    );
    let certificate = |c: &Certificate| format!("<ds:X509Certificate>{}</ds:X509Certificate>", to_base64(c.der()));
    let key_info = chain.iter().map(certificate).collect::<String>();
    // The digest of the properties is taken where they will stand, so the document is read twice.
    let document = |of_properties: &[u8]| {
        let head = format!(
            "{before}<ds:Signature xmlns:ds=\"{DS}\" Id=\"{id}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{0}\"/><ds:SignatureMethod Algorithm=\"{algorithm_uri}\"/>{references}<ds:Reference Type=\"{SIGNED_PROPERTIES}\" URI=\"#{id}-signed\">{1}{2}</ds:Reference></ds:SignedInfo><ds:SignatureValue Id=\"{id}-value\">",
            exclusive.uri(),
            transforms(&[exclusive.uri()]),
            digested(of_properties)
        );
        let value_at = head.len();
        let whole = format!(
            "{head}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>{key_info}</ds:X509Data></ds:KeyInfo>{properties}</ds:Signature>{after}"
        );
        (whole, value_at)
    };
    let of_properties = {
        let (draft, _) = document(&[]);
        let draft = Document::parse(draft.as_bytes())?;
        let Found::One(node) = draft.by_id(&format!("{id}-signed")) else { return Err(MakeError::Foreign) };
        digest.of(&canonical_bytes(&draft, node, &exclusive, MAX_XML as u64)?)
    };
    let (whole, value_at) = document(&of_properties);
    let to_sign = {
        let read = Document::parse(whole.as_bytes())?;
        let Found::One(node) = read.by_id(id) else { return Err(MakeError::Foreign) };
        let info = read.children(node).next().ok_or(MakeError::Foreign)?;
        canonical_bytes(&read, info, &exclusive, MAX_XML as u64)?
    };
    Ok(Prepared { algorithm, digest, signer: signer.der().to_vec(), document: whole, value_at, to_sign })
}

impl Prepared {
    /// The bytes to sign with [`Prepared::algorithm`].
    pub fn to_sign(&self) -> &[u8] {
        &self.to_sign
    }

    /// Their digest, for tokens and remote services that sign a digest.
    pub fn digest_to_sign(&self) -> Vec<u8> {
        self.digest.of(&self.to_sign)
    }

    /// The digest of [`Prepared::digest_to_sign`].
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The algorithm to sign with.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The signed document. A value of ECDSA may be in DER or `r‖s`. Refused when the value is not one of the
    /// certificate's key, so that a wrong token or a faulty service is found before anybody relies on it.
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<u8>, MakeError> {
        let signer = Certificate::parse(&self.signer)?;
        let fits = |algorithm, value: &[u8]| holds(&signer, algorithm, &self.to_sign, value).is_ok();
        let value = match self.algorithm {
            SignatureAlgorithm::Ecdsa(digest) => {
                let written = SignatureAlgorithm::EcdsaFixed(digest);
                let fixed = fixed(&signer, signature).unwrap_or_else(|| signature.to_vec());
                [signature.to_vec(), fixed].into_iter().find(|value| fits(written, value))
            }
            other => Some(signature.to_vec()).filter(|value| fits(other, value)),
        };
        let value = to_base64(&value.ok_or(MakeError::WrongValue)?);
        let (before, after) = self.document.split_at_checked(self.value_at).ok_or(MakeError::Foreign)?;
        Ok([before, &value, after].concat().into_bytes())
    }
}

/// `r‖s` of a value in DER.
fn fixed(signer: &Certificate, der: &[u8]) -> Option<Vec<u8>> {
    let half = names::half(signer.key_kind()?)?;
    let mut fields = asn1::only(der, SEQUENCE, "a signature").ok()?.inside();
    let mut out = Vec::with_capacity(2 * half);
    for _ in 0..2 {
        let number = fields.take(asn1::INTEGER, "a number").ok()?.content;
        let digits = number.strip_prefix(&[0]).unwrap_or(number);
        out.resize(out.len() + half.checked_sub(digits.len())?, 0);
        out.extend_from_slice(digits);
    }
    fields.finish().ok()?;
    Some(out)
}
