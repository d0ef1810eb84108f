//! Finding incoming documents: the lists people work from, and the facets by which they are narrowed.

use crate::entries::INCOMING;
use crate::rules::actor::Duty;
use crate::rules::incoming::State;
use crate::store::incoming::Incoming;
use crate::store::incoming_lists::{Facet, IncomingFilter, incoming_counts, incoming_facet, incoming_page};
use crate::store::lists::Cursor;
use crate::use_cases::deed::{Deed, reach_of};
use base::Urgency;
use platform::access::{Principal, scopes};
use platform::search::{self, SearchQuery};
use platform::{Platform, Result, Tx};

/// The most hits of a search that a list looks at, the newest first.
const SEARCH_LIMIT: u32 = 200;

/// What somebody wants to see.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only these states; empty: all.
    pub states: Vec<State>,
    /// Only this urgency.
    pub urgency: Option<Urgency>,
    /// `exchange`, `mail`, `paper` or `portal`.
    pub source: Option<String>,
    /// Code of the issuing agency.
    pub sender: Option<String>,
    /// Level of the issuer: `central`, `province`, `commune`, `other`.
    pub level: Option<String>,
    /// Only where work is late.
    pub overdue: bool,
    /// Only what the person, or the unit that he heads, holds.
    pub mine: bool,
    /// Only what waits for the person's own directive.
    pub waiting: bool,
    /// Only where this unit leads.
    pub lead_unit: Option<String>,
    /// Only what these words find.
    pub text: String,
    /// Latest first, without regard to urgency.
    pub recent: bool,
}

/// One page of what somebody wants to see.
pub async fn list(
    platform: &Platform,
    principal: &Principal,
    wanted: Wanted,
    after: Option<Cursor>,
    limit: i64,
) -> Result<(Vec<Incoming>, Option<Cursor>)> {
    let deed = Deed::new(platform, principal)?;
    platform.db().read(move |tx| page(tx, &deed, &wanted, after.as_ref(), limit)).await
}

/// The same inside a transaction.
pub fn page(
    tx: &Tx<'_>,
    deed: &Deed,
    wanted: &Wanted,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(Vec<Incoming>, Option<Cursor>)> {
    incoming_page(tx, &reach_of(&deed.principal), &filter_of(tx, deed, wanted)?, after, limit)
}

/// What the store filters by.
pub fn filter_of(tx: &Tx<'_>, deed: &Deed, wanted: &Wanted) -> Result<IncomingFilter> {
    let principal = &deed.principal;
    let text = wanted.text.trim();
    let ids = if text.is_empty() {
        None
    } else {
        let query = SearchQuery {
            text: text.to_owned(),
            scopes: scopes(principal),
            kinds: vec![INCOMING.name.to_owned()],
            limit: SEARCH_LIMIT,
            ..SearchQuery::default()
        };
        Some(search::query(tx, &query)?.hits.into_iter().map(|hit| hit.id).collect())
    };
    let mut states = wanted.states.clone();
    if wanted.overdue && states.is_empty() {
        states = vec![State::Directed, State::InProcess];
    }
    if wanted.waiting {
        states = vec![State::Submitted];
    }
    let heads = deed.acting.has(Duty::UnitHead) || principal.may(platform::access::Permission::IncomingAssign);
    Ok(IncomingFilter {
        states,
        submitted_to: wanted.waiting.then(|| desk_of(principal)).flatten(),
        lead_unit: wanted.lead_unit.clone(),
        source: wanted.source.clone(),
        urgency: wanted.urgency,
        issuer_code: wanted.sender.clone(),
        issuer_level: wanted.level.clone(),
        assigned_to: wanted.mine.then(|| deed.person().to_owned()),
        assigned_unit: if wanted.mine && heads { deed.acting.unit.clone() } else { None },
        deadline_before: wanted.overdue.then(|| deed.today()),
        ids,
        recent_first: wanted.recent,
        ..IncomingFilter::default()
    })
}

/// The position at whose desk the person sits: under a delegation that of the delegator.
pub fn desk_of(principal: &Principal) -> Option<String> {
    principal.delegated_from().or_else(|| principal.position()).map(|p| p.to_string())
}

/// How many documents each narrowing would leave.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// By state, whatever state was asked for.
    pub states: Vec<(State, i64)>,
    /// By urgency, within the states asked for.
    pub urgency: Vec<(String, i64)>,
    /// By source.
    pub source: Vec<(String, i64)>,
    /// By level of the issuer.
    pub level: Vec<(String, i64)>,
}

/// The counts beside a list: each facet leaves its own narrowing out.
pub fn facets(tx: &Tx<'_>, deed: &Deed, wanted: &Wanted) -> Result<Facets> {
    let reach = reach_of(&deed.principal);
    let filter = filter_of(tx, deed, wanted)?;
    let any_state = IncomingFilter { states: Vec::new(), ..filter.clone() };
    let any_urgency = IncomingFilter { urgency: None, ..filter.clone() };
    let any_source = IncomingFilter { source: None, ..filter.clone() };
    let any_level = IncomingFilter { issuer_level: None, ..filter };
    Ok(Facets {
        states: incoming_counts(tx, &reach, &any_state)?,
        urgency: incoming_facet(tx, &reach, &any_urgency, Facet::Urgency)?,
        source: incoming_facet(tx, &reach, &any_source, Facet::Source)?,
        level: incoming_facet(tx, &reach, &any_level, Facet::IssuerLevel)?,
    })
}
