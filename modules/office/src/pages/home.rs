//! Today's work (việc hôm nay): what this person has to do now; a clerk's day ends on two zeros.

use super::own_work;
use super::sign_page::waiting;
use super::words::{kind_name, outgoing_state, urgency_stamp};
use crate::rules::incoming::State as IncomingState;
use crate::rules::outgoing::State;
use crate::rules::registration_deadline::{Standing, standing};
use crate::store::incoming::{Incoming, incoming_arrived_since, incoming_registered_since};
use crate::store::incoming_lists::{IncomingFilter, incoming_counts, incoming_page};
use crate::store::outgoing::{Outgoing, OutgoingFilter, outgoing_counts, outgoing_done_since, outgoing_page};
use crate::store::registers::{Direction, registers_of, series_state};
use crate::use_cases::incoming::day::TICKS;
use crate::use_cases::incoming::look::registration_standing;
use crate::use_cases::reach_of;
use askama::Template;
use axum::extract::State as AppState;
use base::calendar::WorkingCalendar;
use base::document_types::Urgency;
use base::{Date, Lang, Timestamp, format};
use platform::access::{Permission, Principal};
use platform::{Result, Tx};
use web::html::escape;
use web::ui::button::Button;
use web::ui::figure::Zero;
use web::ui::state::{Progress, state};
use web::ui::table::{Column, Table};
use web::ui::tally::{Tick, tally};
use web::ui::thread::{chain, link_words};
use web::{App, Html, Page, Req, User, page};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    l: Lang,
    today: String,
    zeros: Vec<Zero>,
    sections: Vec<Part>,
    trouble: Option<(usize, Html)>,
    more: Vec<(&'static str, &'static str, i64)>,
    prints: bool,
}

struct Part {
    title: &'static str,
    count: i64,
    href: &'static str,
    all: &'static str,
    table: Html,
}

/// A document that did not reach everybody: the document, the recipient, why, when.
type Trouble = (Outgoing, String, String, Option<Timestamp>);

/// What is read for the page, in one snapshot.
#[derive(Default)]
struct Facts {
    incoming: Vec<(IncomingState, i64)>,
    arrived_urgent: i64,
    arrived_today: i64,
    registered_today: i64,
    arrivals: Vec<Incoming>,
    arrived_late: usize,
    next_arrival: i64,
    outgoing: Vec<(State, i64)>,
    unissued_urgent: i64,
    signed_today: i64,
    issued_today: i64,
    unissued: Vec<Outgoing>,
    next_decision: i64,
    content: Vec<Outgoing>,
    form: Vec<Outgoing>,
    drafts: Vec<Outgoing>,
    assigned: Vec<Incoming>,
    submitted: Vec<Incoming>,
    trouble: Vec<Trouble>,
}

