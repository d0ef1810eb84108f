//! The switches that anybody may turn: language, colours, single-letter shortcuts. They are links and small forms.

use crate::app::App;
use crate::cookies;
use crate::extract::Query;
use crate::failure::Result;
use crate::form::FormData;
use crate::redirect::{redirect, return_path};
use crate::refusals;
use crate::request::Req;
use crate::routes::{Routes, Who};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header;
use base::Refusal;
use platform::accounts::Theme;
use serde::Deserialize;

/// A year.
const KEEP: i64 = 365 * 24 * 3600;

#[derive(Deserialize)]
struct Back {
    tiep: Option<String>,
}

/// Where to go back to: the page that was named, else the one that the browser came from.
fn back(req: &Req, asked: Option<&str>, headers: &HeaderMap) -> String {
    let referer = headers
        .get(header::REFERER)
        .and_then(|v| v.to_str().ok())
        .and_then(|r| r.parse::<axum::http::Uri>().ok())
        .filter(|u| {
            u.host() == headers.get(header::HOST).and_then(|h| h.to_str().ok()).and_then(|h| h.split(':').next())
        })
        .and_then(|u| u.path_and_query().map(ToString::to_string));
    let asked = asked.map(str::to_owned).or(referer);
    let to = return_path(asked.as_deref(), "/");
    // Never back to the switch itself.
    if to.starts_with("/ngon-ngu/") || to == req.path { "/".to_owned() } else { to.to_owned() }
}

async fn language(
    req: Req,
    State(app): State<App>,
    Path(lang): Path<String>,
    Query(query): Query<Back>,
    headers: HeaderMap,
) -> Result {
    let lang = match lang.as_str() {
        "vi" => base::Lang::Vi,
        "en" => base::Lang::En,
        _ => return Err(Refusal::new(&refusals::NOT_FOUND).into()),
    };
    crate::who::remember(&app, &req, |p| p.language = lang).await?;
    Ok(redirect(back(&req, query.tiep.as_deref(), &headers))
        .cookie(cookies::set(cookies::LANGUAGE, lang.tag(), req.secure, Some(KEEP)))
        .go(&req))
}

async fn display(req: Req, State(app): State<App>, headers: HeaderMap, form: FormData) -> Result {
    let mut answer = redirect(back(&req, form.first("tiep"), &headers));
    if let Some(theme) = form.first("giao_dien").and_then(Theme::from_name) {
        crate::who::remember(&app, &req, |p| p.theme = theme).await?;
        answer = answer.cookie(cookies::set(cookies::THEME, theme.name(), req.secure, Some(KEEP)));
    }
    if let Some(keys) = form.first("phim_tat") {
        crate::who::remember(&app, &req, |p| p.shortcuts = keys != "off").await?;
        let value = if keys == "off" { "off" } else { "on" };
        answer = answer.cookie(cookies::set(cookies::SHORTCUTS, value, req.secure, Some(KEEP)));
    }
    Ok(answer.go(&req))
}

/// Their routes. Changing the language is a link, since it changes nothing but the wording.
pub fn routes() -> Routes {
    Routes::new().get("/ngon-ngu/{lang}", Who::Public, language).post("/hien-thi", Who::Public, display)
}
