//! Agencies: search and paging, one agency with everything that hangs on it, entering and changing.

use super::{accounts, delegations, people, systems, units};
use crate::shown::{FormPage, Sheet, link, refused, span};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{AgencyCode, Lang, Refusal, Text};
use platform::Error;
use platform::access::{self, Act, Permission, Principal};
use platform::directory::{self, Agency, AgencyLevel, Contact, OrganisationKind};
use serde::Deserialize;
use web::html::Html;
use web::input::{Fields, show_date};
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::choice::tick;
use web::ui::field::{Choose, Field};
use web::ui::paging::{crumbs, paging};
use web::ui::properties::properties;
use web::ui::table::{Column, Table};
use web::{App, Form, Query, Req, Result, User};

/// Agencies on a page.
const PAGE: u32 = 50;

/// The routes.
pub fn routes() -> Routes {
    let may = Who::May(Permission::DirectoryManage);
    Routes::new()
        .get("/quan-tri/co-quan", may, list)
        .post("/quan-tri/co-quan", may, create)
        .get("/quan-tri/co-quan-moi", may, new)
        .get("/quan-tri/co-quan/{code}", may, show)
        .get("/quan-tri/co-quan/{code}/sua", may, edit)
        .post("/quan-tri/co-quan/{code}/sua", may, change)
}

/// The code in an address.
pub fn code_of(text: &str) -> Result<AgencyCode> {
    AgencyCode::tolerate(text).map_err(|_| Error::NotFound("agency").into())
}

/// The agency's page.
pub fn path_of(code: &AgencyCode) -> String {
    format!("/quan-tri/co-quan/{code}")
}

/// Where one is, below an agency.
pub fn crumbs_of(agency: &Agency, here: &str, l: Lang) -> Html {
    let path = path_of(&agency.code);
    crumbs(&[("/quan-tri", l.t("Quản trị", "Administration")), (&path, agency.name.get(l))], here, l)
}

/// The agency, when the person may manage it.
pub async fn managed(app: &App, user: &Principal, permission: Permission, code: AgencyCode) -> Result<Agency> {
    access::require(user, permission, &code)?;
    let found = app.platform().db().read(move |tx| directory::agency_latest(tx, &code)).await?;
    Ok(found.ok_or(Error::NotFound("agency"))?)
}

#[derive(Deserialize)]
struct Search {
    q: Option<String>,
    sau: Option<String>,
}

#[derive(Template)]
#[template(
    source = "<form action=\"/quan-tri/co-quan\" class=\"grid narrow\">{{ field }}<div class=\"acts\">{{ button }}</div></form>",
    ext = "html"
)]
struct SearchBox {
    field: Field,
    button: Button,
}

