//! One outgoing document: its road, its files, what happens outward, who signed, and what one may do now.

use super::incoming_words::marked;
use super::words::{
    drafter, kind_name, name, outgoing_state, recipients_words, stamps, thread, verb_slug, verb_words, when_who,
};
use crate::api::outgoing::id_of;
use crate::api::transfer::stored;
use crate::entries::INCOMING;
use crate::rules::issue_deadline;
use crate::rules::metadata::Gravity;
use crate::rules::outgoing::{State, Verb, is_signed};
use crate::store::files::FileId;
use crate::store::incoming::incoming_get;
use crate::store::links::Link;
use crate::store::outgoing::{OutgoingId, outgoing_get};
use crate::use_cases::files;
use crate::use_cases::look::{OutgoingView, look};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::response::IntoResponse;
use base::calendar::WorkingCalendar;
use base::{Lang, Text, Timestamp, format};
use platform::{Platform, Result};
use std::collections::HashMap;
use web::html::escape;
use web::ui::button::Button;
use web::ui::icon::icon;
use web::ui::note::{NoteKind, Proof, note, proof_note};
use web::ui::paging::crumbs;
use web::ui::paper::{FileState, file_line, paper_blank};
use web::ui::properties::properties;
use web::ui::state::{Progress, deadline, state};
use web::ui::steps::{StepState, Steps};
use web::ui::table::{Column, Table};
use web::ui::thread::{chain, link_words};
use web::ui::track::{reached_by, status_words, track};
use web::{App, Html, Page, Req, User, page};

#[derive(Template)]
#[template(path = "outgoing_record.html")]
struct Record {
    l: Lang,
    crumbs: Html,
    name: String,
    dated: Option<String>,
    stamps: Html,
    subject: String,
    acts: Html,
    steps: Steps,
    notes: Html,
    paper: Html,
    files: Vec<Html>,
    recipients: usize,
    board: Html,
    thread: Html,
    all_entries: usize,
    proof: Html,
    signatures: Html,
    approvals: Html,
    facts: Html,
    csrf: String,
    id: String,
    version: i64,
    opines: bool,
}

/// The page.
pub async fn record(req: Req, User(user): User, AppState(app): AppState<App>, Path(id): Path<String>) -> web::Result {
    let id: OutgoingId = id_of(&id)?;
    let view = look(app.platform(), &user, id).await?;
    let links = linked(app.platform(), &view).await?;
    let (l, now) = (req.lang, app.platform().now());
    let document = &view.document;
    let title = format!("{} · {}", name(document, l), l.t("Văn bản đi", "Outgoing"));
    let agency = files_and_marks(&view, &signature_marks(&app, &view, l).await?, l);
    let body = Record {
        l,
        crumbs: crumbs(&[("/van-ban-di", l.t("Văn bản đi", "Outgoing"))], &name(document, l), l),
        name: name(document, l),
        dated: document.dated.map(|d| format::date(d, l)),
        stamps: stamps(document.urgency, document.secrecy, l),
        subject: document.subject.clone(),
        acts: acts(&view, l),
        steps: steps(&view, l),
        notes: notes(&view, now, l),
        paper: paper_blank(&agency.0),
        files: agency.1,
        recipients: view.recipients.len(),
        board: board(&view, now, l),
        thread: Html::from_template(&thread(&view.history, 40, now, l)),
        all_entries: view.history.len(),
        proof: proof(app.platform(), &view, l).await?,
        signatures: signatures(&view, l),
        approvals: approvals(&view, now, l),
        facts: facts(&view, &links, l),
        csrf: req.csrf.clone(),
        id: document.id.to_string(),
        version: document.version,
        opines: view.may.contains(&Verb::Opine),
    };
    Ok(page(&req, Page::new(title).section("office.outgoing"), &body))
}

