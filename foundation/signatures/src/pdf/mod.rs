//! PDF signatures (PAdES, ETSI EN 319 142-1; ISO 32000-1 §12.8): a file's revisions are read, its signatures judged,
//! and new ones added as incremental updates that leave every earlier byte alone.
//!
//! Nothing is ever repaired: a file whose cross-reference does not lead where it says is refused, because another
//! reader would guess differently and so show another document under the same signature.

mod appearance;
mod coverage;
mod defect;
mod field;
mod file;
mod filter;
mod font;
mod form;
mod image;
mod object;
mod prepare;
mod update;
mod xref;

pub use appearance::{Align, Appearance, Element, Rect};
pub use defect::Defect;
pub use field::{Claims, Lock, Permission, SubFilter};
pub use file::{File, Limits};
pub use form::Fill;
pub use object::{Dict, Object, Stream};
pub use prepare::{DEFAULT_RESERVED, Place, Prepared, Request, prepare};

/// Why a PDF cannot be read or signed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes do not follow ISO 32000-1; the text names the place.
    #[error("not a well-formed PDF: {0}")]
    Malformed(&'static str),
    /// A limit that no honest file reaches; the text names which.
    #[error("the PDF goes beyond what is read: {0}")]
    TooLarge(&'static str),
    /// A feature that is not read, such as a filter on a cross-reference stream.
    #[error("the PDF uses something that is not supported: {0}")]
    Unsupported(&'static str),
    /// The file is encrypted; its signatures can be neither judged nor added to.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// The request itself cannot be fulfilled; the text says why.
    #[error("{0}")]
    Request(&'static str),
    /// The reader failed.
    #[error("reading the PDF failed")]
    Read(#[from] std::io::Error),
}
