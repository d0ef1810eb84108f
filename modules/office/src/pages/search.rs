//! The masthead's search: incoming and outgoing documents by number, subject or sender, with or without marks.

use crate::entries::{INCOMING, OUTGOING};
use crate::store::incoming::incoming_get;
use crate::store::outgoing::outgoing_get;
use crate::use_cases::reach_of;
use axum::extract::State as AppState;
use base::{Lang, format};
use platform::access::{self, Principal};
use platform::search::{self, SearchQuery};
use platform::{Error, Result, Tx};
use serde::Deserialize;
use web::{App, Page, Query, Req, User};

/// Hits shown; a narrower question finds the rest.
const MOST: u32 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
/// What was asked.
pub struct Asked {
    q: String,
}

struct Hit {
    href: String,
    kind: &'static str,
    code: String,
    subject: String,
    date: String,
}

#[derive(askama::Template)]
#[template(path = "search.html")]
struct Found {
    l: Lang,
    q: String,
    hits: Vec<Hit>,
    more: bool,
}

/// What was found, the best first.
pub async fn search_page(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Query(asked): Query<Asked>,
) -> web::Result {
    let l = req.lang;
    let q: String = asked.q.trim().chars().take(200).collect();
    let (hits, more) = match q.is_empty() {
        true => (Vec::new(), false),
        false => {
            let text = q.clone();
            app.platform().db().read(move |tx| find(tx, &user, &text, l)).await?
        }
    };
    let page = Page::new(l.t("Tìm kiếm", "Search"));
    Ok(web::page(&req, page, &Found { l, q, hits, more }))
}

fn find(tx: &Tx<'_>, user: &Principal, text: &str, l: Lang) -> Result<(Vec<Hit>, bool)> {
    let query = SearchQuery {
        text: text.to_owned(),
        scopes: access::scopes(user),
        kinds: vec![INCOMING.name.to_owned(), OUTGOING.name.to_owned()],
        limit: MOST,
        ..SearchQuery::default()
    };
    let page = search::query(tx, &query)?;
    let mut hits = Vec::new();
    for hit in page.hits {
        hits.extend(seen(tx, user, &hit.kind, &hit.id, hit.date, l)?);
    }
    Ok((hits, page.next.is_some()))
}

/// The record as its own page would show it; what that page would not show is not a hit.
fn seen(tx: &Tx<'_>, user: &Principal, kind: &str, id: &str, date: base::Date, l: Lang) -> Result<Option<Hit>> {
    let reach = reach_of(user);
    let Ok(parsed) = id.parse() else { return Ok(None) };
    let found = if kind == INCOMING.name {
        incoming_get(tx, parsed)
            .map(|d| (d.agency.clone(), d.code(), d.subject, "/van-ban-den", l.t("Đến", "Incoming")))
    } else {
        let Ok(parsed) = id.parse() else { return Ok(None) };
        outgoing_get(tx, parsed)
            .map(|d| (d.agency.clone(), d.code.unwrap_or_default(), d.subject, "/van-ban-di", l.t("Đi", "Outgoing")))
    };
    let (agency, code, subject, path, word) = match found {
        Ok(found) => found,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !reach.sees(tx, kind, id, &agency)? {
        return Ok(None);
    }
    Ok(Some(Hit { href: format!("{path}/{id}"), kind: word, code, subject, date: format::date(date, l) }))
}
