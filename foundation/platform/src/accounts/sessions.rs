//! Sessions: a token that only its hash is kept of, an end when idle and an end in any case, and the position acted in.

use super::model::{Account, AccountId, ActingChoice, Session, SessionId, Visit};
use super::refusals::{NO_POSITION, POSITION_NOT_HELD};
use super::store::account_get;
use super::subjects::{SESSION, SESSION_ENDED, SESSION_OPENED, SESSION_SWITCHED};
use super::tokens::{token_hash, token_new};
use crate::Platform;
use crate::access::{Act, Principal, PrincipalKind};
use crate::config::Sessions as Limits;
use crate::db::{Row, Tx};
use crate::directory::{
    DelegationId, Holder, PositionId, delegation_get, delegations_to, holder_get, person_name, positions_of,
};
use crate::error::{Error, Result};
use crate::ledger::{Actor, Codes};
use base::{Date, Refusal, Timestamp};
use serde_json::json;

/// Seconds after which a request's time is written down; more often would be a write for every page.
const SEEN_EVERY: i64 = 60;

const COLUMNS: &str =
    "id, account, device, address, opened_at, seen_at, idle_expires_at, expires_at, position, delegation";

fn from_row(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        account: row.get(1)?,
        device: row.get(2)?,
        address: row.get(3)?,
        opened_at: row.get(4)?,
        seen_at: row.get(5)?,
        expires_at: row.get(7)?,
        position: row.get(8)?,
        delegation: row.get(9)?,
    })
}

/// The open sessions of an account, the last used first.
pub fn sessions_of(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<Vec<Session>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts_sessions
         WHERE account = $1 AND ended_at IS NULL AND expires_at > $2 AND idle_expires_at > $2 ORDER BY seen_at DESC, id"
    );
    tx.query(&sql, &[&account, &now])?.iter().map(from_row).collect()
}

/// A session to be opened.
pub(super) struct Opening<'a> {
    pub(super) id: SessionId,
    pub(super) token: &'a str,
    pub(super) account: &'a Account,
    pub(super) device: &'a str,
    pub(super) address: &'a str,
    pub(super) second_factor: bool,
}

/// The position a new session opens in: the one last used, if it is still held; else the highest at the agency whose
/// account it is; else the highest anywhere.
fn opening_position(tx: &Tx<'_>, account: &Account, today: Date) -> Result<PositionId> {
    let held = positions_of(tx, account.person, today)?;
    let last = tx.query_opt(
        "SELECT position FROM accounts_sessions WHERE account = $1 ORDER BY seen_at DESC, id DESC LIMIT 1",
        &[&account.id],
    )?;
    let last: Option<PositionId> = last.map(|row| row.get(0)).transpose()?;
    held.iter()
        .find(|holder| Some(holder.position.id) == last)
        .or_else(|| held.iter().find(|holder| holder.position.agency == account.agency))
        .or_else(|| held.first())
        .map(|holder| holder.position.id)
        .ok_or_else(|| Refusal::new(&NO_POSITION).into())
}

/// Opens a session.
pub(super) fn session_open(tx: &Tx<'_>, act: &Act, limits: &Limits, opening: &Opening<'_>) -> Result<Timestamp> {
    let account = opening.account;
    let position = opening_position(tx, account, act.today())?;
    let expires_at = act.now.plus_seconds(limits.absolute_hours * 3600);
    tx.execute(
        "INSERT INTO accounts_sessions (id, token_hash, account, device, address, opened_at, seen_at, idle_expires_at,
           expires_at, position, version)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, 1)",
        &[
            &opening.id,
            &token_hash(opening.token),
            &account.id,
            &opening.device,
            &opening.address,
            &act.now,
            &act.now.plus_seconds(limits.idle_minutes * 60),
            &expires_at,
            &position,
        ],
    )?;
    act.append(
        tx,
        &SESSION_OPENED,
        (&SESSION, opening.id.to_string(), 1),
        &account.agency,
        Codes::new().with("account", account.id).with("second_factor", opening.second_factor),
        json!({ "device": opening.device, "address": opening.address }),
    )?;
    Ok(expires_at)
}

