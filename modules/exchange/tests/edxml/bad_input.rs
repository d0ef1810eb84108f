//! Bad input: each kind refused with its code, the field, what was expected, in both languages, and the article.

use crate::support::{DOCUMENT, STATUS_01, altered, read, read_in_steps, refusal, refused, status_altered};
use exchange::edxml::{Limits, ReadError};

#[test]
fn not_xml() {
    refused(b"%PDF-1.7 not a message", "not-xml", "edXML");
    refused(b"{\"json\": true}", "not-xml", "edXML");
    refused(b"", "not-xml", "edXML");
    refused(&[b' '; 5000], "not-xml", "edXML");
}

#[test]
fn garbage_before_the_declaration() {
    for garbage in ["x", " ", "\n\n", "HTTP/1.1 200 OK\r\n\r\n"] {
        refused(&[garbage.as_bytes(), DOCUMENT].concat(), "garbage-before-declaration", "edXML");
    }
}

#[test]
fn a_byte_order_mark_is_no_garbage() {
    read(&[b"\xef\xbb\xbf", DOCUMENT].concat()).unwrap();
}

#[test]
fn another_encoding() {
    refused(&altered("encoding=\"UTF-8\"", "encoding=\"windows-1258\""), "wrong-encoding", "edXML");
    let utf16: Vec<u8> = std::str::from_utf8(DOCUMENT).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(&[&[0xff, 0xfe], utf16.as_slice()].concat(), "wrong-encoding", "edXML");
    refused(&utf16, "wrong-encoding", "edXML");
    let mut broken = altered("Công văn", "C??ng văn");
    let at = broken.windows(2).position(|w| w == b"??").unwrap();
    broken[at] = 0xc3;
    refused(&broken, "wrong-encoding", "MessageHeader/DocumentType/TypeName");
}

#[test]
fn an_unbound_prefix() {
    let refusal = refused(
        &altered("<edXML:Reference>", "<edXML:Reference xlink:href=\"cid:1\">"),
        "unbound-prefix",
        "edXMLManifest/edXML:Reference",
    );
    assert!(refusal.message(base::Lang::En).contains("“xlink”"));
    assert!(refusal.message(base::Lang::En).contains("line 58, column 9"), "{}", refusal.message(base::Lang::En));
    let bound = "<edXML:Reference xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"cid:1\">";
    read(&altered("<edXML:Reference>", bound)).unwrap();
}

#[test]
fn a_doctype() {
    refused(
        &altered("<edXML xmlns", "<!DOCTYPE edXML SYSTEM \"http://example.org/x.dtd\"><edXML xmlns"),
        "doctype",
        "edXML",
    );
}

#[test]
fn an_entity_bomb() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><edXML xmlns";
    refused(&altered("<edXML xmlns", bomb), "doctype", "edXML");
    let refusal = refused(&altered("Local Aggregate Test", "&b;"), "entity", "MessageHeader/Subject");
    assert!(refusal.message(base::Lang::Vi).contains("“b”"));
    refused(&altered("Local Aggregate Test", "&nbsp;"), "entity", "MessageHeader/Subject");
    read(&altered("Local Aggregate Test", "A &amp; B &lt; C &#38; &#x110;")).unwrap();
}

#[test]
fn a_processing_instruction() {
    let instruction = "<?xml-stylesheet href=\"x.xsl\"?><edXML xmlns";
    refused(&altered("<edXML xmlns", instruction), "processing-instruction", "edXML");
}

#[test]
fn a_million_levels() {
    let deep = "<a>".repeat(1_000_000);
    refused(&altered("Local Aggregate Test", &deep), "too-deep", "edXML");
    refused(deep.as_bytes(), "dialect", "a");
}

