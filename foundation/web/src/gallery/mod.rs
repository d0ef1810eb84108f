//! The gallery of the design system at `/thu-vien-giao-dien`: every component, and whole pages to build others after.

mod sheets;

use crate::app::Site;
use crate::failure::Result;
use crate::page::{Layout, Page, page, page_html};
use crate::refusals;
use crate::request::{Context, PositionChoice, Req};
use crate::routes::{Routes, Who};
use crate::ui::{self, Example};
use axum::extract::Path;
use axum::response::Response;
use base::{AgencyCode, Clock, Lang, Random, Refusal, Text};
use platform::access::{Principal, PrincipalKind, Role};
use platform::ledger::Actor;
use std::sync::Arc;

#[derive(askama::Template)]
#[template(path = "gallery.html")]
struct Gallery {
    l: Lang,
    components: Vec<(&'static str, Text, Vec<Example>)>,
    pages: Vec<(&'static str, &'static str)>,
}

/// The whole pages: address and name.
pub fn pages(l: Lang) -> Vec<(&'static str, &'static str)> {
    vec![
        ("viec-hom-nay", l.t("Việc hôm nay của văn thư", "A clerk's day")),
        ("van-ban-den", l.t("Danh sách ba ngăn", "Work list of three panes")),
        ("van-ban", l.t("Hồ sơ một văn bản", "A record")),
        ("cho-toi", l.t("Hàng đợi của lãnh đạo", "A leader's queue")),
        ("cua", l.t("Cửa đăng nhập", "The door")),
        ("bieu-mau", l.t("Trang biểu mẫu", "A form")),
        ("xac-nhan", l.t("Trang xác nhận", "A confirmation")),
        ("so-dang-ky", l.t("Sổ để in", "A register to print")),
        ("loi", l.t("Trang lỗi", "An error page")),
    ]
}

/// The gallery itself.
pub fn show_gallery(req: &Req) -> Response {
    let l = req.lang;
    let components = ui::all().into_iter().map(|c| (c.name, c.purpose, (c.examples)(l))).collect();
    let title = l.t("Thư viện giao diện", "Gallery of the design system");
    page(req, Page::new(title), &Gallery { l, components, pages: pages(l) })
}

/// One whole page with made-up content; `None` for an unknown name.
pub fn show_page(req: &Req, name: &str) -> Option<Response> {
    let l = req.lang;
    let example = example_req(req);
    Some(match name {
        "viec-hom-nay" => page(
            &example,
            Page::new(l.t("Việc hôm nay · Văn thư", "Today · Registry")).section("home"),
            &sheets::home(&example),
        ),
        "van-ban-den" => page(
            &example,
            Page::new(l.t("Văn bản đến, chờ đăng ký (7)", "Arrivals to register (7)"))
                .section("incoming")
                .layout(Layout::Panes),
            &sheets::arrivals(&example),
        ),
        "van-ban" => page(
            &example,
            Page::new(l.t("1236/QĐ-UBND · Văn bản đi", "1236/QĐ-UBND · Outgoing")).section("outgoing"),
            &sheets::document(&example),
        ),
        "cho-toi" => page(
            &example,
            Page::new(l.t("Chờ tôi (11)", "For me (11)")).section("home").layout(Layout::Panes),
            &sheets::queue(&example),
        ),
        "cua" => page(req, Page::new(l.t("Đăng nhập", "Sign in")).layout(Layout::Bare), &sheets::door(req)),
        "bieu-mau" => page(
            &example,
            Page::new(l.t("Dự thảo văn bản", "Draft a document"))
                .section("outgoing")
                .status(axum::http::StatusCode::OK),
            &sheets::form(&example),
        ),
        "xac-nhan" => {
            let body = ui::confirm::examples(l).into_iter().next().map(|e| e.html).unwrap_or_default();
            page_html(
                &example,
                Page::new(l.t("Phát hành 1236/QĐ-UBND", "Issue 1236/QĐ-UBND")).section("outgoing"),
                &body,
            )
        }
        "so-dang-ky" => page(
            &example,
            Page::new(l.t("Sổ đăng ký văn bản đến", "Register of arrivals"))
                .section("registers")
                .landscape()
                .print_heading(l.t("SỔ ĐĂNG KÝ VĂN BẢN ĐẾN, năm 2026", "REGISTER OF ARRIVALS, 2026")),
            &sheets::register(&example),
        ),
        "loi" => {
            let refusal = Refusal::new(&refusals::FORBIDDEN);
            crate::problem::respond(&example, &refusal.into())
        }
        _ => return None,
    })
}

/// The reader's language and colours, but a made-up person, agency and navigation.
pub fn example_req(req: &Req) -> Req {
    let clock = Clock::frozen(ui::example_now());
    let random = Random::seeded(1);
    let section = |key, path, vi, en, order| crate::app::Section {
        key,
        path,
        label: Text::fixed(vi, en),
        order,
        shows: |_| true,
        count: None,
    };
    let site = Site {
        name: Text::fixed("Ủy ban nhân dân thành phố Huế", "People's Committee of Huế"),
        practice: req.site.practice,
        search: Some("#"),
        notices: Some("#"),
        sections: vec![
            section("home", "/thu-vien-giao-dien/viec-hom-nay", "Việc hôm nay", "Today", 1),
            section("incoming", "/thu-vien-giao-dien/van-ban-den", "Văn bản đến", "Incoming", 2),
            section("outgoing", "/thu-vien-giao-dien/van-ban", "Văn bản đi", "Outgoing", 3),
            section("dossiers", "#h", "Hồ sơ công việc", "Dossiers", 4),
            section("registers", "/thu-vien-giao-dien/so-dang-ky", "Sổ đăng ký", "Registers", 5),
            section("statistics", "#t", "Thống kê", "Statistics", 6),
        ],
        ..Site::default()
    };
    let principal = AgencyCode::parse("H57.01").ok().map(|agency| Principal {
        actor: Actor::person("example"),
        kind: PrincipalKind::Person {
            person: random.id(&clock),
            account: random.id(&clock),
            position: random.id(&clock),
            delegated_from: None,
            delegation: None,
            session: random.id(&clock),
        },
        agency,
        agency_name: Text::fixed("Văn phòng UBND thành phố Huế", "Office of the People's Committee of Huế"),
        unit: None,
        roles: vec![Role::RegistryClerk],
        delegated: Vec::new(),
        name: "Phạm Thị Hạnh".into(),
        title: Text::fixed("Văn thư", "Registry clerk"),
    });
    let position = |id: &str, vi: &'static str, en: &'static str, delegated: Option<Text>, current| PositionChoice {
        id: id.into(),
        label: Text::fixed(vi, en),
        delegated,
        current,
    };
    let context: Context = (**req).clone();
    Req::new(Context {
        site: Arc::new(site),
        principal: principal.map(Arc::new),
        positions: vec![
            position(
                "1",
                "Văn thư, Văn phòng UBND thành phố Huế",
                "Registry clerk, Office of the People's Committee",
                None,
                true,
            ),
            position(
                "2",
                "Lưu trữ viên, Văn phòng UBND thành phố Huế",
                "Archivist, Office of the People's Committee",
                None,
                false,
            ),
            position(
                "3",
                "Chánh Văn phòng, Văn phòng UBND thành phố Huế",
                "Chief of office, Office of the People's Committee",
                Some(Text::fixed("thay Trịnh Đức Long, đến 30/11/2026", "for Trịnh Đức Long, until 30/11/2026")),
                false,
            ),
        ],
        counts: vec![("incoming", 7), ("outgoing", 3)],
        notices: 3,
        ledger: Some(1_284_517),
        now: ui::example_now(),
        ..context
    })
}

async fn gallery(req: Req) -> Response {
    show_gallery(&req)
}

async fn whole_page(req: Req, Path(name): Path<String>) -> Result {
    show_page(&req, &name).ok_or_else(|| Refusal::new(&refusals::NOT_FOUND).into())
}

/// Its routes.
pub fn routes() -> Routes {
    Routes::new().get("/thu-vien-giao-dien", Who::Public, gallery).get(
        "/thu-vien-giao-dien/{page}",
        Who::Public,
        whole_page,
    )
}
