//! Reading and writing DER as it came (ITU-T X.690): every value keeps its own bytes, because a signature covers those and not what an encoder would make of them.

use thiserror::Error;

/// Most levels that values may stand inside one another; CMS with a time-stamp inside needs about 20.
pub(crate) const MAX_DEPTH: usize = 64;

/// Why bytes could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The bytes end before the value does.
    #[error("the data ends early")]
    Truncated,
    /// More than the limit that is allowed here, in bytes or in items.
    #[error("larger than allowed")]
    TooLarge,
    /// Values stand inside one another too deep.
    #[error("nested too deep")]
    TooDeep,
    /// Another value was expected.
    #[error("{0} expected")]
    Expected(&'static str),
}

pub(crate) type Parsed<T> = Result<T, Malformed>;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag `[n]`, constructed.
pub(crate) const fn context(n: u8) -> u8 {
    0xa0 | n
}

/// The tag `[n]`, primitive.
pub(crate) const fn context_primitive(n: u8) -> u8 {
    0x80 | n
}

/// One value: its tag, its content, and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tlv<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    pub raw: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// The values inside.
    pub fn inside(&self) -> Reader<'a> {
        Reader::new(self.content)
    }

    /// A whole number of at most eight bytes, not negative.
    pub fn number(&self) -> Parsed<u64> {
        if self.content.is_empty() || self.content[0] & 0x80 != 0 {
            return Err(Malformed::Expected("a whole number"));
        }
        let digits = if self.content[0] == 0 { &self.content[1..] } else { self.content };
        if digits.len() > 8 {
            return Err(Malformed::TooLarge);
        }
        Ok(digits.iter().fold(0, |n, &b| (n << 8) | u64::from(b)))
    }

    /// The bits of a BIT STRING that holds whole bytes.
    pub fn bits(&self) -> Parsed<&'a [u8]> {
        match self.content.split_first() {
            Some((0, rest)) => Ok(rest),
            _ => Err(Malformed::Expected("a bit string of whole bytes")),
        }
    }

    /// The identifier, as its content bytes in dotted form.
    pub fn oid(&self) -> Parsed<Oid> {
        Oid::from_bytes(self.content).map_err(|_| Malformed::Expected("an object identifier"))
    }

    /// A UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5; fractions of a second as RFC 3161 allows them).
    pub fn time(&self) -> Parsed<base::Timestamp> {
        time(self.tag, self.content).ok_or(Malformed::Expected("a time in UTC"))
    }
}

pub(crate) use x509_cert::der::asn1::ObjectIdentifier as Oid;

/// Reads one value after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next value.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value, whatever it is.
    pub fn any(&mut self) -> Parsed<Tlv<'a>> {
        let (tag, header, length) = header(self.rest)?;
        let end = header.checked_add(length).ok_or(Malformed::TooLarge)?;
        let raw = self.rest.get(..end).ok_or(Malformed::Truncated)?;
        self.rest = &self.rest[end..];
        Ok(Tlv { tag, content: &raw[header..], raw })
    }

    /// The next value, which must have this tag.
    pub fn take(&mut self, tag: u8, what: &'static str) -> Parsed<Tlv<'a>> {
        if self.peek() != Some(tag) {
            return Err(if self.is_empty() { Malformed::Truncated } else { Malformed::Expected(what) });
        }
        self.any()
    }

    /// The next value if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Parsed<Option<Tlv<'a>>> {
        if self.peek() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub fn finish(self) -> Parsed<()> {
        if self.is_empty() { Ok(()) } else { Err(Malformed::Expected("the end")) }
    }

    /// Every value that is left, at most `most`.
    pub fn all(mut self, most: usize) -> Parsed<Vec<Tlv<'a>>> {
        let mut out = Vec::new();
        while !self.is_empty() {
            if out.len() >= most {
                return Err(Malformed::TooLarge);
            }
            out.push(self.any()?);
        }
        Ok(out)
    }
}

/// The only value that `bytes` hold.
pub(crate) fn only<'a>(bytes: &'a [u8], tag: u8, what: &'static str) -> Parsed<Tlv<'a>> {
    let mut reader = Reader::new(bytes);
    let value = reader.take(tag, what)?;
    reader.finish()?;
    Ok(value)
}