/// The page.
pub async fn home(req: Req, User(user): User, AppState(app): AppState<App>) -> web::Result {
    let (l, now) = (req.lang, app.platform().now());
    let looking = user.clone();
    let facts = app.platform().db().read(move |tx| read(tx, &looking, now)).await?;
    let may = |permission| user.may(permission);
    let mut sections = Vec::new();
    let mut zeros = Vec::new();
    let clerk = may(Permission::IncomingRegister);
    if clerk {
        zeros.push(unregistered(&facts, l));
        zeros.push(unissued(&facts, l));
    }
    if may(Permission::OutgoingSign) {
        let rows = waiting(&app, &user).await?;
        sections.push(Part {
            title: l.t("Chờ tôi ký", "Awaiting my signature"),
            count: count(rows.len()),
            href: "/van-ban-di/cho-ky",
            all: l.t("Ký nhiều văn bản", "Sign several"),
            table: outgoing_table(rows.iter().map(|(_, d)| d), "ky", l.t("Ký", "Sign"), now, l)
                .pipe_empty(l.t("Không văn bản nào chờ bạn ký.", "Nothing awaits your signature.")),
        });
    }
    if may(Permission::IncomingDirect) || may(Permission::IncomingTriage) && !clerk {
        sections.push(Part {
            title: l.t("Chờ cho ý kiến", "Awaiting a directive"),
            count: sum(&facts.incoming, &[IncomingState::Submitted]),
            href: "/cho-y-kien",
            all: l.t("Xem cả", "See all"),
            table: incoming_table(&facts.submitted, now, l)
                .pipe_empty(l.t("Không văn bản đến nào chờ ý kiến.", "No incoming document awaits a directive.")),
        });
    }
    if clerk {
        sections.push(Part {
            title: l.t("Đến, chờ đăng ký", "Arrived, to be registered"),
            count: sum(&facts.incoming, &[IncomingState::Arrived]),
            href: "/van-ban-den?loc=cho-dang-ky",
            all: l.t("Xem cả", "See all"),
            table: incoming_table(&facts.arrivals, now, l)
                .pipe_empty(l.t("Mọi văn bản đến đã vào sổ.", "Every arrival is registered.")),
        });
        sections.push(Part {
            title: l.t("Đã ký, chưa phát hành", "Signed, not issued"),
            count: sum(&facts.outgoing, UNISSUED),
            href: "/van-ban-di?loc=phat-hanh",
            all: l.t("Xem cả", "See all"),
            table: outgoing_table(facts.unissued.iter(), "viec/phat-hanh", l.t("Cấp số, phát hành", "Issue"), now, l)
                .pipe_empty(l.t("Mọi văn bản đã ký đều đã phát hành.", "Everything signed has been issued.")),
        });
    }
    if may(Permission::OutgoingApproveContent) {
        sections.push(Part {
            title: l.t("Chờ duyệt nội dung", "Content to approve"),
            count: sum(&facts.outgoing, &[State::Consulting]),
            href: "/van-ban-di?loc=noi-dung",
            all: l.t("Xem cả", "See all"),
            table: outgoing_table(facts.content.iter(), "", l.t("Xem", "Look"), now, l)
                .pipe_empty(l.t("Không dự thảo nào chờ duyệt.", "No draft awaits approval.")),
        });
    }
    if may(Permission::OutgoingCheckForm) {
        sections.push(Part {
            title: l.t("Chờ kiểm tra thể thức", "Form to check"),
            count: sum(&facts.outgoing, &[State::ContentOk, State::FormatOk]),
            href: "/van-ban-di?loc=the-thuc",
            all: l.t("Xem cả", "See all"),
            table: outgoing_table(facts.form.iter(), "", l.t("Xem", "Look"), now, l)
                .pipe_empty(l.t("Không dự thảo nào chờ kiểm tra.", "No draft awaits the form check.")),
        });
    }
    if may(Permission::IncomingProcess) {
        sections.push(Part {
            title: l.t("Việc được giao", "Assigned to me"),
            count: count(facts.assigned.len()),
            href: "/van-ban-den?loc=viec-cua-toi",
            all: l.t("Xem cả", "See all"),
            table: incoming_table(&facts.assigned, now, l)
                .pipe_empty(l.t("Bạn không có việc đang mở.", "You have no open work.")),
        });
    }
    if may(Permission::OutgoingDraft) {
        sections.push(Part {
            title: l.t("Dự thảo của tôi", "My drafts"),
            count: count(facts.drafts.len()),
            href: "/van-ban-di/soan",
            all: l.t("Soạn văn bản", "Draft a document"),
            table: outgoing_table(facts.drafts.iter(), "sua", l.t("Sửa", "Change"), now, l)
                .pipe_empty(l.t("Bạn chưa có dự thảo nào.", "You have no drafts.")),
        });
    }
    let trouble = (clerk || may(Permission::ExchangeRead)).then(|| (facts.trouble.len(), trouble(&facts, now, l)));
    let mut more = Vec::new();
    if clerk {
        more.push((
            l.t("Đã đăng ký, chưa trình", "Registered, not submitted"),
            "/van-ban-den?loc=cho-trinh",
            sum(&facts.incoming, &[IncomingState::Registered]),
        ));
    }
    if may(Permission::DocumentsReadAgency) {
        more.push((
            l.t("Đang xử lý", "In process"),
            "/van-ban-den?loc=dang-xu-ly",
            sum(&facts.incoming, &[IncomingState::Directed, IncomingState::InProcess]),
        ));
        more.push((
            l.t("Chờ ký", "Awaiting signature"),
            "/van-ban-di?loc=cho-ky",
            sum(&facts.outgoing, &[State::AwaitingSignature]),
        ));
    }
    let body = Home {
        l,
        today: today_line(now.local_date(), l),
        zeros,
        sections,
        trouble,
        more,
        prints: may(Permission::RegistersPrint),
    };
    Ok(page(&req, Page::new(l.t("Việc hôm nay", "Today")).section("office.today"), &body))
}

