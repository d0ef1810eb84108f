//! The work list of outgoing documents: filters, list, preview of the chosen one.

use super::record::acts;
use super::words::{drafter, kind_name, name, outgoing_state, recipients_words, stamps, urgency_mark};
use crate::api::types::{cursor_read, cursor_text};
use crate::rules::outgoing::State;
use crate::store::files::files_of;
use crate::store::outgoing::{Outgoing, OutgoingFilter, outgoing_counts, outgoing_page};
use crate::use_cases::look::look;
use crate::use_cases::reach_of;
use askama::Template;
use axum::extract::State as AppState;
use base::document_types::Urgency;
use base::{Lang, format};
use platform::access::{Permission, Principal};
use serde::Deserialize;
use web::ui::button::Button;
use web::ui::filter_pane::FilterPane;
use web::ui::list_item::{Item, files};
use web::ui::paging::paging;
use web::ui::paper::{FileState, file_line};
use web::ui::properties::properties;
use web::{App, Html, Layout, Page, Query, Req, User, page};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Key of a group of states.
    loc: Option<String>,
    /// Urgency.
    khan: Option<String>,
    /// Id of the document in the preview.
    xem: Option<String>,
    /// Where the page begins.
    sau: Option<String>,
}

/// A group of states with its key and name.
type Group = (&'static str, &'static str, &'static str, &'static [State]);

/// The groups in the order of the road.
const GROUPS: &[Group] = &[
    ("cua-toi", "Dự thảo của tôi", "My drafts", &[State::Draft, State::SentBack]),
    ("noi-dung", "Chờ duyệt nội dung", "Content under review", &[State::Consulting]),
    ("the-thuc", "Chờ kiểm tra thể thức", "Form to be checked", &[State::ContentOk, State::FormatOk]),
    ("cho-ky", "Chờ ký", "Awaiting signature", &[State::AwaitingSignature]),
    ("phat-hanh", "Chờ phát hành", "To be issued", &[State::Signed, State::Numbered, State::Sealed]),
    ("da-phat-hanh", "Đã phát hành", "Issued", &[State::Issued, State::Stored, State::Frozen]),
    ("da-huy", "Đã hủy", "Voided", &[State::Voided]),
];

#[derive(Template)]
#[template(path = "outgoing_list.html")]
struct List {
    l: Lang,
    filters: FilterPane,
    disclosure: FilterPane,
    title: &'static str,
    count: i64,
    order: &'static str,
    items: Vec<Item>,
    empty: &'static str,
    paging: Html,
    compose: Html,
    preview: Option<Preview>,
    open: bool,
}

struct Preview {
    href: String,
    stamps: Html,
    name: String,
    dated: Option<String>,
    subject: String,
    facts: Html,
    files: Vec<Html>,
    acts: Html,
}

/// The group that a person begins with: what waits for him.
fn first_group(user: &Principal) -> &'static str {
    if user.may(Permission::OutgoingNumber) {
        "phat-hanh"
    } else if user.may(Permission::OutgoingSign) {
        "cho-ky"
    } else if user.may(Permission::OutgoingApproveContent) {
        "noi-dung"
    } else {
        "cua-toi"
    }
}