/// A file of the document, as a download or into the sandbox.
pub async fn file(
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, file)): Path<(String, String)>,
) -> web::Result {
    let file = files::file_of(app.platform(), &user, id_of(&id)?, id_of(&file)?).await?;
    Ok(stored(&app, &file.sha256, &file.name, &file.media_type).await?.shown().into_response())
}

/// Buttons: what this person may do now, the next step first.
pub fn acts(view: &OutgoingView, l: Lang) -> Html {
    let document = &view.document;
    let mut out = String::new();
    let mut primary_given = false;
    // A clerk numbers, seals and issues in one go.
    let promulgates =
        view.may.contains(&Verb::Number) || view.may.contains(&Verb::Seal) || view.may.contains(&Verb::Issue);
    let order = [
        Verb::Sign,
        Verb::Issue,
        Verb::ApproveContent,
        Verb::CheckFormat,
        Verb::RequestSignature,
        Verb::SubmitForContent,
        Verb::Revise,
        Verb::CancelRequest,
        Verb::SendBack,
        Verb::Void,
    ];
    for verb in order {
        let allowed = if verb == Verb::Issue { promulgates } else { view.may.contains(&verb) };
        if !allowed {
            continue;
        }
        let label = match (verb, document.state) {
            (Verb::Issue, State::Signed) => l.t("Cấp số, phát hành…", "Number and issue…").to_owned(),
            (Verb::Issue, _) => l.t("Phát hành…", "Issue…").to_owned(),
            (Verb::Sign | Verb::SendBack | Verb::Void | Verb::CancelRequest, _) => format!("{}…", verb_words(verb, l)),
            _ => verb_words(verb, l).to_owned(),
        };
        let href = match verb {
            Verb::Revise => format!("/van-ban-di/{}/sua", document.id),
            Verb::Sign => format!("/van-ban-di/{}/ky", document.id),
            _ => format!("/van-ban-di/{}/viec/{}", document.id, verb_slug(verb)),
        };
        let mut button = Button::new(label).href(href);
        if !primary_given && !matches!(verb, Verb::Revise | Verb::SendBack | Verb::Void | Verb::CancelRequest) {
            button = button.primary();
            primary_given = true;
        }
        out.push_str(Html::from_template(&button).as_str());
    }
    Html::trusted(out)
}

fn steps(view: &OutgoingView, l: Lang) -> Steps {
    let d = &view.document;
    let rank = |state: State| State::ALL.iter().position(|s| *s == state).unwrap_or(0);
    let at = match d.state {
        State::SentBack => rank(State::Draft),
        State::Voided => 99,
        State::Frozen => rank(State::Issued),
        state => rank(state),
    };
    // Approvals of earlier revisions do not show as done when the draft went back.
    let approved = |step: &str, from: State| {
        (at >= rank(from)).then(|| view.approvals.iter().rev().find(|a| a.step == step)).flatten()
    };
    let person = view.signatures.iter().rev().find(|s| s.role == "person").filter(|_| is_signed(d.state));
    let reached = view
        .deliveries
        .iter()
        .filter(|row| row.status.is_some() || row.arrived_at.is_some() || row.sent_at.is_some())
        .count();
    let place = |done: bool, now: bool| match (done, now) {
        (true, _) => StepState::Done,
        (_, true) => StepState::Now,
        _ => StepState::Next,
    };
    let not_yet = l.t("chưa", "not yet").to_owned();
    let content = approved("content", State::ContentOk);
    let form = approved("format", State::FormatOk);
    let issued = d.issued_at.is_some();
    Steps::new(l)
        .step(
            place(at > rank(State::Draft), true),
            l.t("Soạn thảo", "Draft"),
            when_who(d.created_at, &d.drafter_name, l),
        )
        .step(
            place(content.is_some(), at == rank(State::Consulting)),
            l.t("Nội dung", "Content"),
            content.map_or(not_yet.clone(), |a| when_who(a.at, &a.person_name, l)),
        )
        .step(
            place(form.is_some(), at == rank(State::ContentOk)),
            l.t("Thể thức", "Form"),
            form.map_or(not_yet.clone(), |a| when_who(a.at, &a.person_name, l)),
        )
        .step(
            place(person.is_some(), at == rank(State::AwaitingSignature) || at == rank(State::FormatOk)),
            l.t("Duyệt, ký", "Signature"),
            person.map_or_else(
                || if d.signer_name.is_empty() { not_yet.clone() } else { d.signer_name.clone() },
                |s| when_who(s.at, &s.signer_name, l),
            ),
        )
        .step(
            place(d.sealed_at.is_some(), at == rank(State::Signed) || at == rank(State::Numbered)),
            l.t("Số, dấu cơ quan", "Number, seal"),
            d.sealed_at
                .or(d.numbered_at)
                .map_or(not_yet.clone(), |t| format!("{}, {}", format::day_month(t.local_date(), l), format::time(t))),
        )
        .step(
            place(d.state == State::Stored, issued || at == rank(State::Sealed)),
            l.t("Phát hành", "Issue"),
            match (issued, view.deliveries.len()) {
                (false, _) => not_yet.clone(),
                (true, 0) => l.t("bản giấy", "on paper").to_owned(),
                (true, all) => match l {
                    Lang::Vi => format!("{reached} trong {all} nơi đã nhận"),
                    Lang::En => format!("{reached} of {all} received"),
                },
            },
        )
        .step(place(d.state == State::Stored, false), l.t("Vào hồ sơ", "File"), not_yet)
}

