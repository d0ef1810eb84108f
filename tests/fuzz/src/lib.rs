//! What is done with bytes from outside, reader by reader: no panic, bounds kept, and what was read survives being written.

pub mod edxml;
mod readers;
mod signatures;

/// A reader of outside input: its name, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target; each has seeds under `seeds/<name>`.
pub const TARGETS: &[Target] = &[
    ("edxml_read", edxml::read),
    ("edxml_payload", edxml::payload),
    ("agency_code", readers::agency_code),
    ("agencies_csv", readers::agencies_csv),
    ("jws", readers::jws),
    ("http_signature", readers::http_signature),
    ("note", readers::note),
    ("invitation", readers::invitation),
    ("form", readers::form),
    ("search", readers::search),
    ("settings", readers::settings),
    ("cursor", readers::cursor),
    ("certificate", signatures::certificate),
    ("cms", signatures::cms),
    ("timestamp", signatures::timestamp),
    ("revocation", signatures::revocation),
    ("pdf", signatures::pdf),
    ("xml", signatures::xml),
    ("asic", signatures::asic),
    ("signed_file", signatures::signed_file),
];

/// The target of this name.
pub fn target(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, run)| *run)
}
