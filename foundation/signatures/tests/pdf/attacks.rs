//! Known attacks on signed PDF files, one test each: shadow attacks (hide, replace, hide-and-replace), incremental
//! saving, universal signature forgery and exclusion, signature wrapping, and abuse of certification.

use std::sync::OnceLock;

use signatures::pdf::{Altered, Change, Defect, Error, Lock, Permission, Place, Rect, Request, Signed, read_bytes};

use crate::support::*;

/// A file signed by the person.
fn base() -> &'static [u8] {
    static BASE: OnceLock<Vec<u8>> = OnceLock::new();
    BASE.get_or_init(|| signed(&sample(Kind::Table), "person", &Request::new("nguoi-ky")))
}

fn first(pdf: &[u8]) -> Signed {
    read_bytes(pdf).unwrap().signatures.remove(0)
}

/// What nobody may do, as found after the first signature.
fn altered(pdf: &[u8]) -> Vec<Altered> {
    let signature = first(pdf);
    assert_eq!(signature.defect, None);
    let found: Vec<_> = signature
        .changes
        .iter()
        .filter_map(|later| match &later.change {
            Change::Altered { what } => {
                assert!(!later.allowed);
                Some(what.clone())
            }
            _ => None,
        })
        .collect();
    assert_eq!(signature.is_sound(), found.is_empty());
    found
}

fn defect(pdf: &[u8]) -> Option<Defect> {
    let signature = first(pdf);
    assert!(!signature.is_sound());
    signature.defect
}

/// Replaces bytes by others of the same length.
fn patched(pdf: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "offsets must stay");
    let at = pdf.windows(from.len()).rposition(|window| window == from.as_bytes()).expect(from);
    let mut pdf = pdf.to_vec();
    pdf[at..at + to.len()].copy_from_slice(to.as_bytes());
    pdf
}

/// The range as written, and another one in its place.
fn with_range(range: &str) -> Vec<u8> {
    let [zero, a, b, c] = last_byte_range(base());
    let written = format!("{:<64}", format!("[{zero} {a} {b} {c}]"));
    patched(base(), &written, &format!("{range:<64}"))
}

#[test]
fn an_untouched_file_is_sound() {
    let signature = first(base());
    assert!(signature.is_sound() && signature.changes.is_empty());
    let range = signature.range.unwrap();
    assert!(range.whole);
    assert_eq!((range.revision, range.end), (2, base().len() as u64));
}

#[test]
fn incremental_saving_of_other_content_is_named() {
    let content = "<</Length 3>>\nstream\nBT \nendstream";
    assert_eq!(altered(&revise(base(), &[(CONTENT, content)])), [Altered::Stream { object: CONTENT }]);
}

#[test]
fn a_page_that_shows_something_else_is_named() {
    let page = "<</Type /Page /Parent 2 0 R /Contents 120 0 R /Resources <</Font <</F1 5 0 R>>>> /Annots [8 0 R]>>";
    let found = altered(&revise(base(), &[(PAGE, page), (120, "<</Length 3>>\nstream\nBT \nendstream")]));
    // The page was written without the widget that signing had put on it.
    assert_eq!(found, [Altered::Page { key: "Contents".into() }, Altered::Annotations]);
}

#[test]
fn shadow_hide_an_object_freed_or_emptied_is_named() {
    assert_eq!(altered(&revise(base(), &[(CONTENT, "null")])), [Altered::Stream { object: CONTENT }]);
    // The same by the cross-reference alone.
    let prev = last_startxref(base());
    let mut freed = base().to_vec();
    let start = freed.len();
    freed.extend(
        format!(
            "xref\n{CONTENT} 1\n0000000000 00001 f\r\ntrailer\n<</Size 200 /Root 1 0 R /Prev {prev}>>\nstartxref\n{start}\n%%EOF\n"
        )
        .bytes(),
    );
    assert_eq!(altered(&freed), [Altered::Removed { object: CONTENT }]);
}

