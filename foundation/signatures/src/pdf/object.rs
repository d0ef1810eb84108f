//! PDF objects as written in a file (ISO 32000-1 §7.3): a reader that never looks outside the bytes it is given, and
//! the writer that puts them into a new revision.

use std::collections::BTreeMap;

use super::Error;

/// Arrays and dictionaries may lie in each other this deep. Real files stay under twenty.
const MAX_DEPTH: usize = 64;

/// A dictionary; keys without the slash.
pub type Dict = BTreeMap<Vec<u8>, Object>;

/// One PDF object.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// `null`, and everything a reference to a missing object stands for.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// A string, decoded.
    String(Vec<u8>),
    /// A name without its slash, `#xx` decoded.
    Name(Vec<u8>),
    /// An array.
    Array(Vec<Object>),
    /// A dictionary.
    Dict(Dict),
    /// A stream; its bytes stay in the file.
    Stream(Stream),
    /// A reference `n g R`.
    Ref(u32, u16),
}

/// A stream's dictionary and where its raw bytes lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// The stream dictionary.
    pub dict: Dict,
    /// Offset of the first raw byte in the file.
    pub offset: u64,
    /// Number of raw bytes.
    pub len: u64,
}

impl Object {
    /// The dictionary of a dictionary or of a stream.
    pub fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) | Self::Stream(Stream { dict, .. }) => Some(dict),
            _ => None,
        }
    }

    /// The array's elements.
    pub fn array(&self) -> Option<&[Object]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The name's bytes.
    pub fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// The integer.
    pub fn int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The number, whole or not.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// The string's bytes.
    pub fn string(&self) -> Option<&[u8]> {
        if let Self::String(bytes) = self { Some(bytes) } else { None }
    }

    /// The number of the object referred to.
    pub fn reference(&self) -> Option<u32> {
        if let Self::Ref(number, _) = self { Some(*number) } else { None }
    }

    /// Shorthand for a name.
    pub fn named(name: &str) -> Self {
        Self::Name(name.as_bytes().to_vec())
    }

    /// A text string: ASCII as it is, everything else as UTF-16BE with its mark (§7.9.2.2).
    pub fn text(text: &str) -> Self {
        if text.is_ascii() {
            return Self::String(text.as_bytes().to_vec());
        }
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        Self::String(units.flat_map(u16::to_be_bytes).collect())
    }

    /// A text string read back: UTF-16BE or UTF-8 by its mark, otherwise Latin-1 (close enough to PDFDocEncoding for
    /// what is only shown).
    pub fn to_text(&self) -> Option<String> {
        let bytes = self.string()?;
        Some(if let Some(wide) = bytes.strip_prefix(&[0xFE, 0xFF]) {
            let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        } else if let Some(utf8) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
            String::from_utf8_lossy(utf8).into_owned()
        } else {
            bytes.iter().map(|byte| char::from(*byte)).collect()
        })
    }

    /// Every object number this object refers to, at any depth.
    pub fn references(&self, found: &mut Vec<u32>) {
        match self {
            Self::Ref(number, _) => found.push(*number),
            Self::Array(items) => items.iter().for_each(|item| item.references(found)),
            Self::Dict(dict) | Self::Stream(Stream { dict, .. }) => {
                dict.values().for_each(|item| item.references(found));
            }
            _ => {}
        }
    }

    /// Writes the object; a stream writes its dictionary only.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"null"),
            Self::Bool(true) => out.extend(b"true"),
            Self::Bool(false) => out.extend(b"false"),
            Self::Int(number) => out.extend(number.to_string().bytes()),
            Self::Real(number) => out.extend(number.to_string().bytes()),
            Self::String(bytes) => write_string(bytes, out),
            Self::Name(name) => write_name(name, out),
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(dict) | Self::Stream(Stream { dict, .. }) => write_dict(dict, out),
            Self::Ref(number, generation) => out.extend(format!("{number} {generation} R").bytes()),
        }
    }
}

