//! People: who holds which position in an agency, entering a person with a first position, one person's page.

use super::accounts;
use super::agencies::{code_of, crumbs_of, managed, path_of};
use super::positions::{self, PositionForm};
use crate::shown::{FormPage, Sheet, link, refused, span};
use axum::extract::{Path, State};
use base::{AgencyCode, Refusal, Text};
use platform::Error;
use platform::access::{self, Act, Permission, Principal, Role};
use platform::accounts::{NewAccount, Preferences};
use platform::directory::{self, Agency, Holder, Person, PersonId};
use serde::Deserialize;
use web::html::Html;
use web::input::{Fields, show_date};
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::field::Field;
use web::ui::properties::properties;
use web::ui::table::{Column, Table};
use web::{App, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::DirectoryManage);
    Routes::new()
        .get("/quan-tri/co-quan/{code}/nguoi/moi", may, new)
        .post("/quan-tri/co-quan/{code}/nguoi", may, create)
        .get("/quan-tri/nguoi/{id}", may, show)
        .get("/quan-tri/nguoi/{id}/sua", may, edit)
        .post("/quan-tri/nguoi/{id}/sua", may, change)
}

/// The names of roles, for a cell.
pub fn roles_in_words(roles: &[Role], req: &Req) -> String {
    roles.iter().map(|role| role.label().get(req.lang).to_owned()).collect::<Vec<_>>().join(", ")
}

