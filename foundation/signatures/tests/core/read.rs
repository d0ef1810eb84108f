//! Signatures that `openssl cms` made are judged as they deserve.

use crate::pki::Pki;
use signatures::cms::{self, Content, SignedData};
use signatures::{Digests, Format, HolderKind, Integrity, Level, SignatureReport, Verdict};

const TEXT: &[u8] = b"Quy\xe1\xba\xbft \xc4\x91\xe1\xbb\x8bnh s\xe1\xbb\x91 15/Q\xc4\x90-UBND";

fn codes(report: &SignatureReport) -> Vec<&str> {
    report.reasons.iter().map(|reason| reason.code.as_ref()).collect()
}

#[test]
fn a_detached_cades_signature_of_a_person_and_a_seal_is_valid() {
    let pki = Pki::usual();
    pki.write("text", TEXT);
    pki.openssl("cms -sign -cades -binary -in text -signer person.pem -inkey person.key -certfile ca.pem -outform DER -out one.p7s -md sha256");
    pki.openssl("cms -resign -cades -binary -inform DER -in one.p7s -signer seal.pem -inkey seal.key -outform DER -out two.p7s -md sha256");
    let data = SignedData::parse(&pki.read("two.p7s")).expect("signed data");
    let context = pki.context();
    let reports = cms::verify(&data, Content::Digests(&Digests::of(TEXT, &data.digests())), &context);
    assert_eq!(reports.len(), 2);
    for report in &reports {
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reasons);
        assert_eq!(report.integrity, Integrity::Intact);
        assert_eq!((report.format, report.level), (Format::Cades, Level::BB));
        assert_eq!(codes(report), ["time.not-proven"]);
        assert_eq!(report.path.anchor.as_deref(), Some("Root thử nghiệm"));
        assert!(report.claimed_at.is_some_and(|claimed| claimed <= context.at));
    }
    let person = reports.iter().find(|report| report.holder == HolderKind::Person).expect("a person");
    assert_eq!(person.signer.as_ref().map(|signer| signer.name.as_str()), Some("Nguyễn Văn An"));
    assert_eq!(person.algorithms.signature, "RSA (PKCS #1 v1.5) SHA-256");
    let seal = reports.iter().find(|report| report.holder == HolderKind::Organisation).expect("a seal");
    assert_eq!(seal.agency_code.as_ref().map(base::AgencyCode::as_str), Some("H57"));
    let file = signatures::Report::new(context.at, reports, Vec::new());
    assert_eq!(file.legal_value.standing, signatures::LegalStanding::Original);
    let json = serde_json::to_string(&file).expect("JSON");
    assert_eq!(serde_json::from_str::<signatures::Report>(&json).expect("the same report"), file);
}

#[test]
fn one_signature_is_not_yet_the_original_and_a_changed_text_is_refused() {
    let pki = Pki::usual();
    pki.write("text", TEXT);
    pki.openssl("cms -sign -cades -binary -in text -signer person.pem -inkey person.key -certfile ca.pem -outform DER -out one.p7s -md sha256");
    let data = SignedData::parse(&pki.read("one.p7s")).expect("signed data");
    let context = pki.context();
    let good = cms::verify(&data, Content::Bytes(TEXT), &context);
    let file = signatures::Report::new(context.at, good, Vec::new());
    assert_eq!(file.verdict, Verdict::Valid);
    assert_eq!(file.legal_value.standing, signatures::LegalStanding::Signed);
    let changed = cms::verify(&data, Content::Bytes(b"other"), &context);
    assert_eq!((changed[0].verdict, changed[0].integrity), (Verdict::Invalid, Integrity::Broken));
    assert_eq!(codes(&changed[0])[0], "integrity.content-changed");
    let file = signatures::Report::new(context.at, changed, Vec::new());
    assert_eq!(file.legal_value.standing, signatures::LegalStanding::ForInformation);
}

#[test]
fn streamed_output_with_indefinite_lengths_pss_and_attached_content_are_read() {
    let pki = Pki::usual();
    pki.write("text", TEXT);
    pki.openssl("cms -sign -binary -stream -nodetach -in text -signer person.pem -inkey person.key -outform DER -out ber.p7m -md sha384");
    let bytes = pki.read("ber.p7m");
    assert_eq!(bytes[..2], [0x30, 0x80], "openssl writes indefinite lengths here");
    pki.openssl("cms -sign -cades -binary -nodetach -in text -signer person.pem -inkey person.key -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest -outform DER -out pss.p7m -md sha384");
    for (bytes, algorithm) in [(bytes, "RSA (PKCS #1 v1.5) SHA-384"), (pki.read("pss.p7m"), "RSA-PSS SHA-384")] {
        let data = SignedData::parse(&bytes).expect("signed data");
        assert_eq!(data.content.as_deref(), Some(TEXT));
        let report = cms::verify(&data, Content::Attached, &pki.context()).remove(0);
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reasons);
        assert_eq!(report.algorithms.signature, algorithm);
    }
}

#[test]
fn a_signature_without_attributes_or_without_a_bound_certificate_is_below_the_basic_level() {
    let pki = Pki::usual();
    pki.write("text", TEXT);
    for (more, name) in [("-noattr", "noattr.p7s"), ("", "plain.p7s")] {
        pki.openssl(&format!(
            "cms -sign -binary {more} -in text -signer seal.pem -inkey seal.key -outform DER -out {name} -md sha256"
        ));
        let data = SignedData::parse(&pki.read(name)).expect("signed data");
        let report = cms::verify(&data, Content::Bytes(TEXT), &pki.context()).remove(0);
        assert_eq!((report.verdict, report.level, report.format), (Verdict::Valid, Level::None, Format::Cms), "{name}");
        assert!(codes(&report).contains(&"signature.not-bound"));
        let report = cms::verify(&data, Content::Bytes(b"other"), &pki.context()).remove(0);
        assert_eq!(report.verdict, Verdict::Invalid, "{name}");
    }
}
