//! Forms for routes and registers: add with a first day, end with a last day; what was typed comes back with the refusal.

use super::refused;
use super::setup::{SECTION, kinds_words, last_day, names_of};
use super::words::capital;
use crate::refusals;
use crate::rules::actor::Duty;
use crate::rules::route::{Performer, Route, RouteStep, Step};
use crate::store::registers::register_get;
use crate::store::routes::{RouteId, route_get};
use crate::use_cases::configure::{NewRegister, register_end, register_open, route_add, route_end};
use crate::use_cases::{Command, Deed};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use base::document_types::{self, Family};
use base::{Date, Lang, Refusal, Text};
use platform::access::Principal;
use platform::{Error, Result};
use serde::Deserialize;
use web::input::{Fields, show_date};
use web::ui::button::Button;
use web::ui::choice::Choices;
use web::ui::field::{Choose, Field};
use web::ui::note::ErrorSummary;
use web::ui::paging::crumbs;
use web::ui::properties::properties;
use web::{App, FormData, Html, Page, Query, Req, User, page, redirect};

#[derive(Template)]
#[template(path = "setup_form.html")]
struct SetupForm {
    l: Lang,
    crumbs: Html,
    title: String,
    lead: String,
    action: String,
    csrf: String,
    errors: Html,
    hidden: Vec<(&'static str, String)>,
    facts: Html,
    fields: Vec<Html>,
    kinds_title: String,
    kinds: Html,
    open: bool,
    groups: Vec<Html>,
    button: Button,
}

impl SetupForm {
    fn new(req: &Req, app: &App, title: &str, action: String, act: &str, data: &FormData) -> Self {
        let l = req.lang;
        let key = data.first("key").map_or_else(|| app.platform().new_id::<Command>().to_string(), str::to_owned);
        Self {
            l,
            crumbs: crumbs(&[("/cau-hinh", l.t("Quy trình và sổ", "Routes and registers"))], title, l),
            title: title.to_owned(),
            lead: String::new(),
            action,
            csrf: req.csrf.clone(),
            errors: Html::default(),
            hidden: vec![("key", key)],
            facts: Html::default(),
            fields: Vec::new(),
            kinds_title: String::new(),
            kinds: Html::default(),
            open: false,
            groups: Vec::new(),
            button: Button::new(act).primary().key("Ctrl Enter"),
        }
    }

    /// The kinds to choose from; folded while none is chosen and none is needed.
    fn kinds(&mut self, legend: &str, hint: &str, needed: bool, data: &FormData, refusal: Option<&Refusal>) {
        let l = self.l;
        let chosen: Vec<String> = data.all("types").map(str::to_owned).collect();
        let mut choices = Choices::any(l, "types", legend).hint(hint).hidden_legend();
        for family in [Family::Administrative, Family::Legal] {
            for kind in document_types::all().iter().filter(|k| k.family == family && k.valid_to.is_none()) {
                choices = choices.option(kind.id.clone(), kind.name.get(l), chosen.contains(&kind.id));
            }
        }
        self.kinds_title = format!("{legend}: {}", kinds_words(&chosen, hint, l));
        self.open = needed || !chosen.is_empty();
        self.kinds = Html::from_template(&choices.refused(refusal));
    }

    fn show(mut self, req: &Req, refusal: Option<&Refusal>) -> web::Result {
        self.errors = ErrorSummary::of(self.l, refusal);
        let mut frame = Page::new(self.title.clone()).section(SECTION);
        if let Some(refusal) = refusal {
            let conflict = web::failure::refusal_status(refusal) == StatusCode::CONFLICT;
            frame = frame.status(if conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY });
        }
        Ok(page(req, frame, &self))
    }
}

fn command(data: &FormData) -> Command {
    Command {
        version: data.first("version").and_then(|v| v.parse().ok()),
        key: data.first("key").map(str::to_owned).filter(|k| !k.is_empty() && k.len() <= 100),
    }
}

/// The day after the last day that was typed: what is stored.
fn after(fields: &mut Fields, name: &str, text: &str, today: Date) -> Option<Date> {
    fields.date_optional(name, text, today).and_then(|day| day.tomorrow().ok())
}

/// An empty form for a route; it begins with the steps of the decree.
pub async fn route_blank(req: Req, User(user): User, AppState(app): AppState<App>) -> web::Result {
    let mut data = FormData::default();
    for step in Route::of_the_decree().steps {
        for performer in step.by {
            data.push(step.step.code(), performer.written());
        }
    }
    data.push("valid_from", show_date(req.now.local_date()));
    show_route(&req, &app, &user, &data, None).await
}

