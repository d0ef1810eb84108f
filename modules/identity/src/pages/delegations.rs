//! Delegations: who may act on whose authority, until when, on which written basis.

use super::agencies::{Markup, code_of, crumbs_of, managed, path_of};
use crate::shown::{FormPage, refused, span, verb};
use axum::extract::{Path, State};
use base::{AgencyCode, Refusal, Text};
use platform::Error;
use platform::access::{self, Act, DELEGABLE, Permission};
use platform::directory::{self, Agency, Delegation, DelegationId};
use serde::Deserialize;
use web::html::Html;
use web::input::{Fields, show_date};
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::choice::Choices;
use web::ui::field::{Choose, Field};
use web::ui::table::{Column, Table};
use web::{App, Form, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::DelegationsManage);
    Routes::new()
        .get("/quan-tri/co-quan/{code}/uy-quyen/moi", may, new)
        .post("/quan-tri/co-quan/{code}/uy-quyen", may, create)
        .post("/quan-tri/uy-quyen/{id}/ket-thuc", may, end)
}

/// The delegations of an agency that have not run out.
pub async fn table_of(req: &Req, app: &App, code: &AgencyCode) -> Result<Html> {
    let (key, today, l) = (code.clone(), req.now.local_date(), req.lang);
    let found = app
        .platform()
        .db()
        .read(move |tx| {
            let mut found = Vec::new();
            for delegation in directory::delegations_in(tx, &key, today)? {
                let name = |id| -> platform::Result<String> {
                    Ok(directory::holder_get(tx, id)?
                        .map(|holder| format!("{}, {}", holder.full_name, holder.position.title.get(l)))
                        .unwrap_or_default())
                };
                let (from, to) = (name(delegation.from)?, name(delegation.to)?);
                found.push((delegation, from, to));
            }
            Ok(found)
        })
        .await?;
    let table = Table::new(
        l,
        l.t("Ủy quyền", "Delegations"),
        vec![
            Column::new(l.t("Người ủy quyền", "Delegator")).main(),
            Column::new(l.t("Người được ủy quyền", "Delegate")),
            Column::new(l.t("Được làm", "May")),
            Column::new(l.t("Văn bản, nội dung", "Basis, content")),
            Column::new(l.t("Thời gian", "Time")).fixed(),
            Column::new(l.t("Kết thúc", "End")).unnamed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Không có ủy quyền nào đang hoặc sắp có hiệu lực.", "No delegation is or will be in force.")))
    .rows(found.iter().map(|(delegation, from, to)| {
        let may: Vec<String> = delegation.permissions.iter().map(|p| p.label().get(l).to_owned()).collect();
        let action = format!("/quan-tri/uy-quyen/{}/ket-thuc", delegation.id);
        vec![
            Html::text(from),
            Html::text(to),
            Html::text(&may.join(", ")),
            Html::text(&format!("{}: {}", delegation.written_basis, delegation.scope_note)),
            Html::text(&span(l, delegation.valid_from, Some(delegation.ended_on.unwrap_or(delegation.valid_to)))),
            verb(req, &action, Button::new(l.t("Kết thúc ngay", "End now")).small().about(to.clone())),
        ]
    }));
    Ok(Html::from_template(&table))
}

#[derive(Deserialize, Default)]
struct DelegationForm {
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    permissions: Vec<String>,
    written_basis: Option<String>,
    scope_note: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

async fn show_form(req: &Req, app: &App, agency: &Agency, form: &DelegationForm, refusal: Option<&Refusal>) -> Result {
    let l = req.lang;
    let value = |field: &Option<String>| field.clone().unwrap_or_default();
    let (key, today) = (agency.code.clone(), req.now.local_date());
    let holders = app.platform().db().read(move |tx| directory::positions_in(tx, &key, today)).await?;
    let people: Vec<Choose> = holders
        .iter()
        .map(|h| Choose::new(h.position.id.to_string(), format!("{}, {}", h.full_name, h.position.title.get(l))))
        .collect();
    let mut permissions = Choices::any(l, "permissions", l.t("Được làm thay", "May do")).refused(refusal);
    for permission in DELEGABLE {
        let on = form.permissions.iter().any(|name| name == permission.name());
        permissions = permissions.option(permission.name(), permission.label().get(l), on);
    }
    let title = l.t("Ghi ủy quyền", "Record a delegation");
    Ok(FormPage::new(req, title, &format!("{}/uy-quyen", path_of(&agency.code)), title)
        .crumbs(crumbs_of(agency, title, l))
        .lead(l.t(
            "Ủy quyền phải bằng văn bản, giới hạn thời gian và nội dung; người được ủy quyền không được ủy quyền lại (NĐ 30/2020/NĐ-CP, Điều 13 khoản 3).",
            "A delegation must be in writing, limited in time and content; the delegate may not pass it on (NĐ 30/2020/NĐ-CP, Article 13 clause 3).",
        ))
        .field(Field::select(l, "from", l.t("Người ủy quyền", "Delegator"), people.clone()).value(value(&form.from)).span("c6"))
        .field(Field::select(l, "to", l.t("Người được ủy quyền", "Delegate"), people).value(value(&form.to)).span("c6"))
        .field(
            Field::text(l, "written_basis", l.t("Số, ký hiệu văn bản ủy quyền", "Number of the written delegation"))
                .value(value(&form.written_basis))
                .refused(refusal)
                .span("c12"),
        )
        .field(
            Field::area(l, "scope_note", l.t("Nội dung được ủy quyền", "Content"), 2)
                .value(value(&form.scope_note))
                .refused(refusal)
                .span("c12"),
        )
        .field(
            Field::date(l, "valid_from", l.t("Từ ngày", "From")).value(value(&form.valid_from)).refused(refusal).span("c6"),
        )
        .field(
            Field::date(l, "valid_to", l.t("Đến hết ngày", "Last day")).value(value(&form.valid_to)).refused(refusal).span("c6"),
        )
        .after(Markup(Html::from_template(&permissions)))
        .back(&path_of(&agency.code))
        .show(req, refusal))
}

async fn new(req: Req, State(app): State<App>, User(user): User, Path(code): Path<String>) -> Result {
    let agency = managed(&app, &user, Permission::DelegationsManage, code_of(&code)?).await?;
    let form = DelegationForm { valid_from: Some(show_date(req.now.local_date())), ..DelegationForm::default() };
    show_form(&req, &app, &agency, &form, None).await
}

async fn create(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(code): Path<String>,
    Form(form): Form<DelegationForm>,
) -> Result {
    let agency = managed(&app, &user, Permission::DelegationsManage, code_of(&code)?).await?;
    let text = |field: &Option<String>| base::fold::nfc(field.clone().unwrap_or_default().trim());
    let today = req.now.local_date();
    let mut fields = Fields::new();
    let choose = Text::fixed("Chọn một người.", "Choose a person.");
    let from = fields.parse("from", &text(&form.from), choose.clone());
    let to = fields.parse("to", &text(&form.to), choose);
    let written_basis = fields.text("written_basis", &text(&form.written_basis), 200);
    let scope_note = fields.text("scope_note", &text(&form.scope_note), 500);
    let valid_from = fields.date("valid_from", &text(&form.valid_from), today);
    let valid_to = fields.date("valid_to", &text(&form.valid_to), today);
    let permissions: Vec<Permission> = form.permissions.iter().filter_map(|name| Permission::from_name(name)).collect();
    if permissions.is_empty() {
        fields.wrong("permissions", Text::fixed("Chọn ít nhất một việc.", "Choose at least one."));
    }
    let checked = fields.finish();
    let outcome = match (checked, from, to, valid_from, valid_to) {
        (Ok(()), Some(from), Some(to), Some(valid_from), Some(valid_to)) => {
            let delegation = Delegation {
                id: app.platform().new_id(),
                from,
                to,
                agency: agency.code.clone(),
                permissions,
                scope_note,
                written_basis,
                valid_from,
                valid_to,
                ended_on: None,
                version: 0,
            };
            let act = Act::by(app.platform(), &user);
            let code = agency.code.clone();
            app.platform()
                .db()
                .write(move |tx| {
                    // The form names an agency; the positions decide which one it really is.
                    let position = directory::position_get(tx, delegation.from)?;
                    if position.is_none_or(|position| position.agency != code) {
                        return Err(Error::NotFound("position"));
                    }
                    directory::delegation_grant(tx, &act, delegation.clone())
                })
                .await
        }
        (Err(refusal), ..) => Err(refusal.into()),
        _ => Err(Error::Fault("a field was neither read nor refused".to_owned())),
    };
    match refused(outcome)? {
        Ok(()) => Ok(redirect(path_of(&agency.code))
            .say(Text::fixed("Đã ghi ủy quyền; thay đổi quyền chờ xác nhận.", "Recorded; a change of rights waits."))
            .go(&req)),
        Err(refusal) => show_form(&req, &app, &agency, &form, Some(&refusal)).await,
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn end(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result {
    let id: DelegationId = id.parse().map_err(|_| Error::NotFound("delegation"))?;
    let act = Act::by(app.platform(), &user);
    // Rights are counted by whole days: one that ends now had its last day yesterday.
    let last = act.today().yesterday().map_err(|e| Error::fault("the day before", e))?;
    let code = app
        .platform()
        .db()
        .write(move |tx| {
            let delegation = directory::delegation_get(tx, id)?.ok_or(Error::NotFound("delegation"))?;
            access::require(&user, Permission::DelegationsManage, &delegation.agency)?;
            directory::delegation_end(tx, &act, id, last)?;
            Ok(delegation.agency)
        })
        .await?;
    Ok(redirect(path_of(&code)).say(Text::fixed("Đã kết thúc ủy quyền.", "The delegation was ended.")).go(&req))
}
