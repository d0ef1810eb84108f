//! Certificates (X.509, RFC 5280) as they are read from a signature: the facts that people are shown and that a path is built from.

use crate::algorithms::{self, Digest, KeyKind, SignatureAlgorithm};
use crate::asn1::{self, Malformed, Oid, Parsed, SEQUENCE, Tlv};
use base::{AgencyCode, Timestamp};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::{Decode as _, Tag, Tagged as _};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, CertificatePolicies, CrlDistributionPoints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};

/// Most bytes of one certificate; real ones hold one to four thousand.
pub const MAX_CERTIFICATE: usize = 64 << 10;

const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");
const SURNAME: Oid = Oid::new_unwrap("2.5.4.4");
const SERIAL_NUMBER: Oid = Oid::new_unwrap("2.5.4.5");
const ORGANIZATION: Oid = Oid::new_unwrap("2.5.4.10");
const UNIT: Oid = Oid::new_unwrap("2.5.4.11");
const TITLE: Oid = Oid::new_unwrap("2.5.4.12");
const GIVEN_NAME: Oid = Oid::new_unwrap("2.5.4.42");
/// `organizationIdentifier` (ETSI EN 319 412-1 §5.1.4), with the local scheme `MD` (mã định danh điện tử).
const ORGANIZATION_IDENTIFIER: Oid = Oid::new_unwrap("2.5.4.97");
/// `UID` (RFC 4519 §2.39), in which Vietnamese authorities write `MST:…`, `CCCD:…`, `CMND:…`.
const USER_ID: Oid = Oid::new_unwrap("0.9.2342.19200300.100.1.1");
const OCSP: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.2");
const AGENCY_SCHEME: &str = "MD:VN-";

/// Whose certificate it is, as far as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderKind {
    /// A natural person.
    Person,
    /// An agency or organisation (its seal).
    Organisation,
    /// The certificate does not tell.
    Unknown,
}

/// A number by which the state knows the holder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "number")]
pub enum NationalId {
    /// Tax code (mã số thuế).
    TaxCode(String),
    /// Citizen's identity number (số định danh cá nhân, căn cước công dân).
    CitizenId(String),
    /// Old identity card (chứng minh nhân dân).
    IdentityCard(String),
    /// Passport (hộ chiếu).
    Passport(String),
    /// Budget-relation code (mã quan hệ ngân sách).
    BudgetCode(String),
}

/// The facts of one certificate, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateInfo {
    /// The subject's common name.
    pub name: String,
    /// The organisation that the subject belongs to or is.
    pub organisation: Option<String>,
    /// The unit within it.
    pub unit: Option<String>,
    /// The subject's title.
    pub title: Option<String>,
    /// The whole subject (RFC 4514).
    pub subject: String,
    /// The issuer's common name.
    pub issuer_name: String,
    /// The whole issuer (RFC 4514).
    pub issuer: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
    /// Whose it is.
    pub holder: HolderKind,
    /// The agency code that it names (organizationIdentifier `MD:VN-<code>`).
    pub agency_code: Option<AgencyCode>,
    /// Tax code, citizen's number and the like.
    pub national_ids: Vec<NationalId>,
    /// What the key may be used for (RFC 5280 §4.2.1.3), by its names there.
    pub key_usage: Vec<String>,
    /// Certificate policies, dotted.
    pub policies: Vec<String>,
    /// Kind of the key, e.g. `RSA 2048`.
    pub key: String,
    /// SHA-256 of the DER, hexadecimal.
    pub fingerprint: String,
}

/// Where to fetch what a certificate's judgement needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// OCSP responders.
    pub ocsp: Vec<String>,
    /// Revocation lists.
    pub crls: Vec<String>,
    /// The issuer's certificate.
    pub issuers: Vec<String>,
}

