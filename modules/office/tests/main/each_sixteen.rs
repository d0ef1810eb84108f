//! Every step of a document's way taken sixteen times at once, with pauses between the statements: it happens once.

use crate::receiving::Receiving;
use crate::world::{SECRET, components};
use office::use_cases::incoming::direct::agree;
use office::use_cases::incoming::finish::{CompleteInput, complete};
use office::use_cases::incoming::list::{self, Wanted};
use office::use_cases::incoming::register::{RegisterInput, register_incoming};
use office::use_cases::incoming::submit::{SubmitInput, submit_incoming};
use office::use_cases::incoming::work::{AssignInput, ReportInput, assign_within_unit, report, start};
use office::use_cases::{Command, draft, issue, look, number, review, seal, sign};
use platform::access::Principal;
use platform::ledger::{self, Registry};
use platform::{Error, Platform, Result};
use std::time::Duration;
use testkit::{on_each_platform, sixteen_at_once};

/// Sixteen clicks of one person on what he sees in version `seen`: one of them counts, fifteen are told so.
async fn once<I, T, F, Fut>(what: &str, p: &Platform, who: &Principal, id: I, seen: i64, act: F) -> T
where
    I: Copy,
    T: Send + 'static,
    F: Fn(Platform, Principal, I, Command) -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let click = || Command { version: Some(seen), key: None };
    let mut done = Vec::new();
    for outcome in sixteen_at_once(|_| act(p.clone(), who.clone(), id, click())).await {
        match outcome {
            Ok(one) => done.push(one),
            Err(Error::Conflict(_) | Error::Refused(_)) => {}
            Err(other) => panic!("{what}: {other}"),
        }
    }
    assert_eq!(done.len(), 1, "{what}");
    done.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_step_happens_once() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let (p, w) = (r.platform(), &r.world);
        let made = w.drafted().await;
        let id = made.id;
        p.db().pause_statements(Duration::from_millis(1));

        let seen = once("submit", p, &w.specialist, id, made.version, |p, who, id, c| async move {
            draft::submit_for_content(&p, &who, id, vec![], c).await
        });
        let seen = once("approve", p, &w.head, id, seen.await.version, |p, who, id, c| async move {
            review::approve_content(&p, &who, id, String::new(), c).await
        });
        let seen = once("check the form", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            review::check_format(&p, &who, id, String::new(), c).await
        });
        let seen = once("ask for the signature", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            sign::request_signature(&p, &who, id, c).await
        });
        let seen = once("sign", p, &w.minister, id, seen.await.version, |p, who, id, c| async move {
            sign::sign(&p, &who, id, SECRET, c).await
        });
        let seen = once("number", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            number::number_and_date(&p, &who, id, None, Some("Hà Nội".into()), c).await
        });
        let seen = once("seal", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            seal::seal(&p, &who, id, c).await
        });
        let issued = once("issue", p, &w.clerk, id, seen.await.version, |p, who, id, c| async move {
            issue::issue(&p, &who, id, c).await
        });
        assert_eq!(issued.await.code.as_deref(), Some("01/QĐ-BNV"), "no number was used up by the fifteen");
        w.t.settle().await;
        let sent = look::look(p, &w.clerk, id).await.unwrap();
        assert_eq!((sent.history.len(), sent.deliveries.len(), sent.signatures.len()), (11, 2, 2));

        let newest = Wanted { recent: true, ..Wanted::default() };
        let arrived = list::list(p, &r.clerk, newest, None, 1).await.unwrap().0.remove(0);
        let id = arrived.id;
        let seen = once("register", p, &r.clerk, id, arrived.version, |p, who, id, c| async move {
            register_incoming(&p, &who, id, RegisterInput::default(), None, c).await
        });
        let proposal = SubmitInput {
            to: Some(r.leader.position().unwrap().to_string()),
            proposal: "Phòng Nội chính chủ trì.".into(),
            proposed: Some(r.directive("2026-12-04")),
        };
        let seen = once("propose", p, &r.chief, id, seen.await.version, |p, who, id, c| {
            let proposal = proposal.clone();
            async move { submit_incoming(&p, &who, id, proposal, c).await }
        });
        let seen = once("direct", p, &r.leader, id, seen.await.version, |p, who, id, c| async move {
            agree(&p, &who, id, c).await
        });
        let person = r.specialist.person().unwrap().to_string();
        let seen = once("assign", p, &r.head, id, seen.await.version, |p, who, id, c| {
            let to = AssignInput { person: person.clone(), ..AssignInput::default() };
            async move { assign_within_unit(&p, &who, id, to, c).await }
        });
        let seen = once("start", p, &r.specialist, id, seen.await.version, |p, who, id, c| async move {
            start(&p, &who, id, c).await
        });
        let seen = once("report", p, &r.specialist, id, seen.await.version, |p, who, id, c| async move {
            let half = ReportInput { kind: "progress".into(), words: "Đã dự thảo.".into(), percent: Some(50) };
            report(&p, &who, id, half, c).await
        });
        let done = once("complete", p, &r.specialist, id, seen.await.version, |p, who, id, c| async move {
            let result = CompleteInput { words: "Đã thực hiện xong.".into(), answer: None };
            complete(&p, &who, id, result, c).await
        });
        assert_eq!(done.await.arrival_number, Some(1), "no number was used up by the fifteen");
        p.db().pause_statements(Duration::ZERO);
        w.t.settle().await;
        assert_eq!(r.heard(id).await, ["01", "03", "04", "05", "06"], "the sender hears each state once");
        let registry = Registry::of(p.components());
        let report = p.db().read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
    })
    .await;
}
