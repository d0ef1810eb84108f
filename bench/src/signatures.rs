//! Signatures: PDF made and verified against pyHanko, XML against xmlsec1, on the same files in the same run; memory with a large file.

use crate::xml_signatures;
use ::signatures::{Anchor, Certificate, Context, RevocationRule, TrustKind, TrustList, Verdict, cms, pdf};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How long each side is measured.
pub(crate) const LONG: Duration = Duration::from_secs(5);
/// The files of the comparison, bytes of content each.
const SIZES: [usize; 3] = [20_000, 200_000, 2_000_000];
/// Documents of the batch.
const BATCH: usize = 1000;
/// Content of the large file, bytes.
const LARGE: u64 = 250 << 20;

/// Counts how many times a second pyHanko validates each of the files given, one after the other, in one process.
const PYHANKO: &str = r#"
import io, sys, time
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
root, seconds, files = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
for name in files:
    data = open(name, 'rb').read()
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        context = ValidationContext(trust_roots=[load_cert_from_pemder(root)], allow_fetching=False)
        reader = PdfFileReader(io.BytesIO(data))
        status = validate_pdf_signature(reader.embedded_signatures[0], context)
        assert status.intact and status.trusted, name
        done += 1
    print(done / (time.perf_counter() - begun))
"#;

/// A root, a person's certificate and key, and the folder where `openssl` made them.
pub(crate) struct Pki {
    pub folder: tempfile::TempDir,
    pub chain: Vec<Certificate>,
    key: RsaKeyPair,
}

impl Pki {
    fn make() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let openssl = |arguments: &str| -> Outcome<Vec<u8>> {
            let done = Command::new("openssl").current_dir(folder.path()).args(arguments.split(' ')).output()?;
            if done.status.success() {
                return Ok(done.stdout);
            }
            Err(format!("openssl {arguments}: {}", String::from_utf8_lossy(&done.stderr)).into())
        };
        let extensions = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n";
        fs::write(folder.path().join("extensions"), extensions)?;
        let root = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign";
        openssl(&format!(
            "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 -subj /CN=Root {root}"
        ))?;
        openssl(
            "req -newkey rsa:2048 -nodes -keyout key.pem -out csr -subj /C=VN/CN=An/serialNumber=CCCD:012345678901",
        )?;
        openssl(
            "x509 -req -in csr -CA root.pem -CAkey root.key -CAcreateserial -days 365 -extfile extensions -out an.pem",
        )?;
        let pkcs8 = openssl("pkcs8 -topk8 -nocrypt -in key.pem -outform DER")?;
        let mut chain = Certificate::parse_many(&fs::read(folder.path().join("an.pem"))?)?;
        chain.extend(Certificate::parse_many(&fs::read(folder.path().join("root.pem"))?)?);
        Ok(Self { folder, chain, key: RsaKeyPair::from_pkcs8(&pkcs8).map_err(|e| e.to_string())? })
    }

    fn context(&self) -> Outcome<Context> {
        let root = self.chain.last().cloned().ok_or("no root")?;
        let trust = TrustList { anchors: vec![Anchor::new(root, TrustKind::Test)], ..TrustList::default() };
        let mut context = Context::new(base::Clock::System.now(), trust);
        context.revocation = RevocationRule::IfKnown;
        Ok(context)
    }

    /// A signature value (RSA, SHA-256).
    pub fn value(&self, bytes: &[u8]) -> Outcome<Vec<u8>> {
        let mut value = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut value).map_err(|e| e.to_string())?;
        Ok(value)
    }

    /// What is appended to the file.
    fn sign(&self, reader: impl std::io::Read + std::io::Seek) -> Outcome<Vec<u8>> {
        let prepared = pdf::prepare(reader, &pdf::Request::new("ky"))?;
        let signer = cms::prepare(&self.chain, &prepared.digest, &cms::Options::default())?;
        Ok(prepared.finish(&signer.finish(&self.value(signer.to_sign())?)?)?)
    }

    fn signed(&self, content: usize) -> Outcome<Vec<u8>> {
        let mut file = Vec::new();
        write_pdf(&mut file, content as u64)?;
        let appended = self.sign(Cursor::new(&file))?;
        file.extend(appended);
        Ok(file)
    }
}

