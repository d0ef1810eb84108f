//! A person at a server: signs in and acts through the same JSON API that outside programs use.

use platform::{Error, Result};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// How long an effect may take to become readable before the step counts as failed.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for.
const GLANCE: Duration = Duration::from_millis(60);

/// A signed-in person (or system) at one server.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    /// Who it is, for messages.
    pub name: String,
    /// Id of the position acted in.
    pub position: String,
}

impl Caller {
    /// Nobody in particular, at the server with the given address.
    pub fn nobody(base: &str) -> Result<Self> {
        let http =
            reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| Error::fault("make an HTTP client", e))?;
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            token: None,
            name: "nobody".into(),
            position: String::new(),
        })
    }

    /// The session's token: what a browser would carry as its cookie.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Signs a person in.
    pub async fn sign_in(base: &str, username: &str, password: &str) -> Result<Self> {
        let mut caller = Self::nobody(base)?;
        username.clone_into(&mut caller.name);
        let body = serde_json::json!({ "username": username, "password": password });
        let answer = caller.post("/api/v1/sessions", &body).await?;
        caller.token = Some(text(&answer, "/token")?);
        Ok(caller)
    }

    /// Acts for the given agency: switches the session to the position held there when it is another one.
    pub async fn acting_for(mut self, agency: &str) -> Result<Self> {
        let me = self.get("/api/v1/me").await?;
        let held = me["positions"].as_array().into_iter().flatten().find(|p| p["agency"] == agency);
        let position = held.map(|p| p["position"].clone()).ok_or(Error::NotFound("position of the story"))?;
        if me["agency"] != agency {
            let switched =
                self.post("/api/v1/sessions/current/position", &serde_json::json!({ "position": position })).await?;
            self.token = Some(text(&switched, "/token")?);
        }
        self.position = position.as_str().unwrap_or_default().to_owned();
        Ok(self)
    }

    /// GET, expecting success.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let (status, value) = self.send(Method::GET, path, None).await?;
        self.success(Method::GET, path, status, value)
    }

    /// POST of JSON, expecting success.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let (status, value) = self.post_any(path, body).await?;
        self.success(Method::POST, path, status, value)
    }

    /// POST of JSON, whatever the answer.
    pub async fn post_any(&self, path: &str, body: &Value) -> Result<(StatusCode, Value)> {
        self.send(Method::POST, path, Some(("application/json", body.to_string().into_bytes()))).await
    }

    /// POST of bytes (a file), expecting success.
    pub async fn upload(&self, path: &str, content_type: &'static str, bytes: &[u8]) -> Result<Value> {
        let (status, value) = self.send(Method::POST, path, Some((content_type, bytes.to_vec()))).await?;
        self.success(Method::POST, path, status, value)
    }

    /// Looks at `path` until `seen` finds what it wants; a step counts only when its effect can be read back.
    pub async fn until<T>(&self, path: &str, mut seen: impl FnMut(&Value) -> Option<T>) -> Result<T> {
        let mut last = Value::Null;
        let mut left = PATIENCE.as_millis() / GLANCE.as_millis();
        while left > 0 {
            let (status, value) = self.send(Method::GET, path, None).await?;
            if status.is_success()
                && let Some(found) = seen(&value)
            {
                return Ok(found);
            }
            last = value;
            left -= 1;
            tokio::time::sleep(GLANCE).await;
        }
        Err(Error::Fault(format!("{}: never came true at {path}; last seen {last}", self.name)))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Result<(StatusCode, Value)> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("accept", "application/json")
            .header("accept-language", "en");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some((content_type, bytes)) = body {
            request = request.header("content-type", content_type).body(bytes);
        }
        let answer = request.send().await.map_err(|e| Error::fault(path, e))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|e| Error::fault(path, e))?;
        let value = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok((status, value))
    }

    fn success(&self, method: Method, path: &str, status: StatusCode, value: Value) -> Result<Value> {
        if status.is_success() {
            Ok(value)
        } else {
            Err(Error::Fault(format!("{} {method} {path}: {status} {value}", self.name)))
        }
    }
}

/// The text at a JSON pointer.
pub fn text(value: &Value, pointer: &str) -> Result<String> {
    match value.pointer(pointer) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) if !other.is_null() => Ok(other.to_string()),
        _ => Err(Error::Fault(format!("no {pointer} in {value}"))),
    }
}
