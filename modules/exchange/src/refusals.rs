//! Every “no” of the exchange: stable code, both languages, what to do, and the article that says so.

use base::{Basis, RefusalCode, RefusalKind};

const QD28: &str = "QĐ 28/2018/QĐ-TTg";
const QD20: &str = "QĐ 20/2020/QĐ-TTg";

/// The article that makes the packet format binding, and the regulation that holds it.
const FORMAT: Basis = Basis::new(QD28, "Điều 14 (QCVN 102:2016/BTTTT)");

/// Refusing without saying why.
pub static STATUS_REASON_MISSING: RefusalCode = RefusalCode {
    code: "exchange.status.reason-missing",
    kind: RefusalKind::Invalid,
    vi: "Trạng thái {code} phải kèm lý do.",
    en: "Status {code} needs a reason.",
    remedy_vi: "Ghi lý do, tối đa 1.000 ký tự.",
    remedy_en: "Give the reason, at most 1,000 characters.",
    basis: Some(Basis::new(QD28, "Điều 5")),
};

/// A description above the limit of the regulation.
pub static STATUS_DESCRIPTION_TOO_LONG: RefusalCode = RefusalCode {
    code: "exchange.status.description-too-long",
    kind: RefusalKind::Invalid,
    vi: "Nội dung kèm trạng thái dài quá 1.000 ký tự.",
    en: "The description of the status is longer than 1,000 characters.",
    remedy_vi: "Rút gọn nội dung.",
    remedy_en: "Shorten it.",
    basis: Some(FORMAT),
};

/// A step back, or a step after the end.
pub static STATUS_OUT_OF_ORDER: RefusalCode = RefusalCode {
    code: "exchange.status.out-of-order",
    kind: RefusalKind::Conflict,
    vi: "Văn bản đang ở trạng thái {from}, không thể chuyển sang {to}.",
    en: "The document stands at {from} and cannot go to {to}.",
    remedy_vi: "Tải lại trang để xem trạng thái hiện tại.",
    remedy_en: "Reload the page to see where it stands.",
    basis: Some(Basis::new(QD28, "Điều 10 khoản 2")),
};

/// Not a status code.
pub static STATUS_CODE_UNKNOWN: RefusalCode = RefusalCode {
    code: "exchange.status.code-unknown",
    kind: RefusalKind::Invalid,
    vi: "Mã trạng thái “{code}” không hợp lệ.",
    en: "“{code}” is not a status code.",
    remedy_vi: "Dùng mã hai chữ số: 01–06, 13, 15, 16.",
    remedy_en: "Use a two-digit code: 01–06, 13, 15, 16.",
    basis: Some(FORMAT),
};

/// A status from the future: the reporter's clock is wrong.
pub static STATUS_TIME_WRONG: RefusalCode = RefusalCode {
    code: "exchange.status.time-wrong",
    kind: RefusalKind::Invalid,
    vi: "Thời điểm {time} của trạng thái lệch quá {limit} phút so với đồng hồ hệ thống.",
    en: "The status is dated {time}, more than {limit} minutes ahead of the system's clock.",
    remedy_vi: "Đồng bộ đồng hồ theo giờ Việt Nam rồi gửi lại.",
    remedy_en: "Synchronise the clock with Vietnam time and send again.",
    basis: Some(Basis::new(QD28, "Điều 14")),
};

/// A status from an agency the document was not sent to.
pub static STATUS_NOT_RECIPIENT: RefusalCode = RefusalCode {
    code: "exchange.status.not-recipient",
    kind: RefusalKind::Forbidden,
    vi: "Cơ quan {agency} không phải nơi nhận của văn bản này.",
    en: "Agency {agency} is not a recipient of this document.",
    remedy_vi: "Kiểm tra lại mã cơ quan và văn bản.",
    remedy_en: "Check the agency code and the document.",
    basis: Some(Basis::new(QD28, "Điều 9")),
};

/// A take-back request by somebody else.
pub static STATUS_NOT_SENDER: RefusalCode = RefusalCode {
    code: "exchange.status.not-sender",
    kind: RefusalKind::Forbidden,
    vi: "Chỉ cơ quan gửi {from} mới được yêu cầu lấy lại.",
    en: "Only the sender {from} may ask for the document back.",
    remedy_vi: "Liên hệ cơ quan gửi.",
    remedy_en: "Contact the sender.",
    basis: Some(Basis::new(QD28, "Điều 8")),
};

