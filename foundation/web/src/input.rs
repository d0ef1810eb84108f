//! Reading what people type: days in the ways they write them, and the errors of all fields of a form at once.

use crate::refusals;
use base::{Date, Refusal, RefusalCode, Text};

/// A day as people write it: `23/11/2026`, `23-11-2026`, `23.11.2026`, `23112026`, `231126`, `23/11` (this year),
/// `2026-11-23`. `None` when it is no day.
pub fn date(text: &str, today: Date) -> Option<Date> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|p| !p.is_empty()).collect();
    if parts.iter().any(|p| !p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let number = |s: &str| s.parse::<i16>().ok();
    let year = |s: &str| match s.len() {
        4 => number(s),
        2 => number(s).map(|y| 2000 + y),
        _ => None,
    };
    let (day, month, year) = match parts.as_slice() {
        [all] if all.len() == 8 => (&all[..2], &all[2..4], year(&all[4..])?),
        [all] if all.len() == 6 => (&all[..2], &all[2..4], year(&all[4..])?),
        [first, month, day] if first.len() == 4 => (*day, *month, number(first)?),
        [day, month, last] => (*day, *month, year(last)?),
        [day, month] => (*day, *month, today.year()),
        _ => return None,
    };
    if day.len() > 2 || month.len() > 2 {
        return None;
    }
    let day = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    YEARS.contains(&day.year()).then_some(day)
}

/// Years that a document, a deadline or a validity can have; any other is a slip of the hand.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A day as shown in a field: `23/11/2026`.
pub fn show_date(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// Collects what is wrong with the fields of a form, so that all of it is told at once.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<(String, Text)>,
}

impl Fields {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Something is wrong with a field.
    pub fn wrong(&mut self, field: &str, message: Text) {
        self.errors.push((field.to_owned(), message));
    }

    /// A text that may not be empty and not longer than `most` characters; it comes back trimmed.
    pub fn text(&mut self, field: &str, value: &str, most: usize) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.wrong(field, Text::fixed("Ô này chưa có nội dung.", "This is empty."));
        } else if value.chars().count() > most {
            self.wrong(field, Text::new(format!("Tối đa {most} ký tự."), format!("At most {most} characters.")));
        }
        value.to_owned()
    }

    /// A day that must be there.
    pub fn date(&mut self, field: &str, value: &str, today: Date) -> Option<Date> {
        let day = date(value, today);
        if day.is_none() {
            self.wrong(
                field,
                Text::fixed(
                    "Không phải một ngày. Ví dụ 25/11/2026 hoặc 25/11.",
                    "This is not a day. For example 25/11/2026 or 25/11.",
                ),
            );
        }
        day
    }

    /// A day that may be left empty.
    pub fn date_optional(&mut self, field: &str, value: &str, today: Date) -> Option<Date> {
        if value.trim().is_empty() { None } else { self.date(field, value, today) }
    }

    /// A value that is parsed by its own type, with what was expected.
    pub fn parse<T: std::str::FromStr>(&mut self, field: &str, value: &str, expected: Text) -> Option<T> {
        let parsed = value.trim().parse().ok();
        if parsed.is_none() {
            self.wrong(field, expected);
        }
        parsed
    }

    /// Whether something is wrong.
    pub fn any(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Everything that is wrong as one refusal, or nothing.
    pub fn finish(self) -> Result<(), Refusal> {
        self.finish_as(&refusals::FIELDS)
    }

    /// As [`Fields::finish`] with a module's own code; `{count}` is filled.
    pub fn finish_as(self, code: &'static RefusalCode) -> Result<(), Refusal> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let refusal = Refusal::new(code).with("count", self.errors.len());
        Err(self.errors.into_iter().fold(refusal, |r, (field, message)| r.field(field, message)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_people_write_them() {
        let today = Date::constant(2026, 11, 20);
        let day = Date::constant(2026, 11, 23);
        for text in [
            "23/11/2026",
            "23-11-2026",
            "23.11.2026",
            " 23112026 ",
            "231126",
            "23/11",
            "2026-11-23",
            "23/11/26",
            "23 11 2026",
        ] {
            assert_eq!(date(text, today), Some(day), "{text}");
        }
        assert_eq!(date("5/3", today), Some(Date::constant(2026, 3, 5)));
        for text in ["", "23", "31/02/2026", "23/13/2026", "11/23/2026", "ngày mai", "23/11/20266", "2311"] {
            assert_eq!(date(text, today), None, "{text}");
        }
        assert_eq!(show_date(Date::constant(2026, 1, 5)), "05/01/2026");
    }

    #[test]
    fn a_year_outside_the_centuries_is_a_slip() {
        let today = Date::constant(2026, 11, 20);
        for text in ["27/11/0026", "27/11/1899", "01012201", "9999-12-31"] {
            assert_eq!(date(text, today), None, "{text}");
        }
        assert_eq!(date("31/12/2200", today), Some(Date::constant(2200, 12, 31)));
    }

    #[test]
    fn all_errors_at_once() {
        let mut fields = Fields::new();
        fields.text("subject", "  ", 10);
        fields.text("signer", "Nguyễn Văn An", 5);
        fields.date("due", "x", Date::constant(2026, 1, 1));
        assert_eq!(fields.date_optional("other", "", Date::constant(2026, 1, 1)), None);
        let refusal = fields.finish().unwrap_err();
        assert_eq!(refusal.fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["subject", "signer", "due"]);
        assert_eq!(refusal.message(base::Lang::Vi), "Có 3 chỗ cần sửa.");
        assert!(Fields::new().finish().is_ok());
    }
}
