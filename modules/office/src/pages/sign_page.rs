//! Signing: the leader's queue of documents that wait for the signature, and the page on which one is signed.

use super::words::{drafter, name, recipients_words, stamps, urgency_mark};
use crate::api::outgoing::id_of;
use crate::rules::outgoing::Verb;
use crate::store::outgoing::{Outgoing, OutgoingId, outgoing_get};
use crate::store::signing_requests::{Request, requests_for};
use crate::use_cases::look::look;
use crate::use_cases::{Command, Deed, sign};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::{Lang, Refusal, Text, Timestamp, format};
use platform::Error;
use platform::access::Principal;
use serde::Deserialize;
use web::ui::field::Field;
use web::ui::note::ErrorSummary;
use web::ui::paper::{FileState, file_line};
use web::ui::properties::properties;
use web::{App, Form, FormData, Html, Page, Req, User, page, redirect};

#[derive(Template)]
#[template(path = "sign.html")]
struct Sign {
    l: Lang,
    errors: Html,
    csrf: String,
    id: String,
    version: i64,
    key: String,
    name: String,
    stamps: Html,
    subject: String,
    facts: Html,
    files: Vec<Html>,
    secret: Field,
    may: bool,
    lines: Vec<String>,
}

/// What the form sends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Sent {
    version: Option<i64>,
    key: Option<String>,
    secret: String,
}

/// The page on which one document is signed.
pub async fn one(req: Req, User(user): User, AppState(app): AppState<App>, Path(id): Path<String>) -> web::Result {
    show(&req, &app, &user, id_of(&id)?, None).await
}

