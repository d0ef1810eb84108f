//! The refusals of the directory, with both wordings and the articles they stand on.

use base::{Basis, RefusalCode, RefusalKind};

const CODES: Option<Basis> = Some(Basis::new("QĐ 20/2020/QĐ-TTg", "Điều 4"));
const DELEGATION: Option<Basis> = Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13 khoản 3"));

/// There is no agency of that code.
pub static AGENCY_UNKNOWN: RefusalCode = RefusalCode {
    code: "directory.agency.unknown",
    kind: RefusalKind::Invalid,
    vi: "Không có cơ quan nào mang mã {code} trong danh bạ.",
    en: "No agency in the directory has the code {code}.",
    remedy_vi: "Tìm theo tên, hoặc đề nghị người quản trị bổ sung cơ quan.",
    remedy_en: "Search by name, or ask the administrator to add the agency.",
    basis: CODES,
};

/// The agency of that code was closed.
pub static AGENCY_CLOSED: RefusalCode = RefusalCode {
    code: "directory.agency.closed",
    kind: RefusalKind::Invalid,
    vi: "Mã {code} đã đóng từ sau ngày {last}.",
    en: "Code {code} was closed after {last}.",
    remedy_vi: "Dùng mã của cơ quan kế thừa: {successors}.",
    remedy_en: "Use the code of the successor: {successors}.",
    basis: CODES,
};

/// A closed code cannot be given out again.
pub static AGENCY_CODE_REUSED: RefusalCode = RefusalCode {
    code: "directory.agency.code-reused",
    kind: RefusalKind::Conflict,
    vi: "Mã {code} đã đóng; mã đã cấp không dùng lại.",
    en: "Code {code} is closed; a code once issued is never used again.",
    remedy_vi: "Cấp mã mới cho cơ quan và ghi cơ quan kế thừa.",
    remedy_en: "Give the agency a new code and record the successor.",
    basis: CODES,
};

/// The dates do not follow one another.
pub static DATES_OUT_OF_ORDER: RefusalCode = RefusalCode {
    code: "directory.dates.out-of-order",
    kind: RefusalKind::Invalid,
    vi: "Ngày bắt đầu {from} không đứng trước ngày kết thúc {to}.",
    en: "The first day {from} does not come before the last day {to}.",
    remedy_vi: "Sửa lại hai ngày.",
    remedy_en: "Correct the two dates.",
    basis: None,
};

/// A change would lie before what is already recorded.
pub static HISTORY_OUT_OF_ORDER: RefusalCode = RefusalCode {
    code: "directory.agency.history-out-of-order",
    kind: RefusalKind::Invalid,
    vi: "Thay đổi từ ngày {from} đứng trước thay đổi gần nhất, ngày {last}.",
    en: "The change from {from} lies before the latest one, of {last}.",
    remedy_vi: "Nhập ngày hiệu lực sau {last}.",
    remedy_en: "Enter a first day after {last}.",
    basis: None,
};

/// Agency, unit or parent do not fit together.
pub static WRONG_PARENT: RefusalCode = RefusalCode {
    code: "directory.parent.wrong",
    kind: RefusalKind::Invalid,
    vi: "Đơn vị hoặc cơ quan cấp trên không phù hợp: {what}.",
    en: "The unit or agency above does not fit: {what}.",
    remedy_vi: "Chọn đơn vị thuộc cùng cơ quan và không nằm dưới chính nó.",
    remedy_en: "Choose a unit of the same agency that does not lie below itself.",
    basis: None,
};

/// A required text is empty or too long.
pub static TEXT_INVALID: RefusalCode = RefusalCode {
    code: "directory.text.invalid",
    kind: RefusalKind::Invalid,
    vi: "Thiếu hoặc quá dài: {field_vi}.",
    en: "Missing or too long: {field_en}.",
    remedy_vi: "Nhập từ 1 đến 500 ký tự.",
    remedy_en: "Enter between 1 and 500 characters.",
    basis: None,
};

