//! Files of a draft: add (the bytes are stored and durable before the transaction that names them), take out, read.

use super::change::{Told, change, outgoing_seen, revise_content};
use super::deed::{Command, Deed};
use super::draft::own_draft;
use crate::entries;
use crate::refusals;
use crate::rules::file_type;
use crate::rules::outgoing::Verb;
use crate::store::files::{File, FileId, file_get, file_insert, file_make_main, file_remove, files_of};
use crate::store::outgoing::{Outgoing, OutgoingId};
use base::fold::nfc;
use base::{Lang, Refusal};
use platform::access::{Permission, Principal};
use platform::blobs::{self, Owner, StagedBlob};
use platform::ledger::Codes;
use platform::{Error, Platform, Result};
use serde_json::json;

/// Largest file, in bytes.
pub const FILE_LIMIT: u64 = 50 * 1024 * 1024;
/// Most files of one document.
pub const FILES_LIMIT: usize = 30;

/// A file that has been received and stored, but belongs to nothing yet.
pub struct Upload {
    /// The name it had at the sender's.
    pub name: String,
    /// The stored bytes.
    pub staged: StagedBlob,
    /// Its first bytes (at least 16 where it has as many), by which its type is told.
    pub head: Vec<u8>,
    /// Whether it is the document itself; the first file always is.
    pub main: bool,
}

/// Adds a file to a draft. The name's ending and the content must agree; a later approval sees every file.
pub async fn attach_file(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    upload: Upload,
    command: Command,
) -> Result<(Outgoing, FileId)> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingDraft)?;
    let name = file_type::clean_name(&nfc(&upload.name)).ok_or_else(|| Refusal::new(&refusals::FILE_NAME))?;
    if upload.staged.size > FILE_LIMIT {
        return Err(Refusal::new(&refusals::FILE_TOO_LARGE)
            .with("limit", base::format::size(FILE_LIMIT, Lang::Vi))
            .into());
    }
    let media_type = file_type::check(&name, &upload.head)?;
    let file: FileId = deed.id();
    let staged = upload.staged;
    let main = upload.main;
    let done = change(platform, deed, id, command, Verb::Revise, &entries::FILE_ATTACHED, move |tx, deed, document| {
        own_draft(deed, document)?;
        super::sign::withdraw(tx, deed, document, "revised")?;
        let all = files_of(tx, document.id, true)?;
        let present = all.iter().filter(|f| f.removed_at.is_none()).count();
        if present >= FILES_LIMIT {
            return Err(Refusal::new(&refusals::FILES_TOO_MANY).with("limit", FILES_LIMIT).into());
        }
        let row = File {
            id: file,
            ordinal: i64::try_from(all.len()).unwrap_or(i64::MAX) + 1,
            name: name.clone(),
            media_type: media_type.to_owned(),
            size: i64::try_from(staged.size).unwrap_or(i64::MAX),
            sha256: staged.sha256.to_string(),
            main: false,
            added_by: deed.person().to_owned(),
            added_at: deed.now,
            removed_at: None,
        };
        file_insert(tx, document.id, &row)?;
        if main || present == 0 {
            file_make_main(tx, document.id, file)?;
        }
        let owner_id = document.id.to_string();
        let owner = Owner { agency: &document.agency, kind: entries::OUTGOING.name, id: &owner_id };
        blobs::attach(tx, deed.now, &staged, owner)?;
        revise_content(tx, deed, document)?;
        Ok(Told {
            codes: Codes::new().with("size", row.size).with("media_type", media_type),
            details: json!({ "name": row.name, "sha256": row.sha256 }),
        })
    })
    .await?;
    Ok((done, file))
}

/// Takes a file out of a draft; the bytes stay with the revisions that named them.
pub async fn detach_file(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    file: FileId,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingDraft)?;
    change(platform, deed, id, command, Verb::Revise, &entries::FILE_REMOVED, move |tx, deed, document| {
        own_draft(deed, document)?;
        super::sign::withdraw(tx, deed, document, "revised")?;
        let row = file_get(tx, document.id, file)?;
        if file_remove(tx, document.id, file, deed.now)? == 0 {
            return Err(Error::NotFound("file"));
        }
        if row.main
            && let Some(next) = files_of(tx, document.id, false)?.first()
        {
            file_make_main(tx, document.id, next.id)?;
        }
        revise_content(tx, deed, document)?;
        Ok(Told::details(json!({ "name": row.name })))
    })
    .await
}

/// A file that this reader may open.
pub async fn file_of(platform: &Platform, principal: &Principal, id: OutgoingId, file: FileId) -> Result<File> {
    let deed = Deed::new(platform, principal)?;
    platform
        .db()
        .read(move |tx| {
            let document = outgoing_seen(tx, &deed, id)?;
            file_get(tx, document.id, file)
        })
        .await
}
