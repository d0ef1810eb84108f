//! Files signed by pyHanko are read here; ours, extended by pyHanko, are accepted again; both sides refuse the same
//! tampering.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use signatures::pdf::{
    Change, NotExtension, Reading, Request, Store, SubFilter, add_store, extends, prepare, read, read_store,
};

use crate::support::*;

/// A file signed by pyHanko in one of the modes of `make.py`.
pub fn made(tools: &Path, mode: &str, pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("in.pdf"), folder.path().join("out.pdf"));
    std::fs::write(&source, pdf).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdf/make.py");
    let mut command = Command::new(tools.join("python"));
    run(command.arg(script).arg(mode).arg(source).arg(&target).arg(pki().path("")));
    std::fs::read(target).unwrap()
}

fn reading(pdf: &[u8]) -> Reading {
    read(Cursor::new(pdf)).unwrap()
}

#[test]
fn two_signatures_by_another_tool_are_sound() {
    let Some(tools) = verifiers() else { return };
    for kind in [Kind::Table, Kind::Stream] {
        let pdf = made(&tools, "two", &sample(kind));
        let found = reading(&pdf);
        assert_eq!(found.signatures.len(), 2);
        assert!(found.signatures.iter().all(|signed| signed.is_sound()), "{:?}", found.signatures);
        assert!(!found.signatures[0].range.unwrap().whole && found.signatures[1].range.unwrap().whole);
        let changes = found.signatures[0].changes.iter().map(|later| &later.change);
        // The tool leaves an empty appearance behind that it has replaced; a second later it also dates the file anew.
        let changes: Vec<_> = changes.filter(|change| **change != Change::Metadata).collect();
        assert!(
            matches!(&changes[..],
                [Change::Signature { field, shown: Some(_) }, Change::Unused { .. }] if field == "dau-ngoai"),
            "{changes:?}"
        );
    }
}

#[test]
fn long_term_data_and_a_document_time_stamp_by_another_tool_are_allowed() {
    let Some(tools) = verifiers() else { return };
    let pdf = made(&tools, "lta", &sample(Kind::Table));
    let found = reading(&pdf);
    assert_eq!(found.signatures.len(), 2);
    assert_eq!(found.signatures[1].sub_filter, SubFilter::TimeStamp);
    let changes: Vec<_> = found.signatures[0].changes.iter().map(|later| &later.change).collect();
    assert!(changes.contains(&&Change::LongTermData), "{changes:?}");
    assert!(changes.iter().any(|change| matches!(change, Change::TimeStamp { .. })), "{changes:?}");
    assert!(found.signatures.iter().all(|signed| signed.is_sound()), "{:?}", found.signatures);
    let store = read_store(Cursor::new(&pdf)).unwrap();
    assert!(!store.certificates.is_empty() && !store.crls.is_empty());
}

#[test]
fn both_sides_refuse_the_same_tampering() {
    let Some(tools) = verifiers() else { return };
    let one = made(&tools, "one", &sample(Kind::Table));
    let certified = made(&tools, "certify", &sample(Kind::Table));
    let field = objects().remove(7).1.replace("/FT /Tx", "/FT /Tx /V (12)");
    let tampered = [
        revise(&one, &[(CONTENT, "<</Length 3>>\nstream\nBT \nendstream")]),
        revise(&one, &[(FONT, "<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>")]),
        revise(&one, &[(PAGE, "<</Type /Page /Parent 2 0 R /Resources <<>>>>")]),
        revise(&certified, &[(TEXT_FIELD, &field)]),
    ];
    for pdf in &tampered {
        assert!(reading(pdf).signatures.iter().all(|signed| !signed.is_sound()));
        let said = pyhanko(&tools, pdf);
        assert!(said.contains("ILLEGAL_MODIFICATIONS"), "{said}");
    }
    for pdf in [&one, &certified] {
        assert!(reading(pdf).signatures[0].is_sound());
        assert!(pyhanko(&tools, pdf).contains("INTACT:TRUSTED,UNTOUCHED"));
    }
}

#[test]
fn an_upload_signed_elsewhere_extends_ours() {
    let Some(tools) = verifiers() else { return };
    let unsigned = sample(Kind::Table);
    let ours = signed(&unsigned, "agency", &Request::new("co-quan"));
    for original in [&unsigned, &ours] {
        for mode in ["one", "lta"] {
            let upload = made(&tools, mode, original);
            let extension = extends(Cursor::new(original), Cursor::new(&upload)).unwrap();
            assert_eq!(extension.added[0].field, "ky-ngoai");
            assert!(reading(&upload).signatures.iter().all(|signed| signed.is_sound()));
        }
    }
}

