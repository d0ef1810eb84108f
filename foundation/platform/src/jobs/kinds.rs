//! What the rooms register: kinds of job with their handlers, and schedules.

use super::Job;
use crate::Platform;
use crate::error::Result;
use base::{Random, Timestamp};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that a handler returns.
pub type JobFuture = Pin<Box<dyn Future<Output = Result<JobOutcome>> + Send>>;
/// Does one job; may be called again for the same job, so it must be idempotent.
pub type Handler = Arc<dyn Fn(Platform, Job) -> JobFuture + Send + Sync>;

/// A kind of job.
#[derive(Clone)]
pub struct JobKind {
    /// Its name, e.g. `exchange.deliver`.
    pub name: &'static str,
    /// Does it.
    pub handler: Handler,
    /// Failures before it is parked.
    pub max_attempts: u32,
    /// Waiting time between attempts.
    pub backoff: Backoff,
}

/// Exponential back-off with jitter: between half and the whole of `first · 2ⁿ`, at most `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Seconds after the first failure.
    pub first: i64,
    /// Most seconds.
    pub most: i64,
}

/// What a handler says of its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// Done; the job is closed.
    Done,
    /// Not a failure, but to be run again then (e.g. the peer asked to wait).
    Again {
        /// When.
        at: Timestamp,
    },
    /// Cannot be done by trying again: parked at once with the reason.
    Park {
        /// Why.
        reason: String,
    },
}

/// Work done at fixed times: enqueues the job `kind` with an empty payload.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Its name, e.g. `blobs.collect`.
    pub name: &'static str,
    /// The kind of job to enqueue.
    pub kind: &'static str,
    /// When.
    pub when: When,
}

/// Times of a schedule. Times missed while no server ran are made up for once.
#[derive(Debug, Clone)]
pub enum When {
    /// Every day at these hours and minutes, Vietnam time.
    Daily(&'static [(u8, u8)]),
    /// Every so many minutes from the start of the day, Vietnam time.
    EveryMinutes(u32),
}

impl JobKind {
    /// A kind with 10 attempts and a back-off from 5 s to 1 h.
    pub fn new<F, Fut>(name: &'static str, handler: F) -> Self
    where
        F: Fn(Platform, Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<JobOutcome>> + Send + 'static,
    {
        Self {
            name,
            handler: Arc::new(move |platform, job| Box::pin(handler(platform, job))),
            max_attempts: 10,
            backoff: Backoff { first: 5, most: 3600 },
        }
    }

    /// With so many attempts.
    #[must_use]
    pub fn attempts(mut self, max: u32) -> Self {
        self.max_attempts = max;
        self
    }

    /// With this waiting time between attempts, seconds.
    #[must_use]
    pub fn backoff(mut self, first: i64, most: i64) -> Self {
        self.backoff = Backoff { first, most };
        self
    }
}

impl Backoff {
    /// Microseconds to wait after failure number `failures` (from 1).
    pub fn after(self, failures: u32, random: &Random) -> i64 {
        let doubled = self.first.saturating_mul(1_i64.checked_shl(failures.saturating_sub(1).min(40)).unwrap_or(1));
        let whole = doubled.clamp(0, self.most).saturating_mul(1_000_000);
        let half = whole / 2;
        let share = i64::from(u32::from_le_bytes(random.bytes::<4>()));
        half + (half / i64::from(u32::MAX)) * share + (half % i64::from(u32::MAX)) * share / i64::from(u32::MAX)
    }
}

impl When {
    /// The latest time of this schedule that is not after `now`.
    pub fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        let today = now.local_date();
        match self {
            Self::Daily(times) => {
                let at = |date: base::Date, &(hour, minute): &(u8, u8)| {
                    let time = jiff::civil::Time::new(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0).ok()?;
                    Some(Timestamp::from_local(date.to_datetime(time)))
                };
                let days = [today.yesterday().ok(), Some(today)];
                let all = days.into_iter().flatten().flat_map(|day| times.iter().filter_map(move |time| at(day, time)));
                all.filter(|due| *due <= now).max()
            }
            Self::EveryMinutes(minutes) => {
                let start = Timestamp::from_local(today.to_datetime(jiff::civil::Time::midnight()));
                let step = i64::from((*minutes).max(1)) * 60_000_000;
                Some(Timestamp::from_micros(start.micros() + now.since(start) / step * step))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(&format!("2026-11-{text}+07:00")).unwrap()
    }

    #[test]
    fn times_of_schedules_are_vietnamese() {
        let twice = When::Daily(&[(2, 30), (14, 0)]);
        assert_eq!(twice.latest(at("23T02:29:59")), Some(at("22T14:00:00")));
        assert_eq!(twice.latest(at("23T02:30:00")), Some(at("23T02:30:00")));
        assert_eq!(twice.latest(at("23T23:00:00")), Some(at("23T14:00:00")));
        let quarters = When::EveryMinutes(15);
        assert_eq!(quarters.latest(at("23T08:14:59")), Some(at("23T08:00:00")));
        assert_eq!(quarters.latest(at("23T00:00:00")), Some(at("23T00:00:00")));
    }

    #[test]
    fn the_wait_doubles_up_to_the_most_and_is_never_less_than_half() {
        let random = Random::seeded(3);
        let backoff = Backoff { first: 5, most: 60 };
        for (failures, whole) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (50, 60), (u32::MAX, 60)] {
            for _ in 0..50 {
                let wait = backoff.after(failures, &random);
                assert!((whole * 500_000..=whole * 1_000_000).contains(&wait), "{failures}: {wait}");
            }
        }
        let waits: std::collections::BTreeSet<i64> = (0..20).map(|_| backoff.after(3, &random)).collect();
        assert!(waits.len() > 15, "jitter");
    }
}
