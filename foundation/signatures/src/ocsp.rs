//! OCSP (RFC 6960): the request for one certificate, and answers checked down to who may give them.

use crate::algorithms::{self, AlgorithmPolicy, AlgorithmVerdict, Digest, SignatureAlgorithm};
use crate::asn1::{self, Malformed, Oid, Parsed, SEQUENCE, Tlv};
use crate::certificate::Certificate;
use crate::context::Evidence;
use crate::judge::why;
use crate::names;
use crate::path::Purpose;
use crate::revocation::{Answer, RevocationReason, basic_ocsp_response};
use crate::usage;
use base::Text;

/// Most bytes of an answer.
pub const MAX_OCSP: usize = 1 << 20;
/// Most certificates that one answer speaks of or carries.
const MAX_ITEMS: usize = 64;
const NONCE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// The request (DER, `application/ocsp-request`) about `certificate`; `nonce` (RFC 9654: 32 random bytes) only where the
/// responder takes one. Certificates are named by SHA-1, the only digest that every responder knows (RFC 5019 §2.1.1).
pub fn request(certificate: &Certificate, issuer: &Certificate, nonce: Option<&[u8]>) -> Vec<u8> {
    let id = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid(&Digest::Sha1.id()), &[asn1::NULL, 0]]),
        &asn1::octets(&Digest::Sha1.of(certificate.issuer())),
        &asn1::octets(&Digest::Sha1.of(issuer.key_bits())),
        &asn1::tlv(asn1::INTEGER, certificate.serial()),
    ]);
    let list = asn1::sequence(&[&asn1::sequence(&[&id])]);
    let extensions = nonce.map(|nonce| {
        let value = asn1::octets(&asn1::octets(nonce));
        let extension = asn1::sequence(&[&asn1::oid(&NONCE), &value]);
        asn1::tlv(asn1::context(2), &asn1::sequence(&[&extension]))
    });
    asn1::sequence(&[&asn1::sequence(&[&list, &extensions.unwrap_or_default()])])
}

struct Basic<'a> {
    data: Tlv<'a>,
    responder: Tlv<'a>,
    responses: Vec<Tlv<'a>>,
    algorithm: Option<SignatureAlgorithm>,
    signature: &'a [u8],
    certificates: Vec<Certificate>,
}

fn parse(bytes: &[u8]) -> Parsed<Basic<'_>> {
    if bytes.len() > MAX_OCSP {
        return Err(Malformed::TooLarge);
    }
    let mut fields = asn1::only(basic_ocsp_response(bytes)?, SEQUENCE, "a basic answer")?.inside();
    let data = fields.take(SEQUENCE, "an answer")?;
    let algorithm = SignatureAlgorithm::read(&fields.take(SEQUENCE, "an algorithm")?, None)?;
    let signature = fields.take(asn1::BIT_STRING, "a signature")?.bits()?;
    let mut certificates = Vec::new();
    if let Some(list) = fields.optional(asn1::context(0))? {
        for item in asn1::only(list.content, SEQUENCE, "certificates")?.inside().all(MAX_ITEMS)? {
            certificates.push(Certificate::parse(item.raw)?);
        }
    }
    let mut inside = data.inside();
    inside.optional(asn1::context(0))?;
    let responder = inside.any()?;
    inside.take(asn1::GENERALIZED_TIME, "a time")?;
    let responses = inside.take(SEQUENCE, "answers")?.inside().all(MAX_ITEMS)?;
    Ok(Basic { data, responder, responses, algorithm, signature, certificates })
}

/// Of how many certificates an answer speaks.
pub(crate) fn count(bytes: &[u8]) -> Parsed<usize> {
    parse(bytes).map(|basic| basic.responses.len())
}

