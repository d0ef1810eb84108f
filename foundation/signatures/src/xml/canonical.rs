//! Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0 (W3C), with and without comments, of a document or of one element, less at most one element inside.

use super::Error;
use super::document::{Content, Document, Node, XML};
use std::borrow::Cow;

/// A canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Which rules.
    pub rules: Rules,
    /// Whether comments stay.
    pub comments: bool,
    /// Prefixes that the exclusive form treats as the inclusive one does; an empty one is the default namespace.
    pub prefixes: Vec<String>,
}

/// Which rules a canonical form follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// Canonical XML 1.0.
    V10,
    /// Canonical XML 1.1.
    V11,
    /// Exclusive XML Canonicalization 1.0.
    Exclusive,
}

const METHODS: [(&str, Rules, bool); 6] = [
    ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", Rules::V10, false),
    ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", Rules::V10, true),
    ("http://www.w3.org/2006/12/xml-c14n11", Rules::V11, false),
    ("http://www.w3.org/2006/12/xml-c14n11#WithComments", Rules::V11, true),
    ("http://www.w3.org/2001/10/xml-exc-c14n#", Rules::Exclusive, false),
    ("http://www.w3.org/2001/10/xml-exc-c14n#WithComments", Rules::Exclusive, true),
];

impl Method {
    /// Without comments and without prefixes.
    pub const fn new(rules: Rules) -> Self {
        Self { rules, comments: false, prefixes: Vec::new() }
    }

    /// The method of this name; none when it is no canonical form.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let (_, rules, comments) = METHODS.iter().find(|(known, ..)| *known == uri)?;
        Some(Self { comments: *comments, ..Self::new(*rules) })
    }

    /// Its name.
    pub fn uri(&self) -> &'static str {
        let found = METHODS.iter().find(|(_, rules, comments)| (*rules, *comments) == (self.rules, self.comments));
        found.map_or("", |(uri, ..)| uri)
    }
}

/// The part of a document that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// The element with all inside; none for the whole document.
    pub element: Option<Node>,
    /// An element inside that is left out.
    pub without: Option<Node>,
}

/// Which bytes are written as references.
type Special = [bool; 256];

const fn special(bytes: &[u8]) -> Special {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

static IN_TEXT: Special = special(b"&<>\r");
static IN_ATTRIBUTES: Special = special(b"&<\"\t\n\r");
static IN_COMMENTS: Special = special(b"\r");

/// Bytes that are handed on piece by piece.
struct Sink<'s> {
    buffer: Vec<u8>,
    out: &'s mut dyn FnMut(&[u8]),
    written: u64,
    most: u64,
}

const PIECE: usize = 16 << 10;

impl Sink<'_> {
    fn put(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
        if self.buffer.len() >= PIECE {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.written += self.buffer.len() as u64;
        if self.written <= self.most {
            (self.out)(&self.buffer);
        }
        self.buffer.clear();
    }

    fn escaped(&mut self, text: &str, special: &Special) {
        let mut from = 0;
        while let Some(next) = text.as_bytes()[from..].iter().position(|byte| special[usize::from(*byte)]) {
            let at = from + next;
            let name = match text.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\t' => "&#x9;",
                b'\n' => "&#xA;",
                _ => "&#xD;",
            };
            self.put(&text[from..at]);
            self.put(name);
            from = at + 1;
        }
        self.put(&text[from..]);
    }
}

