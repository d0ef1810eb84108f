//! What waits for a directive: a phone first. Cards with the proposal and two buttons; the directive form beside them.

use super::directive_form::{DeskForm, desk_form, read_form};
use super::incoming_words::{due, incoming_state, renamed, short_moment, verdict_words};
use super::refused;
use super::words::{stamps, urgency_mark};
use crate::rules::incoming::Verb;
use crate::store::incoming::{Incoming, IncomingId};
use crate::use_cases::Command;
use crate::use_cases::incoming::direct::{agree, agree_batch, direct_incoming};
use crate::use_cases::incoming::list::{Wanted, list};
use crate::use_cases::incoming::look::look;
use crate::use_cases::incoming::submit::{SubmitInput, submit_incoming};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::{Lang, Refusal, Text, Timestamp, format};
use platform::Error;
use platform::access::Principal;
use serde::Deserialize;
use web::ui::directive::proposal;
use web::ui::note::ErrorSummary;
use web::{App, FormData, Html, Layout, Page, Query, Req, User, page, redirect};

/// The most cards of the queue; what is older waits behind them.
const MOST: i64 = 60;

/// What the address asks for.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    xem: Option<String>,
    chon: Option<String>,
}

#[derive(Template)]
#[template(path = "directive_queue.html")]
struct Queue {
    l: Lang,
    csrf: String,
    errors: Html,
    cards: Vec<Card>,
    more: bool,
    several: bool,
    open: bool,
    desk: Option<Desk>,
}

struct Card {
    id: String,
    version: i64,
    key: String,
    stamp: Html,
    code: String,
    when: String,
    subject: String,
    issuer: String,
    due: Html,
    proposal: Html,
    can_agree: bool,
    on: bool,
}

struct Desk {
    id: String,
    href: String,
    stamps: Html,
    code: String,
    dated: String,
    verdict: Html,
    subject: String,
    issuer: String,
    state: Html,
    proposal: Html,
    form: Option<DeskForm>,
}

/// The page.
pub async fn queue(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Query(asked): Query<Asked>,
) -> web::Result {
    show(&req, &app, &user, &asked, None, None).await
}

/// Agrees with the proposals of one card, or of all that are ticked.
pub async fn agree_chosen(req: Req, User(user): User, AppState(app): AppState<App>, data: FormData) -> web::Result {
    let platform = app.platform();
    let mut chosen = Vec::new();
    for one in data.all("chon") {
        let (id, version) = one.split_once(':').unwrap_or((one, ""));
        let key = data.first("key").map(|key| format!("{key}#{id}")).filter(|k| k.len() <= 100);
        chosen.push((crate::api::outgoing::id_of(id)?, Command { version: version.parse().ok(), key }));
    }
    if let [(id, command)] = chosen.as_slice() {
        return match agree(platform, &user, *id, command.clone()).await {
            Ok(done) => Ok(redirect("/cho-y-kien").say(given(&done)).go(&req)),
            Err(error) => {
                let refusal = web::Failure::from(error).refusal();
                let asked = Asked { xem: Some(id.to_string()), chon: None };
                show(&req, &app, &user, &asked, None, Some(&refusal)).await
            }
        };
    }
    let total = chosen.len();
    let done = agree_batch(platform, &user, chosen).await;
    let agreed = done.iter().filter(|(_, outcome)| outcome.is_ok()).count();
    let refused = done.into_iter().find_map(|(_, outcome)| outcome.err()).map(|e| web::Failure::from(e).refusal());
    match refused {
        None if total == 0 => Ok(redirect("/cho-y-kien?chon=1").go(&req)),
        None => {
            let said = Text::new(format!("Đã giao {agreed} văn bản."), format!("{agreed} documents are assigned."));
            Ok(redirect("/cho-y-kien").say(said).go(&req))
        }
        // What was agreed stands; what was refused is still in the queue, with the reason of the first above it.
        Some(refusal) => show(&req, &app, &user, &Asked::default(), None, Some(&refusal)).await,
    }
}

fn given(done: &Incoming) -> Text {
    let lead = done.lead_name.clone().unwrap_or_default();
    Text::new(
        format!("Đã giao {} cho {lead} chủ trì.", done.code()),
        format!("{} is assigned: {lead} leads.", done.code()),
    )
}

