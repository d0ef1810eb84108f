//! The one way in which an outgoing document changes: answer a repeated command, check version and rights, change, record.

use super::deed::{Command, Deed, reach_of};
use super::once::once;
use crate::entries::OUTGOING;
use crate::refusals;
use crate::rules::outgoing::{Verb, next};
use crate::store::outgoing::{Outgoing, OutgoingId, outgoing_get, outgoing_save, recipients_of};
use crate::store::{files, readers, revisions, routes};
use base::document_types::Secrecy;
use base::{Lang, Refusal};
use platform::ledger::{self, Codes, EntryKind, NewEntry};
use platform::search::{self, SearchDocument};
use platform::{Error, Platform, Result, Tx};
use serde_json::{Value as Json, json};

/// What a change tells the ledger: codes for statistics, details that may be erased.
pub struct Told {
    /// Code words and numbers beyond the usual ones.
    pub codes: Codes,
    /// Names and texts; a JSON object.
    pub details: Json,
}

impl Told {
    /// Nothing beyond the usual.
    pub fn nothing() -> Self {
        Self { codes: Codes::new(), details: json!({}) }
    }
    /// Only details.
    pub fn details(details: Json) -> Self {
        Self { codes: Codes::new(), details }
    }
}

/// The document that an act is about, visible to whoever acts; otherwise it does not exist for him.
pub fn outgoing_seen(tx: &Tx<'_>, deed: &Deed, id: OutgoingId) -> Result<Outgoing> {
    let document = outgoing_get(tx, id)?;
    if reach_of(&deed.principal).sees(tx, OUTGOING.name, &id.to_string(), &document.agency)? {
        Ok(document)
    } else {
        Err(Error::NotFound("outgoing document"))
    }
}

/// Refuses when the document is no longer what the person saw.
pub fn check_version(seen: Option<i64>, current: i64) -> Result<(), Refusal> {
    match seen {
        Some(seen) if seen != current => {
            Err(Refusal::new(&refusals::CHANGED_MEANWHILE).with("current", current).with("seen", seen))
        }
        _ => Ok(()),
    }
}

/// Refuses unless the route gives this step to whoever acts; verbs without a step are decided by the caller.
pub fn check_route(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, verb: Verb) -> Result<()> {
    if let Some(step) = verb.step() {
        let route = routes::route_for(tx, &document.agency, &document.kind, document.field.as_deref(), deed.today())?;
        route.permit(step, &deed.acting)?;
    }
    Ok(())
}

