//! Keys of other servers, pinned when they were introduced (`peer invite`, `peer accept`).

use crate::db::Tx;
use crate::error::{Error, Result};
use base::Timestamp;
use serde::{Deserialize, Serialize};

/// What a peer's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeerKeyUse {
    /// The authority that issues the peer's certificates.
    Authority,
    /// The key that signs the peer's requests and receipts.
    Server,
    /// The key that signs the peer's checkpoints (Ed25519); `public_key` is the verifier key of signed notes.
    Checkpoint,
}

impl PeerKeyUse {
    const fn word(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Server => "server",
            Self::Checkpoint => "checkpoint",
        }
    }

    fn read(word: &str) -> Result<Self> {
        match word {
            "authority" => Ok(Self::Authority),
            "server" => Ok(Self::Server),
            "checkpoint" => Ok(Self::Checkpoint),
            other => Err(Error::Fault(format!("key usage {other}"))),
        }
    }
}

/// A key pinned when a peer was introduced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerKey {
    /// The peer's id.
    pub peer: String,
    /// JWK thumbprint, or the verifier key's name for checkpoints.
    pub kid: String,
    /// What it is for.
    pub usage: PeerKeyUse,
    /// SubjectPublicKeyInfo, DER, base64; for checkpoints the verifier key.
    pub public_key: String,
    /// Certificate, DER, base64.
    pub certificate: Option<String>,
    /// When it was pinned.
    pub pinned_at: Timestamp,
    /// When it stopped being trusted.
    pub revoked_at: Option<Timestamp>,
}

/// Pins a peer's key; pinning it again trusts it again.
pub fn peer_key_pin(tx: &Tx<'_>, key: &PeerKey) -> Result<()> {
    tx.execute(
        "INSERT INTO signing_peer_key (peer, kid, usage, public_key, certificate, pinned_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (peer, kid) DO UPDATE SET usage = excluded.usage, public_key = excluded.public_key,
           certificate = excluded.certificate, pinned_at = excluded.pinned_at, revoked_at = excluded.revoked_at",
        &[&key.peer, &key.kid, &key.usage.word(), &key.public_key, &key.certificate, &key.pinned_at, &key.revoked_at],
    )?;
    Ok(())
}

/// Stops trusting a peer's keys, from now on; what they signed before is unknown from then on too, because a stolen key
/// can state any time.
pub fn peer_keys_revoke(tx: &Tx<'_>, now: Timestamp, peer: &str) -> Result<u64> {
    tx.execute("UPDATE signing_peer_key SET revoked_at = $1 WHERE peer = $2 AND revoked_at IS NULL", &[&now, &peer])
}

/// A peer's keys, or all peers' (`None`), revoked ones too.
pub fn peer_keys(tx: &Tx<'_>, peer: Option<&str>) -> Result<Vec<PeerKey>> {
    let rows = tx.query(
        "SELECT peer, kid, usage, public_key, certificate, pinned_at, revoked_at FROM signing_peer_key
         WHERE CAST($1 AS TEXT) IS NULL OR peer = $1 ORDER BY peer, kid",
        &[&peer],
    )?;
    rows.iter()
        .map(|row| {
            Ok(PeerKey {
                peer: row.get(0)?,
                kid: row.get(1)?,
                usage: PeerKeyUse::read(&row.get::<String>(2)?)?,
                public_key: row.get(3)?,
                certificate: row.get(4)?,
                pinned_at: row.get(5)?,
                revoked_at: row.get(6)?,
            })
        })
        .collect()
}
