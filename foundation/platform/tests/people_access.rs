//! Rights: the committed table of role × permission, and that nobody outside an agency's subtree gets anything.

use base::{AgencyCode, Text};
use platform::access::{self, DELEGABLE, Permission, Principal, PrincipalKind, Reach, Role, grants_of};
use platform::ledger::Actor;
use proptest::prelude::*;

fn person(agency: &AgencyCode, roles: Vec<Role>, delegated: Option<Vec<Permission>>) -> Principal {
    let id = uuid::Uuid::from_u128(7);
    Principal {
        actor: Actor::person(id),
        kind: PrincipalKind::Person {
            person: base::Id::from_uuid(id),
            account: base::Id::from_uuid(id),
            position: base::Id::from_uuid(id),
            delegated_from: delegated.is_some().then(|| base::Id::from_uuid(uuid::Uuid::from_u128(8))),
            delegation: delegated.is_some().then(|| base::Id::from_uuid(uuid::Uuid::from_u128(9))),
            session: base::Id::from_uuid(id),
        },
        agency: agency.clone(),
        agency_name: Text::fixed("Cơ quan", "Agency"),
        unit: None,
        roles: if delegated.is_some() { Vec::new() } else { roles },
        delegated: delegated.unwrap_or_default(),
        name: "Nguyễn Văn An".to_owned(),
        title: Text::fixed("Chuyên viên", "Specialist"),
    }
}

/// A change of this table is a change of everybody's rights: it must be seen in review.
#[test]
fn the_table_of_roles_and_permissions_is_as_committed() {
    let mut table = String::from("permission               ");
    for role in Role::ALL {
        table.push_str(&format!(" {:<15}", role.name()));
    }
    for permission in Permission::ALL {
        table.push_str(&format!("\n{:<25}", permission.name()));
        for role in Role::ALL {
            let reach = grants_of(role).iter().find(|(granted, _)| *granted == permission).map(|(_, reach)| *reach);
            let word = match reach {
                Some(Reach::Agency) => "agency",
                Some(Reach::Subtree) => "subtree",
                Some(Reach::Server) => "server",
                None => "-",
            };
            table.push_str(&format!(" {word:<15}"));
        }
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn names_are_unique_and_lists_complete() {
    for permission in Permission::ALL {
        assert_eq!(Permission::from_name(permission.name()), Some(permission));
    }
    for role in Role::ALL {
        assert_eq!(Role::from_name(role.name()), Some(role));
        let grants = grants_of(role);
        assert!(!grants.is_empty(), "{role:?} has no row");
        for (index, (permission, _)) in grants.iter().enumerate() {
            assert!(grants[..index].iter().all(|(other, _)| other != permission), "{role:?} twice {permission:?}");
        }
    }
    assert_eq!(access::TABLE.len(), Role::ALL.len());
}

/// NĐ 30/2020/NĐ-CP, Điều 32.2: the clerk applies the seal himself. Phụ lục VI: the administrator has no content role.
#[test]
fn duties_that_the_decree_keeps_apart_are_apart() {
    let holders = |wanted: Permission| -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| grants_of(*role).iter().any(|(p, _)| *p == wanted)).collect()
    };
    assert_eq!(holders(Permission::OutgoingSeal), [Role::RegistryClerk]);
    assert_eq!(holders(Permission::OutgoingNumber), [Role::RegistryClerk]);
    assert_eq!(holders(Permission::OutgoingSign), [Role::Leader]);
    assert_eq!(holders(Permission::AccountsManage), [Role::Administrator]);
    for content in [Permission::DocumentsReadAgency, Permission::DocumentsReadUnit, Permission::IncomingProcess] {
        assert!(!holders(content).contains(&Role::Administrator));
        assert!(!holders(content).contains(&Role::Operator));
    }
    assert!(!DELEGABLE.contains(&Permission::OutgoingSeal) && !DELEGABLE.contains(&Permission::AccountsManage));
}

