//! One-time links: for a new account, a lost password, and the first administrator of a new server.

use super::model::{AccountId, Preferences};
use super::refusals::{ALREADY_SET_UP, LINK_INVALID};
use super::store::{NewAccount, account_count, account_get, account_insert, account_touch, password_set};
use super::subjects::{ACCOUNT, LINK_MADE};
use super::tokens::{token_hash, token_new};
use super::{password_check, password_hash};
use crate::Platform;
use crate::access::{Act, Role};
use crate::db::Tx;
use crate::directory::{
    Agency, AgencyLevel, Contact, OrganisationKind, Person, Position, Rank, agency_latest, agency_save, person_save,
    position_save,
};
use crate::error::{Error, Result};
use crate::ledger::{Actor, Codes};
use base::{AgencyCode, Refusal, Text, Timestamp};
use serde_json::json;

/// Hours a link for an account is good.
pub const LINK_HOURS: i64 = 72;
/// Hours the link of the first administrator is good; each start of the server makes a new one.
const SETUP_HOURS: i64 = 24;

/// Makes a one-time link for an account; earlier ones stop working. Answers its token, told once.
pub async fn link_create(platform: &Platform, act: &Act, account: AccountId) -> Result<String> {
    let token = token_new(platform);
    let hash = token_hash(&token);
    let act = act.clone();
    platform.db().write(move |tx| link_insert(tx, &act, account, &hash)).await?;
    Ok(token)
}

fn link_insert(tx: &Tx<'_>, act: &Act, account: AccountId, hash: &[u8; 32]) -> Result<()> {
    tx.execute("DELETE FROM accounts_links WHERE account = $1 AND purpose = 'password'", &[&account])?;
    tx.execute(
        "INSERT INTO accounts_links (token_hash, purpose, account, created_at, expires_at)
         VALUES ($1, 'password', $2, $3, $4)",
        &[hash, &account, &act.now, &act.now.plus_seconds(LINK_HOURS * 3600)],
    )?;
    let account = account_touch(tx, account)?;
    act.append(
        tx,
        &LINK_MADE,
        (&ACCOUNT, account.id.to_string(), account.version),
        &account.agency,
        Codes::new().with("person", account.person),
        json!({}),
    )
}

/// Makes an account whose owner sets the password through a one-time link; answers the link's token.
pub async fn account_create(platform: &Platform, act: &Act, new: NewAccount) -> Result<String> {
    let token = token_new(platform);
    let hash = token_hash(&token);
    let act = act.clone();
    platform
        .db()
        .write(move |tx| {
            account_insert(tx, &act, &new)?;
            link_insert(tx, &act.further(1), new.id, &hash)
        })
        .await?;
    Ok(token)
}

/// Whose link it is: the user name, or `None` for the first administrator's. Refused when it no longer works.
pub async fn link_read(platform: &Platform, token: &str) -> Result<Option<String>> {
    let (hash, now) = (token_hash(token), platform.now());
    platform.db().read(move |tx| Ok(link_find(tx, &hash, now)?.map(|(_, username)| username))).await
}

/// `Some(account)` for an account's link, `None` for the first administrator's.
fn link_find(tx: &Tx<'_>, hash: &[u8; 32], now: Timestamp) -> Result<Option<(AccountId, String)>> {
    let row = tx.query_opt(
        "SELECT account FROM accounts_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
           AND purpose IN ('password', 'set-up')",
        &[hash, &now],
    )?;
    let Some(row) = row else { return Err(Refusal::new(&LINK_INVALID).into()) };
    match row.get::<Option<AccountId>>(0)? {
        Some(id) => {
            let account = account_get(tx, id)?.filter(|account| !account.disabled);
            let account = account.ok_or_else(|| Refusal::new(&LINK_INVALID))?;
            Ok(Some((id, account.username)))
        }
        None if account_count(tx)? > 0 => Err(Refusal::new(&ALREADY_SET_UP).into()),
        None => Ok(None),
    }
}

fn link_spend(tx: &Tx<'_>, hash: &[u8; 32], now: Timestamp) -> Result<()> {
    let spent = tx.execute(
        "UPDATE accounts_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        &[hash, &now],
    )?;
    if spent == 1 { Ok(()) } else { Err(Refusal::new(&LINK_INVALID).into()) }
}

