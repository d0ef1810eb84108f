//! What is irregular on the real axis and accepted all the same, with a remark where the rule says otherwise.

use crate::support::{altered, document, status, status_altered};
use base::{Date, Timestamp};

fn remarks(bytes: &[u8]) -> Vec<String> {
    let (package, _) = document(bytes);
    package.warnings.iter().map(|w| w.code.trim_start_matches("exchange.edxml.warning.").to_owned()).collect()
}

#[test]
fn days_in_the_other_order() {
    let bytes = altered("2025/10/20<", "20/10/2025<");
    assert_eq!(document(&bytes).0.header.promulgation.date, Date::constant(2025, 10, 20));
    assert!(remarks(&bytes).contains(&"date-form".to_owned()));
}

#[test]
fn moments_are_vietnamese_wall_time() {
    let bytes = altered("2025/10/20 10:48:03", "20/10/2025 00:00:00");
    let trace = document(&bytes).0.trace.unwrap();
    assert_eq!(trace.hops[0].timestamp, Timestamp::parse("2025-10-19T17:00:00Z"));
}

#[test]
fn empty_elements_count_as_absent() {
    let empty = "<edXML:ResponseFor></edXML:ResponseFor><edXML:DueDate/><edXML:SteeringType> </edXML:SteeringType><edXML:ToPlaces/>";
    let (package, _) = document(&altered("<edXML:SteeringType>0</edXML:SteeringType>", empty));
    assert!(package.header.response_for.is_empty() && package.header.to_places.is_empty());
    assert_eq!((package.header.due_date, package.header.steering_type), (None, None));
}

#[test]
fn hops_of_real_axes() {
    let hop = "<edXML:OrganId>vxp.saas.03</edXML:OrganId>\n          <edXML:Timestamp>";
    let named = document(&altered(hop, "<edXML:OrganId>null</edXML:OrganId><edXML:Timestamp>")).0;
    assert_eq!(named.trace.unwrap().hops[0].organ_id.as_deref(), Some("null"));
    let nameless = document(&altered(hop, "<edXML:Timestamp>")).0;
    assert_eq!(nameless.trace.unwrap().hops[0].organ_id, None);
}

#[test]
fn a_document_id_is_never_taken_for_a_date() {
    let id = "000.00.00.G22,2015/02/30,7816/VPCP-TTĐT";
    let (package, _) = document(&altered("1da394ba-2117-4354-a23f-6ec3e47ba81b", id));
    assert_eq!(package.header.document_id, id);
}

#[test]
fn paper_beside_the_business_block() {
    let beside = "</edXML:Bussiness><edXML:Paper>1</edXML:Paper>";
    let bytes = altered("<edXML:Paper>0</edXML:Paper>", "");
    let bytes = String::from_utf8(bytes).unwrap().replacen("</edXML:Bussiness>", beside, 1);
    assert!(document(bytes.as_bytes()).0.paper());
}

#[test]
fn the_signature_of_the_axis_is_kept_and_sha1_remarked() {
    let signature = "</edXML:TraceHeaderList><Signature><SignedInfo><SignatureMethod \
                     Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\"/></SignedInfo></Signature>";
    let bytes = altered("</edXML:TraceHeaderList>", signature);
    assert!(document(&bytes).0.xml_signature.is_some());
    assert!(remarks(&bytes).contains(&"signature-sha1".to_owned()));
}

#[test]
fn status_codes_are_kept_raw() {
    for code in ["07", "99", "X"] {
        let found = status(&status_altered(">01<", &format!(">{code}<")));
        assert_eq!(found.status_code, code);
    }
    assert_eq!(status(&status_altered(">01<", ">X<")).warnings[0].code, "exchange.edxml.warning.status-code");
}

#[test]
fn the_block_called_status() {
    let text = std::str::from_utf8(crate::support::STATUS_01).unwrap();
    let found = status(text.replace("edXML:MessageHeader>", "edXML:Status>").as_bytes());
    assert_eq!((found.status_code.as_str(), found.from.organ_id.as_str()), ("01", "000.00.00.H41"));
}

#[test]
fn lengths_between_the_strict_and_the_generous_figure() {
    let (package, _) = document(crate::support::DOCUMENT);
    let length: Vec<_> = package.warnings.iter().filter(|w| w.code.ends_with(".length")).collect();
    assert_eq!(length.len(), 1, "{length:?}");
    assert_eq!(length[0].field, "MessageHeader/Code/CodeNumber");
    assert_eq!(length[0].message.vi, "Dài 14 ký tự, quy định 11.");
}
