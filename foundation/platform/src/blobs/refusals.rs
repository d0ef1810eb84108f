//! Refusals of the file store.

use base::{RefusalCode, RefusalKind};

/// More bytes than the limit.
pub static TOO_LARGE: RefusalCode = RefusalCode {
    code: "platform.blob.too-large",
    kind: RefusalKind::TooLarge,
    vi: "Tệp vượt quá dung lượng cho phép ({limit} byte).",
    en: "The file is larger than allowed ({limit} bytes).",
    remedy_vi: "Giảm dung lượng hoặc tách tệp rồi gửi lại.",
    remedy_en: "Make the file smaller or split it, then send it again.",
    basis: None,
};

/// The content is held back.
pub static QUARANTINED: RefusalCode = RefusalCode {
    code: "platform.blob.quarantined",
    kind: RefusalKind::Forbidden,
    vi: "Tệp đang bị cách ly: {reason}.",
    en: "The file is in quarantine: {reason}.",
    remedy_vi: "Liên hệ quản trị viên để kiểm tra và giải phóng tệp.",
    remedy_en: "Ask the administrator to check and release the file.",
    basis: None,
};

/// Every refusal of this room.
pub const CATALOGUE: &[&RefusalCode] = &[&TOO_LARGE, &QUARANTINED];
