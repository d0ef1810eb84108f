//! Holidays, swapped Saturdays and the hours of a unit.

use base::calendar::{HolidayKind, Holidays, HoursError, Session, WeekHours, WorkingCalendar};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date, time};
use proptest::prelude::*;

fn at(text: &str) -> DateTime {
    text.replace(' ', "T").parse().unwrap()
}

fn morning() -> Session {
    Session::new(time(7, 30, 0, 0), time(11, 30, 0, 0))
}

#[test]
fn the_national_calendar_knows_tet_swaps_and_days_in_lieu() {
    let calendar = WorkingCalendar::default();
    let off = [
        "2025-01-27",
        "2025-01-31",
        "2025-04-30",
        "2025-05-02",
        "2025-09-02",
        "2026-01-02",
        "2026-02-16",
        "2026-02-20",
        "2026-04-27",
        "2026-08-31",
        "2026-11-24",
        "2025-06-14",
        "2025-06-15",
    ];
    for day in off {
        let day: Date = day.parse().unwrap();
        assert!(!calendar.is_working_day(day) && calendar.sessions(day).is_empty(), "{day}");
    }
    for day in ["2025-04-26", "2024-05-04", "2026-01-10", "2026-08-22", "2025-01-24", "2026-11-23"] {
        let day: Date = day.parse().unwrap();
        assert!(calendar.is_working_day(day) && calendar.sessions(day).len() == 2, "{day}");
    }
}

#[test]
fn every_row_of_the_table_is_sound() {
    let national = Holidays::national();
    let days: Vec<_> = national.between(date(2018, 1, 1), date(2030, 12, 31)).collect();
    assert_eq!(days.len(), 186);
    for day in &days {
        assert_eq!(day.kind == HolidayKind::SwappedDayOff, day.working_saturday.is_some(), "{}", day.date);
        if let Some(saturday) = day.working_saturday {
            assert_eq!(saturday.weekday(), jiff::civil::Weekday::Saturday);
            assert!(national.on(saturday).is_none());
        }
        assert!(!day.name.vi.is_empty() && !day.name.en.is_empty());
        assert_eq!(day.projected, day.date.year() > 2026);
    }
    assert_eq!(national.announced_until(), Some(2026));
    assert!(national.covers(date(2030, 6, 1)) && !national.covers(date(2031, 6, 1)));
    // NĐ and Bộ luật Lao động 2019, Điều 112: at least five days of Tết, two of Quốc khánh, one of each other.
    for year in 2022..=2030 {
        let named = |what: &str| days.iter().filter(|d| d.date.year() == year && d.name.vi.contains(what)).count();
        assert!(named("Quốc khánh") >= 2, "{year}");
        assert!(named("Tết") >= 6, "{year}");
    }
}

#[test]
fn what_is_received_outside_hours_counts_from_the_next_session() {
    let calendar = WorkingCalendar::default();
    for (received, counts_from) in [
        ("2025-06-02 07:00", "2025-06-02 07:30"),
        ("2025-06-02 11:29:59", "2025-06-02 11:29:59"),
        ("2025-06-02 11:30", "2025-06-02 13:30"),
        ("2025-06-02 17:30", "2025-06-03 07:30"),
        ("2025-06-14 10:00", "2025-06-16 07:30"),
        ("2025-08-29 17:45", "2025-09-03 07:30"),
        ("2025-04-26 10:00", "2025-04-26 10:00"),
        ("2025-12-31 17:31", "2026-01-05 07:30"),
    ] {
        assert_eq!(calendar.next_open(at(received)), at(counts_from), "{received}");
    }
}

#[test]
fn a_saturday_morning_desk_is_open_but_no_working_day() {
    let calendar = WorkingCalendar::national(WeekHours::default().with_saturday(morning()));
    assert!(calendar.is_open(at("2025-06-14 10:00")) && !calendar.is_open(at("2025-06-14 14:00")));
    assert!(!calendar.is_working_day(date(2025, 6, 14)));
    // Holidays close it, and a swapped Saturday is a whole day.
    assert!(!calendar.is_open(at("2025-02-01 10:00")));
    assert!(calendar.is_open(at("2025-04-26 15:00")));
    let (friday, four_hours) = (at("2025-06-13 13:30"), SignedDuration::from_hours(8));
    assert_eq!(calendar.add_working_time(friday, four_hours), at("2025-06-14 11:30"));
}

