//! Writes an incremental update (ISO 32000-1 §7.5.6): new and changed objects, then a cross-reference section of the
//! same kind as the file already has. Not one earlier byte is touched.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use sha2::{Digest, Sha256};

use super::file::File;
use super::object::{dict, write_dict};
use super::xref::Entry;
use super::{Dict, Error, Object};

/// A revision being put together.
pub(crate) struct Update {
    objects: BTreeMap<u32, Vec<u8>>,
    next: u32,
}

/// The bytes to append, and where each object's body begins in them.
pub(crate) struct Written {
    pub bytes: Vec<u8>,
    pub bodies: BTreeMap<u32, usize>,
}

impl Update {
    pub fn new<R: Read + Seek>(file: &File<R>) -> Self {
        // Also above /Size: a number that was ever referred to must not come to life with other content.
        let size = file.trailer(file.newest()).get(b"Size".as_slice()).and_then(Object::int).unwrap_or(0);
        let next = (file.highest() + 1).max(u32::try_from(size).unwrap_or(0));
        Self { objects: BTreeMap::new(), next }
    }

    /// A number not in use.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Sets an object.
    pub fn put(&mut self, number: u32, object: &Object) {
        let mut body = Vec::new();
        object.write(&mut body);
        self.objects.insert(number, body);
    }

    /// Sets an object whose body is already written.
    pub fn put_raw(&mut self, number: u32, body: Vec<u8>) {
        self.objects.insert(number, body);
    }

    /// Adds an object and gives the reference to it.
    pub fn add(&mut self, object: &Object) -> Object {
        let number = self.number();
        self.put(number, object);
        Object::Ref(number, 0)
    }

    /// Adds a stream, compressed, and gives the reference to it.
    pub fn add_stream(&mut self, mut head: Dict, data: &[u8]) -> Object {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        let packed = match std::io::Write::write_all(&mut encoder, data).and_then(|()| encoder.finish()) {
            Ok(packed) => {
                head.insert(b"Filter".to_vec(), Object::named("FlateDecode"));
                packed
            }
            // A vector does not fail; uncompressed is as good.
            Err(_) => data.to_vec(),
        };
        head.insert(b"Length".to_vec(), Object::Int(packed.len() as i64));
        let mut body = Vec::new();
        write_dict(&head, &mut body);
        body.extend(b"\nstream\n");
        body.extend(packed);
        body.extend(b"\nendstream");
        let number = self.number();
        self.objects.insert(number, body);
        Object::Ref(number, 0)
    }

    /// Puts the revision together.
    pub fn write<R: Read + Seek>(mut self, file: &mut File<R>) -> Result<Written, Error> {
        let (base, newest) = (file.len(), file.newest());
        let is_stream = file.sections()[newest].is_stream;
        let prev = file.sections()[newest].offset;
        let mut bytes = Vec::new();
        let last = file.bytes(base - 1, 1)?;
        if last != b"\n" && last != b"\r" {
            bytes.push(b'\n');
        }
        let (mut bodies, mut entries) = (BTreeMap::new(), BTreeMap::new());
        for (number, body) in std::mem::take(&mut self.objects) {
            let generation = if let Entry::At(_, generation) = file.entry(number, newest) { generation } else { 0 };
            entries.insert(number, (base + bytes.len() as u64, generation));
            bytes.extend(format!("{number} {generation} obj\n").bytes());
            bodies.insert(number, bytes.len());
            bytes.extend(body);
            bytes.extend(b"\nendobj\n");
        }
        let mut trailer = Dict::new();
        for key in ["Root", "Info", "ID"] {
            if let Some(value) = file.trailer(newest).get(key.as_bytes()) {
                trailer.insert(key.as_bytes().to_vec(), value.clone());
            }
        }
        // The second identifier changes with every revision (§14.4); derived, so that nothing here needs randomness.
        if let Some(Object::Array(ids)) = trailer.get_mut(b"ID".as_slice())
            && let Some(second) = ids.get_mut(1)
        {
            *second = Object::String(Sha256::digest(&bytes)[..16].to_vec());
        }
        trailer.insert(b"Prev".to_vec(), Object::Int(prev as i64));
        let startxref = base + bytes.len() as u64;
        if is_stream {
            self.write_stream(&mut bytes, trailer, entries, startxref);
        } else {
            write_table(&mut bytes, trailer, &entries, self.next);
        }
        bytes.extend(format!("startxref\n{startxref}\n%%EOF\n").bytes());
        Ok(Written { bytes, bodies })
    }

    fn write_stream(
        &mut self,
        bytes: &mut Vec<u8>,
        mut trailer: Dict,
        mut entries: BTreeMap<u32, (u64, u16)>,
        startxref: u64,
    ) {
        let number = self.number();
        entries.insert(number, (startxref, 0));
        let (mut index, mut data) = (Vec::new(), Vec::new());
        for run in runs(&entries) {
            index.extend([Object::Int(i64::from(run[0].0)), Object::Int(run.len() as i64)]);
            for (_, (offset, generation)) in run {
                data.push(1);
                data.extend(offset.to_be_bytes());
                data.extend(generation.to_be_bytes());
            }
        }
        trailer.extend(dict([
            ("Type", Object::named("XRef")),
            ("Size", Object::Int(i64::from(self.next))),
            ("W", Object::Array(vec![Object::Int(1), Object::Int(8), Object::Int(2)])),
            ("Index", Object::Array(index)),
            ("Length", Object::Int(data.len() as i64)),
        ]));
        bytes.extend(format!("{number} 0 obj\n").bytes());
        write_dict(&trailer, bytes);
        bytes.extend(b"\nstream\n");
        bytes.extend(data);
        bytes.extend(b"\nendstream\nendobj\n");
    }
}

fn write_table(bytes: &mut Vec<u8>, mut trailer: Dict, entries: &BTreeMap<u32, (u64, u16)>, size: u32) {
    bytes.extend(b"xref\n");
    for run in runs(entries) {
        bytes.extend(format!("{} {}\n", run[0].0, run.len()).bytes());
        for (_, (offset, generation)) in run {
            bytes.extend(format!("{offset:010} {generation:05} n\r\n").bytes());
        }
    }
    trailer.insert(b"Size".to_vec(), Object::Int(i64::from(size)));
    bytes.extend(b"trailer\n");
    write_dict(&trailer, bytes);
    bytes.push(b'\n');
}

/// Entries whose numbers follow each other, together.
fn runs(entries: &BTreeMap<u32, (u64, u16)>) -> Vec<Vec<(u32, (u64, u16))>> {
    let mut runs: Vec<Vec<(u32, (u64, u16))>> = Vec::new();
    for (number, entry) in entries {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| last + 1 == *number) => run.push((*number, *entry)),
            _ => runs.push(vec![(*number, *entry)]),
        }
    }
    runs
}
