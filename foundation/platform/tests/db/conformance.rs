//! The database layer on both engines.

use platform::db::{Migration, Value, migrate};
use platform::{Error, Result, Tx};
use testkit::{TestDb, on_each_database};

const TABLES: &[Migration] = &[Migration {
    module: "test",
    number: 1,
    name: "tables",
    sql: "CREATE TABLE agency (code TEXT PRIMARY KEY, parent TEXT REFERENCES agency (code), name TEXT NOT NULL);
          CREATE TABLE book (agency TEXT NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL CHECK (last >= 0),
                             UNIQUE (agency, year));
          CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, b BOOLEAN, raw BYTEA, doc JSONB);",
}];

fn next(tx: &Tx<'_>, agency: &str) -> Result<i64> {
    tx.query_one(
        "INSERT INTO book (agency, year, last) VALUES ($1, 2026, 1)
         ON CONFLICT (agency, year) DO UPDATE SET last = book.last + 1 RETURNING last",
        &[&agency],
    )?
    .get(0)
}

#[tokio::test]
async fn values_travel_both_ways() {
    on_each_database(&[TABLES], |t| async move {
        let doc = serde_json::json!({"level": "2", "marks": ["đ", "ế"], "n": 5});
        let stored = doc.clone();
        t.db.write(move |tx| {
            tx.execute(
                "INSERT INTO thing (raw, b, r, n, id, doc) VALUES ($5, $4, $3, $2, $1, $6)",
                &[&"a", &i64::MAX, &0.5, &true, &[0_u8, 255], &stored],
            )?;
            tx.execute(
                "INSERT INTO thing (id, n, r, b, raw, doc) VALUES ($1, $2, $3, $4, $5, $6)",
                &[&"z", &None::<i64>, &None::<f64>, &None::<bool>, &None::<Vec<u8>>, &None::<serde_json::Value>],
            )
        })
        .await
        .unwrap();
        let rows =
            t.db.read(|tx| tx.query("SELECT id, n, r, b, raw, doc, doc->>'level' FROM thing ORDER BY id", &[]))
                .await
                .unwrap();
        assert_eq!(rows[0].get::<i64>(1).unwrap(), i64::MAX);
        assert_eq!(rows[0].get::<f64>(2).unwrap(), 0.5);
        assert!(rows[0].get::<bool>(3).unwrap());
        assert_eq!(rows[0].get::<Vec<u8>>(4).unwrap(), [0, 255]);
        assert_eq!(rows[0].get::<serde_json::Value>(5).unwrap(), doc);
        assert_eq!(rows[0].get::<String>(6).unwrap(), "2");
        for column in 1..7 {
            assert_eq!(rows[1].get::<Option<String>>(column).unwrap(), None);
        }
        assert!(matches!(rows[0].get::<i64>(0), Err(Error::Fault(_))));
    })
    .await;
}

#[tokio::test]
async fn a_panic_leaves_nothing_and_the_neighbours_commit() {
    on_each_database(&[TABLES], |t| async move {
        let mut tasks = Vec::new();
        for n in 0..40_i64 {
            let db = t.db.clone();
            tasks.push(tokio::spawn(async move {
                db.write(move |tx| {
                    tx.execute("INSERT INTO thing (id, n) VALUES ($1, $2)", &[&format!("t{n}"), &n])?;
                    assert!(n % 4 != 0, "every fourth panics");
                    Ok(n)
                })
                .await
            }));
        }
        let mut committed = 0;
        for (n, task) in tasks.into_iter().enumerate() {
            match task.await.unwrap() {
                Ok(_) => committed += 1,
                Err(Error::Fault(text)) => assert!(n % 4 == 0 && text.contains("every fourth panics"), "{text}"),
                Err(other) => panic!("{other}"),
            }
        }
        let rows: i64 = t.db.read(|tx| tx.query_one("SELECT count(*) FROM thing", &[])?.get(0)).await.unwrap();
        assert_eq!((committed, rows), (30, 30));
    })
    .await;
}

