//! The fields of a document: lengths (NĐ 30/2020/NĐ-CP, Phụ lục VI, phần II) and the automatic part of the form check (Phụ lục I).

use super::document_type;
use crate::refusals;
use base::document_types::{DocumentType, Secrecy};
use base::{Basis, Date, Refusal, Text};
use serde::Serialize;

/// Longest number (CodeNumber), in characters.
pub const CODE_NUMBER: usize = 11;
/// Longest notation (CodeNotation).
pub const CODE_NOTATION: usize = 30;
/// Longest subject (Subject).
pub const SUBJECT: usize = 500;
/// Longest name of an agency (OrganName).
pub const ORGAN_NAME: usize = 200;
/// Longest position of a signer (Position).
pub const POSITION: usize = 100;
/// Longest full name of a signer (FullName).
pub const FULL_NAME: usize = 50;
/// Longest note (Description).
pub const NOTE: usize = 500;
/// Longest list of places (ToPlaces).
pub const TO_PLACES: usize = 1000;
/// Longest reason of a return or refusal (edXML Description).
pub const REASON: usize = 1000;
/// Greatest number of pages and copies that the exchange format can carry.
pub const COUNT: i64 = 999;

const ANNEX_ONE: Basis = Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I, phần II");
const ANNEX_SIX: Basis = Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục VI, phần II");

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// Must be mended before the form can be confirmed.
    Error,
    /// Worth a look; the checker decides.
    Caution,
}

/// What the program found in the form of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The field concerned.
    pub field: &'static str,
    /// How grave.
    pub gravity: Gravity,
    /// What is wrong and what is expected.
    pub message: Text,
    /// The article.
    pub basis: Basis,
}

/// A file of a document, as far as the form check looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Name with extension.
    pub name: String,
    /// Whether it is the document itself (the others are annexes).
    pub main: bool,
    /// Size in bytes.
    pub size: i64,
}

/// The fields of an outgoing document that the rules look at.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Code of the kind.
    pub kind: String,
    /// Trích yếu.
    pub subject: String,
    /// Độ mật.
    pub secrecy: Secrecy,
    /// Hạn trả lời.
    pub due_date: Option<Date>,
    /// Full name of the signer.
    pub signer_name: String,
    /// Position of the signer.
    pub signer_position: String,
    /// Names of the recipients.
    pub recipients: Vec<String>,
    /// How many recipients get it through the exchange.
    pub electronic_recipients: usize,
    /// Nơi nhận lưu and other places as printed.
    pub places: Vec<String>,
    /// Files.
    pub files: Vec<FileFacts>,
    /// Pages, where known.
    pub pages: Option<i64>,
    /// Paper copies.
    pub copies: Option<i64>,
    /// Note.
    pub note: String,
    /// Abbreviation of the drafting unit or field, for công văn.
    pub unit_abbreviation: Option<String>,
}

/// Checks what must hold even for a draft: the kind exists and no field is longer than the format can carry.
pub fn check_lengths(fields: &Fields) -> Result<(), Refusal> {
    let mut refusal = Refusal::new(&refusals::METADATA);
    if document_type::by_code(&fields.kind).is_none() {
        refusal = refusal
            .field("kind", Text::fixed("Chọn một trong 29 loại văn bản.", "Choose one of the 29 kinds of document."));
    }
    let mut long = |field: &str, text: &str, limit: usize| {
        let length = text.chars().count();
        if length > limit {
            refusal = refusal.clone().field(
                field,
                Text::new(
                    format!("Dài {length} ký tự, nhiều nhất {limit}."),
                    format!("{length} characters long, at most {limit}."),
                ),
            );
        }
    };
    long("subject", &fields.subject, SUBJECT);
    long("signer_name", &fields.signer_name, FULL_NAME);
    long("signer_position", &fields.signer_position, POSITION);
    long("note", &fields.note, NOTE);
    long("places", &fields.places.join("; "), TO_PLACES);
    for name in &fields.recipients {
        long("recipients", name, ORGAN_NAME);
    }
    for (field, value) in [("pages", fields.pages), ("copies", fields.copies)] {
        if value.is_some_and(|v| !(0..=COUNT).contains(&v)) {
            refusal = refusal.field(field, Text::fixed("Từ 0 đến 999.", "From 0 to 999."));
        }
    }
    if refusal.fields.is_empty() { Ok(()) } else { Err(refusal) }
}

