//! Paths, certificates and algorithms that a forger would try; none of them gives a valid verdict.

use crate::made::sign;
use crate::pki::{AUTHORITY, Key, PERSON, Pki, at, now};
use signatures::algorithms::{AlgorithmRule, RuleSubject};
use signatures::cms::{self, Content, Options, SignedData};
use signatures::path::AgencyBinding;
use signatures::{AlgorithmPolicy, Certificate, Context, Digest, HolderKind, SignatureReport, Verdict};

const TEXT: &[u8] = b"text";

/// A signature by `name`, with these certificates at hand; revocation is another test's matter.
fn signed(pki: &Pki, name: &str, at_hand: &[&str]) -> SignatureReport {
    judged(pki, name, &context(pki, at_hand), Some(now()))
}

fn context(pki: &Pki, at_hand: &[&str]) -> Context {
    let mut context = pki.context();
    context.revocation = signatures::RevocationRule::IfKnown;
    context.evidence.certificates = pki.certificates(at_hand);
    context
}

fn judged(pki: &Pki, name: &str, context: &Context, signed_at: Option<base::Timestamp>) -> SignatureReport {
    let options = Options { signed_at, ..Options::default() };
    let prepared = cms::prepare(&[pki.certificate(name)], &Digest::Sha256.of(TEXT), &options).expect("prepared");
    let cms = prepared.finish(&pki.signature(name, prepared.to_sign())).expect("a signature");
    cms::verify(&SignedData::parse(&cms).expect("ours"), Content::Bytes(TEXT), context).remove(0)
}

fn has(report: &SignatureReport, code: &str) -> bool {
    report.reasons.iter().any(|reason| reason.code == code)
}

#[test]
fn name_constraints_path_length_and_critical_extensions_bind() {
    let pki = Pki::usual();
    let limited = format!(
        "{AUTHORITY}nameConstraints=critical,permitted;dirName:names\n[names]\ncountryName=VN\norganizationName=UBND xa\n"
    );
    pki.issue("root", "limited", "/C=VN/CN=CA giới hạn", &limited, Key::P256);
    pki.issue("limited", "inside", "/C=VN/O=UBND  XA/CN=Trong", PERSON, Key::P256);
    pki.issue("limited", "outside", "/C=VN/O=UBND tỉnh/CN=Ngoài", PERSON, Key::P256);
    let report = signed(&pki, "inside", &["limited"]);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reasons);
    let report = signed(&pki, "outside", &["limited"]);
    assert!(has(&report, "path.name-not-permitted") && report.verdict == Verdict::Invalid);

    let excluded = format!("{AUTHORITY}nameConstraints=critical,excluded;email:.gov.vn\n");
    pki.issue("root", "excluded", "/C=VN/CN=CA loại trừ", &excluded, Key::P256);
    pki.issue("excluded", "mailed", "/C=VN/CN=A", &format!("{PERSON}subjectAltName=email:a@bo.gov.vn\n"), Key::P256);
    assert!(has(&signed(&pki, "mailed", &["excluded"]), "path.name-not-permitted"));
    pki.issue("excluded", "other", "/C=VN/CN=A", &format!("{PERSON}subjectAltName=email:a@example.vn\n"), Key::P256);
    assert_eq!(signed(&pki, "other", &["excluded"]).verdict, Verdict::Valid);

    let last = AUTHORITY.replace("CA:TRUE", "CA:TRUE,pathlen:0");
    pki.issue("root", "last", "/C=VN/CN=CA cuối", &last, Key::P256);
    pki.issue("last", "below", "/C=VN/CN=CA dưới", AUTHORITY, Key::P256);
    pki.issue("last", "direct", "/C=VN/CN=B", PERSON, Key::P256);
    pki.issue("below", "deep", "/C=VN/CN=C", PERSON, Key::P256);
    assert_eq!(signed(&pki, "direct", &["last"]).verdict, Verdict::Valid);
    let report = signed(&pki, "deep", &["below", "last"]);
    assert!(has(&report, "path.too-long") && report.verdict == Verdict::Invalid, "{:?}", report.reasons);

    // One more is allowed, and then no second.
    let one_more = AUTHORITY.replace("CA:TRUE", "CA:TRUE,pathlen:1");
    pki.issue("root", "first", "/C=VN/CN=CA 1", &one_more, Key::P256);
    pki.issue("first", "second", "/C=VN/CN=CA 2", AUTHORITY, Key::P256);
    pki.issue("second", "third", "/C=VN/CN=CA 3", AUTHORITY, Key::P256);
    pki.issue("second", "fits", "/C=VN/CN=D", PERSON, Key::P256);
    pki.issue("third", "too-deep", "/C=VN/CN=E", PERSON, Key::P256);
    assert_eq!(signed(&pki, "fits", &["first", "second"]).verdict, Verdict::Valid);
    assert!(has(&signed(&pki, "too-deep", &["first", "second", "third"]), "path.too-long"));

    pki.issue("ca", "strange", "/C=VN/CN=D", &format!("{PERSON}1.2.3.4=critical,ASN1:NULL\n"), Key::P256);
    assert!(has(&signed(&pki, "strange", &["ca"]), "path.critical-extension"));
}

