//! The platform's integration tests: one binary, one module a subject.
#![allow(clippy::unwrap_used)]

mod backup;
mod blobs;
mod db;
mod jobs;
mod ledger;
mod notify;
mod online;
mod people_access;
mod people_accounts;
mod people_directory;
mod people_sixteen;
mod search;
mod signing;
mod trust;
