//! Builds the tree of a message from tokens, with namespaces resolved and every bound enforced; attachment contents pass by.

use super::limits::Limits;
use super::refusals;
use super::reject::{At, reject, too_much};
use super::token::{Token, is_blank};
use super::tree::{Attribute, Element, Node};
use base::Refusal;
use std::sync::Arc;

/// Namespace of dialect A (QCVN 102:2016/BTTTT).
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
/// Namespace of our extension elements.
pub const EXTENSION: &str = "urn:lienthong:exchange:1";
/// Namespace of XMLDSIG, which some writers use for the signature block.
pub const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// Path of the one element whose text is not kept but handed on.
const CONTENT_PATH: [&str; 4] = ["edXML", "AttachmentEncoded", "Attachment", "ContentTransferEncoded"];

/// The namespace declarations in force at an element.
#[derive(Debug, Default)]
pub(super) struct Scope {
    own: Vec<(String, String)>,
    outer: Option<Arc<Scope>>,
}

impl Scope {
    fn resolve(&self, prefix: &str) -> Option<&str> {
        match prefix {
            "xml" => Some(XML),
            "xmlns" => Some(XMLNS),
            _ => match self.own.iter().find(|(known, _)| known == prefix) {
                Some((_, uri)) => Some(uri),
                None => self.outer.as_ref().and_then(|outer| outer.resolve(prefix)),
            },
        }
    }

    /// Everything in force that the writer's own frame does not already say, by prefix.
    fn beyond_frame(&self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut scope = Some(self);
        while let Some(here) = scope {
            for (prefix, uri) in &here.own {
                if !found.iter().any(|(known, _)| known == prefix) {
                    found.push((prefix.clone(), uri.clone()));
                }
            }
            scope = here.outer.as_deref();
        }
        found.retain(|(prefix, uri)| !(uri == NAMESPACE && (prefix.is_empty() || prefix == "edXML")));
        found.sort();
        found
    }
}

/// An element as read.
#[derive(Debug)]
pub(super) struct Raw {
    pub prefix: String,
    pub name: String,
    pub namespace: String,
    pub attributes: Vec<Attribute>,
    pub children: Vec<RawNode>,
    pub at: At,
    /// The attachment content that passed by here, counted from 0.
    pub content: Option<usize>,
    scope: Arc<Scope>,
}

#[derive(Debug)]
pub(super) enum RawNode {
    Element(Raw),
    Text(String),
}

impl Raw {
    /// Whether this is the element `name` of dialect A.
    pub fn is(&self, name: &str) -> bool {
        self.name == name && self.namespace == NAMESPACE
    }

    /// Neither elements nor any text but blanks; an empty element counts as absent (spec §1.3).
    pub fn is_empty(&self) -> bool {
        self.content.is_none()
            && self.children.iter().all(|child| match child {
                RawNode::Element(_) => false,
                RawNode::Text(text) => text.chars().all(is_blank),
            })
    }

    /// Its text, trimmed; of an element that holds elements, nothing.
    pub fn text(&self) -> String {
        match self.children.as_slice() {
            [RawNode::Text(text)] => text.trim_matches(is_blank).to_owned(),
            _ => String::new(),
        }
    }

    /// The element as the model keeps it when it does not know it.
    pub fn into_element(self) -> Element {
        let declarations = self.scope.beyond_frame();
        self.into_inner(declarations)
    }

    fn into_inner(self, declarations: Vec<(String, String)>) -> Element {
        let children = self.children.into_iter().map(|child| match child {
            RawNode::Element(raw) => {
                let mut own = raw.scope.own.clone();
                if Arc::ptr_eq(&raw.scope, &self.scope) {
                    own.clear();
                }
                own.sort();
                Node::Element(raw.into_inner(own))
            }
            RawNode::Text(text) => Node::Text(text),
        });
        Element {
            children: children.collect(),
            prefix: self.prefix,
            name: self.name,
            namespace: self.namespace,
            declarations,
            attributes: self.attributes,
        }
    }
}

/// What the builder did with a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Built {
    /// Took it into the tree.
    Kept,
    /// An attachment's content begins.
    ContentStart(usize),
    /// The token is text of an attachment's content.
    Content,
    /// An attachment's content has ended.
    ContentEnd,
    /// An attachment has ended; its name.
    AttachmentEnd(String),
}

pub(super) struct Builder {
    limits: Limits,
    open: Vec<Raw>,
    root: Option<Raw>,
    elements: usize,
    bytes: usize,
    contents: usize,
    in_content: bool,
    after_return: bool,
}

