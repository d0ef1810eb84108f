//! Routes and registers of the agency: what applies to a document on a day, what was arranged, from when and until when.

use super::words::{capital, kind_name};
use crate::rules::route::{Performer, Route};
use crate::store::registers::{Direction, Register, registers_ever, series_state};
use crate::store::routes::{route_for, routes_of};
use crate::use_cases::Deed;
use crate::use_cases::configure::KeptRoute;
use askama::Template;
use axum::extract::State as AppState;
use base::document_types::{self, Family};
use base::{AgencyCode, Date, Lang};
use platform::{Result, Tx};
use serde::Deserialize;
use std::collections::HashMap;
use web::input::{date as read_date, show_date};
use web::ui::button::Button;
use web::ui::field::{Choose, Field};
use web::ui::table::{Column, Table};
use web::{App, Html, Page, Query, Req, User, page};

/// Key of the entry in the navigation.
pub const SECTION: &str = "office.setup";

/// Which document the preview is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    loai: String,
    linh_vuc: String,
    ngay: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Setup {
    l: Lang,
    agency: String,
    filters: Vec<Field>,
    preview: Html,
    add_route: Button,
    routes: Table,
    add_register: Button,
    registers: Table,
}

/// Names of the people and units that routes mention.
pub type Names = HashMap<String, String>;

/// The page.
pub async fn overview(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Query(asked): Query<Asked>,
) -> web::Result {
    let l = req.lang;
    let deed = Deed::new(app.platform(), &user)?;
    let today = deed.today();
    let on = read_date(&asked.ngay, today).unwrap_or(today);
    let kind = if asked.loai.is_empty() { "decision".to_owned() } else { asked.loai.clone() };
    let field = Some(asked.linh_vuc.trim().to_owned()).filter(|f| !f.is_empty());
    let shown = kind.clone();
    let (routes, applies, registers, names) = app
        .platform()
        .db()
        .read(move |tx| {
            let routes = routes_of(tx, deed.agency())?;
            let applies = route_for(tx, deed.agency(), &kind, field.as_deref(), on)?;
            let mut registers = Vec::new();
            for direction in [Direction::In, Direction::Out] {
                for register in registers_ever(tx, deed.agency(), direction, today)? {
                    let last = series_state(tx, &register.id, today.year())?.last_number;
                    registers.push((direction, register, last));
                }
            }
            let names = names_of(tx, deed.agency(), today, l)?;
            Ok((routes, applies, registers, names))
        })
        .await?;
    let own = routes.iter().any(|(_, route, _)| *route == applies);
    let mut kinds: Vec<Choose> = Vec::new();
    kinds
        .extend(document_types::in_force(Family::Administrative, on).map(|k| Choose::new(k.id.clone(), k.name.get(l))));
    let body = Setup {
        l,
        agency: user.agency_name.get(l).to_owned(),
        filters: vec![
            Field::select(l, "loai", l.t("Loại văn bản", "Kind"), kinds).value(shown).span("c6"),
            Field::text(l, "linh_vuc", l.t("Lĩnh vực", "Field of work")).value(asked.linh_vuc).optional().span("c3"),
            Field::date(l, "ngay", l.t("Ngày", "Day")).value(show_date(on)).span("c3"),
        ],
        preview: steps_table(&applies, own, &names, on, l),
        add_route: Button::new(l.t("Thêm quy trình", "Add a route")).href("/cau-hinh/quy-trinh"),
        routes: routes_table(&routes, &names, today, l),
        add_register: Button::new(l.t("Mở sổ", "Open a register")).href("/cau-hinh/so"),
        registers: registers_table(&registers, today, l),
    };
    Ok(page(&req, Page::new(l.t("Quy trình và sổ", "Routes and registers")).section(SECTION), &body))
}

/// People and units of the agency by the words that routes use for them.
pub fn names_of(tx: &Tx<'_>, agency: &AgencyCode, on: Date, l: Lang) -> Result<Names> {
    let mut names = Names::new();
    for unit in platform::directory::units_of(tx, agency, on)? {
        names.insert(Performer::Unit(unit.id.to_string()).written(), unit.name.get(l).to_owned());
    }
    for holder in platform::directory::positions_in(tx, agency, on)? {
        let words = format!("{} {}", holder.position.title.get(l), holder.full_name);
        names.insert(Performer::Person(holder.position.person.to_string()).written(), words);
    }
    Ok(names)
}

/// Who may take a step, in words.
fn who(performer: &Performer, names: &Names, l: Lang) -> String {
    match performer {
        Performer::Duty(duty) => l.t(duty.label().0, duty.label().1).to_owned(),
        named => names.get(&named.written()).cloned().unwrap_or_else(|| match named {
            Performer::Unit(_) => l.t("một đơn vị đã thôi hoạt động", "a unit that is no more").to_owned(),
            _ => l.t("một người đã thôi việc", "somebody who has left").to_owned(),
        }),
    }
}