#[test]
fn shadow_replace_a_font_or_an_appearance_redefined_is_named() {
    let font = "<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>";
    assert_eq!(altered(&revise(base(), &[(FONT, font)])), [Altered::Font { object: FONT }]);
}

#[test]
fn shadow_hide_and_replace_by_another_root_or_page_tree_is_named() {
    let mut other = base().to_vec();
    let prev = last_startxref(&other);
    let catalog = vec![(121, "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R>>".to_string())];
    append(&mut other, &catalog, Kind::Table, Some(prev), "/Root 121 0 R");
    assert!(altered(&other).contains(&Altered::Trailer { key: "Root".into() }));
    let catalog = "<</Type /Catalog /Pages 122 0 R /AcroForm 7 0 R>>";
    let found = altered(&revise(base(), &[(CATALOG, catalog), (122, "<</Type /Pages /Kids [6 0 R] /Count 1>>")]));
    assert!(found.contains(&Altered::PageTree), "{found:?}");
}

#[test]
fn shadow_hide_and_replace_by_pointing_back_at_signed_bytes_is_named() {
    // A second version of the content lies in the signed file, out of sight; the update only points at it.
    let mut objects = objects();
    let hidden = "4 0 obj\n<</Length 3>>\nstream\nBT \nendstream\nendobj";
    objects.push((20, format!("<</Length {}>>\nstream\n{hidden}\nendstream", hidden.len())));
    let pdf = signed(&build(&objects, Kind::Table), "person", &Request::new("nguoi-ky"));
    let at = pdf.windows(hidden.len()).position(|window| window == hidden.as_bytes()).unwrap();
    let (prev, mut pdf) = (last_startxref(&pdf), pdf);
    let start = pdf.len();
    pdf.extend(
        format!("xref\n4 1\n{at:010} 00000 n\r\ntrailer\n<</Size 200 /Root 1 0 R /Prev {prev}>>\nstartxref\n{start}\n%%EOF\n")
            .bytes(),
    );
    assert_eq!(altered(&pdf), [Altered::Stream { object: CONTENT }]);
}

#[test]
fn an_object_brought_in_unseen_is_named_and_refused_once_it_is_shown() {
    let hidden = revise(base(), &[(130, "<</Length 3>>\nstream\nBT \nendstream")]);
    assert_eq!(first(&hidden).changes[0].change, Change::Unused { object: 130 });
    assert!(first(&hidden).is_sound(), "nothing shows it");
    let page = "<</Type /Page /Parent 2 0 R /Contents 130 0 R /Resources <</Font <</F1 5 0 R>>>> /Annots [8 0 R]>>";
    let shown = altered(&revise(&hidden, &[(PAGE, page)]));
    assert!(shown.contains(&Altered::Page { key: "Contents".into() }), "{shown:?}");
}

#[test]
fn an_object_missing_at_signing_and_supplied_later_is_named() {
    let mut objects = objects();
    objects[5].1 = "<</Type /Page /Parent 2 0 R /Contents 99 0 R /Resources <<>>>>".into();
    let pdf = signed(&build(&objects, Kind::Table), "person", &Request::new("nguoi-ky"));
    let late = revise(&pdf, &[(99, "<</Length 3>>\nstream\nBT \nendstream")]);
    assert_eq!(altered(&late), [Altered::Missing { object: 99 }]);
}

#[test]
fn an_array_that_is_two_things_at_once_cannot_grow() {
    let mut objects = objects();
    objects[2].1 = "<</Type /Page /Parent 2 0 R /Contents 21 0 R /Resources <<>> /Annots [8 0 R]>>".into();
    objects[0].1 = "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /DSS <</Certs 21 0 R>>>>".into();
    objects.push((21, "[4 0 R]".into()));
    let pdf = signed(&build(&objects, Kind::Table), "person", &Request::new("nguoi-ky"));
    let grown = revise(&pdf, &[(21, "[4 0 R 140 0 R]"), (140, "<</Length 3>>\nstream\nBT \nendstream")]);
    assert!(altered(&grown).contains(&Altered::Object { object: 21 }), "{:?}", altered(&grown));
}

