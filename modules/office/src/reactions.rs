//! What the office does when the ledger tells of something: what arrived stands before the clerk, what answers is tied up.

use crate::entries::{self, INCOMING, OUTGOING};
use crate::rules::duplicate::triple_key;
use crate::rules::outgoing::State as OutgoingState;
use crate::store::incoming::{
    Incoming, IncomingFile, IncomingId, Verification, incoming_by_package, incoming_file_insert, incoming_get,
    incoming_insert, incoming_save, level_word, verification_insert,
};
use crate::store::links::{Link, link_add, links_from};
use crate::store::outgoing::{OutgoingId, outgoing_get, outgoing_named};
use crate::use_cases::change::Told;
use crate::use_cases::incoming::change::{Hand, notice_urgency, record};
use crate::use_cases::incoming::register::identity;
use crate::use_cases::incoming::tell::notice;
use base::document_types;
use base::{Lang, Text};
use exchange::{Operation, PackageId, PackageRecord};
use platform::access::Role;
use platform::blobs::{self, Owner};
use platform::directory;
use platform::ledger::{Actor, Codes, Reacting, Reaction};
use platform::notify;
use platform::{Error, Result, Tx};
use serde_json::json;

/// All of them.
pub fn reactions() -> Vec<Reaction> {
    vec![
        Reaction::new("office.arrivals", &["exchange.delivery.arrived"], arrived),
        Reaction::new("office.answers", &["office.outgoing.issued"], answered),
        crate::use_cases::feedback::reaction(),
    ]
}

/// A package reached an agency of this server: it stands in the clerk's arrivals, its clerks are told.
fn arrived(tx: &Tx<'_>, reacting: &Reacting<'_>) -> Result<()> {
    let entry = reacting.entry;
    let package: PackageId = entry
        .codes
        .text("package")
        .and_then(|p| p.parse().ok())
        .ok_or_else(|| Error::Fault("an arrival names no package".to_owned()))?;
    let package = exchange::package_get(tx, package)?;
    let document = read_package(tx, reacting, &package)?;
    if !incoming_insert(tx, &document)? {
        return Ok(());
    }
    put_files(tx, reacting, &document, &package)?;
    verification_insert(
        tx,
        document.id,
        &Verification {
            checked_at: package.accepted_at,
            verdict: document.verdict.clone(),
            report: package.verification.clone(),
        },
    )?;
    tie_answer(tx, reacting, &document, &package)?;
    let codes = Codes::new()
        .with("signed", package.signed)
        .with("verdict", document.verdict.as_str())
        .with("paper", document.paper)
        .with_some("delivery", document.delivery.clone());
    let details = json!({ "code": document.code(), "subject": document.subject, "issuer": document.issuer });
    record(tx, &hand(reacting), &document, &entries::ARRIVED, Told { codes, details })?;
    tell_clerks(tx, reacting, &document)
}

fn hand(reacting: &Reacting<'_>) -> Hand {
    Hand { entry: reacting.entry_id(), actor: Actor::Server, now: reacting.now, person: None }
}

fn read_package(tx: &Tx<'_>, reacting: &Reacting<'_>, package: &PackageRecord) -> Result<Incoming> {
    let entry = reacting.entry;
    let header = &package.header;
    let issuer = directory::agency_latest(tx, &header.from.code)?;
    let about = match entry.codes.text("target") {
        Some(target) => incoming_by_package(tx, &entry.agency, target)?.map(|d| d.id.to_string()),
        None => None,
    };
    let kind = document_types::resolve(&header.type_name, &header.notation);
    let id: IncomingId = reacting.new_id();
    let mut document = Incoming {
        source: "exchange".to_owned(),
        package: Some(package.id.to_string()),
        delivery: Some(entry.subject_id.clone()),
        document_id: Some(header.document_id.clone()).filter(|d| !d.is_empty()),
        issuer_code: Some(header.from.code.canonical().to_owned()),
        issuer: match (&issuer, header.from.name.trim()) {
            (Some(agency), "") => agency.name.get(Lang::Vi).to_owned(),
            (_, name) => name.to_owned(),
        },
        issuer_level: level_word(issuer.map(|a| a.level)).to_owned(),
        number: header.number.clone(),
        notation: header.notation.clone(),
        issued_on: header.issued_on,
        kind: kind.map(|k| k.id.clone()),
        kind_name: header.type_name.clone(),
        subject: header.subject.clone(),
        urgency: header.urgency,
        signer_name: header.signer_name.clone(),
        signer_position: header.signer_position.clone().unwrap_or_default(),
        signer_competence: header.signer_competence.clone().unwrap_or_default(),
        due_on: header.due_on,
        pages: header.pages,
        paper: header.paper,
        verdict: verdict(package).to_owned(),
        changed_at: reacting.now,
        operation: match header.operation {
            Operation::New | Operation::Status => "new",
            Operation::Recall => "recall",
            Operation::Update => "update",
            Operation::Replace => "replace",
        }
        .to_owned(),
        about,
        ..Incoming::arrived(id, entry.agency.clone(), entry.occurred_at)
    };
    document.triple = triple_key(&identity(&document));
    Ok(document)
}

