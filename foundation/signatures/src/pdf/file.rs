//! Reads a PDF's cross-reference sections and, when asked, single objects out of a seekable reader, as the file stood
//! after any of its revisions; the file itself is never held in memory.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use super::object::{Parser, Span, is_space};
use super::xref::{self, Entry, Section};
use super::{Dict, Error, Object, Stream};

/// What is read at most, so that no file can hold up the reader.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Cross-reference sections, that is revisions.
    pub sections: usize,
    /// Cross-reference entries in all sections together.
    pub entries: usize,
    /// Bytes of one object outside a stream's data.
    pub object: u64,
    /// Bytes of one decoded stream.
    pub decoded: u64,
    /// Bytes parsed and decoded in all; hashing is not counted.
    pub work: u64,
    /// Signatures.
    pub signatures: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            sections: 10_000,
            entries: 4_000_000,
            object: 16 * MIB,
            decoded: 64 * MIB,
            work: 512 * MIB,
            signatures: 500,
        }
    }
}

/// How deep one look-up may lead into others (a stream's length in an object stream whose length …).
const MAX_LOOKUP: usize = 8;
/// Decoded object streams kept at hand.
const CACHE: usize = 32 << 20;

/// An indirect object and where it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub object: Object,
    pub start: u64,
    pub end: u64,
    /// Where values of the key `Contents` stand; positions in the file.
    pub contents: Vec<Span>,
}

/// An object stream, decoded.
struct Container {
    data: Vec<u8>,
    index: Vec<(u32, usize)>,
}

/// A PDF read lazily from `R`.
pub struct File<R> {
    reader: R,
    len: u64,
    limits: Limits,
    spent: u64,
    sections: Vec<Section>,
    /// Every entry of every section, ordered by object, then section.
    entries: Vec<(u32, u32, Entry)>,
    /// The furthest place that a section or an older one consists of or leads to.
    furthest: Vec<u64>,
    containers: HashMap<u64, Arc<Container>>,
    cached: usize,
    depth: usize,
}