#[test]
fn an_upload_that_is_not_ours_plus_signatures_is_refused() {
    let original = sample(Kind::Table);
    let check = |upload: &[u8]| extends(Cursor::new(&original), Cursor::new(upload));
    assert!(matches!(check(&original), Err(NotExtension::NoSignature)));
    assert!(matches!(check(&original[..100]), Err(NotExtension::OtherBytes(100))));
    // Other content first, then a signature over everything.
    let content = "<</Length 3>>\nstream\nBT \nendstream";
    let other = signed(&revise(&original, &[(CONTENT, content)]), "person", &Request::new("nguoi-ky"));
    assert!(matches!(check(&other), Err(NotExtension::Changes(_))));
    // The signature first, other content after it.
    let good = signed(&original, "person", &Request::new("nguoi-ky"));
    assert!(check(&good).is_ok());
    assert!(matches!(check(&revise(&good, &[(CONTENT, content)])), Err(NotExtension::Changes(_))));
    // Another document put behind our bytes with no way back to them.
    let mut foreign = original.clone();
    append(&mut foreign, &objects(), Kind::Table, None, "/Root 1 0 R");
    let foreign = signed(&foreign, "person", &Request::new("nguoi-ky"));
    assert!(matches!(check(&foreign), Err(NotExtension::Changes(_))));
    let mut flipped = good.clone();
    flipped[50] ^= 1;
    assert!(matches!(check(&flipped), Err(NotExtension::OtherBytes(50))));
}

#[test]
fn long_term_data_and_a_time_stamp_made_here_stand_elsewhere() {
    for kind in [Kind::Table, Kind::Stream] {
        let first = signed(&sample(kind), "person", &Request::new("nguoi-ky"));
        let der = |name: &str| pki().certificate(name).der().to_vec();
        let store = Store {
            certificates: vec![der("ca"), der("person"), der("tsa")],
            ocsp: Vec::new(),
            crls: vec![pki().read("ca.crl.der")],
        };
        let kept = [&first[..], &add_store(Cursor::new(&first), &[("nguoi-ky", &store)]).unwrap()].concat();
        assert_eq!(read_store(Cursor::new(&kept)).unwrap(), store);
        // What is kept already is not kept twice.
        let again = [&kept[..], &add_store(Cursor::new(&kept), &[("nguoi-ky", &store)]).unwrap()].concat();
        assert_eq!(read_store(Cursor::new(&again)).unwrap(), store);
        let request = Request { sub_filter: SubFilter::TimeStamp, ..Request::new("dau-thoi-gian") };
        let prepared = prepare(Cursor::new(&again), &request).unwrap();
        let stamped = [&again[..], &prepared.finish(&stamp(&prepared.digest)).unwrap()].concat();
        qpdf_check(&stamped);
        let found = reading(&stamped);
        assert!(found.signatures.iter().all(|signed| signed.is_sound()), "{:?}", found.signatures);
        // The second time only wrote again what was there.
        assert_eq!(found.signatures[0].changes.len(), 2);
        assert_eq!(pdfsig(&stamped).matches("Signature is Valid").count(), 1);
        if let Some(tools) = verifiers() {
            let said = pyhanko(&tools, &stamped);
            assert!(said.contains("INTACT:TRUSTED,EXTENDED_WITH_LTA_UPDATES"), "{said}");
        }
    }
}

#[test]
fn the_value_taken_out_of_the_file_verifies_with_openssl() {
    let pdf = signed(&sample(Kind::Table), "person", &Request::new("nguoi-ky"));
    let signature = reading(&pdf).signatures.remove(0);
    let range = signature.range.unwrap();
    let covered = [&pdf[..range.gap.0 as usize], &pdf[range.gap.1 as usize..range.end as usize]].concat();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("value.der"), &signature.value).unwrap();
    std::fs::write(folder.path().join("content"), covered).unwrap();
    let mut command = Command::new("openssl");
    command.args(["cms", "-verify", "-inform", "DER", "-in", "value.der", "-content", "content", "-binary", "-cades"]);
    command.arg("-CAfile").arg(pki().path("ca.pem")).args(["-out", "/dev/null"]).current_dir(folder.path());
    let said = String::from_utf8(run(&mut command)).unwrap();
    assert!(said.contains("Verification successful"), "{said}");
}
