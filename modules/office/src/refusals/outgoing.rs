//! Refusals about outgoing documents, and those that both directions share: routes, numbers, signatures, files.

use base::{Basis, RefusalCode, RefusalKind, Text};

/// Field message when the agency has no abbreviation.
pub const AGENCY_ABBREVIATION_MISSING: Text = Text::fixed(
    "Số ký hiệu thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND (NĐ 30/2020, Phụ lục I).",
    "The agency’s abbreviation is missing. Example 12/QĐ-UBND (Decree 30/2020, Annex I).",
);

/// No number series takes documents of the kind {kind}.
pub static NO_SERIES: RefusalCode = RefusalCode {
    code: "office.numbering.no-series",
    kind: RefusalKind::Invalid,
    vi: "Chưa có dãy số nào nhận loại văn bản {kind}.",
    en: "No number series takes documents of the kind {kind}.",
    remedy_vi: "Nhờ quản trị mở sổ cho loại văn bản này; văn bản mật cần sổ riêng.",
    remedy_en: "Ask the administrator to open a register for this kind; state secrets need their own.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// The date {date} lies in the future.
pub static NUMBER_IN_FUTURE: RefusalCode = RefusalCode {
    code: "office.numbering.future",
    kind: RefusalKind::Invalid,
    vi: "Ngày {date} chưa đến.",
    en: "The date {date} lies in the future.",
    remedy_vi: "Cấp số với ngày hôm nay.",
    remedy_en: "Number it with today’s date.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// The date {date} belongs to another year; numbers begin at 01 every year.
pub static NUMBER_OTHER_YEAR: RefusalCode = RefusalCode {
    code: "office.numbering.other-year",
    kind: RefusalKind::Invalid,
    vi: "Ngày {date} thuộc năm khác; số văn bản bắt đầu lại từ 01 mỗi năm.",
    en: "The date {date} belongs to another year; numbers begin at 01 every year.",
    remedy_vi: "Cấp số với ngày của năm nay.",
    remedy_en: "Number it with a date of this year.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// The date {date} is before {last}, the date of number {number}; numbers follow the order of time.
pub static NUMBER_DATE_ORDER: RefusalCode = RefusalCode {
    code: "office.numbering.date-order",
    kind: RefusalKind::Invalid,
    vi: "Ngày {date} sớm hơn ngày {last} của số {number}; số và ngày phải theo thứ tự thời gian.",
    en: "The date {date} is before {last}, the date of number {number}; numbers follow the order of time.",
    remedy_vi: "Dùng ngày {last} hoặc muộn hơn.",
    remedy_en: "Use {last} or a later date.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// The agency’s abbreviation is missing. Example 12/QĐ-UBND.
pub static NO_AGENCY_ABBREVIATION: RefusalCode = RefusalCode {
    code: "office.numbering.no-agency-abbreviation",
    kind: RefusalKind::Invalid,
    vi: "Số ký hiệu thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND.",
    en: "The agency’s abbreviation is missing. Example 12/QĐ-UBND.",
    remedy_vi: "Nhờ quản trị ghi chữ viết tắt của cơ quan.",
    remedy_en: "Ask the administrator to enter the agency’s abbreviation.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I, phần II, mục 3")),
};

/// The notation of {kind} lacks the abbreviation of the unit or field. Example 05/BNV-VP.
pub static NO_UNIT_ABBREVIATION: RefusalCode = RefusalCode {
    code: "office.numbering.no-unit-abbreviation",
    kind: RefusalKind::Invalid,
    vi: "Ký hiệu của {kind} thiếu chữ viết tắt đơn vị hoặc lĩnh vực. Ví dụ 05/BNV-VP.",
    en: "The notation of {kind} lacks the abbreviation of the unit or field. Example 05/BNV-VP.",
    remedy_vi: "Ghi chữ viết tắt đơn vị soạn thảo hoặc lĩnh vực.",
    remedy_en: "Enter the abbreviation of the drafting unit or field.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I, phần II, mục 3")),
};

