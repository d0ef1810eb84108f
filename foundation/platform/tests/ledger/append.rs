//! Appending: versions follow one another, whoever asks at the same time.

use super::paper::{MOVED, TABLES, move_paper, step};
use platform::Error;
use platform::ledger::{self, Actor};
use testkit::{on_each_database, sixteen_at_once};

#[tokio::test]
async fn versions_follow_one_another() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        for (version, fine) in [(2, false), (1, true), (1, false), (3, false), (2, true)] {
            let outcome = move_paper(&t, "a", version).await;
            assert_eq!(outcome.is_ok(), fine, "version {version}: {outcome:?}");
            assert!(fine || matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        }
        let history = t.db.read(|tx| ledger::entries_of(tx, "test.paper", "a")).await.unwrap();
        assert_eq!(history.iter().map(|r| r.entry.version).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(history[0].entry.codes.int("pages"), Some(3));
        assert_eq!(history[0].entry.codes.bool("signed"), Some(false));
        assert_eq!(history[0].entry.codes.text("urgency"), Some("hoa-toc"));
        assert_eq!(history[0].entry.actor, Actor::person("p1"));
        assert_eq!(history[0].details.as_ref().unwrap()["subject"], "Về việc thử");
        assert_ne!(history[0].entry.record_digest, history[1].entry.record_digest);
        let version = t.db.read(|tx| ledger::version_of(tx, "test.paper", "a")).await.unwrap();
        assert_eq!(version, 2);
    })
    .await;
}

#[tokio::test]
async fn of_sixteen_at_once_exactly_one_gets_each_version() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        t.db.pause_statements(std::time::Duration::from_millis(1));
        for version in 1..=5 {
            let outcomes = sixteen_at_once(|_| {
                let (db, id, now) = (t.db.clone(), t.new_id(), t.now());
                async move {
                    db.write(move |tx| {
                        if ledger::version_of(tx, "test.paper", "a")? >= version {
                            return Err(Error::Conflict("somebody acted first".into()));
                        }
                        step(tx, id, "a", version, &MOVED, "moved", now)
                    })
                    .await
                }
            })
            .await;
            assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
            assert_eq!(outcomes.iter().filter(|o| matches!(o, Err(Error::Conflict(_)))).count(), 15, "{outcomes:?}");
        }
        let history = t.db.read(|tx| ledger::entries_of(tx, "test.paper", "a")).await.unwrap();
        assert_eq!(history.len(), 5);
    })
    .await;
}