/// Sets the password through an account's link; the link works once, and every session ends.
pub async fn link_use(platform: &Platform, token: &str, password: &str) -> Result<()> {
    let Some(username) = link_read(platform, token).await? else {
        return Err(Refusal::new(&LINK_INVALID).into());
    };
    password_check(password, &username)?;
    let password = password_hash(platform, password).await?;
    let hash = token_hash(token);
    let act = Act::new(platform, Actor::Server);
    platform
        .db()
        .write(move |tx| {
            let Some((id, _)) = link_find(tx, &hash, act.now)? else {
                return Err(Refusal::new(&LINK_INVALID).into());
            };
            link_spend(tx, &hash, act.now)?;
            let account = account_get(tx, id)?.ok_or(Error::NotFound("account"))?;
            let act = Act { actor: Actor::person(account.person), ..act.clone() };
            password_set(tx, &act, id, &password, None)
        })
        .await
}

/// On a server without any account: makes the link of the first administrator and answers its token; otherwise `None`.
pub async fn setup_link(platform: &Platform) -> Result<Option<String>> {
    let token = token_new(platform);
    let (hash, now) = (token_hash(&token), platform.now());
    let made = platform
        .db()
        .write(move |tx| {
            if account_count(tx)? > 0 {
                return Ok(false);
            }
            tx.execute("DELETE FROM accounts_links WHERE purpose = 'set-up'", &[])?;
            tx.execute(
                "INSERT INTO accounts_links (token_hash, purpose, created_at, expires_at) VALUES ($1, 'set-up', $2, $3)",
                &[&hash, &now, &now.plus_seconds(SETUP_HOURS * 3600)],
            )?;
            Ok(true)
        })
        .await?;
    Ok(made.then_some(token))
}

/// What the first administrator says of himself and his agency.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Code of the agency that runs this server.
    pub agency: AgencyCode,
    /// Its name; not needed when the directory knows it.
    pub agency_name: String,
    /// Its abbreviation in notations.
    pub abbreviation: String,
    /// His full name.
    pub full_name: String,
    /// The name to sign in with.
    pub username: String,
    /// His password.
    pub password: String,
}

/// Makes the agency (when it is not known yet), the first administrator, who is also the operator, and his account.
pub async fn setup_complete(platform: &Platform, token: &str, setup: Setup) -> Result<()> {
    if link_read(platform, token).await?.is_some() {
        return Err(Refusal::new(&LINK_INVALID).into());
    }
    password_check(&setup.password, &setup.username)?;
    let password = password_hash(platform, &setup.password).await?;
    let hash = token_hash(token);
    let act = Act::new(platform, Actor::Server);
    let person = Person {
        id: platform.new_id(),
        full_name: base::fold::nfc(setup.full_name.trim()),
        email: String::new(),
        phone: String::new(),
        version: 0,
    };
    let position = Position {
        id: platform.new_id(),
        person: person.id,
        agency: setup.agency.clone(),
        unit: None,
        title: Text::fixed("Quản trị hệ thống", "System administrator"),
        rank: Rank::Staff,
        roles: vec![Role::Administrator, Role::Operator],
        valid_from: act.today(),
        valid_to: None,
        version: 0,
    };
    let account = NewAccount {
        id: platform.new_id(),
        username: setup.username.clone(),
        person: person.id,
        agency: setup.agency.clone(),
        password: Some(password),
        preferences: Preferences::default(),
    };
    platform
        .db()
        .write(move |tx| {
            link_find(tx, &hash, act.now)?;
            link_spend(tx, &hash, act.now)?;
            match agency_latest(tx, &setup.agency)? {
                Some(known) if known.hosted => {}
                Some(known) => {
                    agency_save(tx, &act, Agency { hosted: true, ..known }, None)?;
                }
                None => {
                    agency_save(tx, &act, first_agency(&setup, act.today()), None)?;
                }
            }
            person_save(tx, &act.further(1), person.clone(), &setup.agency, None)?;
            position_save(tx, &act.further(2), position.clone(), None)?;
            account_insert(tx, &act.further(4), &account)
        })
        .await
}

fn first_agency(setup: &Setup, today: base::Date) -> Agency {
    let name = base::fold::nfc(setup.agency_name.trim());
    Agency {
        code: setup.agency.clone(),
        legacy_code: None,
        name: Text::new(name.clone(), name),
        abbreviation: base::fold::nfc(setup.abbreviation.trim()),
        // The agencies above come with the national directory.
        parent: None,
        level: AgencyLevel::of_code(&setup.agency),
        kind: OrganisationKind::Agency,
        valid_from: today,
        valid_to: None,
        successors: Vec::new(),
        contact: Contact::default(),
        hosted: true,
        calendar: None,
        version: 0,
    }
}
