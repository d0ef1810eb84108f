//! Whatever is altered behind the ledger's back is found and named.

use super::paper::{CLOSED, MOVED, PAPER, TABLES, move_as, move_paper, step};
use base::AgencyCode;
use platform::Error;
use platform::ledger::{
    self, Actor, Checkpoint, CheckpointKey, Counter, CounterDelta, FindingKind, Order, Registry, Report,
};
use std::sync::Arc;
use testkit::{TestDb, on_each_database};

fn registry() -> Registry {
    let pages = Counter {
        name: "test.pages",
        kinds: &["test.paper.moved"],
        add: |entry| vec![CounterDelta::one([("agency", entry.agency.to_string())]).with_sum(3)],
    };
    Registry { subjects: vec![&PAPER], counters: vec![pages], ..Registry::default() }
}

fn key() -> CheckpointKey {
    CheckpointKey {
        origin: "hue.example".into(),
        sign: Arc::new(|text| format!("{text}\n\u{2014} hue.example AAAA\n")),
    }
}

async fn verify(t: &TestDb, outside: &[Checkpoint]) -> Report {
    let (registry, outside) = (registry(), outside.to_vec());
    t.db.read(move |tx| ledger::verify(tx, &registry, &outside)).await.unwrap()
}

async fn sql(t: &TestDb, statement: &'static str) {
    let rows = t.db.write(move |tx| tx.execute(statement, &[])).await.unwrap();
    assert!(rows > 0, "{statement} changed nothing");
}

/// 300 entries (more than one tile), one record closed, a checkpoint signed.
async fn grown(t: &TestDb) -> Checkpoint {
    let ids: Vec<_> = (0..298).map(|_| t.new_id()).collect();
    let now = t.now();
    t.db.write(move |tx| {
        ids.iter().enumerate().try_for_each(|(n, id)| step(tx, *id, &format!("p{n:03}"), 1, &MOVED, "moved", now))
    })
    .await
    .unwrap();
    move_paper(t, "p000", 2).await.unwrap();
    move_as(t, "p001", 2, &CLOSED, "closed").await.unwrap();
    t.settle(&registry()).await;
    let signed = ledger::sign_checkpoint(&t.db, &key(), now).await.unwrap().unwrap();
    let checkpoint = Checkpoint::parse(&signed.note).unwrap();
    assert_eq!((checkpoint.size, checkpoint.epoch), (300, 1));
    checkpoint
}

#[tokio::test]
async fn an_honest_ledger_is_clean_and_claims_no_more_than_it_can() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let checkpoint = grown(&t).await;
        let report = verify(&t, &[]).await;
        assert!(report.is_clean(), "{:?}", report.findings);
        assert_eq!((report.entries, report.records, report.figures), (300, 298, 1));
        assert!(report.conclusion().en.contains("itself only"));
        let report = verify(&t, &[checkpoint]).await;
        assert!(report.is_clean() && report.outside == 1);
        assert!(report.conclusion().en.contains("fits 1 checkpoints kept elsewhere"));
    })
    .await;
}

#[tokio::test]
async fn each_alteration_is_found_and_named() {
    use FindingKind as F;
    let cases: &[(&'static str, F, &str)] = &[
        ("UPDATE ledger_entry SET agency = 'G22' WHERE seq = 17", F::EntryAltered, "entry 17 "),
        ("UPDATE ledger_entry SET codes = '{\"urgency\": \"thuong\"}' WHERE seq = 18", F::EntryAltered, "entry 18 "),
        (
            "UPDATE ledger_details SET body = '{\"subject\": \"khác\"}' WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 19)",
            F::DetailsAltered,
            "entry 19 ",
        ),
        (
            "DELETE FROM ledger_details WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 20)",
            F::DetailsMissing,
            "entry 20 ",
        ),
        ("UPDATE paper SET state = 'lost' WHERE id = 'p000'", F::RecordAltered, "test.paper p000"),
        ("DELETE FROM paper WHERE id = 'p007'", F::RecordMissing, "test.paper p007"),
        ("UPDATE ledger_counter SET sum = sum + 1", F::CounterAltered, "test.pages "),
        (
            "UPDATE ledger_tile SET hashes = leaf.leaf_hash FROM ledger_entry AS leaf WHERE leaf.seq = 2 AND level = 1",
            F::TileAltered,
            "tile 1/0",
        ),
        ("DELETE FROM ledger_tile WHERE level = 0 AND tile = 0", F::TileAltered, "tile 0/0"),
        (
            "INSERT INTO ledger_tile (level, tile, hashes) SELECT 0, 9, leaf_hash FROM ledger_entry WHERE seq = 1",
            F::TileAltered,
            "tile 0/9",
        ),
        (
            "UPDATE ledger_head SET root = leaf.leaf_hash FROM ledger_entry AS leaf WHERE leaf.seq = 1",
            F::HeadAltered,
            "head 300",
        ),
        ("UPDATE ledger_checkpoint SET note = 'x'", F::CheckpointAltered, "checkpoint 1/300"),
        ("UPDATE ledger_head SET epoch = 7", F::HeadAltered, "head epoch 7"),
        (
            "UPDATE ledger_entry SET leaf_hash = other.leaf_hash FROM (SELECT leaf_hash, 1 AS one FROM ledger_entry WHERE seq = 5) AS other WHERE seq = 4",
            F::EntryAltered,
            "entry 4 ",
        ),
    ];
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        grown(&t).await;
        // Ascending damage: each case must add its own finding to those before.
        for (statement, kind, place) in cases {
            sql(&t, statement).await;
            let report = verify(&t, &[]).await;
            let named = report.findings.iter().any(|f| f.kind == *kind && f.place.starts_with(place));
            assert!(named, "{statement}: {:?}", report.findings);
            assert!(report.conclusion().vi.contains("sai lệch"));
        }
        sql(&t, "DELETE FROM ledger_details WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 298)").await;
        sql(&t, "DELETE FROM ledger_entry WHERE seq = 298").await;
        let report = verify(&t, &[]).await;
        assert!(report.findings.iter().any(|f| f.kind == F::EntryMissing && f.place == "entry 298"));
    })
    .await;
}

