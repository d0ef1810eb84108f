//! The ZIP of a container, read so strictly that no two readers can see different files in it.

use super::{EXTENDED, Error, SIMPLE};
use crate::algorithms::{Digest, Digests};
use crate::file::digested;
use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};
use zip::{CompressionMethod, ZipArchive};

/// Entries of a container.
const MAX_ENTRIES: u16 = 1000;
/// Bytes of all entries together, unpacked.
const MAX_TOTAL: u64 = 2 << 30;
/// Bytes of an entry that is read whole: a signature or a manifest.
const MAX_WHOLE: u64 = 8 << 20;
/// How many times larger than packed an entry may become; text packs a hundred times at most.
const MAX_RATIO: u64 = 250;
/// Entries below this size may pack better than that.
const SMALL: u64 = 1 << 20;

/// An entry.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: String,
    index: usize,
}

/// A container whose entries were found sound.
pub(super) struct Container<R> {
    archive: ZipArchive<R>,
    /// Files in their order, without `mimetype` and folders.
    pub entries: Vec<Entry>,
    /// Whether it is a simple one (ASiC-S).
    pub is_simple: bool,
}

impl<R: Read + Seek> Container<R> {
    pub fn open(mut file: R) -> Result<Self, Error> {
        check_end(&mut file)?;
        let mut archive = ZipArchive::new(file)?;
        if archive.offset() != 0 {
            return Err(Error::Malformed("ZIP"));
        }
        archive.validate_header_consistency()?;
        let (mut entries, mut names, mut total) = (Vec::new(), BTreeSet::new(), 0_u64);
        let mut is_simple = false;
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            let name = file.name()?.into_owned();
            // A second name in another encoding is what another reader would see.
            let is_one = file.name_raw() == name.as_bytes();
            if file.encrypted()
                || file.is_symlink()
                || !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated)
            {
                return Err(Error::Malformed("entry"));
            }
            // Some systems take names that differ in case only for the same.
            if !is_one || !is_safe(&name) || !names.insert(name.to_lowercase()) {
                return Err(Error::Malformed("entry name"));
            }
            let (size, packed) = (file.size(), file.compressed_size());
            total = total.saturating_add(size);
            if total > MAX_TOTAL || (size > SMALL && size / packed.max(1) > MAX_RATIO) {
                return Err(Error::TooLarge);
            }
            if index == 0 {
                let is_first = name == "mimetype" && file.header_start() == 0;
                let mut value = String::new();
                if !is_first || file.compression() != CompressionMethod::Stored || size > 64 {
                    return Err(Error::Malformed("mimetype"));
                }
                file.read_to_string(&mut value)?;
                is_simple = value.trim_end() == SIMPLE;
                if !is_simple && value.trim_end() != EXTENDED {
                    return Err(Error::Malformed("mimetype"));
                }
            } else if name.ends_with('/') {
                if size > 0 {
                    return Err(Error::Malformed("entry name"));
                }
            } else {
                entries.push(Entry { name, index });
            }
        }
        Ok(Self { archive, entries, is_simple })
    }

    /// The names of the files that are to be signed: all but what the standard puts under `META-INF/`, so that nothing
    /// hides there.
    pub fn data(&self) -> impl Iterator<Item = &str> {
        let names = self.entries.iter().map(|entry| entry.name.as_str());
        names.filter(|name| !name.strip_prefix(META).is_some_and(is_reserved))
    }

    /// The entries under `META-INF/` that `wanted` picks by their names there, read whole.
    pub fn meta(&mut self, wanted: fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let mut out = Vec::new();
        for entry in self.entries.iter().filter(|entry| is_meta(&entry.name) && wanted(&entry.name[META.len()..])) {
            let file = self.archive.by_index(entry.index)?;
            let mut bytes = Vec::new();
            file.take(MAX_WHOLE + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > MAX_WHOLE {
                return Err(Error::TooLarge);
            }
            out.push((entry.name.clone(), bytes));
        }
        Ok(out)
    }

    /// The digests of every file, each read once and none held.
    pub fn digests(&mut self, wanted: &[Digest]) -> Result<Vec<(String, Digests)>, Error> {
        let mut out = Vec::new();
        for entry in &self.entries {
            let mut file = self.archive.by_index(entry.index)?;
            // One byte more than stated, so that an entry that is longer is told from one that is as stated.
            let stated = file.size();
            let mut limited = file.by_ref().take(stated.saturating_add(1));
            let digests = digested(&mut limited, wanted)?;
            if limited.limit() == 0 {
                return Err(Error::Malformed("entry size"));
            }
            out.push((entry.name.clone(), digests));
        }
        Ok(out)
    }
}

