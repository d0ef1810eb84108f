//! Outside systems: a bearer token, shown once, stored hashed, revocable, good for its agency codes only.

use super::model::{System, SystemId};
use super::refusals::SYSTEM_INVALID;
use super::sessions::session_visit;
use super::subjects::{SYSTEM, SYSTEM_REGISTERED, SYSTEM_REVOKED};
use super::tokens::{SYSTEM_PREFIX, token_hash, token_new};
use crate::Platform;
use crate::access::{Act, Principal, PrincipalKind};
use crate::db::{Row, Tx};
use crate::directory::agency_require;
use crate::error::{Error, Result};
use crate::ledger::{Actor, Codes};
use base::{AgencyCode, Refusal, Text, Timestamp};
use serde_json::json;

const COLUMNS: &str = "id, name, agencies, token_hint, registered_at, revoked_at, version";

fn from_row(row: &Row) -> Result<System> {
    Ok(System {
        id: row.get(0)?,
        name: row.get(1)?,
        agencies: serde_json::from_value(row.get(2)?).map_err(|e| Error::fault("read a system", e))?,
        token_hint: row.get(3)?,
        registered_at: row.get(4)?,
        revoked_at: row.get(5)?,
        version: row.get(6)?,
    })
}

/// The system.
pub fn system_get(tx: &Tx<'_>, id: SystemId) -> Result<Option<System>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts_systems WHERE id = $1");
    tx.query_opt(&sql, &[&id])?.as_ref().map(from_row).transpose()
}

/// The systems whose first code lies in the agency or below it, revoked ones too, the latest first.
pub fn systems_in(tx: &Tx<'_>, agency: &AgencyCode) -> Result<Vec<System>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts_systems WHERE agency = $1 OR agency LIKE $2 ORDER BY id DESC");
    tx.query(&sql, &[agency, &format!("{agency}.%")])?.iter().map(from_row).collect()
}

/// Every system of this server, revoked ones too, the latest first.
pub fn systems_all(tx: &Tx<'_>) -> Result<Vec<System>> {
    tx.query(&format!("SELECT {COLUMNS} FROM accounts_systems ORDER BY id DESC"), &[])?.iter().map(from_row).collect()
}

/// Registers a system for the codes; answers it with its token, told once.
pub async fn system_register(
    platform: &Platform,
    act: &Act,
    name: &str,
    agencies: &[AgencyCode],
) -> Result<(System, String)> {
    let name = base::fold::nfc(name.trim());
    let mut agencies = agencies.to_vec();
    agencies.dedup();
    let Some(first) = agencies.first().cloned().filter(|_| !name.is_empty() && name.chars().count() <= 200) else {
        return Err(Refusal::new(&SYSTEM_INVALID).into());
    };
    let token = format!("{SYSTEM_PREFIX}{}", token_new(platform));
    let hash = token_hash(&token);
    let system = System {
        id: platform.new_id(),
        name,
        agencies,
        token_hint: token.chars().take(SYSTEM_PREFIX.len() + 4).collect(),
        registered_at: act.now,
        revoked_at: None,
        version: 1,
    };
    let act = act.clone();
    let system = platform
        .db()
        .write(move |tx| {
            for code in &system.agencies {
                agency_require(tx, code, act.today())?;
            }
            tx.execute(
                "INSERT INTO accounts_systems (id, name, agencies, agency, token_hash, token_hint, registered_at, version)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
                &[
                    &system.id,
                    &system.name,
                    &json!(system.agencies),
                    &first,
                    &hash,
                    &system.token_hint,
                    &system.registered_at,
                ],
            )?;
            let codes = system.agencies.iter().map(AgencyCode::canonical).collect::<Vec<_>>().join(" ");
            act.append(
                tx,
                &SYSTEM_REGISTERED,
                (&SYSTEM, system.id.to_string(), 1),
                &first,
                Codes::new().with("agencies", codes),
                json!({ "name": system.name }),
            )?;
            Ok(system.clone())
        })
        .await?;
    Ok((system, token))
}

/// Revokes a system's token.
pub fn system_revoke(tx: &Tx<'_>, act: &Act, id: SystemId) -> Result<()> {
    let system = system_get(tx, id)?.ok_or(Error::NotFound("system"))?;
    if system.revoked_at.is_some() {
        return Ok(());
    }
    tx.execute(
        "UPDATE accounts_systems SET revoked_at = $2, version = version + 1 WHERE id = $1 AND revoked_at IS NULL",
        &[&id, &act.now],
    )?;
    let first = system.agencies.first().ok_or(Error::NotFound("agency"))?;
    act.append(
        tx,
        &SYSTEM_REVOKED,
        (&SYSTEM, id.to_string(), system.version + 1),
        first,
        Codes::new(),
        json!({ "name": system.name }),
    )
}

/// The system behind a bearer token as a principal.
pub fn system_principal(tx: &Tx<'_>, token: &str) -> Result<Option<Principal>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts_systems WHERE token_hash = $1 AND revoked_at IS NULL");
    let Some(row) = tx.query_opt(&sql, &[&token_hash(token)])? else { return Ok(None) };
    let system = from_row(&row)?;
    let Some(agency) = system.agencies.first().cloned() else { return Ok(None) };
    let agency_name = crate::directory::agency_latest(tx, &agency)?.map_or(Text::fixed("", ""), |agency| agency.name);
    Ok(Some(Principal {
        actor: Actor::system(system.id),
        kind: PrincipalKind::System { system: system.id, agencies: system.agencies },
        agency,
        agency_name,
        unit: None,
        roles: Vec::new(),
        delegated: Vec::new(),
        name: system.name,
        title: Text::fixed("Hệ thống ngoài", "Outside system"),
    }))
}

/// The principal behind a bearer token: an outside system, or a person's session opened through the API.
pub fn bearer_principal(tx: &Tx<'_>, token: &str, now: Timestamp) -> Result<Option<Principal>> {
    if token.starts_with(SYSTEM_PREFIX) {
        return system_principal(tx, token);
    }
    Ok(session_visit(tx, token, now)?.map(|visit| visit.principal))
}
