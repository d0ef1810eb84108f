//! A file of 250 MB is signed and judged in a few megabytes of memory.

use std::io::{BufReader, Cursor, Seek, SeekFrom, Write};

use base::Timestamp;
use signatures::pdf::{Request, prepare, read, verify};
use signatures::{Context, Integrity, TrustList};

use crate::support::*;

/// The most memory this process has ever had in use, in KiB. Each test runs in a process of its own.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn memory_stays_flat_however_large_the_file() {
    const BIG: u64 = 250 << 20;
    let mut file = tempfile::tempfile().unwrap();
    let mut head = b"%PDF-1.7\n".to_vec();
    let mut objects = objects();
    // Without the text field, whose number the large stream takes.
    objects.truncate(7);
    objects[2].1 = objects[2].1.replace("/Annots [8 0 R]", "");
    objects[6].1 = "<</Fields []>>".into();
    let mut table = Vec::new();
    for (number, body) in &objects {
        table.push((*number, head.len() as u64));
        head.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    table.push((8, head.len() as u64));
    head.extend(format!("8 0 obj\n<</Length {BIG}>>\nstream\n").bytes());
    file.write_all(&head).unwrap();
    // A hole in the file: as long to read as any other bytes.
    file.seek(SeekFrom::Current(BIG as i64)).unwrap();
    file.write_all(b"\nendstream\nendobj\n").unwrap();
    let start = file.stream_position().unwrap();
    let mut tail = b"xref\n0 1\n0000000000 65535 f\r\n".to_vec();
    for (number, offset) in table {
        tail.extend(format!("{number} 1\n{offset:010} 00000 n\r\n").bytes());
    }
    tail.extend(format!("trailer\n<</Size 20 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    file.write_all(&tail).unwrap();

    let prepared = prepare(BufReader::new(&file), &Request::new("nguoi-ky")).unwrap();
    // The value is another file's: it cannot be right here, but the whole file has to be read to know that.
    let other = signed(&sample(Kind::Table), "person", &Request::new("nguoi-ky"));
    let value = read(Cursor::new(&other)).unwrap().signatures.remove(0).value;
    let appended = prepared.finish(&value).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    file.write_all(&appended).unwrap();
    let found = read(BufReader::new(&file)).unwrap();
    assert!(found.signatures[0].is_sound(), "{found:?}");
    assert!(found.signatures[0].range.unwrap().end > BIG);
    let context = Context::new(Timestamp::parse("2026-12-01T00:00:00Z").unwrap(), TrustList::default());
    let report = verify(BufReader::new(&file), &context).unwrap();
    assert_eq!(report.signatures[0].integrity, Integrity::Broken);
    assert_eq!(report.signatures[0].reasons[0].code, "integrity.content-changed");
    assert!(peak() < 64 << 10, "{} KiB", peak());
}
