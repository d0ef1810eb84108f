//! Looks at an attachment's plain bytes as they flow by: size, SHA-256, what it is by its magic bytes, and whether a PDF is destroyed.

use super::zip::extension;
use sha2::{Digest, Sha256};

const HEAD: usize = 64;
const TAIL: usize = 1024;
/// UTF-8 of U+FFFD, what a text conversion puts in place of bytes it does not understand.
const REPLACEMENT: [u8; 3] = [0xef, 0xbf, 0xbd];
/// Replacement characters from which a PDF that is UTF-8 throughout counts as destroyed.
const REPLACEMENTS: u64 = 4;

/// Magic bytes, media type, and the extensions that go with them.
const KINDS: [(&[u8], &str, &[&str]); 15] = [
    (b"%PDF-", "application/pdf", &["pdf"]),
    (b"PK\x03\x04", "application/zip", &["zip"]),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
        &["doc", "xls", "ppt", "msg", "vsd", "mpp", "dot", "xlt"],
    ),
    (b"\x89PNG\r\n\x1a\n", "image/png", &["png"]),
    (b"\xff\xd8\xff", "image/jpeg", &["jpg", "jpeg", "jpe"]),
    (b"GIF8", "image/gif", &["gif"]),
    (b"II*\0", "image/tiff", &["tif", "tiff"]),
    (b"MM\0*", "image/tiff", &["tif", "tiff"]),
    (b"{\\rtf", "application/rtf", &["rtf", "doc"]),
    (b"Rar!\x1a\x07", "application/vnd.rar", &["rar"]),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", &["7z"]),
    (b"MZ", "application/vnd.microsoft.portable-executable", &["exe", "dll"]),
    (b"\x7fELF", "application/x-elf", &["so"]),
    (b"AC10", "image/vnd.dwg", &["dwg"]),
    (b"<?xml", "application/xml", &["xml", "edxml", "kml", "svg", "doc", "xls"]),
];

/// Media types of files that are ZIPs, by extension.
const ZIPS: [(&str, &str); 8] = [
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("asice", "application/vnd.etsi.asic-e+zip"),
    ("sce", "application/vnd.etsi.asic-e+zip"),
];

/// Extensions whose content must begin with magic bytes.
const STRICT: [&str; 20] = [
    "pdf", "zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "asice", "sce", "doc", "xls", "ppt", "png", "jpg",
    "jpeg", "gif", "tif", "tiff", "rar",
];

/// What the content says about itself, whatever its name and declared type say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub size: u64,
    pub sha256: String,
    pub media_type: String,
    /// The content is not of the kind that the name promises.
    pub name_lies: bool,
    /// A PDF whose bytes went through a text conversion.
    pub pdf_destroyed: bool,
    /// A PDF without its end marker.
    pub pdf_unfinished: bool,
    /// A program.
    pub executable: bool,
}

#[derive(Debug)]
pub(super) struct Probe {
    size: u64,
    hash: Sha256,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The last bytes of the block before, for characters that were cut.
    cut: Vec<u8>,
    is_utf8: bool,
    replacements: u64,
}

impl Probe {
    pub fn new() -> Self {
        Self {
            size: 0,
            hash: Sha256::new(),
            head: Vec::new(),
            tail: Vec::new(),
            cut: Vec::new(),
            is_utf8: true,
            replacements: 0,
        }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.hash.update(bytes);
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        if !self.head.starts_with(b"%PDF-") {
            return;
        }
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
        if self.is_utf8 {
            self.count_replacements(bytes);
        }
    }

    fn count_replacements(&mut self, bytes: &[u8]) {
        let joined;
        let block = if self.cut.is_empty() {
            bytes
        } else {
            joined = [self.cut.as_slice(), bytes].concat();
            &joined
        };
        let whole = match std::str::from_utf8(block) {
            Ok(_) => block.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => {
                self.is_utf8 = false;
                return;
            }
        };
        self.replacements += block[..whole].windows(3).filter(|window| *window == REPLACEMENT).count() as u64;
        self.cut = block[whole..].to_vec();
    }

    /// Judges the content as the attachment `name`.
    pub fn finish(self, name: &str) -> Facts {
        let ext = extension(name);
        let kind = KINDS.iter().find(|(magic, _, _)| self.head.starts_with(magic));
        let is_zip = self.head.starts_with(b"PK\x03\x04");
        let as_zip = ZIPS.iter().find(|(known, _)| *known == ext).filter(|_| is_zip);
        let media_type = match (as_zip, kind) {
            (Some((_, media_type)), _) => media_type,
            (None, Some((_, media_type, _))) => media_type,
            (None, None) if ext == "txt" || ext == "csv" => "text/plain",
            (None, None) => "application/octet-stream",
        };
        let fits = match kind {
            _ if !STRICT.contains(&ext.as_str()) => true,
            _ if as_zip.is_some() => true,
            Some((_, _, extensions)) => extensions.contains(&ext.as_str()),
            None => false,
        };
        let is_pdf = media_type == "application/pdf";
        Facts {
            size: self.size,
            sha256: hex::encode(self.hash.finalize()),
            media_type: media_type.to_owned(),
            name_lies: !fits,
            pdf_destroyed: is_pdf && self.is_utf8 && self.cut.is_empty() && self.replacements >= REPLACEMENTS,
            pdf_unfinished: is_pdf && !self.tail.windows(5).any(|window| window == b"%%EOF"),
            executable: matches!(media_type, "application/vnd.microsoft.portable-executable" | "application/x-elf"),
        }
    }
}
