//! Statuses: reported by our agencies, acknowledged by the system itself, or brought in from outside; matched with the
//! document they are about, or kept in sight as unmatched feedback.

use crate::context::SubmitContext;
use crate::entries;
use crate::model::{DeliveryRow, DocumentReference, Origin, PackageId, PackageRecord, StatusId, StatusReport};
use crate::refusals;
use crate::rules::status::{self, Progress, StatusCode};
use crate::store::statuses::{self, NewStatus, UnmatchedStatus};
use crate::store::{deliveries, packages};
use base::agency_code::AgencyCode;
use base::{Refusal, Text, Timestamp};
use platform::jobs::{self, NewJob};
use platform::ledger::{self, Codes, EntryKind, NewEntry};
use platform::{Error, Result, Tx};

/// The job that carries a status to the sender on another server; its payload is `{"status": id}`.
pub const STATUS_JOB: &str = "exchange.deliver-status";

/// How far ahead of our clock a status may be dated, in minutes, before the reporter's clock counts as wrong
/// (QĐ 28/2018/QĐ-TTg, Điều 14: clocks on Vietnam time, synchronised with the axis).
pub const CLOCK_TOLERANCE_MINUTES: i64 = 10;

/// How an agency of this server says where a document stands.
///
/// Refused: a step backwards or after the end, 02 or 16 without a reason, an agency that is no recipient (or, for 13,
/// not the sender). Two people at once: the second gets `Conflict`.
pub fn report_status(tx: &Tx<'_>, ctx: &SubmitContext<'_>, report: &StatusReport) -> Result<()> {
    let package = packages::package_get(tx, report.package)?;
    if report.code.as_str() == StatusCode::TAKE_BACK {
        return request_take_back(tx, ctx, &package, report);
    }
    let row = deliveries::delivery_to(tx, package.id, &report.agency)?
        .ok_or_else(|| Refusal::new(&refusals::STATUS_NOT_RECIPIENT).with("agency", &report.agency))?;
    let pending =
        deliveries::delivery_operation_pending(tx, row.id)? || package.header.operation != crate::model::Operation::New;
    status::may_report(&shown(&row), &report.code, &report.description, pending)?;
    let at = whole_second(ctx.now);
    let new = local_status(ctx, &package, report, at);
    record(tx, ctx, &package, &row, &new)?;
    Ok(())
}

/// The sender asks every recipient for the document back (13).
fn request_take_back(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    report: &StatusReport,
) -> Result<()> {
    if package.header.from.code != report.agency {
        return Err(Refusal::new(&refusals::STATUS_NOT_SENDER).with("from", &package.header.from.code).into());
    }
    for row in deliveries::delivery_list(tx, package.id)? {
        // Who refused it has nothing to give back.
        if status::may_report(&shown(&row), &report.code, &report.description, false).is_err() {
            continue;
        }
        let asked = StatusReport { agency: row.recipient.clone(), ..report.clone() };
        let mut new = local_status(ctx, package, &asked, whole_second(ctx.now));
        new.origin_ref = Some("sender".into());
        record(tx, ctx, package, &row, &new)?;
    }
    Ok(())
}

fn local_status(ctx: &SubmitContext<'_>, package: &PackageRecord, report: &StatusReport, at: Timestamp) -> NewStatus {
    NewStatus {
        id: ctx.id(),
        // The package's own id keeps a recall's answer apart from its document's within one second.
        identity: format!("local\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}", package.id, report.agency, report.code, at.micros()),
        package: Some(package.id),
        agency: report.agency.clone(),
        code: report.code.clone(),
        at,
        description: report.description.trim().to_owned(),
        staff: report.staff.clone(),
        about: reference(package),
        origin: Origin::Local,
        origin_ref: None,
    }
}

/// The document of a package as a status message names it.
pub fn reference(package: &PackageRecord) -> DocumentReference {
    DocumentReference {
        agency: package.header.from.code.clone(),
        code: package.header.code(),
        issued_on: package.header.issued_on,
        document_id: Some(package.header.document_id.clone()),
    }
}

/// The wire carries whole seconds, so that a status has one identity on both sides.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros().div_euclid(1_000_000) * 1_000_000)
}

fn shown(row: &DeliveryRow) -> Progress {
    Progress { furthest: row.status.clone(), take_back: row.take_back.clone() }
}

/// 01 by the system itself (tự động khi nhận); returns the delivery's version.
pub(crate) fn acknowledge(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &DeliveryRow,
) -> Result<i64> {
    answer(tx, ctx, package, row, StatusCode::ARRIVED, "Hệ thống đã nhận văn bản.")
}

/// A status that the system gives by itself; returns the delivery's version.
pub(crate) fn answer(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &DeliveryRow,
    code: &'static str,
    description: &str,
) -> Result<i64> {
    let report = StatusReport {
        package: package.id,
        agency: row.recipient.clone(),
        code: StatusCode::known(code),
        description: description.to_owned(),
        staff: None,
    };
    let new = local_status(ctx, package, &report, whole_second(ctx.now));
    record(tx, ctx, package, row, &new)
}

