//! Refusals about what an administrator arranges: routes and registers, and from which day.

use base::{Basis, RefusalCode, RefusalKind, Text};

/// Field message of a step that nobody may take.
pub const ROUTE_STEP_NEEDS_SOMEBODY: Text =
    Text::fixed("Chọn ít nhất một vai trò, một người hoặc một đơn vị.", "Choose at least one duty, person or unit.");
/// Field message of a last day before the first.
pub const ROUTE_DATES_FIELD: Text = Text::fixed(
    "Phải sau ngày bắt đầu và không muộn hơn ngày kết thúc đã ghi.",
    "After the first day, not after the end already set.",
);
/// Field message of a day that has passed.
pub const ROUTE_IN_THE_PAST_FIELD: Text = Text::fixed("Ngày này đã qua.", "This day has passed.");

/// Routes change from {today} on; days that have passed stay as they were.
pub static ROUTE_IN_THE_PAST: RefusalCode = RefusalCode {
    code: "office.route.in-the-past",
    kind: RefusalKind::Invalid,
    vi: "Quy trình chỉ thay đổi từ ngày {today} trở đi; những ngày đã qua giữ nguyên.",
    en: "Routes change from {today} on; days that have passed stay as they were.",
    remedy_vi: "Chọn hôm nay hoặc một ngày sau.",
    remedy_en: "Choose today or a later day.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 6")),
};

/// A register begins on 1 January; within a year only before the first number of its kinds.
pub static REGISTER_BEGIN: RefusalCode = RefusalCode {
    code: "office.register.begin",
    kind: RefusalKind::Invalid,
    vi: "Sổ mở từ ngày 01/01; trong năm chỉ mở được hôm nay khi các loại văn bản của sổ chưa có số nào, vì số trong năm liên tiếp từ 01.",
    en: "A register begins on 1 January; within the year only today, and only while its kinds have no number yet, because numbers of a year run on from 01.",
    remedy_vi: "Chọn ngày 01/01 năm sau.",
    remedy_en: "Choose 1 January of next year.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// A register ends on 31 December; within a year only while it has no number.
pub static REGISTER_END: RefusalCode = RefusalCode {
    code: "office.register.end",
    kind: RefusalKind::Invalid,
    vi: "Sổ khóa vào ngày 31/12; trong năm chỉ khóa được khi sổ chưa có số nào, vì số trong năm liên tiếp đến 31/12.",
    en: "A register ends on 31 December; within the year only while it has no number, because numbers of a year run on to 31 December.",
    remedy_vi: "Ghi ngày cuối là 31/12.",
    remedy_en: "Make 31 December the last day.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// The register “{name}” takes every kind that no other names and cannot end.
pub static REGISTER_TAKES_THE_REST: RefusalCode = RefusalCode {
    code: "office.register.takes-the-rest",
    kind: RefusalKind::Invalid,
    vi: "Sổ “{name}” nhận mọi loại văn bản không có sổ riêng nên không khóa được; văn bản nào cũng phải có sổ.",
    en: "The register “{name}” takes every kind that no other names and cannot end; each document needs a register.",
    remedy_vi: "Mở sổ riêng cho những loại cần tách ra.",
    remedy_en: "Open registers of their own for the kinds that you want apart.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1, Điều 22")),
};

/// The register “{name}” already takes some of these kinds on that day.
pub static REGISTER_KINDS_TAKEN: RefusalCode = RefusalCode {
    code: "office.register.kinds-taken",
    kind: RefusalKind::Invalid,
    vi: "Sổ “{name}” đã nhận loại văn bản {kind} vào ngày đó; mỗi loại chỉ vào một sổ.",
    en: "The register “{name}” already takes {kind} on that day; each kind goes into one register.",
    remedy_vi: "Bỏ loại đó, hoặc khóa sổ kia vào 31/12 rồi mở sổ này từ 01/01.",
    remedy_en: "Leave that kind out, or end the other on 31 December and begin this one on 1 January.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 15 khoản 1")),
};

/// {count} fields are not right.
pub static CONFIGURATION: RefusalCode = RefusalCode {
    code: "office.configuration.fields",
    kind: RefusalKind::Invalid,
    vi: "{count} ô chưa đúng.",
    en: "{count} fields are not right.",
    remedy_vi: "Sửa các ô được đánh dấu.",
    remedy_en: "Correct the fields marked.",
    basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Điều 6, Điều 15")),
};