#[test]
fn only_those_who_may_issue_issue_and_only_those_who_may_sign_sign() {
    let pki = Pki::usual();
    // A person's certificate as an authority.
    pki.issue("person", "mallory", "/C=VN/CN=Mallory", PERSON, Key::P256);
    let report = signed(&pki, "mallory", &["person", "ca"]);
    assert!(has(&report, "path.not-an-authority") && report.verdict == Verdict::Invalid);
    let almost = PERSON.replace("nonRepudiation", "keyCertSign");
    pki.issue("ca", "almost", "/C=VN/CN=Gần như CA", &almost, Key::P256);
    pki.issue("almost", "trudy", "/C=VN/CN=Trudy", PERSON, Key::P256);
    assert!(has(&signed(&pki, "trudy", &["almost", "ca"]), "path.not-an-authority"));
    let no_signing = AUTHORITY.replace("keyCertSign,", "");
    pki.issue("root", "mute", "/C=VN/CN=CA không ký", &no_signing, Key::P256);
    pki.issue("mute", "eve", "/C=VN/CN=Eve", PERSON, Key::P256);
    assert!(has(&signed(&pki, "eve", &["mute"]), "path.not-an-authority"));
    let encipher = PERSON.replace("digitalSignature,nonRepudiation", "keyEncipherment");
    let server = PERSON.replace("clientAuth,emailProtection", "serverAuth");
    for (name, extensions) in [("encipher", encipher.as_str()), ("server", &server)] {
        pki.issue("ca", name, "/C=VN/CN=Sai mục đích", extensions, Key::P256);
        let report = signed(&pki, name, &["ca"]);
        assert!(has(&report, "path.wrong-usage") && report.verdict == Verdict::Invalid, "{name}");
    }
    pki.issue("root", "tls", "/C=VN/CN=CA TLS", &format!("{AUTHORITY}extendedKeyUsage=serverAuth\n"), Key::P256);
    pki.issue("tls", "under-tls", "/C=VN/CN=F", PERSON, Key::P256);
    assert!(has(&signed(&pki, "under-tls", &["tls"]), "path.wrong-usage"));
}

#[test]
fn expired_at_signing_not_yet_valid_and_expired_since() {
    let pki = Pki::usual();
    pki.issue_between("ca", "old", "/C=VN/CN=Cũ", PERSON, Key::P256, "20250101000000Z", "20260101000000Z");
    pki.issue_between("ca", "new", "/C=VN/CN=Mới", PERSON, Key::P256, "20330101000000Z", "20350101000000Z");
    let context = context(&pki, &["ca"]);
    let report = judged(&pki, "old", &context, Some(now()));
    assert!(has(&report, "path.expired") && report.verdict == Verdict::Invalid);
    let report = judged(&pki, "old", &context, Some(at("2025-06-01T00:00:00Z")));
    assert!(has(&report, "path.expired-since") && report.verdict == Verdict::Indeterminate);
    let mut seen = context.clone();
    seen.existed_at = Some(at("2025-06-02T00:00:00Z"));
    assert_eq!(judged(&pki, "old", &seen, Some(at("2025-06-01T00:00:00Z"))).verdict, Verdict::Valid);
    assert!(has(&judged(&pki, "new", &context, None), "path.not-yet-valid"));
}

