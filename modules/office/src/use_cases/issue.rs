//! Issue (phát hành): the package is handed to the exchange in the same transaction, so nothing is issued that was never sent.

use super::change::{Told, change, outgoing_seen, type_name};
use super::deed::{Command, Deed};
use super::number::number_and_date;
use super::review::{drafter, notify};
use super::seal::{person_signature, seal};
use super::{cite, draft};
use crate::entries;
use crate::refusals;
use crate::rules::issue_deadline;
use crate::rules::numbering::written;
use crate::rules::outgoing::{State, Verb};
use crate::store::files::files_of;
use crate::store::outgoing::{Outgoing, OutgoingId, Recipient, recipients_of};
use crate::store::revisions::signatures_of;
use base::calendar::WorkingCalendar;
use base::{Date, Refusal, Text};
use exchange::{Operation, OutgoingAttachment, OutgoingPackage, PackageHeader, Party, Report, Staff};
use platform::access::{Permission, Principal};
use platform::ledger::Codes;
use platform::{Error, Platform, Result, Tx};
use serde_json::json;

/// Issues a sealed document to its recipients.
pub async fn issue(platform: &Platform, principal: &Principal, id: OutgoingId, command: Command) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingIssue)?;
    block_secrets(platform, &deed, id).await?;
    let verification = verify(platform, &deed, id).await?;
    let calendar = WorkingCalendar::default();
    let done = change(platform, deed, id, command, Verb::Issue, &entries::ISSUED, move |tx, deed, document| {
        let recipients = recipients_of(tx, document.id)?;
        let electronic: Vec<&Recipient> = recipients.iter().filter(|r| r.electronic && r.agency.is_some()).collect();
        if !electronic.is_empty() {
            // What was checked is frozen with the seal; without a check somebody sealed it in this very moment.
            let verification = verification.clone().ok_or_else(|| Error::Conflict("document".to_owned()))?;
            let package = OutgoingPackage { verification, ..package(tx, deed, document, &electronic)? };
            document.package = Some(exchange::submit(tx, &deed.exchange(), package)?.to_string());
        }
        document.issued_at = Some(deed.now);
        if let Some(drafter) = drafter(tx, document, deed)? {
            notify(tx, deed, document, &drafter, Text::fixed("Đã phát hành", "Issued"))?;
        }
        let signed_at = document.signed_at.unwrap_or(deed.now);
        let deadline = issue_deadline::deadline(signed_at, document.urgency, !electronic.is_empty(), &|day| {
            calendar.is_working_day(day)
        });
        Ok(Told {
            codes: Codes::new()
                .with("recipients", draft::count(recipients.len()))
                .with("electronic", draft::count(electronic.len()))
                .with("after_signature_seconds", deed.now.since(signed_at) / 1_000_000)
                .with("in_time", deed.now < deadline.until)
                .with_some("package", document.package.clone()),
            details: json!({ "code": document.code, "recipients": recipients }),
        })
    })
    .await?;
    platform.wake_jobs();
    Ok(done)
}

/// Numbers, seals and issues in one go; stops where something is refused, and goes on from there when asked again.
pub async fn promulgate(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    dated: Option<Date>,
    place: Option<String>,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    let mut document = platform.db().read(move |tx| outgoing_seen(tx, &deed, id)).await?;
    // Only the first part is held against what the person saw; the others follow from it.
    let mut seen = command.version;
    let mut part = |name: &str| Command { version: seen.take(), ..command.part(name) };
    if matches!(document.state, State::Issued) {
        return Ok(document);
    }
    if !matches!(document.state, State::Numbered | State::Sealed) {
        document = number_and_date(platform, principal, id, dated, place, part("number")).await?;
    }
    if document.state == State::Numbered {
        document = seal(platform, principal, id, part("seal")).await?;
    }
    if document.state == State::Sealed {
        document = issue(platform, principal, id, part("issue")).await?;
    }
    Ok(document)
}

