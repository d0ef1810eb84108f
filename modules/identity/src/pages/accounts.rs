//! Accounts in administration: making one, one-time links, disabling, taking a lost second factor away.

use super::people::managed_person;
use crate::shown::{FormPage, Sheet, link, moment, refused, verb};
use axum::extract::{Path, State};
use axum::response::Response;
use base::{AgencyCode, Refusal, Text};
use platform::Error;
use platform::access::{self, Act, Permission, Principal};
use platform::accounts::{self, Account, AccountId, LINK_HOURS, NewAccount, Preferences};
use platform::directory::PersonId;
use serde::Deserialize;
use web::html::{Html, escape};
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::field::Field;
use web::ui::state::{Progress, state};
use web::ui::table::{Column, Table};
use web::{App, Form, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::AccountsManage);
    Routes::new()
        .get("/quan-tri/nguoi/{id}/tai-khoan/moi", may, new)
        .post("/quan-tri/nguoi/{id}/tai-khoan", may, create)
        .post("/quan-tri/tai-khoan/{id}/lien-ket", may, make_link)
        .post("/quan-tri/tai-khoan/{id}/khoa", may, disable)
        .post("/quan-tri/tai-khoan/{id}/mo", may, enable)
        .post("/quan-tri/tai-khoan/{id}/bo-ma-xac-thuc", may, clear_totp)
}

