//! Accounts in storage, and their changes with the entries that tell of them.

use super::model::{Account, AccountId, Preferences, Theme};
use super::refusals::{USERNAME_INVALID, USERNAME_TAKEN};
use super::sessions::sessions_end;
use super::subjects::{ACCOUNT, ACCOUNT_DISABLED, ACCOUNT_ENABLED, ACCOUNT_MADE, PASSWORD_SET};
use crate::access::Act;
use crate::db::{Row, Tx};
use crate::directory::{PersonId, person_get};
use crate::error::{Error, Result};
use crate::ledger::{Codes, EntryKind};
use base::{AgencyCode, Lang, Refusal, Text, fold};
use serde_json::json;

const COLUMNS: &str = "id, username, person, agency, disabled, password IS NOT NULL, totp_confirmed, language, theme, \
                       shortcuts, created_at, password_changed_at, version";

fn from_row(row: &Row) -> Result<Account> {
    let language: String = row.get(7)?;
    let theme: String = row.get(8)?;
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        person: row.get(2)?,
        agency: row.get(3)?,
        disabled: row.get(4)?,
        has_password: row.get(5)?,
        has_totp: row.get(6)?,
        preferences: Preferences {
            language: if language == "en" { Lang::En } else { Lang::Vi },
            theme: Theme::from_name(&theme).unwrap_or_default(),
            shortcuts: row.get(9)?,
        },
        created_at: row.get(10)?,
        password_changed_at: row.get(11)?,
        version: row.get(12)?,
    })
}

/// What user names are compared by: folded, so that case and marks do not make two accounts.
pub(super) fn username_key(username: &str) -> String {
    fold::fold(username.trim())
}

/// The account.
pub fn account_get(tx: &Tx<'_>, id: AccountId) -> Result<Option<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts_accounts WHERE id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// The account of that user name.
pub fn account_by_username(tx: &Tx<'_>, username: &str) -> Result<Option<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts_accounts WHERE username_key = $1");
    tx.query_opt(&sql, &[&username_key(username)])?.as_ref().map(from_row).transpose()
}

/// The accounts of a person.
pub fn accounts_of(tx: &Tx<'_>, person: PersonId) -> Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts_accounts WHERE person = $1 ORDER BY username_key");
    tx.query(&sql, &[&person])?.iter().map(from_row).collect()
}

/// The accounts that an agency looks after, by user name, with the person's name; after the user name `after`.
pub fn accounts_in(
    tx: &Tx<'_>,
    agency: &AgencyCode,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<(Account, String)>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts_accounts WHERE agency = $1 AND username_key > $2
         ORDER BY username_key LIMIT {limit}"
    );
    let after = after.map(username_key).unwrap_or_default();
    let mut found = Vec::new();
    for row in tx.query(&sql, &[agency, &after])? {
        let account = from_row(&row)?;
        let name = crate::directory::person_name(tx, account.person)?;
        found.push((account, name));
    }
    Ok(found)
}

/// How many accounts there are.
pub fn account_count(tx: &Tx<'_>) -> Result<i64> {
    tx.query_one("SELECT count(*) FROM accounts_accounts", &[])?.get(0)
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// The name to sign in with.
    pub username: String,
    /// Whose it is.
    pub person: PersonId,
    /// The agency whose administrators look after it.
    pub agency: AgencyCode,
    /// The password as a PHC string (see `password_hash`); `None` until the one-time link is used.
    pub password: Option<String>,
    /// What the person will see at first.
    pub preferences: Preferences,
}

