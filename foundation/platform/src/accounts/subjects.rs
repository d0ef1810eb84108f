//! What the ledger digests of accounts, and the kinds of entry that tell of their changes.

use crate::error::{Error, Result};
use crate::ledger::{EntryKind, SubjectKind};
use base::Timestamp;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// An account. The password's own hash is digested, so that replacing it behind the program's back is found.
pub static ACCOUNT: SubjectKind = SubjectKind {
    name: "accounts.account",
    load: |tx, id| {
        let row = tx.query_opt(
            "SELECT username, person, agency, disabled, password, password_changed_at, totp_confirmed, totp_secret,
               version FROM accounts_accounts WHERE id = $1",
            &[&id],
        )?;
        let Some(row) = row else { return Ok(None) };
        let password: Option<String> = row.get(4)?;
        let confirmed: bool = row.get(6)?;
        let secret: Option<Vec<u8>> = row.get(7)?;
        Ok(Some(json!({
            "id": id,
            "username": row.get::<String>(0)?,
            "person": row.get::<String>(1)?,
            "agency": row.get::<String>(2)?,
            "disabled": row.get::<bool>(3)?,
            "password": password.map(|hash| hex::encode(Sha256::digest(hash))),
            "password_changed_at": row.get::<Option<Timestamp>>(5)?,
            "second_factor": if confirmed { secret.map(|s| hex::encode(Sha256::digest(s))) } else { None },
            "version": row.get::<i64>(8)?,
        })))
    },
};

/// A session; what changes with every request (the time it was seen, its token) is not digested.
pub static SESSION: SubjectKind = SubjectKind {
    name: "accounts.session",
    load: |tx, id| {
        let row = tx.query_opt(
            "SELECT account, opened_at, position, delegation, ended_at, version FROM accounts_sessions WHERE id = $1",
            &[&id],
        )?;
        row.map(|row| -> Result<Json> {
            Ok(json!({
                "id": id,
                "account": row.get::<String>(0)?,
                "opened_at": row.get::<Timestamp>(1)?,
                "position": row.get::<String>(2)?,
                "delegation": row.get::<Option<String>>(3)?,
                "ended_at": row.get::<Option<Timestamp>>(4)?,
                "version": row.get::<i64>(5)?,
            }))
        })
        .transpose()
    },
};

/// An outside system.
pub static SYSTEM: SubjectKind = SubjectKind {
    name: "accounts.system",
    load: |tx, id| {
        let id = id.parse().map_err(|e| Error::fault("load a system", e))?;
        let Some(system) = super::systems::system_get(tx, id)? else { return Ok(None) };
        let row = tx.query_one("SELECT token_hash FROM accounts_systems WHERE id = $1", &[&id])?;
        Ok(Some(json!({
            "id": system.id,
            "name": system.name,
            "agencies": system.agencies,
            "token": hex::encode(Sha256::digest(row.get::<Vec<u8>>(0)?)),
            "registered_at": system.registered_at,
            "revoked_at": system.revoked_at,
            "version": system.version,
        })))
    },
};

/// A place at which sign-ins are held up; its counts pass, so no record is digested.
pub static THROTTLE: SubjectKind = SubjectKind { name: "accounts.throttle", load: |_, _| Ok(None) };

/// An account was made.
pub static ACCOUNT_MADE: EntryKind = EntryKind { name: "accounts.account.made", schema: 1 };
/// An account was disabled.
pub static ACCOUNT_DISABLED: EntryKind = EntryKind { name: "accounts.account.disabled", schema: 1 };
/// An account was enabled again.
pub static ACCOUNT_ENABLED: EntryKind = EntryKind { name: "accounts.account.enabled", schema: 1 };
/// A password was set or changed.
pub static PASSWORD_SET: EntryKind = EntryKind { name: "accounts.password.set", schema: 1 };
/// A one-time link was made.
pub static LINK_MADE: EntryKind = EntryKind { name: "accounts.link.made", schema: 1 };
/// The second factor was switched on.
pub static TOTP_ON: EntryKind = EntryKind { name: "accounts.second-factor.on", schema: 1 };
/// The second factor was switched off.
pub static TOTP_OFF: EntryKind = EntryKind { name: "accounts.second-factor.off", schema: 1 };
/// Somebody signed in.
pub static SESSION_OPENED: EntryKind = EntryKind { name: "accounts.session.opened", schema: 1 };
/// A session switched to another position or delegation.
pub static SESSION_SWITCHED: EntryKind = EntryKind { name: "accounts.session.switched", schema: 1 };
/// A session was ended (signed out, or ended from elsewhere).
pub static SESSION_ENDED: EntryKind = EntryKind { name: "accounts.session.ended", schema: 1 };
/// Sign-ins are held up after too many failures.
pub static SIGN_IN_HELD_UP: EntryKind = EntryKind { name: "accounts.sign-in.held-up", schema: 1 };
/// An outside system was registered.
pub static SYSTEM_REGISTERED: EntryKind = EntryKind { name: "accounts.system.registered", schema: 1 };
/// An outside system's credential was revoked.
pub static SYSTEM_REVOKED: EntryKind = EntryKind { name: "accounts.system.revoked", schema: 1 };

/// The kinds of record.
pub const SUBJECTS: &[&SubjectKind] = &[&ACCOUNT, &SESSION, &SYSTEM, &THROTTLE];

/// The kinds of entry.
pub const ENTRY_KINDS: &[&EntryKind] = &[
    &ACCOUNT_MADE,
    &ACCOUNT_DISABLED,
    &ACCOUNT_ENABLED,
    &PASSWORD_SET,
    &LINK_MADE,
    &TOTP_ON,
    &TOTP_OFF,
    &SESSION_OPENED,
    &SESSION_SWITCHED,
    &SESSION_ENDED,
    &SIGN_IN_HELD_UP,
    &SYSTEM_REGISTERED,
    &SYSTEM_REVOKED,
];
