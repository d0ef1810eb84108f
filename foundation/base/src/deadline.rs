//! Deadlines: when something is due, what stops and restarts the clock, and whether it was done in time.

use crate::calendar::WorkingCalendar;
use crate::{Date, Lang, Text, Timestamp};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// How long something may take, in the unit in which the law gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "unit", content = "count")]
pub enum Term {
    /// Working hours (giờ làm việc).
    WorkingHours(u32),
    /// Working days (ngày làm việc).
    WorkingDays(u32),
    /// Calendar days (ngày): due at the end of the last one; if that is a day off, of the next working day.
    CalendarDays(u32),
}

/// How working days are counted; hours and calendar days know only one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// A day is worth the unit's daily hours, so it is due at the same time of day; what the printed appointment of
    /// the one-stop units says. Never later than [`Policy::Civil`].
    #[default]
    Hours,
    /// The first day is not counted and the last one ends with its working hours (Bộ luật Dân sự 2015, Điều 147, 148).
    Civil,
}

/// A time in which the clock did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; None while it lasts.
    pub until: Option<Timestamp>,
    /// What happens at its end.
    pub effect: Effect,
}

/// What happens when an interruption ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The clock goes on with what was left, as after a payment.
    Resume,
    /// The whole term begins anew, as after a supplement (NĐ 61/2018/NĐ-CP, Điều 19 khoản 4).
    Restart,
}

/// When it is due.
///
/// `received` outside working hours counts from the start of the next session. Interruptions may overlap and come in
/// any order; one that begins after the deadline has passed changes nothing. None while the clock stands.
pub fn due(
    calendar: &WorkingCalendar,
    received: Timestamp,
    term: Term,
    policy: Policy,
    interruptions: &[Interruption],
) -> Option<Timestamp> {
    let mut clock = Running::start(calendar, received, term, policy);
    for stop in merged(interruptions) {
        if stop.from >= clock.due(calendar) {
            break;
        }
        let until = stop.until?;
        match stop.effect {
            Effect::Restart => clock = Running::start(calendar, until, term, policy),
            Effect::Resume => clock.stand_still(calendar, stop.from, until),
        }
    }
    Some(clock.due(calendar))
}

/// The interruptions in order, those that overlap made one: it ends with the last, and restarts the term if any of
/// them does.
fn merged(interruptions: &[Interruption]) -> Vec<Interruption> {
    let mut sorted = interruptions.to_vec();
    sorted.sort_by_key(|stop| stop.from);
    let mut out: Vec<Interruption> = Vec::with_capacity(sorted.len());
    for stop in sorted {
        match out.last_mut() {
            Some(last) if last.until.is_none_or(|until| stop.from < until) => {
                last.until = last.until.zip(stop.until).map(|(a, b)| a.max(b));
                if stop.effect == Effect::Restart {
                    last.effect = Effect::Restart;
                }
            }
            _ => out.push(stop),
        }
    }
    out
}

/// A term on its way: the same three countings side by side, moved along by each interruption.
struct Running {
    /// The working time left from a moment on, where the term is counted in time.
    left: Option<(DateTime, SignedDuration)>,
    /// The last day, where it is counted in working days.
    last_working_day: Option<Date>,
    /// The last day before it is moved off a day off, where it is counted in calendar days.
    last_day: Option<Date>,
}

impl Running {
    fn start(calendar: &WorkingCalendar, received: Timestamp, term: Term, policy: Policy) -> Self {
        let at = calendar.next_open(received.to_local());
        let mut running = Self { left: None, last_working_day: None, last_day: None };
        match term {
            Term::WorkingHours(hours) => running.left = Some((at, SignedDuration::from_hours(i64::from(hours)))),
            Term::WorkingDays(days) => {
                running.last_working_day = Some(calendar.add_working_days(at.date(), days));
                if policy == Policy::Hours {
                    let length = i32::try_from(days).unwrap_or(i32::MAX);
                    running.left = Some((at, calendar.hours().day_length().saturating_mul(length)));
                }
            }
            Term::CalendarDays(days) => running.last_day = Some(plus_days(at.date(), i64::from(days))),
        }
        running
    }

    fn due(&self, calendar: &WorkingCalendar) -> Timestamp {
        let by_time = self.left.map(|(at, left)| calendar.add_working_time(at, left));
        let by_working_day = self.last_working_day.map(|day| calendar.day_end(day));
        let by_day = self.last_day.map(|day| calendar.day_end(calendar.working_day_from(day)));
        let earliest = [by_time, by_working_day, by_day].into_iter().flatten().min();
        Timestamp::from_local(earliest.unwrap_or(DateTime::MAX))
    }

    fn stand_still(&mut self, calendar: &WorkingCalendar, from: Timestamp, until: Timestamp) {
        let (from, until) = (from.to_local(), until.to_local());
        if let Some((at, left)) = self.left {
            let done = calendar.working_time_between(at, from);
            self.left = Some((calendar.next_open(until.max(at)), (left - done).max(SignedDuration::ZERO)));
            // Given back to the second, which the day-wise limit cannot follow.
            self.last_working_day = None;
        }
        // The days of the interruption are given back, its last day excepted, on which the work goes on.
        if let Some(last) = self.last_working_day {
            let days = calendar.working_days_between(from.date(), until.date());
            self.last_working_day = Some(calendar.add_working_days(last, days));
        }
        if let Some(last) = self.last_day {
            let days = i64::from((until.date() - from.date()).get_days()).max(0);
            self.last_day = Some(plus_days(last, days));
        }
    }
}

fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::Span::new().days(days.clamp(0, 3_000_000)))
}

/// Whether something was done in time, as the statistics count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnTime {
    /// Before the day on which it was due (trước hạn).
    Before,
    /// On the day on which it was due, not after its hour (đúng hạn).
    On,
    /// After the deadline (quá hạn).
    Late,
}

impl OnTime {
    /// The class of what was finished then and due then.
    pub fn of(finished: Timestamp, due: Timestamp) -> Self {
        if finished > due {
            Self::Late
        } else if finished.local_date() < due.local_date() {
            Self::Before
        } else {
            Self::On
        }
    }

    /// Its name.
    pub const fn label(self) -> Text {
        match self {
            Self::Before => Text::fixed("Trước hạn", "Early"),
            Self::On => Text::fixed("Đúng hạn", "On time"),
            Self::Late => Text::fixed("Quá hạn", "Late"),
        }
    }
}

impl Term {
    /// The term in words: “5 ngày làm việc”.
    pub fn label(self, lang: Lang) -> String {
        let (count, vi, one, many) = match self {
            Self::WorkingHours(n) => (n, "giờ làm việc", "working hour", "working hours"),
            Self::WorkingDays(n) => (n, "ngày làm việc", "working day", "working days"),
            Self::CalendarDays(n) => (n, "ngày", "day", "days"),
        };
        format!("{count}\u{a0}{}", lang.t(vi, if count == 1 { one } else { many }))
    }
}
