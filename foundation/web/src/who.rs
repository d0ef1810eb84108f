//! Who asks: from the session cookie or the bearer token to the principal, with what the frame of a page needs to know.

use crate::app::{App, Site};
use crate::request::{PositionChoice, Req};
use axum::http::{Method, StatusCode};
use base::{Lang, Text, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::Tx;
use platform::access::Principal;
use platform::accounts::{self, ActingChoice, Preferences, Visit};
use platform::directory::{DelegationId, PositionId};
use std::sync::Arc;
use std::time::Duration;

/// Who asks, and what the frame shows about it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    pub(crate) principal: Option<Arc<Principal>>,
    /// By a bearer token, which a browser never adds by itself.
    pub(crate) by_bearer: bool,
    pub(crate) preferences: Option<Preferences>,
    pub(crate) positions: Vec<PositionChoice>,
    pub(crate) counts: Vec<(&'static str, i64)>,
    pub(crate) notices: i64,
    pub(crate) ledger: Option<u64>,
}

/// Resolves the session or the bearer token; for a page also the counts of the navigation, in the same read.
pub(crate) async fn identify(
    app: &App,
    session: Option<String>,
    bearer: Option<String>,
    for_page: bool,
    now: Timestamp,
) -> platform::Result<Identity> {
    let db = app.platform().db();
    if let Some(token) = bearer {
        let principal = db.read(move |tx| accounts::bearer_principal(tx, &token, now)).await?;
        return Ok(Identity { principal: principal.map(Arc::new), by_bearer: true, ..Identity::default() });
    }
    let Some(token) = session.filter(|t| !t.is_empty()) else {
        return Ok(Identity::default());
    };
    let site = app.site().clone();
    let read = db
        .read(move |tx| {
            let Some(visit) = accounts::session_visit(tx, &token, now)? else { return Ok(None) };
            let mut identity = Identity { preferences: Some(visit.preferences), ..Identity::default() };
            if for_page {
                frame_facts(tx, &site, &visit, now, &mut identity)?;
            }
            Ok(Some((visit, identity)))
        })
        .await?;
    let Some((visit, mut identity)) = read else { return Ok(Identity::default()) };
    if visit.wants_seen(now) {
        let (id, limits) = (visit.session.id, app.platform().config().sessions.clone());
        db.write(move |tx| accounts::session_seen(tx, id, now, &limits)).await?;
    }
    identity.principal = Some(Arc::new(visit.principal));
    Ok(identity)
}

/// What the frame around a page shows: positions, open counts, unread notices, size of the ledger.
fn frame_facts(
    tx: &Tx<'_>,
    site: &Site,
    visit: &Visit,
    now: Timestamp,
    identity: &mut Identity,
) -> platform::Result<()> {
    let principal = &visit.principal;
    if visit.other_choices > 0 || visit.session.delegation.is_some() {
        let choices = accounts::acting_choices(tx, visit.session.account, now.local_date())?;
        identity.positions = choices.iter().map(|c| position_choice(c, visit)).collect();
    }
    for section in site.sections.iter().filter(|s| (s.shows)(principal)) {
        if let Some(count) = section.count {
            identity.counts.push((section.key, count(tx, principal, now)?));
        }
    }
    if let Some(person) = principal.person().filter(|_| site.notices.is_some()) {
        let unread = platform::notify::unread_count(tx, &person.to_string())?;
        identity.notices = i64::try_from(unread).unwrap_or(i64::MAX);
    }
    identity.ledger = Some(platform::ledger::head(tx)?.size);
    Ok(())
}

fn position_choice(choice: &ActingChoice, visit: &Visit) -> PositionChoice {
    let both = |l: Lang| format!("{}, {}", choice.title.get(l), choice.agency_name.get(l));
    let until = choice.until.map(|day| day.strftime("%d/%m/%Y").to_string());
    let delegated = choice.delegator.as_ref().map(|who| {
        let until = until.as_deref().unwrap_or("");
        Text::new(format!("thay {who}, đến {until}"), format!("for {who}, until {until}"))
    });
    PositionChoice {
        id: choice_id(choice.position, choice.delegation),
        label: Text::new(both(Lang::Vi), both(Lang::En)),
        delegated,
        current: choice.delegation == visit.session.delegation
            && (choice.delegation.is_some() || Some(choice.position) == visit.principal.position()),
    }
}

/// What the acting-as switch sends (`vai_tro`): the position, and the delegation behind a full stop.
pub fn choice_id(position: PositionId, delegation: Option<DelegationId>) -> String {
    match delegation {
        Some(delegation) => format!("{position}.{delegation}"),
        None => position.to_string(),
    }
}

/// Reads what [`choice_id`] wrote.
pub fn parse_choice(text: &str) -> Option<(PositionId, Option<DelegationId>)> {
    match text.split_once('.') {
        Some((position, delegation)) => Some((position.parse().ok()?, Some(delegation.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

/// `N` random bytes as text for cookies and addresses.
pub(crate) fn token<const N: usize>(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.platform().random().bytes::<N>())
}

/// Counts the answer; labels are the route's pattern and the class of the status, never a path.
pub(crate) fn observe(app: &App, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
    let class = match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
    let labels: &[(&'static str, &str)] = &[("method", method.as_str()), ("route", route), ("status", class)];
    let metrics = app.platform().metrics();
    metrics.count("lienthong_http_requests_total", labels, 1);
    metrics.observe("lienthong_http_request_seconds", &[("route", route)], elapsed.as_secs_f64());
}

/// Keeps a choice of display with the account, so that mail and the next device follow it too.
pub(crate) async fn remember(app: &App, req: &Req, change: impl Fn(&mut Preferences)) -> platform::Result<()> {
    let (Some(account), Some(mut preferences)) =
        (req.principal.as_deref().and_then(Principal::account), req.preferences)
    else {
        return Ok(());
    };
    change(&mut preferences);
    app.platform().db().write(move |tx| accounts::preferences_set(tx, account, preferences)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_come_back() {
        let clock = base::Clock::frozen(Timestamp::from_micros(0));
        let random = base::Random::seeded(1);
        let (position, delegation) = (random.id(&clock), random.id(&clock));
        assert_eq!(parse_choice(&choice_id(position, None)), Some((position, None)));
        assert_eq!(parse_choice(&choice_id(position, Some(delegation))), Some((position, Some(delegation))));
        assert_eq!(parse_choice("x"), None);
    }
}
