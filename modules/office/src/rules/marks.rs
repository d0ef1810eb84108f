//! The issuer's marks on a document: urgency and secrecy, two axes that are never mixed.

use serde::{Deserialize, Serialize};

/// Độ khẩn: the three levels of the decree and the ordinary case (NĐ 30/2020/NĐ-CP, Phụ lục I, 10b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Thường.
    #[default]
    Normal,
    /// Khẩn.
    Urgent,
    /// Thượng khẩn.
    VeryUrgent,
    /// Hỏa tốc.
    Express,
}

impl Urgency {
    /// All levels, the calmest first.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Urgent, Self::VeryUrgent, Self::Express];

    /// The digit of edXML `Priority`; “hỏa tốc hẹn giờ” (4) is read as hỏa tốc.
    pub const fn from_priority(digit: i64) -> Option<Self> {
        match digit {
            0 => Some(Self::Normal),
            1 => Some(Self::Urgent),
            2 => Some(Self::VeryUrgent),
            3 | 4 => Some(Self::Express),
            _ => None,
        }
    }

    /// The digit of edXML `Priority`, also the order of work: the higher, the sooner.
    pub const fn priority(self) -> i64 {
        match self {
            Self::Normal => 0,
            Self::Urgent => 1,
            Self::VeryUrgent => 2,
            Self::Express => 3,
        }
    }

    /// Whether it must be handled at once (Điều 4 khoản 2, Điều 18 khoản 1).
    pub const fn at_once(self) -> bool {
        !matches!(self, Self::Normal)
    }

    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Urgent => "urgent",
            Self::VeryUrgent => "very_urgent",
            Self::Express => "express",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.code() == code)
    }

    /// The word on the stamp, Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Normal => ("Thường", "Normal"),
            Self::Urgent => ("Khẩn", "Urgent"),
            Self::VeryUrgent => ("Thượng khẩn", "Very urgent"),
            Self::Express => ("Hỏa tốc", "Express"),
        }
    }
}

/// Độ mật (Luật Bảo vệ bí mật nhà nước 29/2018/QH14, Điều 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// No state secret.
    #[default]
    None,
    /// Mật.
    Confidential,
    /// Tối mật.
    Secret,
    /// Tuyệt mật.
    TopSecret,
}

impl Secrecy {
    /// All levels, the most open first.
    pub const ALL: [Self; 4] = [Self::None, Self::Confidential, Self::Secret, Self::TopSecret];

    /// Whether it is a state secret: own series, own book, never through the exchange (QĐ 28/2018/QĐ-TTg, Điều 1).
    pub const fn is_secret(self) -> bool {
        !matches!(self, Self::None)
    }

    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Confidential => "confidential",
            Self::Secret => "secret",
            Self::TopSecret => "top_secret",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The word on the stamp, Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("Không", "None"),
            Self::Confidential => ("Mật", "Confidential"),
            Self::Secret => ("Tối mật", "Secret"),
            Self::TopSecret => ("Tuyệt mật", "Top secret"),
        }
    }
}