/// State secrets never enter the exchange; the attempt is put on its ledger before the transaction that would send.
async fn block_secrets(platform: &Platform, deed: &Deed, id: OutgoingId) -> Result<()> {
    let looking = deed.clone();
    let found = platform
        .db()
        .read(move |tx| {
            let document = outgoing_seen(tx, &looking, id)?;
            let recipients = recipients_of(tx, id)?;
            let electronic: Vec<&Recipient> = recipients.iter().filter(|r| r.electronic).collect();
            if !document.secrecy.is_secret() || electronic.is_empty() {
                return Ok(None);
            }
            Ok(Some((document.secrecy, header(tx, &looking, &document, &electronic)?)))
        })
        .await?;
    match found {
        Some((secrecy, header)) => {
            exchange::refuse_secret(platform, deed.actor(), secrecy, &header).await?;
            Err(Refusal::new(&refusals::SECRET_NOT_SENT).into())
        }
        None => Ok(()),
    }
}

/// Checks the sealed document as its receivers will, before the transaction that sends it; `None` when nothing travels.
async fn verify(platform: &Platform, deed: &Deed, id: OutgoingId) -> Result<Option<Report>> {
    let looking = deed.clone();
    let package = platform
        .db()
        .read(move |tx| {
            let document = outgoing_seen(tx, &looking, id)?;
            let recipients = recipients_of(tx, id)?;
            let electronic: Vec<&Recipient> =
                recipients.iter().filter(|r| r.electronic && r.agency.is_some()).collect();
            if document.state != State::Sealed || electronic.is_empty() {
                return Ok(None);
            }
            package(tx, &looking, &document, &electronic).map(Some)
        })
        .await?;
    let Some(package) = package else { return Ok(None) };
    let report = exchange::verify_outgoing(platform, &package).await?;
    match report.failure() {
        Some(check) => Err(Refusal::new(&refusals::NOT_VERIFIED)
            .field(&check.about, Text::new(check.vi.clone(), check.en.clone()))
            .into()),
        None => Ok(Some(report)),
    }
}

fn package(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, to: &[&Recipient]) -> Result<OutgoingPackage> {
    let attachments = files_of(tx, document.id, false)?
        .into_iter()
        .map(|file| OutgoingAttachment {
            name: file.name,
            media_type: file.media_type,
            sha256: file.sha256,
            size: file.size,
            description: (!file.main).then(|| "Phụ lục".to_owned()),
        })
        .collect();
    // Earlier signatures of revisions that were sent back stay here and do not travel.
    let person = person_signature(tx, document)?;
    let agency = signatures_of(tx, document.id)?.into_iter().rev().find(|s| s.role == "agency");
    let signatures = [person, agency].into_iter().flatten().map(|s| json!({ "role": s.role, "jws": s.jws })).collect();
    Ok(OutgoingPackage {
        header: header(tx, deed, document, to)?,
        attachments,
        secrecy: document.secrecy,
        signatures,
        signed_at: document.signed_at,
        verification: Report::default(),
    })
}

fn header(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, to: &[&Recipient]) -> Result<PackageHeader> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(PackageHeader {
        from: Party::new(document.agency.clone(), deed.principal.agency_name.vi.to_string()),
        to: to.iter().filter_map(|r| r.agency.clone().map(|code| Party::new(code, r.name.clone()))).collect(),
        document_id: document.document_id.clone().unwrap_or_default(),
        number: document.number.map(written).unwrap_or_default(),
        notation: document.notation.clone().unwrap_or_default(),
        place: document.place.clone().unwrap_or_default(),
        issued_on: document.dated,
        type_name: type_name(document),
        type_number: None,
        subject: document.subject.clone(),
        content: None,
        signer_name: document.signer_name.clone(),
        signer_position: given(&document.signer_title),
        signer_competence: given(document.authority.prefix()),
        due_on: document.due_on,
        urgency: document.urgency,
        circulation: None,
        pages: document.pages,
        steering: None,
        responds_to: cite::references(tx, document)?,
        to_places: document.places.clone(),
        operation: Operation::New,
        reason: None,
        targets: Vec::new(),
        content_changed: false,
        recipient_changes: Vec::new(),
        paper: false,
        staff: Some(Staff {
            department: given(&document.unit_name),
            name: given(&document.drafter_name),
            email: None,
            mobile: None,
        }),
    })
}
