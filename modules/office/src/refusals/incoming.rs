//! Refusals about incoming documents: registration, directive, assignment and work.

use base::{Basis, RefusalCode, RefusalKind};

/// The document is not registered, so nobody may be charged with it.
pub static NOT_REGISTERED: RefusalCode = RefusalCode {
    code: "office.incoming.not-registered",
    kind: RefusalKind::Invalid,
    vi: "Văn bản chưa đăng ký tại Văn thư nên chưa được giao xử lý.",
    en: "The document is not registered, so nobody may be charged with it.",
    remedy_vi: "Đăng ký văn bản trước.",
    remedy_en: "Register it first.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 22 khoản 1")),
};

/// The document is already registered.
pub static ALREADY_REGISTERED: RefusalCode = RefusalCode {
    code: "office.incoming.already-registered",
    kind: RefusalKind::Conflict,
    vi: "Văn bản đã được đăng ký.",
    en: "The document is already registered.",
    remedy_vi: "Mở lại văn bản để xem số đến.",
    remedy_en: "Open the document to see its arrival number.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 22")),
};

/// You cannot {verb_en} a document in the state “{state_en}”.
pub static INCOMING_STATE: RefusalCode = RefusalCode {
    code: "office.incoming.state",
    kind: RefusalKind::Conflict,
    vi: "Không thể {verb_vi} khi văn bản đang ở trạng thái “{state_vi}”.",
    en: "You cannot {verb_en} a document in the state “{state_en}”.",
    remedy_vi: "Mở lại văn bản để xem nó đã đến đâu.",
    remedy_en: "Open the document again to see how far it has come.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 20–24")),
};

/// The issuer has recalled this document; its content is destroyed.
pub static INCOMING_RECALLED: RefusalCode = RefusalCode {
    code: "office.incoming.recalled",
    kind: RefusalKind::Gone,
    vi: "Nơi ban hành đã thu hồi văn bản này; nội dung đã hủy.",
    en: "The issuer has recalled this document; its content is destroyed.",
    remedy_vi: "Chỉ còn dữ liệu về việc thu hồi.",
    remedy_en: "Only the data of the recall is kept.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 18 khoản 4")),
};

/// The document is not assigned to you or your unit.
pub static NOT_ASSIGNED: RefusalCode = RefusalCode {
    code: "office.incoming.not-assigned",
    kind: RefusalKind::Forbidden,
    vi: "Văn bản không giao cho bạn hoặc đơn vị của bạn.",
    en: "The document is not assigned to you or your unit.",
    remedy_vi: "Nhờ người giao việc thêm bạn vào.",
    remedy_en: "Ask whoever assigned it to add you.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 24")),
};

/// Only the lead or a leader may finish this.
pub static NOT_LEAD: RefusalCode = RefusalCode {
    code: "office.incoming.not-lead",
    kind: RefusalKind::Forbidden,
    vi: "Chỉ nơi chủ trì hoặc lãnh đạo được kết thúc việc này.",
    en: "Only the lead or a leader may finish this.",
    remedy_vi: "Báo cáo phần việc của mình; nơi chủ trì sẽ kết thúc.",
    remedy_en: "Report your part; the lead will finish it.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 24")),
};

/// An incoming document is recalled only on its issuer’s request through the exchange.
pub static RECALL_BY_HAND: RefusalCode = RefusalCode {
    code: "office.incoming.recall-by-hand",
    kind: RefusalKind::Forbidden,
    vi: "Thu hồi văn bản đến chỉ theo yêu cầu của nơi ban hành qua liên thông.",
    en: "An incoming document is recalled only on its issuer’s request through the exchange.",
    remedy_vi: "Liên hệ nơi ban hành.",
    remedy_en: "Contact the issuer.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 18 khoản 4")),
};

/// The directive is not complete.
pub static DIRECTIVE: RefusalCode = RefusalCode {
    code: "office.directive.invalid",
    kind: RefusalKind::Invalid,
    vi: "Ý kiến chỉ đạo chưa đủ để giao việc.",
    en: "The directive is not complete.",
    remedy_vi: "Sửa các ô được đánh dấu.",
    remedy_en: "Correct the fields marked.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 23 khoản 4")),
};

/// This document seems to have come before.
pub static DUPLICATE: RefusalCode = RefusalCode {
    code: "office.incoming.duplicate",
    kind: RefusalKind::Conflict,
    vi: "Văn bản này có vẻ đã đến: trùng {what_vi} với văn bản số đến {other}.",
    en: "This document seems to have come before: it has the same {what_en} as arrival {other}.",
    remedy_vi: "So lại hai văn bản. Nếu đúng là hai văn bản khác nhau, đánh dấu “Không phải bản trùng” rồi đăng ký.",
    remedy_en: "Compare the two. If they are different documents, tick “Not a duplicate” and register.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI, phần I, mục III.1h")),
};

