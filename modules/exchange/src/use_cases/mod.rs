//! What can be done with packages, one file a verb.

pub mod deliver;
pub mod record_status;
pub mod submit;