#[test]
fn too_much_of_anything() {
    let field = "MessageHeader/Subject";
    refused(&altered("Local Aggregate Test", &"x".repeat(2 << 20)), "too-large", field);
    refused(&altered("Local Aggregate Test", &format!("<a b=\"{}\"/>", "x".repeat(100_000))), "too-large", field);
    refused(&altered("Local Aggregate Test", &format!("<{}/>", "x".repeat(300))), "too-large", field);
    let attributes: String = (0..40).map(|i| format!(" a{i}=\"\"")).collect();
    refused(&altered("Local Aggregate Test", &format!("<a{attributes}/>")), "too-large", field);
    refused(&altered("Local Aggregate Test", &"<a/>".repeat(60_000)), "too-large", "edXML");
    let receivers = "<edXML:Foo>x</edXML:Foo>\n".repeat(40_000) + &" ".repeat(4 << 20);
    refused(&altered("<edXML:DocumentId>", &format!("{receivers}<edXML:DocumentId>")), "too-large", "MessageHeader");
    let small = Limits { message_bytes: 1000, ..Limits::default() };
    let Err(ReadError::Refused(refusal)) = read_in_steps(DOCUMENT, small, 512) else { panic!("accepted") };
    assert_eq!(refusal.code.code, "exchange.edxml.too-large");
}

#[test]
fn not_well_formed() {
    refused(&altered("</edXML:Subject>", "</edXML:Content>"), "not-well-formed", "MessageHeader/Subject");
    refused(&altered("<edXML:Subject>", "<edXML:Subject a=1>"), "not-well-formed", "MessageHeader");
    refused(&altered("<edXML:Subject>", "<edXML:Subject a=\"1\" a=\"2\">"), "not-well-formed", "MessageHeader");
    refused(&altered("Local Aggregate Test", "bell \u{7}"), "not-well-formed", "MessageHeader/Subject");
    refused(&altered("Local Aggregate Test", "&#0;"), "not-well-formed", "MessageHeader/Subject");
    refused(&altered("Local Aggregate Test", "<!-- a -- b -->"), "not-well-formed", "MessageHeader/Subject");
    refused(&[DOCUMENT, b"<again/>"].concat(), "not-well-formed", "edXML");
    refused(&[DOCUMENT, b"trailing"].concat(), "not-well-formed", "edXML");
}

#[test]
fn cut_off_anywhere() {
    for length in (700..DOCUMENT.len() - 1).step_by(97) {
        let refusal = refusal(&DOCUMENT[..length]);
        assert!(
            ["exchange.edxml.truncated", "exchange.edxml.base64-invalid"].contains(&refusal.code.code),
            "cut at {length}: {refusal}"
        );
    }
    refused(&DOCUMENT[..DOCUMENT.len() - 20], "truncated", "edXML/AttachmentEncoded");
}

#[test]
fn another_dialect() {
    let a = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
    let other = std::str::from_utf8(DOCUMENT).unwrap().replace(a, "http://www.e-doc.vn/Schema/");
    let refusal = refused(other.as_bytes(), "dialect", "edXML");
    assert!(refusal.message(base::Lang::En).contains("http://www.e-doc.vn/Schema/"));
    refused(b"<html><body>login</body></html>", "dialect", "html");
}

