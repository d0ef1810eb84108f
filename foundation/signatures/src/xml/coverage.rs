//! Which parts of a document signatures cover, so that nothing unsigned looks signed (signature wrapping).

use super::document::{Attribute, Content, Document, Node, is_blank};
use super::names::{DS, SCHEMA_INSTANCE, XADES};
use super::reference::Covered;
use std::collections::BTreeSet;

/// Parts that are not covered are named one by one up to this many.
const MOST_NAMED: usize = 100;

/// A signature with what it covers.
pub(super) struct Signed<'c> {
    pub node: Node,
    pub objects: Vec<Node>,
    pub covered: &'c [Covered],
}

/// The paths of all content that none of these signatures covers. `signatures` are all of the document: what stands in
/// them is about them, except in their Objects.
pub(super) fn uncovered(document: &Document<'_>, signed: &[Signed<'_>], signatures: &[Node]) -> Vec<String> {
    let elements = signed.iter().flat_map(|one| one.covered).filter_map(|covered| match covered {
        Covered::Element(node) => Some(*node),
        Covered::Document | Covered::Outside(_) => None,
    });
    let targets: BTreeSet<Node> = elements.collect();
    let marks: BTreeSet<Node> = targets.iter().chain(signatures).copied().collect();
    let mut walk = Walk { document, signed, targets, marks, found: Vec::new() };
    let is_whole = signed.iter().any(|one| one.covered.contains(&Covered::Document));
    if !is_whole {
        // A style sheet named beside the document element changes what people see.
        walk.instructions();
        walk.element(document.root());
    }
    for one in signed {
        for object in &one.objects {
            walk.object(*object);
        }
    }
    walk.found
}

struct Walk<'w, 'a> {
    document: &'w Document<'a>,
    signed: &'w [Signed<'w>],
    targets: BTreeSet<Node>,
    /// What is covered, and signatures: where one of these is inside, an element is looked into.
    marks: BTreeSet<Node>,
    found: Vec<String>,
}

impl Walk<'_, '_> {
    /// An element none of whose ancestors is covered.
    fn element(&mut self, node: Node) {
        let document = self.document;
        if self.targets.contains(&node) || document.is(node, DS, "Signature") || self.found.len() >= MOST_NAMED {
            return;
        }
        if self.marks.range(node..document.end(node)).next().is_none() {
            return self.found.push(document.path(node));
        }
        let says_something = |attribute: &Attribute<'_>| {
            let is_hint = document.namespace(attribute.namespace) == SCHEMA_INSTANCE
                && matches!(attribute.local, "schemaLocation" | "noNamespaceSchemaLocation");
            !attribute.local.eq_ignore_ascii_case("id") && !is_hint
        };
        for attribute in document.attributes_of(node).iter().filter(|attribute| says_something(attribute)) {
            self.found.push(format!("{}/@{}", document.path(node), attribute.local));
        }
        self.content(node);
    }

    /// Instructions outside of the document element.
    fn instructions(&mut self) {
        let document = self.document;
        let outside = (0..document.root()).chain(document.end(document.root())..document.nodes.len());
        for node in outside {
            if let Content::Instruction { target, .. } = &document.nodes[node].content
                && self.found.len() < MOST_NAMED
            {
                self.found.push(format!("/?{target}"));
            }
        }
    }

    fn content(&mut self, node: Node) {
        let document = self.document;
        for child in document.inside(node) {
            if self.found.len() >= MOST_NAMED {
                return;
            }
            match &document.nodes[child].content {
                Content::Element(_) => self.element(child),
                Content::Text(text) if is_blank(text) => {}
                Content::Comment(_) => {}
                _ => self.found.push(document.path(node)),
            }
        }
    }

    /// An Object of a signature: what it holds is content, but for the properties of the signature.
    fn object(&mut self, object: Node) {
        let document = self.document;
        let is_covered = |one: &Signed<'_>| {
            one.covered.iter().any(|covered| {
                let (holds, is_enveloped) = match covered {
                    Covered::Document => (true, true),
                    Covered::Element(node) => (document.holds(*node, object), document.holds(*node, one.node)),
                    Covered::Outside(_) => (false, false),
                };
                holds && !(is_enveloped && document.holds(one.node, object))
            })
        };
        if self.signed.iter().any(is_covered) {
            return;
        }
        if document.children(object).all(|child| document.is(child, XADES, "QualifyingProperties"))
            && document.has_no_text(object)
        {
            return;
        }
        self.content(object);
    }
}
