//! One incoming document: its road, its checks, who works on it, what was reported, its history in the ledger.

use super::incoming_words::{
    acts, checks, due, file_lines, incoming_state, operation_words, signature_marks, signatures_path, source_words,
};
use super::words::{stamps, thread, when_who};
use crate::api::outgoing::id_of;
use crate::rules::directive::Part;
use crate::rules::incoming::State;
use crate::store::directives::Assignment;
use crate::store::incoming::IncomingId;
use crate::use_cases::incoming::look::{IncomingView, file_of, look};
use askama::Template;
use axum::extract::{Path, State as AppState};
use base::{Lang, Text, Timestamp, format};
use web::html::escape;
use web::ui::icon::icon;
use web::ui::note::{NoteKind, note};
use web::ui::paging::crumbs;
use web::ui::paper::paper_blank;
use web::ui::properties::properties;
use web::ui::state::{Progress, state};
use web::ui::steps::{StepState, Steps};
use web::ui::table::{Column, Table};
use web::ui::thread::{chain, link_words};
use web::ui::track::status_words;
use web::{App, Html, Page, Req, User, page};

#[derive(Template)]
#[template(path = "incoming_record.html")]
struct Record {
    l: Lang,
    crumbs: Html,
    code: String,
    dated: String,
    stamps: Html,
    subject: String,
    acts: Html,
    steps: Steps,
    notes: Html,
    paper: Html,
    files: Vec<Html>,
    directives: Html,
    assignments: Html,
    progress: Html,
    thread: Html,
    all_entries: usize,
    checks: Html,
    told: Html,
    facts: Html,
    id: String,
    registered: bool,
}

/// The page.
pub async fn record(req: Req, User(user): User, AppState(app): AppState<App>, Path(id): Path<String>) -> web::Result {
    let id: IncomingId = id_of(&id)?;
    let view = look(app.platform(), &user, id).await?;
    let (l, now) = (req.lang, app.platform().now());
    let d = &view.document;
    let name = format!("{} {}", d.kind_name, d.code()).trim().to_owned();
    let files = file_lines(&view, &signature_marks(&app, &view, l).await?, l);
    let body = Record {
        l,
        crumbs: crumbs(&[("/van-ban-den", l.t("Văn bản đến", "Incoming"))], &name, l),
        code: name.clone(),
        dated: d.issued_on.map(|day| format::date(day, l)).unwrap_or_default(),
        stamps: stamps(d.urgency, d.secrecy, l),
        subject: d.subject.clone(),
        acts: acts(&view, l),
        steps: steps(&view, l),
        notes: notes(&view, l),
        paper: paper_blank(&match view.files.first() {
            Some(main) => format!("{}\n{}", l.t("Mở tệp chính để đọc:", "Open the main file to read it:"), main.name),
            None => l.t("Chưa có tệp.", "There is no file.").to_owned(),
        }),
        files,
        directives: directives(&view, now, l),
        assignments: assignments(&view, now, l),
        progress: progress(&view, now, l),
        thread: Html::from_template(&thread(&view.history, 40, now, l)),
        all_entries: view.history.len(),
        checks: checks(&view, l),
        told: told(&view, now, l),
        facts: facts(&view, l),
        id: d.id.to_string(),
        registered: d.arrival_number.is_some(),
    };
    Ok(page(&req, Page::new(format!("{name} · {}", l.t("Văn bản đến", "Incoming"))).section("office.incoming"), &body))
}

/// A file of the document, shown in the sandbox where it is harmless, a download otherwise.
pub async fn file(
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, ordinal)): Path<(String, String)>,
) -> web::Result {
    let ordinal = ordinal.parse().map_err(|_| platform::Error::NotFound("file"))?;
    crate::api::incoming::send(&app, &user, id_of(&id)?, ordinal, true).await
}

