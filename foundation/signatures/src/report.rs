//! The verification report that every format fills in the same way: who signed, for whom, when, on what authority, which bytes, and what remains unknown.

use crate::algorithms::AlgorithmVerdict;
use crate::certificate::{CertificateInfo, HolderKind};
use crate::legal::LegalValue;
use crate::path::TrustKind;
use crate::reasons::{Reason, Severity};
use base::{AgencyCode, Timestamp};
use serde::{Deserialize, Serialize};

/// The format of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// CMS without what CAdES asks for (RFC 5652).
    Cms,
    /// CAdES (ETSI EN 319 122-1).
    Cades,
    /// A PDF signature without what PAdES asks for (ISO 32000-1 §12.8).
    Pdf,
    /// PAdES (ETSI EN 319 142-1).
    Pades,
    /// XMLDSIG (W3C).
    Xmldsig,
    /// XAdES (ETSI EN 319 132-1).
    Xades,
    /// A time-stamp token by itself (RFC 3161).
    TimeStamp,
}

/// The level of an AdES signature (ETSI EN 319 122-1 §6), as far as its material was found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Below the basic level: the signing certificate is not bound by the signature.
    None,
    /// B-B: basic.
    BB,
    /// B-T: with a time-stamp over the signature.
    BT,
    /// B-LT: and with the certificates and revocation answers to judge it later.
    BLt,
    /// B-LTA: and with an archive time-stamp over those.
    BLta,
}

/// Whether the signed bytes are the bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Integrity {
    /// They are, and the signature value is the key's.
    Intact,
    /// They are not, or the signature value is not the key's.
    Broken,
    /// It could not be told; the reasons say why.
    Unknown,
}

/// The verdict (after ETSI EN 319 102-1 §5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything asked was found good.
    Valid,
    /// Something could not be found out.
    Indeterminate,
    /// Something is wrong.
    Invalid,
}

impl Verdict {
    /// The verdict that follows from reasons: any failure makes it invalid, any unknown indeterminate.
    pub fn from_reasons(reasons: &[Reason]) -> Self {
        match reasons.iter().map(|reason| reason.severity).max() {
            Some(Severity::Failure) => Self::Invalid,
            Some(Severity::Unknown) => Self::Indeterminate,
            _ => Self::Valid,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Indeterminate, _) | (_, Self::Indeterminate) => Self::Indeterminate,
            _ => Self::Valid,
        }
    }
}

/// How the time at which the signature existed is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeProof {
    /// By a time-stamp over the signature.
    TimeStamp,
    /// By a proof from outside: a document time-stamp, or our own record of when it arrived.
    Existence,
    /// By nothing: the signature is judged at the time of the verification.
    None,
}

/// The path of the signer's certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PathReport {
    /// The certificates, the signer's first, the anchor last where one was found.
    pub certificates: Vec<CertificateInfo>,
    /// The kind of the trust anchor; none when no path was found.
    pub trust: Option<TrustKind>,
    /// The anchor's name.
    pub anchor: Option<String>,
}

/// What is known of one certificate's revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationReport {
    /// The certificate's name.
    pub name: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What was found.
    pub status: crate::revocation::Status,
    /// Where from; none when nothing usable was at hand.
    pub source: Option<crate::revocation::Source>,
    /// When that was issued (`thisUpdate`).
    pub issued_at: Option<Timestamp>,
}

/// One time-stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimestampReport {
    /// The time that it states; none when it cannot be read.
    pub at: Option<Timestamp>,
    /// Who stamped.
    pub authority: Option<CertificateInfo>,
    /// The path of the authority.
    pub path: PathReport,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// What was found about it.
    pub reasons: Vec<Reason>,
    /// The verdict.
    pub verdict: Verdict,
}

/// The algorithms used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlgorithmReport {
    /// Signature algorithm, e.g. `RSA (PKCS #1 v1.5) SHA-256`; empty when unknown.
    pub signature: String,
    /// Digests of the content, e.g. `SHA-256`.
    pub digests: Vec<String>,
    /// The signer's key, e.g. `RSA 2048`.
    pub key: String,
    /// What the rules say of them.
    pub verdict: AlgorithmVerdict,
}

