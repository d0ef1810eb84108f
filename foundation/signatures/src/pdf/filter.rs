//! Undoes the filters that structure streams use (ISO 32000-1 §7.4.4): none, or `FlateDecode` with PNG predictors.

use std::io::Read;

use super::{Dict, Error, Object};

/// The decoded bytes, at most `limit` of them.
pub(crate) fn decode(raw: Vec<u8>, dict: &Dict, limit: u64) -> Result<Vec<u8>, Error> {
    let single = |key: &str| match dict.get(key.as_bytes()) {
        Some(Object::Array(items)) if items.len() <= 1 => Ok(items.first().cloned().unwrap_or(Object::Null)),
        Some(Object::Array(_)) => Err(Error::Unsupported("several filters on a structure stream")),
        other => Ok(other.cloned().unwrap_or(Object::Null)),
    };
    match single("Filter")? {
        Object::Null => return Ok(raw),
        Object::Name(name) if name == b"FlateDecode" => {}
        _ => return Err(Error::Unsupported("filter of a structure stream")),
    }
    let mut inflated = Vec::new();
    let mut decoder = flate2::read::ZlibDecoder::new(raw.as_slice()).take(limit + 1);
    decoder.read_to_end(&mut inflated).map_err(|_| Error::Malformed("compressed stream"))?;
    if inflated.len() as u64 > limit {
        return Err(Error::TooLarge("size of a decoded stream"));
    }
    match single("DecodeParms")? {
        Object::Null => Ok(inflated),
        Object::Dict(parameters) => predict(inflated, &parameters),
        _ => Err(Error::Unsupported("decode parameters of a structure stream")),
    }
}

fn predict(data: Vec<u8>, parameters: &Dict) -> Result<Vec<u8>, Error> {
    let number = |key: &str, default: i64| match parameters.get(key.as_bytes()) {
        None => Some(default),
        Some(value) => value.int(),
    };
    let predictor = number("Predictor", 1).ok_or(Error::Malformed("predictor"))?;
    if predictor == 1 {
        return Ok(data);
    }
    let (columns, colors, bits) = (number("Columns", 1), number("Colors", 1), number("BitsPerComponent", 8));
    let (Some(columns @ 1..=65_536), Some(colors @ 1..=4), Some(8), 10..=15) = (columns, colors, bits, predictor)
    else {
        return Err(Error::Unsupported("predictor of a structure stream"));
    };
    let (width, step) = ((columns * colors) as usize, colors as usize);
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0; width];
    for row in data.chunks(width + 1) {
        let (kind, row) = (row[0], &row[1..]);
        let mut line = vec![0; width];
        for (index, byte) in row.iter().enumerate() {
            let left = if index >= step { line[index - step] } else { 0 };
            let corner = if index >= step { above[index - step] } else { 0 };
            let up = above[index];
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(Error::Malformed("predictor")),
            };
            line[index] = byte.wrapping_add(guess);
        }
        out.extend(&line[..row.len()]);
        above = line;
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |byte: u8| (guess - i16::from(byte)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}
