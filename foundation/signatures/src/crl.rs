//! Revocation lists (RFC 5280 §5): verified whole, then walked entry by entry without keeping them.

use crate::algorithms::{self, AlgorithmPolicy, AlgorithmVerdict, SignatureAlgorithm};
use crate::asn1::{self, Malformed, Oid, Parsed, Reader, SEQUENCE, Tlv};
use crate::certificate::Certificate;
use crate::judge::why;
use crate::names;
use crate::path::Purpose;
use crate::revocation::{Answer, CrlInfo, RevocationReason};
use crate::usage;
use base::{Text, Timestamp};

/// Most bytes of one list; the largest public ones hold some tens of millions.
pub const MAX_CRL: usize = 128 << 20;
/// Most extensions of a list or an entry.
const MAX_EXTENSIONS: usize = 64;
const CRL_NUMBER: Oid = Oid::new_unwrap("2.5.29.20");
const REASON: Oid = Oid::new_unwrap("2.5.29.21");
const INVALIDITY_DATE: Oid = Oid::new_unwrap("2.5.29.24");
const DISTRIBUTION_POINT: Oid = Oid::new_unwrap("2.5.29.28");
const AUTHORITY_KEY: Oid = Oid::new_unwrap("2.5.29.35");

struct List<'a> {
    signed: &'a [u8],
    algorithm: Option<SignatureAlgorithm>,
    signature: &'a [u8],
    issuer: &'a [u8],
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Reader<'a>,
    extensions: Vec<Extension<'a>>,
}

struct Extension<'a> {
    id: Oid,
    critical: bool,
    value: &'a [u8],
}

fn parse(bytes: &[u8]) -> Parsed<List<'_>> {
    if bytes.len() > MAX_CRL {
        return Err(Malformed::TooLarge);
    }
    let mut outer = asn1::only(bytes, SEQUENCE, "a revocation list")?.inside();
    let tbs = outer.take(SEQUENCE, "a revocation list")?;
    let identifier = outer.take(SEQUENCE, "an algorithm")?;
    let signature = outer.take(asn1::BIT_STRING, "a signature")?.bits()?;
    outer.finish()?;
    let mut fields = tbs.inside();
    fields.optional(asn1::INTEGER)?;
    if fields.take(SEQUENCE, "an algorithm")?.raw != identifier.raw {
        return Err(Malformed::Expected("the same algorithm inside and outside"));
    }
    let issuer = fields.take(SEQUENCE, "an issuer")?.raw;
    let this_update = fields.any()?.time()?;
    let next_update = match fields.peek() {
        Some(asn1::UTC_TIME | asn1::GENERALIZED_TIME) => Some(fields.any()?.time()?),
        _ => None,
    };
    let entries = fields.optional(SEQUENCE)?.map_or(Reader::new(&[]), |list| list.inside());
    let extensions = match fields.optional(asn1::context(0))? {
        Some(wrapped) => read_extensions(wrapped.inside().take(SEQUENCE, "extensions")?)?,
        None => Vec::new(),
    };
    let algorithm = SignatureAlgorithm::read(&identifier, None)?;
    Ok(List { signed: tbs.raw, algorithm, signature, issuer, this_update, next_update, entries, extensions })
}

fn read_extensions(list: Tlv<'_>) -> Parsed<Vec<Extension<'_>>> {
    let read = |item: &Tlv<'_>| -> Parsed<(Oid, bool)> {
        let mut fields = item.inside();
        let id = fields.take(asn1::OID, "an extension")?.oid()?;
        Ok((id, fields.optional(asn1::BOOLEAN)?.is_some_and(|critical| critical.content != [0])))
    };
    let mut out = Vec::new();
    for item in list.inside().all(MAX_EXTENSIONS)? {
        let (id, critical) = read(&item)?;
        let mut fields = item.inside();
        fields.any()?;
        fields.optional(asn1::BOOLEAN)?;
        out.push(Extension { id, critical, value: fields.take(asn1::OCTET_STRING, "an extension")?.content });
    }
    Ok(out)
}

/// What a list says of itself; every entry is walked.
pub(crate) fn info(bytes: &[u8]) -> Parsed<CrlInfo> {
    let list = parse(bytes)?;
    let mut entries = list.entries;
    let mut count = 0;
    while !entries.is_empty() {
        entries.take(SEQUENCE, "an entry")?;
        count += 1;
    }
    let (this_update, next_update) = (list.this_update, list.next_update);
    Ok(CrlInfo { issuer: list.issuer.to_vec(), this_update, next_update, entries: count })
}