/// Everybody with a position in the agency today.
pub async fn table_of(req: &Req, app: &App, code: &AgencyCode) -> Result<Html> {
    let (key, today, l) = (code.clone(), req.now.local_date(), req.lang);
    let holders = app.platform().db().read(move |tx| directory::positions_in(tx, &key, today)).await?;
    let table = Table::new(
        l,
        l.t("Người và vị trí", "People and positions"),
        vec![
            Column::new(l.t("Họ và tên", "Name")).main(),
            Column::new(l.t("Chức vụ", "Title")),
            Column::new(l.t("Đơn vị", "Unit")),
            Column::new(l.t("Vai trò", "Roles")),
            Column::new(l.t("Thời gian", "Time")).fixed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Chưa có ai giữ vị trí ở cơ quan này.", "Nobody holds a position here yet.")))
    .rows(holders.iter().map(|holder| {
        vec![
            link(&format!("/quan-tri/nguoi/{}", holder.position.person), &holder.full_name),
            link(&format!("/quan-tri/vi-tri/{}", holder.position.id), holder.position.title.get(l)),
            Html::text(holder.unit_name.as_ref().map_or("", |name| name.get(l))),
            Html::text(&roles_in_words(&holder.position.roles, req)),
            Html::text(&span(l, holder.position.valid_from, holder.position.valid_to)),
        ]
    }));
    Ok(Html::from_template(&table))
}

#[derive(Deserialize, Default)]
struct NewPersonForm {
    full_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    username: Option<String>,
    #[serde(flatten)]
    position: PositionForm,
}

fn person_fields(page: FormPage, req: &Req, form: &NewPersonForm, refusal: Option<&Refusal>) -> FormPage {
    let l = req.lang;
    let value = |field: &Option<String>| field.clone().unwrap_or_default();
    page.field(
        Field::text(l, "full_name", l.t("Họ và tên", "Full name"))
            .value(value(&form.full_name))
            .refused(refusal)
            .span("c12"),
    )
    .field(
        Field::text(l, "email", l.t("Thư điện tử công vụ", "E-mail at work"))
            .value(value(&form.email))
            .refused(refusal)
            .optional()
            .span("c6"),
    )
    .field(Field::text(l, "phone", l.t("Điện thoại", "Telephone")).value(value(&form.phone)).optional().span("c6"))
}

async fn show_new(req: &Req, app: &App, agency: &Agency, form: &NewPersonForm, refusal: Option<&Refusal>) -> Result {
    let l = req.lang;
    let title = l.t("Thêm người", "Add a person");
    let page = FormPage::new(req, title, &format!("{}/nguoi", path_of(&agency.code)), title)
        .crumbs(crumbs_of(agency, title, l))
        .lead(l.t(
            "Người có thể giữ thêm vị trí khác sau này. Nếu nhập tên đăng nhập, bạn nhận được một liên kết dùng một lần để chuyển cho người đó đặt mật khẩu.",
            "Further positions can be added later. With a user name you receive a one-time link for the person to set the password.",
        ));
    let page = person_fields(page, req, form, refusal).field(
        Field::text(l, "username", l.t("Tên đăng nhập", "User name"))
            .value(form.username.clone().unwrap_or_default())
            .refused(refusal)
            .optional()
            .span("c6"),
    );
    let page = positions::fields(page, req, app, &agency.code, &form.position, refusal).await?;
    Ok(page.back(&path_of(&agency.code)).show(req, refusal))
}

async fn new(req: Req, State(app): State<App>, User(user): User, Path(code): Path<String>) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    let position = PositionForm { valid_from: Some(show_date(req.now.local_date())), ..PositionForm::default() };
    show_new(&req, &app, &agency, &NewPersonForm { position, ..NewPersonForm::default() }, None).await
}

async fn create(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(code): Path<String>,
    data: web::FormData,
) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    let form = NewPersonForm { position: data.read()?, ..read_person(&data) };
    let text = |field: &Option<String>| base::fold::nfc(field.clone().unwrap_or_default().trim());
    let platform = app.platform();
    let mut fields = Fields::new();
    let person = Person {
        id: platform.new_id(),
        full_name: fields.text("full_name", &text(&form.full_name), 200),
        email: text(&form.email),
        phone: text(&form.phone),
        version: 0,
    };
    let position = form.position.read(&mut fields, &app, &agency.code, person.id, None, req.now.local_date());
    positions::may_grant(&user, position.as_ref().map_or(&[], |position| &position.roles), &[])?;
    let username = text(&form.username);
    if !username.is_empty() {
        access::require(&user, Permission::AccountsManage, &agency.code)?;
    }
    let outcome = match (fields.finish(), position) {
        (Ok(()), Some(position)) => {
            let act = Act::by(platform, &user);
            let (id, code) = (person.id, agency.code.clone());
            let stored = platform
                .db()
                .write(move |tx| {
                    directory::person_save(tx, &act, person.clone(), &code, None)?;
                    directory::position_save(tx, &act.further(1), position.clone(), None)
                })
                .await;
            stored.map(|()| id)
        }
        (Err(refusal), _) => Err(refusal.into()),
        (Ok(()), None) => Err(Error::Fault("a position was neither read nor refused".to_owned())),
    };
    let id = match refused(outcome)? {
        Ok(id) => id,
        Err(refusal) => return show_new(&req, &app, &agency, &form, Some(&refusal)).await,
    };
    if username.is_empty() {
        return Ok(redirect(format!("/quan-tri/nguoi/{id}")).say(Text::fixed("Đã thêm người.", "Added.")).go(&req));
    }
    let new = NewAccount {
        id: platform.new_id(),
        username,
        person: id,
        agency: agency.code.clone(),
        password: None,
        preferences: Preferences::default(),
    };
    let act = Act::by(platform, &user);
    match refused(platform::accounts::account_create(platform, &act, new).await)? {
        Ok(token) => Ok(accounts::show_link(&req, &token, &format!("/quan-tri/nguoi/{id}"))),
        // The person is entered; only the user name has to be chosen again, on the person's page.
        Err(refusal) => {
            let said = Text::new(refusal.message(base::Lang::Vi), refusal.message(base::Lang::En));
            Ok(redirect(format!("/quan-tri/nguoi/{id}")).say(said).go(&req))
        }
    }
}

fn read_person(data: &web::FormData) -> NewPersonForm {
    let first = |name: &str| data.first(name).map(str::to_owned);
    NewPersonForm {
        full_name: first("full_name"),
        email: first("email"),
        phone: first("phone"),
        username: first("username"),
        position: PositionForm::default(),
    }
}

/// The person and his positions, when one of them, past or present, is in an agency that the administrator manages.
pub async fn managed_person(app: &App, user: &Principal, id: &str) -> Result<(Person, Vec<Holder>, AgencyCode)> {
    let id: PersonId = id.parse().map_err(|_| Error::NotFound("person"))?;
    let user = user.clone();
    let found = app
        .platform()
        .db()
        .read(move |tx| {
            let Some(person) = directory::person_get(tx, id)? else { return Ok(None) };
            let all = directory::positions_ever(tx, id)?;
            let agency = all
                .iter()
                .map(|holder| &holder.position.agency)
                .find(|agency| access::allows(&user, Permission::DirectoryManage, agency))
                .cloned();
            Ok(agency.map(|agency| (person, all, agency)))
        })
        .await?;
    // Somebody else's people are not told apart from nobody.
    Ok(found.ok_or(Error::NotFound("person"))?)
}

