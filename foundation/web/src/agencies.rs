//! Looking up agencies: the page for a person without script, the fragment behind the suggestions of the picker.

use crate::app::App;
use crate::extract::Query;
use crate::failure::Result;
use crate::html::Html;
use crate::page::{Page, page};
use crate::request::Req;
use crate::routes::{Routes, Who};
use crate::ui::agency_picker::AgencyLine;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use base::{Date, Lang, format};
use platform::Tx;
use platform::directory::{self, Agency};
use serde::Deserialize;

/// How many agencies are offered at once: a list that is read, not searched.
const MOST: u32 = 8;
/// Longest text that is sought, in characters; names of agencies are far shorter.
const LONGEST: usize = 200;

/// The agency as the picker shows it on `today`: with its parent, and what became of it when it is closed.
pub fn line(tx: &Tx<'_>, agency: &Agency, today: Date, l: Lang) -> platform::Result<AgencyLine> {
    let parent = match &agency.parent {
        Some(code) => directory::agency_latest(tx, code)?.map(|a| a.name.get(l).to_owned()),
        None => None,
    };
    let closed = if agency.is_open(today) {
        None
    } else {
        let day = agency.valid_to.map(|d| format::date(d, l)).unwrap_or_default();
        let now: Vec<String> = directory::agency_successors(tx, &agency.code, today)?
            .iter()
            .map(|a| format!("{} ({})", a.name.get(l), a.code))
            .collect();
        let mut words = format!("{} {day}", l.t("đã đóng", "closed"));
        if !now.is_empty() {
            words = format!("{words}, {} {}", l.t("nay là", "now"), now.join(", "));
        }
        Some(words)
    };
    let name = agency.name.get(l).to_owned();
    Ok(AgencyLine { code: agency.code.to_string(), name, parent: parent.unwrap_or_default(), closed })
}

/// The agencies that fit `text`, as the picker shows them; closed ones last.
pub fn lines_found(tx: &Tx<'_>, text: &str, limit: u32, today: Date, l: Lang) -> platform::Result<Vec<AgencyLine>> {
    let text: String = text.chars().take(LONGEST).collect();
    directory::agency_search(tx, &text, limit)?.iter().map(|agency| line(tx, agency, today, l)).collect()
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    tim: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "agencies_found.html")]
struct Found {
    l: Lang,
    found: Vec<AgencyLine>,
}

impl askama::filters::HtmlSafe for Found {}

#[derive(askama::Template)]
#[template(path = "agencies.html")]
struct Lookup {
    l: Lang,
    sought: String,
    list: Found,
}

async fn find(req: Req, State(app): State<App>, headers: HeaderMap, Query(asked): Query<Asked>) -> Result {
    let (l, today) = (req.lang, req.now.local_date());
    let sought = asked.tim.unwrap_or_default().trim().to_owned();
    let text = sought.clone();
    let found = app.platform().db().read(move |tx| lines_found(tx, &text, MOST, today, l)).await?;
    let list = Found { l, found };
    if headers.get("x-fragment").is_some() {
        let mut response = Html::from_template(&list).as_str().to_owned().into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        return Ok(response);
    }
    let title = l.t("Tra cứu cơ quan", "Find an agency");
    Ok(page(&req, Page::new(title), &Lookup { l, sought, list }))
}

/// Its route; the directory is open to everybody who works here.
pub fn routes() -> Routes {
    Routes::new().get("/co-quan", Who::Person, find)
}
