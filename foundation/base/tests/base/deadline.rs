//! Due dates: the worked examples, stops and restarts, and the on-time classes.

use base::Timestamp;
use base::calendar::{Session, WeekHours, WorkingCalendar};
use base::deadline::{Effect, Interruption, OnTime, Policy, Term, due};
use jiff::civil::time;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_local(text.replace(' ', "T").parse().unwrap())
}

fn stop(from: &str, until: &str, effect: Effect) -> Interruption {
    Interruption { from: at(from), until: (!until.is_empty()).then(|| at(until)), effect }
}

/// The ten worked examples (`data/due_dates.csv`, hours 07:30–11:30 and 13:30–17:30).
///
/// One of them was found wrong: that of 31/12/2025 takes Friday 02/01/2026 for a working day. The Government exchanged
/// it for Saturday 10/01/2026 (announced by Bộ Nội vụ on 25/12/2025), so all three of its dates fall on Monday
/// 05/01/2026. The file keeps the example as it was handed down; the correction stands here.
#[test]
fn the_worked_examples_hold() {
    let calendar = WorkingCalendar::default();
    let mut seen = 0;
    let mut corrected = 0;
    for row in csv::Reader::from_reader(include_str!("data/due_dates.csv").as_bytes()).records() {
        let row = row.unwrap();
        let days: u32 = row[1].parse().unwrap();
        let found = [
            due(&calendar, at(&row[0]), Term::WorkingDays(days), Policy::Hours, &[]),
            due(&calendar, at(&row[0]), Term::WorkingDays(days), Policy::Civil, &[]),
            due(&calendar, at(&row[0]), Term::CalendarDays(days), Policy::Civil, &[]),
        ];
        let expected = if &row[0] == "2025-12-31 11:40" {
            corrected += 1;
            ["2026-01-05 11:30", "2026-01-05 17:30", "2026-01-05 17:30"].map(|text| Some(at(text)))
        } else {
            [&row[2], &row[3], &row[4]].map(|text| Some(at(text)))
        };
        assert_eq!(found, expected, "{row:?}");
        seen += 1;
    }
    assert_eq!((seen, corrected), (10, 1));
}

#[test]
fn working_hours_run_over_breaks_nights_and_swapped_saturdays() {
    let calendar = WorkingCalendar::default();
    for (received, hours, expected) in [
        ("2025-06-02 10:00", 2, "2025-06-02 14:00"),
        ("2025-06-02 10:30", 1, "2025-06-02 11:30"),
        ("2025-06-02 16:00", 4, "2025-06-03 10:00"),
        ("2025-06-06 16:30", 24, "2025-06-11 16:30"),
        ("2025-04-25 16:30", 8, "2025-04-26 16:30"),
        ("2025-06-02 10:00", 0, "2025-06-02 10:00"),
    ] {
        let found = due(&calendar, at(received), Term::WorkingHours(hours), Policy::Hours, &[]);
        assert_eq!(found, Some(at(expected)), "{received} + {hours} h");
    }
}

#[test]
fn a_stop_gives_back_the_time_it_took() {
    let calendar = WorkingCalendar::default();
    let (received, term) = (at("2025-06-02 09:00"), Term::WorkingDays(5));
    let of = |policy, stops: &[Interruption]| due(&calendar, received, term, policy, stops);
    assert_eq!(of(Policy::Hours, &[]), Some(at("2025-06-09 09:00")));
    // Wednesday 10:00 to Friday 10:00: two days.
    let stopped = [stop("2025-06-04 10:00", "2025-06-06 10:00", Effect::Resume)];
    assert_eq!(of(Policy::Hours, &stopped), Some(at("2025-06-11 09:00")));
    assert_eq!(of(Policy::Civil, &stopped), Some(at("2025-06-11 17:30")));
    // Ended in the lunch break: goes on at 13:30 with the 13 h 30 min that were left.
    let lunch = [stop("2025-06-05 13:30", "2025-06-06 12:00", Effect::Resume)];
    assert_eq!(of(Policy::Hours, &lunch), Some(at("2025-06-10 09:00")));
    // While it lasts there is no due date.
    assert_eq!(of(Policy::Hours, &[stop("2025-06-04 10:00", "", Effect::Resume)]), None);
    // Begun after the deadline it changes nothing, even while it lasts.
    assert_eq!(of(Policy::Hours, &[stop("2025-06-10 10:00", "", Effect::Resume)]), Some(at("2025-06-09 09:00")));
}

#[test]
fn calendar_days_are_given_back_and_still_move_off_days_off() {
    let calendar = WorkingCalendar::default();
    let of =
        |stops: &[Interruption]| due(&calendar, at("2025-06-02 09:00"), Term::CalendarDays(5), Policy::Hours, stops);
    // 07/06 is a Saturday.
    assert_eq!(of(&[]), Some(at("2025-06-09 17:30")));
    assert_eq!(of(&[stop("2025-06-03 09:00", "2025-06-06 09:00", Effect::Resume)]), Some(at("2025-06-10 17:30")));
}

