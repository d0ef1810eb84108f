//! A small room for the ledger's tests: papers that move from state to state.

use base::AgencyCode;
use platform::Tx;
use platform::db::Migration;
use platform::ledger::{self, Actor, Codes, EntryKind, NewEntry, SubjectKind};
use testkit::TestDb;

pub const TABLES: &[Migration] = &[Migration {
    module: "paper",
    number: 1,
    name: "paper",
    sql:
        "CREATE TABLE paper (id TEXT PRIMARY KEY, state TEXT NOT NULL, version BIGINT NOT NULL);
          CREATE TABLE seen (reaction TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL, place BIGINT NOT NULL);",
}];

pub static PAPER: SubjectKind = SubjectKind {
    name: "test.paper",
    load: |tx, id| {
        let row = tx.query_opt("SELECT id, state, version FROM paper WHERE id = $1", &[&id])?;
        row.map(|row| {
            let (id, state, version) = (row.get::<String>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?);
            Ok(serde_json::json!({"id": id, "state": state, "version": version}))
        })
        .transpose()
    },
};
pub static MOVED: EntryKind = EntryKind { name: "test.paper.moved", schema: 1 };
pub static CLOSED: EntryKind = EntryKind { name: "test.paper.closed", schema: 1 };

/// Moves a paper to its next version in a transaction of its own.
pub async fn move_paper(t: &TestDb, id: &str, version: i64) -> platform::Result<()> {
    move_as(t, id, version, &MOVED, "moved").await
}

pub async fn move_as(
    t: &TestDb,
    id: &str,
    version: i64,
    kind: &'static EntryKind,
    state: &'static str,
) -> platform::Result<()> {
    let (entry_id, id, now) = (t.new_id(), id.to_owned(), t.now());
    t.db.write(move |tx| step(tx, entry_id, &id, version, kind, state, now)).await
}

pub fn step(
    tx: &Tx<'_>,
    entry_id: ledger::EntryId,
    id: &str,
    version: i64,
    kind: &'static EntryKind,
    state: &str,
    now: base::Timestamp,
) -> platform::Result<()> {
    tx.execute(
        "INSERT INTO paper (id, state, version) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET state = $2, version = $3",
        &[&id, &state, &version],
    )?;
    ledger::append(
        tx,
        now,
        NewEntry {
            id: entry_id,
            kind,
            subject: (&PAPER, id.to_owned()),
            version,
            agency: AgencyCode::parse("H57.01").unwrap(),
            actor: Actor::person("p1"),
            occurred_at: now,
            codes: Codes::new().with("urgency", "hoa-toc").with("pages", 3_i64).with("signed", false),
            details: serde_json::json!({"subject": "Về việc thử"}),
        },
    )
}
