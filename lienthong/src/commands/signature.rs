//! `signature verify`: what the signatures of any file are worth, with or without a data folder.

use super::{Out, SignatureCommand, trust};
use base::{Clock, Lang, Refusal, RefusalCode, RefusalKind, Timestamp, format};
use platform::{Error, Platform, Result};
use signatures::revocation::Status;
use signatures::words::Words;
use signatures::{Anchor, Certificate, Context, Report, RevocationRule, SignatureReport, TrustList, Verdict, file};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

/// Certificates and revocation answers larger than this are no such thing, bytes.
const MOST: u64 = 64 << 20;
/// Exit code of a file whose signatures are not valid.
const NOT_VALID: u8 = 1;
/// Exit code where it cannot be told.
const CANNOT_TELL: u8 = 3;

/// A file that cannot be judged.
pub static UNREADABLE: RefusalCode = RefusalCode {
    code: "command.signature.unreadable",
    kind: RefusalKind::Invalid,
    vi: "{why}",
    en: "{why_en}",
    remedy_vi: "Lệnh đọc PDF, CMS (.p7s, .p7m), XML và gói ASiC; chữ ký tách rời cần --content.",
    remedy_en: "The command reads PDF, CMS (.p7s, .p7m), XML and ASiC containers; a detached signature needs --content.",
    basis: None,
};
/// `--trust` without its kind, `--at` that is no time.
pub static WRONG_ARGUMENT: RefusalCode = RefusalCode {
    code: "command.signature.argument",
    kind: RefusalKind::Invalid,
    vi: "Không hiểu “{argument}”.",
    en: "“{argument}” is not understood.",
    remedy_vi: "Viết --trust government=goc.pem (hoặc public=, specialised=, foreign=, test=) và --at 2026-11-27T08:00:00+07:00.",
    remedy_en: "Write --trust government=root.pem (or public=, specialised=, foreign=, test=) and --at 2026-11-27T08:00:00+07:00.",
    basis: None,
};

/// Runs the command; `platform` where a data folder was named, for its trust list.
pub async fn run(platform: Option<&Platform>, command: SignatureCommand, out: &Out) -> Result<u8> {
    let SignatureCommand::Verify { file, content, trust, crl, ocsp, at, require_revocation, json, lang } = command;
    let mut list = match platform {
        Some(platform) => {
            let own = platform.signing().authority_certificate().to_vec();
            platform.db().read(move |tx| platform::signing::trust::trust_list(tx, &own)).await?
        }
        None => TrustList::default(),
    };
    for argument in &trust {
        list.anchors.extend(anchors(argument)?);
    }
    let mut context = Context::new(moment(at.as_deref())?, list);
    if !require_revocation {
        context.revocation = RevocationRule::IfKnown;
    }
    context.evidence.crls = crl.iter().map(|path| read(path)).collect::<Result<_>>()?;
    context.evidence.ocsp = ocsp.iter().map(|path| read(path)).collect::<Result<_>>()?;
    let report = tokio::task::spawn_blocking(move || judge(&file, content.as_deref(), &context))
        .await
        .map_err(|e| Error::fault("verify a file", e))??;
    if json {
        let text = serde_json::to_string_pretty(&report).map_err(|e| Error::fault("write the report", e))?;
        out.line(text);
    } else {
        let lang = if lang == "en" { Lang::En } else { Lang::Vi };
        lines(&report, lang).into_iter().for_each(|line| out.line(line));
    }
    Ok(match report.verdict {
        Verdict::Valid => 0,
        Verdict::Invalid => NOT_VALID,
        Verdict::Indeterminate => CANNOT_TELL,
    })
}

fn judge(path: &Path, content: Option<&Path>, context: &Context) -> Result<Report> {
    let open =
        |path: &Path| File::open(path).map_err(|e| Error::Unavailable(format!("cannot read {}: {e}", path.display())));
    let mut content = content.map(open).transpose()?;
    let content = content.as_mut().map(|file| file as &mut dyn std::io::Read);
    file::verify(BufReader::new(open(path)?), content, context).map_err(|unreadable| {
        let text = unreadable.text();
        Refusal::new(&UNREADABLE).with("why", text.get(Lang::Vi)).with("why_en", text.get(Lang::En)).into()
    })
}

/// The roots of `KIND=FILE`.
fn anchors(argument: &str) -> Result<Vec<Anchor>> {
    let (kind, path) =
        argument.split_once('=').ok_or_else(|| Refusal::new(&WRONG_ARGUMENT).with("argument", argument))?;
    let kind = trust::parse_kind(kind)?;
    let found = platform::signing::trust::roots_read(&read(Path::new(path))?)?;
    Ok(found.into_iter().map(|certificate: Certificate| Anchor::new(certificate, kind)).collect())
}