impl<R: Read + Seek> File<R> {
    /// Reads the chain of cross-reference sections.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the chain does not hold together, [`Error::Encrypted`], [`Error::TooLarge`] or
    /// [`Error::Read`].
    pub fn open(reader: R) -> Result<Self, Error> {
        Self::open_with(reader, Limits::default())
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn open_with(mut reader: R, limits: Limits) -> Result<Self, Error> {
        let len = reader.seek(SeekFrom::End(0))?;
        let mut file = Self {
            reader,
            len,
            limits,
            spent: 0,
            sections: Vec::new(),
            entries: Vec::new(),
            furthest: Vec::new(),
            containers: HashMap::new(),
            cached: 0,
            depth: 0,
        };
        if !file.bytes(0, 5)?.starts_with(b"%PDF-") {
            return Err(Error::Malformed("the file does not begin with %PDF-"));
        }
        let newest = file.startxref_before(len)?.ok_or(Error::Malformed("startxref and %%EOF at the end"))?;
        file.read_sections(newest)?;
        if file.sections.iter().any(|section| section.trailer.contains_key(b"Encrypt".as_slice())) {
            return Err(Error::Encrypted);
        }
        Ok(file)
    }

    fn read_sections(&mut self, newest: u64) -> Result<(), Error> {
        let (mut next, mut seen, mut total) = (Some(newest), HashSet::new(), 0);
        while let Some(offset) = next {
            if !seen.insert(offset) {
                return Err(Error::Malformed("the chain of cross-reference sections loops"));
            }
            if self.sections.len() == self.limits.sections {
                return Err(Error::TooLarge("number of revisions"));
            }
            let (section, entries) = xref::read(self, offset)?;
            total += entries.len();
            if total > self.limits.entries {
                return Err(Error::TooLarge("number of objects"));
            }
            next = match section.trailer.get(b"Prev".as_slice()) {
                None => None,
                Some(prev) => Some(
                    prev.int()
                        .and_then(|prev| u64::try_from(prev).ok())
                        .filter(|prev| *prev < self.len)
                        .ok_or(Error::Malformed("/Prev"))?,
                ),
            };
            let index = self.sections.len() as u32;
            self.entries.extend(entries.into_iter().map(|(number, entry)| (number, index, entry)));
            self.sections.push(section);
        }
        // Found newest first; numbered oldest first.
        self.sections.reverse();
        let last = self.sections.len() as u32 - 1;
        self.entries.iter_mut().for_each(|entry| entry.1 = last - entry.1);
        self.entries.sort_unstable_by_key(|(number, section, _)| (*number, *section));
        self.furthest = self.sections.iter().map(|section| section.reach).collect();
        for (_, section, entry) in &self.entries {
            if let (Entry::At(offset, _), Some(furthest)) = (entry, self.furthest.get_mut(*section as usize)) {
                *furthest = offset.max(furthest).to_owned();
            }
        }
        for index in 1..self.furthest.len() {
            self.furthest[index] = self.furthest[index].max(self.furthest[index - 1]);
        }
        Ok(())
    }

    /// Length of the file in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// A PDF is never empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The limits in force.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The sections, oldest first.
    pub(crate) fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Index of the newest section.
    pub(crate) fn newest(&self) -> usize {
        self.sections.len() - 1
    }

    /// The trailer as of a section.
    pub(crate) fn trailer(&self, at: usize) -> &Dict {
        &self.sections[at].trailer
    }

    /// The entries of every section from `from` on, one list a section.
    pub(crate) fn entries_by_section(&self, from: usize) -> Vec<Vec<(u32, Entry)>> {
        let mut lists = vec![Vec::new(); self.sections.len().saturating_sub(from)];
        for (number, section, entry) in &self.entries {
            if let Some(list) = (*section as usize).checked_sub(from).and_then(|index| lists.get_mut(index)) {
                list.push((*number, *entry));
            }
        }
        lists
    }

    /// The furthest place that the sections up to this one consist of or lead to.
    pub(crate) fn furthest(&self, at: usize) -> u64 {
        self.furthest[at]
    }

    /// Every number in use as of a section, with its entry.
    pub(crate) fn in_use(&self, at: usize) -> Vec<(u32, Entry)> {
        let mut found: Vec<(u32, Entry)> = Vec::new();
        for (number, section, entry) in &self.entries {
            if *section as usize > at {
                continue;
            }
            if found.last().is_some_and(|(last, _)| last == number) {
                found.pop();
            }
            found.push((*number, *entry));
        }
        found.retain(|(_, entry)| *entry != Entry::Free);
        found
    }

    /// The entry of an object as of a section.
    pub(crate) fn entry(&self, number: u32, at: usize) -> Entry {
        let next = self.entries.partition_point(|(n, section, _)| (*n, *section as usize) <= (number, at));
        match next.checked_sub(1).map(|index| self.entries[index]) {
            Some((found, _, entry)) if found == number => entry,
            _ => Entry::Free,
        }
    }

    /// The highest object number any section speaks of.
    pub(crate) fn highest(&self) -> u32 {
        self.entries.last().map_or(0, |(number, _, _)| *number)
    }

    /// Counts work done against the limit.
    pub(crate) fn charge(&mut self, bytes: u64) -> Result<(), Error> {
        self.spent += bytes;
        if self.spent > self.limits.work { Err(Error::TooLarge("work to read it")) } else { Ok(()) }
    }

    /// Bytes from `offset`, fewer at the end of the file.
    pub(crate) fn bytes(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, Error> {
        let count = count.min(self.len.saturating_sub(offset));
        self.charge(count)?;
        self.window(offset, count)
    }

    fn window(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, Error> {
        let count = count.min(self.len.saturating_sub(offset));
        let mut bytes = vec![0; usize::try_from(count).map_err(|_| Error::TooLarge("range"))?];
        self.reader.seek(SeekFrom::Start(offset))?;
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Hands the bytes of a range to `take`, piece by piece.
    pub(crate) fn stream(&mut self, from: u64, to: u64, mut take: impl FnMut(&[u8])) -> Result<(), Error> {
        let mut buffer = vec![0; 64 << 10];
        self.reader.seek(SeekFrom::Start(from))?;
        let mut left = to.saturating_sub(from);
        while left > 0 {
            let piece = left.min(buffer.len() as u64) as usize;
            self.reader.read_exact(&mut buffer[..piece])?;
            take(&buffer[..piece]);
            left -= piece as u64;
        }
        Ok(())
    }

    /// The value of the `startxref … %%EOF` that ends exactly at `end` (white space after it allowed).
    pub(crate) fn startxref_before(&mut self, end: u64) -> Result<Option<u64>, Error> {
        let from = end.saturating_sub(1024);
        let tail = self.bytes(from, end - from)?;
        let Some(at) = tail.windows(9).rposition(|window| window == b"startxref") else { return Ok(None) };
        let mut parser = Parser::new(&tail, at + 9);
        let Ok(offset) = parser.unsigned("startxref") else { return Ok(None) };
        let rest = &tail[parser.pos..];
        let text = &rest[rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len())..];
        let ends =
            text.len() < rest.len() && text.strip_prefix(b"%%EOF").is_some_and(|r| r.iter().all(|b| is_space(*b)));
        Ok(ends.then_some(offset))
    }

    /// Parses at an offset with a window that grows as long as the parser runs into its end.
    pub(crate) fn parse_at<T>(
        &mut self,
        offset: u64,
        parse: impl Fn(&mut Parser) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if offset >= self.len {
            return Err(Error::Malformed("offset beyond the end"));
        }
        let mut size = 1 << 10;
        loop {
            let window = self.window(offset, size)?;
            let whole = offset + window.len() as u64 == self.len;
            let mut parser = Parser::new(&window, 0);
            let result = parse(&mut parser);
            // Reading itself costs something too, so that a million tiny objects are not free.
            let (parsed, hit_end) = (parser.pos as u64 + 64, parser.hit_end);
            self.charge(parsed)?;
            if whole || !hit_end {
                return result;
            }
            if size >= self.limits.object {
                return Err(Error::TooLarge("size of an object"));
            }
            size *= 4;
        }
    }

    /// Reads `n g obj … endobj` at an offset; a stream's length is looked up as of `at`.
    pub(crate) fn indirect(&mut self, offset: u64, at: Option<usize>) -> Result<(u32, u16, Located), Error> {
        let (number, generation, object, contents, end, stream) = self.parse_at(offset, |parser| {
            let number = parser.unsigned("object number")?;
            let generation = parser.unsigned("generation number")?;
            parser.expect(b"obj", "obj expected")?;
            let object = parser.object()?;
            let contents = std::mem::take(&mut parser.contents);
            let stream = match parser.word() {
                b"endobj" => None,
                b"stream" => Some(parser.stream_start()?),
                _ => return Err(Error::Malformed("endobj expected")),
            };
            Ok((number, generation, object, contents, parser.pos, stream))
        })?;
        let number = u32::try_from(number).map_err(|_| Error::Malformed("object number"))?;
        let generation = u16::try_from(generation).map_err(|_| Error::Malformed("generation number"))?;
        let in_file = |span: Span| Span {
            start: span.start + offset as usize,
            end: span.end + offset as usize,
            depth: span.depth,
        };
        let mut located = Located {
            object,
            start: offset,
            end: offset + end as u64,
            contents: contents.into_iter().map(in_file).collect(),
        };
        if let Some(data) = stream {
            let Object::Dict(dict) = located.object else { return Err(Error::Malformed("stream without dictionary")) };
            let (object, end) = self.stream_object(dict, offset + data as u64, at)?;
            (located.object, located.end) = (object, end);
        }
        Ok((number, generation, located))
    }

    fn stream_object(&mut self, dict: Dict, offset: u64, at: Option<usize>) -> Result<(Object, u64), Error> {
        let len = match (dict.get(b"Length".as_slice()), at) {
            (Some(Object::Int(len)), _) => Some(*len),
            (Some(Object::Ref(number, _)), Some(at)) => self.get(*number, at)?.int(),
            _ => None,
        };
        let len = len
            .and_then(|len| u64::try_from(len).ok())
            .filter(|len| *len <= self.len - offset)
            .ok_or(Error::Malformed("stream length"))?;
        let tail = self.bytes(offset + len, 64)?;
        let mut parser = Parser::new(&tail, 0);
        parser.expect(b"endstream", "the stream does not end where its length says")?;
        parser.expect(b"endobj", "endobj expected after endstream")?;
        let end = offset + len + parser.pos as u64;
        Ok((Object::Stream(Stream { dict, offset, len }), end))
    }

    /// The object as of a section; [`Object::Null`] when there is none.
    ///
    /// # Errors
    /// As [`File::open`].
    pub(crate) fn get(&mut self, number: u32, at: usize) -> Result<Object, Error> {
        match self.entry(number, at) {
            Entry::Free => Ok(Object::Null),
            Entry::At(..) => Ok(self.locate(number, at)?.map_or(Object::Null, |located| located.object)),
            Entry::In(container, index) => self.contained(number, container, index, at),
        }
    }

    /// The object with its place, when it stands in the file by itself.
    pub(crate) fn locate(&mut self, number: u32, at: usize) -> Result<Option<Located>, Error> {
        let Entry::At(offset, generation) = self.entry(number, at) else { return Ok(None) };
        if self.depth >= MAX_LOOKUP {
            return Err(Error::Malformed("objects that need each other to be read"));
        }
        self.depth += 1;
        let read = self.indirect(offset, Some(at));
        self.depth -= 1;
        let (found, found_generation, located) = read?;
        if (found, found_generation) != (number, generation) {
            return Err(Error::Malformed("the cross-reference leads to another object"));
        }
        Ok(Some(located))
    }

    fn contained(&mut self, number: u32, container: u32, index: u32, at: usize) -> Result<Object, Error> {
        let Entry::At(offset, _) = self.entry(container, at) else { return Err(Error::Malformed("object stream")) };
        let opened = match self.containers.get(&offset) {
            Some(opened) => opened.clone(),
            None => {
                let Some(Located { object: Object::Stream(stream), .. }) = self.locate(container, at)? else {
                    return Err(Error::Malformed("object stream"));
                };
                let opened = Arc::new(self.open_container(&stream)?);
                if self.cached + opened.data.len() > CACHE {
                    self.containers.clear();
                    self.cached = 0;
                }
                self.cached += opened.data.len();
                self.containers.insert(offset, opened.clone());
                opened
            }
        };
        match opened.index.get(index as usize) {
            Some((found, position)) if *found == number => {
                let mut parser = Parser::new(&opened.data, *position);
                let object = parser.object()?;
                self.charge((parser.pos - position) as u64)?;
                Ok(object)
            }
            _ => Err(Error::Malformed("the object stream holds another object at this place")),
        }
    }

    fn open_container(&mut self, stream: &Stream) -> Result<Container, Error> {
        if stream.dict.get(b"Type".as_slice()).and_then(Object::name) != Some(b"ObjStm") {
            return Err(Error::Malformed("object stream"));
        }
        let number = |key: &[u8]| stream.dict.get(key).and_then(Object::int).and_then(|n| usize::try_from(n).ok());
        let (Some(count), Some(first)) = (number(b"N"), number(b"First")) else {
            return Err(Error::Malformed("object stream"));
        };
        let data = self.decode(stream)?;
        let mut parser = Parser::new(&data, 0);
        let mut index = Vec::new();
        for _ in 0..count {
            let object =
                u32::try_from(parser.unsigned("object stream")?).map_err(|_| Error::Malformed("object stream"))?;
            let position = parser.unsigned("object stream")? as usize;
            let position = first.checked_add(position).filter(|position| *position < data.len());
            index.push((object, position.ok_or(Error::Malformed("object stream"))?));
        }
        Ok(Container { data, index })
    }

    /// Follows references until something else stands there.
    pub(crate) fn resolve(&mut self, object: &Object, at: usize) -> Result<Object, Error> {
        let mut object = object.clone();
        for _ in 0..16 {
            let Object::Ref(number, _) = object else { return Ok(object) };
            object = self.get(number, at)?;
        }
        Err(Error::Malformed("references in a circle"))
    }

    /// The value of a key, resolved; [`Object::Null`] when missing.
    pub(crate) fn value(&mut self, dict: &Dict, key: &str, at: usize) -> Result<Object, Error> {
        match dict.get(key.as_bytes()) {
            Some(value) => self.resolve(value, at),
            None => Ok(Object::Null),
        }
    }

    /// The value of a key when it is a dictionary, otherwise an empty one.
    pub(crate) fn dict_value(&mut self, dict: &Dict, key: &str, at: usize) -> Result<Dict, Error> {
        Ok(match self.value(dict, key, at)? {
            Object::Dict(dict) => dict,
            _ => Dict::new(),
        })
    }

    /// Number and dictionary of the catalogue.
    pub(crate) fn catalog(&mut self, at: usize) -> Result<(u32, Dict), Error> {
        let root = self.trailer(at).get(b"Root".as_slice()).and_then(Object::reference);
        let number = root.ok_or(Error::Malformed("/Root"))?;
        match self.get(number, at)? {
            Object::Dict(dict) => Ok((number, dict)),
            _ => Err(Error::Malformed("/Root")),
        }
    }

    /// A stream's data with its filter undone; only no filter and `FlateDecode` are read.
    pub(crate) fn decode(&mut self, stream: &Stream) -> Result<Vec<u8>, Error> {
        if stream.len > self.limits.decoded {
            return Err(Error::TooLarge("size of a stream"));
        }
        let raw = self.bytes(stream.offset, stream.len)?;
        let decoded = super::filter::decode(raw, &stream.dict, self.limits.decoded)?;
        self.charge(decoded.len() as u64)?;
        Ok(decoded)
    }
}