fn code() -> impl Strategy<Value = AgencyCode> {
    proptest::sample::select(vec![
        "G09",
        "H57",
        "H57.01",
        "H57.09",
        "H57.09.01",
        "H57.101",
        "H5",
        "H57.0",
        "H58",
        "H58.09",
        "0301234567",
        "0301234567-001",
        "vxp.saas.03",
    ])
    .prop_map(|text| AgencyCode::tolerate(text).unwrap())
}

proptest! {
    #[test]
    fn nobody_outside_the_subtree_gets_anything(
        own in code(),
        scope in code(),
        roles in proptest::sample::subsequence(Role::ALL.to_vec(), 0..=9),
        permission in proptest::sample::select(Permission::ALL.to_vec()),
        delegated in proptest::option::of(proptest::sample::subsequence(DELEGABLE.to_vec(), 0..=9)),
    ) {
        let principal = person(&own, roles.clone(), delegated.clone());
        let allowed = access::allows(&principal, permission, &scope);
        prop_assert_eq!(allowed, access::require(&principal, permission, &scope).is_ok());
        if !scope.is_within(&own) {
            prop_assert!(!allowed, "{:?} of {} reached {}", permission, own, scope);
        }
        if let Some(delegated) = delegated {
            prop_assert_eq!(allowed, delegated.contains(&permission) && scope == own);
            prop_assert!(access::require_server(&principal, permission).is_err());
        } else if scope != own {
            let by_subtree = roles.iter().any(|role| grants_of(*role).contains(&(permission, Reach::Subtree)));
            prop_assert_eq!(allowed, by_subtree && scope.is_within(&own));
        }
    }

    #[test]
    fn a_system_acts_only_for_its_codes(
        codes in proptest::collection::vec(code(), 1..3),
        scope in code(),
        permission in proptest::sample::select(Permission::ALL.to_vec()),
    ) {
        let mut principal = person(&codes[0], vec![Role::Administrator, Role::Operator], None);
        principal.kind = PrincipalKind::System { system: base::Id::from_uuid(uuid::Uuid::nil()), agencies: codes.clone() };
        let allowed = access::allows(&principal, permission, &scope);
        prop_assert_eq!(allowed, codes.contains(&scope) && access::SYSTEM_GRANTS.contains(&permission));
        prop_assert!(access::require_server(&principal, permission).is_err());
    }

    #[test]
    fn a_reader_holds_only_tokens_of_his_own_agency(own in code(), roles in proptest::sample::subsequence(Role::ALL.to_vec(), 0..=9)) {
        let principal = person(&own, roles, None);
        for token in access::scopes(&principal) {
            prop_assert!(token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
            if token.starts_with('a') {
                prop_assert_eq!(&token, &access::scope_agency(&own));
                prop_assert!(access::allows(&principal, Permission::DocumentsReadAgency, &own));
            }
        }
    }
}

#[test]
fn the_public_and_a_peer_get_next_to_nothing() {
    let agency = AgencyCode::parse("H57").unwrap();
    let mut principal = person(&agency, vec![Role::Administrator], None);
    principal.kind = PrincipalKind::Public;
    assert!(Permission::ALL.iter().all(|permission| !access::allows(&principal, *permission, &agency)));
    assert!(access::scopes(&principal).is_empty());
    principal.kind = PrincipalKind::Peer { peer: "p".to_owned(), agencies: vec![agency.clone()] };
    let allowed: Vec<_> = Permission::ALL.into_iter().filter(|p| access::allows(&principal, *p, &agency)).collect();
    assert_eq!(allowed, [Permission::ExchangeSend]);
}

#[test]
fn a_refusal_tells_a_missing_right_from_one_that_does_not_reach() {
    let (own, other) = (AgencyCode::parse("H57").unwrap(), AgencyCode::parse("H58").unwrap());
    let clerk = person(&own, vec![Role::RegistryClerk], None);
    let missing = access::require(&clerk, Permission::OutgoingSign, &own).unwrap_err();
    assert_eq!(missing.code.code, "access.permission.missing");
    assert!(missing.message(base::Lang::Vi).contains("Ký văn bản"));
    let far = access::require(&clerk, Permission::OutgoingSeal, &other).unwrap_err();
    assert_eq!(far.code.code, "access.permission.other-agency");
}
