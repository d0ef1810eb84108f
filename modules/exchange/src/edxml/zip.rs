//! Tells the axis's one-entry ZIP wrapping from files that are themselves ZIPs, and unwraps it in a stream.
//!
//! Only the central directory of an archive with exactly one entry is ever read, so that a directory of millions of
//! entries costs nothing, and nothing inside an attachment is expanded a second time. Layout: PKWARE APPNOTE 6.3.10.

use super::spool::Spool;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::io::{self, Read, Seek, SeekFrom};

/// Extensions of files that are ZIPs themselves.
const CONTAINERS: [&str; 24] = [
    "zip", "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "xlsb", "pptx", "pptm", "ppsx", "potx", "odt", "ods", "odp",
    "odg", "ott", "asice", "asics", "sce", "epub", "jar", "kmz", "apk",
];
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: u64 = 22;
/// The longest that may stand between the data and the directory: a data descriptor with signature and 64-bit sizes.
const LONGEST_DESCRIPTOR: u64 = 24;

/// Whether content that begins so may be a ZIP.
pub(super) fn looks_like_zip(head: &[u8]) -> bool {
    head.starts_with(&LOCAL)
}

/// What a ZIP turned out to be.
#[derive(Debug)]
pub(super) enum Found {
    /// The attachment itself; keep it as it is.
    Attachment,
    /// A wrapping around one file.
    Wrapping(Entry),
}

/// The one entry of a wrapping.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: String,
    pub size: u64,
    pub compressed: u64,
    offset: u64,
    crc: u32,
    deflated: bool,
}

/// Why a wrapping cannot be opened.
#[derive(Debug)]
pub(super) enum ZipFault {
    Damaged(&'static str, &'static str),
    Encrypted,
    UnsafeName(String),
    Io(io::Error),
}

impl From<io::Error> for ZipFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                Self::Damaged("dữ liệu nén nguyên vẹn", "intact compressed data")
            }
            _ => Self::Io(error),
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// The extension of a file name in lower case; empty if there is none.
pub(super) fn extension(name: &str) -> String {
    name.trim().rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase()).unwrap_or_default()
}

/// Judges a ZIP that came as the attachment `attachment_name` (spec §1.7: by magic bytes, entry count and names).
pub(super) fn examine(spool: &mut Spool, attachment_name: &str) -> Result<Found, ZipFault> {
    let length = spool.len()?;
    let wanted = extension(attachment_name);
    let is_container = CONTAINERS.contains(&wanted.as_str());
    let Some((end_at, end)) = end_record(spool, length)? else {
        if is_container {
            return Ok(Found::Attachment);
        }
        return Err(ZipFault::Damaged("mục lục ở cuối gói ZIP", "the directory at the end of the ZIP"));
    };
    if u16_at(&end, 10) != 1 || u16_at(&end, 8) != 1 {
        return Ok(Found::Attachment);
    }
    let (mut directory, size) = (u64::from(u32_at(&end, 16)), u64::from(u32_at(&end, 12)));
    if directory == 0xffff_ffff {
        // ZIP64: its end record stands where the directory ends; with one entry its place follows from its size.
        directory = end_at.saturating_sub(20 + 56 + size);
    }
    if directory + size > end_at || size < 46 {
        return Err(ZipFault::Damaged("mục lục ZIP nằm trong gói", "a directory inside the ZIP"));
    }
    let central = spool.read_at(directory, usize::try_from(size.min(46 + 3 * 65_535)).unwrap_or(46))?;
    if !central.starts_with(&CENTRAL) {
        return Err(ZipFault::Damaged("một mục trong mục lục ZIP", "one entry in the directory"));
    }
    let name_length = usize::from(u16_at(&central, 28));
    let name_bytes = central.get(46..46 + name_length).unwrap_or_default();
    let name = String::from_utf8_lossy(name_bytes).into_owned();
    if matches!(name.as_str(), "[Content_Types].xml" | "mimetype") || (is_container && extension(&name) != wanted) {
        return Ok(Found::Attachment);
    }
    let flags = u16_at(&central, 8);
    if flags & 1 != 0 {
        return Err(ZipFault::Encrypted);
    }
    if !is_safe_entry(&name) {
        return Err(ZipFault::UnsafeName(name));
    }
    let deflated = match u16_at(&central, 10) {
        0 => false,
        8 => true,
        _ => return Err(ZipFault::Damaged("nén kiểu deflate hoặc không nén", "deflated or stored data")),
    };
    let (compressed, plain, local) = sizes(&central, 46 + name_length);
    if local != 0 {
        return Err(ZipFault::Damaged("mục ZIP bắt đầu ở đầu gói", "the entry at the start of the ZIP"));
    }
    let header = spool.read_at(0, 30)?;
    let local_name = spool.read_at(30, usize::from(u16_at(&header, 26)))?;
    if u16_at(&header, 8) != u16_at(&central, 10) || local_name != name_bytes {
        return Err(ZipFault::Damaged("hai tiêu đề ZIP giống nhau", "two headers that agree"));
    }
    let offset = 30 + u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
    let data_end = offset.saturating_add(compressed);
    if data_end > directory || directory - data_end > LONGEST_DESCRIPTOR || (!deflated && compressed != plain) {
        return Err(ZipFault::Damaged("kích thước khớp với mục lục ZIP", "sizes that agree with the directory"));
    }
    Ok(Found::Wrapping(Entry { name, size: plain, compressed, offset, crc: u32_at(&central, 16), deflated }))
}

