//! Stamp: what the issuer put on the document (urgency, secrecy). The only thing in a box.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use base::Lang;

/// Urgency (độ khẩn; NĐ 30/2020/NĐ-CP, Phụ lục I, phần II, mục I, khoản 10 điểm b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Thường.
    Normal,
    /// Khẩn.
    Urgent,
    /// Thượng khẩn.
    VeryUrgent,
    /// Hỏa tốc.
    Immediate,
}

impl Urgency {
    /// From 0 (thường) to 3 (hỏa tốc); higher is taken for 3.
    pub fn from_level(level: u8) -> Self {
        match level {
            0 => Self::Normal,
            1 => Self::Urgent,
            2 => Self::VeryUrgent,
            _ => Self::Immediate,
        }
    }

    /// The word.
    pub fn word(self, l: Lang) -> &'static str {
        match self {
            Self::Normal => l.t("Thường", "Ordinary"),
            Self::Urgent => l.t("Khẩn", "Urgent"),
            Self::VeryUrgent => l.t("Thượng khẩn", "Very urgent"),
            Self::Immediate => l.t("Hỏa tốc", "Immediate"),
        }
    }
}

/// The stamp of an urgency: single frame, double frame or solid, with one to three chevrons; ordinary is a grey word.
pub fn urgency(urgency: Urgency, l: Lang) -> Html {
    let word = urgency.word(l);
    let (class, width, chevrons) = match urgency {
        Urgency::Normal => return Html::trusted(format!("<span class=\"dim\">{word}</span>")),
        Urgency::Urgent => ("u1", 6, "m1 1 4 4-4 4"),
        Urgency::VeryUrgent => ("u2", 11, "m1 1 4 4-4 4M6 1l4 4-4 4"),
        Urgency::Immediate => ("u3", 16, "m1 1 4 4-4 4M6 1l4 4-4 4M11 1l4 4-4 4"),
    };
    Html::trusted(format!(
        "<span class=\"stamp {class}\"><svg viewBox=\"0 0 {width} 10\" aria-hidden=\"true\"><path d=\"{chevrons}\"/></svg>{word}</span>"
    ))
}

/// As [`urgency`], but nothing for an ordinary document, as lists want it.
pub fn urgency_mark(of: Urgency, l: Lang) -> Html {
    if of == Urgency::Normal { Html::default() } else { urgency(of, l) }
}

/// The stamp of a secrecy (Mật, Tối mật, Tuyệt mật), in ink with a lock.
pub fn secrecy(word: &str) -> Html {
    Html::trusted(format!("<span class=\"stamp sec\">{}{}</span>", icon("lock"), escape(word)))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::new("Thường", "Ordinary", urgency(Urgency::Normal, l)),
        Example::new("Khẩn", "Urgent", urgency(Urgency::Urgent, l)),
        Example::new("Thượng khẩn", "Very urgent", urgency(Urgency::VeryUrgent, l)),
        Example::new("Hỏa tốc", "Immediate", urgency(Urgency::Immediate, l)),
        Example::new("Độ mật", "Secrecy", secrecy(l.t("Mật", "Secret"))),
    ]
}
