//! Signing in: password, then a one-time code where the account has a second factor, then a session.

use super::model::{Account, AccountId, ActingChoice, SessionId};
use super::refusals::{CODE_NEEDED, PASSWORD_WRONG, SIGN_IN_FAILED, STEP_LAPSED, TOTP_WRONG};
use super::sessions::{Opening, acting_choices, session_end, session_open};
use super::store::{account_by_username, account_get, password_of, password_set, username_key};
use super::subjects::{SIGN_IN_HELD_UP, THROTTLE};
use super::throttle::{Places, throttle_charge, throttle_release};
use super::tokens::{token_hash, token_new};
use super::totp::totp_use;
use super::{password_check, password_hash, password_matches};
use crate::Platform;
use crate::access::{Act, Principal};
use crate::error::{Error, Result};
use crate::ledger::{self, Actor, Codes};
use base::{Refusal, Text, Timestamp};
use serde_json::json;
use std::net::IpAddr;

/// Seconds the second step may take.
const STEP_SECONDS: i64 = 5 * 60;

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The network address.
    pub address: Option<IpAddr>,
    /// The browser or program, as it names itself.
    pub agent: String,
    /// The token of a known device (a cookie of a year), if there is one.
    pub device: Option<String>,
}

/// A session just opened.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session's token; told once.
    pub token: String,
    /// The session.
    pub session: SessionId,
    /// The account.
    pub account: Account,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// The token that makes this device a known one; keep it for a year.
    pub device: String,
    /// What the person may act as.
    pub choices: Vec<ActingChoice>,
}

/// What came of the first step.
#[derive(Debug, Clone)]
pub enum Step {
    /// A session was opened.
    In(Box<SignedIn>),
    /// A one-time code is asked for; the ticket leads to the second step for five minutes.
    Code {
        /// The ticket.
        ticket: String,
    },
}

/// The first step: user name and password.
pub async fn sign_in(platform: &Platform, username: &str, password: &str, origin: &Origin) -> Result<Step> {
    let Attempt { account, places, begins_wait } = admit(platform, username, origin).await?;
    let id = account.as_ref().map(|account| account.id);
    let stored = match id {
        Some(id) => platform.db().read(move |tx| password_of(tx, id)).await?,
        None => None,
    };
    let right = password_matches(platform, password, stored).await?;
    let account = match account {
        Some(account) if right && !account.disabled => account,
        account => {
            failed(platform, account.filter(|_| begins_wait)).await?;
            return Err(Refusal::new(&SIGN_IN_FAILED).into());
        }
    };
    if account.has_totp {
        // The count is taken back only when the code was right too: a stolen password must not give free guesses.
        let ticket = token_new(platform);
        let (hash, now) = (token_hash(&ticket), platform.now());
        platform
            .db()
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO accounts_links (token_hash, purpose, account, created_at, expires_at)
                     VALUES ($1, 'second-step', $2, $3, $4)",
                    &[&hash, &account.id, &now, &now.plus_seconds(STEP_SECONDS)],
                )
            })
            .await?;
        return Ok(Step::Code { ticket });
    }
    open(platform, account, places, origin, false).await.map(|signed_in| Step::In(Box::new(signed_in)))
}

