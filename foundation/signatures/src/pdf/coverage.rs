//! Tells which bytes a signature really covers: everything up to the end of one revision, but for its own value and not
//! a byte more. Whatever falls short is named, never passed over.

use std::io::{Read, Seek};

use super::field::{Signature, SubFilter};
use super::file::File;
use super::xref::Entry;
use super::{Defect, Error, Object};

/// The bytes a signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Covered {
    /// The gap that holds the value, brackets included.
    pub gap: (u64, u64),
    /// End of the covered revision.
    pub end: u64,
    /// The revision's newest section.
    pub section: usize,
}

/// Checks the signature's byte range against the file.
pub(crate) fn check<R: Read + Seek>(
    file: &mut File<R>,
    signature: &Signature,
) -> Result<Result<Covered, Defect>, Error> {
    let newest = file.newest();
    match file.value(&signature.dict, "Type", newest)?.name() {
        None | Some(b"Sig") if signature.sub_filter != SubFilter::TimeStamp => {}
        None | Some(b"DocTimeStamp") if signature.sub_filter == SubFilter::TimeStamp => {}
        _ => return Ok(Err(Defect::WrongType)),
    }
    // Must stand in the dictionary itself: through a reference it could be changed from outside.
    let range = match signature.dict.get(b"ByteRange".as_slice()) {
        Some(Object::Array(items)) => items.iter().map(|n| n.int().and_then(|n| u64::try_from(n).ok())).collect(),
        _ => None::<Vec<u64>>,
    };
    let Some([0, first, second, rest]) = range.as_deref() else { return Ok(Err(Defect::ByteRange)) };
    let (gap, end) = ((*first, *second), second.checked_add(*rest));
    let Some(end) = end.filter(|end| gap.0 > 0 && gap.1 > gap.0 + 2 && *rest > 0 && *end <= file.len()) else {
        return Ok(Err(Defect::ByteRange));
    };
    if signature.contents.iter().all(|byte| *byte == 0) {
        return Ok(Err(Defect::Empty));
    }
    if !gap_is_value(file, signature, gap)? {
        return Ok(Err(Defect::Gap));
    }
    let Some(section) = covered_section(file, end)? else { return Ok(Err(Defect::RevisionEnd)) };
    // The signature must be part of what it covers, at the same place.
    let start = signature.place.as_ref().map_or(0, |(start, _, _)| *start);
    match file.entry(signature.object, section) {
        Entry::At(offset, _) if offset == start && start < gap.0 => {}
        _ => return Ok(Err(Defect::RevisionEnd)),
    }
    Ok(Ok(Covered { gap, end, section }))
}

/// Whether the gap is exactly the value of `/Contents`: brackets, an even number of hexadecimal digits, nothing else.
fn gap_is_value<R: Read + Seek>(file: &mut File<R>, signature: &Signature, gap: (u64, u64)) -> Result<bool, Error> {
    let Some((start, end, contents)) = &signature.place else { return Ok(false) };
    let exact = contents.iter().filter(|span| (span.start as u64, span.end as u64) == gap).count() == 1;
    if !exact || gap.0 <= *start || gap.1 >= *end {
        return Ok(false);
    }
    // The object has been parsed, so that its size is within the limits.
    let bytes = file.bytes(gap.0, gap.1 - gap.0)?;
    let digits = bytes.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    Ok(digits.and_then(|digits| hex::decode(digits).ok()).is_some_and(|value| value == signature.contents))
}

/// The section that a reader of only the first `end` bytes would begin with, provided that everything it needs lies
/// before `end` and every newer section behind it.
fn covered_section<R: Read + Seek>(file: &mut File<R>, end: u64) -> Result<Option<usize>, Error> {
    let Some(offset) = file.startxref_before(end)? else { return Ok(None) };
    let Some(section) = file.sections().iter().position(|section| section.offset == offset) else { return Ok(None) };
    let inside = file.furthest(section) < end;
    let behind = file.sections()[section + 1..].iter().all(|section| section.offset >= end);
    Ok((inside && behind).then_some(section))
}
