//! An XML document in memory, in document order, with names resolved and the place of every element in the source.

use std::borrow::Cow;
use std::ops::Range;

/// A node by its position in document order.
pub type Node = usize;

/// What a node is.
#[derive(Debug)]
pub(super) enum Content<'a> {
    Element(Element<'a>),
    Text(Cow<'a, str>),
    Comment(Cow<'a, str>),
    Instruction { target: &'a str, data: Cow<'a, str> },
}

/// An element. Places are byte offsets in [`Document::source`].
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub prefix: &'a str,
    pub local: &'a str,
    pub namespace: u32,
    pub attributes: Range<u32>,
    pub declarations: Range<u32>,
    /// From the start tag's first byte to the end tag's last.
    pub span: Range<usize>,
    /// Where its end tag begins; for an empty-element tag, where that ends.
    pub inner_end: usize,
}

/// An attribute that declares no namespace.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub prefix: &'a str,
    pub local: &'a str,
    pub namespace: u32,
    pub value: Cow<'a, str>,
}

/// A namespace declaration; an empty prefix is the default's, an empty name takes the default back.
#[derive(Debug)]
pub(super) struct Declaration<'a> {
    pub prefix: &'a str,
    pub namespace: u32,
}

#[derive(Debug)]
pub(super) struct NodeData<'a> {
    /// The parent; none for what stands at the top.
    pub parent: Option<u32>,
    /// One behind the last node inside.
    pub end: u32,
    pub content: Content<'a>,
}

/// A document.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<NodeData<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) declarations: Vec<Declaration<'a>>,
    /// Names of namespaces; the first is none, the second that of `xml:`.
    pub(super) namespaces: Vec<Cow<'a, str>>,
    pub(super) root: Node,
    /// Identifiers (any attribute called Id, whatever its case and namespace) with their elements, sorted.
    pub(super) ids: Vec<(Cow<'a, str>, Node)>,
    pub(super) comments: usize,
}

/// What an identifier leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing has it.
    Nothing,
    /// Exactly one element has it.
    One(Node),
    /// Several attributes hold it, so that readers may disagree which element is meant.
    Several,
}

impl<'a> Document<'a> {
    /// The document element.
    pub fn root(&self) -> Node {
        self.root
    }