async fn show(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>) -> Result {
    let (person, all, code) = managed_person(&app, &user, &id).await?;
    let agency = managed(&app, &user, Permission::DirectoryManage, code).await?;
    let l = req.lang;
    let table = Table::new(
        l,
        l.t("Vị trí", "Positions"),
        vec![
            Column::new(l.t("Chức vụ", "Title")).main(),
            Column::new(l.t("Cơ quan", "Agency")),
            Column::new(l.t("Vai trò", "Roles")),
            Column::new(l.t("Thời gian", "Time")).fixed(),
        ],
    )
    .stacks()
    .rows(all.iter().map(|holder| {
        let mine = access::allows(&user, Permission::DirectoryManage, &holder.position.agency);
        let title = holder.position.title.get(l);
        let href = format!("/quan-tri/vi-tri/{}", holder.position.id);
        vec![
            if mine { link(&href, title) } else { Html::text(title) },
            Html::text(holder.agency_name.get(l)),
            Html::text(&roles_in_words(&holder.position.roles, &req)),
            Html::text(&span(l, holder.position.valid_from, holder.position.valid_to)),
        ]
    }));
    let facts = properties(&[
        (l.t("Thư điện tử", "E-mail"), Html::text(&person.email)),
        (l.t("Điện thoại", "Telephone"), Html::text(&person.phone)),
    ]);
    let path = format!("/quan-tri/nguoi/{}", person.id);
    let add = Button::new(l.t("Thêm vị trí", "Add a position")).href(format!("{path}/vi-tri/moi"));
    let account = Button::new(l.t("Lập tài khoản", "Make an account")).href(format!("{path}/tai-khoan/moi"));
    let accounts = accounts::of_person(&req, &app, &user, person.id).await?;
    Ok(Sheet::new(&person.full_name)
        .crumbs(crumbs_of(&agency, &person.full_name, l))
        .acts(&[Button::new(l.t("Sửa", "Change")).href(format!("{path}/sua"))])
        .top(facts)
        .part(l.t("Vị trí", "Positions"), &[add], Html::from_template(&table))
        .part(l.t("Tài khoản", "Accounts"), &[account], accounts)
        .show(&req))
}

fn show_edit(
    req: &Req,
    agency: &Agency,
    person: &Person,
    form: &NewPersonForm,
    refusal: Option<&Refusal>,
) -> axum::response::Response {
    let l = req.lang;
    let title = l.t("Sửa thông tin người", "Change the person");
    let path = format!("/quan-tri/nguoi/{}", person.id);
    let page = FormPage::new(req, title, &format!("{path}/sua"), l.t("Lưu", "Save"))
        .crumbs(crumbs_of(agency, title, l))
        .hidden("version", person.version)
        .back(&path);
    person_fields(page, req, form, refusal).show(req, refusal)
}

async fn edit(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>) -> Result {
    let (person, _, code) = managed_person(&app, &user, &id).await?;
    let agency = managed(&app, &user, Permission::DirectoryManage, code).await?;
    let form = NewPersonForm {
        full_name: Some(person.full_name.clone()),
        email: Some(person.email.clone()),
        phone: Some(person.phone.clone()),
        ..NewPersonForm::default()
    };
    Ok(show_edit(&req, &agency, &person, &form, None))
}

async fn change(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    data: web::FormData,
) -> Result {
    let (person, _, code) = managed_person(&app, &user, &id).await?;
    let agency = managed(&app, &user, Permission::DirectoryManage, code).await?;
    let form = read_person(&data);
    let text = |field: &Option<String>| base::fold::nfc(field.clone().unwrap_or_default().trim());
    let expected: Option<i64> = data.first("version").and_then(|version| version.parse().ok());
    let changed = Person {
        full_name: text(&form.full_name),
        email: text(&form.email),
        phone: text(&form.phone),
        ..person.clone()
    };
    let (act, code) = (Act::by(app.platform(), &user), agency.code.clone());
    let outcome =
        app.platform().db().write(move |tx| directory::person_save(tx, &act, changed.clone(), &code, expected)).await;
    match refused(outcome)? {
        Ok(()) => Ok(redirect(format!("/quan-tri/nguoi/{}", person.id)).say(Text::fixed("Đã lưu.", "Saved.")).go(&req)),
        Err(refusal) => Ok(show_edit(&req, &agency, &person, &form, Some(&refusal))),
    }
}
