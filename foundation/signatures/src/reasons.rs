//! Every reason a report can give, with a stable code, plain sentences in both languages and a remedy.

use base::Text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How much a reason weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// A weakness that does not change the verdict.
    Warning,
    /// Something could not be found out.
    Unknown,
    /// Something is wrong.
    Failure,
}

/// One row of the table of reasons. Sentences may hold places such as `{name}`.
#[derive(Debug, PartialEq, Eq)]
pub struct ReasonCode {
    /// Stable code, e.g. `path.expired`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found, in Vietnamese.
    pub vi: &'static str,
    /// What was found, in English.
    pub en: &'static str,
    /// What to do, in Vietnamese.
    pub remedy_vi: &'static str,
    /// What to do, in English.
    pub remedy_en: &'static str,
}

/// A reason in a report: it carries its sentences, so that a kept report reads the same for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code, e.g. `path.expired`.
    pub code: Cow<'static, str>,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found.
    pub message: Text,
    /// What to do.
    pub remedy: Text,
}

impl Reason {
    /// A reason of this code.
    pub fn new(code: &'static ReasonCode) -> Self {
        Self {
            code: Cow::Borrowed(code.code),
            severity: code.severity,
            message: Text::fixed(code.vi, code.en),
            remedy: Text::fixed(code.remedy_vi, code.remedy_en),
        }
    }

    /// Fills the place `{place}` with a value that reads the same in both languages.
    #[must_use]
    pub fn with(self, place: &str, value: impl ToString) -> Self {
        let value = value.to_string();
        self.with_text(place, &Text::new(value.clone(), value))
    }

    /// Fills the place `{place}` in both languages.
    #[must_use]
    pub fn with_text(mut self, place: &str, value: &Text) -> Self {
        let place = format!("{{{place}}}");
        let fill = |text: &Text| Text::new(text.vi.replace(&place, &value.vi), text.en.replace(&place, &value.en));
        self.message = fill(&self.message);
        self.remedy = fill(&self.remedy);
        self
    }

    /// The same reason with another weight.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Whether it says that the signed bytes are not the bytes at hand.
    pub fn breaks_integrity(&self) -> bool {
        self.severity == Severity::Failure && self.code.starts_with("integrity.")
    }
}

/// The file has no electronic signature.
pub static NO_SIGNATURE: ReasonCode = ReasonCode {
    code: "signature.none",
    severity: Severity::Unknown,
    vi: "Tệp không có chữ ký số.",
    en: "The file has no electronic signature.",
    remedy_vi: "Chỉ sử dụng để biết, tham khảo; yêu cầu bên gửi gửi lại bản đã ký số.",
    remedy_en: "Use it for information only; ask the sender for a signed copy.",
};

/// The signature cannot be read: {why}.
pub static MALFORMED: ReasonCode = ReasonCode {
    code: "signature.malformed",
    severity: Severity::Failure,
    vi: "Không đọc được chữ ký: {why}.",
    en: "The signature cannot be read: {why}.",
    remedy_vi: "Yêu cầu bên gửi ký và gửi lại.",
    remedy_en: "Ask the sender to sign and send again.",
};

/// The signer's certificate was not found.
pub static NO_SIGNER_CERTIFICATE: ReasonCode = ReasonCode {
    code: "certificate.missing",
    severity: Severity::Unknown,
    vi: "Không tìm thấy chứng thư số của người ký.",
    en: "The signer's certificate was not found.",
    remedy_vi: "Yêu cầu người ký cung cấp chứng thư số hoặc ký lại có kèm chứng thư số.",
    remedy_en: "Ask the signer for the certificate, or for a signature that carries it.",
};

/// The content was changed after it was signed.
pub static CONTENT_CHANGED: ReasonCode = ReasonCode {
    code: "integrity.content-changed",
    severity: Severity::Failure,
    vi: "Nội dung đã bị thay đổi sau khi ký.",
    en: "The content was changed after it was signed.",
    remedy_vi: "Không sử dụng tệp này; yêu cầu bên gửi gửi lại bản gốc.",
    remedy_en: "Do not use this file; ask the sender for the original.",
};