/// Only these may {step_en}: {who_en}.
pub static NOT_YOUR_STEP: RefusalCode = RefusalCode {
    code: "office.route.not-your-step",
    kind: RefusalKind::Forbidden,
    vi: "Việc {step_vi} thuộc về {who_vi}.",
    en: "Only these may {step_en}: {who_en}.",
    remedy_vi: "Chuyển cho người có quyền, hoặc đổi vị trí đang dùng.",
    remedy_en: "Hand it to somebody with the right, or switch your position.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 6")),
};

/// The route lacks the step: {step_en}.
pub static ROUTE_STEP_MISSING: RefusalCode = RefusalCode {
    code: "office.route.step-missing",
    kind: RefusalKind::Invalid,
    vi: "Quy trình thiếu bước {step_vi}.",
    en: "The route lacks the step: {step_en}.",
    remedy_vi: "Thêm bước còn thiếu.",
    remedy_en: "Add the missing step.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 10–18")),
};

/// Nobody may take the step: {step_en}.
pub static ROUTE_STEP_WITHOUT_PERFORMER: RefusalCode = RefusalCode {
    code: "office.route.step-without-performer",
    kind: RefusalKind::Invalid,
    vi: "Bước {step_vi} chưa có ai làm.",
    en: "Nobody may take the step: {step_en}.",
    remedy_vi: "Chọn ít nhất một vai trò hoặc một người.",
    remedy_en: "Choose at least one duty or person.",
    basis: None,
};

/// The route puts the seal before the signature or before the number.
pub static ROUTE_SEAL_BEFORE_SIGNATURE: RefusalCode = RefusalCode {
    code: "office.route.seal-before-signature",
    kind: RefusalKind::Invalid,
    vi: "Quy trình đặt dấu cơ quan trước chữ ký hoặc trước số.",
    en: "The route puts the seal before the signature or before the number.",
    remedy_vi: "Đặt bước ký và cấp số trước bước ký số cơ quan.",
    remedy_en: "Put signature and number before the seal.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 32 khoản 2")),
};

/// Content and form are checked before the signature; the signature comes before the number.
pub static ROUTE_ORDER: RefusalCode = RefusalCode {
    code: "office.route.order",
    kind: RefusalKind::Invalid,
    vi: "Nội dung và thể thức phải được kiểm tra trước khi ký; ký trước khi cấp số.",
    en: "Content and form are checked before the signature; the signature comes before the number.",
    remedy_vi: "Xếp lại thứ tự các bước.",
    remedy_en: "Put the steps in order.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 12")),
};

/// The route ends before it begins.
pub static ROUTE_DATES: RefusalCode = RefusalCode {
    code: "office.route.dates",
    kind: RefusalKind::Invalid,
    vi: "Ngày hết hiệu lực không sau ngày bắt đầu.",
    en: "The route ends before it begins.",
    remedy_vi: "Sửa ngày hiệu lực.",
    remedy_en: "Correct the dates.",
    basis: None,
};

/// You cannot {verb_en} a document in the state “{state_en}”.
pub static OUTGOING_STATE: RefusalCode = RefusalCode {
    code: "office.outgoing.state",
    kind: RefusalKind::Conflict,
    vi: "Không thể {verb_vi} khi văn bản đang ở trạng thái “{state_vi}”.",
    en: "You cannot {verb_en} a document in the state “{state_en}”.",
    remedy_vi: "Mở lại văn bản để xem nó đã đến đâu.",
    remedy_en: "Open the document again to see how far it has come.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 10–19")),
};

/// The competent person has not signed; the agency’s seal cannot be applied.
pub static SEAL_BEFORE_SIGNATURE: RefusalCode = RefusalCode {
    code: "office.outgoing.seal-before-signature",
    kind: RefusalKind::Invalid,
    vi: "Chưa có chữ ký của người có thẩm quyền; không được ký số cơ quan.",
    en: "The competent person has not signed; the agency’s seal cannot be applied.",
    remedy_vi: "Chờ người có thẩm quyền ký.",
    remedy_en: "Wait for the competent person’s signature.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 32 khoản 2")),
};

