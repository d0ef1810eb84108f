//! The home of administration: what waits to be confirmed, the agency in figures, where to go.

use crate::shown::{Sheet, link, moment, verb};
use axum::extract::{Path, State};
use base::{Lang, Text};
use platform::access::{self, Act, Permission, RightChange, Role};
use platform::directory::{self, Agency};
use platform::{Error, Tx};
use serde::Deserialize;
use std::collections::HashMap;
use web::html::Html;
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::properties::properties;
use web::ui::table::{Column, Table};
use web::{App, Form, Req, Result, User};

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get("/quan-tri", Who::May(Permission::DirectoryManage), home).post(
        "/quan-tri/thay-doi-quyen/{id}/xac-nhan",
        Who::May(Permission::SecurityRead),
        confirm,
    )
}

async fn home(req: Req, State(app): State<App>, User(user): User) -> Result {
    let (agency, today) = (user.agency.clone(), req.now.local_date());
    let (own, below, people, pending, names) = app
        .platform()
        .db()
        .read(move |tx| {
            let own = directory::agency_latest(tx, &agency)?;
            let below = directory::agency_children(tx, &agency, today)?;
            let people = directory::positions_in(tx, &agency, today)?.len();
            let pending = access::changes_pending(tx, &agency, 50)?;
            let names = names_of(tx, &pending)?;
            Ok((own, below, people, pending, names))
        })
        .await?;
    let l = req.lang;
    let own = own.ok_or(Error::NotFound("agency"))?;
    let here = format!("/quan-tri/co-quan/{}", own.code);
    let facts = properties(&[
        (l.t("Cơ quan", "Agency"), link(&here, own.name.get(l))),
        (l.t("Người đang giữ vị trí", "People in positions"), link(&format!("{here}#s-3"), &people.to_string())),
        (l.t("Cơ quan trực thuộc", "Agencies below"), Html::text(&below.len().to_string())),
    ]);
    let body = changes(&req, &pending, &names);
    Ok(Sheet::new(l.t("Quản trị", "Administration"))
        .acts(&[
            Button::new(l.t("Tìm cơ quan", "Find an agency")).href("/quan-tri/co-quan"),
            Button::new(l.t("Sự kiện an toàn", "Security events")).href("/quan-tri/su-kien"),
        ])
        .top(facts)
        .part(l.t("Thay đổi quyền chờ xác nhận", "Changes of rights to confirm"), &[], body)
        .part(l.t("Cơ quan trực thuộc", "Agencies below"), &[], children(&below, l))
        .show(&req))
}

fn children(below: &[Agency], l: Lang) -> Html {
    if below.is_empty() {
        return Html::trusted(format!("<p class=\"none\">{}</p>", l.t("Không có cơ quan trực thuộc.", "None.")));
    }
    let items: String = below
        .iter()
        .map(|agency| {
            let href = format!("/quan-tri/co-quan/{}", agency.code);
            format!("<li>{} <span class=\"dim\">{}</span></li>", link(&href, agency.name.get(l)), agency.code)
        })
        .collect();
    Html::trusted(format!("<ul class=\"plain\">{items}</ul>"))
}

fn names_of(tx: &Tx<'_>, pending: &[RightChange]) -> platform::Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    for change in pending {
        names.insert(change.person.to_string(), directory::person_name(tx, change.person)?);
    }
    Ok(names)
}

fn changes(req: &Req, pending: &[RightChange], names: &HashMap<String, String>) -> Html {
    let l = req.lang;
    let words = |list: &[String]| {
        list.iter()
            .map(|name| {
                let label = Role::from_name(name)
                    .map(Role::label)
                    .or_else(|| Permission::from_name(name).map(Permission::label));
                label.map_or_else(|| name.clone(), |label| label.get(l).to_owned())
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    let table = Table::new(
        l,
        l.t("Thay đổi quyền chờ xác nhận", "Changes of rights to confirm"),
        vec![
            Column::new(l.t("Người", "Person")).main(),
            Column::new(l.t("Được cấp", "Granted")),
            Column::new(l.t("Bị thu", "Withdrawn")),
            Column::new(l.t("Lúc", "At")).fixed(),
            Column::new(l.t("Xác nhận", "Confirm")).unnamed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t(
        "Không có thay đổi nào chờ xác nhận. Mỗi lần cấp hoặc thu quyền hiện ở đây cho đến khi được xác nhận (NĐ 30/2020/NĐ-CP, Phụ lục VI).",
        "Nothing waits. Each grant or withdrawal of rights stands here until confirmed (NĐ 30/2020/NĐ-CP, Annex VI).",
    )))
    .rows(pending.iter().map(|change| {
        let name = names.get(&change.person.to_string()).cloned().unwrap_or_default();
        let action = format!("/quan-tri/thay-doi-quyen/{}/xac-nhan", change.id);
        vec![
            link(&format!("/quan-tri/nguoi/{}", change.person), &name),
            Html::text(&words(&change.granted)),
            Html::text(&words(&change.withdrawn)),
            Html::text(&moment(change.changed_at)),
            verb(req, &action, Button::new(l.t("Xác nhận", "Confirm")).small().about(name)),
        ]
    }));
    Html::from_template(&table)
}

#[derive(Deserialize)]
struct Nothing {}

async fn confirm(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result {
    let id: access::RightChangeId = id.parse().map_err(|_| Error::NotFound("change of rights"))?;
    let act = Act::by(app.platform(), &user);
    app.platform()
        .db()
        .write(move |tx| {
            let change = access::change_get(tx, id)?.ok_or(Error::NotFound("change of rights"))?;
            access::require(&user, Permission::SecurityRead, &change.agency)?;
            access::change_confirm(tx, &act, id)
        })
        .await?;
    Ok(redirect("/quan-tri").say(Text::fixed("Đã xác nhận.", "Confirmed.")).go(&req))
}
