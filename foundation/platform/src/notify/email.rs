//! The e-mail channel: one job a message; off until a mail server is configured.

use crate::Platform;
use crate::config::{Smtp, SmtpSecurity};
use crate::error::{Error, Result};
use crate::jobs::{Job, JobId, JobKind, JobOutcome};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The kind's name.
pub(super) const KIND: &str = "notify.email";
const PATIENCE: Duration = Duration::from_secs(20);

/// What the job carries: the sentence and the link, never the document itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Email {
    pub to: String,
    pub title_vi: String,
    pub title_en: String,
    pub link: String,
}

pub(super) fn kind() -> JobKind {
    JobKind::new(KIND, |platform, job| async move { send(&platform, &job).await }).attempts(8).backoff(30, 7200)
}

async fn send(platform: &Platform, job: &Job) -> Result<JobOutcome> {
    let config = platform.config();
    if config.smtp.host.is_empty() {
        return Ok(JobOutcome::Done);
    }
    let email: Email =
        serde_json::from_value(job.payload.clone()).map_err(|e| Error::fault("read an e-mail job", e))?;
    let public_url = config.public_url.as_deref().unwrap_or_default();
    let message = match message(&config.smtp, public_url, job.id, &email) {
        Ok(message) => message,
        Err(error) => return Ok(JobOutcome::Park { reason: error.to_string() }),
    };
    match transport(&config.smtp)?.send(message).await {
        Ok(_) => Ok(JobOutcome::Done),
        // The server will never take it: trying again would only annoy it.
        Err(e) if e.is_permanent() => Ok(JobOutcome::Park { reason: format!("the mail server refuses: {e}") }),
        Err(e) => Err(Error::Unavailable(format!("the mail server: {e}"))),
    }
}

fn message(smtp: &Smtp, public_url: &str, id: JobId, email: &Email) -> Result<Message> {
    let mailbox = |text: &str, what: &str| text.parse::<Mailbox>().map_err(|e| Error::fault(what, e));
    let link = format!("{}{}", public_url.trim_end_matches('/'), email.link);
    let body = format!("{}\n\n{}\n\n--\n{}\n", email.title_vi, link, email.title_en);
    let from = mailbox(&smtp.from, "read smtp.from")?;
    // Sent again after an answer that was lost, it is the same message to every mail program on the way.
    let message_id = format!("<{id}@{}>", from.email.domain());
    Message::builder()
        .message_id(Some(message_id))
        // RFC 3834: nobody's holiday answer comes back.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .from(from)
        .to(mailbox(&email.to, "read the recipient's address")?)
        .subject(&email.title_vi)
        // Without it a strict mail program shows the encoded text as it stands (RFC 2045, section 4).
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|e| Error::fault("write an e-mail", e))
}

fn transport(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let failed = |e: &dyn std::fmt::Display| Error::fault("set up the mail server", e);
    let builder = match smtp.security {
        SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(&smtp.host).map_err(|e| failed(&e))?,
        SmtpSecurity::Starttls => {
            AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&smtp.host).map_err(|e| failed(&e))?
        }
        SmtpSecurity::None => {
            let loopback =
                smtp.host == "localhost" || smtp.host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
            if !loopback {
                return Err(failed(&"smtp.security = \"none\" is for a server on this machine only"));
            }
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        }
    };
    let mut builder = builder.port(smtp.port).timeout(Some(PATIENCE));
    if !smtp.user.is_empty() {
        let password = match &smtp.password_file {
            Some(path) => std::fs::read_to_string(path).map_err(|e| failed(&e))?.trim_end().to_owned(),
            None => String::new(),
        };
        builder = builder.credentials(Credentials::new(smtp.user.clone(), password));
    }
    Ok(builder.build())
}
