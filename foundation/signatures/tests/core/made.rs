//! Signatures made here are accepted by `openssl cms`, and refused once anything in them is changed.

use crate::pki::{Key, PERSON, Pki, now};
use signatures::cms::{self, Content, MakeError, Options, Prepared, SignedData};
use signatures::{Digest, Evidence, Level, SignatureAlgorithm, TimeProof, Verdict, timestamp};

const TEXT: &[u8] = b"Cong van so 12/UBND-VX";

/// A detached CAdES-B-B signature by `name`.
pub fn sign(pki: &Pki, name: &str, text: &[u8]) -> Vec<u8> {
    let options = Options { signed_at: Some(now().plus_seconds(-60)), ..Options::default() };
    let chain = pki.certificates(&[name, "ca"]);
    let prepared = cms::prepare(&chain, &Digest::Sha256.of(text), &options).expect("prepared");
    // A person may take an hour: what waits is stored.
    let stored = serde_json::to_string(&prepared).expect("JSON");
    let prepared: Prepared = serde_json::from_str(&stored).expect("the same");
    prepared.finish(&pki.signature(name, prepared.to_sign())).expect("a signature")
}

fn openssl_accepts(pki: &Pki, cms: &[u8], text: &[u8]) -> bool {
    pki.write("ours.p7s", cms);
    pki.write("text", text);
    pki.try_openssl("cms -verify -cades -binary -inform DER -in ours.p7s -content text -CAfile root.pem -certfile ca.pem -purpose any -out verified").0
}

#[test]
fn openssl_accepts_ours_and_both_refuse_what_was_changed() {
    let pki = Pki::usual();
    for name in ["person", "seal"] {
        let cms = sign(&pki, name, TEXT);
        assert!(openssl_accepts(&pki, &cms, TEXT), "{name}");
        assert!(!openssl_accepts(&pki, &cms, b"Cong van so 13/UBND-VX"), "{name}");
        let report =
            cms::verify(&SignedData::parse(&cms).expect("ours"), Content::Bytes(TEXT), &pki.context()).remove(0);
        assert_eq!((report.verdict, report.level), (Verdict::Valid, Level::BB), "{:?}", report.reasons);
        let last = cms.len() - 1;
        let mut changed = cms.clone();
        changed[last] ^= 1; // in the signature value
        assert!(!openssl_accepts(&pki, &changed, TEXT));
        let report =
            cms::verify(&SignedData::parse(&changed).expect("ours"), Content::Bytes(TEXT), &pki.context()).remove(0);
        assert_eq!(report.verdict, Verdict::Invalid);
    }
}

#[test]
fn a_value_of_another_key_and_weak_algorithms_are_refused_when_signing() {
    let pki = Pki::usual();
    let chain = pki.certificates(&["seal", "ca"]);
    let digest = Digest::Sha256.of(TEXT);
    let prepared = cms::prepare(&chain, &digest, &Options::default()).expect("prepared");
    assert_eq!(prepared.digest_to_sign(), Digest::Sha256.of(prepared.to_sign()));
    assert_eq!(prepared.finish(&pki.signature("tsa", prepared.to_sign())), Err(MakeError::WrongValue));
    let weak = Options { digest: Digest::Sha1, ..Options::default() };
    assert_eq!(cms::prepare(&chain, &Digest::Sha1.of(TEXT), &weak).err(), Some(MakeError::WrongAlgorithm));
    let unfit = Options { algorithm: Some(SignatureAlgorithm::RsaPkcs1(Digest::Sha256)), ..Options::default() };
    assert_eq!(cms::prepare(&chain, &digest, &unfit).err(), Some(MakeError::WrongAlgorithm));
    assert_eq!(cms::prepare(&chain, &digest[1..], &Options::default()).err(), Some(MakeError::WrongDigest));
}

