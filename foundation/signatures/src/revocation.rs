//! Revocation at a given time, from OCSP answers (RFC 6960) and revocation lists (RFC 5280 §5) that somebody fetched.

use crate::algorithms::AlgorithmPolicy;
use crate::asn1::{self, Malformed, Oid, Parsed, SEQUENCE};
use crate::certificate::Certificate;
use crate::context::Evidence;
use crate::judge::why;
use crate::path::Moment;
use crate::{crl, ocsp};
use base::{Text, Timestamp};
use serde::{Deserialize, Serialize};

pub use crate::crl::MAX_CRL;
pub use crate::ocsp::{MAX_OCSP, request as ocsp_request};

const BASIC_RESPONSE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.1");

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    /// Not said.
    Unspecified,
    /// The key got into other hands.
    KeyCompromise,
    /// The authority's key did.
    AuthorityCompromise,
    /// The holder moved or changed its name.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// It is no longer used.
    CessationOfOperation,
    /// Suspended.
    Hold,
    /// A right was withdrawn.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    pub(crate) const fn from_code(code: u64) -> Self {
        match code {
            1 => Self::KeyCompromise,
            2 | 10 => Self::AuthorityCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::Hold,
            9 => Self::PrivilegeWithdrawn,
            _ => Self::Unspecified,
        }
    }
}

/// What is known of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum Status {
    /// Not revoked at that time.
    Good,
    /// Revoked, before that time or after.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: RevocationReason,
    },
    /// Nothing usable says.
    Unknown {
        /// Why not.
        why: Text,
    },
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An OCSP answer.
    Ocsp,
    /// A revocation list.
    Crl,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is known.
    pub status: Status,
    /// Where from.
    pub source: Option<Source>,
    /// When that was issued (`thisUpdate`).
    pub issued_at: Option<Timestamp>,
}

/// What one verified answer says of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub revoked: Option<(Timestamp, RevocationReason)>,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
}

/// Most answers about one certificate that are found unusable before the search ends.
const MAX_REFUSED: usize = 32;
/// Clocks of responders differ from others' by minutes.
const TOLERANCE_SECONDS: i64 = 300;
/// How long an answer without `nextUpdate` speaks for the time after it.
const WITHOUT_NEXT_SECONDS: i64 = 86_400;

/// Looks a certificate up. A revocation counts from any verified answer; “good” only from one that speaks for the moment:
/// issued at or after it while the certificate had not expired, or still in force then.
pub fn check(
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence,
    policy: &AlgorithmPolicy,
    moment: Moment,
) -> Finding {
    let mut unusable =
        why("không có câu trả lời OCSP hoặc danh sách thu hồi", "no OCSP answer or revocation list is at hand");
    let answers = evidence.ocsp.iter().map(|bytes| (Source::Ocsp, bytes));
    let lists = evidence.crls.iter().map(|bytes| (Source::Crl, bytes));
    let mut best: Option<Finding> = None;
    let mut refused = 0;
    for (source, bytes) in answers.chain(lists) {
        let answer = match source {
            Source::Ocsp => ocsp::answer(bytes, certificate, issuer, evidence, policy),
            Source::Crl => crl::answer(bytes, certificate, issuer, policy),
        };
        let answer = match answer {
            Ok(Some(answer)) => answer,
            Ok(None) => continue, // about others
            Err(text) => {
                unusable = text;
                refused += 1;
                if refused >= MAX_REFUSED {
                    break;
                }
                continue;
            }
        };
        let found = |status| Finding { status, source: Some(source), issued_at: Some(answer.this_update) };
        let newer = best.as_ref().is_none_or(|best| best.issued_at < Some(answer.this_update));
        match answer.revoked {
            // Only a suspension can be lifted by a later answer (RFC 5280 §5.3.1).
            Some((at, RevocationReason::Hold)) if newer => {
                best = Some(found(Status::Revoked { at, reason: RevocationReason::Hold }));
                continue;
            }
            Some((_, RevocationReason::Hold)) => continue,
            Some((at, reason)) => return found(Status::Revoked { at, reason }),
            None => {}
        }
        if !speaks_for(&answer, certificate, moment) {
            unusable = why("câu trả lời không thuộc thời điểm cần biết", "the answer is not for the time in question");
        } else if newer {
            best = Some(found(Status::Good));
        }
    }
    best.unwrap_or(Finding { status: Status::Unknown { why: unusable }, source: None, issued_at: None })
}

fn speaks_for(answer: &Answer, certificate: &Certificate, moment: Moment) -> bool {
    let until = answer.next_update.unwrap_or_else(|| answer.this_update.plus_seconds(WITHOUT_NEXT_SECONDS));
    if answer.this_update >= moment.at {
        // Authorities forget expired certificates; and an answer must not come from the future of the verification.
        let not_forgotten = answer.this_update <= certificate.not_after();
        let not_ahead = moment.proven || answer.this_update <= moment.at.plus_seconds(TOLERANCE_SECONDS);
        return not_forgotten && not_ahead;
    }
    moment.at <= until.plus_seconds(TOLERANCE_SECONDS)
}

/// What a revocation list says of itself, unverified: to be shown when one is loaded from a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrlInfo {
    /// The issuer's name (DER).
    pub issuer: Vec<u8>,
    /// When it was issued.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Option<Timestamp>,
    /// How many certificates it names.
    pub entries: u64,
}

/// Reads a revocation list (DER) without checking it.
pub fn read_crl(bytes: &[u8]) -> Result<CrlInfo, Malformed> {
    crl::info(bytes)
}

/// Reads an OCSP answer (DER) without checking it: of how many certificates it speaks.
pub fn read_ocsp(bytes: &[u8]) -> Result<usize, Malformed> {
    ocsp::count(bytes)
}

/// A whole OCSPResponse, made from a BasicOCSPResponse where only that is at hand.
pub(crate) fn whole_ocsp_response(bytes: &[u8]) -> Parsed<Vec<u8>> {
    let fields = asn1::only(bytes, SEQUENCE, "an OCSP answer")?.inside();
    match fields.peek() {
        Some(asn1::ENUMERATED) => Ok(bytes.to_vec()),
        Some(SEQUENCE) => {
            let inner = asn1::sequence(&[&asn1::oid(&BASIC_RESPONSE), &asn1::octets(bytes)]);
            Ok(asn1::sequence(&[&asn1::tlv(asn1::ENUMERATED, &[0]), &asn1::tlv(asn1::context(0), &inner)]))
        }
        _ => Err(Malformed::Expected("an OCSP answer")),
    }
}

/// The BasicOCSPResponse inside an answer, or the answer where it is one already.
pub(crate) fn basic_ocsp_response(bytes: &[u8]) -> Parsed<&[u8]> {
    let mut fields = asn1::only(bytes, SEQUENCE, "an OCSP answer")?.inside();
    if fields.peek() == Some(SEQUENCE) {
        return Ok(bytes);
    }
    if fields.take(asn1::ENUMERATED, "a status")?.content != [0] {
        return Err(Malformed::Expected("a successful answer"));
    }
    let mut inner = asn1::only(fields.take(asn1::context(0), "an answer")?.content, SEQUENCE, "an answer")?.inside();
    if inner.take(asn1::OID, "a kind of answer")?.oid()? != BASIC_RESPONSE {
        return Err(Malformed::Expected("a basic answer"));
    }
    Ok(inner.take(asn1::OCTET_STRING, "an answer")?.content)
}
