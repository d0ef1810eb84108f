//! `ASiCManifest`: which files a CAdES signature of a container covers (ETSI EN 319 162-1 annex A.4).

use super::{ASIC, Error};
use crate::algorithms::Digest;
use crate::xml::{self, Document, names};

/// A manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    /// The name of the signature over it.
    pub signature: String,
    /// The files with their digests; an unknown digest by its name.
    pub files: Vec<(String, Result<Digest, String>, Vec<u8>)>,
}

/// Files of one manifest.
const MAX_FILES: usize = 1000;

/// Reads one; none when it is another kind of document.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Manifest>, Error> {
    let document = Document::parse(bytes)?;
    let root = document.root();
    if !document.is(root, ASIC, "ASiCManifest") {
        return Ok(None);
    }
    const BAD: Error = Error::Malformed("ASiCManifest");
    let uri = |node| document.attribute(node, "URI").and_then(xml::unescaped).ok_or(BAD);
    let mut references = document.named(root, ASIC, "SigReference");
    let (Some(reference), None) = (references.next(), references.next()) else { return Err(BAD) };
    let mut files: Vec<(String, _, _)> = Vec::new();
    for object in document.named(root, ASIC, "DataObjectReference") {
        let method = document.named(object, names::DS, "DigestMethod").next().ok_or(BAD)?;
        let value = document.named(object, names::DS, "DigestValue").next().ok_or(BAD)?;
        let method = document.attribute(method, "Algorithm").ok_or(BAD)?;
        let name = uri(object)?;
        if files.len() >= MAX_FILES || files.iter().any(|(known, ..)| *known == name) {
            return Err(BAD);
        }
        let value = xml::octets(&document, value).ok_or(BAD)?;
        files.push((name, names::digest(method).ok_or_else(|| method.to_owned()), value));
    }
    Ok(Some(Manifest { signature: uri(reference)?, files }))
}