/// A certificate with the bytes it came in; cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    tbs: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    spki: Range<usize>,
    key: Range<usize>,
    serial: Range<usize>,
    signature: Range<usize>,
    algorithm: Option<SignatureAlgorithm>,
    parsed: x509_cert::Certificate,
    fingerprint: [u8; 32],
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({})", self.0.parsed.tbs_certificate().subject())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.fingerprint == other.0.fingerprint
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one (DER).
    pub fn parse(der: &[u8]) -> Result<Self, Malformed> {
        if der.len() > MAX_CERTIFICATE {
            return Err(Malformed::TooLarge);
        }
        let within = |part: &[u8]| {
            let start = part.as_ptr() as usize - der.as_ptr() as usize;
            start..start + part.len()
        };
        let mut outer = asn1::only(der, SEQUENCE, "a certificate")?.inside();
        let tbs = outer.take(SEQUENCE, "a certificate")?;
        let identifier = outer.take(SEQUENCE, "a signature algorithm")?;
        let signature = outer.take(asn1::BIT_STRING, "a signature")?.bits()?;
        outer.finish()?;
        let mut fields = tbs.inside();
        fields.optional(asn1::context(0))?;
        let serial = fields.take(asn1::INTEGER, "a serial number")?;
        let inner_identifier = fields.take(SEQUENCE, "a signature algorithm")?;
        let issuer = fields.take(SEQUENCE, "an issuer")?;
        fields.take(SEQUENCE, "a validity")?;
        let subject = fields.take(SEQUENCE, "a subject")?;
        let spki = fields.take(SEQUENCE, "a public key")?;
        if identifier.raw != inner_identifier.raw {
            return Err(Malformed::Expected("the same algorithm inside and outside")); // RFC 5280 §4.1.1.2
        }
        let parsed = x509_cert::Certificate::from_der(der).map_err(|_| Malformed::Expected("a certificate"))?;
        let key = key_bits(&spki)?;
        let (tbs, issuer, subject) = (within(tbs.raw), within(issuer.raw), within(subject.raw));
        let (spki, key, serial, signature) = (within(spki.raw), within(key), within(serial.content), within(signature));
        let algorithm = SignatureAlgorithm::read(&identifier, None)?;
        let fingerprint = Digest::Sha256.of(der).try_into().map_err(|_| Malformed::TooLarge)?;
        let der = der.to_vec();
        let inner = Inner { der, tbs, issuer, subject, spki, key, serial, signature, algorithm, parsed, fingerprint };
        Ok(Self(Arc::new(inner)))
    }

    /// Reads certificates from PEM or one from DER; other PEM blocks are passed over.
    pub fn parse_many(bytes: &[u8]) -> Result<Vec<Self>, Malformed> {
        if bytes.first() == Some(&SEQUENCE) {
            return Ok(vec![Self::parse(bytes)?]);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed::Expected("PEM or DER"))?;
        let mut found = Vec::new();
        for block in text.split("-----BEGIN CERTIFICATE-----").skip(1) {
            let body = block.split("-----END CERTIFICATE-----").next().unwrap_or_default();
            let wrapped = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body.trim());
            let (_, der) =
                x509_cert::der::pem::decode_vec(wrapped.as_bytes()).map_err(|_| Malformed::Expected("PEM"))?;
            found.push(Self::parse(&der)?);
        }
        Ok(found)
    }

    /// The bytes it came in.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SubjectPublicKeyInfo (DER).
    pub fn spki(&self) -> &[u8] {
        &self.0.der[self.0.spki.clone()]
    }

    /// The bits of the public key alone, from which OCSP and key identifiers are made.
    pub(crate) fn key_bits(&self) -> &[u8] {
        &self.0.der[self.0.key.clone()]
    }

    /// The issuer's name (DER).
    pub fn issuer(&self) -> &[u8] {
        &self.0.der[self.0.issuer.clone()]
    }

    /// The subject's name (DER).
    pub fn subject(&self) -> &[u8] {
        &self.0.der[self.0.subject.clone()]
    }

    /// The serial number: the content of its INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.0.der[self.0.serial.clone()]
    }

    /// SHA-256 of the DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint
    }

    /// The kind of its key; none when it is unknown here.
    pub fn key_kind(&self) -> Option<KeyKind> {
        algorithms::key_kind(self.spki())
    }

    /// The algorithm with which its issuer signed it; none when it is unknown here.
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.0.algorithm
    }

    /// Valid from.
    pub fn not_before(&self) -> Timestamp {
        moment(&self.parsed().validity().not_before)
    }

    /// Valid until.
    pub fn not_after(&self) -> Timestamp {
        moment(&self.parsed().validity().not_after)
    }

    /// Whether it was within its validity then.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        self.not_before() <= at && at <= self.not_after()
    }

    /// Whether subject and issuer are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Whether the key of `issuer` made the signature on it; names and rights of the issuer are not looked at.
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        let Some(algorithm) = self.0.algorithm else { return false };
        let tbs = &self.0.der[self.0.tbs.clone()];
        algorithms::verify(issuer.spki(), algorithm, tbs, &self.0.der[self.0.signature.clone()]).is_ok()
    }

    pub(crate) fn parsed(&self) -> &x509_cert::TbsCertificate {
        self.0.parsed.tbs_certificate()
    }

    /// The agency code that it names.
    pub fn agency_code(&self) -> Option<AgencyCode> {
        self.texts(ORGANIZATION_IDENTIFIER)
            .iter()
            .find_map(|id| AgencyCode::parse(id.strip_prefix(AGENCY_SCHEME)?).ok())
    }

    /// Tax code, citizen's number and the like, written `MST:…` in UID, serialNumber or organizationIdentifier.
    pub fn national_ids(&self) -> Vec<NationalId> {
        let fields = [USER_ID, SERIAL_NUMBER, ORGANIZATION_IDENTIFIER];
        fields.into_iter().flat_map(|field| self.texts(field)).filter_map(|text| national_id(&text)).collect()
    }

    /// Whose it is, as far as it says: somebody with a personal number, or a surname and given name, is a person; an
    /// agency code or tax code without those is an organisation's.
    pub fn holder(&self) -> HolderKind {
        let ids = self.national_ids();
        let personal = |id: &NationalId| {
            matches!(id, NationalId::CitizenId(_) | NationalId::IdentityCard(_) | NationalId::Passport(_))
        };
        let has = |field| !self.texts(field).is_empty();
        // A person of an agency has a serial number in the name that is not the agency's own.
        let organisations =
            |text: &String| matches!(national_id(text), Some(NationalId::TaxCode(_) | NationalId::BudgetCode(_)));
        let numbered =
            self.agency_code().is_some() && self.texts(SERIAL_NUMBER).iter().any(|text| !organisations(text));
        if ids.iter().any(personal) || has(GIVEN_NAME) || has(SURNAME) || has(TITLE) || numbered {
            HolderKind::Person
        } else if self.agency_code().is_some() || !ids.is_empty() {
            HolderKind::Organisation
        } else {
            HolderKind::Unknown
        }
    }

    /// What the key may be used for; none when the certificate does not limit it.
    pub(crate) fn key_usage(&self) -> Option<KeyUsage> {
        self.parsed().get_extension::<KeyUsage>().ok().flatten().map(|(_, usage)| usage)
    }

    /// The subject key identifier, where it is stated (RFC 5280 §4.2.1.2).
    pub(crate) fn key_identifier(&self) -> Option<Vec<u8>> {
        let found = self.parsed().get_extension::<SubjectKeyIdentifier>().ok().flatten();
        found.map(|(_, id)| id.0.as_bytes().to_vec())
    }

    /// Where its revocation can be asked for and its issuer be had, as `http` addresses (RFC 5280 §4.2.1.13, §4.2.2.1).
    pub fn addresses(&self) -> Addresses {
        let mut out = Addresses::default();
        let uri = |name: &GeneralName| match name {
            GeneralName::UniformResourceIdentifier(uri) if uri.as_str().starts_with("http") => {
                Some(uri.as_str().to_owned())
            }
            _ => None,
        };
        if let Ok(Some((_, access))) = self.parsed().get_extension::<AuthorityInfoAccessSyntax>() {
            for description in &access.0 {
                match description.access_method {
                    OCSP => out.ocsp.extend(uri(&description.access_location)),
                    CA_ISSUERS => out.issuers.extend(uri(&description.access_location)),
                    _ => {}
                }
            }
        }
        if let Ok(Some((_, points))) = self.parsed().get_extension::<CrlDistributionPoints>() {
            for point in &points.0 {
                if let Some(DistributionPointName::FullName(names)) = &point.distribution_point {
                    out.crls.extend(names.iter().filter_map(uri));
                }
            }
        }
        out
    }

    /// The facts, for people.
    pub fn info(&self) -> CertificateInfo {
        let tbs = self.parsed();
        let first = |field| self.texts(field).into_iter().next();
        let usage = self.key_usage().map(|usage| usage_names(&usage)).unwrap_or_default();
        let policies = tbs.get_extension::<CertificatePolicies>().ok().flatten();
        let policies = policies.map(|(_, p)| p.0.iter().map(|p| p.policy_identifier.to_string()).collect());
        CertificateInfo {
            name: first(COMMON_NAME).unwrap_or_else(|| tbs.subject().to_string()),
            organisation: first(ORGANIZATION),
            unit: first(UNIT),
            title: first(TITLE),
            subject: tbs.subject().to_string(),
            issuer_name: common_name(tbs.issuer()).unwrap_or_else(|| tbs.issuer().to_string()),
            issuer: tbs.issuer().to_string(),
            serial: hex::encode(self.serial()),
            not_before: self.not_before(),
            not_after: self.not_after(),
            holder: self.holder(),
            agency_code: self.agency_code(),
            national_ids: self.national_ids(),
            key_usage: usage,
            policies: policies.unwrap_or_default(),
            key: self.key_kind().map_or_else(|| "?".to_owned(), KeyKind::label),
            fingerprint: hex::encode(self.0.fingerprint),
        }
    }

    fn texts(&self, field: Oid) -> Vec<String> {
        self.parsed().subject().iter().filter(|part| part.oid == field).map(text_of).collect()
    }
}

