//! What can be done with packages, one file a verb.

pub mod accept;
pub mod deliver;
pub mod receipt;
pub mod record_status;
pub mod send_file;
pub mod submit;
pub mod take_in;
pub mod verify;
