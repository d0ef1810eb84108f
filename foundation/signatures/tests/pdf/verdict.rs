//! The whole verdict: signatures made here and elsewhere are valid, every flipped byte is noticed, levels B-B to B-LTA
//! are told apart.

use std::io::Cursor;

use signatures::pdf::{Prepared, Request, Store, SubFilter, add_store, prepare, verify};
use signatures::report::{LaterChange, TimeProof};
use signatures::{
    Anchor, Certificate, Context, Format, Integrity, Level, Report, RevocationRule, TrustKind, TrustList, Verdict, cms,
};

use crate::interop::made;
use crate::pki::now;
use crate::support::*;

fn certificate(name: &str) -> Certificate {
    pki().certificate(name)
}

/// A minute from now, trusting the test's authority.
fn context() -> Context {
    let root = certificate("ca");
    let trust = TrustList { anchors: vec![Anchor::new(root, TrustKind::Government)], ..TrustList::default() };
    Context { revocation: RevocationRule::IfKnown, ..Context::new(now().plus_seconds(60), trust) }
}

fn judged(pdf: &[u8]) -> Report {
    verify(Cursor::new(pdf), &context()).unwrap()
}

/// The CMS of this crate around the prepared digest, signed by `openssl` with the person's key.
fn value(who: &str, prepared: &Prepared) -> Vec<u8> {
    let chain = [certificate(who)];
    let waiting = cms::prepare(&chain, &prepared.digest, &cms::Options::default()).unwrap();
    waiting.finish(&pki().signature(who, waiting.to_sign())).unwrap()
}

fn with_value(pdf: &[u8], prepared: &Prepared, value: &[u8]) -> Vec<u8> {
    [pdf, &prepared.finish(value).unwrap()].concat()
}

fn basic(pdf: &[u8], who: &str, field: &str) -> Vec<u8> {
    let prepared = prepare(Cursor::new(pdf), &Request::new(field)).unwrap();
    with_value(pdf, &prepared, &value(who, &prepared))
}

/// Signed with a time-stamp over the signature.
fn stamped(pdf: &[u8], who: &str, field: &str) -> Vec<u8> {
    let prepared = prepare(Cursor::new(pdf), &Request::new(field)).unwrap();
    let plain = value(who, &prepared);
    let signature = cms::SignedData::parse(&plain).unwrap().signers[0].signature().to_vec();
    let token = stamp(&signatures::Digest::Sha256.of(&signature));
    with_value(pdf, &prepared, &cms::add_timestamp(&plain, 0, &token).unwrap())
}

fn document_stamp(pdf: &[u8], digest: Option<[u8; 32]>) -> Vec<u8> {
    let request = Request { sub_filter: SubFilter::TimeStamp, ..Request::new("dau-thoi-gian") };
    let prepared = prepare(Cursor::new(pdf), &request).unwrap();
    with_value(pdf, &prepared, &stamp(&digest.unwrap_or(prepared.digest)))
}

fn codes(report: &Report, index: usize) -> Vec<String> {
    report.signatures[index].reasons.iter().map(|reason| reason.code.to_string()).collect()
}

