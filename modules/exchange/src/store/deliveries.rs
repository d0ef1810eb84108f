//! Rows of deliveries: one package to one recipient.

use crate::model::{DeliveryId, DeliveryRow, PackageId, Transport};
use crate::rules::status::{Progress, StatusCode};
use base::agency_code::AgencyCode;
use base::{Text, Timestamp};
use platform::{Error, Result, Row, Tx};

/// How a recipient is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The agency is served here.
    Here,
    /// Another server serves it; the peer's id.
    Peer(String),
    /// No way is known.
    Nowhere,
}

impl Route {
    fn stored(&self) -> Option<&str> {
        match self {
            Self::Here => Some("here"),
            Self::Peer(peer) => Some(peer),
            Self::Nowhere => None,
        }
    }

    fn from_stored(stored: Option<String>) -> Self {
        match stored {
            None => Self::Nowhere,
            Some(word) if word == "here" => Self::Here,
            Some(peer) => Self::Peer(peer),
        }
    }
}

const COLUMNS: &str = "id, package_id, to_code, to_name, transport, attempts, problem_vi, problem_en, status, \
                       status_at, note, take_back, take_back_note, sent_at, arrived_at, version";

fn read(row: &Row) -> Result<DeliveryRow> {
    let transport: String = row.get(4)?;
    let recipient: String = row.get(2)?;
    let problem = match (row.get::<Option<String>>(6)?, row.get::<Option<String>>(7)?) {
        (Some(vi), Some(en)) => Some(Text::new(vi, en)),
        _ => None,
    };
    let code = |index: usize| -> Result<Option<StatusCode>> {
        Ok(row.get::<Option<String>>(index)?.as_deref().and_then(StatusCode::new))
    };
    Ok(DeliveryRow {
        id: row.get(0)?,
        package: row.get(1)?,
        recipient: AgencyCode::tolerate(&recipient).map_err(|e| Error::fault("reading a recipient", e))?,
        recipient_name: row.get(3)?,
        transport: Transport::parse(&transport).ok_or_else(|| Error::Fault(format!("transport {transport}")))?,
        attempts: row.get(5)?,
        problem,
        status: code(8)?,
        status_at: row.get(9)?,
        note: row.get(10)?,
        take_back: code(11)?,
        take_back_note: row.get(12)?,
        sent_at: row.get(13)?,
        arrived_at: row.get(14)?,
        version: row.get(15)?,
    })
}

/// Writes a delivery at its start.
pub fn delivery_insert(tx: &Tx<'_>, row: &DeliveryRow, position: i64, route: &Route, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO exchange_delivery (id, package_id, position, to_code, to_name, route, transport, attempts, \
         problem_vi, problem_en, arrived_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $12, $13)",
        &[
            &row.id,
            &row.package,
            &position,
            &row.recipient.canonical(),
            &row.recipient_name,
            &route.stored(),
            &row.transport.as_str(),
            &row.attempts,
            &row.problem.as_ref().map(|p| p.vi.to_string()),
            &row.problem.as_ref().map(|p| p.en.to_string()),
            &row.arrived_at,
            &now,
            &row.version,
        ],
    )?;
    Ok(())
}

/// The board of a package, in the order of its recipients.
pub fn delivery_list(tx: &Tx<'_>, package: PackageId) -> Result<Vec<DeliveryRow>> {
    tx.query(&format!("SELECT {COLUMNS} FROM exchange_delivery WHERE package_id = $1 ORDER BY position"), &[&package])?
        .iter()
        .map(read)
        .collect()
}

/// One delivery, or `NotFound`.
pub fn delivery_get(tx: &Tx<'_>, id: DeliveryId) -> Result<DeliveryRow> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_delivery WHERE id = $1"), &[&id])?
        .as_ref()
        .map(read)
        .transpose()?
        .ok_or(Error::NotFound("delivery"))
}

