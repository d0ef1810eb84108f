//! Two at once, a click twice, sixteen registrations at once, the wrong role, another agency.

use crate::receiving::Receiving;
use crate::world::components;
use office::rules::incoming::State;
use office::use_cases::Command;
use office::use_cases::incoming::direct::{AssigneeInput, DirectiveInput, agree, agree_batch, direct_incoming};
use office::use_cases::incoming::finish::{CompleteInput, complete};
use office::use_cases::incoming::list::{self, Wanted, facets};
use office::use_cases::incoming::register::{RegisterInput, register_incoming};
use office::use_cases::incoming::submit::{SubmitInput, submit_incoming};
use office::use_cases::incoming::work::start;
use office::use_cases::incoming::{by_hand, look};
use platform::Error;
use testkit::on_each_platform;

fn none() -> Command {
    Command::default()
}

fn key(key: &str) -> Command {
    Command { version: None, key: Some(key.into()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clerks_register_one_arrival_and_it_gets_one_number() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let id = r.arrival().await.id;
        let input = RegisterInput::default;
        let (one, two) = tokio::join!(
            register_incoming(p, &r.clerk, id, input(), None, none()),
            register_incoming(p, &r.second_clerk, id, input(), None, none())
        );
        let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(won.unwrap().arrival_number, Some(1));
        let lost = lost.unwrap_err();
        assert!(lost.is_refusal("office.incoming.already-registered") || matches!(lost, Error::Conflict(_)), "{lost}");
        let register = "H57/van-ban-den";
        let numbers =
            p.db().read(move |tx| office::store::registers::numbers_page(tx, register, 2026, 0, 10)).await.unwrap();
        assert_eq!(numbers.len(), 1);
        assert_eq!(r.heard(id).await, ["01", "03"], "the sender hears it once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_twice_is_one_registration() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let id = r.arrival().await.id;
        let register = |command| register_incoming(p, &r.clerk, id, RegisterInput::default(), None, command);
        let (one, two) = tokio::join!(register(key("a")), register(key("a")));
        assert_eq!(one.unwrap().arrival_number, Some(1));
        assert_eq!(two.unwrap().arrival_number, Some(1));
        assert_eq!(register(key("a")).await.unwrap().version, 2);
        // What somebody else changed meanwhile is told, not overwritten.
        let seen = Command { version: Some(1), key: None };
        let stale = submit_incoming(p, &r.clerk, id, SubmitInput::default(), seen).await.unwrap_err();
        assert!(stale.is_refusal("office.document.changed-meanwhile"), "{stale}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_at_once_leave_no_gap() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let paper = |n: usize| by_hand::HandInput {
            source: "mail".into(),
            fields: RegisterInput {
                code: Some(format!("{n}/ĐN")),
                subject: Some(format!("Đơn đề nghị thứ {n}")),
                issuer: Some(format!("Công dân {n}")),
                ..RegisterInput::default()
            },
            ..by_hand::HandInput::default()
        };
        let mut tasks = tokio::task::JoinSet::new();
        for n in 1..=16 {
            let (p, clerk, input) = (p.clone(), r.clerk.clone(), paper(n));
            tasks.spawn(async move {
                loop {
                    match by_hand::register_by_hand(&p, &clerk, input.clone(), vec![], None, none()).await {
                        Ok(made) => break made.arrival_number.unwrap(),
                        Err(Error::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        let mut numbers = tasks.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=16).collect::<Vec<i64>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_only_by_whom_it_belongs_to() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let id = r.arrival().await.id;
        let input = RegisterInput::default;
        for who in [&r.leader, &r.chief] {
            let refused = register_incoming(p, who, id, input(), None, none()).await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        }
        // Nothing is directed that is not registered (Điều 22 khoản 1).
        let early = direct_incoming(p, &r.leader, id, r.directive("2026-12-04"), none()).await.unwrap_err();
        assert!(early.is_refusal("office.incoming.not-registered"), "{early}");
        register_incoming(p, &r.clerk, id, input(), None, none()).await.unwrap();
        let nothing = agree(p, &r.leader, id, none()).await.unwrap_err();
        assert!(nothing.is_refusal("office.incoming.no-proposal"), "{nothing}");

        let mut two = r.directive("2026-12-04");
        two.assignees[1].part = "lead".into();
        let refused = direct_incoming(p, &r.leader, id, two, none()).await.unwrap_err();
        assert!(refused.is_refusal("office.directive.invalid"), "{refused}");
        let elsewhere = DirectiveInput {
            assignees: vec![AssigneeInput {
                unit: r.world.head.unit.map(|u| u.to_string()),
                part: "lead".into(),
                ..AssigneeInput::default()
            }],
            ..r.directive("2026-12-04")
        };
        let refused = direct_incoming(p, &r.leader, id, elsewhere, none()).await.unwrap_err();
        assert!(refused.is_refusal("office.directive.assignee-unknown"), "{refused}");

        direct_incoming(p, &r.leader, id, r.directive("2026-12-04"), none()).await.unwrap();
        assert!(start(p, &r.specialist, id, none()).await.is_err(), "05 needs a real assignment");
        assert!(start(p, &r.leader, id, none()).await.is_err());
        // A head who begins takes the unit's work himself.
        start(p, &r.head, id, none()).await.unwrap();
        let seen = look::look(p, &r.head, id).await.unwrap();
        let own = seen.assignments.iter().find(|a| a.person.is_some()).unwrap();
        assert_eq!((own.state.as_str(), own.parent.is_some()), ("in_process", true));
        let unexplained = complete(p, &r.head, id, CompleteInput::default(), none()).await.unwrap_err();
        assert!(unexplained.is_refusal("office.incoming.result-missing"), "{unexplained}");
        let words = CompleteInput { words: "Đã phổ biến trong đơn vị.".into(), answer: None };
        assert_eq!(complete(p, &r.head, id, words, none()).await.unwrap().state, State::Done);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_directive_adds_and_never_makes_a_second_lead() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let id = r.submitted().await.id;
        agree(p, &r.leader, id, none()).await.unwrap();
        let one = |unit: &platform::directory::UnitId, part: &str| DirectiveInput {
            text: "Bổ sung.".into(),
            assignees: vec![AssigneeInput {
                unit: Some(unit.to_string()),
                part: part.into(),
                ..AssigneeInput::default()
            }],
            ..DirectiveInput::default()
        };
        direct_incoming(p, &r.leader, id, one(&r.other_unit, "inform"), none()).await.unwrap();
        let moved = direct_incoming(p, &r.leader, id, one(&r.other_unit, "lead"), none()).await.unwrap();
        assert_eq!(moved.lead_name.as_deref(), Some("Phòng Văn xã"));
        assert_eq!(moved.deadline.unwrap().to_string(), "2026-12-04", "the deadline of the whole stays");
        let seen = look::look(p, &r.leader, id).await.unwrap();
        assert_eq!(seen.directives.len(), 3);
        let mut leads: Vec<_> =
            seen.assignments.iter().filter(|a| a.part.code() == "lead").map(|a| a.state.as_str()).collect();
        leads.sort_unstable();
        assert_eq!(leads, ["open", "withdrawn"]);
        assert_eq!(r.heard(id).await, ["01", "03", "04"], "04 is said once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_refusal_does_not_stop_the_other_agreements() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let bare = r.registered().await.id;
        let good = r.submitted().await.id;
        let done = agree_batch(p, &r.leader, vec![(bare, none()), (good, none())]).await;
        assert!(done[0].1.as_ref().unwrap_err().is_refusal("office.incoming.no-proposal"));
        assert_eq!(done[1].1.as_ref().unwrap().state, State::Directed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_agency_sees_neither_record_nor_count() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let p = r.platform();
        let id = r.registered().await.id;
        for who in [&r.world.clerk, &r.world.minister, &r.world.specialist, &r.bystander] {
            assert!(matches!(look::look(p, who, id).await, Err(Error::NotFound(_))), "{}", who.name);
            assert!(matches!(look::file_of(p, who, id, 1).await, Err(Error::NotFound(_))));
            let all = list::list(p, who, Wanted::default(), None, 50).await.unwrap().0;
            assert!(all.is_empty(), "{}", who.name);
            let deed = office::use_cases::Deed::new(p, who).unwrap();
            let counted = p.db().read(move |tx| facets(tx, &deed, &Wanted::default())).await.unwrap();
            assert!(counted.states.is_empty() && counted.source.is_empty());
            let refused = submit_incoming(p, who, id, SubmitInput::default(), none()).await;
            assert!(refused.is_err());
        }
        assert!(look::file_of(p, &r.clerk, id, 1).await.is_ok());
    })
    .await;
}
