//! Small PDFs made in the test, certificates made by `openssl`, and the outside tools.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use signatures::pdf::{Prepared, Request, prepare};
use signatures::{Digest, timestamp};

pub use crate::pki::verifiers;
use crate::pki::{Key, PERSON, Pki, STAMPER};

/// How a sample's cross-reference is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Table,
    Stream,
}

/// Object numbers of the samples.
pub const CATALOG: u32 = 1;
pub const PAGE: u32 = 3;
pub const CONTENT: u32 = 4;
pub const FONT: u32 = 5;
pub const FORM: u32 = 7;
pub const TEXT_FIELD: u32 = 8;

/// Two pages, a font, a content stream and a form with one text field.
pub fn objects() -> Vec<(u32, String)> {
    let content = "BT /F1 18 Tf 72 700 Td (QUYET DINH) Tj ET";
    vec![
        (CATALOG, "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R>>".into()),
        (2, "<</Type /Pages /Kids [3 0 R 6 0 R] /Count 2 /MediaBox [0 0 595 842]>>".into()),
        (
            PAGE,
            "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> /Annots [8 0 R]>>".into(),
        ),
        (CONTENT, format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())),
        (FONT, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".into()),
        (6, "<</Type /Page /Parent 2 0 R /Resources <<>>>>".into()),
        (FORM, "<</Fields [8 0 R] /DA (/Helv 0 Tf 0 g) /DR <</Font <</Helv 5 0 R>>>>>>".into()),
        (
            TEXT_FIELD,
            "<</Type /Annot /Subtype /Widget /FT /Tx /T (so-van-ban) /Rect [100 600 300 620] /P 3 0 R /F 4 \
             /DA (/Helv 12 Tf 0 g)>>"
                .into(),
        ),
    ]
}

/// A file of these objects.
pub fn build(objects: &[(u32, String)], kind: Kind) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    append(&mut pdf, objects, kind, None, "/Root 1 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00>]");
    pdf
}

