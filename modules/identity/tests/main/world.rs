//! A server with an administrator of a province, one of a ministry and a specialist, and browsers to use it with.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base::{AgencyCode, Text};
use platform::access::{Act, Role};
use platform::accounts::{self, AccountId, NewAccount, Preferences, Setup};
use platform::directory::{
    self, Agency, AgencyLevel, Contact, OrganisationKind, Person, PersonId, Position, PositionId, Rank,
};
use platform::ledger::Actor;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::TestPlatform;
use tower::ServiceExt;
use web::{App, Site, assemble};

pub const PASSWORD: &str = "bốn từ không liên quan";

pub fn components() -> Vec<platform::Component> {
    vec![identity::module().component]
}

pub struct World {
    pub t: Arc<TestPlatform>,
    pub router: Router,
}

/// Somebody in the directory.
#[derive(Clone, Copy)]
pub struct Somebody {
    pub person: PersonId,
    pub position: PositionId,
    pub account: AccountId,
}

impl World {
    pub async fn new(t: Arc<TestPlatform>) -> Self {
        let site = Site { name: Text::fixed("UBND thành phố Huế", "Huế"), practice: true, ..Site::default() };
        let assembled = assemble(App::new(t.platform.clone(), site), vec![identity::module()]);
        Self { t, router: assembled.router }
    }

    /// With the administrator `quan.tri` of H57 and the agencies H57.09 and G09.
    pub async fn set_up(t: Arc<TestPlatform>) -> Self {
        let world = Self::new(t).await;
        let p = &world.t.platform;
        let token = accounts::setup_link(p).await.unwrap().unwrap();
        let setup = Setup {
            agency: AgencyCode::parse("H57").unwrap(),
            agency_name: "Ủy ban nhân dân thành phố Huế".to_owned(),
            abbreviation: "UBND".to_owned(),
            full_name: "Trần Quản Trị".to_owned(),
            username: "quan.tri".to_owned(),
            password: PASSWORD.to_owned(),
        };
        accounts::setup_complete(p, &token, setup).await.unwrap();
        world.agency("H57.09", "Sở Nội vụ").await;
        world.agency("G09", "Bộ Nội vụ").await;
        world
    }

    pub async fn agency(&self, code: &str, name: &str) {
        let p = &self.t.platform;
        let act = Act::new(p, Actor::Server);
        let code = AgencyCode::parse(code).unwrap();
        let agency = Agency {
            legacy_code: None,
            name: Text::new(name.to_owned(), name.to_owned()),
            abbreviation: "X".to_owned(),
            parent: code.parent(),
            level: AgencyLevel::Other,
            kind: OrganisationKind::Agency,
            valid_from: "2021-01-01".parse().unwrap(),
            valid_to: None,
            successors: Vec::new(),
            contact: Contact::default(),
            hosted: true,
            calendar: None,
            version: 0,
            code,
        };
        p.db().write(move |tx| directory::agency_save(tx, &act, agency.clone(), None)).await.unwrap();
    }

    /// A person with a position and an account.
    pub async fn person(&self, username: &str, agency: &str, rank: Rank, roles: &[Role]) -> Somebody {
        let p = &self.t.platform;
        let person = Person {
            id: p.new_id(),
            full_name: format!("Người {username}"),
            email: String::new(),
            phone: String::new(),
            version: 0,
        };
        let position = Position {
            id: p.new_id(),
            person: person.id,
            agency: AgencyCode::parse(agency).unwrap(),
            unit: None,
            title: Text::new(format!("Chức vụ {username}"), format!("Title {username}")),
            rank,
            roles: roles.to_vec(),
            valid_from: "2021-01-01".parse().unwrap(),
            valid_to: None,
            version: 0,
        };
        let account = NewAccount {
            id: p.new_id(),
            username: username.to_owned(),
            person: person.id,
            agency: position.agency.clone(),
            password: Some(accounts::password_hash(p, PASSWORD).await.unwrap()),
            preferences: Preferences::default(),
        };
        let somebody = Somebody { person: person.id, position: position.id, account: account.id };
        let act = Act::new(p, Actor::Server);
        p.db()
            .write(move |tx| {
                directory::person_save(tx, &act, person.clone(), &account.agency, None)?;
                directory::position_save(tx, &act.further(1), position.clone(), None)?;
                accounts::account_insert(tx, &act.further(3), &account)
            })
            .await
            .unwrap();
        somebody
    }

    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Mutex::default() }
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, username: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(username, PASSWORD, "/").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }
}

/// Keeps cookies as a browser does.
pub struct Browser {
    router: Router,
    pub cookies: Mutex<BTreeMap<String, String>>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// What stands between two pieces of the page.
    pub fn between(&self, before: &str, after: &str) -> &str {
        let at = self.text.find(before).unwrap_or_else(|| panic!("no {before} in {}", self.text)) + before.len();
        self.text[at..].split(after).next().unwrap()
    }

    pub fn guard(&self) -> &str {
        self.between("name=\"_csrf\" value=\"", "\"")
    }
}

impl Browser {
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        let mut request = Request::builder().method(method).uri(path);
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = request.header(header::CONTENT_LENGTH, body.len());
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_vec())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.lock().unwrap().remove(name);
            } else {
                self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[("accept", "text/html")], "").await
    }

    /// Sends a form whose guard value stands on the page `from`.
    pub async fn send(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(from).await;
        assert_eq!(page.status, 200, "{from}: {}", page.text);
        self.send_with(page.guard(), path, fields).await
    }

    pub async fn send_with(&self, guard: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!("_csrf={}", encode(guard));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encode(value)));
        }
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
        self.ask("POST", path, &headers, &body).await
    }

    pub async fn sign_in(&self, username: &str, password: &str, next: &str) -> Answer {
        let from = format!("/dang-nhap?tiep={}", encode(next));
        let fields = [("username", username), ("password", password), ("tiep", next)];
        self.send(&from, "/dang-nhap", &fields).await
    }

    pub async fn call(&self, method: &str, path: &str, token: Option<&str>, body: serde_json::Value) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask(method, path, &headers, &body).await
    }
}

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

pub fn is_error(status: u16) -> bool {
    StatusCode::from_u16(status).is_ok_and(|status| status.is_client_error() || status.is_server_error())
}
