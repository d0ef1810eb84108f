//! Number, date and notation of documents: gapless, unique, never out of date order (NĐ 30/2020/NĐ-CP, Điều 15).

use super::document_type::plain_name;
use crate::refusals;
use base::document_types::{DocumentType, Secrecy};
use base::{Date, Lang, Refusal};
use serde::{Deserialize, Serialize};

/// A series of numbers (dãy số): which documents it takes. The head of the agency decides the grouping (Phụ lục I).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Id of the register that keeps the series.
    pub id: String,
    /// Codes of the kinds it takes; empty: every kind that no other series names.
    pub types: Vec<String>,
    /// Whether it is for state secrets only: they have their own series.
    pub secret: bool,
}

/// The series a document belongs to: the one that names its kind, else the one that takes the rest.
pub fn series_for<'a>(all: &'a [Series], kind: &str, secrecy: Secrecy) -> Result<&'a Series, Refusal> {
    let eligible = || all.iter().filter(|s| s.secret == secrecy.is_secret());
    eligible()
        .find(|s| s.types.iter().any(|t| t == kind))
        .or_else(|| eligible().find(|s| s.types.is_empty()))
        .ok_or_else(|| Refusal::new(&refusals::NO_SERIES).with("kind", kind))
}

/// How far a series has come in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeriesState {
    /// The last number given; 0 before the first.
    pub last_number: i64,
    /// The date of that number.
    pub last_date: Option<Date>,
}

/// The next number of the series, dated `on`; `today` is the day it is in Vietnam.
///
/// A voided number keeps its place: the state never goes back. The caller keeps one state per series and year, so that
/// every year starts at 1 (Điều 15 khoản 1: from 01 on 1 January to 31 December).
pub fn allocate(state: &SeriesState, on: Date, today: Date) -> Result<i64, Refusal> {
    if on > today {
        return Err(Refusal::new(&refusals::NUMBER_IN_FUTURE).with("date", on.strftime("%d/%m/%Y")));
    }
    if on.year() != today.year() {
        return Err(Refusal::new(&refusals::NUMBER_OTHER_YEAR).with("date", on.strftime("%d/%m/%Y")));
    }
    match state.last_date {
        Some(last) if on < last => Err(Refusal::new(&refusals::NUMBER_DATE_ORDER)
            .with("date", on.strftime("%d/%m/%Y"))
            .with("last", last.strftime("%d/%m/%Y"))
            .with("number", written(state.last_number))),
        _ => Ok(state.last_number + 1),
    }
}

/// The number as printed: below 10 with a leading zero (Phụ lục I, phần II, mục 3).
pub fn written(number: i64) -> String {
    format!("{number:02}")
}

/// The notation (ký hiệu): `QĐ-BNV` for a named kind, `BNV-VP` for công văn and thư công, which have no abbreviation.
///
/// `agency` and `unit` are their abbreviations; no year: that belongs to normative documents only.
pub fn notation(kind: &DocumentType, agency: &str, unit: Option<&str>) -> Result<String, Refusal> {
    let agency = agency.trim();
    if agency.is_empty() {
        return Err(
            Refusal::new(&refusals::NO_AGENCY_ABBREVIATION).field("notation", refusals::AGENCY_ABBREVIATION_MISSING)
        );
    }
    match (kind.abbreviation.as_deref(), unit.map(str::trim).filter(|u| !u.is_empty())) {
        (Some(abbreviation), _) => Ok(format!("{abbreviation}-{agency}")),
        (None, Some(unit)) => Ok(format!("{agency}-{unit}")),
        (None, None) => Err(Refusal::new(&refusals::NO_UNIT_ABBREVIATION).with("kind", plain_name(kind, Lang::Vi))),
    }
}

