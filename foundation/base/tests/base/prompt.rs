//! Same-day duties of the clerk: the tables of NĐ 30/2020 and QĐ 28/2018.

use base::calendar::WorkingCalendar;
use base::prompt::{PromptDuty, deadline};
use base::{Lang, Timestamp};

fn at(text: &str) -> Timestamp {
    Timestamp::from_local(text.replace(' ', "T").parse().unwrap())
}

#[test]
fn registration_is_due_the_same_day_at_the_latest_the_next_working_day() {
    let calendar = WorkingCalendar::default();
    for (arrived, target, limit) in [
        ("2026-11-23 08:02", "2026-11-23 17:30", "2026-11-25 17:30"), // 24/11 is the Vietnam Cultural Day
        ("2026-11-20 16:59", "2026-11-20 17:30", "2026-11-23 17:30"),
        ("2026-11-20 18:00", "2026-11-23 17:30", "2026-11-23 17:30"),
        ("2026-11-21 09:00", "2026-11-23 17:30", "2026-11-23 17:30"),
        ("2025-04-25 17:00", "2025-04-25 17:30", "2025-04-26 17:30"), // a swapped Saturday
        ("2026-02-13 10:00", "2026-02-13 17:30", "2026-02-23 17:30"),
    ] {
        let found = deadline(&calendar, PromptDuty::Register, at(arrived), false).unwrap();
        assert_eq!((found.target, found.limit), (at(target), at(limit)), "{arrived}");
        assert_eq!(found.basis.label(Lang::Vi), "NĐ 30/2020/NĐ-CP, Điều 4 khoản 2 điểm c");
    }
}

#[test]
fn sending_is_due_the_day_of_signing_at_the_latest_the_next_morning() {
    let calendar = WorkingCalendar::default();
    for (signed, target, limit) in [
        ("2026-11-23 15:00", "2026-11-23 17:30", "2026-11-25 11:30"),
        ("2026-11-27 16:00", "2026-11-27 17:30", "2026-11-30 11:30"),
        ("2026-11-28 09:00", "2026-11-30 17:30", "2026-11-30 11:30"),
    ] {
        let found = deadline(&calendar, PromptDuty::Send, at(signed), false).unwrap();
        assert_eq!(found.limit, at(limit), "{signed}");
        // On a day off there is no working day of signing left; the limit is the earlier of the two.
        assert_eq!(found.target, at(target).min(at(limit)), "{signed}");
        assert_eq!(found.basis.label(Lang::En), "QĐ 28/2018/QĐ-TTg, Article 6");
    }
}

#[test]
fn what_is_urgent_is_due_at_once() {
    let calendar = WorkingCalendar::default();
    for duty in [PromptDuty::Register, PromptDuty::Send, PromptDuty::Issue, PromptDuty::Submit] {
        let found = deadline(&calendar, duty, at("2026-11-21 09:00"), true).unwrap();
        assert_eq!((found.target, found.limit), (at("2026-11-21 09:00"), at("2026-11-21 09:00")));
    }
}

#[test]
fn before_the_decree_there_was_no_such_duty() {
    let calendar = WorkingCalendar::default();
    assert!(deadline(&calendar, PromptDuty::Register, at("2020-03-04 09:00"), false).is_none());
    assert!(deadline(&calendar, PromptDuty::Send, at("2019-01-02 09:00"), false).is_some());
}