#[test]
fn a_supplement_restarts_the_whole_term() {
    let calendar = WorkingCalendar::default();
    let received = at("2025-06-02 09:00");
    let stops = [
        stop("2025-06-04 10:00", "2025-06-12 18:00", Effect::Restart),
        stop("2025-06-16 08:00", "2025-06-17 08:00", Effect::Resume),
    ];
    let of = |policy| due(&calendar, received, Term::WorkingDays(3), policy, &stops);
    // Supplemented after hours on Thursday: anew from Friday 13/06 07:30, one day of payment on the way.
    assert_eq!(of(Policy::Hours), Some(at("2025-06-18 17:30")));
    assert_eq!(of(Policy::Civil), Some(at("2025-06-19 17:30")));
}

#[test]
fn overlapping_stops_are_counted_once() {
    let calendar = WorkingCalendar::default();
    let of =
        |stops: &[Interruption]| due(&calendar, at("2025-06-02 09:00"), Term::WorkingDays(5), Policy::Hours, stops);
    let one = [stop("2025-06-03 08:00", "2025-06-05 16:00", Effect::Resume)];
    let two = [
        stop("2025-06-04 08:00", "2025-06-05 16:00", Effect::Resume),
        stop("2025-06-03 08:00", "2025-06-04 12:00", Effect::Resume),
    ];
    assert_eq!(of(&one), of(&two));
    let lasting =
        [stop("2025-06-03 08:00", "", Effect::Resume), stop("2025-06-04 08:00", "2025-06-04 12:00", Effect::Resume)];
    assert_eq!(of(&lasting), None);
}

#[test]
fn classes_go_by_the_day_and_the_hour() {
    let due = at("2025-06-09 09:00");
    assert_eq!(OnTime::of(at("2025-06-08 23:59"), due), OnTime::Before);
    assert_eq!(OnTime::of(at("2025-06-09 08:00"), due), OnTime::On);
    assert_eq!(OnTime::of(due, due), OnTime::On);
    assert_eq!(OnTime::of(at("2025-06-09 09:01"), due), OnTime::Late);
    // The day changes at Vietnamese midnight, not at that of UTC.
    assert_eq!(OnTime::of(at("2025-06-09 00:30"), at("2025-06-09 17:30")), OnTime::On);
}

fn moments() -> impl Strategy<Value = Timestamp> {
    (0i64..10 * 366, 0i64..86_400).prop_map(|(day, second)| at("2018-01-01 00:00").plus_seconds(day * 86_400 + second))
}

fn terms() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1u32..80).prop_map(Term::WorkingHours),
        (1u32..40).prop_map(Term::WorkingDays),
        (1u32..90).prop_map(Term::CalendarDays),
    ]
}

proptest! {
    #[test]
    fn the_printed_appointment_is_never_later_than_the_civil_code(received in moments(), days in 1u32..60, short: bool) {
        // Also where Friday has only a morning, which makes days unequal.
        let full = vec![
            Session::new(time(7, 30, 0, 0), time(11, 30, 0, 0)),
            Session::new(time(13, 30, 0, 0), time(17, 30, 0, 0)),
        ];
        let friday = if short { vec![full[0]] } else { full.clone() };
        let days_of_week = [full.clone(), full.clone(), full.clone(), full.clone(), friday, vec![], vec![]];
        let calendar = WorkingCalendar::national(WeekHours::new(days_of_week, full).unwrap());
        let term = Term::WorkingDays(days);
        let hours = due(&calendar, received, term, Policy::Hours, &[]).unwrap();
        let civil = due(&calendar, received, term, Policy::Civil, &[]).unwrap();
        prop_assert!(hours <= civil);
        prop_assert!(hours > received);
    }

    #[test]
    fn later_receipt_and_longer_terms_are_never_due_earlier(a in moments(), b in moments(), term in terms(), civil: bool) {
        let calendar = WorkingCalendar::default();
        let policy = if civil { Policy::Civil } else { Policy::Hours };
        let (first, second) = (a.min(b), a.max(b));
        prop_assert!(due(&calendar, first, term, policy, &[]) <= due(&calendar, second, term, policy, &[]));
        let longer = match term {
            Term::WorkingHours(n) => Term::WorkingHours(n + 1),
            Term::WorkingDays(n) => Term::WorkingDays(n + 1),
            Term::CalendarDays(n) => Term::CalendarDays(n + 1),
        };
        prop_assert!(due(&calendar, a, term, policy, &[]) <= due(&calendar, a, longer, policy, &[]));
    }

    #[test]
    fn a_stop_never_brings_the_deadline_forward(received in moments(), term in terms(), civil: bool, after in 0i64..2_000_000, length in 0i64..2_000_000) {
        let calendar = WorkingCalendar::default();
        let policy = if civil { Policy::Civil } else { Policy::Hours };
        let from = received.plus_seconds(after);
        let plain = due(&calendar, received, term, policy, &[]).unwrap();
        for effect in [Effect::Resume, Effect::Restart] {
            let stop = Interruption { from, until: Some(from.plus_seconds(length)), effect };
            let moved = due(&calendar, received, term, policy, &[stop]).unwrap();
            prop_assert!(moved >= plain, "{effect:?}");
            if from >= plain || (length == 0 && effect == Effect::Resume) {
                prop_assert_eq!(moved, plain);
            }
        }
    }
}
