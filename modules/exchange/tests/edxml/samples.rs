//! The real packages: what they say, and that nothing is lost when they are written again.

use crate::support::{DOCUMENT, STATUS_01, STATUS_02, document, read, read_in_steps, settled, sha256, status};
use base::{Date, Timestamp};
use exchange::edxml::{self, Limits, Operation, Packaging};

#[test]
fn the_document_says_what_it_says() {
    let (package, contents) = document(DOCUMENT);
    let h = &package.header;
    assert_eq!(h.from.organ_id, "vxp.saas.03");
    assert_eq!(h.to.len(), 1);
    assert_eq!(h.document_id, "1da394ba-2117-4354-a23f-6ec3e47ba81b");
    assert_eq!(h.code.joined(), "20251020104803/GW-AUTO");
    assert_eq!(h.promulgation.date, Date::constant(2025, 10, 20));
    assert_eq!((h.document_type.class, h.document_type.name.as_str()), (1, "Công văn"));
    assert_eq!(h.other.as_ref().and_then(|o| o.typist_notation.as_deref()), Some("TVC"));
    assert_eq!(h.other.as_ref().and_then(|o| o.direction), Some(false));
    assert_eq!(package.operation(), Operation::New);
    assert!(!package.paper());
    let hop = &package.trace.as_ref().unwrap().hops[0];
    assert_eq!(hop.timestamp, Timestamp::parse("2025-10-20T10:48:03+07:00"));
    assert_eq!(contents, [b"LOCAL AGG A".to_vec(), b"LOCAL AGG B".to_vec(), b"LOCAL AGG C".to_vec()]);
    for (attachment, content) in package.attachments.iter().zip(&contents) {
        assert_eq!((attachment.size, attachment.sha256.as_str()), (content.len() as u64, sha256(content).as_str()));
        assert!(matches!(&attachment.packaging, Packaging::Zip { entry } if entry.ends_with(".txt")));
        assert_eq!(attachment.media_type, "text/plain");
    }
}

#[test]
fn statuses_say_what_they_say() {
    let arrived = status(STATUS_01);
    assert_eq!(arrived.status_code, "01");
    assert_eq!(arrived.from.organ_id, "000.00.00.H41");
    assert_eq!(arrived.response_for.document_id.as_deref(), Some("000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"));
    assert_eq!(arrived.timestamp, Timestamp::parse("2015-09-20T11:08:36+07:00").unwrap());
    assert_eq!(arrived.staff.as_ref().and_then(|s| s.mobile.as_deref()), Some("84912000001"));
    assert!(arrived.warnings.is_empty(), "{:?}", arrived.warnings);
    assert_eq!(status(STATUS_02).status_code, "02");
}

#[test]
fn nothing_is_lost_when_written_again() {
    let (package, contents) = document(DOCUMENT);
    let written = edxml::write_to_vec(&package, &contents).unwrap();
    let (again, same) = document(&written);
    assert_eq!(settled(again), settled(package));
    assert_eq!(same, contents);

    for sample in [STATUS_01, STATUS_02] {
        let first = status(sample);
        assert_eq!(status(&edxml::write_status(&first).unwrap()), first);
    }
}

#[test]
fn the_envelope_is_written_with_the_prefix_and_the_order_of_the_axis() {
    let (package, contents) = document(DOCUMENT);
    let written = String::from_utf8(edxml::write_to_vec(&package, &contents).unwrap()).unwrap();
    let sample = std::str::from_utf8(DOCUMENT).unwrap();
    let header = |text: &str| {
        let (start, end) = (text.find("<?xml").unwrap(), text.find("<edXML:TraceHeaderList>").unwrap());
        text[start..end].to_owned()
    };
    assert_eq!(header(&written), header(sample));
    assert!(
        written.contains("<edXML:ContentTransferEncoded xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">UEsD")
    );
    assert!(written.contains("\n    <Attachment>\n      <ContentId>cid:b33d76bb"));
}

#[test]
fn it_does_not_matter_how_the_bytes_arrive() {
    let whole = read(DOCUMENT).unwrap();
    for step in [1, 2, 3, 7, 64, 1000] {
        assert_eq!(read_in_steps(DOCUMENT, Limits::default(), step).unwrap(), whole, "in steps of {step}");
    }
}
