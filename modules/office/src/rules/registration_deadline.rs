//! By when an arrival must stand in the register: same day, at latest the next working day; urgent at once.

use base::document_types::Urgency;
use base::{Date, Timestamp};

/// How an arrival stands against its deadline at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Must be registered at once; it has waited for this many minutes.
    AtOnce {
        /// Whole minutes since arrival.
        minutes: i64,
    },
    /// Still has until the end of this day.
    Until(Date),
    /// Late by this many calendar days.
    Overdue {
        /// Calendar days past the last day.
        days: i64,
    },
}

/// The last day for registration (NĐ 30/2020/NĐ-CP, Điều 4 khoản 2 điểm c; Điều 22 khoản 2).
pub fn last_day(arrived: Timestamp, urgency: Urgency, working: &dyn Fn(Date) -> bool) -> Date {
    let day = arrived.local_date();
    if urgency.is_urgent() { day } else { next_working_day(day, working) }
}

/// How an arrival stands at `now`.
pub fn standing(arrived: Timestamp, urgency: Urgency, now: Timestamp, working: &dyn Fn(Date) -> bool) -> Standing {
    let last = last_day(arrived, urgency, working);
    let today = now.local_date();
    if today > last {
        return Standing::Overdue { days: i64::from((today - last).get_days()) };
    }
    if urgency.is_urgent() {
        Standing::AtOnce { minutes: now.since(arrived).max(0) / 60_000_000 }
    } else {
        Standing::Until(last)
    }
}

/// The first working day after `day`.
///
/// Looks no further than two months: no run of holidays is that long, so that a broken calendar cannot hang the program.
pub fn next_working_day(day: Date, working: &dyn Fn(Date) -> bool) -> Date {
    let mut next = day;
    for _ in 0..60 {
        next = next.tomorrow().unwrap_or(next);
        if working(next) {
            break;
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }
    fn weekday(date: Date) -> bool {
        // Tuesday 24 November 2026 is a holiday in this calendar.
        date.weekday().to_monday_zero_offset() < 5 && date != Date::constant(2026, 11, 24)
    }

    #[test]
    fn the_next_working_day_at_latest() {
        let monday = at("2026-11-23T16:52:00+07:00");
        assert_eq!(last_day(monday, Urgency::Normal, &weekday), Date::constant(2026, 11, 25));
        let friday = at("2026-11-20T08:00:00+07:00");
        assert_eq!(last_day(friday, Urgency::Normal, &weekday), Date::constant(2026, 11, 23));
        assert_eq!(
            standing(friday, Urgency::Normal, at("2026-11-23T17:00:00+07:00"), &weekday),
            Standing::Until(Date::constant(2026, 11, 23))
        );
        assert_eq!(
            standing(friday, Urgency::Normal, at("2026-11-24T00:00:00+07:00"), &weekday),
            Standing::Overdue { days: 1 }
        );
    }

    #[test]
    fn urgent_is_urgent() {
        let arrived = at("2026-11-23T08:02:00+07:00");
        assert_eq!(
            standing(arrived, Urgency::Express, at("2026-11-23T08:41:30+07:00"), &weekday),
            Standing::AtOnce { minutes: 39 }
        );
        assert_eq!(
            standing(arrived, Urgency::Urgent, at("2026-11-24T08:00:00+07:00"), &weekday),
            Standing::Overdue { days: 1 }
        );
    }
}
