//! The acting-as switch: own positions and delegations, one of them in use, always in sight.

use crate::shown::{Sheet, day};
use axum::extract::State;
use axum::response::Response;
use base::{Lang, Text};
use platform::accounts::{self, ActingChoice};
use serde::Deserialize;
use web::html::Html;
use web::redirect::{redirect, return_path};
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::table::{Column, Table};
use web::who::{choice_id, parse_choice};
use web::{App, Form, Req, Result, User, cookies};

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get("/tai-khoan/vi-tri", Who::Person, choices).post("/vai-tro", Who::Person, switch)
}

async fn choices(req: Req, State(app): State<App>, User(user): User) -> Result {
    let (account, today) = (user.account(), req.now.local_date());
    let choices = match account {
        Some(account) => app.platform().db().read(move |tx| accounts::acting_choices(tx, account, today)).await?,
        None => Vec::new(),
    };
    let l = req.lang;
    let delegation = match user.kind {
        platform::access::PrincipalKind::Person { delegation, .. } => delegation,
        _ => None,
    };
    let current = |choice: &ActingChoice| match choice.delegation {
        Some(_) => choice.delegation == delegation,
        None => delegation.is_none() && Some(choice.position) == user.position(),
    };
    Ok(show(&req, &choices, current, l))
}

fn show(req: &Req, choices: &[ActingChoice], current: impl Fn(&ActingChoice) -> bool, l: Lang) -> Response {
    let table = Table::new(
        l,
        l.t("Vị trí và ủy quyền của bạn", "Your positions and delegations"),
        vec![
            Column::new(l.t("Chức vụ", "Title")).main(),
            Column::new(l.t("Cơ quan", "Agency")),
            Column::new(l.t("Được làm", "May")),
            Column::new(l.t("Đến ngày", "Until")).fixed(),
            Column::new(l.t("Chọn", "Choose")).unnamed(),
        ],
    )
    .stacks()
    .rows(choices.iter().map(|choice| {
        let title = match &choice.delegator {
            Some(who) => format!("TUQ. {} ({who})", choice.title.get(l)),
            None => choice.title.get(l).to_owned(),
        };
        let may = match choice.delegation {
            Some(_) => choice.permissions.iter().map(|p| p.label().get(l).to_owned()).collect::<Vec<_>>().join(", "),
            None => l.t("Mọi quyền của vị trí", "Everything the position may").to_owned(),
        };
        let act = if current(choice) {
            Html::text(l.t("Đang dùng", "In use"))
        } else {
            let id = choice_id(choice.position, choice.delegation);
            crate::shown::verb(
                req,
                "/vai-tro",
                Button::new(l.t("Chuyển sang", "Switch")).small().value("vai_tro", id).about(title.clone()),
            )
        };
        let until = day(choice.until);
        vec![Html::text(&title), Html::text(choice.agency_name.get(l)), Html::text(&may), Html::text(&until), act]
    }));
    Sheet::new(l.t("Làm việc với vai trò", "Acting as"))
        .lead(l.t(
            "Vai trò đang dùng hiện ở góc trên mọi trang. Việc làm theo ủy quyền ghi rõ người ủy quyền; không ủy quyền lại được (NĐ 30/2020/NĐ-CP, Điều 13 khoản 3).",
            "The role in use is shown at the top of every page. What is done under a delegation names the delegator; it cannot be passed on (NĐ 30/2020/NĐ-CP, Article 13 clause 3).",
        ))
        .top(Html::from_template(&table))
        .show(req)
}

#[derive(Deserialize)]
struct Switch {
    vai_tro: Option<String>,
    tiep: Option<String>,
}

async fn switch(req: Req, State(app): State<App>, User(user): User, Form(form): Form<Switch>) -> Result {
    let choice = form.vai_tro.as_deref().and_then(parse_choice);
    let (position, delegation) = choice.ok_or_else(|| base::Refusal::new(&accounts::refusals::POSITION_NOT_HELD))?;
    let token = accounts::session_switch(app.platform(), &user, position, delegation).await?;
    Ok(redirect(return_path(form.tiep.as_deref(), "/"))
        .cookie(cookies::session_start(&token, req.secure))
        .say(Text::fixed("Đã chuyển vai trò.", "Switched."))
        .go(&req))
}
