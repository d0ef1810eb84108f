//! Why an edXML message is refused: one row of the error catalogue for each reason.

use base::{Basis, RefusalCode, RefusalKind};

/// The article that makes the format binding, and the regulation that holds it.
const FORMAT: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 14 (QCVN 102:2016/BTTTT)");
const METADATA: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 10 khoản 2");
const CHECKS: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 9");
const RECALL: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 8");
const SECURITY: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 13");
const METADATA_TABLE: Basis = Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI");

/// (Vietnamese, English)
type Both = (&'static str, &'static str);

const fn row(
    code: &'static str,
    kind: RefusalKind,
    basis: Basis,
    (vi, en): Both,
    (remedy_vi, remedy_en): Both,
) -> RefusalCode {
    RefusalCode { code, kind, vi, en, remedy_vi, remedy_en, basis: Some(basis) }
}

const RESEND: Both =
    ("Kiểm tra phần mềm tạo gói tin rồi gửi lại.", "Check the software that made the message, then send it again.");

/// Not XML at all.
pub static NOT_XML: RefusalCode = row(
    "exchange.edxml.not-xml",
    RefusalKind::Malformed,
    FORMAT,
    ("Nội dung gửi lên không phải là XML.", "What was sent is not XML."),
    (
        "Gửi nguyên tệp .edxml, không nén, không bọc thêm.",
        "Send the .edxml file as it is, neither compressed nor wrapped.",
    ),
);

/// Characters stand before the XML declaration.
pub static GARBAGE_BEFORE: RefusalCode = row(
    "exchange.edxml.garbage-before-declaration",
    RefusalKind::Malformed,
    FORMAT,
    ("Có ký tự lạ trước khai báo XML.", "Stray characters stand before the XML declaration."),
    (
        "Bỏ mọi ký tự, kể cả khoảng trắng, đứng trước “<?xml”.",
        "Remove every character, blanks included, before “<?xml”.",
    ),
);

/// Not UTF-8, or declared as something else.
pub static WRONG_ENCODING: RefusalCode = row(
    "exchange.edxml.wrong-encoding",
    RefusalKind::Malformed,
    FORMAT,
    (
        "Gói tin không được mã hóa bằng UTF-8 (dòng {line}, cột {column}).",
        "The message is not in UTF-8 (line {line}, column {column}).",
    ),
    (
        "Ghi gói tin bằng UTF-8 và khai báo encoding=\"UTF-8\".",
        "Write the message in UTF-8 and declare encoding=\"UTF-8\".",
    ),
);

/// Breaks the rules of XML 1.0.
pub static NOT_WELL_FORMED: RefusalCode = row(
    "exchange.edxml.not-well-formed",
    RefusalKind::Malformed,
    FORMAT,
    (
        "XML không đúng cú pháp tại dòng {line}, cột {column}.",
        "The XML is not well-formed at line {line}, column {column}.",
    ),
    RESEND,
);

/// A prefix without a declaration.
pub static UNBOUND_PREFIX: RefusalCode = row(
    "exchange.edxml.unbound-prefix",
    RefusalKind::Malformed,
    FORMAT,
    (
        "Tiền tố “{prefix}” chưa được khai báo không gian tên (dòng {line}, cột {column}).",
        "The prefix “{prefix}” is not bound to a namespace (line {line}, column {column}).",
    ),
    (
        "Khai báo xmlns:{prefix} trên phần tử này hoặc phần tử cha.",
        "Declare xmlns:{prefix} on this element or on one above it.",
    ),
);

/// A DOCTYPE, which could pull in entities and files.
pub static DOCTYPE: RefusalCode = row(
    "exchange.edxml.doctype",
    RefusalKind::Malformed,
    SECURITY,
    ("Gói tin có DOCTYPE, không được phép.", "The message has a DOCTYPE, which is not allowed."),
    ("Bỏ khai báo DOCTYPE.", "Remove the DOCTYPE."),
);

/// A processing instruction.
pub static INSTRUCTION: RefusalCode = row(
    "exchange.edxml.processing-instruction",
    RefusalKind::Malformed,
    SECURITY,
    ("Gói tin có chỉ thị xử lý, không được phép.", "The message has a processing instruction, which is not allowed."),
    ("Chỉ giữ khai báo XML ở đầu tệp.", "Keep only the XML declaration at the very start."),
);

