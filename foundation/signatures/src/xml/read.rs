//! Strict reading of XML 1.0 with namespaces: UTF-8 only, no document type (so no entities of its own and no bombs), everything bounded.

use super::Error;
use super::document::{Attribute, Content, Declaration, Document, Element, Node, NodeData, XML, is_blank};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::borrow::Cow;
use std::ops::Range;

/// Most bytes of a document.
pub const MAX_XML: usize = 32 << 20;
/// Elements inside each other.
const MAX_DEPTH: usize = 256;
/// Nodes of a document.
const MAX_NODES: usize = 1 << 20;
/// Attributes and declarations of a document.
const MAX_ATTRIBUTES: usize = 1 << 20;
/// Attributes and declarations of an element.
const MAX_ELEMENT_ATTRIBUTES: usize = 128;
/// Namespace declarations that hold at one place, and different namespaces of a document.
const MAX_NAMESPACES: usize = 256;
/// Bytes of a name.
const MAX_NAME: usize = 512;
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

impl<'a> Document<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// Anything that is not well-formed, not UTF-8, has a document type, or is larger than the bounds.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_XML {
            return Err(Error::TooLarge);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let source = std::str::from_utf8(bytes).map_err(|_| Error::Encoding)?;
        let strange = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
        // U+FFFE and U+FFFF as UTF-8 writes them.
        let is_no_char = |piece: &[u8]| piece[0] == 0xef && piece[1] == 0xbf && piece[2] >= 0xbe;
        if bytes.iter().any(|byte| strange(*byte)) || bytes.windows(3).any(is_no_char) {
            return Err(Error::Malformed("character"));
        }
        Builder::new(source).run()
    }
}

struct Builder<'a> {
    document: Document<'a>,
    open: Vec<Open>,
    /// Declarations that hold, as prefix and namespace.
    scope: Vec<(&'a str, u32)>,
    text: Option<Cow<'a, str>>,
    root: Option<Node>,
}