/// Puts the route in force.
pub async fn route_create(req: Req, User(user): User, AppState(app): AppState<App>, data: FormData) -> web::Result {
    match refused(store_route(&app, &user, &data).await)? {
        Ok(()) => {
            let said = Text::fixed("Đã thêm quy trình.", "The route was added.");
            Ok(redirect("/cau-hinh").say(said).go(&req))
        }
        Err(refusal) => show_route(&req, &app, &user, &data, Some(&refusal)).await,
    }
}

async fn store_route(app: &App, user: &Principal, data: &FormData) -> Result<()> {
    let today = app.platform().now().local_date();
    let text = |name: &str| data.first(name).unwrap_or_default();
    let mut fields = Fields::new();
    let from = fields.date("valid_from", text("valid_from"), today);
    let until = after(&mut fields, "valid_until", text("valid_until"), today);
    fields.finish_as(&refusals::CONFIGURATION)?;
    let route = Route {
        types: data.all("types").map(str::to_owned).collect(),
        field: Some(base::fold::nfc(text("field").trim())).filter(|f| !f.is_empty()),
        valid_from: from.unwrap_or(today),
        valid_until: until,
        steps: Step::ALL
            .into_iter()
            .map(|step| RouteStep { step, by: data.all(step.code()).filter_map(Performer::read).collect() })
            .collect(),
    };
    route_add(app.platform(), user, route, command(data)).await?;
    Ok(())
}

async fn show_route(req: &Req, app: &App, user: &Principal, data: &FormData, refusal: Option<&Refusal>) -> web::Result {
    let l = req.lang;
    let (agency, today) = (user.agency.clone(), req.now.local_date());
    let names = app.platform().db().read(move |tx| names_of(tx, &agency, today, l)).await?;
    let mut named: Vec<(&String, &String)> = names.iter().collect();
    named.sort_by_key(|one| base::fold::sort_key(one.1));
    let text = |name: &str| data.first(name).unwrap_or_default();
    let title = l.t("Thêm quy trình", "Add a route");
    let mut form = SetupForm::new(req, app, title, "/cau-hinh/quy-trinh".into(), l.t("Áp dụng", "Put in force"), data);
    form.lead = l
        .t(
            "Quy trình mới thay quy trình cũ cùng loại văn bản và lĩnh vực từ ngày bắt đầu. Quyền của vị trí vẫn phải có.",
            "From its first day the new route takes the place of the one for the same kinds and field. The right of the position is still needed.",
        )
        .to_owned();
    form.fields = vec![
        Html::from_template(
            &Field::text(l, "field", l.t("Lĩnh vực", "Field of work"))
                .value(text("field"))
                .hint(l.t("Để trống: mọi lĩnh vực", "Empty: every field"))
                .maxlength(100)
                .optional()
                .span("c12"),
        ),
        Html::from_template(
            &Field::date(l, "valid_from", l.t("Từ ngày", "From")).value(text("valid_from")).refused(refusal).span("c6"),
        ),
        Html::from_template(
            &Field::date(l, "valid_until", l.t("Đến hết ngày", "Last day"))
                .value(text("valid_until"))
                .refused(refusal)
                .optional()
                .span("c6"),
        ),
    ];
    for step in Step::ALL {
        let chosen: Vec<&str> = data.all(step.code()).collect();
        let (vi, en) = step.label();
        let mut choices = Choices::any(l, step.code(), capital(l.t(vi, en)));
        for duty in Duty::ALL {
            let value = Performer::Duty(duty).written();
            let on = chosen.contains(&value.as_str());
            choices = choices.option(value, l.t(duty.label().0, duty.label().1), on);
        }
        let ticks = Html::from_template(&choices.refused(refusal));
        let mut others = vec![Choose::new("", l.t("Không ai", "Nobody"))];
        others.extend(named.iter().map(|(value, words)| Choose::new((*value).clone(), (*words).clone())));
        let now = chosen.iter().find(|value| names.contains_key(**value)).copied().unwrap_or_default();
        let besides = Html::from_template(
            &Field::select(l, step.code(), l.t("Chỉ định thêm", "Named besides"), others)
                .id(format!("f-{}-them", step.code()))
                .value(now),
        );
        form.groups.push(Html::trusted(format!("{ticks}{besides}")));
    }
    let (legend, hint) = (l.t("Loại văn bản", "Kinds"), l.t("không chọn là mọi loại", "none is every kind"));
    form.kinds(legend, hint, false, data, refusal);
    form.show(req, refusal)
}

/// Asks for the last day of a route.
pub async fn route_ask_end(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path(id): Path<String>,
) -> web::Result {
    let mut data = FormData::default();
    data.push("valid_until", show_date(req.now.local_date()));
    show_route_end(&req, &app, &user, route_id(&id)?, &data, None).await
}

