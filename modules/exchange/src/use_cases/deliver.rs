//! Deliveries: arrival at an agency of this server, handing over to another server, parking, retry, return.

use super::record_status;
use crate::context::SubmitContext;
use crate::entries;
use crate::model::PDF;
use crate::model::{
    DeliveryId, DeliveryRow, Operation, Origin, PackageAttachment, PackageId, PackageRecord, Transport,
};
use crate::refusals;
use crate::routing;
use crate::rules::status::{DESCRIPTION_MAX, StatusCode};
use crate::store::deliveries::{self, DeliveryChange, Route};
use crate::store::packages;
use base::{Refusal, Text};
use platform::blobs::{self, Owner};
use platform::directory::{self, Agency};
use platform::jobs::{self, NewJob};
use platform::ledger::{self, Codes, EntryKind, NewEntry};
use platform::signing;
use platform::{Result, Tx};

/// The job that hands a package over to another server; its payload is `{"delivery": id}`.
pub const DELIVER_JOB: &str = "exchange.deliver";

/// Begins the delivery to every recipient.
pub(crate) fn begin_all(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    recipients: &[Agency],
    files: &[PackageAttachment],
) -> Result<()> {
    for (agency, position) in recipients.iter().zip(0_i64..) {
        begin(tx, ctx, package, agency, position, files)?;
    }
    Ok(())
}

fn begin(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    agency: &Agency,
    position: i64,
    files: &[PackageAttachment],
) -> Result<()> {
    let route = routing::route(tx, agency)?;
    let (transport, problem) = match &route {
        Route::Here => (Transport::Arrived, None),
        Route::Peer(_) => (Transport::Pending, None),
        Route::Nowhere => (Transport::Parked, Some(no_way())),
    };
    let mut row = DeliveryRow {
        id: ctx.id(),
        package: package.id,
        recipient: agency.code.clone(),
        recipient_name: agency.name.get(base::Lang::Vi).to_owned(),
        transport,
        attempts: 0,
        problem,
        status: None,
        status_at: None,
        note: None,
        take_back: None,
        take_back_note: None,
        sent_at: None,
        arrived_at: (transport == Transport::Arrived).then_some(ctx.now),
        version: 1,
    };
    deliveries::delivery_insert(tx, &row, position, &route, ctx.now)?;
    match route {
        Route::Here => {
            arrive(tx, ctx, package, &mut row, files)?;
        }
        Route::Peer(peer) => {
            append(tx, ctx, package, &row, &entries::DELIVERY_BEGUN, |codes| codes.with("peer", peer.as_str()))?;
            enqueue(tx, ctx, row.id)?;
        }
        Route::Nowhere => {
            append(tx, ctx, package, &row, &entries::DELIVERY_BEGUN, |codes| codes.with("transport", "parked"))?;
        }
    }
    Ok(())
}

fn no_way() -> Text {
    Text::fixed("Chưa có máy chủ nào nhận thay cơ quan này.", "No server is known that receives for this agency.")
}

/// The package is with an agency of this server: it holds its own reference to every file, acknowledges by itself (01),
/// and a recall, update or replacement is tied to the document it is about.
fn arrive(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &mut DeliveryRow,
    files: &[PackageAttachment],
) -> Result<()> {
    let owner_id = row.id.to_string();
    for file in files {
        let hash = file.sha256.parse().map_err(|e: String| platform::Error::fault("reading a hash", e))?;
        let owner = Owner { agency: &row.recipient, kind: entries::DELIVERY.name, id: &owner_id };
        blobs::attach_existing(tx, ctx.now, hash, owner)?;
        if file.detected_type == PDF {
            signing::kept::check_later(tx, ctx.now, ctx.id(), hash)?;
        }
    }
    let targets = if package.header.operation == Operation::New { Vec::new() } else { targets(tx, package, row)? };
    append(tx, ctx, package, row, &entries::DELIVERY_ARRIVED, |codes| {
        codes.with("sender_closed", package.sender_closed).with_some("target", targets.first().copied())
    })?;
    let server = ctx.as_server();
    row.version = record_status::acknowledge(tx, &server, package, row)?;
    if package.header.operation == Operation::New {
        return Ok(());
    }
    for target in &targets {
        if let Some(standing) = deliveries::delivery_to(tx, *target, &row.recipient)? {
            let change = DeliveryChange { operation_by: Some(package.id), ..DeliveryChange::default() };
            let version = deliveries::delivery_change(tx, &standing, &change, ctx.now)?;
            let about = packages::package_get(tx, *target)?;
            let changed = DeliveryRow { version, ..standing };
            append(tx, ctx, &about, &changed, &entries::OPERATION_REQUESTED, |codes| {
                codes.with("by", package.id).with("requested", package.header.operation.as_str())
            })?;
        }
    }
    if targets.is_empty() && concerns(package, row) {
        // Not a format error: the sender is told, and the clerk sees the package among the arrivals.
        record_status::answer(
            tx,
            &server,
            package,
            row,
            StatusCode::TAKE_BACK_REFUSED,
            "Không tìm thấy văn bản gốc của nghiệp vụ này tại cơ quan nhận.",
        )?;
    }
    Ok(())
}

