//! Signatures by `xmlsec1` and `signxml` are judged here as their makers meant them, and refused once changed.

use crate::pki::{Pki, verifiers};
use crate::support::{LETTER, codes, judge, said, xmlsec};
use signatures::xml::{self, Beside};
use signatures::{Digest, Digests, Format, Integrity, Level, Report, Verdict};
use std::path::Path;
use std::process::Command;

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const METHODS: [&str; 6] = [
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
];

/// One reference of a template.
pub fn reference(uri: &str, transforms: &[&str]) -> String {
    let each: String = transforms.iter().map(|uri| format!("<Transform Algorithm=\"{uri}\"/>")).collect();
    let transforms = if each.is_empty() { each } else { format!("<Transforms>{each}</Transforms>") };
    format!("<Reference{uri}>{transforms}<DigestMethod Algorithm=\"{SHA256}\"/><DigestValue/></Reference>")
}

/// A signature for `xmlsec1` to fill in.
pub fn template(method: &str, algorithm: &str, references: &str, objects: &str) -> String {
    format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo><CanonicalizationMethod Algorithm=\"{method}\"/><SignatureMethod Algorithm=\"{algorithm}\"/>{references}</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo>{objects}</Signature>"
    )
}

/// A document with a template in it, signed by `xmlsec1`.
pub fn xmlsec_sign(pki: &Pki, name: &str, document: &str) -> String {
    pki.write("template.xml", document);
    let mut command = Command::new("xmlsec1");
    command.current_dir(pki.path("")).args(["--sign", "--privkey-pem", &format!("{name}.key,{name}.pem,ca.pem")]);
    command.args(["DLHDon", "Object", "x", "y", "ế"].iter().flat_map(|element| ["--id-attr:Id", element]));
    command.args(["--output", "signed.xml", "template.xml"]);
    let output = command.output().expect("xmlsec1");
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(pki.read("signed.xml")).unwrap()
}

fn inserted(document: &str, signature: &str) -> String {
    let at = document.rfind("</").unwrap();
    format!("{}{signature}{}", &document[..at], &document[at..])
}

