//! Durable writes a second: one use case (number from a counter, record, ledger entry with digest) at several numbers of
//! callers, on the embedded engine and, where a URL is given, on PostgreSQL.
//!
//! `cargo run --release -p platform --example bench-db -- [SECONDS] [POSTGRES_URL]`
//!
//! The database named by the URL must be empty; it is left with the bench's tables.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use base::{AgencyCode, Clock, Random};
use platform::db::{Db, Migration, migrate};
use platform::ledger::{self, Actor, Codes, EntryKind, NewEntry, SubjectKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const TABLES: &[Migration] = &[Migration {
    module: "bench",
    number: 1,
    name: "letters",
    sql: "CREATE TABLE book (agency TEXT PRIMARY KEY, last BIGINT NOT NULL);
          CREATE TABLE letter (id TEXT PRIMARY KEY, agency TEXT NOT NULL, number BIGINT NOT NULL, body TEXT NOT NULL,
                               UNIQUE (agency, number));",
}];

static LETTER: SubjectKind = SubjectKind {
    name: "bench.letter",
    load: |tx, id| {
        let row = tx.query_opt("SELECT agency, number, body FROM letter WHERE id = $1", &[&id])?;
        row.map(|row| {
            let (agency, number, body): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(serde_json::json!({"agency": agency, "number": number, "body": body}))
        })
        .transpose()
    },
};
static REGISTERED: EntryKind = EntryKind { name: "bench.letter.registered", schema: 1 };

async fn register(db: &Db, clock: &Clock, random: &Random, agency: AgencyCode) -> platform::Result<i64> {
    let (id, now) = (random.id(clock), clock.now());
    let letter: base::Id<()> = random.id(clock);
    db.write(move |tx| {
        let number: i64 = tx
            .query_one(
                "INSERT INTO book (agency, last) VALUES ($1, 1)
                 ON CONFLICT (agency) DO UPDATE SET last = book.last + 1 RETURNING last",
                &[&agency],
            )?
            .get(0)?;
        tx.execute(
            "INSERT INTO letter (id, agency, number, body) VALUES ($1, $2, $3, $4)",
            &[&letter, &agency, &number, &"Về việc triển khai nhiệm vụ chuyển đổi số năm 2026. ".repeat(6)],
        )?;
        let entry = NewEntry {
            id,
            kind: &REGISTERED,
            subject: (&LETTER, letter.to_string()),
            version: 1,
            agency: agency.clone(),
            actor: Actor::person("p1"),
            occurred_at: now,
            codes: Codes::new().with("urgency", "thuong").with("pages", 3_i64),
            details: serde_json::json!({"subject": "Về việc triển khai nhiệm vụ"}),
        };
        ledger::append(tx, now, entry)?;
        Ok(number)
    })
    .await
}

async fn measure(name: &str, db: &Db, callers: usize, length: Duration) {
    let (clock, random) = (Clock::System, Random::seeded(std::process::id().into()));
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let (db, clock, random, stop, done) =
            (db.clone(), clock.clone(), random.clone(), Arc::clone(&stop), Arc::clone(&done));
        tasks.spawn(async move {
            let mut slowest = Duration::ZERO;
            while !stop.load(Ordering::Relaxed) {
                let asked = Instant::now();
                register(&db, &clock, &random, AgencyCode::parse(&format!("H{:02}", 10 + caller % 50)).unwrap())
                    .await
                    .unwrap();
                slowest = slowest.max(asked.elapsed());
                done.fetch_add(1, Ordering::Relaxed);
            }
            slowest
        });
    }
    tokio::time::sleep(length).await;
    stop.store(true, Ordering::Relaxed);
    let slowest = tasks.join_all().await.into_iter().max().unwrap_or_default();
    let rate = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    println!("{name:<10} {callers:>4} callers: {rate:>8.0} tx/s, slowest {:>6.1} ms", slowest.as_secs_f64() * 1000.0);
}

async fn run(name: &str, db: Db, length: Duration) {
    migrate(&db, &[ledger::MIGRATIONS, TABLES].concat()).await.unwrap();
    ledger::open(&db).await.unwrap();
    for callers in [1, 16, 64, 256] {
        measure(name, &db, callers, length).await;
    }
    let begun = Instant::now();
    let numbered = ledger::number(&db).await.unwrap();
    if numbered > 0 {
        println!("{name:<10} numbering: {:.0} entries/s", numbered as f64 / begun.elapsed().as_secs_f64());
    }
    db.close().await;
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let length = Duration::from_secs(arguments.next().map_or(5, |seconds| seconds.parse().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    run("SQLite", Db::open_sqlite(&folder.path().join("bench.db")).unwrap(), length).await;
    if let Some(url) = arguments.next() {
        let db = tokio::task::spawn_blocking(move || Db::open_postgres(&url)).await.unwrap().unwrap();
        run("PostgreSQL", db, length).await;
    }
}