/// Whether the operation asks something of this recipient: a replacement names who must replace, and others merely get
/// the new document.
fn concerns(package: &PackageRecord, row: &DeliveryRow) -> bool {
    let header = &package.header;
    header.operation != Operation::Replace
        || header.targets.is_empty()
        || header.targets.iter().any(|t| t.agencies.is_empty() || t.agencies.contains(&row.recipient))
}

/// The earlier packages, delivered to the same recipient, that the operation acts on.
///
/// Recall: the header's own document id, then the one named in the business block, then (sender, code, date); update:
/// the business block first; replacement: each document named, if the recipient is on its list or the list is empty.
fn targets(tx: &Tx<'_>, package: &PackageRecord, row: &DeliveryRow) -> Result<Vec<PackageId>> {
    let header = &package.header;
    let named: Vec<&str> = header
        .targets
        .iter()
        .filter(|t| t.agencies.is_empty() || t.agencies.contains(&row.recipient))
        .map(|t| t.document_id.as_str())
        .collect();
    let own = header.document_id.as_str();
    let order: Vec<&str> = match header.operation {
        Operation::Recall => std::iter::once(own).chain(named).collect(),
        Operation::Update => named.into_iter().chain(std::iter::once(own)).collect(),
        _ => named,
    };
    let mut found = Vec::new();
    for document in order {
        if let Some(id) = packages::package_delivered(tx, &header.from.code, document, &row.recipient, package.id)?
            && !found.contains(&id)
        {
            found.push(id);
            if header.operation != Operation::Replace {
                return Ok(found);
            }
        }
    }
    if found.is_empty() && header.operation != Operation::Replace {
        let by_code = packages::package_delivered_by_code(
            tx,
            &header.from.code,
            &header.code(),
            header.issued_on,
            &row.recipient,
            package.id,
        )?;
        found.extend(by_code);
    }
    Ok(found)
}

fn enqueue(tx: &Tx<'_>, ctx: &SubmitContext<'_>, delivery: DeliveryId) -> Result<()> {
    jobs::enqueue(
        tx,
        ctx.now,
        &NewJob {
            id: ctx.id(),
            kind: DELIVER_JOB,
            key: Some(delivery.to_string()),
            subject: Some(delivery.to_string()),
            payload: serde_json::json!({ "delivery": delivery }),
            run_at: ctx.now,
        },
    )?;
    Ok(())
}

/// Appends an entry about a delivery that stands at `row.version`.
fn append(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &DeliveryRow,
    kind: &'static EntryKind,
    more: impl FnOnce(Codes) -> Codes,
) -> Result<()> {
    append_with(tx, ctx, package, row, (kind, serde_json::json!({})), more)
}

