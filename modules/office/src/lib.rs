//! The paperless office: drafting, approval, signature, numbering and issue of documents; arrival, registration, directive and work.

pub mod refusals;
pub mod rules;
pub mod store;