/// The delivery of a package to an agency.
pub fn delivery_to(tx: &Tx<'_>, package: PackageId, agency: &AgencyCode) -> Result<Option<DeliveryRow>> {
    tx.query_opt(
        &format!("SELECT {COLUMNS} FROM exchange_delivery WHERE package_id = $1 AND to_code = $2"),
        &[&package, &agency.canonical()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// How it is to be reached.
pub fn delivery_route(tx: &Tx<'_>, id: DeliveryId) -> Result<Route> {
    let row = tx.query_one("SELECT route FROM exchange_delivery WHERE id = $1", &[&id])?;
    Ok(Route::from_stored(row.get(0)?))
}

/// The receipt that the other server gave.
pub fn delivery_receipt(tx: &Tx<'_>, id: DeliveryId) -> Result<Option<serde_json::Value>> {
    tx.query_one("SELECT peer_receipt FROM exchange_delivery WHERE id = $1", &[&id])?.get(0)
}

/// What a peer took at or after the one moment and before the other, the newest first.
pub fn delivery_sent_between(
    tx: &Tx<'_>,
    peer: &str,
    (since, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<DeliveryRow>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM exchange_delivery WHERE route = $1 AND sent_at >= $2 AND sent_at < $3 \
             AND transport = 'sent' ORDER BY sent_at DESC LIMIT $4"
        ),
        &[&peer, &since, &until, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Deliveries that wait for a person, oldest change first: those of a sender, or (`None`) everybody's.
pub fn delivery_waiting(tx: &Tx<'_>, from: Option<&AgencyCode>, limit: i64) -> Result<Vec<DeliveryRow>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM exchange_delivery d WHERE transport IN ('parked', 'failed') \
             AND (CAST($1 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM exchange_package p WHERE p.id = d.package_id \
             AND p.from_code = $1)) ORDER BY changed_at, id LIMIT $2"
        ),
        &[&from.map(AgencyCode::canonical), &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many deliveries wait for a person.
pub fn delivery_waiting_count(tx: &Tx<'_>, from: Option<&AgencyCode>) -> Result<i64> {
    tx.query_one(
        "SELECT COUNT(*) FROM exchange_delivery d WHERE transport IN ('parked', 'failed') \
         AND (CAST($1 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM exchange_package p WHERE p.id = d.package_id \
         AND p.from_code = $1))",
        &[&from.map(AgencyCode::canonical)],
    )?
    .get(0)
}

/// What changes in a delivery; every change is one version on.
#[derive(Debug, Clone, Default)]
pub struct DeliveryChange {
    /// New transport state.
    pub transport: Option<Transport>,
    /// New route.
    pub route: Option<Route>,
    /// Attempts made.
    pub attempts: Option<i64>,
    /// Why it failed; `Some(None)` clears.
    pub problem: Option<Option<Text>>,
    /// The other server's receipt.
    pub peer_receipt: Option<serde_json::Value>,
    /// When another server took it.
    pub sent_at: Option<Timestamp>,
    /// When it arrived.
    pub arrived_at: Option<Timestamp>,
    /// A recall, update or replacement waits for an answer: the package that asks.
    pub operation_by: Option<PackageId>,
}

/// Changes a delivery that still stands at `row.version`; `Conflict` when somebody was first.
pub fn delivery_change(tx: &Tx<'_>, row: &DeliveryRow, change: &DeliveryChange, now: Timestamp) -> Result<i64> {
    let problem = change.problem.clone().unwrap_or_else(|| row.problem.clone());
    let changed = tx.execute(
        "UPDATE exchange_delivery SET transport = $3, attempts = $4, problem_vi = $5, problem_en = $6, \
         sent_at = COALESCE($7, sent_at), arrived_at = COALESCE($8, arrived_at), \
         operation_by = COALESCE($9, operation_by), changed_at = $10, \
         version = version + 1 WHERE id = $1 AND version = $2",
        &[
            &row.id,
            &row.version,
            &change.transport.unwrap_or(row.transport).as_str(),
            &change.attempts.unwrap_or(row.attempts),
            &problem.as_ref().map(|p| p.vi.to_string()),
            &problem.as_ref().map(|p| p.en.to_string()),
            &change.sent_at,
            &change.arrived_at,
            &change.operation_by,
            &now,
        ],
    )?;
    if changed != 1 {
        return Err(Error::Conflict("delivery".into()));
    }
    if let Some(route) = &change.route {
        tx.execute("UPDATE exchange_delivery SET route = $2 WHERE id = $1", &[&row.id, &route.stored()])?;
    }
    if let Some(receipt) = &change.peer_receipt {
        tx.execute("UPDATE exchange_delivery SET peer_receipt = $2 WHERE id = $1", &[&row.id, receipt])?;
    }
    Ok(row.version + 1)
}

/// Notes a failed attempt that will be repeated; no change of state, so no version.
pub fn delivery_attempt(tx: &Tx<'_>, id: DeliveryId, problem: &Text, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE exchange_delivery SET attempts = attempts + 1, problem_vi = $2, problem_en = $3, changed_at = $4 \
         WHERE id = $1",
        &[&id, &problem.vi.to_string(), &problem.en.to_string(), &now],
    )?;
    Ok(())
}

/// Writes what the board shows after another status.
pub fn delivery_progress(
    tx: &Tx<'_>,
    row: &DeliveryRow,
    shown: &Progress,
    furthest: Option<(Timestamp, &str)>,
    take_back: Option<(Timestamp, &str)>,
    now: Timestamp,
) -> Result<i64> {
    let changed = tx.execute(
        "UPDATE exchange_delivery SET status = $3, status_at = $4, note = $5, take_back = $6, take_back_at = $7, \
         take_back_note = $8, changed_at = $9, version = version + 1 WHERE id = $1 AND version = $2",
        &[
            &row.id,
            &row.version,
            &shown.furthest.as_ref().map(|c| c.as_str().to_owned()),
            &furthest.map(|(at, _)| at),
            &furthest.map(|(_, note)| note.to_owned()),
            &shown.take_back.as_ref().map(|c| c.as_str().to_owned()),
            &take_back.map(|(at, _)| at),
            &take_back.map(|(_, note)| note.to_owned()),
            &now,
        ],
    )?;
    if changed == 1 { Ok(row.version + 1) } else { Err(Error::Conflict("delivery".into())) }
}

/// Whether a recall, update or replacement of this delivery waits for 15 or 16.
pub fn delivery_operation_pending(tx: &Tx<'_>, id: DeliveryId) -> Result<bool> {
    let row = tx.query_one("SELECT operation_by FROM exchange_delivery WHERE id = $1", &[&id])?;
    Ok(row.get::<Option<String>>(0)?.is_some())
}

/// The record that the ledger digests.
pub fn delivery_digest_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let row = tx.query_opt(
        "SELECT id, package_id, position, to_code, to_name, route, transport, status, status_at, note, take_back, \
         take_back_at, take_back_note, operation_by, sent_at, arrived_at, version \
         FROM exchange_delivery WHERE id = $1",
        &[&id],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(serde_json::json!({
        "id": row.get::<String>(0)?,
        "package": row.get::<String>(1)?,
        "position": row.get::<i64>(2)?,
        "to": row.get::<String>(3)?,
        "to_name": row.get::<String>(4)?,
        "route": row.get::<Option<String>>(5)?,
        "transport": row.get::<String>(6)?,
        "status": row.get::<Option<String>>(7)?,
        "status_at": row.get::<Option<i64>>(8)?,
        "note": row.get::<Option<String>>(9)?,
        "take_back": row.get::<Option<String>>(10)?,
        "take_back_at": row.get::<Option<i64>>(11)?,
        "take_back_note": row.get::<Option<String>>(12)?,
        "operation_by": row.get::<Option<String>>(13)?,
        "sent_at": row.get::<Option<i64>>(14)?,
        "arrived_at": row.get::<Option<i64>>(15)?,
        "version": row.get::<i64>(16)?,
    })))
}