async fn list(req: Req, State(app): State<App>, User(user): User, Query(query): Query<Search>) -> Result {
    let l = req.lang;
    let sought = query.q.clone().unwrap_or_default();
    let (text, after) = (sought.clone(), query.sau.as_deref().and_then(|text| AgencyCode::tolerate(text).ok()));
    let found = app
        .platform()
        .db()
        .read(move |tx| {
            if text.trim().is_empty() {
                directory::agency_page(tx, after.as_ref(), PAGE + 1)
            } else {
                directory::agency_search(tx, &text, PAGE)
            }
        })
        .await?;
    let more = sought.trim().is_empty() && found.len() > PAGE as usize;
    let shown = &found[..found.len().min(PAGE as usize)];
    let next = shown.last().filter(|_| more).map(|agency| format!("/quan-tri/co-quan?sau={}", agency.code));
    let first = query.sau.as_ref().map(|_| "/quan-tri/co-quan".to_owned());
    let today = req.now.local_date();
    let table = Table::new(
        l,
        l.t("Cơ quan", "Agencies"),
        vec![
            Column::new(l.t("Mã", "Code")).fixed(),
            Column::new(l.t("Tên", "Name")).main(),
            Column::new(l.t("Viết tắt", "Abbreviation")).fixed(),
            Column::new(l.t("Cấp", "Level")).fixed(),
            Column::new(l.t("Hiệu lực", "In force")).fixed(),
        ],
    )
    .stacks()
    .empty(Html::text(l.t(
        "Không tìm thấy cơ quan nào. Tìm được bằng tên không dấu, chữ viết tắt hoặc mã.",
        "No agency found. Names without marks, abbreviations and codes all work.",
    )))
    .rows(shown.iter().map(|agency| {
        let mine = access::allows(&user, Permission::DirectoryManage, &agency.code);
        let name = agency.name.get(l);
        let name = if mine { link(&path_of(&agency.code), name) } else { Html::text(name) };
        let state = if agency.is_open(today) {
            span(l, agency.valid_from, agency.valid_to)
        } else {
            format!("{} {}", l.t("đã đóng", "closed"), agency.valid_to.map(show_date).unwrap_or_default())
        };
        vec![
            Html::text(agency.code.canonical()),
            name,
            Html::text(&agency.abbreviation),
            Html::text(agency.level.label().get(l)),
            Html::text(&state),
        ]
    }));
    let search = SearchBox {
        field: Field::text(l, "q", l.t("Tên, viết tắt hoặc mã", "Name, abbreviation or code"))
            .value(&sought)
            .span("c8"),
        button: Button::new(l.t("Tìm", "Find")),
    };
    Ok(Sheet::new(l.t("Cơ quan, tổ chức", "Agencies"))
        .crumbs(crumbs(&[("/quan-tri", l.t("Quản trị", "Administration"))], l.t("Cơ quan", "Agencies"), l))
        .acts(&[Button::new(l.t("Thêm cơ quan", "Add an agency")).href("/quan-tri/co-quan-moi")])
        .top(Html::from_template(&search))
        .top(Html::from_template(&table))
        .top(paging(first.as_deref(), next.as_deref(), l))
        .show(&req))
}

async fn show(req: Req, State(app): State<App>, User(user): User, Path(code): Path<String>) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    let l = req.lang;
    let today = req.now.local_date();
    let (code, key) = (agency.code.clone(), agency.code.clone());
    let facts = app
        .platform()
        .db()
        .read(move |tx| Ok((directory::agency_periods(tx, &key)?, directory::agency_children(tx, &key, today)?)))
        .await?;
    let (periods, below) = facts;
    let path = path_of(&code);
    let add = |what: &str, words: &str| Button::new(words).href(format!("{path}/{what}/moi"));
    let units = units::table_of(&req, &app, &code).await?;
    let holders = people::table_of(&req, &app, &code).await?;
    let delegated = delegations::table_of(&req, &app, &code).await?;
    let accounts = accounts::table_of(&req, &app, &code).await?;
    let systems = systems::table_of(&req, &app, &code).await?;
    let mut sheet = Sheet::new(agency.name.get(l))
        .crumbs(crumbs(
            &[("/quan-tri", l.t("Quản trị", "Administration")), ("/quan-tri/co-quan", l.t("Cơ quan", "Agencies"))],
            code.canonical(),
            l,
        ))
        .acts(&[Button::new(l.t("Sửa", "Change")).href(format!("{path}/sua"))])
        .top(facts_of(&agency, &periods, l))
        .part(l.t("Đơn vị", "Units"), &[add("don-vi", l.t("Thêm đơn vị", "Add a unit"))], units)
        .part(
            l.t("Người và vị trí", "People and positions"),
            &[add("nguoi", l.t("Thêm người", "Add a person"))],
            holders,
        )
        .part(l.t("Ủy quyền", "Delegations"), &[add("uy-quyen", l.t("Ghi ủy quyền", "Record a delegation"))], delegated)
        .part(l.t("Tài khoản", "Accounts"), &[], accounts)
        .part(
            l.t("Hệ thống ngoài", "Outside systems"),
            &[add("he-thong", l.t("Đăng ký hệ thống", "Register a system"))],
            systems,
        );
    if !below.is_empty() {
        let items: String = below
            .iter()
            .map(|agency| {
                format!(
                    "<li>{} <span class=\"dim\">{}</span></li>",
                    link(&path_of(&agency.code), agency.name.get(l)),
                    agency.code
                )
            })
            .collect();
        sheet = sheet.part(
            l.t("Cơ quan trực thuộc", "Agencies below"),
            &[],
            Html::trusted(format!("<ul class=\"plain\">{items}</ul>")),
        );
    }
    Ok(sheet.show(&req))
}

