//! The four counters, each derived from the codes of entries alone and rebuildable from them.

use crate::entries;
use base::Timestamp;
use platform::ledger::{Counter, CounterDelta, Entry};

/// Documents sent: by agency, month, type, operation, signed, paper, in time.
pub const SENT: &str = "exchange.sent";
/// Documents received: by agency, month, type, operation, signed, paper.
pub const RECEIVED: &str = "exchange.received";
/// States reported: by reporting agency, sender, month, status; the sum is the seconds since the exchange took it.
pub const STATES: &str = "exchange.states";
/// Packages refused by the exchange itself: by agency, month, reason.
pub const REJECTED: &str = "exchange.rejected";

/// All of them.
pub fn counters() -> Vec<Counter> {
    vec![
        Counter { name: SENT, kinds: &["exchange.package.accepted"], add: sent },
        Counter { name: RECEIVED, kinds: &["exchange.delivery.arrived"], add: received },
        Counter { name: STATES, kinds: &["exchange.status.recorded", "exchange.status.reported"], add: states },
        Counter {
            name: REJECTED,
            kinds: &["exchange.package.refused", "exchange.package.quarantined", "exchange.secret.blocked"],
            add: rejected,
        },
    ]
}

/// The month in Vietnam, `2026-11`.
pub fn month(at: Timestamp) -> String {
    at.to_local().strftime("%Y-%m").to_string()
}

fn text(entry: &Entry, name: &str) -> String {
    entry.codes.text(name).unwrap_or_default().to_owned()
}

fn flag(entry: &Entry, name: &str) -> String {
    match entry.codes.bool(name) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
    .to_owned()
}

fn sent(entry: &Entry) -> Vec<CounterDelta> {
    // What a peer brought was sent, and is counted, over there.
    if entry.codes.text("origin") == Some("peer") {
        return Vec::new();
    }
    vec![CounterDelta::one([
        ("agency", text(entry, "from")),
        ("month", month(entry.occurred_at)),
        ("type", text(entry, "type")),
        ("operation", text(entry, "operation")),
        ("signed", flag(entry, "signed")),
        ("paper", flag(entry, "paper")),
        ("in_time", flag(entry, "in_time")),
    ])]
}

fn received(entry: &Entry) -> Vec<CounterDelta> {
    vec![CounterDelta::one([
        ("agency", text(entry, "to")),
        ("month", month(entry.occurred_at)),
        ("type", text(entry, "type")),
        ("operation", text(entry, "operation")),
        ("signed", flag(entry, "signed")),
        ("paper", flag(entry, "paper")),
    ])]
}

fn states(entry: &Entry) -> Vec<CounterDelta> {
    debug_assert!(entry.kind == entries::STATUS_RECORDED.name || entry.kind == entries::STATUS_REPORTED.name);
    let delta = CounterDelta::one([
        ("agency", text(entry, "to")),
        ("sender", text(entry, "from")),
        ("month", month(entry.occurred_at)),
        ("status", text(entry, "status")),
    ]);
    vec![delta.with_sum(entry.codes.int("seconds").unwrap_or_default())]
}

fn rejected(entry: &Entry) -> Vec<CounterDelta> {
    let reason = entry.codes.text("reason").unwrap_or("exchange.document.secret").to_owned();
    vec![CounterDelta::one([
        ("agency", entry.agency.canonical().to_owned()),
        ("month", month(entry.occurred_at)),
        ("reason", reason),
    ])]
}
