//! Time-stamps (RFC 3161): requests and answers as bytes, tokens verified, and tokens made in two phases.

use crate::algorithms::{Digest, Digests};
use crate::asn1::{self, Malformed, Oid, Parsed, SEQUENCE};
use crate::certificate::Certificate;
use crate::cms::{self, Content, MakeError, Options, Prepared, SignedData, TST_INFO};
use crate::context::{Context, Evidence};
use crate::judge::{check_revocation, report_path};
use crate::path::{self, Moment, Purpose, Rules};
use crate::reasons::{self, Reason};
use crate::report::{Integrity, PathReport, TimestampReport, Verdict};
use crate::revocation::{RevocationReason, Status};
use base::Timestamp;
use serde::{Deserialize, Serialize};

/// Most bytes of a token or an answer.
pub const MAX_TOKEN: usize = 1 << 20;

/// What somebody asks of a time-stamping authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The digest of the data.
    pub digest: Digest,
    /// Its value.
    pub imprint: Vec<u8>,
    /// The policy asked for, dotted.
    pub policy: Option<String>,
    /// A number that the answer must repeat: the content of its INTEGER.
    pub nonce: Option<Vec<u8>>,
    /// Whether the authority's certificate is wanted inside.
    pub certificates: bool,
}

/// The request (DER, `application/timestamp-query`) for data of this digest; `nonce` should be 8 or more random bytes.
pub fn request(digest: Digest, imprint: &[u8], nonce: Option<&[u8]>) -> Vec<u8> {
    let nonce = nonce.map(asn1::integer).unwrap_or_default();
    let wanted = asn1::tlv(asn1::BOOLEAN, &[0xff]);
    asn1::sequence(&[&asn1::integer(&[1]), &message_imprint(digest, imprint), &nonce, &wanted])
}

fn message_imprint(digest: Digest, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&digest.identifier(), &asn1::octets(value)])
}

/// Reads a request; refused when its digest is unknown, SHA-1, or of the wrong length.
pub fn read_request(bytes: &[u8]) -> Result<Request, Malformed> {
    if bytes.len() > MAX_TOKEN {
        return Err(Malformed::TooLarge);
    }
    let mut fields = asn1::only(bytes, SEQUENCE, "a request")?.inside();
    fields.take(asn1::INTEGER, "a version")?;
    let (digest, imprint) = read_imprint(&fields.take(SEQUENCE, "an imprint")?)?;
    let digest = digest.filter(|digest| *digest != Digest::Sha1).ok_or(Malformed::Expected("a known digest"))?;
    if imprint.len() != digest.length() {
        return Err(Malformed::Expected("a digest of the right length"));
    }
    let policy = fields.optional(asn1::OID)?.map(|id| id.oid()).transpose()?.map(|id| id.to_string());
    let nonce = fields.optional(asn1::INTEGER)?.map(|nonce| nonce.content.to_vec());
    let certificates = fields.optional(asn1::BOOLEAN)?.is_some_and(|wanted| wanted.content != [0]);
    Ok(Request { digest, imprint, policy, nonce, certificates })
}

fn read_imprint(value: &asn1::Tlv<'_>) -> Parsed<(Option<Digest>, Vec<u8>)> {
    let mut fields = value.inside();
    let digest = Digest::read(&fields.take(SEQUENCE, "a digest algorithm")?)?;
    Ok((digest, fields.take(asn1::OCTET_STRING, "a digest")?.content.to_vec()))
}

/// Why an authority's answer holds no usable token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It cannot be read.
    #[error("the answer cannot be read: {0}")]
    Malformed(#[from] Malformed),
    /// The authority said no, with this status (RFC 3161 §2.4.2).
    #[error("the authority refused with status {0}")]
    Refused(u64),
    /// The token is not for this request.
    #[error("the token belongs to another request")]
    Foreign,
}

/// The token (DER) in an answer (`application/timestamp-reply`), which must be to this request: imprint and nonce.
pub fn read_response(bytes: &[u8], request: &[u8]) -> Result<Vec<u8>, AnswerError> {
    let asked = read_request(request)?;
    if bytes.len() > MAX_TOKEN {
        return Err(Malformed::TooLarge.into());
    }
    let mut fields = asn1::only(bytes, SEQUENCE, "an answer")?.inside();
    let status = fields.take(SEQUENCE, "a status")?.inside().take(asn1::INTEGER, "a status")?.number()?;
    if status > 1 {
        return Err(AnswerError::Refused(status));
    }
    let token = fields.take(SEQUENCE, "a token")?.raw.to_vec();
    let info = read_token(&token)?.1;
    if info.digest != Some(asked.digest) || info.imprint != asked.imprint || info.nonce != asked.nonce {
        return Err(AnswerError::Foreign);
    }
    Ok(token)
}

