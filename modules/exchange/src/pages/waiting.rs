//! What waits for a person: parked packages (gói chờ xử lý) and feedback that matches no document (phản hồi chưa khớp).

use super::{LAYOUT, WAITING};
use crate::context::SubmitContext;
use crate::model::{DeliveryId, DeliveryRow, PackageHeader, StatusId};
use crate::refusals;
use crate::store::statuses::UnmatchedStatus;
use crate::store::{deliveries, packages, statuses};
use crate::use_cases::{deliver, record_status};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base::agency_code::AgencyCode;
use base::{Lang, Refusal, Text, Timestamp, format};
use platform::access::{self, Permission, Principal};
use platform::{Error, Tx};
use serde::Deserialize;
use web::ui::button::Button;
use web::ui::confirm::Confirm;
use web::ui::paging::{Tab, tabs};
use web::ui::table::{Column, Table};
use web::{App, Failure, Form, Html, Page, Req, User, page, redirect};

/// Where parked packages are listed.
pub const PATH: &str = "/lien-thong/goi-cho-xu-ly";
/// Where unmatched feedback is listed.
pub const FEEDBACK_PATH: &str = "/lien-thong/phan-hoi-chua-khop";
/// Rows on a page: what waits is meant to be short.
const ROWS: i64 = 100;

/// Whose waiting packages a person sees: `Some(None)` everybody's (the operator of the server, who sees no contents),
/// `Some(Some(agency))` his agency's, `None` nobody's.
pub fn scope_of(principal: &Principal) -> Option<Option<AgencyCode>> {
    if access::require_server(principal, Permission::ExchangeOperate).is_ok() {
        return Some(None);
    }
    principal.may(Permission::ExchangeOperate).then(|| Some(principal.agency.clone()))
}

fn scope(principal: &Principal) -> Result<Option<AgencyCode>, Failure> {
    match scope_of(principal) {
        Some(scope) => Ok(scope),
        None => Err(access::require(principal, Permission::ExchangeOperate, &principal.agency)
            .map_or_else(Failure::from, |()| Failure::from(Error::NotFound("page")))),
    }
}

/// How much waits, for the navigation.
pub fn count(tx: &Tx<'_>, principal: &Principal, _now: Timestamp) -> platform::Result<i64> {
    let Some(scope) = scope_of(principal) else { return Ok(0) };
    Ok(deliveries::delivery_waiting_count(tx, scope.as_ref())? + statuses::unmatched_count(tx, scope.as_ref())?)
}

#[derive(askama::Template)]
#[template(path = "exchange/waiting.html")]
struct Waiting {
    l: Lang,
    title: String,
    explain: String,
    tabs: Html,
    table: Html,
}

fn tab_bar(parked: i64, unmatched: i64, here: &str, l: Lang) -> Html {
    let number = |n: i64| u64::try_from(n).ok();
    let bar: [Tab<'_>; 2] = [
        (PATH, l.t("Gói chờ xử lý", "Waiting packages"), number(parked), here == PATH),
        (FEEDBACK_PATH, l.t("Phản hồi chưa khớp", "Unmatched feedback"), number(unmatched), here == FEEDBACK_PATH),
    ];
    tabs(l.t("Việc chờ", "What waits"), &bar, &Html::default(), l)
}

/// Parked packages.
pub async fn parked(State(app): State<App>, req: Req, User(user): User) -> web::Result {
    let scope = scope(&user)?;
    let contents = scope.is_some();
    let (rows, counts) = app
        .platform()
        .db()
        .read(move |tx| {
            let rows = deliveries::delivery_waiting(tx, scope.as_ref(), ROWS)?;
            let with: Vec<(DeliveryRow, PackageHeader)> = rows
                .into_iter()
                .map(|row| Ok((row.clone(), packages::package_get(tx, row.package)?.header)))
                .collect::<platform::Result<_>>()?;
            let counts = (
                deliveries::delivery_waiting_count(tx, scope.as_ref())?,
                statuses::unmatched_count(tx, scope.as_ref())?,
            );
            Ok((with, counts))
        })
        .await?;
    let l = req.lang;
    let columns = vec![
        Column::new(l.t("Văn bản", "Document")).main(),
        Column::new(l.t("Nơi nhận", "Recipient")),
        Column::new(l.t("Vì sao", "Why")),
        Column::new(l.t("Lần gửi", "Attempts")).number(),
        Column::new(l.t("Việc cần làm", "Actions")).unnamed(),
    ];
    let table = Table::new(l, l.t("Gói chờ xử lý", "Waiting packages"), columns)
        .stacks()
        .rows(rows.iter().map(|(row, header)| parked_cells(row, header, contents, &req)))
        .empty(Html::text(l.t(
            "Không có gói nào chờ. Gói nằm ở đây khi chưa biết đường gửi, hoặc máy chủ nhận không trả lời.",
            "Nothing waits. A package comes here when no way to its recipient is known, or the other server does not answer.",
        )));
    let body = Waiting {
        l,
        title: l.t("Gói chờ xử lý", "Waiting packages").into(),
        explain: l
            .t(
                "Gửi lại, hoặc trả lại kèm lý do để nơi gửi biết.",
                "Try again, or return with a reason that the sender sees.",
            )
            .into(),
        tabs: tab_bar(counts.0, counts.1, PATH, l),
        table: Html::from_template(&table),
    };
    let title = Page::new(l.t("Gói chờ xử lý", "Waiting packages")).section(WAITING).layout(LAYOUT);
    Ok(page(&req, title, &body))
}