#[test]
fn every_canonical_form_of_xmlsec_is_ours() {
    let pki = Pki::usual();
    let context = pki.context();
    let document = LETTER.replace("<vb:NoiDung>", "<vb:NoiDung xml:lang='vi'><!-- riêng --><?lenh  a  b ?>");
    for method in METHODS {
        let whole = reference(" URI=\"\"", &[ENVELOPED, method]);
        for (name, algorithm) in [("person", RSA), ("seal", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")] {
            let signed = xmlsec_sign(&pki, name, &inserted(&document, &template(method, algorithm, &whole, "")));
            let report = judge(signed.as_bytes(), &context);
            let one = &report.signatures[0];
            assert_eq!(
                (one.integrity, one.format),
                (Integrity::Intact, Format::Xmldsig),
                "{method}: {:?}",
                one.reasons
            );
            assert_eq!((one.level, one.coverage.as_ref().unwrap().whole), (Level::None, true), "{:?}", one.coverage);
            // Without XAdES nothing binds the certificate, which every format reports alike.
            assert!(codes(&report).contains(&"signature.not-bound".to_owned()), "{:?}", codes(&report));
            for changed in [
                signed.replace("trực cơ quan", "trực"),
                signed.replace("?lenh a", "?lenh b").replace("lenh  a", "lenh b"),
            ] {
                let both = (judge(changed.as_bytes(), &context).verdict, xmlsec(&pki, changed.as_bytes()).0);
                assert_eq!(both, (Verdict::Invalid, false), "{method}");
            }
        }
    }
}

#[test]
fn every_canonical_form_of_a_part_of_xmlsec_is_ours() {
    let pki = Pki::usual();
    let context = pki.context();
    for (index, document) in crate::canonical::made_up(60).iter().enumerate() {
        let method = METHODS[index % METHODS.len()];
        let part = template(method, RSA, &reference(" URI=\"#e\"", &[method]), "");
        let signed = xmlsec_sign(&pki, "person", &inserted(document, &part));
        let report = judge(signed.as_bytes(), &context);
        assert_eq!(report.signatures[0].integrity, Integrity::Intact, "{method}: {:?}\n{signed}", codes(&report));
    }
}

/// The shape of Vietnamese electronic invoices: the data has an identifier, and the signature stands beside it.
const INVOICE: &str = "<HDon xmlns:unused=\"urn:u\"><DLHDon Id=\"data\"><TTChung><SHDon>12</SHDon></TTChung></DLHDon><DSCKS><NBan>@</NBan></DSCKS></HDon>";

#[test]
fn a_signed_part_is_told_from_the_rest() {
    let pki = Pki::usual();
    let context = pki.context();
    for method in METHODS {
        let part = reference(" URI=\"#data\"", &[method]);
        let signed = xmlsec_sign(&pki, "person", &INVOICE.replace('@', &template(method, RSA, &part, "")));
        let report = judge(signed.as_bytes(), &context);
        let one = &report.signatures[0];
        assert_eq!(one.integrity, Integrity::Intact, "{method}: {:?}", one.reasons);
        let coverage = one.coverage.as_ref().unwrap();
        assert_eq!((coverage.names.as_slice(), coverage.whole), (&["/HDon/DLHDon (#data)".to_owned()][..], false));
        let (start, length) = coverage.ranges[0];
        let covered = &signed[start as usize..(start + length) as usize];
        assert!(covered.starts_with("<DLHDon ") && covered.ends_with("</DLHDon>"));
        // All content is signed: what is not are empty frames around it.
        assert!(!codes(&report).contains(&"file.content-not-signed".to_owned()), "{:?}", codes(&report));
        assert!(codes(&report).contains(&"signature.part-signed".to_owned()));
        for added in ["<TTKhac>999</TTKhac>", "free text", "<?lenh?>"] {
            let more = signed.replace("<DSCKS>", &format!("{added}<DSCKS>"));
            assert!(xmlsec(&pki, more.as_bytes()).0, "the signature itself still holds");
            let report = judge(more.as_bytes(), &context);
            assert_eq!(report.verdict, Verdict::Indeterminate);
            assert!(codes(&report).contains(&"file.content-not-signed".to_owned()), "{added}: {:?}", codes(&report));
        }
        let styled = signed.replace("<HDon ", "<?xml-stylesheet href=\"x.xsl\"?><HDon ");
        assert!(codes(&judge(styled.as_bytes(), &context)).contains(&"file.content-not-signed".to_owned()));
        let more = signed.replace("<HDon ", "<HDon tong=\"999\" ");
        assert!(codes(&judge(more.as_bytes(), &context)).contains(&"file.content-not-signed".to_owned()));
    }
}

#[test]
fn an_enveloping_signature_and_base64_and_prefixes() {
    let pki = Pki::usual();
    let context = pki.context();
    let object = "<Object Id=\"o\"><d xmlns=\"\">nội dung</d></Object>";
    let signed = xmlsec_sign(&pki, "person", &template(METHODS[0], RSA, &reference(" URI=\"#o\"", &[]), object));
    let report = judge(signed.as_bytes(), &context);
    let one = &report.signatures[0];
    assert_eq!((one.integrity, one.coverage.as_ref().unwrap().whole), (Integrity::Intact, true), "{:?}", one.reasons);
    let more = signed.replace("</Signature>", "<Object><d xmlns=\"\">khác</d></Object></Signature>");
    let report = judge(more.as_bytes(), &context);
    assert!(codes(&report).contains(&"file.content-not-signed".to_owned()), "{:?}", codes(&report));

    let object = "<Object Id=\"o\">\n  bsO0aSBk\n dW5n </Object>";
    let base64 = reference(" URI=\"#o\"", &["http://www.w3.org/2000/09/xmldsig#base64"]);
    let signed = xmlsec_sign(&pki, "person", &template(METHODS[0], RSA, &base64, object));
    assert_eq!(judge(signed.as_bytes(), &context).signatures[0].integrity, Integrity::Intact);

    let listed = "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"#default unused\"/></Transform>";
    let part = reference(" URI=\"#data\"", &["x"]).replace("<Transform Algorithm=\"x\"/>", listed);
    let signed = xmlsec_sign(&pki, "person", &INVOICE.replace('@', &template(METHODS[4], RSA, &part, "")));
    assert_eq!(judge(signed.as_bytes(), &context).signatures[0].integrity, Integrity::Intact);
    let other = signed.replace("urn:u", "urn:v");
    assert!(!xmlsec(&pki, other.as_bytes()).0);
    assert_eq!(judge(other.as_bytes(), &context).verdict, Verdict::Invalid);
}

#[test]
fn what_is_outside_is_never_fetched_and_must_be_handed_over() {
    let pki = Pki::usual();
    let context = pki.context();
    pki.write("van-ban.txt", "nội dung");
    let signed = xmlsec_sign(&pki, "person", &template(METHODS[0], RSA, &reference(" URI=\"van-ban.txt\"", &[]), ""));
    assert!(xml::needs_content(signed.as_bytes()));
    let with = |content: &str| -> Report {
        let digests = Digests::of(content.as_bytes(), &Digest::ALL);
        xml::verify(signed.as_bytes(), Beside::Content(&digests), &context).unwrap()
    };
    let one = &with("nội dung").signatures[0];
    assert_eq!(one.integrity, Integrity::Intact, "{:?}", one.reasons);
    assert_eq!(one.coverage.as_ref().unwrap().names, ["van-ban.txt"]);
    assert_eq!(with("khác").verdict, Verdict::Invalid);
    let alone = judge(signed.as_bytes(), &context);
    assert_eq!((alone.verdict, alone.signatures[0].integrity), (Verdict::Indeterminate, Integrity::Unknown));
    assert!(codes(&alone).contains(&"integrity.content-missing".to_owned()));
}

#[test]
fn signatures_of_signxml_are_ours() {
    let Some(tools) = verifiers() else { return };
    let pki = Pki::usual();
    let context = pki.context();
    let invoice =
        INVOICE.replace('@', "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"placeholder\"/>");
    let cases = [
        ("xades", LETTER, Format::Xades),
        ("enveloped", LETTER, Format::Xmldsig),
        ("enveloping", LETTER, Format::Xmldsig),
        ("part", &invoice, Format::Xmldsig),
    ];
    for (mode, document, format) in cases {
        for name in ["person", "seal"] {
            let signed = signxml_sign(&tools, &pki, mode, name, document);
            let report = judge(signed.as_bytes(), &context);
            let one = &report.signatures[0];
            assert_eq!((one.integrity, one.format), (Integrity::Intact, format), "{mode}: {:?}\n{signed}", one.reasons);
            let (accepted, why) = xmlsec(&pki, signed.as_bytes());
            assert!(accepted, "{mode}: {why}");
            if format == Format::Xades {
                assert_eq!((report.verdict, one.level), (Verdict::Valid, Level::BB), "{:?}", codes(&report));
            }
            let text = if mode == "part" { "<SHDon>12" } else { "trực" };
            let changed = signed.replace(text, "<SHDon>13").replace("<SHDon>13 c", "khác c");
            assert_ne!(changed, signed);
            assert_ne!(judge_or_refuse(&changed, &context), Verdict::Valid, "{mode}");
        }
    }
}

/// With its exclusive option signxml digests SignedProperties and KeyInfo in the exclusive form but names no transform, and
/// without one the form is Canonical XML 1.0 (XMLDSIG 1.1 §4.4.3.2). `xmlsec1` refuses what it makes so, and so do we.
#[test]
fn what_signxml_makes_in_its_exclusive_mode_breaks_the_standard() {
    let Some(tools) = verifiers() else { return };
    let pki = Pki::usual();
    let signed = signxml_sign(&tools, &pki, "exclusive", "person", LETTER);
    assert!(!xmlsec(&pki, signed.as_bytes()).0);
    let report = judge(signed.as_bytes(), &pki.context());
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(codes(&report).contains(&"integrity.content-changed".to_owned()), "{:?}", codes(&report));
}

fn signxml_sign(tools: &Path, pki: &Pki, mode: &str, name: &str, document: &str) -> String {
    pki.write("in.xml", document);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/xml/tool.py");
    let mut command = Command::new(tools.join("python"));
    let output =
        command.current_dir(pki.path("")).args([script, "sign", mode, "in.xml", "out.xml", name]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(pki.read("out.xml")).unwrap()
}

fn judge_or_refuse(xml: &str, context: &signatures::Context) -> Verdict {
    xml::verify(xml.as_bytes(), Beside::Nothing, context).map_or(Verdict::Invalid, |report| report.verdict)
}
