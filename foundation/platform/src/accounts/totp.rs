//! Second factor: time-based one-time codes (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes.

use super::AccountId;
use super::refusals::TOTP_WRONG;
use super::sign_in::{Origin, password_confirm};
use super::store::{account_get, account_touch};
use super::subjects::{ACCOUNT, TOTP_OFF, TOTP_ON};
use crate::Platform;
use crate::access::Act;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ledger::Codes;
use base::{Refusal, Text, Timestamp};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

/// What binds the wrapped secret to its use.
const PURPOSE: &str = "accounts.totp";
/// How many recovery codes there are.
const CODES: usize = 10;

/// What a person types or scans into the code program.
#[derive(Debug, Clone)]
pub struct TotpEnrolment {
    /// The secret in base32.
    pub secret: String,
    /// `otpauth://` address for the QR code.
    pub uri: String,
}

fn totp(secret: &[u8]) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        .build()
        .map_err(|e| Error::fault("make one-time codes", e))
}

/// The step whose code this is, when it is right now, one step before or after, and later than the last one used.
fn step_of(secret: &[u8], code: &str, now: Timestamp, used: i64) -> Result<Option<i64>> {
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or(0);
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = totp(secret)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| *step > used))
}

/// Starts the enrolment: a new secret that counts only once a first code was right.
pub async fn totp_begin(platform: &Platform, account: AccountId) -> Result<TotpEnrolment> {
    let secret: [u8; 20] = platform.random().bytes();
    let wrapped = platform.signing().wrap(PURPOSE, &account.to_string(), &secret)?;
    let username = platform
        .db()
        .write(move |tx| {
            let found = account_get(tx, account)?.ok_or(Error::NotFound("account"))?;
            tx.execute(
                "UPDATE accounts_accounts SET totp_secret = $2 WHERE id = $1 AND totp_confirmed = $3",
                &[&account, &wrapped, &false],
            )?;
            Ok(found.username)
        })
        .await?;
    Ok(enrolment(&username, &secret))
}

/// The enrolment that was begun and not ended, to be shown again.
pub async fn totp_pending(platform: &Platform, account: AccountId) -> Result<Option<TotpEnrolment>> {
    let found = platform
        .db()
        .read(move |tx| {
            let row = tx.query_opt(
                "SELECT username, totp_secret FROM accounts_accounts
                 WHERE id = $1 AND totp_confirmed = $2 AND totp_secret IS NOT NULL",
                &[&account, &false],
            )?;
            row.map(|row| Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?))).transpose()
        })
        .await?;
    let Some((username, wrapped)) = found else { return Ok(None) };
    let secret = platform.signing().unwrap(PURPOSE, &account.to_string(), &wrapped)?;
    Ok(Some(enrolment(&username, &secret)))
}

fn enrolment(username: &str, secret: &[u8]) -> TotpEnrolment {
    let base32 = Secret::from(secret.to_vec()).to_base32();
    let label = percent_encode(username);
    let uri = format!("otpauth://totp/Li%C3%AAn%20Th%C3%B4ng:{label}?secret={base32}&issuer=Li%C3%AAn%20Th%C3%B4ng");
    TotpEnrolment { secret: base32, uri }
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// Ends the enrolment with a first right code; answers the recovery codes, told once.
pub async fn totp_confirm(platform: &Platform, act: &Act, account: AccountId, code: &str) -> Result<Vec<String>> {
    let stored: Option<Vec<u8>> = platform
        .db()
        .read(move |tx| {
            tx.query_one(
                "SELECT totp_secret FROM accounts_accounts WHERE id = $1 AND totp_confirmed = $2",
                &[&account, &false],
            )?
            .get(0)
        })
        .await?;
    let stored = stored.ok_or(Error::NotFound("enrolment"))?;
    let secret = platform.signing().unwrap(PURPOSE, &account.to_string(), &stored)?;
    let Some(step) = step_of(&secret, code, act.now, 0)? else {
        return Err(Refusal::new(&TOTP_WRONG).field("code", Text::fixed("Không đúng", "Not right")).into());
    };
    let codes: Vec<String> = (0..CODES).map(|_| recovery_code(platform)).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| recovery_hash(account, code)).collect();
    let act = act.clone();
    platform
        .db()
        .write(move |tx| {
            let changed = tx.execute(
                "UPDATE accounts_accounts SET totp_confirmed = $2, totp_step = $3
                 WHERE id = $1 AND totp_confirmed = $4 AND totp_secret = $5",
                &[&account, &true, &step, &false, &stored],
            )?;
            if changed == 0 {
                return Err(Error::Conflict("the enrolment was begun again elsewhere".to_owned()));
            }
            tx.execute("DELETE FROM accounts_recovery_codes WHERE account = $1", &[&account])?;
            for hash in &hashes {
                tx.execute(
                    "INSERT INTO accounts_recovery_codes (account, code_hash) VALUES ($1, $2)",
                    &[&account, hash],
                )?;
            }
            let account = account_touch(tx, account)?;
            act.append(
                tx,
                &TOTP_ON,
                (&ACCOUNT, account.id.to_string(), account.version),
                &account.agency,
                Codes::new().with("person", account.person),
                serde_json::json!({}),
            )
        })
        .await?;
    Ok(codes)
}

