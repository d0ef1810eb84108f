//! X.509 certificates of this server's authority (RFC 5280): made, read, and checked one step up.

use super::{SignatureError, ecdsa};
use crate::error::{Error, Result};
use base::{AgencyCode, Random, Timestamp};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::der::asn1::{GeneralizedTime, Ia5String, ObjectIdentifier, PrintableString, Utf8StringRef};
use x509_cert::der::{Any, Decode as _, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
/// `organizationIdentifier` (ETSI EN 319 412-1 §5.1.4), with the local scheme `MD` (mã định danh điện tử).
const ORGANIZATION_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.97");
const AGENCY_SCHEME: &str = "MD:VN-";
const DAY: i64 = 86_400;

/// The facts of one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateInfo {
    /// The subject's common name.
    pub name: String,
    /// The agency code that the certificate names (organizationIdentifier `MD:VN-<code>`).
    pub agency_code: Option<AgencyCode>,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 of the DER, hexadecimal.
    pub fingerprint: String,
}

/// What a certificate is to say.
pub(super) enum Kind<'a> {
    /// The server's own authority.
    Authority { origin: &'a str },
    /// The server's key.
    Server { origin: &'a str },
    /// An agency's seal.
    Seal { agency: &'a AgencyCode, name: &'a str },
    /// A person's key.
    Person { person: &'a str, name: &'a str, agency: &'a AgencyCode },
}

impl Kind<'_> {
    fn lifetime_days(&self) -> i64 {
        match self {
            Self::Authority { .. } => 20 * 365,
            Self::Server { .. } | Self::Seal { .. } => 5 * 365,
            Self::Person { .. } => 3 * 365,
        }
    }

    fn subject(&self) -> Result<Name> {
        let mut parts = vec![(COUNTRY, "VN".to_owned())];
        match self {
            Self::Authority { origin } => {
                parts.push((ORGANIZATION, (*origin).to_owned()));
                parts.push((COMMON_NAME, authority_name(origin)));
            }
            Self::Server { origin } => {
                parts.push((ORGANIZATION, (*origin).to_owned()));
                parts.push((COMMON_NAME, (*origin).to_owned()));
            }
            Self::Seal { agency, name } => {
                parts.push((ORGANIZATION, (*name).to_owned()));
                parts.push((ORGANIZATION_IDENTIFIER, format!("{AGENCY_SCHEME}{agency}")));
                parts.push((COMMON_NAME, (*name).to_owned()));
            }
            Self::Person { person, name, agency } => {
                parts.push((ORGANIZATION_IDENTIFIER, format!("{AGENCY_SCHEME}{agency}")));
                parts.push((COMMON_NAME, (*name).to_owned()));
                parts.push((SERIAL_NUMBER, (*person).to_owned()));
            }
        }
        name_of(&parts)
    }
}

struct Profile<'a> {
    kind: &'a Kind<'a>,
    subject: Name,
    issuer: Option<Name>,
}

impl BuilderProfile for Profile<'_> {
    fn get_issuer(&self, subject: &Name) -> Name {
        self.issuer.clone().unwrap_or_else(|| subject.clone())
    }
    fn get_subject(&self) -> Name {
        self.subject.clone()
    }
    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &x509_cert::TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let is_authority = matches!(self.kind, Kind::Authority { .. });
        let usage = if is_authority {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
        };
        let subject = tbs.subject();
        let mut out = vec![
            BasicConstraints { ca: is_authority, path_len_constraint: is_authority.then_some(0) }
                .to_extension(subject, &[])?,
            KeyUsage(usage).to_extension(subject, &[])?,
            SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &[])?,
            AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(subject, &[])?,
        ];
        if let Kind::Server { origin } = self.kind {
            let name = GeneralName::DnsName(Ia5String::new(*origin)?);
            out.push(SubjectAltName(vec![name]).to_extension(subject, &[])?);
        }
        Ok(out)
    }
}

/// Makes a certificate for `key`, signed by `issuer`, valid from a little before `now` (clocks differ); DER.
pub(super) fn make(
    kind: &Kind<'_>,
    key: &VerifyingKey,
    issuer: &SigningKey,
    issuer_name: Option<Name>,
    now: Timestamp,
    random: &Random,
) -> Result<Vec<u8>> {
    let failed = |e: &dyn std::fmt::Display| Error::fault("make a certificate", e);
    let mut serial = random.bytes::<16>();
    serial[0] = (serial[0] & 0x7f) | 0x40; // positive and of full length (RFC 5280 §4.1.2.2)
    let validity = Validity::new(time(now.plus_seconds(-300))?, time(now.plus_seconds(kind.lifetime_days() * DAY))?);
    let spki = SubjectPublicKeyInfo::from_key(key).map_err(|e| failed(&e))?;
    let profile = Profile { kind, subject: kind.subject()?, issuer: issuer_name };
    let serial = SerialNumber::new(&serial).map_err(|e| failed(&e))?;
    let builder = CertificateBuilder::new(profile, serial, validity, spki).map_err(|e| failed(&e))?;
    let certificate = builder.build::<_, DerSignature>(issuer).map_err(|e| failed(&e))?;
    certificate.to_der().map_err(|e| failed(&e))
}

/// The subject of a certificate, to be named as issuer.
pub(super) fn subject_of(der: &[u8]) -> Result<Name> {
    let certificate = Certificate::from_der(der).map_err(|e| Error::fault("read a certificate", e))?;
    Ok(certificate.tbs_certificate().subject().clone())
}

fn authority_name(origin: &str) -> String {
    // A common name holds at most 64 characters (RFC 5280 appendix A.1).
    let mut name = format!("Liên Thông CA {origin}");
    while name.chars().count() > 64 {
        name.pop();
    }
    name
}