/// Runs one change in one transaction with one entry.
///
/// The same command key again answers with the document as it stands and changes nothing. `act` decides and changes the
/// loaded document; state, version, index and entry are kept here.
pub async fn change<F>(
    platform: &Platform,
    deed: Deed,
    id: OutgoingId,
    command: Command,
    verb: Verb,
    kind: &'static EntryKind,
    act: F,
) -> Result<Outgoing>
where
    F: Fn(&Tx<'_>, &Deed, &mut Outgoing) -> Result<Told> + Send + 'static,
{
    let doer = deed.clone();
    once(platform, &deed, command.clone(), kind.name, outgoing_get, move |tx| {
        let deed = &doer;
        let mut document = outgoing_seen(tx, deed, id)?;
        check_version(command.version, document.version)?;
        check_route(tx, deed, &document, verb)?;
        document.state = next(document.state, verb)?;
        let told = act(tx, deed, &mut document)?;
        document.version += 1;
        document.changed_at = deed.now;
        outgoing_save(tx, &document)?;
        record(tx, deed, &document, kind, told)?;
        Ok((id, document.version, document))
    })
    .await
}

/// Appends the entry and brings the index up to date; to be called after everything is stored.
pub fn record(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, kind: &'static EntryKind, told: Told) -> Result<()> {
    index(tx, document)?;
    let Codes(mut codes) = told.codes;
    codes.extend(
        Codes::new()
            .with("type", document.kind.as_str())
            .with("urgency", document.urgency.number())
            .with("state", document.state.code())
            .with("revision", document.revision)
            .0,
    );
    let mut details = told.details;
    details["person_name"] = json!(deed.principal.name);
    details["person_title"] = json!(deed.title());
    ledger::append(
        tx,
        deed.now,
        NewEntry {
            id: deed.entry,
            kind,
            subject: (&OUTGOING, document.id.to_string()),
            version: document.version,
            agency: document.agency.clone(),
            actor: deed.actor(),
            occurred_at: deed.now,
            codes: Codes(codes),
            details,
        },
    )
}

/// Makes the next revision of the content: what would be signed, the draft as it stands, chained to the one before.
pub fn revise_content(tx: &Tx<'_>, deed: &Deed, document: &mut Outgoing) -> Result<()> {
    let manifest = content_manifest(tx, document)?;
    add_revision(tx, deed, document, "content", manifest)
}

/// What the competent person signs: built again by every receiver out of the package.
pub fn content_manifest(tx: &Tx<'_>, document: &Outgoing) -> Result<Json> {
    let files = files::files_of(tx, document.id, false)?;
    let named: Vec<exchange::ManifestFile<'_>> = files.iter().map(|f| (f.name.as_str(), f.sha256.as_str())).collect();
    Ok(exchange::content_manifest(&document.agency, &type_name(document), &document.subject, &named))
}

/// The name of the kind as printed and sent.
pub fn type_name(document: &Outgoing) -> String {
    crate::rules::document_type::by_code(&document.kind)
        .map_or_else(String::new, |kind| crate::rules::document_type::plain_name(kind, Lang::Vi).to_owned())
}

/// Adds a revision with this manifest to the chain.
pub fn add_revision(tx: &Tx<'_>, deed: &Deed, document: &mut Outgoing, kind: &str, manifest: Json) -> Result<()> {
    let previous = revisions::revision_latest(tx, document.id)?.map(|r| r.digest);
    document.revision += 1;
    let snapshot = json!({
        "kind": document.kind,
        "field": document.field,
        "subject": document.subject,
        "secrecy": document.secrecy,
        "urgency": document.urgency,
        "due_on": document.due_on,
        "signer": document.signer,
        "authority": document.authority,
        "recipients": recipients_of(tx, document.id)?,
        "places": document.places,
        "note": document.note,
    });
    let chained = json!({ "manifest": manifest, "snapshot": snapshot, "previous": previous });
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(platform::signing::canonical_json(&chained)?));
    revisions::revision_insert(
        tx,
        document.id,
        &revisions::Revision {
            number: document.revision,
            kind: kind.to_owned(),
            manifest,
            snapshot,
            digest,
            previous,
            made_by: deed.person().to_owned(),
            made_at: deed.now,
        },
    )
}

/// Puts the document where search finds it. State secrets are not indexed by their words.
fn index(tx: &Tx<'_>, document: &Outgoing) -> Result<()> {
    let id = document.id.to_string();
    let mut scopes = readers::readers_of(tx, OUTGOING.name, &id)?;
    scopes.push(platform::access::scope_agency(&document.agency));
    let code = document.code.clone().unwrap_or_default();
    let secret = document.secrecy != Secrecy::Open;
    let names: Vec<String> = recipients_of(tx, document.id)?.into_iter().map(|r| r.name).collect();
    search::index(
        tx,
        &SearchDocument {
            kind: OUTGOING.name.to_owned(),
            id,
            scopes,
            title: if secret { code } else { format!("{code} {}", document.subject).trim().to_owned() },
            body: if secret {
                String::new()
            } else {
                format!(
                    "{} {} {} {} {}",
                    type_name(document),
                    document.unit_name,
                    document.drafter_name,
                    document.signer_name,
                    names.join(" ")
                )
            },
            date: document.dated.unwrap_or_else(|| document.created_at.local_date()),
            sort: document.changed_at.micros(),
        },
    )
}