/// Not an address to which mail can go.
pub static EMAIL_INVALID: RefusalCode = RefusalCode {
    code: "directory.email.invalid",
    kind: RefusalKind::Invalid,
    vi: "Địa chỉ thư điện tử “{address}” không đúng dạng.",
    en: "“{address}” is not an e-mail address.",
    remedy_vi: "Ghi dạng ten@coquan.gov.vn, hoặc để trống.",
    remedy_en: "Write it as name@agency.gov.vn, or leave it empty.",
    basis: None,
};

/// The delegator has not the authority himself; also when he holds it only by delegation.
pub static DELEGATION_NOT_HELD: RefusalCode = RefusalCode {
    code: "directory.delegation.not-held",
    kind: RefusalKind::Invalid,
    vi: "Người ủy quyền không tự mình có quyền “{permission_vi}”; quyền được ủy quyền không được ủy quyền lại.",
    en: "The delegator does not hold “{permission_en}” himself; what was delegated cannot be passed on.",
    remedy_vi: "Chỉ ủy quyền những việc thuộc thẩm quyền của chính vị trí đó.",
    remedy_en: "Delegate only what belongs to the position itself.",
    basis: DELEGATION,
};

/// What may never be delegated.
pub static DELEGATION_NOT_DELEGABLE: RefusalCode = RefusalCode {
    code: "directory.delegation.not-delegable",
    kind: RefusalKind::Invalid,
    vi: "Quyền “{permission_vi}” không ủy quyền được.",
    en: "“{permission_en}” cannot be delegated.",
    remedy_vi: "Bổ nhiệm hoặc phân công người đó vào vị trí có quyền này.",
    remedy_en: "Appoint the person to a position that has the right.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 32 khoản 2")),
};

/// A delegation must be in writing.
pub static DELEGATION_NOT_WRITTEN: RefusalCode = RefusalCode {
    code: "directory.delegation.not-written",
    kind: RefusalKind::Invalid,
    vi: "Thiếu số, ký hiệu văn bản ủy quyền hoặc nội dung được ủy quyền.",
    en: "The number of the written delegation or its content is missing.",
    remedy_vi: "Ủy quyền phải bằng văn bản, giới hạn thời gian và nội dung.",
    remedy_en: "A delegation must be in writing, limited in time and content.",
    basis: DELEGATION,
};

/// A delegation stays inside the agency, between two people.
pub static DELEGATION_OUTSIDE: RefusalCode = RefusalCode {
    code: "directory.delegation.outside",
    kind: RefusalKind::Invalid,
    vi: "Người được ủy quyền phải là người khác, giữ chức vụ trong cùng cơ quan.",
    en: "The delegate must be another person with a position in the same agency.",
    remedy_vi: "Chọn một vị trí khác trong cơ quan.",
    remedy_en: "Choose another position in the agency.",
    basis: DELEGATION,
};

/// A file could not be imported.
pub static IMPORT_FAILED: RefusalCode = RefusalCode {
    code: "directory.import.failed",
    kind: RefusalKind::Invalid,
    vi: "Tệp có {count} lỗi; chưa nhập dòng nào.",
    en: "The file has {count} errors; no row was imported.",
    remedy_vi: "Sửa các dòng đã nêu rồi nhập lại.",
    remedy_en: "Correct the rows named and import again.",
    basis: None,
};

/// The rows of this room.
pub const CATALOGUE: &[&RefusalCode] = &[
    &AGENCY_UNKNOWN,
    &AGENCY_CLOSED,
    &AGENCY_CODE_REUSED,
    &DATES_OUT_OF_ORDER,
    &HISTORY_OUT_OF_ORDER,
    &WRONG_PARENT,
    &TEXT_INVALID,
    &EMAIL_INVALID,
    &DELEGATION_NOT_HELD,
    &DELEGATION_NOT_DELEGABLE,
    &DELEGATION_NOT_WRITTEN,
    &DELEGATION_OUTSIDE,
    &IMPORT_FAILED,
];
