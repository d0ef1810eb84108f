//! Full disks and cut connections: nobody is told that something was done which was not, or the other way round.

use crate::ledger::paper;
use platform::db::{Db, Engine, Migration, migrate};
use platform::{Error, Storage, ledger};
use std::io::BufRead as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use testkit::{Cut, Proxy, TestDb};

const TABLES: &[Migration] = &[Migration {
    module: "test",
    number: 1,
    name: "heap",
    sql: "CREATE TABLE heap (id BIGINT PRIMARY KEY, body BYTEA)",
}];

/// Holds the writer for a moment, so that everything asked meanwhile falls into one group.
fn hold(db: &Db) -> tokio::task::JoinHandle<platform::Result<()>> {
    let db = db.clone();
    tokio::spawn(async move {
        db.write(|_| {
            std::thread::sleep(Duration::from_millis(100));
            Ok(())
        })
        .await
    })
}

#[tokio::test]
async fn a_full_disk_inside_a_group_costs_only_those_who_filled_it() {
    let t = TestDb::sqlite(TABLES).await;
    let limit = |pages: i64| {
        t.db.write(move |tx| {
            let used: i64 = tx.query_one("PRAGMA page_count", &[])?.get(0)?;
            tx.query(&format!("PRAGMA max_page_count = {}", used + pages), &[])?;
            Ok(())
        })
    };
    limit(12).await.unwrap();
    let held = hold(&t.db);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let runs = Arc::new(AtomicU32::new(0));
    let mut tasks = Vec::new();
    for n in 0..40_i64 {
        let (db, runs) = (t.db.clone(), Arc::clone(&runs));
        // Every eighth wants more than there is; each of the others a few bytes.
        let body = vec![7_u8; if n % 8 == 5 { 200_000 } else { 20 }];
        tasks.push(tokio::spawn(async move {
            db.write(move |tx| {
                runs.fetch_add(1, Ordering::SeqCst);
                tx.execute("INSERT INTO heap (id, body) VALUES ($1, $2)", &[&n, &body])
            })
            .await
        }));
    }
    held.await.unwrap().unwrap();
    for (n, task) in tasks.into_iter().enumerate() {
        let outcome = task.await.unwrap();
        if n % 8 == 5 {
            assert!(matches!(outcome, Err(Error::Storage(_, Storage::Full))), "{n}: {outcome:?}");
        } else {
            assert_eq!(outcome.unwrap(), 1, "{n}");
        }
    }
    assert!(runs.load(Ordering::SeqCst) > 40, "the survivors ran again");
    let kept: Vec<i64> =
        t.db.read(|tx| tx.query("SELECT id FROM heap ORDER BY id", &[])?.iter().map(|row| row.get(0)).collect())
            .await
            .unwrap();
    assert_eq!(kept, (0..40).filter(|n| n % 8 != 5).collect::<Vec<_>>());

    limit(1000).await.unwrap();
    t.db.write(|tx| tx.execute("INSERT INTO heap (id, body) VALUES (5, $1)", &[&vec![1_u8; 200_000]])).await.unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let t = TestDb::sqlite(TABLES).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..200_i64 {
        let db = t.db.clone();
        tasks.spawn(async move { db.write(move |tx| tx.execute("INSERT INTO heap (id) VALUES ($1)", &[&n])).await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    // Without closing: as a killed process would leave it.
    let again = Db::open_sqlite(&t.dir.path().join("lienthong.db")).unwrap();
    let rows: i64 = again.read(|tx| tx.query_one("SELECT count(*) FROM heap", &[])?.get(0)).await.unwrap();
    assert_eq!(rows, 200);
    again.close().await;
    let closed = again.write(|_| Ok(())).await;
    assert!(matches!(closed, Err(Error::Unavailable(_))));
}

/// Not a test of its own: what the killed process does.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var("LIENTHONG_TEST_CHILD_FOLDER") else { return };
    let db = Db::open_sqlite(&std::path::Path::new(&folder).join("killed.db")).unwrap();
    migrate(&db, &[ledger::MIGRATIONS, paper::TABLES].concat()).await.unwrap();
    ledger::open(&db).await.unwrap();
    let (clock, random) = (base::Clock::System, base::Random::seeded(7));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let (db, clock, random) = (db.clone(), clock.clone(), random.clone());
        tasks.spawn(async move {
            for n in 0.. {
                let (id, now, name) = (random.id(&clock), clock.now(), format!("p{task}-{n}"));
                let told = name.clone();
                db.write(move |tx| paper::step(tx, id, &name, 1, &paper::MOVED, "moved", now)).await.unwrap();
                eprintln!("acknowledged {told};");
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = testkit::temporary_folder();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "db::failure::child_that_writes_until_it_is_killed", "--nocapture"])
        .env("LIENTHONG_TEST_CHILD_FOLDER", folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in std::io::BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        // A line is written in pieces, and the process dies in the middle of one: whole lines only.
        if let Some(name) = line.strip_prefix("acknowledged ").and_then(|rest| rest.strip_suffix(';')) {
            acknowledged.push(name.to_owned());
        }
        if acknowledged.len() == 200 {
            child.kill().unwrap(); // SIGKILL
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= 200);

    let db = Db::open_sqlite(&folder.path().join("killed.db")).unwrap();
    ledger::open(&db).await.unwrap();
    let registry = ledger::Registry { subjects: vec![&paper::PAPER], ..ledger::Registry::default() };
    db.read(move |tx| {
        for name in &acknowledged {
            assert_eq!(ledger::entries_of(tx, "test.paper", name)?.len(), 1, "{name}");
        }
        let report = ledger::verify(tx, &registry, &[])?;
        assert!(report.is_clean() && report.head.size == report.entries, "{:?}", report.findings);
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_cut_during_commit_is_looked_up_by_the_entry() {
    let migrations = [ledger::MIGRATIONS, paper::TABLES].concat();
    let Some(t) = TestDb::postgres(&migrations).await else { return };
    let proxy = Proxy::start(t.url.as_ref().unwrap()).await;
    let url = proxy.url.clone();
    let db = tokio::task::spawn_blocking(move || Db::open_postgres(&url)).await.unwrap().unwrap();
    assert_eq!(db.engine(), Engine::Postgres);
    for (version, cut, expected_runs) in
        [(1, Cut::BeforeCommit, 2), (2, Cut::AfterCommit, 1), (3, Cut::BeforeCommit, 2)]
    {
        let runs = Arc::new(AtomicU32::new(0));
        let (counting, id, now) = (Arc::clone(&runs), t.new_id(), t.now());
        proxy.cut_next(cut);
        let answer = db
            .write(move |tx| {
                let run = counting.fetch_add(1, Ordering::SeqCst) + 1;
                paper::step(tx, id, "a", version, &paper::MOVED, "moved", now)?;
                Ok(run)
            })
            .await;
        assert_eq!(answer.unwrap(), expected_runs, "{cut:?}");
        let history = t.db.read(|tx| ledger::entries_of(tx, "test.paper", "a")).await.unwrap();
        assert_eq!(history.len() as i64, version, "{cut:?}");
    }
    // Without an entry nobody can tell, and that is said.
    proxy.cut_next(Cut::AfterCommit);
    let unknown = db.write(|tx| tx.execute("INSERT INTO paper VALUES ('b', 'x', 1)", &[])).await;
    assert!(matches!(&unknown, Err(Error::Unavailable(text)) if text.contains("not known")), "{unknown:?}");
    db.write(|tx| tx.execute("UPDATE paper SET version = 2", &[])).await.unwrap();
    db.close().await;
}
