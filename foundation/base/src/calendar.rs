//! The Vietnamese working calendar: holidays, swapped Saturdays, and the hours of each unit with half days and several sessions.

use crate::{Date, Text, table};
use jiff::SignedDuration;
use jiff::civil::{DateTime, Time, Weekday, time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// No search for an open session looks further than this; a unit that is closed longer has no working time.
const HORIZON_DAYS: u32 = 4000;

/// Why a day is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// A public holiday (Bộ luật Lao động 2019, Điều 112).
    Holiday,
    /// The working day that follows a holiday on a weekend (Điều 111 khoản 3).
    ObservedInLieu,
    /// A working day exchanged for a Saturday by decision of the Government.
    SwappedDayOff,
}

/// One day off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Why it is off.
    pub kind: HolidayKind,
    /// The Saturday that is worked instead, of a swapped day.
    pub working_saturday: Option<Date>,
    /// What it is called.
    pub name: Text,
    /// Computed ahead of the Government's yearly announcement: may still change.
    pub projected: bool,
}

/// Days off and swapped Saturdays, from `data/holidays.csv`.
#[derive(Debug, Clone, Default)]
pub struct Holidays {
    off: BTreeMap<Date, Holiday>,
    working_saturdays: BTreeSet<Date>,
}

#[derive(Deserialize)]
struct HolidayRow {
    date: Date,
    kind: HolidayKind,
    working_saturday: Option<Date>,
    name_vi: String,
    name_en: String,
    evidence: String,
}

impl Holidays {
    /// The national calendar.
    pub fn national() -> Arc<Self> {
        static NATIONAL: OnceLock<Arc<Holidays>> = OnceLock::new();
        let read = || {
            let rows = table::rows("holidays.csv", include_str!("../../../data/holidays.csv"));
            Arc::new(Self::of(rows.into_iter().map(|row: HolidayRow| Holiday {
                date: row.date,
                kind: row.kind,
                working_saturday: row.working_saturday,
                name: Text::new(row.name_vi, row.name_en),
                projected: row.evidence == "projected",
            })))
        };
        Arc::clone(NATIONAL.get_or_init(read))
    }

    /// A calendar of these days off.
    pub fn of(days: impl IntoIterator<Item = Holiday>) -> Self {
        let off: BTreeMap<Date, Holiday> = days.into_iter().map(|day| (day.date, day)).collect();
        let working_saturdays = off.values().filter_map(|day| day.working_saturday).collect();
        Self { off, working_saturdays }
    }

    /// The day off on `date`, if it is one.
    pub fn on(&self, date: Date) -> Option<&Holiday> {
        self.off.get(&date)
    }

    /// Whether `date` is a Saturday worked in exchange for a day off.
    pub fn is_working_saturday(&self, date: Date) -> bool {
        self.working_saturdays.contains(&date)
    }

    /// The days off from `from` to `to`, both included, in order.
    pub fn between(&self, from: Date, to: Date) -> impl Iterator<Item = &Holiday> {
        // A range that ends before it begins would panic.
        self.off.range(from..=to.max(from)).map(|(_, day)| day)
    }

    /// The last year for which the Government's announcement is known; what lies behind it is projected.
    pub fn announced_until(&self) -> Option<i16> {
        self.off.values().filter(|day| !day.projected).map(|day| day.date.year()).max()
    }

    /// Whether `date` lies in a year of which anything is known at all.
    pub fn covers(&self, date: Date) -> bool {
        let years = self.off.keys().next().zip(self.off.keys().next_back());
        years.is_some_and(|(first, last)| (first.year()..=last.year()).contains(&date.year()))
    }
}

/// A stretch of work within a day; `until` is excluded as a moment to begin and included as a moment to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Session {
    /// Opening time.
    pub from: Time,
    /// Closing time, after `from`.
    pub until: Time,
}

impl Session {
    /// A session.
    pub const fn new(from: Time, until: Time) -> Self {
        Self { from, until }
    }

    /// How long it lasts.
    pub fn length(self) -> SignedDuration {
        self.until.duration_since(self.from)
    }
}

/// Why a timetable cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// A session ends before it begins, overlaps the one before, or carries seconds.
    #[error("sessions must be in order, apart, at least a minute long and given in whole minutes")]
    Sessions,
    /// No session from Monday to Friday, or none for a swapped Saturday.
    #[error("at least one session from Monday to Friday and one for swapped Saturdays")]
    NeverOpen,
}

/// The weekly timetable of a unit (giờ làm việc).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "HoursRow", into = "HoursRow")]
pub struct WeekHours {
    /// Monday first.
    days: [Vec<Session>; 7],
    working_saturday: Vec<Session>,
}