const UNISSUED: &[State] = &[State::Signed, State::Numbered, State::Sealed];

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn sum<S: PartialEq>(counts: &[(S, i64)], states: &[S]) -> i64 {
    counts.iter().filter(|(s, _)| states.contains(s)).map(|(_, n)| n).sum()
}

fn read(tx: &Tx<'_>, user: &Principal, now: Timestamp) -> Result<Facts> {
    let reach = reach_of(user);
    let today = now.local_date();
    let midnight = Timestamp::from_local(today.at(0, 0, 0, 0));
    let me = user.person().map(|p| p.to_string());
    let incoming = |states: &[IncomingState]| IncomingFilter { states: states.to_vec(), ..IncomingFilter::default() };
    let outgoing = |states: &[State]| OutgoingFilter { states: states.to_vec(), ..OutgoingFilter::default() };
    let urgent_in = |filter: &IncomingFilter| -> Result<i64> {
        let mut all = 0;
        for level in Urgency::ALL.into_iter().filter(|u| u.is_urgent()) {
            let one = IncomingFilter { urgency: Some(level), ..filter.clone() };
            all += incoming_counts(tx, &reach, &one)?.iter().map(|(_, n)| n).sum::<i64>();
        }
        Ok(all)
    };
    let urgent_out = |filter: &OutgoingFilter| -> Result<i64> {
        let mut all = 0;
        for level in Urgency::ALL.into_iter().filter(|u| u.is_urgent()) {
            let one = OutgoingFilter { urgency: Some(level), ..filter.clone() };
            all += outgoing_counts(tx, &reach, &one)?.iter().map(|(_, n)| n).sum::<i64>();
        }
        Ok(all)
    };
    let mut facts = Facts {
        incoming: incoming_counts(tx, &reach, &IncomingFilter::default())?,
        outgoing: outgoing_counts(tx, &reach, &OutgoingFilter::default())?,
        ..Facts::default()
    };
    if user.may(Permission::IncomingRegister) {
        let arrived = incoming(&[IncomingState::Arrived]);
        facts.arrived_urgent = urgent_in(&arrived)?;
        facts.arrivals = incoming_page(tx, &reach, &arrived, None, TICKS)?.0;
        facts.arrived_late =
            facts.arrivals.iter().filter(|d| matches!(registration_standing(d, now), Standing::Overdue { .. })).count();
        facts.arrivals.truncate(5);
        facts.arrived_today = incoming_arrived_since(tx, &user.agency, midnight)?;
        facts.registered_today = incoming_registered_since(tx, &user.agency, midnight)?;
        let unissued = outgoing(UNISSUED);
        facts.unissued_urgent = urgent_out(&unissued)?;
        facts.unissued = outgoing_page(tx, &reach, &unissued, None, 5)?.0;
        (facts.signed_today, facts.issued_today) = outgoing_done_since(tx, &user.agency, midnight)?;
        facts.next_arrival = next_number(tx, user, Direction::In, "", today)?;
        facts.next_decision = next_number(tx, user, Direction::Out, "decision", today)?;
    }
    if user.may(Permission::ExchangeRead) {
        facts.trouble = troubles(tx, &reach)?;
    }
    if user.may(Permission::OutgoingApproveContent) {
        facts.content = outgoing_page(tx, &reach, &outgoing(&[State::Consulting]), None, 5)?.0;
    }
    if user.may(Permission::OutgoingCheckForm) {
        facts.form = outgoing_page(tx, &reach, &outgoing(&[State::ContentOk, State::FormatOk]), None, 5)?.0;
    }
    if user.may(Permission::OutgoingDraft) {
        let mine = OutgoingFilter { drafter: me, ..outgoing(&[State::Draft, State::SentBack]) };
        facts.drafts = outgoing_page(tx, &reach, &mine, None, 10)?.0;
    }
    if user.may(Permission::IncomingProcess) {
        facts.assigned = incoming_page(tx, &reach, &own_work(user), None, 20)?.0;
    }
    if user.may(Permission::IncomingDirect) || user.may(Permission::IncomingTriage) {
        facts.submitted = incoming_page(tx, &reach, &incoming(&[IncomingState::Submitted]), None, 5)?.0;
    }
    Ok(facts)
}

