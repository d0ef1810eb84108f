//! The ledger on both engines.

use base::AgencyCode;
use platform::db::Migration;
use platform::ledger::{self, Actor, Codes, EntryKind, NewEntry, SubjectKind};
use platform::{Error, Tx};
use testkit::{TestDb, on_each_database};

const TABLES: &[Migration] = &[Migration {
    module: "test",
    number: 1,
    name: "paper",
    sql: "CREATE TABLE paper (id TEXT PRIMARY KEY, state TEXT NOT NULL, version BIGINT NOT NULL)",
}];
static PAPER: SubjectKind = SubjectKind {
    name: "test.paper",
    load: |tx, id| {
        let row = tx.query_opt("SELECT id, state, version FROM paper WHERE id = $1", &[&id])?;
        row.map(|row| {
            Ok(serde_json::json!({"id": row.get::<String>(0)?, "state": row.get::<String>(1)?, "version": row.get::<i64>(2)?}))
        })
        .transpose()
    },
};
static MOVED: EntryKind = EntryKind { name: "test.paper.moved", schema: 1 };

fn set(tx: &Tx<'_>, entry: NewEntry, state: &str) -> platform::Result<()> {
    tx.execute(
        "INSERT INTO paper (id, state, version) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET state = $2, version = $3",
        &[&entry.subject.1, &state, &entry.version],
    )?;
    ledger::append(tx, entry.occurred_at, entry)
}

fn entry(t: &TestDb, id: &str, version: i64) -> NewEntry {
    NewEntry {
        id: t.new_id(),
        kind: &MOVED,
        subject: (&PAPER, id.to_owned()),
        version,
        agency: AgencyCode::parse("H57.01").unwrap(),
        actor: Actor::person("p1"),
        occurred_at: t.now(),
        codes: Codes::new().with("urgency", "hoa-toc").with("pages", 3_i64).with("paper", false),
        details: serde_json::json!({"subject": "Về việc thử"}),
    }
}

fn remake(e: &NewEntry) -> NewEntry {
    NewEntry {
        id: e.id,
        kind: e.kind,
        subject: e.subject.clone(),
        version: e.version,
        agency: e.agency.clone(),
        actor: e.actor.clone(),
        occurred_at: e.occurred_at,
        codes: e.codes.clone(),
        details: e.details.clone(),
    }
}

#[tokio::test]
async fn versions_follow_one_another() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        for (version, fine) in [(2, false), (1, true), (1, false), (3, false), (2, true)] {
            let e = entry(&t, "a", version);
            let outcome = t.db.write(move |tx| set(tx, remake(&e), "moved")).await;
            assert_eq!(outcome.is_ok(), fine, "version {version}");
            if !fine {
                assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
            }
        }
        let history = t.db.read(|tx| ledger::entries_of(tx, "test.paper", "a")).await.unwrap();
        assert_eq!(history.iter().map(|r| r.entry.version).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(history[0].entry.codes.int("pages"), Some(3));
        assert_eq!(history[0].entry.codes.bool("paper"), Some(false));
        assert_eq!(history[0].entry.actor, Actor::person("p1"));
        assert_eq!(history[0].details.as_ref().unwrap()["subject"], "Về việc thử");
        assert_ne!(history[0].entry.record_digest, history[1].entry.record_digest);
    })
    .await;
}
