//! Positions with their dates: granting a further one, changing roles, ending.

use super::agencies::{Markup, crumbs_of, managed};
use super::people::managed_person;
use super::units;
use crate::shown::{FormPage, refused};
use axum::extract::{Path, State};
use base::{AgencyCode, Date, Refusal, Text};
use platform::Error;
use platform::access::{self, Act, Permission, Principal, Role};
use platform::directory::{self, Agency, PersonId, Position, PositionId, Rank};
use serde::Deserialize;
use web::html::Html;
use web::input::{Fields, show_date};
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::choice::Choices;
use web::ui::field::{Choose, Field};
use web::{App, Form, FormData, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::DirectoryManage);
    Routes::new()
        .get("/quan-tri/nguoi/{id}/vi-tri/moi", may, new)
        .post("/quan-tri/nguoi/{id}/vi-tri", may, create)
        .get("/quan-tri/vi-tri/{id}", may, edit)
        .post("/quan-tri/vi-tri/{id}", may, change)
}

/// The fields of a position.
#[derive(Deserialize, Default)]
pub struct PositionForm {
    /// The agency, where it can be chosen.
    pub agency: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Title in English.
    pub title_en: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// Rank.
    pub rank: Option<String>,
    /// Roles ticked.
    #[serde(default)]
    pub roles: Vec<String>,
    /// First day.
    pub valid_from: Option<String>,
    /// Last day.
    pub valid_to: Option<String>,
    /// Version seen.
    pub version: Option<i64>,
}

impl PositionForm {
    fn of(position: &Position) -> Self {
        Self {
            agency: None,
            title: Some(position.title.vi.to_string()),
            title_en: Some(position.title.en.to_string()),
            unit: position.unit.map(|id| id.to_string()),
            rank: Some(position.rank.name().to_owned()),
            roles: position.roles.iter().map(|role| role.name().to_owned()).collect(),
            valid_from: Some(show_date(position.valid_from)),
            valid_to: position.valid_to.map(show_date),
            version: Some(position.version),
        }
    }

    /// Reads the fields; what is wrong goes to `fields`.
    pub fn read(
        &self,
        fields: &mut Fields,
        app: &App,
        agency: &AgencyCode,
        person: PersonId,
        before: Option<&Position>,
        today: Date,
    ) -> Option<Position> {
        let text = |field: &Option<String>| base::fold::nfc(field.clone().unwrap_or_default().trim());
        let title = fields.text("title", &text(&self.title), 300);
        let english = text(&self.title_en);
        let valid_from = fields.date("valid_from", &text(&self.valid_from), today);
        let valid_to = fields.date_optional("valid_to", &text(&self.valid_to), today);
        let mut roles: Vec<Role> = self.roles.iter().filter_map(|name| Role::from_name(name)).collect();
        roles.sort();
        if roles.is_empty() {
            fields.wrong("roles", Text::fixed("Chọn ít nhất một vai trò.", "Choose at least one role."));
        }
        Some(Position {
            id: before.map_or_else(|| app.platform().new_id(), |position| position.id),
            person,
            agency: agency.clone(),
            unit: text(&self.unit).parse().ok(),
            title: Text::new(title.clone(), if english.is_empty() { title } else { english }),
            rank: Rank::from_name(&text(&self.rank)).unwrap_or(Rank::Staff),
            roles,
            valid_from: valid_from?,
            valid_to,
            version: 0,
        })
    }
}

/// Adds the fields of a position to a form.
pub async fn fields(
    page: FormPage,
    req: &Req,
    app: &App,
    agency: &AgencyCode,
    form: &PositionForm,
    refusal: Option<&Refusal>,
) -> Result<FormPage> {
    let l = req.lang;
    let value = |field: &Option<String>| field.clone().unwrap_or_default();
    let ranks = Rank::ALL.iter().rev().map(|rank| Choose::new(rank.name(), rank.label().get(l))).collect();
    let units = units::choices(req, app, agency, l.t("Không thuộc đơn vị nào", "In no unit")).await?;
    let mut roles = Choices::any(l, "roles", l.t("Vai trò", "Roles")).refused(refusal);
    for role in Role::ALL {
        roles = roles.option(role.name(), role.label().get(l), form.roles.iter().any(|name| name == role.name()));
    }
    let page = page
        .field(Field::text(l, "title", l.t("Chức vụ", "Title")).value(value(&form.title)).refused(refusal).span("c6"))
        .field(
            Field::text(l, "title_en", l.t("Chức vụ tiếng Anh", "English title"))
                .value(value(&form.title_en))
                .optional()
                .span("c6"),
        )
        .field(
            Field::select(l, "rank", l.t("Cấp bậc ký", "Rank for signing"), ranks).value(value(&form.rank)).span("c6"),
        )
        .field(Field::select(l, "unit", l.t("Đơn vị", "Unit"), units).value(value(&form.unit)).span("c6"))
        .field(
            Field::date(l, "valid_from", l.t("Từ ngày", "From"))
                .value(value(&form.valid_from))
                .refused(refusal)
                .span("c6"),
        )
        .field(
            Field::date(l, "valid_to", l.t("Đến hết ngày", "Last day"))
                .value(value(&form.valid_to))
                .refused(refusal)
                .optional()
                .span("c6"),
        )
        .after(Markup(Html::from_template(&roles)));
    Ok(match form.version {
        Some(version) => page.hidden("version", version),
        None => page,
    })
}