/// The document has no number and date yet; the agency’s seal covers both.
pub static SEAL_BEFORE_NUMBER: RefusalCode = RefusalCode {
    code: "office.outgoing.seal-before-number",
    kind: RefusalKind::Invalid,
    vi: "Văn bản chưa có số và ngày; chữ ký cơ quan phải phủ cả hai.",
    en: "The document has no number and date yet; the agency’s seal covers both.",
    remedy_vi: "Cấp số trước.",
    remedy_en: "Give it a number first.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 3")),
};

/// This signing request is for somebody else.
pub static NOT_THE_SIGNER: RefusalCode = RefusalCode {
    code: "office.signing.not-the-signer",
    kind: RefusalKind::Forbidden,
    vi: "Yêu cầu ký này gửi cho người khác.",
    en: "This signing request is for somebody else.",
    remedy_vi: "Chờ người được yêu cầu ký.",
    remedy_en: "Wait for the person named.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13")),
};

/// Only whoever asked or the signer may end a signing request.
pub static NOT_YOUR_REQUEST: RefusalCode = RefusalCode {
    code: "office.signing.not-your-request",
    kind: RefusalKind::Forbidden,
    vi: "Chỉ người trình hoặc người ký được hủy yêu cầu ký.",
    en: "Only whoever asked or the signer may end a signing request.",
    remedy_vi: "Nhờ người trình ký rút lại.",
    remedy_en: "Ask whoever put it up to withdraw it.",
    basis: None,
};

/// The signing request has lapsed.
pub static REQUEST_EXPIRED: RefusalCode = RefusalCode {
    code: "office.signing.expired",
    kind: RefusalKind::Gone,
    vi: "Yêu cầu ký đã hết hạn.",
    en: "The signing request has lapsed.",
    remedy_vi: "Rút trình ký rồi trình lại.",
    remedy_en: "Withdraw it and ask again.",
    basis: None,
};

/// The document is already signed.
pub static ALREADY_SIGNED: RefusalCode = RefusalCode {
    code: "office.signing.already-signed",
    kind: RefusalKind::Conflict,
    vi: "Văn bản đã được ký.",
    en: "The document is already signed.",
    remedy_vi: "Mở lại văn bản.",
    remedy_en: "Open the document again.",
    basis: None,
};

/// The signing request has been cancelled.
pub static REQUEST_CANCELLED: RefusalCode = RefusalCode {
    code: "office.signing.cancelled",
    kind: RefusalKind::Gone,
    vi: "Yêu cầu ký đã bị hủy.",
    en: "The signing request has been cancelled.",
    remedy_vi: "Chờ người soạn trình lại.",
    remedy_en: "Wait until it is put up again.",
    basis: None,
};

/// The content has changed since you opened it; nothing has been signed.
pub static CONTENT_CHANGED: RefusalCode = RefusalCode {
    code: "office.signing.content-changed",
    kind: RefusalKind::Conflict,
    vi: "Nội dung đã thay đổi từ khi bạn mở; chưa ký gì.",
    en: "The content has changed since you opened it; nothing has been signed.",
    remedy_vi: "Đọc lại văn bản rồi ký.",
    remedy_en: "Read it again, then sign.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 11")),
};

/// Signing TUQ. needs a written delegation in force.
pub static NO_DELEGATION: RefusalCode = RefusalCode {
    code: "office.signature.no-delegation",
    kind: RefusalKind::Invalid,
    vi: "Ký TUQ. cần giấy ủy quyền còn thời hạn.",
    en: "Signing TUQ. needs a written delegation in force.",
    remedy_vi: "Ghi giấy ủy quyền trước.",
    remedy_en: "Record the delegation first.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13 khoản 3")),
};

/// Whoever signs by delegation may not delegate further.
pub static SUB_DELEGATION: RefusalCode = RefusalCode {
    code: "office.signature.sub-delegation",
    kind: RefusalKind::Invalid,
    vi: "Người được ủy quyền không được ủy quyền lại.",
    en: "Whoever signs by delegation may not delegate further.",
    remedy_vi: "Người đứng đầu phải ủy quyền trực tiếp.",
    remedy_en: "The head must delegate directly.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13 khoản 3")),
};