/// Writes `<< … >>`.
pub fn write_dict(dict: &Dict, out: &mut Vec<u8>) {
    out.extend(b"<<");
    for (key, value) in dict {
        write_name(key, out);
        out.push(b' ');
        value.write(out);
    }
    out.extend(b">>");
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_graphic() && !is_delimiter(*byte) && *byte != b'#' {
            out.push(*byte);
        } else {
            out.extend(format!("#{byte:02X}").bytes());
        }
    }
}

fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.iter().all(|byte| (0x20..0x7F).contains(byte)) {
        out.push(b'(');
        for byte in bytes {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        out.extend(hex::encode_upper(bytes).bytes());
        out.push(b'>');
    }
}

/// Builds a dictionary from pairs.
pub fn dict<const N: usize>(pairs: [(&str, Object); N]) -> Dict {
    pairs.into_iter().map(|(key, value)| (key.as_bytes().to_vec(), value)).collect()
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Where a dictionary's value stood in the bytes read: what the gap of a signature is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    pub depth: usize,
}

/// Reads objects from a slice.
pub(crate) struct Parser<'a> {
    data: &'a [u8],
    pub pos: usize,
    /// The end of the slice was looked at: with more bytes the answer may be another one.
    pub hit_end: bool,
    /// Where values of the key `Contents` stood.
    pub contents: Vec<Span>,
}

impl<'a> Parser<'a> {
    pub fn new(data: &'a [u8], pos: usize) -> Self {
        Self { data, pos, hit_end: false, contents: Vec::new() }
    }

