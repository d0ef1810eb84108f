//! What the model does not know, kept verbatim at its place: a small XML tree, names with their namespaces.

use serde::{Deserialize, Serialize};

/// An element that the model does not know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Element {
    /// Prefix as written; empty for none.
    pub prefix: String,
    /// Name without prefix.
    pub name: String,
    /// Namespace; empty for none.
    pub namespace: String,
    /// Namespace declarations that stand on it, (prefix, URI), beyond those that the writer's frame already has.
    pub declarations: Vec<(String, String)>,
    /// Its attributes, without namespace declarations.
    pub attributes: Vec<Attribute>,
    /// Its content in order.
    pub children: Vec<Node>,
}

/// Content of an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Node {
    /// A child element.
    Element(Element),
    /// Text with references resolved.
    Text(String),
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attribute {
    /// Prefix as written; empty for none.
    pub prefix: String,
    /// Name without prefix.
    pub name: String,
    /// Namespace; empty for none.
    pub namespace: String,
    /// Value with references resolved.
    pub value: String,
}

/// Unknown parts of one known element, kept so that nothing is lost when the message travels on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Extras {
    /// Attributes of the element itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Unknown parts of its simple children (those that hold one text) and of its plain lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<(Place, Extras)>,
    /// Unknown child elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Extra>,
}

impl Extras {
    /// Whether there is nothing unknown.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty() && self.elements.is_empty()
    }
}

/// The `nth` (from 0) known child of that wire name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Wire name without prefix.
    pub name: String,
    /// Which one, from 0.
    pub nth: usize,
}

/// An unknown child element and where it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    /// The known sibling it stood after; `None`: it came first.
    pub after: Option<Place>,
    /// The element.
    pub element: Element,
}

/// Unknown parts of the elements that frame the message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FrameExtras {
    /// `edXML`.
    pub root: Extras,
    /// `edXMLEnvelope`.
    pub envelope: Extras,
    /// `edXMLHeader`.
    pub header: Extras,
    /// `edXMLBody`.
    pub body: Extras,
    /// `edXMLManifest` (without `version="1.0"`).
    pub manifest: Extras,
    /// `AttachmentEncoded`.
    pub attachments: Extras,
}
