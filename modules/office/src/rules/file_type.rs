//! What a file is by its own first bytes, and whether its name says the same (bad input: lying content types).

use crate::refusals;
use base::Refusal;

/// Longest file name, in characters.
pub const NAME: usize = 200;

/// Endings that officers use, with their media type and the first bytes that such a file has (empty: any text).
const KINDS: &[(&str, &str, &[&[u8]])] = &[
    ("pdf", "application/pdf", &[b"%PDF-"]),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", &[b"PK\x03\x04"]),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &[b"PK\x03\x04"]),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", &[b"PK\x03\x04"]),
    ("odt", "application/vnd.oasis.opendocument.text", &[b"PK\x03\x04"]),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet", &[b"PK\x03\x04"]),
    ("zip", "application/zip", &[b"PK\x03\x04", b"PK\x05\x06"]),
    ("doc", "application/msword", &[b"\xd0\xcf\x11\xe0"]),
    ("xls", "application/vnd.ms-excel", &[b"\xd0\xcf\x11\xe0"]),
    ("ppt", "application/vnd.ms-powerpoint", &[b"\xd0\xcf\x11\xe0"]),
    ("png", "image/png", &[b"\x89PNG\r\n\x1a\n"]),
    ("jpg", "image/jpeg", &[b"\xff\xd8\xff"]),
    ("jpeg", "image/jpeg", &[b"\xff\xd8\xff"]),
    ("tif", "image/tiff", &[b"II*\0", b"MM\0*"]),
    ("tiff", "image/tiff", &[b"II*\0", b"MM\0*"]),
    ("mp3", "audio/mpeg", &[b"ID3", b"\xff\xfb", b"\xff\xf3"]),
    ("mp4", "video/mp4", &[]),
    ("xml", "application/xml", &[]),
    ("csv", "text/csv", &[]),
    ("txt", "text/plain", &[]),
    ("rtf", "application/rtf", &[b"{\\rtf"]),
];

/// The media type of a file whose name and first bytes agree; refused when they do not, or when the ending is not taken.
pub fn check(name: &str, head: &[u8]) -> Result<&'static str, Refusal> {
    let lie = || Refusal::new(&refusals::FILE_TYPE).with("name", name);
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    let (_, media_type, signs) = KINDS.iter().find(|(e, ..)| *e == ending).ok_or_else(lie)?;
    let fits = if !signs.is_empty() {
        signs.iter().any(|sign| head.starts_with(sign))
    } else if ending == "mp4" {
        head.get(4..8) == Some(b"ftyp")
    } else {
        // Text holds no zero byte and no program's first bytes.
        !head.contains(&0) && !head.starts_with(b"MZ") && !head.starts_with(b"\x7fELF")
    };
    if fits { Ok(media_type) } else { Err(lie()) }
}

/// The name without folders and control characters; `None` when nothing usable is left.
pub fn clean_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|c| !c.is_control()).collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    (!clean.is_empty() && clean.chars().count() <= NAME).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_content_must_agree() {
        assert_eq!(check("Quyết định.PDF", b"%PDF-1.7 ...").unwrap(), "application/pdf");
        for (name, head) in [
            ("a.pdf", &b"MZ\x90\0"[..]),
            ("a.txt", b"MZ\x90\0"),
            ("a.exe", b"MZ"),
            ("a", b"%PDF-"),
            ("a.xlsx", b"%PDF-"),
        ] {
            assert_eq!(check(name, head).unwrap_err().code.code, "office.file.type", "{name}");
        }
        assert_eq!(check("so-lieu.csv", "mã;tên".as_bytes()).unwrap(), "text/csv");
    }

    #[test]
    fn names_lead_nowhere_else() {
        assert_eq!(clean_name("../../etc/passwd.txt").as_deref(), Some("passwd.txt"));
        assert_eq!(clean_name("C:\\temp\\Phụ lục.xlsx").as_deref(), Some("Phụ lục.xlsx"));
        assert_eq!(clean_name("a\u{0}b.pdf").as_deref(), Some("ab.pdf"));
        assert_eq!(clean_name("  "), None);
        assert_eq!(clean_name("x/"), None);
    }
}
