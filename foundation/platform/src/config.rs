//! The settings: one TOML file, the environment, and the command line, in this order; each with a documented default.

mod reference;

pub use reference::Setting;
use reference::{Form, SETTINGS, environment_name};

use crate::error::{Error, Result};
use base::Lang;
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
    /// Seconds between saying "not ready" and closing the door when told to stop; load balancers look away meanwhile.
    pub drain_seconds: u64,
    /// The address people and peers use, e.g. `https://vanban.hue.gov.vn`.
    pub public_url: Option<String>,
    /// The file with the master key; `None`: `<data folder>.key` beside the data folder.
    pub master_key_file: Option<PathBuf>,
    /// Own certificate files.
    pub tls: Tls,
    /// Address ranges of proxies whose `Forwarded` headers are believed, e.g. `10.0.0.0/8`.
    pub trusted_proxies: Vec<String>,
    /// Address ranges of this machine or its link where other servers may be, e.g. `127.0.0.1`; such addresses are never
    /// called otherwise.
    pub local_peers: Vec<String>,
    /// What is asked of others about signatures.
    pub signatures: Signatures,
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

/// What is asked of others about signatures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signatures {
    /// Whether authorities are asked about revocation; off in closed networks.
    pub online: bool,
    /// Proxy by which authorities are reached, e.g. `http://10.0.0.5:3128`; empty: directly.
    pub proxy: String,
}

