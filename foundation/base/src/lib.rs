//! The pure words of the product: no I/O, no clock, no database.

pub mod agency_code;
pub mod basis;
pub mod fold;
pub mod id;
pub mod lang;
pub mod random;
pub mod refusal;
pub mod time;

pub use agency_code::{AgencyCode, AgencyCodeError, AgencyCodeKind, AgencyGroup};
pub use basis::Basis;
pub use id::Id;
pub use lang::{Lang, Text};
pub use random::Random;
pub use refusal::{FieldError, Refusal, RefusalCode, RefusalKind};
pub use time::{Clock, Date, Timestamp};
