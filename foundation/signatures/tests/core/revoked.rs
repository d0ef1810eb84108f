//! Revocation by list and by answer, at the time that matters, and only from those who may say it.

use crate::made::sign;
use crate::pki::{AUTHORITY, Key, PERSON, Pki, RESPONDER};
use signatures::cms::{self, Content, SignedData};
use signatures::revocation::{self, Source, Status};
use signatures::{Context, RevocationRule, SignatureReport, Verdict};

const TEXT: &[u8] = b"text";

fn judge(cms: &[u8], context: &Context) -> SignatureReport {
    cms::verify(&SignedData::parse(cms).expect("ours"), Content::Bytes(TEXT), context).remove(0)
}

fn has(report: &SignatureReport, code: &str) -> bool {
    report.reasons.iter().any(|reason| reason.code == code)
}

#[test]
fn an_ocsp_answer_counts_from_the_authority_or_its_delegate_only() {
    let pki = Pki::usual();
    let (person, ca) = (pki.certificate("person"), pki.certificate("ca"));
    let request = revocation::ocsp_request(&person, &ca, Some(&[3; 32]));
    pki.issue("root", "elsewhere", "/C=VN/CN=OCSP", RESPONDER, Key::P256);
    pki.issue("ca", "unfit", "/C=VN/CN=OCSP", PERSON, Key::P256);
    let cms = sign(&pki, "person", TEXT);
    let mut context = pki.context();
    context.evidence.crls.remove(1); // the list of the root only
    assert!(has(&judge(&cms, &context), "revocation.unknown"));
    for (responder, good) in [("ocsp", true), ("ca", true), ("elsewhere", false), ("unfit", false)] {
        context.evidence.ocsp = vec![pki.ocsp("ca", responder, &request)];
        context.at = crate::pki::now();
        let report = judge(&cms, &context);
        let expected = if good { Verdict::Valid } else { Verdict::Indeterminate };
        assert_eq!(report.verdict, expected, "{responder}: {:?}", report.reasons);
        assert_eq!(report.revocation[0].source, good.then_some(Source::Ocsp), "{responder}");
    }
    // The answer about one says nothing about another.
    context.evidence.ocsp = vec![pki.ocsp("ca", "ocsp", &request)];
    context.at = crate::pki::now();
    assert!(has(&judge(&sign(&pki, "seal", TEXT), &context), "revocation.unknown"));
    let at = context.evidence.ocsp[0].windows(2).position(|pair| pair == [0x80, 0]).expect("the status good");
    context.evidence.ocsp[0][at] = 0x82;
    assert_eq!(judge(&cms, &context).verdict, Verdict::Indeterminate, "a changed answer");
}

#[test]
fn revoked_before_after_and_unproven() {
    let pki = Pki::usual();
    let cms = sign(&pki, "person", TEXT);
    let before = crate::pki::now().plus_seconds(-5);
    pki.revoke("ca", "person");
    let mut context = pki.context();
    let report = judge(&cms, &context);
    assert!(
        has(&report, "revocation.revoked-since") && report.verdict == Verdict::Indeterminate,
        "{:?}",
        report.reasons
    );
    assert!(matches!(
        report.revocation[0].status,
        Status::Revoked { reason: revocation::RevocationReason::KeyCompromise, .. }
    ));
    context.existed_at = Some(before);
    let report = judge(&cms, &context);
    assert!(has(&report, "revocation.revoked-later") && report.verdict == Verdict::Valid, "{:?}", report.reasons);
    context.at = context.at.plus_seconds(10);
    context.existed_at = Some(context.at);
    let report = judge(&cms, &context);
    assert!(has(&report, "revocation.revoked") && report.verdict == Verdict::Invalid);
    let request = revocation::ocsp_request(&pki.certificate("person"), &pki.certificate("ca"), None);
    context.evidence.crls.remove(1);
    context.evidence.ocsp = vec![pki.ocsp("ca", "ocsp", &request)];
    let report = judge(&cms, &context);
    assert!(has(&report, "revocation.revoked") && report.revocation[0].source == Some(Source::Ocsp));
}

#[test]
fn lists_that_are_old_changed_or_of_others_do_not_count() {
    let pki = Pki::usual();
    let cms = sign(&pki, "person", TEXT);
    let fresh = pki.context();
    assert_eq!(judge(&cms, &fresh).verdict, Verdict::Valid);
    let info = revocation::read_crl(&fresh.evidence.crls[1]).expect("a list");
    assert_eq!((info.entries, info.issuer.as_slice()), (0, pki.certificate("ca").subject()));

    let mut old = fresh.clone();
    old.at = old.at.plus_seconds(40 * 86_400);
    assert!(has(&judge(&cms, &old), "revocation.unknown"), "a list of thirty days");
    old.revocation = RevocationRule::IfKnown;
    assert!(has(&judge(&cms, &old), "revocation.not-checked"));
    assert_eq!(judge(&cms, &old).verdict, Verdict::Valid);

    let mut changed = fresh.clone();
    let last = changed.evidence.crls[1].len() - 1;
    changed.evidence.crls[1][last] ^= 1;
    assert_eq!(judge(&cms, &changed).verdict, Verdict::Indeterminate);

    // A list under the authority's name by somebody who is not the authority.
    let forger = Pki::new();
    forger.root("root", "/C=VN/O=Ban Cơ yếu Chính phủ/CN=CA thử nghiệm");
    let mut forged = fresh.clone();
    forged.evidence.crls[1] = forger.crl("root");
    assert_eq!(judge(&cms, &forged).verdict, Verdict::Indeterminate);
}

#[test]
fn a_part_of_a_list_speaks_only_of_certificates_that_name_its_place() {
    let pki = Pki::usual();
    let names_a = format!("{PERSON}crlDistributionPoints=URI:http://crl.vn/a.crl\n");
    pki.issue("ca", "in-a", "/C=VN/CN=A", &names_a, Key::P256);
    pki.write(
        "part.ext",
        "[part]\nissuingDistributionPoint=critical,@place\n[place]\nfullname=URI:http://crl.vn/a.crl\n",
    );
    let config = String::from_utf8(pki.read("ca.cnf")).expect("text");
    pki.write("part.cnf", format!("{config}{}", String::from_utf8_lossy(&pki.read("part.ext"))));
    pki.openssl("ca -gencrl -config part.cnf -crlexts part -out part.crl");
    let mut context = pki.context();
    context.evidence.crls[1] = pki.openssl("crl -in part.crl -outform DER");
    context.at = crate::pki::now();
    assert_eq!(pki.certificate("in-a").addresses().crls, ["http://crl.vn/a.crl"]);
    assert_eq!(judge(&sign(&pki, "in-a", TEXT), &context).verdict, Verdict::Valid);
    assert!(has(&judge(&sign(&pki, "seal", TEXT), &context), "revocation.unknown"));
}

#[test]
fn an_authority_without_the_right_to_sign_lists_signs_none() {
    let pki = Pki::usual();
    pki.issue("root", "listless", "/C=VN/CN=CA không ký CRL", &AUTHORITY.replace(",cRLSign", ""), Key::P256);
    pki.issue("listless", "member", "/C=VN/CN=G", PERSON, Key::P256);
    let mut context = pki.context();
    context.evidence.certificates.push(pki.certificate("listless"));
    context.evidence.crls.push(pki.crl("listless"));
    context.at = crate::pki::now();
    assert!(has(&judge(&sign(&pki, "member", TEXT), &context), "revocation.unknown"));
}
