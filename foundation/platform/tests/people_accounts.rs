//! Accounts on each engine: the door, lock-out that cannot be used against a victim, second factor, sessions, links, systems.

use base::{AgencyCode, Text};
use platform::access::{Act, Permission, PrincipalKind, Role, allows};
use platform::accounts::{self, NewAccount, Origin, Preferences, Setup, SignedIn, Step};
use platform::directory::{self, Agency, Delegation, Person, Position, Rank};
use platform::ledger::Actor;
use platform::{Error, Platform};
use std::sync::Arc;
use testkit::{TestPlatform, on_each_platform};

use crate::people_directory::{agency, code, day};

const PASSWORD: &str = "bốn từ không liên quan";

pub fn act(p: &Platform) -> Act {
    Act::new(p, Actor::Server)
}

fn from(address: &str) -> Origin {
    Origin { address: Some(address.parse().unwrap()), agent: "Mozilla Firefox Windows".to_owned(), device: None }
}

pub async fn enter_agency(p: &Platform, agency: Agency) {
    let act = act(p);
    p.db().write(move |tx| directory::agency_save(tx, &act, agency.clone(), None)).await.unwrap();
}

/// A person with one position and an account; answers the position.
pub async fn enter(p: &Platform, username: &str, agency: &str, rank: Rank, roles: Vec<Role>) -> Position {
    let person = Person {
        id: p.new_id(),
        full_name: format!("Người {username}"),
        email: String::new(),
        phone: String::new(),
        version: 0,
    };
    let position = Position {
        id: p.new_id(),
        person: person.id,
        agency: code(agency),
        unit: None,
        title: Text::new(format!("Chức vụ {username}"), "Title"),
        rank,
        roles,
        valid_from: day("2021-01-01"),
        valid_to: None,
        version: 0,
    };
    let account = NewAccount {
        id: p.new_id(),
        username: username.to_owned(),
        person: person.id,
        agency: code(agency),
        password: Some(accounts::password_hash(p, PASSWORD).await.unwrap()),
        preferences: Preferences::default(),
    };
    let (act, kept) = (act(p), position.clone());
    p.db()
        .write(move |tx| {
            directory::person_save(tx, &act, person.clone(), &account.agency, None)?;
            directory::position_save(tx, &act.further(1), position.clone(), None)?;
            accounts::account_insert(tx, &act.further(3), &account)
        })
        .await
        .unwrap();
    kept
}

async fn story(p: &Platform) -> (Position, Position) {
    enter_agency(p, agency("H57", "Ủy ban nhân dân thành phố Huế")).await;
    let head = enter(p, "an.nv", "H57", Rank::Head, vec![Role::Leader]).await;
    let clerk = enter(p, "hanh.pt", "H57", Rank::Staff, vec![Role::RegistryClerk]).await;
    (head, clerk)
}

async fn enter_by_door(p: &Platform, username: &str, origin: &Origin) -> SignedIn {
    match accounts::sign_in(p, username, PASSWORD, origin).await.unwrap() {
        Step::In(signed_in) => *signed_in,
        Step::Code { .. } => panic!("no code was expected"),
    }
}

async fn who(p: &Platform, token: &str) -> Option<platform::access::Principal> {
    accounts::session_resolve(p, token, p.now()).await.unwrap()
}

