//! Answers to commands by their key, so that the same command twice changes nothing and gets the same answer.

use base::Timestamp;
use platform::{Error, Result, Tx};
use serde_json::Value as Json;

/// The answer that this actor's command got before, if it did.
pub fn command_answer(tx: &Tx<'_>, actor: &str, key: &str, verb: &str) -> Result<Option<Json>> {
    let row = tx.query_opt("SELECT verb, answer FROM office_command WHERE actor = $1 AND key = $2", &[&actor, &key])?;
    let Some(row) = row else { return Ok(None) };
    let before: String = row.get(0)?;
    if before != verb {
        return Err(Error::Conflict(format!("the key was used before for {before}")));
    }
    row.get(1).map(Some)
}

/// Keeps the answer of a command.
pub fn command_keep(tx: &Tx<'_>, actor: &str, key: &str, verb: &str, answer: &Json, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO office_command (actor, key, verb, answer, at) VALUES ($1, $2, $3, $4, $5)",
        &[&actor, &key, &verb, answer, &now],
    )?;
    Ok(())
}

/// Forgets answers older than `before`; a browser does not repeat a click after days.
pub fn commands_forget(tx: &Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM office_command WHERE at < $1", &[&before])
}
