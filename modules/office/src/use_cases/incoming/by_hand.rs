//! Registration by hand of what did not come through the exchange: paper, mail, a portal; with its files.

use super::change::{Hand, record};
use super::register::{RegisterInput, fill, register_in};
use super::submit::{SubmitInput, submit_in};
use crate::entries::{self, INCOMING};
use crate::refusals;
use crate::rules::file_type;
use crate::rules::incoming::{State, Verb, next};
use crate::store::incoming::{
    Incoming, IncomingFile, IncomingId, incoming_file_insert, incoming_files_of, incoming_get, incoming_insert,
    level_word,
};
use crate::use_cases::change::Told;
use crate::use_cases::deed::{Command, Deed};
use crate::use_cases::files::{FILES_LIMIT, Upload};
use crate::use_cases::once::once;
use base::document_types::Secrecy;
use base::fold::nfc;
use base::{Refusal, Text, Timestamp};
use platform::access::{Permission, Principal};
use platform::blobs::{self, Owner};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// What arrived, and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct HandInput {
    /// `paper`, `mail` or `portal`.
    pub source: String,
    /// When it arrived (RFC 3339); now where it is left out.
    pub arrived_at: Option<String>,
    /// Code of the issuing agency, where it has one.
    pub issuer_code: Option<String>,
    /// `open`, `confidential`, `secret`, `top_secret`: secrets have their own register.
    pub secrecy: Option<String>,
    /// The fields of the register.
    #[serde(flatten)]
    pub fields: RegisterInput,
}

/// A file whose name and content agree.
struct Checked {
    name: String,
    media_type: &'static str,
    upload: Upload,
}

/// Enters something that arrived by another way into the register, with its files; optionally puts it before the leader.
pub async fn register_by_hand(
    platform: &Platform,
    principal: &Principal,
    input: HandInput,
    uploads: Vec<Upload>,
    submit: Option<SubmitInput>,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingRegister)?;
    let (second, third) = (Deed::new(platform, principal)?, Deed::new(platform, principal)?);
    let files = Arc::new(check_files(uploads)?);
    let id: IncomingId = deed.id();
    let doer = deed.clone();
    let done = once(platform, &deed, command, "office.incoming.by-hand", incoming_get, move |tx| {
        let mut document = blank(tx, &doer, id, &input)?;
        fill(&mut document, &input.fields, doer.today())?;
        incoming_insert(tx, &document)?;
        put_files(tx, &doer, &document, &files)?;
        let codes = Codes::new().with("files", i64::try_from(files.len()).unwrap_or(i64::MAX));
        let details = json!({ "code": document.code(), "subject": document.subject, "issuer": document.issuer });
        record(tx, &Hand::of(&doer), &document, &entries::ARRIVED, Told { codes, details })?;
        register_in(tx, &second, &mut document, &input.fields)?;
        if let Some(submit) = &submit {
            submit_in(tx, &third, &mut document, submit)?;
        }
        Ok((id, document.version, document))
    })
    .await?;
    platform.wake_jobs();
    Ok(done)
}

/// Adds files to what was registered by hand, e.g. the scan of a paper that follows later.
pub async fn attach_scan(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    upload: Upload,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingRegister)?;
    let files = Arc::new(check_files(vec![upload])?);
    let doer = deed.clone();
    let seen = command.version;
    once(platform, &deed, command, entries::SCANNED.name, incoming_get, move |tx| {
        let mut document = super::change::incoming_seen(tx, &doer, id)?;
        crate::use_cases::change::check_version(seen, document.version)?;
        if document.source == "exchange" {
            // What came signed stays as it was sent.
            return Err(Refusal::new(&refusals::FILES_OF_THE_SENDER).into());
        }
        if matches!(document.state, State::Returned | State::Recalled) {
            next(document.state, Verb::Register)?;
        }
        put_files(tx, &doer, &document, &files)?;
        document.version += 1;
        document.changed_at = doer.now;
        crate::store::incoming::incoming_save(tx, &document)?;
        let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
        record(tx, &Hand::of(&doer), &document, &entries::SCANNED, Told::details(json!({ "names": names })))?;
        Ok((id, document.version, document))
    })
    .await
}

