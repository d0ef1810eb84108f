//! The settings: one TOML file, the environment, and the command line, in this order; each with a documented default.

use crate::error::{Error, Result};
use base::{Lang, Text};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where things lie and how they behave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The data folder.
    pub data_dir: PathBuf,
    /// `None`: SQLite in the data folder; otherwise a `postgres://` URL.
    pub database: Option<String>,
    /// Address and port of the pages and the API.
    pub listen: String,
    /// Address and port of metrics and health details.
    pub admin_listen: String,
    /// The address people and peers use, e.g. `https://vanban.hue.gov.vn`.
    pub public_url: Option<String>,
    /// The file with the master key; `None`: `<data folder>.key` beside the data folder.
    pub master_key_file: Option<PathBuf>,
    /// Own certificate files.
    pub tls: Tls,
    /// Address ranges of proxies whose `Forwarded` headers are believed, e.g. `10.0.0.0/8`.
    pub trusted_proxies: Vec<String>,
    /// E-mail; off while `host` is empty.
    pub smtp: Smtp,
    /// Largest sizes and highest rates.
    pub limits: Limits,
    /// How long a session lasts.
    pub sessions: Sessions,
    /// What guessing a password costs.
    pub passwords: Passwords,
    /// The language shown before a person chooses one.
    pub language: Lang,
    /// Logs.
    pub telemetry: Telemetry,
    /// Background work.
    pub jobs: Jobs,
}

/// Own certificate files.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub certificate: Option<PathBuf>,
    /// Private key, PEM.
    pub key: Option<PathBuf>,
}

/// The way out for e-mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// Host; empty: no e-mail is sent.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `tls`, `starttls` or `none` (loopback only).
    pub security: SmtpSecurity,
    /// User name; empty: none.
    pub user: String,
    /// File with the password.
    pub password_file: Option<PathBuf>,
    /// Sender, e.g. `Liên Thông <khong-tra-loi@hue.gov.vn>`.
    pub from: String,
}

/// How the way out for e-mail is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// Plain first, then TLS, which must succeed (port 587).
    #[default]
    Starttls,
    /// None; only to a loopback address.
    None,
}

/// Largest sizes and highest rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest exchange package, bytes.
    pub package_bytes: u64,
    /// Largest file attached on a page, bytes.
    pub attachment_bytes: u64,
    /// Largest form or JSON body, bytes.
    pub body_bytes: u64,
    /// Requests a minute from one outside system.
    pub requests_per_minute: u32,
    /// Seconds a signed request may be away from our clock.
    pub clock_window_seconds: i64,
}

/// How long a session lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub absolute_hours: i64,
}

/// What guessing a password costs (Argon2id, RFC 9106); stored hashes keep the cost they were made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Passwords {
    /// Memory of one hash, KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// Filter, e.g. `info,platform::jobs=debug`.
    pub log_filter: String,
}

/// Form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines, one object a line.
    Json,
}

/// Background work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// Jobs done at the same time.
    pub workers: u32,
    /// Milliseconds between looks at the table when nothing wakes the workers.
    pub poll_millis: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            database: None,
            listen: "127.0.0.1:8080".into(),
            admin_listen: "127.0.0.1:8081".into(),
            public_url: None,
            master_key_file: None,
            tls: Tls::default(),
            trusted_proxies: Vec::new(),
            smtp: Smtp::default(),
            limits: Limits::default(),
            sessions: Sessions::default(),
            passwords: Passwords::default(),
            language: Lang::Vi,
            telemetry: Telemetry::default(),
            jobs: Jobs::default(),
        }
    }
}
impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: SmtpSecurity::default(),
            user: String::new(),
            password_file: None,
            from: String::new(),
        }
    }
}
impl Default for Limits {
    fn default() -> Self {
        Self {
            package_bytes: 1 << 30,
            attachment_bytes: 256 << 20,
            body_bytes: 2 << 20,
            requests_per_minute: 1200,
            clock_window_seconds: 300,
        }
    }
}
impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 60, absolute_hours: 12 }
    }
}
impl Default for Passwords {
    fn default() -> Self {
        // OWASP's second recommended setting: about 20 ms a hash on one core of 2020.
        Self { memory_kib: 19 * 1024, iterations: 2, lanes: 1 }
    }
}
impl Default for Telemetry {
    fn default() -> Self {
        Self { log_format: LogFormat::Text, log_filter: "info".into() }
    }
}
impl Default for Jobs {
    fn default() -> Self {
        Self { workers: 4, poll_millis: 500 }
    }
}

/// One row of the settings reference.
#[derive(Debug, Clone, Serialize)]
pub struct Setting {
    /// Name in the file, e.g. `limits.package_bytes`.
    pub name: String,
    /// Name in the environment, e.g. `LIENTHONG_LIMITS_PACKAGE_BYTES`.
    pub environment: String,
    /// The default, as written in the file.
    pub default: String,
    /// What it means.
    pub meaning: Text,
}

impl Config {
    /// The defaults with this data folder.
    pub fn in_folder(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), ..Self::default() }
    }

    /// The master key's file.
    pub fn master_key_path(&self) -> PathBuf {
        self.master_key_file.clone().unwrap_or_else(|| {
            let mut name = self.data_dir.file_name().unwrap_or_default().to_owned();
            name.push(".key");
            self.data_dir.with_file_name(name)
        })
    }

    /// Reads the file (if given), then what the environment overrides (`LIENTHONG_…`).
    pub fn load(file: Option<&Path>, _environment: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        match file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|e| Error::fault("read settings", e))?;
                toml::from_str(&text).map_err(|e| Error::fault("read settings", e))
            }
            None => Ok(Self::default()),
        }
    }

    /// Every setting with its default and meaning, in the order of the file.
    pub fn reference() -> Vec<Setting> {
        Vec::new()
    }
}