/// The session behind a token, with the principal as it stands today; `None` when it ended, lapsed, or the account or
/// its last position is gone. Reads only; see [`session_seen`].
pub fn session_visit(tx: &Tx<'_>, token: &str, now: Timestamp) -> Result<Option<Visit>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts_sessions
         WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2 AND idle_expires_at > $2"
    );
    let Some(row) = tx.query_opt(&sql, &[&token_hash(token), &now])? else { return Ok(None) };
    let session = from_row(&row)?;
    let Some(account) = account_get(tx, session.account)?.filter(|account| !account.disabled) else { return Ok(None) };
    let today = now.local_date();
    let held = positions_of(tx, account.person, today)?;
    // Whoever was transferred goes on in the position that is left to him, not in the one that ended.
    let Some(own) = held.iter().find(|holder| holder.position.id == session.position).or_else(|| held.first()) else {
        return Ok(None);
    };
    let delegation = match session.delegation {
        Some(id) => delegation_get(tx, id)?.filter(|d| d.is_valid(today) && d.to == own.position.id),
        None => None,
    };
    let from = match &delegation {
        Some(delegation) => holder_get(tx, delegation.from)?.filter(|from| from.position.is_held(today)),
        None => None,
    };
    let delegation = delegation.filter(|_| from.is_some());
    let acting = from.as_ref().unwrap_or(own);
    // Every own position and delegation but the one in use.
    let mut other_choices = held.len() - 1;
    for holder in &held {
        other_choices += delegations_to(tx, holder.position.id, today)?.len();
    }
    let principal = Principal {
        actor: Actor::person(account.person),
        kind: PrincipalKind::Person {
            person: account.person,
            account: account.id,
            position: own.position.id,
            delegated_from: from.as_ref().map(|from| from.position.id),
            delegation: delegation.as_ref().map(|delegation| delegation.id),
            session: session.id,
        },
        agency: acting.position.agency.clone(),
        agency_name: acting.agency_name.clone(),
        unit: acting.position.unit,
        roles: if from.is_some() { Vec::new() } else { own.position.roles.clone() },
        delegated: delegation.as_ref().map(|d| d.permissions.clone()).unwrap_or_default(),
        name: own.full_name.clone(),
        title: acting.position.title.clone(),
    };
    let acting_until = delegation.as_ref().map(|d| d.valid_to).or(own.position.valid_to);
    Ok(Some(Visit { principal, session, preferences: account.preferences, acting_until, other_choices }))
}

/// Writes down that the session was used and puts off its idle end; worth calling only when [`Visit::wants_seen`].
pub fn session_seen(tx: &Tx<'_>, id: SessionId, now: Timestamp, limits: &Limits) -> Result<()> {
    tx.execute(
        "UPDATE accounts_sessions SET seen_at = $2, idle_expires_at = $3 WHERE id = $1 AND seen_at < $2",
        &[&id, &now, &now.plus_seconds(limits.idle_minutes * 60)],
    )?;
    Ok(())
}

impl Visit {
    /// Whether it is time to write down that the session was used.
    pub fn wants_seen(&self, now: Timestamp) -> bool {
        now.since(self.session.seen_at) >= SEEN_EVERY * 1_000_000
    }
}

/// The principal behind a session's token; also puts off the idle end.
pub async fn session_resolve(platform: &Platform, token: &str, now: Timestamp) -> Result<Option<Principal>> {
    let token = token.to_owned();
    let visit = platform.db().read(move |tx| session_visit(tx, &token, now)).await?;
    if let Some(visit) = &visit
        && visit.wants_seen(now)
    {
        let (id, limits) = (visit.session.id, platform.config().sessions.clone());
        platform.db().write(move |tx| session_seen(tx, id, now, &limits)).await?;
    }
    Ok(visit.map(|visit| visit.principal))
}

