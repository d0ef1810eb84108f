//! Attacks on XML signatures: each is refused, or the report says that what it adds is not signed.

use crate::others::{reference, template, xmlsec_sign};
use crate::pki::{Key, PERSON, Pki};
use crate::support::{LETTER, codes, judge, sign};
use signatures::xml::{self, Beside, Error};
use signatures::{Context, Integrity, Report, Verdict};

const DATA: &str = "<HDon><DLHDon Id=\"data\"><Tien>1000</Tien></DLHDon>@</HDon>";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

struct Case {
    pki: Pki,
    context: Context,
    /// `#data` signed by `xmlsec1`.
    signed: String,
}

impl Case {
    fn new() -> Self {
        let pki = Pki::usual();
        let signed = xmlsec_sign(
            &pki,
            "person",
            &DATA.replace('@', &template(C14N, RSA, &reference(" URI=\"#data\"", &[C14N]), "")),
        );
        let context = pki.context();
        Self { pki, context, signed }
    }

    fn judge(&self, xml: &str) -> Report {
        judge(xml.as_bytes(), &self.context)
    }

    /// Judged, and found wanting for this reason.
    fn caught(&self, what: &str, xml: &str, code: &str) {
        let report = self.judge(xml);
        assert_ne!(report.verdict, Verdict::Valid, "{what}");
        assert!(codes(&report).iter().any(|found| found == code), "{what}: {:?}", codes(&report));
    }
}

/// The text between two marks, with them.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap();
    let to = text[from..].find(end).unwrap() + from + end.len();
    &text[from..to]
}

#[test]
fn wrapping_makes_nothing_unsigned_look_signed() {
    let case = Case::new();
    assert_eq!(case.judge(&case.signed).verdict, Verdict::Valid);
    let data = between(&case.signed, "<DLHDon", "</DLHDon>");
    let signature = between(&case.signed, "<Signature", "</Signature>");
    let fake = "<DLHDon><Tien>9999</Tien></DLHDon>";
    let named = "<DLHDon Id=\"fake\"><Tien>9999</Tien></DLHDon>";
    let unsigned = "file.content-not-signed";
    // The signed part is moved, and something else stands where readers look for it.
    let placements = [
        ("beside, before", format!("<HDon>{fake}{data}{signature}</HDon>")),
        ("beside, after", format!("<HDon>{data}{named}{signature}</HDon>")),
        ("in a wrapper", format!("<HDon>{named}<Ngoai>{data}</Ngoai>{signature}</HDon>")),
        (
            "around the signed part",
            format!("<HDon><DLHDon Id=\"fake\"><Tien>9999</Tien>{data}</DLHDon>{signature}</HDon>"),
        ),
        ("in the signature's parent", format!("<HDon>{fake}<Ky>{data}{signature}</Ky></HDon>")),
        ("under a new root", format!("<Goi><HDon>{named}</HDon><HDon>{data}{signature}</HDon></Goi>")),
        ("the new root is the fake", format!("<DLHDon><Tien>9999</Tien>{data}{signature}</DLHDon>")),
        ("as text of a frame", format!("<HDon>9999{data}{signature}</HDon>")),
        ("as an attribute of a frame", format!("<HDon Tien=\"9999\">{data}{signature}</HDon>")),
    ];
    for (what, xml) in placements {
        case.caught(what, &xml, unsigned);
        assert!(case.judge(&xml).signatures[0].coverage.as_ref().is_some_and(|coverage| !coverage.whole), "{what}");
    }
    // The signed part is moved into an Object of the signature, which nothing covers.
    let object = format!(
        "<HDon>{named}{}</HDon>",
        signature.replace(
            "</Signature>",
            &format!("<Object>{}</Object></Signature>", data.replace("<DLHDon", "<DLHDon xmlns=\"\""))
        )
    );
    case.caught("in an Object", &object, unsigned);
    let moved = case.judge(&object);
    assert_eq!(moved.signatures[0].coverage.as_ref().unwrap().names, ["/HDon/Signature/Object/DLHDon (#data)"]);
    let object = case.signed.replace("</Signature>", "<Object><Tien>9999</Tien></Object></Signature>");
    case.caught("an Object nobody signed", &object, unsigned);
    // The same identifier again, in every spelling and namespace.
    for twice in ["Id=\"data\"", "ID=\"data\"", "id=\"data\"", "xml:id=\"data\"", "xmlns:w=\"urn:w\" w:Id=\"data\""] {
        let xml = case.signed.replace("<DLHDon Id", &format!("<DLHDon {twice}><Tien>9999</Tien></DLHDon><DLHDon Id"));
        case.caught(twice, &xml, "integrity.xml-duplicate-id");
        assert_eq!(case.judge(&xml).verdict, Verdict::Invalid);
    }
    let foreign = case.signed.replace("<DLHDon Id", "<DLHDon xmlns:w=\"urn:w\" w:Id");
    case.caught("an identifier of another namespace", &foreign, "integrity.content-changed");
    let other = case.signed.replace("URI=\"#data\"", "URI=\"\"");
    case.caught("another target", &other, "integrity.signature-mismatch");
}