/// The signed content is not at hand to compare.
pub static CONTENT_MISSING: ReasonCode = ReasonCode {
    code: "integrity.content-missing",
    severity: Severity::Unknown,
    vi: "Không có nội dung đã ký để đối chiếu.",
    en: "The signed content is not at hand to compare.",
    remedy_vi: "Đưa tệp gốc cùng chữ ký vào kiểm tra.",
    remedy_en: "Verify again with the signed file beside the signature.",
};

/// The signature value does not belong to the signer's certificate.
pub static SIGNATURE_MISMATCH: ReasonCode = ReasonCode {
    code: "integrity.signature-mismatch",
    severity: Severity::Failure,
    vi: "Giá trị chữ ký không khớp với chứng thư số của người ký.",
    en: "The signature value does not belong to the signer's certificate.",
    remedy_vi: "Không sử dụng tệp này; yêu cầu bên gửi ký lại.",
    remedy_en: "Do not use this file; ask the sender to sign again.",
};

/// The certificate is not the one that the signer signed with.
pub static CERTIFICATE_SUBSTITUTED: ReasonCode = ReasonCode {
    code: "integrity.certificate-substituted",
    severity: Severity::Failure,
    vi: "Chứng thư số kèm theo không phải chứng thư số mà người ký đã dùng để ký.",
    en: "The certificate is not the one that the signer signed with.",
    remedy_vi: "Không sử dụng tệp này; yêu cầu bên gửi ký lại.",
    remedy_en: "Do not use this file; ask the sender to sign again.",
};

/// The signed attributes contradict one another: {what}.
pub static ATTRIBUTES_INCONSISTENT: ReasonCode = ReasonCode {
    code: "integrity.attributes-inconsistent",
    severity: Severity::Failure,
    vi: "Các thuộc tính đã ký mâu thuẫn nhau: {what}.",
    en: "The signed attributes contradict one another: {what}.",
    remedy_vi: "Yêu cầu bên gửi ký lại bằng phần mềm ký số đúng chuẩn.",
    remedy_en: "Ask the sender to sign again with conforming software.",
};

/// The signature does not bind the signer's certificate (below the basic level B-B).
pub static NOT_BOUND_TO_CERTIFICATE: ReasonCode = ReasonCode {
    code: "signature.not-bound",
    severity: Severity::Warning,
    vi: "Chữ ký không gắn với chứng thư số của người ký (chưa đạt mức cơ bản B-B).",
    en: "The signature does not bind the signer's certificate (below the basic level B-B).",
    remedy_vi: "Khi ký mới, dùng phần mềm ký theo chuẩn CAdES, PAdES hoặc XAdES.",
    remedy_en: "For new signatures use software that follows CAdES, PAdES or XAdES.",
};

/// The algorithm {algorithm} cannot be checked here.
pub static ALGORITHM_UNSUPPORTED: ReasonCode = ReasonCode {
    code: "algorithm.unsupported",
    severity: Severity::Unknown,
    vi: "Thuật toán {algorithm} chưa được hỗ trợ kiểm tra.",
    en: "The algorithm {algorithm} cannot be checked here.",
    remedy_vi: "Kiểm tra bằng phần mềm khác hoặc yêu cầu ký lại bằng RSA hoặc ECDSA với SHA-256.",
    remedy_en: "Verify with other software, or ask for a signature with RSA or ECDSA and SHA-256.",
};

/// The algorithm {algorithm} is no longer strong enough.
pub static ALGORITHM_WEAK: ReasonCode = ReasonCode {
    code: "algorithm.weak",
    severity: Severity::Warning,
    vi: "Thuật toán {algorithm} nay không còn đủ an toàn.",
    en: "The algorithm {algorithm} is no longer strong enough.",
    remedy_vi: "Gắn dấu thời gian lưu trữ hoặc ký lại trước khi đưa vào lưu trữ.",
    remedy_en: "Add an archive time-stamp or sign again before archiving.",
};

