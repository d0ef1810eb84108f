//! The principal: who asks, for which agency, in which position, with which rights.

use super::roles::{Grant, Permission, Role, grants_of};
use crate::accounts::{AccountId, SessionId, SystemId};
use crate::directory::{DelegationId, PersonId, PositionId, UnitId};
use crate::ledger::Actor;
use base::{AgencyCode, Text};

/// Who asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Principal {
    /// The opaque id that stands in the ledger.
    pub actor: Actor,
    /// What sort of asker it is.
    pub kind: PrincipalKind,
    /// The agency for which he acts; every agency-wide right starts here.
    pub agency: AgencyCode,
    /// Its name.
    pub agency_name: Text,
    /// His unit in it, if the position stands in one.
    pub unit: Option<UnitId>,
    /// The roles of the position; empty while acting under a delegation.
    pub roles: Vec<Role>,
    /// What was delegated to him; empty while acting in his own position.
    pub delegated: Vec<Permission>,
    /// Name of the person, system or peer.
    pub name: String,
    /// Title of the position; under a delegation that of the delegator, to be shown after *TUQ.*.
    pub title: Text,
}

/// The sorts of asker.
#[derive(Debug, Clone, PartialEq)]
pub enum PrincipalKind {
    /// A person signed in, acting in one of his positions.
    Person {
        /// The person.
        person: PersonId,
        /// The account.
        account: AccountId,
        /// His own position.
        position: PositionId,
        /// The position on whose authority he acts (ký thừa ủy quyền), if he does.
        delegated_from: Option<PositionId>,
        /// The delegation it rests on.
        delegation: Option<DelegationId>,
        /// The session.
        session: SessionId,
    },
    /// An outside system; may act only for its agency codes.
    System {
        /// The system.
        system: SystemId,
        /// The codes it was registered for.
        agencies: Vec<AgencyCode>,
    },
    /// Another server, introduced by `peer invite`; speaks only for the codes pinned to it.
    Peer {
        /// Its name.
        peer: String,
        /// The codes pinned to it.
        agencies: Vec<AgencyCode>,
    },
    /// Nobody in particular.
    Public,
}

impl Principal {
    /// The person, when it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self.kind {
            PrincipalKind::Person { person, .. } => Some(person),
            _ => None,
        }
    }

    /// The person's own position, when it is a person.
    pub fn position(&self) -> Option<PositionId> {
        match self.kind {
            PrincipalKind::Person { position, .. } => Some(position),
            _ => None,
        }
    }

    /// The account, when it is a person.
    pub fn account(&self) -> Option<AccountId> {
        match self.kind {
            PrincipalKind::Person { account, .. } => Some(account),
            _ => None,
        }
    }

    /// The position on whose authority he acts, when acting under a delegation.
    pub fn delegated_from(&self) -> Option<PositionId> {
        match self.kind {
            PrincipalKind::Person { delegated_from, .. } => delegated_from,
            _ => None,
        }
    }

    /// Whether the position has the role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether he may do it in his own agency; for showing or hiding a button, never instead of a decision.
    pub fn may(&self, permission: Permission) -> bool {
        super::allows(self, permission, &self.agency)
    }

    /// The grants of his roles, without those of a delegation.
    pub(crate) fn role_grants(&self) -> impl Iterator<Item = Grant> + '_ {
        self.roles.iter().flat_map(|role| grants_of(*role).iter().copied())
    }
}

/// The token under which a record of the agency is found.
pub fn scope_agency(agency: &AgencyCode) -> String {
    // Hexadecimal, since a token may hold only [a-z0-9] and two codes must never share one.
    format!("a{}", hex::encode(agency.canonical()))
}

/// The token under which a record of the unit is found.
pub fn scope_unit(unit: UnitId) -> String {
    format!("u{}", unit.uuid().simple())
}

/// The token under which a record that a person takes part in is found.
pub fn scope_person(person: PersonId) -> String {
    format!("p{}", person.uuid().simple())
}

/// The token under which a record that a position takes part in is found.
pub fn scope_position(position: PositionId) -> String {
    format!("q{}", position.uuid().simple())
}

/// The tokens of a record: each reader who holds one of them may find it.
pub fn tokens_of(agency: &AgencyCode, units: &[UnitId], people: &[PersonId]) -> Vec<String> {
    let mut tokens = vec![scope_agency(agency)];
    tokens.extend(units.iter().map(|unit| scope_unit(*unit)));
    tokens.extend(people.iter().map(|person| scope_person(*person)));
    tokens
}

/// The tokens that the principal holds, for filtering lists and searches; an empty list finds nothing.
pub fn scopes(principal: &Principal) -> Vec<String> {
    let mut tokens = Vec::new();
    match &principal.kind {
        PrincipalKind::Person { person, position, delegated_from, .. } => {
            // What he takes part in himself stays his while he acts for another, but only within the same agency:
            // tokens of persons are set by records of any agency.
            if delegated_from.is_none() {
                tokens.push(scope_position(*position));
                tokens.push(scope_person(*person));
            }
            if let Some(from) = delegated_from {
                tokens.push(scope_position(*from));
            }
            if let Some(unit) = principal.unit
                && super::allows(principal, Permission::DocumentsReadUnit, &principal.agency)
            {
                tokens.push(scope_unit(unit));
            }
            if super::allows(principal, Permission::DocumentsReadAgency, &principal.agency) {
                tokens.push(scope_agency(&principal.agency));
            }
        }
        PrincipalKind::System { agencies, .. } | PrincipalKind::Peer { agencies, .. } => {
            tokens.extend(agencies.iter().map(scope_agency));
        }
        PrincipalKind::Public => {}
    }
    tokens
}
