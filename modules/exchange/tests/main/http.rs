//! The calls and pages over HTTP, as outsiders and as officers of another agency.

use crate::accept::package_bytes;
use crate::world::{self, code, header};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header as h};
use base::{Date, Random, Text};
use platform::access::{Act, Role};
use platform::accounts::{self, NewAccount, Preferences};
use platform::directory::{self, Person, Position, Rank};
use platform::ledger::Actor;
use serde_json::Value as Json;
use std::sync::Arc;
use testkit::{TestPlatform, on_each_platform};
use tower::ServiceExt;
use web::{App, Site, assemble};

/// The assembled program with one system an agency and one clerk an agency.
pub struct Server {
    t: Arc<TestPlatform>,
    router: axum::Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Server {
    pub async fn new(t: Arc<TestPlatform>) -> Self {
        let p = &t.platform;
        world::directory(p.db(), p.clock(), &Random::seeded(99)).await;
        let router = assemble(App::new(p.clone(), Site::default()), vec![exchange::module()]).router;
        Self { t, router }
    }

    pub async fn system(&self, agency: &str) -> String {
        let act = Act::new(&self.t.platform, Actor::Server);
        accounts::system_register(&self.t.platform, &act, "Phần mềm văn bản", &[code(agency)]).await.unwrap().1
    }

    /// A clerk who is signed in: the value of his cookie header.
    async fn clerk(&self, agency: &str, role: Role) -> String {
        let p = &self.t.platform;
        let person = Person {
            id: p.new_id(),
            full_name: "Trần Thị Văn Thư".into(),
            email: String::new(),
            phone: String::new(),
            version: 0,
        };
        let position = Position {
            id: p.new_id(),
            person: person.id,
            agency: code(agency),
            unit: None,
            title: Text::fixed("Văn thư", "Clerk"),
            rank: Rank::Staff,
            roles: vec![role],
            valid_from: Date::constant(2026, 1, 1),
            valid_to: None,
            version: 0,
        };
        let username = format!("vanthu.{}.{}", agency.replace('.', "").to_lowercase(), role.name());
        let act = Act::new(p, Actor::Server);
        let (who, place, agency) = (person.clone(), position, code(agency));
        p.db()
            .write(move |tx| {
                directory::person_save(tx, &act, who.clone(), &agency, None)?;
                directory::position_save(tx, &act.further(1), place.clone(), None)
            })
            .await
            .unwrap();
        let act = Act::new(p, Actor::Server);
        let new = NewAccount {
            id: p.new_id(),
            username: username.clone(),
            person: person.id,
            agency: code("G09"),
            password: None,
            preferences: Preferences::default(),
        };
        let link = accounts::account_create(p, &act, new).await.unwrap();
        accounts::link_use(p, &link, "mot-mat-khau-dai-va-kho").await.unwrap();
        let origin = accounts::Origin::default();
        let signed = accounts::sign_in_at_once(p, &username, "mot-mat-khau-dai-va-kho", None, &origin).await.unwrap();
        format!("lt_session={}", signed.token)
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 8 << 20).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn post(&self, token: &str, body: Vec<u8>) -> Answer {
        self.post_as(token, "application/xml; charset=utf-8", body).await
    }

    async fn post_as(&self, token: &str, media: &str, body: Vec<u8>) -> Answer {
        let request = Request::post("/api/v1/exchange/packages")
            .header(h::AUTHORIZATION, format!("Bearer {token}"))
            .header(h::CONTENT_TYPE, media)
            .body(Body::from(body))
            .unwrap();
        self.ask(request).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        let request =
            Request::get(path).header(h::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap();
        self.ask(request).await
    }

    async fn page(&self, cookie: &str, path: &str) -> Answer {
        let request =
            Request::get(path).header(h::COOKIE, cookie).header(h::ACCEPT, "text/html").body(Body::empty()).unwrap();
        self.ask(request).await
    }

    async fn submit_form(&self, cookie: &str, path: &str, from_page: &str, form: &str) -> Answer {
        let page = self.page(cookie, from_page).await.text();
        let guard =
            page.split("name=\"_csrf\" value=\"").nth(1).unwrap_or("").split('"').next().unwrap_or("").to_owned();
        let request = Request::post(path)
            .header(h::COOKIE, cookie)
            .header(h::ACCEPT, "text/html")
            .header(h::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("_csrf={guard}&{form}")))
            .unwrap();
        self.ask(request).await
    }
}

fn components() -> Vec<platform::Component> {
    vec![exchange::component()]
}

fn document(id: &str, to: &[&str]) -> Vec<u8> {
    package_bytes(&header(id, to), &[("quyet-dinh.txt", b"Noi dung")])
}

#[tokio::test]
async fn a_package_goes_through_the_interface() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        let s = Server::new(t).await;
        let (ministry, province, other) = (s.system("G09").await, s.system("H57").await, s.system("G22").await);
        let taken = s.post(&ministry, document("doc-1", &["H57", "H57.102"])).await;
        assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text());
        let receipt = taken.json();
        let id = receipt["package_id"].as_str().unwrap().to_owned();
        let again = s.post(&ministry, document("doc-1", &["H57", "H57.102"])).await;
        assert_eq!((again.status, again.json()), (StatusCode::ACCEPTED, receipt.clone()));

        let keys = s.get("", "/.well-known/jwks.json").await.json();
        assert!(keys["keys"].as_array().is_some_and(|keys| !keys.is_empty()), "{keys}");

        let path = format!("/api/v1/exchange/packages/{id}");
        let seen = s.get(&ministry, &path).await.json();
        assert_eq!(seen["receipt"], receipt);
        assert_eq!(seen["deliveries"].as_array().unwrap().len(), 2);
        let seen = s.get(&province, &path).await.json();
        assert_eq!(seen["deliveries"].as_array().unwrap().len(), 1, "a recipient sees his own row");
        assert_eq!(seen["receipt"], Json::Null);
        assert_eq!(s.get(&other, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(s.get(&other, &format!("{path}/content")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(s.get(&other, &format!("{path}/attachments/0")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(s.get("khong-co", &path).await.status, StatusCode::UNAUTHORIZED);

        let content = s.get(&province, &format!("{path}/content")).await;
        assert_eq!(content.body, document("doc-1", &["H57", "H57.102"]), "byte for byte");
        let packed = Request::get(format!("{path}/content"))
            .header(h::AUTHORIZATION, format!("Bearer {province}"))
            .header(h::ACCEPT_ENCODING, "gzip");
        let packed = s.ask(packed.body(Body::empty()).unwrap()).await;
        assert_eq!((packed.status, &packed.headers[h::CONTENT_ENCODING]), (StatusCode::OK, &"gzip".parse().unwrap()));
        assert_eq!(packed.body.get(..2), Some(&[0x1f, 0x8b][..]), "a compressed answer reaches its end");
        let file = s.get(&province, &format!("{path}/attachments/0")).await;
        assert_eq!(file.body, b"Noi dung");
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
        assert!(file.headers[h::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));

        s.t.settle().await;
        let inbox = s.get(&province, "/api/v1/exchange/inbox?agency=H57&after=0").await.json();
        assert_eq!(inbox["items"].as_array().unwrap().len(), 1, "{inbox}");
        assert_eq!(
            (&inbox["items"][0]["kind"], &inbox["items"][0]["package_id"]),
            (&"document".into(), &id.clone().into())
        );
        let next = inbox["next"].as_i64().unwrap();
        let empty = s.get(&province, &format!("/api/v1/exchange/inbox?after={next}")).await.json();
        assert_eq!((empty["items"].as_array().unwrap().len(), &empty["next"]), (0, &next.into()));
        let foreign = s.get(&province, "/api/v1/exchange/inbox?agency=G09").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);

        let request = Request::post(format!("{path}/status"))
            .header(h::AUTHORIZATION, format!("Bearer {province}"))
            .header(h::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"status_code":"02","description":""}"#))
            .unwrap();
        let refused = s.ask(request).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json()["code"], "exchange.status.reason-missing");
        s.t.clock.advance_seconds(60);
        let request = Request::post(format!("{path}/status"))
            .header(h::AUTHORIZATION, format!("Bearer {province}"))
            .header(h::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"agency":"H57","status_code":"03","description":"Số đến 15","staff":"Lê Thị Hoa"}"#))
            .unwrap();
        let reported = s.ask(request).await;
        assert_eq!(reported.status, StatusCode::OK, "{}", reported.text());
        s.t.settle().await;
        let feed = s.get(&ministry, "/api/v1/exchange/inbox?after=0&kind=status").await.json();
        let codes: Vec<&str> =
            feed["items"].as_array().unwrap().iter().map(|i| i["status"].as_str().unwrap()).collect();
        assert_eq!(codes, ["01", "03"], "every status is back at the sender");

        let evidence = s.get(&ministry, &format!("{path}/evidence")).await.json();
        assert_eq!(evidence["receipt"], receipt);
        assert!(!evidence["leaf"].as_str().unwrap().is_empty());
        let missing = s.get("", "/ledger/tile/0/999").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn bad_input_is_answered_in_both_languages() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        let s = Server::new(t).await;
        let ministry = s.system("G09").await;
        let good = document("doc-1", &["H57"]);
        let cases: Vec<(&str, StatusCode, Answer)> = vec![
            ("no credential", StatusCode::UNAUTHORIZED, s.post("", good.clone()).await),
            (
                "not XML by its type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                s.post_as(&ministry, "text/plain", good.clone()).await,
            ),
            ("not XML", StatusCode::BAD_REQUEST, s.post(&ministry, b"{}".to_vec()).await),
            ("nothing", StatusCode::BAD_REQUEST, s.post(&ministry, Vec::new()).await),
            ("cut off", StatusCode::BAD_REQUEST, s.post(&ministry, good[..900].to_vec()).await),
            ("unknown code", StatusCode::UNPROCESSABLE_ENTITY, s.post(&ministry, document("doc-1", &["H99"])).await),
            ("closed code", StatusCode::UNPROCESSABLE_ENTITY, s.post(&ministry, document("doc-1", &["H02"])).await),
            ("another's name", StatusCode::FORBIDDEN, s.post(&s.system("G22").await, good.clone()).await),
        ];
        for (what, status, answer) in cases {
            assert_eq!(answer.status, status, "{what}: {}", answer.text());
            assert_eq!(answer.headers[h::CONTENT_TYPE], "application/problem+json", "{what}");
            let problem = answer.json();
            for field in ["type", "title", "detail", "code"] {
                assert!(problem[field].as_str().is_some_and(|t| !t.is_empty()), "{what}: {field}: {problem}");
            }
            assert_ne!(problem["messages"]["vi"], problem["messages"]["en"], "{what}");
        }
        s.post(&ministry, good).await;
        let mut changed = header("doc-1", &["H57"]);
        changed.subject = "Đã sửa".into();
        let conflict = s.post(&ministry, package_bytes(&changed, &[("a.txt", b"x")])).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT);
        assert!(conflict.json()["receipt"]["signature"].is_string(), "a refusal is a receipt too");
        assert!(conflict.headers.contains_key("lien-thong-receipt"));
        let large = Request::post("/api/v1/exchange/packages")
            .header(h::AUTHORIZATION, format!("Bearer {ministry}"))
            .header(h::CONTENT_TYPE, "application/xml")
            .header(h::CONTENT_LENGTH, "99999999999")
            .body(Body::empty())
            .unwrap();
        assert_eq!(s.ask(large).await.status, StatusCode::PAYLOAD_TOO_LARGE, "told before a byte is read");
    })
    .await;
}