async fn show_new(
    req: &Req,
    app: &App,
    agency: &Agency,
    person: PersonId,
    form: &PositionForm,
    refusal: Option<&Refusal>,
) -> Result {
    let l = req.lang;
    let title = l.t("Thêm vị trí", "Add a position");
    let path = format!("/quan-tri/nguoi/{person}");
    let page = FormPage::new(req, title, &format!("{path}/vi-tri"), title).crumbs(crumbs_of(agency, title, l)).field(
        Field::text(l, "agency", l.t("Mã cơ quan", "Agency code"))
            .value(form.agency.clone().unwrap_or_else(|| agency.code.to_string()))
            .refused(refusal)
            .span("c12"),
    );
    Ok(fields(page, req, app, &agency.code, form, refusal).await?.back(&path).show(req, refusal))
}

async fn new(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>) -> Result {
    let (person, _, code) = managed_person(&app, &user, &id).await?;
    let agency = managed(&app, &user, Permission::DirectoryManage, code).await?;
    let form = PositionForm { valid_from: Some(show_date(req.now.local_date())), ..PositionForm::default() };
    show_new(&req, &app, &agency, person.id, &form, None).await
}

async fn create(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(form): Form<PositionForm>,
) -> Result {
    let (person, _, code) = managed_person(&app, &user, &id).await?;
    let own = managed(&app, &user, Permission::DirectoryManage, code).await?;
    let mut wrong = Fields::new();
    let asked = form.agency.clone().unwrap_or_else(|| own.code.to_string());
    let expected = Text::fixed("Mã dạng H57.09.", "A code such as H57.09.");
    let code: Option<AgencyCode> = wrong.parse("agency", &asked, expected);
    let target = code.unwrap_or_else(|| own.code.clone());
    access::require(&user, Permission::DirectoryManage, &target)?;
    let position = form.read(&mut wrong, &app, &target, person.id, None, req.now.local_date());
    may_grant(&user, position.as_ref().map_or(&[], |position| &position.roles), &[])?;
    match store(&app, &user, wrong, position, None).await? {
        Ok(()) => Ok(redirect(format!("/quan-tri/nguoi/{}", person.id))
            .say(Text::fixed("Đã thêm vị trí; thay đổi quyền chờ xác nhận.", "Added; the change of rights waits."))
            .go(&req)),
        Err(refusal) => show_new(&req, &app, &own, person.id, &form, Some(&refusal)).await,
    }
}

/// The operator's rights reach over the whole server, so only an operator may hand them on.
pub fn may_grant(user: &Principal, roles: &[Role], had: &[Role]) -> Result<(), Refusal> {
    if roles.contains(&Role::Operator) && !had.contains(&Role::Operator) {
        access::require_server(user, Permission::ServerOperate)?;
    }
    Ok(())
}

async fn store(
    app: &App,
    user: &Principal,
    wrong: Fields,
    position: Option<Position>,
    expected: Option<i64>,
) -> Result<Result<(), Refusal>> {
    let outcome = match (wrong.finish(), position) {
        (Ok(()), Some(position)) => {
            let act = Act::by(app.platform(), user);
            app.platform().db().write(move |tx| directory::position_save(tx, &act, position.clone(), expected)).await
        }
        (Err(refusal), _) => Err(refusal.into()),
        (Ok(()), None) => Err(Error::Fault("a position was neither read nor refused".to_owned())),
    };
    refused(outcome)
}

async fn found(app: &App, user: &Principal, id: &str) -> Result<(Position, String, Agency)> {
    let id: PositionId = id.parse().map_err(|_| Error::NotFound("position"))?;
    let holder = app.platform().db().read(move |tx| directory::holder_get(tx, id)).await?;
    let holder = holder.ok_or(Error::NotFound("position"))?;
    let agency = managed(app, user, Permission::DirectoryManage, holder.position.agency.clone()).await?;
    Ok((holder.position, holder.full_name, agency))
}

async fn show_edit(
    req: &Req,
    app: &App,
    (position, name, agency): (&Position, &str, &Agency),
    form: &PositionForm,
    refusal: Option<&Refusal>,
) -> Result {
    let l = req.lang;
    let title = l.t("Sửa vị trí", "Change the position");
    let page = FormPage::new(req, title, &format!("/quan-tri/vi-tri/{}", position.id), l.t("Lưu", "Save"))
        .crumbs(crumbs_of(agency, title, l))
        .lead(name);
    let page = fields(page, req, app, &agency.code, form, refusal).await?;
    Ok(page.back(&format!("/quan-tri/nguoi/{}", position.person)).show(req, refusal))
}

async fn edit(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>) -> Result {
    let (position, name, agency) = found(&app, &user, &id).await?;
    show_edit(&req, &app, (&position, &name, &agency), &PositionForm::of(&position), None).await
}

async fn change(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>, data: FormData) -> Result {
    let (before, name, agency) = found(&app, &user, &id).await?;
    let form: PositionForm = data.read()?;
    let mut wrong = Fields::new();
    let position = form.read(&mut wrong, &app, &agency.code, before.person, Some(&before), req.now.local_date());
    may_grant(&user, position.as_ref().map_or(&[], |position| &position.roles), &before.roles)?;
    match store(&app, &user, wrong, position, form.version).await? {
        Ok(()) => Ok(redirect(format!("/quan-tri/nguoi/{}", before.person))
            .say(Text::fixed("Đã lưu vị trí; thay đổi quyền chờ xác nhận.", "Saved; a change of rights waits."))
            .go(&req)),
        Err(refusal) => show_edit(&req, &app, (&before, &name, &agency), &form, Some(&refusal)).await,
    }
}