/// A page with a stream of the given length, whose bytes nobody could compress.
fn write_pdf(out: &mut impl std::io::Write, content: u64) -> std::io::Result<()> {
    let mut at = 0;
    let mut offsets = Vec::new();
    let mut put = |out: &mut dyn std::io::Write, text: &str| {
        at += text.len() as u64;
        out.write_all(text.as_bytes()).map(|()| at)
    };
    let mut end = put(out, "%PDF-1.7\n%\u{e2}\u{e3}\n")?;
    let objects = [
        "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n".to_owned(),
        "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n".to_owned(),
        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R/PieceInfo<<>>>>\nendobj\n".to_owned(),
        "4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n".to_owned(),
        format!("5 0 obj\n<</Length {content}>>\nstream\n"),
    ];
    for object in objects {
        offsets.push(end);
        end = put(out, &object)?;
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut left = content;
    let mut piece = Vec::with_capacity(64 << 10);
    while left > 0 {
        piece.clear();
        while piece.len() < 64 << 10 && (piece.len() as u64) < left {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            piece.push(state as u8);
        }
        out.write_all(&piece)?;
        left -= piece.len() as u64;
    }
    let mut tail = "\nendstream\nendobj\n".to_owned();
    let table = end + content + tail.len() as u64;
    tail.push_str("xref\n0 6\n0000000000 65535 f \n");
    for offset in offsets {
        tail.push_str(&format!("{offset:010} 00000 n \n"));
    }
    tail.push_str(&format!("trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n"));
    out.write_all(tail.as_bytes())
}

/// The highest memory of this process so far, MB.
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Prints all of it.
pub fn run(verifiers: &Path) -> Outcome<()> {
    let pki = Pki::make()?;
    let context = pki.context()?;
    xml_signatures::run(&pki, &context)?;
    large(&pki, &context)?;
    let files: Vec<PathBuf> = SIZES.iter().map(|size| pki.folder.path().join(format!("{size}.pdf"))).collect();
    for (size, path) in SIZES.iter().zip(&files) {
        fs::write(path, pki.signed(*size)?)?;
    }
    let mut ours = Vec::new();
    for path in &files {
        let data = fs::read(path)?;
        let (mut done, begun) = (0_u32, Instant::now());
        while begun.elapsed() < LONG {
            let report = pdf::verify(Cursor::new(&data), &context)?;
            if report.verdict != Verdict::Valid {
                return Err(format!("{} is {:?}", path.display(), report.verdict).into());
            }
            done += 1;
        }
        ours.push(f64::from(done) / begun.elapsed().as_secs_f64());
    }
    let script = pki.folder.path().join("peer.py");
    fs::write(&script, PYHANKO)?;
    let theirs = Command::new(verifiers.join("python"))
        .arg(&script)
        .arg(pki.folder.path().join("root.pem"))
        .arg(LONG.as_secs().to_string())
        .args(&files)
        .output()?;
    if !theirs.status.success() {
        return Err(format!("pyHanko: {}", String::from_utf8_lossy(&theirs.stderr)).into());
    }
    let theirs = String::from_utf8(theirs.stdout)?;
    println!("PAdES verified a second, one thread, the same files in one run:");
    for ((size, ours), theirs) in SIZES.iter().zip(ours).zip(theirs.lines()) {
        let theirs: f64 = theirs.parse()?;
        println!("  {size:>9} bytes of content: {ours:.0}, pyHanko {theirs:.1}: {:.0} times", ours / theirs);
    }
    batch(&pki)
}

/// Signing 1,000 documents: how much of it is the key's own work.
fn batch(pki: &Pki) -> Outcome<()> {
    let mut document = Vec::new();
    write_pdf(&mut document, 50_000)?;
    let begun = Instant::now();
    for number in 1..=BATCH {
        pki.sign(Cursor::new(&document))?;
        if number % 250 == 0 {
            println!("  {number} of {BATCH} signed after {:.2} s", begun.elapsed().as_secs_f64());
        }
    }
    let whole = begun.elapsed();
    let begun = Instant::now();
    for _ in 0..BATCH {
        pki.value(b"the same number of signature values alone")?;
    }
    let keys = begun.elapsed();
    println!(
        "signing {BATCH} documents of 50 KB: {:.2} s, of which the key (RSA 2048) {:.2} s",
        whole.as_secs_f64(),
        keys.as_secs_f64()
    );
    Ok(())
}

/// A large file is signed and verified on the disk; hashing it is the physical limit.
fn large(pki: &Pki, context: &Context) -> Outcome<()> {
    let path = pki.folder.path().join("large.pdf");
    let mut out = BufWriter::new(File::create(&path)?);
    write_pdf(&mut out, LARGE)?;
    out.into_inner()?.sync_all()?;
    let before = peak_mb();
    let begun = Instant::now();
    let appended = pki.sign(BufReader::new(File::open(&path)?))?;
    let signed = begun.elapsed();
    File::options().append(true).open(&path)?.write_all(&appended)?;
    let begun = Instant::now();
    let report = pdf::verify(BufReader::new(File::open(&path)?), context)?;
    let verified = begun.elapsed();
    if report.verdict != Verdict::Valid {
        return Err(format!("the large file is {:?}", report.verdict).into());
    }
    let begun = Instant::now();
    let hashed = Command::new("openssl").args(["dgst", "-sha256"]).arg(&path).output()?;
    let hashing = begun.elapsed();
    if !hashed.status.success() {
        return Err("openssl dgst failed".into());
    }
    println!(
        "a PDF of {} MB: signed in {:.2} s, verified in {:.2} s (openssl dgst -sha256 alone {:.2} s); memory {} MB before, {} MB at most",
        LARGE >> 20,
        signed.as_secs_f64(),
        verified.as_secs_f64(),
        hashing.as_secs_f64(),
        before,
        peak_mb()
    );
    fs::remove_file(&path)?;
    Ok(())
}
