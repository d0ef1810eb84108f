//! One connection to PostgreSQL, driven by the thread that uses it, with its prepared statements.

use super::pg_types::{Cell, Param};
use super::{Row, ToValue, Value};
use crate::error::{Error, Result};
use crate::storage::Storage;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::cell::{Cell as StdCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Prepared statements kept on a connection.
const STATEMENTS: usize = 1024;
/// Where Debian, Red Hat and Alpine keep the certificates of the machine.
const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// How to reach the server.
#[derive(Clone)]
pub(super) struct Target {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// Why a transaction may simply be run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It met another one (serialization failure, deadlock), or a prepared statement is out of date.
    Again,
    /// The connection is gone.
    Lost,
}

impl Target {
    /// Reads a `postgres://` URL. Besides the usual parameters: `sslrootcert=FILE` (PEM). Without `sslmode`, a server
    /// on another machine must speak TLS; one on this machine need not.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let (url, root_file) = take_parameter(url, "sslrootcert");
        let says_mode = url.contains("sslmode=");
        let mut config: Config = url.parse().map_err(|e| Error::fault("reading the database address", e))?;
        config
            .application_name("lienthong")
            .connect_timeout(Duration::from_secs(5))
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(20));
        let local = config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        });
        if !says_mode {
            config.ssl_mode(if local { SslMode::Disable } else { SslMode::Require });
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(MakeRustlsConnect::new(client_config(root_file.as_deref())?)),
        };
        Ok(Self { config, tls })
    }
}

/// Takes one parameter out of a URL's query.
fn take_parameter(url: &str, name: &str) -> (String, Option<String>) {
    let Some((head, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (mut kept, mut taken) = (Vec::new(), None);
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some((key, value)) if key == name => taken = Some(value.replace("%2F", "/").replace("%2f", "/")),
            _ => kept.push(pair),
        }
    }
    let query = kept.join("&");
    (if query.is_empty() { head.to_owned() } else { format!("{head}?{query}") }, taken)
}

