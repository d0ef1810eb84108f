//! A server with one administrator and a module of a few routes, and a browser to use it with.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use base::{AgencyCode, RefusalCode, RefusalKind, Text};
use platform::Component;
use platform::access::Permission;
use platform::accounts::{self, Origin, Setup};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use testkit::TestPlatform;
use tower::ServiceExt;
use web::{App, Assembled, Caller, Form, Json, Module, Page, Req, Routes, Section, Site, User, Who};

pub const PASSWORD: &str = "mot mat khau that dai 2026";

pub static CLOSED: RefusalCode = RefusalCode {
    code: "test.subject.closed",
    kind: RefusalKind::Invalid,
    vi: "Mã {code} đã đóng.",
    en: "Code {code} is closed.",
    remedy_vi: "Dùng mã H57.09.",
    remedy_en: "Use H57.09.",
    basis: Some(base::Basis::new("QĐ 20/2020/QĐ-TTg", "Điều 4")),
};

static REFUSALS: &[&RefusalCode] = &[&CLOSED];

pub fn components() -> Vec<Component> {
    vec![Component { name: "test", refusals: REFUSALS, ..Component::default() }]
}

#[derive(Deserialize)]
struct Line {
    subject: String,
    #[serde(default)]
    unit: Vec<String>,
}

#[derive(Deserialize, Serialize)]
struct Item {
    name: String,
    count: u32,
}

async fn page(req: Req, User(user): User) -> web::Result {
    let body = web::Html::text(&format!("xin chào {}", user.name));
    Ok(web::page::page_html(&req, Page::new("Thử").section("test"), &body))
}

async fn send(req: Req, Form(line): Form<Line>) -> web::Result {
    Ok(web::redirect("/thu").say(Text::new(format!("{} {:?}", line.subject, line.unit), "sent")).go(&req))
}

async fn take(form: web::upload::UploadForm) -> web::Result {
    Ok(form.fields.pairs().count().to_string().into_response())
}

async fn refuse() -> web::Result {
    Err(base::Refusal::new(&CLOSED)
        .with("code", "H57.04")
        .field("to", Text::fixed("Cần mã còn dùng.", "Needs an open code."))
        .into())
}

async fn call(Caller(caller): Caller, Json(item): Json<Item>) -> web::Result<Json<Item>> {
    Ok(Json(Item { name: format!("{} {}", item.name, caller.name), count: item.count + 1 }))
}

#[expect(clippy::panic, reason = "what is tested")]
async fn defect(State(_app): State<App>) -> web::Result {
    panic!("a defect that names Nguyễn Văn An")
}

fn module() -> Module {
    Module {
        routes: Routes::new()
            .get("/thu", Who::Person, page)
            .post("/thu", Who::Person, send)
            .post("/tep", Who::Person, take)
            .get("/tu-choi", Who::Public, refuse)
            .get("/api/v1/refuse", Who::Public, refuse)
            .post("/api/v1/items", Who::Caller, call)
            .get("/dau", Who::May(Permission::OutgoingSeal), page)
            .get("/hong", Who::Public, defect),
        sections: vec![Section {
            key: "test",
            path: "/thu",
            label: Text::fixed("Việc thử", "Trial"),
            order: 1,
            shows: |_| true,
            count: Some(|_, _, _| Ok(7)),
        }],
        ..Module::default()
    }
}

pub struct World {
    pub t: Arc<TestPlatform>,
    pub router: Router,
    pub admin: Router,
    pub app: App,
}

impl World {
    pub async fn new(t: Arc<TestPlatform>, secure: bool) -> Self {
        let link = accounts::setup_link(&t.platform).await.unwrap().unwrap();
        let token = link.rsplit(['/', '=']).next().unwrap().to_owned();
        let setup = Setup {
            agency: AgencyCode::parse("H57").unwrap(),
            agency_name: "Ủy ban nhân dân thành phố Huế".into(),
            abbreviation: "UBND".into(),
            full_name: "Trần Quốc Bảo".into(),
            username: "bao".into(),
            password: PASSWORD.into(),
        };
        accounts::setup_complete(&t.platform, &token, setup).await.unwrap();
        let site = Site { secure, practice: true, ..Site::default() };
        let Assembled { router, admin, app } = web::assemble(App::new(t.platform.clone(), site), vec![module()]);
        Self { t, router, admin, app }
    }

    pub async fn session(&self) -> String {
        let origin = Origin::default();
        accounts::sign_in_at_once(&self.t.platform, "bao", PASSWORD, None, &origin).await.unwrap().token
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(build("GET", path, headers, Body::empty())).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        let length = form.len().to_string();
        all.push(("content-length", &length));
        self.ask(build("POST", path, &all, Body::from(form.to_owned()))).await
    }
}

pub fn build(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self { status: parts.status, headers: parts.headers, bytes }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(header::LOCATION.as_str())
    }

    /// The guard value in the page's first form.
    pub fn guard(&self) -> String {
        let text = self.text();
        let at = text.find("name=\"_csrf\" value=\"").expect("a form") + 20;
        text[at..].split('"').next().unwrap().to_owned()
    }

    /// The cookie of that name as the browser would send it back.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let mut all = self.headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap());
        all.find(|c| c.starts_with(&format!("{name}="))).map(|c| c.split(';').next().unwrap().to_owned())
    }
}