fn facts_of(agency: &Agency, periods: &[(base::Date, base::Date, Text)], l: Lang) -> Html {
    let earlier: Vec<String> =
        periods.iter().map(|(from, to, name)| format!("{} ({})", name.get(l), span(l, *from, Some(*to)))).collect();
    let contact = [&agency.contact.address, &agency.contact.phone, &agency.contact.email, &agency.contact.website];
    let contact: Vec<&str> = contact.iter().map(|text| text.as_str()).filter(|text| !text.is_empty()).collect();
    let old = agency.legacy_code.clone().or_else(|| agency.code.legacy()).unwrap_or_default();
    let mut facts = vec![
        (l.t("Mã định danh", "Code"), Html::text(agency.code.canonical())),
        (l.t("Mã cũ", "Old code"), Html::text(&old)),
        (l.t("Viết tắt", "Abbreviation"), Html::text(&agency.abbreviation)),
        (l.t("Cấp", "Level"), Html::text(agency.level.label().get(l))),
        (l.t("Loại", "Kind"), Html::text(agency.kind.label().get(l))),
        (l.t("Hiệu lực", "In force"), Html::text(&span(l, agency.valid_from, agency.valid_to))),
        (
            l.t("Trên máy chủ này", "On this server"),
            Html::text(if agency.hosted { l.t("Có", "Yes") } else { l.t("Không", "No") }),
        ),
    ];
    if !agency.successors.is_empty() {
        let list: Vec<&str> = agency.successors.iter().map(AgencyCode::canonical).collect();
        facts.push((l.t("Cơ quan kế thừa", "Successors"), Html::text(&list.join(", "))));
    }
    if !earlier.is_empty() {
        facts.push((l.t("Tên trước đây", "Earlier names"), Html::text(&earlier.join("; "))));
    }
    if !contact.is_empty() {
        facts.push((l.t("Liên hệ", "Contact"), Html::text(&contact.join(" · "))));
    }
    properties(&facts)
}

#[derive(Deserialize, Default, Clone)]
struct AgencyForm {
    code: Option<String>,
    legacy_code: Option<String>,
    name: Option<String>,
    name_en: Option<String>,
    abbreviation: Option<String>,
    parent: Option<String>,
    level: Option<String>,
    kind: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    successors: Option<String>,
    address: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    website: Option<String>,
    #[serde(default)]
    hosted: bool,
    version: Option<i64>,
}

impl AgencyForm {
    fn of(agency: &Agency) -> Self {
        let list: Vec<&str> = agency.successors.iter().map(AgencyCode::canonical).collect();
        Self {
            code: Some(agency.code.to_string()),
            legacy_code: agency.legacy_code.clone(),
            name: Some(agency.name.vi.to_string()),
            name_en: Some(agency.name.en.to_string()),
            abbreviation: Some(agency.abbreviation.clone()),
            parent: agency.parent.as_ref().map(ToString::to_string),
            level: Some(agency.level.name().to_owned()),
            kind: Some(agency.kind.name().to_owned()),
            valid_from: Some(show_date(agency.valid_from)),
            valid_to: agency.valid_to.map(show_date),
            successors: Some(list.join(" ")),
            address: Some(agency.contact.address.clone()),
            phone: Some(agency.contact.phone.clone()),
            email: Some(agency.contact.email.clone()),
            website: Some(agency.contact.website.clone()),
            hosted: agency.hosted,
            version: Some(agency.version),
        }
    }