    fn peek(&mut self) -> Option<u8> {
        let byte = self.data.get(self.pos).copied();
        self.hit_end |= byte.is_none();
        byte
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, Error> {
        Err(Error::Malformed(what))
    }

    pub fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if is_space(byte) {
                self.pos += 1;
            } else if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.pos += 1;
                }
            } else {
                break;
            }
        }
    }

    /// The next run of regular characters, after white space.
    pub fn word(&mut self) -> &'a [u8] {
        self.skip_space();
        let start = self.pos;
        while self.peek().is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            self.pos += 1;
        }
        &self.data[start..self.pos]
    }

    /// Consumes exactly this word.
    pub fn expect(&mut self, word: &[u8], what: &'static str) -> Result<(), Error> {
        if self.word() == word { Ok(()) } else { self.fail(what) }
    }

    /// A non-negative integer written in digits only.
    pub fn unsigned(&mut self, what: &'static str) -> Result<u64, Error> {
        let word = self.word();
        if word.is_empty() || word.len() > 19 || !word.iter().all(u8::is_ascii_digit) {
            return self.fail(what);
        }
        Ok(word.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    }

    /// The keyword `stream` has just been read: its data begin after one line end (§7.3.8.1).
    pub fn stream_start(&mut self) -> Result<usize, Error> {
        if self.peek() == Some(b'\r') {
            self.pos += 1;
        }
        if self.peek() != Some(b'\n') {
            return self.fail("stream keyword without its line end");
        }
        self.pos += 1;
        Ok(self.pos)
    }

    pub fn object(&mut self) -> Result<Object, Error> {
        self.object_at(0)
    }

    fn object_at(&mut self, depth: usize) -> Result<Object, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooLarge("nesting of objects"));
        }
        self.skip_space();
        match self.peek() {
            None => self.fail("object expected, end found"),
            Some(b'/') => Ok(Object::Name(self.name()?)),
            Some(b'(') => Ok(Object::String(self.literal()?)),
            Some(b'[') => {
                self.pos += 1;
                let mut items = Vec::new();
                loop {
                    self.skip_space();
                    if self.peek() == Some(b']') {
                        self.pos += 1;
                        return Ok(Object::Array(items));
                    }
                    items.push(self.object_at(depth + 1)?);
                }
            }
            Some(b'<') if self.data.get(self.pos + 1) == Some(&b'<') => self.dictionary(depth).map(Object::Dict),
            Some(b'<') => Ok(Object::String(self.hexadecimal()?)),
            Some(byte) if byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.') => self.number_or_reference(),
            Some(_) => match self.word() {
                b"true" => Ok(Object::Bool(true)),
                b"false" => Ok(Object::Bool(false)),
                b"null" => Ok(Object::Null),
                _ => self.fail("unknown keyword"),
            },
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Dict, Error> {
        self.pos += 2;
        let mut dict = Dict::new();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'>') => {
                    self.pos += 1;
                    if self.peek() != Some(b'>') {
                        return self.fail("dictionary end");
                    }
                    self.pos += 1;
                    return Ok(dict);
                }
                Some(b'/') => {}
                _ => return self.fail("dictionary key"),
            }
            let key = self.name()?;
            self.skip_space();
            let start = self.pos;
            let value = self.object_at(depth + 1)?;
            if key == b"Contents" {
                self.contents.push(Span { start, end: self.pos, depth });
            }
            // Readers disagree about which of two counts; a file that says two things cannot be judged.
            if dict.insert(key, value.clone()).is_some_and(|earlier| earlier != value) {
                return self.fail("dictionary key given twice");
            }
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, Error> {
        self.pos += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_space(*byte) && !is_delimiter(*byte)) {
            self.pos += 1;
            let escaped = self.data.get(self.pos..self.pos + 2).filter(|_| byte == b'#');
            match escaped.and_then(|digits| hex::decode(digits).ok()) {
                Some(decoded) => {
                    name.extend(decoded);
                    self.pos += 2;
                }
                None => name.push(byte),
            }
        }
        if name.len() > 1024 { Err(Error::TooLarge("name")) } else { Ok(name) }
    }

    fn literal(&mut self) -> Result<Vec<u8>, Error> {
        self.pos += 1;
        let (mut text, mut open) = (Vec::new(), 1);
        loop {
            let Some(byte) = self.peek() else { return self.fail("string without end") };
            self.pos += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(text);
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                // Any line end stands for one line feed.
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.pos += 1;
                    }
                    text.push(b'\n');
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.pos += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.pos += 1;
                }
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            self.pos += 1;
                            code = code * 8 + u32::from(digit - b'0');
                        }
                        _ => break,
                    }
                }
                text.push((code & 0xFF) as u8);
            }
            other => text.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>, Error> {
        self.pos += 1;
        let (mut bytes, mut half) = (Vec::new(), None);
        loop {
            let Some(byte) = self.peek() else { return self.fail("hexadecimal string without end") };
            self.pos += 1;
            let digit = match byte {
                b'>' => {
                    bytes.extend(half.map(|high: u8| high << 4));
                    return Ok(bytes);
                }
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                _ if is_space(byte) => continue,
                _ => return self.fail("hexadecimal string"),
            };
            half = match half {
                None => Some(digit),
                Some(high) => {
                    bytes.push(high << 4 | digit);
                    None
                }
            };
        }
    }

    fn number_or_reference(&mut self) -> Result<Object, Error> {
        let word = self.word();
        let text = std::str::from_utf8(word).unwrap_or("");
        if !text.contains('.') {
            let Ok(number) = text.parse::<i64>() else { return self.fail("number") };
            let after = self.pos;
            if word[0].is_ascii_digit()
                && let (Ok(object), Some(generation)) = (u32::try_from(number), self.generation_and_r())
            {
                return Ok(Object::Ref(object, generation));
            }
            self.pos = after;
            return Ok(Object::Int(number));
        }
        let plain = text.trim_start_matches(['+', '-']);
        if text.len() - plain.len() > 1 || text.len() > 64 || !plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return self.fail("number");
        }
        match text.parse::<f64>() {
            Ok(number) => Ok(Object::Real(number)),
            Err(_) if plain == "." => Ok(Object::Real(0.0)),
            Err(_) => self.fail("number"),
        }
    }

    fn generation_and_r(&mut self) -> Option<u16> {
        let word = self.word();
        if word.is_empty() || word.len() > 5 || !word.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let generation = std::str::from_utf8(word).ok()?.parse().ok()?;
        (self.word() == b"R").then_some(generation)
    }
}
