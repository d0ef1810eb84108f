//! ASiC containers: made here and taken apart by other programs, made with `openssl` and judged here, and attacked.

use crate::pki::Pki;
use crate::support::{codes, signed_at, xmlsec};
use signatures::xml::{self, Options};
use signatures::{
    Certificate, Context, Digest, Format, Integrity, Level, Report, TimeProof, Verdict, asic, file, timestamp,
};
use std::io::{Cursor, Read, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MIME: &str = "application/vnd.etsi.asic-e+zip";
const LETTER: &[u8] = "Công văn số 12".as_bytes();
const TABLE: &[u8] = b"a;b;c\n1;2;3\n";
const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";

/// A container with these entries in this order.
fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn unpacked(container: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(container)).unwrap();
    let read = |index| {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..ZipArchive::new(Cursor::new(container)).unwrap().len()).map(read).collect()
}

/// The container with one entry made another, or left out.
fn with(container: &[u8], name: &str, bytes: Option<&[u8]>) -> Vec<u8> {
    let entries = unpacked(container);
    let changed = entries.iter().filter_map(|(known, old)| match bytes {
        _ if known != name => Some((known.as_str(), old.as_slice())),
        new => new.map(|new| (known.as_str(), new)),
    });
    packed(&changed.collect::<Vec<_>>())
}

fn and(container: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let entries = unpacked(container);
    let mut entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    entries.push((name, bytes));
    packed(&entries)
}

fn judge(container: &[u8], context: &Context) -> Report {
    file::verify(Cursor::new(container), None, context).unwrap()
}

fn files(letter: &[u8]) -> Vec<asic::File> {
    let file = |name: &str, media_type: &str, bytes: &[u8]| asic::File {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        digest: Digest::Sha256.of(bytes),
    };
    vec![file("văn bản/Công văn 12.txt", "text/plain", letter), file("bang.csv", "text/csv", TABLE)]
}

fn write(signature: &[u8], letter: &[u8]) -> Vec<u8> {
    let (mut letter, mut table) = (letter, TABLE);
    let mut files: [(&str, &mut dyn Read); 2] = [("văn bản/Công văn 12.txt", &mut letter), ("bang.csv", &mut table)];
    asic::write(Cursor::new(Vec::new()), &mut files, signature).unwrap().into_inner()
}

/// A container by `name` over a letter and a table.
fn made(pki: &Pki, name: &str, letter: &[u8]) -> Vec<u8> {
    let chain: Vec<Certificate> = pki.certificates(&[name, "ca"]);
    let prepared = asic::prepare(&files(letter), &chain, &Options::new(signed_at())).unwrap();
    write(&prepared.finish(&pki.signature(name, prepared.to_sign())).unwrap(), letter)
}

/// A container with CAdES by `openssl` over a manifest.
fn cades(pki: &Pki, name: &str, letter: &[u8]) -> Vec<u8> {
    let object = |uri: &str, bytes: &[u8]| {
        pki.write("digested", bytes);
        let value = pki.openssl("dgst -sha256 -binary digested");
        pki.write("value", value);
        let value = String::from_utf8(pki.openssl("base64 -A -in value")).unwrap();
        format!(
            "<asic:DataObjectReference URI=\"{uri}\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference>"
        )
    };
    let manifest = format!(
        "<asic:ASiCManifest xmlns:asic=\"{ASIC}\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><asic:SigReference URI=\"META-INF/signature001.p7s\" MimeType=\"application/pkcs7-signature\"/>{}{}</asic:ASiCManifest>",
        object("cong%20van.txt", letter),
        object("bang.csv", TABLE)
    );
    pki.write("manifest", &manifest);
    pki.openssl(&format!("cms -sign -cades -binary -in manifest -signer {name}.pem -inkey {name}.key -certfile ca.pem -outform DER -out manifest.p7s -md sha256"));
    packed(&[
        ("mimetype", MIME.as_bytes()),
        ("cong van.txt", letter),
        ("bang.csv", TABLE),
        ("META-INF/ASiCManifest001.xml", manifest.as_bytes()),
        ("META-INF/signature001.p7s", &pki.read("manifest.p7s")),
    ])
}