fn notes(view: &OutgoingView, now: Timestamp, l: Lang) -> Html {
    let d = &view.document;
    let mut out = String::new();
    let mut add = |kind, words: String| out.push_str(note(kind, &words, &Html::default()).as_str());
    if d.state == State::SentBack
        && let Some(reason) = &d.sent_back_reason
    {
        add(NoteKind::Caution, format!("{}: {reason}", l.t("Bị trả lại", "Sent back")));
    }
    if let Some(reason) = &d.void_reason {
        let words = match &d.code {
            Some(code) => format!(
                "{} {code} {}",
                l.t("Số", "Number"),
                l.t("đã hủy, vẫn giữ trong sổ", "is voided and stays in the register")
            ),
            None => l.t("Dự thảo đã bỏ", "The draft was given up").to_owned(),
        };
        add(NoteKind::Caution, format!("{words}: {reason}"));
    }
    if let Some(request) = view.requests.iter().rev().find(|r| r.state == crate::rules::signing_request::State::Waiting)
    {
        let words = if now >= request.expires_at {
            l.t(
                "Yêu cầu ký đã hết hạn; rút rồi trình lại.",
                "The signing request has lapsed; withdraw it and ask again.",
            )
            .to_owned()
        } else {
            format!(
                "{} {}, {} {}.",
                l.t("Đang chờ", "Waiting for"),
                d.signer_name,
                l.t("trình lúc", "asked"),
                format::moment(request.requested_at, now, l)
            )
        };
        add(NoteKind::Info, words);
    }
    for finding in &view.findings {
        let kind = if finding.gravity == Gravity::Error { NoteKind::Error } else { NoteKind::Caution };
        add(kind, format!("{} ({})", finding.message.get(l), finding.basis.label(l)));
    }
    Html::trusted(out)
}

fn signatures_path(id: OutgoingId, file: FileId) -> String {
    format!("/van-ban-di/{id}/tep/{file}/chu-ky")
}

/// For each PDF the state of its signatures, by the address of its report.
async fn signature_marks(app: &App, view: &OutgoingView, l: Lang) -> web::Result<HashMap<String, Html>> {
    let pdfs = view.files.iter().filter(|file| file.media_type == "application/pdf");
    let files = pdfs.map(|file| (file.sha256.clone(), signatures_path(view.document.id, file.id)));
    web::signatures::marks(app, files.collect(), l).await
}