#[tokio::test]
async fn a_session_ends_when_idle_and_in_any_case() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let first = enter_by_door(p, "Hanh.PT", &from("10.0.0.1")).await;
        assert_eq!(first.choices.len(), 1);
        let principal = who(p, &first.token).await.unwrap();
        assert_eq!((principal.agency.canonical(), principal.name.as_str()), ("H57", "Người hanh.pt"));
        assert!(principal.may(Permission::OutgoingSeal) && !principal.may(Permission::OutgoingSign));
        t.clock.advance_seconds(59 * 60);
        assert!(who(p, &first.token).await.is_some(), "used within the hour");
        t.clock.advance_seconds(59 * 60);
        assert!(who(p, &first.token).await.is_some(), "each use puts the idle end off");
        t.clock.advance_seconds(61 * 60);
        assert!(who(p, &first.token).await.is_none(), "idle for more than an hour");
        let second = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        for _ in 0..12 {
            t.clock.advance_seconds(59 * 60);
            who(p, &second.token).await;
        }
        assert!(who(p, &second.token).await.is_some());
        t.clock.advance_seconds(15 * 60);
        assert!(who(p, &second.token).await.is_none(), "twelve hours are the end in any case");
        assert!(who(p, "no such token").await.is_none());
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn signing_out_here_and_everywhere() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let a = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        let b = enter_by_door(p, "hanh.pt", &from("10.0.0.2")).await;
        let c = enter_by_door(p, "hanh.pt", &from("10.0.0.3")).await;
        accounts::sign_out(p, &who(p, &a.token).await.unwrap()).await.unwrap();
        assert!(who(p, &a.token).await.is_none());
        let now = p.now();
        let open = p.db().read(move |tx| accounts::sessions_of(tx, b.account.id, now)).await.unwrap();
        assert_eq!(open.len(), 2);
        assert!(open.iter().all(|session| session.device == "Firefox, Windows"));
        let act = act(p);
        p.db().write(move |tx| accounts::sessions_end(tx, &act, b.account.id, Some(b.session))).await.unwrap();
        assert!(who(p, &b.token).await.is_some());
        assert!(who(p, &c.token).await.is_none());
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_can_lock_another_out() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let victim = from("10.0.0.7");
        let known = Origin { device: Some(enter_by_door(p, "hanh.pt", &victim).await.device), ..from("203.0.113.9") };
        let thief = from("203.0.113.9");
        let mut held_up = 0;
        for _ in 0..40 {
            match accounts::sign_in(p, "hanh.pt", "sai mật khẩu", &thief).await.unwrap_err() {
                e if e.is_refusal("accounts.sign-in.too-many") => held_up += 1,
                e => assert!(e.is_refusal("accounts.sign-in.failed"), "{e}"),
            }
        }
        assert!(held_up >= 35, "{held_up} of 40 were held up");
        let right = accounts::sign_in(p, "hanh.pt", PASSWORD, &thief).await.unwrap_err();
        assert!(right.is_refusal("accounts.sign-in.too-many"), "while the wait lasts even the right one is not tried");
        enter_by_door(p, "hanh.pt", &victim).await;
        enter_by_door(p, "hanh.pt", &known).await;
        enter_by_door(p, "an.nv", &thief).await;
        t.clock.advance_seconds(16 * 60);
        enter_by_door(p, "hanh.pt", &thief).await;
        t.settle().await;
        let kinds = p
            .db()
            .read(|tx| platform::ledger::read_before(tx, &code("H57"), None, &["accounts.sign-in.held-up"], 10))
            .await
            .unwrap();
        assert_eq!(kinds.len(), 1, "the ledger tells of it once a wait begins");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_do_not_slip_through() {
    on_each_platform(Vec::new, |t| async move {
        story(&t.platform).await;
        let guesses = (0..16).map(|n| {
            let t = Arc::clone(&t);
            tokio::spawn(async move {
                accounts::sign_in(&t.platform, "hanh.pt", &format!("đoán {n}"), &from("203.0.113.9")).await.unwrap_err()
            })
        });
        let mut tried = 0;
        for guess in guesses.collect::<Vec<_>>() {
            let error = guess.await.unwrap();
            tried += usize::from(error.is_refusal("accounts.sign-in.failed"));
            assert!(!matches!(error, Error::Fault(_)), "{error}");
        }
        assert!((1..=5).contains(&tried), "{tried} guesses were looked at");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_name_is_answered_as_a_wrong_password() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let origin = from("10.0.0.1");
        let unknown = accounts::sign_in(p, "không ai", PASSWORD, &origin).await.unwrap_err();
        let wrong = accounts::sign_in(p, "hanh.pt", "sai mật khẩu", &origin).await.unwrap_err();
        assert_eq!(unknown.to_string(), wrong.to_string());
        // Counted, not timed: a clock would make this test a matter of luck.
        let hashes = || p.metrics().value("lienthong_password_hashes_total", &[]).unwrap_or(0.0);
        for (n, name) in (0..).zip(["không ai", "hanh.pt", "HANH.PT", "", "a' OR 1=1 --", "\u{0}"]) {
            let (before, origin) = (hashes(), from(&format!("10.1.{n}.1")));
            accounts::sign_in(p, name, "sai mật khẩu", &origin).await.unwrap_err();
            assert!((hashes() - before - 1.0).abs() < f64::EPSILON, "as much work for {name:?} as for any other");
        }
        for weak in ["ngắn", "1234567890", "hanh.pt 2026", "matkhau 123", "aaaaaaaaaaaa"] {
            assert!(accounts::password_check(weak, "hanh.pt").is_err(), "{weak}");
        }
        accounts::password_check(PASSWORD, "hanh.pt").unwrap();
        t.settle().await;
    })
    .await;
}