/// The algorithm {algorithm} was not acceptable at the time of signing.
pub static ALGORITHM_REFUSED: ReasonCode = ReasonCode {
    code: "algorithm.refused",
    severity: Severity::Failure,
    vi: "Thuật toán {algorithm} không được chấp nhận vào thời điểm ký.",
    en: "The algorithm {algorithm} was not acceptable at the time of signing.",
    remedy_vi: "Yêu cầu bên gửi ký lại bằng RSA từ 2048 bit hoặc ECDSA, với SHA-256 trở lên.",
    remedy_en: "Ask the sender to sign again with RSA of at least 2048 bits or ECDSA, and SHA-256 or stronger.",
};

/// The certificate does not lead to a trusted authority.
pub static NOT_TRUSTED: ReasonCode = ReasonCode {
    code: "path.not-trusted",
    severity: Severity::Unknown,
    vi: "Chứng thư số không dẫn tới một tổ chức chứng thực được tin cậy.",
    en: "The certificate does not lead to a trusted authority.",
    remedy_vi: "Quản trị viên kiểm tra danh sách tin cậy; nếu tổ chức chứng thực hợp pháp thì bổ sung vào danh sách.",
    remedy_en: "Have the administrator check the trust list, and add the authority if it is a lawful one.",
};

/// The authority {name} was not in force in the trust list at the time of signing.
pub static ANCHOR_OUT_OF_DATE: ReasonCode = ReasonCode {
    code: "path.anchor-not-in-force",
    severity: Severity::Unknown,
    vi: "Tổ chức chứng thực {name} không có hiệu lực trong danh sách tin cậy vào thời điểm ký.",
    en: "The authority {name} was not in force in the trust list at the time of signing.",
    remedy_vi: "Quản trị viên kiểm tra ngày hiệu lực trong danh sách tin cậy.",
    remedy_en: "Have the administrator check the dates in the trust list.",
};

/// The certificate was issued by the signer and not by an authority.
pub static SELF_SIGNED: ReasonCode = ReasonCode {
    code: "path.self-signed",
    severity: Severity::Unknown,
    vi: "Chứng thư số do người ký tự cấp, không do tổ chức chứng thực cấp.",
    en: "The certificate was issued by the signer and not by an authority.",
    remedy_vi: "Yêu cầu ký bằng chứng thư số do tổ chức chứng thực cấp.",
    remedy_en: "Ask for a signature with a certificate of an authority.",
};

/// The certificate {name} had expired at the time of signing.
pub static EXPIRED: ReasonCode = ReasonCode {
    code: "path.expired",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} đã hết hạn vào thời điểm ký.",
    en: "The certificate {name} had expired at the time of signing.",
    remedy_vi: "Yêu cầu ký lại bằng chứng thư số còn hạn.",
    remedy_en: "Ask for a signature with a certificate in force.",
};

/// The certificate {name} has expired, and nothing proves that the signature was made before.
pub static EXPIRED_SINCE: ReasonCode = ReasonCode {
    code: "path.expired-since",
    severity: Severity::Unknown,
    vi: "Chứng thư số {name} đã hết hạn và không có bằng chứng rằng chữ ký được tạo trước đó.",
    en: "The certificate {name} has expired, and nothing proves that the signature was made before.",
    remedy_vi: "Tìm bản có dấu thời gian, hoặc bằng chứng về ngày nhận văn bản.",
    remedy_en: "Look for a copy with a time-stamp, or for proof of the day it was received.",
};

/// The certificate {name} was not yet valid at the time of signing.
pub static NOT_YET_VALID: ReasonCode = ReasonCode {
    code: "path.not-yet-valid",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} chưa có hiệu lực vào thời điểm ký.",
    en: "The certificate {name} was not yet valid at the time of signing.",
    remedy_vi: "Kiểm tra đồng hồ của máy ký; yêu cầu ký lại.",
    remedy_en: "Check the clock of the signing computer; ask for a new signature.",
};

/// The certificate {name} may not issue others.
pub static NOT_AN_AUTHORITY: ReasonCode = ReasonCode {
    code: "path.not-an-authority",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} không có quyền cấp chứng thư số khác.",
    en: "The certificate {name} may not issue others.",
    remedy_vi: "Không tin cậy chữ ký này; báo cho tổ chức chứng thực.",
    remedy_en: "Do not trust this signature; tell the authority.",
};

