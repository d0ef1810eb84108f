//! Appearance by Decree 30/2020/NĐ-CP, Annex I: person, number, date and seal in order; blocks on annexes and copies;
//! nothing that PDF/A forbids.

use std::io::Cursor;
use std::process::Command;

use base::Timestamp;
use signatures::pdf::decree30::{Block, CopyKind, MM, block, personal, seal};
use signatures::pdf::{Align, Change, Error, Fill, Place, Rect, Request, page_size, prepare, read, reserve_fields};

use crate::support::*;

fn at() -> Timestamp {
    Timestamp::parse("2026-01-05T03:30:15Z").unwrap()
}

fn pdftotext(pdf: &[u8], arguments: &[&str]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    String::from_utf8(run(Command::new("pdftotext").args(arguments).arg(file.path()).arg("-"))).unwrap()
}

#[test]
fn number_date_and_seal_come_after_the_person_and_leave_the_signature_intact() {
    let original = sample(Kind::Table);
    let field = |bottom: f64, left: f64| Place { page: 0, rect: Rect::new(left, bottom, 230.0, 16.0) };
    let fields = [("so-ky-hieu", field(740.0, 60.0)), ("ngay-thang", field(740.0, 320.0))];
    let reserved = [&original[..], &reserve_fields(Cursor::new(&original), &fields).unwrap()].concat();
    let (place, shown) = personal(&png(90, 40, [20, 40, 200]), 0, (420.0, 220.0), 45.0 * MM, 20.0 * MM);
    let request = Request { place: Some(place), appearance: Some(&shown), ..Request::new("lanh-dao") };
    let person = signed(&reserved, "person", &request);
    let (seal_place, seal_shown) = seal(&png(100, 100, [220, 0, 0]), &place, (36.0, 36.0));
    assert!((seal_place.rect.right - (place.rect.left + place.rect.width() / 3.0)).abs() < 1e-9);
    assert!((seal_place.rect.width() - 102.047).abs() < 0.01, "36 mm, true size");
    let fill = [
        Fill { field: "so-ky-hieu", text: "Số: 12/QĐ-UBND", size: 13.0, italic: false, align: Align::Center },
        Fill {
            field: "ngay-thang",
            text: "Hoàn Kiếm, ngày 05 tháng 01 năm 2026",
            size: 13.0,
            italic: true,
            align: Align::Center,
        },
    ];
    let request = Request {
        place: Some(seal_place),
        appearance: Some(&seal_shown),
        fill: &fill,
        time: Some(at()),
        name: Some("Ủy ban nhân dân phường Hoàn Kiếm"),
        ..Request::new("co-quan")
    };
    let issued = signed(&person, "agency", &request);
    qpdf_check(&issued);
    let text = pdftotext(&issued, &[]);
    assert!(text.contains("Số: 12/QĐ-UBND") && text.contains("Hoàn Kiếm, ngày 05 tháng 01 năm 2026"), "{text}");
    let found = read(Cursor::new(&issued)).unwrap().signatures;
    assert!(found.iter().all(|signed| signed.is_sound()), "{found:?}");
    let filled = |field: &str| Change::FormFilled { field: field.into() };
    let changes: Vec<_> = found[0].changes.iter().map(|later| later.change.clone()).collect();
    assert!(changes.contains(&filled("so-ky-hieu")) && changes.contains(&filled("ngay-thang")), "{changes:?}");
    assert_eq!(found[1].claims.time.as_deref(), Some("D:20260105103015+07'00'"));
    assert_eq!(found[1].claims.name.as_deref(), Some("Ủy ban nhân dân phường Hoàn Kiếm"));
    if let Some(tools) = verifiers() {
        let said = pyhanko(&tools, &issued);
        assert_eq!(said.matches("INTACT:TRUSTED").count(), 2, "{said}");
        assert!(said.contains("EXTENDED_WITH_FORM_FILLING") && said.contains("UNTOUCHED"), "{said}");
    }
    let wide = [Fill { text: "Hoàn Kiếm, ngày 05 tháng 01 năm 2026, rất dài", ..fill[1] }];
    let request = Request { fill: &wide, ..Request::new("nua") };
    assert!(matches!(prepare(Cursor::new(&person), &request), Err(Error::Request(_))), "no text is cut off");
    // A field that is filled cannot be filled again, and none can be added any more.
    assert!(matches!(
        prepare(Cursor::new(&issued), &Request { fill: &fill, ..Request::new("nua") }),
        Err(Error::Request(_))
    ));
    assert!(matches!(reserve_fields(Cursor::new(&person), &fields), Err(Error::Request(_))));
}

