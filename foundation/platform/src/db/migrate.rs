//! The schema: forward-only steps with checksums, one text for both engines.

use super::{Db, Engine, Migration, Tx, refusals};
use crate::error::{Error, Result};
use base::Refusal;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Brings the schema up to date: all steps in one transaction, in the given order of rooms.
///
/// Returns the steps that were applied now (`module/number name`). Refuses when an applied step's text has changed, and
/// when the database was written by a newer program (an applied step is unknown here).
pub async fn migrate(db: &Db, steps: &[Migration]) -> Result<Vec<String>> {
    check_order(steps)?;
    let mut tries = 0;
    loop {
        let steps = steps.to_vec();
        match db.write(move |tx| apply(tx, &steps)).await {
            // Two processes that create the table of steps at the same moment meet in the server's catalogue.
            Err(Error::Conflict(_)) if tries < 5 => tries += 1,
            outcome => return outcome,
        }
    }
}

/// Steps that are not applied yet, without applying them.
pub async fn pending(db: &Db, steps: &[Migration]) -> Result<Vec<String>> {
    check_order(steps)?;
    let steps = steps.to_vec();
    // In a writing transaction because the table may not exist yet; nothing else is changed.
    db.write(move |tx| {
        create_table(tx)?;
        let done = applied(tx)?;
        check_applied(&steps, &done)?;
        Ok(steps.iter().filter(|step| !done.contains_key(&key(step))).map(label).collect())
    })
    .await
}

fn apply(tx: &Tx<'_>, steps: &[Migration]) -> Result<Vec<String>> {
    if tx.engine() == Engine::Postgres {
        // Building an index on a grown table takes longer than any use case may.
        tx.batch("SET LOCAL statement_timeout = 0")?;
    }
    create_table(tx)?;
    lock(tx)?;
    let done = applied(tx)?;
    check_applied(steps, &done)?;
    let mut fresh = Vec::new();
    for step in steps.iter().filter(|step| !done.contains_key(&key(step))) {
        tx.batch(&sql_for(step, tx.engine())?).map_err(|e| Error::fault(&format!("migration {}", label(step)), e))?;
        tx.execute(
            "INSERT INTO schema_migration (module, number, name, checksum) VALUES ($1, $2, $3, $4)",
            &[&step.module, &step.number, &step.name, &checksum(step)],
        )?;
        fresh.push(label(step));
    }
    Ok(fresh)
}

fn create_table(tx: &Tx<'_>) -> Result<()> {
    tx.batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (
           module TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
           PRIMARY KEY (module, number))",
    )
}

/// Two processes that start at once: the second waits on this row and then finds the work done.
fn lock(tx: &Tx<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO schema_migration (module, number, name, checksum) VALUES ('schema', 0, 'lock', '')
         ON CONFLICT (module, number) DO UPDATE SET name = 'lock'",
        &[],
    )?;
    Ok(())
}

type Key = (String, i64);

fn key(step: &Migration) -> Key {
    (step.module.to_owned(), i64::from(step.number))
}

fn label(step: &Migration) -> String {
    format!("{}/{:04} {}", step.module, step.number, step.name)
}

fn checksum(step: &Migration) -> String {
    hex::encode(Sha256::digest(step.sql.as_bytes()))
}

fn applied(tx: &Tx<'_>) -> Result<BTreeMap<Key, String>> {
    tx.query("SELECT module, number, checksum FROM schema_migration WHERE number > 0", &[])?
        .into_iter()
        .map(|row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
        .collect()
}

/// The applied steps: (room, number).
pub(super) fn applied_steps(tx: &Tx<'_>) -> Result<Vec<(String, i64)>> {
    Ok(applied(tx)?.into_keys().collect())
}

fn check_applied(steps: &[Migration], done: &BTreeMap<Key, String>) -> Result<()> {
    let known: BTreeMap<Key, &Migration> = steps.iter().map(|step| (key(step), step)).collect();
    for (applied, sum) in done {
        match known.get(applied) {
            None => {
                let step = format!("{}/{:04}", applied.0, applied.1);
                return Err(Refusal::new(&refusals::NEWER).with("step", step).into());
            }
            Some(step) if checksum(step) != *sum => {
                return Err(Refusal::new(&refusals::CHANGED).with("step", label(step)).into());
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn check_order(steps: &[Migration]) -> Result<()> {
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for step in steps {
        let expected = last.get(step.module).map_or(1, |n| n + 1);
        if step.number != expected || !seen.insert((step.module, step.number)) {
            return Err(Error::Fault(format!("migration {}: expected number {expected:04}", label(step))));
        }
        last.insert(step.module, step.number);
    }
    Ok(())
}

/// The text for one engine: sections `-- only: sqlite` / `-- only: postgres` … `-- end` are kept or left out.
fn sql_for(step: &Migration, engine: Engine) -> Result<String> {
    let mut out = String::new();
    let mut only: Option<Engine> = None;
    for line in step.sql.lines() {
        match line.trim() {
            "-- only: sqlite" if only.is_none() => only = Some(Engine::Sqlite),
            "-- only: postgres" if only.is_none() => only = Some(Engine::Postgres),
            "-- end" if only.is_some() => only = None,
            marker if marker.starts_with("-- only:") || marker == "-- end" => {
                return Err(Error::Fault(format!("migration {}: misplaced {marker:?}", label(step))));
            }
            _ if only.is_none_or(|wanted| wanted == engine) => {
                out.push_str(line);
                out.push('\n');
            }
            _ => {}
        }
    }
    if only.is_some() {
        return Err(Error::Fault(format!("migration {}: a section lacks its `-- end`", label(step))));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_belong_to_one_engine() {
        let step = Migration {
            module: "m",
            number: 1,
            name: "n",
            sql: "A;\n-- only: sqlite\nS;\n-- end\n-- only: postgres\nP;\n-- end\nB;\n",
        };
        assert_eq!(sql_for(&step, Engine::Sqlite).unwrap(), "A;\nS;\nB;\n");
        assert_eq!(sql_for(&step, Engine::Postgres).unwrap(), "A;\nP;\nB;\n");
        let open = Migration { sql: "-- only: sqlite\nS;", ..step };
        assert!(sql_for(&open, Engine::Sqlite).is_err());
    }

    #[test]
    fn numbers_run_from_one_without_gaps() {
        let step = |number| Migration { module: "m", number, name: "n", sql: "" };
        assert!(check_order(&[step(1), step(2)]).is_ok());
        assert!(check_order(&[step(1), step(3)]).is_err());
        assert!(check_order(&[step(2)]).is_err());
    }
}
