//! The incoming side of the day: what is left to register, to submit, to direct, and what is late; for home pages.

use super::list::{Wanted, filter_of};
use super::look::registration_standing;
use super::tell::short_name;
use crate::rules::incoming::State;
use crate::rules::registration_deadline::Standing;
use crate::store::incoming::Incoming;
use crate::store::incoming::incoming_registered_since;
use crate::store::incoming_lists::{IncomingFilter, incoming_counts, incoming_leads, incoming_page};
use crate::use_cases::deed::{Deed, reach_of};
use base::Timestamp;
use platform::{Result, Tx};

/// The most ticks of a tally; above this a bar says it better.
pub const TICKS: i64 = 200;

/// One arrival that is not in the register yet.
#[derive(Debug, Clone)]
pub struct Tick {
    /// The document.
    pub document: Incoming,
    /// Number and notation, or the beginning of the subject.
    pub name: String,
    /// Its day for registration has passed.
    pub late: bool,
}

/// What the incoming side of the day comes to, for whoever asks.
#[derive(Debug, Clone, Default)]
pub struct IncomingDay {
    /// Arrivals that are not registered, the most urgent first; at most [`TICKS`].
    pub unregistered: Vec<Tick>,
    /// How many there are.
    pub unregistered_count: i64,
    /// How many of the ticks are late.
    pub unregistered_late: i64,
    /// When the agency registered last.
    pub last_registered_at: Option<Timestamp>,
    /// How many were registered today.
    pub registered_today: i64,
    /// Registered, not yet put before anybody.
    pub to_submit: i64,
    /// Waiting for a directive.
    pub waiting: i64,
    /// Waiting for the person's own directive.
    pub waiting_for_me: i64,
    /// Assigned or in process.
    pub working: i64,
    /// Late, by the unit or person in the lead.
    pub overdue: Vec<(String, i64)>,
    /// What the person, or the unit that he heads, holds.
    pub mine: i64,
    /// Of these, late.
    pub mine_late: i64,
}

/// The incoming side of the day.
pub fn incoming_day(tx: &Tx<'_>, deed: &Deed) -> Result<IncomingDay> {
    let reach = reach_of(&deed.principal);
    let today = deed.today();
    let counts = incoming_counts(tx, &reach, &IncomingFilter::default())?;
    let of = |states: &[State]| counts.iter().filter(|(s, _)| states.contains(s)).map(|(_, n)| n).sum::<i64>();
    let arrived = IncomingFilter { states: vec![State::Arrived], ..IncomingFilter::default() };
    let (rows, _) = incoming_page(tx, &reach, &arrived, None, TICKS)?;
    let unregistered: Vec<Tick> = rows
        .into_iter()
        .map(|document| Tick {
            name: short_name(&document),
            late: matches!(registration_standing(&document, deed.now), Standing::Overdue { .. }),
            document,
        })
        .collect();
    let late = IncomingFilter {
        states: vec![State::Directed, State::InProcess],
        deadline_before: Some(today),
        ..IncomingFilter::default()
    };
    let total = |wanted: Wanted| -> Result<i64> {
        let filter = filter_of(tx, deed, &wanted)?;
        Ok(incoming_counts(tx, &reach, &filter)?.iter().map(|(_, n)| n).sum())
    };
    let last = tx.query_one(
        "SELECT max(registered_at) FROM office_incoming WHERE agency = $1 AND registered_at IS NOT NULL",
        &[reach.agency()],
    )?;
    let midnight = Timestamp::from_local(today.at(0, 0, 0, 0));
    Ok(IncomingDay {
        unregistered_count: of(&[State::Arrived]),
        unregistered_late: i64::try_from(unregistered.iter().filter(|t| t.late).count()).unwrap_or(i64::MAX),
        unregistered,
        last_registered_at: last.get(0)?,
        registered_today: incoming_registered_since(tx, reach.agency(), midnight)?,
        to_submit: of(&[State::Registered]),
        waiting: of(&[State::Submitted]),
        waiting_for_me: total(Wanted { waiting: true, ..Wanted::default() })?,
        working: of(&[State::Directed, State::InProcess]),
        overdue: incoming_leads(tx, &reach, &late)?,
        mine: total(Wanted { mine: true, ..Wanted::default() })?,
        mine_late: total(Wanted { mine: true, overdue: true, ..Wanted::default() })?,
    })
}