/// What a verified answer says of `certificate`; none when it is about others.
pub(crate) fn answer(
    bytes: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence,
    policy: &AlgorithmPolicy,
) -> Result<Option<Answer>, Text> {
    let malformed = |_| why("không đọc được câu trả lời OCSP", "the OCSP answer cannot be read");
    let basic = parse(bytes).map_err(malformed)?;
    let mut found = None;
    for response in &basic.responses {
        if let Some(answer) = single(response, certificate, issuer).map_err(malformed)? {
            found = Some(answer);
            break;
        }
    }
    let Some(answer) = found else { return Ok(None) };
    let Some(answer) = answer else {
        return Err(why(
            "máy chủ OCSP không biết chứng thư số này",
            "the OCSP responder does not know the certificate",
        ));
    };
    let algorithm = basic.algorithm.ok_or(why(
        "thuật toán của câu trả lời OCSP chưa được hỗ trợ",
        "the algorithm of the OCSP answer is not supported",
    ))?;
    if algorithm.digest().is_some_and(|digest| policy.digest(digest, answer.this_update) == AlgorithmVerdict::Refused) {
        return Err(why(
            "thuật toán của câu trả lời OCSP không còn được chấp nhận",
            "the algorithm of the OCSP answer is not accepted",
        ));
    }
    let responders = basic.certificates.iter().chain(&evidence.certificates).chain([issuer]);
    let signed = responders.filter(|responder| is_named(&basic.responder, responder)).any(|responder| {
        may_answer(responder, issuer, &answer)
            && algorithms::verify(responder.spki(), algorithm, basic.data.raw, basic.signature).is_ok()
    });
    if !signed {
        return Err(why(
            "câu trả lời OCSP không do nơi có thẩm quyền ký",
            "the OCSP answer is not signed by one entitled to",
        ));
    }
    Ok(Some(answer))
}

/// One SingleResponse: none when about another certificate, an inner none when the responder does not know this one.
fn single(response: &Tlv<'_>, certificate: &Certificate, issuer: &Certificate) -> Parsed<Option<Option<Answer>>> {
    let mut fields = response.inside();
    let mut id = fields.take(SEQUENCE, "a certificate's name")?.inside();
    let digest = Digest::read(&id.take(SEQUENCE, "a digest algorithm")?)?;
    let name = id.take(asn1::OCTET_STRING, "a digest")?.content;
    let key = id.take(asn1::OCTET_STRING, "a digest")?.content;
    let serial = id.take(asn1::INTEGER, "a serial number")?.content;
    let Some(digest) = digest else { return Ok(None) };
    if serial != certificate.serial() || digest.of(certificate.issuer()) != name || digest.of(issuer.key_bits()) != key
    {
        return Ok(None);
    }
    let status = fields.any()?;
    let this_update = fields.take(asn1::GENERALIZED_TIME, "a time")?.time()?;
    let next_update = match fields.optional(asn1::context(0))? {
        Some(next) => Some(next.inside().take(asn1::GENERALIZED_TIME, "a time")?.time()?),
        None => None,
    };
    let revoked = match status.tag {
        0x80 => None,
        0xa1 => {
            let mut inside = status.inside();
            let at = inside.take(asn1::GENERALIZED_TIME, "a time")?.time()?;
            let code = match inside.optional(asn1::context(0))? {
                Some(reason) => reason.inside().take(asn1::ENUMERATED, "a reason")?.number()?,
                None => 0,
            };
            Some((at, RevocationReason::from_code(code)))
        }
        _ => return Ok(Some(None)),
    };
    Ok(Some(Some(Answer { revoked, this_update, next_update })))
}

fn is_named(responder: &Tlv<'_>, certificate: &Certificate) -> bool {
    match responder.tag {
        0xa1 => names::same(responder.content, certificate.subject()),
        0xa2 => responder
            .inside()
            .take(asn1::OCTET_STRING, "a digest")
            .is_ok_and(|hash| Digest::Sha1.of(certificate.key_bits()) == hash.content),
        _ => false,
    }
}

/// The issuer itself, or one that the issuer directly gave the right to (RFC 6960 §4.2.2.2), in force when it answered.
fn may_answer(responder: &Certificate, issuer: &Certificate, answer: &Answer) -> bool {
    if responder.spki() == issuer.spki() && responder.subject() == issuer.subject() {
        return true;
    }
    let entitled = usage::rights(responder).is_ok_and(|rights| rights.fits(Purpose::OcspAnswers));
    entitled
        && responder.is_valid_at(answer.this_update)
        && names::same(responder.issuer(), issuer.subject())
        && responder.is_signed_by(issuer)
}
