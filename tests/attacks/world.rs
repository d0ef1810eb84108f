//! The program with the demo's data, callers signed in as its people, and a socket that sends what it is told.

use serde_json::Value as Json;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub const PASSWORD: &str = "Thuc-hanh-2026";

/// The value that a page's forms carry against requests forged elsewhere.
fn guard(page: &str) -> String {
    page.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

pub struct Demo {
    address: String,
    client: reqwest::Client,
    tokens: HashMap<String, String>,
    guards: HashMap<String, String>,
    /// Ids of the ministry's and Huế's records: documents and packages.
    pub ids: Vec<String>,
    child: Child,
    log: Arc<Mutex<String>>,
    _folder: tempfile::TempDir,
}

impl Demo {
    /// Both servers of the story on the embedded engine, or on two empty PostgreSQL databases.
    pub async fn start(databases: Option<(&str, &str)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong"));
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
        if let Some((first, second)) = databases {
            command.args(["--database", first, "--second-database", second]);
        }
        let mut child = command
            .env("LIENTHONG_TELEMETRY_LOG_FILTER", "debug,hyper=info,rustls=info,h2=info")
            .env_remove("LIENTHONG_DATA")
            .env_remove("LIENTHONG_DATABASE")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log: Arc<Mutex<String>> = Arc::default();
        let (mut errors, kept) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while errors.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said.find_map(|line| line.ok()?.strip_prefix("SERVING ").map(str::to_owned)).unwrap();
        std::thread::spawn(move || said.count());
        // Somebody else may have installed it already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut demo = Self {
            address,
            client,
            tokens: HashMap::new(),
            guards: HashMap::new(),
            ids: Vec::new(),
            child,
            log,
            _folder: folder,
        };
        for person in super::INSIDERS.iter().chain(&super::OUTSIDERS) {
            let body = serde_json::json!({ "username": person, "password": PASSWORD });
            let opened: Json = serde_json::from_str(&demo.post("", "/api/v1/sessions", &body).await).unwrap();
            demo.tokens.insert((*person).to_owned(), opened["token"].as_str().unwrap().to_owned());
            let page = demo.get(person, "/tai-khoan").await.2;
            demo.guards.insert((*person).to_owned(), guard(&page));
        }
        for (person, path, name) in [
            ("bnv.chuyenvien", "/api/v1/outgoing-documents", "id"),
            ("hue.vanthu", "/api/v1/incoming-documents", "id"),
            ("hue.vanthu", "/api/v1/exchange/inbox", "package_id"),
        ] {
            let list: Json = serde_json::from_str(&demo.get(person, path).await.2).unwrap();
            demo.ids
                .extend(list["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()));
        }
        demo.ids.sort();
        demo.ids.dedup();
        demo
    }

    /// As a person (a page by its session, a call by its token); `""`: as nobody. Status, headers as text, body.
    pub async fn get(&self, person: &str, path: &str) -> (u16, String, String) {
        let mut request = self.client.get(format!("{}{path}", self.address));
        if let Some(token) = self.tokens.get(person) {
            request = if path.starts_with("/api/") {
                request.bearer_auth(token)
            } else {
                request.header("cookie", format!("lt_session={token}")).header("accept", "text/html")
            };
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
        (status, headers, String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned())
    }

    pub async fn post(&self, person: &str, path: &str, body: &Json) -> String {
        let mut request = self.client.post(format!("{}{path}", self.address)).json(body);
        if let Some(token) = self.tokens.get(person) {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Any method as a person: a call with an empty object, a form with nothing but its guard and a version.
    pub async fn ask(&self, person: &str, method: &str, path: &str) -> (u16, String) {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.address));
        let (token, guard) = (&self.tokens[person], &self.guards[person]);
        let request = if path.starts_with("/api/") {
            request.bearer_auth(token).json(&serde_json::json!({ "version": 1 }))
        } else {
            let request = request.header("cookie", format!("lt_session={token}")).header("accept", "text/html");
            request.form(&[("_csrf", guard.as_str()), ("version", "1")])
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Signs in through the page, towards an address; answers where that leads.
    pub async fn sign_in_towards(&self, person: &str, to: &str) -> String {
        let page =
            self.client.get(format!("{}/dang-nhap", self.address)).header("accept", "text/html").send().await.unwrap();
        let cookies: Vec<String> = page
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect();
        let text = page.text().await.unwrap();
        let guard = guard(&text);
        let form = [("_csrf", guard.as_str()), ("username", person), ("password", PASSWORD), ("tiep", to)];
        let answer = self
            .client
            .post(format!("{}/dang-nhap", self.address))
            .header("cookie", cookies.join("; "))
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 303, "signed in");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Sends the path as it is, which a client's library would tidy up; `extra` are further header lines.
    pub async fn raw(&self, path: &str, extra: &str) -> String {
        let mut connection = tokio::net::TcpStream::connect(self.address.trim_start_matches("http://")).await.unwrap();
        let host = if extra.contains("Host: ") { "" } else { "Host: 127.0.0.1\r\n" };
        let head = format!("GET {path} HTTP/1.1\r\n{host}{extra}Accept: text/html\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut all = Vec::new();
        connection.read_to_end(&mut all).await.ok();
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Ends the program; answers its log.
    pub async fn stop(mut self) -> String {
        self.end();
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        self.log.lock().unwrap().clone()
    }

    /// By the signal that an operator sends: killed, it could not end the second server that it started.
    fn end(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.end();
    }
}
