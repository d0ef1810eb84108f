//! One act on one document: a page that repeats what is about to happen, and the act itself. Works without script.

use super::refused;
use super::words::{kind_name, name, recipients_words, verb_of, verb_slug, verb_words};
use crate::api::outgoing::id_of;
use crate::refusals;
use crate::rules::outgoing::{State, Verb};
use crate::store::outgoing::{Outgoing, OutgoingId};
use crate::use_cases::look::{OutgoingView, look};
use crate::use_cases::number::number_preview;
use crate::use_cases::{Command, draft, issue, review, sign, void};
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::{Lang, Refusal, Text, format};
use platform::access::Principal;
use platform::{Error, Platform, Result};
use serde::Deserialize;
use web::input;
use web::ui::confirm::Confirm;
use web::{App, Form, Html, Page, Req, User, page, redirect};

/// What an act's form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    version: Option<i64>,
    key: Option<String>,
    reason: String,
    dated: String,
    place: String,
}

/// Asks before the act.
pub async fn ask(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, verb)): Path<(String, String)>,
) -> web::Result {
    let (id, verb) = (id_of(&id)?, known(&verb)?);
    show(&req, &app, &user, id, verb, &Sent::default(), None).await
}

/// Does it.
pub async fn act(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, verb)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> web::Result {
    let (id, verb): (OutgoingId, Verb) = (id_of(&id)?, known(&verb)?);
    match refused(perform(app.platform(), &user, id, verb, &sent).await)? {
        Ok(document) => Ok(redirect(after(&document)).say(said(verb, &document)).go(&req)),
        Err(refusal) => show(&req, &app, &user, id, verb, &sent, Some(&refusal)).await,
    }
}

fn known(slug: &str) -> Result<Verb> {
    verb_of(slug).ok_or(Error::NotFound("verb"))
}

fn after(document: &Outgoing) -> String {
    format!("/van-ban-di/{}", document.id)
}

async fn perform(platform: &Platform, user: &Principal, id: OutgoingId, verb: Verb, sent: &Sent) -> Result<Outgoing> {
    let command = Command { version: sent.version, key: sent.key.clone().filter(|k| k.len() <= 100) };
    let reason = sent.reason.clone();
    match verb {
        Verb::SubmitForContent => draft::submit_for_content(platform, user, id, Vec::new(), command).await,
        Verb::Opine => review::opine(platform, user, id, reason, command).await,
        Verb::ApproveContent => review::approve_content(platform, user, id, reason, command).await,
        Verb::CheckFormat => review::check_format(platform, user, id, reason, command).await,
        Verb::RequestSignature => sign::request_signature(platform, user, id, command).await,
        Verb::CancelRequest => sign::cancel_request(platform, user, id, reason, command).await,
        Verb::SendBack => review::send_back(platform, user, id, reason, command).await,
        Verb::Void => void::void(platform, user, id, reason, command).await,
        Verb::Number | Verb::Seal | Verb::Issue => {
            let today = platform.now().local_date();
            let mut fields = input::Fields::new();
            let dated = fields.date_optional("dated", &sent.dated, today);
            fields.finish_as(&refusals::METADATA)?;
            let place = Some(sent.place.clone()).filter(|p| !p.trim().is_empty());
            issue::promulgate(platform, user, id, dated, place, command).await
        }
        Verb::Revise | Verb::Sign | Verb::Store | Verb::Freeze => Err(Error::NotFound("verb")),
    }
}

fn said(verb: Verb, document: &Outgoing) -> Text {
    let name_vi = document.code.clone().unwrap_or_else(|| "dự thảo".to_owned());
    let name_en = document.code.clone().unwrap_or_else(|| "the draft".to_owned());
    match verb {
        Verb::SubmitForContent => Text::fixed("Đã trình nội dung.", "Submitted."),
        Verb::Opine => Text::fixed("Đã gửi góp ý.", "Opinion sent."),
        Verb::ApproveContent => Text::fixed("Đã duyệt nội dung.", "Content approved."),
        Verb::CheckFormat => Text::fixed("Đã xác nhận thể thức.", "Form confirmed."),
        Verb::RequestSignature => Text::new(
            format!("Đã trình {} ký.", document.signer_name),
            format!("{} has been asked to sign.", document.signer_name),
        ),
        Verb::CancelRequest => Text::fixed("Đã rút trình ký.", "Withdrawn from signature."),
        Verb::SendBack => Text::fixed("Đã trả lại người soạn.", "Sent back to the drafter."),
        Verb::Void => Text::new(format!("Đã hủy {name_vi}."), format!("{name_en} is voided.")),
        _ => Text::new(format!("Đã phát hành {name_vi}."), format!("{name_en} is issued.")),
    }
}

