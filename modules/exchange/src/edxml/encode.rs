//! Writes elements the way the axis expects them: `edXML:` prefix inside the envelope, SDK order, unknown parts at their place.

use super::group::{write_date, write_moment};
use super::model::{Extras, Place};
use super::raw::NAMESPACE;
use super::tree::{Attribute, Element, Node};
use base::{Date, Timestamp};
use std::fmt::Write;

/// Prefixes and namespaces in force.
type Scope = Vec<(String, String)>;

/// An XML text that grows.
#[derive(Debug, Default)]
pub(super) struct Xml {
    pub text: String,
    depth: usize,
    /// Put before the names of known elements: `edXML:` inside the envelope, nothing outside.
    pub prefix: &'static str,
}

impl Xml {
    fn indent(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn scope(&self) -> Scope {
        let mut scope = vec![(String::new(), NAMESPACE.to_owned())];
        if !self.prefix.is_empty() {
            scope.push(("edXML".to_owned(), NAMESPACE.to_owned()));
        }
        scope
    }

    /// Writes the start tag of a known element with `fixed` attributes and those of `extras`.
    pub fn open(&mut self, name: &str, fixed: &[(&str, &str)], extras: &Extras) {
        self.indent();
        self.start_tag(name, fixed, extras);
        self.depth += 1;
    }

    fn start_tag(&mut self, name: &str, fixed: &[(&str, &str)], extras: &Extras) {
        let _ = write!(self.text, "<{}{name}", self.prefix);
        for (name, value) in fixed {
            self.attribute(name, value);
        }
        let mut scope = self.scope();
        // The frame's own prefix must keep its meaning on a known element, whatever the attributes were called.
        let mut declared = vec!["edXML".to_owned()];
        for attribute in &extras.attributes {
            let is_fixed = attribute.prefix.is_empty() && fixed.iter().any(|(name, _)| *name == attribute.name);
            if !is_fixed {
                self.foreign_attribute(attribute, &mut scope, &mut declared);
            }
        }
        self.text.push('>');
    }

    /// Writes the end tag of a known element.
    pub fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        let _ = write!(self.text, "</{}{name}>", self.prefix);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.text, " {name}=\"");
        escape(&mut self.text, value, true);
        self.text.push('"');
    }

    /// Writes an attribute of whatever namespace, with a declaration where one is needed. `declared` holds the prefixes
    /// that may not be declared (again) on this element.
    fn foreign_attribute(&mut self, attribute: &Attribute, scope: &mut Scope, declared: &mut Vec<String>) {
        if attribute.namespace.is_empty() {
            self.attribute(&attribute.name, &attribute.value);
            return;
        }
        let mut prefix = attribute.prefix.clone();
        let is_bound = |prefix: &str, scope: &Scope| {
            prefix == "xml" || (!prefix.is_empty() && resolve(scope, prefix) == Some(&attribute.namespace))
        };
        let mut number = 0;
        while !is_bound(&prefix, scope) {
            if !prefix.is_empty() && !declared.contains(&prefix) {
                self.attribute(&format!("xmlns:{prefix}"), &attribute.namespace);
                declared.push(prefix.clone());
                scope.push((prefix.clone(), attribute.namespace.clone()));
            } else {
                number += 1;
                prefix = format!("x{number}");
            }
        }
        self.attribute(&format!("{prefix}:{}", attribute.name), &attribute.value);
    }

    /// Writes an unknown element verbatim on a line of its own.
    pub fn foreign(&mut self, element: &Element) {
        self.indent();
        let scope = self.scope();
        self.element(element, &scope);
    }

    fn element(&mut self, element: &Element, outer: &Scope) {
        let prefix = if element.namespace.is_empty() { "" } else { element.prefix.as_str() };
        let name = if prefix.is_empty() { element.name.clone() } else { format!("{prefix}:{}", element.name) };
        let _ = write!(self.text, "<{name}");
        let mut scope = outer.clone();
        let mut declared: Vec<String> = Vec::new();
        let mut declare = |xml: &mut Self, scope: &mut Scope, prefix: &str, uri: &str| {
            let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            xml.attribute(&name, uri);
            declared.push(prefix.to_owned());
            scope.push((prefix.to_owned(), uri.to_owned()));
        };
        for (prefix, uri) in &element.declarations {
            declare(self, &mut scope, prefix, uri);
        }
        if prefix != "xml" && resolve(&scope, prefix).map_or("", String::as_str) != element.namespace {
            declare(self, &mut scope, prefix, &element.namespace);
        }
        for attribute in &element.attributes {
            self.foreign_attribute(attribute, &mut scope, &mut declared);
        }
        if element.children.is_empty() {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        for child in &element.children {
            match child {
                Node::Element(inner) => self.element(inner, &scope),
                Node::Text(text) => escape(&mut self.text, text, false),
            }
        }
        let _ = write!(self.text, "</{name}>");
    }
}

fn resolve<'s>(scope: &'s Scope, prefix: &str) -> Option<&'s String> {
    scope.iter().rev().find(|(known, _)| known == prefix).map(|(_, uri)| uri)
}

/// Escapes so that the reader gets back exactly `value`, line ends and tabs included.
fn escape(out: &mut String, value: &str, in_attribute: bool) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

/// The children of one known element while they are being written.
pub(super) struct Put<'x> {
    xml: &'x mut Xml,
    extras: &'x Extras,
    /// Known children written so far, by name.
    seen: Vec<(&'static str, usize)>,
    /// Which of the unknown elements are written.
    done: Vec<bool>,
}