/// Signs it. The secret is read, used and forgotten; a form that comes back never carries it.
pub async fn sign_one(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> web::Result {
    let id: OutgoingId = id_of(&id)?;
    let command = Command { version: sent.version, key: sent.key.filter(|k| k.len() <= 100) };
    match sign::sign(app.platform(), &user, id, &sent.secret, command).await {
        Ok(document) => {
            let said = Text::new(
                format!("Đã ký “{}”. Văn thư sẽ cấp số.", document.subject),
                format!("“{}” is signed. The clerk will number it.", document.subject),
            );
            Ok(redirect(format!("/van-ban-di/{id}")).say(said).go(&req))
        }
        Err(Error::Refused(refusal)) => show(&req, &app, &user, id, Some(&refusal)).await,
        Err(other) => Err(other.into()),
    }
}

async fn show(req: &Req, app: &App, user: &Principal, id: OutgoingId, refusal: Option<&Refusal>) -> web::Result {
    let l = req.lang;
    let view = look(app.platform(), user, id).await?;
    let d = &view.document;
    let title = &user.agency_name.vi;
    let head = if d.authority == crate::rules::signature_authority::Authority::Direct {
        &d.signer_title
    } else {
        l.t("Người đứng đầu", "Head")
    };
    let body = Sign {
        l,
        errors: ErrorSummary::of(l, refusal),
        csrf: req.csrf.clone(),
        id: id.to_string(),
        version: d.version,
        key: app.platform().new_id::<Command>().to_string(),
        name: name(d, l),
        stamps: stamps(d.urgency, d.secrecy, l),
        subject: d.subject.clone(),
        facts: properties(&[
            (l.t("Soạn thảo", "Drafted by"), Html::text(&drafter(d))),
            (
                l.t("Đã duyệt", "Approved by"),
                Html::text(
                    &view
                        .approvals
                        .iter()
                        .filter(|a| a.step == "content" || a.step == "format")
                        .map(|a| a.person_name.clone())
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
            ),
            (l.t("Nơi nhận", "Recipients"), Html::text(&recipients_words(&view.recipients, l))),
            (l.t("Phiên bản", "Revision"), Html::text(&d.revision.to_string())),
        ]),
        files: view
            .files
            .iter()
            .map(|f| {
                let href = format!("/van-ban-di/{id}/tep/{}", f.id);
                file_line(&href, &f.name, u64::try_from(f.size).unwrap_or(0), FileState::Clean, l)
            })
            .collect(),
        secret: secret_field(l, refusal),
        may: view.may.contains(&Verb::Sign),
        lines: crate::rules::signature_authority::block(d.authority, head, &d.signer_title, title),
    };
    let mut frame = Page::new(format!("{} · {}", l.t("Ký", "Sign"), name(d, l))).section("office.outgoing");
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}

fn secret_field(l: Lang, refusal: Option<&Refusal>) -> Field {
    Field::password(l, "secret", l.t("Mật khẩu ký", "Signing secret"))
        .hint(l.t("Mở khóa ký cá nhân của bạn; không được lưu lại.", "Unlocks your personal key; it is not kept."))
        .refused(refusal)
}

#[derive(Template)]
#[template(path = "sign_queue.html")]
struct Queue {
    l: Lang,
    errors: Html,
    csrf: String,
    rows: Vec<Row>,
    secret: Field,
}

struct Row {
    id: String,
    version: i64,
    stamp: Html,
    name: String,
    subject: String,
    asked: String,
}

/// The documents that wait for this person's signature.
pub async fn queue(req: Req, User(user): User, AppState(app): AppState<App>) -> web::Result {
    show_queue(&req, &app, &user, None).await
}

/// Signs those that were ticked, with one unlocking of the key.
pub async fn sign_queue(req: Req, User(user): User, AppState(app): AppState<App>, data: FormData) -> web::Result {
    let mut ids = Vec::new();
    for ticked in data.all("chon") {
        let (id, version) = ticked.split_once(':').unwrap_or((ticked, ""));
        ids.push((id_of(id)?, Command { version: version.parse().ok(), key: None }));
    }
    let secret = data.first("secret").unwrap_or_default().to_owned();
    match sign::sign_batch(app.platform(), &user, &ids, &secret).await {
        Ok(done) => {
            let signed = done.iter().filter(|(_, outcome)| outcome.is_ok()).count();
            let refused = done.len() - signed;
            let said = if refused == 0 {
                Text::new(format!("Đã ký {signed} văn bản."), format!("{signed} signed."))
            } else {
                Text::new(
                    format!("Đã ký {signed} văn bản; {refused} văn bản chưa ký được vì đã thay đổi."),
                    format!("{signed} signed; {refused} could not be signed because they changed."),
                )
            };
            Ok(redirect("/van-ban-di/cho-ky").say(said).go(&req))
        }
        Err(Error::Refused(refusal)) => show_queue(&req, &app, &user, Some(&refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// The requests that wait for a person, with their documents.
pub async fn waiting(app: &App, user: &Principal) -> web::Result<Vec<(Request, Outgoing)>> {
    let deed = Deed::new(app.platform(), user)?;
    Ok(app
        .platform()
        .db()
        .read(move |tx| {
            requests_for(tx, deed.agency(), deed.person(), 100)?
                .into_iter()
                .map(|request| {
                    let document = outgoing_get(tx, request.outgoing)?;
                    Ok((request, document))
                })
                .collect()
        })
        .await?)
}

async fn show_queue(req: &Req, app: &App, user: &Principal, refusal: Option<&Refusal>) -> web::Result {
    let (l, now) = (req.lang, app.platform().now());
    let mut rows = waiting(app, user).await?;
    rows.sort_by_key(|(request, document)| (-document.urgency.number(), request.requested_at));
    let body = Queue {
        l,
        errors: ErrorSummary::of(l, refusal),
        csrf: req.csrf.clone(),
        rows: rows.iter().map(|(request, document)| queue_row(request, document, now, l)).collect(),
        secret: secret_field(l, refusal),
    };
    let mut frame = Page::new(l.t("Chờ ký", "Awaiting signature")).section("office.outgoing");
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}

fn queue_row(request: &Request, document: &Outgoing, now: Timestamp, l: Lang) -> Row {
    Row {
        id: document.id.to_string(),
        version: document.version,
        stamp: urgency_mark(document.urgency, l),
        name: name(document, l),
        subject: document.subject.clone(),
        asked: format!("{}, {}", request.requested_by_name, format::moment(request.requested_at, now, l)),
    }
}
