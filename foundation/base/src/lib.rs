//! The pure words of the product: no I/O, no clock, no database.

pub mod agency_code;
pub mod basis;
pub mod calendar;
pub mod central_agencies;
pub mod deadline;
pub mod document_types;
pub mod fold;
pub mod format;
pub mod geography;
pub mod id;
pub mod ip_range;
pub mod lang;
pub mod prompt;
pub mod random;
pub mod refusal;
mod table;
pub mod time;

pub use agency_code::{AgencyCode, AgencyCodeError, AgencyCodeKind, AgencyGroup};
pub use basis::Basis;
pub use document_types::{Secrecy, Urgency};
pub use id::Id;
pub use lang::{Lang, Text};
pub use random::Random;
pub use refusal::{FieldError, Refusal, RefusalCode, RefusalKind};
pub use time::{Clock, Date, Timestamp};