/// An entity other than the five of XML.
pub static ENTITY: RefusalCode = row(
    "exchange.edxml.entity",
    RefusalKind::Malformed,
    SECURITY,
    (
        "Gói tin dùng thực thể “{entity}”, không được phép (dòng {line}, cột {column}).",
        "The message uses the entity “{entity}”, which is not allowed (line {line}, column {column}).",
    ),
    (
        "Chỉ dùng &amp; &lt; &gt; &quot; &apos; và mã ký tự.",
        "Use only &amp; &lt; &gt; &quot; &apos; and character references.",
    ),
);

/// Nested too deeply.
pub static TOO_DEEP: RefusalCode = row(
    "exchange.edxml.too-deep",
    RefusalKind::Malformed,
    SECURITY,
    ("Các phần tử lồng nhau quá {limit} cấp.", "Elements are nested deeper than {limit} levels."),
    RESEND,
);

/// More of something than is taken.
pub static TOO_LARGE: RefusalCode = row(
    "exchange.edxml.too-large",
    RefusalKind::TooLarge,
    SECURITY,
    ("Gói tin vượt giới hạn {limit} {what_vi}.", "The message exceeds the limit of {limit} {what_en}."),
    ("Chia nhỏ nội dung hoặc gửi ít tệp hơn.", "Split the content or send fewer files."),
);

/// Ends before the root element is closed.
pub static TRUNCATED: RefusalCode = row(
    "exchange.edxml.truncated",
    RefusalKind::Malformed,
    CHECKS,
    ("Gói tin bị cắt ngang tại dòng {line}, cột {column}.", "The message is cut off at line {line}, column {column}."),
    ("Gửi lại toàn bộ gói tin; phần đã nhận không được lưu.", "Send the whole message again; nothing of it was kept."),
);

/// Another dialect, or not edXML.
pub static DIALECT: RefusalCode = row(
    "exchange.edxml.dialect",
    RefusalKind::Malformed,
    FORMAT,
    (
        "Phần tử gốc “{root}” không thuộc edXML theo QCVN 102:2016/BTTTT.",
        "The root element “{root}” is not edXML under QCVN 102:2016/BTTTT.",
    ),
    (
        "Dùng phần tử gốc edXML với không gian tên http://www.mic.gov.vn/TBT/QCVN_102_2016.",
        "Use the root element edXML with the namespace http://www.mic.gov.vn/TBT/QCVN_102_2016.",
    ),
);

/// A required element is not there.
pub static MISSING: RefusalCode = row(
    "exchange.edxml.element-missing",
    RefusalKind::Invalid,
    METADATA,
    ("Thiếu thông tin bắt buộc {field}.", "The required {field} is missing."),
    ("Bổ sung {field} rồi gửi lại.", "Add {field}, then send again."),
);

/// A required element is there but empty.
pub static EMPTY: RefusalCode = row(
    "exchange.edxml.element-empty",
    RefusalKind::Invalid,
    METADATA,
    ("Thông tin bắt buộc {field} để trống.", "The required {field} is empty."),
    ("Điền {field} rồi gửi lại.", "Fill in {field}, then send again."),
);

/// An element that may stand once stands twice.
pub static DUPLICATE: RefusalCode = row(
    "exchange.edxml.element-duplicate",
    RefusalKind::Invalid,
    FORMAT,
    ("{field} xuất hiện nhiều lần; chỉ được một lần.", "{field} stands more than once; it may stand only once."),
    ("Chỉ giữ một {field}.", "Keep only one {field}."),
);

/// Text where elements belong, or elements where text belongs.
pub static UNEXPECTED: RefusalCode = row(
    "exchange.edxml.content-unexpected",
    RefusalKind::Malformed,
    FORMAT,
    ("Nội dung của {field} không đúng cấu trúc.", "The content of {field} does not have the right structure."),
    RESEND,
);

