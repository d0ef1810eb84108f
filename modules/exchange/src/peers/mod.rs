//! Other servers: introduced by people, pinned by their keys, spoken to in signed requests (liên thông giữa các máy chủ).
//!
//! `peer invite` makes an invitation, `peer accept` uses it: one call, confirmed by a one-time secret, after which each
//! server has pinned the other's keys and the agency codes it may speak for. Nothing is ever sent to an address that was
//! not confirmed so.

mod address;
pub mod api;
mod introduce;
mod invitation;
pub mod refusals;
mod request;
mod restored;
mod send;
pub mod store;

pub use introduce::{accept, dismiss, invite, invite_at};
pub use invitation::{Invitation, NewInvitation};
pub use request::{PATH_INTRODUCTION, PATH_PACKAGES, PATH_RESTORED};
pub use restored::{Announcement, reaction as restored_reaction};
pub use send::job_kinds;

use base::agency_code::AgencyCode;
use base::{Id, Timestamp};
use platform::ledger::{EntryKind, SubjectKind};
use serde::Serialize;

/// Marker of peer ids.
pub enum PeerMark {}
/// Id of another server.
pub type PeerId = Id<PeerMark>;

/// Another server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// Its id here.
    pub id: PeerId,
    /// What it calls itself.
    pub name: String,
    /// Its address, without a slash at the end.
    pub url: String,
    /// JWK thumbprint of the key that signs its requests and receipts.
    pub kid: String,
    /// Verifier key of its checkpoints.
    pub note_key: String,
    /// The codes it may speak for.
    pub agencies: Vec<AgencyCode>,
    /// When it was introduced.
    pub introduced_at: Timestamp,
    /// When it was dismissed.
    pub dismissed_at: Option<Timestamp>,
    /// The latest of its checkpoints seen.
    pub checkpoint: Option<String>,
    /// When that was.
    pub checkpoint_at: Option<Timestamp>,
    /// Version of the record in the ledger.
    pub version: i64,
}

/// A server and what it may speak for.
pub static PEER: SubjectKind = SubjectKind { name: "exchange.peer", load: store::peer_digest_record };
/// A server was introduced: its keys are pinned.
pub static PEER_INTRODUCED: EntryKind = EntryKind { name: "exchange.peer.introduced", schema: 1 };
/// A server was dismissed: its keys are trusted no more.
pub static PEER_DISMISSED: EntryKind = EntryKind { name: "exchange.peer.dismissed", schema: 1 };