/// Which bytes a signature covers, and what came after; filled in by the formats that know it (PDF, ASiC, XML).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// The ranges covered, as first byte and length.
    pub ranges: Vec<(u64, u64)>,
    /// Names of what is covered, for containers and XML (files, references).
    pub names: Vec<String>,
    /// Whether all of the file as it is now is covered.
    pub whole: bool,
    /// The revision signed, the first being 1, where the format has revisions.
    pub revision: Option<u32>,
    /// What was changed after, one item a change; empty when nothing was.
    pub later_changes: Vec<LaterChange>,
}

/// A change made after a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterChange {
    /// The revision that made it.
    pub revision: u32,
    /// Whether the signature allows it.
    pub allowed: bool,
    /// What it is.
    pub what: base::Text,
}

/// What was found about one signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureReport {
    /// Its format.
    pub format: Format,
    /// Where it stands in the file: a field's name, a path, an index.
    pub place: String,
    /// Why it was made, as the signer wrote it.
    pub purpose: Option<String>,
    /// The signer's certificate.
    pub signer: Option<CertificateInfo>,
    /// Whether a person or an agency signed.
    pub holder: HolderKind,
    /// The agency on whose behalf, by its code.
    pub agency_code: Option<AgencyCode>,
    /// The time that the signer claims.
    pub claimed_at: Option<Timestamp>,
    /// The time at which it is judged (best-signature-time, ETSI EN 319 102-1 §5.6.2).
    pub judged_at: Timestamp,
    /// How that time is known.
    pub time_proof: TimeProof,
    /// Its level.
    pub level: Level,
    /// Whether the signed bytes are the bytes at hand.
    pub integrity: Integrity,
    /// Which bytes it covers, and what came after.
    pub coverage: Option<Coverage>,
    /// The path of the signer's certificate.
    pub path: PathReport,
    /// Revocation, one entry a certificate of the path below the anchor.
    pub revocation: Vec<RevocationReport>,
    /// The time-stamps over it.
    pub timestamps: Vec<TimestampReport>,
    /// The algorithms.
    pub algorithms: AlgorithmReport,
    /// How many counter-signatures it carries; they are recognised, not judged.
    pub counter_signatures: u32,
    /// What was found, worst first.
    pub reasons: Vec<Reason>,
    /// The verdict.
    pub verdict: Verdict,
}

impl SignatureReport {
    /// Adds what a format found beyond the common rules, and draws the verdict again.
    pub fn add(&mut self, reason: Reason) {
        if reason.breaks_integrity() {
            self.integrity = Integrity::Broken;
        }
        self.reasons.push(reason);
        self.reasons.sort_by_key(|reason| std::cmp::Reverse(reason.severity));
        self.verdict = Verdict::from_reasons(&self.reasons);
    }
}

/// What was found about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When the verification was made.
    pub at: Timestamp,
    /// The signatures, in the order in which they were made where the format tells it.
    pub signatures: Vec<SignatureReport>,
    /// What was found about the file as a whole.
    pub reasons: Vec<Reason>,
    /// The verdict: the worst of all signatures and reasons; indeterminate without a signature.
    pub verdict: Verdict,
    /// The legal value that follows.
    pub legal_value: LegalValue,
}

impl Report {
    /// Draws the verdict and the legal value from the signatures and what was found about the file.
    pub fn new(at: Timestamp, signatures: Vec<SignatureReport>, reasons: Vec<Reason>) -> Self {
        let mut reasons = reasons;
        if signatures.is_empty() && reasons.iter().all(|reason| reason.severity < Severity::Unknown) {
            reasons.push(Reason::new(&crate::reasons::NO_SIGNATURE));
        }
        let own = Verdict::from_reasons(&reasons);
        let verdict = signatures.iter().fold(own, |worst, signature| worst.and(signature.verdict));
        let legal_value = LegalValue::of(&signatures, verdict, at);
        Self { at, signatures, reasons, verdict, legal_value }
    }
}
