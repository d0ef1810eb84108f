//! The paperless office: drafting, approval, signature, numbering and issue of documents; arrival, registration, directive and work.

pub mod entries;
pub mod refusals;
pub mod rules;
pub mod store;
pub mod use_cases;
