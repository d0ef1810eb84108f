//! Errors of everything with I/O.
//!
//! Which to use: a rule that says “no” is a [`Refusal`](base::Refusal) (expected, shown to the person, with an article);
//! a thing that is not there, or that the reader may not know of, is `NotFound`; somebody acted first is `Conflict`;
//! “not now, try again” is `Unavailable`; a full, failing or damaged disk is `Storage`; everything that should not happen is a `Fault`, logged and never shown in detail.

use crate::storage::Storage;
use base::Refusal;

/// Result of everything with I/O.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// No such thing (the word names the kind, never the content).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Somebody acted first, or a uniqueness rule was broken.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Not now; the same request may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The disk or the database's own storage: where, and what is wrong with it.
    #[error("{0}: {1}")]
    Storage(String, Storage),
    /// A defect or a broken machine.
    #[error("fault: {0}")]
    Fault(String),
}

impl Error {
    /// A fault with what was being done and what went wrong.
    pub fn fault(doing: &str, cause: impl std::fmt::Display) -> Self {
        Self::Fault(format!("{doing}: {cause}"))
    }

    /// What an I/O error means: a trouble of the disk, or a fault.
    pub fn io(doing: &str, error: &std::io::Error) -> Self {
        match Storage::of(error) {
            Some(trouble) => Self::Storage(doing.to_owned(), trouble),
            None => Self::fault(doing, error),
        }
    }

    /// Whether this is a refusal of the given stable code.
    pub fn is_refusal(&self, code: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code.code == code)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
