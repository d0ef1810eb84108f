//! The chain of revisions of an outgoing document, the approvals given to them, and the signatures on them.

use super::outgoing::OutgoingId;
use super::word;
use crate::rules::signature_authority::Authority;
use base::{Id, Timestamp};
use platform::{Result, Row, Tx};
use serde::Serialize;
use serde_json::Value as Json;

/// One revision: a manifest that can be signed, chained to the one before by its digest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revision {
    /// Its number, from 1.
    pub number: i64,
    /// `content`: what people wrote; `seal`: number, date and signature on top of a content revision.
    pub kind: String,
    /// What is signed (RFC 8785 form).
    pub manifest: Json,
    /// The draft as it stood.
    pub snapshot: Json,
    /// SHA-256 of manifest, snapshot and the digest before, in RFC 8785 form; hexadecimal.
    pub digest: String,
    /// Digest of the revision before.
    pub previous: Option<String>,
    /// Id of the person who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}

fn revision(row: &Row) -> Result<Revision> {
    Ok(Revision {
        number: row.get(0)?,
        kind: row.get(1)?,
        manifest: row.get(2)?,
        snapshot: row.get(3)?,
        digest: row.get(4)?,
        previous: row.get(5)?,
        made_by: row.get(6)?,
        made_at: row.get(7)?,
    })
}

const REVISION: &str = "number, kind, manifest, snapshot, digest, previous, made_by, made_at";

/// Adds a revision.
pub fn revision_insert(tx: &Tx<'_>, outgoing: OutgoingId, revision: &Revision) -> Result<()> {
    tx.execute(
        &format!("INSERT INTO office_revision (outgoing, {REVISION}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
        &[
            &outgoing,
            &revision.number,
            &revision.kind,
            &revision.manifest,
            &revision.snapshot,
            &revision.digest,
            &revision.previous,
            &revision.made_by,
            &revision.made_at,
        ],
    )?;
    Ok(())
}

/// All revisions, the first first.
pub fn revisions_of(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Vec<Revision>> {
    tx.query(&format!("SELECT {REVISION} FROM office_revision WHERE outgoing = $1 ORDER BY number"), &[&outgoing])?
        .iter()
        .map(revision)
        .collect()
}

/// The latest revision, once there is one.
pub fn revision_latest(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Option<Revision>> {
    tx.query_opt(
        &format!("SELECT {REVISION} FROM office_revision WHERE outgoing = $1 ORDER BY number DESC LIMIT 1"),
        &[&outgoing],
    )?
    .map(|row| revision(&row))
    .transpose()
}

/// Marker of approval ids.
pub enum ApprovalMark {}
/// Id of an approval.
pub type ApprovalId = Id<ApprovalMark>;

/// An opinion, an approval or a return, given to one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The revision it was given to.
    pub revision: i64,
    /// `opinion`, `content`, `format` or `sent_back`.
    pub step: String,
    /// Id of the person.
    pub person: String,
    /// The person's name.
    pub person_name: String,
    /// The person's title.
    pub person_title: String,
    /// What was written with it.
    pub remark: String,
    /// When.
    pub at: Timestamp,
}

const APPROVAL: &str = "id, revision, step, person, person_name, person_title, remark, at";

/// Adds an approval.
pub fn approval_insert(tx: &Tx<'_>, outgoing: OutgoingId, approval: &Approval) -> Result<()> {
    tx.execute(
        &format!("INSERT INTO office_approval (outgoing, {APPROVAL}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
        &[
            &outgoing,
            &approval.id,
            &approval.revision,
            &approval.step,
            &approval.person,
            &approval.person_name,
            &approval.person_title,
            &approval.remark,
            &approval.at,
        ],
    )?;
    Ok(())
}

/// All approvals in the order in which they were given.
pub fn approvals_of(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Vec<Approval>> {
    tx.query(&format!("SELECT {APPROVAL} FROM office_approval WHERE outgoing = $1 ORDER BY at, id"), &[&outgoing])?
        .iter()
        .map(|row| {
            Ok(Approval {
                id: row.get(0)?,
                revision: row.get(1)?,
                step: row.get(2)?,
                person: row.get(3)?,
                person_name: row.get(4)?,
                person_title: row.get(5)?,
                remark: row.get(6)?,
                at: row.get(7)?,
            })
        })
        .collect()
}

/// A signature on a revision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Signature {
    /// The revision it covers.
    pub revision: i64,
    /// `person` or `agency`.
    pub role: String,
    /// Id of the person, or code of the agency.
    pub signer: String,
    /// Name of the person or the agency.
    pub signer_name: String,
    /// The person's title.
    pub signer_title: String,
    /// By what authority.
    pub authority: Authority,
    /// The detached JWS over the revision's manifest.
    pub jws: String,
    /// Thumbprint of the key.
    pub kid: String,
    /// Facts of the certificate.
    pub certificate: Json,
    /// When it was made.
    pub at: Timestamp,
}

const SIGNATURE: &str = "revision, role, signer, signer_name, signer_title, authority, jws, kid, certificate, at";

/// Adds a signature; earlier ones stay as they are.
pub fn signature_insert(tx: &Tx<'_>, outgoing: OutgoingId, signature: &Signature) -> Result<()> {
    tx.execute(
        &format!(
            "INSERT INTO office_signature (outgoing, {SIGNATURE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            &outgoing,
            &signature.revision,
            &signature.role,
            &signature.signer,
            &signature.signer_name,
            &signature.signer_title,
            &signature.authority.code(),
            &signature.jws,
            &signature.kid,
            &signature.certificate,
            &signature.at,
        ],
    )?;
    Ok(())
}

/// All signatures, by revision.
pub fn signatures_of(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Vec<Signature>> {
    tx.query(
        &format!("SELECT {SIGNATURE} FROM office_signature WHERE outgoing = $1 ORDER BY revision, role DESC"),
        &[&outgoing],
    )?
    .iter()
    .map(|row| {
        Ok(Signature {
            revision: row.get(0)?,
            role: row.get(1)?,
            signer: row.get(2)?,
            signer_name: row.get(3)?,
            signer_title: row.get(4)?,
            authority: word(Authority::parse, &row.get::<String>(5)?)?,
            jws: row.get(6)?,
            kid: row.get(7)?,
            certificate: row.get(8)?,
            at: row.get(9)?,
        })
    })
    .collect()
}
