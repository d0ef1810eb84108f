//! One act on one incoming document: a page that says what is about to happen, and the act itself. Works without script.

use super::incoming_words::{renamed, verb_of, verb_slug, verb_words};
use super::refused;
use crate::api::outgoing::id_of;
use crate::refusals;
use crate::rules::incoming::Verb;
use crate::rules::return_reason;
use crate::store::directives::loads_of_people;
use crate::store::incoming::{Incoming, IncomingId};
use crate::use_cases::Command;
use crate::use_cases::incoming::finish::{CompleteInput, complete, reopen};
use crate::use_cases::incoming::give_back::{ReturnInput, return_incoming};
use crate::use_cases::incoming::look::{IncomingView, look};
use crate::use_cases::incoming::submit::{SubmitInput, receivers, submit_incoming};
use crate::use_cases::incoming::work::{AssignInput, ReportInput, assign_within_unit, report, start};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::{Lang, Refusal, Text, format};
use platform::access::Principal;
use platform::directory;
use platform::{Error, Platform, Result};
use serde::Deserialize;
use web::input;
use web::ui::button::Button;
use web::ui::choice::Choices;
use web::ui::field::{Choose, Field};
use web::ui::note::ErrorSummary;
use web::ui::properties::properties;
use web::{App, Form, Html, Page, Req, User, page, redirect};

#[derive(Template)]
#[template(path = "incoming_act.html")]
struct ActPage {
    l: Lang,
    csrf: String,
    action: String,
    back: String,
    title: String,
    errors: Html,
    facts: Html,
    warning: &'static str,
    fields: Vec<Html>,
    version: i64,
    key: String,
    button: Button,
}

/// What an act's form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    version: Option<i64>,
    key: Option<String>,
    reason: String,
    words: String,
    to: String,
    proposal: String,
    person: String,
    part: String,
    deadline: String,
    kind: String,
    percent: String,
    answer: String,
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
    let (id, verb): (IncomingId, Verb) = (id_of(&id)?, known(&verb)?);
    match refused(perform(app.platform(), &user, id, verb, &sent).await)? {
        Ok(document) => Ok(redirect(format!("/van-ban-den/{id}")).say(said(verb, &document)).go(&req)),
        Err(refusal) => show(&req, &app, &user, id, verb, &sent, Some(&refusal)).await,
    }
}

/// Registration and directives have their own forms, a recall none.
fn known(slug: &str) -> Result<Verb> {
    verb_of(slug)
        .filter(|verb| !matches!(verb, Verb::Register | Verb::Direct | Verb::Recall))
        .ok_or(Error::NotFound("verb"))
}

async fn perform(platform: &Platform, user: &Principal, id: IncomingId, verb: Verb, sent: &Sent) -> Result<Incoming> {
    let command = Command { version: sent.version, key: sent.key.clone().filter(|k| k.len() <= 100) };
    let today = platform.now().local_date();
    match verb {
        Verb::Return => {
            let input = ReturnInput { reason: Some(sent.reason.clone()), words: sent.words.clone() };
            return_incoming(platform, user, id, input, command).await
        }
        Verb::Submit => {
            let input = SubmitInput { to: Some(sent.to.clone()), proposal: sent.proposal.clone(), proposed: None };
            submit_incoming(platform, user, id, input, command).await
        }
        Verb::Assign => {
            let mut fields = input::Fields::new();
            let deadline = fields.date_optional("deadline", &sent.deadline, today);
            fields.finish_as(&refusals::DIRECTIVE)?;
            let input = AssignInput {
                person: sent.person.clone(),
                part: Some(sent.part.clone()),
                deadline: deadline.map(|d| d.to_string()),
                words: sent.words.clone(),
            };
            assign_within_unit(platform, user, id, input, command).await
        }
        Verb::Start => start(platform, user, id, command).await,
        Verb::Report => {
            let mut fields = input::Fields::new();
            let percent = if sent.percent.trim().is_empty() {
                None
            } else {
                fields.parse("percent", &sent.percent, Text::fixed("Từ 0 đến 100.", "From 0 to 100."))
            };
            fields.finish_as(&refusals::METADATA)?;
            let input = ReportInput { kind: sent.kind.clone(), words: sent.words.clone(), percent };
            report(platform, user, id, input, command).await
        }
        Verb::Complete => {
            let input = CompleteInput {
                words: sent.words.clone(),
                answer: Some(sent.answer.clone()).filter(|a| !a.trim().is_empty()),
            };
            complete(platform, user, id, input, command).await
        }
        Verb::Reopen => reopen(platform, user, id, sent.words.clone(), command).await,
        Verb::Register | Verb::Direct | Verb::Recall => Err(Error::NotFound("verb")),
    }
}

