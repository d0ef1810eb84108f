//! People in storage.

use super::model::{Person, PersonId};
use crate::db::{Row, Tx};
use crate::error::Result;
use base::{AgencyCode, fold};

const COLUMNS: &str = "p.id, p.full_name, p.email, p.phone, p.version";

fn from_row(row: &Row) -> Result<Person> {
    Ok(Person { id: row.get(0)?, full_name: row.get(1)?, email: row.get(2)?, phone: row.get(3)?, version: row.get(4)? })
}

/// The person.
pub fn person_get(tx: &Tx<'_>, id: PersonId) -> Result<Option<Person>> {
    let sql = format!("SELECT {COLUMNS} FROM directory_persons p WHERE p.id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// The full name; empty when there is no such person.
pub fn person_name(tx: &Tx<'_>, id: PersonId) -> Result<String> {
    Ok(person_get(tx, id)?.map(|person| person.full_name).unwrap_or_default())
}

/// People with a position, past or present, in `agency`, by words of the name without marks (all when empty),
/// in dictionary order of the given name.
pub fn person_search(tx: &Tx<'_>, agency: &AgencyCode, text: &str, limit: u32) -> Result<Vec<Person>> {
    let mut sql = format!(
        "SELECT {COLUMNS} FROM directory_persons p
         WHERE p.id IN (SELECT person FROM directory_positions WHERE agency = $1)"
    );
    let patterns: Vec<String> = fold::query_tokens(text).iter().map(|word| format!("% {word}%")).collect();
    let mut params: Vec<&dyn crate::db::ToValue> = vec![agency];
    for (index, pattern) in patterns.iter().enumerate() {
        sql.push_str(&format!(" AND p.folded LIKE ${}", index + 2));
        params.push(pattern);
    }
    sql.push_str(&format!(" ORDER BY p.sort_key, p.id LIMIT {limit}"));
    tx.query(&sql, &params)?.iter().map(from_row).collect()
}

/// The key that sorts Vietnamese names: given name first, then the rest.
pub fn name_sort_key(full_name: &str) -> String {
    let given_first = match full_name.trim().rsplit_once(' ') {
        Some((rest, given)) => format!("{given} {rest}"),
        None => full_name.trim().to_owned(),
    };
    fold::sort_key(&given_first)
}

/// Writes the person; the caller keeps the version and the ledger.
pub(super) fn person_put(tx: &Tx<'_>, person: &Person) -> Result<()> {
    let mut folded = String::new();
    for word in fold::tokens(&person.full_name) {
        folded.push(' ');
        folded.push_str(&word);
    }
    tx.execute(
        "INSERT INTO directory_persons (id, full_name, email, phone, sort_key, folded, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET full_name = $2, email = $3, phone = $4, sort_key = $5, folded = $6,
           version = $7",
        &[
            &person.id,
            &person.full_name,
            &person.email,
            &person.phone,
            &name_sort_key(&person.full_name),
            &folded,
            &person.version,
        ],
    )?;
    Ok(())
}
