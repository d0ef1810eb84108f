//! Who does what when: what every change of the directory, of rights and of accounts is handed.

use super::Principal;
use crate::Platform;
use crate::db::Tx;
use crate::error::Result;
use crate::ledger::{self, Actor, Codes, EntryId, EntryKind, NewEntry, SubjectKind};
use base::{AgencyCode, Date, Timestamp};

/// One deed: made outside the transaction, so that a repeated closure appends the same entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// The moment.
    pub now: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// The id of the (first) entry it appends.
    pub entry: EntryId,
}

impl Act {
    /// A deed of `actor`, now.
    pub fn new(platform: &Platform, actor: Actor) -> Self {
        Self { now: platform.now(), actor, entry: platform.new_id() }
    }

    /// A deed of the principal, now.
    pub fn by(platform: &Platform, principal: &Principal) -> Self {
        Self::new(platform, principal.actor.clone())
    }

    /// The day it is in Vietnam.
    pub fn today(&self) -> Date {
        self.now.local_date()
    }

    /// The same deed with the id of its `n`-th further entry (from 1), derived so that a repetition derives the same.
    #[must_use]
    pub fn further(&self, n: u32) -> Self {
        let mut bytes = self.entry.uuid().into_bytes();
        // The last four bytes of a UUIDv7 are random, so the sum is as unlikely to clash as a fresh id.
        let tail = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]).wrapping_add(n);
        bytes[12..].copy_from_slice(&tail.to_be_bytes());
        Self { entry: EntryId::from_uuid(uuid::Uuid::from_bytes(bytes)), ..self.clone() }
    }

    /// Appends the entry of this deed, after the record was written.
    pub(crate) fn append(
        &self,
        tx: &Tx<'_>,
        kind: &'static EntryKind,
        (subject, id, version): (&'static SubjectKind, String, i64),
        agency: &AgencyCode,
        codes: Codes,
        details: serde_json::Value,
    ) -> Result<()> {
        ledger::append(
            tx,
            self.now,
            NewEntry {
                id: self.entry,
                kind,
                subject: (subject, id),
                version,
                agency: agency.clone(),
                actor: self.actor.clone(),
                occurred_at: self.now,
                codes,
                details,
            },
        )
    }
}