/// Number and notation as printed, e.g. `05/BNV-VP`; `suffix` is a sub-number such as `a` or `bis`.
pub fn code(number: i64, suffix: &str, notation: &str) -> String {
    format!("{}{suffix}/{notation}", written(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::document_type::{by_code, in_force};
    use proptest::prelude::*;

    fn day(month: i8, day: i8) -> Date {
        Date::constant(2026, month, day)
    }

    #[test]
    fn the_examples_of_the_decree() {
        let decision = by_code("decision").unwrap();
        let letter = by_code("official-letter").unwrap();
        assert_eq!(code(15, "", &notation(decision, "BNV", None).unwrap()), "15/QĐ-BNV");
        assert_eq!(code(5, "", &notation(letter, "BNV", Some("VP")).unwrap()), "05/BNV-VP");
        assert_eq!(code(12, "", &notation(letter, "UBND", Some("VX")).unwrap()), "12/UBND-VX");
        assert_eq!(code(7, "a", "QĐ-UBND"), "07a/QĐ-UBND");
    }

    #[test]
    fn twenty_nine_kinds_of_which_two_have_no_abbreviation() {
        let all: Vec<_> = in_force(day(1, 1)).collect();
        assert_eq!(all.len(), 29);
        let without: Vec<_> =
            all.iter().filter(|k| k.abbreviation.is_none()).map(|k| plain_name(k, Lang::Vi)).collect();
        assert_eq!(without, ["Công văn", "Thư công"]);
        for kind in all {
            match &kind.abbreviation {
                Some(abbreviation) => {
                    assert_eq!(notation(kind, "UBND", None).unwrap(), format!("{abbreviation}-UBND"));
                }
                None => {
                    let refused = notation(kind, "UBND", None).unwrap_err();
                    assert_eq!(refused.code.code, "office.numbering.no-unit-abbreviation");
                    assert_eq!(notation(kind, "UBND", Some("VX")).unwrap(), "UBND-VX");
                }
            }
        }
    }

    #[test]
    fn a_series_is_a_set_of_kinds_and_secrets_have_their_own() {
        let s = |id: &str, types: &[&str], secret| Series {
            id: id.into(),
            types: types.iter().map(ToString::to_string).collect(),
            secret,
        };
        let all = [s("rest", &[], false), s("qd", &["decision"], false), s("mat", &[], true)];
        assert_eq!(series_for(&all, "decision", Secrecy::Open).unwrap().id, "qd");
        assert_eq!(series_for(&all, "report", Secrecy::Open).unwrap().id, "rest");
        assert_eq!(series_for(&all, "decision", Secrecy::Secret).unwrap().id, "mat");
        assert!(series_for(&all[..2], "decision", Secrecy::Confidential).is_err());
    }

    #[test]
    fn never_dated_before_the_last_number_nor_after_today() {
        let state = SeriesState { last_number: 9, last_date: Some(day(11, 20)) };
        assert_eq!(allocate(&state, day(11, 20), day(11, 23)).unwrap(), 10);
        let refused = allocate(&state, day(11, 19), day(11, 23)).unwrap_err();
        assert_eq!(refused.code.code, "office.numbering.date-order");
        assert!(refused.message(Lang::Vi).contains("09"));
        assert_eq!(allocate(&state, day(11, 24), day(11, 23)).unwrap_err().code.code, "office.numbering.future");
        let last_year = Date::constant(2025, 12, 31);
        assert_eq!(
            allocate(&SeriesState::default(), last_year, day(1, 2)).unwrap_err().code.code,
            "office.numbering.other-year"
        );
    }

    proptest! {
        /// Whatever dates people ask for, what is given is gapless, unique and in date order.
        #[test]
        fn gapless_unique_monotone(asked in proptest::collection::vec(0_i32..60, 1..80)) {
            let today = day(3, 31);
            let mut state = SeriesState::default();
            let mut given: Vec<(i64, Date)> = Vec::new();
            for offset in asked {
                let on = day(1, 31).checked_add(jiff_days(offset)).unwrap();
                if let Ok(number) = allocate(&state, on, today) {
                    given.push((number, on));
                    state = SeriesState { last_number: number, last_date: Some(on) };
                }
            }
            for (index, (number, on)) in given.iter().enumerate() {
                prop_assert_eq!(*number, index as i64 + 1);
                prop_assert!(index == 0 || given[index - 1].1 <= *on);
            }
        }
    }

    fn jiff_days(days: i32) -> std::time::Duration {
        std::time::Duration::from_secs(86_400 * days as u64)
    }
}
