//! Roles, permissions and decisions.