/// The accounts that an agency looks after.
pub async fn table_of(req: &Req, app: &App, code: &AgencyCode) -> Result<Html> {
    let (key, l) = (code.clone(), req.lang);
    let found = app.platform().db().read(move |tx| accounts::accounts_in(tx, &key, None, 500)).await?;
    let table = Table::new(
        l,
        l.t("Tài khoản", "Accounts"),
        vec![
            Column::new(l.t("Tên đăng nhập", "User name")).main(),
            Column::new(l.t("Người", "Person")),
            Column::new(l.t("Tình trạng", "State")),
            Column::new(l.t("Bước hai", "Second step")).fixed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Chưa có tài khoản nào.", "No accounts yet.")))
    .rows(found.iter().map(|(account, name)| {
        let href = format!("/quan-tri/nguoi/{}", account.person);
        vec![Html::text(&account.username), link(&href, name), state_of(req, account), second_step(req, account)]
    }));
    Ok(Html::from_template(&table))
}

fn state_of(req: &Req, account: &Account) -> Html {
    let l = req.lang;
    match (account.disabled, account.has_password) {
        (true, _) => state(Progress::Stopped, l.t("Đã khóa", "Disabled")),
        (false, false) => state(Progress::Waiting, l.t("Chờ đặt mật khẩu", "Waits for a password")),
        (false, true) => state(Progress::Usual, l.t("Đang dùng", "In use")),
    }
}

fn second_step(req: &Req, account: &Account) -> Html {
    Html::text(if account.has_totp { req.lang.t("Có", "Yes") } else { req.lang.t("Không", "No") })
}

/// The accounts of one person, with what can be done to them.
pub async fn of_person(req: &Req, app: &App, user: &Principal, person: PersonId) -> Result<Html> {
    let l = req.lang;
    let found = app.platform().db().read(move |tx| accounts::accounts_of(tx, person)).await?;
    let table = Table::new(
        l,
        l.t("Tài khoản", "Accounts"),
        vec![
            Column::new(l.t("Tên đăng nhập", "User name")).main(),
            Column::new(l.t("Tình trạng", "State")),
            Column::new(l.t("Bước hai", "Second step")).fixed(),
            Column::new(l.t("Mật khẩu đặt lúc", "Password set")).fixed(),
            Column::new(l.t("Việc", "Acts")).unnamed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Chưa có tài khoản.", "No account yet.")))
    .rows(found.iter().map(|account| {
        let path = format!("/quan-tri/tai-khoan/{}", account.id);
        let mut acts = String::new();
        if access::allows(user, Permission::AccountsManage, &account.agency) {
            let name = &account.username;
            let small = |vi, en| Button::new(l.t(vi, en)).small().about(name);
            if account.disabled {
                acts.push_str(verb(req, &format!("{path}/mo"), small("Mở khóa", "Enable")).as_str());
            } else {
                acts.push_str(verb(req, &format!("{path}/lien-ket"), small("Liên kết mới", "New link")).as_str());
                if account.has_totp {
                    let clear = small("Bỏ mã xác thực", "Take codes away");
                    acts.push_str(verb(req, &format!("{path}/bo-ma-xac-thuc"), clear).as_str());
                }
                acts.push_str(verb(req, &format!("{path}/khoa"), small("Khóa", "Disable").grave()).as_str());
            }
        }
        vec![
            Html::text(&account.username),
            state_of(req, account),
            second_step(req, account),
            Html::text(&account.password_changed_at.map(moment).unwrap_or_default()),
            Html::trusted(format!("<div class=\"acts\">{acts}</div>")),
        ]
    }));
    Ok(Html::from_template(&table))
}

/// The page that shows a one-time link, once.
pub fn show_link(req: &Req, token: &str, back: &str) -> Response {
    let l = req.lang;
    let path = crate::link_path(token);
    let words = match l {
        base::Lang::Vi => format!(
            "Chuyển liên kết này cho người dùng qua kênh tin cậy. Dùng được một lần, trong {LINK_HOURS} giờ; trang này không hiện lại."
        ),
        base::Lang::En => format!(
            "Hand this link to the person by a way you trust. It works once, within {LINK_HOURS} hours; this page is not shown again."
        ),
    };
    Sheet::new(l.t("Liên kết đặt mật khẩu", "Link to set the password"))
        .lead(words)
        .top(Html::trusted(format!("<p><a href=\"{0}\"><code>{0}</code></a></p>", escape(&path))))
        .acts(&[Button::new(l.t("Đã chuyển", "Handed over")).primary().href(back)])
        .show(req)
}

#[derive(Deserialize, Default)]
struct AccountForm {
    username: Option<String>,
}

fn show_form(req: &Req, person: &str, name: &str, form: &AccountForm, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let title = l.t("Lập tài khoản", "Make an account");
    let path = format!("/quan-tri/nguoi/{person}");
    FormPage::new(req, title, &format!("{path}/tai-khoan"), title)
        .lead(name)
        .field(
            Field::text(l, "username", l.t("Tên đăng nhập", "User name"))
                .hint(l.t("Ví dụ hanh.pt", "For example hanh.pt"))
                .value(form.username.clone().unwrap_or_default())
                .refused(refusal)
                .span("c8"),
        )
        .back(&path)
        .show(req, refusal)
}

async fn new(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>) -> Result {
    let (person, ..) = managed_person(&app, &user, &id).await?;
    Ok(show_form(&req, &id, &person.full_name, &AccountForm::default(), None))
}

async fn create(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(form): Form<AccountForm>,
) -> Result {
    let (person, _, agency) = managed_person(&app, &user, &id).await?;
    access::require(&user, Permission::AccountsManage, &agency)?;
    let new = NewAccount {
        id: app.platform().new_id(),
        username: form.username.clone().unwrap_or_default(),
        person: person.id,
        agency,
        password: None,
        preferences: Preferences::default(),
    };
    let act = Act::by(app.platform(), &user);
    match refused(accounts::account_create(app.platform(), &act, new).await)? {
        Ok(token) => Ok(show_link(&req, &token, &format!("/quan-tri/nguoi/{id}"))),
        Err(refusal) => Ok(show_form(&req, &id, &person.full_name, &form, Some(&refusal))),
    }
}

/// The account, when the administrator looks after it.
async fn managed(app: &App, user: &Principal, id: &str) -> Result<Account> {
    let id: AccountId = id.parse().map_err(|_| Error::NotFound("account"))?;
    let account = app.platform().db().read(move |tx| accounts::account_get(tx, id)).await?;
    let account = account.ok_or(Error::NotFound("account"))?;
    access::require(user, Permission::AccountsManage, &account.agency)?;
    Ok(account)
}

#[derive(Deserialize)]
struct Nothing {}

async fn make_link(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result {
    let account = managed(&app, &user, &id).await?;
    let act = Act::by(app.platform(), &user);
    let token = accounts::link_create(app.platform(), &act, account.id).await?;
    Ok(show_link(&req, &token, &format!("/quan-tri/nguoi/{}", account.person)))
}

async fn disable(req: Req, app: State<App>, user: User, id: Path<String>, form: Form<Nothing>) -> Result {
    set_disabled(req, app, user, id, form, true).await
}

async fn enable(req: Req, app: State<App>, user: User, id: Path<String>, form: Form<Nothing>) -> Result {
    set_disabled(req, app, user, id, form, false).await
}

async fn set_disabled(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
    disabled: bool,
) -> Result {
    let account = managed(&app, &user, &id).await?;
    let act = Act::by(app.platform(), &user);
    app.platform().db().write(move |tx| accounts::account_disable(tx, &act, account.id, disabled)).await?;
    let said = if disabled {
        Text::fixed("Đã khóa tài khoản và kết thúc mọi phiên.", "Disabled, and every session ended.")
    } else {
        Text::fixed("Đã mở khóa tài khoản.", "Enabled.")
    };
    Ok(redirect(format!("/quan-tri/nguoi/{}", account.person)).say(said).go(&req))
}

async fn clear_totp(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result {
    let account = managed(&app, &user, &id).await?;
    let act = Act::by(app.platform(), &user);
    app.platform().db().write(move |tx| accounts::totp_clear(tx, &act, account.id)).await?;
    Ok(redirect(format!("/quan-tri/nguoi/{}", account.person))
        .say(Text::fixed("Đã bỏ mã xác thực.", "One-time codes were taken away."))
        .go(&req))
}