fn said(verb: Verb, document: &Incoming) -> Text {
    match verb {
        Verb::Return => Text::fixed("Đã trả lại nơi gửi.", "Returned to the sender."),
        Verb::Submit => {
            let to = document.submitted_to_name.clone().unwrap_or_default();
            Text::new(format!("Đã trình {to}."), format!("Put before {to}."))
        }
        Verb::Assign => Text::fixed("Đã giao việc.", "Assigned."),
        Verb::Start => Text::fixed("Đã bắt đầu xử lý; nơi gửi được báo.", "Work has begun; the sender is told."),
        Verb::Report => Text::fixed("Đã ghi báo cáo.", "The report is kept."),
        Verb::Complete => Text::fixed("Đã hoàn thành; nơi gửi được báo.", "Done; the sender is told."),
        _ => Text::fixed("Đã mở lại.", "Opened again."),
    }
}

async fn show(
    req: &Req,
    app: &App,
    user: &Principal,
    id: IncomingId,
    verb: Verb,
    sent: &Sent,
    refusal: Option<&Refusal>,
) -> web::Result {
    let l = req.lang;
    let view = look(app.platform(), user, id).await?;
    let d = &view.document;
    // The reason stands in the field of the words where a verb has no list of reasons.
    let refusal =
        refusal.map(|r| renamed(r, |field| (field == "reason" && verb != Verb::Return).then(|| "words".to_owned())));
    let refusal = refusal.as_ref();
    let fields = fields(app.platform(), &view, verb, sent, refusal, l).await?;
    let mut button = Button::new(verb_words(verb, l)).primary().key("Ctrl Enter");
    if verb == Verb::Return {
        button = button.grave();
    }
    let body = ActPage {
        l,
        csrf: req.csrf.clone(),
        action: format!("/van-ban-den/{id}/viec/{}", verb_slug(verb)),
        back: format!("/van-ban-den/{id}"),
        title: match l {
            Lang::Vi => format!("{} {}?", verb_words(verb, l), d.code()),
            Lang::En => format!("{}: {}?", verb_words(verb, l), d.code()),
        },
        errors: ErrorSummary::of(l, refusal),
        facts: facts(&view, l),
        warning: match verb {
            Verb::Return => l.t("Nơi gửi nhận được lý do này ngay.", "The sender gets this reason at once."),
            Verb::Start => l.t("Nơi gửi được báo: đang xử lý.", "The sender is told that work has begun."),
            Verb::Complete => l.t("Nơi gửi được báo: hoàn thành.", "The sender is told that it is done."),
            _ => "",
        },
        fields,
        // A form that comes back is held against what the person has now seen on it.
        version: d.version,
        key: sent.key.clone().unwrap_or_else(|| app.platform().new_id::<Command>().to_string()),
        button,
    };
    let mut frame = Page::new(format!("{} · {}", verb_words(verb, l), d.code())).section("office.incoming");
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}

fn facts(view: &IncomingView, l: Lang) -> Html {
    let d = &view.document;
    let mut facts = vec![
        (l.t("Số, ký hiệu", "Number"), Html::text(&d.code())),
        (l.t("Trích yếu", "Subject"), Html::text(&d.subject)),
        (l.t("Nơi gửi", "Sender"), Html::text(&d.issuer)),
    ];
    if let Some(number) = d.arrival_number {
        facts.push((l.t("Số đến", "Arrival no."), Html::text(&number.to_string())));
    }
    if let Some(day) = d.deadline {
        facts.push((l.t("Hạn xử lý", "Deadline"), Html::text(&format::date(day, l))));
    }
    if let Some(code) = &d.answer_code {
        facts.push((l.t("Văn bản trả lời", "Answer"), Html::text(code)));
    }
    properties(&facts)
}