struct Open {
    node: Node,
    name: Range<usize>,
    scope: usize,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        let document = Document {
            source,
            nodes: Vec::new(),
            attributes: Vec::new(),
            declarations: Vec::new(),
            namespaces: vec![Cow::Borrowed(""), Cow::Borrowed(XML_NAMESPACE)],
            root: 0,
            ids: Vec::new(),
            comments: 0,
        };
        Self { document, open: Vec::new(), scope: vec![("xml", XML)], text: None, root: None }
    }

    fn run(mut self) -> Result<Document<'a>, Error> {
        let source = self.document.source;
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = false; // done here
        config.allow_unmatched_ends = true; // refused here
        loop {
            let start = at(reader.buffer_position());
            let event = reader.read_event().map_err(|_| Error::Malformed("markup"))?;
            let span = start..at(reader.buffer_position());
            let raw = source.get(span.clone()).ok_or(Error::Malformed("markup"))?;
            match event {
                Event::Start(_) => self.start(raw, span, false)?,
                Event::Empty(_) => self.start(raw, span, true)?,
                Event::End(_) => self.finish(raw, span)?,
                Event::Text(_) => self.add_text(raw)?,
                Event::GeneralRef(_) => {
                    let name = raw.strip_prefix('&').and_then(|name| name.strip_suffix(';'));
                    let resolved = resolve(name.ok_or(Error::Malformed("entity"))?)?;
                    self.push_text(Cow::Owned(resolved.to_string()))?;
                }
                Event::CData(_) => {
                    let inner = cut(raw, "<![CDATA[", "]]>")?;
                    self.push_text(lines(inner))?;
                }
                Event::Comment(_) => {
                    let inner = cut(raw, "<!--", "-->")?;
                    if inner.contains("--") || inner.ends_with('-') {
                        return Err(Error::Malformed("comment"));
                    }
                    self.document.comments += 1;
                    self.leaf(Content::Comment(lines(inner)))?;
                }
                Event::PI(_) => {
                    let inner = cut(raw, "<?", "?>")?;
                    let (target, data) = inner.split_once([' ', '\t', '\n', '\r']).unwrap_or((inner, ""));
                    if !is_name(target) || target.eq_ignore_ascii_case("xml") {
                        return Err(Error::Malformed("processing instruction"));
                    }
                    let data = lines(data.trim_start_matches([' ', '\t', '\n', '\r']));
                    self.leaf(Content::Instruction { target, data })?;
                }
                Event::Decl(declaration) => {
                    let version = declaration.version().map_err(|_| Error::Malformed("XML declaration"))?;
                    if start != 0 || version != "1.0" {
                        return Err(Error::Malformed("XML declaration"));
                    }
                    if let Some(encoding) = declaration.encoding() {
                        let encoding = encoding.map_err(|_| Error::Malformed("XML declaration"))?;
                        if !["utf-8", "us-ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
                            return Err(Error::Encoding);
                        }
                    }
                }
                Event::DocType(_) => return Err(Error::DocumentType),
                Event::Eof => break,
            }
        }
        self.flush()?;
        if !self.open.is_empty() {
            return Err(Error::Malformed("end"));
        }
        self.document.root = self.root.ok_or(Error::Malformed("document element"))?;
        self.document.ids.sort();
        Ok(self.document)
    }

    fn add_text(&mut self, raw: &'a str) -> Result<(), Error> {
        if raw.contains("]]>") {
            return Err(Error::Malformed("text"));
        }
        if self.open.is_empty() && is_blank(raw) {
            return Ok(());
        }
        self.push_text(lines(raw))
    }

    fn push_text(&mut self, more: Cow<'a, str>) -> Result<(), Error> {
        if self.open.is_empty() {
            return Err(Error::Malformed("text outside the document element"));
        }
        match &mut self.text {
            Some(text) => text.to_mut().push_str(&more),
            none => *none = Some(more),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        match self.text.take() {
            Some(text) if !text.is_empty() => self.push(Content::Text(text)).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn leaf(&mut self, content: Content<'a>) -> Result<(), Error> {
        self.flush()?;
        self.push(content).map(|_| ())
    }

    fn push(&mut self, content: Content<'a>) -> Result<Node, Error> {
        let node = self.document.nodes.len();
        if node >= MAX_NODES {
            return Err(Error::TooLarge);
        }
        let parent = self.open.last().map(|open| open.node as u32);
        self.document.nodes.push(NodeData { parent, end: node as u32 + 1, content });
        Ok(node)
    }

    fn start(&mut self, raw: &'a str, span: Range<usize>, is_empty: bool) -> Result<(), Error> {
        self.flush()?;
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(Error::Malformed("second document element"));
        }
        let inner = cut(raw, "<", if is_empty { "/>" } else { ">" })?;
        let name_end = inner.find([' ', '\t', '\n', '\r']).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(name_end);
        let (prefix, local) = qualified(name)?;
        let scope = self.scope.len();
        let declared = self.document.declarations.len() as u32;
        let plain = self.read_attributes(rest)?;
        let declarations = declared..self.document.declarations.len() as u32;
        let fresh = &self.document.declarations[declared as usize..];
        self.scope.extend(fresh.iter().map(|declaration| (declaration.prefix, declaration.namespace)));
        if self.scope.len() > MAX_NAMESPACES {
            return Err(Error::TooLarge);
        }
        let namespace = self.resolve_prefix(prefix)?;
        let attributes = self.keep_attributes(plain)?;
        let element =
            Element { prefix, local, namespace, attributes, declarations, inner_end: span.end, span: span.clone() };
        let node = self.push(Content::Element(element))?;
        let identifiers = self.document.attributes_of(node).iter().filter(|a| a.local.eq_ignore_ascii_case("id"));
        let identifiers: Vec<_> = identifiers.map(|attribute| (attribute.value.clone(), node)).collect();
        self.document.ids.extend(identifiers);
        if self.open.is_empty() {
            self.root = Some(node);
        }
        if is_empty {
            self.scope.truncate(scope);
        } else {
            let name = span.start + 1..span.start + 1 + name.len();
            self.open.push(Open { node, name, scope });
        }
        Ok(())
    }

    fn finish(&mut self, raw: &'a str, span: Range<usize>) -> Result<(), Error> {
        self.flush()?;
        let open = self.open.pop().ok_or(Error::Malformed("end tag"))?;
        let name = cut(raw, "</", ">")?.trim_end_matches([' ', '\t', '\n', '\r']);
        if self.document.source.get(open.name) != Some(name) {
            return Err(Error::Malformed("end tag"));
        }
        self.scope.truncate(open.scope);
        let end = self.document.nodes.len() as u32;
        let data = &mut self.document.nodes[open.node];
        data.end = end;
        if let Content::Element(element) = &mut data.content {
            element.inner_end = span.start;
            element.span.end = span.end;
        }
        Ok(())
    }

    /// Keeps the declarations of a tag, and returns its other attributes as name and value.
    fn read_attributes(&mut self, mut rest: &'a str) -> Result<Vec<(&'a str, Cow<'a, str>)>, Error> {
        const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];
        let bad = || Error::Malformed("attribute");
        let mut plain = Vec::new();
        let first = self.document.declarations.len();
        loop {
            let trimmed = rest.trim_start_matches(BLANKS);
            if trimmed.is_empty() {
                return Ok(plain);
            }
            if trimmed.len() == rest.len() {
                return Err(bad());
            }
            let (name, value) = trimmed.split_once('=').ok_or_else(bad)?;
            let name = name.trim_end_matches(BLANKS);
            let value = value.trim_start_matches(BLANKS);
            let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or_else(bad)?;
            let (value, after) = value[1..].split_once(quote).ok_or_else(bad)?;
            rest = after;
            let value = attribute_value(value)?;
            let (prefix, local) = qualified(name)?;
            let declared = self.document.declarations.len() - first;
            if plain.len() + declared >= MAX_ELEMENT_ATTRIBUTES || self.document.attributes.len() >= MAX_ATTRIBUTES {
                return Err(Error::TooLarge);
            }
            match (prefix, local) {
                ("", "xmlns") => self.declare(first, "", value)?,
                ("xmlns", prefix) => self.declare(first, prefix, value)?,
                _ => plain.push((name, value)),
            }
        }
    }

    fn declare(&mut self, first: usize, prefix: &'a str, name: Cow<'a, str>) -> Result<(), Error> {
        let is_twice = self.document.declarations[first..].iter().any(|known| known.prefix == prefix);
        let is_reserved = prefix == "xmlns" || name == XMLNS_NAMESPACE || (prefix == "xml") != (name == XML_NAMESPACE);
        // Canonical forms of relative names would differ from place to place, so they fail (Canonical XML 1.0 §1.3).
        let is_relative = !name.is_empty() && !name.contains(':');
        if is_twice || is_reserved || is_relative || (name.is_empty() && !prefix.is_empty()) {
            return Err(Error::Malformed("namespace"));
        }
        let known = self.document.namespaces.iter().position(|known| *known == name);
        let namespace = match known {
            Some(known) => known,
            None if self.document.namespaces.len() >= MAX_NAMESPACES => return Err(Error::TooLarge),
            None => {
                self.document.namespaces.push(name);
                self.document.namespaces.len() - 1
            }
        };
        if self.document.declarations.len() >= MAX_ATTRIBUTES {
            return Err(Error::TooLarge);
        }
        self.document.declarations.push(Declaration { prefix, namespace: namespace as u32 });
        Ok(())
    }

    fn resolve_prefix(&self, prefix: &str) -> Result<u32, Error> {
        match self.scope.iter().rev().find(|(known, _)| *known == prefix) {
            Some((_, namespace)) => Ok(*namespace),
            None if prefix.is_empty() => Ok(0),
            None => Err(Error::Malformed("namespace prefix")),
        }
    }

    /// Keeps attributes in the order of canonical XML: by namespace, then by name.
    fn keep_attributes(&mut self, plain: Vec<(&'a str, Cow<'a, str>)>) -> Result<Range<u32>, Error> {
        let mut kept = Vec::with_capacity(plain.len());
        for (name, value) in plain {
            let (prefix, local) = qualified(name)?;
            let namespace = if prefix.is_empty() { 0 } else { self.resolve_prefix(prefix)? };
            kept.push(Attribute { prefix, local, namespace, value });
        }
        let name = |attribute: &Attribute<'a>| (attribute.namespace, attribute.local);
        kept.sort_by(|a, b| {
            let name = |attribute: &Attribute<'a>| self.document.namespace(attribute.namespace);
            if a.namespace == b.namespace { a.local.cmp(b.local) } else { name(a).cmp(name(b)) }
        });
        if kept.windows(2).any(|pair| name(&pair[0]) == name(&pair[1])) {
            return Err(Error::Malformed("attribute given twice"));
        }
        let start = self.document.attributes.len() as u32;
        self.document.attributes.extend(kept);
        Ok(start..self.document.attributes.len() as u32)
    }
}

