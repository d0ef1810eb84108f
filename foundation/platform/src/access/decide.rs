//! The decision: pure, from the principal, the permission and the agency whose record it is about.

use super::principal::{Principal, PrincipalKind};
use super::refusals::{NOT_ALLOWED, OTHER_AGENCY};
use super::roles::{Permission, Reach, SYSTEM_GRANTS};
use base::{AgencyCode, Lang, Refusal};

/// Whether `principal` may do `permission` to a record of `scope`.
pub fn allows(principal: &Principal, permission: Permission, scope: &AgencyCode) -> bool {
    match &principal.kind {
        PrincipalKind::Person { delegated_from: Some(_), .. } => {
            // A delegation carries only what it names, and only in the delegator's agency.
            principal.delegated.contains(&permission) && *scope == principal.agency
        }
        PrincipalKind::Person { .. } => {
            principal.role_grants().any(|(granted, reach)| granted == permission && reaches(reach, principal, scope))
        }
        PrincipalKind::System { agencies, .. } => SYSTEM_GRANTS.contains(&permission) && agencies.contains(scope),
        PrincipalKind::Peer { agencies, .. } => permission == Permission::ExchangeSend && agencies.contains(scope),
        PrincipalKind::Public => false,
    }
}

fn reaches(reach: Reach, principal: &Principal, scope: &AgencyCode) -> bool {
    match reach {
        Reach::Agency => *scope == principal.agency,
        Reach::Subtree => scope.is_within(&principal.agency),
        Reach::Server => false,
    }
}

/// Lets pass, or refuses with the right that is missing and whose right it is.
pub fn require(principal: &Principal, permission: Permission, scope: &AgencyCode) -> Result<(), Refusal> {
    if allows(principal, permission, scope) {
        return Ok(());
    }
    // Whether the right is missing at all, or only does not reach so far, is worth telling apart.
    let code = if allows(principal, permission, &principal.agency) { &OTHER_AGENCY } else { &NOT_ALLOWED };
    let label = permission.label();
    Err(Refusal::new(code)
        .with("permission_vi", label.get(Lang::Vi))
        .with("permission_en", label.get(Lang::En))
        .with("agency", scope.canonical()))
}

/// Lets pass whoever may do `permission` to the server itself (jobs, peers), or refuses.
pub fn require_server(principal: &Principal, permission: Permission) -> Result<(), Refusal> {
    let own_position = matches!(principal.kind, PrincipalKind::Person { delegated_from: None, .. });
    if own_position && principal.role_grants().any(|grant| grant == (permission, Reach::Server)) {
        return Ok(());
    }
    let label = permission.label();
    Err(Refusal::new(&NOT_ALLOWED)
        .with("permission_vi", label.get(Lang::Vi))
        .with("permission_en", label.get(Lang::En)))
}