fn moment(at: Option<&str>) -> Result<Timestamp> {
    match at {
        None => Ok(Clock::System.now()),
        Some(text) => Timestamp::parse(text).ok_or_else(|| Refusal::new(&WRONG_ARGUMENT).with("argument", text).into()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let cannot = |e: std::io::Error| Error::Unavailable(format!("cannot read {}: {e}", path.display()));
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    if bytes.len() as u64 > MOST {
        return Err(Error::Unavailable(format!("{} is too large", path.display())));
    }
    Ok(bytes)
}

/// The report in plain lines, the answer first.
fn lines(report: &Report, l: Lang) -> Vec<String> {
    let mut out = vec![report.verdict.words().get(l).to_owned()];
    for reason in &report.reasons {
        out.push(format!("  {} {}", reason.message.get(l), reason.remedy.get(l)));
    }
    for (index, signature) in report.signatures.iter().enumerate() {
        out.push(String::new());
        out.extend(signature_lines(index + 1, signature, l));
    }
    out.push(String::new());
    out.push(format!(
        "{}: {} ({}). {}",
        l.t("Giá trị pháp lý", "Legal value"),
        report.legal_value.standing.words().get(l),
        report.legal_value.basis.label(l),
        report.legal_value.text.get(l)
    ));
    out
}

fn signature_lines(number: usize, signature: &SignatureReport, l: Lang) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |label: &str, value: String| {
        if !value.is_empty() {
            out.push(format!("  {label}: {value}"));
        }
    };
    let time = |at: Timestamp| format::date_time_seconds(at, l);
    let place = &signature.place;
    let signer = signature.signer.as_ref();
    say(l.t("Người ký", "Signer"), signer.map(|s| s.name.clone()).unwrap_or_default());
    say(l.t("Loại", "Kind"), signature.holder.words().get(l).to_owned());
    say(l.t("Tổ chức", "Organisation"), signer.and_then(|s| s.organisation.clone()).unwrap_or_default());
    say(l.t("Mã cơ quan", "Agency code"), signature.agency_code.as_ref().map(ToString::to_string).unwrap_or_default());
    say(l.t("Mục đích", "Purpose"), signature.purpose.clone().unwrap_or_default());
    say(l.t("Thời gian ký khai báo", "Claimed time"), signature.claimed_at.map(time).unwrap_or_default());
    say(
        l.t("Xét tại thời điểm", "Judged at"),
        format!("{} ({})", time(signature.judged_at), signature.time_proof.words().get(l)),
    );
    say(l.t("Định dạng", "Format"), format!("{}, {}", signature.format.words().get(l), signature.level.words().get(l)));
    say(l.t("Nội dung", "Content"), signature.integrity.words().get(l).to_owned());
    if let Some(coverage) = &signature.coverage {
        let whole = if coverage.whole {
            l.t("toàn bộ tệp hiện có", "all of the file as it is")
        } else {
            l.t("một phần tệp hiện có", "a part of the file as it is")
        };
        say(l.t("Phạm vi", "Covers"), whole.to_owned());
        say(l.t("Gồm", "Names"), coverage.names.join(", "));
        for change in &coverage.later_changes {
            let allowed = if change.allowed {
                l.t("được phép", "allowed")
            } else {
                l.t("không được phép", "not allowed")
            };
            say(l.t("Thay đổi về sau", "Changed later"), format!("{} ({allowed})", change.what.get(l)));
        }
    }
    let path: Vec<&str> = signature.path.certificates.iter().map(|certificate| certificate.name.as_str()).collect();
    say(l.t("Đường dẫn chứng thư", "Certificate path"), path.join(" ← "));
    let trust = signature.path.trust.map(|kind| kind.words().get(l).to_owned());
    say(l.t("Tin cậy theo", "Trusted as"), trust.unwrap_or_default());
    for revocation in &signature.revocation {
        let status = match &revocation.status {
            Status::Good => l.t("chưa bị thu hồi", "not revoked").to_owned(),
            Status::Revoked { at, .. } => format!("{} {}", l.t("bị thu hồi từ", "revoked since"), time(*at)),
            Status::Unknown { why } => why.get(l).to_owned(),
        };
        say(l.t("Thu hồi", "Revocation"), format!("{}: {status}", revocation.name));
    }
    for stamp in &signature.timestamps {
        let by = stamp.authority.as_ref().map_or("?", |authority| authority.name.as_str());
        let at = stamp.at.map_or_else(|| "?".to_owned(), time);
        say(l.t("Dấu thời gian", "Time-stamp"), format!("{at}, {by}: {}", stamp.verdict.words().get(l)));
    }
    let algorithms = &signature.algorithms;
    say(
        l.t("Thuật toán", "Algorithms"),
        format!("{}, {} ({})", algorithms.signature, algorithms.key, algorithms.verdict.words().get(l)),
    );
    for reason in &signature.reasons {
        say(l.t("Lưu ý", "Note"), format!("{} {} [{}]", reason.message.get(l), reason.remedy.get(l), reason.code));
    }
    let title = format!("{} {number} ({place}): {}", l.t("Chữ ký", "Signature"), signature.verdict.words().get(l));
    out.insert(0, title);
    out
}
