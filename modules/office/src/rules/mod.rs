//! The pure rules of clerical work: input is state, command, actor and time; output is new state or a refusal with its article.

pub mod actor;
pub mod directive;
pub mod document_type;
pub mod duplicate;
pub mod file_type;
pub mod incoming;
pub mod issue_deadline;
pub mod metadata;
pub mod numbering;
pub mod outgoing;
pub mod register_change;
pub mod registration_deadline;
pub mod return_reason;
pub mod route;
pub mod signature_authority;
pub mod signing_request;