/// What the program finds in the form of a draft on `today`; the person who checks sees it before confirming.
pub fn findings(fields: &Fields, today: Date) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |field, gravity, vi: &'static str, en: &'static str, basis: &Basis| {
        found.push(Finding { field, gravity, message: Text::fixed(vi, en), basis: basis.clone() });
    };
    let subject = fields.subject.trim();
    if subject.is_empty() {
        add("subject", Gravity::Error, "Chưa có trích yếu.", "The subject is missing.", &ANNEX_ONE);
    } else if subject.starts_with("V/v") || subject.starts_with("Về việc") {
        add(
            "subject",
            Gravity::Caution,
            "Trích yếu không ghi “V/v”; chữ ấy do thể thức thêm.",
            "The subject does not carry “V/v”; the layout adds it.",
            &ANNEX_ONE,
        );
    } else if subject.ends_with('.') {
        add(
            "subject",
            Gravity::Caution,
            "Trích yếu không có dấu chấm cuối.",
            "The subject has no full stop.",
            &ANNEX_ONE,
        );
    }
    if fields.signer_name.trim().is_empty() {
        add("signer", Gravity::Error, "Chưa chọn người ký.", "No signer has been chosen.", &ANNEX_ONE);
    } else if has_academic_title(&fields.signer_name) {
        add(
            "signer_name",
            Gravity::Error,
            "Không ghi học hàm, học vị trước họ tên người ký.",
            "No academic title before the signer’s name.",
            &Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I, phần II, mục 7"),
        );
    }
    if fields.recipients.is_empty() && fields.places.is_empty() {
        add("recipients", Gravity::Error, "Chưa có nơi nhận.", "There is no recipient.", &ANNEX_ONE);
    }
    if document_type::by_code(&fields.kind).is_some_and(|k| k.abbreviation.is_none())
        && fields.unit_abbreviation.as_deref().is_none_or(|u| u.trim().is_empty())
    {
        add(
            "unit_abbreviation",
            Gravity::Error,
            "Ký hiệu công văn thiếu chữ viết tắt đơn vị hoặc lĩnh vực. Ví dụ 05/BNV-VP (NĐ 30/2020, Phụ lục I).",
            "The notation lacks the abbreviation of the unit or field. Example 05/BNV-VP (Decree 30/2020, Annex I).",
            &Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I, phần II, mục 3"),
        );
    }
    let main: Vec<_> = fields.files.iter().filter(|f| f.main).collect();
    match main.as_slice() {
        [] => add("files", Gravity::Error, "Chưa có tệp văn bản chính.", "The main file is missing.", &ANNEX_SIX),
        [one] if !one.name.to_lowercase().ends_with(".pdf") => add(
            "files",
            Gravity::Caution,
            "Văn bản chính nên là PDF để hiện chữ ký số.",
            "The main file should be a PDF, so that the signature can be shown.",
            &ANNEX_ONE,
        ),
        [_] => {}
        _ => add(
            "files",
            Gravity::Error,
            "Chỉ một tệp là văn bản chính.",
            "Only one file can be the main one.",
            &ANNEX_SIX,
        ),
    }
    if fields.files.iter().any(|f| f.size == 0) {
        add("files", Gravity::Error, "Có tệp rỗng.", "A file is empty.", &ANNEX_SIX);
    }
    if fields.due_date.is_some_and(|due| due < today) {
        add("due_date", Gravity::Error, "Hạn trả lời đã qua.", "The reply date has passed.", &ANNEX_SIX);
    }
    if fields.secrecy.is_secret() && fields.electronic_recipients > 0 {
        add(
            "secrecy",
            Gravity::Error,
            "Văn bản mật không gửi qua liên thông; chọn nơi nhận bản giấy.",
            "State secrets do not travel through the exchange; choose paper recipients.",
            &Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 1"),
        );
    }
    found
}

/// The refusal that names every grave finding; `None` when nothing grave was found.
pub fn refuse(findings: &[Finding]) -> Option<Refusal> {
    let grave: Vec<_> = findings.iter().filter(|f| f.gravity == Gravity::Error).collect();
    let first = grave.first()?;
    let refusal = Refusal::new(&refusals::FORMAT).basis_is(first.basis.clone());
    Some(grave.iter().fold(refusal, |r, f| r.field(f.field, f.message.clone())))
}

fn has_academic_title(name: &str) -> bool {
    let name = name.trim();
    ["GS.", "PGS.", "TS.", "ThS.", "GS", "PGS", "TS", "ThS", "Giáo sư", "Tiến sĩ", "Thạc sĩ"]
        .iter()
        .any(|title| name.strip_prefix(title).is_some_and(|rest| title.ends_with('.') || rest.starts_with([' ', '.'])))
}

