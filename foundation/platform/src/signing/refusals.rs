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

/// Every refusal of this room.
pub const CATALOGUE: &[&RefusalCode] = &[&WRONG_SECRET, &NO_KEY, &WEAK_SECRET];
