//! The assembled program over HTTP, with people signed in.

use crate::world::World;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header as h};
use platform::access::{Act, Principal};
use platform::accounts::{self, NewAccount, Preferences};
use platform::ledger::Actor;
use serde_json::Value as Json;
use tower::ServiceExt;
use web::{App, Site, assemble};

const PASSWORD: &str = "mot-mat-khau-dai-va-kho";

pub struct Server {
    pub w: World,
    router: axum::Router,
}

/// A person signed in.
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
    pub fn place(&self) -> String {
        self.headers[h::LOCATION].to_str().unwrap().to_owned()
    }
}

impl Server {
    pub fn new(w: World) -> Self {
        let router =
            assemble(App::new(w.platform().clone(), Site::default()), vec![exchange::module(), office::module()])
                .router;
        Self { w, router }
    }

    pub async fn sign_in(&self, who: &Principal, username: &str) -> Browser {
        let p = self.w.platform();
        let new = NewAccount {
            id: p.new_id(),
            username: username.into(),
            person: who.person().unwrap(),
            agency: who.agency.clone(),
            password: None,
            preferences: Preferences::default(),
        };
        let link = accounts::account_create(p, &Act::new(p, Actor::Server), new).await.unwrap();
        accounts::link_use(p, &link, PASSWORD).await.unwrap();
        let origin = accounts::Origin::default();
        let token = accounts::sign_in_at_once(p, username, PASSWORD, None, &origin).await.unwrap().token;
        Browser { csrf: web::csrf::value(&token), cookie: format!("lt_session={token}") }
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, 16 << 20).await.unwrap().to_vec() }
    }

    pub async fn get(&self, who: &Browser, path: &str) -> Answer {
        let request = Request::get(path).header(h::COOKIE, &who.cookie).header(h::ACCEPT, "text/html");
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// A page that must be fine: it answers 200 and keeps the policy (no inline style or script).
    pub async fn page(&self, who: &Browser, path: &str) -> String {
        let answer = self.get(who, path).await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{path}: {text}");
        for banned in ["style=\"", "<script>", "onclick=", "template fault"] {
            assert!(!text.contains(banned), "{path} holds {banned}");
        }
        assert_eq!(text.matches("<h1").count(), 1, "{path} has one main heading");
        text
    }

    pub async fn form(&self, who: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!("_csrf={}", who.csrf);
        for (name, value) in fields {
            body += &format!("&{name}={}", encode(value));
        }
        let request = Request::post(path)
            .header(h::COOKIE, &who.cookie)
            .header(h::ACCEPT, "text/html")
            .header(h::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn multipart(
        &self,
        who: &Browser,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        let mut part = |head: String, bytes: &[u8]| {
            body.extend_from_slice(format!("--X\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        };
        part("name=\"_csrf\"".into(), who.csrf.as_bytes());
        for (name, value) in fields {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for (name, bytes) in files {
            part(format!("name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream"), bytes);
        }
        body.extend_from_slice(b"--X--\r\n");
        let request = Request::post(path)
            .header(h::COOKIE, &who.cookie)
            .header(h::ACCEPT, "text/html")
            .header(h::CONTENT_TYPE, "multipart/form-data; boundary=X");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn call(&self, who: &Browser, method: &str, path: &str, body: Option<Json>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(h::COOKIE, &who.cookie)
            .header("x-csrf-token", &who.csrf)
            .header(h::CONTENT_TYPE, "application/json");
        self.ask(request.body(body.map_or(Body::empty(), |b| Body::from(b.to_string()))).unwrap()).await
    }
}

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub fn hidden(html: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let from = html.find(&marker).unwrap_or_else(|| panic!("no field {name} in {html}")) + marker.len();
    html[from..].split('"').next().unwrap().to_owned()
}