    fn read(&self, today: base::Date, before: Option<&Agency>) -> Result<Agency, Refusal> {
        let mut fields = Fields::new();
        let text = |field: &Option<String>| field.clone().unwrap_or_default().trim().to_owned();
        let expected = || Text::fixed("Mã dạng H57.09 hoặc 000.00.09.H57.", "A code such as H57.09 or 000.00.09.H57.");
        let code: Option<AgencyCode> = match before {
            Some(before) => Some(before.code.clone()),
            None => fields.parse("code", &text(&self.code), expected()),
        };
        let name = base::fold::nfc(&fields.text("name", &text(&self.name), 500));
        let name_en = text(&self.name_en);
        let parent = match text(&self.parent) {
            empty if empty.is_empty() => None,
            parent => fields.parse::<AgencyCode>("parent", &parent, expected()),
        };
        let level = AgencyLevel::from_name(&text(&self.level)).unwrap_or(AgencyLevel::Other);
        let kind = OrganisationKind::from_name(&text(&self.kind)).unwrap_or(OrganisationKind::Agency);
        let valid_from = fields.date("valid_from", &text(&self.valid_from), today);
        let valid_to = fields.date_optional("valid_to", &text(&self.valid_to), today);
        let successors: Vec<AgencyCode> = text(&self.successors)
            .split([' ', ',', ';'])
            .filter(|code| !code.is_empty())
            .filter_map(|code| fields.parse("successors", code, expected()))
            .collect();
        fields.finish()?;
        let (Some(code), Some(valid_from)) = (code, valid_from) else {
            return Err(Refusal::new(&web::refusals::FIELDS).with("count", 1));
        };
        let legacy = text(&self.legacy_code);
        Ok(Agency {
            legacy_code: (!legacy.is_empty()).then_some(legacy),
            name: Text::new(name.clone(), if name_en.is_empty() { name } else { name_en }),
            abbreviation: text(&self.abbreviation),
            parent,
            level,
            kind,
            valid_from,
            valid_to,
            successors,
            contact: Contact {
                address: text(&self.address),
                phone: text(&self.phone),
                email: text(&self.email),
                website: text(&self.website),
            },
            hosted: self.hosted,
            calendar: before.and_then(|before| before.calendar.clone()),
            version: 0,
            code,
        })
    }
}

async fn new(req: Req, User(user): User) -> Response {
    let form = AgencyForm {
        parent: Some(user.agency.to_string()),
        valid_from: Some(show_date(req.now.local_date())),
        ..AgencyForm::default()
    };
    show_form(&req, None, &form, None)
}

