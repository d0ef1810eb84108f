//! From which day a register may begin and on which it may end: a year's numbers run on from 01 on 1 January to 31 December (NĐ 30/2020/NĐ-CP, Điều 15 khoản 1).

use super::numbering::Series;
use crate::refusals;
use base::{Date, Refusal, Text};

fn new_year(day: Date) -> bool {
    (day.month(), day.day()) == (1, 1)
}

/// Refuses a first day that would break a year's series in two. `numbered`: whether documents of the register's kinds
/// already have a number in the year of `from`.
pub fn may_begin(from: Date, today: Date, numbered: bool) -> Result<(), Refusal> {
    if (from > today && new_year(from)) || (from == today && !numbered) {
        return Ok(());
    }
    Err(Refusal::new(&refusals::REGISTER_BEGIN)
        .field("valid_from", Text::fixed("Chọn 01/01 năm sau.", "Choose 1 January of next year.")))
}

/// Refuses an end that would break a year's series; `until` is the first day on which the register takes nothing more.
/// `numbered`: whether it has a number in the year of the day before `until`. The register that takes the rest never ends.
pub fn may_end(
    register: &Series,
    name: &str,
    from: Date,
    until: Date,
    today: Date,
    numbered: bool,
) -> Result<(), Refusal> {
    if register.types.is_empty() {
        return Err(Refusal::new(&refusals::REGISTER_TAKES_THE_REST).with("name", name));
    }
    let taken_back = until == from && from >= today && !numbered;
    if taken_back || (until > today && until > from && new_year(until)) || (until == today && !numbered) {
        return Ok(());
    }
    Err(Refusal::new(&refusals::REGISTER_END)
        .field("valid_until", Text::fixed("Ghi ngày cuối là 31/12.", "Make 31 December the last day.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 23);
    const NEXT: Date = Date::constant(2027, 1, 1);

    #[test]
    fn a_series_is_never_broken_in_the_middle_of_a_year() {
        may_begin(NEXT, TODAY, false).unwrap();
        may_begin(TODAY, TODAY, false).unwrap();
        for (from, numbered) in
            [(TODAY, true), (Date::constant(2027, 3, 1), false), (Date::constant(2026, 1, 1), false)]
        {
            assert_eq!(may_begin(from, TODAY, numbered).unwrap_err().code.code, "office.register.begin", "{from}");
        }
    }

    #[test]
    fn an_end_is_the_end_of_a_year() {
        let named = Series { id: "r".into(), types: vec!["decision".into()], secret: false };
        let began = Date::constant(2026, 1, 1);
        may_end(&named, "Sổ", began, NEXT, TODAY, true).unwrap();
        may_end(&named, "Sổ", began, TODAY, TODAY, false).unwrap();
        may_end(&named, "Sổ", NEXT, NEXT, TODAY, false).unwrap();
        for (until, numbered) in [(TODAY, true), (Date::constant(2026, 12, 1), false), (began, false)] {
            let refused = may_end(&named, "Sổ", began, until, TODAY, numbered).unwrap_err();
            assert_eq!(refused.code.code, "office.register.end", "{until}");
        }
        let rest = Series { types: Vec::new(), ..named };
        let refused = may_end(&rest, "Sổ khác", began, NEXT, TODAY, false).unwrap_err();
        assert_eq!(refused.code.code, "office.register.takes-the-rest");
    }
}
