//! Time: UTC microseconds inside, Asia/Ho_Chi_Minh at the edges, and a clock that tests can hold still.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub use jiff::civil::{Date, DateTime};

/// Seconds that Vietnam's time is ahead of UTC (UTC+7, no daylight saving since 1975; QĐ 134/2002/QĐ-TTg).
pub const VIETNAM_OFFSET_SECONDS: i64 = 7 * 3600;

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339, e.g. `2026-11-23T08:02:37+07:00`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }

    /// RFC 3339 in UTC with microseconds, e.g. `2026-11-23T01:02:37.000000Z`.
    pub fn rfc3339(self) -> String {
        let t = self.to_local_offset(0);
        format!("{}.{:06}Z", t.strftime("%Y-%m-%dT%H:%M:%S"), self.0.rem_euclid(1_000_000))
    }

    /// Wall time in Vietnam.
    pub fn to_local(self) -> DateTime {
        self.to_local_offset(VIETNAM_OFFSET_SECONDS)
    }

    /// The day it is in Vietnam.
    pub fn local_date(self) -> Date {
        self.to_local().date()
    }

    /// From wall time in Vietnam.
    pub fn from_local(local: DateTime) -> Self {
        let days = days_from_civil(local.date());
        let t = local.time();
        let seconds = days * 86_400 + i64::from(t.hour()) * 3600 + i64::from(t.minute()) * 60 + i64::from(t.second())
            - VIETNAM_OFFSET_SECONDS;
        Self(seconds * 1_000_000 + i64::from(t.subsec_nanosecond()) / 1000)
    }

    /// This moment plus `seconds` (may be negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Microseconds from `earlier` to this moment.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    fn to_local_offset(self, offset: i64) -> DateTime {
        let shifted = self.0.saturating_add(offset * 1_000_000);
        jiff::Timestamp::from_microsecond(shifted)
            .map_or(DateTime::ZERO, |t| t.to_zoned(jiff::tz::TimeZone::UTC).datetime())
    }
}

fn days_from_civil(date: Date) -> i64 {
    // Days between the epoch and `date`, both on the proleptic Gregorian calendar.
    i64::from((date - Date::constant(1970, 1, 1)).get_days())
}

/// Where “now” comes from: a parameter everywhere, so that every test is repeatable.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that moves only when told to.
    Frozen(Arc<AtomicI64>),
}

impl Clock {
    /// A clock standing at `at`.
    pub fn frozen(at: Timestamp) -> Self {
        Self::Frozen(Arc::new(AtomicI64::new(at.micros())))
    }

    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_microsecond()),
            Self::Frozen(micros) => Timestamp(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a frozen clock on; the machine's clock cannot be moved and stays as it is.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Self::Frozen(micros) = self {
            micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }

    /// Sets a frozen clock.
    pub fn set(&self, at: Timestamp) {
        if let Self::Frozen(micros) = self {
            micros.store(at.micros(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_and_back() {
        let t = Timestamp::parse("2026-11-23T08:02:37+07:00").expect("valid");
        assert_eq!(t.to_local().to_string(), "2026-11-23T08:02:37");
        assert_eq!(Timestamp::from_local(t.to_local()), t);
        assert_eq!(t.rfc3339(), "2026-11-23T01:02:37.000000Z");
        assert_eq!(Timestamp::parse(&t.rfc3339()), Some(t));
    }

    #[test]
    fn the_day_changes_at_vietnamese_midnight() {
        let t = Timestamp::parse("2026-11-22T17:00:00Z").expect("valid");
        assert_eq!(t.local_date().to_string(), "2026-11-23");
        assert_eq!(t.plus_seconds(-1).local_date().to_string(), "2026-11-22");
    }
}
