//! Copies for safe keeping: taken while everybody writes, restored on either engine, damaged ones refused.

use crate::ledger::paper;
use platform::Error;
use platform::db::{self, Db, Migration};
use platform::ledger::{self, Registry};
use testkit::{TestDb, on_each_database};

const MORE: &[Migration] = &[
    Migration {
        module: "test",
        number: 1,
        name: "all kinds of columns",
        sql: "CREATE TABLE tree (code TEXT PRIMARY KEY, parent TEXT REFERENCES tree (code));
              CREATE TABLE leaf (tree TEXT NOT NULL REFERENCES tree (code), n BIGINT NOT NULL, r DOUBLE PRECISION,
                b BOOLEAN, raw BYTEA, doc JSONB, \"order\" TEXT, PRIMARY KEY (tree, n));
              CREATE TABLE loose (word TEXT);
              -- only: sqlite
              CREATE VIRTUAL TABLE words USING fts5 (word);
              -- end",
    },
    Migration { module: "test", number: 2, name: "later", sql: "ALTER TABLE loose ADD COLUMN more BIGINT" },
];

fn steps(newest: usize) -> Vec<Migration> {
    [ledger::MIGRATIONS, paper::TABLES, &MORE[..newest]].concat()
}

async fn fill(t: &TestDb) {
    for version in 1..=3 {
        paper::move_paper(t, "a", version).await.unwrap();
    }
    t.db.write(|tx| {
        // A child that sorts before its parent.
        tx.execute("INSERT INTO tree VALUES ('z', NULL), ('a', 'z')", &[])?;
        for n in 0..1203_i64 {
            let doc = serde_json::json!({"n": n, "word": "đề nghị \"khẩn\"\n"});
            tx.execute(
                "INSERT INTO leaf VALUES ('a', $1, $2, $3, $4, $5, $6)",
                &[&(n - 600), &(n as f64 / 7.0), &(n % 2 == 0), &[n as u8; 3], &doc, &None::<String>],
            )?;
            tx.execute("INSERT INTO loose (word) VALUES ($1)", &[&format!("từ {n}")])?;
        }
        Ok(())
    })
    .await
    .unwrap();
    t.settle(&Registry::default()).await;
}

/// Everything, as text.
async fn fingerprint(db: &Db) -> String {
    db.read(|tx| {
        let mut out = String::new();
        for sql in [
            "SELECT code, parent FROM tree ORDER BY code",
            "SELECT tree, n, r, raw, \"order\" FROM leaf ORDER BY tree, n",
            "SELECT n, doc->>'word' FROM leaf WHERE b ORDER BY n",
            "SELECT word FROM loose ORDER BY word",
            "SELECT id, seq, leaf_hash FROM ledger_entry ORDER BY id",
            "SELECT root, size, epoch FROM ledger_head",
            "SELECT hashes FROM ledger_tile ORDER BY level, tile",
        ] {
            out.push_str(&format!("{:?}\n", tx.query(sql, &[])?));
        }
        Ok(out)
    })
    .await
    .unwrap()
}

async fn empty(engine: db::Engine) -> Option<TestDb> {
    match engine {
        db::Engine::Sqlite => Some(TestDb::sqlite(&[]).await),
        db::Engine::Postgres => TestDb::postgres(&[]).await,
    }
}

#[tokio::test]
async fn a_dump_of_either_engine_is_restored_on_either_engine() {
    on_each_database(&[&steps(1)], |t| async move {
        fill(&t).await;
        let file = t.dir.path().join("dump.gz");
        let dumped = db::dump(&t.db, &file).await.unwrap();
        let before = fingerprint(&t.db).await;
        for engine in [db::Engine::Sqlite, db::Engine::Postgres] {
            let Some(target) = empty(engine).await else { continue };
            // The restoring program is newer by one step.
            assert_eq!(db::restore(&target.db, &file, &steps(2)).await.unwrap(), dumped);
            assert_eq!(fingerprint(&target.db).await, before, "{:?} to {engine:?}", t.engine());
            ledger::open(&target.db).await.unwrap();
            let registry = Registry { subjects: vec![&paper::PAPER], ..Registry::default() };
            let report = target.db.read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
            assert!(report.is_clean() && report.entries == 3, "{:?}", report.findings);
            let orphan = target.db.write(|tx| tx.execute("INSERT INTO tree VALUES ('q', 'none')", &[])).await;
            assert!(matches!(orphan, Err(Error::Conflict(_))), "references are back");
            let again = db::restore(&target.db, &file, &steps(2)).await;
            assert!(
                again.is_err_and(
                    |error| matches!(error, Error::Conflict(_)) || error.is_refusal("platform.schema.newer")
                )
            );
        }
    })
    .await;
}

#[tokio::test]
async fn damaged_cut_and_newer_dumps_are_refused_before_anything_is_loaded() {
    let t = TestDb::sqlite(&steps(2)).await;
    fill(&t).await;
    let file = t.dir.path().join("dump.gz");
    db::dump(&t.db, &file).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let target = TestDb::sqlite(&[]).await;
    for (name, bytes) in [
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("flipped", {
            let mut bytes = whole.clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x55;
            bytes
        }),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let refused = db::restore(&target.db, &file, &steps(2)).await;
        assert!(refused.as_ref().is_err_and(|e| e.is_refusal("platform.dump.damaged")), "{name}: {refused:?}");
    }
    std::fs::write(&file, &whole).unwrap();
    let refused = db::restore(&target.db, &file, &steps(1)).await;
    assert!(refused.as_ref().is_err_and(|e| e.is_refusal("platform.schema.newer")), "{refused:?}");
    db::restore(&target.db, &file, &steps(2)).await.unwrap();
}

#[tokio::test]
async fn the_file_is_copied_whole_while_everybody_writes() {
    let t = TestDb::sqlite(&steps(2)).await;
    fill(&t).await;
    let writing = {
        let t = TestDbWriter { db: t.db.clone(), ids: (0..300).map(|_| t.new_id()).collect(), now: t.now() };
        tokio::spawn(t.write_all())
    };
    let copy = t.dir.path().join("copy.db");
    db::copy_file(&t.db, &copy).await.unwrap();
    writing.await.unwrap();
    let copied = Db::open_sqlite(&copy).unwrap();
    ledger::open(&copied).await.unwrap();
    let registry = Registry { subjects: vec![&paper::PAPER], ..Registry::default() };
    let report = copied.read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
    assert!(report.is_clean() && report.entries >= 3, "{:?}", report.findings);
    assert!(matches!(db::copy_file(&t.db, &copy).await, Err(Error::Conflict(_))), "an old copy is never overwritten");
}

struct TestDbWriter {
    db: Db,
    ids: Vec<ledger::EntryId>,
    now: base::Timestamp,
}

impl TestDbWriter {
    async fn write_all(self) {
        for (n, id) in self.ids.into_iter().enumerate() {
            let (now, name) = (self.now, format!("w{n}"));
            self.db.write(move |tx| paper::step(tx, id, &name, 1, &paper::MOVED, "moved", now)).await.unwrap();
        }
    }
}
