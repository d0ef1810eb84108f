//! What the fuzz targets do with a blob of bytes; the ordinary suite calls the same functions.

use base64::Engine;
use exchange::edxml::{self, Limits, Message, Package, Piece, ReadError};

/// Small bounds, so that a breach of them shows on small inputs.
pub fn limits() -> Limits {
    Limits {
        attachments: 8,
        attachment_bytes: 1 << 20,
        attachments_bytes: 2 << 20,
        zip_ratio_from: 64 << 10,
        spool_memory: 4 << 10,
        ..Limits::default()
    }
}

/// Reads `data` fed in pieces of `step` bytes and checks every bound on the way.
pub fn read_in_steps(data: &[u8], step: usize) -> Result<(Message, Vec<Vec<u8>>), ReadError> {
    let limits = limits();
    let mut reader = edxml::Reader::new(limits.clone(), None);
    let mut contents: Vec<Vec<u8>> = Vec::new();
    for mut input in data.chunks(step.max(1)) {
        loop {
            match reader.next(&mut input)? {
                Piece::More => break,
                Piece::Start(index) => {
                    assert_eq!(index, contents.len(), "contents begin in order");
                    contents.push(Vec::new());
                    assert!(contents.len() <= limits.attachments, "more attachments than allowed");
                }
                Piece::Data(data) => {
                    assert!(data.len() <= 64 << 10, "a piece of {} bytes", data.len());
                    if let Some(content) = contents.last_mut() {
                        content.extend_from_slice(&data);
                    }
                    let total: usize = contents.iter().map(Vec::len).sum();
                    assert!(total as u64 <= limits.attachments_bytes, "contents beyond the limit");
                }
                Piece::End(index) => assert_eq!(index + 1, contents.len(), "contents end in order"),
            }
        }
    }
    Ok((reader.finish()?, contents))
}

/// The package as it is after one reading, without remarks.
fn settled(mut package: Package) -> Package {
    package.warnings.clear();
    package
}

/// Whatever the bytes: no panic, bounds kept, the same result however they arrive, and what is accepted survives being
/// written and read again.
pub fn read(data: &[u8]) {
    let whole = read_in_steps(data, usize::MAX);
    let step = 1 + data.first().map_or(0, |b| usize::from(*b) % 61);
    match (whole, read_in_steps(data, step)) {
        (Ok((message, contents)), Ok(same)) => {
            assert!((&message, &contents) == (&same.0, &same.1), "read differently in steps of {step}");
            round_trip(message, &contents);
        }
        (Err(ReadError::Refused(one)), Err(ReadError::Refused(other))) => {
            assert_eq!(one.code.code, other.code.code, "refused differently in steps of {step}");
        }
        (one, other) => panic!("read differently in steps of {step}: {:?} and {:?}", one.is_ok(), other.is_ok()),
    }
}

fn round_trip(message: Message, contents: &[Vec<u8>]) {
    match message {
        Message::Document(package) => {
            let first = match edxml::write_to_vec(&package, contents) {
                Ok(first) => first,
                Err(error) => panic!("what was read cannot be written: {error}"),
            };
            let (once, same) = document(&first);
            assert!(same == contents, "contents changed");
            // Prefixes that clash with the frame's are renamed by the first writing; after that nothing may change.
            let second = edxml::write_to_vec(&once, &same).unwrap_or_default();
            assert_eq!(document(&second).0, once);
            assert_eq!(once.header, package.header);
        }
        Message::Status(status) => {
            let first = edxml::write_status(&status).unwrap_or_default();
            let Ok((Message::Status(once), _)) = read_in_steps(&first, usize::MAX) else {
                panic!("a written status is not read as one")
            };
            assert_eq!((&once.from, &once.response_for), (&status.from, &status.response_for));
            assert_eq!((&once.status_code, once.timestamp), (&status.status_code, status.timestamp));
        }
    }
}

fn document(bytes: &[u8]) -> (Package, Vec<Vec<u8>>) {
    match read_in_steps(bytes, usize::MAX) {
        Ok((Message::Document(package), contents)) => (settled(*package), contents),
        Ok(_) => panic!("a written document is not read as one"),
        Err(error) => panic!("a written document is refused: {error}"),
    }
}

/// The bytes as the payload of an attachment, under the names that decide whether a ZIP is unwrapped.
pub fn payload(data: &[u8]) {
    const SAMPLE: &str = include_str!("../../../modules/exchange/tests/data/new-document-three-attachments.edxml");
    let head = SAMPLE.split("        <edXML:Reference>").next().unwrap_or_default();
    let encoded = base64::engine::general_purpose::STANDARD.encode(data);
    for name in ["a.pdf", "a.docx", "a.zip"] {
        let message = format!(
            "{head}<edXML:Reference><edXML:ContentId>1</edXML:ContentId><edXML:ContentType>a/b</edXML:ContentType>\
             <edXML:AttachmentName>{name}</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody>\
             </edXML:edXMLEnvelope><AttachmentEncoded><Attachment><ContentId>1</ContentId><AttachmentName>{name}</AttachmentName>\
             <ContentType>a/b</ContentType><ContentTransferEncoded>{encoded}</ContentTransferEncoded></Attachment>\
             </AttachmentEncoded></edXML>"
        );
        read(message.as_bytes());
    }
}