impl Default for Signatures {
    fn default() -> Self {
        Self { online: true, proxy: String::new() }
    }
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
    /// Largest form with all its files, bytes.
    pub form_bytes: u64,
    /// Requests a minute from one signed-in account; 0: not limited.
    pub account_requests_per_minute: u32,
    /// Requests a minute from one outside system or signing server; 0: not limited.
    pub system_requests_per_minute: u32,
    /// Requests a minute, without signing in, from one address (IPv6: /64); 0: not limited.
    pub address_requests_per_minute: u32,
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
            drain_seconds: 2,
            public_url: None,
            master_key_file: None,
            tls: Tls::default(),
            trusted_proxies: Vec::new(),
            local_peers: Vec::new(),
            signatures: Signatures::default(),
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
            form_bytes: 512 << 20,
            account_requests_per_minute: 1200,
            // An axis of a city sends thousands a second at its peak.
            system_requests_per_minute: 600_000,
            // A whole office stands behind one address when it signs in.
            address_requests_per_minute: 3000,
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

impl Config {
    /// The defaults with this data folder.
    pub fn in_folder(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), ..Self::default() }
    }

    /// Reads the file (if given), then what the environment overrides (`LIENTHONG_…`).
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| Error::fault(&format!("read the settings file {}", path.display()), e))?,
            None => String::new(),
        };
        Self::read(&text, |name| std::env::var(name).ok())
    }

    /// Reads settings from text, then what `environment` overrides. An unknown name in the text is an error.
    pub fn read(text: &str, environment: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let failed = |e: &dyn std::fmt::Display| Error::fault("read the settings", e);
        let mut table: toml::Table = text.parse().map_err(|e: toml::de::Error| failed(&e))?;
        for (name, form, ..) in SETTINGS {
            let Some(value) = environment(&environment_name(name)) else { continue };
            let value = match form {
                Form::Text => toml::Value::String(value),
                Form::Number => toml::Value::Integer(
                    value.trim().parse().map_err(|e| failed(&format!("{}: {e}", environment_name(name))))?,
                ),
                Form::Switch => toml::Value::Boolean(
                    value.trim().parse().map_err(|e| failed(&format!("{}: {e}", environment_name(name))))?,
                ),
                Form::List => value
                    .split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(|part| toml::Value::String(part.to_owned()))
                    .collect::<Vec<_>>()
                    .into(),
            };
            match name.split_once('.') {
                None => {
                    table.insert((*name).to_owned(), value);
                }
                Some((group, name)) => {
                    let group = table.entry(group).or_insert_with(|| toml::Table::new().into());
                    let group = group.as_table_mut().ok_or_else(|| failed(&"wanted a table"))?;
                    group.insert(name.to_owned(), value);
                }
            }
        }
        toml::Value::Table(table).try_into().map_err(|e| failed(&e))
    }

    /// The master key's file; refused inside the data folder, because whoever takes a copy of the folder must not have it.
    pub fn master_key_path(&self) -> Result<PathBuf> {
        let absolute = |path: &Path| std::path::absolute(path).map_err(|e| Error::fault("find the master key file", e));
        let folder = absolute(&self.data_dir)?;
        let path = match &self.master_key_file {
            Some(path) => absolute(path)?,
            None => {
                let mut name = folder.file_name().unwrap_or_default().to_owned();
                name.push(".key");
                folder.with_file_name(name)
            }
        };
        if path.starts_with(&folder) {
            return Err(Error::Fault("master_key_file must lie outside the data folder".into()));
        }
        Ok(path)
    }

    /// The server's name in certificates and checkpoints: the host of the public address, when it is a name at all.
    pub fn origin(&self) -> Option<String> {
        let rest = self.public_url.as_deref()?.split_once("://")?.1;
        let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
        let host = host.split(':').next()?.to_ascii_lowercase();
        let is_name = host.contains('.')
            && host.chars().any(|c| c.is_ascii_alphabetic())
            && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        is_name.then_some(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn the_reference_names_every_setting_and_no_other() {
        let all = Config {
            database: Some("x".into()),
            public_url: Some("x".into()),
            master_key_file: Some("x".into()),
            tls: Tls { certificate: Some("x".into()), key: Some("x".into()) },
            smtp: Smtp { password_file: Some("x".into()), ..Smtp::default() },
            ..Config::default()
        };
        let mut names = std::collections::BTreeSet::new();
        for (name, value) in toml::Table::try_from(all).unwrap() {
            match value {
                toml::Value::Table(group) => names.extend(group.keys().map(|key| format!("{name}.{key}"))),
                _ => drop(names.insert(name)),
            }
        }
        let listed: std::collections::BTreeSet<String> = SETTINGS.iter().map(|s| s.0.to_owned()).collect();
        assert_eq!(names, listed);
        let reference = Config::reference();
        let package = reference.iter().find(|s| s.name == "limits.package_bytes").unwrap();
        assert_eq!(package.default, "1073741824");
        assert_eq!(package.environment, "LIENTHONG_LIMITS_PACKAGE_BYTES");
    }

    #[test]
    fn file_then_environment() {
        let text = "listen = \"0.0.0.0:443\"\n[limits]\npackage_bytes = 5\n";
        let environment = |name: &str| {
            let value = match name {
                "LIENTHONG_LIMITS_PACKAGE_BYTES" => "7",
                "LIENTHONG_TRUSTED_PROXIES" => "10.0.0.0/8, 192.168.1.1",
                "LIENTHONG_SMTP_USER" => "1234",
                "LIENTHONG_DATABASE" => "postgres://db/x",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let config = Config::read(text, environment).unwrap();
        assert_eq!((config.listen.as_str(), config.limits.package_bytes), ("0.0.0.0:443", 7));
        assert_eq!(config.trusted_proxies, ["10.0.0.0/8", "192.168.1.1"]);
        assert_eq!((config.smtp.user.as_str(), config.database.as_deref()), ("1234", Some("postgres://db/x")));
        assert_eq!(config.limits.form_bytes, Limits::default().form_bytes);
        assert_eq!(Config::read("", nothing).unwrap(), Config::default());
        let wrong = Config::read("[limits]\npackage_byte = 5", nothing).unwrap_err().to_string();
        assert!(wrong.contains("package_byte"), "{wrong}");
        let wrong =
            Config::read("", |n| (n == "LIENTHONG_JOBS_WORKERS").then(|| "many".into())).unwrap_err().to_string();
        assert!(wrong.contains("LIENTHONG_JOBS_WORKERS"), "{wrong}");
    }

    #[test]
    fn the_master_key_lies_outside_the_data_folder() {
        let config = Config::in_folder("/srv/lienthong");
        assert_eq!(config.master_key_path().unwrap(), Path::new("/srv/lienthong.key"));
        let inside = Config { master_key_file: Some("/srv/lienthong/key".into()), ..config };
        assert!(inside.master_key_path().is_err());
    }

    #[test]
    fn the_origin_is_a_host_name_or_nothing() {
        let origin = |url: &str| Config { public_url: Some(url.into()), ..Config::default() }.origin();
        assert_eq!(origin("https://VanBan.hue.gov.vn:8443/x").as_deref(), Some("vanban.hue.gov.vn"));
        assert_eq!(origin("http://127.0.0.1:8080"), None);
        assert_eq!(origin("http://localhost:8080"), None);
        assert_eq!(origin("http://[::1]:8080"), None);
    }
}
