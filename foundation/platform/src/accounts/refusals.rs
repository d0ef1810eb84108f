//! The refusals of accounts, with both wordings.

use base::{Basis, RefusalCode, RefusalKind};

/// Levels of authentication (NĐ 69/2024/NĐ-CP).
const LEVELS: Option<Basis> = Some(Basis::new("NĐ 69/2024/NĐ-CP", "Điều 20"));

/// User name or password do not fit. Never says which.
pub static SIGN_IN_FAILED: RefusalCode = RefusalCode {
    code: "accounts.sign-in.failed",
    kind: RefusalKind::Unauthenticated,
    vi: "Tên đăng nhập hoặc mật khẩu không đúng.",
    en: "User name or password is not right.",
    remedy_vi: "Kiểm tra chế độ gõ tiếng Việt và phím Caps Lock; nếu quên mật khẩu, đề nghị người quản trị gửi liên kết đặt lại.",
    remedy_en: "Check the keyboard mode and Caps Lock; if the password is forgotten, ask the administrator for a reset link.",
    basis: None,
};

/// A second factor is asked for.
pub static CODE_NEEDED: RefusalCode = RefusalCode {
    code: "accounts.sign-in.code-needed",
    kind: RefusalKind::Unauthenticated,
    vi: "Tài khoản này cần thêm mã xác thực.",
    en: "This account also needs a one-time code.",
    remedy_vi: "Gửi lại kèm mã 6 chữ số của ứng dụng xác thực, hoặc một mã khôi phục.",
    remedy_en: "Send again with the 6-digit code of the authenticator, or a recovery code.",
    basis: LEVELS,
};

/// The one-time code does not fit.
pub static TOTP_WRONG: RefusalCode = RefusalCode {
    code: "accounts.code.wrong",
    kind: RefusalKind::Invalid,
    vi: "Mã xác thực không đúng, đã dùng, hoặc đã hết hạn.",
    en: "The code is not right, was used, or has run out.",
    remedy_vi: "Chờ mã mới (30 giây) rồi nhập lại; kiểm tra giờ của điện thoại.",
    remedy_en: "Wait for a new code (30 seconds) and enter it; check the telephone's clock.",
    basis: LEVELS,
};

/// The second step of the sign-in took too long.
pub static STEP_LAPSED: RefusalCode = RefusalCode {
    code: "accounts.sign-in.step-lapsed",
    kind: RefusalKind::Unauthenticated,
    vi: "Bước xác thực thứ hai đã hết hạn.",
    en: "The second step of the sign-in has run out.",
    remedy_vi: "Đăng nhập lại từ đầu.",
    remedy_en: "Sign in again from the start.",
    basis: None,
};

/// Too many failures from here.
pub static TOO_MANY_FAILURES: RefusalCode = RefusalCode {
    code: "accounts.sign-in.too-many",
    kind: RefusalKind::TooMany,
    vi: "Có quá nhiều lần đăng nhập sai từ nơi này. Thử lại sau {seconds} giây.",
    en: "Too many failed sign-ins from here. Try again in {seconds} seconds.",
    remedy_vi: "Chờ hết thời gian; người dùng ở nơi khác không bị ảnh hưởng.",
    remedy_en: "Wait; people elsewhere are not affected.",
    basis: None,
};

/// The person holds no position today.
pub static NO_POSITION: RefusalCode = RefusalCode {
    code: "accounts.sign-in.no-position",
    kind: RefusalKind::Forbidden,
    vi: "Tài khoản chưa gắn với vị trí công tác nào đang có hiệu lực.",
    en: "The account has no position that is in force.",
    remedy_vi: "Đề nghị người quản trị của cơ quan ghi vị trí công tác.",
    remedy_en: "Ask the agency's administrator to enter the position.",
    basis: None,
};

/// That position or delegation is not the person's, or not today.
pub static POSITION_NOT_HELD: RefusalCode = RefusalCode {
    code: "accounts.position.not-held",
    kind: RefusalKind::Forbidden,
    vi: "Vị trí hoặc ủy quyền này không thuộc về bạn, hoặc không còn hiệu lực.",
    en: "This position or delegation is not yours, or no longer in force.",
    remedy_vi: "Chọn lại trong danh sách vị trí.",
    remedy_en: "Choose again from the list of positions.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 13 khoản 3")),
};

