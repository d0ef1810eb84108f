//! How a signature shows by Decree 30/2020/NĐ-CP, Annex I (part I, section II, points 7, 8 and 14) and Circular
//! 05/2025/TT-BNV, article 8: images for persons and agencies on the document itself, a block of text at the top right of
//! the first page for annexes, copies and digitised files.
//!
//! Number and date of issue come after the person's signature. They are written into text fields that the document
//! already had when the person signed ([`super::reserve_fields`]), filled in the same revision as the agency's seal
//! ([`super::Request::fill`]): filling a field is what an approval signature allows, so the person's signature stays
//! intact everywhere, and the agency's covers number and date.

use base::Timestamp;

use super::appearance::{Align, Appearance, Element, Rect};
use super::prepare::Place;
use super::{Error, font};

/// Points in a millimetre.
pub const MM: f64 = 72.0 / 25.4;
/// Size of the text block (Annex I: 10 points, regular, black).
const BLOCK_SIZE: f64 = 10.0;
/// Distance between the block's lines.
const LEADING: f64 = 12.0;
/// Width of the block: what the right half of the text area holds.
const BLOCK_WIDTH: f64 = 75.0 * MM;

/// How a copy was made (Decree 30, article 25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyKind {
    /// Sao y.
    Full,
    /// Sao lục.
    OfCopy,
    /// Trích sao.
    Extract,
}

impl CopyKind {
    /// The words as printed.
    pub fn label(self) -> &'static str {
        match self {
            Self::Full => "SAO Y",
            Self::OfCopy => "SAO LỤC",
            Self::Extract => "TRÍCH SAO",
        }
    }
}

/// The files that carry a block of text instead of a seal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Block<'a> {
    /// An annex in a file of its own: number and notation of the document it belongs to (point 8 d).
    Annex {
        /// For instance `12/QĐ-UBND`.
        notation: &'a str,
    },
    /// An electronic copy made from paper (point 14).
    Copy {
        /// How it was made.
        kind: CopyKind,
        /// The agency that copies.
        agency: &'a str,
    },
    /// A digitised archive file (Circular 05/2025, article 8).
    Digitised {
        /// The agency that digitises.
        agency: &'a str,
    },
}

/// A time as the annex asks: day, time of day, Vietnam's zone by ISO 8601.
pub fn signing_time(at: Timestamp) -> String {
    at.to_local().strftime("%d/%m/%Y %H:%M:%S +07:00").to_string()
}

/// A person's hand signature (blue, PNG with transparency), centred between post and name.
///
/// `center` is the middle of the gap between the line of the post and the line of the name, in points; `width` and
/// `height` the size to show it at, usually 45 × 20 mm.
pub fn personal(png: &[u8], page: usize, center: (f64, f64), width: f64, height: f64) -> (Place, Appearance) {
    let rect = Rect::new(center.0 - width / 2.0, center.1 - height / 2.0, width, height);
    (Place { page, rect }, picture(png, width, height))
}

/// The agency's seal (red, true size, PNG with transparency), over a third of the personal signature on its left.
///
/// `size` is the true size of the seal in millimetres, width and height: 36 × 36 for most agencies.
pub fn seal(png: &[u8], signature: &Place, size: (f64, f64)) -> (Place, Appearance) {
    let (width, height) = (size.0 * MM, size.1 * MM);
    let right = signature.rect.left + signature.rect.width() / 3.0;
    let middle = (signature.rect.bottom + signature.rect.top) / 2.0;
    let rect = Rect::new(right - width, middle - height / 2.0, width, height);
    (Place { page: signature.page, rect }, picture(png, width, height))
}

/// The block at the top right of the first page; `page` is that page's size in points.
///
/// # Errors
/// [`Error::Request`] when a character is not in the font.
pub fn block(block: &Block, at: Timestamp, page: (f64, f64)) -> Result<(Place, Appearance), Error> {
    let time = signing_time(at);
    let parts = match block {
        Block::Annex { notation } => vec![(*notation).to_string(), time],
        Block::Copy { kind, agency } => vec![kind.label().to_string(), (*agency).to_string(), time],
        Block::Digitised { agency } => vec![(*agency).to_string(), time],
    };
    // The margins of Annex I: 15 mm on the right at least; the block lies in the top margin.
    let width = BLOCK_WIDTH.min(page.0 / 2.0);
    let mut lines = Vec::new();
    for part in &parts {
        lines.extend(broken(part, width)?);
    }
    let height = lines.len() as f64 * LEADING + 4.0;
    let rect = Rect::new(page.0 - 15.0 * MM - width, page.1 - 5.0 * MM - height, width, height);
    let elements = lines.into_iter().enumerate().map(|(index, text)| Element::Text {
        text,
        x: width,
        y: height - (index + 1) as f64 * LEADING + 1.0,
        size: BLOCK_SIZE,
        italic: false,
        align: Align::Right,
    });
    Ok((Place { page: 0, rect }, Appearance { elements: elements.collect() }))
}

fn picture(png: &[u8], width: f64, height: f64) -> Appearance {
    Appearance { elements: vec![Element::Image { png: png.to_vec(), rect: Rect::new(0.0, 0.0, width, height) }] }
}

/// The lines of a text, broken between words where it would be wider than `width` points.
fn broken(text: &str, width: f64) -> Result<Vec<String>, Error> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if font::width(&longer, BLOCK_SIZE, false)? <= width => {
                lines.pop();
                lines.push(longer);
            }
            _ => lines.push(word.to_string()),
        }
    }
    Ok(lines)
}
