//! The words of a signature report: kinds of authority, integrity, coverage, revocation, time-stamps, algorithms, formats.

use base::{Lang, format};
use signatures::algorithms::AlgorithmVerdict;
use signatures::report::{AlgorithmReport, RevocationReport};
use signatures::revocation::{Source, Status};
use signatures::{Coverage, Format, Integrity, Level, SignatureReport, TimestampReport, TrustKind, Verdict};

/// What kind of authority vouches.
pub fn trust_words(kind: TrustKind, l: Lang) -> &'static str {
    match kind {
        TrustKind::Government => {
            l.t("Chữ ký số chuyên dùng công vụ (Ban Cơ yếu Chính phủ)", "The Government's authority for official duty")
        }
        TrustKind::Public => l.t("Chữ ký số công cộng", "Public authority"),
        TrustKind::Specialised => {
            l.t("Chữ ký số chuyên dùng bảo đảm an toàn", "Specialised authority of an organisation")
        }
        TrustKind::Foreign => l.t("Chữ ký số nước ngoài được công nhận", "Recognised foreign authority"),
        TrustKind::Own => l.t("Khóa của chính máy chủ này", "This server's own authority"),
        TrustKind::Peer => l.t("Khóa của máy chủ đã kết nối liên thông", "The authority of a connected server"),
        TrustKind::Test => l.t("Thử nghiệm, không có giá trị pháp lý", "Test authority, without legal value"),
    }
}

pub(super) fn integrity(integrity: Integrity, l: Lang) -> &'static str {
    match integrity {
        Integrity::Intact => l.t("Nội dung đúng như khi ký", "The content is as it was signed"),
        Integrity::Broken => l.t("Nội dung không như khi ký", "The content is not as it was signed"),
        Integrity::Unknown => l.t("Chưa xác định được", "It cannot be told"),
    }
}

pub(super) fn coverage(coverage: Option<&Coverage>, l: Lang) -> String {
    let Some(coverage) = coverage else {
        return l.t("Toàn bộ nội dung được ký cùng", "The whole content signed with it").to_owned();
    };
    let mut words = match coverage.whole {
        true => l.t("Toàn bộ tệp", "The whole file").to_owned(),
        false => l.t("Không phải toàn bộ tệp hiện tại", "Not all of the file as it is now").to_owned(),
    };
    if let Some(revision) = coverage.revision {
        words.push_str(&format!("; {} {revision}", l.t("bản", "revision")));
    }
    if !coverage.names.is_empty() {
        words.push_str(&format!("; {}", coverage.names.join(", ")));
    }
    if !coverage.whole && !coverage.ranges.is_empty() {
        let bytes = coverage.ranges.iter().map(|(_, length)| length).sum();
        words.push_str(&format!("; {} {}", format::size(bytes, l), l.t("được ký", "signed")));
    }
    words
}

pub(super) fn revocation(report: &RevocationReport, l: Lang) -> String {
    let found = match &report.status {
        Status::Good => l.t("không bị thu hồi", "not revoked").to_owned(),
        Status::Revoked { at, .. } => {
            format!("{} {}", l.t("bị thu hồi từ", "revoked since"), format::date_time_seconds(*at, l))
        }
        Status::Unknown { why } => format!("{}: {}", l.t("chưa rõ", "unknown"), why.get(l)),
    };
    let source = match report.source {
        Some(Source::Ocsp) => ", OCSP",
        Some(Source::Crl) => ", CRL",
        None => "",
    };
    let issued = report.issued_at.map(|at| format!(" {}", format::date_time(at, l))).unwrap_or_default();
    format!("{}: {found}{source}{issued}", report.name)
}

pub(super) fn stamp(stamp: &TimestampReport, l: Lang) -> String {
    let at = match stamp.at {
        Some(at) => format::date_time_seconds(at, l),
        None => l.t("không đọc được thời điểm", "no readable time").to_owned(),
    };
    let by = stamp.authority.as_ref().map(|by| format!(", {}", by.name)).unwrap_or_default();
    let trust = stamp.path.trust.map(|kind| format!(" ({})", trust_words(kind, l))).unwrap_or_default();
    let verdict = match stamp.verdict {
        Verdict::Valid => l.t("hợp lệ", "valid"),
        Verdict::Indeterminate => l.t("chưa rõ", "uncertain"),
        Verdict::Invalid => l.t("không hợp lệ", "not valid"),
    };
    format!("{at}{by}{trust}: {verdict}")
}

pub(super) fn algorithms(report: &AlgorithmReport, l: Lang) -> String {
    let parts = [report.signature.clone(), report.digests.join(", "), report.key.clone()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let verdict = match report.verdict {
        AlgorithmVerdict::Accepted => l.t("đạt", "accepted"),
        AlgorithmVerdict::Weak => l.t("yếu", "weak"),
        AlgorithmVerdict::Refused => l.t("không được chấp nhận", "refused"),
    };
    if parts.is_empty() {
        return l.t("Không rõ", "Unknown").to_owned();
    }
    format!("{} ({verdict})", parts.join("; "))
}

pub(super) fn format_level(signature: &SignatureReport, l: Lang) -> String {
    let format = match signature.format {
        Format::Cms => "CMS",
        Format::Cades => "CAdES",
        Format::Pdf => "PDF",
        Format::Pades => "PAdES",
        Format::Xmldsig => "XMLDSIG",
        Format::Xades => "XAdES",
        Format::TimeStamp => l.t("Dấu thời gian", "Time-stamp"),
    };
    let level = match signature.level {
        Level::None => "",
        Level::BB => " B-B",
        Level::BT => " B-T",
        Level::BLt => " B-LT",
        Level::BLta => " B-LTA",
    };
    let place = if signature.place.is_empty() {
        String::new()
    } else {
        format!(", {} {}", l.t("vị trí", "at"), signature.place)
    };
    format!("{format}{level}{place}")
}