fn common_name(name: &x509_cert::name::Name) -> Option<String> {
    name.iter().find(|part| part.oid == COMMON_NAME).map(text_of)
}

/// The text of an attribute; BMPString is UTF-16 (X.690 §8.23), everything else is read as UTF-8.
pub(crate) fn text_of(part: &AttributeTypeAndValue) -> String {
    let bytes = part.value.value();
    if part.value.tag() == Tag::BmpString {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn national_id(text: &str) -> Option<NationalId> {
    let (scheme, number) = text.split_once(':')?;
    let number = number.trim().to_owned();
    if number.is_empty() || number.len() > 35 {
        return None;
    }
    match scheme.trim().to_ascii_uppercase().as_str() {
        "MST" => Some(NationalId::TaxCode(number)),
        "CCCD" | "CC" | "SDDCN" => Some(NationalId::CitizenId(number)),
        "CMND" | "CMT" => Some(NationalId::IdentityCard(number)),
        "HC" => Some(NationalId::Passport(number)),
        "MNS" | "MQHNS" => Some(NationalId::BudgetCode(number)),
        _ => None,
    }
}

fn usage_names(usage: &KeyUsage) -> Vec<String> {
    let names = [
        (KeyUsages::DigitalSignature, "digitalSignature"),
        (KeyUsages::NonRepudiation, "nonRepudiation"),
        (KeyUsages::KeyEncipherment, "keyEncipherment"),
        (KeyUsages::DataEncipherment, "dataEncipherment"),
        (KeyUsages::KeyAgreement, "keyAgreement"),
        (KeyUsages::KeyCertSign, "keyCertSign"),
        (KeyUsages::CRLSign, "cRLSign"),
    ];
    names.into_iter().filter(|(bit, _)| usage.0.contains(*bit)).map(|(_, name)| name.to_owned()).collect()
}

fn moment(time: &x509_cert::time::Time) -> Timestamp {
    Timestamp::from_micros(i64::try_from(time.to_unix_duration().as_micros()).unwrap_or(i64::MAX))
}

fn key_bits<'a>(spki: &Tlv<'a>) -> Parsed<&'a [u8]> {
    let mut fields = spki.inside();
    fields.take(SEQUENCE, "a key algorithm")?;
    fields.take(asn1::BIT_STRING, "a public key")?.bits()
}
