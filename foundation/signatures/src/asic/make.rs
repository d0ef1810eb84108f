//! Making a container with a XAdES-B-B signature over files, in two phases; the files are copied in a stream.

use super::container::is_safe;
use super::{ASIC, EXTENDED, Error};
use crate::certificate::Certificate;
use crate::cms::MakeError;
use crate::xml::{self, Options, Prepared};
use std::io::{self, Read, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A file to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name in the container, with `/` between folders.
    pub name: String,
    /// What it is, e.g. `application/pdf`.
    pub media_type: String,
    /// Its digest under [`Options::digest`].
    pub digest: Vec<u8>,
}

/// Where the signature stands in a container that is made here.
const SIGNATURE: &str = "META-INF/signatures0.xml";

/// Prepares the signature over files by the first certificate of `chain`. Refused when a name would lead outside a folder
/// or into `META-INF/`, or is there twice.
pub fn prepare(files: &[File], chain: &[Certificate], options: &Options) -> Result<Prepared, MakeError> {
    if !are_names(files.iter().map(|file| file.name.as_str())) {
        return Err(MakeError::Foreign);
    }
    let before = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:XAdESSignatures xmlns:asic=\"{ASIC}\">");
    let parts: Vec<_> =
        files.iter().map(|file| (file.name.clone(), file.media_type.clone(), file.digest.clone())).collect();
    xml::prepare_beside((&before, "</asic:XAdESSignatures>"), &parts, chain, options)
}

fn are_names<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let reserved = |name: &str| name == "mimetype" || name.starts_with("meta-inf/");
    let mut folded = names.map(|name| (name, name.to_lowercase()));
    folded.all(|(name, lower)| is_safe(name) && !name.ends_with('/') && !reserved(&lower) && seen.insert(lower))
}

/// Writes the container: the files as they stream by, and the finished signature.
///
/// # Errors
/// As writing and reading go; names as in [`prepare`].
pub fn write<W: Write + Seek>(out: W, files: &mut [(&str, &mut dyn Read)], signature: &[u8]) -> Result<W, Error> {
    if !are_names(files.iter().map(|(name, _)| *name)) {
        return Err(Error::Malformed("entry name"));
    }
    let mut zip = ZipWriter::new(out);
    let options = |method| SimpleFileOptions::default().compression_method(method);
    zip.start_file("mimetype", options(CompressionMethod::Stored))?;
    zip.write_all(EXTENDED.as_bytes())?;
    for (name, content) in files {
        zip.start_file(*name, options(CompressionMethod::Deflated))?;
        io::copy(content, &mut zip)?;
    }
    zip.start_file(SIGNATURE, options(CompressionMethod::Deflated))?;
    zip.write_all(signature)?;
    Ok(zip.finish()?)
}
