//! Refusals of this module's own pages and calls.

use base::{RefusalCode, RefusalKind};

/// No file to verify.
pub static NO_FILE: RefusalCode = RefusalCode {
    code: "identity.signatures.no-file",
    kind: RefusalKind::Invalid,
    vi: "Chưa chọn tệp cần kiểm tra.",
    en: "There is no file to verify.",
    remedy_vi: "Chọn tệp PDF hoặc XML đã ký, gói ASiC (.asice, .asics), hoặc tệp chữ ký .p7s, .p7m kèm tệp gốc.",
    remedy_en: "Choose a signed PDF or XML file, an ASiC container (.asice, .asics), or a .p7s or .p7m signature with the signed file.",
    basis: None,
};

/// Every refusal of this module.
pub const CATALOGUE: &[&RefusalCode] = &[&NO_FILE];