#[derive(Serialize, Deserialize)]
struct HoursRow {
    days: [Vec<Session>; 7],
    working_saturday: Vec<Session>,
}

impl TryFrom<HoursRow> for WeekHours {
    type Error = HoursError;
    fn try_from(row: HoursRow) -> Result<Self, HoursError> {
        Self::new(row.days, row.working_saturday)
    }
}

impl From<WeekHours> for HoursRow {
    fn from(hours: WeekHours) -> Self {
        Self { days: hours.days, working_saturday: hours.working_saturday }
    }
}

impl WeekHours {
    /// A timetable: the sessions of each day, Monday first, and those of a Saturday worked in exchange.
    pub fn new(days: [Vec<Session>; 7], working_saturday: Vec<Session>) -> Result<Self, HoursError> {
        let whole = |t: Time| t.second() == 0 && t.subsec_nanosecond() == 0;
        for day in days.iter().chain([&working_saturday]) {
            let ordered = day.windows(2).all(|pair| pair[0].until < pair[1].from);
            if !ordered || !day.iter().all(|s| s.from < s.until && whole(s.from) && whole(s.until)) {
                return Err(HoursError::Sessions);
            }
        }
        if working_saturday.is_empty() || days[..5].iter().all(Vec::is_empty) {
            return Err(HoursError::NeverOpen);
        }
        Ok(Self { days, working_saturday })
    }

    /// The same sessions Monday to Friday.
    pub fn weekdays(sessions: &[Session]) -> Result<Self, HoursError> {
        let day = sessions.to_vec();
        let days = [day.clone(), day.clone(), day.clone(), day.clone(), day.clone(), Vec::new(), Vec::new()];
        Self::new(days, day)
    }

    /// The same with the Saturday morning open, as many one-stop units have it.
    #[must_use]
    pub fn with_saturday(mut self, session: Session) -> Self {
        self.days[5] = vec![session];
        self
    }

