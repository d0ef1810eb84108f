//! What the tests of XML share: a test PKI, signing, and other programs' opinions.

use crate::pki::Pki;
use base::Timestamp;
use signatures::xml::{self, Beside, Options, Prepared};
use signatures::{Context, Report};
use std::process::{Command, Output};

/// A document as an office would have it: namespaces, attributes, blanks, text in Vietnamese.
pub const LETTER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- mẫu -->\n<vb:CongVan xmlns:vb=\"urn:vn:van-ban\" xmlns:unused=\"urn:unused\" vb:so='12/UBND-VX' ngay=\"2026-11-27\">\n  <vb:TrichYeu>V/v nghỉ Tết &amp; trực cơ quan</vb:TrichYeu>\n  <vb:NoiDung><![CDATA[a < b]]>\r\n  <ghi-chu xmlns=\"\"/></vb:NoiDung>\n</vb:CongVan>\n";

pub fn signed_at() -> Timestamp {
    crate::pki::now().plus_seconds(-60)
}

/// An enveloped XAdES-B-B signature by `name`.
pub fn sign(pki: &Pki, name: &str, xml: &str) -> Vec<u8> {
    let prepared = xml::prepare(xml.as_bytes(), &pki.certificates(&[name, "ca"]), &Options::new(signed_at())).unwrap();
    // A person may take an hour: what waits is stored.
    let stored = serde_json::to_string(&prepared).unwrap();
    let prepared: Prepared = serde_json::from_str(&stored).unwrap();
    prepared.finish(&pki.signature(name, prepared.to_sign())).unwrap()
}

pub fn judge(xml: &[u8], context: &Context) -> Report {
    xml::verify(xml, Beside::Nothing, context).unwrap()
}

/// Every code of a report, of the file and of its signatures.
pub fn codes(report: &Report) -> Vec<String> {
    let of_signatures = report.signatures.iter().flat_map(|signature| &signature.reasons);
    report.reasons.iter().chain(of_signatures).map(|reason| reason.code.to_string()).collect()
}

/// Whether `xmlsec1` accepts the first signature of a document.
pub fn xmlsec(pki: &Pki, xml: &[u8]) -> (bool, String) {
    pki.write("judged.xml", xml);
    let ids = ["Id:SignedProperties", "Id:DLHDon", "Id:Object", "Id:x", "Id:y", "Id:ế"];
    let mut command = Command::new("xmlsec1");
    command.current_dir(pki.path("")).args(["--verify", "--trusted-pem", "root.pem", "--untrusted-pem", "ca.pem"]);
    command.args(ids.iter().flat_map(|id| {
        let (attribute, element) = id.split_once(':').unwrap();
        [format!("--id-attr:{attribute}"), element.to_owned()]
    }));
    let output = command.arg("judged.xml").output().expect("xmlsec1");
    (output.status.success(), said(&output))
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
