//! Any file with signatures: its format is told by its content, never by its name, and judged by that format's rules.

use crate::algorithms::{Digest, Digests, Hasher};
use crate::certificate::Certificate;
use crate::cms::{self, Content, SignedData};
use crate::context::Context;
use crate::report::Report;
use crate::xml::{self, Beside};
use crate::{Malformed, asic, pdf};
use base::Text;
use std::io::{Read, Seek, SeekFrom};

/// How much of the beginning tells the format, bytes; a PDF may begin anywhere in it (ISO 32000-1 Annex H, note 13).
const HEAD: u64 = 1024;
/// Certificates listed of one file.
pub const MOST_CERTIFICATES: usize = 64;
/// Bytes read of a content at a time.
const PIECE: usize = 64 << 10;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A PDF, its signatures inside (PAdES).
    Pdf,
    /// CMS in DER, BER or PEM, with its content inside or beside it (CAdES).
    Cms,
    /// XML with signatures inside (XMLDSIG, XAdES), over parts of itself or over what stands beside it.
    Xml,
    /// A container of files and their signatures (ASiC).
    Asic,
}

/// The format of a file that begins so; none when it is no format that carries signatures here.
pub fn kind(head: &[u8]) -> Option<Kind> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.windows(5).any(|window| window == b"%PDF-") {
        Some(Kind::Pdf)
    } else if text.starts_with(b"-----BEGIN PKCS7-----") || text.starts_with(b"-----BEGIN CMS-----") {
        Some(Kind::Cms)
    } else if head.first() == Some(&0x30) {
        // A SEQUENCE: DER and BER have no other mark.
        Some(Kind::Cms)
    } else if asic::is_container(head) {
        Some(Kind::Asic)
    } else if is_xml(text) {
        Some(Kind::Xml)
    } else {
        None
    }
}

/// Whether a text begins as an XML document does; web pages have the signs of XML but none of its signatures.
fn is_xml(text: &[u8]) -> bool {
    let page = |mark: &[u8]| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let [b'<', next, ..] = text else { return false };
    let is_markup = matches!(next, b'?' | b'!' | b'_') || next.is_ascii_alphabetic() || !next.is_ascii();
    is_markup && !page(b"<html") && !page(b"<!doctype html")
}

/// Why a file could not be judged at all.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No format that carries signatures here.
    #[error("not a PDF, CMS, XML or an ASiC container")]
    Unknown,
    /// A PDF that cannot be read.
    #[error(transparent)]
    Pdf(#[from] pdf::Error),
    /// CMS that cannot be read.
    #[error(transparent)]
    Cms(#[from] Malformed),
    /// XML that cannot be read.
    #[error(transparent)]
    Xml(#[from] xml::Error),
    /// A container that cannot be read.
    #[error(transparent)]
    Asic(#[from] asic::Error),
    /// The file cannot be read from the disk.
    #[error("reading failed")]
    Read(#[from] std::io::Error),
}

impl Unreadable {
    /// What is wrong and what to do, for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Unknown => Text::fixed(
                "Tệp không thuộc định dạng có chữ ký số đọc được (PDF, CMS .p7s/.p7m, XML, ASiC .asice/.asics). Chọn đúng tệp đã ký.",
                "The file is in no format with signatures that is read here (PDF, CMS .p7s/.p7m, XML, ASiC .asice/.asics). Choose the signed file.",
            ),
            Self::Pdf(error) => error.text(),
            Self::Cms(error) => Text::new(
                format!("Không đọc được chữ ký CMS ({error}). Lấy lại tệp từ nơi gửi."),
                format!("The CMS signature cannot be read ({error}). Fetch the file again from its sender."),
            ),
            Self::Xml(error) => error.text(),
            Self::Asic(error) => error.text(),
            Self::Read(_) => Text::fixed("Không đọc được tệp.", "The file cannot be read."),
        }
    }
}

/// Judges every signature of a file. `content` is what a detached signature covers; a file that carries its own content
/// leaves it alone. Memory does not grow with a PDF, the files of a container or a detached content; XML is held whole and
/// bounded.
pub fn verify<R: Read + Seek>(
    mut file: R,
    content: Option<&mut dyn Read>,
    context: &Context,
) -> Result<Report, Unreadable> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    match kind(&head).ok_or(Unreadable::Unknown)? {
        Kind::Pdf => Ok(pdf::verify(file, context)?),
        Kind::Cms => verify_cms(file, content, context),
        Kind::Xml => verify_xml(file, content, context),
        Kind::Asic => Ok(asic::verify(file, context)?),
    }
}