fn steps_table(route: &Route, own: bool, names: &Names, on: Date, l: Lang) -> Html {
    let source = if own {
        l.t("quy trình của cơ quan", "the agency’s own route")
    } else {
        l.t(
            "theo NĐ 30/2020/NĐ-CP, cơ quan chưa quy định riêng",
            "of Decree 30/2020, the agency has no route of its own",
        )
    };
    let caption = format!("{}: {source}", show_date(on));
    let table = Table::new(
        l,
        &caption,
        vec![Column::new(l.t("Bước", "Step")).main(), Column::new(l.t("Người thực hiện", "Who may take it"))],
    )
    .stacks()
    .rows(route.steps.iter().map(|step| {
        let (vi, en) = step.step.label();
        let performers: Vec<String> = step.by.iter().map(|p| who(p, names, l)).collect();
        vec![Html::text(&capital(l.t(vi, en))), Html::text(&performers.join(", "))]
    }));
    Html::trusted(format!("<p><b>{}</b></p>{}", web::html::escape(&caption), Html::from_template(&table)))
}

fn state(from: Date, until: Option<Date>, today: Date, l: Lang) -> &'static str {
    if until.is_some_and(|until| until <= from) {
        l.t("đã rút", "taken back")
    } else if until.is_some_and(|until| until <= today) {
        l.t("đã hết", "ended")
    } else if from > today {
        l.t("sắp áp dụng", "to come")
    } else {
        l.t("đang áp dụng", "in force")
    }
}

/// The last day, which people say, of the first day no longer in force, which is stored.
pub fn last_day(until: Option<Date>) -> String {
    until.and_then(|day| day.yesterday().ok()).map(show_date).unwrap_or_default()
}

/// The kinds in words; all of them where none is named.
pub fn kinds_words(types: &[String], none: &str, l: Lang) -> String {
    if types.is_empty() {
        return none.to_owned();
    }
    types.iter().map(|kind| kind_name(kind, l)).collect::<Vec<_>>().join(", ")
}

fn columns(first: &str, l: Lang) -> Vec<Column> {
    vec![
        Column::new(first).main(),
        Column::new(l.t("Nhận", "Takes")),
        Column::new(l.t("Từ ngày", "From")).fixed(),
        Column::new(l.t("Đến hết ngày", "Last day")).fixed(),
        Column::new(l.t("Tình trạng", "State")).fixed(),
        Column::new(l.t("Việc", "Verbs")).unnamed(),
    ]
}

fn ending(href: &str, label: &str, about: &str) -> Html {
    Html::from_template(&Button::new(label).small().href(href).about(about))
}

fn routes_table(routes: &[KeptRoute], names: &Names, today: Date, l: Lang) -> Table {
    Table::new(l, l.t("Quy trình của cơ quan", "The agency’s routes"), columns(l.t("Ký, kiểm tra", "Signs, checks"), l))
        .stacks()
        .empty(Html::text(l.t(
            "Cơ quan chưa quy định riêng: áp dụng các bước của NĐ 30/2020/NĐ-CP.",
            "Nothing of its own is arranged: the steps of Decree 30/2020 apply.",
        )))
        .rows(routes.iter().map(|(id, route, _)| {
            let by = |code: &str| {
                let step = route.steps.iter().find(|s| s.step.code() == code);
                step.map(|s| s.by.iter().map(|p| who(p, names, l)).collect::<Vec<_>>().join(", ")).unwrap_or_default()
            };
            let title = format!(
                "{}: {}; {}: {}",
                l.t("ký", "signs"),
                by("sign"),
                l.t("kiểm tra nội dung", "checks the content"),
                by("content")
            );
            let kinds = kinds_words(&route.types, l.t("mọi loại văn bản", "all kinds"), l);
            let takes = match &route.field {
                Some(field) => format!("{kinds} · {} {field}", l.t("lĩnh vực", "field")),
                None => kinds,
            };
            let open = route.valid_until.is_none_or(|until| until > today && until > route.valid_from);
            let verb = if open {
                ending(&format!("/cau-hinh/quy-trinh/{id}/ket-thuc"), l.t("Kết thúc", "End"), &takes)
            } else {
                Html::default()
            };
            vec![
                Html::text(&title),
                Html::text(&takes),
                Html::text(&show_date(route.valid_from)),
                Html::text(&last_day(route.valid_until)),
                Html::text(state(route.valid_from, route.valid_until, today, l)),
                verb,
            ]
        }))
}

fn registers_table(registers: &[(Direction, Register, i64)], today: Date, l: Lang) -> Table {
    Table::new(l, l.t("Sổ đăng ký", "Registers"), columns(l.t("Sổ", "Register"), l)).stacks().rows(
        registers.iter().map(|(direction, register, last)| {
            let way = match direction {
                Direction::In => l.t("đến", "incoming"),
                Direction::Out => l.t("đi", "outgoing"),
            };
            let name = l.t(&register.name, &register.name_en);
            let number = match last {
                0 => l.t("chưa có số", "no number yet").to_owned(),
                n => format!("{} {n}", l.t("số cuối", "last number")),
            };
            let takes = kinds_words(&register.types, l.t("các loại còn lại", "the rest"), l);
            let open = register.valid_until.is_none() && !register.types.is_empty();
            let verb = if open {
                ending(&format!("/cau-hinh/so/khoa?so={}", register.id), l.t("Khóa sổ", "End"), name)
            } else {
                Html::default()
            };
            vec![
                Html::text(&format!("{name} ({way}) · {number}")),
                Html::text(&takes),
                Html::text(&show_date(register.valid_from)),
                Html::text(&last_day(register.valid_until)),
                Html::text(state(register.valid_from, register.valid_until, today, l)),
                verb,
            ]
        }),
    )
}