/// What the checks came to in one word; a package without signatures is for information only (QĐ 28/2018, Điều 4).
fn verdict(package: &PackageRecord) -> &'static str {
    match package.verification["result"].as_str() {
        Some("failed") => "failed",
        Some("warning") if package.signed => "caution",
        _ if package.signed => "valid",
        _ => "none",
    }
}

fn put_files(tx: &Tx<'_>, reacting: &Reacting<'_>, document: &Incoming, package: &PackageRecord) -> Result<()> {
    let owner_id = document.id.to_string();
    for (ordinal, file) in (1..).zip(exchange::package_attachments(tx, package.id)?) {
        let hash = file.sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
        let media_type = if file.detected_type.is_empty() { file.media_type } else { file.detected_type };
        incoming_file_insert(
            tx,
            document.id,
            &IncomingFile {
                ordinal,
                name: file.name,
                media_type,
                size: file.size,
                sha256: file.sha256,
                description: file.description,
            },
        )?;
        let owner = Owner { agency: &document.agency, kind: INCOMING.name, id: &owner_id };
        blobs::attach_existing(tx, reacting.now, hash, owner)?;
    }
    Ok(())
}

/// When it answers a document of ours (`ResponseFor`), the two are linked and the drafter is told.
fn tie_answer(tx: &Tx<'_>, reacting: &Reacting<'_>, document: &Incoming, package: &PackageRecord) -> Result<()> {
    for reference in package.header.responds_to.iter().filter(|r| r.agency == document.agency) {
        let found = outgoing_named(
            tx,
            &document.agency,
            reference.document_id.as_deref(),
            &reference.code,
            reference.issued_on,
        )?;
        let Some(ours) = found else { continue };
        link_add(
            tx,
            reacting.new_id(),
            &Link {
                relation: "response_for".to_owned(),
                from_kind: INCOMING.name.to_owned(),
                from_id: document.id.to_string(),
                to_kind: OUTGOING.name.to_owned(),
                to_id: ours.id.to_string(),
            },
        )?;
        if let Ok(drafter) = ours.drafter.parse() {
            let what = Text::fixed("Có văn bản trả lời", "An answer arrived");
            let urgency = notice_urgency(document.urgency);
            let mut told = notice(document, reacting.new_id(), drafter, &what, urgency);
            told.link = format!("/van-ban-di/{}", ours.id);
            notify::notice(tx, reacting.now, &told)?;
        }
    }
    Ok(())
}

fn tell_clerks(tx: &Tx<'_>, reacting: &Reacting<'_>, document: &Incoming) -> Result<()> {
    let what = match document.operation.as_str() {
        "recall" => Text::fixed("Yêu cầu thu hồi", "A recall"),
        "update" => Text::fixed("Văn bản cập nhật", "An update"),
        "replace" => Text::fixed("Văn bản thay thế", "A replacement"),
        _ => Text::fixed("Văn bản mới đến", "A document arrived"),
    };
    let today = reacting.now.local_date();
    let mut told = Vec::new();
    for holder in directory::position_holders(tx, &document.agency, Role::RegistryClerk, today)? {
        // A clerk with two positions is one person.
        if told.contains(&holder.position.person) {
            continue;
        }
        told.push(holder.position.person);
        let urgency = notice_urgency(document.urgency);
        let one = notice(document, reacting.new_id(), holder.position.person, &what, urgency);
        notify::notice(tx, reacting.now, &one)?;
    }
    Ok(())
}

/// An outgoing document was issued: what it answers gets its number by itself (Phụ lục IV, mẫu VIII, cột 6).
fn answered(tx: &Tx<'_>, reacting: &Reacting<'_>) -> Result<()> {
    let id: OutgoingId =
        reacting.entry.subject_id.parse().map_err(|_| Error::Fault("an issue names no document".to_owned()))?;
    let answer = outgoing_get(tx, id)?;
    if answer.state != OutgoingState::Issued {
        return Ok(());
    }
    for link in links_from(tx, OUTGOING.name, &id.to_string())? {
        if link.relation != "response_for" || link.to_kind != INCOMING.name {
            continue;
        }
        let Ok(cited) = link.to_id.parse::<IncomingId>() else { continue };
        let mut document = incoming_get(tx, cited)?;
        if document.answer.as_deref() == Some(&link.from_id) || document.agency != answer.agency {
            continue;
        }
        document.answer = Some(id.to_string());
        document.answer_code.clone_from(&answer.code);
        document.version += 1;
        document.changed_at = reacting.now;
        incoming_save(tx, &document)?;
        let told = Told { codes: Codes::new().with("outgoing", id), details: json!({ "answer": answer.code }) };
        record(tx, &hand(reacting), &document, &entries::ANSWERED, told)?;
    }
    Ok(())
}
