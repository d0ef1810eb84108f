//! Digests and signature algorithms: known by their identifiers, checked through `ring`, and judged by dated rules.

use crate::asn1::{self, Malformed, Oid, Parsed, Reader, SEQUENCE};
use base::Timestamp;
use ring::signature::{self as primitive, UnparsedPublicKey, VerificationAlgorithm};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

pub(crate) const SHA1: Oid = Oid::new_unwrap("1.3.14.3.2.26");
pub(crate) const SHA256: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.1");
pub(crate) const SHA384: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.2");
pub(crate) const SHA512: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.5");
const RSA_SHA256: Oid = Oid::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: Oid = Oid::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: Oid = Oid::new_unwrap("1.2.840.113549.1.1.13");
const RSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.8");
const EC_KEY: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
const ECDSA_SHA256: Oid = Oid::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: Oid = Oid::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: Oid = Oid::new_unwrap("1.2.840.10045.4.3.4");
const ED25519: Oid = Oid::new_unwrap("1.3.101.112");

/// A digest algorithm (FIPS 180-4). SHA-1 is known so that old signatures can be read, never to make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    /// SHA-1, 20 bytes.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl Digest {
    /// Every digest that is known.
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The digest of `bytes`.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }

    /// Its length in bytes.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Its name, e.g. `SHA-256`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    pub(crate) const fn id(self) -> Oid {
        match self {
            Self::Sha1 => SHA1,
            Self::Sha256 => SHA256,
            Self::Sha384 => SHA384,
            Self::Sha512 => SHA512,
        }
    }

    pub(crate) fn from_id(id: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|digest| digest.id() == *id)
    }

    /// The digest that an AlgorithmIdentifier names; none when it is unknown.
    pub(crate) fn read(identifier: &asn1::Tlv<'_>) -> Parsed<Option<Self>> {
        Ok(Self::from_id(&identifier.inside().take(asn1::OID, "a digest algorithm")?.oid()?))
    }

    /// Its AlgorithmIdentifier, without parameters (RFC 5754 §2).
    pub(crate) fn identifier(self) -> Vec<u8> {
        asn1::sequence(&[&asn1::oid(&self.id())])
    }
}

/// A digest over bytes that come piece by piece.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha1(ring::digest::Context),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// Starts one.
    pub fn new(digest: Digest) -> Self {
        Self(match digest {
            Digest::Sha1 => State::Sha1(ring::digest::Context::new(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY)),
            Digest::Sha256 => State::Sha256(sha2::Sha256::new()),
            Digest::Sha384 => State::Sha384(sha2::Sha384::new()),
            Digest::Sha512 => State::Sha512(sha2::Sha512::new()),
        })
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The digest of all of them.
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Sha1(state) => state.finish().as_ref().to_vec(),
            State::Sha256(state) => state.finalize().to_vec(),
            State::Sha384(state) => state.finalize().to_vec(),
            State::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

/// The digests of one content under several algorithms, so that a large file is read once and never held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests(Vec<(Digest, Vec<u8>)>);

impl Digests {
    /// Of bytes at hand.
    pub fn of(bytes: &[u8], wanted: &[Digest]) -> Self {
        Self(wanted.iter().map(|digest| (*digest, digest.of(bytes))).collect())
    }

    /// Adds one that was made elsewhere.
    #[must_use]
    pub fn with(mut self, digest: Digest, value: Vec<u8>) -> Self {
        self.0.push((digest, value));
        self
    }

    /// The digest under this algorithm.
    pub fn get(&self, digest: Digest) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| *known == digest).map(|(_, value)| value.as_slice())
    }
}

/// A signature algorithm with its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "name", content = "digest")]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(Digest),
    /// RSASSA-PSS with MGF1 over the same digest and a salt of its length (RFC 8017 §8.1, RFC 4055).
    RsaPss(Digest),
    /// ECDSA with the signature in DER (FIPS 186-5, RFC 5753); the curve is the key's.
    Ecdsa(Digest),
    /// ECDSA with the signature as `r‖s` (RFC 6931 §2.3.6), as XML signatures carry it.
    EcdsaFixed(Digest),
    /// Ed25519 (RFC 8032, RFC 8419).
    Ed25519,
}