/// The second step: a one-time code or a recovery code.
pub async fn sign_in_code(platform: &Platform, ticket: &str, code: &str, origin: &Origin) -> Result<SignedIn> {
    let (hash, now) = (token_hash(ticket), platform.now());
    let account = platform
        .db()
        .read(move |tx| {
            let row = tx.query_opt(
                "SELECT account FROM accounts_links
                 WHERE token_hash = $1 AND purpose = 'second-step' AND used_at IS NULL AND expires_at > $2",
                &[&hash, &now],
            )?;
            let id: Option<AccountId> = row.map(|row| row.get(0)).transpose()?;
            Ok(id.map(|id| account_get(tx, id)).transpose()?.flatten())
        })
        .await?
        .filter(|account| !account.disabled && account.has_totp)
        .ok_or_else(|| Refusal::new(&STEP_LAPSED))?;
    let Attempt { places, begins_wait, .. } = admit(platform, &account.username, origin).await?;
    if !totp_use(platform, account.id, code).await? {
        failed(platform, Some(account).filter(|_| begins_wait)).await?;
        return Err(Refusal::new(&TOTP_WRONG).field("code", Text::fixed("Không đúng", "Not right")).into());
    }
    let used = platform
        .db()
        .write(move |tx| {
            tx.execute(
                "UPDATE accounts_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL",
                &[&hash, &now],
            )
        })
        .await?;
    if used == 0 {
        return Err(Refusal::new(&STEP_LAPSED).into());
    }
    open(platform, account, places, origin, true).await
}

/// Both steps at once, for programs.
pub async fn sign_in_at_once(
    platform: &Platform,
    username: &str,
    password: &str,
    code: Option<&str>,
    origin: &Origin,
) -> Result<SignedIn> {
    match (sign_in(platform, username, password, origin).await?, code) {
        (Step::In(signed_in), _) => Ok(*signed_in),
        (Step::Code { ticket }, Some(code)) => sign_in_code(platform, &ticket, code, origin).await,
        (Step::Code { .. }, None) => Err(Refusal::new(&CODE_NEEDED).into()),
    }
}

/// An attempt that was let through to be looked at.
#[derive(Clone)]
struct Attempt {
    account: Option<Account>,
    places: Places,
    /// If it fails, a wait begins.
    begins_wait: bool,
}

/// Counts the attempt, or refuses it while a wait lasts.
async fn admit(platform: &Platform, username: &str, origin: &Origin) -> Result<Attempt> {
    let username = username.trim().chars().take(64).collect::<String>();
    let key = username_key(&username);
    let device = origin.device.as_deref().map(token_hash);
    let now = platform.now();
    let address = origin.address;
    platform
        .db()
        .write(move |tx| {
            let account = account_by_username(tx, &username)?;
            let known = match (&account, device) {
                (Some(account), Some(hash)) => {
                    let sql = "SELECT 1 AS one FROM accounts_devices WHERE token_hash = $1 AND account = $2";
                    tx.query_opt(sql, &[&hash, &account.id])?.map(|_| hex::encode(&hash[..16]))
                }
                _ => None,
            };
            let places = Places::new(&key, address, known.as_deref());
            let begins_wait = throttle_charge(tx, now, &places)?;
            Ok(Attempt { account, places, begins_wait })
        })
        .await
}

/// Tells the ledger that failures on an account now hold up whoever makes them.
async fn failed(platform: &Platform, account: Option<Account>) -> Result<()> {
    let Some(account) = account else { return Ok(()) };
    // Failures from two networks at once both take the next version; the one that comes second takes the one after.
    for _ in 0..3 {
        let act = Act::new(platform, Actor::Server);
        let account = account.clone();
        let told = platform
            .db()
            .write(move |tx| {
                let id = account.id.to_string();
                let version = ledger::version_of(tx, THROTTLE.name, &id)? + 1;
                let codes = Codes::new().with("account", account.id).with("person", account.person);
                act.append(tx, &SIGN_IN_HELD_UP, (&THROTTLE, id, version), &account.agency, codes, json!({}))
            })
            .await;
        if !matches!(told, Err(Error::Conflict(_))) {
            return told;
        }
    }
    Ok(())
}

