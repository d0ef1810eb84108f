//! Draws what a signature field or a filled text field shows: images and text in a form of the field's size.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use super::file::File;
use super::font::Font;
use super::object::dict;
use super::update::Update;
use super::{Dict, Error, Object, image};

/// A rectangle in points: left, bottom, right, top.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Bottom edge.
    pub bottom: f64,
    /// Right edge.
    pub right: f64,
    /// Top edge.
    pub top: f64,
}

impl Rect {
    /// A rectangle from its left bottom corner and its size.
    pub fn new(left: f64, bottom: f64, width: f64, height: f64) -> Self {
        Self { left, bottom, right: left + width, top: bottom + height }
    }

    /// Width in points.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in points.
    pub fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// Whether two rectangles share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.bottom < other.top && other.bottom < self.top
    }

    pub(crate) fn read(object: &Object) -> Option<Self> {
        let numbers: Vec<f64> = object.array()?.iter().filter_map(Object::number).collect();
        let [a, b, c, d] = numbers[..] else { return None };
        Some(Self { left: a.min(c), bottom: b.min(d), right: a.max(c), top: b.max(d) })
    }

    pub(crate) fn object(&self) -> Object {
        let tidy = |number: f64| Object::Real((number * 1000.0).round() / 1000.0);
        Object::Array([self.left, self.bottom, self.right, self.top].map(tidy).into())
    }
}

/// Where a line of text begins, relative to its `x`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Align {
    /// `x` is the left end.
    #[default]
    Left,
    /// `x` is the middle.
    Center,
    /// `x` is the right end.
    Right,
}

/// One thing drawn; positions in points from the field's left bottom corner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Element {
    /// A PNG, stretched over the rectangle.
    Image {
        /// The file's bytes.
        png: Vec<u8>,
        /// Where.
        rect: Rect,
    },
    /// A line of black text in a face with the metrics of Times New Roman.
    Text {
        /// The line.
        text: String,
        /// Where its baseline lies.
        x: f64,
        /// Where its baseline lies.
        y: f64,
        /// Size in points.
        size: f64,
        /// Italic instead of regular.
        italic: bool,
        /// What `x` means.
        align: Align,
    },
}

/// What a field shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Appearance {
    /// Drawn in this order.
    pub elements: Vec<Element>,
}

/// What PDF/A, if any, the document claims: whether soft masks may be used.
fn soft_mask_allowed<R: Read + Seek>(file: &mut File<R>) -> Result<bool, Error> {
    let at = file.newest();
    let (_, catalog) = file.catalog(at)?;
    let Object::Stream(metadata) = file.value(&catalog, "Metadata", at)? else { return Ok(true) };
    // XMP of an archive file is never compressed; what cannot be read claims nothing.
    let Ok(xmp) = file.decode(&metadata) else { return Ok(true) };
    let Some(claim) = xmp.windows(11).position(|window| window == b"pdfaid:part") else { return Ok(true) };
    let part = xmp[claim + 11..].iter().take(8).find(|byte| byte.is_ascii_digit());
    let has_intent = file.value(&catalog, "OutputIntents", at)?.array().is_some_and(|intents| !intents.is_empty());
    Ok(part != Some(&b'1') && has_intent)
}

/// Writes the form and gives the reference to it; `rotate` is the page's rotation, against which the form is turned.
pub(crate) fn draw<R: Read + Seek>(
    file: &mut File<R>,
    update: &mut Update,
    appearance: &Appearance,
    (width, height): (f64, f64),
    rotate: i64,
) -> Result<Object, Error> {
    let soft_mask = soft_mask_allowed(file)?;
    let (mut content, mut images) = (String::new(), Dict::new());
    let mut fonts: [Option<Font>; 2] = [None, None];
    for element in &appearance.elements {
        match element {
            Element::Image { png, rect } => {
                let name = format!("Im{}", images.len());
                images.insert(name.clone().into_bytes(), image::add(update, png, soft_mask)?);
                let (w, h) = (rect.width(), rect.height());
                content += &format!("q {w:.3} 0 0 {h:.3} {:.3} {:.3} cm /{name} Do Q\n", rect.left, rect.bottom);
            }
            Element::Text { text, x, y, size, italic, align } => {
                let slot = usize::from(*italic);
                let font = match &mut fonts[slot] {
                    Some(font) => font,
                    empty => empty.insert(Font::new(*italic)?),
                };
                let (codes, thousandths) = font.encode(text)?;
                let shift = thousandths * size / 1000.0;
                let x = match align {
                    Align::Left => *x,
                    Align::Center => x - shift / 2.0,
                    Align::Right => x - shift,
                };
                let codes = hex::encode_upper(codes);
                content += &format!("BT /CS0 cs 0 0 0 sc /F{slot} {size} Tf {x:.3} {y:.3} Td <{codes}> Tj ET\n");
            }
        }
    }
    let mut resources = dict([("ColorSpace", Object::Dict(dict([("CS0", image::color_space())])))]);
    if !images.is_empty() {
        resources.insert(b"XObject".to_vec(), Object::Dict(images));
    }
    let mut font_dict = Dict::new();
    for (slot, font) in fonts.into_iter().enumerate() {
        if let Some(font) = font {
            font_dict.insert(format!("F{slot}").into_bytes(), font.embed(update)?);
        }
    }
    if !font_dict.is_empty() {
        resources.insert(b"Font".to_vec(), Object::Dict(font_dict));
    }
    let mut head = dict([
        ("Type", Object::named("XObject")),
        ("Subtype", Object::named("Form")),
        ("BBox", Rect::new(0.0, 0.0, width, height).object()),
        ("Resources", Object::Dict(resources)),
    ]);
    let turned = match rotate {
        90 => Some([0, 1, -1, 0, 0, 0]),
        180 => Some([-1, 0, 0, -1, 0, 0]),
        270 => Some([0, -1, 1, 0, 0, 0]),
        _ => None,
    };
    head.extend(turned.map(|matrix| (b"Matrix".to_vec(), Object::Array(matrix.map(Object::Int).into()))));
    Ok(update.add_stream(head, content.as_bytes()))
}