/// The path is longer than the authority {name} allows.
pub static PATH_TOO_LONG: ReasonCode = ReasonCode {
    code: "path.too-long",
    severity: Severity::Failure,
    vi: "Chuỗi chứng thư số dài hơn mức tổ chức chứng thực {name} cho phép.",
    en: "The path is longer than the authority {name} allows.",
    remedy_vi: "Không tin cậy chữ ký này; báo cho tổ chức chứng thực.",
    remedy_en: "Do not trust this signature; tell the authority.",
};

/// The name in the certificate {name} is outside what its authority may issue.
pub static NAME_NOT_PERMITTED: ReasonCode = ReasonCode {
    code: "path.name-not-permitted",
    severity: Severity::Failure,
    vi: "Tên trong chứng thư số {name} nằm ngoài phạm vi mà tổ chức chứng thực được cấp.",
    en: "The name in the certificate {name} is outside what its authority may issue.",
    remedy_vi: "Không tin cậy chữ ký này; báo cho tổ chức chứng thực.",
    remedy_en: "Do not trust this signature; tell the authority.",
};

/// The certificate {name} is not meant for this use.
pub static WRONG_USAGE: ReasonCode = ReasonCode {
    code: "path.wrong-usage",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} không được cấp để dùng cho mục đích này.",
    en: "The certificate {name} is not meant for this use.",
    remedy_vi: "Yêu cầu ký bằng chứng thư số được cấp để ký văn bản.",
    remedy_en: "Ask for a signature with a certificate meant for signing documents.",
};

/// The certificate {name} has the mandatory condition {extension}, which is not understood.
pub static CRITICAL_EXTENSION: ReasonCode = ReasonCode {
    code: "path.critical-extension",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} có điều kiện bắt buộc {extension} mà phần mềm không hiểu.",
    en: "The certificate {name} has the mandatory condition {extension}, which is not understood.",
    remedy_vi: "Kiểm tra bằng phần mềm của tổ chức chứng thực.",
    remedy_en: "Verify with the authority's own software.",
};

/// The certificate {name} is malformed.
pub static CERTIFICATE_MALFORMED: ReasonCode = ReasonCode {
    code: "path.certificate-malformed",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} sai định dạng.",
    en: "The certificate {name} is malformed.",
    remedy_vi: "Yêu cầu ký lại bằng chứng thư số hợp lệ.",
    remedy_en: "Ask for a signature with a proper certificate.",
};

/// The authority {name} may not speak for the agency with the code {agency}.
pub static AGENCY_NOT_PERMITTED: ReasonCode = ReasonCode {
    code: "path.agency-not-permitted",
    severity: Severity::Failure,
    vi: "Tổ chức chứng thực {name} không được cấp chứng thư số cho cơ quan có mã {agency}.",
    en: "The authority {name} may not speak for the agency with the code {agency}.",
    remedy_vi: "Quản trị viên kiểm tra phạm vi mã cơ quan trong danh sách tin cậy.",
    remedy_en: "Have the administrator check the agency codes in the trust list.",
};

/// The certificate {name} was revoked at {when}, before the time of signing.
pub static REVOKED: ReasonCode = ReasonCode {
    code: "revocation.revoked",
    severity: Severity::Failure,
    vi: "Chứng thư số {name} đã bị thu hồi lúc {when}, trước thời điểm ký.",
    en: "The certificate {name} was revoked at {when}, before the time of signing.",
    remedy_vi: "Không chấp nhận chữ ký; liên hệ người ký.",
    remedy_en: "Do not accept the signature; contact the signer.",
};

/// The certificate {name} was revoked at {when}, and nothing proves that the signature was made before.
pub static REVOKED_SINCE: ReasonCode = ReasonCode {
    code: "revocation.revoked-since",
    severity: Severity::Unknown,
    vi: "Chứng thư số {name} đã bị thu hồi lúc {when} và không có bằng chứng rằng chữ ký được tạo trước đó.",
    en: "The certificate {name} was revoked at {when}, and nothing proves that the signature was made before.",
    remedy_vi: "Tìm bản có dấu thời gian, hoặc bằng chứng về ngày nhận văn bản; liên hệ người ký.",
    remedy_en: "Look for a copy with a time-stamp or for proof of the day it was received; contact the signer.",
};

