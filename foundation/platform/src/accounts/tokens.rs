//! Tokens: 256 random bits as text; only their SHA-256 is stored.

use crate::Platform;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Beginning of a system's token, so that a leaked one is recognised for what it is.
pub const SYSTEM_PREFIX: &str = "lt_sys_";

/// A fresh token.
pub fn token_new(platform: &Platform) -> String {
    URL_SAFE_NO_PAD.encode(platform.random().bytes::<32>())
}

/// What is stored of a token. A plain hash is enough, since the token itself cannot be guessed.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