const META: &str = "META-INF/";

/// Signatures, manifests and time-stamps, by their names under `META-INF/` (ETSI EN 319 162-1 §4.4.3).
fn is_reserved(name: &str) -> bool {
    let is_xml =
        name.contains("signatures") || name.starts_with("ASiC") || matches!(name, "manifest.xml" | "container.xml");
    let is_other = (name.contains("signature") && name.ends_with(".p7s")) || name.ends_with(".tst");
    !name.contains('/') && (is_other || (is_xml && name.ends_with(".xml")))
}

fn is_meta(name: &str) -> bool {
    name.starts_with(META)
}

/// Whether a name stays inside a folder into which somebody may unpack the container, on any system.
pub(super) fn is_safe(name: &str) -> bool {
    let plain = name.strip_suffix('/').unwrap_or(name);
    let is_step = |step: &str| !step.is_empty() && step != "." && step != "..";
    !name.contains(['\\', ':']) && !name.chars().any(char::is_control) && plain.split('/').all(is_step)
}

/// The end of the directory stands where every reader looks for it, and names few entries: a directory of millions is
/// not even read.
fn check_end(file: &mut (impl Read + Seek)) -> Result<(), Error> {
    const LENGTH: u64 = 22;
    const LOCATOR: u64 = 20;
    let size = file.seek(SeekFrom::End(0))?;
    let from = size.saturating_sub(LENGTH + LOCATOR + u64::from(u16::MAX));
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.by_ref().take(size - from).read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    let number = |at: usize| tail.get(at..at + 2).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    let ends = tail.windows(4).enumerate().filter(|(_, window)| *window == b"PK\x05\x06").map(|(at, _)| at);
    let is_at_end = |at: &usize| *at as u64 + LENGTH + u64::from(number(at + 20)) == tail.len() as u64;
    // A ZIP inside may have such a mark too, but only the last may reach the end: another reader could begin elsewhere.
    let (last, reaching) = (ends.clone().next_back(), ends.filter(is_at_end).count());
    let at = last.filter(|at| is_at_end(at) && reaching == 1).ok_or(Error::Malformed("ZIP"))?;
    let locator = at.checked_sub(LOCATOR as usize).and_then(|from| tail.get(from..from + 4));
    let long = |at: usize| u64::from(number(at)) | u64::from(number(at + 2)) << 16;
    // The directory ends where this mark begins, counted from the file's first byte.
    let directory_end = long(at + 16) + long(at + 12);
    if locator == Some(b"PK\x06\x07") || directory_end != from + at as u64 {
        return Err(Error::Malformed("ZIP"));
    }
    if number(at + 10) > MAX_ENTRIES { Err(Error::TooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn names_that_lead_outside_are_told() {
        for name in ["../a", "/a", "a/../b", "a//b", "./a", "a\\b", "C:a", "a\n", "", "/", "..", "a/."] {
            assert!(!is_safe(name), "{name:?}");
        }
        for name in ["a", "a/b.pdf", "thư mục/Công văn số 12.pdf", "META-INF/", "..a", "a..b"] {
            assert!(is_safe(name), "{name:?}");
        }
    }
}