/// Writes a status, moves the board and tells the ledger; the same status again changes nothing. Returns the delivery's
/// version.
pub(crate) fn record(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &DeliveryRow,
    new: &NewStatus,
) -> Result<i64> {
    if !statuses::status_insert(tx, new, ctx.now)? {
        return Ok(row.version);
    }
    let all = statuses::status_list(tx, package.id, &row.recipient)?;
    let progress = status::progress(&statuses::status_events(&all));
    let said = |code: Option<&StatusCode>| {
        all.iter().rev().find(|s| Some(&s.code) == code).map(|s| (s.at, s.description.as_str()))
    };
    let (furthest, take_back) = (said(progress.furthest.as_ref()), said(progress.take_back.as_ref()));
    let version = deliveries::delivery_progress(tx, row, &progress, furthest, take_back, ctx.now)?;
    let from_sender = new.code.as_str() == StatusCode::TAKE_BACK;
    let sender_is_here = package.origin != Origin::Peer;
    let kind = if from_sender {
        &entries::TAKE_BACK_REQUESTED
    } else if sender_is_here {
        &entries::STATUS_RECORDED
    } else {
        &entries::STATUS_REPORTED
    };
    let agency = if from_sender || !sender_is_here { row.recipient.clone() } else { package.header.from.code.clone() };
    append(tx, ctx, package, &DeliveryRow { version, ..row.clone() }, kind, agency, new)?;
    let to_peer = if from_sender {
        matches!(deliveries::delivery_route(tx, row.id)?, deliveries::Route::Peer(_))
    } else {
        !sender_is_here
    };
    // What came from a peer is not sent back to it.
    if to_peer && new.origin != Origin::Peer {
        jobs::enqueue(
            tx,
            ctx.now,
            &NewJob {
                id: ctx.id(),
                kind: STATUS_JOB,
                key: Some(new.id.to_string()),
                subject: Some(row.id.to_string()),
                payload: serde_json::json!({ "status": new.id }),
                run_at: ctx.now,
            },
        )?;
    }
    Ok(version)
}

fn append(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &DeliveryRow,
    kind: &'static EntryKind,
    agency: AgencyCode,
    new: &NewStatus,
) -> Result<()> {
    let seconds = (new.at.since(package.accepted_at) / 1_000_000).max(0);
    ledger::append(
        tx,
        ctx.now,
        NewEntry {
            id: ctx.entry(),
            kind,
            subject: (&entries::DELIVERY, row.id.to_string()),
            version: row.version,
            agency,
            actor: ctx.actor.clone(),
            occurred_at: new.at,
            codes: entries::delivery_codes(package, &row.recipient)
                .with("delivery", row.id)
                .with("status_id", new.id)
                .with("status", new.code.as_str())
                // Time from the exchange's taking the package to this state, for the average of QĐ 28/2018, Điều 11.
                .with("seconds", seconds),
            details: serde_json::json!({ "description": new.description, "staff": new.staff }),
        },
    )
}

/// What became of a status that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is about this package.
    Matched(PackageId),
    /// No document here is meant; it waits in sight.
    Unmatched,
}

/// Checks a status message against our clock; refused when it comes from the future.
pub fn check_clock(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if at.since(now) <= CLOCK_TOLERANCE_MINUTES * 60 * 1_000_000 {
        return Ok(());
    }
    Err(Refusal::new(&refusals::STATUS_TIME_WRONG)
        .with("time", at.to_local().strftime("%d/%m/%Y %H:%M:%S"))
        .with("limit", CLOCK_TOLERANCE_MINUTES)
        .field(
            "MessageHeader/Timestamp",
            Text::fixed("Giờ Việt Nam, yyyy/MM/dd HH:mm:ss.", "Vietnam time, yyyy/MM/dd HH:mm:ss."),
        ))
}

/// Takes a status message from a system or a peer; codes out of order and codes unknown are kept, never refused.
/// `new.package` is filled here. The same message again changes nothing.
pub(crate) fn receive(tx: &Tx<'_>, ctx: &SubmitContext<'_>, mut new: NewStatus) -> Result<Received> {
    let matched = find(tx, &new)?;
    let Some(id) = matched else {
        new.package = None;
        if statuses::status_insert(tx, &new, ctx.now)? {
            append_feedback(tx, ctx, &entries::FEEDBACK_UNMATCHED, &new.id, 1, &new.agency, &new.about, &new.code)?;
        }
        return Ok(Received::Unmatched);
    };
    new.package = Some(id);
    let package = packages::package_get(tx, id)?;
    if new.code.as_str() == StatusCode::TAKE_BACK {
        receive_take_back(tx, ctx, &package, &new)?;
        return Ok(Received::Matched(id));
    }
    let row = deliveries::delivery_to(tx, id, &new.agency)?.ok_or(Error::NotFound("delivery"))?;
    record(tx, ctx, &package, &row, &new)?;
    Ok(Received::Matched(id))
}

