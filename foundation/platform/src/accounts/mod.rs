//! Credentials and sessions.