/// What the signatures of one file are worth, for whoever may read the file.
pub async fn signatures(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, ordinal)): Path<(String, i64)>,
) -> web::Result {
    let id: IncomingId = id_of(&id)?;
    let file = file_of(app.platform(), &user, id, ordinal).await?;
    let report = web::signatures::kept_or_now(&app, &file.sha256).await?;
    let l = req.lang;
    let shown = web::signatures::ReportPage {
        section: "office.incoming",
        crumbs: crumbs(&[("/van-ban-den", l.t("Văn bản đến", "Incoming"))], &file.name, l),
        name: &file.name,
        sha256: &file.sha256,
        size: u64::try_from(file.size).unwrap_or(0),
        report: &report,
        again: Some(&signatures_path(id, ordinal)),
        onward: Some((&format!("/van-ban-den/{id}"), l.t("Về văn bản", "Back to the document"))),
    };
    Ok(web::signatures::show(&req, shown))
}

/// Verifies them again now.
pub async fn check_again(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, ordinal)): Path<(String, i64)>,
    _: web::FormData,
) -> web::Result {
    let id: IncomingId = id_of(&id)?;
    let file = file_of(app.platform(), &user, id, ordinal).await?;
    web::signatures::again(&app, &file.sha256).await?;
    let said = Text::fixed("Đã kiểm tra lại.", "Verified again.");
    Ok(web::redirect(signatures_path(id, ordinal)).say(said).go(&req))
}

fn steps(view: &IncomingView, l: Lang) -> Steps {
    let d = &view.document;
    let done = |at: Option<Timestamp>, who: &str| at.map(|at| when_who(at, who, l));
    let directive = view.directives.last();
    let worker = view.assignments.iter().find(|a| a.part == Part::Lead && a.person.is_some());
    let road = [
        (l.t("Đến", "Arrived"), done(Some(d.arrived_at), ""), State::Arrived),
        (
            l.t("Đăng ký", "Registered"),
            done(d.registered_at, d.registered_by_name.as_deref().unwrap_or_default()),
            State::Registered,
        ),
        (
            l.t("Trình", "Submitted"),
            done(d.submitted_at, d.submitted_to_name.as_deref().unwrap_or_default()),
            State::Submitted,
        ),
        (
            l.t("Chỉ đạo", "Directed"),
            done(d.directed_at, directive.map_or("", |r| r.person_name.as_str())),
            State::Directed,
        ),
        (
            l.t("Xử lý", "In process"),
            done(d.started_at, worker.and_then(|a| a.person_name.as_deref()).unwrap_or_default()),
            State::InProcess,
        ),
        (l.t("Hoàn thành", "Done"), done(d.done_at, ""), State::Done),
    ];
    let ended = matches!(d.state, State::Returned | State::Recalled);
    let last = road.iter().rposition(|(_, at, _)| at.is_some()).unwrap_or(0);
    let mut out = Steps::new(l);
    for (index, (name, at, _)) in road.into_iter().enumerate() {
        let place = match (&at, ended) {
            (Some(_), _) => StepState::Done,
            (None, true) => StepState::Skipped,
            // A step that was leapt over, e.g. a document passed straight to a unit.
            (None, false) if index < last => StepState::Skipped,
            (None, false) if index == last + 1 => StepState::Now,
            (None, false) => StepState::Next,
        };
        out = out.step(place, name, at.unwrap_or_default());
    }
    out
}

