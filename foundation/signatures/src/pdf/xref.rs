//! Reads one cross-reference section: a table, a stream, or both together (ISO 32000-1 §7.5.4, §7.5.8).

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::file::{File, Located};
use super::object::Parser;
use super::{Dict, Error, Object, Stream};

/// The highest object number (ISO 32000-1 annex C).
const MAX_NUMBER: u64 = 8_388_607;

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Nowhere.
    Free,
    /// At an offset, with a generation.
    At(u64, u16),
    /// In an object stream, at an index.
    In(u32, u32),
}

/// One section; its entries are kept by [`File`].
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// What `startxref` or `/Prev` says to reach it.
    pub offset: u64,
    /// The trailer, or the stream's dictionary.
    pub trailer: Dict,
    /// A stream by itself: what follows must be a stream as well.
    pub is_stream: bool,
    /// Where the last byte it consists of stands, a hidden stream beside the table included.
    pub reach: u64,
}

type Entries = BTreeMap<u32, Entry>;

/// Reads the section at an offset.
pub(crate) fn read<R: Read + Seek>(file: &mut File<R>, offset: u64) -> Result<(Section, Entries), Error> {
    let is_table = file.parse_at(offset, |parser| Ok(parser.word() == b"xref"))?;
    if !is_table {
        let (trailer, entries, reach) = read_stream(file, offset)?;
        return Ok((Section { offset, trailer, is_stream: true, reach }, entries));
    }
    let (mut entries, trailer, length) = file.parse_at(offset, read_table)?;
    let mut reach = offset + length;
    if let Some(hidden) = trailer.get(b"XRefStm".as_slice()) {
        let at = hidden.int().and_then(|at| u64::try_from(at).ok()).ok_or(Error::Malformed("/XRefStm"))?;
        let (_, hidden, end) = read_stream(file, at)?;
        reach = reach.max(end);
        for (number, entry) in hidden {
            match entries.get(&number) {
                None | Some(Entry::Free) => {
                    entries.insert(number, entry);
                }
                Some(known) if *known == entry => {}
                // Old and new readers would see different documents.
                Some(_) => return Err(Error::Malformed("table and stream of one section contradict each other")),
            }
        }
    }
    Ok((Section { offset, trailer, is_stream: false, reach }, entries))
}

fn insert(entries: &mut Entries, number: u64, entry: Entry) -> Result<(), Error> {
    if number > MAX_NUMBER {
        return Err(Error::Malformed("object number"));
    }
    match entries.insert(number as u32, entry) {
        Some(earlier) if earlier != entry => Err(Error::Malformed("one object given twice in a section")),
        _ => Ok(()),
    }
}

fn read_table(parser: &mut Parser) -> Result<(Entries, Dict, u64), Error> {
    parser.expect(b"xref", "xref")?;
    let mut entries = Entries::new();
    loop {
        let before = parser.pos;
        if parser.word() == b"trailer" {
            break;
        }
        parser.pos = before;
        let first = parser.unsigned("cross-reference table")?;
        let count = parser.unsigned("cross-reference table")?;
        if first > MAX_NUMBER || count > MAX_NUMBER + 1 {
            return Err(Error::Malformed("cross-reference table"));
        }
        for number in first..first + count {
            let offset = parser.unsigned("cross-reference table")?;
            let generation = parser.unsigned("cross-reference table")?;
            let generation = u16::try_from(generation).map_err(|_| Error::Malformed("generation number"))?;
            let entry = match parser.word() {
                b"n" => Entry::At(offset, generation),
                b"f" => Entry::Free,
                _ => return Err(Error::Malformed("cross-reference table")),
            };
            insert(&mut entries, number, entry)?;
        }
    }
    match parser.object()? {
        Object::Dict(trailer) => Ok((entries, trailer, parser.pos as u64)),
        _ => Err(Error::Malformed("trailer")),
    }
}

fn read_stream<R: Read + Seek>(file: &mut File<R>, offset: u64) -> Result<(Dict, Entries, u64), Error> {
    let (_, _, located) = file.indirect(offset, None)?;
    let Located { object: Object::Stream(stream), end, .. } = located else {
        return Err(Error::Malformed("cross-reference section"));
    };
    if stream.dict.get(b"Type".as_slice()).and_then(Object::name) != Some(b"XRef") {
        return Err(Error::Malformed("cross-reference section"));
    }
    let entries = stream_entries(&file.decode(&stream)?, &stream)?;
    Ok((stream.dict, entries, end))
}

fn stream_entries(data: &[u8], stream: &Stream) -> Result<Entries, Error> {
    const WHAT: Error = Error::Malformed("cross-reference stream");
    let numbers = |key: &str| -> Result<Option<Vec<u64>>, Error> {
        let Some(value) = stream.dict.get(key.as_bytes()) else { return Ok(None) };
        let items = value.array().ok_or(WHAT)?;
        items
            .iter()
            .map(|n| n.int().and_then(|n| u64::try_from(n).ok()).ok_or(WHAT))
            .collect::<Result<_, _>>()
            .map(Some)
    };
    let widths =
        numbers("W")?.filter(|widths| widths.len() == 3 && widths.iter().all(|width| *width <= 8)).ok_or(WHAT)?;
    let size =
        stream.dict.get(b"Size".as_slice()).and_then(Object::int).and_then(|n| u64::try_from(n).ok()).ok_or(WHAT)?;
    let index = numbers("Index")?.unwrap_or_else(|| vec![0, size]);
    let row = widths.iter().sum::<u64>() as usize;
    if row == 0 || index.len() % 2 != 0 {
        return Err(WHAT);
    }
    let (mut rows, mut entries) = (data.chunks_exact(row), Entries::new());
    for pair in index.chunks_exact(2) {
        for number in pair[0]..pair[0].checked_add(pair[1]).ok_or(WHAT)? {
            let mut left = rows.next().ok_or(WHAT)?;
            let mut field = |width: u64, default: u64| {
                let (bytes, rest) = left.split_at(width as usize);
                left = rest;
                if width == 0 { default } else { bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)) }
            };
            let (kind, second, third) = (field(widths[0], 1), field(widths[1], 0), field(widths[2], 0));
            let entry = match kind {
                0 => Entry::Free,
                1 => Entry::At(second, u16::try_from(third).map_err(|_| WHAT)?),
                2 => Entry::In(u32::try_from(second).map_err(|_| WHAT)?, u32::try_from(third).map_err(|_| WHAT)?),
                // "Any other value is a reference to the null object" (§7.5.8.3).
                _ => Entry::Free,
            };
            insert(&mut entries, number, entry)?;
        }
    }
    Ok(entries)
}