/// Not a date, a number or another value of the kind that belongs there.
pub static VALUE: RefusalCode = row(
    "exchange.edxml.value-invalid",
    RefusalKind::Invalid,
    FORMAT,
    ("Giá trị của {field} không hợp lệ.", "The value of {field} is not valid."),
    ("Sửa giá trị theo dạng yêu cầu.", "Write the value in the form asked for."),
);

/// Longer than the most generous published figure.
pub static TOO_LONG: RefusalCode = row(
    "exchange.edxml.value-too-long",
    RefusalKind::Invalid,
    METADATA_TABLE,
    ("{field} dài {length} ký tự, tối đa {limit}.", "{field} has {length} characters; at most {limit} are allowed."),
    ("Rút ngắn nội dung; hệ thống không tự cắt bớt.", "Shorten it; nothing is cut off silently here."),
);

/// An operation number that nobody defined.
pub static OPERATION: RefusalCode = row(
    "exchange.edxml.operation-unknown",
    RefusalKind::Invalid,
    FORMAT,
    ("Loại nghiệp vụ “{value}” không có trong quy định.", "The operation “{value}” is not defined."),
    (
        "Dùng 0 (mới), 1 (thu hồi), 2 (cập nhật) hoặc 3 (thay thế).",
        "Use 0 (new), 1 (recall), 2 (update) or 3 (replace).",
    ),
);

/// The operation and its details contradict each other.
pub static OPERATION_MISMATCH: RefusalCode = row(
    "exchange.edxml.operation-mismatch",
    RefusalKind::Invalid,
    RECALL,
    (
        "Thông tin kèm theo không khớp với loại nghiệp vụ “{operation}”.",
        "The details do not match the operation “{operation}”.",
    ),
    (
        "Thu hồi, cập nhật, thay thế cần lý do; cập nhật cần nội dung thay đổi; thay thế cần danh sách văn bản bị thay.",
        "Recall, update and replace need a reason; update needs what changed; replace needs the list of replaced documents.",
    ),
);

/// A status message with a body, or a document with a status code.
pub static MIXED: RefusalCode = row(
    "exchange.edxml.message-mixed",
    RefusalKind::Invalid,
    FORMAT,
    ("Gói tin vừa là văn bản vừa là trạng thái.", "The message is both a document and a status."),
    (
        "Gửi trạng thái trong gói tin riêng, không kèm tệp.",
        "Send the status in a message of its own, without attachments.",
    ),
);

/// The attachment block is not where it belongs.
pub static BLOCK_MISPLACED: RefusalCode = row(
    "exchange.edxml.attachment-block-misplaced",
    RefusalKind::Invalid,
    FORMAT,
    ("Khối tệp đính kèm đặt sai chỗ: {found}.", "The attachment block stands in the wrong place: {found}."),
    (
        "Đặt AttachmentEncoded ngang cấp với edXMLEnvelope, ngay dưới edXML.",
        "Put AttachmentEncoded beside edXMLEnvelope, directly under edXML.",
    ),
);

/// Manifest and attachments are not one to one.
pub static MANIFEST_MISMATCH: RefusalCode = row(
    "exchange.edxml.manifest-mismatch",
    RefusalKind::Invalid,
    CHECKS,
    (
        "Danh mục có {references} tệp, khối đính kèm có {attachments} tệp, không khớp từng cặp.",
        "The manifest names {references} files, the attachment block holds {attachments}; they do not pair up.",
    ),
    (
        "Mỗi Reference phải có đúng một Attachment cùng ContentId.",
        "Every Reference needs exactly one Attachment with the same ContentId.",
    ),
);

/// Not base64.
pub static BASE64: RefusalCode = row(
    "exchange.edxml.base64-invalid",
    RefusalKind::Invalid,
    CHECKS,
    (
        "Nội dung tệp đính kèm thứ {number} không phải base64 hợp lệ (dòng {line}, cột {column}).",
        "The content of attachment {number} is not valid base64 (line {line}, column {column}).",
    ),
    (
        "Mã hóa lại tệp bằng base64 chuẩn, có ký tự đệm “=”.",
        "Encode the file again in standard base64, with “=” padding.",
    ),
);