fn at(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn cut<'a>(raw: &'a str, before: &str, after: &str) -> Result<&'a str, Error> {
    raw.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).ok_or(Error::Malformed("markup"))
}

/// Line ends as XML 1.0 §2.11 has them.
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// The value of an attribute after XML 1.0 §3.3.3 (no types are declared, so all are CDATA).
fn attribute_value(raw: &str) -> Result<Cow<'_, str>, Error> {
    if raw.contains('<') {
        return Err(Error::Malformed("attribute"));
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(found) = rest.find(['&', '\t', '\n', '\r']) {
        out.push_str(&rest[..found]);
        let special = rest.as_bytes()[found];
        rest = &rest[found + 1..];
        match special {
            b'&' => {
                let (name, after) = rest.split_once(';').ok_or(Error::Malformed("entity"))?;
                out.push(resolve(name)?);
                rest = after;
            }
            b'\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                out.push(' ');
            }
            _ => out.push(' '),
        }
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// The character of a reference: one of the five that XML knows, or by number.
fn resolve(name: &str) -> Result<char, Error> {
    let number = |digits: &str, radix| {
        let is_digits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        u32::from_str_radix(digits, radix).ok().filter(|_| is_digits).and_then(char::from_u32).filter(|c| is_char(*c))
    };
    let found = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => match name.strip_prefix("#x") {
            Some(digits) => number(digits, 16),
            None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
        },
    };
    found.ok_or(Error::Malformed("entity"))
}

fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Prefix and local part of a name.
fn qualified(name: &str) -> Result<(&str, &str), Error> {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let is_good =
        name.len() <= MAX_NAME && is_name(local) && (is_name(prefix) || (prefix.is_empty() && !name.starts_with(':')));
    if is_good { Ok((prefix, local)) } else { Err(Error::Malformed("name")) }
}

/// Whether it is a name without a colon (XML 1.0 §2.3, Namespaces in XML §3).
pub(super) fn is_name(name: &str) -> bool {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return !name.as_bytes()[0].is_ascii_digit();
    }
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(|c| is_name_start(c) || is_name_more(c))
}

fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn is_name_more(c: char) -> bool {
    matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}
