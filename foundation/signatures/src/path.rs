//! Certificate paths (RFC 5280 §6): from a certificate to a trusted root, within a bounded amount of work.

use crate::algorithms::{AlgorithmPolicy, AlgorithmVerdict};
use crate::certificate::Certificate;
use crate::names::{self, Constraints};
use crate::reasons::{self, Reason, Severity};
use crate::usage::{self, Rights};
use base::{AgencyCode, Timestamp};
use serde::{Deserialize, Serialize};

pub use crate::usage::Purpose;

/// Most certificates of a path, the anchor not counted.
pub const MAX_PATH: usize = 10;
/// Most signatures checked while looking for one path; cross-signed authorities make many ways, attackers more.
const MAX_CHECKS: u32 = 64;

/// The kind of a trusted root: the two worlds of signatures in Vietnam and what stands beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustKind {
    /// The Government's authority for official duty (chuyên dùng công vụ, Ban Cơ yếu Chính phủ; NĐ 68/2024/NĐ-CP).
    Government,
    /// The national root and the public authorities under it (chữ ký số công cộng; NĐ 23/2025/NĐ-CP).
    Public,
    /// A specialised authority of one organisation (chuyên dùng bảo đảm an toàn; NĐ 23/2025/NĐ-CP).
    Specialised,
    /// A foreign authority that is recognised.
    Foreign,
    /// This server's own authority.
    Own,
    /// A peer's authority, pinned when it was introduced.
    Peer,
    /// A test authority.
    Test,
}

/// A trusted root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its certificate; usually self-signed, its own signature is not checked.
    pub certificate: Certificate,
    /// Its kind.
    pub kind: TrustKind,
    /// Trusted from; the certificate's own start when none.
    pub valid_from: Option<Timestamp>,
    /// Trusted until; the certificate's own end when none.
    pub valid_until: Option<Timestamp>,
    /// The agencies that it may speak for, with everything below them; any when empty.
    pub agencies: Vec<AgencyCode>,
}

impl Anchor {
    /// A root that is trusted as long as its certificate says, for any agency.
    pub fn new(certificate: Certificate, kind: TrustKind) -> Self {
        Self { certificate, kind, valid_from: None, valid_until: None, agencies: Vec::new() }
    }

    /// Whether it is trusted for signatures of that time.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        let from = self.valid_from.unwrap_or_else(|| self.certificate.not_before());
        let until = self.valid_until.unwrap_or_else(|| self.certificate.not_after());
        from <= at && at <= until
    }
}

/// A certificate known to be an agency's, for authorities that write no agency code into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyBinding {
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
    /// The agency.
    pub agency: AgencyCode,
    /// Known since.
    pub valid_from: Option<Timestamp>,
    /// Known until.
    pub valid_until: Option<Timestamp>,
}

/// The trusted roots, kept by administrators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustList {
    /// The roots.
    pub anchors: Vec<Anchor>,
    /// Agencies' certificates by fingerprint.
    pub bindings: Vec<AgencyBinding>,
}

impl TrustList {
    /// The agency that a certificate is bound to at that time.
    pub fn agency_of(&self, certificate: &Certificate, at: Timestamp) -> Option<AgencyCode> {
        let fits = |binding: &&AgencyBinding| {
            binding.fingerprint == certificate.fingerprint()
                && binding.valid_from.is_none_or(|from| from <= at)
                && binding.valid_until.is_none_or(|until| at <= until)
        };
        self.bindings.iter().find(fits).map(|binding| binding.agency.clone())
    }
}

/// The time for which a path is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time.
    pub at: Timestamp,
    /// Whether the signature is known to have existed then; otherwise `at` is only the time of the verification.
    pub proven: bool,
    /// When the signer claims to have signed.
    pub claimed: Option<Timestamp>,
}

/// A path, as good as one was found.
#[derive(Debug, Clone)]
pub struct Path {
    /// The certificates, the end's first, the anchor's left out.
    pub certificates: Vec<Certificate>,
    /// The anchor; none when no path to one was found.
    pub anchor: Option<Anchor>,
    /// What is wrong with it; empty for a good path.
    pub reasons: Vec<Reason>,
}

impl Path {
    /// Whether it leads to an anchor and nothing is wrong or unknown.
    pub fn is_good(&self) -> bool {
        self.anchor.is_some() && self.reasons.iter().all(|reason| reason.severity < Severity::Unknown)
    }