/// What the person may act as today: own positions, then delegations to them.
pub fn acting_choices(tx: &Tx<'_>, account: AccountId, today: Date) -> Result<Vec<ActingChoice>> {
    let account = account_get(tx, account)?.ok_or(Error::NotFound("account"))?;
    let held = positions_of(tx, account.person, today)?;
    let mut choices: Vec<ActingChoice> = held.iter().map(own_choice).collect();
    for holder in &held {
        for delegation in delegations_to(tx, holder.position.id, today)? {
            let Some(from) = holder_get(tx, delegation.from)?.filter(|from| from.position.is_held(today)) else {
                continue;
            };
            choices.push(ActingChoice {
                position: holder.position.id,
                delegation: Some(delegation.id),
                agency: from.position.agency.clone(),
                agency_name: from.agency_name.clone(),
                title: from.position.title.clone(),
                delegator: Some(person_name(tx, from.position.person)?),
                permissions: delegation.permissions,
                until: Some(delegation.valid_to),
            });
        }
    }
    Ok(choices)
}

fn own_choice(holder: &Holder) -> ActingChoice {
    ActingChoice {
        position: holder.position.id,
        delegation: None,
        agency: holder.position.agency.clone(),
        agency_name: holder.agency_name.clone(),
        title: holder.position.title.clone(),
        delegator: None,
        permissions: Vec::new(),
        until: holder.position.valid_to,
    }
}

/// Switches the session to another position or delegation. The rights change, so the token does too: answers the new one.
pub async fn session_switch(
    platform: &Platform,
    principal: &Principal,
    position: PositionId,
    delegation: Option<DelegationId>,
) -> Result<String> {
    let PrincipalKind::Person { account, session, .. } = principal.kind else {
        return Err(Refusal::new(&POSITION_NOT_HELD).into());
    };
    let act = Act::by(platform, principal);
    let token = token_new(platform);
    let hash = token_hash(&token);
    platform
        .db()
        .write(move |tx| {
            let choice = acting_choices(tx, account, act.today())?
                .into_iter()
                .find(|choice| choice.position == position && choice.delegation == delegation)
                .ok_or_else(|| Refusal::new(&POSITION_NOT_HELD))?;
            let row = tx.query_opt(
                "UPDATE accounts_sessions SET token_hash = $2, position = $3, delegation = $4, version = version + 1
                 WHERE id = $1 AND ended_at IS NULL RETURNING version",
                &[&session, &hash, &position, &delegation],
            )?;
            let version = row.ok_or(Error::NotFound("session"))?.get(0)?;
            act.append(
                tx,
                &SESSION_SWITCHED,
                (&SESSION, session.to_string(), version),
                &choice.agency,
                Codes::new().with("position", position).with_some("delegation", delegation),
                json!({}),
            )
        })
        .await?;
    Ok(token)
}

/// Ends one session of an account.
pub fn session_end(tx: &Tx<'_>, act: &Act, account: AccountId, id: SessionId) -> Result<()> {
    let row = tx.query_opt(
        "UPDATE accounts_sessions SET ended_at = $3, version = version + 1
         WHERE id = $1 AND account = $2 AND ended_at IS NULL RETURNING version",
        &[&id, &account, &act.now],
    )?;
    let Some(row) = row else { return Ok(()) };
    let account = account_get(tx, account)?.ok_or(Error::NotFound("account"))?;
    act.append(
        tx,
        &SESSION_ENDED,
        (&SESSION, id.to_string(), row.get(0)?),
        &account.agency,
        Codes::new().with("account", account.id),
        json!({}),
    )
}

/// Ends every session of the account but `keep` (sign out everywhere).
pub fn sessions_end(tx: &Tx<'_>, act: &Act, account: AccountId, keep: Option<SessionId>) -> Result<()> {
    let open = sessions_of(tx, account, act.now)?;
    let others = open.iter().filter(|session| Some(session.id) != keep);
    for (number, session) in (1_u32..).zip(others) {
        session_end(tx, &act.further(number), account, session.id)?;
    }
    Ok(())
}

/// Forgets device and address of sessions that ended in any case more than 30 days ago, links that ran out a week ago, and
/// devices not seen for a year; answers how many sessions. Their entries stay.
pub fn sessions_sweep(tx: &Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM accounts_links WHERE expires_at < $1", &[&now.plus_seconds(-7 * 86_400)])?;
    tx.execute("DELETE FROM accounts_devices WHERE seen_at < $1", &[&now.plus_seconds(-365 * 86_400)])?;
    tx.execute(
        "UPDATE accounts_sessions SET device = '', address = '' WHERE expires_at < $1 AND address <> ''",
        &[&now.plus_seconds(-30 * 86_400)],
    )
}