/// The page.
pub async fn list(req: Req, User(user): User, AppState(app): AppState<App>, Query(asked): Query<Asked>) -> web::Result {
    let (l, now) = (req.lang, app.platform().now());
    let key = asked.loc.clone().unwrap_or_else(|| first_group(&user).to_owned());
    let group = GROUPS.iter().find(|g| g.0 == key).unwrap_or(&GROUPS[0]);
    let urgency = asked.khan.as_deref().and_then(Urgency::from_code);
    let recent = matches!(group.0, "da-phat-hanh" | "da-huy");
    let me = user.person().map(|p| p.to_string());
    let filter = OutgoingFilter {
        states: group.3.to_vec(),
        drafter: if group.0 == "cua-toi" { me.clone() } else { None },
        urgency,
        recent_first: recent,
        ..OutgoingFilter::default()
    };
    let (reach, after) = (reach_of(&user), asked.sau.as_deref().and_then(cursor_read));
    let mine = OutgoingFilter { drafter: me, ..OutgoingFilter::default() };
    let ((rows, next), all, own, levels, file_counts) = app
        .platform()
        .db()
        .read(move |tx| {
            let rows = outgoing_page(tx, &reach, &filter, after.as_ref(), 30)?;
            let mut levels = Vec::new();
            for level in Urgency::ALL {
                let one = OutgoingFilter { urgency: Some(level), ..filter.clone() };
                levels.push(outgoing_counts(tx, &reach, &one)?.iter().map(|(_, n)| n).sum::<i64>());
            }
            let mut counted = Vec::new();
            for row in &rows.0 {
                counted.push(files_of(tx, row.id, false)?.len());
            }
            Ok((
                rows,
                outgoing_counts(tx, &reach, &OutgoingFilter::default())?,
                outgoing_counts(tx, &reach, &mine)?,
                levels,
                counted,
            ))
        })
        .await?;
    let sum = |counts: &[(State, i64)], states: &[State]| {
        counts.iter().filter(|(s, _)| states.contains(s)).map(|(_, n)| n).sum::<i64>()
    };
    let of_group = |g: &Group| if g.0 == "cua-toi" { sum(&own, g.3) } else { sum(&all, g.3) };
    let filters = filter_pane(l, group.0, urgency, &of_group, &levels);
    let chosen = asked.xem.clone().or_else(|| rows.first().map(|r| r.id.to_string()));
    let preview = match chosen.as_deref().and_then(|id| id.parse().ok()) {
        Some(id) => match look(app.platform(), &user, id).await {
            Ok(view) => Some(Preview {
                href: format!("/van-ban-di/{id}"),
                stamps: stamps(view.document.urgency, view.document.secrecy, l),
                name: name(&view.document, l),
                dated: view.document.dated.map(|d| format::date(d, l)),
                subject: view.document.subject.clone(),
                facts: properties(&[
                    (l.t("Trạng thái", "State"), outgoing_state(view.document.state, l)),
                    (l.t("Soạn thảo", "Drafted by"), Html::text(&drafter(&view.document))),
                    (
                        l.t("Người ký", "Signer"),
                        Html::text(&format!("{} {}", view.document.signer_title, view.document.signer_name)),
                    ),
                    (l.t("Nơi nhận", "Recipients"), Html::text(&recipients_words(&view.recipients, l))),
                ]),
                files: view
                    .files
                    .iter()
                    .map(|f| {
                        let href = format!("/van-ban-di/{id}/tep/{}", f.id);
                        file_line(&href, &f.name, u64::try_from(f.size).unwrap_or(0), FileState::Clean, l)
                    })
                    .collect(),
                acts: acts(&view, l),
            }),
            Err(platform::Error::NotFound(_)) => None,
            Err(other) => return Err(other.into()),
        },
        None => None,
    };
    let older = next.as_ref().map(|c| format!("{}&sau={}", address(group.0, urgency), cursor_text(c)));
    let newer = asked.sau.is_some().then(|| address(group.0, urgency));
    let compose = if user.may(Permission::OutgoingDraft) {
        Html::from_template(&Button::new(l.t("Soạn văn bản", "Draft")).href("/van-ban-di/soan").icon("plus").small())
    } else {
        Html::default()
    };
    let body = List {
        l,
        disclosure: filters.disclosure(),
        filters,
        title: l.t(group.1, group.2),
        count: of_group(group),
        order: if recent {
            l.t("Mới trước", "Latest first")
        } else {
            l.t("Khẩn trước, cũ trước", "Urgent first, oldest first")
        },
        items: rows
            .iter()
            .zip(&file_counts)
            .map(|(row, n)| item(row, *n, chosen.as_deref(), &address(group.0, urgency), now, l))
            .collect(),
        empty: match group.0 {
            "cua-toi" => {
                l.t("Bạn chưa có dự thảo nào. Bấm Soạn văn bản để bắt đầu.", "You have no drafts. Draft one to begin.")
            }
            "phat-hanh" => l.t("Mọi văn bản đã ký đều đã phát hành.", "Everything signed has been issued."),
            "cho-ky" => l.t("Không văn bản nào chờ ký.", "Nothing awaits a signature."),
            _ => l.t("Không có văn bản nào ở bước này.", "Nothing stands at this step."),
        },
        paging: paging(newer.as_deref(), older.as_deref(), l),
        compose,
        open: asked.xem.is_some() && preview.is_some(),
        preview,
    };
    let title = l.t("Văn bản đi", "Outgoing documents");
    Ok(page(&req, Page::new(title).section("office.outgoing").layout(Layout::Panes), &body))
}

fn address(group: &str, urgency: Option<Urgency>) -> String {
    match urgency {
        Some(urgency) => format!("/van-ban-di?loc={group}&khan={}", urgency.code()),
        None => format!("/van-ban-di?loc={group}"),
    }
}

fn filter_pane(
    l: Lang,
    group: &str,
    urgency: Option<Urgency>,
    count: &dyn Fn(&Group) -> i64,
    levels: &[i64],
) -> FilterPane {
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut pane = FilterPane::new(l).group(l.t("Theo việc", "By task"));
    for g in GROUPS {
        pane = pane.link(address(g.0, None), l.t(g.1, g.2), whole(count(g)), g.0 == group);
    }
    pane = pane.group(l.t("Độ khẩn", "Urgency"));
    // “Hỏa tốc hẹn giờ” exists only on the wire; nothing is drafted with it.
    for (level, n) in Urgency::ALL.into_iter().take(4).zip(levels).rev() {
        let current = urgency == Some(level);
        // The chosen one is left by its own link.
        let href = address(group, if current { None } else { Some(level) });
        pane = pane.link(href, level.label().get(l), whole(*n), current);
    }
    pane
}

fn item(row: &Outgoing, n: usize, chosen: Option<&str>, list: &str, now: base::Timestamp, l: Lang) -> Item {
    let id = row.id.to_string();
    let number = row.code.clone().unwrap_or_else(|| kind_name(&row.kind, l));
    let from = if row.unit_name.is_empty() {
        row.drafter_name.clone()
    } else {
        format!("{}, {}", row.drafter_name, row.unit_name)
    };
    Item::new(format!("{list}&xem={id}"), number, row.subject.clone())
        .stamp(urgency_mark(row.urgency, l))
        .from(from)
        .when(format::moment(row.changed_at, now, l))
        .state(outgoing_state(row.state, l))
        .aside(files(n, l))
        .selected(chosen == Some(id.as_str()))
}