    /// Whether it is the anchor's own certificate.
    pub(crate) fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchor.as_ref().is_some_and(|anchor| anchor.certificate == *certificate)
    }

    /// Each certificate with its issuer, the last one with the anchor.
    pub fn steps(&self) -> impl Iterator<Item = (&Certificate, &Certificate)> {
        let issuers = self.certificates.iter().skip(1).chain(self.anchor.iter().map(|anchor| &anchor.certificate));
        // An anchor that is the end certificate itself has no issuer that matters.
        self.certificates.iter().zip(issuers).filter(|(certificate, issuer)| certificate != issuer)
    }
}

/// What to judge paths by.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The trusted roots.
    pub trust: &'a TrustList,
    /// The algorithms.
    pub policy: &'a AlgorithmPolicy,
    /// The time.
    pub moment: Moment,
    /// What the end certificate is used for.
    pub purpose: Purpose,
}

/// Finds the best path from `end` to a trusted root: the first good one, otherwise the one with the least wrong.
pub fn find(end: &Certificate, pool: &[Certificate], rules: Rules<'_>) -> Path {
    let mut search = Search { pool, rules, checks: 0, best: None };
    search.extend(&mut vec![end.clone()]);
    search.best.unwrap_or_else(|| {
        let own = end.is_self_issued() && end.is_signed_by(end);
        let code = if own { &reasons::SELF_SIGNED } else { &reasons::NOT_TRUSTED };
        Path { certificates: vec![end.clone()], anchor: None, reasons: vec![Reason::new(code)] }
    })
}

struct Search<'a> {
    pool: &'a [Certificate],
    rules: Rules<'a>,
    checks: u32,
    best: Option<Path>,
}

impl Search<'_> {
    fn extend(&mut self, chain: &mut Vec<Certificate>) {
        let Some(last) = chain.last().cloned() else { return };
        for anchor in &self.rules.trust.anchors {
            let names_it = || names::same(last.issuer(), anchor.certificate.subject());
            if anchor.certificate == last || (names_it() && self.signed(&last, &anchor.certificate)) {
                self.consider(chain, anchor);
            }
            if self.is_done() {
                return;
            }
        }
        if chain.len() >= MAX_PATH {
            return;
        }
        for candidate in self.pool {
            // The same name and key again would be a loop (RFC 5280 §6.1 lets no certificate appear twice).
            let met = |c: &Certificate| c.subject() == candidate.subject() && c.spki() == candidate.spki();
            if chain.iter().any(met) || !names::same(last.issuer(), candidate.subject()) {
                continue;
            }
            if self.signed(&last, candidate) {
                chain.push(candidate.clone());
                self.extend(chain);
                chain.pop();
            }
            if self.is_done() {
                return;
            }
        }
    }

    fn signed(&mut self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.checks += 1;
        self.checks <= MAX_CHECKS && certificate.is_signed_by(issuer)
    }

    fn is_done(&self) -> bool {
        self.checks > MAX_CHECKS || self.best.as_ref().is_some_and(Path::is_good)
    }

    fn consider(&mut self, chain: &[Certificate], anchor: &Anchor) {
        let path = Path {
            certificates: chain.to_vec(),
            anchor: Some(anchor.clone()),
            reasons: validate(chain, anchor, self.rules),
        };
        let wrong = |path: &Path| path.reasons.iter().map(|reason| reason.severity).max();
        if self.best.as_ref().is_none_or(|best| wrong(&path) < wrong(best)) {
            self.best = Some(path);
        }
    }
}