    pub(super) fn element(&self, node: Node) -> Option<&Element<'a>> {
        match &self.nodes.get(node)?.content {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    /// Whether it is the element of this name.
    pub fn is(&self, node: Node, namespace: &str, local: &str) -> bool {
        self.element(node)
            .is_some_and(|element| element.local == local && self.namespace(element.namespace) == namespace)
    }

    pub(super) fn namespace(&self, id: u32) -> &str {
        self.namespaces.get(id as usize).map_or("", |name| name)
    }

    /// One behind the last node inside.
    pub(super) fn end(&self, node: Node) -> Node {
        self.nodes.get(node).map_or(node, |data| data.end as usize)
    }

    pub(super) fn parent(&self, node: Node) -> Option<Node> {
        self.nodes.get(node)?.parent.map(|parent| parent as usize)
    }

    /// Its ancestors, the nearest first.
    pub(super) fn ancestors(&self, node: Node) -> impl Iterator<Item = Node> {
        std::iter::successors(self.parent(node), |above| self.parent(*above))
    }

    /// Whether `inner` is `outer` or inside it.
    pub(super) fn holds(&self, outer: Node, inner: Node) -> bool {
        (outer..self.end(outer)).contains(&inner)
    }

    /// Every node directly inside.
    pub(super) fn inside(&self, node: Node) -> impl Iterator<Item = Node> {
        let end = self.end(node);
        std::iter::successors(Some(node + 1).filter(|first| *first < end), move |at| {
            Some(self.end(*at)).filter(|next| *next < end)
        })
    }

    /// The elements directly inside.
    pub fn children(&self, node: Node) -> impl Iterator<Item = Node> {
        self.inside(node).filter(|child| self.element(*child).is_some())
    }

    /// The elements directly inside that have this name.
    pub(crate) fn named<'d>(
        &'d self,
        node: Node,
        namespace: &'d str,
        local: &'d str,
    ) -> impl Iterator<Item = Node> + 'd {
        self.children(node).filter(move |child| self.is(*child, namespace, local))
    }

    /// Every element of this name at any depth below `node`, or `node` itself.
    pub(crate) fn all<'d>(&'d self, node: Node, namespace: &'d str, local: &'d str) -> impl Iterator<Item = Node> + 'd {
        (node..self.end(node)).filter(move |at| self.is(*at, namespace, local))
    }

    pub(super) fn attributes_of(&self, node: Node) -> &[Attribute<'a>] {
        self.element(node).map_or(&[], |element| {
            self.attributes.get(element.attributes.start as usize..element.attributes.end as usize).unwrap_or(&[])
        })
    }

    pub(super) fn declarations_of(&self, node: Node) -> &[Declaration<'a>] {
        self.element(node).map_or(&[], |element| {
            self.declarations.get(element.declarations.start as usize..element.declarations.end as usize).unwrap_or(&[])
        })
    }

    /// The value of an attribute without a namespace.
    pub fn attribute(&self, node: Node, local: &str) -> Option<&str> {
        let found =
            self.attributes_of(node).iter().find(|attribute| attribute.namespace == 0 && attribute.local == local);
        found.map(|attribute| &*attribute.value)
    }

    /// The text of an element that holds nothing else: comments and elements inside could hide a part from some readers.
    pub(super) fn leaf(&self, node: Node) -> Option<&str> {
        let mut inside = self.inside(node);
        match (inside.next(), inside.next()) {
            (None, _) => Some(""),
            (Some(only), None) => match &self.nodes.get(only)?.content {
                Content::Text(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether nothing but elements, comments and blanks stands directly inside.
    pub(super) fn has_no_text(&self, node: Node) -> bool {
        self.inside(node).all(|child| match &self.nodes[child].content {
            Content::Text(text) => is_blank(text),
            Content::Instruction { .. } => false,
            Content::Element(_) | Content::Comment(_) => true,
        })
    }

    /// What an identifier leads to. Attributes named `Id`, `ID` or `id` without a namespace and `xml:id` identify; one of
    /// another namespace does not, but makes the same value ambiguous.
    pub fn by_id(&self, id: &str) -> Found {
        let first = self.ids.partition_point(|(known, _)| &**known < id);
        let mut same = self.ids[first..].iter().take_while(|(known, _)| known == id);
        match (same.next(), same.next()) {
            (None, _) => Found::Nothing,
            (Some((_, node)), None) if self.identifies(*node, id) => Found::One(*node),
            (Some(_), None) => Found::Nothing,
            (Some(_), Some(_)) => Found::Several,
        }
    }

    fn identifies(&self, node: Node, id: &str) -> bool {
        self.attributes_of(node).iter().any(|attribute| {
            let plain = attribute.namespace == 0 && matches!(attribute.local, "Id" | "ID" | "id");
            (plain || (attribute.namespace == XML && attribute.local == "id")) && attribute.value == id
        })
    }

    /// Where an element stands, for people: `/a/b[2]`, with its identifier.
    pub(super) fn path(&self, node: Node) -> String {
        let mut steps: Vec<String> = Vec::new();
        for at in std::iter::once(node).chain(self.ancestors(node)) {
            let Some(element) = self.element(at) else { continue };
            let name = if element.prefix.is_empty() {
                element.local.to_owned()
            } else {
                format!("{}:{}", element.prefix, element.local)
            };
            let alike = |other: &Node| {
                self.element(*other).is_some_and(|o| o.local == element.local && o.namespace == element.namespace)
            };
            let number = self.parent(at).map_or(1, |parent| {
                let before = self.children(parent).take(MOST_COUNTED).take_while(|other| *other != at);
                before.filter(alike).count() + 1
            });
            steps.push(if number > 1 { format!("{name}[{number}]") } else { name });
        }
        steps.reverse();
        let mut path = format!("/{}", steps.join("/"));
        if let Some(id) = ["Id", "ID", "id"].iter().find_map(|name| self.attribute(node, name)) {
            path.push_str(&format!(" (#{})", shortened(id)));
        }
        path
    }
}

/// A value from a document for a report: not longer than people read.
pub(super) fn shortened(value: &str) -> String {
    const MOST: usize = 200;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// Siblings counted for a path.
const MOST_COUNTED: usize = 100;
/// The number of `xml:` in [`Document::namespaces`].
pub(super) const XML: u32 = 1;

/// Whether it is blanks only (XML 1.0 §2.3).
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}
