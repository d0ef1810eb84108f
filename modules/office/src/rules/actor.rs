//! Who acts, as far as the rules need to know: which person, in which unit, with which duties.

use serde::{Deserialize, Serialize};

/// What a person is charged with in the office (NĐ 30/2020/NĐ-CP, Điều 6; spec: roles of the office).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Văn thư cơ quan: registers, numbers, seals, issues.
    RegistryClerk,
    /// Chuyên viên: drafts and processes.
    Specialist,
    /// Người đứng đầu đơn vị: answers for content (Điều 12 khoản 1).
    UnitHead,
    /// Chánh Văn phòng: triages what arrives.
    ChiefOfOffice,
    /// Người đứng đầu hoặc cấp phó: directs and signs (Điều 13).
    Leader,
    /// Người kiểm tra thể thức: answers for form (Điều 12 khoản 2).
    FormatChecker,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 6] =
        [Self::RegistryClerk, Self::Specialist, Self::UnitHead, Self::ChiefOfOffice, Self::Leader, Self::FormatChecker];

    /// Stable word in forms and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RegistryClerk => "registry_clerk",
            Self::Specialist => "specialist",
            Self::UnitHead => "unit_head",
            Self::ChiefOfOffice => "chief_of_office",
            Self::Leader => "leader",
            Self::FormatChecker => "format_checker",
        }
    }

    /// The duty of that stable word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.code() == code)
    }

    /// The word in Vietnamese and English, for refusals and pages.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::RegistryClerk => ("văn thư", "registry clerk"),
            Self::Specialist => ("chuyên viên", "specialist"),
            Self::UnitHead => ("người đứng đầu đơn vị", "head of unit"),
            Self::ChiefOfOffice => ("chánh văn phòng", "chief of office"),
            Self::Leader => ("lãnh đạo", "leader"),
            Self::FormatChecker => ("người kiểm tra thể thức", "format checker"),
        }
    }
}

/// A person acting in one position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// Id of the person.
    pub person: String,
    /// Id of the unit of the position, where it has one.
    pub unit: Option<String>,
    /// The duties of the position; several may fall together in one person.
    pub duties: Vec<Duty>,
}

impl Acting {
    /// Whether the position carries the duty.
    pub fn has(&self, duty: Duty) -> bool {
        self.duties.contains(&duty)
    }
}