/// The present password does not fit.
pub static PASSWORD_WRONG: RefusalCode = RefusalCode {
    code: "accounts.password.wrong",
    kind: RefusalKind::Invalid,
    vi: "Mật khẩu hiện tại không đúng.",
    en: "The present password is not right.",
    remedy_vi: "Nhập lại mật khẩu hiện tại.",
    remedy_en: "Enter the present password again.",
    basis: None,
};

/// The new password is too weak.
pub static PASSWORD_WEAK: RefusalCode = RefusalCode {
    code: "accounts.password.weak",
    kind: RefusalKind::Invalid,
    vi: "Mật khẩu mới quá yếu.",
    en: "The new password is too weak.",
    remedy_vi: "Dùng ít nhất {least} ký tự, chẳng hạn bốn từ không liên quan; không dùng tên đăng nhập.",
    remedy_en: "Use at least {least} characters, such as four unrelated words; not the user name.",
    basis: None,
};

/// The one-time link is not known, used, or too old.
pub static LINK_INVALID: RefusalCode = RefusalCode {
    code: "accounts.link.invalid",
    kind: RefusalKind::Gone,
    vi: "Liên kết này đã dùng, đã hết hạn, hoặc không tồn tại.",
    en: "This link was used, has run out, or does not exist.",
    remedy_vi: "Đề nghị người quản trị gửi liên kết mới.",
    remedy_en: "Ask the administrator for a new link.",
    basis: None,
};

/// The user name is taken.
pub static USERNAME_TAKEN: RefusalCode = RefusalCode {
    code: "accounts.username.taken",
    kind: RefusalKind::Conflict,
    vi: "Tên đăng nhập {username} đã có người dùng.",
    en: "The user name {username} is taken.",
    remedy_vi: "Chọn tên khác.",
    remedy_en: "Choose another.",
    basis: None,
};

/// The user name cannot be used.
pub static USERNAME_INVALID: RefusalCode = RefusalCode {
    code: "accounts.username.invalid",
    kind: RefusalKind::Invalid,
    vi: "Tên đăng nhập không hợp lệ.",
    en: "The user name cannot be used.",
    remedy_vi: "Dùng 3 đến 64 chữ cái không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới; ví dụ hanh.pt.",
    remedy_en: "Use 3 to 64 plain letters, digits, dots, hyphens or underscores, such as hanh.pt.",
    basis: None,
};

/// A system needs a name and at least one agency on this server's directory.
pub static SYSTEM_INVALID: RefusalCode = RefusalCode {
    code: "accounts.system.invalid",
    kind: RefusalKind::Invalid,
    vi: "Hệ thống cần có tên và ít nhất một mã cơ quan có trong danh bạ.",
    en: "A system needs a name and at least one agency code of the directory.",
    remedy_vi: "Nhập tên hệ thống và các mã cơ quan mà hệ thống được thay mặt.",
    remedy_en: "Enter the system's name and the agency codes it may act for.",
    basis: Some(Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 14")),
};

/// The server has its first administrator already.
pub static ALREADY_SET_UP: RefusalCode = RefusalCode {
    code: "accounts.setup.done",
    kind: RefusalKind::Conflict,
    vi: "Máy chủ đã có người quản trị đầu tiên.",
    en: "The server has its first administrator already.",
    remedy_vi: "Đăng nhập bằng tài khoản đã lập.",
    remedy_en: "Sign in with the account that was made.",
    basis: None,
};

/// The rows of this room.
pub const CATALOGUE: &[&RefusalCode] = &[
    &SIGN_IN_FAILED,
    &CODE_NEEDED,
    &TOTP_WRONG,
    &STEP_LAPSED,
    &TOO_MANY_FAILURES,
    &NO_POSITION,
    &POSITION_NOT_HELD,
    &PASSWORD_WRONG,
    &PASSWORD_WEAK,
    &LINK_INVALID,
    &USERNAME_TAKEN,
    &USERNAME_INVALID,
    &SYSTEM_INVALID,
    &ALREADY_SET_UP,
];