#[tokio::test]
async fn broken_constraints_are_conflicts_with_a_portable_name() {
    on_each_database(&[TABLES], |t| async move {
        let conflict = |outcome: Result<u64>| match outcome {
            Err(Error::Conflict(name)) => name,
            other => panic!("{other:?}"),
        };
        t.db.write(|tx| next(tx, "H57")).await.unwrap();
        let again = t.db.write(|tx| tx.execute("INSERT INTO book VALUES ('H57', 2026, 9)", &[])).await;
        assert_eq!(conflict(again), "unique: book(agency, year)");
        let orphan = t.db.write(|tx| tx.execute("INSERT INTO agency VALUES ('A', 'none', 'x')", &[])).await;
        assert!(conflict(orphan).starts_with("foreign key"));
        let negative = t.db.write(|tx| tx.execute("UPDATE book SET last = -1", &[])).await;
        assert!(conflict(negative).starts_with("check"));
    })
    .await;
}

#[tokio::test]
async fn a_swallowed_error_undoes_the_transaction() {
    on_each_database(&[TABLES], |t| async move {
        let outcome =
            t.db.write(|tx| {
                next(tx, "H57")?;
                let _ = tx.execute("INSERT INTO book VALUES ('H57', 2026, 9)", &[]);
                Ok(())
            })
            .await;
        assert!(matches!(outcome, Err(Error::Fault(_))));
        let books: i64 = t.db.read(|tx| tx.query_one("SELECT count(*) FROM book", &[])?.get(0)).await.unwrap();
        assert_eq!(books, 0);
    })
    .await;
}

