//! Notices (`/thong-bao`): grouped by record, newest first, each a link; opening one marks it as read.

use axum::extract::{Path, State};
use base::{Lang, format};
use platform::notify::{self, NoticeGroup};
use platform::{Error, Tx};
use serde::Deserialize;
use web::routes::{Routes, Who};
use web::{App, FormData, Page, Query, Req, User, redirect};

/// Groups on a page.
const PAGE: u32 = 50;

/// The routes with their rules.
pub fn routes() -> Routes {
    Routes::new().get("/thong-bao", Who::Person, list).post("/thong-bao/da-doc", Who::Person, read_all).get(
        "/thong-bao/{id}",
        Who::Person,
        open,
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    truoc: Option<String>,
}

struct Line {
    id: String,
    title: String,
    at: String,
    unread: bool,
}

#[derive(askama::Template)]
#[template(path = "notices.html")]
struct Notices {
    l: Lang,
    csrf: String,
    unread: u64,
    groups: Vec<Vec<Line>>,
    older: Option<String>,
}

fn person_of(user: &platform::access::Principal) -> Result<String, Error> {
    user.person().map(|p| p.to_string()).ok_or(Error::NotFound("person"))
}

async fn list(req: Req, User(user): User, State(app): State<App>, Query(asked): Query<Asked>) -> web::Result {
    let l = req.lang;
    let person = person_of(&user)?;
    let before = asked.truoc.as_deref().and_then(|id| id.parse().ok());
    let read =
        move |tx: &Tx<'_>| Ok((notify::notice_groups(tx, &person, before, PAGE)?, notify::unread_count(tx, &person)?));
    let (groups, unread) = app.platform().db().read(read).await?;
    let older = match groups.len() == PAGE as usize {
        true => groups.last().and_then(|g| g.notices.last()).map(|n| n.id.to_string()),
        false => None,
    };
    let groups = groups.iter().map(|group| lines(group, req.now, l)).collect();
    let page = Page::new(l.t("Thông báo", "Notices"));
    Ok(web::page(&req, page, &Notices { l, csrf: req.csrf.clone(), unread, groups, older }))
}

fn lines(group: &NoticeGroup, now: base::Timestamp, l: Lang) -> Vec<Line> {
    let line = |n: &notify::Notice| Line {
        id: n.id.to_string(),
        title: n.title.get(l).to_owned(),
        at: format::moment(n.created_at, now, l),
        unread: n.read_at.is_none(),
    };
    group.notices.iter().map(line).collect()
}

/// Marks the notice as read and goes where it leads. A notice of somebody else does not exist.
async fn open(req: Req, User(user): User, State(app): State<App>, Path(id): Path<String>) -> web::Result {
    let person = person_of(&user)?;
    let id: notify::NoticeId = id.parse().map_err(|_| Error::NotFound("notice"))?;
    let now = req.now;
    let link = app
        .platform()
        .db()
        .write(move |tx| {
            let link = notify::notice_link(tx, &person, id)?.ok_or(Error::NotFound("notice"))?;
            notify::mark_read(tx, now, &person, id)?;
            Ok(link)
        })
        .await?;
    Ok(redirect(&link).go(&req))
}

async fn read_all(req: Req, User(user): User, State(app): State<App>, _guarded: FormData) -> web::Result {
    let person = person_of(&user)?;
    let now = req.now;
    app.platform().db().write(move |tx| notify::mark_all_read(tx, now, &person)).await?;
    Ok(redirect("/thong-bao").go(&req))
}