/// The certificates that came with the signatures and time-stamps of a file, at most [`MOST_CERTIFICATES`]; those about
/// whose revocation somebody may be asked.
pub fn certificates<R: Read + Seek>(mut file: R) -> Result<Vec<Certificate>, Unreadable> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let mut found = Vec::new();
    match kind(&head).ok_or(Unreadable::Unknown)? {
        Kind::Pdf => {
            for signed in pdf::read(&mut file)?.signatures {
                carried(&signed.value, &mut found);
            }
            file.seek(SeekFrom::Start(0))?;
            let kept = pdf::read_store(file)?.certificates;
            found.extend(kept.iter().filter_map(|der| Certificate::parse(der).ok()));
        }
        Kind::Cms => carried(&cms_bytes(file)?, &mut found),
        Kind::Xml => found = xml::certificates(&xml_bytes(file)?)?,
        Kind::Asic => {
            let (certificates, signed) = asic::certificates(file)?;
            found = certificates;
            signed.iter().for_each(|data| carried_in(data, &mut found));
        }
    }
    found.truncate(MOST_CERTIFICATES);
    Ok(found)
}

/// What one CMS object and its time-stamps carry; what cannot be read carries nothing.
fn carried(cms: &[u8], found: &mut Vec<Certificate>) {
    if let Ok(data) = SignedData::parse(cms) {
        carried_in(&data, found);
    }
}

fn carried_in(data: &SignedData, found: &mut Vec<Certificate>) {
    let stamps = data.signers.iter().flat_map(cms::SignerInfo::timestamps);
    let stamped =
        stamps.filter_map(|token| SignedData::parse(&token).ok()).flat_map(|token| token.evidence.certificates);
    for certificate in data.evidence.certificates.iter().cloned().chain(stamped) {
        if found.len() < MOST_CERTIFICATES && !found.contains(&certificate) {
            found.push(certificate);
        }
    }
}

fn cms_bytes(file: impl Read) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    // One byte more than is taken, so that a longer file is told from one that just fits.
    file.take(cms::MAX_CMS as u64 + 1).read_to_end(&mut bytes)?;
    Ok(cms::unarmoured(&bytes)?.into_owned())
}

fn xml_bytes(file: impl Read) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    file.take(xml::MAX_XML as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn verify_xml(file: impl Read, content: Option<&mut dyn Read>, context: &Context) -> Result<Report, Unreadable> {
    let bytes = xml_bytes(file)?;
    match content {
        Some(content) if xml::needs_content(&bytes) => {
            let digests = digested(content, &Digest::ALL)?;
            Ok(xml::verify(&bytes, Beside::Content(&digests), context)?)
        }
        _ => Ok(xml::verify(&bytes, Beside::Nothing, context)?),
    }
}

/// The digests of a content that streams by.
pub(crate) fn digested(content: &mut dyn Read, wanted: &[Digest]) -> Result<Digests, std::io::Error> {
    let mut hashers: Vec<_> = wanted.iter().map(|digest| (*digest, Hasher::new(*digest))).collect();
    let mut piece = vec![0; PIECE];
    loop {
        let read = content.read(&mut piece)?;
        let Some(fresh) = piece.get(..read).filter(|fresh| !fresh.is_empty()) else { break };
        hashers.iter_mut().for_each(|(_, hasher)| hasher.update(fresh));
    }
    let finished = hashers.into_iter().map(|(digest, hasher)| (digest, hasher.finish()));
    Ok(finished.fold(Digests::default(), |all, (digest, value)| all.with(digest, value)))
}

fn verify_cms(file: impl Read, content: Option<&mut dyn Read>, context: &Context) -> Result<Report, Unreadable> {
    let data = SignedData::parse(&cms_bytes(file)?)?;
    let signatures = match (data.content.is_some(), content) {
        // Without its content a detached signature is judged as far as it can be: the report says what is missing.
        (true, _) | (false, None) => cms::verify(&data, Content::Attached, context),
        (false, Some(content)) => {
            let digests = digested(content, &data.digests())?;
            cms::verify(&data, Content::Digests(&digests), context)
        }
    };
    Ok(Report::new(context.at, signatures, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn the_beginning_tells_the_format() {
        assert_eq!(kind(b"%PDF-1.7\n"), Some(Kind::Pdf));
        assert_eq!(kind(b"\x00\x00junk before %PDF-1.4"), Some(Kind::Pdf));
        assert_eq!(kind(&[0x30, 0x82, 0x01]), Some(Kind::Cms));
        assert_eq!(kind(b"\n-----BEGIN PKCS7-----\n"), Some(Kind::Cms));
        assert_eq!(kind("\u{feff}<?xml version=\"1.0\"?><a/>".as_bytes()), Some(Kind::Xml));
        assert_eq!(kind("\n<!-- mẫu --><a/>".as_bytes()), Some(Kind::Xml));
        assert_eq!(kind("<ủy-ban/>".as_bytes()), Some(Kind::Xml));
        for page in ["<!DOCTYPE HTML><html>", "<HTML lang='vi'>", "< 5", "<"] {
            assert_eq!(kind(page.as_bytes()), None, "{page}");
        }
        let zip = |name: &str, value: &str| [&b"PK\x03\x04"[..], &[0; 26], name.as_bytes(), value.as_bytes()].concat();
        assert_eq!(kind(&zip("mimetype", "application/vnd.etsi.asic-e+zip")), Some(Kind::Asic));
        assert_eq!(kind(&zip("mimetype", "application/epub+zip")), None);
        assert_eq!(kind(&zip("word/document.xml", "")), None);
        assert_eq!(kind(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(kind(b""), None);
    }
}