#[test]
fn an_annotation_over_the_page_is_named() {
    let note = "<</Type /Annot /Subtype /FreeText /Rect [72 690 300 720] /Contents (KHONG) /DA (/Helv 12 Tf)>>";
    let page = page_with(base(), "131 0 R");
    let found = altered(&revise(base(), &[(PAGE, &page), (131, note)]));
    assert!(found.contains(&Altered::Annotations), "{found:?}");
}

/// An object as last written.
fn as_written(pdf: &[u8], number: u32) -> String {
    let text = String::from_utf8_lossy(pdf);
    let head = format!("\n{number} 0 obj\n");
    text[text.rfind(&head).unwrap() + head.len()..].split("\nendobj").next().unwrap().to_string()
}

/// The form as it stands after signing, with one more field.
fn form_with(more: &str) -> String {
    with_item(&as_written(base(), FORM), "/Fields [", more)
}

fn with_item(object: &str, list: &str, more: &str) -> String {
    let start = object.find(list).unwrap();
    let end = start + object[start..].find(']').unwrap();
    format!("{} {more}{}", &object[..end], &object[end..])
}

/// The first page as it stands after signing, with one more annotation.
fn page_with(pdf: &[u8], more: &str) -> String {
    with_item(&as_written(pdf, PAGE), "/Annots [", more)
}

#[test]
fn an_action_on_opening_is_named() {
    let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /OpenAction <</S /JavaScript /JS (app.alert)>>>>";
    assert_eq!(altered(&revise(base(), &[(CATALOG, catalog)])), [Altered::Catalog { key: "OpenAction".into() }]);
}

#[test]
fn the_field_of_an_earlier_signature_cannot_show_something_else() {
    let text = String::from_utf8_lossy(base());
    let at = text.rfind("/FT /Sig").unwrap();
    let number: u32 =
        text[..at].rfind(" 0 obj").map(|end| text[..end].rsplit('\n').next().unwrap().parse().unwrap()).unwrap();
    let object = text[text[..at].rfind(" 0 obj\n").unwrap() + 7..].split("\nendobj").next().unwrap();
    let moved = object.replace("/Rect [0 0 0 0]", "/Rect [0 0 300 300]");
    assert_ne!(moved, object);
    let found = altered(&revise(base(), &[(number, &moved)]));
    assert_eq!(found, [Altered::Signature { name: "nguoi-ky".into() }]);
}

#[test]
fn a_signature_taken_out_of_the_form_is_missed() {
    let bare = revise(base(), &[(FORM, "<</Fields [8 0 R] /DA (/Helv 0 Tf 0 g)>>")]);
    let reading = read_bytes(&bare).unwrap();
    assert!(reading.signatures.is_empty());
    assert_eq!(reading.lost, ["nguoi-ky"]);
}

#[test]
fn universal_forgery_by_the_byte_range_is_refused() {
    let [_, a, b, c] = last_byte_range(base());
    let ranges = [
        "[]".to_string(),
        "null".to_string(),
        "[0 0 0 0]".to_string(),
        format!("[0 -{a} {b} {c}]"),
        format!("[0 {a} {b}]"),
        format!("[0 {a} {b} 0]"),
        format!("[0 {a} {b} 99999999999999999]"),
        format!("[0 {a} {b} 9223372036854775807]"),
        format!("[1 {a} {b} {c}]"),
        // The two parts overlap, or meet.
        format!("[0 {b} {a} {c}]"),
        format!("[0 {a} {a} {c}]"),
        format!("[0 {a} {b}.5 {c}]"),
    ];
    for range in ranges {
        assert_eq!(defect(&with_range(&range)), Some(Defect::ByteRange), "{range}");
    }
    assert_eq!(defect(&patched(base(), "/ByteRange", "/ByteRangf")), Some(Defect::ByteRange));
}