/// Hands the canonical form to `out` piece by piece, at most `most` bytes, and returns its length.
///
/// # Errors
/// [`Error::TooLarge`] beyond `most`; [`Error::Unsupported`] where Canonical XML 1.1 would have to join `xml:base` of
/// elements that are not written.
pub fn canonicalize(
    document: &Document<'_>,
    selection: Selection,
    method: &Method,
    most: u64,
    out: &mut dyn FnMut(&[u8]),
) -> Result<u64, Error> {
    let sink = Sink { buffer: Vec::with_capacity(PIECE + 256), out, written: 0, most };
    let mut writer = Writer { document, method, sink, scope: Vec::new(), rendered: Vec::new(), open: Vec::new() };
    let range = match selection.element {
        Some(apex) => {
            let mut above: Vec<Node> = document.ancestors(apex).collect();
            above.reverse();
            above.into_iter().for_each(|ancestor| writer.declare(ancestor));
            apex..document.end(apex)
        }
        None => 0..document.nodes.len(),
    };
    let mut at = range.start;
    while at < range.end {
        writer.close_until(at);
        if Some(at) == selection.without {
            at = document.end(at);
            continue;
        }
        writer.node(at, selection.element)?;
        if writer.sink.written > most {
            return Err(Error::TooLarge);
        }
        at += 1;
    }
    writer.close_until(range.end);
    writer.sink.flush();
    if writer.sink.written > most { Err(Error::TooLarge) } else { Ok(writer.sink.written) }
}

/// The canonical form at once, for small parts.
pub(super) fn canonical_bytes(
    document: &Document<'_>,
    element: Node,
    method: &Method,
    most: u64,
) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let selection = Selection { element: Some(element), without: None };
    canonicalize(document, selection, method, most, &mut |piece| bytes.extend_from_slice(piece))?;
    Ok(bytes)
}