fn append_with(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    row: &DeliveryRow,
    (kind, details): (&'static EntryKind, serde_json::Value),
    more: impl FnOnce(Codes) -> Codes,
) -> Result<()> {
    let received = matches!(kind.name, "exchange.delivery.arrived" | "exchange.operation.requested");
    ledger::append(
        tx,
        ctx.now,
        NewEntry {
            id: ctx.entry(),
            kind,
            subject: (&entries::DELIVERY, row.id.to_string()),
            version: row.version,
            // An arrival stands in the recipient's books, everything else in the sender's.
            agency: if received { row.recipient.clone() } else { package.header.from.code.clone() },
            actor: ctx.actor.clone(),
            occurred_at: ctx.now,
            codes: more(entries::delivery_codes(package, &row.recipient).with("delivery", row.id)),
            details,
        },
    )
}

/// The other server took the package over: its receipt is kept, the board moves on.
pub fn delivery_sent(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    delivery: DeliveryId,
    receipt: serde_json::Value,
) -> Result<()> {
    let row = deliveries::delivery_get(tx, delivery)?;
    if row.transport == Transport::Sent {
        return Ok(());
    }
    let package = packages::package_get(tx, row.package)?;
    let change = DeliveryChange {
        transport: Some(Transport::Sent),
        attempts: Some(row.attempts + 1),
        problem: Some(None),
        peer_receipt: Some(receipt),
        sent_at: Some(ctx.now),
        ..DeliveryChange::default()
    };
    let version = deliveries::delivery_change(tx, &row, &change, ctx.now)?;
    append(tx, ctx, &package, &DeliveryRow { version, ..row }, &entries::DELIVERY_SENT, |codes| codes)
}

/// The other server was restored from a backup: what it took may be lost there, so it is on its way again. The receipt
/// that it gave the first time stays, as evidence, with the entry.
pub(crate) fn offer_again(tx: &Tx<'_>, ctx: &SubmitContext<'_>, row: &DeliveryRow) -> Result<()> {
    let package = packages::package_get(tx, row.package)?;
    let receipt = deliveries::delivery_receipt(tx, row.id)?;
    let change = DeliveryChange { transport: Some(Transport::Pending), attempts: Some(0), ..DeliveryChange::default() };
    let version = deliveries::delivery_change(tx, row, &change, ctx.now)?;
    let row = DeliveryRow { version, transport: Transport::Pending, ..row.clone() };
    append_with(
        tx,
        ctx,
        &package,
        &row,
        (&entries::DELIVERY_OFFERED_AGAIN, serde_json::json!({ "receipt": receipt })),
        |codes| codes,
    )?;
    enqueue(tx, ctx, row.id)
}

/// One attempt failed and will be repeated; the board shows why.
pub fn delivery_attempt_failed(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    delivery: DeliveryId,
    problem: &Text,
) -> Result<()> {
    deliveries::delivery_attempt(tx, delivery, problem, ctx.now)
}

/// The other server refused for good (`parked: false`), or every attempt failed (`parked: true`): waits for a person.
/// A refusal receipt of the other server is kept as evidence.
pub fn delivery_failed(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    delivery: DeliveryId,
    problem: Text,
    parked: bool,
    receipt: Option<serde_json::Value>,
) -> Result<()> {
    let row = deliveries::delivery_get(tx, delivery)?;
    if matches!(row.transport, Transport::Sent | Transport::Arrived | Transport::Returned) {
        return Ok(());
    }
    let package = packages::package_get(tx, row.package)?;
    let transport = if parked { Transport::Parked } else { Transport::Failed };
    let change = DeliveryChange {
        transport: Some(transport),
        attempts: Some(row.attempts + 1),
        problem: Some(Some(problem)),
        peer_receipt: receipt,
        ..DeliveryChange::default()
    };
    let version = deliveries::delivery_change(tx, &row, &change, ctx.now)?;
    append(tx, ctx, &package, &DeliveryRow { version, ..row }, &entries::DELIVERY_FAILED, |codes| {
        codes.with("transport", transport.as_str())
    })
}

fn waiting(row: &DeliveryRow) -> Result<(), Refusal> {
    if matches!(row.transport, Transport::Parked | Transport::Failed) {
        Ok(())
    } else {
        Err(Refusal::new(&refusals::DELIVERY_NOT_PARKED))
    }
}

/// A person has a waiting delivery tried again; the way to the recipient is looked up afresh.
pub fn retry(tx: &Tx<'_>, ctx: &SubmitContext<'_>, delivery: DeliveryId) -> Result<Transport> {
    let row = deliveries::delivery_get(tx, delivery)?;
    waiting(&row)?;
    let package = packages::package_get(tx, row.package)?;
    let agency = directory::agency_latest(tx, &row.recipient)?.ok_or(platform::Error::NotFound("agency"))?;
    let route = routing::route(tx, &agency)?;
    let transport = match &route {
        Route::Nowhere => Transport::Parked,
        Route::Here => Transport::Arrived,
        Route::Peer(_) => Transport::Pending,
    };
    let change = DeliveryChange {
        transport: Some(transport),
        route: Some(route.clone()),
        problem: Some((route == Route::Nowhere).then(no_way)),
        arrived_at: (route == Route::Here).then_some(ctx.now),
        ..DeliveryChange::default()
    };
    let version = deliveries::delivery_change(tx, &row, &change, ctx.now)?;
    let mut row = DeliveryRow { version, transport, ..row };
    match route {
        Route::Here => {
            let files = crate::store::attachments::attachment_list(tx, package.id)?;
            arrive(tx, ctx, &package, &mut row, &files)?;
        }
        other => {
            append(tx, ctx, &package, &row, &entries::DELIVERY_RETRIED, |codes| {
                codes.with("transport", transport.as_str())
            })?;
            if matches!(other, Route::Peer(_)) {
                enqueue(tx, ctx, row.id)?;
            }
        }
    }
    Ok(transport)
}

/// A person returns a waiting delivery to the sender with a reason (≤ 1,000 characters): the board shows 02 with it.
pub fn return_to_sender(tx: &Tx<'_>, ctx: &SubmitContext<'_>, delivery: DeliveryId, reason: &str) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > DESCRIPTION_MAX {
        return Err(Refusal::new(&refusals::RETURN_REASON_MISSING)
            .field("reason", Text::fixed("Từ 1 đến 1.000 ký tự.", "1 to 1,000 characters."))
            .into());
    }
    let row = deliveries::delivery_get(tx, delivery)?;
    waiting(&row)?;
    let package = packages::package_get(tx, row.package)?;
    let change = DeliveryChange {
        transport: Some(Transport::Returned),
        problem: Some(Some(Text::new(reason.to_owned(), reason.to_owned()))),
        ..DeliveryChange::default()
    };
    let version = deliveries::delivery_change(tx, &row, &change, ctx.now)?;
    let row = DeliveryRow { version, transport: Transport::Returned, ..row };
    append(tx, ctx, &package, &row, &entries::DELIVERY_RETURNED, |codes| codes)?;
    // An outside system learns of it the way it learns of every refusal: by a status.
    if package.origin == Origin::System {
        record_status::answer(tx, &ctx.as_server(), &package, &row, StatusCode::REFUSED, reason)?;
    }
    Ok(())
}