#[test]
fn universal_forgery_by_the_contents_is_refused() {
    assert_eq!(defect(&patched(base(), "/Contents <", "/Contentt <")), Some(Defect::Empty));
    let at = base().windows(11).rposition(|window| window == b"/Contents <").unwrap() + 11;
    let mut zeros = base().to_vec();
    zeros[at..].iter_mut().take_while(|byte| **byte != b'>').for_each(|byte| *byte = b'0');
    assert_eq!(defect(&zeros), Some(Defect::Empty));
}

#[test]
fn universal_forgery_by_the_type_is_refused() {
    assert_eq!(defect(&patched(base(), "/Type /Sig", "/Type /Sjg")), Some(Defect::WrongType));
    assert_eq!(
        defect(&patched(base(), "/ETSI.CAdES.detached", "/ETSI.CAdES.detachex")),
        Some(Defect::UnknownSubFilter)
    );
}

#[test]
fn a_gap_that_hides_bytes_is_refused() {
    let [_, a, b, c] = last_byte_range(base());
    // One byte more on either side, and one less.
    for (a, b, c) in [(a - 1, b, c), (a, b + 1, c - 1), (a + 1, b, c), (a, b - 1, c + 1)] {
        assert_eq!(defect(&with_range(&format!("[0 {a} {b} {c}]"))), Some(Defect::Gap));
    }
    // White space inside the value is read by PDF, but could carry something.
    let mut spaced = base().to_vec();
    spaced[b - 2] = b' ';
    assert_eq!(defect(&spaced), Some(Defect::Gap));
}

#[test]
fn signature_wrapping_is_refused() {
    // The signed tail is moved behind other objects, and the range follows it.
    let [_, a, b, c] = last_byte_range(base());
    let tail = base()[b..b + c].to_vec();
    let mut wrapped = base().to_vec();
    let prev = last_startxref(base());
    append(
        &mut wrapped,
        &[(CONTENT, "<</Length 3>>\nstream\nBT \nendstream".into())],
        Kind::Table,
        Some(prev),
        "/Root 1 0 R",
    );
    let moved = wrapped.len();
    wrapped.extend(&tail);
    let written = format!("{:<64}", format!("[0 {a} {b} {c}]"));
    let wrapped = patched(&wrapped, &written, &format!("{:<64}", format!("[0 {a} {moved} {c}]")));
    match read_bytes(&wrapped) {
        Ok(reading) => assert_eq!(reading.signatures[0].defect, Some(Defect::Gap)),
        Err(error) => assert!(matches!(error, Error::Malformed(_))),
    }
}

#[test]
fn a_range_that_stops_short_of_its_revision_is_refused() {
    let [_, a, b, c] = last_byte_range(base());
    assert_eq!(defect(&with_range(&format!("[0 {a} {b} {}]", c - 8))), Some(Defect::RevisionEnd));
}

#[test]
fn bytes_after_the_end_are_refused() {
    let junk = [base(), b"<</Type /Page>>"].concat();
    assert!(matches!(read_bytes(&junk), Err(Error::Malformed(_))));
}

#[test]
fn what_certification_forbids_is_refused() {
    let certify = |permission| {
        let request = Request { certify: Some(permission), ..Request::new("chung-nhan") };
        signed(&sample(Kind::Table), "person", &request)
    };
    let filled = |pdf: &[u8]| {
        let field = objects().remove(7).1.replace("/FT /Tx", "/FT /Tx /V (12)");
        revise(pdf, &[(TEXT_FIELD, &field)])
    };
    let strict = certify(Permission::Nothing);
    assert!(first(&strict).is_sound());
    let after = first(&filled(&strict));
    assert!(!after.is_sound(), "P 1 allows no filling in");
    assert_eq!(after.changes[0].change, Change::FormFilled { field: "so-van-ban".into() });
    assert!(first(&filled(&certify(Permission::FormFilling))).is_sound());
    // We add nothing where nothing may be added, and an annotation is refused even under P 3.
    let more = Request::new("thu-hai");
    assert!(matches!(signatures::pdf::prepare(std::io::Cursor::new(&strict), &more), Err(Error::Request(_))));
    let open = certify(Permission::Annotations);
    let note = "<</Type /Annot /Subtype /FreeText /Rect [72 690 300 720] /Contents (KHONG)>>";
    assert!(!first(&revise(&open, &[(PAGE, &page_with(&open, "131 0 R")), (131, note)])).is_sound());
}