impl SignatureAlgorithm {
    /// The digest inside, where there is one to choose.
    pub const fn digest(self) -> Option<Digest> {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss(digest) | Self::Ecdsa(digest) | Self::EcdsaFixed(digest) => {
                Some(digest)
            }
            Self::Ed25519 => None,
        }
    }

    /// Its name, e.g. `RSA (PKCS #1 v1.5) SHA-256`.
    pub fn label(self) -> String {
        let family = match self {
            Self::RsaPkcs1(_) => "RSA (PKCS #1 v1.5)",
            Self::RsaPss(_) => "RSA-PSS",
            Self::Ecdsa(_) | Self::EcdsaFixed(_) => "ECDSA",
            Self::Ed25519 => "Ed25519",
        };
        self.digest().map_or_else(|| family.to_owned(), |digest| format!("{family} {}", digest.name()))
    }

    /// Whether a key of this kind can make it.
    pub fn is_for(self, key: KeyKind) -> bool {
        primitive_of(key, self).is_ok()
    }

    /// What a key of this kind signs with by default: PKCS #1 v1.5 or ECDSA with SHA-256 (P-384 with SHA-384), which is
    /// what tokens and remote services offer.
    pub fn default_for(key: KeyKind) -> Self {
        match key {
            KeyKind::Rsa(_) => Self::RsaPkcs1(Digest::Sha256),
            KeyKind::P256 => Self::Ecdsa(Digest::Sha256),
            KeyKind::P384 => Self::Ecdsa(Digest::Sha384),
            KeyKind::Ed25519 => Self::Ed25519,
        }
    }

    /// Reads an AlgorithmIdentifier. Plain `rsaEncryption`, which CMS allows, takes the digest named beside it.
    pub(crate) fn read(identifier: &asn1::Tlv<'_>, beside: Option<Digest>) -> Parsed<Option<Self>> {
        let mut inside = identifier.inside();
        let id = inside.take(asn1::OID, "a signature algorithm")?.oid()?;
        Ok(match id {
            RSA => beside.map(Self::RsaPkcs1),
            RSA_SHA1 => Some(Self::RsaPkcs1(Digest::Sha1)),
            RSA_SHA256 => Some(Self::RsaPkcs1(Digest::Sha256)),
            RSA_SHA384 => Some(Self::RsaPkcs1(Digest::Sha384)),
            RSA_SHA512 => Some(Self::RsaPkcs1(Digest::Sha512)),
            RSA_PSS => pss_digest(inside)?.map(Self::RsaPss),
            ECDSA_SHA256 => Some(Self::Ecdsa(Digest::Sha256)),
            ECDSA_SHA384 => Some(Self::Ecdsa(Digest::Sha384)),
            ECDSA_SHA512 => Some(Self::Ecdsa(Digest::Sha512)),
            ED25519 => Some(Self::Ed25519),
            _ => None,
        })
    }

    /// Its AlgorithmIdentifier (RFC 4055, RFC 5758, RFC 8410); none for what is only read.
    pub(crate) fn identifier(self) -> Option<Vec<u8>> {
        let null: &[u8] = &[asn1::NULL, 0];
        let id = match self {
            Self::RsaPkcs1(Digest::Sha256) => RSA_SHA256,
            Self::RsaPkcs1(Digest::Sha384) => RSA_SHA384,
            Self::RsaPkcs1(Digest::Sha512) => RSA_SHA512,
            Self::RsaPss(digest) if digest != Digest::Sha1 => return Some(pss_identifier(digest)),
            Self::Ecdsa(Digest::Sha256) => ECDSA_SHA256,
            Self::Ecdsa(Digest::Sha384) => ECDSA_SHA384,
            Self::Ed25519 => ED25519,
            _ => return None,
        };
        let parameters: &[u8] = if matches!(self, Self::RsaPkcs1(_)) { null } else { &[] };
        Some(asn1::sequence(&[&asn1::oid(&id), parameters]))
    }
}

/// The digest of RSASSA-PSS-params; none for a combination that is not the usual one.
fn pss_digest(mut inside: Reader<'_>) -> Parsed<Option<Digest>> {
    let Some(parameters) = inside.optional(SEQUENCE)? else { return Ok(None) };
    let mut fields = parameters.inside();
    let explicit = |value: asn1::Tlv<'_>| value.inside().any().map(|inner| inner.raw.to_vec());
    let Some(digest) = fields.optional(asn1::context(0))? else { return Ok(None) };
    let digest = Digest::read(&digest.inside().take(SEQUENCE, "a digest algorithm")?)?;
    let Some(mask) = fields.optional(asn1::context(1))? else { return Ok(None) };
    let mut mask = mask.inside().take(SEQUENCE, "a mask function")?.inside();
    let is_mgf1 = mask.take(asn1::OID, "a mask function")?.oid()? == MGF1;
    let mask_digest = Digest::read(&mask.take(SEQUENCE, "a digest algorithm")?)?;
    let salt = match fields.optional(asn1::context(2))? {
        Some(salt) => salt.inside().take(asn1::INTEGER, "a salt length")?.number()?,
        None => 20,
    };
    if let Some(trailer) = fields.optional(asn1::context(3))?
        && explicit(trailer)? != [asn1::INTEGER, 1, 1]
    {
        return Ok(None);
    }
    let usual = |d: &Digest| is_mgf1 && mask_digest == Some(*d) && salt == d.length() as u64;
    Ok(digest.filter(usual))
}