async fn fields(
    platform: &Platform,
    view: &IncomingView,
    verb: Verb,
    sent: &Sent,
    refusal: Option<&Refusal>,
    l: Lang,
) -> Result<Vec<Html>> {
    let words = |label: &str, value: &str| {
        Html::from_template(&Field::area(l, "words", label, 3).value(value).maxlength(1000).refused(refusal))
    };
    let today = platform.now().local_date();
    let agency = view.document.agency.clone();
    Ok(match verb {
        Verb::Return => {
            let mut choices = Choices::one(l, "reason", l.t("Lý do", "Reason"));
            for reason in return_reason::ALL {
                choices = choices.option(reason.code, l.t(reason.vi, reason.en), sent.reason == reason.code);
            }
            vec![
                Html::from_template(&choices.refused(refusal)),
                words(l.t("Nói rõ thêm, nơi gửi đọc được", "In your own words, read by the sender"), &sent.words),
            ]
        }
        Verb::Submit => {
            let people = platform.db().read(move |tx| receivers(tx, &agency, today)).await?;
            let options = people
                .iter()
                .map(|h| Choose::new(h.position.id.to_string(), format!("{} {}", h.position.title.get(l), h.full_name)))
                .collect();
            vec![
                Html::from_template(
                    &Field::select(l, "to", l.t("Trình", "Put before"), options).value(&sent.to).refused(refusal),
                ),
                Html::from_template(
                    &Field::area(l, "proposal", l.t("Đề xuất", "Proposal"), 3)
                        .value(&sent.proposal)
                        .maxlength(2000)
                        .optional()
                        .refused(refusal),
                ),
            ]
        }
        Verb::Assign => {
            let held: Vec<String> = view
                .assignments
                .iter()
                .filter(|a| a.person.is_none() && matches!(a.state.as_str(), "open" | "in_process"))
                .filter_map(|a| a.unit.clone())
                .collect();
            let (people, loads) = platform
                .db()
                .read(move |tx| {
                    Ok((directory::positions_in(tx, &agency, today)?, loads_of_people(tx, &agency, today)?))
                })
                .await?;
            let options = people
                .iter()
                .filter(|h| h.position.unit.is_some_and(|u| held.contains(&u.to_string())))
                .map(|h| {
                    let person = h.position.person.to_string();
                    let load = loads.get(&person).copied().unwrap_or_default();
                    let words = match l {
                        Lang::Vi => format!(
                            "{}, {}: {} việc, {} quá hạn",
                            h.full_name, h.position.title.vi, load.open, load.overdue
                        ),
                        Lang::En => format!(
                            "{}, {}: {} open, {} overdue",
                            h.full_name, h.position.title.en, load.open, load.overdue
                        ),
                    };
                    Choose::new(person, words)
                })
                .collect();
            let parts = vec![
                Choose::new("lead", l.t("Chủ trì xử lý", "Processes")),
                Choose::new("support", l.t("Phối hợp", "Supports")),
            ];
            vec![
                Html::from_template(
                    &Field::select(l, "person", l.t("Giao cho", "To"), options).value(&sent.person).refused(refusal),
                ),
                Html::from_template(
                    &Field::select(l, "part", l.t("Vai trò", "Part"), parts).value(&sent.part).refused(refusal),
                ),
                Html::from_template(
                    &Field::date(l, "deadline", l.t("Hạn", "Deadline"))
                        .hint(l.t("Để trống: theo hạn của đơn vị.", "Empty: the unit's own."))
                        .value(&sent.deadline)
                        .optional()
                        .refused(refusal),
                ),
                words(l.t("Yêu cầu (không bắt buộc)", "Words (optional)"), &sent.words),
            ]
        }
        Verb::Report => {
            let kind = if sent.kind.is_empty() { "progress" } else { &sent.kind };
            let choices = Choices::one(l, "kind", l.t("Loại", "Sort"))
                .option("progress", l.t("Tiến độ", "Progress"), kind == "progress")
                .option("opinion", l.t("Ý kiến, đề xuất", "Opinion"), kind == "opinion")
                .option("result", l.t("Xong phần của tôi", "My part is done"), kind == "result")
                .refused(refusal);
            vec![
                Html::from_template(&choices),
                words(l.t("Nội dung", "Words"), &sent.words),
                Html::from_template(
                    &Field::text(l, "percent", l.t("Đã xong, phần trăm", "Done, percent"))
                        .value(&sent.percent)
                        .inputmode("numeric")
                        .optional()
                        .refused(refusal),
                ),
            ]
        }
        Verb::Complete => {
            let label = if view.document.answer.is_some() {
                l.t("Kết quả (không bắt buộc)", "Result (optional)")
            } else {
                l.t("Kết quả, vì không có văn bản trả lời", "Result, as there is no answer")
            };
            vec![words(label, &sent.words)]
        }
        Verb::Reopen => vec![words(l.t("Lý do", "Reason"), &sent.words)],
        Verb::Start | Verb::Register | Verb::Direct | Verb::Recall => Vec::new(),
    })
}
