//! Signed properties of every kind, sound and not, in signatures that hold (made by `xmlsec1` from templates).

use crate::others::{reference, template, xmlsec_sign};
use crate::pki::{Pki, at};
use crate::support::{codes, judge};
use signatures::{Digest, Format, Level, Report, Verdict};

const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A document signed as a whole by `person`, with these signature and data properties, and its report.
fn signed(pki: &Pki, of_signature: &str, of_data: &str) -> Report {
    let object = format!(
        "<Object Id=\"o\"><x:QualifyingProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#s\"><x:SignedProperties Id=\"p\"><x:SignedSignatureProperties>{of_signature}</x:SignedSignatureProperties>{of_data}</x:SignedProperties></x:QualifyingProperties></Object>"
    );
    let whole = reference(" Id=\"r\" URI=\"\"", &["http://www.w3.org/2000/09/xmldsig#enveloped-signature", C14N]);
    let properties = reference(" Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#p\"", &[C14N]);
    let signature =
        template(C14N, RSA, &(whole + &properties), &object).replacen("<Signature ", "<Signature Id=\"s\" ", 1);
    judge(xmlsec_sign(pki, "person", &format!("<a>{signature}</a>")).as_bytes(), &pki.context())
}

fn certificate(pki: &Pki, element: &str, name: &str, method: &str, digest: Digest) -> String {
    pki.write("value", digest.of(pki.certificate(name).der()));
    let value = String::from_utf8(pki.openssl("base64 -A -in value")).unwrap();
    format!(
        "<x:{element}><x:Cert><x:CertDigest><DigestMethod Algorithm=\"{method}\"/><DigestValue>{value}</DigestValue></x:CertDigest></x:Cert></x:{element}>"
    )
}

#[test]
fn both_generations_of_the_bound_certificate_count() {
    let pki = Pki::usual();
    for (element, method, digest) in [
        ("SigningCertificate", SHA256, Digest::Sha256),
        ("SigningCertificateV2", "http://www.w3.org/2001/04/xmlenc#sha512", Digest::Sha512),
    ] {
        let time = "<x:SigningTime>2026-11-20T08:30:00+07:00</x:SigningTime>";
        let commitment = "<x:SignedDataObjectProperties><x:DataObjectFormat ObjectReference=\"#r\"/><x:CommitmentTypeIndication><x:CommitmentTypeId><x:Identifier>http://uri.etsi.org/01903/v1.2.2#ProofOfApproval</x:Identifier></x:CommitmentTypeId></x:CommitmentTypeIndication></x:SignedDataObjectProperties>";
        let report =
            signed(&pki, &(time.to_owned() + &certificate(&pki, element, "person", method, digest)), commitment);
        let one = &report.signatures[0];
        assert_eq!(
            (report.verdict, one.format, one.level),
            (Verdict::Valid, Format::Xades, Level::BB),
            "{:?}",
            codes(&report)
        );
        assert_eq!(one.claimed_at, Some(at("2026-11-20T01:30:00Z")));
        assert_eq!(one.purpose.as_deref(), Some("http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"));
        assert_eq!(one.coverage.as_ref().unwrap().names, ["/"], "properties are no content");
    }
    // A time without its zone is Vietnam's.
    let local = "<x:SigningTime>2026-11-20T08:30:00</x:SigningTime>";
    assert_eq!(signed(&pki, local, "").signatures[0].claimed_at, Some(at("2026-11-20T01:30:00Z")));
}

#[test]
fn properties_that_contradict_the_signature_are_told() {
    let pki = Pki::usual();
    let person = certificate(&pki, "SigningCertificateV2", "person", SHA256, Digest::Sha256);
    let foreign = certificate(&pki, "SigningCertificateV2", "seal", SHA256, Digest::Sha256);
    let authority = certificate(&pki, "SigningCertificateV2", "ca", SHA256, Digest::Sha256);
    let unknown = certificate(&pki, "SigningCertificateV2", "person", "urn:md4", Digest::Sha256);
    let time = "<x:SigningTime>2026-11-20T08:30:00Z</x:SigningTime>";
    let dangling =
        "<x:SignedDataObjectProperties><x:DataObjectFormat ObjectReference=\"#q\"/></x:SignedDataObjectProperties>";
    let inconsistent = "integrity.attributes-inconsistent";
    let cases = [
        ("another's certificate", foreign, "", "integrity.certificate-substituted"),
        ("the authority's certificate", authority, "", "integrity.signature-mismatch"),
        ("an unknown digest", unknown, "", "algorithm.unsupported"),
        ("no certificate", time.to_owned(), "", "signature.not-bound"),
        ("a list without certificates", "<x:SigningCertificateV2/>".to_owned(), "", inconsistent),
        ("two lists", person.repeat(2), "", inconsistent),
        ("two times", time.repeat(2), "", inconsistent),
        ("no time", "<x:SigningTime>hôm qua</x:SigningTime>".to_owned(), "", inconsistent),
        ("a format of nothing", person, dangling, inconsistent),
    ];
    for (what, of_signature, of_data, code) in cases {
        let report = signed(&pki, &of_signature, of_data);
        assert!(codes(&report).contains(&code.to_owned()), "{what}: {:?}", codes(&report));
        assert_ne!(report.signatures[0].level, Level::BB, "{what}");
        assert!(report.verdict != Verdict::Valid || code == "signature.not-bound", "{what}");
    }
}