#[tokio::test]
async fn rewriting_everything_consistently_is_caught_by_a_checkpoint_kept_elsewhere() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let checkpoint = grown(&t).await;
        // The attacker drops the last entry and has the tree and its checkpoint made anew, as if it had never been.
        sql(&t, "DELETE FROM ledger_details WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 300)").await;
        sql(&t, "DELETE FROM ledger_entry WHERE seq = 300").await;
        sql(&t, "UPDATE paper SET state = 'moved', version = 1 WHERE id = 'p001'").await;
        for statement in [
            "UPDATE ledger_entry SET seq = NULL",
            "DELETE FROM ledger_tile",
            "DELETE FROM ledger_head",
            "DELETE FROM ledger_checkpoint",
        ] {
            sql(&t, statement).await;
        }
        ledger::open(&t.db).await.unwrap();
        ledger::number(&t.db).await.unwrap();
        ledger::sign_checkpoint(&t.db, &key(), t.now()).await.unwrap();
        let alone = verify(&t, &[]).await;
        assert!(alone.is_clean(), "{:?}", alone.findings);
        let report = verify(&t, &[checkpoint]).await;
        assert_eq!(report.findings[0].kind, FindingKind::HistoryRewritten);
    })
    .await;
}

#[tokio::test]
async fn a_rewritten_tree_is_not_signed() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        grown(&t).await;
        let flip = "UPDATE ledger_tile SET hashes = other.hashes FROM (SELECT hashes FROM ledger_tile WHERE level = 1) \
                    AS other WHERE level = 0 AND tile = 1";
        sql(&t, flip).await;
        let refused = ledger::sign_checkpoint(&t.db, &key(), t.now()).await;
        assert!(matches!(refused, Err(Error::Fault(_))), "{refused:?}");
    })
    .await;
}

fn order(t: &TestDb) -> Order {
    Order {
        id: t.new_id(),
        agency: AgencyCode::parse("H57.01").unwrap(),
        actor: Actor::person("archivist"),
        basis: "NĐ 13/2023/NĐ-CP, Điều 16".into(),
        reason: "Hết thời hạn lưu trữ".into(),
    }
}

#[tokio::test]
async fn details_may_be_destroyed_by_an_entry_and_the_proof_stands() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let checkpoint = grown(&t).await;
        let target = t.db.read(|tx| Ok(ledger::entry_at(tx, 42)?.unwrap().entry)).await.unwrap();
        let (now, erasing, again, id) = (t.now(), order(&t), order(&t), target.id);
        let erasing = std::sync::Mutex::new(Some(erasing));
        t.db.write(move |tx| ledger::erase_details(tx, now, &id, erasing.lock().unwrap().take().unwrap()))
            .await
            .unwrap();
        let again = std::sync::Mutex::new(Some(again));
        let twice =
            t.db.write(move |tx| ledger::erase_details(tx, now, &id, again.lock().unwrap().take().unwrap())).await;
        assert!(matches!(twice, Err(Error::NotFound(_))));
        t.settle(&registry()).await;
        let erased = t.db.read(|tx| Ok(ledger::entry_at(tx, 42)?.unwrap())).await.unwrap();
        assert_eq!((erased.entry, erased.details), (target, None));
        let report = verify(&t, &[checkpoint]).await;
        assert!(report.is_clean() && report.outside == 1, "{:?}", report.findings);
    })
    .await;
}

#[tokio::test]
async fn a_restore_opens_an_epoch_that_commits_to_the_old_checkpoint() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let checkpoint = grown(&t).await;
        // The backup was made here; afterwards the server signed more, which a peer kept.
        let lost = Checkpoint { size: 320, root: [9; 32], ..checkpoint.clone() };
        let head = ledger::open_epoch(&t.db, t.now(), order(&t), Some(lost.clone())).await.unwrap();
        assert_eq!((head.epoch, head.size), (2, 300));
        t.settle(&registry()).await;
        let signed = ledger::sign_checkpoint(&t.db, &key(), t.now()).await.unwrap().unwrap();
        assert!(signed.note.starts_with("hue.example/epoch-2\n301\n"));
        let opened = t.db.read(|tx| Ok(ledger::entry_at(tx, 301)?.unwrap().entry)).await.unwrap();
        assert_eq!(opened.codes.int("known_size"), Some(320));
        assert_eq!(opened.codes.text("restored_root"), Some(hex::encode(checkpoint.root).as_str()));
        let report = verify(&t, &[checkpoint.clone(), lost]).await;
        assert!(report.is_clean() && report.outside == 1, "{:?}", report.findings);
        assert_eq!(report.notices.len(), 1);
        let forged = Checkpoint { root: [8; 32], ..checkpoint };
        assert_eq!(verify(&t, &[forged]).await.findings[0].kind, FindingKind::HistoryRewritten);
    })
    .await;
}
