//! The judgement that all formats share: from what a signature claims to a report, by path, time, revocation and algorithm.

use crate::algorithms::{AlgorithmVerdict, Digest, Digests, SignatureAlgorithm};
use crate::certificate::{Certificate, HolderKind};
use crate::context::{Context, Evidence, RevocationRule};
use crate::path::{self, Moment, Path, Purpose, Rules};
use crate::reasons::{self, Reason, Severity};
use crate::report::{
    AlgorithmReport, Format, Integrity, Level, PathReport, RevocationReport, SignatureReport, TimeProof,
    TimestampReport, Verdict,
};
use crate::revocation::{self, Status};
use crate::timestamp;
use base::{Text, Timestamp};

/// Most time-stamps of one signature that are looked at.
const MAX_TIMESTAMPS: usize = 4;

/// What a format found about one signature before any question of trust.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The format.
    pub format: Format,
    /// Where it stands in the file: a field's name, a path, an index.
    pub place: String,
    /// Why it was made, as the signer wrote it.
    pub purpose: Option<String>,
    /// The signer's certificate.
    pub signer: Option<Certificate>,
    /// What came inside the signature.
    pub evidence: Evidence,
    /// The time that the signer claims.
    pub claimed_at: Option<Timestamp>,
    /// The signature algorithm; none when unknown.
    pub algorithm: Option<SignatureAlgorithm>,
    /// The digests of the content that it relies on.
    pub digests: Vec<Digest>,
    /// Whether content and signature value were found to match.
    pub integrity: Integrity,
    /// Whether the signature binds the signer's certificate, and to this one (level B-B).
    pub bound: bool,
    /// Time-stamp tokens over the signature (DER).
    pub timestamps: Vec<Vec<u8>>,
    /// The digests of what those must cover.
    pub timestamped: Digests,
    /// How many counter-signatures it carries.
    pub counter_signatures: u32,
    /// What was found.
    pub reasons: Vec<Reason>,
}

impl Claim {
    /// A claim of which nothing is known yet.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            place: String::new(),
            purpose: None,
            signer: None,
            evidence: Evidence::default(),
            claimed_at: None,
            algorithm: None,
            digests: Vec::new(),
            integrity: Integrity::Unknown,
            bound: false,
            timestamps: Vec::new(),
            timestamped: Digests::default(),
            counter_signatures: 0,
            reasons: Vec::new(),
        }
    }

    /// Adds a reason that breaks the signature's integrity.
    pub fn fail(&mut self, reason: Reason) {
        self.integrity = Integrity::Broken;
        self.reasons.push(reason);
    }

    /// Adds a reason for which integrity cannot be told.
    pub fn unknown(&mut self, reason: Reason) {
        if self.integrity == Integrity::Intact {
            self.integrity = Integrity::Unknown;
        }
        self.reasons.push(reason);
    }
}