/// Ends the route.
pub async fn route_do_end(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path(id): Path<String>,
    data: FormData,
) -> web::Result {
    let id = route_id(&id)?;
    let outcome = match until(&req, &data) {
        Ok(until) => route_end(app.platform(), &user, id, until, command(&data)).await,
        Err(refusal) => Err(refusal),
    };
    match refused(outcome)? {
        Ok(_) => {
            let said = Text::fixed("Đã ghi ngày kết thúc quy trình.", "The route’s last day was set.");
            Ok(redirect("/cau-hinh").say(said).go(&req))
        }
        Err(refusal) => show_route_end(&req, &app, &user, id, &data, Some(&refusal)).await,
    }
}

fn route_id(text: &str) -> Result<RouteId> {
    text.parse().map_err(|_| Error::NotFound("route"))
}

fn until(req: &Req, data: &FormData) -> Result<Date> {
    let mut fields = Fields::new();
    let last = fields.date("valid_until", data.first("valid_until").unwrap_or_default(), req.now.local_date());
    fields.finish_as(&refusals::CONFIGURATION)?;
    last.and_then(|day| day.tomorrow().ok()).ok_or(Error::NotFound("day"))
}

fn last_day_field(l: Lang, data: &FormData, hint: &str, refusal: Option<&Refusal>) -> Vec<Html> {
    vec![Html::from_template(
        &Field::date(l, "valid_until", l.t("Đến hết ngày", "Last day"))
            .value(data.first("valid_until").unwrap_or_default())
            .hint(hint)
            .refused(refusal)
            .span("c6"),
    )]
}

async fn show_route_end(
    req: &Req,
    app: &App,
    user: &Principal,
    id: RouteId,
    data: &FormData,
    refusal: Option<&Refusal>,
) -> web::Result {
    let (l, agency) = (req.lang, user.agency.clone());
    let (route, version) = app.platform().db().read(move |tx| route_get(tx, &agency, id)).await?;
    let title = l.t("Kết thúc quy trình", "End the route");
    let action = format!("/cau-hinh/quy-trinh/{id}/ket-thuc");
    let mut form = SetupForm::new(req, app, title, action, l.t("Kết thúc", "End"), data);
    form.hidden.push(("version", version.to_string()));
    form.facts = properties(&[
        (l.t("Loại văn bản", "Kinds"), Html::text(&kinds_words(&route.types, l.t("mọi loại", "every kind"), l))),
        (l.t("Lĩnh vực", "Field"), Html::text(route.field.as_deref().unwrap_or(l.t("mọi lĩnh vực", "every field")))),
        (l.t("Từ ngày", "From"), Html::text(&show_date(route.valid_from))),
        (l.t("Đến hết ngày", "Last day"), Html::text(&last_day(route.valid_until))),
    ]);
    let hint = l.t(
        "Sau ngày này áp dụng quy trình còn lại, hoặc các bước của NĐ 30/2020.",
        "After it another route applies, or the steps of Decree 30/2020.",
    );
    form.fields = last_day_field(l, data, hint, refusal);
    form.show(req, refusal)
}

/// An empty form for a register.
pub async fn register_blank(req: Req, User(_): User, AppState(app): AppState<App>) -> web::Result {
    let mut data = FormData::default();
    data.push("valid_from", format!("01/01/{}", req.now.local_date().year() + 1));
    show_register(&req, &app, &data, None)
}

/// Opens the register.
pub async fn register_create(req: Req, User(user): User, AppState(app): AppState<App>, data: FormData) -> web::Result {
    match refused(store_register(&app, &user, &data).await)? {
        Ok(()) => Ok(redirect("/cau-hinh").say(Text::fixed("Đã mở sổ.", "The register was opened.")).go(&req)),
        Err(refusal) => show_register(&req, &app, &data, Some(&refusal)),
    }
}

async fn store_register(app: &App, user: &Principal, data: &FormData) -> Result<()> {
    let today = app.platform().now().local_date();
    let text = |name: &str| data.first(name).unwrap_or_default().to_owned();
    let mut fields = Fields::new();
    let from = fields.date("valid_from", &text("valid_from"), today);
    fields.finish_as(&refusals::CONFIGURATION)?;
    let new = NewRegister {
        name: text("name"),
        name_en: text("name_en"),
        types: data.all("types").map(str::to_owned).collect(),
        secret: data.first("secret").is_some_and(|s| s == "1"),
        valid_from: from.unwrap_or(today),
    };
    register_open(app.platform(), user, new, command(data)).await?;
    Ok(())
}