#[test]
fn missing_and_empty_elements() {
    let required = [
        ("<edXML:OrganId>vxp.saas.03</edXML:OrganId>", "MessageHeader/From/OrganId"),
        ("<edXML:OrganName>Đơn vị test vxp 3</edXML:OrganName>", "MessageHeader/From/OrganName"),
        ("<edXML:OrganId>vxp.saas.02</edXML:OrganId>", "MessageHeader/To/OrganId"),
        ("<edXML:DocumentId>1da394ba-2117-4354-a23f-6ec3e47ba81b</edXML:DocumentId>", "MessageHeader/DocumentId"),
        ("<edXML:CodeNumber>20251020104803</edXML:CodeNumber>", "MessageHeader/Code/CodeNumber"),
        ("<edXML:CodeNotation>GW-AUTO</edXML:CodeNotation>", "MessageHeader/Code/CodeNotation"),
        ("<edXML:Place>Hà Nội</edXML:Place>", "MessageHeader/PromulgationInfo/Place"),
        (
            "<edXML:PromulgationDate>2025/10/20</edXML:PromulgationDate>",
            "MessageHeader/PromulgationInfo/PromulgationDate",
        ),
        ("<edXML:Type>1</edXML:Type>", "MessageHeader/DocumentType/Type"),
        ("<edXML:TypeName>Công văn</edXML:TypeName>", "MessageHeader/DocumentType/TypeName"),
        ("<edXML:Subject>Local Aggregate Test</edXML:Subject>", "MessageHeader/Subject"),
        ("<edXML:FullName>Gateway Auto</edXML:FullName>", "MessageHeader/SignerInfo"),
        ("<edXML:Priority>0</edXML:Priority>", "MessageHeader/OtherInfo/Priority"),
        ("<edXML:BussinessDocType>0</edXML:BussinessDocType>", "TraceHeaderList/Bussiness/BussinessDocType"),
        ("<edXML:AttachmentName>localA.txt</edXML:AttachmentName>", "edXMLManifest/Reference[1]/AttachmentName"),
    ];
    for (element, field) in required {
        let missing = refusal(&altered(element, ""));
        // Without its only child the group itself is empty, which counts as absent.
        let whole_group = field == "MessageHeader/SignerInfo";
        let code = if whole_group { "element-empty" } else { "element-missing" };
        assert_eq!((missing.code.code, missing.fields[0].field.as_str()), (&*format!("exchange.edxml.{code}"), field));
        let name = &element[1..element.find('>').unwrap()];
        for empty in [format!("<{name}/>"), format!("<{name}> \n </{name}>")] {
            if !whole_group {
                refused(&altered(element, &empty), "element-empty", field);
            }
        }
    }
    refused(
        &altered("<AttachmentName>localA.txt</AttachmentName>", ""),
        "element-missing",
        "AttachmentEncoded/Attachment[1]/AttachmentName",
    );
    refused(&status_altered("<edXML:StatusCode>01</edXML:StatusCode>", ""), "element-missing", "MessageHeader/To");
    refused(&status_altered("2015/09/20 11:08:36", ""), "element-empty", "MessageHeader/Timestamp");
}

#[test]
fn duplicate_elements() {
    let double = "<edXML:Subject>a</edXML:Subject><edXML:Subject>b</edXML:Subject>";
    refused(
        &altered("<edXML:Subject>Local Aggregate Test</edXML:Subject>", double),
        "element-duplicate",
        "MessageHeader/Subject",
    );
    let and_empty = "<edXML:OrganId>vxp.saas.03</edXML:OrganId><edXML:OrganId/>";
    refused(
        &altered("<edXML:OrganId>vxp.saas.03</edXML:OrganId>", and_empty),
        "element-duplicate",
        "MessageHeader/From/OrganId",
    );
    refused(
        &altered("<AttachmentEncoded>", "<AttachmentEncoded/><AttachmentEncoded>"),
        "element-duplicate",
        "AttachmentEncoded",
    );
    let second = "</edXML:ContentTransferEncoded><ContentTransferEncoded>QUJD</ContentTransferEncoded>";
    refused(
        &altered("</edXML:ContentTransferEncoded>", second),
        "element-duplicate",
        "edXML/AttachmentEncoded/Attachment/ContentTransferEncoded[1]",
    );
}

#[test]
fn values_of_the_wrong_kind() {
    refused(&altered("2025/10/20<", "2025/02/30<"), "value-invalid", "MessageHeader/PromulgationInfo/PromulgationDate");
    refused(&altered("2025/10/20<", "hôm nay<"), "value-invalid", "MessageHeader/PromulgationInfo/PromulgationDate");
    refused(&altered("<edXML:Priority>0", "<edXML:Priority>cao"), "value-invalid", "MessageHeader/OtherInfo/Priority");
    refused(&altered("<edXML:Paper>0", "<edXML:Paper>2"), "value-invalid", "TraceHeaderList/Bussiness/Paper");
    refused(
        &altered("2025/10/20 10:48:03", "2025/10/20 24:48:03"),
        "value-invalid",
        "TraceHeaderList/TraceHeader/Timestamp",
    );
    refused(&altered("Local Aggregate Test", "a<b/>"), "content-unexpected", "MessageHeader/Subject");
    refused(&altered("<edXML:Code>", "<edXML:Code>20/QĐ"), "content-unexpected", "MessageHeader/Code");
}