/// Tag, length of the header and length of the content; definite lengths in their shortest form only (DER).
fn header(bytes: &[u8]) -> Parsed<(u8, usize, usize)> {
    let (&tag, rest) = bytes.split_first().ok_or(Malformed::Truncated)?;
    if tag & 0x1f == 0x1f {
        return Err(Malformed::Expected("a tag of one byte"));
    }
    let &first = rest.first().ok_or(Malformed::Truncated)?;
    if first < 0x80 {
        return Ok((tag, 2, usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 {
        return Err(Malformed::Expected("a definite length"));
    }
    if count > 4 {
        return Err(Malformed::TooLarge);
    }
    let digits = rest.get(1..=count).ok_or(Malformed::Truncated)?;
    let length = digits.iter().fold(0usize, |n, &b| (n << 8) | usize::from(b));
    if digits[0] == 0 || length < 0x80 {
        return Err(Malformed::Expected("a length in its shortest form"));
    }
    Ok((tag, 2 + count, length))
}

fn time(tag: u8, content: &[u8]) -> Option<base::Timestamp> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None; // a number may be read with a sign, a time never is
    }
    let (year, rest) = match tag {
        UTC_TIME => {
            let short: i16 = text.get(..2)?.parse().ok()?;
            (if short < 50 { 2000 + short } else { 1900 + short }, text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    if whole.len() != 10 || fraction.contains('.') {
        return None;
    }
    let two = |at: usize| whole.get(at..at + 2).and_then(|s| s.parse::<i8>().ok());
    let date = base::Date::new(year, two(0)?, two(2)?).ok()?;
    let (hour, minute, seconds) = (two(4)?, two(6)?, two(8)?);
    if hour > 23 || minute > 59 || seconds > 60 {
        return None;
    }
    let at = date.at(hour, minute, 0, 0);
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let local = base::Timestamp::from_local(at).plus_seconds(base::time::VIETNAM_OFFSET_SECONDS + i64::from(seconds));
    Some(base::Timestamp::from_micros(local.micros() + micros.parse::<i64>().ok()?))
}

/// One value of this tag and content.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = (length as u64).to_be_bytes();
        let digits = &bytes[bytes.iter().position(|&b| b != 0).unwrap_or(7)..];
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(content);
    out
}

/// The same value under another tag (IMPLICIT tagging).
pub(crate) fn retag(tag: u8, encoded: &[u8]) -> Vec<u8> {
    let mut out = encoded.to_vec();
    if let Some(first) = out.first_mut() {
        *first = tag;
    }
    out
}

/// One value around others.
pub(crate) fn around(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    tlv(tag, &parts.concat())
}

/// A SEQUENCE of encoded values.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    around(SEQUENCE, parts)
}

/// A SET OF encoded values in DER's order (X.690 §11.6), under this tag.
pub(crate) fn set_of(tag: u8, mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    tlv(tag, &parts.concat())
}

pub(crate) fn oid(id: &Oid) -> Vec<u8> {
    tlv(OID, id.as_bytes())
}

pub(crate) fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(OCTET_STRING, bytes)
}

/// An INTEGER that is not negative, from its bytes, most significant first.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let skip = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
    let digits = &bytes[skip..];
    let sign: &[u8] = if digits.first().is_none_or(|b| b & 0x80 != 0) { &[0] } else { &[] };
    tlv(INTEGER, &[sign, digits].concat())
}

/// A GeneralizedTime in whole seconds, UTC.
pub(crate) fn generalized_time(at: base::Timestamp) -> Vec<u8> {
    tlv(GENERALIZED_TIME, digits_of(at).as_bytes())
}

/// The time as RFC 5652 §11.3 wants it: UTCTime until 2049, GeneralizedTime after.
pub(crate) fn signing_time(at: base::Timestamp) -> Vec<u8> {
    let text = digits_of(at);
    if ("1950".."2050").contains(&&text[..4]) { tlv(UTC_TIME, &text.as_bytes()[2..]) } else { generalized_time(at) }
}

fn digits_of(at: base::Timestamp) -> String {
    let text = at.rfc3339();
    text.chars().take(19).filter(char::is_ascii_digit).chain(['Z']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_the_shortest_form_and_read_only_in_it() {
        for length in [0usize, 1, 127, 128, 255, 256, 70_000] {
            let bytes = tlv(OCTET_STRING, &vec![7; length]);
            assert_eq!(only(&bytes, OCTET_STRING, "octets").map(|t| t.content.len()), Ok(length));
        }
        let expected = Err(Malformed::Expected("a length in its shortest form"));
        assert_eq!(only(&[4, 0x81, 1, 7], OCTET_STRING, "octets"), expected);
        assert_eq!(only(&[4, 0x84, 0xff, 0xff, 0xff, 0xff], OCTET_STRING, "octets"), Err(Malformed::Truncated));
        assert_eq!(only(&[4, 0x85, 1, 0, 0, 0, 0], OCTET_STRING, "octets"), Err(Malformed::TooLarge));
        assert_eq!(only(&[0x30, 0x80, 0, 0], SEQUENCE, "a sequence"), Err(Malformed::Expected("a definite length")));
    }

    #[test]
    fn times_of_both_kinds() {
        let at = base::Timestamp::parse("2026-11-27T07:08:09Z").expect("a time");
        let read = |bytes: &[u8]| Reader::new(bytes).any().and_then(|t| t.time());
        assert_eq!(read(&generalized_time(at)), Ok(at));
        assert_eq!(read(&signing_time(at)), Ok(at));
        assert_eq!(signing_time(at), b"\x17\x0d261127070809Z");
        let fraction = tlv(GENERALIZED_TIME, b"20261127070809.25Z");
        assert_eq!(read(&fraction), Ok(base::Timestamp::from_micros(at.micros() + 250_000)));
        for wrong in
            [&b"20261327070809Z"[..], b"20261127250809Z", b"20261127070809", b"2026112707080Z", b"+0261127070809Z"]
        {
            assert!(read(&tlv(GENERALIZED_TIME, wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn integers_stay_positive() {
        assert_eq!(integer(&[0, 0]), [2, 1, 0]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0, 0x7f]), [2, 1, 0x7f]);
    }
}
