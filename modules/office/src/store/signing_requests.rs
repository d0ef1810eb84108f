//! Signing requests: one waits at a time for a document; those that ended stay in sight.

use super::outgoing::OutgoingId;
use super::{changed_one, word};
use crate::rules::signing_request::{SigningRequest, State};
use base::{AgencyCode, Id, Timestamp};
use platform::{Result, Row, Tx};
use serde::Serialize;

/// Marker of signing request ids.
pub enum RequestMark {}
/// Id of a signing request.
pub type RequestId = Id<RequestMark>;

/// A signing request as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// The document.
    pub outgoing: OutgoingId,
    /// The agency.
    pub agency: AgencyCode,
    /// The revision that is to be signed.
    pub revision: i64,
    /// Id of the person who is to sign.
    pub signer: String,
    /// The position in which that person signs.
    pub signer_position: String,
    /// Its state as stored; `signing_request::SigningRequest::state_at` says how it stands now.
    pub state: State,
    /// Id of the person who asked.
    pub requested_by: String,
    /// That person's name.
    pub requested_by_name: String,
    /// When.
    pub requested_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it was cancelled or declined.
    pub reason: Option<String>,
}

impl Request {
    /// What the rules need to know.
    pub fn rule(&self) -> SigningRequest {
        SigningRequest {
            state: self.state,
            signer: self.signer.clone(),
            requested_by: self.requested_by.clone(),
            expires_at: self.expires_at,
        }
    }
}

const COLUMNS: &str = "id, outgoing, agency, revision, signer, signer_position, state, requested_by, requested_by_name, \
                       requested_at, expires_at, ended_at, reason";

fn read(row: &Row) -> Result<Request> {
    Ok(Request {
        id: row.get(0)?,
        outgoing: row.get(1)?,
        agency: row.get(2)?,
        revision: row.get(3)?,
        signer: row.get(4)?,
        signer_position: row.get(5)?,
        state: word(State::parse, &row.get::<String>(6)?)?,
        requested_by: row.get(7)?,
        requested_by_name: row.get(8)?,
        requested_at: row.get(9)?,
        expires_at: row.get(10)?,
        ended_at: row.get(11)?,
        reason: row.get(12)?,
    })
}

/// Adds a request.
pub fn request_insert(tx: &Tx<'_>, request: &Request) -> Result<()> {
    tx.execute(
        &format!(
            "INSERT INTO office_signing_request ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &[
            &request.id,
            &request.outgoing,
            &request.agency,
            &request.revision,
            &request.signer,
            &request.signer_position,
            &request.state.code(),
            &request.requested_by,
            &request.requested_by_name,
            &request.requested_at,
            &request.expires_at,
            &request.ended_at,
            &request.reason,
        ],
    )?;
    Ok(())
}

/// Ends a waiting request; `Conflict` when it ended meanwhile.
pub fn request_end(tx: &Tx<'_>, id: RequestId, state: State, now: Timestamp, reason: Option<&str>) -> Result<()> {
    let reason = reason.map(str::to_owned);
    let changed = tx.execute(
        "UPDATE office_signing_request SET state = $2, ended_at = $3, reason = $4 WHERE id = $1 AND state = 'waiting'",
        &[&id, &state.code(), &now, &reason],
    )?;
    changed_one(changed, "the signing request")
}

/// All requests of a document, the oldest first.
pub fn requests_of(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Vec<Request>> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM office_signing_request WHERE outgoing = $1 ORDER BY requested_at, id"),
        &[&outgoing],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The request of a document that waits.
pub fn request_waiting(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Option<Request>> {
    Ok(requests_of(tx, outgoing)?.into_iter().rev().find(|r| r.state == State::Waiting))
}

/// The requests that wait for a person, the oldest first.
pub fn requests_for(tx: &Tx<'_>, agency: &AgencyCode, signer: &str, limit: i64) -> Result<Vec<Request>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM office_signing_request WHERE signer = $1 AND state = 'waiting' AND agency = $2 \
             ORDER BY requested_at, id LIMIT $3"
        ),
        &[&signer, agency, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}