/// What a token states (TSTInfo).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// The digest of the data; none when it is unknown here.
    pub digest: Option<Digest>,
    /// Its value.
    pub imprint: Vec<u8>,
    /// The time.
    pub at: Timestamp,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// The policy, dotted.
    pub policy: String,
    /// The number that the request gave.
    pub nonce: Option<Vec<u8>>,
}

/// Reads what a token states, without checking it.
pub fn read(token: &[u8]) -> Result<TokenInfo, Malformed> {
    read_token(token).map(|(_, info)| info)
}

fn read_token(token: &[u8]) -> Parsed<(SignedData, TokenInfo)> {
    if token.len() > MAX_TOKEN {
        return Err(Malformed::TooLarge);
    }
    let data = SignedData::parse(token)?;
    if data.content_type != TST_INFO || data.signers.len() != 1 {
        return Err(Malformed::Expected("a time-stamp token"));
    }
    let content = data.content.as_deref().ok_or(Malformed::Expected("a time-stamp token"))?;
    let mut fields = asn1::only(content, SEQUENCE, "a time-stamp")?.inside();
    if fields.take(asn1::INTEGER, "a version")?.number()? != 1 {
        return Err(Malformed::Expected("version 1"));
    }
    let policy = fields.take(asn1::OID, "a policy")?.oid()?.to_string();
    let (digest, imprint) = read_imprint(&fields.take(SEQUENCE, "an imprint")?)?;
    let serial = hex::encode(fields.take(asn1::INTEGER, "a serial number")?.content);
    let at = fields.take(asn1::GENERALIZED_TIME, "a time")?.time()?;
    fields.optional(SEQUENCE)?; // accuracy
    fields.optional(asn1::BOOLEAN)?; // ordering
    let nonce = fields.optional(asn1::INTEGER)?.map(|nonce| nonce.content.to_vec());
    Ok((data, TokenInfo { digest, imprint, at, serial, policy, nonce }))
}

/// Whether a token is over data of these digests.
pub fn covers(token: &[u8], covered: &Digests) -> Result<bool, Malformed> {
    let info = read(token)?;
    Ok(matches_imprint(&info, covered))
}

fn matches_imprint(info: &TokenInfo, covered: &Digests) -> bool {
    info.digest.and_then(|digest| covered.get(digest)) == Some(&info.imprint)
}

/// Verifies a token over data of these digests (the one that [`read`] names must be among them): imprint, signature,
/// and the authority's path, usage and revocation at the stated time. `known` is what came with the data that was
/// stamped, besides the evidence of the context.
pub fn verify(token: &[u8], covered: &Digests, known: &Evidence, context: &Context) -> TimestampReport {
    let mut report = TimestampReport {
        at: None,
        authority: None,
        path: PathReport::default(),
        serial: String::new(),
        reasons: Vec::new(),
        verdict: Verdict::Indeterminate,
    };
    match read_token(token) {
        Err(error) => report.reasons.push(Reason::new(&reasons::MALFORMED).with("why", error)),
        Ok((data, info)) => {
            report.at = Some(info.at);
            report.serial.clone_from(&info.serial);
            judge_token(&data, &info, covered, known, context, &mut report);
        }
    }
    report.reasons.sort_by_key(|reason| std::cmp::Reverse(reason.severity));
    report.verdict = Verdict::from_reasons(&report.reasons);
    report
}

