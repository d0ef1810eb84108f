//! Attachments: wrapping told from content, lying types, bombs, names, destroyed PDFs, and memory that stays flat.

use crate::support::{document, package_of, raw, refused, settled, zip_of};
use exchange::edxml::{self, Limits, Message, Packaging, Piece};
use std::io::{Read, Write};

const FIELD: &str = "AttachmentEncoded/Attachment[1]/ContentTransferEncoded";

#[test]
fn one_entry_is_unwrapped_and_everything_else_is_kept() {
    let text = "Nội dung công văn".as_bytes();
    let cases: [(&str, Vec<u8>, &[u8]); 4] = [
        ("cong-van.txt", zip_of(&[("5d2f.txt", text)]), text),
        ("khong-duoi", zip_of(&[("5d2f.pdf", text)]), text),
        ("bao-cao.docx", zip_of(&[("5d2f.docx", b"PK not really")]), b"PK not really"),
        ("ho-so.zip", zip_of(&[("5d2f.zip", b"inner")]), b"inner"),
    ];
    for (name, payload, plain) in cases {
        let (package, contents) = document(&raw(name, "application/pdf", &payload));
        assert_eq!(contents[0], plain, "{name}");
        assert!(matches!(package.attachments[0].packaging, Packaging::Zip { .. }), "{name}");
    }
    let kept: [(&str, Vec<u8>); 5] = [
        ("bao-cao.docx", zip_of(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")])),
        ("mot-muc.docx", zip_of(&[("[Content_Types].xml", b"<Types/>")])),
        ("so-lieu.ods", zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")])),
        ("ho-so.zip", zip_of(&[("to-trinh.pdf", b"%PDF-")])),
        ("hai-tep.pdf", zip_of(&[("a.pdf", b"a"), ("b.pdf", b"b")])),
    ];
    for (name, payload) in kept {
        let (package, contents) = document(&raw(name, "application/octet-stream", &payload));
        assert_eq!(contents[0], payload, "{name}");
        assert_eq!(package.attachments[0].packaging, Packaging::Raw, "{name}");
    }
}

#[test]
fn lying_types_are_remarked_and_the_content_decides() {
    let warnings = |name: &str, content_type: &str, payload: &[u8]| {
        let (package, _) = document(&raw(name, content_type, payload));
        let of_attachments = package.warnings.iter().filter(|w| w.field.starts_with("AttachmentEncoded"));
        let codes = of_attachments.filter_map(|w| w.code.strip_prefix("exchange.edxml.warning."));
        (package.attachments[0].media_type.clone(), codes.map(str::to_owned).collect::<Vec<_>>())
    };
    let pdf = b"%PDF-1.7\n1 0 obj\n%%EOF\n";
    assert_eq!(warnings("a.pdf", "application/pdf", pdf), ("application/pdf".into(), vec![]));
    assert_eq!(warnings("a.pdf", "application/octet-stream", pdf), ("application/pdf".into(), vec![]));
    assert_eq!(warnings("a.pdf", "application/docx", pdf).1, ["content-type-lies"]);
    assert_eq!(warnings("a.docx", "application/pdf", pdf).1, ["name-lies"]);
    assert_eq!(
        warnings("a.pdf", "application/pdf", b"MZ\x90\0program").1,
        ["executable", "name-lies", "content-type-lies"]
    );
    assert_eq!(warnings("a.pdf", "application/pdf", &pdf[..20]).1, ["pdf-unfinished"]);
}

#[test]
fn a_pdf_that_went_through_a_text_conversion() {
    let original = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nstream\n\x8f\x00\xff\xfe endstream\n%%EOF\n";
    document(&raw("a.pdf", "application/pdf", original));
    let destroyed = String::from_utf8_lossy(original).into_owned();
    let refusal = refused(&raw("a.pdf", "application/pdf", destroyed.as_bytes()), "pdf-destroyed", FIELD);
    assert!(refusal.message(base::Lang::Vi).contains("“a.pdf”"));
    // Vietnamese text in an uncompressed PDF is no damage.
    document(&raw("b.pdf", "application/pdf", "%PDF-1.4\n(Cộng hòa xã hội chủ nghĩa Việt Nam)\n%%EOF".as_bytes()));
}

#[test]
fn a_zip_bomb() {
    let mut bomb = zip_of(&[("a.txt", &vec![0; 9 << 20])]);
    refused(&raw("a.txt", "text/plain", &bomb), "zip-bomb", FIELD);
    // A directory that lies about the size is found out while the bytes flow, before the size is believed.
    let central = bomb.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bomb[central + 24..central + 28].copy_from_slice(&1000u32.to_le_bytes());
    refused(&raw("a.txt", "text/plain", &bomb), "zip-bomb", FIELD);
}

#[test]
fn an_attachment_beyond_the_limit() {
    let limits = Limits { attachment_bytes: 1000, ..Limits::default() };
    let read = |payload: &[u8]| edxml::read(raw("a.txt", "text/plain", payload).as_slice(), limits.clone(), |_| Ok(()));
    read(&[b'x'; 1000]).unwrap();
    for payload in [vec![b'x'; 1001], zip_of(&[("a.txt", &[b'x'; 1001])])] {
        let Err(edxml::ReadError::Refused(refusal)) = read(&payload) else { panic!("accepted") };
        assert_eq!(refusal.code.code, "exchange.edxml.too-large");
    }
}

#[test]
fn names_that_lead_elsewhere() {
    for entry in ["../../etc/passwd", "/etc/passwd", "a/b.txt", "C:\\x.txt", "..", "a\u{1}.txt"] {
        refused(&raw("a.txt", "text/plain", &zip_of(&[(entry, b"x")])), "name-unsafe", FIELD);
    }
    let field = "AttachmentEncoded/Attachment[1]/AttachmentName";
    for name in ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.txt", "\\\\server\\x"] {
        refused(&raw(name, "text/plain", b"x"), "name-unsafe", field);
    }
    let (package, _) = document(&raw("12/QĐ-UBND.pdf", "text/plain", b"x"));
    assert_eq!(package.attachments[0].safe_name(), "12_QĐ-UBND.pdf");
}

#[test]
fn a_damaged_wrapping() {
    let good = zip_of(&[("a.txt", b"some content that is long enough to be deflated, deflated, deflated")]);
    let central = good.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let change = |at: usize, to: u8| {
        let mut bad = good.clone();
        bad[at] = to;
        bad
    };
    refused(&raw("a.txt", "text/plain", &change(central + 16, !good[central + 16])), "zip-damaged", FIELD); // CRC
    refused(&raw("a.txt", "text/plain", &change(central + 24, 1)), "zip-damaged", FIELD); // size
    refused(&raw("a.txt", "text/plain", &change(40, !good[40])), "zip-damaged", FIELD); // data
    refused(&raw("a.txt", "text/plain", &change(central + 42, 9)), "zip-damaged", FIELD); // place of the entry
    refused(&raw("a.txt", "text/plain", &good[..good.len() - 5]), "zip-damaged", FIELD);
    refused(&raw("a.txt", "text/plain", &change(central + 8, good[central + 8] | 1)), "zip-encrypted", FIELD);
}

#[test]
fn an_empty_attachment() {
    refused(&raw("a.txt", "text/plain", b""), "element-empty", FIELD);
    let (package, contents) = document(&raw("a.txt", "text/plain", &zip_of(&[("a.txt", b"")])));
    assert_eq!((package.attachments[0].size, contents[0].len()), (0, 0));
}

#[test]
fn contents_come_back_whichever_way_they_are_packed() {
    let contents: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"x".to_vec(),
        b"PK\x03\x04 only looks like a ZIP".to_vec(),
        zip_of(&[("inner.zip", b"x")]),
        (0..50_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect(),
    ];
    let package = package_of(&contents, true);
    let (again, same) = document(&edxml::write_to_vec(&package, &contents).unwrap());
    assert!(same == contents, "contents differ");
    assert_eq!(
        again.attachments.iter().map(|a| &a.sha256).collect::<Vec<_>>(),
        package.attachments.iter().map(|a| &a.sha256).collect::<Vec<_>>()
    );
    let written = edxml::write_to_vec(&again, &same).unwrap();
    assert_eq!(settled(document(&written).0), settled(again));
}

#[test]
fn the_writer_refuses_another_content_than_the_one_named() {
    let package = package_of(&[b"the content".to_vec()], true);
    let other = edxml::write_to_vec(&package, &[b"THE CONTENT"]);
    assert!(matches!(other, Err(edxml::WriteError::Content(0))), "{other:?}");
}

/// Megabytes through writer and reader, nothing held: the writer's output is the reader's input, piece by piece.
#[test]
fn a_large_attachment_flows_through() {
    let size: u64 = 4 << 20;
    let block: Vec<u8> = (0..1u32 << 16).flat_map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let mut hash = <sha2::Sha256 as sha2::Digest>::new();
    (0..size / block.len() as u64).for_each(|_| sha2::Digest::update(&mut hash, &block));
    let sha256 = hex::encode(sha2::Digest::finalize(hash));
    for zipped in [false, true] {
        let mut package = package_of(&[b"x".to_vec()], zipped);
        package.attachments[0].size = size;
        package.attachments[0].sha256.clone_from(&sha256);
        let mut writer = edxml::Writer::new(&package).unwrap();
        let mut reader = edxml::Reader::new(Limits::default(), None);
        let (mut largest, mut received) = (0, 0);
        let mut feed = |out: &mut Vec<u8>, reader: &mut edxml::Reader| {
            let mut input = out.as_slice();
            loop {
                match reader.next(&mut input).unwrap() {
                    Piece::More => break,
                    Piece::Data(data) => {
                        largest = largest.max(data.len());
                        received += data.len() as u64;
                    }
                    Piece::Start(_) | Piece::End(_) => {}
                }
            }
            out.clear();
        };
        let mut out = Vec::new();
        for _ in 0..size / block.len() as u64 {
            writer.content(&block, &mut out).unwrap();
            assert!(out.len() < 2 * block.len());
            feed(&mut out, &mut reader);
        }
        writer.end_of_content(&mut out).unwrap();
        writer.finish(&mut out).unwrap();
        feed(&mut out, &mut reader);
        let Message::Document(again) = reader.finish().unwrap() else { panic!("not a document") };
        assert_eq!((received, again.attachments[0].sha256.as_str()), (size, sha256.as_str()));
        assert!(largest <= 64 << 10, "a piece of {largest} bytes");
    }
}

#[test]
fn another_tool_opens_what_the_writer_wraps() {
    let content = "Nội dung để công cụ khác đọc".repeat(100).into_bytes();
    let written = edxml::write_to_vec(&package_of(std::slice::from_ref(&content), true), &[&content]).unwrap();
    let text = String::from_utf8(written).unwrap();
    let encoded = text.split("QCVN_102_2016\">").last().unwrap().split('<').next().unwrap();
    let payload = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&payload).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    assert_eq!(archive.len(), 1);
    let mut opened = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut opened).unwrap();
    assert_eq!(opened, content);
}
