//! Signatures made here are accepted by `xmlsec1` and `signxml`, and refused once anything in them is changed.

use crate::pki::{Key, PERSON, Pki, verifiers};
use crate::support::{LETTER, codes, judge, said, sign, signed_at, xmlsec};
use signatures::cms::MakeError;
use signatures::xml::{self, Options};
use signatures::{Digest, Evidence, Format, Level, SignatureAlgorithm, TimeProof, Verdict, timestamp};
use std::process::Command;

/// Whether signxml accepts a document as XAdES; none where the program is not at hand.
pub fn signxml(pki: &Pki, xml: &[u8]) -> Option<(bool, String)> {
    let tools = verifiers()?;
    pki.write("judged.xml", xml);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/xml/tool.py");
    let mut command = Command::new(tools.join("python"));
    let output = command.current_dir(pki.path("")).args([script, "verify", "judged.xml"]).output().unwrap();
    Some((output.status.success(), said(&output)))
}

#[test]
fn others_accept_ours_and_all_refuse_what_was_changed() {
    let pki = Pki::usual();
    let context = pki.context();
    for name in ["person", "seal"] {
        let signed = sign(&pki, name, LETTER);
        let report = judge(&signed, &context);
        assert_eq!(report.verdict, Verdict::Valid, "{:#?}", report.signatures);
        let one = &report.signatures[0];
        assert_eq!((one.format, one.level), (Format::Xades, Level::BB));
        assert!(one.coverage.as_ref().unwrap().whole);
        assert_eq!(
            one.claimed_at.map(|at| at.rfc3339()[..16].to_owned()),
            Some(signed_at().rfc3339()[..16].to_owned())
        );
        assert_eq!(codes(&report), ["xml.comments-not-signed", "time.not-proven"]);
        let (accepted, why) = xmlsec(&pki, &signed);
        assert!(accepted, "{name}: {why}");
        if let Some((accepted, why)) = signxml(&pki, &signed) {
            assert!(accepted, "{name}: {why}");
        }
        let text = String::from_utf8(signed).unwrap();
        let (start, end) = (text.find("<ds:SignatureValue").unwrap(), text.find("</ds:SignatureValue").unwrap());
        let value = &text[text[start..end].find('>').unwrap() + start + 1..end];
        let first = if value.starts_with('A') { 'B' } else { 'A' };
        let tampered = [
            text.replace("12/UBND-VX", "13/UBND-VX"),
            text.replace("V/v nghỉ", "V/v họp"),
            text.replace("<ghi-chu xmlns=\"\"/>", ""),
            text.replace("a < b", "a < c"),
            text.replace("</ds:Signature></vb:CongVan>", "</ds:Signature><vb:Them/></vb:CongVan>"),
            text.replace("<xades:SigningTime>2", "<xades:SigningTime>3"),
            text.replace(value, &format!("{first}{}", &value[1..])),
            text.replace("xmlns:unused=\"urn:unused\"", "xmlns:unused=\"urn:other\""),
        ];
        for changed in tampered {
            assert_ne!(changed, text);
            let report = judge(changed.as_bytes(), &context);
            assert_eq!(report.verdict, Verdict::Invalid, "{:?}", codes(&report));
            assert!(!xmlsec(&pki, changed.as_bytes()).0);
            assert!(signxml(&pki, changed.as_bytes()).is_none_or(|(accepted, _)| !accepted));
        }
    }
}

#[test]
fn every_shape_of_document_takes_a_signature() {
    let pki = Pki::usual();
    let context = pki.context();
    for xml in [
        "<a/>",
        "<p:a xmlns:p='u:p' />",
        "<a xmlns='u:a'></a>",
        "\u{feff}<a>x</a>\n<!-- sau -->",
        "<a xml:base='http://b/' xml:lang='vi'/>",
    ] {
        let signed = sign(&pki, "seal", xml);
        let report = judge(&signed, &context);
        assert_eq!(report.verdict, Verdict::Valid, "{xml}: {:?}", codes(&report));
        let (accepted, why) = xmlsec(&pki, &signed);
        assert!(accepted, "{xml}: {why}");
        // Another one over the whole document would break the first.
        let again = xml::prepare(&signed, &pki.certificates(&["person"]), &Options::new(signed_at()));
        assert_eq!(again.err(), Some(MakeError::WouldBreak));
    }
}