fn parked_cells(row: &DeliveryRow, header: &PackageHeader, contents: bool, req: &Req) -> Vec<Html> {
    let l = req.lang;
    // The operator of the server sees codes, not what the documents are about.
    let document = if contents {
        format!(
            "<a href=\"/lien-thong/goi-tin/{}\">{}</a><br><span class=\"mut\">{}</span>",
            row.package,
            web::html::escape(&header.code()),
            web::html::escape(&header.subject)
        )
    } else {
        format!("{}<br><span class=\"mut sm\">{}</span>", header.from.code, row.package)
    };
    let why = row.problem.as_ref().map(|p| p.get(l).to_owned()).unwrap_or_default();
    let again = format!(
        "<form method=\"post\" action=\"{PATH}/{}/gui-lai\" data-once><input type=\"hidden\" name=\"_csrf\" value=\"{}\">{}</form>",
        row.id,
        web::html::escape(&req.csrf),
        Html::from_template(&Button::new(l.t("Gửi lại", "Try again")).small())
    );
    let back = Button::new(l.t("Trả lại", "Return")).small().href(format!("{PATH}/{}/tra-lai", row.id));
    vec![
        Html::trusted(document),
        Html::trusted(format!(
            "{}<br><span class=\"mut sm\">{}</span>",
            web::html::escape(&row.recipient_name),
            row.recipient
        )),
        Html::text(&why),
        Html::text(&row.attempts.to_string()),
        Html::trusted(format!("<div class=\"acts\">{again}{}</div>", Html::from_template(&back))),
    ]
}

/// The delivery, when it is within the person's reach; others may not know of it.
fn within(tx: &Tx<'_>, id: DeliveryId, scope: Option<&AgencyCode>) -> platform::Result<(DeliveryRow, PackageHeader)> {
    let row = deliveries::delivery_get(tx, id)?;
    let header = packages::package_get(tx, row.package)?.header;
    if scope.is_none_or(|agency| *agency == header.from.code) {
        return Ok((row, header));
    }
    Err(Refusal::new(&refusals::PACKAGE_NOT_FOUND).into())
}

fn id_of<K>(text: &str) -> Result<base::Id<K>, Failure> {
    text.parse().map_err(|_| Failure::from(Refusal::new(&refusals::PACKAGE_NOT_FOUND)))
}

/// Nothing but the guard.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

/// A reason.
#[derive(Debug, Deserialize)]
pub struct Reason {
    #[serde(default)]
    reason: Option<String>,
}

/// Tries a parked package again.
pub async fn retry(
    State(app): State<App>,
    req: Req,
    User(user): User,
    Path(id): Path<String>,
    _: Form<Nothing>,
) -> web::Result {
    let (id, scope) = (id_of(&id)?, scope(&user)?);
    let ctx = SubmitContext::new(app.platform(), user.actor.clone());
    let after = app
        .platform()
        .db()
        .write(move |tx| {
            within(tx, id, scope.as_ref())?;
            deliver::retry(tx, &ctx, id)
        })
        .await?;
    app.platform().wake_jobs();
    let label = after.label();
    let said = Text::new(
        format!("Đã thử lại: {}.", label.vi.to_lowercase()),
        format!("Tried again: {}.", label.en.to_lowercase()),
    );
    Ok(redirect(PATH).say(said).go(&req))
}