/// The delegation is valid only from {from} to {until}.
pub static DELEGATION_LAPSED: RefusalCode = RefusalCode {
    code: "office.signature.delegation-lapsed",
    kind: RefusalKind::Invalid,
    vi: "Giấy ủy quyền chỉ có hiệu lực từ {from} đến {until}.",
    en: "The delegation is valid only from {from} to {until}.",
    remedy_vi: "Gia hạn giấy ủy quyền hoặc chọn người ký khác.",
    remedy_en: "Extend the delegation or choose another signer.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13 khoản 3")),
};

/// This person cannot sign by the authority {prefix}
pub static SIGNATURE_AUTHORITY: RefusalCode = RefusalCode {
    code: "office.signature.authority",
    kind: RefusalKind::Invalid,
    vi: "Người này không ký được theo thể thức {prefix}",
    en: "This person cannot sign by the authority {prefix}",
    remedy_vi: "Chọn thể thức ký đúng với chức vụ.",
    remedy_en: "Choose the authority that fits the position.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13")),
};

/// The signer holds no position in the agency.
pub static SIGNER_UNKNOWN: RefusalCode = RefusalCode {
    code: "office.signature.signer-unknown",
    kind: RefusalKind::Invalid,
    vi: "Người ký không giữ vị trí nào trong cơ quan.",
    en: "The signer holds no position in the agency.",
    remedy_vi: "Chọn người ký trong danh sách.",
    remedy_en: "Choose a signer from the list.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13")),
};

/// Some fields are not right.
pub static METADATA: RefusalCode = RefusalCode {
    code: "office.document.metadata",
    kind: RefusalKind::Invalid,
    vi: "Có ô chưa đúng.",
    en: "Some fields are not right.",
    remedy_vi: "Sửa các ô được đánh dấu.",
    remedy_en: "Correct the fields marked.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI, phần II")),
};

/// The form is not right yet.
pub static FORMAT: RefusalCode = RefusalCode {
    code: "office.document.format",
    kind: RefusalKind::Invalid,
    vi: "Thể thức chưa đạt.",
    en: "The form is not right yet.",
    remedy_vi: "Sửa các điểm được nêu, hoặc trả lại người soạn.",
    remedy_en: "Mend what is named, or send it back to the drafter.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 12 khoản 2")),
};

/// The number and notation are not right.
pub static CODE: RefusalCode = RefusalCode {
    code: "office.document.code",
    kind: RefusalKind::Invalid,
    vi: "Số ký hiệu chưa đúng.",
    en: "The number and notation are not right.",
    remedy_vi: "Sửa theo ví dụ.",
    remedy_en: "Follow the example.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I, phần II, mục 3")),
};

/// A reason is needed, at most 1000 characters.
pub static REASON_MISSING: RefusalCode = RefusalCode {
    code: "office.document.reason-missing",
    kind: RefusalKind::Invalid,
    vi: "Cần ghi lý do, nhiều nhất 1000 ký tự.",
    en: "A reason is needed, at most 1000 characters.",
    remedy_vi: "Ghi lý do.",
    remedy_en: "Give the reason.",
    basis: None,
};

/// The document has changed since you opened it (version {current}, you saw {seen}).
pub static CHANGED_MEANWHILE: RefusalCode = RefusalCode {
    code: "office.document.changed-meanwhile",
    kind: RefusalKind::Conflict,
    vi: "Văn bản đã thay đổi trong lúc bạn mở (phiên bản {current}, bạn đang xem {seen}).",
    en: "The document has changed since you opened it (version {current}, you saw {seen}).",
    remedy_vi: "Mở lại văn bản; những gì bạn nhập vẫn còn trong mẫu này.",
    remedy_en: "Open it again; what you typed is still in this form.",
    basis: None,
};

/// Only the drafter or the head of the drafting unit may do this.
pub static NOT_THE_DRAFTER: RefusalCode = RefusalCode {
    code: "office.outgoing.not-the-drafter",
    kind: RefusalKind::Forbidden,
    vi: "Chỉ người soạn hoặc người phụ trách đơn vị soạn được làm việc này.",
    en: "Only the drafter or the head of the drafting unit may do this.",
    remedy_vi: "Nhờ người soạn.",
    remedy_en: "Ask the drafter.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 10")),
};