fn show_form(req: &Req, agency: Option<&Agency>, form: &AgencyForm, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let value = |field: &Option<String>| field.clone().unwrap_or_default();
    let (title, action, back) = match agency {
        Some(agency) => {
            (l.t("Sửa cơ quan", "Change the agency"), format!("{}/sua", path_of(&agency.code)), path_of(&agency.code))
        }
        None => (l.t("Thêm cơ quan", "Add an agency"), "/quan-tri/co-quan".to_owned(), "/quan-tri/co-quan".to_owned()),
    };
    let code = Field::text(l, "code", l.t("Mã định danh", "Code")).value(value(&form.code)).refused(refusal).span("c6");
    let text = |name: &str, label: &str, field: &Option<String>| {
        Field::text(l, name, label).value(value(field)).refused(refusal).optional()
    };
    let levels = AgencyLevel::ALL.iter().map(|level| Choose::new(level.name(), level.label().get(l))).collect();
    let kinds = OrganisationKind::ALL.iter().map(|kind| Choose::new(kind.name(), kind.label().get(l))).collect();
    let mut page = FormPage::new(req, title, &action, l.t("Lưu", "Save"))
        .crumbs(crumbs(
            &[("/quan-tri", l.t("Quản trị", "Administration")), ("/quan-tri/co-quan", l.t("Cơ quan", "Agencies"))],
            title,
            l,
        ))
        .field(if agency.is_some() { code.locked() } else { code })
        .field(text("legacy_code", l.t("Mã cũ 13 ký tự", "Old code of 13 characters"), &form.legacy_code).span("c6"))
        .field(Field::text(l, "name", l.t("Tên", "Name")).value(value(&form.name)).refused(refusal).span("c12"))
        .field(text("name_en", l.t("Tên tiếng Anh", "English name"), &form.name_en).span("c8"))
        .field(text("abbreviation", l.t("Viết tắt", "Abbreviation"), &form.abbreviation).span("c4"))
        .field(text("parent", l.t("Mã cơ quan cấp trên", "Code of the agency above"), &form.parent).span("c4"))
        .field(Field::select(l, "level", l.t("Cấp", "Level"), levels).value(value(&form.level)).span("c4"))
        .field(Field::select(l, "kind", l.t("Loại", "Kind"), kinds).value(value(&form.kind)).span("c4"))
        .field(
            Field::date(l, "valid_from", l.t("Tên này từ ngày", "This name from"))
                .value(value(&form.valid_from))
                .refused(refusal)
                .span("c4"),
        )
        .field(
            Field::date(l, "valid_to", l.t("Đóng sau ngày", "Closed after"))
                .value(value(&form.valid_to))
                .refused(refusal)
                .optional()
                .span("c4"),
        )
        .field(text("successors", l.t("Mã kế thừa", "Successors"), &form.successors).span("c4"))
        .field(text("address", l.t("Địa chỉ", "Address"), &form.address).span("c12"))
        .field(text("phone", l.t("Điện thoại", "Telephone"), &form.phone).span("c4"))
        .field(text("email", l.t("Thư điện tử", "E-mail"), &form.email).span("c4"))
        .field(text("website", l.t("Trang thông tin", "Website"), &form.website).span("c4"))
        .after(Markup(tick(
            "hosted",
            "on",
            l.t("Cán bộ của cơ quan làm việc trên máy chủ này", "The agency's people work on this server"),
            form.hosted,
        )))
        .back(&back);
    if let Some(version) = form.version {
        page = page.hidden("version", version);
    }
    page.show(req, refusal)
}

/// Finished markup as a template.
#[derive(Template)]
#[template(source = "{{ self.0 }}", ext = "html")]
pub struct Markup(pub Html);

async fn create(req: Req, State(app): State<App>, User(user): User, Form(form): Form<AgencyForm>) -> Result {
    save(&req, &app, &user, None, form).await
}

async fn edit(req: Req, State(app): State<App>, User(user): User, Path(code): Path<String>) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    Ok(show_form(&req, Some(&agency), &AgencyForm::of(&agency), None))
}

async fn change(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(code): Path<String>,
    Form(form): Form<AgencyForm>,
) -> Result {
    let agency = managed(&app, &user, Permission::DirectoryManage, code_of(&code)?).await?;
    save(&req, &app, &user, Some(agency), form).await
}

async fn save(req: &Req, app: &App, user: &Principal, before: Option<Agency>, form: AgencyForm) -> Result {
    let agency = match form.read(req.now.local_date(), before.as_ref()) {
        Ok(agency) => agency,
        Err(refusal) => return Ok(show_form(req, before.as_ref(), &form, Some(&refusal))),
    };
    access::require(user, Permission::DirectoryManage, &agency.code)?;
    let (act, path) = (Act::by(app.platform(), user), path_of(&agency.code));
    // Entering an agency whose code is known already is a change that nobody looked at.
    let expected = Some(if before.is_some() { form.version.unwrap_or(0) } else { 0 });
    let outcome = app
        .platform()
        .db()
        .write(move |tx| {
            if expected == Some(0) && directory::agency_latest(tx, &agency.code)?.is_some() {
                return Err(Error::Conflict("the code is in the directory already".to_owned()));
            }
            let expected = expected.filter(|version| *version > 0);
            directory::agency_save(tx, &act, agency.clone(), expected)
        })
        .await;
    match refused(outcome)? {
        Ok(_) => Ok(redirect(path).say(Text::fixed("Đã lưu.", "Saved.")).go(req)),
        Err(refusal) => Ok(show_form(req, before.as_ref(), &form, Some(&refusal))),
    }
}
