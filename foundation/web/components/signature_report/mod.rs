//! Signature report: what the signatures of a file are worth, the answer first, every reason with what to do.

use super::Example;
use super::properties::properties;
use super::verification::{Check, CheckLine, verification};
use crate::html::{Html, escape};
use base::{Lang, Timestamp, format};
use signatures::revocation::Status;
use signatures::words::Words as _;
use signatures::{Integrity, LegalValue, Reason, Report, Severity, SignatureReport, TimeProof, Verdict};

/// The answer in a few words, as a check.
pub fn verdict_line(report: &Report, l: Lang) -> CheckLine {
    let signers: Vec<&str> =
        report.signatures.iter().filter_map(|s| s.signer.as_ref()).map(|signer| signer.name.as_str()).collect();
    CheckLine {
        check: check_of(report.verdict),
        what: l.t("Chữ ký số", "Signatures").to_owned(),
        finding: report.verdict.words().get(l).to_owned(),
        rest: signers.join(", "),
    }
}

/// The whole report.
pub fn signature_report(report: &Report, l: Lang) -> Html {
    let mut lines = vec![verdict_line(report, l), legal_line(&report.legal_value, l)];
    lines.extend(reasons(&report.reasons, l));
    let mut out = verification(&lines, l).to_string();
    for (index, signature) in report.signatures.iter().enumerate() {
        out.push_str(&one(index + 1, signature, l));
    }
    let at = format::date_time_seconds(report.at, l);
    out.push_str(&format!("<p class=\"dim\">{} {at}</p>", l.t("Kiểm tra lúc", "Verified at")));
    Html::trusted(out)
}

fn check_of(verdict: Verdict) -> Check {
    match verdict {
        Verdict::Valid => Check::Valid,
        Verdict::Indeterminate => Check::Caution,
        Verdict::Invalid => Check::Failed,
    }
}

fn legal_line(value: &LegalValue, l: Lang) -> CheckLine {
    CheckLine {
        check: Check::NotTried,
        what: l.t("Giá trị pháp lý", "Legal value").to_owned(),
        finding: format!("{}.", value.standing.words().get(l)),
        rest: format!("{} ({})", value.text.get(l), value.basis.label(l)),
    }
}

fn one(number: usize, signature: &SignatureReport, l: Lang) -> String {
    let name = signature.signer.as_ref().map_or("?", |signer| signer.name.as_str());
    let mut out =
        format!("<section class=\"tightly\"><h2>{} {number}: {}</h2>", l.t("Chữ ký", "Signature"), escape(name));
    let integrity = match signature.integrity {
        Integrity::Intact => Check::Valid,
        Integrity::Broken => Check::Failed,
        Integrity::Unknown => Check::Caution,
    };
    let line = |check, what: &str, finding: &str, rest: String| CheckLine {
        check,
        what: what.to_owned(),
        finding: finding.to_owned(),
        rest,
    };
    let trust = match signature.path.trust {
        Some(kind) => line(Check::Valid, l.t("Tin cậy", "Trust"), kind.words().get(l), path(signature)),
        None => {
            let finding = l.t("Không dẫn tới gốc được tin cậy", "Leads to no trusted root");
            line(Check::Caution, l.t("Tin cậy", "Trust"), finding, path(signature))
        }
    };
    let proven = if signature.time_proof == TimeProof::None { Check::Caution } else { Check::Valid };
    let lines = [
        line(check_of(signature.verdict), l.t("Kết luận", "Verdict"), signature.verdict.words().get(l), String::new()),
        line(integrity, l.t("Toàn vẹn", "Integrity"), signature.integrity.words().get(l), covers(signature, l)),
        trust,
        line(
            proven,
            l.t("Thời điểm", "Time"),
            &time(signature.judged_at, l),
            signature.time_proof.words().get(l).to_owned(),
        ),
    ];
    let lines: Vec<CheckLine> = lines.into_iter().chain(reasons(&signature.reasons, l)).collect();
    out.push_str(&verification(&lines, l).to_string());
    out.push_str(&properties(&facts(signature, l)).to_string());
    out.push_str("</section>");
    out
}

fn time(at: Timestamp, l: Lang) -> String {
    format::date_time_seconds(at, l)
}

fn path(signature: &SignatureReport) -> String {
    let names: Vec<&str> = signature.path.certificates.iter().map(|c| c.name.as_str()).collect();
    names.join(" ← ")
}

