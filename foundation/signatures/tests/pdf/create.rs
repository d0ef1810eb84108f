//! Signatures made here, judged by pyHanko, pdfsig, openssl and qpdf.

use std::io::Cursor;

use signatures::pdf::{
    Align, Appearance, DEFAULT_RESERVED, Element, Error, Fill, Lock, Place, Prepared, Rect, Request, prepare, read,
};

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

#[test]
fn files_with_object_streams_and_linearised_ones_are_extended_as_they_are() {
    for options in [
        &["--object-streams=generate"][..],
        &["--linearize"],
        &["--linearize", "--object-streams=generate"],
        &["--object-streams=generate", "--stream-data=compress", "--compression-level=9"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (folder.path().join("in.pdf"), folder.path().join("out.pdf"));
        std::fs::write(&source, sample(Kind::Table)).unwrap();
        run(std::process::Command::new("qpdf").args(options).arg(source).arg(&target));
        let original = std::fs::read(target).unwrap();
        let fill = [Fill { field: "so-van-ban", text: "12", size: 12.0, italic: false, align: Align::Left }];
        let first = signed(&original, "person", &Request::new("nguoi-ky"));
        let second = signed(&first, "agency", &Request { fill: &fill, ..Request::new("co-quan") });
        qpdf_check(&second);
        let found = read(Cursor::new(&second)).unwrap().signatures;
        assert!(found.len() == 2 && found.iter().all(|signed| signed.is_sound()), "{options:?} {found:?}");
        assert_eq!(pdfsig(&second).matches("Signature is Valid").count(), 2);
        if let Some(tools) = verifiers() {
            let said = pyhanko(&tools, &second);
            assert_eq!(said.matches("INTACT:TRUSTED").count(), 2, "{options:?} {said}");
        }
    }
}

#[test]
fn a_field_that_waits_is_signed_with_the_lock_it_asks_for() {
    let mut objects = objects();
    objects[2].1 = objects[2].1.replace("/Annots [8 0 R]", "/Annots [8 0 R 9 0 R]");
    objects[6].1 = "<</Fields [8 0 R 9 0 R]>>".into();
    objects.push((
        9,
        "<</Type /Annot /Subtype /Widget /FT /Sig /T (cho-ky) /Rect [300 200 420 260] /P 3 0 R /F 4 \
         /Lock <</Type /SigFieldLock /Action /Include /Fields [(so-van-ban)]>>>>"
            .into(),
    ));
    let original = build(&objects, Kind::Table);
    assert_eq!(read(Cursor::new(&original)).unwrap().empty_fields, ["cho-ky"]);
    let appearance = shown();
    let first = signed(&original, "agency", &Request::new("co-quan"));
    let both = signed(&first, "person", &Request { appearance: Some(&appearance), ..Request::new("cho-ky") });
    let found = read(Cursor::new(&both)).unwrap();
    assert!(found.empty_fields.is_empty());
    assert!(found.signatures.iter().all(|signed| signed.is_sound()), "{found:?}");
    assert_eq!(found.signatures[1].lock, Some(Lock::Include(vec!["so-van-ban".into()])));
    let fill = [Fill { field: "so-van-ban", text: "12", size: 12.0, italic: false, align: Align::Left }];
    let late = Request { fill: &fill, ..Request::new("nua") };
    assert!(matches!(prepare(Cursor::new(&both), &late), Err(Error::Request(_))));
    if let Some(tools) = verifiers() {
        let said = pyhanko(&tools, &both);
        assert_eq!(said.matches("INTACT:TRUSTED").count(), 2, "{said}");
    }
}

#[test]
fn lists_that_are_objects_of_their_own_grow_in_place() {
    let mut objects = objects();
    objects[2].1 = objects[2].1.replace("/Annots [8 0 R]", "/Annots 20 0 R");
    objects[6].1 = "<</Fields 21 0 R>>".into();
    objects.extend([(20, "[8 0 R]".to_string()), (21, "[8 0 R]".to_string())]);
    let first = signed(&build(&objects, Kind::Stream), "person", &Request::new("nguoi-ky"));
    let second = signed(&first, "agency", &Request::new("co-quan"));
    qpdf_check(&second);
    let found = read(Cursor::new(&second)).unwrap().signatures;
    assert!(found.len() == 2 && found.iter().all(|signed| signed.is_sound()), "{found:?}");
    if let Some(tools) = verifiers() {
        let said = pyhanko(&tools, &second);
        assert_eq!(said.matches("INTACT:TRUSTED").count(), 2, "{said}");
    }
}

#[test]
fn what_waits_for_its_value_can_be_stored_meanwhile() {
    let original = sample(Kind::Table);
    let prepared = prepare(Cursor::new(&original), &Request::new("nguoi-ky")).unwrap();
    let stored = serde_json::to_string(&prepared).unwrap();
    let again: Prepared = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, prepared);
    assert!(read(Cursor::new(complete(&original, "person", &again))).unwrap().signatures[0].is_sound());
    assert_eq!(again.reserved(), DEFAULT_RESERVED);
    assert!(again.finish(&vec![1; DEFAULT_RESERVED]).is_ok());
    assert!(matches!(again.finish(&vec![1; DEFAULT_RESERVED + 1]), Err(Error::Request(_))));
}
