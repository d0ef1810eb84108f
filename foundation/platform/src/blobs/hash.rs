//! The name of a content: its SHA-256.

use crate::db::{FromValue, ToValue, Value};
use serde::{Deserialize, Serialize};

/// The SHA-256 of a content (FIPS 180-4); shown and stored as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
impl std::str::FromStr for ContentHash {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| "wanted 64 hexadecimal digits".to_owned())?;
        Ok(Self(bytes))
    }
}
impl TryFrom<String> for ContentHash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}
impl ToValue for ContentHash {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
impl FromValue for ContentHash {
    fn from_value(value: &Value) -> Result<Self, String> {
        String::from_value(value)?.parse()
    }
}