/// 13 from the sender: every recipient served here is asked.
fn receive_take_back(tx: &Tx<'_>, ctx: &SubmitContext<'_>, package: &PackageRecord, new: &NewStatus) -> Result<()> {
    for row in deliveries::delivery_list(tx, package.id)? {
        let asked = NewStatus {
            id: ctx.id(),
            identity: format!("{}\u{1f}{}", new.identity, row.recipient),
            agency: row.recipient.clone(),
            origin_ref: Some("sender".into()),
            ..new.clone()
        };
        record(tx, ctx, package, &row, &asked)?;
    }
    Ok(())
}

/// The package a status is about: by document id, then by (agency, code, date). A reply must come from a recipient, a
/// take-back request from the sender; otherwise it matches nothing.
fn find(tx: &Tx<'_>, new: &NewStatus) -> Result<Option<PackageId>> {
    let about = &new.about;
    if new.code.as_str() == StatusCode::TAKE_BACK {
        if about.agency != new.agency {
            return Ok(None);
        }
        if let Some(document) = &about.document_id
            && let Some(id) = packages::package_by_document(tx, &about.agency, document)?
        {
            return Ok(Some(id));
        }
        return packages::package_by_code(tx, &about.agency, &about.code, about.issued_on);
    }
    if let Some(document) = &about.document_id
        && let Some(id) = packages::package_replied(tx, &about.agency, document, &new.agency)?
    {
        return Ok(Some(id));
    }
    packages::package_replied_by_code(tx, &about.agency, &about.code, about.issued_on, &new.agency)
}

#[expect(clippy::too_many_arguments, reason = "one entry, told in full")]
fn append_feedback(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    kind: &'static EntryKind,
    id: &StatusId,
    version: i64,
    from: &AgencyCode,
    about: &DocumentReference,
    code: &StatusCode,
) -> Result<()> {
    ledger::append(
        tx,
        ctx.now,
        NewEntry {
            id: ctx.entry(),
            kind,
            subject: (&entries::FEEDBACK, id.to_string()),
            version,
            // The sender it names is whose desk it waits on.
            agency: about.agency.clone(),
            actor: ctx.actor.clone(),
            occurred_at: ctx.now,
            codes: Codes::new().with("from", from).with("to", &about.agency).with("status", code.as_str()),
            details: serde_json::json!({ "document_id": about.document_id, "code": about.code }),
        },
    )
}

/// A person has unmatched feedback looked up again; `None` when it still matches nothing.
pub fn rematch(tx: &Tx<'_>, ctx: &SubmitContext<'_>, id: StatusId) -> Result<Option<PackageId>> {
    let row = waiting(tx, id)?;
    let probe = NewStatus {
        id,
        identity: String::new(),
        package: None,
        agency: row.agency.clone(),
        code: row.code.clone(),
        at: row.at,
        description: row.description.clone(),
        staff: None,
        about: row.about.clone(),
        origin: Origin::System,
        origin_ref: None,
    };
    let Some(found) = find(tx, &probe)? else { return Ok(None) };
    let version = statuses::unmatched_resolve(tx, &row, Some(found), "matched", ctx.now)?;
    append_feedback(tx, ctx, &entries::FEEDBACK_RESOLVED, &id, version, &row.agency, &row.about, &row.code)?;
    let package = packages::package_get(tx, found)?;
    if let Some(delivery) = deliveries::delivery_to(tx, found, &row.agency)? {
        // The row itself now counts as an event of the package; the board is moved by a copy of what it says.
        let again = NewStatus { id: ctx.id(), identity: format!("rematched\u{1f}{id}"), package: Some(found), ..probe };
        record(tx, ctx, &package, &delivery, &again)?;
    }
    Ok(Some(found))
}

/// A person sets unmatched feedback aside with a reason.
pub fn dismiss(tx: &Tx<'_>, ctx: &SubmitContext<'_>, id: StatusId, reason: &str) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > status::DESCRIPTION_MAX {
        return Err(Refusal::new(&refusals::RETURN_REASON_MISSING)
            .field("reason", Text::fixed("Từ 1 đến 1.000 ký tự.", "1 to 1,000 characters."))
            .into());
    }
    let row = waiting(tx, id)?;
    let version = statuses::unmatched_resolve(tx, &row, None, reason, ctx.now)?;
    append_feedback(tx, ctx, &entries::FEEDBACK_RESOLVED, &id, version, &row.agency, &row.about, &row.code)
}

fn waiting(tx: &Tx<'_>, id: StatusId) -> Result<UnmatchedStatus> {
    let row = statuses::unmatched_get(tx, id)?;
    if row.resolution.is_some() {
        return Err(Refusal::new(&refusals::UNMATCHED_RESOLVED).into());
    }
    Ok(row)
}