/// Feedback that matches no document.
pub async fn feedback(State(app): State<App>, req: Req, User(user): User) -> web::Result {
    let scope = scope(&user)?;
    let (rows, counts) = app
        .platform()
        .db()
        .read(move |tx| {
            let counts = (
                deliveries::delivery_waiting_count(tx, scope.as_ref())?,
                statuses::unmatched_count(tx, scope.as_ref())?,
            );
            Ok((statuses::unmatched_waiting(tx, scope.as_ref(), ROWS)?, counts))
        })
        .await?;
    let l = req.lang;
    let columns = vec![
        Column::new(l.t("Từ", "From")).main(),
        Column::new(l.t("Trạng thái", "State")),
        Column::new(l.t("Nói về văn bản", "About the document")),
        Column::new(l.t("Lúc", "When")).fixed(),
        Column::new(l.t("Việc cần làm", "Actions")).unnamed(),
    ];
    let table = Table::new(l, l.t("Phản hồi chưa khớp", "Unmatched feedback"), columns)
        .stacks()
        .rows(rows.iter().map(|row| feedback_cells(row, &req)))
        .empty(Html::text(
            l.t("Mọi phản hồi đều khớp với văn bản đã gửi.", "All feedback matches a document that was sent."),
        ));
    let body = Waiting {
        l,
        title: l.t("Phản hồi chưa khớp", "Unmatched feedback").into(),
        explain: l
            .t(
                "Cơ quan báo trạng thái của một văn bản mà máy chủ này không tìm thấy.",
                "An agency reported on a document that this server does not find.",
            )
            .into(),
        tabs: tab_bar(counts.0, counts.1, FEEDBACK_PATH, l),
        table: Html::from_template(&table),
    };
    let title = Page::new(l.t("Phản hồi chưa khớp", "Unmatched feedback")).section(WAITING).layout(LAYOUT);
    Ok(page(&req, title, &body))
}

fn feedback_cells(row: &UnmatchedStatus, req: &Req) -> Vec<Html> {
    let l = req.lang;
    let again = format!(
        "<form method=\"post\" action=\"{FEEDBACK_PATH}/{}/doi-chieu\" data-once><input type=\"hidden\" name=\"_csrf\" value=\"{}\">{}</form>",
        row.id,
        web::html::escape(&req.csrf),
        Html::from_template(&Button::new(l.t("Đối chiếu lại", "Match again")).small())
    );
    let aside = Button::new(l.t("Bỏ qua", "Set aside")).small().href(format!("{FEEDBACK_PATH}/{}/bo-qua", row.id));
    let about = [row.about.code.as_str(), row.about.document_id.as_deref().unwrap_or_default()].join(" · ");
    vec![
        Html::text(row.agency.canonical()),
        Html::trusted(format!(
            "{} {}<br><span class=\"mut\">{}</span>",
            row.code,
            web::html::escape(row.code.label().get(l)),
            web::html::escape(&row.description)
        )),
        Html::text(&format!("{} {about}", row.about.agency)),
        Html::text(&format::date_time(row.at, l)),
        Html::trusted(format!("<div class=\"acts\">{again}{}</div>", Html::from_template(&aside))),
    ]
}

fn feedback_within(tx: &Tx<'_>, id: StatusId, scope: Option<&AgencyCode>) -> platform::Result<UnmatchedStatus> {
    let row = statuses::unmatched_get(tx, id)?;
    if scope.is_none_or(|agency| *agency == row.about.agency) {
        return Ok(row);
    }
    Err(Refusal::new(&refusals::PACKAGE_NOT_FOUND).into())
}

/// Looks unmatched feedback up again.
pub async fn rematch(
    State(app): State<App>,
    req: Req,
    User(user): User,
    Path(id): Path<String>,
    _: Form<Nothing>,
) -> web::Result {
    let (id, scope) = (id_of(&id)?, scope(&user)?);
    let ctx = SubmitContext::new(app.platform(), user.actor.clone());
    let found = app
        .platform()
        .db()
        .write(move |tx| {
            feedback_within(tx, id, scope.as_ref())?;
            record_status::rematch(tx, &ctx, id)
        })
        .await?;
    let said = if found.is_some() {
        Text::fixed("Đã khớp với văn bản.", "Matched with its document.")
    } else {
        Text::fixed("Vẫn chưa tìm thấy văn bản.", "The document is still not found.")
    };
    Ok(redirect(FEEDBACK_PATH).say(said).go(&req))
}

/// What waits and can be ended with a reason.
#[derive(Clone, Copy)]
enum Ending {
    /// A parked package goes back to its sender.
    Return(DeliveryId),
    /// Unmatched feedback is set aside.
    Dismiss(StatusId),
}