/// The certificate {name} was revoked at {when}, after the time of signing; the signature stands.
pub static REVOKED_LATER: ReasonCode = ReasonCode {
    code: "revocation.revoked-later",
    severity: Severity::Note,
    vi: "Chứng thư số {name} bị thu hồi lúc {when}, sau thời điểm ký; chữ ký vẫn có giá trị.",
    en: "The certificate {name} was revoked at {when}, after the time of signing; the signature stands.",
    remedy_vi: "Không cần làm gì.",
    remedy_en: "Nothing needs to be done.",
};

/// It is not known whether the certificate {name} is revoked: {why}.
pub static REVOCATION_UNKNOWN: ReasonCode = ReasonCode {
    code: "revocation.unknown",
    severity: Severity::Unknown,
    vi: "Không biết chứng thư số {name} có bị thu hồi hay không: {why}.",
    en: "It is not known whether the certificate {name} is revoked: {why}.",
    remedy_vi: "Kiểm tra lại khi kết nối được dịch vụ OCSP/CRL, hoặc nạp danh sách thu hồi từ tệp.",
    remedy_en: "Verify again when the OCSP or CRL service can be reached, or load the revocation list from a file.",
};

/// It is not known whether the certificate {name} is revoked: {why}.
pub static REVOCATION_NOT_CHECKED: ReasonCode = ReasonCode {
    code: "revocation.not-checked",
    severity: Severity::Warning,
    vi: "Không biết chứng thư số {name} có bị thu hồi hay không: {why}.",
    en: "It is not known whether the certificate {name} is revoked: {why}.",
    remedy_vi: "Kiểm tra lại khi kết nối được dịch vụ OCSP/CRL, hoặc nạp danh sách thu hồi từ tệp.",
    remedy_en: "Verify again when the OCSP or CRL service can be reached, or load the revocation list from a file.",
};

/// The time of signing is only the signer's word; there is no time-stamp.
pub static TIME_NOT_PROVEN: ReasonCode = ReasonCode {
    code: "time.not-proven",
    severity: Severity::Note,
    vi: "Thời điểm ký chỉ là lời khai của người ký, không có dấu thời gian.",
    en: "The time of signing is only the signer's word; there is no time-stamp.",
    remedy_vi: "Nên gắn dấu thời gian khi ký văn bản cần lưu lâu dài.",
    remedy_en: "Add a time-stamp when signing documents that are kept for long.",
};

/// The signing time that the signer claims lies after the verification.
pub static TIME_IN_FUTURE: ReasonCode = ReasonCode {
    code: "time.in-future",
    severity: Severity::Warning,
    vi: "Thời điểm ký do người ký khai muộn hơn thời điểm kiểm tra.",
    en: "The signing time that the signer claims lies after the verification.",
    remedy_vi: "Kiểm tra đồng hồ của máy ký.",
    remedy_en: "Check the clock of the signing computer.",
};

/// The signing time that the signer claims lies after the time-stamp.
pub static TIME_ORDER: ReasonCode = ReasonCode {
    code: "time.order",
    severity: Severity::Warning,
    vi: "Thời điểm ký do người ký khai muộn hơn dấu thời gian.",
    en: "The signing time that the signer claims lies after the time-stamp.",
    remedy_vi: "Kiểm tra đồng hồ của máy ký; dùng thời điểm của dấu thời gian.",
    remedy_en: "Check the clock of the signing computer; rely on the time-stamp.",
};

/// The time-stamp belongs to other data and not to this signature.
pub static TIMESTAMP_FOREIGN: ReasonCode = ReasonCode {
    code: "timestamp.foreign",
    severity: Severity::Failure,
    vi: "Dấu thời gian thuộc về dữ liệu khác, không phải chữ ký này.",
    en: "The time-stamp belongs to other data and not to this signature.",
    remedy_vi: "Không tin cậy dấu thời gian này; yêu cầu bên gửi ký lại.",
    remedy_en: "Do not trust this time-stamp; ask the sender to sign again.",
};

