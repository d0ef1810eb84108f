//! Units inside an agency: the tree, entering and changing.

use super::agencies::{code_of, crumbs_of, managed, path_of};
use crate::shown::{FormPage, link, refused, span};
use axum::extract::{Path, State};
use base::{AgencyCode, Refusal, Text};
use platform::Error;
use platform::access::{Act, Permission, Principal};
use platform::directory::{self, Agency, Unit, UnitId};
use serde::Deserialize;
use web::html::Html;
use web::input::{Fields, show_date};
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::field::{Choose, Field};
use web::ui::table::{Column, Table};
use web::{App, Form, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::DirectoryManage);
    Routes::new()
        .get("/quan-tri/co-quan/{code}/don-vi/moi", may, new)
        .post("/quan-tri/co-quan/{code}/don-vi", may, create)
        .get("/quan-tri/don-vi/{id}", may, edit)
        .post("/quan-tri/don-vi/{id}", may, change)
}

/// The units of an agency, those below under those above.
pub async fn table_of(req: &Req, app: &App, code: &AgencyCode) -> Result<Html> {
    let (key, today, l) = (code.clone(), req.now.local_date(), req.lang);
    let units = app.platform().db().read(move |tx| directory::units_of(tx, &key, today)).await?;
    let mut rows = Vec::new();
    let mut stack: Vec<(usize, &Unit)> = units.iter().rev().filter(|u| u.parent.is_none()).map(|u| (0, u)).collect();
    while let Some((depth, unit)) = stack.pop() {
        let href = format!("/quan-tri/don-vi/{}", unit.id);
        let name = Html::trusted(format!("{}{}", "– ".repeat(depth), link(&href, unit.name.get(l))));
        let until = span(l, unit.valid_from, unit.valid_to);
        rows.push(vec![name, Html::text(&unit.abbreviation), Html::text(&until)]);
        stack.extend(units.iter().rev().filter(|u| u.parent == Some(unit.id)).map(|u| (depth + 1, u)));
    }
    let table = Table::new(
        l,
        l.t("Đơn vị", "Units"),
        vec![
            Column::new(l.t("Tên", "Name")).main(),
            Column::new(l.t("Viết tắt", "Abbreviation")).fixed(),
            Column::new(l.t("Hiệu lực", "In force")).fixed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Chưa có đơn vị nào.", "No units yet.")))
    .rows(rows);
    Ok(Html::from_template(&table))
}

/// The units of an agency for a select, with a first line for none.
pub async fn choices(req: &Req, app: &App, code: &AgencyCode, none: &str) -> Result<Vec<Choose>> {
    let (key, today) = (code.clone(), req.now.local_date());
    let units = app.platform().db().read(move |tx| directory::units_of(tx, &key, today)).await?;
    let mut choices = vec![Choose::new("", none)];
    choices.extend(units.iter().map(|unit| Choose::new(unit.id.to_string(), unit.name.get(req.lang))));
    Ok(choices)
}

#[derive(Deserialize, Default)]
struct UnitForm {
    name: Option<String>,
    name_en: Option<String>,
    abbreviation: Option<String>,
    parent: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    version: Option<i64>,
}

impl UnitForm {
    fn of(unit: &Unit) -> Self {
        Self {
            name: Some(unit.name.vi.to_string()),
            name_en: Some(unit.name.en.to_string()),
            abbreviation: Some(unit.abbreviation.clone()),
            parent: unit.parent.map(|id| id.to_string()),
            valid_from: Some(show_date(unit.valid_from)),
            valid_to: unit.valid_to.map(show_date),
            version: Some(unit.version),
        }
    }
}

async fn show_form(
    req: &Req,
    app: &App,
    agency: &Agency,
    unit: Option<UnitId>,
    form: &UnitForm,
    refusal: Option<&Refusal>,
) -> Result {
    let l = req.lang;
    let value = |field: &Option<String>| field.clone().unwrap_or_default();
    let title =
        if unit.is_some() { l.t("Sửa đơn vị", "Change the unit") } else { l.t("Thêm đơn vị", "Add a unit") };
    let action = match unit {
        Some(id) => format!("/quan-tri/don-vi/{id}"),
        None => format!("{}/don-vi", path_of(&agency.code)),
    };
    let above = choices(req, app, &agency.code, l.t("Trực thuộc cơ quan", "Directly in the agency")).await?;
    let above = above.into_iter().filter(|choice| unit.is_none_or(|id| choice.value != id.to_string())).collect();
    let mut page = FormPage::new(req, title, &action, l.t("Lưu", "Save"))
        .crumbs(crumbs_of(agency, title, l))
        .field(Field::text(l, "name", l.t("Tên", "Name")).value(value(&form.name)).refused(refusal).span("c12"))
        .field(
            Field::text(l, "name_en", l.t("Tên tiếng Anh", "English name"))
                .value(value(&form.name_en))
                .optional()
                .span("c8"),
        )
        .field(
            Field::text(l, "abbreviation", l.t("Viết tắt", "Abbreviation"))
                .value(value(&form.abbreviation))
                .optional()
                .span("c4"),
        )
        .field(
            Field::select(l, "parent", l.t("Đơn vị cấp trên", "Unit above"), above)
                .value(value(&form.parent))
                .span("c12"),
        )
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
        .back(&path_of(&agency.code));
    if let Some(version) = form.version {
        page = page.hidden("version", version);
    }
    Ok(page.show(req, refusal))
}

async fn new(req: Req, State(app): State<App>, User(user): User, Path(code): Path<String>) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    let form = UnitForm { valid_from: Some(show_date(req.now.local_date())), ..UnitForm::default() };
    show_form(&req, &app, &agency, None, &form, None).await
}

async fn create(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(code): Path<String>,
    Form(form): Form<UnitForm>,
) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    save(&req, &app, &user, &agency, None, form).await
}

