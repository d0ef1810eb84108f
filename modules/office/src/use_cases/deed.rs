//! Who acts, in which position, at which moment, and with which command: what every use case begins with.

use crate::refusals;
use crate::rules::actor::{Acting, Duty};
use crate::store::readers::Reach;
use base::calendar::WorkingCalendar;
use base::{AgencyCode, Clock, Date, Id, Random, Refusal, Timestamp};
use platform::access::{self, Permission, Principal, Role};
use platform::ledger::{Actor, EntryId};
use platform::{Platform, Result};
use serde::{Deserialize, Serialize};

/// What comes with every act: what the person saw, and the key that makes a repetition harmless.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Command {
    /// The version of the document that the person saw; a later one refuses the act.
    pub version: Option<i64>,
    /// A key of the caller's making (≤ 100 characters); the same key again gets the same answer.
    pub key: Option<String>,
}

impl Command {
    /// The command of one part of an act that is made of several.
    #[must_use]
    pub fn part(&self, part: &str) -> Self {
        Self { version: None, key: self.key.as_ref().map(|key| format!("{key}#{part}")) }
    }
}

/// One act of one person: made outside the transaction, so that a repeated closure appends the same entry.
#[derive(Clone)]
pub struct Deed {
    /// The moment.
    pub now: Timestamp,
    /// Who asks, with which rights.
    pub principal: Principal,
    /// Who acts, as the rules see it.
    pub acting: Acting,
    /// Id of the entry that the act appends.
    pub entry: EntryId,
    /// The clock, for the exchange's calls.
    pub clock: Clock,
    /// Randomness, for fresh ids.
    pub random: Random,
}

impl Deed {
    /// An act of this person, now. Refused to outside systems and the public: the office is worked by people.
    pub fn new(platform: &Platform, principal: &Principal) -> Result<Self> {
        let Some(person) = principal.person() else {
            return Err(Refusal::new(&refusals::PEOPLE_ONLY).into());
        };
        Ok(Self {
            now: platform.now(),
            acting: Acting {
                person: person.to_string(),
                unit: principal.unit.map(|unit| unit.to_string()),
                duties: duties_of(principal),
            },
            principal: principal.clone(),
            entry: platform.new_id(),
            clock: platform.clock().clone(),
            random: platform.random().clone(),
        })
    }

    /// The day it is in Vietnam.
    pub fn today(&self) -> Date {
        self.now.local_date()
    }
    /// The agency for which the person acts.
    pub const fn agency(&self) -> &AgencyCode {
        &self.principal.agency
    }
    /// Who stands in the ledger.
    pub fn actor(&self) -> Actor {
        self.principal.actor.clone()
    }
    /// A fresh id.
    pub fn id<K>(&self) -> Id<K> {
        self.random.id(&self.clock)
    }
    /// Id of the person.
    pub fn person(&self) -> &str {
        &self.acting.person
    }
    /// The person's title in Vietnamese, as kept with what he does.
    pub fn title(&self) -> String {
        self.principal.title.vi.to_string()
    }
    /// Refuses unless the person may do this in the agency.
    pub fn require(&self, permission: Permission) -> Result<()> {
        Ok(access::require(&self.principal, permission, &self.principal.agency)?)
    }
    /// For the typed calls of the exchange.
    pub fn exchange(&self) -> exchange::SubmitContext<'static> {
        let mut context = exchange::SubmitContext::with(self.clock.clone(), self.random.clone(), self.actor());
        context.now = self.now;
        context
    }
}

/// The duties that a position carries; under a delegation only those that were delegated.
pub fn duties_of(principal: &Principal) -> Vec<Duty> {
    if principal.delegated_from().is_some() {
        let granted = |permission| principal.delegated.contains(&permission);
        return [
            (Duty::Leader, granted(Permission::OutgoingSign) || granted(Permission::IncomingDirect)),
            (Duty::UnitHead, granted(Permission::OutgoingApproveContent) || granted(Permission::IncomingAssign)),
            (Duty::FormatChecker, granted(Permission::OutgoingCheckForm)),
            (Duty::ChiefOfOffice, granted(Permission::IncomingTriage)),
        ]
        .into_iter()
        .filter_map(|(duty, has)| has.then_some(duty))
        .collect();
    }
    principal
        .roles
        .iter()
        .filter_map(|role| match role {
            Role::RegistryClerk => Some(Duty::RegistryClerk),
            Role::Specialist => Some(Duty::Specialist),
            Role::UnitHead => Some(Duty::UnitHead),
            Role::ChiefOfOffice => Some(Duty::ChiefOfOffice),
            Role::Leader => Some(Duty::Leader),
            Role::FormatChecker => Some(Duty::FormatChecker),
            Role::Archivist | Role::Administrator | Role::Operator => None,
        })
        .collect()
}

/// What this reader may find: the whole agency's documents, or those he takes part in.
pub fn reach_of(principal: &Principal) -> Reach {
    if principal.may(Permission::DocumentsReadAgency) {
        Reach::Agency(principal.agency.clone())
    } else {
        Reach::Tokens(principal.agency.clone(), access::scopes(principal))
    }
}

/// Whether a day is a working day by the national calendar.
pub fn working_day(calendar: &WorkingCalendar, day: Date) -> bool {
    calendar.is_working_day(day)
}
