//! The refusals of the access room, with both wordings.

use base::{Basis, RefusalCode, RefusalKind};

/// The right is missing.
pub static NOT_ALLOWED: RefusalCode = RefusalCode {
    code: "access.permission.missing",
    kind: RefusalKind::Forbidden,
    vi: "Vị trí đang dùng không có quyền “{permission_vi}”.",
    en: "The position in use does not have the right “{permission_en}”.",
    remedy_vi: "Chuyển sang vị trí khác của bạn, hoặc đề nghị người quản trị của cơ quan cấp quyền.",
    remedy_en: "Switch to another of your positions, or ask the agency's administrator for the right.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI phần I mục IV")),
};

/// The right exists but does not reach that agency.
pub static OTHER_AGENCY: RefusalCode = RefusalCode {
    code: "access.permission.other-agency",
    kind: RefusalKind::Forbidden,
    vi: "Quyền “{permission_vi}” không áp dụng cho cơ quan {agency}.",
    en: "The right “{permission_en}” does not reach agency {agency}.",
    remedy_vi: "Chỉ người có vị trí tại cơ quan đó, hoặc tại cơ quan cấp trên có quyền này, mới thực hiện được.",
    remedy_en: "Only someone with a position in that agency, or in one above it with this right, can do it.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI phần I mục IV")),
};

/// A change of rights was confirmed before.
pub static CHANGE_ALREADY_CONFIRMED: RefusalCode = RefusalCode {
    code: "access.change.already-confirmed",
    kind: RefusalKind::Conflict,
    vi: "Thay đổi quyền này đã được xác nhận.",
    en: "This change of rights was confirmed before.",
    remedy_vi: "Không cần làm gì thêm.",
    remedy_en: "Nothing more needs doing.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI phần I mục IV")),
};

/// The rows of this room.
pub const CATALOGUE: &[&RefusalCode] = &[&NOT_ALLOWED, &OTHER_AGENCY, &CHANGE_ALREADY_CONFIRMED];
