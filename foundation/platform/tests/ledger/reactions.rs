//! Reactions and counters: at least once, ordered per subject, failures parked in sight.

use super::paper::{CLOSED, MOVED, TABLES, move_as, move_paper};
use base::AgencyCode;
use platform::Error;
use platform::ledger::{self, Actor, Counter, CounterDelta, Reaction, Registry};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{TestDb, on_each_database};

fn remember(broken: Arc<AtomicBool>) -> Reaction {
    Reaction::new("test.remember", &["test.paper.moved"], move |tx, reacting| {
        let entry = reacting.entry;
        tx.execute(
            "INSERT INTO seen (reaction, id, version, place) VALUES ('remember', $1, $2, $3)",
            &[&entry.subject_id, &entry.version, &entry.seq],
        )?;
        assert!(reacting.details.is_some());
        if entry.subject_id == "bad" && broken.load(Ordering::SeqCst) {
            return Err(Error::Fault("cannot digest this".into()));
        }
        Ok(())
    })
}

async fn seen(t: &TestDb, id: &'static str) -> Vec<i64> {
    t.db.read(move |tx| {
        let rows = tx.query("SELECT version FROM seen WHERE id = $1 ORDER BY place", &[&id])?;
        rows.iter().map(|row| row.get(0)).collect()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_parked_subject_holds_back_its_later_entries_and_nobody_elses() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let broken = Arc::new(AtomicBool::new(true));
        let registry = Registry { reactions: vec![remember(Arc::clone(&broken))], ..Registry::default() };
        for version in 1..=3 {
            move_paper(&t, "good", version).await.unwrap();
            move_paper(&t, "bad", version).await.unwrap();
        }
        move_as(&t, "good", 4, &CLOSED, "closed").await.unwrap();
        t.settle(&registry).await;
        assert_eq!(seen(&t, "good").await, [1, 2, 3]);
        assert!(seen(&t, "bad").await.is_empty(), "a failed attempt leaves nothing");
        let parked = t.db.read(|tx| ledger::parked(tx, 10)).await.unwrap();
        assert_eq!(parked.iter().map(|p| p.attempts).collect::<Vec<_>>(), [1, 0, 0]);
        assert_eq!(parked[0].last_error.as_deref(), Some("fault: cannot digest this"));

        // Tried again with growing pauses, then left for a person.
        for _ in 0..20 {
            t.clock.advance_seconds(8000);
            t.settle(&registry).await;
        }
        let parked = t.db.read(|tx| ledger::parked(tx, 10)).await.unwrap();
        assert_eq!((parked[0].attempts, parked[0].retry_at), (8, None));

        broken.store(false, Ordering::SeqCst);
        t.settle(&registry).await;
        assert!(seen(&t, "bad").await.is_empty(), "it waits for a person");
        let (now, seq) = (t.now(), parked[0].seq);
        t.db.write(move |tx| ledger::retry_parked(tx, now, "test.remember", seq)).await.unwrap();
        t.settle(&registry).await;
        assert_eq!(seen(&t, "bad").await, [1, 2, 3]);
        assert!(t.db.read(|tx| ledger::parked(tx, 10)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn dismissing_a_parked_entry_is_an_entry_and_lets_the_next_go() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let broken = Arc::new(AtomicBool::new(true));
        let registry = Registry { reactions: vec![remember(Arc::clone(&broken))], ..Registry::default() };
        move_paper(&t, "bad", 1).await.unwrap();
        move_paper(&t, "bad", 2).await.unwrap();
        t.settle(&registry).await;
        broken.store(false, Ordering::SeqCst);
        let (now, id) = (t.now(), t.new_id());
        t.db.write(move |tx| {
            let who = (Actor::person("operator"), AgencyCode::parse("H57").unwrap());
            ledger::dismiss_parked(tx, now, id, who, ("test.remember", 1), "a test paper")
        })
        .await
        .unwrap();
        t.settle(&registry).await;
        assert_eq!(seen(&t, "bad").await, [2]);
        let kinds = ["ledger.parked.dismissed"];
        let entries = t.db.read(move |tx| ledger::read_after(tx, 0, &kinds, 10)).await.unwrap();
        assert_eq!(entries[0].codes.int("entry"), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_panicking_reaction_is_parked_like_a_failing_one() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let panics = Reaction::new("test.panics", &["test.paper.moved"], |_, _| panic!("a defect"));
        let registry = Registry { reactions: vec![panics], ..Registry::default() };
        move_paper(&t, "a", 1).await.unwrap();
        t.settle(&registry).await;
        let parked = t.db.read(|tx| ledger::parked(tx, 10)).await.unwrap();
        assert!(parked[0].last_error.as_deref().unwrap().contains("a defect"));
    })
    .await;
}

fn pages_by_kind() -> Counter {
    Counter {
        name: "test.pages",
        kinds: &["test.paper.moved", "test.paper.closed"],
        add: |entry| {
            let key = [("kind", entry.kind.clone()), ("agency", entry.agency.to_string())];
            vec![CounterDelta::one(key).with_sum(entry.codes.int("pages").unwrap_or(0))]
        },
    }
}

#[tokio::test]
async fn counters_follow_the_entries_and_come_out_equal_after_replay() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let registry = Registry { counters: vec![pages_by_kind()], ..Registry::default() };
        for n in 0..25 {
            move_paper(&t, &format!("p{n}"), 1).await.unwrap();
            if n % 5 == 0 {
                move_as(&t, &format!("p{n}"), 2, &CLOSED, "closed").await.unwrap();
                t.settle(&registry).await;
            }
        }
        t.settle(&registry).await;
        let read = || t.db.read(|tx| ledger::counter_rows(tx, "test.pages", &[]));
        let rows = read().await.unwrap();
        assert_eq!(
            rows.iter().map(|r| (r.key["kind"].as_str(), r.count, r.sum)).collect::<Vec<_>>(),
            [("test.paper.closed", 5, 15), ("test.paper.moved", 25, 75)]
        );
        let one = t.db.read(|tx| ledger::counter_rows(tx, "test.pages", &[("kind", MOVED.name)])).await.unwrap();
        assert_eq!(one.len(), 1);
        ledger::rebuild_counter(&t.db, &pages_by_kind()).await.unwrap();
        assert_eq!(read().await.unwrap(), rows);
    })
    .await;
}

#[tokio::test]
async fn what_waits_to_be_counted_is_not_taken_for_an_altered_figure() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let closed = Counter { kinds: &["test.paper.closed"], ..pages_by_kind() };
        let counting = || Registry { counters: vec![closed.clone()], ..Registry::default() };
        // Between what is counted stands what is not: places in the ledger are no number of entries.
        for n in 0..5 {
            move_paper(&t, &format!("p{n}"), 1).await.unwrap();
        }
        move_as(&t, "p0", 2, &CLOSED, "closed").await.unwrap();
        t.settle(&counting()).await;
        // Numbered, not yet counted: as when somebody verifies while the server is at work.
        move_as(&t, "p1", 2, &CLOSED, "closed").await.unwrap();
        t.settle(&Registry::default()).await;
        let registry = counting();
        let report = t.db.read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
        let figures: Vec<_> = report.findings.iter().filter(|f| f.message.en.contains("figure")).collect();
        assert!(figures.is_empty(), "{figures:?}");
        t.db.write(|tx| tx.execute("UPDATE ledger_counter SET count = count + 1", &[])).await.unwrap();
        let registry = counting();
        let report = t.db.read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
        assert!(report.findings.iter().any(|f| f.message.en.contains("figure")), "an altered one is still found");
    })
    .await;
}
