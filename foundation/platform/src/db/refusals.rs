//! Refusals of the database: a schema that this program must not touch, a dump that is not whole.

use base::{RefusalCode, RefusalKind};

/// The database was written by a newer program.
pub static NEWER: RefusalCode = RefusalCode {
    code: "platform.schema.newer",
    kind: RefusalKind::Conflict,
    vi: "Cơ sở dữ liệu do phiên bản mới hơn của chương trình này ghi (bước {step} chưa có ở đây).",
    en: "The database was written by a newer version of this program (step {step} is unknown here).",
    remedy_vi: "Chạy đúng phiên bản mới hơn đó, hoặc khôi phục bản sao lưu làm trước khi nâng cấp; dữ liệu chưa bị động đến.",
    remedy_en: "Start that newer version, or restore a backup made before the upgrade; the data was not touched.",
    basis: None,
};

/// A step differs from what was applied.
pub static CHANGED: RefusalCode = RefusalCode {
    code: "platform.schema.changed",
    kind: RefusalKind::Conflict,
    vi: "Bước lược đồ {step} khác với bước đã áp dụng vào cơ sở dữ liệu này.",
    en: "The schema step {step} is not the one that was applied to this database.",
    remedy_vi: "Dùng bản phát hành chính thức của chương trình; nếu tự sửa mã nguồn, hãy viết bước lược đồ mới.",
    remedy_en: "Use an official release of the program; whoever changes the source writes a new step instead.",
    basis: None,
};

/// A dump that is not whole.
pub static DUMP_DAMAGED: RefusalCode = RefusalCode {
    code: "platform.dump.damaged",
    kind: RefusalKind::Invalid,
    vi: "Bản sao lưu cơ sở dữ liệu bị hỏng hoặc không đủ ({what}).",
    en: "The backup of the database is damaged or not whole ({what}).",
    remedy_vi: "Dùng một bản sao lưu khác; chưa có gì được nạp.",
    remedy_en: "Use another backup; nothing was loaded.",
    basis: None,
};

/// Every refusal of this room.
pub const CATALOGUE: &[&RefusalCode] = &[&NEWER, &CHANGED, &DUMP_DAMAGED];
