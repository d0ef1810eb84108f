//! Signature report: what the signatures of a file are worth, the answer first, then each signature with its grounds.

mod words;

use super::Example;
use super::note::{NoteKind, note};
use super::properties::properties;
use super::state::{Progress, state};
use super::verification::{Check, CheckLine, verification};
use crate::html::{Html, escape};
use base::{Lang, Timestamp, format};
use signatures::{HolderKind, Reason, Report, Severity, SignatureReport, TimeProof, Verdict};
pub use words::trust_words;

/// The state of a file's signatures in two or three words, for the line of the file.
pub fn signature_state(report: &Report, l: Lang) -> Html {
    let count = report.signatures.len();
    if count == 0 {
        return match report.reasons.iter().any(|reason| reason.code == signatures::reasons::NO_SIGNATURE.code) {
            true => state(Progress::None, l.t("Không có chữ ký", "Not signed")),
            false => state(Progress::Caution, l.t("Không đọc được chữ ký", "Signatures unreadable")),
        };
    }
    match report.verdict {
        Verdict::Valid => state(
            Progress::Sealed,
            &match l {
                Lang::Vi => format!("{count} chữ ký hợp lệ"),
                Lang::En if count == 1 => "1 valid signature".to_owned(),
                Lang::En => format!("{count} valid signatures"),
            },
        ),
        Verdict::Indeterminate => state(Progress::Caution, l.t("Chữ ký chưa rõ", "Signature uncertain")),
        Verdict::Invalid => state(Progress::Failed, l.t("Chữ ký không hợp lệ", "Signature not valid")),
    }
}

/// The whole report.
pub fn signature_report(report: &Report, l: Lang) -> Html {
    let mut out = answer(report, l).to_string();
    let value = &report.legal_value;
    let facts = [
        (l.t("Giá trị pháp lý", "Legal value"), Html::text(value.text.get(l))),
        (l.t("Căn cứ", "Basis"), Html::text(&value.basis.label(l))),
        (l.t("Kiểm tra lúc", "Verified"), Html::text(&format::date_time_seconds(report.at, l))),
    ];
    out.push_str(properties(&facts).as_str());
    if !report.reasons.is_empty() {
        out.push_str(reasons(&report.reasons, l).as_str());
    }
    for (index, signature) in report.signatures.iter().enumerate() {
        out.push_str(one(index + 1, report.signatures.len(), signature, l).as_str());
    }
    Html::trusted(format!("<div class=\"stack\">{out}</div>"))
}

/// The answer in one plain sentence.
fn answer(report: &Report, l: Lang) -> Html {
    let worst = report.reasons.iter().chain(report.signatures.iter().flat_map(|s| &s.reasons));
    let why = worst.max_by_key(|reason| reason.severity).map(|reason| reason.message.get(l)).unwrap_or_default();
    let count = report.signatures.len();
    let (kind, words) = match (report.verdict, l) {
        (Verdict::Valid, Lang::Vi) => {
            (NoteKind::Done, format!("Hợp lệ: cả {count} chữ ký số đều kiểm tra được và đúng."))
        }
        (Verdict::Valid, Lang::En) => {
            (NoteKind::Done, format!("Valid: each signature ({count}) was verified and holds."))
        }
        (Verdict::Invalid, Lang::Vi) => (NoteKind::Error, format!("Không hợp lệ. {why}")),
        (Verdict::Invalid, Lang::En) => (NoteKind::Error, format!("Not valid. {why}")),
        (Verdict::Indeterminate, Lang::Vi) => (NoteKind::Caution, format!("Chưa thể kết luận. {why}")),
        (Verdict::Indeterminate, Lang::En) => (NoteKind::Caution, format!("It cannot be told. {why}")),
    };
    note(kind, &words, &Html::default())
}

fn reasons(found: &[Reason], l: Lang) -> Html {
    let lines: Vec<CheckLine> = found
        .iter()
        .map(|reason| {
            let (check, what) = match reason.severity {
                Severity::Failure => (Check::Failed, l.t("Sai", "Wrong")),
                Severity::Unknown => (Check::Caution, l.t("Chưa rõ", "Unknown")),
                Severity::Warning => (Check::Caution, l.t("Lưu ý", "Caution")),
                Severity::Note => (Check::NotTried, l.t("Để biết", "To know")),
            };
            CheckLine {
                check,
                what: what.to_owned(),
                finding: reason.message.get(l).to_owned(),
                rest: reason.remedy.get(l).to_owned(),
            }
        })
        .collect();
    verification(&lines, l)
}

