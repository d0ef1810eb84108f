//! Embeds the part of Liberation Serif (metrics of Times New Roman, SIL OFL 1.1, all Vietnamese letters) that a text
//! needs, as PDF/A asks for: composite font, glyph numbers, widths and the way back to Unicode.

use std::collections::BTreeMap;

use subsetter::GlyphRemapper;
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization;

use super::object::dict;
use super::update::Update;
use super::{Error, Object, Unsuitable};

const REGULAR: &[u8] = include_bytes!("fonts/LiberationSerif-Regular.ttf");
const ITALIC: &[u8] = include_bytes!("fonts/LiberationSerif-Italic.ttf");
const BAD_FONT: Error = Error::Request(Unsuitable::Font);

/// Width of a line in points.
pub(crate) fn width(text: &str, size: f64, italic: bool) -> Result<f64, Error> {
    Ok(Font::new(italic)?.encode(text)?.1 * size / 1000.0)
}

/// A font while its text is being collected.
pub(crate) struct Font {
    face: Face<'static>,
    data: &'static [u8],
    name: &'static str,
    remapper: GlyphRemapper,
    /// New glyph number to its character and width in thousandths.
    used: BTreeMap<u16, (char, f64)>,
}

impl Font {
    pub fn new(italic: bool) -> Result<Self, Error> {
        let (data, name) = if italic { (ITALIC, "LiberationSerif-Italic") } else { (REGULAR, "LiberationSerif") };
        let face = Face::parse(data, 0).map_err(|_| BAD_FONT)?;
        Ok(Self { face, data, name, remapper: GlyphRemapper::new(), used: BTreeMap::new() })
    }

    /// The text as glyph numbers of the embedded font, and its width in thousandths of the size.
    pub fn encode(&mut self, text: &str) -> Result<(Vec<u8>, f64), Error> {
        let (mut codes, mut width) = (Vec::new(), 0.0);
        for letter in text.nfc() {
            let glyph = self.face.glyph_index(letter).ok_or(Error::Request(Unsuitable::Character))?;
            let advance = self.face.glyph_hor_advance(glyph).unwrap_or(0);
            let advance = f64::from(advance) * 1000.0 / f64::from(self.face.units_per_em());
            let code = self.remapper.remap(glyph.0);
            self.used.insert(code, (letter, advance));
            codes.extend(code.to_be_bytes());
            width += advance;
        }
        Ok((codes, width))
    }

    /// Writes the font's objects and gives the reference to it.
    pub fn embed(self, update: &mut Update) -> Result<Object, Error> {
        let subset = subsetter::subset(self.data, 0, &self.remapper).map_err(|_| BAD_FONT)?;
        let count = ttf_parser::RawFace::parse(&subset, 0)
            .ok()
            .and_then(|face| face.table(ttf_parser::Tag::from_bytes(b"maxp")))
            .and_then(|maxp| maxp.get(4..6))
            .map_or(0, |count| usize::from(count[0]) << 8 | usize::from(count[1]));
        let file = update.add_stream(dict([("Length1", Object::Int(subset.len() as i64))]), &subset);
        // PDF/A-1 asks which glyphs are there: all of the subset.
        let mut present = vec![0u8; count.div_ceil(8)];
        (0..count).for_each(|glyph| present[glyph / 8] |= 0x80 >> (glyph % 8));
        let present = update.add_stream(dict([]), &present);
        let scale = 1000.0 / f64::from(self.face.units_per_em());
        let scaled = |units: i16| Object::Int((f64::from(units) * scale).round() as i64);
        let bounds = self.face.global_bounding_box();
        let base = Object::named(&format!("{}+{}", self.tag(), self.name));
        let slope = self.face.italic_angle();
        let descriptor = update.add(&Object::Dict(dict([
            ("Type", Object::named("FontDescriptor")),
            ("FontName", base.clone()),
            ("Flags", Object::Int(if slope == 0.0 { 6 } else { 70 })),
            ("FontBBox", Object::Array([bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled).into())),
            ("ItalicAngle", Object::Real(f64::from(slope))),
            ("Ascent", scaled(self.face.ascender())),
            ("Descent", scaled(self.face.descender())),
            ("CapHeight", scaled(self.face.capital_height().unwrap_or(1341))),
            ("StemV", Object::Int(80)),
            ("FontFile2", file),
            ("CIDSet", present),
        ])));
        let mut widths = Vec::new();
        for (code, (_, width)) in &self.used {
            widths.extend([
                Object::Int(i64::from(*code)),
                Object::Array(vec![Object::Real((width * 100.0).round() / 100.0)]),
            ]);
        }
        let system = [("Registry", "Adobe"), ("Ordering", "Identity")].map(|(key, text)| (key, Object::text(text)));
        let mut system = dict(system);
        system.insert(b"Supplement".to_vec(), Object::Int(0));
        let descendant = update.add(&Object::Dict(dict([
            ("Type", Object::named("Font")),
            ("Subtype", Object::named("CIDFontType2")),
            ("BaseFont", base.clone()),
            ("CIDSystemInfo", Object::Dict(system)),
            ("FontDescriptor", descriptor),
            ("W", Object::Array(widths)),
            ("CIDToGIDMap", Object::named("Identity")),
        ])));
        let unicode = update.add_stream(dict([]), self.to_unicode().as_bytes());
        Ok(update.add(&Object::Dict(dict([
            ("Type", Object::named("Font")),
            ("Subtype", Object::named("Type0")),
            ("BaseFont", base),
            ("Encoding", Object::named("Identity-H")),
            ("DescendantFonts", Object::Array(vec![descendant])),
            ("ToUnicode", unicode),
        ]))))
    }

    /// Six capitals that tell subsets apart (§9.6.4), derived from the characters used.
    fn tag(&self) -> String {
        let mut hash = self.used.values().fold(5381u64, |hash, (letter, _)| hash.wrapping_mul(33) ^ u64::from(*letter));
        let letters = (0..6).map(|_| {
            let letter = char::from(b'A' + (hash % 26) as u8);
            hash /= 26;
            letter
        });
        letters.collect()
    }

    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n\
             /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let pairs: Vec<_> = self.used.iter().collect();
        for chunk in pairs.chunks(100) {
            map.push_str(&format!("{} beginbfchar\n", chunk.len()));
            for (code, (letter, _)) in chunk {
                let units: String = letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
                map.push_str(&format!("<{code:04X}> <{units}>\n"));
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}