fn covers(signature: &SignatureReport, l: Lang) -> String {
    match &signature.coverage {
        None => String::new(),
        Some(coverage) if coverage.whole => l.t("Ký toàn bộ tệp.", "All of the file is signed.").to_owned(),
        Some(_) => l.t("Sau khi ký, tệp còn được bổ sung.", "The file was added to after signing.").to_owned(),
    }
}

fn facts(signature: &SignatureReport, l: Lang) -> Vec<(&'static str, Html)> {
    let mut out: Vec<(&'static str, Html)> = Vec::new();
    let mut add = |label: &'static str, value: String| {
        if !value.is_empty() {
            out.push((label, Html::text(&value)));
        }
    };
    let signer = signature.signer.as_ref();
    add(l.t("Loại", "Kind"), signature.holder.words().get(l).to_owned());
    add(l.t("Tổ chức", "Organisation"), signer.and_then(|s| s.organisation.clone()).unwrap_or_default());
    add(l.t("Chức vụ", "Title"), signer.and_then(|s| s.title.clone()).unwrap_or_default());
    add(l.t("Mã cơ quan", "Agency code"), signature.agency_code.as_ref().map(ToString::to_string).unwrap_or_default());
    add(l.t("Cấp bởi", "Issued by"), signer.map(|s| s.issuer_name.clone()).unwrap_or_default());
    add(l.t("Số chứng thư", "Serial number"), signer.map(|s| s.serial.clone()).unwrap_or_default());
    let valid = signer.map(|s| format!("{} – {}", time(s.not_before, l), time(s.not_after, l)));
    add(l.t("Hiệu lực chứng thư", "Certificate valid"), valid.unwrap_or_default());
    add(l.t("Thời gian ký khai báo", "Claimed time"), signature.claimed_at.map(|at| time(at, l)).unwrap_or_default());
    add(l.t("Mục đích", "Purpose"), signature.purpose.clone().unwrap_or_default());
    let form = format!("{}, {}", signature.format.words().get(l), signature.level.words().get(l));
    add(l.t("Định dạng", "Format"), form);
    let algorithms = &signature.algorithms;
    let words = format!("{}, {} ({})", algorithms.signature, algorithms.key, algorithms.verdict.words().get(l));
    add(l.t("Thuật toán", "Algorithms"), words);
    for revocation in &signature.revocation {
        let status = match &revocation.status {
            Status::Good => l.t("chưa bị thu hồi", "not revoked").to_owned(),
            Status::Revoked { at, .. } => format!("{} {}", l.t("bị thu hồi từ", "revoked since"), time(*at, l)),
            Status::Unknown { why } => why.get(l).to_owned(),
        };
        add(l.t("Thu hồi", "Revocation"), format!("{}: {status}", revocation.name));
    }
    for stamp in &signature.timestamps {
        let by = stamp.authority.as_ref().map_or("?", |authority| authority.name.as_str());
        let at = stamp.at.map_or_else(|| "?".to_owned(), |at| time(at, l));
        add(l.t("Dấu thời gian", "Time-stamp"), format!("{at}, {by}: {}", stamp.verdict.words().get(l)));
    }
    if let Some(coverage) = &signature.coverage {
        add(l.t("Gồm", "Names"), coverage.names.join(", "));
        for change in &coverage.later_changes {
            let allowed = if change.allowed {
                l.t("được phép", "allowed")
            } else {
                l.t("không được phép", "not allowed")
            };
            add(l.t("Thay đổi về sau", "Changed later"), format!("{} ({allowed})", change.what.get(l)));
        }
    }
    out
}

fn reasons(reasons: &[Reason], l: Lang) -> impl Iterator<Item = CheckLine> {
    reasons.iter().map(move |reason| CheckLine {
        check: match reason.severity {
            Severity::Failure => Check::Failed,
            Severity::Unknown | Severity::Warning => Check::Caution,
            Severity::Note => Check::NotTried,
        },
        what: l.t("Lưu ý", "Note").to_owned(),
        finding: reason.message.get(l).to_owned(),
        rest: reason.remedy.get(l).to_owned(),
    })
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let at = Timestamp::from_micros(1_795_395_600_000_000);
    vec![Example::new(
        "Không có chữ ký",
        "Without a signature",
        signature_report(&Report::new(at, Vec::new(), Vec::new()), l),
    )]
}