fn changed_digest(container: &[u8], name: &str) -> Vec<u8> {
    let entries = unpacked(container);
    let old = &entries.iter().find(|(known, _)| known == name).unwrap().1;
    with(container, name, Some(&[old.as_slice(), b" "].concat()))
}

#[test]
fn ours_are_valid_here_and_to_xmlsec() {
    let pki = Pki::usual();
    let context = pki.context();
    for name in ["person", "seal"] {
        let container = made(&pki, name, LETTER);
        assert_eq!(file::kind(&container[..200]), Some(file::Kind::Asic));
        let report = judge(&container, &context);
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", codes(&report));
        let one = &report.signatures[0];
        assert_eq!((one.format, one.level), (Format::Xades, Level::BB));
        let coverage = one.coverage.as_ref().unwrap();
        assert!(coverage.whole && coverage.names == ["văn bản/Công văn 12.txt", "bang.csv"], "{coverage:?}");
        assert!(one.place.starts_with("META-INF/signatures0.xml/asic:XAdESSignatures/ds:Signature"), "{}", one.place);
        // Taken apart by hand, the signature holds for another program, and no longer once a file is changed.
        let signature = &unpacked(&container).pop().unwrap().1;
        std::fs::create_dir_all(pki.path("văn bản")).unwrap();
        pki.write("văn bản/Công văn 12.txt", LETTER);
        // xmlsec1 opens names as they stand, so the escapes are put there.
        std::fs::create_dir_all(pki.path("v%C4%83n%20b%E1%BA%A3n")).unwrap();
        pki.write("v%C4%83n%20b%E1%BA%A3n/C%C3%B4ng%20v%C4%83n%2012.txt", LETTER);
        pki.write("bang.csv", TABLE);
        let (accepted, why) = xmlsec(&pki, signature);
        assert!(accepted, "{why}");
        pki.write("bang.csv", "a;b;c\n1;2;4\n");
        assert!(!xmlsec(&pki, signature).0);
        assert_eq!(judge(&with(&container, "bang.csv", Some(b"a;b;c\n1;2;4\n")), &context).verdict, Verdict::Invalid);
    }
    for name in ["../x", "META-INF/x", "mimetype", "a//b", ""] {
        let file = asic::File { name: name.to_owned(), media_type: String::new(), digest: vec![0; 32] };
        assert!(asic::prepare(&[file], &pki.certificates(&["seal"]), &Options::new(signed_at())).is_err(), "{name}");
    }
}

#[test]
fn a_time_stamp_counts_in_a_container_too() {
    let pki = Pki::usual();
    let prepared =
        asic::prepare(&files(LETTER), &pki.certificates(&["person", "ca"]), &Options::new(signed_at())).unwrap();
    let signature = prepared.finish(&pki.signature("person", prepared.to_sign())).unwrap();
    let covered = xml::to_timestamp(&signature, 0).unwrap();
    let request = timestamp::request(Digest::Sha256, &Digest::Sha256.of(&covered), None);
    let token = timestamp::read_response(&pki.stamp("tsa", &request), &request).unwrap();
    let container = write(&xml::add_timestamp(&signature, 0, &token).unwrap(), LETTER);
    let report = judge(&container, &pki.context());
    assert_eq!((report.verdict, report.signatures[0].level), (Verdict::Valid, Level::BT), "{:?}", codes(&report));
    assert_eq!(report.signatures[0].time_proof, TimeProof::TimeStamp);
    let carried = file::certificates(Cursor::new(&container)).unwrap();
    for name in ["person", "ca", "tsa"] {
        assert!(carried.contains(&pki.certificate(name)), "{name}");
    }
}

