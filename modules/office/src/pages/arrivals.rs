//! Incoming documents in three panes: filters with their counts, the list, and the chosen one with its form or its buttons.

use super::incoming_words::{
    acts, checks, file_lines, incoming_state, item, level_words, operation_words, registration_words, renamed,
    signature_marks, source_words,
};
use super::refused;
use super::words::stamps;
use crate::api::types::{cursor_read, cursor_text};
use crate::refusals;
use crate::rules::incoming::{State, Verb};
use crate::store::incoming::{IncomingId, incoming_files_of};
use crate::use_cases::incoming::list::{Facets, Wanted, facets, page as list_page};
use crate::use_cases::incoming::look::{IncomingView, look};
use crate::use_cases::incoming::register::{RegisterInput, register_incoming};
use crate::use_cases::incoming::submit::{SubmitInput, receivers};
use crate::use_cases::{Command, Deed};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::document_types::{self, Urgency};
use base::{Lang, Refusal, Text, format};
use platform::access::{Permission, Principal, Role};
use platform::directory::Holder;
use platform::{Error, Result};
use serde::Deserialize;
use web::input;
use web::ui::button::Button;
use web::ui::choice::tick;
use web::ui::field::{Choose, Field};
use web::ui::filter_pane::FilterPane;
use web::ui::list_item::Item;
use web::ui::note::{ErrorSummary, NoteKind, note};
use web::ui::paging::paging;
use web::ui::properties::properties;
use web::{App, Form, Html, Layout, Page, Query, Req, User, page, redirect};

/// Key, Vietnamese, English, states.
type Group = (&'static str, &'static str, &'static str, &'static [State]);

const GROUPS: &[Group] = &[
    ("cho-dang-ky", "Chờ đăng ký", "To register", &[State::Arrived]),
    ("cho-trinh", "Chờ trình", "To submit", &[State::Registered]),
    ("cho-y-kien", "Chờ ý kiến", "Awaiting directive", &[State::Submitted]),
    ("dang-xu-ly", "Đang xử lý", "In process", &[State::Directed, State::InProcess]),
    ("da-xong", "Đã xong", "Done", &[State::Done]),
    ("da-tra-lai", "Đã trả lại", "Returned", &[State::Returned]),
    ("da-thu-hoi", "Đã thu hồi", "Recalled", &[State::Recalled]),
];
const MINE: Group = ("viec-cua-toi", "Việc của tôi", "My work", &[State::Directed, State::InProcess]);
const LATE: Group = ("qua-han", "Quá hạn xử lý", "Overdue", &[State::Directed, State::InProcess]);

/// What the address asks for.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    loc: Option<String>,
    khan: Option<String>,
    nguon: Option<String>,
    cap: Option<String>,
    q: Option<String>,
    xem: Option<String>,
    sau: Option<String>,
}

#[derive(Template)]
#[template(path = "arrivals.html")]
struct Arrivals {
    l: Lang,
    filters: FilterPane,
    disclosure: FilterPane,
    title: &'static str,
    count: i64,
    order: &'static str,
    items: Vec<Item>,
    empty: &'static str,
    paging: Html,
    by_hand: Html,
    sought: String,
    group: &'static str,
    preview: Option<Preview>,
    open: bool,
}

struct Preview {
    id: String,
    href: String,
    stamps: Html,
    code: String,
    dated: String,
    subject: String,
    issuer: String,
    issuer_code: String,
    signer: String,
    came: String,
    notes: Html,
    checks: Html,
    files: Vec<Html>,
    facts: Html,
    acts: Html,
    form: Option<RegisterForm>,
    returns: Html,
}

struct RegisterForm {
    csrf: String,
    version: i64,
    key: String,
    back: String,
    year: i16,
    errors: Html,
    number: Field,
    arrived_on: Field,
    code: Field,
    kind: Field,
    subject: Field,
    issuer: Field,
    signer: Field,
    position: Field,
    urgency: Field,
    due_on: Field,
    to: Field,
    duplicate: Option<Html>,
}