fn client_config(root_file: Option<&str>) -> Result<rustls::ClientConfig> {
    let file = root_file
        .or_else(|| BUNDLES.into_iter().find(|file| std::path::Path::new(file).exists()))
        .ok_or_else(|| Error::Fault("no root certificates for the database: give sslrootcert=FILE".to_owned()))?;
    let reading = |e| Error::fault(&format!("reading root certificates from {file}"), e);
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(reading)? {
        // A bundle may hold certificates this library does not know; the others still count.
        let _ = roots.add(certificate.map_err(reading)?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::fault("setting up TLS to the database", e))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A connection and the small runtime that drives it. One runtime a thread: statements never cross threads.
pub(super) struct Session {
    runtime: Runtime,
    target: Target,
    client: RefCell<Option<Client>>,
    statements: RefCell<HashMap<String, Statement>>,
    trouble: StdCell<Option<Trouble>>,
    /// A BEGIN that travels together with the transaction's first statement, which saves a round trip.
    begin: StdCell<Option<&'static str>>,
}

impl Session {
    pub(super) fn new(target: Target) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Error::fault("starting a database runtime", e))?;
        Ok(Self {
            runtime,
            target,
            client: RefCell::new(None),
            statements: RefCell::default(),
            trouble: StdCell::new(None),
            begin: StdCell::new(None),
        })
    }

    /// What went wrong since the last call, when running again may help.
    pub(super) fn take_trouble(&self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Whether the running transaction cannot go on.
    pub(super) fn in_trouble(&self) -> bool {
        self.trouble.get().is_some()
    }

    /// Forgets the connection.
    pub(super) fn drop_connection(&self) {
        self.client.replace(None);
        self.statements.borrow_mut().clear();
    }

    /// Makes sure there is a connection.
    pub(super) fn connect(&self) -> Result<()> {
        if self.client.borrow().as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        self.drop_connection();
        let client = self.runtime.block_on(async {
            let client = match &self.target.tls {
                None => {
                    let (client, connection) = self.target.config.connect(NoTls).await?;
                    tokio::spawn(async move {
                        let _ = connection.await;
                    });
                    client
                }
                Some(tls) => {
                    let (client, connection) = self.target.config.connect(tls.clone()).await?;
                    tokio::spawn(async move {
                        let _ = connection.await;
                    });
                    client
                }
            };
            client
                .batch_execute(
                    "SET statement_timeout = 60000; SET idle_in_transaction_session_timeout = 60000; \
                     SET TIME ZONE 'UTC'",
                )
                .await?;
            Ok(client)
        });
        let client = client.map_err(|e: tokio_postgres::Error| {
            Error::Unavailable(format!("no connection to the database: {}", describe(&e)))
        })?;
        self.client.replace(Some(client));
        Ok(())
    }

    /// Begins a transaction, together with its first statement.
    pub(super) fn begin(&self, sql: &'static str) {
        self.begin.set(Some(sql));
    }

    /// Whether the transaction ended before it said anything to the server.
    pub(super) fn take_unbegun(&self) -> bool {
        self.begin.take().is_some()
    }

    /// Statements without parameters and answers.
    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        let client = self.client.borrow();
        let client = client.as_ref().ok_or_else(gone)?;
        self.runtime.block_on(self.with_begin(client, client.batch_execute(sql), sql))
    }

    pub(super) fn execute(&self, sql: &str, params: &[&dyn ToValue]) -> Result<u64> {
        let client = self.client.borrow();
        let client = client.as_ref().ok_or_else(gone)?;
        let params = encode(params);
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        self.runtime.block_on(async {
            let statement = self.statement(client, sql, params.len()).await?;
            self.with_begin(client, client.execute(&statement, &params), sql).await
        })
    }

    pub(super) fn query(&self, sql: &str, params: &[&dyn ToValue]) -> Result<Vec<Row>> {
        let client = self.client.borrow();
        let client = client.as_ref().ok_or_else(gone)?;
        let params = encode(params);
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        let rows = self.runtime.block_on(async {
            let statement = self.statement(client, sql, params.len()).await?;
            self.with_begin(client, client.query(&statement, &params), sql).await
        })?;
        rows.iter()
            .map(|row| {
                let values: Result<Vec<Value>, _> =
                    (0..row.len()).map(|index| row.try_get::<_, Cell>(index).map(|cell| cell.0)).collect();
                values.map(Row::new).map_err(|e| Error::Fault(format!("{} in: {}", describe(&e), short(sql))))
            })
            .collect()
    }

    /// Sends a waiting BEGIN just before the statement, without waiting for its answer in between.
    async fn with_begin<T>(
        &self,
        client: &Client,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
        sql: &str,
    ) -> Result<T> {
        let outcome = match self.begin.take() {
            None => statement.await,
            Some(begin) => {
                let (begun, outcome) = futures_util::future::join(client.batch_execute(begin), statement).await;
                begun.map_err(|e| self.map_error(&e, begin))?;
                outcome
            }
        };
        outcome.map_err(|e| self.map_error(&e, sql))
    }

    async fn statement(&self, client: &Client, sql: &str, values: usize) -> Result<Statement> {
        let known = self.statements.borrow().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = client.prepare(sql).await.map_err(|e| self.map_error(&e, sql))?;
                let mut statements = self.statements.borrow_mut();
                if statements.len() >= STATEMENTS {
                    statements.clear();
                }
                statements.insert(sql.to_owned(), statement.clone());
                statement
            }
        };
        if statement.params().len() == values {
            Ok(statement)
        } else {
            Err(Error::Fault(format!("{values} values for {} places in: {}", statement.params().len(), short(sql))))
        }
    }

    fn map_error(&self, error: &tokio_postgres::Error, sql: &str) -> Error {
        let Some(db) = error.as_db_error() else {
            if is_lost(error) {
                self.trouble.set(Some(Trouble::Lost));
                return Error::Unavailable(format!("the database connection was lost: {}", describe(error)));
            }
            return Error::Fault(format!("{} in: {}", describe(error), short(sql)));
        };
        let code = db.code();
        let stale = *code == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan");
        if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED || stale {
            if stale {
                self.drop_connection_later();
            }
            self.trouble.set(Some(Trouble::Again));
            return Error::Conflict("met another transaction".to_owned());
        }
        if is_lost(error) {
            self.trouble.set(Some(Trouble::Lost));
            return Error::Unavailable(format!("the database ended the connection: {}", db.message()));
        }
        match code.code().get(..2) {
            Some("23") => Error::Conflict(constraint(db)),
            Some("53") if *code == SqlState::DISK_FULL => Error::Storage("the database".to_owned(), Storage::Full),
            Some("58") if *code == SqlState::IO_ERROR => Error::Storage(db.message().to_owned(), Storage::Failed),
            Some("XX") if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
                Error::Storage(db.message().to_owned(), Storage::Damaged)
            }
            _ if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
                Error::Storage("the database".to_owned(), Storage::ReadOnly)
            }
            Some("53" | "57" | "58") => Error::Unavailable(format!("the database: {}", db.message())),
            _ if *code == SqlState::LOCK_NOT_AVAILABLE => Error::Unavailable("a lock was not available".to_owned()),
            _ => Error::Fault(format!("{} ({}) in: {}", db.message(), code.code(), short(sql))),
        }
    }

    /// A stale plan: forget all statements (the client is borrowed now, so only these).
    fn drop_connection_later(&self) {
        self.statements.borrow_mut().clear();
    }
}