#[test]
fn what_is_made_here_is_valid_here_and_elsewhere() {
    for kind in [Kind::Table, Kind::Stream] {
        let pdf = basic(&basic(&sample(kind), "person", "nguoi-ky"), "agency", "co-quan");
        let report = judged(&pdf);
        for (index, field) in ["nguoi-ky", "co-quan"].into_iter().enumerate() {
            let signature = &report.signatures[index];
            assert_eq!((signature.verdict, signature.integrity), (Verdict::Valid, Integrity::Intact), "{signature:?}");
            assert_eq!((signature.format, signature.level), (Format::Pades, Level::BB));
            assert_eq!(signature.place, field);
            let coverage = signature.coverage.as_ref().unwrap();
            assert_eq!((coverage.revision, coverage.whole), (Some(index as u32 + 2), index == 1));
            let later: Vec<&LaterChange> = coverage.later_changes.iter().collect();
            assert_eq!(later.iter().map(|change| change.allowed).collect::<Vec<_>>(), vec![true; 1 - index]);
        }
        assert_eq!(pdfsig(&pdf).matches("Signature is Valid").count(), 2);
        if let Some(tools) = verifiers() {
            let said = pyhanko(&tools, &pdf);
            assert_eq!(said.matches("INTACT:TRUSTED").count(), 2, "{said}");
        }
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let pdf = basic(&sample(Kind::Table), "person", "nguoi-ky");
    let [_, a, b, c] = last_byte_range(&pdf);
    for at in (0..a).step_by(97).chain((b..b + c).step_by(41)) {
        let mut flipped = pdf.clone();
        flipped[at] ^= 1;
        // Either the file cannot be read any more, or the verdict says so.
        if let Ok(report) = verify(Cursor::new(&flipped), &context()) {
            assert_ne!(report.verdict, Verdict::Valid, "byte {at}");
        }
    }
    // In the value: the digest among the signed attributes, and the signature itself, which stands at its end. (What the
    // value merely repeats, such as its version, nobody signs.)
    let found = signatures::pdf::read(Cursor::new(&pdf)).unwrap().signatures.remove(0).value;
    let digest = prepare(Cursor::new(sample(Kind::Table)), &Request::new("nguoi-ky")).unwrap().digest;
    let digest = found.windows(32).position(|window| window == digest).unwrap();
    for byte in (digest..digest + 32).step_by(5).chain((found.len() - 60..found.len()).step_by(7)) {
        let (mut flipped, at) = (pdf.clone(), a + 1 + byte * 2);
        flipped[at] = if flipped[at] == b'0' { b'1' } else { b'0' };
        let report = judged(&flipped);
        assert_eq!(report.signatures[0].integrity, Integrity::Broken, "byte {byte} of the value");
    }
}

#[test]
fn a_change_after_signing_leaves_the_signature_intact_but_not_valid() {
    let pdf = revise(
        &basic(&sample(Kind::Table), "person", "nguoi-ky"),
        &[(CONTENT, "<</Length 3>>\nstream\nBT \nendstream")],
    );
    let report = judged(&pdf);
    assert_eq!(report.signatures[0].integrity, Integrity::Intact);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(codes(&report, 0)[0], "pdf.changed-after-signing");
    assert!(!report.signatures[0].coverage.as_ref().unwrap().later_changes[0].allowed);
}

#[test]
fn a_signature_carried_over_from_another_file_is_broken() {
    let other = basic(&sample(Kind::Stream), "person", "nguoi-ky");
    let foreign = signatures::pdf::read(Cursor::new(&other)).unwrap().signatures.remove(0).value;
    let original = sample(Kind::Table);
    let prepared = prepare(Cursor::new(&original), &Request::new("nguoi-ky")).unwrap();
    let report = judged(&with_value(&original, &prepared, &foreign));
    assert_eq!(report.signatures[0].integrity, Integrity::Broken);
    assert_eq!(codes(&report, 0)[0], "integrity.content-changed");
}

#[test]
fn levels_up_to_archive_are_told_apart() {
    let timed = stamped(&sample(Kind::Table), "person", "nguoi-ky");
    let report = judged(&timed);
    assert_eq!((report.verdict, report.signatures[0].level), (Verdict::Valid, Level::BT), "{report:?}");
    assert_eq!(report.signatures[0].time_proof, TimeProof::TimeStamp);
    let der = |name: &str| certificate(name).der().to_vec();
    let store = Store {
        certificates: vec![der("ca"), der("person"), der("tsa")],
        ocsp: Vec::new(),
        crls: vec![pki().read("ca.crl.der")],
    };
    let kept = [&timed[..], &add_store(Cursor::new(&timed), &[("nguoi-ky", &store)]).unwrap()].concat();
    assert_eq!(judged(&kept).signatures[0].level, Level::BLt);
    let archived = document_stamp(&kept, None);
    let report = judged(&archived);
    assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
    assert_eq!(report.signatures[0].level, Level::BLta);
    assert_eq!(report.signatures[1].format, Format::TimeStamp);
    if let Some(tools) = verifiers() {
        let said = pyhanko(&tools, &archived);
        assert!(said.contains("INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>,EXTENDED_WITH_LTA_UPDATES"), "{said}");
    }
}

#[test]
fn a_document_time_stamp_proves_when_the_signature_existed() {
    let pdf = document_stamp(&basic(&sample(Kind::Table), "person", "nguoi-ky"), None);
    let report = judged(&pdf);
    assert_eq!(report.signatures[0].time_proof, TimeProof::Existence);
    assert_eq!(report.signatures[0].level, Level::BT);
    assert!(report.signatures[0].judged_at < context().at);
}

#[test]
fn a_document_time_stamp_over_something_else_is_broken_and_proves_nothing() {
    let pdf = document_stamp(&basic(&sample(Kind::Table), "person", "nguoi-ky"), Some([7; 32]));
    let report = judged(&pdf);
    assert_eq!(report.signatures[1].integrity, Integrity::Broken);
    assert_eq!(report.signatures[0].time_proof, TimeProof::None);
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn files_of_another_tool_are_valid_and_broken_alike() {
    let Some(tools) = verifiers() else { return };
    for (mode, levels) in
        [("one", vec![Level::BB]), ("two", vec![Level::BB; 2]), ("lta", vec![Level::BLta, Level::None])]
    {
        for kind in [Kind::Table, Kind::Stream] {
            let pdf = made(&tools, mode, &sample(kind));
            let report = judged(&pdf);
            assert_eq!(report.verdict, Verdict::Valid, "{mode} {report:?}");
            assert_eq!(report.signatures.iter().map(|signature| signature.level).collect::<Vec<_>>(), levels, "{mode}");
            let content = pdf.windows(5).position(|window| window == b"QUYET").unwrap();
            let mut flipped = pdf.clone();
            flipped[content] ^= 1;
            assert!(judged(&flipped).signatures.iter().all(|signature| signature.integrity == Integrity::Broken));
            let said = pyhanko(&tools, &flipped);
            assert!(!said.contains(":INTACT:"), "{said}");
        }
    }
}

#[test]
fn a_format_bound_to_sha_1_is_reported() {
    let pdf = basic(&sample(Kind::Table), "person", "nguoi-ky");
    let at = pdf.windows(20).position(|window| window == b"/ETSI.CAdES.detached").unwrap();
    let mut old = pdf.clone();
    old[at..at + 20].copy_from_slice(b"/adbe.pkcs7.sha1    ");
    let report = judged(&old);
    assert!(codes(&report, 0).contains(&"pdf.old-sub-filter".to_string()), "{:?}", codes(&report, 0));
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn a_signature_that_is_gone_is_mentioned() {
    let bare = revise(
        &basic(&sample(Kind::Table), "person", "nguoi-ky"),
        &[(FORM, "<</Fields [8 0 R] /DA (/Helv 0 Tf 0 g)>>")],
    );
    let report = judged(&bare);
    assert!(report.signatures.is_empty());
    assert!(report.reasons.iter().any(|reason| reason.code == "pdf.signature-lost"));
    assert_ne!(report.verdict, Verdict::Valid);
}