#[test]
fn of_a_document_signed_as_a_whole_nothing_can_be_moved() {
    let case = Case::new();
    let signed = String::from_utf8(sign(&case.pki, "person", LETTER)).unwrap();
    assert_eq!(case.judge(&signed).verdict, Verdict::Valid);
    let signature = between(&signed, "<ds:Signature", "</ds:Signature>");
    let object = between(&signed, "<ds:Object>", "</ds:Object>");
    let letter = signed.replace(signature, "");
    let inner = &letter[letter.find("<vb:CongVan").unwrap()..];
    let fake = inner.replace("12/UBND", "99/UBND");
    let cases = [
        ("a wrapper", format!("<goi>{fake}{inner}{signature}</goi>")),
        (
            "the original in an Object",
            signed.replace("</ds:Signature>", &format!("<ds:Object>{inner}</ds:Object></ds:Signature>")).replace(
                "12/UBND-VX' ngay=\"2026-11-27\">\n  <vb:TrichYeu>V/v nghỉ",
                "99/UBND-VX' ngay=\"2026-11-27\">\n  <vb:TrichYeu>V/v nghỉ",
            ),
        ),
        (
            "properties elsewhere",
            signed.replace(object, "").replace(
                "</vb:CongVan>",
                &format!(
                    "{}</vb:CongVan>",
                    object.replacen("Object>", "Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">", 1)
                ),
            ),
        ),
        ("properties twice", signed.replace(object, &format!("{object}{object}"))),
        (
            "more properties, unsigned",
            signed
                .replace("</xades:SignedProperties>", "</xades:SignedProperties><xades:SignedProperties Id=\"more\"/>"),
        ),
        (
            "the reference to them without its type",
            signed.replace(" Type=\"http://uri.etsi.org/01903#SignedProperties\"", ""),
        ),
        ("for another signature", signed.replace("Target=\"#S-", "Target=\"#T-")),
    ];
    for (what, xml) in cases {
        assert_ne!(xml, signed, "{what}");
        assert_eq!(case.judge(&xml).verdict, Verdict::Invalid, "{what}: {:?}", codes(&case.judge(&xml)));
    }
    let more = signed.replace("</ds:Signature>", "<ds:Object><x xmlns=\"\">99</x></ds:Object></ds:Signature>");
    case.caught("an Object nobody signed", &more, "file.content-not-signed");
}

#[test]
fn transforms_and_canonical_forms_cannot_be_abused() {
    let case = Case::new();
    for transform in [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#unknown",
        "file:///etc/passwd",
    ] {
        let step = format!("<Transforms><Transform Algorithm=\"{transform}\"><XPath>not(//x)</XPath></Transform>");
        let xml = case.signed.replace("<Transforms>", &step);
        case.caught(transform, &xml, "algorithm.unsupported");
        assert_ne!(case.judge(&xml).signatures[0].integrity, Integrity::Intact);
    }
    let transform = between(&case.signed, "<Transform ", "/>");
    case.caught(
        "a thousand transforms",
        &case.signed.replace(transform, &transform.repeat(1000)),
        "signature.malformed",
    );
    case.caught("two canonical forms", &case.signed.replace(transform, &transform.repeat(2)), "algorithm.unsupported");
    let one = between(&case.signed, "<Reference", "</Reference>");
    case.caught("thousands of references", &case.signed.replace(one, &one.repeat(5000)), "signature.malformed");
    case.caught("hundreds of references", &case.signed.replace(one, &one.repeat(500)), "integrity.signature-mismatch");
    case.caught("no reference", &case.signed.replace(one, ""), "signature.malformed");
    for form in ["http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2006/12/xml-c14n11"] {
        let method = format!("<CanonicalizationMethod Algorithm=\"{C14N}\"");
        let xml = case.signed.replace(&method, &format!("<CanonicalizationMethod Algorithm=\"{form}\""));
        case.caught("another form of SignedInfo", &xml, "integrity.signature-mismatch");
    }
    let unknown = case.signed.replace(
        &format!("<CanonicalizationMethod Algorithm=\"{C14N}\""),
        "<CanonicalizationMethod Algorithm=\"urn:minimal\"",
    );
    case.caught("an unknown form", &unknown, "algorithm.unsupported");
    let many = case
        .signed
        .replace("</HDon>", &format!("{}</HDon>", between(&case.signed, "<Signature", "</Signature>").repeat(40)));
    assert_eq!(xml::verify(many.as_bytes(), Beside::Nothing, &case.context).err(), Some(Error::TooLarge));
}

#[test]
fn work_stays_bounded_however_a_document_is_built() {
    let case = Case::new();
    // A long namespace that an exclusive form writes again for every sibling.
    let uri = format!("urn:{}", "n".repeat(100_000));
    let data = format!("<DLHDon Id=\"data\" xmlns:n=\"{uri}\">{}</DLHDon>", "<n:x/>".repeat(50_000));
    let xml = case.signed.replace(between(&case.signed, "<DLHDon", "</DLHDon>"), &data);
    let xml = xml.replace(
        &format!("<Transform Algorithm=\"{C14N}\"/>"),
        "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
    );
    let begun = std::time::Instant::now();
    assert_ne!(case.judge(&xml).verdict, Verdict::Valid);
    let one = between(&case.signed, "<Reference", "</Reference>");
    let long =
        case.signed.replace("<Tien>1000", &format!("<Tien>{}", "1".repeat(1_000_000))).replace(one, &one.repeat(1000));
    assert_ne!(case.judge(&long).verdict, Verdict::Valid);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn document_types_and_hidden_text_are_refused() {
    let case = Case::new();
    for kind in [
        "<!DOCTYPE HDon [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>",
        "<!DOCTYPE HDon SYSTEM 'http://evil/x.dtd'>",
        "<!DOCTYPE HDon [<!ATTLIST Khac Id ID 'data'>]>",
    ] {
        let xml = case.signed.replacen("<HDon>", &format!("{kind}<HDon>"), 1);
        assert_eq!(xml::verify(xml.as_bytes(), Beside::Nothing, &case.context).err(), Some(Error::DocumentType));
    }
    // A comment inside a value: some readers see only what stands before it. Canonical forms leave it out, so the value
    // still holds.
    let xades = String::from_utf8(sign(&case.pki, "person", "<a>text</a>")).unwrap();
    for (what, from, to) in [
        ("SigningTime", "Z</xades:SigningTime>", "<!-- -->Z</xades:SigningTime>"),
        ("DigestValue", "=</ds:DigestValue>", "<!-- -->=</ds:DigestValue>"),
        ("SignatureValue", "</ds:SignatureValue>", "<!-- --></ds:SignatureValue>"),
        ("X509Certificate", "</ds:X509Certificate>", "<!-- --></ds:X509Certificate>"),
    ] {
        let xml = xades.replace(from, to);
        assert_ne!(xml, xades);
        assert_eq!(case.judge(&xml).verdict, Verdict::Invalid, "{what}: {:?}", codes(&case.judge(&xml)));
    }
    let commented = case.judge(&xades.replace("<a>te", "<a>te<!-- -->"));
    assert!(codes(&commented).contains(&"xml.comments-not-signed".to_owned()));
}

#[test]
fn keys_and_algorithms_cannot_be_exchanged() {
    let case = Case::new();
    let stranger = case.pki.issue("ca", "stranger", "/C=VN/CN=Người khác", PERSON, Key::Rsa(2048));
    let base64 = |name: &str| {
        let pem = String::from_utf8(case.pki.read(&format!("{name}.pem"))).unwrap();
        pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()
    };
    assert!(!stranger.is_authority());
    let signed = String::from_utf8(sign(&case.pki, "person", LETTER)).unwrap();
    // KeyInfo names another than the certificate to which the signature binds itself.
    let other = signed.replace(&base64("person"), &base64("stranger"));
    assert_ne!(other, signed);
    case.caught("another certificate", &other, "integrity.certificate-substituted");
    let mut context = case.context.clone();
    context.evidence.certificates.push(case.pki.certificate("person"));
    let found = judge(other.as_bytes(), &context);
    assert_eq!(found.verdict, Verdict::Invalid, "the right one at hand does not help: {:?}", codes(&found));
    // A secret key that everybody knows: the public key as a MAC's.
    for mac in ["http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"] {
        case.caught("a MAC", &signed.replace(RSA, mac), "algorithm.unsupported");
        let short = signed.replace(&format!("<ds:SignatureMethod Algorithm=\"{RSA}\"/>"), &format!("<ds:SignatureMethod Algorithm=\"{mac}\"><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>"));
        case.caught("a MAC of one bit", &short, "signature.malformed");
    }
    case.caught(
        "another family",
        &signed.replace(RSA, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
        "integrity.signature-mismatch",
    );
    let sha1 = signed.replacen("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", 1);
    assert_eq!(case.judge(&sha1).verdict, Verdict::Invalid);
    // SHA-1 where everything else is right is refused by the dated rules.
    let weak = template(C14N, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", &reference(" URI=\"#data\"", &[C14N]), "");
    let weak = xmlsec_sign(&case.pki, "person", &DATA.replace('@', &weak));
    let report = case.judge(&weak);
    assert_eq!(report.signatures[0].integrity, Integrity::Intact);
    case.caught("SHA-1", &weak, "algorithm.refused");
    // Without a certificate there is nobody.
    let bare = signed.replace(between(&signed, "<ds:KeyInfo>", "</ds:KeyInfo>"), "");
    let report = case.judge(&bare);
    assert_eq!((report.verdict, report.signatures[0].signer.is_none()), (Verdict::Indeterminate, true));
    // ... but who has it can say.
    assert_eq!(judge(bare.as_bytes(), &context).verdict, Verdict::Valid);
}
