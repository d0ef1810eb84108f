//! `move`: a data folder goes over to PostgreSQL whole, or not at all.

use super::stopping::get;
use super::{AGENCIES, Place, document, said};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a condition is looked at before the test gives up.
const LOOKS: usize = 200;

/// Changes one number of the ledger in the folder's file.
async fn alter(place: &Place, by: i64) {
    let file = platform::Db::open_sqlite(&place.path("data").join("lienthong.db")).unwrap();
    let sql = "UPDATE ledger_entry SET recorded_at = recorded_at + $1 WHERE seq = 1";
    assert_eq!(file.write(move |tx| tx.execute(sql, &[&by])).await.unwrap(), 1);
    file.close().await;
}

/// The newest checkpoint as the server publishes it.
fn checkpoint(address: &str) -> String {
    let answer = get(address.strip_prefix("http://").unwrap(), "/ledger/checkpoint").unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

async fn rows(db: &platform::Db, table: &'static str) -> i64 {
    db.read(move |tx| tx.query_one(&format!("SELECT count(*) FROM {table}"), &[])?.get(0)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_moves_to_postgresql_whole_or_not_at_all() {
    let (Some(target), Some(other)) = (testkit::TestDb::postgres(&[]).await, testkit::TestDb::postgres(&[]).await)
    else {
        return;
    };
    let url = target.url.clone().unwrap();
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    place.run(&["move", "--to", &url]).refused("move.source.missing");
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    place.file("goi-1.edxml", &document("goi-1", "G09", "H57"));
    let receipt = place.run(&["exchange", "send", "goi-1.edxml", "--as", "G09"]).well();

    // A server holds the folder; its checkpoint is kept elsewhere.
    let (server, address) = place.serve();
    let note = checkpoint(&address);
    let kept = place.file("checkpoints.txt", &note);
    place.run(&["move", "--to", &url]).refused("move.folder.held");
    server.stop();

    place.run(&["move", "--to", "mysql://127.0.0.1/x"]).refused("move.target.unknown");
    let make = "CREATE TABLE somebodys AS SELECT 1 AS something";
    other.db.write(move |tx| tx.execute(make, &[])).await.unwrap();
    let filled = place.run(&["move", "--to", other.url.as_deref().unwrap()]);
    assert!(filled.text.contains("somebodys"), "{}", filled.text);
    filled.refused("move.target.not-empty");

    // What does not verify is not kept; what is broken off is not kept either. The folder still works after both.
    alter(&place, 1).await;
    place.run(&["move", "--to", &url]).refused("move.copy.not-verified");
    assert_eq!(rows(&target.db, "ledger_entry").await, 0);
    alter(&place, -1).await;
    killed_halfway(&place, &target.db, &url).await;
    assert_eq!(rows(&target.db, "ledger_entry").await, 0);
    place.run(&["verify", "--checkpoints", &kept]).well();

    let told = place.run(&["move", "--to", &url]).well();
    assert!(told.contains(" 100 %") && told.contains("rows a second"), "{told}");
    assert!(told.contains("--database <address of PostgreSQL> serve"), "{told}");
    assert!(!told.contains("secret"), "no password is printed: {told}");

    // The old file is no longer opened by mistake; a second move into what holds this very data finds it done.
    place.run(&["verify"]).refused("move.folder.moved");
    std::fs::remove_file(place.path("data").join("DA-CHUYEN-SANG-POSTGRESQL.txt")).unwrap();
    assert!(place.run(&["move", "--to", &url]).well().contains("An earlier move"));

    let moved = Place { folder: place.folder, database: Some(url.clone()) };
    let (server, address) = moved.serve();
    let after = checkpoint(&address);
    assert_eq!(after.lines().nth(1), note.lines().nth(1), "the same size");
    assert_eq!(after.lines().nth(2), note.lines().nth(2), "the same root");
    assert_eq!(moved.run(&["exchange", "send", "goi-1.edxml", "--as", "G09"]).well(), receipt, "the same document");
    moved.file("goi-2.edxml", &document("goi-2", "G09", "H57"));
    moved.run(&["exchange", "send", "goi-2.edxml", "--as", "G09"]).well();
    server.stop();
    let clean = moved.run(&["verify", "--checkpoints", &kept]).well();
    assert!(clean.contains("is intact and fits 1 checkpoints"), "{clean}");
    let gaps = "SELECT count(*) = max(seq) - min(seq) + 1 FROM ledger_entry";
    assert!(target.db.read(move |tx| tx.query_one(gaps, &[])?.get::<bool>(0)).await.unwrap(), "no gap in the sequence");
    // Now the target has gone on: the old file does not go there a second time.
    let back = Place { folder: moved.folder, database: None };
    std::fs::remove_file(back.path("data").join("DA-CHUYEN-SANG-POSTGRESQL.txt")).unwrap();
    back.run(&["move", "--to", &url]).refused("move.target.not-empty");
}

/// Begins a move, kills it while its rows wait at a held table, and lets the table go.
async fn killed_halfway(place: &Place, target: &platform::Db, url: &str) {
    let done = Arc::new(AtomicBool::new(false));
    let (release, db) = (Arc::clone(&done), target.clone());
    let holding = tokio::spawn(async move {
        db.write(move |tx| {
            tx.execute("LOCK TABLE search_document IN EXCLUSIVE MODE", &[])?;
            while !release.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        })
        .await
    });
    let held = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = to_regclass('search_document')
                AND mode = 'ExclusiveLock' AND granted)";
    until(target, held).await;
    let mut command = place.command("data", None);
    let mut mover = command.args(["move", "--to", url]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(
        target,
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = to_regclass('search_document') AND NOT granted)",
    )
    .await;
    mover.kill().unwrap();
    mover.wait().unwrap();
    done.store(true, Ordering::Relaxed);
    holding.await.unwrap().unwrap();
    // The server of the database notices the death of its client when it next writes to it.
    until(
        target,
        "SELECT NOT EXISTS (SELECT 1 FROM pg_locks WHERE relation = to_regclass('search_document')
                   AND mode = 'RowExclusiveLock')",
    )
    .await;
    assert_eq!(said(place.command("data", None).arg("migrate").output().unwrap()).code, 0);
}

async fn until(db: &platform::Db, sql: &'static str) {
    for _ in 0..LOOKS {
        if db.read(move |tx| tx.query_one(sql, &[])?.get::<bool>(0)).await.unwrap() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came true: {sql}");
}
