//! PDF signatures (PAdES, ETSI EN 319 142-1; ISO 32000-1 §12.8): a file's revisions are read, its signatures judged,
//! and new ones added as incremental updates that leave every earlier byte alone.
//!
//! Nothing is ever repaired: a file whose cross-reference does not lead where it says is refused, because another
//! reader would guess differently and so show another document under the same signature.

mod appearance;
mod change;
mod coverage;
pub mod decree30;
mod defect;
mod difference;
mod extends;
mod field;
mod file;
mod filter;
mod font;
mod form;
mod form_rules;
mod image;
mod object;
mod prepare;
mod read;
mod store;
mod update;
mod verify;
mod xref;

pub use appearance::{Align, Appearance, Element, Rect};
pub use change::{Altered, Change};
pub use defect::Defect;
pub use extends::{Extension, NotExtension, extends};
pub use field::{Claims, Lock, Permission, SubFilter};
pub use file::{File, Limits};
pub use form::{Fill, page_size, reserve_fields};
pub use object::{Dict, Object, Stream};
pub use prepare::{DEFAULT_RESERVED, Place, Prepared, Request, prepare};
pub use read::{Later, Range, Reading, Signed, read, read_bytes};
pub use store::{Store, add_store, read_store};
pub use verify::verify;

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