/// What the register form sends.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Typed {
    version: Option<i64>,
    key: Option<String>,
    viec: String,
    ve: String,
    code: String,
    kind: String,
    subject: String,
    issuer: String,
    signer_name: String,
    signer_position: String,
    urgency: String,
    due_on: String,
    to: String,
    not_duplicate: bool,
}

/// The group that a person begins with: what waits for him.
fn first_group(user: &Principal) -> &'static str {
    if user.may(Permission::IncomingRegister) {
        "cho-dang-ky"
    } else if user.may(Permission::IncomingDirect) || user.may(Permission::IncomingTriage) {
        "cho-y-kien"
    } else {
        "viec-cua-toi"
    }
}

/// The page.
pub async fn list(req: Req, User(user): User, AppState(app): AppState<App>, Query(asked): Query<Asked>) -> web::Result {
    show(&req, &app, &user, &asked, None).await
}

/// Registers the arrival, or registers and submits it; a refusal comes back with what was typed.
pub async fn register(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> web::Result {
    let id: IncomingId = crate::api::outgoing::id_of(&id)?;
    let back = Asked { loc: Some("cho-dang-ky".to_owned()), xem: Some(id.to_string()), q: None, ..Asked::default() };
    match refused(store(&app, &user, id, &typed).await)? {
        Ok(done) => {
            let number = done.arrival_number.unwrap_or_default();
            let said = if done.state == State::Submitted {
                let to = done.submitted_to_name.unwrap_or_default();
                Text::new(
                    format!("Đã đăng ký số đến {number} và trình {to}."),
                    format!("Registered as {number} and put before {to}."),
                )
            } else {
                Text::new(format!("Đã đăng ký số đến {number}."), format!("Registered as {number}."))
            };
            let flash = web::flash::Flash::new(said)
                .link(&format!("/van-ban-den/{id}"), Text::fixed("Mở văn bản", "Open the document"));
            Ok(redirect(redirect::return_path(Some(&typed.ve), "/van-ban-den")).flash(flash).go(&req))
        }
        Err(refusal) => show(&req, &app, &user, &back, Some((&typed, &refusal))).await,
    }
}

async fn store(app: &App, user: &Principal, id: IncomingId, typed: &Typed) -> Result<crate::store::incoming::Incoming> {
    let mut fields = input::Fields::new();
    let due_on = fields.date_optional("due_on", &typed.due_on, app.platform().now().local_date());
    fields.finish_as(&refusals::METADATA)?;
    let given = |text: &str| Some(text.to_owned());
    let input = RegisterInput {
        code: given(&typed.code),
        kind: given(&typed.kind),
        subject: given(&typed.subject),
        issuer: given(&typed.issuer),
        signer_name: given(&typed.signer_name),
        signer_position: given(&typed.signer_position),
        urgency: given(&typed.urgency),
        due_on: Some(due_on.map(|d| d.to_string()).unwrap_or_default()),
        not_duplicate: typed.not_duplicate,
        ..RegisterInput::default()
    };
    let submit =
        (typed.viec != "dang-ky").then(|| SubmitInput { to: Some(typed.to.clone()), ..SubmitInput::default() });
    let command = Command { version: typed.version, key: typed.key.clone().filter(|k| k.len() <= 100) };
    register_incoming(app.platform(), user, id, input, submit, command).await
}

fn wanted(group: &Group, asked: &Asked) -> Wanted {
    Wanted {
        states: group.3.to_vec(),
        urgency: asked.khan.as_deref().and_then(Urgency::from_code),
        source: asked.nguon.clone(),
        level: asked.cap.clone(),
        overdue: group.0 == LATE.0,
        mine: group.0 == MINE.0,
        text: asked.q.clone().unwrap_or_default(),
        recent: matches!(group.0, "da-xong" | "da-tra-lai" | "da-thu-hoi"),
        ..Wanted::default()
    }
}

async fn show(
    req: &Req,
    app: &App,
    user: &Principal,
    asked: &Asked,
    refused: Option<(&Typed, &Refusal)>,
) -> web::Result {
    let (l, now) = (req.lang, app.platform().now());
    let key = asked.loc.clone().unwrap_or_else(|| first_group(user).to_owned());
    let group = *GROUPS.iter().chain([&MINE, &LATE]).find(|g| g.0 == key).unwrap_or(&GROUPS[0]);
    let deed = Deed::new(app.platform(), user)?;
    let (want, after) = (wanted(&group, asked), asked.sau.as_deref().and_then(cursor_read));
    let mine = Wanted { mine: true, ..Wanted::default() };
    let late = Wanted { overdue: true, ..Wanted::default() };
    let ((rows, next), narrow, counted, extra, people) = app
        .platform()
        .db()
        .read(move |tx| {
            let rows = list_page(tx, &deed, &want, after.as_ref(), 30)?;
            let total = |w: &Wanted| -> Result<i64> {
                let filter = crate::use_cases::incoming::list::filter_of(tx, &deed, w)?;
                let reach = crate::use_cases::reach_of(&deed.principal);
                let counts = crate::store::incoming_lists::incoming_counts(tx, &reach, &filter)?;
                Ok(counts.iter().map(|(_, n)| n).sum())
            };
            let mut counted = Vec::new();
            for row in &rows.0 {
                counted.push(incoming_files_of(tx, row.id)?.len());
            }
            // The states are counted for everybody's work, so that the filters stay the same in “my work”.
            let everybody = Wanted { mine: false, overdue: false, ..want.clone() };
            Ok((
                rows,
                (facets(tx, &deed, &everybody)?, facets(tx, &deed, &want)?),
                counted,
                (total(&mine)?, total(&late)?),
                receivers(tx, deed.agency(), deed.today())?,
            ))
        })
        .await?;
    let (by_state, narrowed) = narrow;
    let address = address(group.0, asked);
    let of_group = |g: &Group| by_state.states.iter().filter(|(s, _)| g.3.contains(s)).map(|(_, n)| n).sum::<i64>();
    let filters = filter_pane(l, user, &group, asked, &of_group, extra, &narrowed);
    let chosen = asked.xem.clone().or_else(|| rows.first().map(|r| r.id.to_string()));
    let preview = match chosen.as_deref().and_then(|id| id.parse().ok()) {
        Some(id) => match look(app.platform(), user, id).await {
            Ok(view) => {
                let mut shown = preview(req, app, &view, &people, &address, refused);
                shown.files = file_lines(&view, &signature_marks(app, &view, req.lang).await?, req.lang);
                Some(shown)
            }
            Err(Error::NotFound(_)) => None,
            Err(other) => return Err(other.into()),
        },
        None => None,
    };
    let older = next.as_ref().map(|c| format!("{address}&sau={}", cursor_text(c)));
    let newer = asked.sau.is_some().then(|| address.clone());
    let by_hand = if user.may(Permission::IncomingRegister) {
        Html::from_template(
            &Button::new(l.t("Nhập văn bản giấy", "Enter paper")).href("/van-ban-den/nhap").icon("plus").small(),
        )
    } else {
        Html::default()
    };
    let recent = matches!(group.0, "da-xong" | "da-tra-lai" | "da-thu-hoi");
    let body = Arrivals {
        l,
        disclosure: filters.disclosure(),
        filters,
        title: l.t(group.1, group.2),
        count: match group.0 {
            key if key == MINE.0 => extra.0,
            key if key == LATE.0 => extra.1,
            _ => of_group(&group),
        },
        order: if recent {
            l.t("Mới trước", "Latest first")
        } else {
            l.t("Khẩn trước, cũ trước", "Urgent first, oldest first")
        },
        items: rows.iter().zip(&counted).map(|(row, n)| item(row, *n, chosen.as_deref(), &address, now, l)).collect(),
        empty: match group.0 {
            "cho-dang-ky" => l.t("Mọi văn bản đến đã vào sổ.", "Every arrival is registered."),
            "cho-trinh" => l.t("Mọi văn bản đã đăng ký đều đã trình.", "Everything registered has been submitted."),
            "viec-cua-toi" => l.t("Bạn không có việc đang mở.", "You have no open work."),
            "qua-han" => l.t("Không việc nào quá hạn.", "Nothing is overdue."),
            _ => l.t("Không có văn bản nào ở bước này.", "Nothing stands at this step."),
        },
        paging: paging(newer.as_deref(), older.as_deref(), l),
        by_hand,
        sought: asked.q.clone().unwrap_or_default(),
        group: group.0,
        open: asked.xem.is_some() && preview.is_some(),
        preview,
    };
    let mut frame =
        Page::new(l.t("Văn bản đến", "Incoming documents")).section("office.incoming").layout(Layout::Panes);
    if refused.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}

/// The address of the list as it is narrowed now; every narrowing is a link.
fn address(group: &str, asked: &Asked) -> String {
    let mut out = format!("/van-ban-den?loc={group}");
    for (name, value) in [("khan", &asked.khan), ("nguon", &asked.nguon), ("cap", &asked.cap), ("q", &asked.q)] {
        if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
            out += &format!("&{name}={}", escape_query(value));
        }
    }
    out
}

