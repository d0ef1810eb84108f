//! Doing a thing once: the same command key again gets the same answer and changes nothing.

use super::deed::{Command, Deed};
use crate::store::commands;
use platform::{Error, Platform, Result, Tx};
use serde_json::json;
use std::fmt::Display;
use std::str::FromStr;

/// Runs `act` in one transaction, unless the command was carried out before: then the record is loaded as it stands.
///
/// `act` gives the id and version of the record that it made or changed, and the record.
pub async fn once<I, T, L, F>(
    platform: &Platform,
    deed: &Deed,
    command: Command,
    verb: &'static str,
    load: L,
    act: F,
) -> Result<T>
where
    I: FromStr + Display,
    T: Send + 'static,
    L: Fn(&Tx<'_>, I) -> Result<T> + Send + Clone + 'static,
    F: Fn(&Tx<'_>) -> Result<(I, i64, T)> + Send + 'static,
{
    let actor = deed.actor().to_string();
    let now = deed.now;
    let repeated = (actor.clone(), command.key.clone());
    let again = load.clone();
    let outcome = platform
        .db()
        .write(move |tx| {
            if let Some(key) = &command.key
                && let Some(answer) = commands::command_answer(tx, &actor, key, verb)?
            {
                return load(tx, answered(&answer)?);
            }
            let (id, version, made) = act(tx)?;
            if let Some(key) = &command.key {
                let answer = json!({ "id": id.to_string(), "version": version });
                commands::command_keep(tx, &actor, key, verb, &answer, now)?;
            }
            Ok(made)
        })
        .await;
    match (outcome, repeated) {
        // Two clicks at once: the slower one finds what the faster one did in its way, whatever the trouble is then called,
        // and gets its answer.
        (Err(trouble @ (Error::Conflict(_) | Error::Refused(_) | Error::NotFound(_))), (actor, Some(key))) => {
            let done = platform
                .db()
                .read(move |tx| match commands::command_answer(tx, &actor, &key, verb)? {
                    Some(answer) => again(tx, answered(&answer)?).map(Some),
                    None => Ok(None),
                })
                .await?;
            done.ok_or(trouble)
        }
        (outcome, _) => outcome,
    }
}

fn answered<I: FromStr>(answer: &serde_json::Value) -> Result<I> {
    let id = answer["id"].as_str().unwrap_or_default();
    id.parse().map_err(|_| Error::Fault("the answer of a command names no record".to_owned()))
}