#[test]
fn self_signed_and_namesakes_of_the_root_are_not_trusted_and_cross_signing_ends() {
    let pki = Pki::usual();
    pki.root_with("alone", "/C=VN/CN=Tự cấp", PERSON);
    let report = signed(&pki, "alone", &["ca"]);
    assert!(has(&report, "path.self-signed") && report.verdict == Verdict::Indeterminate);
    // Everything named like the true ones, by other keys.
    let forger = Pki::usual();
    let mut context = context(&pki, &["ca"]);
    context.evidence.certificates.extend(forger.certificates(&["ca", "root"]));
    let report = judged(&forger, "person", &context, Some(now()));
    assert_ne!(report.verdict, Verdict::Valid);
    assert!(has(&report, "path.not-trusted"));
    // The authority also has a certificate of a root that nobody trusts; the other way is found.
    pki.root("stranger", "/C=VN/CN=Xa lạ");
    pki.cross("stranger", "ca", "ca-by-stranger", AUTHORITY);
    assert_eq!(signed(&pki, "person", &["ca-by-stranger", "stranger", "ca"]).verdict, Verdict::Valid);
    assert!(has(&signed(&pki, "person", &["ca-by-stranger", "stranger"]), "path.not-trusted"));
    // Eight authorities that all sign one another, and none leads anywhere.
    let names: Vec<String> = (0..8).map(|n| format!("loop{n}")).collect();
    for name in &names {
        pki.root(name, &format!("/C=VN/CN={name}"));
    }
    let mut all: Vec<Certificate> = Vec::new();
    for (issuer, name) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))).filter(|(a, b)| a != b) {
        all.push(pki.cross(issuer, name, &format!("{name}-by-{issuer}"), AUTHORITY));
    }
    pki.issue("loop0", "lost", "/C=VN/CN=Lạc", PERSON, Key::P256);
    context.evidence.certificates = all;
    let started = std::time::Instant::now();
    assert!(has(&judged(&pki, "lost", &context, None), "path.not-trusted"));
    assert!(started.elapsed().as_secs() < 5, "bounded work, though there are thousands of ways");
}

#[test]
fn another_certificate_of_the_same_key_is_no_substitute() {
    let pki = Pki::usual();
    pki.cross("ca", "seal", "seal-again", PERSON);
    pki.write("text", TEXT);
    pki.openssl("cms -sign -cades -keyid -nocerts -binary -in text -signer seal.pem -inkey seal.key -outform DER -out keyid.p7s -md sha256");
    let data = SignedData::parse(&pki.read("keyid.p7s")).expect("signed data");
    let judge = |at_hand: &[&str]| cms::verify(&data, Content::Bytes(TEXT), &context(&pki, at_hand)).remove(0);
    assert_eq!(judge(&["seal-again", "seal", "ca"]).verdict, Verdict::Valid);
    let report = judge(&["seal-again", "ca"]);
    assert!(has(&report, "integrity.certificate-substituted") && report.verdict == Verdict::Invalid);
    assert!(has(&judge(&["ca"]), "certificate.missing"));
}

#[test]
fn algorithms_cannot_be_exchanged_and_weak_ones_are_judged_by_date() {
    let pki = Pki::usual();
    let context = context(&pki, &["ca"]);
    let cms = sign(&pki, "seal", TEXT);
    let replace = |from: &[u8], to: &[u8], skip: usize| {
        let places: Vec<usize> =
            cms.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(i, _)| i).collect();
        let mut out = cms.clone();
        let place = places[places.len() - 1 - skip];
        out[place..place + to.len()].copy_from_slice(to);
        out
    };
    let sha = |n: u8| [0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, n];
    let ecdsa = |n: u8| [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, n];
    // The signer's digestAlgorithm stands before the signed attributes, where the protected one is the last.
    let mut differing = 0;
    for forged in [
        replace(&sha(1), &sha(2), 0),
        replace(&sha(1), &sha(2), 1),
        replace(&ecdsa(2), &ecdsa(3), 0),
        replace(&ecdsa(2), &ecdsa(3), 1),
    ] {
        let report =
            cms::verify(&SignedData::parse(&forged).expect("readable"), Content::Bytes(TEXT), &context).remove(0);
        assert_eq!(report.verdict, Verdict::Invalid);
        let what = ["CMSAlgorithmProtection", "digestAlgorithm"];
        let said = |word: &str| report.reasons.iter().any(|reason| reason.message.en.contains(word));
        assert!(said(what[0]) || said("The content was changed"), "{:?}", report.reasons);
        differing += usize::from(said(what[1]));
    }
    assert_eq!(differing, 2, "the signer's own two algorithms, each exchanged alone");

    pki.write("text", TEXT);
    pki.openssl("cms -sign -binary -in text -signer person.pem -inkey person.key -outform DER -out sha1.p7s -md sha1");
    pki.issue("ca", "short", "/C=VN/CN=Khóa ngắn", PERSON, Key::Rsa(1024));
    pki.openssl("cms -sign -binary -in text -signer short.pem -inkey short.key -outform DER -out short.p7s -md sha256");
    let mut lenient = context.clone();
    let later = context.at.plus_seconds(86_400);
    let rule = |subject| AlgorithmRule { subject, refused_from: later };
    lenient.policy =
        AlgorithmPolicy { rules: vec![rule(RuleSubject::Digest(Digest::Sha1)), rule(RuleSubject::RsaBelow(2048))] };
    for name in ["sha1.p7s", "short.p7s"] {
        let data = SignedData::parse(&pki.read(name)).expect("signed data");
        let report = cms::verify(&data, Content::Bytes(TEXT), &context).remove(0);
        assert!(has(&report, "algorithm.refused") && report.verdict == Verdict::Invalid, "{name}");
        let report = cms::verify(&data, Content::Bytes(TEXT), &lenient).remove(0);
        assert!(has(&report, "algorithm.weak") && report.verdict == Verdict::Valid, "{name}: {:?}", report.reasons);
    }
}