/// Judges a claim.
pub fn judge(claim: Claim, context: &Context) -> SignatureReport {
    let mut reasons = claim.reasons.clone();
    let mut embedded = claim.evidence.clone();
    embedded.extend(&context.archived);
    // What was fetched goes first: work is bounded, and what a file brings along must not crowd it out.
    let mut known = context.evidence.clone();
    known.extend(&embedded);

    let timestamps: Vec<TimestampReport> = claim
        .timestamps
        .iter()
        .take(MAX_TIMESTAMPS)
        .map(|token| timestamp::verify(token, &claim.timestamped, &known, context))
        .collect();
    let moment = best_time(&claim, &timestamps, context, &mut reasons);
    if claim.integrity == Integrity::Unknown && reasons.iter().all(|r| r.severity < Severity::Unknown) {
        reasons.push(Reason::new(&reasons::CONTENT_MISSING));
    }
    if claim.signer.is_some() && !claim.bound {
        reasons.push(Reason::new(&reasons::NOT_BOUND_TO_CERTIFICATE));
    }
    if claim.counter_signatures > 0 {
        reasons.push(Reason::new(&reasons::COUNTER_SIGNATURE).with("count", claim.counter_signatures));
    }

    let mut path_report = PathReport::default();
    let mut revocation = Vec::new();
    let mut embedded_is_enough = false;
    match &claim.signer {
        None => {
            if !reasons.iter().any(|reason| reason.code == reasons::NO_SIGNER_CERTIFICATE.code) {
                reasons.push(Reason::new(&reasons::NO_SIGNER_CERTIFICATE));
            }
        }
        Some(signer) => {
            let rules = Rules { trust: &context.trust, policy: &context.policy, moment, purpose: Purpose::Documents };
            let path = path::find(signer, &known.certificates, rules);
            reasons.extend(path.reasons.iter().cloned());
            embedded_is_enough = path.anchor.is_some();
            revocation = check_revocation(&path, &known, context, moment, &mut reasons);
            embedded_is_enough &= path.steps().all(|(certificate, issuer)| {
                let is_inside = |c: &Certificate| embedded.certificates.contains(c) || path.is_anchor(c);
                is_inside(issuer)
                    && revocation::check(certificate, issuer, &embedded, &context.policy, moment).status == Status::Good
            });
            path_report = report_path(&path);
        }
    }

    let algorithms = judge_algorithms(&claim, context, moment.at, &mut reasons);
    let stamped = timestamps.iter().any(|stamp| stamp.verdict == Verdict::Valid);
    let level = match (claim.bound && claim.integrity == Integrity::Intact, stamped, embedded_is_enough) {
        (false, ..) => Level::None,
        (true, false, _) => Level::BB,
        (true, true, false) => Level::BT,
        (true, true, true) => Level::BLt,
    };
    let time_proof = match (stamped, moment.proven) {
        (_, false) => TimeProof::None,
        (true, _) if context.existed_at != Some(moment.at) => TimeProof::TimeStamp,
        _ => TimeProof::Existence,
    };
    let bound_agency = claim.signer.as_ref().and_then(|signer| context.trust.agency_of(signer, moment.at));
    let holder = match &claim.signer {
        Some(_) if bound_agency.is_some() => HolderKind::Organisation,
        Some(signer) => signer.holder(),
        None => HolderKind::Unknown,
    };
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.severity));
    reasons.dedup();
    SignatureReport {
        format: claim.format,
        place: claim.place,
        purpose: claim.purpose,
        agency_code: bound_agency.or_else(|| claim.signer.as_ref().and_then(Certificate::agency_code)),
        signer: claim.signer.as_ref().map(Certificate::info),
        holder,
        claimed_at: claim.claimed_at,
        judged_at: moment.at,
        time_proof,
        level,
        integrity: claim.integrity,
        coverage: None,
        path: path_report,
        revocation,
        timestamps,
        algorithms,
        counter_signatures: claim.counter_signatures,
        verdict: Verdict::from_reasons(&reasons),
        reasons,
    }
}

/// The earliest time at which the signature is proven to have existed; otherwise the time of the verification.
fn best_time(claim: &Claim, stamps: &[TimestampReport], context: &Context, reasons: &mut Vec<Reason>) -> Moment {
    for stamp in stamps {
        // A time-stamp over other data is no accident; one that cannot be relied upon only proves nothing.
        if stamp.reasons.iter().any(|reason| reason.code == reasons::TIMESTAMP_FOREIGN.code) {
            reasons.push(Reason::new(&reasons::TIMESTAMP_FOREIGN));
        } else if stamp.verdict == Verdict::Invalid {
            reasons.push(Reason::new(&reasons::TIMESTAMP_INVALID));
        } else if stamp.verdict == Verdict::Indeterminate {
            reasons.push(Reason::new(&reasons::TIMESTAMP_UNPROVEN));
        }
    }
    let stamped = stamps.iter().filter(|stamp| stamp.verdict == Verdict::Valid).filter_map(|stamp| stamp.at).min();
    let proven = stamped.into_iter().chain(context.existed_at).filter(|at| *at <= context.at).min();
    let at = proven.unwrap_or(context.at);
    if proven.is_none() {
        reasons.push(Reason::new(&reasons::TIME_NOT_PROVEN));
    }
    // Clocks of signing computers differ from others' by minutes.
    const TOLERANCE_SECONDS: i64 = 300;
    if let Some(claimed) = claim.claimed_at
        && claimed > at.plus_seconds(TOLERANCE_SECONDS)
    {
        let code = if proven.is_some() { &reasons::TIME_ORDER } else { &reasons::TIME_IN_FUTURE };
        reasons.push(Reason::new(code));
    }
    Moment { at, proven: proven.is_some(), claimed: claim.claimed_at }
}

