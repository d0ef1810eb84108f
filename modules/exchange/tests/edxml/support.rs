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

/// The sample status with `from` replaced by `to` once.
pub fn status_altered(from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(STATUS_01).unwrap();
    assert!(text.contains(from), "the sample does not hold {from:?}");
    text.replacen(from, to, 1).into_bytes()
}

/// The refusal of `bytes`.
pub fn refusal(bytes: &[u8]) -> base::Refusal {
    match read(bytes) {
        Err(ReadError::Refused(refusal)) => *refusal,
        Err(ReadError::Io(error)) => panic!("{error}"),
        Ok((message, _)) => panic!("accepted: {message:?}"),
    }
}

/// Checks that `bytes` are refused with `code` for `field`, and that the refusal says everything in both languages.
#[track_caller]
pub fn refused(bytes: &[u8], code: &str, field: &str) -> base::Refusal {
    let refusal = refusal(bytes);
    assert_eq!(refusal.code.code, format!("exchange.edxml.{code}"), "{refusal}");
    assert_eq!(refusal.fields[0].field, field, "{refusal}");
    for lang in [base::Lang::Vi, base::Lang::En] {
        for text in [refusal.message(lang), refusal.remedy(lang), refusal.fields[0].message.get(lang).to_owned()] {
            assert!(!text.is_empty() && !text.contains('{'.to_string().as_str()) || text.contains("{http"), "{text:?}");
        }
    }
    assert!(refusal.fields[0].message.vi.starts_with("dòng "), "{:?}", refusal.fields[0]);
    assert!(refusal.fields[0].message.en.starts_with("line "), "{:?}", refusal.fields[0]);
    assert!(refusal.basis().is_some());
    refusal
}

/// A ZIP of the given entries, made by another implementation than ours.
pub fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A message with one attachment whose payload is exactly `payload`.
pub fn raw(name: &str, content_type: &str, payload: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(DOCUMENT).unwrap();
    let head = &text[..text.find("        <edXML:Reference>").unwrap()];
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, payload);
    let name = name.replace('\u{1}', "&#1;");
    format!(
        "{head}<edXML:Reference><edXML:ContentId>cid:1</edXML:ContentId><edXML:ContentType>{content_type}</edXML:ContentType>\
         <edXML:AttachmentName>{name}</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody>\
         </edXML:edXMLEnvelope><AttachmentEncoded><Attachment><ContentId>1</ContentId><AttachmentName>{name}</AttachmentName>\
         <ContentType>{content_type}</ContentType><ContentTransferEncoded>{encoded}</ContentTransferEncoded></Attachment>\
         </AttachmentEncoded></edXML>"
    )
    .into_bytes()
}

/// A package with the header of the sample and the given contents.
pub fn package_of(contents: &[Vec<u8>], zipped: bool) -> Package {
    let (sample, _) = document(DOCUMENT);
    let mut package = Package { header: sample.header, trace: sample.trace, ..Package::default() };
    for (i, content) in contents.iter().enumerate() {
        let name = format!("tep-{i}.bin");
        package.attach(&format!("id-{i}"), &name, "application/octet-stream", content.len() as u64, &sha256(content));
        if !zipped {
            package.attachments[i].packaging = edxml::Packaging::Raw;
        }
    }
    package
}
