//! A strict XML 1.0 tokenizer that is fed bytes and never holds more than one tag or one run of text.
//!
//! It takes the part of XML that edXML needs and refuses the rest (DOCTYPE, processing instructions, entities of one's
//! own), so that nothing in a message can make it fetch, expand or remember anything.

use super::limits::Limits;
use super::refusals;
use super::reject::{At, reject, too_much};
use base::Refusal;

/// What comes next in the message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag, `empty` for `<a/>`.
    Start { name: &'a str, attributes: Vec<(&'a str, String)>, empty: bool },
    /// An end tag.
    End { name: &'a str },
    /// A run of text, or a part of one; line ends are not yet normalised.
    Text(&'a str),
    /// A resolved reference.
    Char(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first `<`.
    Start,
    /// Between tags.
    Content,
    /// Inside `<![CDATA[`.
    Cdata,
    /// Inside `<!--`.
    Comment,
}

pub(super) struct Tokenizer {
    limits: Limits,
    buffer: Vec<u8>,
    /// Everything before this is consumed.
    start: usize,
    /// The search for the end of the present tag goes on here.
    scanned: usize,
    /// The quote that the search is inside of.
    quote: u8,
    state: State,
    ended: bool,
    /// Where the present token begins.
    at: At,
    /// Where the next token begins.
    next_at: At,
}

impl Tokenizer {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            start: 0,
            scanned: 0,
            quote: 0,
            state: State::Start,
            ended: false,
            at: At::default(),
            next_at: At::default(),
        }
    }

    /// Adds input. Only call it when [`next`](Self::next) had nothing left to give.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.scanned -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that no more input comes.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Where the last token began.
    pub fn at(&self) -> At {
        self.at
    }

    /// Where the next token begins.
    pub fn next_at(&self) -> At {
        self.next_at
    }

    /// Whether bytes are left that make no whole token.
    pub fn has_rest(&self) -> bool {
        self.start < self.buffer.len() || matches!(self.state, State::Cdata | State::Comment)
    }

    /// The next token; `None`: more input is needed, or all is read.
    pub fn next(&mut self) -> Result<Option<Token<'_>>, Refusal> {
        loop {
            self.at = self.next_at;
            let rest = &self.buffer[self.start..];
            match self.state {
                State::Start => {
                    if !self.prolog()? {
                        return Ok(None);
                    }
                }
                State::Cdata => match find(rest, b"]]>") {
                    Some(0) => {
                        self.consume(3);
                        self.state = State::Content;
                    }
                    found => {
                        let end = found.unwrap_or_else(|| rest.len().saturating_sub(if self.ended { 0 } else { 2 }));
                        return self.text(end, found.is_none() && !self.ended);
                    }
                },
                State::Comment => match find(rest, b"--") {
                    Some(i) if rest.len() < i + 3 => {
                        self.consume(i);
                        return Ok(None);
                    }
                    Some(i) if rest[i + 2] == b'>' => {
                        self.consume(i + 3);
                        self.state = State::Content;
                    }
                    Some(_) => return Err(self.malformed("chú thích không có “--”", "a comment without “--”")),
                    None => {
                        self.consume(rest.len().saturating_sub(1));
                        return Ok(None);
                    }
                },
                State::Content => match rest.first() {
                    None => return Ok(None),
                    Some(b'<') => {
                        if rest.starts_with(b"<!--") {
                            self.consume(4);
                            self.state = State::Comment;
                        } else if rest.starts_with(b"<![CDATA[") {
                            self.consume(9);
                            self.state = State::Cdata;
                        } else if rest.starts_with(b"<!") {
                            if !self.ended && (b"<!--".starts_with(rest) || b"<![CDATA[".starts_with(rest)) {
                                return Ok(None);
                            }
                            return Err(reject(&refusals::DOCTYPE, self.at, "", "không có DOCTYPE", "no DOCTYPE"));
                        } else if rest.starts_with(b"<?") {
                            return Err(reject(
                                &refusals::INSTRUCTION,
                                self.at,
                                "",
                                "không có chỉ thị xử lý",
                                "no processing instruction",
                            ));
                        } else {
                            return self.tag();
                        }
                    }
                    Some(b'&') => return self.reference(),
                    Some(_) => {
                        let end = rest.iter().position(|&b| b == b'<' || b == b'&').unwrap_or(rest.len());
                        return self.text(end, end == rest.len() && !self.ended);
                    }
                },
            }
        }
    }

    /// Reads the byte-order mark and the XML declaration; false: more input is needed.
    fn prolog(&mut self) -> Result<bool, Refusal> {
        const SIGHT: usize = 1024;
        let rest = &self.buffer[self.start..];
        if rest.len() < SIGHT && !self.ended {
            // Small bounded look-ahead: enough for the declaration and for telling garbage from another format.
            let text = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest).trim_ascii_start();
            if !text.contains(&b'>') || text.first() != Some(&b'<') {
                return Ok(false);
            }
        }
        if rest.starts_with(&[0xfe, 0xff]) || rest.starts_with(&[0xff, 0xfe]) || rest.starts_with(b"<\0") {
            return Err(reject(&refusals::WRONG_ENCODING, self.at, "", "UTF-8", "UTF-8"));
        }
        if rest.starts_with(&[0xef, 0xbb, 0xbf]) {
            self.start += 3;
            self.scanned = self.start;
        }
        // Judged by what is in sight alone: the same bytes mean the same however many of them have come already.
        let rest = &self.buffer[self.start..];
        let rest = &rest[..rest.len().min(SIGHT)];
        if rest.starts_with(b"<?xml") && rest.get(5).is_some_and(u8::is_ascii_whitespace) {
            let Some(end) = find(rest, b"?>") else {
                if rest.len() < SIGHT && !self.ended {
                    return Ok(false);
                }
                return Err(self.malformed("khai báo XML kết thúc bằng “?>”", "an XML declaration that ends in “?>”"));
            };
            let declaration = String::from_utf8_lossy(&rest[5..end]).into_owned();
            self.declaration(&declaration)?;
            self.consume(end + 2);
            self.state = State::Content;
            return Ok(true);
        }
        let blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        if rest.get(blanks) == Some(&b'<') && !rest[blanks..].starts_with(b"<?xml") {
            self.state = State::Content;
            return Ok(true);
        }
        if find(rest, b"<?xml").is_some() || find(rest, b"<edXML").is_some() {
            let (vi, en) = ("khai báo XML ở ngay đầu tệp", "the XML declaration at the very start");
            return Err(reject(&refusals::GARBAGE_BEFORE, self.at, "", vi, en));
        }
        Err(reject(&refusals::NOT_XML, self.at, "", "một gói tin edXML", "an edXML message"))
    }

    fn declaration(&self, declaration: &str) -> Result<(), Refusal> {
        let attributes = self.attributes(declaration)?;
        let mut names = attributes.iter().map(|(name, _)| *name);
        if names.next() != Some("version") || !names.all(|n| n == "encoding" || n == "standalone") {
            return Err(self.malformed("khai báo XML 1.0", "an XML 1.0 declaration"));
        }
        for (name, value) in &attributes {
            match *name {
                "version" if value != "1.0" => return Err(self.malformed("XML 1.0", "XML 1.0")),
                "encoding" if !value.eq_ignore_ascii_case("utf-8") && !value.eq_ignore_ascii_case("us-ascii") => {
                    return Err(reject(
                        &refusals::WRONG_ENCODING,
                        self.at,
                        "",
                        "encoding=\"UTF-8\"",
                        "encoding=\"UTF-8\"",
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A run of text of `end` bytes; where it `goes_on`, a character cut in half waits for the rest of it. What
    /// stands before a bad character is given first, so that the refusal names the place itself.
    fn text(&mut self, end: usize, goes_on: bool) -> Result<Option<Token<'_>>, Refusal> {
        let run = &self.buffer[self.start..self.start + end];
        let (whole, cut) = match std::str::from_utf8(run) {
            Ok(text) => (text.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some() || !goes_on),
        };
        let text = str::from_utf8(&run[..whole]).unwrap_or_default();
        // Nearly all text of a message is base64: the plain case is a plain loop over bytes.
        let good = if text.is_ascii() {
            text.bytes().position(|b| b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r'))
        } else {
            text.char_indices().find(|(_, c)| !is_xml_char(*c)).map(|(i, _)| i)
        };
        match good.unwrap_or(whole) {
            0 if good.is_some() => Err(self.malformed("không có ký tự điều khiển", "no control characters")),
            0 if cut => Err(reject(&refusals::WRONG_ENCODING, self.at, "", "UTF-8", "UTF-8")),
            0 => Ok(None),
            length => {
                let from = self.start;
                self.consume(length);
                Ok(str::from_utf8(&self.buffer[from..from + length]).ok().map(Token::Text))
            }
        }
    }

    fn reference(&mut self) -> Result<Option<Token<'_>>, Refusal> {
        const LONGEST: usize = 64;
        let rest = &self.buffer[self.start..];
        let Some(end) = rest.iter().take(LONGEST).position(|&b| b == b';') else {
            if rest.len() < LONGEST && !self.ended {
                return Ok(None);
            }
            return Err(self.malformed("tham chiếu kết thúc bằng “;”", "a reference that ends in “;”"));
        };
        let name = String::from_utf8_lossy(&rest[1..end]).into_owned();
        let c = self.resolve(&name)?;
        self.consume(end + 1);
        Ok(Some(Token::Char(c)))
    }

    fn resolve(&self, name: &str) -> Result<char, Refusal> {
        let number = name.strip_prefix('#').map(|digits| match digits.strip_prefix('x') {
            Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
            None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        });
        match (name, number) {
            ("amp", _) => Ok('&'),
            ("lt", _) => Ok('<'),
            ("gt", _) => Ok('>'),
            ("quot", _) => Ok('"'),
            ("apos", _) => Ok('\''),
            (_, Some(number)) => number
                .and_then(char::from_u32)
                .filter(|&c| is_xml_char(c))
                .ok_or_else(|| self.malformed("mã ký tự hợp lệ", "a character reference to a character")),
            _ => {
                let (vi, en) = ("một trong năm thực thể của XML", "one of XML's five entities");
                Err(reject(&refusals::ENTITY, self.at, "", vi, en).with("entity", name))
            }
        }
    }

    fn tag(&mut self) -> Result<Option<Token<'_>>, Refusal> {
        let mut i = self.scanned.max(self.start + 1);
        let end = loop {
            match self.buffer.get(i) {
                None => {
                    self.scanned = i;
                    if i - self.start > self.limits.tag_bytes {
                        return Err(self.tag_too_long());
                    }
                    return Ok(None);
                }
                Some(b'>') if self.quote == 0 => break i,
                Some(b'<') => return Err(self.malformed("“>” trước “<” kế tiếp", "“>” before the next “<”")),
                Some(&q @ (b'"' | b'\'')) if self.quote == 0 => self.quote = q,
                Some(&q) if q == self.quote => self.quote = 0,
                Some(_) => {}
            }
            i += 1;
        };
        let length = end + 1 - self.start;
        if length > self.limits.tag_bytes {
            return Err(self.tag_too_long());
        }
        let from = self.start + 1;
        self.consume(length);
        let Ok(inside) = str::from_utf8(&self.buffer[from..end]) else {
            return Err(reject(&refusals::WRONG_ENCODING, self.at, "", "UTF-8", "UTF-8"));
        };
        if let Some(name) = inside.strip_prefix('/') {
            let name = name.trim_end_matches(is_blank);
            self.check_name(name)?;
            return Ok(Some(Token::End { name }));
        }
        let (inside, empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, rest) = inside.split_at(inside.find(is_blank).unwrap_or(inside.len()));
        self.check_name(name)?;
        let attributes = self.attributes(rest)?;
        Ok(Some(Token::Start { name, attributes, empty }))
    }

    fn attributes<'t>(&self, mut rest: &'t str) -> Result<Vec<(&'t str, String)>, Refusal> {
        let broken = || self.malformed("thuộc tính dạng tên=\"giá trị\"", "attributes of the form name=\"value\"");
        let mut attributes: Vec<(&str, String)> = Vec::new();
        loop {
            let trimmed = rest.trim_start_matches(is_blank);
            if trimmed.is_empty() {
                return Ok(attributes);
            }
            if trimmed.len() == rest.len() {
                return Err(broken());
            }
            let (name, after) = trimmed.split_once('=').ok_or_else(broken)?;
            let name = name.trim_end_matches(is_blank);
            self.check_name(name)?;
            let after = after.trim_start_matches(is_blank);
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(broken)?;
            let (value, after) = after[1..].split_once(quote).ok_or_else(broken)?;
            if attributes.iter().any(|(known, _)| *known == name) {
                let (vi, en) = (format!("một thuộc tính {name}"), format!("one attribute {name}"));
                return Err(reject(&refusals::NOT_WELL_FORMED, self.at, "", vi, en));
            }
            if attributes.len() == self.limits.attributes {
                return Err(too_much(self.at, "", self.limits.attributes as u64, "thuộc tính", "attributes"));
            }
            attributes.push((name, self.attribute_value(value)?));
            rest = after;
        }
    }

    /// Resolves references and turns line ends and tabs into blanks (XML 1.0 §3.3.3).
    fn attribute_value(&self, raw: &str) -> Result<String, Refusal> {
        let mut value = String::with_capacity(raw.len());
        let normalised = raw.replace("\r\n", "\n");
        let mut rest = normalised.as_str();
        while let Some(i) = rest.find(['&', '\t', '\n', '\r']) {
            value.push_str(&rest[..i]);
            rest = &rest[i..];
            if let Some(reference) = rest.strip_prefix('&') {
                let (name, after) = reference
                    .split_once(';')
                    .ok_or_else(|| self.malformed("tham chiếu kết thúc bằng “;”", "a reference that ends in “;”"))?;
                value.push(self.resolve(name)?);
                rest = after;
            } else {
                value.push(' ');
                rest = &rest[1..];
            }
        }
        value.push_str(rest);
        if !value.chars().all(is_xml_char) {
            return Err(self.malformed("không có ký tự điều khiển", "no control characters"));
        }
        Ok(value)
    }

    /// A qualified name: letters, digits and `-_.`, not starting with a digit, at most one colon.
    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        if name.len() > self.limits.name_bytes {
            return Err(too_much(self.at, "", self.limits.name_bytes as u64, "byte trong một tên", "bytes in a name"));
        }
        let part_is_good = |part: &str| {
            part.starts_with(|c: char| c == '_' || c.is_alphabetic())
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '\u{b7}') || is_combining(c))
        };
        let good = match name.split_once(':') {
            Some((prefix, local)) => part_is_good(prefix) && part_is_good(local),
            None => part_is_good(name),
        };
        if good { Ok(()) } else { Err(self.malformed("một tên XML hợp lệ", "a valid XML name")) }
    }

    fn tag_too_long(&self) -> Refusal {
        too_much(self.at, "", self.limits.tag_bytes as u64, "byte trong một thẻ", "bytes in a tag")
    }

    fn malformed(&self, vi: &str, en: &str) -> Refusal {
        reject(&refusals::NOT_WELL_FORMED, self.at, "", vi, en)
    }

    fn consume(&mut self, bytes: usize) {
        let consumed = &self.buffer[self.start..self.start + bytes];
        let lines = consumed.iter().filter(|&&b| b == b'\n').count();
        let last_line = if lines == 0 {
            consumed
        } else {
            self.next_at.line += lines as u64;
            self.next_at.column = 1;
            let after = consumed.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
            &consumed[after..]
        };
        self.next_at.column += last_line.iter().filter(|&&b| b & 0xc0 != 0x80).count() as u64;
        self.start += bytes;
        self.scanned = self.start;
        self.quote = 0;
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// The characters that XML 1.0 allows (§2.2).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