impl Ending {
    /// The list that it leaves.
    const fn list(self) -> &'static str {
        match self {
            Self::Return(_) => PATH,
            Self::Dismiss(_) => FEEDBACK_PATH,
        }
    }

    /// Where it is asked and sent.
    fn path(self) -> String {
        match self {
            Self::Return(id) => format!("{PATH}/{id}/tra-lai"),
            Self::Dismiss(id) => format!("{FEEDBACK_PATH}/{id}/bo-qua"),
        }
    }

    /// Title, question, the act that the button names, what was done.
    const fn words(self) -> [Text; 4] {
        match self {
            Self::Return(_) => [
                Text::fixed("Trả lại nơi gửi", "Return to the sender"),
                Text::fixed("Trả lại gói này cho nơi gửi?", "Return this package to its sender?"),
                Text::fixed("Trả lại nơi gửi", "Return to the sender"),
                Text::fixed("Đã trả lại nơi gửi.", "Returned to the sender."),
            ],
            Self::Dismiss(_) => [
                Text::fixed("Bỏ qua phản hồi", "Set feedback aside"),
                Text::fixed("Bỏ qua phản hồi này?", "Set this feedback aside?"),
                Text::fixed("Bỏ qua phản hồi", "Set aside"),
                Text::fixed("Đã bỏ qua.", "Set aside."),
            ],
        }
    }

    /// What the question repeats, when it is within the person's reach.
    fn facts(self, tx: &Tx<'_>, scope: Option<&AgencyCode>, l: Lang) -> platform::Result<[(&'static str, Html); 2]> {
        match self {
            Self::Return(id) => {
                let (row, header) = within(tx, id, scope)?;
                // The operator of the server sees codes, not what the documents are about.
                let document = if scope.is_some() { header.code() } else { header.from.code.to_string() };
                Ok([
                    (l.t("Văn bản", "Document"), Html::text(&document)),
                    (l.t("Nơi nhận", "Recipient"), Html::text(&row.recipient_name)),
                ])
            }
            Self::Dismiss(id) => {
                let row = feedback_within(tx, id, scope)?;
                Ok([
                    (l.t("Từ", "From"), Html::text(row.agency.canonical())),
                    (l.t("Trạng thái", "State"), Html::text(row.code.label().get(l))),
                ])
            }
        }
    }

    fn end(
        self,
        tx: &Tx<'_>,
        ctx: &SubmitContext<'_>,
        scope: Option<&AgencyCode>,
        reason: &str,
    ) -> platform::Result<()> {
        match self {
            Self::Return(id) => {
                within(tx, id, scope)?;
                deliver::return_to_sender(tx, ctx, id, reason)
            }
            Self::Dismiss(id) => {
                feedback_within(tx, id, scope)?;
                record_status::dismiss(tx, ctx, id, reason)
            }
        }
    }

    async fn ask(self, app: &App, req: &Req, user: &Principal, reason: &str, refusal: Option<&Refusal>) -> web::Result {
        let (l, scope) = (req.lang, scope(user)?);
        let facts = app.platform().db().read(move |tx| self.facts(tx, scope.as_ref(), l)).await?;
        let [title, question, act, _] = self.words();
        let mut form = Confirm::new(l, &req.csrf, question.get(l), act.get(l), &self.path(), self.list()).facts(&facts);
        if let Self::Return(_) = self {
            form = form.warning(
                l.t("Nơi gửi thấy lý do trên bảng theo dõi.", "The sender sees the reason on the delivery board."),
            );
        }
        let form = form.reason(l.t("Lý do", "Reason"), reason).refused(refusal);
        let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Ok(page(req, Page::new(title.get(l)).section(WAITING).layout(LAYOUT).status(status), &form))
    }

    async fn carry_out(self, app: &App, req: &Req, user: &Principal, reason: Option<String>) -> web::Result {
        let (scope, reason) = (scope(user)?, reason.unwrap_or_default());
        let (ctx, words) = (SubmitContext::new(app.platform(), user.actor.clone()), reason.clone());
        match app.platform().db().write(move |tx| self.end(tx, &ctx, scope.as_ref(), &words)).await {
            Ok(()) => {
                let [_, _, _, done] = self.words();
                Ok(redirect(self.list()).say(done).go(req))
            }
            Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
                self.ask(app, req, user, &reason, Some(&refusal)).await
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Asks for the reason of a return.
pub async fn ask_return(State(app): State<App>, req: Req, User(user): User, Path(id): Path<String>) -> web::Result {
    Ending::Return(id_of(&id)?).ask(&app, &req, &user, "", None).await
}

/// Returns a parked package to its sender.
pub async fn give_back(
    State(app): State<App>,
    req: Req,
    User(user): User,
    Path(id): Path<String>,
    Form(form): Form<Reason>,
) -> web::Result {
    Ending::Return(id_of(&id)?).carry_out(&app, &req, &user, form.reason).await
}

/// Asks why feedback is set aside.
pub async fn ask_dismiss(State(app): State<App>, req: Req, User(user): User, Path(id): Path<String>) -> web::Result {
    Ending::Dismiss(id_of(&id)?).ask(&app, &req, &user, "", None).await
}

/// Sets unmatched feedback aside.
pub async fn dismiss(
    State(app): State<App>,
    req: Req,
    User(user): User,
    Path(id): Path<String>,
    Form(form): Form<Reason>,
) -> web::Result {
    Ending::Dismiss(id_of(&id)?).carry_out(&app, &req, &user, form.reason).await
}
