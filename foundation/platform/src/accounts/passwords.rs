//! Passwords: Argon2id (RFC 9106), always outside transactions, a few at a time.

use super::refusals::PASSWORD_WEAK;
use crate::Platform;
use crate::config::Passwords;
use crate::error::{Error, Result};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use base::{Refusal, Text, fold};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Hashes made at the same time at most, so that a flood of sign-ins costs time, not memory.
static HASHING: Semaphore = Semaphore::const_new(4);

/// Fewest characters of a password.
pub const LEAST: usize = 10;
/// Most bytes of a password that are looked at.
pub const MOST: usize = 512;

/// Beginnings that everybody tries first.
const GUESSED: &[&str] = &[
    "password",
    "matkhau",
    "123456",
    "qwerty",
    "abc123",
    "abcdef",
    "111111",
    "000000",
    "admin",
    "iloveyou",
    "lienthong",
    "vietnam",
    "anhyeuem",
    "emyeuanh",
    "asdfgh",
];

/// Refuses a password that is too short, too long, made of the user name, or among the first that are guessed.
pub fn password_check(password: &str, username: &str) -> Result<(), Refusal> {
    let told = |vi: &'static str, en: &'static str| {
        Err(Refusal::new(&PASSWORD_WEAK).with("least", LEAST).field("password", Text::fixed(vi, en)))
    };
    let folded: String = fold::fold(password).split_whitespace().collect();
    if password.chars().count() < LEAST {
        return told("Ít nhất 10 ký tự", "At least 10 characters");
    }
    if password.len() > MOST {
        return told("Quá dài", "Too long");
    }
    if !username.is_empty() && folded.contains(&fold::fold(username)) {
        return told("Không chứa tên đăng nhập", "Not containing the user name");
    }
    let rest = GUESSED.iter().find_map(|guess| folded.strip_prefix(guess));
    let digits_only = |rest: &str| rest.chars().all(|c| !c.is_alphabetic());
    if rest.is_some_and(digits_only) || folded.chars().collect::<std::collections::BTreeSet<_>>().len() < 5 {
        return told("Quá dễ đoán", "Too easy to guess");
    }
    Ok(())
}

/// Counts the hashes made, whoever they were made for.
const HASHES: &str = "lienthong_password_hashes_total";

fn hasher(cost: &Passwords) -> Result<Argon2<'static>> {
    let params = Params::new(cost.memory_kib, cost.iterations, cost.lanes, None)
        .map_err(|e| Error::fault("read the cost of passwords", e))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password.
pub async fn password_hash(platform: &Platform, password: &str) -> Result<String> {
    platform.metrics().count(HASHES, &[], 1);
    let salt: [u8; 16] = platform.random().bytes();
    let hasher = hasher(&platform.config().passwords)?;
    let password = Zeroizing::new(fold::nfc(password));
    let _turn = HASHING.acquire().await.map_err(|e| Error::fault("wait for a turn", e))?;
    tokio::task::spawn_blocking(move || {
        let hash = hasher
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|e| Error::fault("hash a password", e))?;
        Ok(hash.to_string())
    })
    .await
    .map_err(|e| Error::fault("hash a password", e))?
}

/// Whether the password is the one behind the PHC string. With `None` the same time is spent and the answer is no,
/// so that an unknown user name cannot be told from a wrong password.
pub async fn password_matches(platform: &Platform, password: &str, stored: Option<String>) -> Result<bool> {
    let Some(stored) = stored else {
        password_hash(platform, password).await?;
        return Ok(false);
    };
    platform.metrics().count(HASHES, &[], 1);
    let password = Zeroizing::new(fold::nfc(password));
    let _turn = HASHING.acquire().await.map_err(|e| Error::fault("wait for a turn", e))?;
    tokio::task::spawn_blocking(move || {
        let hash = phc::PasswordHash::new(&stored).map_err(|e| Error::fault("read a stored password", e))?;
        // The cost stands in the PHC string; the parameters given here are not used.
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(|e| Error::fault("compare a password", e))?
}
