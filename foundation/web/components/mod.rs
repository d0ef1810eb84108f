//! The design system: one folder a component with its template, its part of the style sheet and its examples.

pub mod frame;
pub mod icon;

use crate::html::Html;
use base::{Lang, Text};

/// One example of a component, shown in the gallery and checked by the tests.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it shows: the state, in words.
    pub name: Text,
    /// The markup.
    pub html: Html,
}

impl Example {
    /// An example from finished markup.
    pub fn new(vi: &'static str, en: &'static str, html: Html) -> Self {
        Self { name: Text::fixed(vi, en), html }
    }

    /// An example from a component.
    pub fn of(vi: &'static str, en: &'static str, component: &impl askama::Template) -> Self {
        Self::new(vi, en, Html::from_template(component))
    }
}

/// A component as the gallery shows it.
pub struct Component {
    /// Folder name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: Text,
    /// Its examples in a language.
    pub examples: fn(Lang) -> Vec<Example>,
}

/// The parts of the style sheet in the order in which they are joined.
pub const STYLE_PARTS: &[&str] = &[include_str!("tokens/style.css"), include_str!("frame/style.css")];

/// Every component.
pub fn all() -> Vec<Component> {
    vec![Component {
        name: "icon",
        purpose: Text::fixed("Nét vẽ đi kèm chữ", "A glyph beside a word"),
        examples: icon::examples,
    }]
}

/// A count with its digits in groups of three: `412.806` in Vietnamese, `412,806` in English. Never for numbers that
/// are names (4818, #1284391).
pub fn group_digits(number: u64, l: Lang) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(if l == Lang::Vi { '.' } else { ',' });
        }
        out.push(digit);
    }
    out
}