#[test]
fn signed_attributes_are_not_accepted_as_a_content() {
    let pki = Pki::usual();
    let cms = sign(&pki, "seal", TEXT);
    // The same value, its attributes now the content and the signer without attributes (RFC 5652 §5.4 signs a SET).
    let options = Options { signed_at: None, ..Options::default() };
    let prepared = cms::prepare(&pki.certificates(&["seal"]), &Digest::Sha256.of(TEXT), &options).expect("prepared");
    let attributes = prepared.to_sign().to_vec();
    let whole = prepared.finish(&pki.signature("seal", &attributes)).expect("a signature");
    let mut tagged = attributes.clone();
    tagged[0] = 0xa0;
    let place = whole.windows(tagged.len()).position(|window| window == tagged).expect("the attributes");
    let mut stripped = whole[..place].to_vec();
    stripped.extend(&whole[place + tagged.len()..]);
    let shorter = whole.len() - stripped.len();
    // Every length around the attributes shrinks by as much; all of them are written in two bytes here.
    for at in 0..place {
        let is_around = whole[at] & 0x20 != 0 && whole.get(at + 1) == Some(&0x82) && {
            let length = usize::from(u16::from_be_bytes([whole[at + 2], whole[at + 3]]));
            at + 4 + length >= place + tagged.len() && at + 4 + length <= whole.len()
        };
        if is_around {
            let length = u16::from_be_bytes([whole[at + 2], whole[at + 3]]) - shorter as u16;
            stripped[at + 2..at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    let data = SignedData::parse(&stripped).expect("a signer without attributes");
    let report = cms::verify(&data, Content::Bytes(&attributes), &context(&pki, &["ca"])).remove(0);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(has(&report, "integrity.attributes-inconsistent"));
    assert_ne!(cms, whole);
}

#[test]
fn an_authority_speaks_for_its_agencies_only_and_a_bound_certificate_is_the_agencys() {
    let pki = Pki::usual();
    let mut context = context(&pki, &["ca"]);
    let code = |text| base::AgencyCode::parse(text).expect("a code");
    context.trust.anchors[0].agencies = vec![code("H58")];
    let report = judged(&pki, "seal", &context, None);
    assert!(has(&report, "path.agency-not-permitted") && report.verdict == Verdict::Invalid);
    context.trust.anchors[0].agencies = vec![code("H57")];
    assert_eq!(judged(&pki, "seal", &context, None).verdict, Verdict::Valid);

    let plain = pki.issue("ca", "plain", "/C=VN/CN=Sở Nội vụ", PERSON, Key::P256);
    assert_eq!(judged(&pki, "plain", &context, None).holder, HolderKind::Unknown);
    let agency = code("H57.05");
    let fingerprint = plain.fingerprint();
    context.trust.bindings =
        vec![AgencyBinding { fingerprint, agency: agency.clone(), valid_from: None, valid_until: None }];
    let report = judged(&pki, "plain", &context, None);
    assert_eq!((report.holder, report.agency_code), (HolderKind::Organisation, Some(agency)));

    context.trust.anchors[0].valid_until = Some(at("2026-01-01T00:00:00Z"));
    assert!(has(&judged(&pki, "seal", &context, None), "path.anchor-not-in-force"));
}