fn notes(view: &IncomingView, l: Lang) -> Html {
    let d = &view.document;
    let mut out = String::new();
    let mut add = |kind, words: &str, behind: &Html| out.push_str(note(kind, words, behind).as_str());
    if let Some(words) = operation_words(&d.operation, l) {
        let behind = d.about.as_ref().map_or_else(Html::default, |about| {
            Html::trusted(format!(
                "<a href=\"/van-ban-den/{about}\">{}</a>",
                l.t("Mở văn bản đã nhận", "Open the document received")
            ))
        });
        let rest = l.t(": nói về một văn bản đã gửi trước.", ": about a document sent earlier.");
        add(NoteKind::Caution, &format!("{words}{rest}"), &behind);
    }
    if let Some(standing) = view.registration {
        add(NoteKind::Info, &super::incoming_words::registration_words(standing, l), &Html::default());
    }
    if d.verdict == "failed" {
        let words = l.t(
            "Có kiểm tra không đạt; xem bên dưới trước khi tiếp nhận.",
            "A check failed; see below before accepting it.",
        );
        add(NoteKind::Error, words, &Html::default());
    }
    if let Some(reason) = &d.return_reason {
        add(NoteKind::Caution, &format!("{}: {reason}", l.t("Đã trả lại", "Returned")), &Html::default());
    }
    if let Some(result) = &d.result {
        add(NoteKind::Done, &format!("{}: {result}", l.t("Kết quả", "Result")), &Html::default());
    }
    Html::trusted(out)
}

fn directives(view: &IncomingView, now: Timestamp, l: Lang) -> Html {
    let mut links: Vec<(Html, Html)> = view
        .directives
        .iter()
        .rev()
        .map(|r| {
            let when = format::moment(r.at, now, l);
            let by_when = r.deadline.map(|day| format!(", {} {}", l.t("hạn", "due"), format::date(day, l)));
            let replaced = if r.replaced_at.is_some() { l.t(" (đã thay)", " (replaced)") } else { "" };
            let below = format!("“{}” {when}{}{replaced}", r.words, by_when.unwrap_or_default());
            (icon("pen"), link_words(&r.person_name, &format!(", {}", r.person_title), &below))
        })
        .collect();
    if let (Some(words), true) = (&view.document.proposal, view.directives.is_empty()) {
        links.push((icon("pen"), link_words(l.t("Đề xuất", "Proposal"), "", words)));
    }
    if links.is_empty() {
        return Html::trusted(format!("<p class=\"none\">{}</p>", l.t("Chưa có ý kiến chỉ đạo.", "No directive yet.")));
    }
    chain(&links)
}

/// What an assignment's state is called.
pub fn assignment_state(assignment: &Assignment, l: Lang) -> Html {
    match assignment.state.as_str() {
        "open" => state(Progress::Waiting, l.t("Chờ bắt đầu", "Not begun")),
        "in_process" => state(Progress::Running, l.t("Đang xử lý", "In process")),
        "done" => state(Progress::Good, l.t("Xong", "Done")),
        _ => state(Progress::None, l.t("Đã rút", "Withdrawn")),
    }
}

fn assignments(view: &IncomingView, now: Timestamp, l: Lang) -> Html {
    let columns = vec![
        Column::new(l.t("Đơn vị, người", "Unit, person")),
        Column::new(l.t("Vai trò", "Part")),
        Column::new(l.t("Hạn", "Deadline")),
        Column::new(l.t("Trạng thái", "State")),
    ];
    let mut table = Table::new(l, l.t("Phân công", "Assignments"), columns)
        .tight()
        .first_is_head()
        .empty(Html::text(l.t("Chưa giao cho ai.", "Nobody has been assigned.")));
    for one in &view.assignments {
        let who = match (&one.person_name, &one.unit_name) {
            (Some(person), Some(unit)) => format!("{person}, {unit}"),
            (Some(name), None) | (None, Some(name)) => name.clone(),
            (None, None) => String::new(),
        };
        let (vi, en) = one.part.label();
        let open = matches!(one.state.as_str(), "open" | "in_process");
        let deadline = match one.deadline {
            Some(day) if open => due(day, now.local_date(), l),
            Some(day) => Html::text(&format::date(day, l)),
            None => Html::text("–"),
        };
        let name = Html::trusted(format!("<span lang=\"vi\">{}</span>", escape(&who)));
        table = table.row(vec![name, Html::text(l.t(vi, en)), deadline, assignment_state(one, l)]);
    }
    Html::from_template(&table)
}

