//! edXML dialect A (QCVN 102:2016/BTTTT): read and write documents and status messages, in memory that does not grow with them.

pub mod limits;
pub mod model;
pub mod tree;

pub use limits::Limits;
pub use model::*;
pub use tree::{Attribute, Element, Node};