#[tokio::test]
async fn officers_see_and_handle_what_is_theirs() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        let s = Server::new(t).await;
        let ministry = s.system("G09").await;
        let taken = s.post(&ministry, document("doc-1", &["H57", "H57.102", "H05"])).await.json();
        let id = taken["package_id"].as_str().unwrap();
        s.t.settle().await;
        let clerk = s.clerk("G09", Role::RegistryClerk).await;
        let outsider = s.clerk("G22", Role::RegistryClerk).await;
        let operator = s.clerk("G22", Role::Operator).await;

        let package = s.page(&clerk, &format!("/lien-thong/goi-tin/{id}")).await;
        assert_eq!(package.status, StatusCode::OK, "{}", package.text());
        for words in ["12/QĐ-BNV", "Phú Xuân", "Chưa đủ chữ ký số", "quyet-dinh.txt", "Tải bằng chứng"]
        {
            assert!(package.text().contains(words), "{words}");
        }
        assert_eq!(s.page(&outsider, &format!("/lien-thong/goi-tin/{id}")).await.status, StatusCode::NOT_FOUND);
        let evidence = s.page(&clerk, &format!("/lien-thong/goi-tin/{id}/bang-chung")).await;
        assert!(evidence.headers[h::CONTENT_DISPOSITION].to_str().unwrap().contains("bang-chung"));

        let waiting = s.page(&clerk, "/lien-thong/goi-cho-xu-ly").await.text();
        assert!(waiting.contains("12/QĐ-BNV") && waiting.contains("Bắc Ninh"), "{waiting}");
        let theirs = s.page(&outsider, "/lien-thong/goi-cho-xu-ly").await.text();
        assert!(!theirs.contains("12/QĐ-BNV"), "another agency's packages are not shown");
        let all = s.page(&operator, "/lien-thong/goi-cho-xu-ly").await.text();
        assert!(all.contains("Bắc Ninh") && !all.contains("chuyển đổi số"), "the operator sees no subjects");

        let delivery = waiting.split("/lien-thong/goi-cho-xu-ly/").nth(1).unwrap().split('/').next().unwrap();
        let back = format!("/lien-thong/goi-cho-xu-ly/{delivery}/tra-lai");
        let refused = s.submit_form(&clerk, &back, &back, "reason=").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        let foreign = s.submit_form(&outsider, &back, "/lien-thong/goi-cho-xu-ly", "reason=x").await;
        assert!(foreign.status.is_client_error());
        let done =
            s.submit_form(&clerk, &back, &back, "reason=Kh%C3%B4ng+c%C3%B3+%C4%91%C6%B0%E1%BB%9Dng+g%E1%BB%ADi").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let twice = s.submit_form(&clerk, &back, "/lien-thong/goi-cho-xu-ly", "reason=x").await;
        assert!(twice.status.is_client_error(), "a double click does nothing");

        let statistics = s.page(&clerk, "/thong-ke").await;
        assert_eq!(statistics.status, StatusCode::OK, "{}", statistics.text());
        assert!(statistics.text().contains("Bộ Nội vụ (G09)"), "{}", statistics.text());
        let csv = s.page(&clerk, "/thong-ke/tai-ve?dang=csv").await;
        assert!(csv.text().contains("G09,Bộ Nội vụ,1,"), "{}", csv.text());
        let xlsx = s.page(&clerk, "/thong-ke/tai-ve?dang=xlsx").await;
        assert!(xlsx.body.starts_with(b"PK"));
        let typed = s.page(&clerk, "/thong-ke?tu=01/2026&den=2099-12").await;
        assert_eq!(typed.status, StatusCode::OK, "{}", typed.text());
        assert!(
            typed.text().contains("value=\"01/2026\"") && typed.text().contains("value=\"12/2099\""),
            "as people read it"
        );
        let wrong = s.page(&clerk, "/thong-ke?tu=2026-12&den=2026-01").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let empty = s.page(&clerk, "/lien-thong/phan-hoi-chua-khop").await;
        assert!(empty.text().contains("Mọi phản hồi đều khớp"), "{}", empty.text());
    })
    .await;
}