fn next_number(tx: &Tx<'_>, user: &Principal, direction: Direction, kind: &str, today: Date) -> Result<i64> {
    let all = registers_of(tx, &user.agency, direction, today)?;
    let open = || all.iter().filter(|r| !r.secret);
    let register = open().find(|r| r.types.iter().any(|t| t == kind)).or_else(|| open().find(|r| r.types.is_empty()));
    match register {
        Some(register) => Ok(series_state(tx, &register.id, today.year())?.last_number + 1),
        None => Ok(1),
    }
}

/// The latest issued documents of which a recipient refused, or which could not be handed over.
fn troubles(tx: &Tx<'_>, reach: &crate::store::readers::Reach) -> Result<Vec<Trouble>> {
    let issued = OutgoingFilter { states: vec![State::Issued], recent_first: true, ..OutgoingFilter::default() };
    let mut out = Vec::new();
    for document in outgoing_page(tx, reach, &issued, None, 30)?.0 {
        let Some(package) = document.package.as_deref().and_then(|p| p.parse().ok()) else { continue };
        for row in exchange::deliveries(tx, package)? {
            let why = match (row.refused_reason(), &row.problem) {
                (Some(reason), _) => reason.to_owned(),
                (None, Some(problem)) => problem.vi.to_string(),
                (None, None) => continue,
            };
            out.push((document.clone(), row.recipient_name.clone(), why, row.status_at.or(row.arrived_at)));
        }
        if out.len() >= 6 {
            break;
        }
    }
    Ok(out)
}

fn unregistered(facts: &Facts, l: Lang) -> Zero {
    let left = sum(&facts.incoming, &[IncomingState::Arrived]);
    let late = facts.arrived_late;
    let says = match (left, facts.arrived_urgent, late, l) {
        (0, _, _, Lang::Vi) => "Mọi văn bản đến hôm nay đã vào sổ.".to_owned(),
        (0, _, _, Lang::En) => "All of today’s arrivals are registered.".to_owned(),
        (_, urgent, late, Lang::Vi) => format!("{urgent} phải đăng ký ngay. {late} đã quá hạn."),
        (_, urgent, late, Lang::En) => format!("{urgent} to register at once. {late} overdue."),
    };
    let done = facts.registered_today;
    let [shown, urgent, arrived, done_words] =
        [left, facts.arrived_urgent, facts.arrived_today, done].map(|n| format::count(n, l));
    let mut zero = Zero::new("z1", format::count(left, l), l.t("Chưa đăng ký", "Not registered"), says);
    if left > 0 {
        zero = zero.button(
            Button::new(l.t("Đăng ký tiếp", "Register next")).primary().href("/van-ban-den?loc=cho-dang-ky").key("Đ"),
        );
    }
    let label = match l {
        Lang::Vi => format!("{shown} còn lại, trong đó {urgent} có độ khẩn; {done_words} đã đăng ký hôm nay"),
        Lang::En => format!("{shown} left, {urgent} urgent; {done_words} registered today"),
    };
    zero.tally(
        ticks(&label, done, left, facts.arrived_urgent),
        match l {
            Lang::Vi => format!("Hôm nay {arrived} đến, đã đăng ký {done_words}"),
            Lang::En => format!("{arrived} arrived today, {done_words} registered"),
        },
        format!("{} {}", l.t("Số đến kế tiếp", "Next arrival number"), facts.next_arrival),
    )
}