#[test]
fn a_time_stamp_and_evidence_raise_the_level_and_openssl_still_accepts() {
    let pki = Pki::usual();
    let cms = sign(&pki, "person", TEXT);
    let signature = SignedData::parse(&cms).expect("ours").signers[0].signature().to_vec();
    let request = timestamp::request(Digest::Sha256, &Digest::Sha256.of(&signature), Some(&[9; 8]));
    let token = timestamp::read_response(&pki.stamp("tsa", &request), &request).expect("a token");
    let stamped = cms::add_timestamp(&cms, 0, &token).expect("B-T");
    assert!(openssl_accepts(&pki, &stamped, TEXT));
    let mut context = pki.context();
    let report = cms::verify(&SignedData::parse(&stamped).expect("B-T"), Content::Bytes(TEXT), &context).remove(0);
    assert_eq!(report.verdict, Verdict::Valid, "{:?} {:?}", report.reasons, report.timestamps);
    assert_eq!((report.level, report.time_proof), (Level::BT, TimeProof::TimeStamp));
    assert_eq!(Some(report.judged_at), report.timestamps[0].at);

    let ca = pki.certificate("ca");
    let asked = signatures::revocation::ocsp_request(&pki.certificate("person"), &ca, None);
    let ocsp = vec![pki.ocsp("ca", "ocsp", &asked)];
    let evidence =
        Evidence { certificates: pki.certificates(&["ca", "root"]), ocsp, crls: context.evidence.crls.clone() };
    let long = cms::add_evidence(&stamped, &evidence).expect("B-LT");
    assert!(openssl_accepts(&pki, &long, TEXT));
    context.evidence = Evidence::default(); // everything is inside now
    let report = cms::verify(&SignedData::parse(&long).expect("B-LT"), Content::Bytes(TEXT), &context).remove(0);
    assert_eq!((report.verdict, report.level), (Verdict::Valid, Level::BLt), "{:?}", report.reasons);
    let without = cms::verify(&SignedData::parse(&stamped).expect("B-T"), Content::Bytes(TEXT), &context).remove(0);
    assert_eq!(without.verdict, Verdict::Indeterminate);

    // With every answer inside but not the authority's certificate, somebody would have to fetch that one day.
    let prepared =
        cms::prepare(&pki.certificates(&["seal"]), &Digest::Sha256.of(TEXT), &Options::default()).expect("ready");
    let alone = prepared.finish(&pki.signature("seal", prepared.to_sign())).expect("a signature");
    let signature = SignedData::parse(&alone).expect("ours").signers[0].signature().to_vec();
    let request = timestamp::request(Digest::Sha256, &Digest::Sha256.of(&signature), None);
    let stamp = timestamp::read_response(&pki.stamp("tsa", &request), &request).expect("a token");
    let alone = cms::add_timestamp(&alone, 0, &stamp).expect("B-T");
    let mut fetched = pki.context();
    let lists = Evidence { crls: fetched.evidence.crls.clone(), ..Evidence::default() };
    let alone = cms::add_evidence(&alone, &lists).expect("lists");
    fetched.at = now();
    let report = cms::verify(&SignedData::parse(&alone).expect("ours"), Content::Bytes(TEXT), &fetched).remove(0);
    assert_eq!((report.verdict, report.level), (Verdict::Valid, Level::BT), "{:?}", report.reasons);
    fetched.archived.certificates = pki.certificates(&["ca"]); // in the file, beside the signature
    let report = cms::verify(&SignedData::parse(&alone).expect("ours"), Content::Bytes(TEXT), &fetched).remove(0);
    assert_eq!((report.verdict, report.level), (Verdict::Valid, Level::BLt), "{:?}", report.reasons);

    let other = sign(&pki, "seal", TEXT);
    assert_eq!(cms::add_timestamp(&other, 0, &token), Err(MakeError::Foreign));
    assert_eq!(cms::add_timestamp(&cms, 1, &token), Err(MakeError::NoSigner));
}

#[test]
fn every_algorithm_that_is_offered_is_made_and_read() {
    let pki = Pki::usual();
    pki.issue("ca", "p384", "/C=VN/CN=P-384", PERSON, Key::P384);
    pki.issue("ca", "ed25519", "/C=VN/CN=Ed25519", PERSON, Key::Ed25519);
    let pss = SignatureAlgorithm::RsaPss(Digest::Sha256);
    let cases = [
        ("person", Digest::Sha512, None, "dgst -sha512 -sign person.key to-sign"),
        ("p384", Digest::Sha384, None, "dgst -sha384 -sign p384.key to-sign"),
        (
            "person",
            Digest::Sha256,
            Some(pss),
            "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign person.key to-sign",
        ),
        ("ed25519", Digest::Sha512, None, "pkeyutl -sign -rawin -inkey ed25519.key -in to-sign"),
    ];
    let context = pki.context();
    for (name, digest, algorithm, how) in cases {
        let options = Options { digest, algorithm, ..Options::default() };
        let prepared = cms::prepare(&pki.certificates(&[name, "ca"]), &digest.of(TEXT), &options).expect("prepared");
        pki.write("to-sign", prepared.to_sign());
        let cms = prepared.finish(&pki.openssl(how)).expect("a signature");
        let report = cms::verify(&SignedData::parse(&cms).expect("ours"), Content::Bytes(TEXT), &context).remove(0);
        assert_eq!(report.verdict, Verdict::Valid, "{how}: {:?}", report.reasons);
        // The Ed25519 of CMS came to openssl after version 3.0.
        assert!(name == "ed25519" || openssl_accepts(&pki, &cms, TEXT), "{how}");
    }
    let sha256 = Options::default();
    let refused = cms::prepare(&pki.certificates(&["ed25519"]), &Digest::Sha256.of(TEXT), &sha256);
    assert_eq!(refused.err(), Some(MakeError::WrongAlgorithm));
}
