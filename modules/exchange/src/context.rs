//! Who acts, when, and where fresh ids come from: handed to every typed call of this module.

use base::{Clock, Id, Random, Timestamp};
use platform::Platform;
use platform::ledger::{Actor, EntryId, Reacting};

/// Handed to the typed calls, which run inside the caller's transaction.
#[derive(Clone)]
pub struct SubmitContext<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// Who acts.
    pub actor: Actor,
    ids: Ids<'a>,
}

#[derive(Clone)]
enum Ids<'a> {
    Fresh(Clock, Random),
    Reacting(&'a Reacting<'a>),
}

impl SubmitContext<'static> {
    /// For a use case; make it before the database closure.
    pub fn new(platform: &Platform, actor: Actor) -> Self {
        Self::with(platform.clock().clone(), platform.random().clone(), actor)
    }

    /// The same from the parts of a platform.
    pub fn with(clock: Clock, random: Random, actor: Actor) -> Self {
        Self { now: clock.now(), actor, ids: Ids::Fresh(clock, random) }
    }
}

impl<'a> SubmitContext<'a> {
    /// For a reaction, which acts as the server itself.
    pub fn reacting(reacting: &'a Reacting<'a>) -> Self {
        Self { now: reacting.now, actor: Actor::Server, ids: Ids::Reacting(reacting) }
    }

    /// The same moment and ids, acting as the server itself.
    #[must_use]
    pub fn as_server(&self) -> Self {
        Self { actor: Actor::Server, ..self.clone() }
    }

    /// A fresh id.
    pub fn id<K>(&self) -> Id<K> {
        match &self.ids {
            Ids::Fresh(clock, random) => random.id(clock),
            Ids::Reacting(reacting) => reacting.new_id(),
        }
    }

    /// A fresh id of an entry.
    pub fn entry(&self) -> EntryId {
        self.id()
    }
}
