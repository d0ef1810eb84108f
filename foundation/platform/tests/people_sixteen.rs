//! The directory and the accounts, each act sixteen times at once with pauses between the statements: it happens once.

use crate::people_accounts::{act, enter, enter_agency};
use crate::people_directory::{agency, code, day};
use base::Text;
use platform::access::{Permission, Role};
use platform::accounts::{self, NewAccount, Preferences};
use platform::directory::{self, Delegation, Rank, Unit};
use platform::ledger::{self, Registry};
use platform::{Error, Result};
use std::time::Duration;
use testkit::{on_each_platform, sixteen_at_once};

/// How many of sixteen did it; the others were told.
pub async fn of_sixteen<T, F, Fut>(act: F) -> usize
where
    T: Send + 'static,
    F: Fn(usize) -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let mut done = 0;
    for outcome in sixteen_at_once(act).await {
        match outcome {
            Ok(_) => done += 1,
            Err(Error::Conflict(_) | Error::Refused(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_act_on_people_happens_once() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        enter_agency(p, agency("H57", "Ủy ban nhân dân thành phố Huế")).await;
        let head = enter(p, "an.nv", "H57", Rank::Head, vec![Role::Leader]).await;
        let clerk = enter(p, "hanh.pt", "H57", Rank::Staff, vec![Role::RegistryClerk]).await;
        let seen = p.db().read(|tx| directory::agency_by_any_code(tx, "H57")).await.unwrap().unwrap();
        p.db().pause_statements(Duration::from_millis(1));

        let renamed = of_sixteen(|n| {
            let (p, act, mut new) = (p.clone(), act(p), seen.clone());
            new.name = Text::new(format!("Tên thứ {n}"), format!("Name {n}"));
            async move { p.db().write(move |tx| directory::agency_save(tx, &act, new.clone(), Some(seen.version))).await }
        });
        assert_eq!(renamed.await, 1, "of sixteen who saw one version, one renames");

        let (person, position) = p
            .db()
            .read(move |tx| Ok((directory::person_get(tx, clerk.person)?, directory::position_get(tx, clerk.id)?)))
            .await
            .unwrap();
        let (person, position) = (person.unwrap(), position.unwrap());
        let changed = of_sixteen(|n| {
            let (p, act, mut new) = (p.clone(), act(p), person.clone());
            new.phone = format!("02343{n:05}");
            let change = move |tx: &platform::Tx<'_>| {
                directory::person_save(tx, &act, new.clone(), &code("H57"), Some(new.version))
            };
            async move { p.db().write(change).await }
        });
        assert_eq!(changed.await, 1, "a person");
        let moved = of_sixteen(|n| {
            let (p, act, mut new) = (p.clone(), act(p), position.clone());
            new.title = Text::new(format!("Chức vụ {n}"), format!("Title {n}"));
            let change = move |tx: &platform::Tx<'_>| {
                directory::position_save(tx, &act, new.clone(), Some(new.version))
            };
            async move { p.db().write(change).await }
        });
        assert_eq!(moved.await, 1, "a position");
        let unit = Unit {
            id: p.new_id(),
            agency: code("H57"),
            parent: None,
            name: Text::new("Phòng Nội chính", "Home affairs"),
            abbreviation: "NC".to_owned(),
            calendar: None,
            valid_from: day("2026-11-01"),
            valid_to: None,
            version: 0,
        };
        let entered = of_sixteen(|_| {
            let (p, act, unit) = (p.clone(), act(p), unit.clone());
            async move { p.db().write(move |tx| directory::unit_save(tx, &act, unit.clone(), Some(0))).await }
        });
        assert_eq!(entered.await, 1, "a unit");
        let (system, _) = accounts::system_register(p, &act(p), "e-office", &[code("H57")]).await.unwrap();
        let revoked = of_sixteen(|_| {
            let (p, act) = (p.clone(), act(p));
            async move { p.db().write(move |tx| accounts::system_revoke(tx, &act, system.id)).await }
        });
        assert!(revoked.await >= 1, "revoking again is no trouble");

        let delegation = Delegation {
            id: p.new_id(),
            from: head.id,
            to: clerk.id,
            agency: code("H57"),
            permissions: vec![Permission::OutgoingSign],
            scope_note: "Ký giấy mời".to_owned(),
            written_basis: "12/GUQ-UBND".to_owned(),
            valid_from: day("2026-11-01"),
            valid_to: day("2027-01-31"),
            ended_on: None,
            version: 0,
        };
        let granted = of_sixteen(|_| {
            let (p, act, delegation) = (p.clone(), act(p), delegation.clone());
            async move { p.db().write(move |tx| directory::delegation_grant(tx, &act, delegation.clone())).await }
        });
        assert_eq!(granted.await, 1);

        let named = of_sixteen(|_| {
            let (p, act, person) = (p.clone(), act(p), clerk.person);
            let new = NewAccount {
                id: p.new_id(),
                username: "lan.tt".to_owned(),
                person,
                agency: code("H57"),
                password: None,
                preferences: Preferences::default(),
            };
            async move { p.db().write(move |tx| accounts::account_insert(tx, &act, &new)).await }
        });
        assert_eq!(named.await, 1, "a name is given once");

        let account = p.db().read(|tx| accounts::account_by_username(tx, "hanh.pt")).await.unwrap().unwrap();
        let link = accounts::link_create(p, &act(p), account.id).await.unwrap();
        let used = of_sixteen(|n| {
            let (p, link) = (p.clone(), link.clone());
            async move { accounts::link_use(&p, &link, &format!("mật khẩu dài thứ {n} của tôi")).await }
        });
        assert_eq!(used.await, 1, "a link opens once");

        p.db().pause_statements(Duration::ZERO);
        t.settle().await;
        let registry = Registry::of(p.components());
        let report = p.db().read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
    })
    .await;
}
