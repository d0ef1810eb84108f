//! Accent-free full-text search on both engines.