#[test]
fn those_of_openssl_over_a_manifest_are_judged() {
    let pki = Pki::usual();
    let context = pki.context();
    let container = cades(&pki, "person", LETTER);
    let report = judge(&container, &context);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", codes(&report));
    let one = &report.signatures[0];
    assert_eq!((one.format, one.level, one.integrity), (Format::Cades, Level::BB, Integrity::Intact));
    assert!(one.coverage.as_ref().unwrap().whole);
    assert!(file::certificates(Cursor::new(&container)).unwrap().contains(&pki.certificate("person")));

    let swapped = with(&container, "bang.csv", Some(LETTER));
    let report = judge(&swapped, &context);
    assert_eq!((report.verdict, report.signatures[0].level), (Verdict::Invalid, Level::None));
    assert!(codes(&report).contains(&"integrity.content-changed".to_owned()));
    for name in ["META-INF/ASiCManifest001.xml", "cong van.txt"] {
        assert_eq!(judge(&changed_digest(&container, name), &context).verdict, Verdict::Invalid, "{name}");
    }
    let gone = judge(&with(&container, "bang.csv", None), &context);
    assert!(codes(&gone).contains(&"integrity.content-missing".to_owned()));
    assert_eq!(gone.verdict, Verdict::Indeterminate);
    // The manifest of another container, with its own sound signature kept here.
    let other = cades(&pki, "person", b"another letter");
    let manifest = unpacked(&other).into_iter().find(|(name, _)| name.ends_with("Manifest001.xml")).unwrap().1;
    let mixed = with(&container, "META-INF/ASiCManifest001.xml", Some(&manifest));
    assert_eq!(judge(&mixed, &context).verdict, Verdict::Invalid);
    // Without a manifest nothing says what the signature is about.
    let bare = judge(&with(&container, "META-INF/ASiCManifest001.xml", None), &context);
    assert_eq!(bare.verdict, Verdict::Indeterminate);
    assert!(codes(&bare).contains(&"file.content-not-signed".to_owned()));
    // Two manifests for one signature: which one is meant?
    let manifest = unpacked(&container).into_iter().find(|(name, _)| name.ends_with("Manifest001.xml")).unwrap().1;
    let two = judge(&and(&container, "META-INF/ASiCManifest002.xml", &manifest), &context);
    assert_eq!(two.verdict, Verdict::Invalid, "{:?}", codes(&two));
}

#[test]
fn a_simple_container_signs_its_one_file() {
    let pki = Pki::usual();
    pki.write("content", LETTER);
    pki.openssl("cms -sign -cades -binary -in content -signer person.pem -inkey person.key -outform DER -out simple.p7s -md sha256");
    let signature = pki.read("simple.p7s");
    let mime: &[u8] = b"application/vnd.etsi.asic-s+zip";
    let container = packed(&[("mimetype", mime), ("van-ban.txt", LETTER), ("META-INF/signature.p7s", &signature)]);
    let context = pki.context();
    let report = judge(&container, &context);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", codes(&report));
    assert_eq!(report.signatures[0].coverage.as_ref().unwrap().names, ["van-ban.txt"]);
    assert_eq!(judge(&with(&container, "van-ban.txt", Some(TABLE)), &context).verdict, Verdict::Invalid);
    assert_eq!(judge(&and(&container, "them.txt", TABLE), &context).verdict, Verdict::Indeterminate);
}

