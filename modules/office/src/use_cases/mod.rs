//! What people do in the office; one file a verb or a family of them. Load, decide, store, append to the ledger.

pub mod change;
pub mod cite;
pub mod configure;
pub mod deed;
pub mod draft;
pub mod feedback;
pub mod files;
pub mod incoming;
pub mod issue;
pub mod look;
pub mod number;
pub mod once;
pub mod review;
pub mod seal;
pub mod sign;
pub mod void;

pub use deed::{Command, Deed, reach_of};
