//! Logs and metrics without names.