#[test]
fn every_algorithm_that_is_offered_is_made_and_read() {
    let pki = Pki::usual();
    pki.issue("ca", "p384", "/C=VN/CN=P-384", PERSON, Key::P384);
    let pss = SignatureAlgorithm::RsaPss(Digest::Sha256);
    let cases = [
        ("person", Digest::Sha512, None, "dgst -sha512 -sign person.key to-sign"),
        ("p384", Digest::Sha384, None, "dgst -sha384 -sign p384.key to-sign"),
        ("seal", Digest::Sha384, None, "dgst -sha384 -sign seal.key to-sign"),
        (
            "person",
            Digest::Sha256,
            Some(pss),
            "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign person.key to-sign",
        ),
    ];
    let context = pki.context();
    for (name, digest, algorithm, how) in cases {
        let options = Options { digest, algorithm, signed_at: signed_at() };
        let prepared = xml::prepare(LETTER.as_bytes(), &pki.certificates(&[name, "ca"]), &options).unwrap();
        assert_eq!(prepared.digest_to_sign(), digest.of(prepared.to_sign()));
        pki.write("to-sign", prepared.to_sign());
        let signed = prepared.finish(&pki.openssl(how)).unwrap();
        let report = judge(&signed, &context);
        assert_eq!(report.verdict, Verdict::Valid, "{how}: {:?}", codes(&report));
        let (accepted, why) = xmlsec(&pki, &signed);
        // RSA-PSS came to xmlsec1 after version 1.2.
        assert!(accepted || algorithm == Some(pss), "{how}: {why}");
        if let Some((accepted, why)) = signxml(&pki, &signed) {
            assert!(accepted, "{how}: {why}");
        }
    }
}

#[test]
fn a_value_of_another_key_and_weak_algorithms_are_refused_when_signing() {
    let pki = Pki::usual();
    let chain = pki.certificates(&["seal", "ca"]);
    let prepared = xml::prepare(b"<a/>", &chain, &Options::new(signed_at())).unwrap();
    assert_eq!(prepared.finish(&pki.signature("tsa", prepared.to_sign())), Err(MakeError::WrongValue));
    assert_eq!(prepared.finish(&[]), Err(MakeError::WrongValue));
    let weak = Options { digest: Digest::Sha1, ..Options::new(signed_at()) };
    assert_eq!(xml::prepare(b"<a/>", &chain, &weak).err(), Some(MakeError::WrongAlgorithm));
    assert_eq!(xml::prepare(b"<a>", &chain, &weak).err(), Some(MakeError::Xml(xml::Error::Malformed("end"))));
    assert_eq!(xml::prepare(b"<a/>", &[], &Options::new(signed_at())).err(), Some(MakeError::NoCertificate));
}

#[test]
fn a_time_stamp_and_evidence_raise_the_level_and_others_still_accept() {
    let pki = Pki::usual();
    let signed = sign(&pki, "person", LETTER);
    let covered = xml::to_timestamp(&signed, 0).unwrap();
    let request = timestamp::request(Digest::Sha256, &Digest::Sha256.of(&covered), Some(&[9; 8]));
    let token = timestamp::read_response(&pki.stamp("tsa", &request), &request).unwrap();
    let stamped = xml::add_timestamp(&signed, 0, &token).unwrap();
    let mut context = pki.context();
    let report = judge(&stamped, &context);
    let one = &report.signatures[0];
    assert_eq!(report.verdict, Verdict::Valid, "{:?} {:?}", codes(&report), one.timestamps);
    assert_eq!((one.level, one.time_proof), (Level::BT, TimeProof::TimeStamp));
    assert_eq!(Some(one.judged_at), one.timestamps[0].at);
    assert!(xmlsec(&pki, &stamped).0);

    let asked = signatures::revocation::ocsp_request(&pki.certificate("person"), &pki.certificate("ca"), None);
    let ocsp = vec![pki.ocsp("ca", "ocsp", &asked)];
    let evidence =
        Evidence { certificates: pki.certificates(&["ca", "root"]), ocsp, crls: context.evidence.crls.clone() };
    let long = xml::add_evidence(&stamped, 0, &evidence).unwrap();
    assert!(xmlsec(&pki, &long).0);
    context.evidence = Evidence::default(); // everything is inside now
    let report = judge(&long, &context);
    assert_eq!((report.verdict, report.signatures[0].level), (Verdict::Valid, Level::BLt), "{:?}", codes(&report));
    assert_eq!(judge(&stamped, &context).verdict, Verdict::Indeterminate);

    let other = sign(&pki, "seal", LETTER);
    assert_eq!(xml::add_timestamp(&other, 0, &token), Err(MakeError::Foreign));
    assert_eq!(xml::add_timestamp(&signed, 1, &token), Err(MakeError::NoSigner));
    // Moved by hand to another signature it is seen to be foreign.
    let text = String::from_utf8(stamped).unwrap();
    let from = text.find("<xades:UnsignedProperties").unwrap();
    let to = text.find("</xades:QualifyingProperties>").unwrap();
    let moved = String::from_utf8(other).unwrap();
    let moved =
        moved.replace("</xades:QualifyingProperties>", &format!("{}</xades:QualifyingProperties>", &text[from..to]));
    let report = judge(moved.as_bytes(), &pki.context());
    assert!(codes(&report).contains(&"timestamp.foreign".to_owned()));
    assert_eq!(report.verdict, Verdict::Invalid);
}
