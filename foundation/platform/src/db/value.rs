//! Values that travel between Rust and either engine.

use base::{AgencyCode, Date, Id, Timestamp};

/// A value of a column or parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BOOLEAN (0/1 on SQLite).
    Bool(bool),
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT or JSONB.
    Text(String),
    /// BYTEA.
    Blob(Vec<u8>),
}

/// What can be bound to a place `$n`.
pub trait ToValue {
    /// The value to bind.
    fn to_value(&self) -> Value;
}

/// What can be read from a column.
pub trait FromValue: Sized {
    /// Reads the value, or says what was found instead.
    fn from_value(value: &Value) -> Result<Self, String>;
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}
impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}
impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}
impl ToValue for i64 {
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
}
impl ToValue for i32 {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
}
impl ToValue for u32 {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
}
impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}
impl ToValue for f64 {
    fn to_value(&self) -> Value {
        Value::Real(*self)
    }
}
impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Blob(self.to_vec())
    }
}
impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value {
        Value::Blob(self.to_vec())
    }
}
impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value {
        Value::Blob(self.clone())
    }
}
impl ToValue for Timestamp {
    fn to_value(&self) -> Value {
        Value::Int(self.micros())
    }
}
impl ToValue for Date {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
impl<K> ToValue for Id<K> {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
impl ToValue for AgencyCode {
    fn to_value(&self) -> Value {
        Value::Text(self.canonical().to_owned())
    }
}
impl ToValue for serde_json::Value {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}
impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

fn wrong<T>(wanted: &str, found: &Value) -> Result<T, String> {
    let kind = match found {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Int(_) => "BIGINT",
        Value::Real(_) => "DOUBLE PRECISION",
        Value::Text(_) => "TEXT",
        Value::Blob(_) => "BYTEA",
    };
    Err(format!("wanted {wanted}, found {kind}"))
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => wrong("TEXT", other),
        }
    }
}
impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Int(n) => Ok(*n),
            other => wrong("BIGINT", other),
        }
    }
}
impl FromValue for u32 {
    fn from_value(value: &Value) -> Result<Self, String> {
        i64::from_value(value).and_then(|n| Self::try_from(n).map_err(|e| e.to_string()))
    }
}
impl FromValue for u64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        i64::from_value(value).and_then(|n| Self::try_from(n).map_err(|e| e.to_string()))
    }
}
impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(b) => Ok(*b),
            // SQLite keeps booleans as 0 and 1.
            Value::Int(n) if *n == 0 || *n == 1 => Ok(*n == 1),
            other => wrong("BOOLEAN", other),
        }
    }
}
impl FromValue for f64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Real(x) => Ok(*x),
            other => wrong("DOUBLE PRECISION", other),
        }
    }
}
impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Blob(bytes) => Ok(bytes.clone()),
            other => wrong("BYTEA", other),
        }
    }
}
impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Blob(bytes) => {
                bytes.as_slice().try_into().map_err(|_| format!("wanted {N} bytes, found {}", bytes.len()))
            }
            other => wrong("BYTEA", other),
        }
    }
}
impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Result<Self, String> {
        i64::from_value(value).map(Self::from_micros)
    }
}
impl FromValue for Date {
    fn from_value(value: &Value) -> Result<Self, String> {
        String::from_value(value)?.parse().map_err(|e: jiff::Error| e.to_string())
    }
}
impl<K> FromValue for Id<K> {
    fn from_value(value: &Value) -> Result<Self, String> {
        String::from_value(value)?.parse().map_err(|e: uuid::Error| e.to_string())
    }
}
impl FromValue for AgencyCode {
    fn from_value(value: &Value) -> Result<Self, String> {
        // Tolerant: irregular codes met on the wire are stored too.
        Self::tolerate(&String::from_value(value)?).map_err(|e| e.to_string())
    }
}
impl FromValue for serde_json::Value {
    fn from_value(value: &Value) -> Result<Self, String> {
        serde_json::from_str(&String::from_value(value)?).map_err(|e| e.to_string())
    }
}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}
