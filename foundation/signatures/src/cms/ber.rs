//! Indefinite lengths and strings in pieces, which BER allows and DER does not: written again in DER, so that the rest reads DER only.

use crate::asn1::{self, MAX_DEPTH, Malformed, Parsed};
use std::borrow::Cow;

/// The value at the start of `bytes` in DER framing; primitive values keep their bytes. What follows must be zeros, with
/// which a PDF pads.
pub(crate) fn to_der(bytes: &[u8]) -> Parsed<Cow<'_, [u8]>> {
    let mut reader = asn1::Reader::new(bytes);
    if let Ok(value) = reader.any()
        && !has_indefinite(&value, 0)
    {
        let rest = &bytes[value.raw.len()..];
        return if is_padding(rest) { Ok(Cow::Borrowed(value.raw)) } else { Err(Malformed::Expected("the end")) };
    }
    let mut out = Vec::with_capacity(bytes.len());
    let used = transcode(bytes, 0, &mut out)?;
    if is_padding(&bytes[used..]) { Ok(Cow::Owned(out)) } else { Err(Malformed::Expected("the end")) }
}

fn is_padding(rest: &[u8]) -> bool {
    rest.iter().all(|&b| b == 0)
}

/// Whether a constructed value holds something that a DER reader would stumble over.
fn has_indefinite(value: &asn1::Tlv<'_>, depth: usize) -> bool {
    if value.tag & 0x20 == 0 {
        return false;
    }
    if depth > MAX_DEPTH || value.tag == asn1::OCTET_STRING | 0x20 {
        return true;
    }
    let mut inside = value.inside();
    while !inside.is_empty() {
        match inside.any() {
            Ok(inner) if !has_indefinite(&inner, depth + 1) => {}
            _ => return true,
        }
    }
    false
}

/// Writes the value at the start of `bytes` in DER framing and returns how many bytes it took. The output never grows
/// beyond the input by more than a header for each level, since definite headers replace indefinite ones.
fn transcode(bytes: &[u8], depth: usize, out: &mut Vec<u8>) -> Parsed<usize> {
    if depth > MAX_DEPTH {
        return Err(Malformed::TooDeep);
    }
    let &tag = bytes.first().ok_or(Malformed::Truncated)?;
    if tag & 0x1f == 0x1f {
        return Err(Malformed::Expected("a tag of one byte"));
    }
    let (header, length) = length(bytes)?;
    if tag & 0x20 == 0 {
        let length = length.ok_or(Malformed::Expected("a definite length"))?;
        let content = bytes.get(header..).and_then(|rest| rest.get(..length)).ok_or(Malformed::Truncated)?;
        out.extend_from_slice(&asn1::tlv(tag, content));
        return Ok(header + length);
    }
    let mut content = Vec::new();
    let mut at = header;
    let end = match length {
        Some(length) => Some(header.checked_add(length).filter(|&end| end <= bytes.len()).ok_or(Malformed::Truncated)?),
        None => None,
    };
    loop {
        if Some(at) == end {
            break;
        }
        let rest = bytes.get(at..end.unwrap_or(bytes.len())).ok_or(Malformed::Truncated)?;
        if end.is_none() && rest.starts_with(&[0, 0]) {
            at += 2;
            break;
        }
        at += transcode(rest, depth + 1, &mut content)?;
    }
    if tag == asn1::OCTET_STRING | 0x20 {
        let pieces = asn1::Reader::new(&content).all(usize::MAX)?;
        if pieces.iter().any(|piece| piece.tag != asn1::OCTET_STRING) {
            return Err(Malformed::Expected("octets"));
        }
        let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece.content).copied().collect();
        out.extend_from_slice(&asn1::octets(&joined));
    } else {
        out.extend_from_slice(&asn1::tlv(tag, &content));
    }
    Ok(at)
}

/// The length of the header, and of the content unless indefinite.
fn length(bytes: &[u8]) -> Parsed<(usize, Option<usize>)> {
    let &first = bytes.get(1).ok_or(Malformed::Truncated)?;
    match usize::from(first & 0x7f) {
        short if first < 0x80 => Ok((2, Some(short))),
        0 => Ok((2, None)),
        count if count > 4 => Err(Malformed::TooLarge),
        count => {
            let digits = bytes.get(2..2 + count).ok_or(Malformed::Truncated)?;
            Ok((2 + count, Some(digits.iter().fold(0, |n, &b| (n << 8) | usize::from(b)))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_and_pieces_become_der() {
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 2, 1, 5, 0, 0, 0, 0, 0];
        assert_eq!(to_der(&ber).as_deref(), Ok(&[0x30, 7, 4, 2, 7, 8, 2, 1, 5][..]));
        assert_eq!(to_der(&[0x30, 3, 2, 1, 5, 0, 0]).as_deref(), Ok(&[0x30, 3, 2, 1, 5][..]));
        assert_eq!(to_der(&[0x30, 3, 2, 1, 5, 9]), Err(Malformed::Expected("the end")));
        assert_eq!(to_der(&[0x30, 0x80].repeat(1000)), Err(Malformed::TooDeep));
    }
}
