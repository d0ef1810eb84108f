//! Signatures made here, judged by pyHanko, pdfsig, openssl and qpdf.

use signatures::pdf::{Align, Appearance, Element, Fill, Place, Rect, Request};

use crate::support::*;

fn shown() -> Appearance {
    Appearance {
        elements: vec![
            Element::Image { png: png(40, 20, [0, 0, 200]), rect: Rect::new(0.0, 20.0, 120.0, 40.0) },
            Element::Text {
                text: "Nguyễn Thị Bưởi – ký số".into(),
                x: 60.0,
                y: 6.0,
                size: 10.0,
                italic: false,
                align: Align::Center,
            },
        ],
    }
}

#[test]
fn two_signatures_in_sequence_stand_in_files_of_either_kind() {
    for kind in [Kind::Table, Kind::Stream] {
        let original = sample(kind);
        let appearance = shown();
        let place = Some(Place { page: 0, rect: Rect::new(300.0, 200.0, 120.0, 60.0) });
        let request = Request { place, appearance: Some(&appearance), ..Request::new("nguoi-ky") };
        let first = signed(&original, "person", &request);
        assert!(first.starts_with(&original), "the original bytes are untouched");
        let fill =
            [Fill { field: "so-van-ban", text: "Số: 12/QĐ-UBND", size: 13.0, italic: false, align: Align::Left }];
        let second = signed(&first, "agency", &Request { fill: &fill, ..Request::new("co-quan") });
        assert!(second.starts_with(&first), "the first signature is untouched");
        qpdf_check(&second);
        let said = pdfsig(&second);
        assert_eq!(said.matches("Signature is Valid").count(), 2, "{said}");
        assert_eq!(said.matches("Total document signed").count(), 1, "{said}");
        if let Some(tools) = verifiers() {
            let said = pyhanko(&tools, &second);
            assert!(said.contains("nguoi-ky") && said.contains("co-quan"), "{said}");
            assert_eq!(said.matches("INTACT:TRUSTED").count(), 2, "{said}");
            assert!(said.contains("UNTOUCHED") && said.contains("EXTENDED_WITH_FORM_FILLING"), "{said}");
        }
    }
}

#[test]
fn the_text_can_be_read_back_with_its_marks() {
    let appearance = shown();
    let place = Some(Place { page: 0, rect: Rect::new(300.0, 200.0, 120.0, 60.0) });
    let pdf = signed(
        &sample(Kind::Table),
        "person",
        &Request { place, appearance: Some(&appearance), ..Request::new("nguoi-ky") },
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pdf).unwrap();
    let text = String::from_utf8(run(std::process::Command::new("pdftotext").arg(file.path()).arg("-"))).unwrap();
    assert!(text.contains("Nguyễn Thị Bưởi – ký số"), "{text}");
    let fonts = String::from_utf8(run(std::process::Command::new("pdffonts").arg(file.path()))).unwrap();
    let line = fonts.lines().find(|line| line.contains("LiberationSerif")).expect(&fonts);
    // Embedded, subset, with its way back to Unicode.
    assert!(line.contains("CID TrueType") && line.contains("yes yes yes"), "{fonts}");
}