fn check_files(uploads: Vec<Upload>) -> Result<Vec<Checked>> {
    if uploads.len() > FILES_LIMIT {
        return Err(Refusal::new(&refusals::FILES_TOO_MANY).with("limit", FILES_LIMIT).into());
    }
    uploads
        .into_iter()
        .map(|upload| {
            let name = file_type::clean_name(&nfc(&upload.name)).ok_or_else(|| Refusal::new(&refusals::FILE_NAME))?;
            let media_type = file_type::check(&name, &upload.head)?;
            Ok(Checked { name, media_type, upload })
        })
        .collect()
}

fn put_files(tx: &Tx<'_>, deed: &Deed, document: &Incoming, files: &[Checked]) -> Result<()> {
    let before = incoming_files_of(tx, document.id)?.len();
    if before + files.len() > FILES_LIMIT {
        return Err(Refusal::new(&refusals::FILES_TOO_MANY).with("limit", FILES_LIMIT).into());
    }
    let owner_id = document.id.to_string();
    for (ordinal, file) in (before + 1..).zip(files) {
        incoming_file_insert(
            tx,
            document.id,
            &IncomingFile {
                ordinal: i64::try_from(ordinal).unwrap_or(i64::MAX),
                name: file.name.clone(),
                media_type: file.media_type.to_owned(),
                size: i64::try_from(file.upload.staged.size).unwrap_or(i64::MAX),
                sha256: file.upload.staged.sha256.to_string(),
                description: None,
            },
        )?;
        let owner = Owner { agency: &document.agency, kind: INCOMING.name, id: &owner_id };
        blobs::attach(tx, deed.now, &file.upload.staged, owner)?;
    }
    Ok(())
}

fn blank(tx: &Tx<'_>, deed: &Deed, id: IncomingId, input: &HandInput) -> Result<Incoming> {
    let mut refusal = Refusal::new(&refusals::METADATA);
    let source = input.source.trim();
    if !matches!(source, "paper" | "mail" | "portal") {
        refusal = refusal.field("source", Text::fixed("paper, mail hoặc portal.", "paper, mail or portal."));
    }
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let arrived_at = match given(&input.arrived_at) {
        None => deed.now,
        Some(text) => match Timestamp::parse(&text).filter(|at| *at <= deed.now) {
            Some(at) => at,
            None => {
                refusal =
                    refusal.field("arrived_at", Text::fixed("Không phải lúc đã qua.", "Not a moment that has passed."));
                deed.now
            }
        },
    };
    let secrecy = match given(&input.secrecy) {
        None => Secrecy::Open,
        Some(word) => Secrecy::from_code(&word).unwrap_or_else(|| {
            refusal = refusal.clone().field("secrecy", Text::fixed("Chọn trong danh sách.", "Choose from the list."));
            Secrecy::Open
        }),
    };
    let issuer_code = given(&input.issuer_code);
    let issuer = match &issuer_code {
        Some(code) => platform::directory::agency_by_any_code(tx, code)?,
        None => None,
    };
    if issuer_code.is_some() && issuer.is_none() {
        refusal = refusal.field("issuer_code", Text::fixed("Không có trong danh mục.", "Not in the directory."));
    }
    if !refusal.fields.is_empty() {
        return Err(refusal.into());
    }
    Ok(Incoming {
        source: source.to_owned(),
        issuer_code: issuer.as_ref().map(|a| a.code.canonical().to_owned()),
        issuer: issuer.as_ref().map(|a| a.name.vi.to_string()).unwrap_or_default(),
        issuer_level: level_word(issuer.as_ref().map(|a| a.level)).to_owned(),
        secrecy,
        paper: source == "paper",
        changed_at: deed.now,
        ..Incoming::arrived(id, deed.agency().clone(), arrived_at)
    })
}