fn judge_token(
    data: &SignedData,
    info: &TokenInfo,
    covered: &Digests,
    known: &Evidence,
    context: &Context,
    report: &mut TimestampReport,
) {
    match info.digest {
        None => report.reasons.push(Reason::new(&reasons::ALGORITHM_UNSUPPORTED).with("algorithm", "?")),
        Some(digest) if covered.get(digest).is_none() => report.reasons.push(Reason::new(&reasons::CONTENT_MISSING)),
        Some(_) if !matches_imprint(info, covered) => report.reasons.push(Reason::new(&reasons::TIMESTAMP_FOREIGN)),
        Some(_) => {}
    }
    if info.at > context.at.plus_seconds(300) {
        report.reasons.push(Reason::new(&reasons::TIME_IN_FUTURE).weighing(crate::Severity::Unknown));
    }
    let mut all = context.evidence.clone();
    all.extend(&context.archived);
    all.extend(known);
    all.extend(&data.evidence);
    let claim = cms::claim(data, &data.signers[0], Content::Attached, &all.certificates);
    report.reasons.extend(claim.reasons.iter().cloned());
    // RFC 3161 §2.4.2 demands the binding to the certificate.
    if claim.integrity == Integrity::Intact && !claim.bound {
        report.reasons.push(Reason::new(&reasons::NOT_BOUND_TO_CERTIFICATE).weighing(crate::Severity::Unknown));
    }
    let Some(authority) = claim.signer.as_ref() else { return };
    report.authority = Some(authority.info());
    // The token states its own time; its certificate is judged then, and its revocation with what is known since.
    let moment = Moment { at: info.at, proven: true, claimed: None };
    let rules = Rules { trust: &context.trust, policy: &context.policy, moment, purpose: Purpose::TimeStamps };
    let path = path::find(authority, &all.certificates, rules);
    report.reasons.extend(path.reasons.iter().cloned());
    for found in check_revocation(&path, &all, context, moment, &mut report.reasons) {
        distrust_compromised(&found.status, found.name, context, &mut report.reasons);
    }
    report.path = report_path(&path);
    if let (Some(key), Some(algorithm)) = (authority.key_kind(), claim.algorithm) {
        let verdict = context.policy.signature(key, algorithm, info.at);
        let verdict = verdict.max(info.digest.map_or(verdict, |digest| context.policy.digest(digest, info.at)));
        let code = match verdict {
            crate::algorithms::AlgorithmVerdict::Accepted => return,
            crate::algorithms::AlgorithmVerdict::Weak => &reasons::ALGORITHM_WEAK,
            crate::algorithms::AlgorithmVerdict::Refused => &reasons::ALGORITHM_REFUSED,
        };
        report.reasons.push(Reason::new(code).with("algorithm", algorithm.label()));
    }
}

/// Whoever holds a stolen key can stamp any time he likes, so a later revocation for that reason counts against earlier
/// tokens as well, unless the signature was seen before it (RFC 3161 §4, number 1).
fn distrust_compromised(status: &Status, name: String, context: &Context, found: &mut Vec<Reason>) {
    let Status::Revoked { at, reason } = status else { return };
    let stolen = matches!(
        reason,
        RevocationReason::KeyCompromise | RevocationReason::AuthorityCompromise | RevocationReason::Unspecified
    );
    if stolen && context.existed_at.is_none_or(|seen| seen >= *at) {
        let local = at.to_local().strftime("%d/%m/%Y %H:%M:%S");
        found.push(Reason::new(&reasons::REVOKED_SINCE).with("name", name).with("when", local));
    }
}

/// A token that waits for its signature value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedToken(Prepared);

/// Prepares the token that answers a request, by the first certificate of `chain` (its usage must be time-stamping).
/// `policy` is dotted; `serial` must be new each time.
pub fn prepare(
    request: &Request,
    chain: &[Certificate],
    policy: &str,
    serial: &[u8],
    at: Timestamp,
) -> Result<PreparedToken, MakeError> {
    let policy = Oid::new(policy).map_err(|_| Malformed::Expected("a policy"))?;
    let nonce = request.nonce.as_deref().map(|nonce| asn1::tlv(asn1::INTEGER, nonce)).unwrap_or_default();
    let info = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::oid(&policy),
        &message_imprint(request.digest, &request.imprint),
        &asn1::integer(serial),
        &asn1::generalized_time(at),
        &nonce,
    ]);
    let digest = Digest::Sha256.of(&info);
    let options = Options { attached: Some(info), signed_at: Some(at), ..Options::default() };
    cms::prepare_as(TST_INFO, chain, &digest, &options).map(PreparedToken)
}

impl PreparedToken {
    /// The bytes to sign.
    pub fn to_sign(&self) -> &[u8] {
        self.0.to_sign()
    }

    /// The token (DER).
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<u8>, MakeError> {
        self.0.finish(signature)
    }
}

/// The answer (DER, `application/timestamp-reply`) that grants a token.
pub fn granted(token: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::sequence(&[&asn1::integer(&[0])]), token])
}

/// The answer that refuses a request (status 2, rejection).
pub fn rejected() -> Vec<u8> {
    asn1::sequence(&[&asn1::sequence(&[&asn1::integer(&[2])])])
}
