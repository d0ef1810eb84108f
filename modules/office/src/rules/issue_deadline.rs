//! By when a signed document must leave: same day, at latest the next working day; through the exchange the next morning.

use super::registration_deadline::next_working_day;
use base::document_types::Urgency;
use base::time::DateTime;
use base::{Basis, Date, Timestamp};

/// NĐ 30/2020/NĐ-CP: same day as signed, at the latest the next working day; urgent at once.
pub const BASIS_CLERICAL: Basis = Basis::new("NĐ 30/2020/NĐ-CP", "Điều 18 khoản 1");
/// QĐ 28/2018/QĐ-TTg: on the day of signing, at the latest the morning of the next working day.
pub const BASIS_EXCHANGE: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 6");

/// The latest moment, and the article that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueDeadline {
    /// The document must have been issued before this moment.
    pub until: Timestamp,
    /// The article.
    pub basis: Basis,
}

/// The deadline of a document signed at `signed`; `electronic` when it goes through the exchange.
///
/// The morning ends at 12:00; a day ends at midnight, Vietnam's time.
pub fn deadline(
    signed: Timestamp,
    urgency: Urgency,
    electronic: bool,
    working: &dyn Fn(Date) -> bool,
) -> IssueDeadline {
    let day = signed.local_date();
    if urgency.is_urgent() {
        return IssueDeadline { until: midnight_after(day), basis: BASIS_CLERICAL };
    }
    let next = next_working_day(day, working);
    if electronic {
        IssueDeadline { until: Timestamp::from_local(noon(next)), basis: BASIS_EXCHANGE }
    } else {
        IssueDeadline { until: midnight_after(next), basis: BASIS_CLERICAL }
    }
}

fn noon(day: Date) -> DateTime {
    day.at(12, 0, 0, 0)
}

fn midnight_after(day: Date) -> Timestamp {
    Timestamp::from_local(day.tomorrow().unwrap_or(day).at(0, 0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }
    fn weekday(date: Date) -> bool {
        date.weekday().to_monday_zero_offset() < 5
    }

    #[test]
    fn both_rules_and_the_urgent_case() {
        let friday = at("2026-11-20T16:44:00+07:00");
        let exchange = deadline(friday, Urgency::Normal, true, &weekday);
        assert_eq!((exchange.until, exchange.basis), (at("2026-11-23T12:00:00+07:00"), BASIS_EXCHANGE));
        let paper = deadline(friday, Urgency::Normal, false, &weekday);
        assert_eq!((paper.until, paper.basis), (at("2026-11-24T00:00:00+07:00"), BASIS_CLERICAL));
        assert_eq!(deadline(friday, Urgency::Express, true, &weekday).until, at("2026-11-21T00:00:00+07:00"));
    }
}