#[test]
fn a_second_certification_is_refused() {
    let late = Request { certify: Some(Permission::Annotations), ..Request::new("chung-nhan") };
    assert!(matches!(signatures::pdf::prepare(std::io::Cursor::new(base()), &late), Err(Error::Request(_))));
}

#[test]
fn a_locked_field_cannot_be_filled() {
    let lock = Some(Lock::Include(vec!["so-van-ban".into()]));
    let pdf = signed(&sample(Kind::Table), "person", &Request { lock, ..Request::new("nguoi-ky") });
    let field = objects().remove(7).1.replace("/FT /Tx", "/FT /Tx /V (12)");
    assert!(!first(&revise(&pdf, &[(TEXT_FIELD, &field)])).is_sound());
    assert!(first(&revise(base(), &[(TEXT_FIELD, &field)])).is_sound(), "without the lock it may be");
}

#[test]
fn a_field_added_beside_the_signatures_is_named() {
    let form = form_with("132 0 R");
    let field = "<</FT /Tx /T (them) /V (x)>>";
    assert_eq!(altered(&revise(base(), &[(FORM, &form), (132, field)]))[0], Altered::Field { name: "them".into() });
}

#[test]
fn a_further_signature_that_covers_the_page_is_named() {
    let place = |width, height| Some(Place { page: 0, rect: Rect::new(50.0, 50.0, width, height) });
    let small = signed(base(), "agency", &Request { place: place(102.0, 102.0), ..Request::new("co-quan") });
    assert!(altered(&small).is_empty());
    let large = signed(base(), "agency", &Request { place: place(500.0, 700.0), ..Request::new("co-quan") });
    assert_eq!(altered(&large), [Altered::Cover { name: "co-quan".into() }]);
}

#[test]
fn a_signed_object_that_runs_on_into_later_bytes_is_named() {
    // The signed file has a stream longer than itself; whoever appends writes its content.
    let mut objects = objects();
    objects[5].1 = "<</Type /Page /Parent 2 0 R /Contents 9 0 R /Resources <<>>>>".into();
    objects.push((9, "<</Length LENGTH>>\nstream\nBT ET".into()));
    let draft = signed(&build(&objects, Kind::Table), "person", &Request::new("nguoi-ky"));
    let start = draft.windows(11).position(|window| window == b"stream\nBT E").unwrap() + 7;
    let late = b"BT (KHONG) Tj ET";
    // The number of digits decides where everything lies: found by trying.
    for length in draft.len() - start..draft.len() {
        objects[8].1 = format!("<</Length {length}>>\nstream\nBT ET");
        let pdf = signed(&build(&objects, Kind::Table), "person", &Request::new("nguoi-ky"));
        let start = pdf.windows(11).position(|window| window == b"stream\nBT E").unwrap() + 7;
        if start + length != pdf.len() + late.len() {
            continue;
        }
        let prev = last_startxref(&pdf);
        let mut pdf = [&pdf[..], late, b"\nendstream\nendobj\n"].concat();
        append(&mut pdf, &[], Kind::Table, Some(prev), "/Root 1 0 R");
        assert_eq!(altered(&pdf), [Altered::Missing { object: 9 }]);
        return;
    }
    panic!("no length fits");
}

