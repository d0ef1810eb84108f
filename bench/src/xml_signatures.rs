//! XML signatures: verified, against `xmlsec1` on the same files in the same run.

use crate::signatures::{LONG, Outcome, Pki};
use ::signatures::xml::{self, Beside, Options};
use ::signatures::{Context, Verdict};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// The files of the comparison, bytes of content each.
const SIZES: [usize; 3] = [2_000, 50_000, 1_000_000];

/// A document of elements, attributes and Vietnamese text, signed as a whole (XAdES-B-B).
fn signed(pki: &Pki, content: usize) -> Outcome<Vec<u8>> {
    let mut text = String::from("<vb:DanhSach xmlns:vb=\"urn:vn:danh-sach\">");
    for number in 0.. {
        if text.len() >= content {
            break;
        }
        text.push_str(&format!(
            "<vb:HoSo so=\"{number}\" loai='đất đai'><vb:Ten>Nguyễn Văn {number} &amp; vợ</vb:Ten><ghi-chu/></vb:HoSo>\n"
        ));
    }
    text.push_str("</vb:DanhSach>");
    let prepared = xml::prepare(text.as_bytes(), &pki.chain, &Options::new(base::Clock::System.now()))?;
    Ok(prepared.finish(&pki.value(prepared.to_sign())?)?)
}

/// Prints how many files a second both sides verify; both read the file from the disk each time.
pub fn run(pki: &Pki, context: &Context) -> Outcome<()> {
    println!("XAdES verified a second, one thread, the same files in one run:");
    for size in SIZES {
        let path = pki.folder.path().join(format!("{size}.xml"));
        fs::write(&path, signed(pki, size)?)?;
        let (mut done, begun) = (0_u32, Instant::now());
        while begun.elapsed() < LONG {
            let report = xml::verify(&fs::read(&path)?, Beside::Nothing, context)?;
            if report.verdict != Verdict::Valid {
                return Err(format!("{} is {:?}", path.display(), report.verdict).into());
            }
            done += 1;
        }
        let ours = f64::from(done) / begun.elapsed().as_secs_f64();
        let theirs = |repeat: u32| -> Outcome<Duration> {
            let begun = Instant::now();
            let output = Command::new("xmlsec1")
                .args([
                    "--verify",
                    "--repeat",
                    &repeat.to_string(),
                    "--id-attr:Id",
                    "SignedProperties",
                    "--trusted-pem",
                ])
                .arg(pki.folder.path().join("root.pem"))
                .arg(&path)
                .output()?;
            if output.status.success() {
                return Ok(begun.elapsed());
            }
            Err(format!("xmlsec1: {}", String::from_utf8_lossy(&output.stderr)).into())
        };
        // Starting the program is no part of it, so one verification is taken off many.
        let once = theirs(1)?;
        let mut repeat = 100;
        let mut many = theirs(repeat)?;
        while many < LONG / 2 {
            repeat *= 4;
            many = theirs(repeat)?;
        }
        let theirs = f64::from(repeat - 1) / many.saturating_sub(once).as_secs_f64();
        println!("  {size:>9} bytes of content: {ours:.0}, xmlsec1 {theirs:.0}: {:.1} times", ours / theirs);
    }
    Ok(())
}