/// The package recalls an earlier document; it is not a document to be registered.
pub static RECALL_NOT_REGISTERED: RefusalCode = RefusalCode {
    code: "office.incoming.recall-not-registered",
    kind: RefusalKind::Invalid,
    vi: "Gói tin này yêu cầu thu hồi một văn bản đã gửi; không phải văn bản để đăng ký.",
    en: "This package recalls a document sent earlier; it is not a document to be registered.",
    remedy_vi: "Giữ lại để xử lý thu hồi.",
    remedy_en: "Keep it until the recall is dealt with.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 18 khoản 4")),
};

/// The person before whom it is to be put holds no such position in the agency.
pub static RECEIVER_UNKNOWN: RefusalCode = RefusalCode {
    code: "office.incoming.receiver-unknown",
    kind: RefusalKind::Invalid,
    vi: "Người được trình không có quyền phân hoặc chỉ đạo văn bản trong cơ quan.",
    en: "The person named may neither triage nor direct in this agency.",
    remedy_vi: "Chọn Chánh Văn phòng hoặc lãnh đạo trong danh sách.",
    remedy_en: "Choose the chief of office or a leader from the list.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 23")),
};

/// What came through the exchange stays as it was sent.
pub static FILES_OF_THE_SENDER: RefusalCode = RefusalCode {
    code: "office.incoming.files-of-the-sender",
    kind: RefusalKind::Invalid,
    vi: "Văn bản đến qua liên thông giữ nguyên tệp như nơi gửi đã ký.",
    en: "What came through the exchange stays as its sender signed it.",
    remedy_vi: "Trả lại nơi gửi nếu thiếu tệp.",
    remedy_en: "Return it to the sender if a file is missing.",
    basis: Some(Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 9")),
};

/// There is no proposal to agree with.
pub static NO_PROPOSAL: RefusalCode = RefusalCode {
    code: "office.incoming.no-proposal",
    kind: RefusalKind::Invalid,
    vi: "Văn bản này chưa có đề xuất giao việc để đồng ý.",
    en: "Nobody has proposed who should handle this document.",
    remedy_vi: "Ghi ý kiến chỉ đạo và chọn nơi chủ trì.",
    remedy_en: "Write the directive and choose the lead.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 23 khoản 2")),
};

/// A unit or person named in the directive is not in the agency.
pub static ASSIGNEE_UNKNOWN: RefusalCode = RefusalCode {
    code: "office.directive.assignee-unknown",
    kind: RefusalKind::Invalid,
    vi: "Có đơn vị hoặc người nhận việc không thuộc cơ quan.",
    en: "A unit or person named is not in the agency.",
    remedy_vi: "Chọn lại trong danh sách.",
    remedy_en: "Choose again from the list.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 23 khoản 4")),
};

/// Your unit holds no open assignment on this document.
pub static NOTHING_TO_ASSIGN: RefusalCode = RefusalCode {
    code: "office.incoming.nothing-to-assign",
    kind: RefusalKind::Forbidden,
    vi: "Đơn vị của bạn không có việc đang mở ở văn bản này.",
    en: "Your unit holds no open assignment on this document.",
    remedy_vi: "Nhờ lãnh đạo giao việc cho đơn vị trước.",
    remedy_en: "Ask the leader to assign it to your unit first.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 24")),
};

/// The result is missing.
pub static RESULT_MISSING: RefusalCode = RefusalCode {
    code: "office.incoming.result-missing",
    kind: RefusalKind::Invalid,
    vi: "Chưa có văn bản trả lời: cần ghi lý do kết thúc, nhiều nhất 1000 ký tự.",
    en: "No answer has been issued: say why it ends without one, at most 1000 characters.",
    remedy_vi: "Ghi kết quả, hoặc chọn văn bản đi đã phát hành.",
    remedy_en: "Write the result, or choose an issued outgoing document.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 24")),
};

/// The answering document is not an issued document of this agency.
pub static ANSWER_UNKNOWN: RefusalCode = RefusalCode {
    code: "office.incoming.answer-unknown",
    kind: RefusalKind::Invalid,
    vi: "Không thấy văn bản đi đã phát hành này.",
    en: "No such document has been issued.",
    remedy_vi: "Chọn văn bản đi đã phát hành của cơ quan.",
    remedy_en: "Choose an issued document of the agency.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục IV, mẫu VIII")),
};