impl Builder {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: Vec::new(),
            root: None,
            elements: 0,
            bytes: 0,
            contents: 0,
            in_content: false,
            after_return: false,
        }
    }

    /// The root, once it is closed.
    pub fn finish(&mut self) -> Option<Raw> {
        self.root.take()
    }

    /// Path of the innermost open element, without the frame.
    pub fn path(&self) -> String {
        let names: Vec<&str> = self.open.iter().map(|raw| raw.name.as_str()).collect();
        let inner = names.iter().position(|n| matches!(*n, "MessageHeader" | "TraceHeaderList" | "edXMLManifest"));
        names[inner.unwrap_or(0)..].join("/")
    }

    pub fn take(&mut self, token: &Token<'_>, at: At) -> Result<Built, Refusal> {
        match token {
            Token::Start { name, attributes, empty } => self.start(name, attributes, *empty, at),
            Token::End { name } => self.end(name, at),
            Token::Text(text) => self.text(text, at),
            Token::Char(c) => {
                if self.in_content {
                    return Ok(Built::Content);
                }
                self.after_return = false;
                self.append(c.encode_utf8(&mut [0; 4]), at)
            }
        }
    }

    fn start(&mut self, name: &str, attributes: &[(&str, String)], empty: bool, at: At) -> Result<Built, Refusal> {
        self.after_return = false;
        if self.root.is_some() {
            return Err(self.malformed(at, "không có gì sau phần tử gốc", "nothing after the root element"));
        }
        if self.in_content {
            return Err(reject(&refusals::UNEXPECTED, at, &self.path(), "chỉ có base64", "nothing but base64"));
        }
        if self.open.len() >= self.limits.depth {
            let limit = self.limits.depth;
            let (vi, en) = (format!("không quá {limit} cấp"), format!("at most {limit} levels"));
            return Err(reject(&refusals::TOO_DEEP, at, &self.open[0].name, vi, en).with("limit", limit));
        }
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(too_much(at, "edXML", self.limits.elements as u64, "phần tử", "elements"));
        }
        let weight = name.len() + attributes.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>();
        self.weigh(weight, at)?;

        let raw = self.resolve(name, attributes, at)?;
        self.check_place(&raw)?;
        self.open.push(raw);
        let is_content = self.is_content();
        if is_content {
            if self.contents == self.limits.attachments {
                let limit = self.limits.attachments as u64;
                return Err(too_much(at, "AttachmentEncoded", limit, "tệp đính kèm", "attachments"));
            }
            if !empty {
                if let Some(raw) = self.open.last_mut() {
                    raw.content = Some(self.contents);
                }
                self.contents += 1;
                self.in_content = true;
                return Ok(Built::ContentStart(self.contents - 1));
            }
        }
        if empty {
            self.close();
        }
        Ok(Built::Kept)
    }

    fn resolve(&self, name: &str, attributes: &[(&str, String)], at: At) -> Result<Raw, Refusal> {
        let outer = self.open.last().map(|raw| raw.scope.clone());
        let mut own = Vec::new();
        for (name, value) in attributes {
            let prefix = match name.split_once(':') {
                Some(("xmlns", prefix)) => prefix,
                None if *name == "xmlns" => "",
                _ => continue,
            };
            let reserved = matches!(prefix, "xml" | "xmlns") || value == XML || value == XMLNS;
            if reserved || (value.is_empty() && !prefix.is_empty()) {
                return Err(self.malformed(at, "khai báo không gian tên hợp lệ", "a valid namespace declaration"));
            }
            own.push((prefix.to_owned(), value.clone()));
        }
        let scope = match outer {
            Some(outer) if own.is_empty() => outer,
            outer => Arc::new(Scope { own, outer }),
        };
        let unbound = |prefix: &str| {
            let (vi, en) = (format!("khai báo xmlns:{prefix}"), format!("a declaration xmlns:{prefix}"));
            let field = if self.open.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path()) };
            reject(&refusals::UNBOUND_PREFIX, at, &field, vi, en).with("prefix", prefix)
        };
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = match scope.resolve(prefix) {
            Some(uri) => uri.to_owned(),
            None if prefix.is_empty() => String::new(),
            None => return Err(unbound(prefix)),
        };
        let mut kept: Vec<Attribute> = Vec::new();
        for (name, value) in attributes {
            let (prefix, local) = name.split_once(':').unwrap_or(("", name));
            if prefix == "xmlns" || *name == "xmlns" {
                continue;
            }
            let namespace = match prefix {
                "" => String::new(),
                _ => scope.resolve(prefix).ok_or_else(|| unbound(prefix))?.to_owned(),
            };
            if kept.iter().any(|known| known.name == local && known.namespace == namespace) {
                return Err(self.malformed(at, &format!("một thuộc tính {local}"), &format!("one attribute {local}")));
            }
            kept.push(Attribute { prefix: prefix.to_owned(), name: local.to_owned(), namespace, value: value.clone() });
        }
        Ok(Raw {
            prefix: prefix.to_owned(),
            name: local.to_owned(),
            namespace,
            attributes: kept,
            children: Vec::new(),
            at,
            content: None,
            scope,
        })
    }

    /// Refuses at once what would otherwise be found out only after gigabytes: another root, a misplaced attachment block.
    fn check_place(&self, raw: &Raw) -> Result<(), Refusal> {
        if self.open.is_empty() {
            if raw.is("edXML") {
                return Ok(());
            }
            let root =
                if raw.namespace.is_empty() { raw.name.clone() } else { format!("{{{}}}{}", raw.namespace, raw.name) };
            let expected = format!("edXML ({NAMESPACE})");
            return Err(reject(&refusals::DIALECT, raw.at, &raw.name, expected.clone(), expected).with("root", root));
        }
        let depth = self.open.len();
        let misplaced = match raw.name.as_str() {
            "AttachmentEncoded" => depth != 1,
            "ContentTransferEncoded" => !(depth == 3 && self.follows_content_path()),
            _ => false,
        };
        if misplaced {
            let found = format!("{}/{}", self.path(), raw.name);
            let (vi, en) = ("edXML/AttachmentEncoded/Attachment", "edXML/AttachmentEncoded/Attachment");
            return Err(reject(&refusals::BLOCK_MISPLACED, raw.at, &found, vi, en).with("found", &found));
        }
        Ok(())
    }

    fn follows_content_path(&self) -> bool {
        self.open.iter().zip(CONTENT_PATH).all(|(raw, name)| raw.is(name))
    }

    fn is_content(&self) -> bool {
        self.open.len() == CONTENT_PATH.len() && self.follows_content_path()
    }

    fn end(&mut self, name: &str, at: At) -> Result<Built, Refusal> {
        self.after_return = false;
        let matches = self.open.last().is_some_and(|raw| match name.split_once(':') {
            Some((prefix, local)) => raw.prefix == prefix && raw.name == local,
            None => raw.prefix.is_empty() && raw.name == name,
        });
        if !matches {
            return Err(match self.open.last() {
                Some(raw) => self.malformed(at, &format!("</{}>", raw.name), &format!("</{}>", raw.name)),
                None => self.malformed(at, "không có thẻ đóng ở đây", "no end tag here"),
            });
        }
        self.close();
        if std::mem::take(&mut self.in_content) {
            return Ok(Built::ContentEnd);
        }
        Ok(self.ended_attachment().map_or(Built::Kept, Built::AttachmentEnd))
    }

    /// The name of the attachment that was closed just now.
    fn ended_attachment(&self) -> Option<String> {
        let block = self.open.last().filter(|raw| self.open.len() == 2 && raw.is("AttachmentEncoded"))?;
        let Some(RawNode::Element(attachment)) = block.children.last() else { return None };
        let name = attachment.children.iter().find_map(|child| match child {
            RawNode::Element(raw) if raw.is("AttachmentName") => Some(raw.text()),
            _ => None,
        });
        attachment.is("Attachment").then(|| name.unwrap_or_default())
    }

    fn close(&mut self) {
        if let Some(raw) = self.open.pop() {
            match self.open.last_mut() {
                Some(parent) => parent.children.push(RawNode::Element(raw)),
                None => self.root = Some(raw),
            }
        }
    }

    fn text(&mut self, text: &str, at: At) -> Result<Built, Refusal> {
        if self.in_content {
            return Ok(Built::Content);
        }
        // Line ends become a line feed, also when a chunk ends between the two characters (XML 1.0 §2.11).
        let mut rest = text;
        if self.after_return {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        self.after_return = text.ends_with('\r');
        if rest.contains('\r') {
            self.append(&rest.replace("\r\n", "\n").replace('\r', "\n"), at)
        } else {
            self.append(rest, at)
        }
    }

    fn append(&mut self, text: &str, at: At) -> Result<Built, Refusal> {
        let blank = text.chars().all(is_blank);
        if self.open.is_empty() {
            if blank {
                return Ok(Built::Kept);
            }
            return Err(self.malformed(at, "không có chữ ngoài phần tử gốc", "no text outside the root element"));
        }
        self.weigh(text.len(), at)?;
        let limit = self.limits.text_bytes;
        let path_if_too_long =
            |builder: &Self| too_much(at, &builder.path(), limit as u64, "byte chữ", "bytes of text");
        let Some(raw) = self.open.last_mut() else { return Ok(Built::Kept) };
        if let Some(RawNode::Text(known)) = raw.children.last_mut() {
            if known.len() + text.len() > limit {
                return Err(path_if_too_long(self));
            }
            known.push_str(text);
        } else if text.len() > limit {
            return Err(path_if_too_long(self));
        } else {
            raw.children.push(RawNode::Text(text.to_owned()));
        }
        Ok(Built::Kept)
    }

    fn weigh(&mut self, bytes: usize, at: At) -> Result<(), Refusal> {
        self.bytes += bytes;
        if self.bytes > self.limits.header_bytes {
            let limit = self.limits.header_bytes as u64;
            return Err(too_much(at, &self.path(), limit, "byte ngoài tệp đính kèm", "bytes outside attachments"));
        }
        Ok(())
    }

    fn malformed(&self, at: At, vi: &str, en: &str) -> Refusal {
        reject(&refusals::NOT_WELL_FORMED, at, &self.path(), vi, en)
    }
}
