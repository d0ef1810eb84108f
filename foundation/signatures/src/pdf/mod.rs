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
mod error;
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
pub use error::{Error, Unsuitable};
pub use extends::{Extension, NotExtension, extends};
pub use field::{Claims, Lock, Permission, SubFilter};
pub use file::{File, Limits};
pub use form::{Fill, page_size, reserve_fields};
pub(crate) use object::{Dict, Object, Stream};
pub use prepare::{DEFAULT_RESERVED, Place, Prepared, Request, prepare};
pub use read::{Later, Range, Reading, Signed, read, read_bytes};
pub use store::{Store, add_store, read_store};
pub use verify::verify;
