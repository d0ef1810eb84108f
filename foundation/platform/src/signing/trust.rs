//! The trust list: roots that the operators keep, this server's own authority, and the authorities of introduced servers.

use super::peers::{PeerKeyUse, peer_keys};
use super::refusals::{ANCHOR_KNOWN, ANCHOR_NOT_AUTHORITY, ANCHOR_UNREADABLE};
use crate::access::Act;
use crate::db::{Row, Tx};
use crate::directory::agencies_hosted;
use crate::error::{Error, Result};
use crate::ledger::{Codes, EntryKind, SubjectKind};
use base::{AgencyCode, Id, Refusal, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use signatures::{Anchor, Certificate, TrustKind, TrustList};

const COLUMNS: &str =
    "id, kind, name, certificate, valid_from, valid_until, agencies, added_at, removed_at, version, fingerprint";

/// Marks the ids of trusted roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrustedRootMark {}
/// Id of a trusted root.
pub type TrustedRootId = Id<TrustedRootMark>;

/// A root that the operators trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedRoot {
    /// Its id.
    pub id: TrustedRootId,
    /// The kind of authority, by its name in files and the API.
    pub kind: TrustKind,
    /// The certificate's name.
    pub name: String,
    /// The certificate (DER).
    pub certificate: Vec<u8>,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
    /// Trusted from; the certificate's own start when none.
    pub valid_from: Option<Timestamp>,
    /// Trusted until; the certificate's own end when none.
    pub valid_until: Option<Timestamp>,
    /// The agencies that it may speak for, with everything below them; any when empty.
    pub agencies: Vec<AgencyCode>,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was withdrawn.
    pub removed_at: Option<Timestamp>,
    /// Version of the record.
    pub version: i64,
}

/// What an operator says of a root that he adds.
#[derive(Debug, Clone)]
pub struct NewRoot {
    /// The certificate, PEM or DER.
    pub certificate: Vec<u8>,
    /// The kind of authority.
    pub kind: TrustKind,
    /// Trusted until; the certificate's own end when none.
    pub valid_until: Option<Timestamp>,
    /// The agencies that it may speak for; any when empty.
    pub agencies: Vec<AgencyCode>,
}

/// A trusted root in the ledger.
pub static ROOT: SubjectKind = SubjectKind {
    name: "signing.root",
    load: |tx, id| {
        let id = id.parse().map_err(|e| Error::fault("load a trusted root", e))?;
        let Some(root) = root_get(tx, id)? else { return Ok(None) };
        Ok(Some(json!({
            "id": root.id,
            "kind": root.kind,
            "name": root.name,
            "certificate": hex::encode(Sha256::digest(&root.certificate)),
            "valid_from": root.valid_from,
            "valid_until": root.valid_until,
            "agencies": root.agencies,
            "added_at": root.added_at,
            "removed_at": root.removed_at,
            "version": root.version,
        })))
    },
};
/// A root was added to the trust list.
pub static ROOT_ADDED: EntryKind = EntryKind { name: "signing.root.added", schema: 1 };
/// A root was withdrawn from it.
pub static ROOT_WITHDRAWN: EntryKind = EntryKind { name: "signing.root.withdrawn", schema: 1 };

/// The kinds of record of this room.
pub const SUBJECTS: &[&SubjectKind] = &[&ROOT];
/// The kinds of entry of this room.
pub const ENTRY_KINDS: &[&EntryKind] = &[&ROOT_ADDED, &ROOT_WITHDRAWN];

fn word(kind: TrustKind) -> Result<String> {
    let name = serde_json::to_value(kind).map_err(|e| Error::fault("name a kind of trust", e))?;
    name.as_str().map(str::to_owned).ok_or_else(|| Error::Fault("a kind of trust has no name".to_owned()))
}

fn from_row(row: &Row) -> Result<TrustedRoot> {
    let reading = |e: serde_json::Error| Error::fault("read a trusted root", e);
    Ok(TrustedRoot {
        id: row.get(0)?,
        kind: serde_json::from_value(json!(row.get::<String>(1)?)).map_err(reading)?,
        name: row.get(2)?,
        certificate: row.get(3)?,
        valid_from: row.get(4)?,
        valid_until: row.get(5)?,
        agencies: serde_json::from_value(row.get(6)?).map_err(reading)?,
        added_at: row.get(7)?,
        removed_at: row.get(8)?,
        version: row.get(9)?,
        fingerprint: row.get(10)?,
    })
}