/// Makes an account. Errors: refused when the user name is taken or cannot be used.
pub fn account_insert(tx: &Tx<'_>, act: &Act, new: &NewAccount) -> Result<()> {
    let username = fold::nfc(new.username.trim());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !(3..=64).contains(&username.len()) || !username.chars().all(plain) {
        let expected = Text::fixed("3 đến 64 chữ cái không dấu, chữ số . - _", "3 to 64 plain letters, digits . - _");
        return Err(Refusal::new(&USERNAME_INVALID).field("username", expected).into());
    }
    if account_by_username(tx, &username)?.is_some() {
        let taken = Text::fixed("Đã có người dùng", "Taken");
        return Err(Refusal::new(&USERNAME_TAKEN).with("username", &username).field("username", taken).into());
    }
    person_get(tx, new.person)?.ok_or(Error::NotFound("person"))?;
    let set_at = new.password.as_ref().map(|_| act.now);
    tx.execute(
        "INSERT INTO accounts_accounts (id, username, username_key, person, agency, disabled, password,
           password_changed_at, totp_secret, totp_confirmed, totp_step, language, theme, shortcuts, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $6, 0, $9, $10, $11, $12, 1)",
        &[
            &new.id,
            &username,
            &username_key(&username),
            &new.person,
            &new.agency,
            &false,
            &new.password,
            &set_at,
            &new.preferences.language.tag(),
            &new.preferences.theme.name(),
            &new.preferences.shortcuts,
            &act.now,
        ],
    )?;
    let codes = Codes::new().with("person", new.person).with("has_password", new.password.is_some());
    let subject = (&ACCOUNT, new.id.to_string(), 1);
    act.append(tx, &ACCOUNT_MADE, subject, &new.agency, codes, json!({ "username": username }))
}

/// Raises the version after a change; answers the account as it stands.
pub(super) fn account_touch(tx: &Tx<'_>, id: AccountId) -> Result<Account> {
    tx.execute("UPDATE accounts_accounts SET version = version + 1 WHERE id = $1", &[&id])?;
    account_get(tx, id)?.ok_or(Error::NotFound("account"))
}

fn told(tx: &Tx<'_>, act: &Act, kind: &'static EntryKind, account: &Account) -> Result<()> {
    let codes = Codes::new().with("person", account.person);
    let subject = (&ACCOUNT, account.id.to_string(), account.version);
    act.append(tx, kind, subject, &account.agency, codes, json!({}))
}

/// Disables the account and ends its sessions, or enables it again.
pub fn account_disable(tx: &Tx<'_>, act: &Act, id: AccountId, disabled: bool) -> Result<()> {
    let before = account_get(tx, id)?.ok_or(Error::NotFound("account"))?;
    if before.disabled == disabled {
        return Ok(());
    }
    tx.execute("UPDATE accounts_accounts SET disabled = $2 WHERE id = $1", &[&id, &disabled])?;
    let account = account_touch(tx, id)?;
    told(tx, act, if disabled { &ACCOUNT_DISABLED } else { &ACCOUNT_ENABLED }, &account)?;
    if disabled {
        sessions_end(tx, &act.further(1), id, None)?;
    }
    Ok(())
}

/// Sets the password (a PHC string), ends all sessions but `keep`, and forgets the known devices.
pub fn password_set(
    tx: &Tx<'_>,
    act: &Act,
    id: AccountId,
    password: &str,
    keep: Option<super::SessionId>,
) -> Result<()> {
    tx.execute(
        "UPDATE accounts_accounts SET password = $2, password_changed_at = $3 WHERE id = $1",
        &[&id, &password, &act.now],
    )?;
    tx.execute("DELETE FROM accounts_devices WHERE account = $1", &[&id])?;
    let account = account_touch(tx, id)?;
    told(tx, act, &PASSWORD_SET, &account)?;
    sessions_end(tx, &act.further(1), id, keep)
}

/// The stored password.
pub(super) fn password_of(tx: &Tx<'_>, id: AccountId) -> Result<Option<String>> {
    tx.query_one("SELECT password FROM accounts_accounts WHERE id = $1", &[&id])?.get(0)
}

/// Keeps what the person chose to see; no entry, since it concerns nobody else.
pub fn preferences_set(tx: &Tx<'_>, id: AccountId, preferences: Preferences) -> Result<()> {
    tx.execute(
        "UPDATE accounts_accounts SET language = $2, theme = $3, shortcuts = $4 WHERE id = $1",
        &[&id, &preferences.language.tag(), &preferences.theme.name(), &preferences.shortcuts],
    )?;
    Ok(())
}