async fn open(
    platform: &Platform,
    account: Account,
    places: Places,
    origin: &Origin,
    second_factor: bool,
) -> Result<SignedIn> {
    let act = Act::new(platform, Actor::person(account.person));
    let id: SessionId = platform.new_id();
    let token = token_new(platform);
    let device = origin.device.clone().unwrap_or_else(|| token_new(platform));
    let device_hash = token_hash(&device);
    let limits = platform.config().sessions.clone();
    let label = device_label(&origin.agent);
    let address = origin.address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
    let signed_in = SignedIn { token, session: id, account, expires_at: act.now, device, choices: Vec::new() };
    platform
        .db()
        .write(move |tx| {
            let mut signed_in = signed_in.clone();
            throttle_release(tx, &places)?;
            let opening = Opening {
                id,
                token: &signed_in.token,
                account: &signed_in.account,
                device: &label,
                address: &address,
                second_factor,
            };
            signed_in.expires_at = session_open(tx, &act, &limits, &opening)?;
            // A browser that several people use keeps the first one's mark; the others simply are not exempt there.
            tx.execute(
                "INSERT INTO accounts_devices (token_hash, account, created_at, seen_at) VALUES ($1, $2, $3, $3)
                 ON CONFLICT (token_hash) DO UPDATE SET seen_at = $3",
                &[&device_hash, &signed_in.account.id, &act.now],
            )?;
            signed_in.choices = acting_choices(tx, signed_in.account.id, act.today())?;
            Ok(signed_in)
        })
        .await
}

/// Changes the own password: the present one is asked again, every other session ends, this one gets a new token.
pub async fn password_change(
    platform: &Platform,
    principal: &Principal,
    present: &str,
    new: &str,
    origin: &Origin,
) -> Result<String> {
    let crate::access::PrincipalKind::Person { account, session, .. } = principal.kind else {
        return Err(Error::NotFound("account"));
    };
    let username = password_confirm(platform, account, present, origin).await?;
    password_check(new, &username)?;
    let hash = password_hash(platform, new).await?;
    let act = Act::by(platform, principal);
    let token = token_new(platform);
    let token_hash = token_hash(&token);
    platform
        .db()
        .write(move |tx| {
            password_set(tx, &act, account, &hash, Some(session))?;
            tx.execute("UPDATE accounts_sessions SET token_hash = $2 WHERE id = $1", &[&session, &token_hash])
        })
        .await?;
    Ok(token)
}

/// Asks the owner's password again before something grave; answers the user name. Somebody at an open screen must not
/// guess it here either, so attempts count as at the door.
pub(super) async fn password_confirm(
    platform: &Platform,
    account: AccountId,
    present: &str,
    origin: &Origin,
) -> Result<String> {
    let (found, stored) = platform
        .db()
        .read(move |tx| {
            let found = account_get(tx, account)?.ok_or(Error::NotFound("account"))?;
            Ok((found, password_of(tx, account)?))
        })
        .await?;
    let Attempt { account, places, begins_wait } = admit(platform, &found.username, origin).await?;
    if !password_matches(platform, present, stored).await? {
        failed(platform, account.filter(|_| begins_wait)).await?;
        let expected = Text::fixed("Không đúng", "Not right");
        return Err(Refusal::new(&PASSWORD_WRONG).field("present", expected).into());
    }
    platform.db().write(move |tx| throttle_release(tx, &places)).await?;
    Ok(found.username)
}

/// Ends the session that the principal came by.
pub async fn sign_out(platform: &Platform, principal: &Principal) -> Result<()> {
    let crate::access::PrincipalKind::Person { account, session, .. } = principal.kind else { return Ok(()) };
    let act = Act::by(platform, principal);
    platform.db().write(move |tx| session_end(tx, &act, account, session)).await
}

/// The device in words a person recognises, e.g. `Firefox, Windows`; nothing of it is trusted.
pub fn device_label(agent: &str) -> String {
    let has = |part: &str| agent.contains(part);
    let browser = [
        ("coc_coc", "Cốc Cốc"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ]
    .into_iter()
    .find(|(part, _)| has(part))
    .map(|(_, name)| name);
    let system = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find(|(part, _)| has(part))
    .map(|(_, name)| name);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().filter(|c| !c.is_control()).take(40).collect(),
    }
}