async fn show(
    req: &Req,
    app: &App,
    user: &Principal,
    id: OutgoingId,
    verb: Verb,
    sent: &Sent,
    refusal: Option<&Refusal>,
) -> web::Result {
    let l = req.lang;
    let view = look(app.platform(), user, id).await?;
    let document = &view.document;
    let leaves = matches!(verb, Verb::Number | Verb::Seal | Verb::Issue);
    let number = match (&document.code, leaves) {
        (Some(code), _) => code.clone(),
        (None, true) => {
            let (document, today) = (document.clone(), app.platform().now().local_date());
            app.platform()
                .db()
                .read(move |tx| match number_preview(tx, &document, today) {
                    Ok(code) => Ok(code),
                    Err(Error::Refused(_)) => Ok(String::new()),
                    Err(other) => Err(other),
                })
                .await?
        }
        (None, false) => String::new(),
    };
    let mut confirm = Confirm::new(
        l,
        &req.csrf,
        title(verb, &view, &number, l),
        button(verb, &view, l),
        &format!("/van-ban-di/{id}/viec/{}", verb_slug(verb)),
        &format!("/van-ban-di/{id}"),
    )
    .facts(&facts(verb, &view, &number, app.platform().now().local_date(), l))
    // A form that comes back is held against what the person has now seen on it.
    .hidden("version", document.version)
    .hidden("key", sent.key.clone().unwrap_or_else(|| app.platform().new_id::<Command>().to_string()))
    .refused(refusal);
    let words = match verb {
        Verb::SendBack | Verb::CancelRequest | Verb::Void => Some(l.t("Lý do", "Reason")),
        Verb::ApproveContent | Verb::CheckFormat => Some(l.t("Ý kiến (không bắt buộc)", "Remark (optional)")),
        Verb::Opine => Some(l.t("Góp ý", "Opinion")),
        _ => None,
    };
    if let Some(label) = words {
        confirm = confirm.reason(label, &sent.reason).refused(refusal);
    }
    if leaves {
        confirm = confirm.warning(warning(document.state, l));
    }
    if verb == Verb::Void {
        confirm = confirm.grave();
    }
    let heading = format!("{} · {}", verb_words(verb, l), name(document, l));
    let mut frame = Page::new(heading).section("office.outgoing");
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &confirm))
}

fn warning(state: State, l: Lang) -> &'static str {
    match state {
        State::Sealed => l.t(
            "Văn bản được gửi ngay đến các nơi nhận qua liên thông.",
            "The document is sent to its recipients at once.",
        ),
        _ => l.t(
            "Số được cấp theo thứ tự, không dùng lại; chữ ký số cơ quan phủ chữ ký, số và ngày; văn bản được gửi ngay.",
            "The number follows the order and is never used again; the seal covers signature, number and date; it is sent at once.",
        ),
    }
}

fn title(verb: Verb, view: &OutgoingView, number: &str, l: Lang) -> String {
    let kind = kind_name(&view.document.kind, l);
    let name = format!("{kind} {number}");
    match l {
        Lang::Vi => format!("{} {}?", verb_words(verb, l), name.trim()),
        Lang::En => format!("{}: {}?", verb_words(verb, l), name.trim()),
    }
}

fn button(verb: Verb, view: &OutgoingView, l: Lang) -> String {
    let places = view.recipients.len();
    match verb {
        Verb::Number | Verb::Seal | Verb::Issue => match l {
            Lang::Vi => format!("Phát hành đến {places} nơi nhận"),
            Lang::En => format!("Issue to {places} recipients"),
        },
        _ => verb_words(verb, l).to_owned(),
    }
}

fn facts(verb: Verb, view: &OutgoingView, number: &str, today: base::Date, l: Lang) -> Vec<(&'static str, Html)> {
    let document = &view.document;
    let mut facts = Vec::new();
    if !number.is_empty() {
        let words = match document.code {
            Some(_) => number.to_owned(),
            None => format!("{number} {}", l.t("(số kế tiếp)", "(the next number)")),
        };
        let day = format::date(document.dated.unwrap_or(today), l);
        facts.push((l.t("Số, ký hiệu", "Number"), Html::text(&words)));
        facts.push((l.t("Ngày", "Date"), Html::text(&day)));
    }
    facts.push((l.t("Trích yếu", "Subject"), Html::text(&document.subject)));
    facts.push((l.t("Người ký", "Signer"), Html::text(&format!("{} {}", document.signer_title, document.signer_name))));
    facts.push((l.t("Nơi nhận", "Recipients"), Html::text(&recipients_words(&view.recipients, l))));
    facts.push((
        l.t("Tệp", "Files"),
        Html::text(&view.files.iter().map(|f| f.name.clone()).collect::<Vec<_>>().join(", ")),
    ));
    if verb == Verb::CheckFormat || verb == Verb::RequestSignature || verb == Verb::SubmitForContent {
        let found: Vec<String> = view.findings.iter().map(|f| f.message.get(l).to_owned()).collect();
        let words = if found.is_empty() {
            l.t("Không thấy gì sai.", "Nothing wrong was found.").to_owned()
        } else {
            found.join(" ")
        };
        facts.push((l.t("Máy kiểm tra", "Automatic check"), Html::text(&words)));
    }
    facts
}