fn pss_identifier(digest: Digest) -> Vec<u8> {
    let hash = digest.identifier();
    let mask = asn1::sequence(&[&asn1::oid(&MGF1), &hash]);
    let parameters = asn1::sequence(&[
        &asn1::tlv(asn1::context(0), &hash),
        &asn1::tlv(asn1::context(1), &mask),
        &asn1::tlv(asn1::context(2), &asn1::integer(&[digest.length() as u8])),
    ]);
    asn1::sequence(&[&asn1::oid(&RSA_PSS), &parameters])
}

/// The kind of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "name", content = "bits")]
pub enum KeyKind {
    /// RSA with this many bits.
    Rsa(u32),
    /// The curve P-256 (secp256r1).
    P256,
    /// The curve P-384 (secp384r1).
    P384,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    /// Its name, e.g. `RSA 2048`.
    pub fn label(self) -> String {
        match self {
            Self::Rsa(bits) => format!("RSA {bits}"),
            Self::P256 => "ECDSA P-256".to_owned(),
            Self::P384 => "ECDSA P-384".to_owned(),
            Self::Ed25519 => "Ed25519".to_owned(),
        }
    }
}

/// A public key as `ring` takes it.
struct Key<'a> {
    kind: KeyKind,
    bits: &'a [u8],
}

fn read_key(spki: &[u8]) -> Parsed<Option<Key<'_>>> {
    let mut fields = asn1::only(spki, SEQUENCE, "a public key")?.inside();
    let mut algorithm = fields.take(SEQUENCE, "a key algorithm")?.inside();
    let bits = fields.take(asn1::BIT_STRING, "a public key")?.bits()?;
    let id = algorithm.take(asn1::OID, "a key algorithm")?.oid()?;
    let kind = match id {
        RSA | RSA_PSS => {
            let modulus = asn1::only(bits, SEQUENCE, "an RSA key")?.inside().take(asn1::INTEGER, "a modulus")?;
            let digits = modulus.content.strip_prefix(&[0]).unwrap_or(modulus.content);
            let first = digits.first().ok_or(Malformed::Expected("a modulus"))?;
            KeyKind::Rsa((digits.len() as u32 * 8).saturating_sub(first.leading_zeros()))
        }
        EC_KEY => match algorithm.take(asn1::OID, "a curve")?.oid()? {
            P256 => KeyKind::P256,
            P384 => KeyKind::P384,
            _ => return Ok(None),
        },
        ED25519 => KeyKind::Ed25519,
        _ => return Ok(None),
    };
    Ok(Some(Key { kind, bits }))
}

/// The kind of the key in a SubjectPublicKeyInfo (DER); none when it is unknown or cannot be read.
pub fn key_kind(spki: &[u8]) -> Option<KeyKind> {
    read_key(spki).ok().flatten().map(|key| key.kind)
}

/// Why a signature value was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The value does not belong to these bytes and this key.
    #[error("the signature does not match")]
    Mismatch,
    /// The key is of another kind than the algorithm.
    #[error("the key does not fit the algorithm")]
    WrongKey,
    /// A combination that this program does not check.
    #[error("the algorithm is not supported")]
    Unsupported,
}

/// Whether `signature` is one of `message` by the key in `spki` (SubjectPublicKeyInfo, DER).
pub fn verify(spki: &[u8], algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), Rejected> {
    let key = read_key(spki).map_err(|_| Rejected::WrongKey)?.ok_or(Rejected::Unsupported)?;
    let primitive = primitive_of(key.kind, algorithm)?;
    UnparsedPublicKey::new(primitive, key.bits).verify(message, signature).map_err(|_| Rejected::Mismatch)
}