fn one(number: usize, of: usize, signature: &SignatureReport, l: Lang) -> Html {
    let signer = signature.signer.as_ref();
    let name = signer.map_or_else(|| l.t("Không rõ người ký", "Signer unknown"), |signer| &signer.name);
    let verdict = match signature.verdict {
        Verdict::Valid => state(Progress::Sealed, l.t("Hợp lệ", "Valid")),
        Verdict::Indeterminate => state(Progress::Caution, l.t("Chưa rõ", "Uncertain")),
        Verdict::Invalid => state(Progress::Failed, l.t("Không hợp lệ", "Not valid")),
    };
    let heading = match l {
        Lang::Vi => format!("Chữ ký {number}/{of}: {name}"),
        Lang::En => format!("Signature {number} of {of}: {name}"),
    };
    let mut pairs = vec![
        (l.t("Kết quả", "Result"), verdict),
        (l.t("Người ký", "Signed by"), who(signature, l)),
        (l.t("Thay mặt", "On behalf of"), for_whom(signature, l)),
        (l.t("Thời điểm", "When"), when(signature, l)),
        (l.t("Tin cậy theo", "On authority of"), authority(signature, l)),
        (l.t("Toàn vẹn", "Integrity"), Html::text(words::integrity(signature.integrity, l))),
        (l.t("Phần được ký", "What is signed"), Html::text(&words::coverage(signature.coverage.as_ref(), l))),
        (l.t("Thay đổi sau ký", "Changed after"), changes(signature, l)),
        (l.t("Thu hồi", "Revocation"), revocation(signature, l)),
        (l.t("Dấu thời gian", "Time-stamps"), stamps(signature, l)),
        (l.t("Thuật toán", "Algorithms"), Html::text(&words::algorithms(&signature.algorithms, l))),
        (l.t("Định dạng", "Format"), Html::text(&words::format_level(signature, l))),
    ];
    if let Some(purpose) = signature.purpose.as_deref().filter(|purpose| !purpose.is_empty()) {
        pairs.insert(4, (l.t("Lý do ký", "Purpose"), Html::text(purpose)));
    }
    if let Some(signer) = signer {
        let span = format!(
            "{} {}, {} – {}",
            l.t("số", "no."),
            signer.serial,
            format::date(signer.not_before.local_date(), l),
            format::date(signer.not_after.local_date(), l)
        );
        pairs.push((l.t("Chứng thư số", "Certificate"), Html::text(&span)));
    }
    if signature.counter_signatures > 0 {
        let words = match l {
            Lang::Vi => format!("{} chữ ký xác nhận kèm theo, không được đánh giá", signature.counter_signatures),
            Lang::En => format!("{} counter-signatures, not judged", signature.counter_signatures),
        };
        pairs.push((l.t("Ký xác nhận", "Counter-signed"), Html::text(&words)));
    }
    let unknown = signature.reasons.iter().filter(|reason| reason.severity == Severity::Unknown).count();
    let unknown = match (unknown, l) {
        (0, _) => l.t("Không có", "Nothing").to_owned(),
        (n, Lang::Vi) => format!("{n} điều, nêu dưới đây"),
        (n, Lang::En) => format!("{n}, told below"),
    };
    pairs.push((l.t("Còn chưa rõ", "Remains unknown"), Html::text(&unknown)));
    let mut found: Vec<Reason> = signature.reasons.clone();
    found.extend(signature.timestamps.iter().flat_map(|stamp| stamp.reasons.clone()));
    found.sort_by_key(|reason| std::cmp::Reverse(reason.severity));
    found.dedup();
    let found = if found.is_empty() { Html::default() } else { reasons(&found, l) };
    Html::trusted(format!(
        "<section class=\"rule\" aria-labelledby=\"chu-ky-{number}\"><h2 id=\"chu-ky-{number}\">{}</h2>{}{found}</section>",
        escape(&heading),
        properties(&pairs)
    ))
}

fn who(signature: &SignatureReport, l: Lang) -> Html {
    let kind = match signature.holder {
        HolderKind::Person => l.t("cá nhân", "a person"),
        HolderKind::Organisation => l.t("cơ quan, tổ chức", "an agency or organisation"),
        HolderKind::Unknown => {
            l.t("chứng thư không nêu là cá nhân hay cơ quan", "the certificate does not say what it is")
        }
    };
    let Some(signer) = &signature.signer else { return Html::text(l.t("Không rõ", "Unknown")) };
    let title = signer.title.as_deref().map(|title| format!(", {title}")).unwrap_or_default();
    Html::text(&format!("{}{title} ({kind})", signer.name))
}