#[test]
fn values_too_long() {
    let refusal =
        refused(&altered("Local Aggregate Test", &"ắ".repeat(501)), "value-too-long", "MessageHeader/Subject");
    assert!(refusal.message(base::Lang::Vi).contains("501 ký tự, tối đa 500"), "{}", refusal.message(base::Lang::Vi));
    // Decomposed letters are no longer than composed ones.
    read(&altered("Local Aggregate Test", &"a\u{306}\u{301}".repeat(500))).unwrap();
    refused(&altered("GW-AUTO", &"X".repeat(51)), "value-too-long", "MessageHeader/Code/CodeNotation");
}

#[test]
fn unknown_and_contradictory_operations() {
    let kind = "<edXML:BussinessDocType>0</edXML:BussinessDocType>";
    refused(
        &altered(kind, "<edXML:BussinessDocType>7</edXML:BussinessDocType>"),
        "operation-unknown",
        "TraceHeaderList/Bussiness/BussinessDocType",
    );
    let recall = "<edXML:BussinessDocType>1</edXML:BussinessDocType>";
    refused(&altered(kind, recall), "operation-mismatch", "TraceHeaderList/Bussiness/BussinessDocReason");
    let reason = "<edXML:BussinessDocReason>nhầm</edXML:BussinessDocReason>";
    read(&altered(kind, &format!("{recall}{reason}"))).unwrap();
    let with = |number: u8, rest: &str| {
        altered(kind, &format!("<edXML:BussinessDocType>{number}</edXML:BussinessDocType>{reason}{rest}"))
    };
    refused(&with(2, ""), "operation-mismatch", "TraceHeaderList/Bussiness/BussinessDocumentInfo");
    refused(&with(3, ""), "operation-mismatch", "TraceHeaderList/Bussiness/ReplacementInfoList");
    let list = "<edXML:ReplacementInfoList><edXML:ReplacementInfo><edXML:DocumentId>x</edXML:DocumentId></edXML:ReplacementInfo></edXML:ReplacementInfoList>";
    refused(&with(0, list), "operation-mismatch", "TraceHeaderList/Bussiness/ReplacementInfoList");
    read(&with(3, list)).unwrap();
    let changes = "<edXML:BussinessDocumentInfo><edXML:DocumentInfo>0</edXML:DocumentInfo><edXML:DocumentReceiver>1</edXML:DocumentReceiver></edXML:BussinessDocumentInfo>";
    refused(&with(2, changes), "element-missing", "TraceHeaderList/Bussiness/BussinessDocumentInfo/ReceiverList");
}

#[test]
fn a_status_with_a_body() {
    let code = "<edXML:SteeringType>0</edXML:SteeringType>";
    refused(&altered(code, &format!("{code}<edXML:StatusCode>03</edXML:StatusCode>")), "message-mixed", "edXMLBody");
    let body = "</edXML:edXMLHeader><edXML:edXMLBody/>";
    refused(&status_altered("</edXML:edXMLHeader>", body), "message-mixed", "edXMLBody");
}

#[test]
fn an_attachment_block_inside_the_envelope() {
    let text = std::str::from_utf8(DOCUMENT).unwrap();
    let (start, end) = (text.find("  <AttachmentEncoded>").unwrap(), text.find("</edXML>").unwrap());
    let moved = format!("{}</edXML>", &text[..start])
        .replace("  </edXML:edXMLEnvelope>", &format!("{}  </edXML:edXMLEnvelope>", &text[start..end]));
    refused(moved.as_bytes(), "attachment-block-misplaced", "edXML/edXMLEnvelope/AttachmentEncoded");
    let loose = "<ContentTransferEncoded>QUJD</ContentTransferEncoded><AttachmentEncoded>";
    refused(&altered("<AttachmentEncoded>", loose), "attachment-block-misplaced", "edXML/ContentTransferEncoded");
}