#[test]
fn units_set_their_own_hours_and_exceptions() {
    let three = [
        Session::new(time(7, 0, 0, 0), time(9, 0, 0, 0)),
        Session::new(time(9, 30, 0, 0), time(11, 30, 0, 0)),
        Session::new(time(13, 0, 0, 0), time(16, 0, 0, 0)),
    ];
    let hours = WeekHours::weekdays(&three).unwrap();
    assert_eq!(hours.day_length(), SignedDuration::from_hours(7));
    let calendar = WorkingCalendar::national(hours).except(date(2025, 6, 3), Vec::new()).unwrap();
    assert_eq!(calendar.next_open(at("2025-06-02 09:10")), at("2025-06-02 09:30"));
    assert_eq!(calendar.next_open(at("2025-06-02 16:00")), at("2025-06-04 07:00"));
    assert!(!calendar.is_working_day(date(2025, 6, 3)));
    assert_eq!(calendar.morning_end(date(2025, 6, 2)), at("2025-06-02 11:30"));
    let through = WeekHours::weekdays(&[Session::new(time(8, 0, 0, 0), time(16, 0, 0, 0))]).unwrap();
    assert_eq!(WorkingCalendar::national(through).morning_end(date(2025, 6, 2)), at("2025-06-02 12:00"));
}

#[test]
fn unusable_timetables_are_refused() {
    let (a, b) = (morning(), Session::new(time(11, 0, 0, 0), time(12, 0, 0, 0)));
    assert_eq!(WeekHours::weekdays(&[a, b]), Err(HoursError::Sessions));
    assert_eq!(WeekHours::weekdays(&[Session::new(a.until, a.from)]), Err(HoursError::Sessions));
    assert_eq!(WeekHours::weekdays(&[]), Err(HoursError::NeverOpen));
    assert!(serde_json::from_str::<WeekHours>(r#"{"days":[[],[],[],[],[],[],[]],"working_saturday":[]}"#).is_err());
    let json = serde_json::to_string(&WeekHours::default()).unwrap();
    assert_eq!(serde_json::from_str::<WeekHours>(&json).unwrap(), WeekHours::default());
}

fn moments() -> impl Strategy<Value = DateTime> {
    (0i64..12 * 366, 0i64..86_400).prop_map(|(day, second)| {
        let start = date(2018, 1, 1).to_datetime(jiff::civil::Time::midnight());
        start.saturating_add(SignedDuration::from_secs(day * 86_400 + second))
    })
}

proptest! {
    #[test]
    fn adding_work_and_measuring_it_agree(from in moments(), seconds in 1i64..400_000, saturday: bool) {
        let hours = WeekHours::default();
        let calendar = WorkingCalendar::national(if saturday { hours.with_saturday(morning()) } else { hours });
        let work = SignedDuration::from_secs(seconds);
        let end = calendar.add_working_time(from, work);
        prop_assert_eq!(calendar.working_time_between(from, end), work);
        // It ends within a session, or at its close: never in a break.
        let day = calendar.sessions(end.date());
        prop_assert!(day.iter().any(|s| s.from < end.time() && end.time() <= s.until));
    }

    #[test]
    fn the_nth_working_day_has_n_working_days_before_it(from in moments(), count in 1u32..60) {
        let calendar = WorkingCalendar::default();
        let day = calendar.add_working_days(from.date(), count);
        prop_assert!(calendar.is_working_day(day));
        prop_assert_eq!(calendar.working_days_between(from.date().tomorrow().unwrap(), day.tomorrow().unwrap()), count);
    }

    #[test]
    fn the_next_open_moment_is_open_and_none_is_skipped(from in moments()) {
        let calendar = WorkingCalendar::default();
        let open = calendar.next_open(from);
        prop_assert!(open >= from && calendar.is_open(open));
        prop_assert_eq!(calendar.working_time_between(from, open), SignedDuration::ZERO);
    }
}
