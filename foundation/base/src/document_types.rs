//! The types of documents (thể loại văn bản) with their abbreviations and codes, and the degrees of urgency and secrecy.

use crate::fold::fold;
use crate::{Date, Text, table};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Where a type comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Administrative documents (NĐ 30/2020/NĐ-CP, Điều 7).
    Administrative,
    /// Legal documents (Luật Ban hành văn bản quy phạm pháp luật).
    Legal,
    /// Copies (NĐ 30/2020/NĐ-CP, Phụ lục I phần II).
    Copy,
    /// Kinds that only archives know (TT 05/2025/TT-BNV).
    Archive,
}

/// One type of document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentType {
    /// Stable name in the product, `decision`; legal and individual decisions are two types.
    pub id: String,
    /// Where it comes from.
    pub family: Family,
    /// Its name.
    pub name: Text,
    /// Its abbreviation in the notation, `QĐ`; official letters and public letters have none.
    pub abbreviation: Option<String>,
    /// `typeName` in archive packages (TT 05/2025/TT-BNV): 1–32.
    pub archive_code: Option<u8>,
    /// Its row in edXML, `A1`–`A13` or `B1`–`B32` (QCVN 102:2016/BTTTT, sửa đổi 1:2022).
    pub edxml_code: Option<String>,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity.
    pub valid_to: Option<Date>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    family: Family,
    name_vi: String,
    name_en: String,
    abbreviation: String,
    archive_code: Option<u8>,
    edxml_code: String,
    valid_from: Date,
    valid_to: Option<Date>,
}

impl DocumentType {
    /// Whether it may be chosen for a document of that date.
    pub fn in_force(&self, date: Date) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|to| date <= to)
    }

    /// The number in edXML's table: 2 of `B2`.
    pub fn edxml_number(&self) -> Option<u16> {
        self.edxml_code.as_deref()?.get(1..)?.parse().ok()
    }
}

/// All types, from `data/document_types.csv`.
pub fn all() -> &'static [DocumentType] {
    static TYPES: OnceLock<Vec<DocumentType>> = OnceLock::new();
    TYPES.get_or_init(|| {
        table::rows("document_types.csv", include_str!("../../../data/document_types.csv"))
            .into_iter()
            .map(|row: Row| DocumentType {
                id: row.id,
                family: row.family,
                name: Text::new(row.name_vi, row.name_en),
                abbreviation: table::filled(row.abbreviation),
                archive_code: row.archive_code,
                edxml_code: table::filled(row.edxml_code),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            })
            .collect()
    })
}

/// The type of that id.
pub fn by_id(id: &str) -> Option<&'static DocumentType> {
    all().iter().find(|t| t.id == id)
}

/// The types of a family that are in force on `date`, in the order of the law.
pub fn in_force(family: Family, date: Date) -> impl Iterator<Item = &'static DocumentType> {
    all().iter().filter(move |t| t.family == family && t.in_force(date))
}

/// The type that a header from outside means. Its name decides, read without regard to case and marks; where the name
/// fits several or none, the abbreviation in the notation (`12/QĐ-UBND`, `05/2026/TT-BNV`) does. The type number of
/// the wire is not reliable and is not looked at.
pub fn resolve(type_name: &str, notation: &str) -> Option<&'static DocumentType> {
    let (abbreviation, legal) = read_notation(notation);
    let family = |t: &&DocumentType| (t.family == Family::Legal) == legal;
    let wanted = fold(type_name);
    let named: Vec<&DocumentType> = plain_names()
        .iter()
        .filter(|(name, _)| !wanted.is_empty() && name == strip_note(&wanted))
        .map(|(_, found)| *found)
        .collect();
    if let Some(found) = named.iter().copied().find(family).or_else(|| named.first().copied()) {
        return Some(found);
    }
    let abbreviation = abbreviation?;
    let same = |t: &&DocumentType| t.abbreviation.as_deref() == Some(abbreviation);
    let folded = |t: &&DocumentType| t.abbreviation.as_deref().is_some_and(|a| fold(a) == fold(abbreviation));
    let search = |fits: &dyn Fn(&&DocumentType) -> bool| all().iter().find(|t| family(t) && fits(t));
    search(&same).or_else(|| search(&folded))
}

