//! Looking: one incoming document with everything around it, and what whoever looks may do with it now.

use super::change::{incoming_seen, standing_of};
use super::register::{duplicates, number_preview};
use crate::entries::INCOMING;
use crate::rules::duplicate::Duplicate;
use crate::rules::incoming::{State, Verb, next, permit};
use crate::rules::registration_deadline::{self, Standing};
use crate::store::directives::{Assignment, DirectiveRow, Progress, assignments_of, directives_of, progress_of};
use crate::store::incoming::{Incoming, IncomingFile, IncomingId, Verification, incoming_files_of, verifications_of};
use crate::store::links::{Link, links_from, links_to};
use crate::store::routes::route_for;
use crate::use_cases::deed::Deed;
use base::calendar::WorkingCalendar;
use exchange::StatusRow;
use platform::access::{Permission, Principal};
use platform::ledger::{self, Recorded};
use platform::{Error, Platform, Result, Tx};

/// One incoming document with everything around it.
pub struct IncomingView {
    /// The record.
    pub document: Incoming,
    /// Files.
    pub files: Vec<IncomingFile>,
    /// Rounds of checks, the first first.
    pub verifications: Vec<Verification>,
    /// Directives, the first first.
    pub directives: Vec<DirectiveRow>,
    /// Assignments, withdrawn ones too.
    pub assignments: Vec<Assignment>,
    /// Opinions, progress, results.
    pub progress: Vec<Progress>,
    /// What it answers.
    pub links: Vec<Link>,
    /// What answers it.
    pub linked_by: Vec<Link>,
    /// What the sender was told.
    pub statuses: Vec<StatusRow>,
    /// Its history in the ledger, the first first.
    pub history: Vec<Recorded>,
    /// While it waits for registration: how it stands against that deadline.
    pub registration: Option<Standing>,
    /// While it waits for registration: the number that it would get now.
    pub next_number: Option<i64>,
    /// While it waits for registration: what came before and looks the same.
    pub duplicates: Vec<(Incoming, Duplicate)>,
    /// What whoever looks may do now.
    pub may: Vec<Verb>,
}

/// One document as this person sees it.
pub async fn look(platform: &Platform, principal: &Principal, id: IncomingId) -> Result<IncomingView> {
    let deed = Deed::new(platform, principal)?;
    platform.db().read(move |tx| view(tx, &deed, id)).await
}

/// The same inside a transaction.
pub fn view(tx: &Tx<'_>, deed: &Deed, id: IncomingId) -> Result<IncomingView> {
    let document = incoming_seen(tx, deed, id)?;
    let key = id.to_string();
    let assignments = assignments_of(tx, id)?;
    let waits = document.state == State::Arrived;
    let statuses = match document.package.as_deref().and_then(|p| p.parse().ok()) {
        Some(package) => exchange::statuses(tx, package, &document.agency)?,
        None => Vec::new(),
    };
    Ok(IncomingView {
        files: incoming_files_of(tx, id)?,
        verifications: verifications_of(tx, id)?,
        directives: directives_of(tx, id)?,
        progress: progress_of(tx, id)?,
        links: links_from(tx, INCOMING.name, &key)?,
        linked_by: links_to(tx, INCOMING.name, &key)?,
        statuses,
        history: ledger::entries_of(tx, INCOMING.name, &key)?,
        registration: waits.then(|| registration_standing(&document, deed.now)),
        next_number: if waits && document.operation != "recall" {
            Some(number_preview(tx, &document, deed.today())?)
        } else {
            None
        },
        duplicates: if waits { duplicates(tx, &document)? } else { Vec::new() },
        may: verbs(tx, deed, &document, &assignments)?,
        assignments,
        document,
    })
}

/// How an arrival stands against the day by which it must be in the register.
pub fn registration_standing(document: &Incoming, now: base::Timestamp) -> Standing {
    let calendar = WorkingCalendar::default();
    registration_deadline::standing(document.arrived_at, document.urgency, now, &|day| calendar.is_working_day(day))
}

/// What this person may do with the document now; the use cases decide again.
pub fn verbs(tx: &Tx<'_>, deed: &Deed, document: &Incoming, assignments: &[Assignment]) -> Result<Vec<Verb>> {
    let route = route_for(
        tx,
        &document.agency,
        document.kind.as_deref().unwrap_or_default(),
        document.field.as_deref(),
        deed.today(),
    )?;
    let standing = standing_of(deed, assignments);
    let may = |permission| deed.principal.may(permission);
    let holds = assignments
        .iter()
        .any(|a| matches!(a.state.as_str(), "open" | "in_process") && a.person.as_deref() == Some(deed.person()));
    let begun = assignments.iter().any(|a| a.state == "in_process" && a.person.as_deref() == Some(deed.person()));
    Ok(Verb::ALL
        .into_iter()
        .filter(|verb| next(document.state, *verb).is_ok())
        .filter(|verb| permit(&route, *verb, &deed.acting, standing).is_ok())
        .filter(|verb| match verb {
            Verb::Register => may(Permission::IncomingRegister) && document.operation != "recall",
            Verb::Return => may(Permission::IncomingRegister),
            Verb::Submit => may(Permission::IncomingTriage),
            Verb::Direct => may(Permission::IncomingDirect) || may(Permission::IncomingTriage),
            Verb::Assign => {
                may(Permission::IncomingAssign)
                    && assignments
                        .iter()
                        .any(|a| matches!(a.state.as_str(), "open" | "in_process") && a.person.is_none())
            }
            Verb::Start => may(Permission::IncomingProcess) && !begun && (holds || may(Permission::IncomingAssign)),
            Verb::Report => may(Permission::IncomingProcess),
            Verb::Complete | Verb::Reopen => may(Permission::IncomingProcess) || may(Permission::IncomingDirect),
            // The exchange tells of a recall; it is no button.
            Verb::Recall => false,
        })
        .collect())
}

/// A file that this reader may open.
pub async fn file_of(platform: &Platform, principal: &Principal, id: IncomingId, ordinal: i64) -> Result<IncomingFile> {
    let deed = Deed::new(platform, principal)?;
    platform
        .db()
        .read(move |tx| {
            incoming_seen(tx, &deed, id)?;
            incoming_files_of(tx, id)?.into_iter().find(|f| f.ordinal == ordinal).ok_or(Error::NotFound("file"))
        })
        .await
}
