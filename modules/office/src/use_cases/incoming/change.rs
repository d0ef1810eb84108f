//! The one way in which an incoming document changes: answer a repeated command, check version and rights, change, record.

use crate::entries::INCOMING;
use crate::rules::directive::Part;
use crate::rules::incoming::{Standing, Verb, next, permit};
use crate::store::directives::{Assignment, assignments_of};
use crate::store::incoming::{Incoming, IncomingId, incoming_files_of, incoming_get, incoming_save};
use crate::store::readers::readers_of;
use crate::store::routes::route_for;
use crate::use_cases::change::{Told, check_version};
use crate::use_cases::deed::{Command, Deed, reach_of};
use crate::use_cases::once::once;
use base::document_types::Secrecy;
use base::{Timestamp, Urgency};
use platform::ledger::{self, Actor, Codes, EntryId, EntryKind, NewEntry};
use platform::search::{self, SearchDocument};
use platform::{Error, Platform, Result, Tx};
use serde_json::json;

/// The document that an act is about, visible to whoever acts; otherwise it does not exist for him.
pub fn incoming_seen(tx: &Tx<'_>, deed: &Deed, id: IncomingId) -> Result<Incoming> {
    let document = incoming_get(tx, id)?;
    if reach_of(&deed.principal).sees(tx, INCOMING.name, &id.to_string(), &document.agency)? {
        Ok(document)
    } else {
        Err(Error::NotFound("incoming document"))
    }
}

/// Runs one change in one transaction with one entry; the same command key again changes nothing.
///
/// `act` decides and changes the loaded document; rights, state, version, index and entry are kept here.
pub async fn handle<F>(
    platform: &Platform,
    deed: Deed,
    id: IncomingId,
    command: Command,
    verb: Verb,
    kind: &'static EntryKind,
    act: F,
) -> Result<Incoming>
where
    F: Fn(&Tx<'_>, &Deed, &mut Incoming) -> Result<Told> + Send + 'static,
{
    let doer = deed.clone();
    let seen = command.version;
    let done = once(platform, &deed, command, kind.name, incoming_get, move |tx| {
        let mut document = incoming_seen(tx, &doer, id)?;
        check_version(seen, document.version)?;
        apply(tx, &doer, &mut document, verb, kind, &act)?;
        Ok((id, document.version, document))
    })
    .await?;
    // A status for a sender on another server waits as a job.
    platform.wake_jobs();
    Ok(done)
}

/// One change inside a transaction: rights, next state, what the verb does, version, index, entry.
pub fn apply(
    tx: &Tx<'_>,
    deed: &Deed,
    document: &mut Incoming,
    verb: Verb,
    kind: &'static EntryKind,
    act: &dyn Fn(&Tx<'_>, &Deed, &mut Incoming) -> Result<Told>,
) -> Result<()> {
    let route = route_for(
        tx,
        &document.agency,
        document.kind.as_deref().unwrap_or_default(),
        document.field.as_deref(),
        deed.today(),
    )?;
    let standing = standing_of(deed, &assignments_of(tx, document.id)?);
    permit(&route, verb, &deed.acting, standing)?;
    document.state = next(document.state, verb)?;
    let told = act(tx, deed, document)?;
    document.version += 1;
    document.changed_at = deed.now;
    incoming_save(tx, document)?;
    record(tx, &Hand::of(deed), document, kind, told)
}

/// What whoever acts is to the document, by its assignments that were not withdrawn.
pub fn standing_of(deed: &Deed, assignments: &[Assignment]) -> Standing {
    let mut standing = Standing::default();
    for assignment in assignments.iter().filter(|a| a.state != "withdrawn" && a.part != Part::Inform) {
        let in_person = assignment.person.as_deref() == Some(deed.person());
        let by_unit = assignment.person.is_none() && assignment.unit.is_some() && assignment.unit == deed.acting.unit;
        standing.assigned |= in_person || by_unit;
        standing.leads |= assignment.part == Part::Lead && (in_person || by_unit);
        standing.heads_assigned_unit |= by_unit && deed.acting.has(crate::rules::actor::Duty::UnitHead);
    }
    standing
}

/// Whose hand writes the entry: a person, or the server by itself.
pub struct Hand {
    /// Id of the entry.
    pub entry: EntryId,
    /// Who acts.
    pub actor: Actor,
    /// The present moment.
    pub now: Timestamp,
    /// Name and title, where it is a person.
    pub person: Option<(String, String)>,
}

impl Hand {
    /// The hand of a deed.
    pub fn of(deed: &Deed) -> Self {
        Self {
            entry: deed.entry,
            actor: deed.actor(),
            now: deed.now,
            person: Some((deed.principal.name.clone(), deed.title())),
        }
    }
}

/// Appends the entry and brings the index up to date; to be called after everything is stored.
pub fn record(tx: &Tx<'_>, hand: &Hand, document: &Incoming, kind: &'static EntryKind, told: Told) -> Result<()> {
    index(tx, document)?;
    let Codes(mut codes) = told.codes;
    codes.extend(
        Codes::new()
            .with("type", document.kind.as_deref().unwrap_or("other"))
            .with("urgency", document.urgency.number())
            .with("state", document.state.code())
            .with("source", document.source.as_str())
            .with("operation", document.operation.as_str())
            .with_some("from", document.issuer_code.clone())
            .with_some("package", document.package.clone())
            .with_some("unit", document.lead_unit.clone())
            .0,
    );
    let mut details = told.details;
    if let Some((name, title)) = &hand.person {
        details["person_name"] = json!(name);
        details["person_title"] = json!(title);
    }
    ledger::append(
        tx,
        hand.now,
        NewEntry {
            id: hand.entry,
            kind,
            subject: (&INCOMING, document.id.to_string()),
            version: document.version,
            agency: document.agency.clone(),
            actor: hand.actor.clone(),
            occurred_at: hand.now,
            codes: Codes(codes),
            details,
        },
    )
}

/// Puts the document where search finds it. State secrets are not indexed by their words.
fn index(tx: &Tx<'_>, document: &Incoming) -> Result<()> {
    let id = document.id.to_string();
    let mut scopes = readers_of(tx, INCOMING.name, &id)?;
    scopes.push(platform::access::scope_agency(&document.agency));
    let secret = document.secrecy != Secrecy::Open;
    let code = document.code();
    let files: Vec<String> = incoming_files_of(tx, document.id)?.into_iter().map(|f| f.name).collect();
    search::index(
        tx,
        &SearchDocument {
            kind: INCOMING.name.to_owned(),
            id,
            scopes,
            title: if secret { code } else { format!("{code} {}", document.subject).trim().to_owned() },
            body: if secret {
                String::new()
            } else {
                format!(
                    "{} {} {} {} {}",
                    document.kind_name,
                    document.issuer,
                    document.signer_name,
                    document.arrival_number.map(|n| n.to_string()).unwrap_or_default(),
                    files.join(" ")
                )
            },
            date: document.arrived_at.local_date(),
            sort: document.arrived_at.micros(),
        },
    )
}

/// How soon a notice about a document of this urgency wants to be seen.
pub const fn notice_urgency(urgency: Urgency) -> platform::notify::Urgency {
    match urgency {
        Urgency::Normal => platform::notify::Urgency::Normal,
        Urgency::Urgent | Urgency::VeryUrgent => platform::notify::Urgency::Soon,
        Urgency::Express | Urgency::TimedExpress => platform::notify::Urgency::Urgent,
    }
}
