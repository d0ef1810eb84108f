//! Outside systems: registering one (its token is shown once), revoking.

use super::agencies::{code_of, crumbs_of, managed, path_of};
use crate::shown::{FormPage, Sheet, moment, refused, verb};
use axum::extract::{Path, State};
use axum::response::Response;
use base::{AgencyCode, Refusal, Text};
use platform::Error;
use platform::access::{self, Act, Permission};
use platform::accounts::{self, SystemId};
use platform::directory::Agency;
use serde::Deserialize;
use web::html::{Html, escape};
use web::input::Fields;
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::field::Field;
use web::ui::state::{Progress, state};
use web::ui::table::{Column, Table};
use web::{App, Form, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::SystemsManage);
    Routes::new()
        .get("/quan-tri/co-quan/{code}/he-thong/moi", may, new)
        .post("/quan-tri/co-quan/{code}/he-thong", may, create)
        .post("/quan-tri/he-thong/{id}/thu-hoi", may, revoke)
}

/// The systems of the agency and those below it.
pub async fn table_of(req: &Req, app: &App, code: &AgencyCode) -> Result<Html> {
    let (key, l) = (code.clone(), req.lang);
    let found = app.platform().db().read(move |tx| accounts::systems_in(tx, &key)).await?;
    let table = Table::new(
        l,
        l.t("Hệ thống ngoài", "Outside systems"),
        vec![
            Column::new(l.t("Tên", "Name")).main(),
            Column::new(l.t("Thay mặt", "Acts for")),
            Column::new(l.t("Mã truy cập", "Token")).fixed(),
            Column::new(l.t("Đăng ký lúc", "Registered")).fixed(),
            Column::new(l.t("Tình trạng", "State")),
            Column::new(l.t("Thu hồi", "Revoke")).unnamed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Chưa có hệ thống nào được đăng ký.", "No system is registered.")))
    .rows(found.iter().map(|system| {
        let codes: Vec<&str> = system.agencies.iter().map(AgencyCode::canonical).collect();
        let (now, act) = match system.revoked_at {
            Some(at) => {
                (state(Progress::Stopped, &format!("{} {}", l.t("Thu hồi", "Revoked"), moment(at))), Html::default())
            }
            None => {
                let action = format!("/quan-tri/he-thong/{}/thu-hoi", system.id);
                let button = Button::new(l.t("Thu hồi", "Revoke")).small().grave().about(&system.name);
                (state(Progress::Usual, l.t("Đang dùng", "In use")), verb(req, &action, button))
            }
        };
        vec![
            Html::text(&system.name),
            Html::text(&codes.join(", ")),
            Html::text(&format!("{}…", system.token_hint)),
            Html::text(&moment(system.registered_at)),
            now,
            act,
        ]
    }));
    Ok(Html::from_template(&table))
}

#[derive(Deserialize, Default)]
struct SystemForm {
    name: Option<String>,
    agencies: Option<String>,
}

fn show_form(req: &Req, agency: &Agency, form: &SystemForm, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let title = l.t("Đăng ký hệ thống ngoài", "Register an outside system");
    FormPage::new(req, title, &format!("{}/he-thong", path_of(&agency.code)), l.t("Đăng ký", "Register"))
        .crumbs(crumbs_of(agency, title, l))
        .field(
            Field::text(l, "name", l.t("Tên hệ thống", "Name of the system"))
                .value(form.name.clone().unwrap_or_default())
                .refused(refusal)
                .span("c12"),
        )
        .field(
            Field::text(l, "agencies", l.t("Mã cơ quan được thay mặt", "Agency codes it may act for"))
                .hint(l.t("Nhiều mã cách nhau bằng dấu cách", "Several codes with spaces between"))
                .value(form.agencies.clone().unwrap_or_else(|| agency.code.to_string()))
                .refused(refusal)
                .span("c12"),
        )
        .back(&path_of(&agency.code))
        .show(req, refusal)
}

async fn new(req: Req, State(app): State<App>, User(user): User, Path(code): Path<String>) -> Result {
    let agency = managed(&app, &user, Permission::SystemsManage, code_of(&code)?).await?;
    Ok(show_form(&req, &agency, &SystemForm::default(), None))
}

async fn create(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(code): Path<String>,
    Form(form): Form<SystemForm>,
) -> Result {
    let agency = managed(&app, &user, Permission::SystemsManage, code_of(&code)?).await?;
    let mut fields = Fields::new();
    let name = fields.text("name", form.name.as_deref().unwrap_or_default(), 200);
    let expected = || Text::fixed("Mã dạng H57.09.", "Codes such as H57.09.");
    let codes: Vec<AgencyCode> = form
        .agencies
        .clone()
        .unwrap_or_default()
        .split([' ', ',', ';'])
        .filter(|text| !text.is_empty())
        .filter_map(|text| fields.parse("agencies", text, expected()))
        .collect();
    let act = Act::by(app.platform(), &user);
    let outcome = match fields.finish() {
        Ok(()) => {
            for code in &codes {
                access::require(&user, Permission::SystemsManage, code)?;
            }
            accounts::system_register(app.platform(), &act, &name, &codes).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let (system, token) = match refused(outcome)? {
        Ok(registered) => registered,
        Err(refusal) => return Ok(show_form(&req, &agency, &form, Some(&refusal))),
    };
    let l = req.lang;
    Ok(Sheet::new(system.name)
        .lead(l.t(
            "Mã truy cập chỉ hiện một lần. Gửi trong tiêu đề Authorization: Bearer …",
            "The token is shown once. It is sent as Authorization: Bearer …",
        ))
        .top(Html::trusted(format!("<p><code>{}</code></p>", escape(&token))))
        .acts(&[Button::new(l.t("Đã lưu lại", "Kept")).primary().href(path_of(&agency.code))])
        .show(&req))
}

#[derive(Deserialize)]
struct Nothing {}

async fn revoke(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result {
    let id: SystemId = id.parse().map_err(|_| Error::NotFound("system"))?;
    let act = Act::by(app.platform(), &user);
    let code = app
        .platform()
        .db()
        .write(move |tx| {
            let system = accounts::system_get(tx, id)?.ok_or(Error::NotFound("system"))?;
            let agency = system.agencies.first().cloned().ok_or(Error::NotFound("agency"))?;
            access::require(&user, Permission::SystemsManage, &agency)?;
            accounts::system_revoke(tx, &act, id)?;
            Ok(agency)
        })
        .await?;
    Ok(redirect(path_of(&code)).say(Text::fixed("Đã thu hồi mã truy cập.", "The token was revoked.")).go(&req))
}
