//! How the reader says no: a catalogue row, the place, and what was expected there.

use super::refusals;
use base::{Refusal, RefusalCode, Text};
use std::fmt;

/// A place in the message: line and column from 1, column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub line: u64,
    pub column: u64,
}

impl Default for At {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// Why a message could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The message is wrong; tell its sender.
    Refused(Box<Refusal>),
    /// Reading it, or spooling a part of it to a temporary file, failed on our side.
    Io(std::io::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Io(error) => write!(f, "reading an edXML message: {error}"),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<ReadError> for platform::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(refusal) => Self::Refused(refusal),
            ReadError::Io(error) => Self::fault("reading an edXML message", error),
        }
    }
}

/// Result of reading.
pub(super) type Read<T> = Result<T, ReadError>;

/// A refusal of `code` at `at` in `field`; `expected` completes “expected …” in both languages.
pub(super) fn reject(
    code: &'static RefusalCode,
    at: At,
    field: &str,
    vi: impl Into<String>,
    en: impl Into<String>,
) -> Refusal {
    let At { line, column } = at;
    Refusal::new(code).with("line", line).with("column", column).with("field", field).field(
        if field.is_empty() { "edXML" } else { field },
        Text::new(
            format!("dòng {line}, cột {column}: cần {}", vi.into()),
            format!("line {line}, column {column}: expected {}", en.into()),
        ),
    )
}

/// A refusal because there is more of something than is taken.
pub(super) fn too_much(at: At, field: &str, limit: u64, what_vi: &str, what_en: &str) -> Refusal {
    reject(&refusals::TOO_LARGE, at, field, format!("tối đa {limit} {what_vi}"), format!("at most {limit} {what_en}"))
        .with("limit", limit)
        .with("what_vi", what_vi)
        .with("what_en", what_en)
}