fn unissued(facts: &Facts, l: Lang) -> Zero {
    let left = sum(&facts.outgoing, UNISSUED);
    let says = if left == 0 {
        l.t("Mọi văn bản đã ký đều đã phát hành.", "Everything signed has been issued.")
    } else {
        l.t("Đã ký, chờ cấp số và ký số cơ quan.", "Signed, awaiting number and seal.")
    };
    let done = facts.issued_today;
    let [shown, urgent, signed, done_words] =
        [left, facts.unissued_urgent, facts.signed_today, done].map(|n| format::count(n, l));
    let mut zero = Zero::new("z2", format::count(left, l), l.t("Chưa phát hành", "Not issued"), says);
    if left > 0 {
        let button = Button::new(l.t("Cấp số, phát hành", "Number and issue")).primary();
        zero = zero.button(button.href("/van-ban-di?loc=phat-hanh").key("P"));
    }
    let label = match l {
        Lang::Vi => {
            format!("{shown} còn lại, trong đó {urgent} có độ khẩn; {done_words} đã phát hành hôm nay")
        }
        Lang::En => format!("{shown} left, {urgent} urgent; {done_words} issued today"),
    };
    zero.tally(
        ticks(&label, done, left, facts.unissued_urgent),
        match l {
            Lang::Vi => format!("Hôm nay {signed} đã ký, đã phát hành {done_words}"),
            Lang::En => format!("{signed} signed today, {done_words} issued"),
        },
        format!("{} {}", l.t("Số quyết định kế tiếp", "Next decision number"), facts.next_decision),
    )
}

fn ticks(label: &str, done: i64, left: i64, urgent: i64) -> Html {
    let size = |n: i64| usize::try_from(n).unwrap_or(0);
    tally(
        label,
        &[
            (Tick::Done, size(done), None),
            (Tick::Left, size((left - urgent).max(0)), None),
            (Tick::Urgent, size(urgent), None),
        ],
    )
}

/// A table, or the words that stand where it would be empty.
trait OrWords {
    fn pipe_empty(self, words: &str) -> Html;
}

impl OrWords for Table {
    fn pipe_empty(self, words: &str) -> Html {
        Html::from_template(&self.empty(Html::text(words)))
    }
}

fn incoming_table(rows: &[Incoming], now: Timestamp, l: Lang) -> Table {
    let calendar = WorkingCalendar::default();
    let table = Table::new(
        l,
        l.t("Văn bản đến, khẩn nhất ở trên", "Incoming documents, the most urgent first"),
        vec![
            Column::new(l.t("Độ khẩn", "Urgency")),
            Column::new(l.t("Văn bản", "Document")).main(),
            Column::new(l.t("Đến lúc", "Arrived")).fixed(),
            Column::new(l.t("Hạn", "Due")).fixed(),
        ],
    )
    .stacks();
    rows.iter().fold(table, |table, row| {
        let due = match (row.state, row.deadline) {
            (IncomingState::Arrived, _) => {
                match standing(row.arrived_at, row.urgency, now, &|day| calendar.is_working_day(day)) {
                    Standing::AtOnce { minutes } => state(
                        Progress::Soon,
                        &match l {
                            Lang::Vi => format!("Ngay, đã {minutes} phút"),
                            Lang::En => format!("At once, {minutes} min"),
                        },
                    ),
                    Standing::Until(day) => state(Progress::Waiting, &format::short_date(day, now.local_date(), l)),
                    Standing::Overdue { days } => state(
                        Progress::Overdue,
                        &match l {
                            Lang::Vi => format!("Quá {days} ngày"),
                            Lang::En => format!("{days} days overdue"),
                        },
                    ),
                }
            }
            (_, Some(day)) if day < now.local_date() => state(
                Progress::Overdue,
                &format!("{} {}", l.t("Quá hạn", "Overdue since"), format::short_date(day, now.local_date(), l)),
            ),
            (_, Some(day)) => state(Progress::Waiting, &format::short_date(day, now.local_date(), l)),
            (_, None) => Html::text("–"),
        };
        table.row(vec![
            urgency_stamp(row.urgency, l),
            two_lines(&format!("/van-ban-den/{}", row.id), &row.code(), &row.issuer, &row.subject),
            Html::text(&format::moment(row.arrived_at, now, l)),
            due,
        ])
    })
}

