//! What the codec's tests share: reading with contents kept, samples, and a builder of small packages.

use exchange::edxml::{self, Limits, Message, Package, Piece, ReadError, StatusMessage};
use sha2::{Digest, Sha256};

pub const DOCUMENT: &[u8] = include_bytes!("../data/new-document-three-attachments.edxml");
pub const STATUS_01: &[u8] = include_bytes!("../data/status-01-arrived.edxml");
pub const STATUS_02: &[u8] = include_bytes!("../data/status-02-refused.edxml");

/// Reads a message fed in pieces of `step` bytes; the contents of its attachments beside it.
pub fn read_in_steps(bytes: &[u8], limits: Limits, step: usize) -> Result<(Message, Vec<Vec<u8>>), ReadError> {
    let mut reader = edxml::Reader::new(limits, None);
    let mut contents: Vec<Vec<u8>> = Vec::new();
    for mut input in bytes.chunks(step.max(1)) {
        loop {
            match reader.next(&mut input)? {
                Piece::More => break,
                Piece::Start(index) => {
                    assert_eq!(index, contents.len());
                    contents.push(Vec::new());
                }
                Piece::Data(data) => contents.last_mut().unwrap().extend_from_slice(&data),
                Piece::End(index) => assert_eq!(index + 1, contents.len()),
            }
        }
    }
    Ok((reader.finish()?, contents))
}

pub fn read(bytes: &[u8]) -> Result<(Message, Vec<Vec<u8>>), ReadError> {
    read_in_steps(bytes, Limits::default(), 64 << 10)
}

pub fn document(bytes: &[u8]) -> (Package, Vec<Vec<u8>>) {
    match read(bytes).unwrap() {
        (Message::Document(package), contents) => (*package, contents),
        (other, _) => panic!("expected a document, got {other:?}"),
    }
}

pub fn status(bytes: &[u8]) -> StatusMessage {
    match read(bytes).unwrap() {
        (Message::Status(status), _) => *status,
        (other, _) => panic!("expected a status, got {other:?}"),
    }
}

/// The package without what belongs to one reading: remarks.
pub fn settled(mut package: Package) -> Package {
    package.warnings.clear();
    package
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The sample document with `from` replaced by `to` once.
pub fn altered(from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(DOCUMENT).unwrap();
    assert!(text.contains(from), "the sample does not hold {from:?}");
    text.replacen(from, to, 1).into_bytes()
}