/// What a verified list says of `certificate`; none when it is another authority's.
pub(crate) fn answer(
    bytes: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    policy: &AlgorithmPolicy,
) -> Result<Option<Answer>, Text> {
    let malformed = |_| why("không đọc được danh sách thu hồi", "the revocation list cannot be read");
    let list = parse(bytes).map_err(malformed)?;
    if !names::same(list.issuer, issuer.subject()) {
        return Ok(None);
    }
    for extension in &list.extensions {
        match extension.id {
            CRL_NUMBER | AUTHORITY_KEY => {}
            DISTRIBUTION_POINT if covers_all(extension.value, certificate).map_err(malformed)? => {}
            DISTRIBUTION_POINT => return Ok(None),
            // Delta lists and anything else that changes the meaning.
            _ if extension.critical => {
                return Err(why(
                    "danh sách thu hồi có điều kiện chưa được hỗ trợ",
                    "the revocation list has a condition that is not supported",
                ));
            }
            _ => {}
        }
    }
    let refused = |algorithm: SignatureAlgorithm| {
        algorithm.digest().is_some_and(|digest| policy.digest(digest, list.this_update) == AlgorithmVerdict::Refused)
    };
    let algorithm = list.algorithm.filter(|algorithm| !refused(*algorithm)).ok_or(why(
        "thuật toán của danh sách thu hồi không được chấp nhận",
        "the algorithm of the revocation list is not accepted",
    ))?;
    let entitled = usage::rights(issuer).is_ok_and(|rights| rights.fits(Purpose::RevocationLists));
    if !entitled || algorithms::verify(issuer.spki(), algorithm, list.signed, list.signature).is_err() {
        return Err(why(
            "danh sách thu hồi không do tổ chức chứng thực ký",
            "the revocation list is not signed by the authority",
        ));
    }
    let revoked = lookup(list.entries, certificate.serial()).map_err(malformed)?;
    Ok(Some(Answer { revoked, this_update: list.this_update, next_update: list.next_update }))
}

/// Whether a list with an IssuingDistributionPoint speaks of this certificate for all reasons (RFC 5280 §5.2.5). One that
/// names a place is a part of what the authority revoked, and speaks only of certificates that name the same place.
fn covers_all(value: &[u8], certificate: &Certificate) -> Parsed<bool> {
    const URI: u8 = 0x86;
    let fields = asn1::only(value, SEQUENCE, "a distribution point")?.inside().all(8)?;
    let is_set = |n: u8| fields.iter().any(|f| f.tag == asn1::context_primitive(n) && f.content != [0]);
    let is_authority = usage::rights(certificate).is_ok_and(|rights| rights.is_authority == Some(true));
    let others_only = if is_authority { is_set(1) } else { is_set(2) };
    // Only some reasons, other authorities' certificates, attribute certificates.
    if others_only || is_set(3) || is_set(4) || is_set(5) {
        return Ok(false);
    }
    let Some(place) = fields.iter().find(|field| field.tag == asn1::context(0)) else { return Ok(true) };
    let Some(names) = place.inside().optional(asn1::context(0))? else { return Ok(false) };
    let named = names.inside().all(MAX_EXTENSIONS)?;
    let wanted = certificate.addresses().crls;
    Ok(named.iter().any(|name| name.tag == URI && wanted.iter().any(|uri| uri.as_bytes() == name.content)))
}

fn lookup(mut entries: Reader<'_>, serial: &[u8]) -> Parsed<Option<(Timestamp, RevocationReason)>> {
    let mut found = None;
    while !entries.is_empty() {
        let entry = entries.take(SEQUENCE, "an entry")?;
        let mut fields = entry.inside();
        let is_it = fields.take(asn1::INTEGER, "a serial number")?.content == serial;
        if !is_it {
            continue;
        }
        let at = fields.any()?.time()?;
        let mut reason = RevocationReason::Unspecified;
        if let Some(extensions) = fields.optional(SEQUENCE)? {
            for extension in read_extensions(extensions)? {
                match extension.id {
                    REASON => {
                        let code = asn1::only(extension.value, asn1::ENUMERATED, "a reason")?.number()?;
                        reason = RevocationReason::from_code(code);
                    }
                    INVALIDITY_DATE => {}
                    _ if extension.critical => return Err(Malformed::Expected("an entry that is understood")),
                    _ => {}
                }
            }
        }
        if found.is_none_or(|(earlier, _)| at < earlier) {
            found = Some((at, reason));
        }
    }
    Ok(found)
}