pub(crate) fn report_path(path: &Path) -> PathReport {
    let anchor = path.anchor.as_ref();
    let root = anchor.map(|anchor| &anchor.certificate).filter(|root| path.certificates.last() != Some(root));
    PathReport {
        certificates: path.certificates.iter().chain(root).map(Certificate::info).collect(),
        trust: anchor.map(|anchor| anchor.kind),
        anchor: anchor.map(|anchor| anchor.certificate.info().name),
    }
}

/// Looks every certificate of the path up, and says what follows from the answers.
pub(crate) fn check_revocation(
    path: &Path,
    known: &Evidence,
    context: &Context,
    moment: Moment,
    reasons: &mut Vec<Reason>,
) -> Vec<RevocationReport> {
    if path.anchor.is_none() {
        return Vec::new(); // nobody is there whose answer would count
    }
    let mut out = Vec::new();
    for (certificate, issuer) in path.steps() {
        let info = certificate.info();
        let finding = revocation::check(certificate, issuer, known, &context.policy, moment);
        match &finding.status {
            Status::Good => {}
            Status::Revoked { at, .. } => {
                let claimed_after = moment.claimed.is_some_and(|claimed| claimed >= *at);
                let code = if moment.proven && moment.at < *at {
                    &reasons::REVOKED_LATER
                } else if moment.proven || claimed_after {
                    &reasons::REVOKED
                } else {
                    &reasons::REVOKED_SINCE
                };
                let local = at.to_local().strftime("%d/%m/%Y %H:%M:%S").to_string();
                reasons.push(Reason::new(code).with("name", &info.name).with("when", local));
            }
            Status::Unknown { why } => {
                let code = match context.revocation {
                    RevocationRule::Required => &reasons::REVOCATION_UNKNOWN,
                    RevocationRule::IfKnown => &reasons::REVOCATION_NOT_CHECKED,
                };
                reasons.push(Reason::new(code).with("name", &info.name).with_text("why", why));
            }
        }
        let report = RevocationReport {
            name: info.name,
            fingerprint: info.fingerprint,
            status: finding.status,
            source: finding.source,
            issued_at: finding.issued_at,
        };
        out.push(report);
    }
    out
}

fn judge_algorithms(claim: &Claim, context: &Context, at: Timestamp, reasons: &mut Vec<Reason>) -> AlgorithmReport {
    let key = claim.signer.as_ref().and_then(Certificate::key_kind);
    let mut worst = AlgorithmVerdict::Accepted;
    let mut weigh = |verdict: AlgorithmVerdict, name: String| {
        let code = match verdict {
            AlgorithmVerdict::Accepted => return,
            AlgorithmVerdict::Weak => &reasons::ALGORITHM_WEAK,
            AlgorithmVerdict::Refused => &reasons::ALGORITHM_REFUSED,
        };
        worst = worst.max(verdict);
        let reason = Reason::new(code).with("algorithm", name);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    };
    let inner = claim.algorithm.and_then(SignatureAlgorithm::digest);
    let mut digests: Vec<Digest> = claim.digests.iter().copied().chain(inner).collect();
    digests.sort_unstable();
    digests.dedup();
    for digest in digests {
        weigh(context.policy.digest(digest, at), digest.name().to_owned());
    }
    if let Some(key) = key {
        weigh(context.policy.key(key, at), key.label());
    }
    AlgorithmReport {
        signature: claim.algorithm.map(SignatureAlgorithm::label).unwrap_or_default(),
        digests: claim.digests.iter().map(|digest| digest.name().to_owned()).collect(),
        key: key.map(|key| key.label()).unwrap_or_default(),
        verdict: worst,
    }
}

/// Why something is not known, in both languages.
pub(crate) const fn why(vi: &'static str, en: &'static str) -> Text {
    Text::fixed(vi, en)
}