/// The abbreviation of the type in a notation, and whether it is that of a legal document, which carries the year.
fn read_notation(notation: &str) -> (Option<&str>, bool) {
    let mut parts = notation.trim().split('/').map(str::trim);
    let (_, second, third) = (parts.next(), parts.next(), parts.next());
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    let (symbol, legal) = match (second, third) {
        (Some(year), Some(symbol)) if is_year(year) => (Some(symbol), true),
        (symbol, _) => (symbol, false),
    };
    (symbol.and_then(|symbol| symbol.split('-').next()).filter(|part| !part.is_empty()), legal)
}

/// Every type under its folded name; folded once, because every package is told by it.
fn plain_names() -> &'static [(String, &'static DocumentType)] {
    static NAMES: OnceLock<Vec<(String, &'static DocumentType)>> = OnceLock::new();
    NAMES.get_or_init(|| all().iter().map(|t| (strip_note(&fold(&t.name.vi)).to_owned(), t)).collect())
}

/// Without a note in brackets: “nghi quyet (ca biet)” is “nghi quyet”.
fn strip_note(folded: &str) -> &str {
    folded.split('(').next().unwrap_or(folded).trim()
}

/// How fast a document must go (mức độ khẩn). NĐ 30/2020/NĐ-CP, Phụ lục I has three urgent degrees; edXML adds hỏa
/// tốc hẹn giờ. The number is that of edXML's `Priority`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Thường.
    #[default]
    Normal = 0,
    /// Khẩn.
    Urgent = 1,
    /// Thượng khẩn.
    VeryUrgent = 2,
    /// Hỏa tốc.
    Express = 3,
    /// Hỏa tốc hẹn giờ.
    TimedExpress = 4,
}

impl Urgency {
    /// All degrees, the least urgent first.
    pub const ALL: [Self; 5] = [Self::Normal, Self::Urgent, Self::VeryUrgent, Self::Express, Self::TimedExpress];

    /// The degree of a number.
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|index| Self::ALL.get(index)).copied()
    }

    /// Its number, 0–4.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// Its name in the product and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Urgent => "urgent",
            Self::VeryUrgent => "very_urgent",
            Self::Express => "express",
            Self::TimedExpress => "timed_express",
        }
    }

    /// The degree of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.code() == code)
    }

    /// Whether it must be handled at once.
    pub const fn is_urgent(self) -> bool {
        !matches!(self, Self::Normal)
    }

    /// Its name.
    pub const fn label(self) -> Text {
        match self {
            Self::Normal => Text::fixed("Thường", "Normal"),
            Self::Urgent => Text::fixed("Khẩn", "Urgent"),
            Self::VeryUrgent => Text::fixed("Thượng khẩn", "Very urgent"),
            Self::Express => Text::fixed("Hỏa tốc", "Express"),
            Self::TimedExpress => Text::fixed("Hỏa tốc hẹn giờ", "Express, timed"),
        }
    }
}

/// How secret a document is (độ mật; Luật Bảo vệ bí mật nhà nước 2018, Điều 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// Not a state secret.
    #[default]
    Open = 0,
    /// Mật.
    Confidential = 1,
    /// Tối mật.
    Secret = 2,
    /// Tuyệt mật.
    TopSecret = 3,
}

impl Secrecy {
    /// All degrees, the least secret first.
    pub const ALL: [Self; 4] = [Self::Open, Self::Confidential, Self::Secret, Self::TopSecret];

    /// The degree of a number.
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|index| Self::ALL.get(index)).copied()
    }

    /// Its number, 0–3.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// Its name in the product and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confidential => "confidential",
            Self::Secret => "secret",
            Self::TopSecret => "top_secret",
        }
    }

    /// The degree of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|secrecy| secrecy.code() == code)
    }

    /// Whether it is a state secret, which may not enter the exchange (QĐ 28/2018/QĐ-TTg, Điều 1).
    pub const fn is_secret(self) -> bool {
        !matches!(self, Self::Open)
    }

    /// Its name.
    pub const fn label(self) -> Text {
        match self {
            Self::Open => Text::fixed("Không mật", "Not secret"),
            Self::Confidential => Text::fixed("Mật", "Confidential"),
            Self::Secret => Text::fixed("Tối mật", "Secret"),
            Self::TopSecret => Text::fixed("Tuyệt mật", "Top secret"),
        }
    }
}