/// What the signatures of one file are worth, for whoever may read the file.
pub async fn signatures_page(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, file)): Path<(String, String)>,
) -> web::Result {
    let (id, file): (OutgoingId, FileId) = (id_of(&id)?, id_of(&file)?);
    let found = files::file_of(app.platform(), &user, id, file).await?;
    let report = web::signatures::kept_or_now(&app, &found.sha256).await?;
    let l = req.lang;
    let shown = web::signatures::ReportPage {
        section: "office.outgoing",
        crumbs: crumbs(&[("/van-ban-di", l.t("Văn bản đi", "Outgoing"))], &found.name, l),
        name: &found.name,
        sha256: &found.sha256,
        size: u64::try_from(found.size).unwrap_or(0),
        report: &report,
        again: Some(&signatures_path(id, file)),
        onward: Some((&format!("/van-ban-di/{id}"), l.t("Về văn bản", "Back to the document"))),
    };
    Ok(web::signatures::show(&req, shown))
}

/// Verifies them again now.
pub async fn check_again(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path((id, file)): Path<(String, String)>,
    _: web::FormData,
) -> web::Result {
    let (id, file): (OutgoingId, FileId) = (id_of(&id)?, id_of(&file)?);
    let found = files::file_of(app.platform(), &user, id, file).await?;
    web::signatures::again(&app, &found.sha256).await?;
    let said = Text::fixed("Đã kiểm tra lại.", "Verified again.");
    Ok(web::redirect(signatures_path(id, file)).say(said).go(&req))
}

fn files_and_marks(view: &OutgoingView, marks: &HashMap<String, Html>, l: Lang) -> (String, Vec<Html>) {
    let words = match view.files.iter().find(|f| f.main) {
        Some(main) => format!("{}\n{}", l.t("Mở tệp chính để đọc:", "Open the main file to read it:"), main.name),
        None => l.t("Chưa có tệp văn bản chính.", "There is no main file yet.").to_owned(),
    };
    let files = view
        .files
        .iter()
        .map(|f| {
            let href = format!("/van-ban-di/{}/tep/{}", view.document.id, f.id);
            let line = file_line(&href, &f.name, u64::try_from(f.size).unwrap_or(0), FileState::Clean, l);
            marked(line, marks.get(&signatures_path(view.document.id, f.id)))
        })
        .collect();
    (words, files)
}

fn board(view: &OutgoingView, now: Timestamp, l: Lang) -> Html {
    let columns = vec![
        Column::new(l.t("Cơ quan", "Agency")),
        Column::new(l.t("Đến → xong", "Arrived → done")),
        Column::new(l.t("Trạng thái", "State")),
        Column::new(l.t("Lúc", "When")).fixed(),
        Column::new(l.t("Ghi chú", "Note")),
    ];
    let mut table =
        Table::new(l, l.t("Tình trạng gửi đến từng nơi nhận", "How it stands with each recipient"), columns)
            .tight()
            .first_is_head()
            .empty(Html::text(l.t("Chưa có nơi nhận.", "There is no recipient yet.")));
    for recipient in &view.recipients {
        let row = view.deliveries.iter().find(|d| Some(&d.recipient) == recipient.agency.as_ref());
        let code = recipient.agency.as_ref().map(ToString::to_string).unwrap_or_default();
        let agency = Html::trusted(format!(
            "<span lang=\"vi\">{}</span><span class=\"vh\"> {}</span>",
            escape(&recipient.name),
            escape(&code)
        ));
        let mut cells = vec![agency];
        cells.extend(match row {
            Some(row) => {
                let word = row.status.as_ref().map_or("", |s| s.as_str());
                let (reached, refused) = reached_by(word);
                let words = if word.is_empty() && row.problem.is_some() {
                    state(Progress::Caution, row.transport.label().get(l))
                } else {
                    status_words(word, l)
                };
                let at = row.status_at.or(row.arrived_at).or(row.sent_at);
                let said =
                    row.note.clone().or_else(|| row.problem.as_ref().map(|p| p.get(l).to_owned())).unwrap_or_default();
                [
                    track(reached, refused),
                    words,
                    Html::text(&at.map_or_else(|| "–".to_owned(), |at| format::moment(at, now, l))),
                    Html::text(&said),
                ]
            }
            None if recipient.electronic => [
                track(0, false),
                state(Progress::None, l.t("Chưa phát hành", "Not issued")),
                Html::text("–"),
                Html::default(),
            ],
            None => {
                [Html::default(), state(Progress::None, l.t("Bản giấy", "On paper")), Html::text("–"), Html::default()]
            }
        });
        table = table.row(cells);
    }
    Html::from_template(&table)
}