/// The time-stamp is not valid and is not used as proof.
pub static TIMESTAMP_INVALID: ReasonCode = ReasonCode {
    code: "timestamp.invalid",
    severity: Severity::Warning,
    vi: "Dấu thời gian không hợp lệ nên không được dùng làm bằng chứng.",
    en: "The time-stamp is not valid and is not used as proof.",
    remedy_vi: "Xem chi tiết của dấu thời gian.",
    remedy_en: "See the details of the time-stamp.",
};

/// The time-stamp could not be checked in full and is not used as proof.
pub static TIMESTAMP_UNPROVEN: ReasonCode = ReasonCode {
    code: "timestamp.unproven",
    severity: Severity::Warning,
    vi: "Chưa kiểm tra được đầy đủ dấu thời gian nên không được dùng làm bằng chứng.",
    en: "The time-stamp could not be checked in full and is not used as proof.",
    remedy_vi: "Xem chi tiết của dấu thời gian; bổ sung tổ chức cấp dấu thời gian vào danh sách tin cậy nếu hợp pháp.",
    remedy_en: "See the details of the time-stamp; add its authority to the trust list if it is a lawful one.",
};

/// It carries {count} counter-signatures, which were not judged.
pub static COUNTER_SIGNATURE: ReasonCode = ReasonCode {
    code: "signature.counter-signature",
    severity: Severity::Note,
    vi: "Có {count} chữ ký xác nhận (ký đối chứng) kèm theo, chưa được đánh giá.",
    en: "It carries {count} counter-signatures, which were not judged.",
    remedy_vi: "Kiểm tra bằng phần mềm khác nếu cần dùng chúng.",
    remedy_en: "Verify them with other software if they matter.",
};

/// Every reason of this file.
pub static REASONS: &[&ReasonCode] = &[
    &NO_SIGNATURE,
    &MALFORMED,
    &NO_SIGNER_CERTIFICATE,
    &CONTENT_CHANGED,
    &CONTENT_MISSING,
    &SIGNATURE_MISMATCH,
    &CERTIFICATE_SUBSTITUTED,
    &ATTRIBUTES_INCONSISTENT,
    &NOT_BOUND_TO_CERTIFICATE,
    &ALGORITHM_UNSUPPORTED,
    &ALGORITHM_WEAK,
    &ALGORITHM_REFUSED,
    &NOT_TRUSTED,
    &ANCHOR_OUT_OF_DATE,
    &SELF_SIGNED,
    &EXPIRED,
    &EXPIRED_SINCE,
    &NOT_YET_VALID,
    &NOT_AN_AUTHORITY,
    &PATH_TOO_LONG,
    &NAME_NOT_PERMITTED,
    &WRONG_USAGE,
    &CRITICAL_EXTENSION,
    &CERTIFICATE_MALFORMED,
    &AGENCY_NOT_PERMITTED,
    &REVOKED,
    &REVOKED_SINCE,
    &REVOKED_LATER,
    &REVOCATION_UNKNOWN,
    &REVOCATION_NOT_CHECKED,
    &TIME_NOT_PROVEN,
    &TIME_IN_FUTURE,
    &TIME_ORDER,
    &TIMESTAMP_FOREIGN,
    &TIMESTAMP_INVALID,
    &TIMESTAMP_UNPROVEN,
    &COUNTER_SIGNATURE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_both_languages_have_the_same_places() {
        let places = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        let codes: BTreeSet<_> = REASONS.iter().map(|reason| reason.code).collect();
        assert_eq!(codes.len(), REASONS.len());
        for reason in REASONS {
            assert_eq!(places(reason.vi), places(reason.en), "{}", reason.code);
            assert!(!reason.remedy_vi.is_empty() && !reason.remedy_en.is_empty(), "{}", reason.code);
        }
    }

    #[test]
    fn places_are_filled_in_both_languages() {
        let reason = Reason::new(&EXPIRED).with("name", "Nguyễn Văn A");
        assert_eq!(reason.message.en, "The certificate Nguyễn Văn A had expired at the time of signing.");
        assert_eq!(reason.message.vi, "Chứng thư số Nguyễn Văn A đã hết hạn vào thời điểm ký.");
    }
}
