//! Two people acting on one document at once, and one person clicking twice.

use crate::world::{SECRET, World, components};
use office::rules::outgoing::State;
use office::use_cases::{Command, draft, issue, look, review, sign};
use platform::Error;
use testkit::on_each_platform;

fn keyed(key: &str) -> Command {
    Command { version: None, key: Some(key.into()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_of_two_people_is_told() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.drafted().await.id;
        let submitted = draft::submit_for_content(p, &w.specialist, id, vec![], Command::default()).await.unwrap();
        let seen = || Command { version: Some(submitted.version), key: None };
        let (approved, sent_back) = tokio::join!(
            review::approve_content(p, &w.head, id, String::new(), seen()),
            review::send_back(p, &w.minister, id, "Chưa rõ.".into(), seen()),
        );
        let outcomes = [approved, sent_back];
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
        let lost = outcomes.into_iter().find_map(Result::err).unwrap();
        assert!(lost.is_refusal("office.document.changed-meanwhile") || matches!(lost, Error::Conflict(_)), "{lost}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_approvals_at_once_are_one() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform().clone();
        let id = w.drafted().await.id;
        draft::submit_for_content(&p, &w.specialist, id, vec![], Command::default()).await.unwrap();
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (p, head) = (p.clone(), w.head.clone());
                tokio::spawn(
                    async move { review::approve_content(&p, &head, id, String::new(), Command::default()).await },
                )
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += usize::from(task.await.unwrap().is_ok());
        }
        assert_eq!(done, 1);
        let seen = look::look(&p, &w.head, id).await.unwrap();
        assert_eq!(seen.approvals.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_gets_the_same_answer_and_changes_nothing() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let (one, two) = tokio::join!(
            draft::draft_outgoing(p, &w.specialist, w.input(), keyed("a")),
            draft::draft_outgoing(p, &w.specialist, w.input(), keyed("a")),
        );
        let again = draft::draft_outgoing(p, &w.specialist, w.input(), keyed("a")).await.unwrap();
        let ids: Vec<_> = [one, two].into_iter().flatten().map(|d| d.id).collect();
        assert!(!ids.is_empty() && ids.iter().all(|id| *id == again.id), "one draft, whoever was faster");

        let id = w.signed().await.id;
        let (first, second) = tokio::join!(
            issue::promulgate(p, &w.clerk, id, None, None, keyed("b")),
            issue::promulgate(p, &w.clerk, id, None, None, keyed("b")),
        );
        assert!(first.is_ok() || second.is_ok(), "{first:?} {second:?}");
        let done = issue::promulgate(p, &w.clerk, id, None, None, keyed("b")).await.unwrap();
        assert_eq!((done.state, done.code.as_deref()), (State::Issued, Some("01/QĐ-BNV")));
        let seen = look::look(p, &w.clerk, id).await.unwrap();
        assert_eq!(seen.signatures.len(), 2);
        assert_eq!(seen.history.iter().filter(|r| r.entry.kind == "office.outgoing.issued").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_signs_what_changed_behind_his_back() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let waiting = w.awaiting().await;
        let seen = Command { version: Some(waiting.version), key: None };
        draft::revise(p, &w.specialist, waiting.id, w.input(), Command::default()).await.unwrap();
        let refused = sign::sign(p, &w.minister, waiting.id, SECRET, seen).await.unwrap_err();
        assert!(refused.is_refusal("office.document.changed-meanwhile"), "{refused}");
        assert!(look::look(p, &w.minister, waiting.id).await.unwrap().signatures.is_empty());
    })
    .await;
}
