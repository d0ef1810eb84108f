//! Judges every signature of a file: its place in the file by this module's rules, its value by the rules that all
//! formats share, and puts both into one report.

use std::io::{Read, Seek};

use base::{Text, Timestamp};

use super::file::File;
use super::read::{Range, Reading, Signed, read_file};
use super::store::store_of;
use super::{Error, SubFilter};
use crate::cms::{self, Content, SignedData};
use crate::report::{AlgorithmReport, LaterChange, TimeProof, TimestampReport};
use crate::{
    Certificate, Claim, Context, Coverage, Digest, Digests, Evidence, Format, Hasher, HolderKind, Integrity, Level,
    Reason, Report, Severity, SignatureReport, Verdict, judge, timestamp,
};

/// A file is hashed this many times its length at most: honest signatures share all but their own revision.
const MAX_PASSES: u64 = 20;
/// Forbidden changes that are named one by one.
const MAX_NAMED: usize = 20;

/// Verifies a file.
///
/// # Errors
/// As [`File::open`], and [`Error::TooLarge`] when its signatures cover the same bytes over and over.
pub fn verify<R: Read + Seek>(pdf: R, context: &Context) -> Result<Report, Error> {
    let mut file = File::open(pdf)?;
    let reading = read_file(&mut file)?;
    let digests = digests(&mut file, &reading)?;
    let mut context = context.clone();
    context.archived.extend(&evidence(&mut file)?);
    let mut reports = Vec::new();
    let mut archived = false;
    // Newest first: a later document time-stamp proves that everything before it existed.
    for (signed, digests) in reading.signatures.iter().zip(&digests).rev() {
        let mut report = match signed.sub_filter {
            SubFilter::TimeStamp => time_stamp(signed, digests, &context),
            _ => signature(signed, digests, &context),
        };
        add_place(&mut report, signed);
        if report.format == Format::TimeStamp {
            let at = report.timestamps.first().and_then(|stamp| stamp.at);
            if let Some(at) = at.filter(|_| report.verdict == Verdict::Valid) {
                context.existed_at = Some(context.existed_at.map_or(at, |known| known.min(at)));
                archived |= signed.covers_store;
            }
        } else if report.verdict == Verdict::Valid {
            report.level = match report.level {
                Level::BB if report.time_proof == TimeProof::Existence => Level::BT,
                Level::BLt if archived => Level::BLta,
                level => level,
            };
        }
        reports.push(report);
    }
    reports.reverse();
    let lost = reading.lost.iter().map(|field| {
        reason(
            "pdf.signature-lost",
            Severity::Warning,
            Text::new(
                format!("Phiên bản trước của tệp có chữ ký “{field}” nay không còn hiển thị."),
                format!("An earlier revision of the file had the signature “{field}”, which it no longer shows."),
            ),
        )
    });
    Ok(Report::new(context.at, reports, lost.collect()))
}

fn reason(code: &'static str, severity: Severity, message: Text) -> Reason {
    let remedy = Text::fixed(
        "Yêu cầu bên gửi gửi lại bản gốc đã ký số, không chỉnh sửa sau khi ký.",
        "Ask the sender for the original as it was signed, without changes after signing.",
    );
    Reason { code: code.into(), severity, message, remedy }
}

/// Certificates and revocation answers that the file keeps; what cannot be read proves nothing.
fn evidence<R: Read + Seek>(file: &mut File<R>) -> Result<Evidence, Error> {
    let store = store_of(file)?;
    let certificates = store.certificates.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
    Ok(Evidence { certificates, ocsp: store.ocsp, crls: store.crls })
}

/// The digests each signature asks for, with what they share read once.
fn digests<R: Read + Seek>(file: &mut File<R>, reading: &Reading) -> Result<Vec<Digests>, Error> {
    let wanted: Vec<Vec<Digest>> = reading.signatures.iter().map(wanted).collect();
    let mut all: Vec<Digest> = wanted.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let mut found = vec![Digests::default(); wanted.len()];
    let mut order: Vec<(usize, Range)> =
        reading.signatures.iter().enumerate().filter_map(|(index, signed)| Some((index, signed.range?))).collect();
    order.sort_by_key(|(_, range)| range.gap.0);
    let tails: u64 = order.iter().map(|(_, range)| range.end - range.gap.1).fold(0, u64::saturating_add);
    if tails > file.len().saturating_mul(MAX_PASSES) {
        return Err(Error::TooLarge("bytes covered by signatures"));
    }
    let mut running: Vec<(Digest, Hasher)> = all.into_iter().map(|digest| (digest, Hasher::new(digest))).collect();
    let mut at = 0;
    for (index, range) in order {
        file.stream(at, range.gap.0, |piece| running.iter_mut().for_each(|(_, hasher)| hasher.update(piece)))?;
        at = range.gap.0;
        let mut own: Vec<_> = running.iter().filter(|(digest, _)| wanted[index].contains(digest)).cloned().collect();
        file.stream(range.gap.1, range.end, |piece| own.iter_mut().for_each(|(_, hasher)| hasher.update(piece)))?;
        found[index] = own.into_iter().fold(Digests::default(), |d, (digest, hasher)| d.with(digest, hasher.finish()));
    }
    Ok(found)
}

fn wanted(signed: &Signed) -> Vec<Digest> {
    match signed.sub_filter {
        SubFilter::TimeStamp => timestamp::read(&signed.value).ok().and_then(|info| info.digest).into_iter().collect(),
        _ => SignedData::parse(&signed.value).map(|data| data.digests()).unwrap_or_default(),
    }
}