fn escape_query(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn filter_pane(
    l: Lang,
    user: &Principal,
    group: &Group,
    asked: &Asked,
    count: &dyn Fn(&Group) -> i64,
    extra: (i64, i64),
    facets: &Facets,
) -> FilterPane {
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let plain = Asked::default();
    let mut pane = FilterPane::new(l).group(l.t("Theo việc", "By task"));
    if user.may(Permission::IncomingProcess) {
        pane = pane.link(address(MINE.0, &plain), l.t(MINE.1, MINE.2), whole(extra.0), group.0 == MINE.0);
    }
    for g in GROUPS {
        pane = pane.link(address(g.0, &plain), l.t(g.1, g.2), whole(count(g)), g.0 == group.0);
    }
    pane = pane.link(address(LATE.0, &plain), l.t(LATE.1, LATE.2), whole(extra.1), group.0 == LATE.0);
    // The chosen narrowing is left by its own link.
    let toggled = |now: &Option<String>, value: &str| {
        if now.as_deref() == Some(value) { None } else { Some(value.to_owned()) }
    };
    let of = |all: &[(String, i64)], value: &str| whole(all.iter().find(|(v, _)| v == value).map_or(0, |(_, n)| *n));
    pane = pane.group(l.t("Độ khẩn", "Urgency"));
    for level in Urgency::ALL.into_iter().rev() {
        let code = level.code();
        let to = Asked { khan: toggled(&asked.khan, code), sau: None, xem: None, ..asked.clone() };
        let current = asked.khan.as_deref() == Some(code);
        pane = pane.link(address(group.0, &to), level.label().get(l), of(&facets.urgency, code), current);
    }
    pane = pane.group(l.t("Nguồn", "Source"));
    for source in ["exchange", "mail", "paper"] {
        let to = Asked { nguon: toggled(&asked.nguon, source), sau: None, xem: None, ..asked.clone() };
        let current = asked.nguon.as_deref() == Some(source);
        pane = pane.link(address(group.0, &to), source_words(source, l), of(&facets.source, source), current);
    }
    pane = pane.group(l.t("Nơi gửi", "Sender"));
    for level in ["central", "province", "commune", "other"] {
        let to = Asked { cap: toggled(&asked.cap, level), sau: None, xem: None, ..asked.clone() };
        let current = asked.cap.as_deref() == Some(level);
        pane = pane.link(address(group.0, &to), level_words(level, l), of(&facets.level, level), current);
    }
    pane
}

fn preview(
    req: &Req,
    app: &App,
    view: &IncomingView,
    people: &[Holder],
    back: &str,
    refused: Option<(&Typed, &Refusal)>,
) -> Preview {
    let l = req.lang;
    let d = &view.document;
    let id = d.id.to_string();
    let registers = view.may.contains(&Verb::Register);
    let mut notes = String::new();
    if let Some(words) = operation_words(&d.operation, l) {
        let behind = d.about.as_ref().map_or_else(Html::default, |about| {
            Html::trusted(format!(
                "<a href=\"/van-ban-den/{about}\">{}</a>",
                l.t("Mở văn bản đã nhận", "Open the document received")
            ))
        });
        let sentence = format!(
            "{words}: {}",
            l.t("gói tin này nói về một văn bản đã gửi trước.", "this package is about a document sent earlier.")
        );
        notes.push_str(note(NoteKind::Caution, &sentence, &behind).as_str());
    }
    if let Some(standing) = view.registration {
        let late = matches!(standing, crate::rules::registration_deadline::Standing::Overdue { .. });
        let kind = if late { NoteKind::Error } else { NoteKind::Info };
        notes.push_str(note(kind, &registration_words(standing, l), &Html::default()).as_str());
    }
    let text = |t: &str| Html::text(if t.is_empty() { "–" } else { t });
    let facts = properties(&[
        (l.t("Trạng thái", "State"), incoming_state(d.state, l)),
        (l.t("Số đến", "Arrival no."), text(&d.arrival_number.map(|n| n.to_string()).unwrap_or_default())),
        (l.t("Chủ trì", "Lead"), text(d.lead_name.as_deref().unwrap_or_default())),
        (l.t("Hạn xử lý", "Deadline"), text(&d.deadline.map(|day| format::date(day, l)).unwrap_or_default())),
        (l.t("Đề xuất", "Proposal"), text(d.proposal.as_deref().unwrap_or_default())),
        (l.t("Kết quả", "Result"), text(d.result.as_deref().or(d.return_reason.as_deref()).unwrap_or_default())),
    ]);
    let returns = if registers && view.may.contains(&Verb::Return) {
        Html::from_template(
            &Button::new(l.t("Trả lại nơi gửi", "Return to sender"))
                .text()
                .grave()
                .icon("return")
                .href(format!("/van-ban-den/{id}/viec/tra-lai")),
        )
    } else {
        Html::default()
    };
    let dated = d.issued_on.map(|day| format::date(day, l)).unwrap_or_default();
    Preview {
        href: format!("/van-ban-den/{id}"),
        stamps: stamps(d.urgency, d.secrecy, l),
        code: d.code(),
        dated: format!("{} {} {dated}", d.kind_name, l.t("ngày", "of")).trim().to_owned(),
        subject: d.subject.clone(),
        issuer: d.issuer.clone(),
        issuer_code: d.issuer_code.clone().unwrap_or_default(),
        signer: format!("{} {}", d.signer_position, d.signer_name).trim().to_owned(),
        came: format!("{} {}", source_words(&d.source, l), format::date_time_seconds(d.arrived_at, l)),
        notes: Html::trusted(notes),
        checks: checks(view, l),
        files: Vec::new(),
        facts,
        acts: if registers { Html::default() } else { acts(view, l) },
        form: registers.then(|| register_form(req, app, view, people, back, refused)),
        returns,
        id,
    }
}

fn register_form(
    req: &Req,
    app: &App,
    view: &IncomingView,
    people: &[Holder],
    back: &str,
    refused: Option<(&Typed, &Refusal)>,
) -> RegisterForm {
    let l = req.lang;
    let d = &view.document;
    let today = app.platform().now().local_date();
    let refusal =
        refused.map(|(_, r)| renamed(r, |field| matches!(field, "number" | "notation").then(|| "code".to_owned())));
    let refusal = refusal.as_ref();
    let typed = refused.map_or_else(
        || Typed {
            code: d.code(),
            kind: d.kind.clone().unwrap_or_default(),
            subject: d.subject.clone(),
            issuer: d.issuer.clone(),
            signer_name: d.signer_name.clone(),
            signer_position: d.signer_position.clone(),
            urgency: d.urgency.code().to_owned(),
            due_on: d.due_on.map(input::show_date).unwrap_or_default(),
            to: first_receiver(people),
            ..Typed::default()
        },
        |(typed, _)| typed.clone(),
    );
    let mut kinds = vec![Choose::new("", l.t("Khác", "Other"))];
    kinds.extend(document_types::all().iter().map(|k| Choose::new(k.id.clone(), k.name.get(l))));
    let levels = Urgency::ALL.into_iter().map(|u| Choose::new(u.code(), u.label().get(l))).collect();
    let to = people
        .iter()
        .map(|h| Choose::new(h.position.id.to_string(), format!("{} {}", h.position.title.get(l), h.full_name)))
        .collect();
    let looks_alike =
        !view.duplicates.is_empty() || refusal.is_some_and(|r| r.fields.iter().any(|f| f.field == "not_duplicate"));
    RegisterForm {
        csrf: req.csrf.clone(),
        version: d.version,
        key: typed.key.clone().unwrap_or_else(|| app.platform().new_id::<Command>().to_string()),
        back: back.to_owned(),
        year: today.year(),
        errors: ErrorSummary::of(l, refusal),
        number: Field::text(l, "number_shown", l.t("Số đến", "Arrival no."))
            .value(view.next_number.map(|n| n.to_string()).unwrap_or_default())
            .locked()
            .span("c2"),
        arrived_on: Field::text(l, "arrived_shown", l.t("Ngày đến", "Arrived on"))
            .value(input::show_date(today))
            .locked()
            .span("c3"),
        code: Field::text(l, "code", l.t("Số, ký hiệu", "Number, notation"))
            .value(&typed.code)
            .maxlength(42)
            .span("c4")
            .refused(refusal),
        kind: Field::select(l, "kind", l.t("Loại văn bản", "Kind"), kinds)
            .value(&typed.kind)
            .span("c3")
            .refused(refusal),
        subject: Field::area(l, "subject", l.t("Trích yếu", "Subject"), 2)
            .value(&typed.subject)
            .maxlength(500)
            .span("c12")
            .refused(refusal),
        issuer: Field::text(l, "issuer", l.t("Cơ quan ban hành", "Issuer"))
            .value(&typed.issuer)
            .maxlength(200)
            .span("c5")
            .refused(refusal),
        signer: Field::text(l, "signer_name", l.t("Người ký", "Signer"))
            .value(&typed.signer_name)
            .maxlength(50)
            .span("c4")
            .refused(refusal),
        position: Field::text(l, "signer_position", l.t("Chức vụ", "Position"))
            .value(&typed.signer_position)
            .maxlength(100)
            .span("c3")
            .refused(refusal),
        urgency: Field::select(l, "urgency", l.t("Độ khẩn", "Urgency"), levels)
            .value(&typed.urgency)
            .span("c3")
            .refused(refusal),
        due_on: Field::date(l, "due_on", l.t("Hạn trả lời", "Reply by"))
            .value(&typed.due_on)
            .span("c3")
            .refused(refusal),
        to: Field::select(l, "to", l.t("Trình", "Put before"), to).value(&typed.to).span("c6").refused(refusal),
        duplicate: looks_alike.then(|| {
            tick(
                "not_duplicate",
                "on",
                l.t("Không phải bản trùng, tôi đã so hai văn bản", "Not a duplicate, I have compared the two"),
                typed.not_duplicate,
            )
        }),
    }
}

/// The chief of office where there is one, else the highest leader.
fn first_receiver(people: &[Holder]) -> String {
    people
        .iter()
        .find(|h| h.position.roles.contains(&Role::ChiefOfOffice))
        .or_else(|| people.first())
        .map(|h| h.position.id.to_string())
        .unwrap_or_default()
}