fn signatures(view: &OutgoingView, l: Lang) -> Html {
    let links: Vec<(Html, Html)> = view
        .signatures
        .iter()
        .filter(|_| is_signed(view.document.state) || view.document.state == State::Voided)
        .map(|s| {
            let at = format!("{} {}", format::date(s.at.local_date(), l), format::time_seconds(s.at));
            if s.role == "agency" {
                let below = format!(
                    "{} {at}",
                    l.t(
                        "Dấu cơ quan phủ số, ngày và chữ ký trên.",
                        "The seal covers number, date and the signature above."
                    )
                );
                (Progress::Sealed.glyph(), link_words(&s.signer_name, "", &below))
            } else {
                let prefix = s.authority.prefix();
                let below = format!("{prefix} {}, {at}", l.t("Chữ ký số cá nhân", "Personal signature"));
                (Progress::Usual.glyph(), link_words(&s.signer_name, &format!(", {}", s.signer_title), below.trim()))
            }
        })
        .collect();
    if links.is_empty() {
        return Html::trusted(format!("<p class=\"none\">{}</p>", l.t("Chưa có chữ ký.", "Not signed yet.")));
    }
    chain(&links)
}

fn approvals(view: &OutgoingView, now: Timestamp, l: Lang) -> Html {
    let links: Vec<(Html, Html)> = view
        .approvals
        .iter()
        .rev()
        .map(|a| {
            let (glyph, what) = match a.step.as_str() {
                "content" => (icon("check"), l.t("nội dung", "content")),
                "format" => (icon("check"), l.t("thể thức", "form")),
                "sent_back" => (Progress::Returned.glyph(), l.t("trả lại", "sent back")),
                _ => (icon("pen"), l.t("góp ý", "opinion")),
            };
            let at = format::moment(a.at, now, l);
            let below = if a.remark.is_empty() { at } else { format!("“{}” {at}", a.remark) };
            (glyph, link_words(&a.person_name, &format!(", {what}"), &below))
        })
        .collect();
    if links.is_empty() {
        return Html::trusted(format!("<p class=\"none\">{}</p>", l.t("Chưa ai duyệt.", "Nobody has approved yet.")));
    }
    chain(&links)
}

/// A link to another document: relation in words, its name, its address.
type Linked = (String, String, String);

async fn linked(platform: &Platform, view: &OutgoingView) -> Result<Vec<Linked>> {
    let links: Vec<Link> = view.links.iter().chain(&view.linked_by).cloned().collect();
    let own = view.document.id.to_string();
    platform
        .db()
        .read(move |tx| {
            let mut out = Vec::new();
            for link in &links {
                let (kind, id) =
                    if link.from_id == own { (&link.to_kind, &link.to_id) } else { (&link.from_kind, &link.from_id) };
                let relation =
                    if link.from_id == own { link.relation.clone() } else { format!("{}_by", link.relation) };
                if kind == INCOMING.name {
                    if let Ok(id) = id.parse()
                        && let Ok(found) = incoming_get(tx, id)
                    {
                        out.push((relation, found.code(), format!("/van-ban-den/{}", found.id)));
                    }
                } else if let Ok(id) = id.parse()
                    && let Ok(found) = outgoing_get(tx, id)
                {
                    let name = found.code.clone().unwrap_or_else(|| found.subject.clone());
                    out.push((relation, name, format!("/van-ban-di/{}", found.id)));
                }
            }
            Ok(out)
        })
        .await
}