/// The code that a telephone would show (RFC 6238), made by the same standard from the base32 secret.
fn code_for(secret: &str, t: &TestPlatform) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(t.now().micros() / 1_000_000).unwrap()).to_string()
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_is_good_once() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let origin = from("10.0.0.1");
        let signed_in = enter_by_door(p, "an.nv", &origin).await;
        let account = signed_in.account.id;
        let begun = accounts::totp_begin(p, account).await.unwrap();
        assert!(begun.uri.starts_with("otpauth://totp/") && begun.uri.contains(&begun.secret));
        assert_eq!(accounts::totp_pending(p, account).await.unwrap().unwrap().secret, begun.secret);
        let wrong = accounts::totp_confirm(p, &act(p), account, "000000").await.unwrap_err();
        assert!(wrong.is_refusal("accounts.code.wrong"));
        let recovery = accounts::totp_confirm(p, &act(p), account, &code_for(&begun.secret, &t)).await.unwrap();
        assert_eq!(recovery.len(), 10);

        let ticket = |step: Step| match step {
            Step::Code { ticket } => ticket,
            Step::In(_) => panic!("a code was expected"),
        };
        let needed = accounts::sign_in_at_once(p, "an.nv", PASSWORD, None, &origin).await.unwrap_err();
        assert!(needed.is_refusal("accounts.sign-in.code-needed"));
        let first = ticket(accounts::sign_in(p, "an.nv", PASSWORD, &origin).await.unwrap());
        let used = accounts::sign_in_code(p, &first, &code_for(&begun.secret, &t), &origin).await.unwrap_err();
        assert!(used.is_refusal("accounts.code.wrong"), "the code of the enrolment was used: {used}");
        t.clock.advance_seconds(30);
        accounts::sign_in_code(p, &first, &code_for(&begun.secret, &t), &origin).await.unwrap();
        let again = accounts::sign_in_code(p, &first, &recovery[0], &origin).await.unwrap_err();
        assert!(again.is_refusal("accounts.sign-in.step-lapsed"), "a ticket leads in once: {again}");

        let by_recovery = recovery[0].to_uppercase().replace('-', " ");
        accounts::sign_in_at_once(p, "an.nv", PASSWORD, Some(&by_recovery), &origin).await.unwrap();
        let twice = accounts::sign_in_at_once(p, "an.nv", PASSWORD, Some(&by_recovery), &origin).await.unwrap_err();
        assert!(twice.is_refusal("accounts.code.wrong"), "{twice}");

        let late = ticket(accounts::sign_in(p, "an.nv", PASSWORD, &origin).await.unwrap());
        t.clock.advance_seconds(301);
        let late = accounts::sign_in_code(p, &late, &code_for(&begun.secret, &t), &origin).await.unwrap_err();
        assert!(late.is_refusal("accounts.sign-in.step-lapsed"), "{late}");
        let refused = accounts::totp_disable(p, &act(p), account, "sai mật khẩu", &origin).await.unwrap_err();
        assert!(refused.is_refusal("accounts.password.wrong"));
        accounts::totp_disable(p, &act(p), account, PASSWORD, &origin).await.unwrap();
        enter_by_door(p, "an.nv", &origin).await;
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn acting_under_a_delegation_has_its_rights_and_no_others() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        let (head, clerk) = story(p).await;
        let delegation = Delegation {
            id: p.new_id(),
            from: head.id,
            to: clerk.id,
            agency: code("H57"),
            permissions: vec![Permission::OutgoingSign],
            scope_note: "Ký giấy mời".to_owned(),
            written_basis: "12/GUQ-UBND".to_owned(),
            valid_from: day("2026-11-01"),
            valid_to: day("2026-11-23"),
            ended_on: None,
            version: 0,
        };
        let (given, id) = (act(p), delegation.id);
        p.db().write(move |tx| directory::delegation_grant(tx, &given, delegation.clone())).await.unwrap();
        let signed_in = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        assert_eq!(signed_in.choices.len(), 2);
        assert_eq!(signed_in.choices[1].delegator.as_deref(), Some("Người an.nv"));
        let own = who(p, &signed_in.token).await.unwrap();
        let stranger = accounts::session_switch(p, &own, head.id, None).await.unwrap_err();
        assert!(stranger.is_refusal("accounts.position.not-held"), "{stranger}");
        let token = accounts::session_switch(p, &own, clerk.id, Some(id)).await.unwrap();
        assert!(who(p, &signed_in.token).await.is_none(), "the rights changed, so the token did too");
        let acting = who(p, &token).await.unwrap();
        assert_eq!(acting.delegated_from(), Some(head.id));
        assert_eq!(acting.title.vi, "Chức vụ an.nv");
        let may: Vec<Permission> = Permission::ALL.into_iter().filter(|permission| acting.may(*permission)).collect();
        assert_eq!(may, [Permission::OutgoingSign], "neither the delegator's other rights nor his own");
        t.clock.advance_seconds(16 * 3600);
        let signed_in = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        assert_eq!(signed_in.choices.len(), 1, "the delegation ran out at midnight");
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_takes_the_rights_along_at_once() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        let (_, clerk) = story(p).await;
        enter_agency(p, agency("H57.09", "Sở Nội vụ")).await;
        let second = Position {
            id: p.new_id(),
            agency: code("H57.09"),
            roles: vec![Role::Specialist],
            valid_from: day("2026-11-20"),
            ..clerk.clone()
        };
        let granted = act(p);
        p.db().write(move |tx| directory::position_save(tx, &granted, second.clone(), None)).await.unwrap();
        let signed_in = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        assert_eq!(signed_in.choices.len(), 2);
        let before = who(p, &signed_in.token).await.unwrap();
        let in_first = before.agency == code("H57");
        let token = if in_first {
            signed_in.token
        } else {
            accounts::session_switch(p, &before, clerk.id, None).await.unwrap()
        };
        let ended = act(p);
        p.db().write(move |tx| directory::position_end(tx, &ended, clerk.id, day("2026-11-22"), None)).await.unwrap();
        let after = who(p, &token).await.unwrap();
        assert_eq!(after.agency, code("H57.09"));
        assert!(!allows(&after, Permission::OutgoingSeal, &code("H57")));
        assert!(!allows(&after, Permission::OutgoingSeal, &code("H57.09")));
        let act_off = act(p);
        let account = signed_in.account.id;
        p.db().write(move |tx| accounts::account_disable(tx, &act_off, account, true)).await.unwrap();
        assert!(who(p, &token).await.is_none());
        let refused = accounts::sign_in(p, "hanh.pt", PASSWORD, &from("10.0.0.1")).await.unwrap_err();
        assert!(refused.is_refusal("accounts.sign-in.failed"), "{refused}");
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_ends_every_session() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let signed_in = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        let id = signed_in.account.id;
        let old = accounts::link_create(p, &act(p), id).await.unwrap();
        let token = accounts::link_create(p, &act(p), id).await.unwrap();
        assert_eq!(accounts::link_read(p, &token).await.unwrap().as_deref(), Some("hanh.pt"));
        assert!(accounts::link_read(p, &old).await.unwrap_err().is_refusal("accounts.link.invalid"));
        assert!(accounts::link_use(p, &token, "ngắn").await.unwrap_err().is_refusal("accounts.password.weak"));
        accounts::link_use(p, &token, "một mật khẩu khác hẳn").await.unwrap();
        assert!(who(p, &signed_in.token).await.is_none());
        let again = accounts::link_use(p, &token, "một mật khẩu khác hẳn").await.unwrap_err();
        assert!(again.is_refusal("accounts.link.invalid"), "{again}");
        let outdated = accounts::sign_in(p, "hanh.pt", PASSWORD, &from("10.0.0.1")).await.unwrap_err();
        assert!(outdated.is_refusal("accounts.sign-in.failed"));
        accounts::sign_in(p, "hanh.pt", "một mật khẩu khác hẳn", &from("10.0.0.1")).await.unwrap();
        let late = accounts::link_create(p, &act(p), id).await.unwrap();
        t.clock.advance_seconds(73 * 3600);
        assert!(accounts::link_use(p, &late, PASSWORD).await.unwrap_err().is_refusal("accounts.link.invalid"));
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn changing_the_password_keeps_this_session_under_a_new_token() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let origin = from("10.0.0.1");
        let here = enter_by_door(p, "hanh.pt", &origin).await;
        let there = enter_by_door(p, "hanh.pt", &from("10.0.0.2")).await;
        let principal = who(p, &here.token).await.unwrap();
        let wrong = accounts::password_change(p, &principal, "sai", "một mật khẩu khác hẳn", &origin).await;
        assert!(wrong.unwrap_err().is_refusal("accounts.password.wrong"));
        let token = accounts::password_change(p, &principal, PASSWORD, "một mật khẩu khác hẳn", &origin).await.unwrap();
        assert!(who(p, &token).await.is_some());
        assert!(who(p, &here.token).await.is_none());
        assert!(who(p, &there.token).await.is_none());
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link_that_works_once() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        let old = accounts::setup_link(p).await.unwrap().unwrap();
        let token = accounts::setup_link(p).await.unwrap().unwrap();
        assert_eq!(accounts::link_read(p, &token).await.unwrap(), None);
        let setup = Setup {
            agency: code("H57"),
            agency_name: "Ủy ban nhân dân thành phố Huế".to_owned(),
            abbreviation: "UBND".to_owned(),
            full_name: "Trần Quản Trị".to_owned(),
            username: "quan.tri".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let stale = accounts::setup_complete(p, &old, setup.clone()).await.unwrap_err();
        assert!(stale.is_refusal("accounts.link.invalid"), "{stale}");
        accounts::setup_complete(p, &token, setup.clone()).await.unwrap();
        let again = accounts::setup_complete(p, &token, setup).await.unwrap_err();
        assert!(again.is_refusal("accounts.link.invalid"), "{again}");
        assert_eq!(accounts::setup_link(p).await.unwrap(), None);
        let signed_in = enter_by_door(p, "quan.tri", &from("10.0.0.1")).await;
        let principal = who(p, &signed_in.token).await.unwrap();
        assert!(principal.may(Permission::AccountsManage) && !principal.may(Permission::DocumentsReadAgency));
        platform::access::require_server(&principal, Permission::ServerOperate).unwrap();
        let agency = p.db().read(|tx| directory::agency_latest(tx, &code("H57"))).await.unwrap().unwrap();
        assert!(agency.hosted);
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_system_acts_for_its_codes_until_it_is_revoked() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        story(p).await;
        let codes: Vec<AgencyCode> = vec![code("H57")];
        let (system, token) = accounts::system_register(p, &act(p), "Trục của tỉnh", &codes).await.unwrap();
        assert!(token.starts_with(&system.token_hint) && token.len() > 40);
        let resolve = |token: String| {
            let (db, now) = (p.db().clone(), p.now());
            async move { db.read(move |tx| accounts::bearer_principal(tx, &token, now)).await.unwrap() }
        };
        let principal = resolve(token.clone()).await.unwrap();
        assert!(matches!(principal.kind, PrincipalKind::System { .. }));
        assert!(allows(&principal, Permission::ExchangeSend, &code("H57")));
        assert!(!allows(&principal, Permission::ExchangeSend, &code("H57.09")), "its codes only, not what lies below");
        assert!(resolve(format!("{token}x")).await.is_none());
        let unknown = accounts::system_register(p, &act(p), "Khác", &[code("H99")]).await.unwrap_err();
        assert!(unknown.is_refusal("directory.agency.unknown"), "{unknown}");
        assert!(
            accounts::system_register(p, &act(p), " ", &codes).await.unwrap_err().is_refusal("accounts.system.invalid")
        );
        let revoked = act(p);
        p.db().write(move |tx| accounts::system_revoke(tx, &revoked, system.id)).await.unwrap();
        assert!(resolve(token).await.is_none());
        let session = enter_by_door(p, "hanh.pt", &from("10.0.0.1")).await;
        assert!(resolve(session.token).await.unwrap().person().is_some(), "a session's token works as a bearer too");
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn user_names_do_not_differ_by_case_or_marks() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        let (_, clerk) = story(p).await;
        let make = |username: &str| {
            let new = NewAccount {
                id: p.new_id(),
                username: username.to_owned(),
                person: clerk.person,
                agency: code("H57"),
                password: None,
                preferences: Preferences::default(),
            };
            let act = act(p);
            async move { accounts::account_create(p, &act, new).await }
        };
        assert!(make("HANH.PT").await.unwrap_err().is_refusal("accounts.username.taken"));
        assert!(make("hạnh.pt").await.unwrap_err().is_refusal("accounts.username.invalid"));
        assert!(make("h p").await.unwrap_err().is_refusal("accounts.username.invalid"));
        make("hanh.pt2").await.unwrap();
        t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_opens_at_home_and_then_where_one_worked_last() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        let (_, clerk) = story(p).await;
        // Equal ranks in three agencies: none of them may win by the accident of its id.
        for other in ["H57.01", "H57.09"] {
            enter_agency(p, agency(other, "Cơ quan khác")).await;
            let elsewhere =
                Position { id: p.new_id(), agency: code(other), valid_from: day("2020-01-01"), ..clerk.clone() };
            let act = act(p);
            p.db()
                .write(move |tx| directory::position_save(tx, &act, elsewhere.clone(), None).map(|_| ()))
                .await
                .unwrap();
        }
        let first = enter_by_door(p, "hanh.pt", &from("10.0.0.7")).await;
        let here = who(p, &first.token).await.unwrap();
        assert_eq!(here.agency, code("H57"), "the agency whose account it is");

        let held = p.db().read({
            let (person, today) = (clerk.person, p.now().local_date());
            move |tx| directory::positions_of(tx, person, today)
        });
        let held = held.await.unwrap();
        let order: Vec<String> = held.iter().map(|h| h.position.agency.to_string()).collect();
        assert_eq!(order, ["H57.01", "H57.09", "H57"], "rank, then the longest held, then the agency");

        let there = held[1].position.id;
        accounts::session_switch(p, &here, there, None).await.unwrap();
        let again = enter_by_door(p, "hanh.pt", &from("10.0.0.7")).await;
        assert_eq!(who(p, &again.token).await.unwrap().agency, code("H57.09"), "where one worked last");
    })
    .await;
}