struct Writer<'d, 'a, 's> {
    document: &'d Document<'a>,
    method: &'d Method,
    sink: Sink<'s>,
    /// Declarations that hold where the writer stands.
    scope: Vec<(&'a str, u32)>,
    /// Declarations that the output so far makes there.
    rendered: Vec<(&'a str, u32)>,
    open: Vec<Open>,
}

struct Open {
    node: Node,
    end: Node,
    scope: usize,
    rendered: usize,
}

fn last(list: &[(&str, u32)], prefix: &str) -> u32 {
    list.iter().rev().find(|(known, _)| *known == prefix).map_or(0, |(_, namespace)| *namespace)
}

impl<'a> Writer<'_, 'a, '_> {
    fn declare(&mut self, node: Node) {
        let declared = self.document.declarations_of(node).iter();
        self.scope.extend(declared.map(|declaration| (declaration.prefix, declaration.namespace)));
    }

    fn close_until(&mut self, at: Node) {
        while let Some(open) = self.open.pop_if(|open| open.end <= at) {
            self.sink.put("</");
            self.name(open.node);
            self.sink.put(">");
            self.scope.truncate(open.scope);
            self.rendered.truncate(open.rendered);
        }
    }

    fn name(&mut self, node: Node) {
        let document = self.document;
        if let Some(element) = document.element(node) {
            if !element.prefix.is_empty() {
                self.sink.put(element.prefix);
                self.sink.put(":");
            }
            self.sink.put(element.local);
        }
    }

    fn node(&mut self, node: Node, apex: Option<Node>) -> Result<(), Error> {
        let document = self.document;
        let is_top = document.parent(node).is_none() && apex.is_none();
        let is_after = is_top && node > document.root;
        let is_before = is_top && node < document.root;
        match &document.nodes[node].content {
            Content::Element(_) => return self.element(node, apex == Some(node)),
            Content::Text(text) => self.sink.escaped(text, &IN_TEXT),
            Content::Comment(_) if !self.method.comments => {}
            Content::Comment(text) => {
                self.sink.put(if is_after { "\n<!--" } else { "<!--" });
                self.sink.escaped(text, &IN_COMMENTS);
                self.sink.put(if is_before { "-->\n" } else { "-->" });
            }
            Content::Instruction { target, data } => {
                self.sink.put(if is_after { "\n<?" } else { "<?" });
                self.sink.put(target);
                if !data.is_empty() {
                    self.sink.put(" ");
                    self.sink.escaped(data, &IN_COMMENTS);
                }
                self.sink.put(if is_before { "?>\n" } else { "?>" });
            }
        }
        Ok(())
    }

    fn element(&mut self, node: Node, is_apex: bool) -> Result<(), Error> {
        let document = self.document;
        let open = Open { node, end: document.end(node), scope: self.scope.len(), rendered: self.rendered.len() };
        self.declare(node);
        self.sink.put("<");
        self.name(node);
        let mut wanted = self.wanted(node, is_apex);
        wanted.sort_unstable();
        wanted.dedup();
        for prefix in wanted {
            let namespace = last(&self.scope, prefix);
            if prefix == "xml" || namespace == last(&self.rendered, prefix) {
                continue;
            }
            self.rendered.push((prefix, namespace));
            self.sink.put(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.sink.put(prefix);
            self.sink.put("=\"");
            self.sink.escaped(document.namespace(namespace), &IN_ATTRIBUTES);
            self.sink.put("\"");
        }
        if is_apex && self.method.rules != Rules::Exclusive {
            self.attributes_with_inherited(node)?;
        } else {
            for attribute in document.attributes_of(node) {
                self.attribute(attribute.prefix, attribute.local, &attribute.value);
            }
        }
        self.sink.put(">");
        self.open.push(open);
        Ok(())
    }

    /// The prefixes whose declarations the element may need.
    fn wanted(&self, node: Node, is_apex: bool) -> Vec<&'a str> {
        let document = self.document;
        if self.method.rules != Rules::Exclusive {
            return match is_apex {
                true => self.scope.iter().map(|(prefix, _)| *prefix).collect(),
                false => document.declarations_of(node).iter().map(|declaration| declaration.prefix).collect(),
            };
        }
        let own = document.element(node).map(|element| element.prefix);
        let attributes = document.attributes_of(node).iter().map(|attribute| attribute.prefix);
        let mut wanted: Vec<&str> = own.into_iter().chain(attributes.filter(|prefix| !prefix.is_empty())).collect();
        if !self.method.prefixes.is_empty() {
            let held = self.scope.iter().map(|(prefix, _)| *prefix);
            wanted.extend(held.filter(|prefix| self.method.prefixes.iter().any(|listed| listed == prefix)));
        }
        wanted
    }

    fn attribute(&mut self, prefix: &str, local: &str, value: &str) {
        self.sink.put(" ");
        if !prefix.is_empty() {
            self.sink.put(prefix);
            self.sink.put(":");
        }
        self.sink.put(local);
        self.sink.put("=\"");
        self.sink.escaped(value, &IN_ATTRIBUTES);
        self.sink.put("\"");
    }

    /// The attributes of the topmost element with those of `xml:` that it inherits (Canonical XML 1.0 §2.4, 1.1 §2.4).
    fn attributes_with_inherited(&mut self, node: Node) -> Result<(), Error> {
        let document = self.document;
        let own = document.attributes_of(node);
        let mut inherited: Vec<(&str, &Cow<'_, str>)> = Vec::new();
        for ancestor in document.ancestors(node) {
            for attribute in document.attributes_of(ancestor).iter().filter(|attribute| attribute.namespace == XML) {
                let is_known = inherited.iter().any(|(local, _)| *local == attribute.local)
                    || own.iter().any(|mine| mine.namespace == XML && mine.local == attribute.local);
                match (self.method.rules, attribute.local) {
                    (Rules::V11, "base") => return Err(Error::Unsupported),
                    (Rules::V11, local) if local != "lang" && local != "space" => {}
                    _ if is_known => {}
                    _ => inherited.push((attribute.local, &attribute.value)),
                }
            }
        }
        inherited.extend(own.iter().filter(|mine| mine.namespace == XML).map(|mine| (mine.local, &mine.value)));
        inherited.sort_unstable();
        let xml = document.namespace(XML);
        let is_before = |namespace: u32| namespace != XML && document.namespace(namespace) < xml;
        let (before, after): (Vec<_>, Vec<_>) =
            own.iter().filter(|mine| mine.namespace != XML).partition(|mine| is_before(mine.namespace));
        for attribute in before {
            self.attribute(attribute.prefix, attribute.local, &attribute.value);
        }
        for (local, value) in inherited {
            self.attribute("xml", local, value);
        }
        for attribute in after {
            self.attribute(attribute.prefix, attribute.local, &attribute.value);
        }
        Ok(())
    }
}