/// Writes the known element `name`; `body` writes its known children.
pub(super) fn group<'x>(
    xml: &'x mut Xml,
    name: &str,
    fixed: &[(&str, &str)],
    extras: &'x Extras,
    body: impl FnOnce(&mut Put<'_>),
) {
    xml.open(name, fixed, extras);
    let mut put = Put { xml, extras, seen: Vec::new(), done: vec![false; extras.elements.len()] };
    put.unknown_after(None);
    body(&mut put);
    put.rest();
    put.xml.close(name);
}

impl Put<'_> {
    /// Writes the unknown elements that stood after `place`.
    fn unknown_after(&mut self, place: Option<&Place>) {
        for (extra, done) in self.extras.elements.iter().zip(&mut self.done) {
            if !*done && extra.after.as_ref() == place {
                self.xml.foreign(&extra.element);
                *done = true;
            }
        }
    }

    fn rest(&mut self) {
        for (extra, done) in self.extras.elements.iter().zip(&mut self.done) {
            if !*done {
                self.xml.foreign(&extra.element);
                *done = true;
            }
        }
    }

    fn place(&mut self, name: &'static str) -> Place {
        let nth = match self.seen.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.seen.push((name, 0));
                0
            }
        };
        Place { name: name.to_owned(), nth }
    }

    /// The unknown parts of the next child `name`, whose model type has no room for them.
    fn extras_of(&self, place: &Place) -> Option<&'_ Extras> {
        self.extras.children.iter().find(|(known, _)| known == place).map(|(_, extras)| extras)
    }

    /// A child that holds text; nothing if there is none.
    pub fn text(&mut self, name: &'static str, value: Option<&str>) {
        let Some(value) = value else { return };
        let place = self.place(name);
        let none = Extras::default();
        let extras = self.extras.children.iter().find(|(known, _)| *known == place).map_or(&none, |(_, e)| e);
        self.xml.indent();
        self.xml.start_tag(name, &[], extras);
        escape(&mut self.xml.text, value, false);
        let _ = write!(self.xml.text, "</{}{name}>", self.xml.prefix);
        self.unknown_after(Some(&place));
    }

    /// A child that holds a whole number.
    pub fn number(&mut self, name: &'static str, value: Option<i64>) {
        self.text(name, value.map(|n| n.to_string()).as_deref());
    }

    /// A child that holds a day.
    pub fn date(&mut self, name: &'static str, value: Option<Date>) {
        self.text(name, value.map(write_date).as_deref());
    }

    /// A child that holds a moment.
    pub fn moment(&mut self, name: &'static str, value: Option<Timestamp>) {
        self.text(name, value.map(write_moment).as_deref());
    }

    /// A child that holds 0 or 1.
    pub fn flag(&mut self, name: &'static str, value: Option<bool>) {
        self.text(name, value.map(|yes| if yes { "1" } else { "0" }));
    }

    /// A child that holds children of its own.
    pub fn group(
        &mut self,
        name: &'static str,
        fixed: &[(&str, &str)],
        extras: &Extras,
        body: impl FnOnce(&mut Put<'_>),
    ) {
        let place = self.place(name);
        group(self.xml, name, fixed, extras, body);
        self.unknown_after(Some(&place));
    }

    /// The envelope: from here on names carry the prefix that every reader on the axis understands (spec §1.2).
    pub fn prefixed(&mut self, name: &'static str, extras: &Extras, body: impl FnOnce(&mut Put<'_>)) {
        let place = self.place(name);
        self.xml.prefix = "edXML:";
        group(self.xml, name, &[("xmlns:edXML", NAMESPACE)], extras, body);
        self.xml.prefix = "";
        self.unknown_after(Some(&place));
    }

    /// The place of an attachment's content: NUL, in the form in which the SDK declares the prefix right here.
    pub fn content(&mut self, name: &'static str) {
        let place = self.place(name);
        let none = Extras::default();
        let extras = self.extras.children.iter().find(|(known, _)| *known == place).map_or(&none, |(_, e)| e);
        self.xml.indent();
        self.xml.prefix = "edXML:";
        self.xml.start_tag(name, &[("xmlns:edXML", NAMESPACE)], extras);
        let _ = write!(self.xml.text, "\0</{}{name}>", self.xml.prefix);
        self.xml.prefix = "";
        self.unknown_after(Some(&place));
    }

    /// A child that only lists others; left out when it would be empty.
    pub fn list(&mut self, name: &'static str, is_empty: bool, body: impl FnOnce(&mut Put<'_>)) {
        let extras = self.extras_of(&Place { name: name.to_owned(), nth: 0 }).cloned().unwrap_or_default();
        if !is_empty || !extras.elements.is_empty() {
            self.group(name, &[], &extras, body);
        }
    }

    /// A child that lists texts.
    pub fn texts(&mut self, name: &'static str, item: &'static str, values: &[String]) {
        self.list(name, values.is_empty(), |g| {
            for value in values {
                g.text(item, Some(value));
            }
        });
    }

    /// A block that the model keeps verbatim but knows by `name`.
    pub fn verbatim(&mut self, name: &'static str, element: Option<&Element>) {
        let Some(element) = element else { return };
        let place = self.place(name);
        self.xml.foreign(element);
        self.unknown_after(Some(&place));
    }
}
