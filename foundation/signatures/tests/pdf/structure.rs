//! Files that are broken or built to exhaust a reader: refused in bounded time, never a panic.

use std::io::Cursor;
use std::sync::OnceLock;

use base::Timestamp;
use proptest::prelude::*;
use signatures::pdf::{Error, File, Limits, Place, Rect, Request, extends, read, read_bytes, verify};
use signatures::{Context, TrustList};

use crate::support::*;

#[test]
fn a_chain_that_loops_is_refused() {
    let mut pdf = sample(Kind::Table);
    let own = pdf.len() as u64;
    append(&mut pdf, &[], Kind::Table, Some(own), "/Root 1 0 R");
    assert!(matches!(read_bytes(&pdf), Err(Error::Malformed(what)) if what.contains("loops")));
}

#[test]
fn thousands_of_revisions_are_read_in_bounded_time() {
    let mut pdf = sample(Kind::Table);
    for round in 0..3000 {
        let prev = last_startxref(&pdf[pdf.len() - 200..]);
        append(&mut pdf, &[(10, format!("<</N {round}>>"))], Kind::Table, Some(prev), "/Root 1 0 R");
    }
    let started = std::time::Instant::now();
    assert_eq!(read(Cursor::new(&pdf)).unwrap().revisions, 3001);
    let few = Limits { sections: 100, ..Limits::default() };
    assert!(matches!(File::open_with(Cursor::new(&pdf), few), Err(Error::TooLarge(_))));
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn revisions_after_a_signature_are_compared_in_bounded_time() {
    let mut pdf = signed(&sample(Kind::Table), "person", &Request::new("nguoi-ky"));
    for round in 0..1000 {
        let prev = last_startxref(&pdf[pdf.len() - 200..]);
        append(&mut pdf, &[(190, format!("<</N {round}>>"))], Kind::Table, Some(prev), "/Root 1 0 R");
    }
    let started = std::time::Instant::now();
    let reading = read(Cursor::new(&pdf)).unwrap();
    assert_eq!(reading.signatures[0].changes.len(), 1000);
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn an_encrypted_file_is_refused_clearly() {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    append(&mut pdf, &objects(), Kind::Table, None, "/Root 1 0 R /Encrypt <</Filter /Standard>>");
    assert!(matches!(read_bytes(&pdf), Err(Error::Encrypted)));
    let request = Request::new("nguoi-ky");
    assert!(matches!(signatures::pdf::prepare(Cursor::new(&pdf), &request), Err(Error::Encrypted)));
}

#[test]
fn a_stream_that_grows_without_end_is_refused() {
    use std::io::Write;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![0; 80 << 20]).unwrap();
    let packed = packer.finish().unwrap();
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let start = pdf.len();
    pdf.extend(
        format!(
            "1 0 obj\n<</Type /XRef /Size 9 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode /Length {}>>\nstream\n",
            packed.len()
        )
        .bytes(),
    );
    pdf.extend(packed);
    pdf.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    assert!(matches!(read(Cursor::new(&pdf)), Err(Error::TooLarge(_))));
}

#[test]
fn a_key_given_twice_is_refused() {
    let mut objects = objects();
    objects[0].1 = "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /AcroForm null>>".into();
    assert!(matches!(read_bytes(&build(&objects, Kind::Table)), Err(Error::Malformed(_))));
}

#[test]
fn a_cross_reference_to_another_object_is_refused() {
    let pdf = sample(Kind::Table);
    let text = String::from_utf8_lossy(&pdf).into_owned();
    let at = pdf.windows(8).position(|window| window == b"\n1 0 obj").unwrap();
    let mut other = pdf.clone();
    other[at + 1] = b'9';
    assert!(text.contains("1 0 obj"));
    assert!(matches!(read_bytes(&other), Err(Error::Malformed(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_bytes(&bytes);
        let mut framed = b"%PDF-1.7\n".to_vec();
        framed.extend(&bytes);
        framed.extend(b"\nstartxref\n9\n%%EOF\n");
        let _ = read_bytes(&framed);
    }

    #[test]
    fn no_changed_bytes_make_it_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for kind in [Kind::Table, Kind::Stream] {
            let mut pdf = revise(&sample(kind), &[(10, "<</N 1>>")]);
            for (index, byte) in &changes {
                let at = index.index(pdf.len());
                pdf[at] = *byte;
            }
            let _ = read_bytes(&pdf);
        }
    }

    #[test]
    fn no_changed_bytes_of_a_signed_file_make_it_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut pdf = signed_sample().to_vec();
        for (index, byte) in &changes {
            let at = index.index(pdf.len());
            pdf[at] = *byte;
        }
        let context = Context::new(Timestamp::from_micros(0), TrustList::default());
        let _ = verify(Cursor::new(&pdf), &context);
        let _ = verify(Cursor::new(&pdf[..cut.index(pdf.len())]), &context);
        let _ = extends(Cursor::new(signed_sample()), Cursor::new(&pdf));
    }
}

/// A signed file with little room for its value, so that changes fall on the rest.
fn signed_sample() -> &'static [u8] {
    static SIGNED: OnceLock<Vec<u8>> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let place = Some(Place { page: 0, rect: Rect::new(50.0, 50.0, 100.0, 50.0) });
        let request = Request { place, reserved: 2048, ..Request::new("nguoi-ky") };
        let first = signed(&sample(Kind::Stream), "person", &request);
        signed(&first, "agency", &Request { reserved: 2048, ..Request::new("co-quan") })
    })
}
