//! Whoever alters the data behind the program's back is found by `verify`, which names what was altered.

use super::{AGENCIES, MORE, Place, document};
use platform::db::Db;

/// What is altered, and what `verify` must then name.
const ALTERED: &[(&str, &str)] = &[
    ("UPDATE ledger_entry SET agency = 'G22' WHERE seq = 2", "entry 2 "),
    (
        "UPDATE ledger_details SET body = '{\"name\": \"khác\"}' WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 3)",
        "entry 3 ",
    ),
    ("DELETE FROM ledger_details WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 1)", "entry 1 "),
    ("UPDATE exchange_package SET from_code = 'G22'", "exchange.package "),
    ("UPDATE ledger_counter SET count = count + 1", "exchange.sent "),
    ("DELETE FROM ledger_tile WHERE level = 0 AND tile = 0", "tile 0/0"),
    ("UPDATE ledger_head SET root = leaf.leaf_hash FROM ledger_entry AS leaf WHERE leaf.seq = 1", "head "),
    ("UPDATE ledger_checkpoint SET note = 'x'", "checkpoint 1/"),
];

fn db(place: &Place, data: &str) -> Db {
    match &place.database {
        Some(url) => Db::open_postgres(url).unwrap(),
        None => Db::open_sqlite(&place.path(data).join("lienthong.db")).unwrap(),
    }
}

async fn sql(place: &Place, statement: &'static str) {
    let db = db(place, "data");
    let changed = db.write(move |tx| tx.execute(statement, &[])).await.unwrap();
    assert!(changed > 0, "nothing was altered: {statement}");
    db.close().await;
}

async fn every_alteration_is_named(place: &Place) {
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    let package = place.file("goi.edxml", &document("goi-1", "G09", "H57"));
    place.run(&["exchange", "send", &package, "--as", "G09"]).well();
    place.run(&["verify"]).well();

    // A byte of a stored file.
    let pack = std::fs::read_dir(place.path("data/blobs/packs")).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&pack).unwrap();
    let mut flipped = bytes.clone();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    std::fs::write(&pack, &flipped).unwrap();
    let found = place.run(&["verify"]);
    assert!(found.code == 1 && found.text.contains("mất hoặc bị sửa"), "{}", found.text);
    std::fs::write(&pack, &bytes).unwrap();

    // Ascending damage: each alteration must be named beside those before.
    for (statement, named) in ALTERED {
        sql(place, statement).await;
        let found = place.run(&["verify"]);
        assert_eq!(found.code, 1, "{statement}: {}", found.text);
        assert!(found.text.lines().any(|line| line.contains(named)), "{statement}: {}", found.text);
    }
}

#[tokio::test]
async fn every_alteration_is_named_on_sqlite() {
    every_alteration_is_named(&Place { folder: tempfile::tempdir().unwrap(), database: None }).await;
}

#[tokio::test]
async fn every_alteration_is_named_on_postgresql() {
    let Some(base) = testkit::TestDb::postgres(&[]).await else { return };
    let database = base.url.clone();
    every_alteration_is_named(&Place { folder: tempfile::tempdir().unwrap(), database }).await;
}

/// The whole server is put back to an earlier copy and lives on with its own keys, so that its ledger is in order by
/// itself; only a checkpoint that somebody kept shows that there was another history.
#[tokio::test]
async fn a_history_that_was_begun_anew_is_found_by_a_checkpoint_kept_elsewhere() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    let copied = std::process::Command::new("cp").arg("-r").arg(place.path("data")).arg(place.path("copy")).status();
    assert!(copied.unwrap().success());
    place.run(&["agency", "import", &place.file("more.csv", MORE)]).well();
    place.run(&["system", "register", "--agency", "G09"]).well();
    place.run(&["backup", place.path("backup").to_str().unwrap()]).well();
    let kept = db(&place, "data");
    let note: String = kept
        .read(|tx| tx.query_one("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1", &[])?.get(0))
        .await
        .unwrap();
    kept.close().await;
    let checkpoints = place.file("checkpoints.txt", &note);
    place.run(&["verify", "--checkpoints", &checkpoints]).well();

    std::fs::rename(place.path("data"), place.path("first")).unwrap();
    std::fs::rename(place.path("copy"), place.path("data")).unwrap();
    for name in ["một", "hai", "ba", "bốn"] {
        place.run(&["system", "register", "--agency", "H57", "--name", name]).well();
    }
    place.run(&["verify"]).well();
    let found = place.run(&["verify", "--checkpoints", &checkpoints]);
    assert_eq!(found.code, 1, "{}", found.text);
    assert!(found.text.contains("viết lại") || found.text.contains("rewritten"), "{}", found.text);
}