/// The ZIP around an attachment cannot be read, or its checksum is wrong.
pub static ZIP_DAMAGED: RefusalCode = row(
    "exchange.edxml.zip-damaged",
    RefusalKind::Invalid,
    CHECKS,
    ("Gói ZIP của tệp “{name}” bị hỏng.", "The ZIP around “{name}” is damaged."),
    ("Nén lại tệp và gửi lại.", "Compress the file again and send it again."),
);

/// The ZIP around an attachment has a password.
pub static ZIP_ENCRYPTED: RefusalCode = row(
    "exchange.edxml.zip-encrypted",
    RefusalKind::Invalid,
    CHECKS,
    (
        "Gói ZIP của tệp “{name}” có mật khẩu, không kiểm tra được.",
        "The ZIP around “{name}” has a password and cannot be checked.",
    ),
    ("Gửi tệp không đặt mật khẩu.", "Send the file without a password."),
);

/// The ZIP around an attachment grows out of all proportion.
pub static ZIP_BOMB: RefusalCode = row(
    "exchange.edxml.zip-bomb",
    RefusalKind::TooLarge,
    SECURITY,
    (
        "Tệp “{name}” giải nén ra lớn gấp hơn {ratio} lần, giống bom nén.",
        "The file “{name}” unpacks to more than {ratio} times its size, like a compression bomb.",
    ),
    ("Gửi tệp gốc không nén.", "Send the file uncompressed."),
);

/// A name that would lead out of a folder.
pub static UNSAFE_NAME: RefusalCode = row(
    "exchange.edxml.name-unsafe",
    RefusalKind::Invalid,
    SECURITY,
    ("Tên tệp “{name}” có thể dẫn ra ngoài thư mục.", "The file name “{name}” could lead out of its folder."),
    (
        "Đổi tên tệp: không có đường dẫn, “..” hay ký tự điều khiển.",
        "Rename the file: no path, no “..”, no control characters.",
    ),
);

/// A PDF whose bytes were treated as text somewhere on the way.
pub static PDF_DESTROYED: RefusalCode = row(
    "exchange.edxml.pdf-destroyed",
    RefusalKind::Invalid,
    CHECKS,
    (
        "Tệp PDF “{name}” đã hỏng: dữ liệu bị chuyển đổi như văn bản UTF-8, chữ ký số không còn giá trị.",
        "The PDF “{name}” is destroyed: its bytes were converted as if they were UTF-8 text, and no signature in it can be valid.",
    ),
    (
        "Gửi lại tệp gốc; kiểm tra bước đọc tệp ở hệ thống gửi.",
        "Send the original again; check how the sending system reads files.",
    ),
);

/// The signature extension is not as defined.
pub static SIGNATURE: RefusalCode = row(
    "exchange.edxml.signature-extension",
    RefusalKind::Invalid,
    CHECKS,
    ("Khối chữ ký mở rộng không đúng dạng.", "The signature extension does not have the right form."),
    (
        "Mỗi lt:Signature cần role “person” hoặc “agency” và một JWS tách rời.",
        "Each lt:Signature needs the role “person” or “agency” and a detached JWS.",
    ),
);

/// Every row, for the generated error catalogue.
pub const CATALOGUE: &[&RefusalCode] = &[
    &NOT_XML,
    &GARBAGE_BEFORE,
    &WRONG_ENCODING,
    &NOT_WELL_FORMED,
    &UNBOUND_PREFIX,
    &DOCTYPE,
    &INSTRUCTION,
    &ENTITY,
    &TOO_DEEP,
    &TOO_LARGE,
    &TRUNCATED,
    &DIALECT,
    &MISSING,
    &EMPTY,
    &DUPLICATE,
    &UNEXPECTED,
    &VALUE,
    &TOO_LONG,
    &OPERATION,
    &OPERATION_MISMATCH,
    &MIXED,
    &BLOCK_MISPLACED,
    &MANIFEST_MISMATCH,
    &BASE64,
    &ZIP_DAMAGED,
    &ZIP_ENCRYPTED,
    &ZIP_BOMB,
    &UNSAFE_NAME,
    &PDF_DESTROYED,
    &SIGNATURE,
];