/// No such package, or one the caller may not know of.
pub static PACKAGE_NOT_FOUND: RefusalCode = RefusalCode {
    code: "exchange.package.not-found",
    kind: RefusalKind::NotFound,
    vi: "Không tìm thấy gói tin.",
    en: "There is no such package.",
    remedy_vi: "Kiểm tra lại mã gói tin.",
    remedy_en: "Check the package id.",
    basis: None,
};

/// The same identity came with other content.
pub static PACKAGE_CONFLICT: RefusalCode = RefusalCode {
    code: "exchange.package.conflict",
    kind: RefusalKind::Conflict,
    vi: "Gói tin {document} của {from} đã được nhận với nội dung khác.",
    en: "Package {document} of {from} was already received with other content.",
    remedy_vi: "Nếu văn bản đã thay đổi, gửi nghiệp vụ cập nhật hoặc thay thế; nếu là văn bản mới, dùng mã định danh văn bản mới.",
    remedy_en: "If the document changed, send an update or a replacement; if it is a new document, give it a new document id.",
    basis: Some(FORMAT),
};

/// Above the size limit.
pub static PACKAGE_TOO_LARGE: RefusalCode = RefusalCode {
    code: "exchange.package.too-large",
    kind: RefusalKind::TooLarge,
    vi: "Gói tin lớn quá giới hạn {limit}.",
    en: "The package is larger than the limit of {limit}.",
    remedy_vi: "Giảm dung lượng tệp đính kèm rồi gửi lại.",
    remedy_en: "Make the attachments smaller and send again.",
    basis: None,
};

/// The upload ended early.
pub static PACKAGE_TRUNCATED: RefusalCode = RefusalCode {
    code: "exchange.package.truncated",
    kind: RefusalKind::Malformed,
    vi: "Dữ liệu gói tin bị ngắt giữa chừng.",
    en: "The package was cut off while it was being sent.",
    remedy_vi: "Gửi lại toàn bộ gói tin.",
    remedy_en: "Send the whole package again.",
    basis: Some(Basis::new(QD28, "Điều 9")),
};

/// Not an XML body.
pub static PACKAGE_MEDIA_TYPE: RefusalCode = RefusalCode {
    code: "exchange.package.media-type",
    kind: RefusalKind::UnsupportedMedia,
    vi: "Kiểu nội dung “{found}” không được nhận ở đây.",
    en: "Content type “{found}” is not taken here.",
    remedy_vi: "Gửi với Content-Type: application/xml.",
    remedy_en: "Send with Content-Type: application/xml.",
    basis: Some(FORMAT),
};

/// No body at all.
pub static PACKAGE_EMPTY: RefusalCode = RefusalCode {
    code: "exchange.package.empty",
    kind: RefusalKind::Malformed,
    vi: "Gói tin không có dữ liệu.",
    en: "The package is empty.",
    remedy_vi: "Gửi lại gói tin edXML.",
    remedy_en: "Send the edXML package.",
    basis: Some(Basis::new(QD28, "Điều 9")),
};

/// The sender is not the authenticated system.
pub static SENDER_NOT_CALLER: RefusalCode = RefusalCode {
    code: "exchange.sender.not-caller",
    kind: RefusalKind::Forbidden,
    vi: "Hệ thống đang gửi không được phép gửi thay cơ quan {from}.",
    en: "The calling system may not send on behalf of agency {from}.",
    remedy_vi: "Dùng thông tin xác thực của cơ quan {from}, hoặc đăng ký hệ thống cho cơ quan này.",
    remedy_en: "Use the credential of agency {from}, or register the system for that agency.",
    basis: Some(Basis::new(QD28, "Điều 13")),
};

/// Unknown sender.
pub static SENDER_UNKNOWN: RefusalCode = RefusalCode {
    code: "exchange.sender.unknown",
    kind: RefusalKind::Invalid,
    vi: "Mã định danh cơ quan gửi “{code}” không có trong danh mục.",
    en: "The sender's code “{code}” is not in the directory.",
    remedy_vi: "Kiểm tra mã định danh; đồng bộ danh mục cơ quan.",
    remedy_en: "Check the code; synchronise the directory.",
    basis: Some(Basis::new(QD20, "Điều 4")),
};

