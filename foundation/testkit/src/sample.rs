//! Packages (edXML, QCVN 102) for measurements and fault tests: the same number always makes the same bytes.

use base::Date;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a made package is like.
#[derive(Debug, Clone, Copy)]
pub struct SamplePackage<'a> {
    /// The sender's document id.
    pub document_id: &'a str,
    /// Number of the document; its attachment is made from it, so that no two numbers share bytes.
    pub number: usize,
    /// Date of promulgation.
    pub date: Date,
    /// Code of the sender.
    pub from: &'a str,
    /// Codes of the recipients.
    pub to: &'a [&'a str],
    /// Bytes of the attachment before base64.
    pub attachment: usize,
    /// Goes verbatim to the end of the header: the element with detached signatures, or nothing.
    pub signatures: &'a str,
}

impl SamplePackage<'_> {
    /// The bytes of the attachment, `du-lieu.bin`.
    pub fn content(&self) -> Vec<u8> {
        let mut bytes = vec![0_u8; self.attachment];
        let mut state = self.number as u64 + 1;
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
        }
        bytes
    }

    /// Its subject (trích yếu).
    pub fn subject(&self) -> String {
        format!("Văn bản đo đạc số {}", self.number)
    }

    /// The edXML of a document with one attachment that nobody has sent before.
    pub fn edxml(&self) -> Vec<u8> {
        let to: String = self
            .to
            .iter()
            .map(|code| {
                format!(
                    "<edXML:To><edXML:OrganId>{code}</edXML:OrganId><edXML:OrganName>{code}</edXML:OrganName></edXML:To>"
                )
            })
            .collect();
        let Self { document_id, number, from, signatures, .. } = self;
        let subject = self.subject();
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>{from}</edXML:OrganId><edXML:OrganName>{from}</edXML:OrganName></edXML:From>{to}<edXML:DocumentId>{document_id}</edXML:DocumentId><edXML:Code><edXML:CodeNumber>{number}</edXML:CodeNumber><edXML:CodeNotation>VPCP-TH</edXML:CodeNotation></edXML:Code><edXML:PromulgationInfo><edXML:Place>Hà Nội</edXML:Place><edXML:PromulgationDate>{}</edXML:PromulgationDate></edXML:PromulgationInfo><edXML:DocumentType><edXML:Type>18</edXML:Type><edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType><edXML:Subject>{subject}</edXML:Subject><edXML:SignerInfo><edXML:FullName>Người Ký</edXML:FullName></edXML:SignerInfo><edXML:OtherInfo><edXML:Priority>0</edXML:Priority></edXML:OtherInfo></edXML:MessageHeader><edXML:TraceHeaderList><edXML:Bussiness><edXML:BussinessDocType>0</edXML:BussinessDocType><edXML:Paper>0</edXML:Paper></edXML:Bussiness></edXML:TraceHeaderList>{signatures}</edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"><edXML:Reference><edXML:ContentId>cid:a</edXML:ContentId><edXML:ContentType>application/octet-stream</edXML:ContentType><edXML:AttachmentName>du-lieu.bin</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded><Attachment><ContentId>cid:a</ContentId><AttachmentName>du-lieu.bin</AttachmentName><ContentType>application/octet-stream</ContentType><ContentTransferEncoded>{}</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"#,
            self.date.strftime("%Y/%m/%d"),
            STANDARD.encode(self.content())
        )
        .into_bytes()
    }
}