fn signature(signed: &Signed, digests: &Digests, context: &Context) -> SignatureReport {
    let malformed = |why: &str| {
        let mut claim = Claim::new(Format::Pdf);
        claim.fail(Reason::new(&crate::reasons::MALFORMED).with("why", why));
        claim
    };
    let mut claim = match SignedData::parse(&signed.value) {
        Err(error) => malformed(&error.to_string()),
        // ISO 32000-2 §12.8.3.3: a single signer.
        Ok(data) if data.signers.len() != 1 => malformed("SignerInfos"),
        Ok(data) => {
            let mut others = context.archived.certificates.clone();
            others.extend(context.evidence.certificates.iter().cloned());
            cms::claim(&data, &data.signers[0], Content::Digests(digests), &others)
        }
    };
    let is_pades = claim.bound && signed.sub_filter == SubFilter::CadesDetached;
    claim.format = if is_pades { Format::Pades } else { Format::Pdf };
    claim.place.clone_from(&signed.field);
    claim.purpose.clone_from(&signed.claims.reason);
    claim.claimed_at = claim.claimed_at.or_else(|| signed.claims.time.as_deref().and_then(claimed_time));
    judge(claim, context)
}

/// A document time-stamp as a signature of its own: the authority signs, and the time is proven by itself.
fn time_stamp(signed: &Signed, digests: &Digests, context: &Context) -> SignatureReport {
    let mut known = context.archived.clone();
    known.extend(&context.evidence);
    let stamp: TimestampReport = timestamp::verify(&signed.value, digests, &known, context);
    let broken = stamp.reasons.iter().any(|reason| {
        reason.breaks_integrity()
            || [&crate::reasons::TIMESTAMP_FOREIGN, &crate::reasons::MALFORMED]
                .iter()
                .any(|code| code.code == reason.code)
    });
    let integrity = match (broken, &stamp.authority) {
        (true, _) => Integrity::Broken,
        (false, Some(_)) => Integrity::Intact,
        (false, None) => Integrity::Unknown,
    };
    SignatureReport {
        format: Format::TimeStamp,
        place: signed.field.clone(),
        purpose: None,
        signer: stamp.authority.clone(),
        holder: HolderKind::Unknown,
        agency_code: None,
        claimed_at: stamp.at,
        judged_at: stamp.at.unwrap_or(context.at),
        time_proof: TimeProof::TimeStamp,
        level: Level::None,
        integrity,
        coverage: None,
        path: stamp.path.clone(),
        revocation: Vec::new(),
        algorithms: AlgorithmReport {
            signature: String::new(),
            digests: wanted(signed).iter().map(|digest| digest.name().to_string()).collect(),
            key: String::new(),
            verdict: crate::algorithms::AlgorithmVerdict::Accepted,
        },
        counter_signatures: 0,
        reasons: stamp.reasons.clone(),
        verdict: stamp.verdict,
        timestamps: vec![stamp],
    }
}

/// Which bytes, what is wrong with that, and what came after.
fn add_place(report: &mut SignatureReport, signed: &Signed) {
    if let Some(defect) = signed.defect {
        let what = defect.text();
        let message = Text::new(format!("{}.", what.vi), format!("{}.", what.en));
        report.add(reason(defect.code(), defect.severity(), message));
    }
    let mut coverage = Coverage::default();
    if let Some(range) = signed.range {
        coverage.ranges = vec![(0, range.gap.0), (range.gap.1, range.end - range.gap.1)];
        coverage.whole = range.whole;
        coverage.revision = Some(range.revision);
    }
    for later in &signed.changes {
        let (revision, allowed, what) = (later.revision, later.allowed, later.change.text());
        coverage.later_changes.push(LaterChange { revision, allowed, what });
    }
    let forbidden: Vec<Text> =
        coverage.later_changes.iter().filter(|change| !change.allowed).map(|change| change.what.clone()).collect();
    report.coverage = Some(coverage);
    for what in forbidden.into_iter().take(MAX_NAMED) {
        let message = Text::new(
            format!("Sau khi ký, tài liệu bị thay đổi ngoài phạm vi được phép: {}.", what.vi),
            format!("After signing, the document was changed beyond what is allowed: {}.", what.en),
        );
        report.add(reason("pdf.changed-after-signing", Severity::Failure, message));
    }
}

/// `D:YYYYMMDDHHmmSSOHH'mm'` (§7.9.4); without a zone it is read as UTC.
fn claimed_time(text: &str) -> Option<Timestamp> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = |from: usize, to: usize| text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let part =
        |from: usize, to: usize, missing: &'static str| if text.len() >= to { digits(from, to) } else { Some(missing) };
    let (year, month, day) = (digits(0, 4)?, part(4, 6, "01")?, part(6, 8, "01")?);
    let (hour, minute, second) = (part(8, 10, "00")?, part(10, 12, "00")?, part(12, 14, "00")?);
    let zone = match text.get(14..15) {
        Some(sign @ ("+" | "-")) => format!("{sign}{}:{}", digits(15, 17)?, digits(18, 20).unwrap_or("00")),
        _ => "Z".to_string(),
    };
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_zone() {
        let at = |text: &str| claimed_time(text).map(Timestamp::rfc3339);
        let expected = Some("2026-01-05T03:30:15.000000Z".to_string());
        assert_eq!(at("D:20260105103015+07'00'"), expected);
        assert_eq!(at("D:20260105103015+07'00"), expected);
        assert_eq!(at("D:20260105033015Z"), expected);
        assert_eq!(at("20260105033015"), expected);
        assert_eq!(at("D:2026"), Some("2026-01-01T00:00:00.000000Z".to_string()));
        assert_eq!(at("D:2026ab"), None);
        assert_eq!(at("hôm qua"), None);
    }
}
