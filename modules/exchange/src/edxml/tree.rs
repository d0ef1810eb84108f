//! A small XML tree for what the model does not know: kept verbatim, names with their namespaces.

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
