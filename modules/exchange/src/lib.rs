//! The document axis: packages in edXML, routing, delivery statuses, signed receipts and federation of servers.

pub mod edxml;
pub mod model;
pub mod refusals;
pub mod rules;

pub use model::*;
pub use rules::status::StatusCode;