/// Gives the directive, puts it before somebody else with it as a proposal, or adds a canned phrase (without script).
pub async fn direct(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path(id): Path<String>,
    data: FormData,
) -> web::Result {
    let id: IncomingId = crate::api::outgoing::id_of(&id)?;
    let asked = Asked { xem: Some(id.to_string()), chon: None };
    let mut typed = read_form(&data);
    if let Some(phrase) = data.first("them") {
        typed.text = web::ui::directive::with_phrase(&typed.text, phrase);
        return show(&req, &app, &user, &asked, Some(&data_with_text(&data, &typed.text)), None).await;
    }
    let command = Command {
        version: data.first("version").and_then(|v| v.parse().ok()),
        key: data.first("key").map(str::to_owned).filter(|k| !k.is_empty() && k.len() <= 100),
    };
    let platform = app.platform();
    let today = platform.now().local_date();
    let outcome = match typed.input(today) {
        Err(refusal) => Err(Error::from(refusal)),
        Ok(input) if data.first("viec") == Some("trinh") => {
            let submit = SubmitInput {
                to: data.first("to").map(str::to_owned),
                proposal: input.text.clone(),
                proposed: Some(input).filter(|i| !i.assignees.is_empty()),
            };
            submit_incoming(platform, &user, id, submit, command).await.map(|done| {
                let to = done.submitted_to_name.unwrap_or_default();
                Text::new(format!("Đã trình {to}."), format!("Put before {to}."))
            })
        }
        Ok(input) => direct_incoming(platform, &user, id, input, command).await.map(|done| given(&done)),
    };
    match refused(outcome)? {
        Ok(said) => Ok(redirect("/cho-y-kien").say(said).go(&req)),
        Err(refusal) => {
            let refusal = renamed(&refusal, |field| typed.field_name(field));
            show(&req, &app, &user, &asked, Some(&data), Some(&refusal)).await
        }
    }
}

fn data_with_text(data: &FormData, text: &str) -> FormData {
    let mut out = FormData::default();
    for (name, value) in data.pairs() {
        out.push(name, if name == "text" { text } else { value });
    }
    out
}

async fn show(
    req: &Req,
    app: &App,
    user: &Principal,
    asked: &Asked,
    typed: Option<&FormData>,
    refusal: Option<&Refusal>,
) -> web::Result {
    let (l, now) = (req.lang, app.platform().now());
    let waiting = Wanted { waiting: true, ..Wanted::default() };
    let (rows, next) = list(app.platform(), user, waiting, None, MOST).await?;
    let chosen = asked.xem.clone().or_else(|| rows.first().map(|r| r.id.to_string()));
    let several = asked.chon.is_some();
    let desk = match chosen.as_deref().and_then(|id| id.parse::<IncomingId>().ok()) {
        Some(id) if !several => match look(app.platform(), user, id).await {
            Ok(view) => {
                let d = &view.document;
                let form = if view.may.contains(&Verb::Direct) || view.may.contains(&Verb::Submit) {
                    Some(desk_form(req, app, user, &view, typed, refusal).await?)
                } else {
                    None
                };
                let dated = d.issued_on.map(|day| format::date(day, l)).unwrap_or_default();
                Some(Desk {
                    id: d.id.to_string(),
                    href: format!("/van-ban-den/{}", d.id),
                    stamps: stamps(d.urgency, d.secrecy, l),
                    code: d.code(),
                    dated: format!("{} {} {dated}", d.kind_name, l.t("ngày", "of")),
                    verdict: verdict_words(&d.verdict, l),
                    subject: d.subject.clone(),
                    issuer: d.issuer.clone(),
                    state: incoming_state(d.state, l),
                    proposal: proposed(d, l),
                    form,
                })
            }
            Err(Error::NotFound(_)) => None,
            Err(other) => return Err(other.into()),
        },
        _ => None,
    };
    // A refusal of the form stands in the form; one of a card above the queue.
    let above = if desk.as_ref().is_some_and(|d| d.form.is_some()) { None } else { refusal };
    let body = Queue {
        l,
        csrf: req.csrf.clone(),
        errors: ErrorSummary::of(l, above),
        cards: rows.iter().map(|row| card(app, row, chosen.as_deref(), now, l)).collect(),
        more: next.is_some(),
        several,
        open: asked.xem.is_some() && desk.is_some(),
        desk,
    };
    let mut frame =
        Page::new(l.t("Chờ ý kiến", "Awaiting directive")).section("office.directives").layout(Layout::Panes);
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}

fn proposed(d: &Incoming, l: Lang) -> Html {
    match &d.proposal {
        Some(words) => proposal(l.t("Đề xuất", "Proposal"), words),
        None => Html::default(),
    }
}

fn card(app: &App, row: &Incoming, chosen: Option<&str>, now: Timestamp, l: Lang) -> Card {
    let id = row.id.to_string();
    Card {
        version: row.version,
        key: app.platform().new_id::<Command>().to_string(),
        stamp: urgency_mark(row.urgency, l),
        code: row.code(),
        when: short_moment(row.submitted_at.unwrap_or(row.arrived_at), now, l),
        subject: row.subject.clone(),
        issuer: row.issuer.clone(),
        due: row.due_on.map(|day| due(day, now.local_date(), l)).unwrap_or_default(),
        proposal: proposed(row, l),
        can_agree: row.proposed.is_some(),
        on: chosen == Some(id.as_str()),
        id,
    }
}