fn name_of(parts: &[(ObjectIdentifier, String)]) -> Result<Name> {
    let failed = |e: x509_cert::der::Error| Error::fault("name a certificate's subject", e);
    let mut sequence = RdnSequence::default();
    for (oid, text) in parts {
        let value = if *oid == COUNTRY {
            Any::encode_from(&PrintableString::new(text).map_err(failed)?)
        } else {
            let short: String =
                text.chars().take(if *oid == COMMON_NAME || *oid == ORGANIZATION { 64 } else { 128 }).collect();
            Utf8StringRef::new(&short).and_then(|s| Any::encode_from(&s))
        }
        .map_err(failed)?;
        let part =
            RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid: *oid, value }]).map_err(failed)?;
        sequence.push(part);
    }
    Name::from_der(&sequence.to_der().map_err(failed)?).map_err(failed)
}

fn time(at: Timestamp) -> Result<Time> {
    let seconds = u64::try_from(at.micros().div_euclid(1_000_000)).unwrap_or(0);
    GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))
        .map(Time::GeneralTime)
        .map_err(|e| Error::fault("date a certificate", e))
}

/// A certificate that was read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub info: CertificateInfo,
    pub key: VerifyingKey,
    pub is_authority: bool,
    certificate: Arc<Certificate>,
}

/// Most certificates whose reading is remembered; the same few come with every package.
const REMEMBERED: usize = 1024;

type Memory<K, V> = LazyLock<Mutex<HashMap<K, V>>>;
static READ: Memory<[u8; 32], Read> = LazyLock::new(Mutex::default);
static ISSUED: Memory<(String, String), bool> = LazyLock::new(Mutex::default);

/// What a pure function answered before for the same bytes; refusals are not remembered.
fn remembered<K: Eq + Hash, V: Clone, E>(
    memory: &Mutex<HashMap<K, V>>,
    key: K,
    find: impl FnOnce() -> std::result::Result<V, E>,
) -> std::result::Result<V, E> {
    if let Some(known) = memory.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(known.clone());
    }
    let found = find()?;
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if memory.len() >= REMEMBERED {
        memory.clear();
    }
    memory.insert(key, found.clone());
    Ok(found)
}

/// Reads a certificate with an ECDSA P-256 key.
pub(super) fn read(der: &[u8]) -> std::result::Result<Read, SignatureError> {
    remembered(&READ, Sha256::digest(der).into(), || parse(der))
}

fn parse(der: &[u8]) -> std::result::Result<Read, SignatureError> {
    let bad = |what: &str| SignatureError::Certificate(what.to_owned());
    let certificate = Certificate::from_der(der).map_err(|_| bad("cannot be read"))?;
    let tbs = certificate.tbs_certificate();
    let spki = tbs.subject_public_key_info().to_der().map_err(|_| bad("cannot be read"))?;
    let key = VerifyingKey::from_public_key_der(&spki).map_err(|_| bad("its key is not ECDSA P-256"))?;
    let is_authority = match tbs.get_extension::<BasicConstraints>() {
        Ok(found) => found.is_some_and(|(_, constraints)| constraints.ca),
        Err(_) => return Err(bad("its extensions cannot be read")),
    };
    let text = |oid| {
        tbs.subject()
            .iter()
            .find(|part| part.oid == oid)
            .map(|part| String::from_utf8_lossy(part.value.value()).into_owned())
    };
    let micros = |t: &Time| Timestamp::from_micros(i64::try_from(t.to_unix_duration().as_micros()).unwrap_or(i64::MAX));
    let info = CertificateInfo {
        name: text(COMMON_NAME).unwrap_or_default(),
        agency_code: text(ORGANIZATION_IDENTIFIER)
            .and_then(|id| id.strip_prefix(AGENCY_SCHEME).and_then(|code| AgencyCode::parse(code).ok())),
        not_before: micros(&tbs.validity().not_before),
        not_after: micros(&tbs.validity().not_after),
        serial: hex::encode(tbs.serial_number().as_bytes()),
        fingerprint: hex::encode(Sha256::digest(der)),
    };
    Ok(Read { info, key, is_authority, certificate: Arc::new(certificate) })
}

impl Read {
    /// Whether `issuer` (an authority) signed this certificate.
    pub fn is_issued_by(&self, issuer: &Self) -> bool {
        let tbs = self.certificate.tbs_certificate();
        if !issuer.is_authority || tbs.issuer() != issuer.certificate.tbs_certificate().subject() {
            return false;
        }
        let check = || {
            let (Ok(signed), Some(bytes)) = (tbs.to_der(), self.certificate.signature().as_bytes()) else {
                return Ok::<_, SignatureError>(false);
            };
            Ok(ecdsa::holds_der(&issuer.key, &signed, bytes))
        };
        let pair = (self.info.fingerprint.clone(), issuer.info.fingerprint.clone());
        remembered(&ISSUED, pair, check) == Ok(true)
    }

    /// Whether it was valid then.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        self.info.not_before <= at && at <= self.info.not_after
    }
}

/// SubjectPublicKeyInfo, DER.
/// When the first certificate of a PEM file ends; `None` when there is none to read.
pub fn certificate_end(pem: &[u8]) -> Option<Timestamp> {
    let chain = Certificate::load_pem_chain(pem).ok()?;
    let end = chain.first()?.tbs_certificate().validity().not_after.to_unix_duration();
    Some(Timestamp::from_micros(i64::try_from(end.as_micros()).ok()?))
}

pub(super) fn spki_der(key: &VerifyingKey) -> Result<Vec<u8>> {
    Ok(key.to_public_key_der().map_err(|e| Error::fault("encode a public key", e))?.into_vec())
}