async fn found(app: &App, user: &Principal, id: &str) -> Result<(Unit, Agency)> {
    let id: UnitId = id.parse().map_err(|_| Error::NotFound("unit"))?;
    let unit = app.platform().db().read(move |tx| directory::unit_get(tx, id)).await?.ok_or(Error::NotFound("unit"))?;
    let agency = managed(app, user, Permission::DirectoryManage, unit.agency.clone()).await?;
    Ok((unit, agency))
}

async fn edit(req: Req, State(app): State<App>, User(user): User, Path(id): Path<String>) -> Result {
    let (unit, agency) = found(&app, &user, &id).await?;
    show_form(&req, &app, &agency, Some(unit.id), &UnitForm::of(&unit), None).await
}

async fn change(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(form): Form<UnitForm>,
) -> Result {
    let (unit, agency) = found(&app, &user, &id).await?;
    save(&req, &app, &user, &agency, Some(unit), form).await
}

async fn save(req: &Req, app: &App, user: &Principal, agency: &Agency, before: Option<Unit>, form: UnitForm) -> Result {
    let today = req.now.local_date();
    let text = |field: &Option<String>| base::fold::nfc(field.clone().unwrap_or_default().trim());
    let mut fields = Fields::new();
    let name = fields.text("name", &text(&form.name), 300);
    let from = fields.date("valid_from", &text(&form.valid_from), today);
    let to = fields.date_optional("valid_to", &text(&form.valid_to), today);
    let parent: Option<UnitId> = text(&form.parent).parse().ok();
    let id = before.as_ref().map(|unit| unit.id);
    let checked = fields.finish();
    let outcome = match (checked, from) {
        (Ok(()), Some(valid_from)) => {
            let english = text(&form.name_en);
            let unit = Unit {
                id: id.unwrap_or_else(|| app.platform().new_id()),
                agency: agency.code.clone(),
                parent,
                name: Text::new(name.clone(), if english.is_empty() { name } else { english }),
                abbreviation: text(&form.abbreviation),
                calendar: before.and_then(|unit| unit.calendar),
                valid_from,
                valid_to: to,
                version: 0,
            };
            let (act, expected) = (Act::by(app.platform(), user), form.version);
            app.platform().db().write(move |tx| directory::unit_save(tx, &act, unit.clone(), expected)).await
        }
        (Err(refusal), _) => Err(refusal.into()),
        (Ok(()), None) => Err(Error::Fault("a day was neither read nor refused".to_owned())),
    };
    match refused(outcome)? {
        Ok(()) => Ok(redirect(path_of(&agency.code)).say(Text::fixed("Đã lưu đơn vị.", "The unit was saved.")).go(req)),
        Err(refusal) => show_form(req, app, agency, id, &form, Some(&refusal)).await,
    }
}
