//! Upgrades from the data that an older program wrote, on both engines: interrupted at random, completed, verified.
#![allow(clippy::unwrap_used, missing_docs)]

use base::Random;
use platform::db::{Db, Migration};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use testkit::Scratch;

/// Data of the program before the first release; see the README beside it.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/upgrade/before-0.1.0.tar.gz");
/// Upgrades that are killed on the way.
const KILLS: u64 = 12;

/// The older program's data, unpacked.
struct Old {
    folder: tempfile::TempDir,
    database: Option<Scratch>,
}

fn steps() -> Vec<Migration> {
    let components = platform::Platform::assemble_components().into_iter().chain(lienthong::assembly::components());
    components.flat_map(|component| component.migrations.iter().copied()).collect()
}

impl Old {
    fn unpacked() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new("tar").args(["-xzf", DATA, "-C"]).arg(folder.path()).status().unwrap();
        assert!(done.success());
        Self { folder, database: None }
    }

    fn on_sqlite() -> Self {
        Self::unpacked()
    }

    /// The same rows under the older schema in PostgreSQL; `None` (said) where there is none.
    async fn on_postgres() -> Option<Self> {
        let database = Scratch::empty().await?;
        let old = Self::unpacked();
        let dump = old.path("backup/database.jsonl.gz");
        let mut known = Vec::new();
        let read = Command::new("gzip").args(["-dc"]).arg(&dump).output().unwrap();
        let head: serde_json::Value =
            serde_json::from_slice(read.stdout.split(|b| *b == b'\n').next().unwrap()).unwrap();
        for step in head["migrations"].as_array().unwrap() {
            known.push((step[0].as_str().unwrap().to_owned(), u32::try_from(step[1].as_u64().unwrap()).unwrap()));
        }
        let then: Vec<Migration> =
            steps().into_iter().filter(|step| known.contains(&(step.module.to_owned(), step.number))).collect();
        let db = Db::open_postgres(&database.url).unwrap();
        platform::db::restore(&db, &dump, &then).await.unwrap();
        db.close().await;
        std::fs::remove_file(old.path("data/lienthong.db")).unwrap();
        Some(Self { database: Some(database), ..old })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong"));
        command.env_remove("LIENTHONG_DATABASE").arg("--data").arg(self.path("data"));
        if let Some(database) = &self.database {
            command.args(["--database", &database.url]);
        }
        command.args(args);
        command
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = self.command(args).output().unwrap();
        (
            status.code().unwrap_or(-1),
            format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)),
        )
    }

    fn db(&self) -> Db {
        match &self.database {
            Some(database) => Db::open_postgres(&database.url).unwrap(),
            None => Db::open_sqlite(&self.path("data/lienthong.db")).unwrap(),
        }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let db = self.db();
        let found = db.read(move |tx| tx.query_one(sql, &[])?.get(0)).await.unwrap();
        db.close().await;
        found
    }

    /// Steps that the database says it has taken.
    async fn taken(&self) -> usize {
        usize::try_from(self.number("SELECT COUNT(*) FROM schema_migration WHERE number > 0").await).unwrap()
    }

    /// What the older program had recorded.
    async fn records(&self) -> [i64; 4] {
        [
            self.number("SELECT COUNT(*) FROM ledger_entry").await,
            self.number("SELECT COUNT(*) FROM exchange_package").await,
            self.number("SELECT COUNT(*) FROM office_incoming").await,
            self.number("SELECT COUNT(*) FROM office_outgoing").await,
        ]
    }
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

async fn upgrades(old: Old) {
    let (before, after) = (old.taken().await, steps().len());
    assert!(before < after, "the data is not older than the program: {before} of {after} steps");
    let records = old.records().await;
    assert!(records.iter().all(|count| *count > 0), "{records:?}");

    // Interrupted: all of the steps or none.
    let random = Random::seeded(u64::from(std::process::id()));
    eprintln!("seed {}", std::process::id());
    let mut interrupted = 0;
    for round in 0..KILLS {
        let mut child: Child = old.command(&["migrate"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The first comes at once, the later ones later and later: one of them meets the work itself.
        std::thread::sleep(Duration::from_micros(round * 4000 + u64::from(random.bytes::<1>()[0]) * 15));
        interrupted += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let taken = old.taken().await;
        assert!(taken == before || taken == after, "half an upgrade: {taken} of {after} steps");
        assert_eq!(old.records().await, records);
        if taken == after {
            break;
        }
    }
    assert!(interrupted > 0, "nothing was interrupted");

    let (code, text) = old.run(&["migrate"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(old.taken().await, after);
    assert_eq!(old.records().await, records);
    let (code, text) = old.run(&["verify"]);
    assert_eq!(code, 0, "{text}");
    let (_, text) = old.run(&["doctor"]);
    assert!(text.contains("✓ Cơ sở dữ liệu"), "{text}");
    serves(&old);

    // A program that is older than the data: simulated by a step that this one does not know.
    let records = old.records().await;
    let db = old.db();
    let future = "INSERT INTO schema_migration (module, number, name, checksum) VALUES ('office', 9999, 'future', 'x')";
    db.write(move |tx| tx.execute(future, &[])).await.unwrap();
    db.close().await;
    for args in [&["migrate"][..], &["verify"], &["backup", "copy"], &["serve", "--listen", "127.0.0.1:0"]] {
        let (code, text) = old.run(args);
        assert!(
            code == 1 && text.contains("[platform.schema.newer]") && text.contains("office/9999"),
            "{args:?}: {text}"
        );
    }
    assert_eq!(old.records().await, records, "the data was not touched");
}

/// The upgraded data is served, and a record of then can be found by an outside system.
fn serves(old: &Old) {
    let (code, registered) = old.run(&["system", "register", "--agency", "H57"]);
    assert_eq!(code, 0, "{registered}");
    let token = registered.lines().filter(|line| !line.is_empty()).nth(1).unwrap().trim().to_owned();
    let mut serve = old.command(&["serve", "--listen", "127.0.0.1:0", "--admin-listen", ""]);
    let mut child = serve.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap();
    std::thread::spawn(move || lines.for_each(drop));
    let url = format!("{address}/api/v1/exchange/inbox?agency=H57&after=0&kind=document");
    let begun = Instant::now();
    let asked = Command::new("curl")
        .args(["--silent", "--fail", "--max-time", "20", "-H", &format!("Authorization: Bearer {token}"), &url])
        .output()
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let page: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap_or_default();
    assert!(page["items"].as_array().is_some_and(|items| !items.is_empty()), "{page} after {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_engine_is_upgraded_whole_or_not_at_all() {
    upgrades(Old::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_upgraded_whole_or_not_at_all() {
    if let Some(old) = Old::on_postgres().await {
        upgrades(old).await;
    }
}

/// The older program's backup restores into this program on either engine.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_backup_is_restored_and_upgraded() {
    let old = Old::unpacked();
    copy(&old.path("data/blobs"), &old.path("backup/blobs"));
    let again = Old { folder: tempfile::tempdir().unwrap(), database: None };
    std::fs::copy(old.path("data.key"), again.path("data.key")).unwrap();
    let (code, text) = again.run(&["restore", old.path("backup").to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = again.run(&["verify"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(again.taken().await, steps().len());
}
