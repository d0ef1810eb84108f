//! Rows of other servers and of the invitations that introduce them.

use super::{Peer, PeerId};
use base::Timestamp;
use base::agency_code::AgencyCode;
use platform::{Error, Result, Row, Tx};

const COLUMNS: &str = "id, name, url, kid, note_key, introduced_at, dismissed_at, checkpoint, checkpoint_at, version";

fn read(tx: &Tx<'_>, row: &Row) -> Result<Peer> {
    let id: PeerId = row.get(0)?;
    Ok(Peer {
        id,
        name: row.get(1)?,
        url: row.get(2)?,
        kid: row.get(3)?,
        note_key: row.get(4)?,
        agencies: peer_agencies(tx, id)?,
        introduced_at: row.get(5)?,
        dismissed_at: row.get(6)?,
        checkpoint: row.get(7)?,
        checkpoint_at: row.get(8)?,
        version: row.get(9)?,
    })
}

/// The codes a peer may speak for.
pub fn peer_agencies(tx: &Tx<'_>, peer: PeerId) -> Result<Vec<AgencyCode>> {
    tx.query("SELECT code FROM exchange_peer_agency WHERE peer_id = $1 ORDER BY code", &[&peer])?
        .iter()
        .map(|row| AgencyCode::tolerate(&row.get::<String>(0)?).map_err(|e| Error::fault("reading a peer's code", e)))
        .collect()
}

/// Every server that was ever introduced, by name.
pub fn peer_list(tx: &Tx<'_>) -> Result<Vec<Peer>> {
    tx.query(&format!("SELECT {COLUMNS} FROM exchange_peer ORDER BY name, id"), &[])?
        .iter()
        .map(|row| read(tx, row))
        .collect()
}

/// One server, or `NotFound`.
pub fn peer_get(tx: &Tx<'_>, id: PeerId) -> Result<Peer> {
    match tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_peer WHERE id = $1"), &[&id])? {
        Some(row) => read(tx, &row),
        None => Err(Error::NotFound("peer")),
    }
}

/// The standing server that signs with the key.
pub fn peer_by_kid(tx: &Tx<'_>, kid: &str) -> Result<Option<Peer>> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_peer WHERE kid = $1 AND dismissed_at IS NULL"), &[&kid])?
        .map(|row| read(tx, &row))
        .transpose()
}

/// The server that speaks for the agency.
pub fn peer_of_agency(tx: &Tx<'_>, code: &AgencyCode) -> Result<Option<PeerId>> {
    tx.query_opt("SELECT peer_id FROM exchange_peer_agency WHERE code = $1", &[&code.canonical()])?
        .map(|row| row.get(0))
        .transpose()
}

/// Writes a server with the codes it may speak for; a code that another server holds is a `Conflict`.
pub fn peer_insert(tx: &Tx<'_>, peer: &Peer) -> Result<()> {
    tx.execute(
        "INSERT INTO exchange_peer (id, name, url, kid, note_key, introduced_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&peer.id, &peer.name, &peer.url, &peer.kid, &peer.note_key, &peer.introduced_at, &peer.version],
    )?;
    for code in &peer.agencies {
        tx.execute("INSERT INTO exchange_peer_agency (peer_id, code) VALUES ($1, $2)", &[&peer.id, &code.canonical()])?;
    }
    Ok(())
}

/// Ends a server's standing: its codes are free for another one. `Conflict` when somebody was first.
pub fn peer_dismiss(tx: &Tx<'_>, peer: &Peer, now: Timestamp) -> Result<()> {
    let changed = tx.execute(
        "UPDATE exchange_peer SET dismissed_at = $3, version = version + 1 \
         WHERE id = $1 AND version = $2 AND dismissed_at IS NULL",
        &[&peer.id, &peer.version, &now],
    )?;
    if changed != 1 {
        return Err(Error::Conflict("peer".into()));
    }
    tx.execute("DELETE FROM exchange_peer_agency WHERE peer_id = $1", &[&peer.id])?;
    Ok(())
}

/// Keeps the checkpoint that came with a receipt. Not part of the digested record: it moves with every receipt.
pub fn peer_checkpoint_keep(tx: &Tx<'_>, id: PeerId, note: &str, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE exchange_peer SET checkpoint = $2, checkpoint_at = $3 WHERE id = $1", &[&id, &note, &now])?;
    Ok(())
}

/// Notes that what a restore may have lost is offered for this epoch of a peer; `false` when that was done before.
pub fn peer_epoch_offered(tx: &Tx<'_>, id: PeerId, epoch: i64) -> Result<bool> {
    let changed =
        tx.execute("UPDATE exchange_peer SET offered_epoch = $2 WHERE id = $1 AND offered_epoch < $2", &[&id, &epoch])?;
    Ok(changed == 1)
}

/// The record that the ledger digests.
pub fn peer_digest_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let Some(row) = tx.query_opt(&format!("SELECT {COLUMNS} FROM exchange_peer WHERE id = $1"), &[&id])? else {
        return Ok(None);
    };
    let peer = read(tx, &row)?;
    Ok(Some(serde_json::json!({
        "id": peer.id,
        "name": peer.name,
        "url": peer.url,
        "kid": peer.kid,
        "note_key": peer.note_key,
        "agencies": peer.agencies,
        "introduced_at": peer.introduced_at,
        "dismissed_at": peer.dismissed_at,
        "version": peer.version,
    })))
}

/// An invitation as it is kept: without its secret.
#[derive(Debug, Clone)]
pub struct StoredInvitation {
    /// The codes for which the invited server may speak.
    pub codes: Vec<AgencyCode>,
    /// The address it must have, where the operator fixed it.
    pub url: Option<String>,
    /// Until when it can be used.
    pub expires_at: Timestamp,
    /// Who used it.
    pub peer: Option<PeerId>,
}

/// Writes an invitation.
pub fn invitation_insert(
    tx: &Tx<'_>,
    secret_hash: &str,
    codes: &[AgencyCode],
    url: Option<&str>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO exchange_peer_invitation (secret_hash, codes, url, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        &[&secret_hash, &serde_json::json!(codes), &url, &now, &expires_at],
    )?;
    Ok(())
}

/// The invitation of a secret.
pub fn invitation_get(tx: &Tx<'_>, secret_hash: &str) -> Result<Option<StoredInvitation>> {
    tx.query_opt(
        "SELECT codes, url, expires_at, peer_id FROM exchange_peer_invitation WHERE secret_hash = $1",
        &[&secret_hash],
    )?
    .map(|row| {
        let codes: serde_json::Value = row.get(0)?;
        Ok(StoredInvitation {
            codes: serde_json::from_value(codes).map_err(|e| Error::fault("reading an invitation", e))?,
            url: row.get(1)?,
            expires_at: row.get(2)?,
            peer: row.get(3)?,
        })
    })
    .transpose()
}

/// Uses an invitation up; `Conflict` when somebody was first.
pub fn invitation_use(tx: &Tx<'_>, secret_hash: &str, peer: PeerId) -> Result<()> {
    let changed = tx.execute(
        "UPDATE exchange_peer_invitation SET peer_id = $2 WHERE secret_hash = $1 AND peer_id IS NULL",
        &[&secret_hash, &peer],
    )?;
    if changed == 1 { Ok(()) } else { Err(Error::Conflict("invitation".into())) }
}