/// Unknown recipient.
pub static RECIPIENT_UNKNOWN: RefusalCode = RefusalCode {
    code: "exchange.recipient.unknown",
    kind: RefusalKind::Invalid,
    vi: "Mã định danh nơi nhận “{code}” không có trong danh mục.",
    en: "The recipient's code “{code}” is not in the directory.",
    remedy_vi: "Kiểm tra mã định danh; đồng bộ danh mục cơ quan.",
    remedy_en: "Check the code; synchronise the directory.",
    basis: Some(Basis::new(QD20, "Điều 4")),
};

/// Closed recipient; the successor is proposed, never used silently. The article is the sender's duty to send to the right
/// recipient; what closed a code (QĐ 09/2025/QĐ-TTg for ministries and provinces) stands in the directory.
pub static RECIPIENT_CLOSED: RefusalCode = RefusalCode {
    code: "exchange.recipient.closed",
    kind: RefusalKind::Invalid,
    vi: "Nơi nhận {code} đã đóng từ {date}.",
    en: "Recipient {code} was closed on {date}.",
    remedy_vi: "Gửi đến cơ quan kế thừa: {successor}.",
    remedy_en: "Send to the successor: {successor}.",
    basis: Some(Basis::new(QD28, "Điều 8")),
};

/// No recipient.
pub static RECIPIENT_MISSING: RefusalCode = RefusalCode {
    code: "exchange.recipient.missing",
    kind: RefusalKind::Invalid,
    vi: "Gói tin không có nơi nhận nào thuộc hệ thống này.",
    en: "None of the package's recipients is served here.",
    remedy_vi: "Bổ sung ít nhất một nơi nhận.",
    remedy_en: "Name at least one recipient.",
    basis: Some(Basis::new(QD28, "Điều 10 khoản 2")),
};

/// The same recipient twice.
pub static RECIPIENT_TWICE: RefusalCode = RefusalCode {
    code: "exchange.recipient.twice",
    kind: RefusalKind::Invalid,
    vi: "Nơi nhận {code} được ghi hai lần.",
    en: "Recipient {code} is named twice.",
    remedy_vi: "Mỗi nơi nhận ghi một lần.",
    remedy_en: "Name each recipient once.",
    basis: Some(FORMAT),
};

/// State-secret content is outside the system.
pub static SECRET_DOCUMENT: RefusalCode = RefusalCode {
    code: "exchange.document.secret",
    kind: RefusalKind::Invalid,
    vi: "Văn bản mang dấu hiệu bí mật nhà nước ({level}) không được gửi qua hệ thống.",
    en: "A document marked as a state secret ({level}) may not travel through this system.",
    remedy_vi: "Chuyển theo quy định về bảo vệ bí mật nhà nước.",
    remedy_en: "Send it by the rules on state secrets.",
    basis: Some(Basis::new(QD28, "Điều 1")),
};

/// A mandatory field is missing.
pub static DOCUMENT_FIELD_MISSING: RefusalCode = RefusalCode {
    code: "exchange.document.field-missing",
    kind: RefusalKind::Invalid,
    vi: "Thiếu thông tin bắt buộc của văn bản.",
    en: "Mandatory data of the document is missing.",
    remedy_vi: "Bổ sung các mục được nêu.",
    remedy_en: "Fill in the fields named.",
    basis: Some(Basis::new(QD28, "Điều 10 khoản 2")),
};

/// Longer than the most generous published figure; never truncated.
pub static DOCUMENT_FIELD_TOO_LONG: RefusalCode = RefusalCode {
    code: "exchange.document.field-too-long",
    kind: RefusalKind::Invalid,
    vi: "Mục “{field}” dài quá {limit} ký tự.",
    en: "Field “{field}” is longer than {limit} characters.",
    remedy_vi: "Rút gọn nội dung.",
    remedy_en: "Shorten it.",
    basis: Some(FORMAT),
};

