//! edXML dialect A (QCVN 102:2016/BTTTT): read and write documents and status messages, in memory that does not grow with them.

mod content;
mod content_out;
mod decode;
mod decode_header;
mod decode_trace;
mod encode;
mod encode_header;
mod group;
pub mod limits;
mod manifest;
pub mod model;
mod order;
mod probe;
mod raw;
mod reader;
pub mod refusals;
mod reject;
mod spool;
mod status;
mod token;
pub mod tree;
mod writer;
mod zip;

pub use limits::Limits;
pub use manifest::{manifest, manifest_sha256, secrecy_mark};
pub use model::*;
pub use raw::{EXTENSION, NAMESPACE, XMLDSIG};
pub use reader::{Piece, Reader, read};
pub use reject::ReadError;
pub use tree::{Attribute, Element, Node};
pub use writer::{WriteError, Writer, check, check_status, write, write_status, write_to_vec};