/// Finds the end record: the last one whose comment reaches exactly to the end of the file.
fn end_record(spool: &mut Spool, length: u64) -> Result<Option<(u64, Vec<u8>)>, ZipFault> {
    let sight = length.min(END_LENGTH + 65_535);
    let tail = spool.read_at(length - sight, usize::try_from(sight).unwrap_or(0))?;
    let Some(last) = tail.len().checked_sub(22) else { return Ok(None) };
    for at in (0..=last).rev() {
        if tail[at..].starts_with(&END) && at + 22 + usize::from(u16_at(&tail, at + 20)) == tail.len() {
            return Ok(Some((length - sight + at as u64, tail[at..at + 22].to_vec())));
        }
    }
    Ok(None)
}

/// Compressed size, plain size and offset of the local header, from the ZIP64 field where the short ones are full.
fn sizes(central: &[u8], extra_at: usize) -> (u64, u64, u64) {
    let mut plain = u64::from(u32_at(central, 24));
    let mut compressed = u64::from(u32_at(central, 20));
    let mut local = u64::from(u32_at(central, 42));
    let extra = central.get(extra_at..extra_at + usize::from(u16_at(central, 30))).unwrap_or_default();
    let mut at = 0;
    while at + 4 <= extra.len() {
        let length = usize::from(u16_at(extra, at + 2));
        if u16_at(extra, at) == 1 {
            let mut field = at + 4;
            for value in [&mut plain, &mut compressed, &mut local] {
                if *value == 0xffff_ffff && field + 8 <= extra.len() {
                    *value = u64_at(extra, field);
                    field += 8;
                }
            }
        }
        at += 4 + length;
    }
    (compressed, plain, local)
}

fn is_safe_entry(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.chars().any(|c| c.is_control() || "/\\:".contains(c))
}

/// The plain bytes of a wrapping, checked against its directory while they flow.
#[derive(Debug)]
pub(super) struct Unwrapping {
    source: Source,
    entry: Entry,
    crc: Crc,
    produced: u64,
}

#[derive(Debug)]
enum Source {
    Deflated(DeflateDecoder<io::Take<Spool>>),
    Stored(io::Take<Spool>),
}

impl Unwrapping {
    pub fn new(mut spool: Spool, entry: Entry) -> io::Result<Self> {
        spool.seek(SeekFrom::Start(entry.offset))?;
        let data = spool.take(entry.compressed);
        let source = if entry.deflated { Source::Deflated(DeflateDecoder::new(data)) } else { Source::Stored(data) };
        Ok(Self { source, entry, crc: Crc::new(), produced: 0 })
    }

    /// The next bytes; none at the end, when size, checksum and compressed length have been found right.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ZipFault> {
        let count = match &mut self.source {
            Source::Deflated(decoder) => decoder.read(buffer)?,
            Source::Stored(data) => data.read(buffer)?,
        };
        self.crc.update(&buffer[..count]);
        self.produced += count as u64;
        let all_consumed = match &self.source {
            Source::Deflated(decoder) => decoder.total_in() == self.entry.compressed,
            Source::Stored(_) => true,
        };
        let fits = self.produced == self.entry.size && self.crc.sum() == self.entry.crc && all_consumed;
        if count == 0 && !fits {
            return Err(ZipFault::Damaged("kích thước và CRC khớp", "a size and a CRC that agree"));
        }
        Ok(count)
    }

    /// Plain bytes so far.
    pub fn produced(&self) -> u64 {
        self.produced
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }
}
