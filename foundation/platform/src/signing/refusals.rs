//! Refusals of keys and signatures.

use base::{RefusalCode, RefusalKind};

/// The secret does not open the person's key.
pub static WRONG_SECRET: RefusalCode = RefusalCode {
    code: "platform.signing.wrong-secret",
    kind: RefusalKind::Forbidden,
    vi: "Mật khẩu khóa ký không đúng.",
    en: "The secret of the signing key is wrong.",
    remedy_vi: "Nhập lại mật khẩu khóa ký; nếu quên, đề nghị quản trị viên cấp khóa mới.",
    remedy_en: "Enter the secret again; if it is forgotten, ask the administrator for a new key.",
    basis: None,
};

/// The person has no key yet.
pub static NO_KEY: RefusalCode = RefusalCode {
    code: "platform.signing.no-key",
    kind: RefusalKind::Invalid,
    vi: "Tài khoản chưa có khóa ký số.",
    en: "The account has no signing key yet.",
    remedy_vi: "Tạo khóa ký trong trang Hồ sơ cá nhân trước khi ký.",
    remedy_en: "Make a signing key on your profile page before signing.",
    basis: None,
};

/// The secret for a new key is too short.
pub static WEAK_SECRET: RefusalCode = RefusalCode {
    code: "platform.signing.weak-secret",
    kind: RefusalKind::Invalid,
    vi: "Mật khẩu khóa ký phải có ít nhất {least} ký tự.",
    en: "The secret of a signing key must have at least {least} characters.",
    remedy_vi: "Chọn mật khẩu dài hơn, khác mật khẩu đăng nhập.",
    remedy_en: "Choose a longer secret, other than the sign-in password.",
    basis: None,
};

/// A file of roots that cannot be read.
pub static ANCHOR_UNREADABLE: RefusalCode = RefusalCode {
    code: "platform.signing.root-unreadable",
    kind: RefusalKind::Invalid,
    vi: "Không đọc được chứng thư gốc ({why}).",
    en: "The root certificate cannot be read ({why}).",
    remedy_vi: "Dùng tệp chứng thư X.509 dạng PEM hoặc DER tải từ cổng của tổ chức cấp chứng thư.",
    remedy_en: "Use a file with an X.509 certificate (PEM or DER) from the authority's own site.",
    basis: None,
};

/// A certificate that may issue no others.
pub static ANCHOR_NOT_AUTHORITY: RefusalCode = RefusalCode {
    code: "platform.signing.root-not-authority",
    kind: RefusalKind::Invalid,
    vi: "“{name}” không phải chứng thư của tổ chức cấp chứng thư.",
    en: "“{name}” is not the certificate of an authority.",
    remedy_vi: "Thêm chứng thư gốc đã cấp chứng thư này, không thêm chứng thư của người ký.",
    remedy_en: "Add the root that issued it, not a signer's certificate.",
    basis: None,
};

/// A root that is trusted already.
pub static ANCHOR_KNOWN: RefusalCode = RefusalCode {
    code: "platform.signing.root-known",
    kind: RefusalKind::Conflict,
    vi: "Chứng thư gốc “{name}” đã có trong danh sách tin cậy.",
    en: "The root “{name}” is in the trust list already.",
    remedy_vi: "Thu hồi mục cũ trước khi thêm lại với điều kiện khác.",
    remedy_en: "Withdraw the old entry before adding it again on other terms.",
    basis: None,
};

/// A file of no format with signatures that can be judged.
pub static FORMAT_UNKNOWN: RefusalCode = RefusalCode {
    code: "platform.signing.format-unknown",
    kind: RefusalKind::Invalid,
    vi: "Không kiểm tra được chữ ký của loại tệp này.",
    en: "The signatures of this kind of file cannot be verified.",
    remedy_vi: "Chọn tệp PDF hoặc XML đã ký, gói ASiC (.asice, .asics), hoặc tệp chữ ký .p7s, .p7m kèm tệp gốc.",
    remedy_en: "Choose a signed PDF or XML file, an ASiC container (.asice, .asics), or a .p7s or .p7m signature with the signed file.",
    basis: None,
};

/// A file to verify that is too large.
pub static CHECK_TOO_LARGE: RefusalCode = RefusalCode {
    code: "platform.signing.check-too-large",
    kind: RefusalKind::TooLarge,
    vi: "Tệp lớn hơn {limit} MB nên không được kiểm tra.",
    en: "The file is larger than {limit} MB and is not verified.",
    remedy_vi: "Kiểm tra từng tệp riêng, hoặc đề nghị quản trị viên dùng lệnh lienthong signature verify trên máy chủ.",
    remedy_en: "Verify each file by itself, or ask the administrator to use lienthong signature verify on the server.",
    basis: None,
};

/// Every refusal of this room.
pub const CATALOGUE: &[&RefusalCode] = &[
    &WRONG_SECRET,
    &NO_KEY,
    &WEAK_SECRET,
    &ANCHOR_UNREADABLE,
    &ANCHOR_NOT_AUTHORITY,
    &ANCHOR_KNOWN,
    &FORMAT_UNKNOWN,
    &CHECK_TOO_LARGE,
];