/// Switches the second factor off; the password is asked again.
pub async fn totp_disable(
    platform: &Platform,
    act: &Act,
    account: AccountId,
    password: &str,
    origin: &Origin,
) -> Result<()> {
    password_confirm(platform, account, password, origin).await?;
    let act = act.clone();
    platform.db().write(move |tx| totp_clear(tx, &act, account)).await
}

/// Takes the second factor away (the owner after his password, or an administrator for somebody who lost it).
pub fn totp_clear(tx: &Tx<'_>, act: &Act, account: AccountId) -> Result<()> {
    tx.execute(
        "UPDATE accounts_accounts SET totp_confirmed = $2, totp_secret = NULL, totp_step = 0 WHERE id = $1",
        &[&account, &false],
    )?;
    tx.execute("DELETE FROM accounts_recovery_codes WHERE account = $1", &[&account])?;
    let account = account_touch(tx, account)?;
    act.append(
        tx,
        &TOTP_OFF,
        (&ACCOUNT, account.id.to_string(), account.version),
        &account.agency,
        Codes::new().with("person", account.person),
        serde_json::json!({}),
    )
}

/// Whether a code (or a recovery code) is right; uses it up. Two requests with one code: only the first is right.
pub(super) async fn totp_use(platform: &Platform, account: AccountId, code: &str) -> Result<bool> {
    let row = platform
        .db()
        .read(move |tx| {
            let row = tx.query_one(
                "SELECT totp_secret, totp_step FROM accounts_accounts WHERE id = $1 AND totp_confirmed = $2",
                &[&account, &true],
            )?;
            Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?))
        })
        .await?;
    let now = platform.now();
    if code.chars().any(char::is_alphabetic) {
        let hash = recovery_hash(account, code);
        let used = platform
            .db()
            .write(move |tx| {
                tx.execute(
                    "UPDATE accounts_recovery_codes SET used_at = $3
                     WHERE account = $1 AND code_hash = $2 AND used_at IS NULL",
                    &[&account, &hash, &now],
                )
            })
            .await?;
        return Ok(used == 1);
    }
    let secret = platform.signing().unwrap(PURPOSE, &account.to_string(), &row.0)?;
    let Some(step) = step_of(&secret, code, now, row.1)? else { return Ok(false) };
    let used = platform
        .db()
        .write(move |tx| {
            tx.execute(
                "UPDATE accounts_accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2",
                &[&account, &step],
            )
        })
        .await?;
    Ok(used == 1)
}

/// 80 random bits in four groups of letters and digits that are not mistaken for each other.
fn recovery_code(platform: &Platform) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    let bytes: [u8; 16] = platform.random().bytes();
    let mut code = String::with_capacity(19);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    // A code without any letter would be taken for a time-based one.
    if code.chars().any(char::is_alphabetic) { code } else { recovery_code(platform) }
}

fn recovery_hash(account: AccountId, code: &str) -> [u8; 32] {
    let plain: String = code.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::new().chain_update(account.to_string()).chain_update([0]).chain_update(plain).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, cut to six digits.
    #[test]
    fn agrees_with_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            let now = Timestamp::from_micros(seconds * 1_000_000);
            assert_eq!(step_of(secret, code, now, 0).unwrap(), Some(seconds / 30), "{code}");
            assert_eq!(step_of(secret, code, now, seconds / 30).unwrap(), None, "{code} is good once");
            assert_eq!(step_of(secret, code, now.plus_seconds(90), 0).unwrap(), None, "{code} is too old");
        }
    }
}