#[test]
fn what_nobody_signed_is_named() {
    let pki = Pki::usual();
    let context = pki.context();
    for container in [made(&pki, "person", LETTER), cades(&pki, "person", LETTER)] {
        let more = judge(&and(&container, "them.pdf", b"%PDF-1.7"), &context);
        assert_eq!((more.verdict, more.signatures[0].verdict), (Verdict::Indeterminate, Verdict::Valid));
        let reason = more.reasons.iter().find(|reason| reason.code == "file.content-not-signed").unwrap();
        assert!(reason.message.en.contains("them.pdf"), "{}", reason.message.en);
        assert!(codes(&more).contains(&"signature.part-signed".to_owned()));
        let none = judge(
            &with(&with(&container, "META-INF/signatures0.xml", None), "META-INF/signature001.p7s", None),
            &context,
        );
        assert_eq!((none.verdict, none.signatures.len()), (Verdict::Indeterminate, 0));
    }
    // A signature of another container covers nothing here.
    let (ours, other) = (made(&pki, "person", LETTER), made(&pki, "person", TABLE));
    let signature = unpacked(&other).pop().unwrap().1;
    assert_eq!(judge(&with(&ours, "META-INF/signatures0.xml", Some(&signature)), &context).verdict, Verdict::Invalid);
}

#[test]
fn containers_that_two_readers_see_differently_are_refused() {
    let pki = Pki::usual();
    let container = made(&pki, "seal", LETTER);
    let signature = unpacked(&container).pop().unwrap().1;
    let sound = |bytes: &[u8]| file::verify(Cursor::new(bytes), None, &pki.context()).is_ok();
    assert!(sound(&container));
    // A ZIP inside, as office documents are, is no reason.
    let inner = packed(&[("word/document.xml", LETTER)]);
    assert!(sound(&packed(&[
        ("mimetype", MIME.as_bytes()),
        ("a.docx", &inner),
        ("META-INF/signatures.xml", &signature)
    ])));
    let mime = ("mimetype", MIME.as_bytes());
    let rest = ("META-INF/signatures0.xml", signature.as_slice());
    let cases: [(&str, Vec<u8>); 6] = [
        ("mimetype last", packed(&[("a", LETTER), rest, mime])),
        ("another mimetype", packed(&[("mimetype", b"application/zip"), ("a", LETTER), rest])),
        ("a name that leads outside", packed(&[mime, ("../a", LETTER), rest])),
        ("names that differ in case", packed(&[mime, ("a", LETTER), ("A", TABLE), rest])),
        ("an absolute name", packed(&[mime, ("/etc/passwd", LETTER), rest])),
        ("something before", [b"#!/bin/sh\n", container.as_slice()].concat()),
    ];
    for (what, bytes) in cases {
        assert!(!sound(&bytes), "{what}");
    }
    // The same name twice: a writer refuses that, so one name is made the other by hand.
    let twice = packed(&[mime, ("bang1.csv", LETTER), ("bang2.csv", TABLE), rest]);
    let same = replaced(&twice, b"bang2.csv", b"bang1.csv");
    assert!(sound(&twice) && !sound(&same));
    // A local header that says otherwise than the directory.
    let at = container.windows(8).position(|window| window == b"bang.csv").unwrap();
    let mut other = container.clone();
    other[at] = b'c';
    assert!(!sound(&other));
    // Cut off, with more behind, with a second end mark.
    assert!(!sound(&container[..container.len() - 1]));
    assert!(!sound(&[container.as_slice(), b"more"].concat()));
    assert!(!sound(&[container.as_slice(), &container[container.len() - 22..]].concat()));
    // A bomb.
    let bomb = packed(&[mime, ("a", &vec![0; 64 << 20]), rest]);
    assert!(bomb.len() < 1 << 20 && !sound(&bomb));
    // Too many files.
    let names: Vec<String> = (0..1100).map(|n| format!("f{n}")).collect();
    let many: Vec<(&str, &[u8])> =
        std::iter::once(mime).chain(names.iter().map(|name| (name.as_str(), &b""[..]))).collect();
    assert!(!sound(&packed(&many)));
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let found: Vec<usize> =
        bytes.windows(from.len()).enumerate().filter(|(_, window)| *window == from).map(|(at, _)| at).collect();
    for at in found {
        out[at..at + to.len()].copy_from_slice(to);
    }
    out
}