#[test]
fn a_copy_says_what_it_is_at_the_top_right_of_the_first_page() {
    let kinds = [
        (Block::Annex { notation: "12/QĐ-UBND" }, vec!["12/QĐ-UBND", "05/01/2026 10:30:15 +07:00"]),
        (
            Block::Copy { kind: CopyKind::Full, agency: "Ủy ban nhân dân phường Hoàn Kiếm" },
            vec!["SAO Y", "Ủy ban nhân dân phường Hoàn Kiếm", "05/01/2026 10:30:15 +07:00"],
        ),
        (
            Block::Digitised {
                agency: "Trung tâm Lưu trữ lịch sử thành phố Hà Nội thuộc Sở Nội vụ"
            },
            vec!["Trung tâm Lưu trữ lịch sử thành phố Hà Nội thuộc", "Sở Nội vụ", "05/01/2026 10:30:15 +07:00"],
        ),
    ];
    for (kind, lines) in kinds {
        let (place, shown) = block(&kind, at(), (595.0, 842.0)).unwrap();
        let request = Request { place: Some(place), appearance: Some(&shown), ..Request::new("co-quan") };
        let pdf = signed(&sample(Kind::Stream), "agency", &request);
        // Only what stands in the top right quarter of the page, in its top 40 mm.
        let text = pdftotext(&pdf, &["-l", "1", "-x", "297", "-y", "0", "-W", "298", "-H", "113"]);
        let found: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(found, lines);
    }
}

/// The sample with a claim of PDF/A.
fn archive_file(part: u8, intent: bool) -> Vec<u8> {
    let mut objects = objects();
    let xmp = format!("<x:xmpmeta><pdfaid:part>{part}</pdfaid:part></x:xmpmeta>");
    let intents = if intent { "/OutputIntents [31 0 R]" } else { "" };
    objects[0].1 = format!("<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /Metadata 30 0 R {intents}>>");
    objects.push((30, format!("<</Type /Metadata /Subtype /XML /Length {}>>\nstream\n{xmp}\nendstream", xmp.len())));
    objects.push((31, "<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB)>>".into()));
    build(&objects, Kind::Table)
}

#[test]
fn an_archive_file_gets_nothing_that_its_standard_forbids() {
    let (place, shown) = personal(&png(90, 40, [20, 40, 200]), 0, (420.0, 220.0), 127.0, 56.0);
    let request = Request { place: Some(place), appearance: Some(&shown), ..Request::new("lanh-dao") };
    for (original, soft) in [
        (sample(Kind::Table), true),
        (archive_file(2, true), true),
        (archive_file(2, false), false),
        (archive_file(1, true), false),
    ] {
        let added = signed(&original, "person", &request)[original.len()..].to_vec();
        let text = String::from_utf8_lossy(&added);
        assert_eq!(text.contains("/SMask"), soft);
        assert_eq!(text.contains("/ImageMask true"), !soft, "the hand signature stays transparent");
        assert!(text.contains("/F 132"), "printed, not hidden");
        assert!(!text.contains("/DeviceRGB") && !text.contains("/OutputIntents ["), "{text}");
        assert!(!text.contains("/Group"));
    }
}

#[test]
fn an_image_that_is_none_is_refused() {
    let (place, shown) = personal(b"GIF89a", 0, (420.0, 220.0), 127.0, 56.0);
    let request = Request { place: Some(place), appearance: Some(&shown), ..Request::new("lanh-dao") };
    assert!(matches!(prepare(Cursor::new(sample(Kind::Table)), &request), Err(Error::Request(_))));
    let far = Request { place: Some(Place { page: 9, ..place }), ..Request::new("lanh-dao") };
    assert!(matches!(prepare(Cursor::new(sample(Kind::Table)), &far), Err(Error::Request(_))));
}

#[test]
fn a_page_scanned_on_its_side_shows_the_block_upright() {
    for (rotate, size) in [(0, (595.0, 842.0)), (90, (842.0, 595.0)), (180, (595.0, 842.0)), (270, (842.0, 595.0))] {
        let mut objects = objects();
        // A page whose visible part does not begin at the origin.
        objects[1].1 = format!(
            "<</Type /Pages /Kids [3 0 R 6 0 R] /Count 2 /MediaBox [-100 -50 700 900] /CropBox [20 30 615 872] /Rotate {rotate}>>"
        );
        let original = build(&objects, Kind::Table);
        assert_eq!(page_size(Cursor::new(&original), 0).unwrap(), size);
        let (place, shown) = block(&Block::Annex { notation: "12/QĐ-UBND" }, at(), size).unwrap();
        let request = Request { place: Some(place), appearance: Some(&shown), ..Request::new("co-quan") };
        let pdf = signed(&original, "agency", &request);
        let words = pdftotext(&pdf, &["-l", "1", "-cropbox", "-bbox"]);
        let word = words.lines().find(|line| line.contains("12/QĐ-UBND")).expect(&words);
        let side = |name: &str| -> f64 { word.split(name).nth(1).unwrap().split('"').nth(1).unwrap().parse().unwrap() };
        assert!(side("xMin") > size.0 / 2.0 && side("xMax") < size.0 - 40.0, "rotated by {rotate}: {word}");
        assert!(side("yMax") < 40.0, "rotated by {rotate}: {word}");
        assert!(side("xMax") - side("xMin") > side("yMax") - side("yMin"), "upright, rotated by {rotate}: {word}");
    }
}
