//! The 29 kinds of administrative document (NĐ 30/2020/NĐ-CP, Điều 7 and Phụ lục III) with abbreviation and archive code.

use base::fold::fold;

/// One kind of document (tên loại văn bản).
#[derive(Debug, PartialEq, Eq)]
pub struct DocumentType {
    /// Stable English word in the database and in the API.
    pub code: &'static str,
    /// Name in Vietnamese, as printed and as sent in edXML `TypeName`.
    pub vi: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// Abbreviation in the notation; công văn and thư công have none (Phụ lục III, phần I).
    pub abbreviation: Option<&'static str>,
    /// `typeName` of archive packages (TT 05/2025/TT-BNV).
    pub archive_code: &'static str,
}

const fn kind(
    code: &'static str,
    vi: &'static str,
    en: &'static str,
    abbreviation: Option<&'static str>,
    archive_code: &'static str,
) -> DocumentType {
    DocumentType { code, vi, en, abbreviation, archive_code }
}

/// All kinds in the decree's order.
pub const ALL: [DocumentType; 29] = [
    kind("resolution", "Nghị quyết", "Resolution", Some("NQ"), "01"),
    kind("decision", "Quyết định", "Decision", Some("QĐ"), "02"),
    kind("instruction", "Chỉ thị", "Instruction", Some("CT"), "03"),
    kind("statute", "Quy chế", "Statute", Some("QC"), "04"),
    kind("regulation", "Quy định", "Regulation", Some("QyĐ"), "05"),
    kind("communique", "Thông cáo", "Communiqué", Some("TC"), "06"),
    kind("announcement", "Thông báo", "Announcement", Some("TB"), "07"),
    kind("guidance", "Hướng dẫn", "Guidance", Some("HD"), "08"),
    kind("programme", "Chương trình", "Programme", Some("CTr"), "09"),
    kind("plan", "Kế hoạch", "Plan", Some("KH"), "10"),
    kind("option_paper", "Phương án", "Option paper", Some("PA"), "11"),
    kind("scheme", "Đề án", "Scheme", Some("ĐA"), "12"),
    kind("project", "Dự án", "Project", Some("DA"), "13"),
    kind("report", "Báo cáo", "Report", Some("BC"), "14"),
    kind("submission", "Tờ trình", "Submission", Some("TTr"), "15"),
    kind("power_of_attorney", "Giấy ủy quyền", "Power of attorney", Some("GUQ"), "16"),
    kind("sending_note", "Phiếu gửi", "Sending note", Some("PG"), "17"),
    kind("transfer_note", "Phiếu chuyển", "Transfer note", Some("PC"), "18"),
    kind("advice_note", "Phiếu báo", "Advice note", Some("PB"), "19"),
    kind("minutes", "Biên bản", "Minutes", Some("BB"), "20"),
    kind("contract", "Hợp đồng", "Contract", Some("HĐ"), "21"),
    kind("official_letter", "Công văn", "Official letter", None, "22"),
    kind("telegram", "Công điện", "Official telegram", Some("CĐ"), "23"),
    kind("memorandum", "Bản ghi nhớ", "Memorandum", Some("BGN"), "24"),
    kind("agreement", "Bản thỏa thuận", "Agreement", Some("BTT"), "25"),
    kind("invitation", "Giấy mời", "Invitation", Some("GM"), "26"),
    kind("introduction", "Giấy giới thiệu", "Letter of introduction", Some("GGT"), "27"),
    kind("leave_permit", "Giấy nghỉ phép", "Leave permit", Some("GNP"), "28"),
    kind("open_letter", "Thư công", "Open letter", None, "29"),
];

/// The kind with this stable word.
pub fn by_code(code: &str) -> Option<&'static DocumentType> {
    ALL.iter().find(|kind| kind.code == code)
}

/// The kind that a sender's `TypeName` means; marks and letter case do not matter, “(cá biệt)” is dropped.
pub fn by_name(name: &str) -> Option<&'static DocumentType> {
    let wanted = fold(name.split('(').next().unwrap_or(name)).trim().to_owned();
    ALL.iter().find(|kind| fold(kind.vi) == wanted)
}

/// The kind whose abbreviation opens this notation (`QĐ-UBND`); none for công văn.
pub fn by_notation(notation: &str) -> Option<&'static DocumentType> {
    let first = notation.split('-').next()?;
    ALL.iter().find(|kind| kind.abbreviation == Some(first))
}