#[tokio::test]
async fn numbers_are_gapless_when_sixteen_take_at_once() {
    on_each_database(&[TABLES], |t| async move {
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..160 {
            let db = t.db.clone();
            tasks.spawn(async move {
                db.write(move |tx| {
                    let number = next(tx, "H57")?;
                    if n % 10 == 3 { Err(Error::NotFound("excuse")) } else { Ok(number) }
                })
                .await
            });
        }
        let mut numbers: Vec<i64> = tasks.join_all().await.into_iter().filter_map(Result::ok).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=144).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_reader_sees_one_state_and_cannot_write() {
    on_each_database(&[TABLES], |t| async move {
        t.db.write(|tx| next(tx, "H57")).await.unwrap();
        let (started, go) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        let (tell, wait) = (started.0, go.1);
        let db = t.db.clone();
        let wait = std::sync::Mutex::new(wait);
        let reading = tokio::spawn(async move {
            db.read(move |tx| {
                let last = || tx.query_one("SELECT last FROM book", &[])?.get::<i64>(0);
                let before = last()?;
                let _ = tell.send(());
                let _ = wait.lock().unwrap().recv();
                Ok((before, last()?))
            })
            .await
        });
        let started = std::sync::Mutex::new(started.1);
        tokio::task::spawn_blocking(move || started.lock().unwrap().recv().unwrap()).await.unwrap();
        t.db.write(|tx| next(tx, "H57")).await.unwrap();
        go.0.send(()).unwrap();
        assert_eq!(reading.await.unwrap().unwrap(), (1, 1));
        let writing = t.db.read(|tx| next(tx, "H57")).await;
        assert!(writing.is_err());
    })
    .await;
}

#[tokio::test]
async fn portable_sql_answers_alike() {
    on_each_database(&[TABLES], |t| async move {
        t.db.write(|tx| {
            for (code, parent) in [("H57", None), ("H57.01", Some("H57")), ("H57.01.02", Some("H57.01")), ("G09", None)] {
                tx.execute("INSERT INTO agency (code, parent, name) VALUES ($1, $2, $1)", &[&code, &parent])?;
            }
            for n in 0..10_i64 {
                let doc = serde_json::json!({"kind": if n % 2 == 0 { "even" } else { "odd" }});
                tx.execute("INSERT INTO thing (id, n, b, doc) VALUES ($1, $2, $3, $4)", &[&format!("{n}"), &n, &(n > 4), &doc])?;
            }
            Ok(())
        })
        .await
        .unwrap();
        t.db.read(|tx| {
            let tree = tx.query(
                "WITH RECURSIVE below(code, depth) AS (
                   SELECT code, 0 FROM agency WHERE code = $1
                   UNION ALL SELECT a.code, depth + 1 FROM agency a JOIN below b ON a.parent = b.code)
                 SELECT code, depth FROM below ORDER BY depth",
                &[&"H57"],
            )?;
            assert_eq!(tree.len(), 3);
            assert_eq!(tree[2].get::<i64>(1)?, 2);
            let sums = tx.query(
                "SELECT doc->>'kind', CAST(sum(n) AS BIGINT), count(*) FILTER (WHERE b), CAST(avg(n) AS DOUBLE PRECISION)
                 FROM thing GROUP BY doc->>'kind' ORDER BY 1",
                &[],
            )?;
            assert_eq!((sums[0].get::<i64>(1)?, sums[0].get::<i64>(2)?, sums[0].get::<f64>(3)?), (20, 2, 4.0));
            let page = tx.query(
                "SELECT n, id FROM thing WHERE (CAST($1 AS TEXT) IS NULL OR doc->>'kind' = $1) AND (n, id) > ($2, $3)
                 ORDER BY n, id LIMIT 3",
                &[&None::<String>, &3_i64, &"3"],
            )?;
            assert_eq!(page.iter().map(|row| row.get::<i64>(0)).collect::<Result<Vec<_>>>()?, [4, 5, 6]);
            let distinct = tx.query("SELECT n FROM thing WHERE n IS DISTINCT FROM $1 ORDER BY n DESC NULLS LAST", &[&9_i64])?;
            assert_eq!(distinct.len(), 9);
            let numbered = tx.query("SELECT id, row_number() OVER (PARTITION BY b ORDER BY n) FROM thing ORDER BY n", &[])?;
            assert_eq!(numbered[5].get::<i64>(1)?, 1);
            Ok(())
        })
        .await
        .unwrap();
        t.db.write(|tx| {
            let moved = tx.query(
                "UPDATE thing SET n = thing.n + 100 FROM agency WHERE agency.code = 'G09' AND thing.b = $1 RETURNING thing.id",
                &[&true],
            )?;
            assert_eq!(moved.len(), 5);
            let gone = tx.query("DELETE FROM thing WHERE n >= 100 RETURNING n", &[])?;
            assert_eq!(gone.len(), 5);
            assert_eq!(tx.execute("INSERT INTO book VALUES ('x', 1, 1) ON CONFLICT DO NOTHING", &[])?, 1);
            assert_eq!(tx.execute("INSERT INTO book VALUES ('x', 1, 1) ON CONFLICT DO NOTHING", &[])?, 0);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn places_and_values_must_match() {
    on_each_database(&[TABLES], |t| async move {
        for values in [&[] as &'static [&'static (dyn platform::db::ToValue + Sync)], &[&1_i64, &2_i64]] {
            let outcome =
                t.db.write(move |tx| {
                    let values: Vec<&dyn platform::db::ToValue> =
                        values.iter().map(|v| *v as &dyn platform::db::ToValue).collect();
                    tx.execute("UPDATE thing SET n = $1", &values)
                })
                .await;
            assert!(matches!(outcome, Err(Error::Fault(_))), "{outcome:?}");
        }
        assert_eq!(Value::Int(1), Value::Int(1));
    })
    .await;
}

#[tokio::test]
async fn changed_and_newer_schemas_are_refused() {
    on_each_database(&[TABLES], |t: TestDb| async move {
        assert!(migrate(&t.db, TABLES).await.unwrap().is_empty());
        let changed = [Migration { sql: "CREATE TABLE other (id TEXT)", ..TABLES[0] }];
        let error = migrate(&t.db, &changed).await.unwrap_err();
        assert!(error.is_refusal("platform.schema.changed"), "{error}");
        let newer = [
            TABLES[0],
            Migration { number: 2, name: "more", sql: "ALTER TABLE book ADD COLUMN note TEXT", ..TABLES[0] },
        ];
        assert_eq!(migrate(&t.db, &newer).await.unwrap(), ["test/0002 more"]);
        let error = migrate(&t.db, TABLES).await.unwrap_err();
        assert!(error.is_refusal("platform.schema.newer"), "{error}");
        let broken = [
            newer[0],
            newer[1],
            Migration { number: 3, name: "broken", sql: "CREATE TABLE kept (id TEXT); NONSENSE", ..TABLES[0] },
        ];
        assert!(migrate(&t.db, &broken).await.is_err());
        let kept = t.db.read(|tx| tx.query("SELECT * FROM kept", &[])).await;
        assert!(kept.is_err(), "a failed migration leaves nothing");
    })
    .await;
}