/// An operation without its reason.
pub static OPERATION_REASON_MISSING: RefusalCode = RefusalCode {
    code: "exchange.operation.reason-missing",
    kind: RefusalKind::Invalid,
    vi: "Nghiệp vụ thu hồi, cập nhật, thay thế phải nêu lý do.",
    en: "A recall, update or replacement needs a reason.",
    remedy_vi: "Ghi lý do trong BussinessDocReason.",
    remedy_en: "Give the reason in BussinessDocReason.",
    basis: Some(Basis::new(QD28, "Điều 8")),
};

/// Somebody already dealt with it.
pub static DELIVERY_NOT_PARKED: RefusalCode = RefusalCode {
    code: "exchange.delivery.not-parked",
    kind: RefusalKind::Conflict,
    vi: "Gói tin này không còn chờ xử lý.",
    en: "This package is no longer waiting.",
    remedy_vi: "Tải lại danh sách.",
    remedy_en: "Reload the list.",
    basis: None,
};

/// Returning without saying why.
pub static RETURN_REASON_MISSING: RefusalCode = RefusalCode {
    code: "exchange.delivery.return-reason-missing",
    kind: RefusalKind::Invalid,
    vi: "Phải nêu lý do trả lại.",
    en: "Say why it is returned.",
    remedy_vi: "Ghi lý do, tối đa 1.000 ký tự.",
    remedy_en: "Give the reason, at most 1,000 characters.",
    basis: Some(Basis::new(QD28, "Điều 5")),
};

/// Somebody already dealt with it.
pub static UNMATCHED_RESOLVED: RefusalCode = RefusalCode {
    code: "exchange.unmatched.resolved",
    kind: RefusalKind::Conflict,
    vi: "Phản hồi này đã được xử lý.",
    en: "This feedback was already dealt with.",
    remedy_vi: "Tải lại danh sách.",
    remedy_en: "Reload the list.",
    basis: None,
};

/// A file that cannot be what it says it is.
pub static ATTACHMENT_DAMAGED: RefusalCode = RefusalCode {
    code: "exchange.attachment.damaged",
    kind: RefusalKind::Invalid,
    vi: "Tệp đính kèm “{name}” bị hỏng: {detail}.",
    en: "Attachment “{name}” is damaged: {detail}.",
    remedy_vi: "Kiểm tra tệp gốc và gửi lại.",
    remedy_en: "Check the original file and send again.",
    basis: Some(Basis::new(QD28, "Điều 9")),
};

/// From after to, or not a month.
pub static STATISTICS_PERIOD: RefusalCode = RefusalCode {
    code: "exchange.statistics.period",
    kind: RefusalKind::Invalid,
    vi: "Kỳ thống kê không hợp lệ.",
    en: "The period is not valid.",
    remedy_vi: "Chọn tháng bắt đầu không sau tháng kết thúc.",
    remedy_en: "Choose a first month not after the last.",
    basis: Some(Basis::new(QD28, "Điều 11")),
};

/// The rows of the error catalogue.
pub const CATALOGUE: &[&RefusalCode] = &[
    &STATUS_REASON_MISSING,
    &STATUS_DESCRIPTION_TOO_LONG,
    &STATUS_OUT_OF_ORDER,
    &STATUS_CODE_UNKNOWN,
    &STATUS_TIME_WRONG,
    &STATUS_NOT_RECIPIENT,
    &STATUS_NOT_SENDER,
    &PACKAGE_NOT_FOUND,
    &PACKAGE_CONFLICT,
    &PACKAGE_TOO_LARGE,
    &PACKAGE_TRUNCATED,
    &PACKAGE_MEDIA_TYPE,
    &PACKAGE_EMPTY,
    &SENDER_NOT_CALLER,
    &SENDER_UNKNOWN,
    &RECIPIENT_UNKNOWN,
    &RECIPIENT_CLOSED,
    &RECIPIENT_MISSING,
    &RECIPIENT_TWICE,
    &SECRET_DOCUMENT,
    &DOCUMENT_FIELD_MISSING,
    &DOCUMENT_FIELD_TOO_LONG,
    &OPERATION_REASON_MISSING,
    &DELIVERY_NOT_PARKED,
    &RETURN_REASON_MISSING,
    &UNMATCHED_RESOLVED,
    &ATTACHMENT_DAMAGED,
    &STATISTICS_PERIOD,
];