#[test]
fn the_widget_of_a_signed_field_cannot_be_redrawn() {
    // A signature field whose widget is an object of its own.
    let mut objects = objects();
    objects[2].1 = objects[2].1.replace("/Annots [8 0 R]", "/Annots [8 0 R 10 0 R]");
    objects[6].1 = "<</Fields [8 0 R 9 0 R]>>".into();
    objects.push((9, "<</FT /Sig /T (nguoi-ky) /Kids [10 0 R]>>".into()));
    let widget = "/Type /Annot /Subtype /Widget /Parent 9 0 R /Rect [300 200 420 260] /P 3 0 R /F 4";
    objects.push((10, format!("<<{widget}>>")));
    let pdf = signed(&build(&objects, Kind::Table), "person", &Request::new("nguoi-ky"));
    let form = "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 3>>\nstream\nBT \nendstream";
    let redrawn = revise(&pdf, &[(10, &format!("<<{widget} /AP <</N 133 0 R>>>>")), (133, form)]);
    assert_eq!(altered(&redrawn), [Altered::Signature { name: "nguoi-ky".into() }]);
}

#[test]
fn a_cross_reference_stream_that_comes_later_is_not_part_of_what_was_signed() {
    // The signed trailer points at a place that only later bytes fill. No honest tool signs that; the attacker does.
    let mut honest = b"%PDF-1.7\n".to_vec();
    append(&mut honest, &objects(), Kind::Table, None, "/Root 1 0 R /XRefStx 60000");
    let prepared = signatures::pdf::prepare(std::io::Cursor::new(&honest), &Request::new("nguoi-ky")).unwrap();
    let mut pdf = complete(&patched(&honest, "/XRefStx", "/XRefStm"), "person", &prepared);
    assert!(pdf.len() < 59_000);
    assert!(matches!(read_bytes(&pdf), Err(Error::Malformed(_))), "nothing is there yet, and nothing is guessed");
    let prev = last_startxref(&pdf);
    pdf.resize(60_000, b' ');
    let entry = "\u{1}\0\0\0\u{9}\0";
    pdf.extend(
        format!("90 0 obj\n<</Type /XRef /Size 500 /W [1 4 1] /Index [77 1] /Length 6>>\nstream\n{entry}\nendstream\nendobj\n")
            .bytes(),
    );
    append(&mut pdf, &[], Kind::Table, Some(prev), "/Root 1 0 R");
    assert_eq!(defect(&pdf), Some(Defect::RevisionEnd));
}

#[test]
fn a_signature_field_that_only_shows_a_picture_is_named() {
    let form = form_with("132 0 R");
    let field =
        "<</Type /Annot /Subtype /Widget /FT /Sig /T (them) /Rect [72 690 300 720] /P 3 0 R /F 4 /AP <</N 133 0 R>>>>";
    let picture = "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 3>>\nstream\nBT \nendstream";
    let page = page_with(base(), "132 0 R");
    let over = revise(base(), &[(FORM, &form), (PAGE, &page), (132, field), (133, picture)]);
    assert_eq!(altered(&over), [Altered::Field { name: "them".into() }]);
    // Without a picture it only waits for a signature.
    let plain = field.replace("/AP <</N 133 0 R>>", "");
    assert!(altered(&revise(base(), &[(FORM, &form), (PAGE, &page), (132, &plain)])).is_empty());
}

#[test]
fn a_new_field_cannot_borrow_an_earlier_signature() {
    let form = form_with("132 0 R");
    let text = String::from_utf8_lossy(base());
    let value = text[text.rfind("/V ").unwrap() + 3..].split(" 0 R").next().unwrap().to_string();
    let field = format!(
        "<</Type /Annot /Subtype /Widget /FT /Sig /T (muon) /V {value} 0 R /Rect [72 690 300 720] /P 3 0 R /F 4>>"
    );
    let borrowed = read_bytes(&revise(base(), &[(FORM, &form), (132, &field)])).unwrap().signatures;
    assert_eq!(borrowed.iter().filter(|signed| signed.defect == Some(Defect::RevisionEnd)).count(), 1);
}