/// Number and notation out of what somebody typed, e.g. `12/QĐ-UBND`; the whole is kept where no `/` splits it.
pub fn split_code(text: &str) -> (String, String) {
    let text = text.trim();
    match text.split_once('/') {
        Some((number, notation)) => (number.trim().to_owned(), notation.trim().to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

/// Checks the number and notation of an administrative document of our own making.
pub fn check_code(text: &str, kind: &DocumentType) -> Result<(), Refusal> {
    let (number, notation) = split_code(text);
    let say =
        |vi: &'static str, en: &'static str| Err(Refusal::new(&refusals::CODE).field("code", Text::fixed(vi, en)));
    if number.is_empty() || !number.starts_with(|c: char| c.is_ascii_digit()) {
        return say(
            "Thiếu số ở đầu. Ví dụ 12/QĐ-UBND (NĐ 30/2020, Phụ lục I).",
            "The number is missing. Example 12/QĐ-UBND (Decree 30/2020, Annex I).",
        );
    }
    if text.contains(char::is_whitespace) {
        return say(
            "Số ký hiệu viết liền, không có khoảng trắng. Ví dụ 12/QĐ-UBND (NĐ 30/2020, Phụ lục I).",
            "Number and notation have no spaces. Example 12/QĐ-UBND (Decree 30/2020, Annex I).",
        );
    }
    let mut parts = notation.split('-').filter(|p| !p.is_empty());
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    if first.chars().take(4).filter(char::is_ascii_digit).count() == 4 {
        return say(
            "Ký hiệu văn bản hành chính không ghi năm (NĐ 30/2020, Phụ lục I).",
            "Only normative documents carry the year (Decree 30/2020, Annex I).",
        );
    }
    if first == "CV" {
        return say(
            "Công văn không có chữ viết tắt tên loại. Ví dụ 05/BNV-VP (NĐ 30/2020, Phụ lục I).",
            "An official letter has no abbreviation of its kind. Example 05/BNV-VP (Decree 30/2020, Annex I).",
        );
    }
    if second.is_none() {
        return say(
            "Số ký hiệu thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND (NĐ 30/2020, Phụ lục I).",
            "The agency’s abbreviation is missing. Example 12/QĐ-UBND (Decree 30/2020, Annex I).",
        );
    }
    if kind.abbreviation.as_deref().is_some_and(|abbreviation| abbreviation != first) {
        return say(
            "Chữ viết tắt không khớp tên loại văn bản (NĐ 30/2020, Phụ lục III).",
            "The abbreviation does not match the kind of document (Decree 30/2020, Annex III).",
        );
    }
    if number.chars().count() > CODE_NUMBER || notation.chars().count() > CODE_NOTATION {
        return say(
            "Số nhiều nhất 11 ký tự, ký hiệu nhiều nhất 30 (NĐ 30/2020, Phụ lục VI).",
            "The number has at most 11 characters, the notation 30 (Decree 30/2020, Annex VI).",
        );
    }
    Ok(())
}

/// The fields of an incoming document that the clerk enters or confirms; the issuer may follow other rules than ours.
#[derive(Debug, Clone, Default)]
pub struct IncomingFields {
    /// Number.
    pub number: String,
    /// Notation; may be empty (letters of people have none).
    pub notation: String,
    /// Issuer.
    pub issuer: String,
    /// Trích yếu.
    pub subject: String,
    /// Name of the kind as the issuer wrote it.
    pub kind_name: String,
    /// Date of the document.
    pub issued_on: Option<Date>,
    /// Full name of the signer.
    pub signer_name: String,
    /// Position of the signer.
    pub signer_position: String,
    /// Note.
    pub note: String,
}

/// Checks what the register needs of an incoming document on `today` (Phụ lục IV, mẫu sổ VI; Phụ lục VI, phần II).
pub fn check_incoming(fields: &IncomingFields, today: Date) -> Result<(), Refusal> {
    let mut refusal = Refusal::new(&refusals::METADATA);
    for (field, text, limit, needed) in [
        ("number", &fields.number, CODE_NUMBER, false),
        ("notation", &fields.notation, CODE_NOTATION, false),
        ("issuer", &fields.issuer, ORGAN_NAME, true),
        ("subject", &fields.subject, SUBJECT, true),
        ("kind_name", &fields.kind_name, POSITION, false),
        ("signer_name", &fields.signer_name, FULL_NAME, false),
        ("signer_position", &fields.signer_position, POSITION, false),
        ("note", &fields.note, NOTE, false),
    ] {
        let length = text.trim().chars().count();
        if needed && length == 0 {
            refusal = refusal.field(field, Text::fixed("Không để trống.", "Must not be empty."));
        } else if length > limit {
            refusal = refusal.field(
                field,
                Text::new(
                    format!("Dài {length} ký tự, nhiều nhất {limit}."),
                    format!("{length} characters long, at most {limit}."),
                ),
            );
        }
    }
    if fields.issued_on.is_some_and(|d| d > today) {
        refusal = refusal
            .field("issued_on", Text::fixed("Ngày văn bản ở tương lai.", "The document’s date lies in the future."));
    }
    if refusal.fields.is_empty() { Ok(()) } else { Err(refusal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn good() -> Fields {
        Fields {
            kind: "decision".into(),
            subject: "Ban hành Kế hoạch số hóa hồ sơ lưu trữ".into(),
            signer_name: "Lê Thị Thu Hằng".into(),
            signer_position: "Phó Chủ tịch".into(),
            recipients: vec!["Sở Nội vụ".into()],
            electronic_recipients: 1,
            files: vec![FileFacts { name: "Quyết định.PDF".into(), main: true, size: 10 }],
            ..Fields::default()
        }
    }

    fn fields_of(fields: &Fields, gravity: Gravity) -> Vec<&'static str> {
        findings(fields, TODAY).into_iter().filter(|f| f.gravity == gravity).map(|f| f.field).collect()
    }

    #[test]
    fn a_good_draft_has_no_findings() {
        assert!(findings(&good(), TODAY).is_empty());
        assert!(refuse(&findings(&good(), TODAY)).is_none());
        check_lengths(&good()).unwrap();
    }

    #[test]
    fn each_fault_is_found() {
        let empty = Fields { kind: "official-letter".into(), ..Fields::default() };
        assert_eq!(
            fields_of(&empty, Gravity::Error),
            ["subject", "signer", "recipients", "unit_abbreviation", "files"]
        );
        let titled =
            Fields { signer_name: "TS. Lê Thị Thu Hằng".into(), subject: "V/v số hóa".into(), ..good() };
        assert_eq!(fields_of(&titled, Gravity::Error), ["signer_name"]);
        assert_eq!(fields_of(&titled, Gravity::Caution), ["subject"]);
        let late = Fields { due_date: Some(Date::constant(2026, 11, 19)), secrecy: Secrecy::Secret, ..good() };
        assert_eq!(fields_of(&late, Gravity::Error), ["due_date", "secrecy"]);
        let refusal = refuse(&findings(&late, TODAY)).unwrap();
        assert_eq!(refusal.fields.len(), 2);
    }

    #[test]
    fn a_name_that_merely_begins_like_a_title_is_left_alone() {
        assert!(!has_academic_title("Tsan A Sìn"));
        assert!(has_academic_title("PGS.TS. Nguyễn Văn Tuấn"));
        assert!(has_academic_title("TS Nguyễn Văn Tuấn"));
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        let fits = Fields { subject: "ế".repeat(500), ..good() };
        check_lengths(&fits).unwrap();
        let long = Fields { subject: "ế".repeat(501), copies: Some(1000), ..good() };
        let refusal = check_lengths(&long).unwrap_err();
        assert_eq!(refusal.fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["subject", "copies"]);
    }

    #[test]
    fn codes_of_our_own_making() {
        let decision = document_type::by_code("decision").unwrap();
        let letter = document_type::by_code("official-letter").unwrap();
        for (text, kind) in [("12/QĐ-UBND", decision), ("05/BNV-VP", letter), ("07a/QĐ-UBND", decision)] {
            check_code(text, kind).unwrap();
        }
        let message = |text: &str, kind| check_code(text, kind).unwrap_err().fields[0].message.vi.to_string();
        assert_eq!(
            message("12/QĐ", decision),
            "Số ký hiệu thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND (NĐ 30/2020, Phụ lục I)."
        );
        assert!(message("12/2026/QĐ-UBND", decision).contains("không ghi năm"));
        assert!(message("12/CV-UBND", letter).contains("Công văn không có"));
        assert!(message("12 / QĐ-UBND", decision).contains("khoảng trắng"));
        assert!(message("QĐ-UBND", decision).contains("Thiếu số"));
        assert!(message("12/BC-UBND", decision).contains("không khớp"));
    }

    #[test]
    fn incoming_needs_issuer_and_subject() {
        let refusal = check_incoming(&IncomingFields::default(), TODAY).unwrap_err();
        assert_eq!(refusal.fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["issuer", "subject"]);
    }
}