fn for_whom(signature: &SignatureReport, l: Lang) -> Html {
    let mut parts = Vec::new();
    if let Some(signer) = &signature.signer {
        parts.extend(signer.unit.clone());
        parts.extend(signer.organisation.clone());
    }
    if let Some(code) = &signature.agency_code {
        parts.push(match l {
            Lang::Vi => format!("mã cơ quan {code}"),
            Lang::En => format!("agency code {code}"),
        });
    }
    if parts.is_empty() {
        parts.push(l.t("Chứng thư không nêu cơ quan", "The certificate names no agency").to_owned());
    }
    Html::text(&parts.join(", "))
}

fn when(signature: &SignatureReport, l: Lang) -> Html {
    let at = |at: Timestamp| format::date_time_seconds(at, l);
    let claimed = match signature.claimed_at {
        Some(claimed) => format!("{} {}", l.t("Tự khai:", "Claimed:"), at(claimed)),
        None => l.t("Người ký không khai thời điểm", "The signer claims no time").to_owned(),
    };
    let proven = match signature.time_proof {
        TimeProof::TimeStamp => {
            format!(
                "{} {}",
                l.t("được chứng minh bằng dấu thời gian:", "proven by a time-stamp:"),
                at(signature.judged_at)
            )
        }
        TimeProof::Existence => format!(
            "{} {}",
            l.t("đã tồn tại trước, theo bằng chứng bên ngoài:", "existed, by proof from outside, at:"),
            at(signature.judged_at)
        ),
        TimeProof::None => {
            l.t("chưa được chứng minh, xét theo lúc kiểm tra", "not proven, judged as of the verification").to_owned()
        }
    };
    Html::text(&format!("{claimed}; {proven}"))
}

fn authority(signature: &SignatureReport, l: Lang) -> Html {
    let Some(kind) = signature.path.trust else {
        return Html::text(l.t(
            "Không dẫn tới tổ chức chứng thực nào trong danh sách tin cậy",
            "Leads to no authority of the trust list",
        ));
    };
    let names = signature.path.certificates.iter().skip(1).map(|certificate| certificate.name.clone());
    let mut names: Vec<String> = names.collect();
    names.extend(signature.path.anchor.clone().filter(|anchor| names.last() != Some(anchor)));
    Html::text(&format!("{}: {}", trust_words(kind, l), names.join(" → ")))
}

/// Lines of a value, one under the other.
fn lines(all: &[String], none: &str) -> Html {
    if all.is_empty() {
        return Html::text(none);
    }
    Html::trusted(all.iter().map(|line| escape(line).to_string()).collect::<Vec<_>>().join("<br>"))
}

fn changes(signature: &SignatureReport, l: Lang) -> Html {
    let all: Vec<String> = signature
        .coverage
        .iter()
        .flat_map(|coverage| &coverage.later_changes)
        .map(|change| {
            let allowed = if change.allowed {
                l.t("được phép", "allowed")
            } else {
                l.t("không được phép", "not allowed")
            };
            format!("{} {}: {} ({allowed})", l.t("Bản", "Revision"), change.revision, change.what.get(l))
        })
        .collect();
    lines(&all, l.t("Không", "None"))
}

fn revocation(signature: &SignatureReport, l: Lang) -> Html {
    let all: Vec<String> = signature.revocation.iter().map(|report| words::revocation(report, l)).collect();
    lines(&all, l.t("Không có chứng thư nào phải tra cứu", "No certificate to look up"))
}

fn stamps(signature: &SignatureReport, l: Lang) -> Html {
    let all: Vec<String> = signature.timestamps.iter().map(|stamp| words::stamp(stamp, l)).collect();
    lines(&all, l.t("Không có", "None"))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    // A file that came without a signature needs no certificates to show.
    let report = Report::new(Timestamp::from_micros(1_795_398_300_000_000), Vec::new(), Vec::new());
    vec![
        Example::new("Tệp không ký", "A file without a signature", signature_report(&report, l)),
        Example::new("Bên cạnh tệp", "Beside a file", signature_state(&report, l)),
    ]
}
