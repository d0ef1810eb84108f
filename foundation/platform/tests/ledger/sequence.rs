//! Numbering: late commits are never skipped, and two holders never make two histories.

use super::paper::{MOVED, PAPER, TABLES, move_paper, step};
use platform::db::Db;
use platform::ledger::{self, Checkpoint, CheckpointKey, Registry};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{TestDb, on_each_database};

fn registry() -> Registry {
    Registry { subjects: vec![&PAPER], ..Registry::default() }
}

async fn feed(t: &TestDb, after: i64) -> Vec<(i64, String)> {
    let entries = t.db.read(move |tx| ledger::read_after(tx, after, &[], 100)).await.unwrap();
    entries.into_iter().map(|e| (e.seq.unwrap(), e.subject_id)).collect()
}

#[tokio::test]
async fn a_late_commit_is_never_skipped_by_a_feed() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let (db, id, now) = (t.db.clone(), t.new_id(), t.now());
        let (appended, mut has_appended) = tokio::sync::mpsc::unbounded_channel();
        let (may_commit, waiting) = std::sync::mpsc::channel::<()>();
        let waiting = Mutex::new(waiting);
        let late = tokio::spawn(async move {
            db.write(move |tx| {
                step(tx, id, "late", 1, &MOVED, "moved", now)?;
                appended.send(()).unwrap();
                // Ends when the other side is dropped, however often the closure runs.
                let _ = waiting.lock().unwrap().recv();
                Ok(())
            })
            .await
        });
        has_appended.recv().await.unwrap();
        // One writer makes a late commit impossible: there the first simply goes on.
        let mut may_commit = Some(may_commit);
        if t.url.is_none() {
            may_commit.take();
        }
        t.clock.advance_seconds(5);
        move_paper(&t, "quick", 1).await.unwrap();
        ledger::number(&t.db).await.unwrap();
        let mut seen = feed(&t, 0).await;
        let cursor = seen.last().map_or(0, |(seq, _)| *seq);
        if t.url.is_some() {
            assert_eq!(seen, [(1, "quick".to_owned())], "the late one is appended, but not committed");
        }
        drop(may_commit);
        late.await.unwrap().unwrap();
        ledger::number(&t.db).await.unwrap();
        seen.extend(feed(&t, cursor).await);
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert_eq!(seen.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2]);
        if t.url.is_some() {
            assert_eq!(seen[1].1, "late", "it was appended first and committed last");
        }
    })
    .await;
}

#[tokio::test]
async fn clocks_that_disagree_do_not_turn_a_subjects_history_round() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        for version in 1..=20 {
            move_paper(&t, "a", version).await.unwrap();
            t.clock.advance_seconds(-3600);
        }
        ledger::number(&t.db).await.unwrap();
        let history = t.db.read(|tx| ledger::entries_of(tx, "test.paper", "a")).await.unwrap();
        let places: Vec<_> = history.iter().map(|r| r.entry.seq.unwrap()).collect();
        assert_eq!(places, (1..=20).collect::<Vec<_>>());
    })
    .await;
}

fn key() -> CheckpointKey {
    CheckpointKey {
        origin: "hue.example".into(),
        sign: Arc::new(|text| format!("{text}\n\u{2014} hue.example AAAA\n")),
    }
}

#[tokio::test]
async fn paused_and_killed_holders_cannot_fork_the_tree() {
    let Some(t) = TestDb::postgres(&[ledger::MIGRATIONS, TABLES].concat()).await else { return };
    // Each numbering stops for a moment between reading the head and swapping it.
    t.db.write(|tx| {
        tx.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$",
            &[],
        )?;
        tx.execute(
            "CREATE TRIGGER dawdle BEFORE INSERT OR UPDATE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION dawdle()",
            &[],
        )
    })
    .await
    .unwrap();
    let url = t.url.clone().unwrap();
    let second = tokio::task::spawn_blocking(move || Db::open_postgres(&url)).await.unwrap().unwrap();
    let mut kept: Vec<Checkpoint> = Vec::new();
    for round in 0..6 {
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..20 {
            let (db, id, now) = (t.db.clone(), t.new_id(), t.now());
            let name = format!("p{round}-{n}");
            tasks.spawn(async move { db.write(move |tx| step(tx, id, &name, 1, &MOVED, "moved", now)).await });
        }
        let (a, b, now) = (t.db.clone(), second.clone(), t.now());
        let signing_a = tokio::spawn(async move { ledger::sign_checkpoint(&a, &key(), now).await });
        let signing_b = tokio::spawn(async move { ledger::sign_checkpoint(&b, &key(), now).await });
        if round % 2 == 1 {
            // The holder dies in the middle of its work.
            tokio::time::sleep(Duration::from_millis(20)).await;
            t.db.write(|tx| {
                tx.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%ledger_tile%'",
                    &[],
                )
            })
            .await
            .unwrap();
        }
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
        for signed in [signing_a.await.unwrap(), signing_b.await.unwrap()] {
            kept.extend(signed.unwrap().and_then(|signed| Checkpoint::parse(&signed.note)));
        }
    }
    t.settle(&registry()).await;
    let outside = kept.clone();
    let report = t.db.read(move |tx| ledger::verify(tx, &registry(), &outside)).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.head.size, report.outside), (120, kept.len() as u64));
    second.close().await;
}

#[tokio::test]
async fn the_standing_work_numbers_signs_and_reacts_by_itself() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let reaction = ledger::Reaction::new("test.mark", &["test.paper.moved"], |tx, reacting| {
            tx.execute(
                "INSERT INTO seen (reaction, id, version, place) VALUES ('mark', $1, $2, $3)",
                &[&reacting.entry.subject_id, &reacting.entry.version, &reacting.entry.seq],
            )?;
            Ok(())
        });
        let registry = Registry { reactions: vec![reaction], ..registry() };
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let run = ledger::run(t.db.clone(), registry, Some(key()), t.clock.clone(), t.random.clone(), stopping);
        let running = tokio::spawn(run);
        for version in 1..=10 {
            move_paper(&t, "a", version).await.unwrap();
            t.clock.advance_seconds(2);
        }
        let mut seen = 0;
        for _ in 0..100 {
            t.clock.advance_seconds(2);
            seen = t.db.read(|tx| tx.query_one("SELECT count(*) FROM seen", &[])?.get::<i64>(0)).await.unwrap();
            let signed = t.db.read(ledger::latest_checkpoint).await.unwrap();
            if seen == 10 && signed.is_some_and(|signed| signed.size == 10) {
                stop.send(true).unwrap();
                running.await.unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("only {seen} of 10 seen, or nothing signed");
    })
    .await;
}