/// State secrets must not be sent through the exchange.
pub static SECRET_NOT_SENT: RefusalCode = RefusalCode {
    code: "office.outgoing.secret-not-sent",
    kind: RefusalKind::Forbidden,
    vi: "Văn bản mật không được gửi qua hệ thống liên thông.",
    en: "State secrets must not be sent through the exchange.",
    remedy_vi: "Gửi bản giấy theo quy định về bí mật nhà nước.",
    remedy_en: "Send it on paper under the rules for state secrets.",
    basis: Some(Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 1")),
};

/// The checks that every receiver makes do not hold; it was not sent.
pub static NOT_VERIFIED: RefusalCode = RefusalCode {
    code: "office.outgoing.not-verified",
    kind: RefusalKind::Conflict,
    vi: "Kiểm tra chữ ký và tệp trước khi phát hành không đạt; văn bản chưa được gửi.",
    en: "The check of signatures and files before issue does not hold; nothing was sent.",
    remedy_vi: "Trả lại để ký lại; nếu tệp bị hỏng, khôi phục từ bản sao lưu rồi phát hành.",
    remedy_en: "Send it back to be signed again; if a file is damaged, restore it from a backup, then issue.",
    basis: Some(Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 8")),
};

/// The file is larger than {limit}.
pub static FILE_TOO_LARGE: RefusalCode = RefusalCode {
    code: "office.file.too-large",
    kind: RefusalKind::TooLarge,
    vi: "Tệp lớn hơn {limit}.",
    en: "The file is larger than {limit}.",
    remedy_vi: "Chia nhỏ tệp hoặc nén lại.",
    remedy_en: "Split or compress it.",
    basis: None,
};

/// The file name is empty or holds characters that cannot be used.
pub static FILE_NAME: RefusalCode = RefusalCode {
    code: "office.file.name",
    kind: RefusalKind::Invalid,
    vi: "Tên tệp trống hoặc có ký tự không dùng được.",
    en: "The file name is empty or holds characters that cannot be used.",
    remedy_vi: "Đổi tên tệp.",
    remedy_en: "Rename the file.",
    basis: None,
};

/// The content of {name} is not what its name says.
pub static FILE_TYPE: RefusalCode = RefusalCode {
    code: "office.file.type",
    kind: RefusalKind::UnsupportedMedia,
    vi: "Nội dung tệp {name} không phải là loại mà tên tệp nói.",
    en: "The content of {name} is not what its name says.",
    remedy_vi: "Mở tệp, lưu lại đúng loại rồi tải lên.",
    remedy_en: "Open it, save it in the right format, and upload again.",
    basis: None,
};

/// At most {limit} files.
pub static FILES_TOO_MANY: RefusalCode = RefusalCode {
    code: "office.file.too-many",
    kind: RefusalKind::Invalid,
    vi: "Nhiều nhất {limit} tệp.",
    en: "At most {limit} files.",
    remedy_vi: "Gộp các phụ lục.",
    remedy_en: "Join the annexes.",
    basis: None,
};

/// Only people do this, with their own account.
pub static PEOPLE_ONLY: RefusalCode = RefusalCode {
    code: "office.people-only",
    kind: RefusalKind::Forbidden,
    vi: "Việc này chỉ do người làm, bằng tài khoản của mình.",
    en: "Only people do this, with their own account.",
    remedy_vi: "Đăng nhập bằng tài khoản cá nhân.",
    remedy_en: "Sign in with a personal account.",
    basis: None,
};

/// The incoming document that is answered was not found.
pub static CITED_UNKNOWN: RefusalCode = RefusalCode {
    code: "office.outgoing.cited-unknown",
    kind: RefusalKind::Invalid,
    vi: "Không thấy văn bản đến được trả lời.",
    en: "The incoming document that is answered was not found.",
    remedy_vi: "Chọn lại trong sổ văn bản đến.",
    remedy_en: "Choose it again from the register.",
    basis: None,
};
