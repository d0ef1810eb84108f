//! What a signature is judged by: the time, the trusted roots, the rules, and the certificates and revocation answers that somebody fetched.

use crate::algorithms::AlgorithmPolicy;
use crate::certificate::Certificate;
use crate::path::TrustList;
use base::Timestamp;

/// Certificates and revocation answers, from inside a signature or fetched from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Certificates, in any order.
    pub certificates: Vec<Certificate>,
    /// OCSP answers: whole responses or `BasicOCSPResponse` (DER, RFC 6960).
    pub ocsp: Vec<Vec<u8>>,
    /// Revocation lists (DER, RFC 5280 §5).
    pub crls: Vec<Vec<u8>>,
}

impl Evidence {
    /// Adds other evidence to it.
    pub fn extend(&mut self, other: &Self) {
        for certificate in &other.certificates {
            if !self.certificates.contains(certificate) {
                self.certificates.push(certificate.clone());
            }
        }
        self.ocsp.extend(other.ocsp.iter().filter(|answer| !self.ocsp.contains(answer)).cloned().collect::<Vec<_>>());
        self.crls.extend(other.crls.iter().filter(|list| !self.crls.contains(list)).cloned().collect::<Vec<_>>());
    }
}

/// Whether revocation must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RevocationRule {
    /// Unknown revocation leaves the verdict indeterminate.
    #[default]
    Required,
    /// Unknown revocation is a warning: closed networks and peers' own authorities without a list.
    IfKnown,
}

/// What every verification is given.
#[derive(Debug, Clone)]
pub struct Context {
    /// The time of the verification.
    pub at: Timestamp,
    /// The trusted roots.
    pub trust: TrustList,
    /// Which algorithms are accepted.
    pub policy: AlgorithmPolicy,
    /// Certificates and revocation answers that somebody fetched.
    pub evidence: Evidence,
    /// Certificates and revocation answers that came inside the file, beside the signature (a PDF's DSS): they count
    /// towards the level B-LT.
    pub archived: Evidence,
    /// Whether revocation must be known.
    pub revocation: RevocationRule,
    /// The earliest time at which the signature is known from outside to have existed: a later document time-stamp, or
    /// the time of arrival in our own ledger.
    pub existed_at: Option<Timestamp>,
}

impl Context {
    /// A context with the default rules and no evidence.
    pub fn new(at: Timestamp, trust: TrustList) -> Self {
        Self {
            at,
            trust,
            policy: AlgorithmPolicy::default(),
            evidence: Evidence::default(),
            archived: Evidence::default(),
            revocation: RevocationRule::default(),
            existed_at: None,
        }
    }
}