#[test]
fn a_manifest_that_does_not_match() {
    let id = "<ContentId>cid:b33d76bb-b6a0-48e0-ab54-38cf39e19ffa</ContentId>";
    // Another id, but the same names: the pairs are still clear.
    read(&altered(id, "<ContentId>other</ContentId>")).unwrap();
    let both = altered(id, "<ContentId>other</ContentId>");
    let both = String::from_utf8(both).unwrap().replacen("<AttachmentName>localA.txt", "<AttachmentName>localD.txt", 1);
    let refusal = refused(both.as_bytes(), "manifest-mismatch", "edXMLManifest/Reference");
    assert!(refusal.fields[0].message.en.contains("localA.txt, localD.txt"), "{:?}", refusal.fields);

    let text = std::str::from_utf8(DOCUMENT).unwrap();
    let (from, to) = (text.find("        <edXML:Reference>").unwrap(), text.find("</edXML:Reference>").unwrap() + 18);
    let refusal =
        refused(format!("{}{}", &text[..from], &text[to..]).as_bytes(), "manifest-mismatch", "edXMLManifest/Reference");
    assert!(refusal.message(base::Lang::En).contains("names 2 files, the attachment block holds 3"));

    let block = &text[text.find("  <AttachmentEncoded>").unwrap()..text.find("</edXML>").unwrap()];
    refused(text.replace(block, "").as_bytes(), "manifest-mismatch", "edXMLManifest/Reference");
    // The same file named twice is no bijection either.
    let twice = text
        .replace("68b50244-4b2b-4bd1-b186-e6b14315c7e2", "b33d76bb-b6a0-48e0-ab54-38cf39e19ffa")
        .replace("localB", "localA");
    refused(twice.as_bytes(), "manifest-mismatch", "edXMLManifest/Reference");
}

#[test]
fn a_new_document_without_attachments() {
    let text = std::str::from_utf8(DOCUMENT).unwrap();
    let without = |from: &str, to: &str, text: &str| {
        format!("{}{}", &text[..text.find(from).unwrap()], &text[text.find(to).unwrap()..])
    };
    let bare =
        without("<AttachmentEncoded>", "</edXML>", &without("<edXML:edXMLBody>", "</edXML:edXMLEnvelope>", text));
    refused(bare.as_bytes(), "element-missing", "edXMLBody/edXMLManifest/Reference");
    let kind = "<edXML:BussinessDocType>0</edXML:BussinessDocType>";
    let recall =
        "<edXML:BussinessDocType>1</edXML:BussinessDocType><edXML:BussinessDocReason>nhầm</edXML:BussinessDocReason>";
    read(bare.replace(kind, recall).as_bytes()).unwrap();
}

#[test]
fn invalid_base64() {
    let field = "AttachmentEncoded/Attachment[1]/ContentTransferEncoded";
    for broken in [">UEsDBB*", ">UEsD=BBQ", ">=UEs"] {
        refused(&altered(">UEsDBBQ", broken), "base64-invalid", field);
    }
    refused(&altered("YwAAAAAA</edXML", "YwAAAAAAA</edXML"), "base64-invalid", field);
    refused(&altered("YwAAAAAA</edXML", "YwAAAA==QUJD</edXML"), "base64-invalid", field);
    refused(
        &altered(">UEsDBBQ", "><b/>UEsDBBQ"),
        "content-unexpected",
        "edXML/AttachmentEncoded/Attachment/ContentTransferEncoded",
    );
    // Blanks and line ends, also as references, are what encoders write.
    read(&altered(">UEsDBBQ", ">\r\n UEsD&#13;\n BBQ")).unwrap();
    read(&altered(">UEsDBBQ", "><![CDATA[UEsDBBQ]]>")).unwrap();
}

#[test]
fn an_unreadable_status() {
    let response = std::str::from_utf8(STATUS_01).unwrap();
    let (from, to) = (response.find("<edXML:ResponseFor>").unwrap(), response.find("</edXML:ResponseFor>").unwrap());
    let empty = format!("{}{}", &response[..from + 19], &response[to..]);
    refused(empty.as_bytes(), "element-empty", "MessageHeader/ResponseFor");
    let unmatchable = format!("{}<edXML:Code>1/X</edXML:Code>{}", &response[..from + 19], &response[to..]);
    refused(unmatchable.as_bytes(), "element-missing", "MessageHeader/ResponseFor");
}