fn progress(view: &IncomingView, now: Timestamp, l: Lang) -> Html {
    let links: Vec<(Html, Html)> = view
        .progress
        .iter()
        .rev()
        .map(|p| {
            let what = match p.kind.as_str() {
                "opinion" => l.t(", ý kiến", ", opinion"),
                "result" => l.t(", kết quả", ", result"),
                _ => l.t(", tiến độ", ", progress"),
            };
            let percent = p.percent.map(|n| format!(" {n}%")).unwrap_or_default();
            let below = format!("“{}”{percent} {}", p.words, format::moment(p.at, now, l));
            (icon("pen"), link_words(&p.person_name, what, &below))
        })
        .collect();
    if links.is_empty() {
        return Html::trusted(format!("<p class=\"none\">{}</p>", l.t("Chưa có báo cáo.", "Nothing reported yet.")));
    }
    chain(&links)
}

fn told(view: &IncomingView, now: Timestamp, l: Lang) -> Html {
    if view.statuses.is_empty() {
        return Html::default();
    }
    let rows: String = view
        .statuses
        .iter()
        .map(|s| {
            format!(
                "<li class=\"acts\">{} <span class=\"push mut nw\">{}</span></li>",
                status_words(s.code.as_str(), l),
                escape(&format::moment(s.at, now, l))
            )
        })
        .collect();
    Html::trusted(format!("<ul class=\"rows\">{rows}</ul>"))
}

fn facts(view: &IncomingView, l: Lang) -> Html {
    let d = &view.document;
    let text = |t: &str| Html::text(if t.is_empty() { "–" } else { t });
    let link = |href: String, words: &str| Html::trusted(format!("<a href=\"{href}\">{}</a>", escape(words)));
    let mut pairs = vec![
        (l.t("Trạng thái", "State"), incoming_state(d.state, l)),
        (l.t("Số đến", "Arrival no."), text(&d.arrival_number.map(|n| n.to_string()).unwrap_or_default())),
        (l.t("Ngày đến", "Arrived on"), text(&d.arrived_on.map(|day| format::date(day, l)).unwrap_or_default())),
        (l.t("Nguồn", "Source"), text(source_words(&d.source, l))),
        (l.t("Nơi gửi", "Sender"), text(&d.issuer)),
        (l.t("Người ký", "Signer"), text(format!("{} {}", d.signer_position, d.signer_name).trim())),
        (l.t("Hạn trả lời", "Reply by"), text(&d.due_on.map(|day| format::date(day, l)).unwrap_or_default())),
        (l.t("Hạn xử lý", "Deadline"), text(&d.deadline.map(|day| format::date(day, l)).unwrap_or_default())),
        (l.t("Chủ trì", "Lead"), text(d.lead_name.as_deref().unwrap_or_default())),
        (l.t("Mã văn bản", "Document code"), text(d.document_id.as_deref().unwrap_or_default())),
    ];
    if let (Some(id), Some(code)) = (&d.answer, &d.answer_code) {
        pairs.push((l.t("Văn bản trả lời", "Answer"), link(format!("/van-ban-di/{id}"), code)));
    }
    for answered in view.links.iter().filter(|link| link.relation == "response_for") {
        let words = l.t("văn bản đi của cơ quan", "a document of this agency");
        pairs.push((l.t("Trả lời cho", "Answers"), link(format!("/van-ban-di/{}", answered.to_id), words)));
    }
    for drafted in
        view.linked_by.iter().filter(|link| link.relation == "response_for" && d.answer.as_ref() != Some(&link.from_id))
    {
        let words = l.t("dự thảo trả lời", "an answer in draft");
        pairs.push((l.t("Đang trả lời", "Being answered"), link(format!("/van-ban-di/{}", drafted.from_id), words)));
    }
    properties(&pairs)
}