    /// The sessions of an ordinary day of that name.
    pub fn of(&self, weekday: Weekday) -> &[Session] {
        &self.days[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// The working time of the longest day from Monday to Friday: what “one working day” is worth in hours.
    pub fn day_length(&self) -> SignedDuration {
        let length = |day: &Vec<Session>| day.iter().fold(SignedDuration::ZERO, |sum, s| sum + s.length());
        self.days[..5].iter().map(length).max().unwrap_or(SignedDuration::ZERO)
    }

    fn latest_close(&self) -> Time {
        self.days.iter().flatten().map(|s| s.until).max().unwrap_or(time(17, 30, 0, 0))
    }
}

impl Default for WeekHours {
    /// 07:30–11:30 and 13:30–17:30, Monday to Friday: eight hours (common practice; each unit sets its own).
    fn default() -> Self {
        let day = vec![
            Session::new(time(7, 30, 0, 0), time(11, 30, 0, 0)),
            Session::new(time(13, 30, 0, 0), time(17, 30, 0, 0)),
        ];
        let days = [day.clone(), day.clone(), day.clone(), day.clone(), day.clone(), Vec::new(), Vec::new()];
        Self { days, working_saturday: day }
    }
}

/// The calendar of one unit: the national days off, its hours, and its own exceptions.
#[derive(Debug, Clone)]
pub struct WorkingCalendar {
    holidays: Arc<Holidays>,
    hours: WeekHours,
    exceptions: BTreeMap<Date, Vec<Session>>,
}

impl Default for WorkingCalendar {
    fn default() -> Self {
        Self::national(WeekHours::default())
    }
}

impl WorkingCalendar {
    /// The national calendar with the unit's hours.
    pub fn national(hours: WeekHours) -> Self {
        Self::new(Holidays::national(), hours)
    }

    /// A calendar of these holidays and hours.
    pub const fn new(holidays: Arc<Holidays>, hours: WeekHours) -> Self {
        Self { holidays, hours, exceptions: BTreeMap::new() }
    }

    /// Sets the sessions of one day; none closes the unit (a storm, a local holiday). They must be in order and apart.
    pub fn except(mut self, date: Date, sessions: Vec<Session>) -> Result<Self, HoursError> {
        if !sessions.is_empty() {
            WeekHours::weekdays(&sessions)?;
        }
        self.exceptions.insert(date, sessions);
        Ok(self)
    }

    /// The days off behind it.
    pub fn holidays(&self) -> &Holidays {
        &self.holidays
    }

    /// The unit's timetable.
    pub const fn hours(&self) -> &WeekHours {
        &self.hours
    }

    /// Whether `date` counts as a working day (ngày làm việc): Monday to Friday and swapped Saturdays, days off
    /// excluded. A Saturday morning on which a unit merely opens its desk does not count.
    pub fn is_working_day(&self, date: Date) -> bool {
        if let Some(sessions) = self.exceptions.get(&date)
            && sessions.is_empty()
        {
            return false;
        }
        if self.holidays.is_working_saturday(date) {
            return true;
        }
        self.holidays.on(date).is_none() && !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    /// The sessions in which the unit works on `date`; empty when it is closed.
    pub fn sessions(&self, date: Date) -> &[Session] {
        if let Some(sessions) = self.exceptions.get(&date) {
            return sessions;
        }
        if self.holidays.is_working_saturday(date) {
            return &self.hours.working_saturday;
        }
        if self.holidays.on(date).is_some() { &[] } else { self.hours.of(date.weekday()) }
    }

    /// Whether the unit works at that moment.
    pub fn is_open(&self, at: DateTime) -> bool {
        self.sessions(at.date()).iter().any(|s| s.from <= at.time() && at.time() < s.until)
    }

    /// `at` itself when the unit works then, otherwise the start of its next session: what is received in the lunch
    /// break, at night or on a day off counts from there.
    pub fn next_open(&self, at: DateTime) -> DateTime {
        let mut date = at.date();
        let mut from = at.time();
        for _ in 0..HORIZON_DAYS {
            if let Some(session) = self.sessions(date).iter().find(|s| from < s.until) {
                return date.to_datetime(session.from.max(from));
            }
            let Ok(tomorrow) = date.tomorrow() else { break };
            date = tomorrow;
            from = Time::midnight();
        }
        at
    }

    /// When work ends on `date`; on a day without sessions, the hour at which it would.
    pub fn day_end(&self, date: Date) -> DateTime {
        let close = self.sessions(date).last().map_or_else(|| self.hours.latest_close(), |s| s.until);
        date.to_datetime(close)
    }

    /// When the morning ends on `date`: the close of the last session that begins before noon, otherwise noon.
    pub fn morning_end(&self, date: Date) -> DateTime {
        let noon = time(12, 0, 0, 0);
        let morning = self.sessions(date).iter().rev().find(|s| s.from < noon);
        // A unit that works through without a break ends its morning at noon.
        date.to_datetime(morning.map_or(noon, |s| if s.until > time(13, 0, 0, 0) { noon } else { s.until }))
    }

    /// The first working day on or after `date`.
    pub fn working_day_from(&self, date: Date) -> Date {
        self.add_working_days(date.yesterday().unwrap_or(date), 1)
    }

    /// The `count`th working day after `date`, which is not itself counted (Bộ luật Dân sự 2015, Điều 147).
    pub fn add_working_days(&self, date: Date, count: u32) -> Date {
        let mut day = date;
        let mut left = count;
        let mut idle = 0;
        while left > 0 && idle < HORIZON_DAYS {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            if self.is_working_day(day) {
                left -= 1;
                idle = 0;
            } else {
                idle += 1;
            }
        }
        day
    }

    /// Working days from `from` (included) to `to` (excluded).
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day < to {
            count += u32::from(self.is_working_day(day));
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
        }
        count
    }

    /// The moment at which that much work after `at` is done. It falls at the end of a session rather than at the
    /// start of the next, and never into a break.
    pub fn add_working_time(&self, at: DateTime, work: SignedDuration) -> DateTime {
        let mut now = self.next_open(at);
        let mut left = work;
        while left > SignedDuration::ZERO {
            let Some(session) = self.sessions(now.date()).iter().find(|s| s.from <= now.time() && now.time() < s.until)
            else {
                break;
            };
            let until = now.date().to_datetime(session.until);
            let available = until.duration_since(now);
            if left <= available {
                return now.saturating_add(left);
            }
            left -= available;
            now = self.next_open(until);
        }
        now
    }

    /// The work that fits between `from` and `to`; zero when `to` is not after `from`.
    pub fn working_time_between(&self, from: DateTime, to: DateTime) -> SignedDuration {
        let mut total = SignedDuration::ZERO;
        let mut date = from.date();
        while date <= to.date() {
            for session in self.sessions(date) {
                let begin = date.to_datetime(session.from).max(from);
                let end = date.to_datetime(session.until).min(to);
                total += end.duration_since(begin).max(SignedDuration::ZERO);
            }
            let Ok(tomorrow) = date.tomorrow() else { break };
            date = tomorrow;
        }
        total
    }
}