fn gone() -> Error {
    Error::Unavailable("no connection to the database".to_owned())
}

fn encode(params: &[&dyn ToValue]) -> Vec<Param> {
    params.iter().map(|value| Param(value.to_value())).collect()
}

/// Whether the connection is gone, or the server is going.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(code) => {
            code.code().starts_with("08")
                || [&SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::CANNOT_CONNECT_NOW].contains(&code)
                || code.code() == "25P03" // idle in transaction for too long
        }
        None => {
            use std::error::Error as _;
            error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>())
        }
    }
}

/// The library's message with its cause, which it leaves out.
fn describe(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn short(sql: &str) -> String {
    super::sqlite::short(sql)
}

/// `unique: table(a, b)`, as on the other engine; never the values, which may be names.
fn constraint(db: &tokio_postgres::error::DbError) -> String {
    let table = db.table().unwrap_or_default();
    let columns = db
        .detail()
        .and_then(|detail| detail.strip_prefix("Key ("))
        .and_then(|detail| detail.split_once(")="))
        .map(|(columns, _)| columns.to_owned());
    match db.code().code() {
        "23505" => match columns {
            Some(columns) => format!("unique: {table}({columns})"),
            None => format!("unique: {}", db.constraint().unwrap_or(table)),
        },
        "23503" => "foreign key".to_owned(),
        "23514" => format!("check: {}", db.constraint().unwrap_or(table)),
        "23502" => format!("not null: {table}({})", db.column().unwrap_or_default()),
        _ => db.constraint().unwrap_or("constraint").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_must_speak_tls_unless_told_otherwise() {
        let tls = |url: &str| Target::parse(url).map(|target| target.tls.is_some());
        assert!(!tls("postgres://u@localhost/d").unwrap());
        assert!(!tls("postgres://u@%2Fvar%2Frun%2Fpostgresql/d").unwrap());
        assert!(!tls("postgres://u@db.example/d?sslmode=disable").unwrap());
        let roots = "postgres://u@db.example/d?sslrootcert=/no/such/file";
        assert!(matches!(tls(roots), Err(Error::Fault(text)) if text.contains("/no/such/file")));
    }

    #[test]
    fn one_parameter_is_taken_out() {
        assert_eq!(
            take_parameter("postgres://h/d?a=1&sslrootcert=%2Fr.pem&b=2", "sslrootcert"),
            ("postgres://h/d?a=1&b=2".to_owned(), Some("/r.pem".to_owned()))
        );
    }
}