fn outgoing_table<'a>(
    rows: impl Iterator<Item = &'a Outgoing>,
    act: &str,
    word: &str,
    now: Timestamp,
    l: Lang,
) -> Table {
    let table = Table::new(
        l,
        l.t("Văn bản đi, khẩn nhất ở trên", "Outgoing documents, the most urgent first"),
        vec![
            Column::new(l.t("Độ khẩn", "Urgency")),
            Column::new(l.t("Văn bản", "Document")).main(),
            Column::new(l.t("Trạng thái", "State")),
            Column::new(l.t("Lúc", "When")).fixed(),
            Column::new(l.t("Việc", "Act")).unnamed(),
        ],
    )
    .stacks();
    rows.fold(table, |table, row| {
        let href = format!("/van-ban-di/{}", row.id);
        let button =
            Button::new(word).small().about(row.subject.clone()).href(format!("{href}/{act}").trim_end_matches('/'));
        table.row(vec![
            urgency_stamp(row.urgency, l),
            two_lines(
                &href,
                &row.code.clone().unwrap_or_else(|| kind_name(&row.kind, l)),
                &row.signer_name,
                &row.subject,
            ),
            outgoing_state(row.state, l),
            Html::text(&format::moment(row.changed_at, now, l)),
            Html::from_template(&button),
        ])
    })
}

fn two_lines(href: &str, number: &str, who: &str, subject: &str) -> Html {
    let who = if who.is_empty() { String::new() } else { format!(" · <span class=\"mut\">{}</span>", escape(who)) };
    Html::trusted(format!(
        "<a class=\"t\" href=\"{}\"><span class=\"num\">{}</span>{who}<span class=\"sub\" lang=\"vi\">{}</span></a>",
        escape(href),
        escape(number),
        escape(subject)
    ))
}

fn trouble(facts: &Facts, now: Timestamp, l: Lang) -> Html {
    if facts.trouble.is_empty() {
        let words = l.t("Mọi nơi nhận đều đã nhận được.", "Every recipient has received what was sent.");
        return Html::trusted(format!("<p class=\"none\">{words}</p>"));
    }
    let links: Vec<(Html, Html)> = facts
        .trouble
        .iter()
        .map(|(document, who, why, at)| {
            let name = document.code.clone().unwrap_or_default();
            let at = at.map(|at| format::moment(at, now, l)).unwrap_or_default();
            let words = Html::trusted(format!(
                "<a href=\"/van-ban-di/{}\"><b>{}</b></a> {}",
                document.id,
                escape(&name),
                link_words("", "", &format!("{who}: {why} {at}"))
            ));
            (Progress::Returned.glyph(), words)
        })
        .collect();
    chain(&links)
}

/// “Thứ Hai, 23/11/2026. Ngày mai nghỉ lễ …; hạn đã tính trừ.”
fn today_line(today: Date, l: Lang) -> String {
    let calendar = WorkingCalendar::default();
    let mut line = format!("{}, {}.", format::weekday(today, l), format::date(today, l));
    // A sentence begins with a capital.
    if let Some(first) = line.chars().next() {
        line.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    if let Ok(tomorrow) = today.tomorrow()
        && let Some(holiday) = calendar.holidays().on(tomorrow)
    {
        let name = holiday.name.get(l);
        line += &match l {
            Lang::Vi => format!(" Ngày mai nghỉ {name}; hạn đã tính trừ."),
            Lang::En => format!(" Tomorrow is a holiday ({name}); deadlines allow for it."),
        };
    }
    line
}