/// What is wrong with a chain of signatures that leads to `anchor` (RFC 5280 §6.1.3 to §6.1.5).
fn validate(chain: &[Certificate], anchor: &Anchor, rules: Rules<'_>) -> Vec<Reason> {
    let mut found = Vec::new();
    let moment = rules.moment;
    if !anchor.is_in_force(moment.at) {
        found.push(Reason::new(&reasons::ANCHOR_OUT_OF_DATE).with("name", anchor.certificate.info().name));
    }
    let end_is_anchor = chain.len() == 1 && chain[0] == anchor.certificate;
    let mut constraints = Constraints::default();
    let mut left = usize::MAX; // how many authorities may still follow
    if !end_is_anchor {
        // The anchor's own limits bind too (RFC 5937).
        match usage::rights(&anchor.certificate) {
            Ok(rights) => step(&anchor.certificate, &rights, true, &mut left, &mut constraints, &mut found),
            Err(reason) => found.push(*reason),
        }
    }
    for (index, certificate) in chain.iter().enumerate().rev() {
        let is_end = index == 0;
        dates(certificate, moment, is_end, &mut found);
        if !end_is_anchor {
            algorithm(certificate, rules, &mut found);
        }
        let rights = match usage::rights(certificate) {
            Ok(rights) => rights,
            Err(reason) => {
                found.push(*reason);
                continue;
            }
        };
        // A self-issued authority is not measured by names (RFC 5280 §6.1.3 b); an end certificate always is.
        if (is_end || !certificate.is_self_issued()) && !constraints.allow(certificate) {
            found.push(Reason::new(&reasons::NAME_NOT_PERMITTED).with("name", certificate.info().name));
        }
        if is_end {
            if !rights.fits(rules.purpose) {
                found.push(Reason::new(&reasons::WRONG_USAGE).with("name", certificate.info().name));
            }
        } else {
            if !rights.may_lead_to(rules.purpose) {
                found.push(Reason::new(&reasons::WRONG_USAGE).with("name", certificate.info().name));
            }
            step(certificate, &rights, false, &mut left, &mut constraints, &mut found);
        }
    }
    if let Some(code) = chain[0].agency_code()
        && !anchor.agencies.is_empty()
        && !anchor.agencies.iter().any(|agency| code.is_within(agency))
    {
        let name = anchor.certificate.info().name;
        found.push(Reason::new(&reasons::AGENCY_NOT_PERMITTED).with("name", name).with("agency", code.as_str()));
    }
    found
}

/// Takes over the limits that an authority sets for what follows (RFC 5280 §6.1.4).
fn step(
    authority: &Certificate,
    rights: &Rights,
    is_anchor: bool,
    left: &mut usize,
    constraints: &mut Constraints,
    found: &mut Vec<Reason>,
) {
    // A root of version 1 has no extensions and is an authority because it was made an anchor.
    let issues = if is_anchor { rights.is_authority != Some(false) } else { rights.is_authority == Some(true) };
    if !issues || !rights.may_sign_certificates {
        found.push(Reason::new(&reasons::NOT_AN_AUTHORITY).with("name", authority.info().name));
    }
    if !is_anchor && !authority.is_self_issued() {
        match left.checked_sub(1) {
            Some(rest) => *left = rest,
            None => found.push(Reason::new(&reasons::PATH_TOO_LONG).with("name", authority.info().name)),
        }
    }
    if let Some(most) = rights.path_length {
        *left = (*left).min(usize::from(most));
    }
    if let Some(names) = &rights.name_constraints {
        constraints.narrow(names);
    }
}

fn dates(certificate: &Certificate, moment: Moment, is_end: bool, found: &mut Vec<Reason>) {
    let name = || certificate.info().name;
    if moment.at < certificate.not_before() {
        found.push(Reason::new(&reasons::NOT_YET_VALID).with("name", name()));
    }
    if moment.at > certificate.not_after() {
        let claimed_after = is_end && moment.claimed.is_some_and(|claimed| claimed > certificate.not_after());
        let code = if moment.proven || claimed_after { &reasons::EXPIRED } else { &reasons::EXPIRED_SINCE };
        found.push(Reason::new(code).with("name", name()));
    }
}

fn algorithm(certificate: &Certificate, rules: Rules<'_>, found: &mut Vec<Reason>) {
    let Some(algorithm) = certificate.algorithm() else { return };
    let digest = algorithm.digest().map_or(AlgorithmVerdict::Accepted, |d| rules.policy.digest(d, rules.moment.at));
    let key = certificate.key_kind().map_or(AlgorithmVerdict::Accepted, |key| rules.policy.key(key, rules.moment.at));
    let worst = if key > digest { certificate.key_kind().map(|key| key.label()) } else { Some(algorithm.label()) };
    let code = match digest.max(key) {
        AlgorithmVerdict::Accepted => return,
        AlgorithmVerdict::Weak => &reasons::ALGORITHM_WEAK,
        AlgorithmVerdict::Refused => &reasons::ALGORITHM_REFUSED,
    };
    found.push(Reason::new(code).with("algorithm", worst.unwrap_or_default()));
}
