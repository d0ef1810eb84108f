//! The fuzz targets' entry points on their committed seeds and on mutations of them.

#[path = "../../../../tests/fuzz/src/edxml.rs"]
mod targets;

use proptest::prelude::*;
use std::path::Path;

/// The seeds of a target by file name; a name that begins with `refused-` is one that must be refused.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

#[test]
fn every_seed_message_is_read_and_survives() {
    for (name, seed) in seeds("edxml_read") {
        assert_eq!(targets::read_in_steps(&seed, usize::MAX).is_err(), name.starts_with("refused-"), "{name}");
        targets::read(&seed);
    }
}

#[test]
fn every_seed_payload_is_taken_or_refused() {
    seeds("edxml_payload").iter().for_each(|(_, seed)| targets::payload(seed));
}

/// What a mutation puts in: the words in which parsers go wrong.
const WORDS: [&str; 24] = [
    "<",
    ">",
    "/>",
    "</edXML:Subject>",
    "<edXML:Subject>",
    "&",
    "&amp;",
    "&#0;",
    "&#13;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE",
    "<?xml",
    "xmlns=\"\"",
    "xmlns:edXML=\"urn:x\"",
    "\"",
    "'",
    "=",
    "\u{fffd}",
    "\u{0}",
    "<a:b xmlns:a=\"urn:a\"/>",
    "\r\n",
];

/// One change to some bytes.
#[derive(Debug, Clone)]
enum Change {
    Flip(prop::sample::Index, u8),
    Remove(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
    Repeat(prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        (at(), 1..200usize).prop_map(|(at, count)| Change::Remove(at, count)),
        (at(), prop::sample::select(&WORDS[..])).prop_map(|(at, word)| Change::Insert(at, word)),
        (at(), 1..400usize).prop_map(|(at, count)| Change::Repeat(at, count)),
        at().prop_map(Change::Cut),
    ]
}

fn apply(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match change {
            Change::Flip(at, byte) => bytes[at.index(length)] ^= byte,
            Change::Remove(at, count) => {
                let at = at.index(length);
                bytes.drain(at..length.min(at + count));
            }
            Change::Insert(at, word) => {
                let at = at.index(length);
                bytes.splice(at..at, word.bytes());
            }
            Change::Repeat(at, count) => {
                let at = at.index(length);
                let part = bytes[at..length.min(at + count)].to_vec();
                bytes.splice(at..at, part);
            }
            Change::Cut(at) => bytes.truncate(at.index(length)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn mutated_messages(seed in any::<prop::sample::Index>(), changes in prop::collection::vec(change(), 1..4)) {
        let seeds = seeds("edxml_read");
        targets::read(&apply(seeds[seed.index(seeds.len())].1.clone(), &changes));
    }

    #[test]
    fn arbitrary_markup(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        let inside = words.concat();
        targets::read(inside.as_bytes());
        let framed = format!("<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">{inside}</edXML>");
        targets::read(framed.as_bytes());
    }
}

proptest! {
    // Each case is read under three names, in two ways.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn mutated_payloads(seed in any::<prop::sample::Index>(), changes in prop::collection::vec(change(), 1..4)) {
        let seeds = seeds("edxml_payload");
        targets::payload(&apply(seeds[seed.index(seeds.len())].1.clone(), &changes));
    }

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        targets::read(&bytes);
        targets::payload(&bytes);
    }
}