fn primitive_of(key: KeyKind, algorithm: SignatureAlgorithm) -> Result<&'static dyn VerificationAlgorithm, Rejected> {
    use SignatureAlgorithm as S;
    Ok(match (key, algorithm) {
        (KeyKind::Rsa(_), S::RsaPkcs1(Digest::Sha1)) => &primitive::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (KeyKind::Rsa(bits), S::RsaPkcs1(Digest::Sha256)) if bits < 2048 => {
            &primitive::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (KeyKind::Rsa(bits), S::RsaPkcs1(Digest::Sha512)) if bits < 2048 => {
            &primitive::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        (KeyKind::Rsa(_), S::RsaPkcs1(Digest::Sha256)) => &primitive::RSA_PKCS1_2048_8192_SHA256,
        (KeyKind::Rsa(_), S::RsaPkcs1(Digest::Sha384)) => &primitive::RSA_PKCS1_2048_8192_SHA384,
        (KeyKind::Rsa(_), S::RsaPkcs1(Digest::Sha512)) => &primitive::RSA_PKCS1_2048_8192_SHA512,
        (KeyKind::Rsa(_), S::RsaPss(Digest::Sha256)) => &primitive::RSA_PSS_2048_8192_SHA256,
        (KeyKind::Rsa(_), S::RsaPss(Digest::Sha384)) => &primitive::RSA_PSS_2048_8192_SHA384,
        (KeyKind::Rsa(_), S::RsaPss(Digest::Sha512)) => &primitive::RSA_PSS_2048_8192_SHA512,
        (KeyKind::P256, S::Ecdsa(Digest::Sha256)) => &primitive::ECDSA_P256_SHA256_ASN1,
        (KeyKind::P256, S::Ecdsa(Digest::Sha384)) => &primitive::ECDSA_P256_SHA384_ASN1,
        (KeyKind::P384, S::Ecdsa(Digest::Sha256)) => &primitive::ECDSA_P384_SHA256_ASN1,
        (KeyKind::P384, S::Ecdsa(Digest::Sha384)) => &primitive::ECDSA_P384_SHA384_ASN1,
        (KeyKind::P256, S::EcdsaFixed(Digest::Sha256)) => &primitive::ECDSA_P256_SHA256_FIXED,
        (KeyKind::P384, S::EcdsaFixed(Digest::Sha384)) => &primitive::ECDSA_P384_SHA384_FIXED,
        (KeyKind::Ed25519, S::Ed25519) => &primitive::ED25519,
        (KeyKind::Rsa(_), S::RsaPss(Digest::Sha1))
        | (KeyKind::P256 | KeyKind::P384, S::Ecdsa(_) | S::EcdsaFixed(_)) => return Err(Rejected::Unsupported),
        _ => return Err(Rejected::WrongKey),
    })
}

/// What the rules say of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlgorithmVerdict {
    /// Fit for use.
    Accepted,
    /// Accepted in an old signature, with a warning.
    Weak,
    /// Not accepted at that time.
    Refused,
}

/// From when something is weak, and from when it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlgorithmRule {
    /// What it is about.
    pub subject: RuleSubject,
    /// A signature made since then is refused.
    pub refused_from: Timestamp,
}

/// What an [`AlgorithmRule`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSubject {
    /// A digest.
    Digest(Digest),
    /// RSA keys of fewer bits.
    RsaBelow(u32),
}

/// Which algorithms are accepted, as dated data: what a rule names is weak in older signatures and refused in newer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgorithmPolicy {
    /// The rules; what none of them names is accepted.
    pub rules: Vec<AlgorithmRule>,
}

impl Default for AlgorithmPolicy {
    /// SHA-1 and RSA below 2048 bits: not accepted in signatures made since 1 January 2019 (the end that NIST
    /// SP 800-131A Rev. 2 and ETSI TS 119 312 set for the last remaining uses); warned of before.
    fn default() -> Self {
        // 2019-01-01T00:00:00Z.
        let refused_from = Timestamp::from_micros(1_546_300_800_000_000);
        let rule = |subject| AlgorithmRule { subject, refused_from };
        Self { rules: vec![rule(RuleSubject::Digest(Digest::Sha1)), rule(RuleSubject::RsaBelow(2048))] }
    }
}

impl AlgorithmPolicy {
    /// The verdict on a digest used at `at`.
    pub fn digest(&self, digest: Digest, at: Timestamp) -> AlgorithmVerdict {
        self.worst(at, |subject| matches!(subject, RuleSubject::Digest(d) if d == digest))
    }

    /// The verdict on a key used at `at`.
    pub fn key(&self, key: KeyKind, at: Timestamp) -> AlgorithmVerdict {
        self.worst(
            at,
            |subject| matches!((subject, key), (RuleSubject::RsaBelow(least), KeyKind::Rsa(bits)) if bits < least),
        )
    }

    /// The verdict on a signature of this key and algorithm made at `at`.
    pub fn signature(&self, key: KeyKind, algorithm: SignatureAlgorithm, at: Timestamp) -> AlgorithmVerdict {
        let digest = algorithm.digest().map_or(AlgorithmVerdict::Accepted, |digest| self.digest(digest, at));
        digest.max(self.key(key, at))
    }

    fn worst(&self, at: Timestamp, concerns: impl Fn(RuleSubject) -> bool) -> AlgorithmVerdict {
        let verdict = |rule: &AlgorithmRule| {
            if at >= rule.refused_from { AlgorithmVerdict::Refused } else { AlgorithmVerdict::Weak }
        };
        let found = self.rules.iter().filter(|rule| concerns(rule.subject)).map(verdict);
        found.max().unwrap_or(AlgorithmVerdict::Accepted)
    }
}