/// The root of that id, withdrawn or not.
pub fn root_get(tx: &Tx<'_>, id: TrustedRootId) -> Result<Option<TrustedRoot>> {
    let sql = format!("SELECT {COLUMNS} FROM signing_anchor WHERE id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// Every root, withdrawn ones too, the latest first.
pub fn roots(tx: &Tx<'_>) -> Result<Vec<TrustedRoot>> {
    tx.query(&format!("SELECT {COLUMNS} FROM signing_anchor ORDER BY id DESC"), &[])?.iter().map(from_row).collect()
}

/// Reads the certificates of a file with new roots; refused with what is wrong with it.
pub fn roots_read(file: &[u8]) -> Result<Vec<Certificate>> {
    let refused = |why: String| Refusal::new(&ANCHOR_UNREADABLE).with("why", why);
    let found = Certificate::parse_many(file).map_err(|e| refused(e.to_string()))?;
    if found.is_empty() {
        return Err(refused("no certificate".to_owned()).into());
    }
    if let Some(other) = found.iter().find(|certificate| !certificate.is_authority()) {
        return Err(Refusal::new(&ANCHOR_NOT_AUTHORITY).with("name", other.info().name).into());
    }
    Ok(found)
}

/// Trusts a root from now on; `id` is made outside the transaction.
pub fn root_add(tx: &Tx<'_>, act: &Act, id: TrustedRootId, certificate: &Certificate, new: &NewRoot) -> Result<()> {
    let (name, fingerprint) = (certificate.info().name, hex::encode(certificate.fingerprint()));
    let known = "SELECT 1 FROM signing_anchor WHERE fingerprint = $1 AND removed_at IS NULL";
    if tx.query_opt(known, &[&fingerprint])?.is_some() {
        return Err(Refusal::new(&ANCHOR_KNOWN).with("name", name).into());
    }
    let kind = word(new.kind)?;
    tx.execute(
        "INSERT INTO signing_anchor
           (id, fingerprint, kind, name, certificate, valid_from, valid_until, agencies, added_at, removed_at, version)
         VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, $8, NULL, 1)",
        &[
            &id,
            &fingerprint,
            &kind,
            &name,
            &certificate.der().to_vec(),
            &new.valid_until,
            &json!(new.agencies),
            &act.now,
        ],
    )?;
    let codes = Codes::new().with("kind", kind).with("fingerprint", fingerprint);
    act.append(tx, &ROOT_ADDED, (&ROOT, id.to_string(), 1), &own_agency(tx)?, codes, json!({ "name": name }))
}

/// Trusts a root no more; a second withdrawal changes nothing.
pub fn root_withdraw(tx: &Tx<'_>, act: &Act, id: TrustedRootId) -> Result<()> {
    let root = root_get(tx, id)?.ok_or(Error::NotFound("trusted root"))?;
    if root.removed_at.is_some() {
        return Ok(());
    }
    let changed = tx.execute(
        "UPDATE signing_anchor SET removed_at = $2, version = version + 1 WHERE id = $1 AND version = $3",
        &[&id, &act.now, &root.version],
    )?;
    if changed == 0 {
        return Err(Error::Conflict("somebody else withdrew it".to_owned()));
    }
    let codes = Codes::new().with("kind", word(root.kind)?).with("fingerprint", root.fingerprint);
    let subject = (&ROOT, id.to_string(), root.version + 1);
    act.append(tx, &ROOT_WITHDRAWN, subject, &own_agency(tx)?, codes, json!({ "name": root.name }))
}

/// What signatures are judged by here and now: the operators' roots, `own` (this server's authority, DER), and the
/// authorities of introduced servers.
pub fn trust_list(tx: &Tx<'_>, own: &[u8]) -> Result<TrustList> {
    let read = |der: &[u8]| Certificate::parse(der).map_err(|e| Error::fault("read a trusted root", e));
    let mut list = TrustList::default();
    for root in roots(tx)?.into_iter().filter(|root| root.removed_at.is_none()) {
        let mut anchor = Anchor::new(read(&root.certificate)?, root.kind);
        (anchor.valid_from, anchor.valid_until, anchor.agencies) = (root.valid_from, root.valid_until, root.agencies);
        list.anchors.push(anchor);
    }
    list.anchors.push(Anchor::new(read(own)?, TrustKind::Own));
    let pinned = peer_keys(tx, None)?;
    for key in pinned.iter().filter(|key| key.usage == PeerKeyUse::Authority && key.revoked_at.is_none()) {
        let der = key.certificate.as_deref().and_then(|text| STANDARD.decode(text).ok());
        if let Some(certificate) = der.and_then(|der| Certificate::parse(&der).ok()) {
            list.anchors.push(Anchor::new(certificate, TrustKind::Peer));
        }
    }
    Ok(list)
}

/// The highest agency served here answers for what concerns the whole server.
fn own_agency(tx: &Tx<'_>) -> Result<AgencyCode> {
    let codes = agencies_hosted(tx)?.into_iter().map(|agency| agency.code);
    codes
        .min_by_key(|code| (code.canonical().len(), code.clone()))
        .ok_or_else(|| Error::Conflict("no agency is served here yet".into()))
}
