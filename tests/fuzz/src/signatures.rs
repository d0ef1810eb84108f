//! Certificates, CMS, time-stamps, revocation answers, PDF, XML and ASiC files, as strangers send them.

use ::signatures::xml::{self, Beside, Document, Error, Method, Rules, Selection, canonicalize};
use ::signatures::{Certificate, Context, TrustList, asic, cms, file, pdf, revocation, timestamp};
use base::Timestamp;
use std::io::Cursor;

/// 27 November 2026.
const AT: Timestamp = Timestamp::from_micros(1_795_737_600_000_000);

fn context() -> Context {
    Context::new(AT, TrustList::default())
}

/// Certificates.
pub fn certificate(data: &[u8]) {
    for certificate in Certificate::parse_many(data).into_iter().flatten().chain(Certificate::parse(data)) {
        let _ = (certificate.info(), certificate.addresses(), certificate.is_authority());
        let again = Certificate::parse(certificate.der());
        assert_eq!(again.ok().as_ref(), Some(&certificate), "read again it is another");
        let trusted = certificate.is_signed_by(&certificate);
        assert!(!trusted || certificate.key_kind().is_some());
    }
}

/// CMS, and what a file of it is worth: never valid without a root.
pub fn cms(data: &[u8]) {
    if let Ok(data) = cms::SignedData::parse(data) {
        for content in [cms::Content::Attached, cms::Content::Bytes(b"content")] {
            for report in cms::verify(&data, content, &context()) {
                assert_ne!(report.verdict, ::signatures::Verdict::Valid, "valid without a root");
            }
        }
    }
}

/// Time-stamp tokens and requests.
pub fn timestamp(data: &[u8]) {
    let _ = timestamp::read(data);
    let _ = timestamp::read_request(data);
}

/// Revocation lists and OCSP answers.
pub fn revocation(data: &[u8]) {
    let _ = revocation::read_crl(data);
    let _ = revocation::read_ocsp(data);
}

/// PDF: read, judged, and signed once more: what was there before reads the same.
pub fn pdf(data: &[u8]) {
    let Ok(reading) = pdf::read_bytes(data) else { return };
    if let Ok(report) = pdf::verify(Cursor::new(data), &context()) {
        assert_ne!(report.verdict, ::signatures::Verdict::Valid, "valid without a root");
    }
    if let Ok(prepared) = pdf::prepare(Cursor::new(data), &pdf::Request::new("fuzz"))
        && let Ok(appended) = prepared.finish(&[0x30, 0x03, 0x02, 0x01, 0x00])
    {
        let longer = [data, &appended].concat();
        let Ok(again) = pdf::read_bytes(&longer) else { panic!("our own revision cannot be read") };
        assert_eq!(again.signatures.len(), reading.signatures.len() + 1, "a signature was lost or made up");
    }
}

/// XML: a canonical form is its own canonical form, and nothing is valid without a root.
pub fn xml(data: &[u8]) {
    let Ok(document) = Document::parse(data) else { return };
    for (rules, comments) in [(Rules::V10, false), (Rules::V10, true), (Rules::V11, true), (Rules::Exclusive, true)] {
        let method = Method { comments, ..Method::new(rules) };
        let Ok(once) = canonical(&document, &method) else { continue };
        let Ok(again) = Document::parse(&once) else { panic!("a canonical form cannot be read") };
        assert_eq!(canonical(&again, &method).as_ref(), Ok(&once), "not its own canonical form");
    }
    if let Ok(report) = xml::verify(data, Beside::Nothing, &context()) {
        assert_ne!(report.verdict, ::signatures::Verdict::Valid, "valid without a root");
    }
}

fn canonical(document: &Document<'_>, method: &Method) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let whole = Selection { element: None, without: None };
    canonicalize(document, whole, method, 1 << 22, &mut |piece| out.extend_from_slice(piece))?;
    Ok(out)
}

/// Containers.
pub fn asic(data: &[u8]) {
    if let Ok(report) = asic::verify(Cursor::new(data), &context()) {
        assert_ne!(report.verdict, ::signatures::Verdict::Valid, "valid without a root");
    }
}

/// Any file, its format told by its beginning.
pub fn signed_file(data: &[u8]) {
    let mut content: &[u8] = b"content";
    if let Ok(report) = file::verify(Cursor::new(data), Some(&mut content), &context()) {
        assert_ne!(report.verdict, ::signatures::Verdict::Valid, "valid without a root");
    }
}