fn show_register(req: &Req, app: &App, data: &FormData, refusal: Option<&Refusal>) -> web::Result {
    let l = req.lang;
    let text = |name: &str| data.first(name).unwrap_or_default();
    let mut form = SetupForm::new(
        req,
        app,
        l.t("Mở sổ", "Open a register"),
        "/cau-hinh/so".into(),
        l.t("Mở sổ", "Open the register"),
        data,
    );
    form.lead = l
        .t(
            "Sổ văn bản đi cho một số loại; văn bản đến chung một dãy số trong năm, văn bản mật giữ riêng (NĐ 30/2020, Điều 22).",
            "A register of outgoing documents of some kinds; what arrives has one series a year, secrets apart (Decree 30/2020, art. 22).",
        )
        .to_owned();
    let line = |name: &str, label: &str| Field::text(l, name, label).value(text(name)).maxlength(100).span("c12");
    form.fields = vec![
        Html::from_template(&line("name", l.t("Tên sổ", "Name")).refused(refusal)),
        Html::from_template(&line("name_en", l.t("Tên tiếng Anh", "English name")).optional().refused(refusal)),
        Html::from_template(
            &Field::date(l, "valid_from", l.t("Từ ngày", "From"))
                .value(text("valid_from"))
                .hint(l.t(
                    "01/01, vì số văn bản trong năm liên tiếp từ 01 (NĐ 30/2020, Điều 15)",
                    "1 January: the numbers of a year run on from 01 (Decree 30/2020, art. 15)",
                ))
                .refused(refusal)
                .span("c12"),
        ),
    ];
    form.groups = vec![Html::from_template(
        &Choices::one(l, "secret", l.t("Độ mật", "Secrecy"))
            .option("0", l.t("Văn bản thường", "Open documents"), text("secret") != "1")
            .option("1", l.t("Văn bản mật, sổ giữ riêng", "State secrets, kept apart"), text("secret") == "1"),
    )];
    form.kinds(
        l.t("Loại văn bản vào sổ này", "Kinds that go into it"),
        l.t("các loại khác vẫn vào sổ như trước", "other kinds go where they went"),
        true,
        data,
        refusal,
    );
    form.show(req, refusal)
}

/// Which register.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    so: String,
}

/// Asks for the last day of a register.
pub async fn register_ask_end(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Query(which): Query<Which>,
) -> web::Result {
    let mut data = FormData::default();
    data.push("valid_until", format!("31/12/{}", req.now.local_date().year()));
    show_register_end(&req, &app, &user, which.so, &data, None).await
}

/// Ends the register.
pub async fn register_do_end(req: Req, User(user): User, AppState(app): AppState<App>, data: FormData) -> web::Result {
    let id = data.first("so").unwrap_or_default().to_owned();
    let outcome = match until(&req, &data) {
        Ok(until) => register_end(app.platform(), &user, id.clone(), until, command(&data)).await,
        Err(refusal) => Err(refusal),
    };
    match refused(outcome)? {
        Ok(_) => {
            let said = Text::fixed("Đã ghi ngày khóa sổ.", "The register’s last day was set.");
            Ok(redirect("/cau-hinh").say(said).go(&req))
        }
        Err(refusal) => show_register_end(&req, &app, &user, id, &data, Some(&refusal)).await,
    }
}

async fn show_register_end(
    req: &Req,
    app: &App,
    user: &Principal,
    id: String,
    data: &FormData,
    refusal: Option<&Refusal>,
) -> web::Result {
    let l = req.lang;
    let deed = Deed::new(app.platform(), user)?;
    let asked = id.clone();
    let (register, _) =
        app.platform().db().read(move |tx| register_get(tx, deed.agency(), &asked, deed.today())).await?;
    let title = l.t("Khóa sổ", "End the register");
    let mut form = SetupForm::new(req, app, title, "/cau-hinh/so/khoa".into(), l.t("Khóa sổ", "End"), data);
    form.hidden.extend([("so", id), ("version", register.version.to_string())]);
    form.facts = properties(&[
        (l.t("Sổ", "Register"), Html::text(l.t(&register.name, &register.name_en))),
        (l.t("Nhận", "Takes"), Html::text(&kinds_words(&register.types, l.t("các loại còn lại", "the rest"), l))),
        (l.t("Từ ngày", "From"), Html::text(&show_date(register.valid_from))),
    ]);
    let hint = l.t(
        "31/12; các loại của sổ sau đó vào sổ chung, sổ này vẫn xem và in được",
        "31 December; its kinds then go into the general register, this one can still be read and printed",
    );
    form.fields = last_day_field(l, data, hint, refusal);
    form.show(req, refusal)
}