/// Appends a revision by hand: what an attacker, or an honest other tool, would write.
pub fn append(pdf: &mut Vec<u8>, objects: &[(u32, String)], kind: Kind, prev: Option<u64>, trailer: &str) {
    let mut entries = Vec::new();
    for (number, body) in objects {
        entries.push((*number, pdf.len()));
        pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let start = pdf.len();
    let prev = prev.map(|prev| format!("/Prev {prev}")).unwrap_or_default();
    // Never smaller than in the revision before, which strict readers ask for.
    let highest = objects.iter().map(|(number, _)| *number).max().unwrap_or(0);
    let size = match (prev.is_empty(), kind) {
        (true, Kind::Table) => highest + 1,
        (true, Kind::Stream) => highest + 2,
        (false, _) => 500,
    };
    match kind {
        Kind::Table => {
            pdf.extend(b"xref\n");
            if prev.is_empty() {
                pdf.extend(b"0 1\n0000000000 65535 f\r\n");
            }
            for (number, offset) in entries {
                pdf.extend(format!("{number} 1\n{offset:010} 00000 n\r\n").bytes());
            }
            pdf.extend(format!("trailer\n<</Size {size} {trailer} {prev}>>\n").bytes());
        }
        Kind::Stream => {
            let own = if prev.is_empty() { highest + 1 } else { 499 };
            entries.push((own, start));
            let index: Vec<String> = entries.iter().map(|(number, _)| format!("{number} 1")).collect();
            let mut data = Vec::new();
            for (_, offset) in &entries {
                data.push(1);
                data.extend((*offset as u32).to_be_bytes());
                data.push(0);
            }
            pdf.extend(
                format!(
                    "{own} 0 obj\n<</Type /XRef /Size {size} /W [1 4 1] /Index [{}] /Length {} {trailer} {prev}>>\nstream\n",
                    index.join(" "),
                    data.len()
                )
                .bytes(),
            );
            pdf.extend(data);
            pdf.extend(b"\nendstream\nendobj\n");
        }
    }
    pdf.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
}

/// A further revision with the catalogue as root.
pub fn revise(pdf: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    let mut pdf = pdf.to_vec();
    let prev = last_startxref(&pdf);
    let is_table = pdf[prev as usize..].starts_with(b"xref");
    let objects: Vec<_> = objects.iter().map(|(number, body)| (*number, (*body).to_string())).collect();
    let kind = if is_table { Kind::Table } else { Kind::Stream };
    append(&mut pdf, &objects, kind, Some(prev), "/Root 1 0 R");
    pdf
}

pub fn last_startxref(pdf: &[u8]) -> u64 {
    let at = pdf.windows(9).rposition(|window| window == b"startxref").unwrap();
    let rest = std::str::from_utf8(&pdf[at + 9..]).unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

pub fn sample(kind: Kind) -> Vec<u8> {
    build(&objects(), kind)
}

/// An authority `ca`, a `person`, an `agency` and a `tsa`, made once a test run; one test at a time may use its files.
pub fn pki() -> MutexGuard<'static, Pki> {
    static PKI: OnceLock<Mutex<Pki>> = OnceLock::new();
    let made = PKI.get_or_init(|| {
        let pki = Pki::new();
        pki.root("ca", "/CN=Test CA");
        pki.issue("ca", "person", "/CN=person", PERSON, Key::P256);
        pki.issue("ca", "agency", "/CN=agency", PERSON, Key::P256);
        // pyHanko's own time-stamps are RSA only.
        pki.issue("ca", "tsa", "/CN=Test TSA", STAMPER, Key::Rsa(2048));
        let list = pki.crl("ca");
        pki.write("ca.crl.der", list);
        Mutex::new(pki)
    });
    made.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A time-stamp token over this SHA-256 digest.
pub fn stamp(digest: &[u8]) -> Vec<u8> {
    let request = timestamp::request(Digest::Sha256, digest, None);
    timestamp::read_response(&pki().stamp("tsa", &request), &request).unwrap()
}

/// A detached CMS over this content, made by `openssl`.
fn cms(who: &str, content: &[u8]) -> Vec<u8> {
    let pki = pki();
    pki.write("content", content);
    pki.openssl(&format!(
        "cms -sign -binary -cades -md sha256 -outform DER -signer {who}.pem -inkey {who}.key -certfile ca.pem -in content"
    ))
}

/// Runs a command that must succeed, and gives what it printed.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let shown = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{}", shown());
    [output.stdout, output.stderr].concat()
}

/// Signs a file as the person of this name.
pub fn signed(pdf: &[u8], who: &str, request: &Request) -> Vec<u8> {
    let prepared = prepare(Cursor::new(pdf), request).unwrap();
    complete(pdf, who, &prepared)
}

pub fn complete(pdf: &[u8], who: &str, prepared: &Prepared) -> Vec<u8> {
    // The bytes to sign, taken from the file as it will be: a value of one byte only marks the gap.
    let draft = [pdf, &prepared.finish(&[0]).unwrap()].concat();
    let [_, first, second, rest] = last_byte_range(&draft);
    let content = [&draft[..first], &draft[second..second + rest]].concat();
    let value = cms(who, &content);
    [pdf, &prepared.finish(&value).unwrap()].concat()
}

/// The four numbers of the last `/ByteRange` of a file.
pub fn last_byte_range(pdf: &[u8]) -> [usize; 4] {
    let at = pdf.windows(10).rposition(|window| window == b"/ByteRange").unwrap();
    let text = String::from_utf8_lossy(&pdf[at + 10..at + 80]).into_owned();
    let inside = text.trim_start().trim_start_matches('[').split(']').next().unwrap().to_string();
    let numbers: Vec<usize> = inside.split_whitespace().map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// What pyHanko says of every signature of a file: its summary lines.
pub fn pyhanko(tools: &Path, pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let output = Command::new(tools.join("pyhanko"))
        .args(["sign", "validate", "--trust"])
        .arg(pki().path("ca.pem"))
        .args(["--trust-replace", "--no-revocation-check"])
        .arg(file.path())
        .output()
        .expect("pyhanko");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What `pdfsig` says of a file.
pub fn pdfsig(pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let output = Command::new("pdfsig").arg("-nocert").arg(file.path()).output().expect("pdfsig");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// `qpdf --check` must have nothing to say.
pub fn qpdf_check(pdf: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let said = String::from_utf8(run(Command::new("qpdf").arg("--check").arg(file.path()))).unwrap();
    assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
}

/// A PNG of one colour with a transparent left half.
pub fn png(width: u32, height: u32, color: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    let pixel = |index: u32| [color[0], color[1], color[2], if index % width < width / 2 { 0 } else { 255 }];
    let pixels: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}