fn facts(view: &OutgoingView, links: &[Linked], l: Lang) -> Html {
    let d = &view.document;
    let text = |t: &str| Html::text(if t.is_empty() { "–" } else { t });
    let mut pairs = vec![
        (l.t("Trạng thái", "State"), outgoing_state(d.state, l)),
        (l.t("Loại", "Kind"), text(&kind_name(&d.kind, l))),
        (l.t("Độ khẩn", "Urgency"), text(d.urgency.label().get(l))),
        (l.t("Độ mật", "Secrecy"), text(d.secrecy.label().get(l))),
        (l.t("Lĩnh vực", "Field"), text(d.field.as_deref().unwrap_or_default())),
        (l.t("Soạn thảo", "Drafted by"), text(&drafter(d))),
        (l.t("Người ký", "Signer"), text(&format!("{} {}", d.signer_title, d.signer_name))),
        (l.t("Hạn trả lời", "Reply by"), text(&d.due_on.map(|d| format::date(d, l)).unwrap_or_default())),
        (l.t("Nơi nhận", "Recipients"), text(&recipients_words(&view.recipients, l))),
        (l.t("Nơi khác", "Other places"), text(&d.places.join("; "))),
        (l.t("Phiên bản", "Revision"), text(&d.revision.to_string())),
    ];
    let deadline_html = match (d.signed_at, d.issued_at) {
        (Some(signed), None) if is_signed(d.state) => {
            let calendar = WorkingCalendar::default();
            let due = issue_deadline::deadline(signed, d.urgency, true, &|day| calendar.is_working_day(day));
            Some((due.until, due.basis.label(l)))
        }
        _ => None,
    };
    if let Some((until, basis)) = deadline_html {
        let words = format!("{} <span class=\"hint\">{}</span>", deadline(until, view.seen_at, l), escape(&basis));
        pairs.push((l.t("Hạn phát hành", "Issue by"), Html::trusted(words)));
    }
    for (relation, name, href) in links {
        let label = match relation.as_str() {
            "response_for" => l.t("Trả lời", "Answers"),
            "response_for_by" => l.t("Được trả lời", "Answered by"),
            "replaces" => l.t("Thay thế", "Replaces"),
            "replaces_by" => l.t("Bị thay thế bởi", "Replaced by"),
            "corrects" => l.t("Đính chính", "Corrects"),
            _ => l.t("Được đính chính", "Corrected by"),
        };
        pairs.push((label, Html::trusted(format!("<a class=\"nw\" href=\"{}\">{}</a>", escape(href), escape(name)))));
    }
    properties(&pairs)
}

async fn proof(platform: &Platform, view: &OutgoingView, l: Lang) -> Result<Html> {
    let numbered: Vec<i64> = view.history.iter().filter_map(|r| r.entry.seq).collect();
    let all = u64::try_from(view.history.len()).unwrap_or(0);
    let latest = platform.db().read(platform::ledger::latest_checkpoint).await?;
    let last = view.history.last().map(|r| (r.entry.record_digest, r.entry.seq));
    if let (Some((Some(digest), seq)), Some(record)) = (last, &view.record_digest)
        && digest != *record
    {
        return Ok(proof_note(&Proof::Differs { sequence: seq.unwrap_or(0) }, None, l));
    }
    let covered = latest.as_ref().is_some_and(|c| {
        numbered.len() == view.history.len()
            && numbered.iter().all(|seq| u64::try_from(*seq).is_ok_and(|s| s <= c.size))
    });
    Ok(match latest {
        Some(checkpoint) if covered => {
            let root = hex::encode(checkpoint.root);
            let short = format!("{}…{}", &root[..4], &root[root.len() - 4..]);
            proof_note(&Proof::Agrees { entries: all, root: &short, kept_elsewhere: 0 }, None, l)
        }
        _ => proof_note(&Proof::NotYet { entries: all }, None, l),
    })
}
