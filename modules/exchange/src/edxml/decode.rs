//! From the tree of a message to its model: the frame, the body and the attachment block.

use super::content::Passed;
use super::decode_header::{document_header, status_header};
use super::decode_trace::trace;
use super::group::{Group, Warnings, upto, warn};
use super::model::{Attachment, DetachedSignature, FrameExtras, Message, Operation, Package, Reference, SignerRole};
use super::order;
use super::raw::{EXTENSION, Raw, XMLDSIG};
use super::refusals;
use super::reject::{At, reject};
use super::tree::{Element, Node};
use base::Refusal;

/// The message that `root` and the contents that passed by make.
pub(super) fn message(root: Raw, passed: Vec<Passed>) -> Result<Message, Refusal> {
    let mut warnings = Warnings::new();
    let w = &mut warnings;
    let mut frame = FrameExtras::default();

    let mut root = Group::open(root, "", &order::ROOT, w)?;
    let envelope = root.needed("edXMLEnvelope")?;
    let has_block = root.has("AttachmentEncoded");
    let block = root.one("AttachmentEncoded")?;
    let root_at = root.at;
    frame.root = root.close();

    let mut envelope = Group::open(envelope, "edXMLEnvelope", &order::ENVELOPE, w)?;
    let header = envelope.needed("edXMLHeader")?;
    let has_body = envelope.has("edXMLBody");
    let body = envelope.one("edXMLBody")?;
    frame.envelope = envelope.close();

    let mut header = Group::open(header, "edXMLHeader", &order::HEADER, w)?;
    // One SDK variant names the block of a status message Status (spec §1.8).
    let status_block = header.one("Status")?;
    let message_block = match status_block {
        None => Some(header.needed("MessageHeader")?),
        Some(_) => None,
    };
    let is_status = message_block.as_ref().is_none_or(|block| {
        block.children.iter().any(|c| matches!(c, super::raw::RawNode::Element(e) if e.is("StatusCode")))
    });
    let trace_list = if is_status { None } else { header.one("TraceHeaderList")? };
    let mut xml_signatures = header.all("Signature");
    xml_signatures.extend(header.all_in(XMLDSIG, "Signature"));
    if let Some(second) = xml_signatures.get(1) {
        return Err(reject(
            &refusals::DUPLICATE,
            second.at,
            &header.field("Signature"),
            "một Signature",
            "one Signature",
        ));
    }
    let xml_signature = xml_signatures.pop().map(Raw::into_element);
    if xml_signature.as_ref().is_some_and(uses_sha1) {
        let (vi, en) =
            ("Chữ ký XML dùng SHA-1, không còn an toàn.", "The XML signature uses SHA-1, which is no longer safe.");
        warn(header.warnings, "signature-sha1", "edXMLHeader/Signature", vi, en);
    }
    let extension = header.all_in(EXTENSION, "Signatures");
    let signatures = signatures(extension, header.warnings)?;
    frame.header = header.close();

    if is_status {
        if has_body || has_block || !passed.is_empty() {
            let (vi, en) = ("trạng thái không có thân và tệp đính kèm", "a status without body and attachments");
            return Err(reject(&refusals::MIXED, root_at, "edXMLBody", vi, en));
        }
        let Some(raw) = status_block.or(message_block) else {
            return Err(reject(&refusals::MISSING, root_at, "MessageHeader", "MessageHeader", "MessageHeader"));
        };
        let mut status = status_header(raw, w)?;
        status.signatures = signatures;
        status.xml_signature = xml_signature;
        status.frame = frame;
        status.warnings = warnings;
        return Ok(Message::Status(Box::new(status)));
    }
    let Some(raw) = message_block else {
        return Err(reject(&refusals::MISSING, root_at, "MessageHeader", "MessageHeader", "MessageHeader"));
    };
    let mut package = Package { header: document_header(raw, w)?, xml_signature, signatures, ..Package::default() };
    package.trace = trace_list.map(|raw| trace(raw, w)).transpose()?;
    if let Some(body) = body {
        let mut body = Group::open(body, "edXMLBody", &order::BODY, w)?;
        let manifest = body.one("edXMLManifest")?;
        frame.body = body.close();
        if let Some(manifest) = manifest {
            package.references = references(manifest, &mut frame, w)?;
        }
    }
    if let Some(block) = block {
        package.attachments = attachments(block, passed, &mut frame, w)?;
    }
    pair_up(&package, root_at)?;
    check_presence(&package, has_body, has_block, root_at)?;
    package.frame = frame;
    package.warnings = warnings;
    Ok(Message::Document(Box::new(package)))
}

/// A new or replacing document has a body with something in it; a recall or a change of recipients may have none.
fn check_presence(package: &Package, has_body: bool, has_block: bool, at: At) -> Result<(), Refusal> {
    if !package.attachments.is_empty() || !matches!(package.operation(), Operation::New | Operation::Replace) {
        return Ok(());
    }
    let (field, was_there) = if package.references.is_empty() {
        ("edXMLBody/edXMLManifest/Reference", has_body)
    } else {
        ("AttachmentEncoded/Attachment", has_block)
    };
    let code = if was_there { &refusals::EMPTY } else { &refusals::MISSING };
    Err(reject(code, at, field, "ít nhất một tệp đính kèm", "at least one attachment"))
}

fn references(raw: Raw, frame: &mut FrameExtras, w: &mut Warnings) -> Result<Vec<Reference>, Refusal> {
    let mut manifest = Group::open(raw, "edXMLManifest", &order::MANIFEST, w)?;
    let mut references = Vec::new();
    for (i, raw) in manifest.all("Reference").into_iter().enumerate() {
        let mut g =
            Group::open(raw, format!("edXMLManifest/Reference[{}]", i + 1), &order::REFERENCE, manifest.warnings)?;
        references.push(Reference {
            content_id: content_id(g.needed_text("ContentId", upto(300))?),
            content_type: g.needed_text("ContentType", upto(300))?,
            description: g.text("Description", upto(500))?,
            name: g.needed_text("AttachmentName", upto(500))?,
            extras: g.close(),
        });
    }
    frame.manifest = manifest.close();
    frame.manifest.attributes.retain(|a| !(a.name == "version" && a.namespace.is_empty() && a.value == "1.0"));
    Ok(references)
}

fn attachments(
    raw: Raw,
    passed: Vec<Passed>,
    frame: &mut FrameExtras,
    w: &mut Warnings,
) -> Result<Vec<Attachment>, Refusal> {
    let mut block = Group::open(raw, "AttachmentEncoded", &order::ATTACHMENTS, w)?;
    let mut attachments = Vec::new();
    let mut passed = passed.into_iter();
    for (i, raw) in block.all("Attachment").into_iter().enumerate() {
        let path = format!("AttachmentEncoded/Attachment[{}]", i + 1);
        let mut g = Group::open(raw, path, &order::ATTACHMENT, block.warnings)?;
        let content = g.needed("ContentTransferEncoded")?;
        let content_extras = super::model::Extras { attributes: content.attributes, ..Default::default() };
        g.keep_extras("ContentTransferEncoded", 0, content_extras);
        let Some(Passed { facts, packaging, at }) = passed.next().filter(|_| content.content == Some(i)) else {
            return Err(g.missing("ContentTransferEncoded", true));
        };
        let attachment = Attachment {
            content_id: content_id(g.needed_text("ContentId", upto(300))?),
            name: g.needed_text("AttachmentName", upto(500))?,
            description: g.text("Description", upto(500))?,
            content_type: g.needed_text("ContentType", upto(300))?,
            size: facts.size,
            sha256: facts.sha256,
            media_type: facts.media_type,
            packaging,
            extras: super::model::Extras::default(),
        };
        check_name(&attachment.name, g.at, &g.field("AttachmentName"), g.warnings)?;
        let name = attachment.name.as_str();
        let field = g.field("ContentTransferEncoded");
        if facts.pdf_destroyed {
            let (vi, en) = ("tệp PDF nguyên vẹn từng byte", "a PDF intact to the byte");
            return Err(reject(&refusals::PDF_DESTROYED, at, &field, vi, en).with("name", name));
        }
        let media_type = attachment.media_type.as_str();
        if facts.pdf_unfinished {
            let vi = format!("PDF “{name}” không có dấu kết thúc, có thể bị cắt cụt.");
            warn(
                g.warnings,
                "pdf-unfinished",
                &field,
                vi,
                format!("The PDF “{name}” has no end marker; it may be cut off."),
            );
        }
        if facts.executable {
            let vi = format!("Tệp “{name}” là chương trình chạy được.");
            warn(g.warnings, "executable", &field, vi, format!("The file “{name}” is a program."));
        }
        if facts.name_lies {
            let vi = format!("Nội dung tệp “{name}” là {media_type}, không đúng như tên.");
            let en = format!("The content of “{name}” is {media_type}, not what its name says.");
            warn(g.warnings, "name-lies", &field, vi, en);
        }
        if lies(&attachment.content_type, media_type) {
            let declared = &attachment.content_type;
            let vi = format!("Khai báo {declared}, nội dung là {media_type}.");
            warn(
                g.warnings,
                "content-type-lies",
                &g.path.clone(),
                vi,
                format!("Declared {declared}, the content is {media_type}."),
            );
        }
        attachments.push(Attachment { extras: g.close(), ..attachment });
    }
    frame.attachments = block.close();
    Ok(attachments)
}

/// Whether a declared type that means something contradicts the content.
fn lies(declared: &str, found: &str) -> bool {
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let general = ["application/octet-stream", "binary/octet-stream", "application/binary"];
    let families = [
        ("application/msword", "application/x-ole-storage"),
        ("application/vnd.ms-excel", "application/x-ole-storage"),
        ("application/vnd.ms-powerpoint", "application/x-ole-storage"),
        ("text/xml", "application/xml"),
        ("application/rtf", "text/rtf"),
        ("application/x-zip-compressed", "application/zip"),
        ("image/jpg", "image/jpeg"),
    ];
    !(declared == found
        || found == "application/octet-stream"
        || general.contains(&declared.as_str())
        || families.iter().any(|(a, b)| (*a == declared && *b == found) || (*b == declared && *a == found)))
}

/// A content id without the optional `cid:`.
fn content_id(text: String) -> String {
    match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("cid:") => text[4..].to_owned(),
        _ => text,
    }
}

/// Refuses a file name that leads elsewhere; remarks one that holds a separator, as in “12/QĐ-UBND.pdf”.
fn check_name(name: &str, at: At, field: &str, w: &mut Warnings) -> Result<(), Refusal> {
    let leads_elsewhere = name.split(['/', '\\']).any(|part| part.trim() == "..")
        || name.starts_with(['/', '\\', '~'])
        || name.chars().any(char::is_control)
        || name.as_bytes().get(1) == Some(&b':');
    if leads_elsewhere {
        let (vi, en) = ("tên tệp không có đường dẫn", "a file name without a path");
        return Err(reject(&refusals::UNSAFE_NAME, at, field, vi, en).with("name", name));
    }
    if name.contains(['/', '\\']) {
        let vi = format!("Tên tệp “{name}” có dấu gạch chéo.");
        warn(w, "name-separator", field, vi, format!("The file name “{name}” holds a slash."));
    }
    Ok(())
}

/// Manifest and attachments must be one to one by content id, or failing that by name (spec §1.7).
fn pair_up(package: &Package, at: At) -> Result<(), Refusal> {
    let (references, attachments) = (&package.references, &package.attachments);
    let by_id = distinct(references.iter().map(|r| r.content_id.as_str()))
        .zip(distinct(attachments.iter().map(|a| a.content_id.as_str())));
    let by_name =
        distinct(references.iter().map(|r| r.name.as_str())).zip(distinct(attachments.iter().map(|a| a.name.as_str())));
    if [by_id, by_name].into_iter().flatten().any(|(named, sent)| named == sent) {
        return Ok(());
    }
    let counts = (package.references.len(), package.attachments.len());
    let alone: Vec<&str> = package
        .references
        .iter()
        .filter(|r| !package.attachments.iter().any(|a| a.content_id == r.content_id || a.name == r.name))
        .map(|r| r.name.as_str())
        .chain(
            package
                .attachments
                .iter()
                .filter(|a| !package.references.iter().any(|r| r.content_id == a.content_id || r.name == a.name))
                .map(|a| a.name.as_str()),
        )
        .take(5)
        .collect();
    let vi = format!("từng cặp Reference–Attachment cùng ContentId; không có cặp: {}", alone.join(", "));
    let en =
        format!("pairs of Reference and Attachment with the same ContentId; without partner: {}", alone.join(", "));
    Err(reject(&refusals::MANIFEST_MISMATCH, at, "edXMLManifest/Reference", vi, en)
        .with("references", counts.0)
        .with("attachments", counts.1))
}

/// The keys in order; `None`: one of them stands twice.
fn distinct<'k>(keys: impl Iterator<Item = &'k str>) -> Option<Vec<&'k str>> {
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    keys.windows(2).all(|pair| pair[0] != pair[1]).then_some(keys)
}

fn signatures(blocks: Vec<Raw>, w: &mut Warnings) -> Result<Vec<DetachedSignature>, Refusal> {
    let mut signatures = Vec::new();
    for block in blocks {
        let mut g = Group::open(block, "Signatures", &order::SIGNATURES, w)?;
        for raw in g.all_in(EXTENSION, "Signature") {
            let role = match raw.attributes.iter().find(|a| a.name == "role").map(|a| a.value.as_str()) {
                Some("person") => SignerRole::Person,
                Some("agency") => SignerRole::Agency,
                _ => {
                    let (vi, en) = ("role=\"person\" hoặc role=\"agency\"", "role=\"person\" or role=\"agency\"");
                    return Err(reject(&refusals::SIGNATURE, raw.at, "Signatures/Signature", vi, en));
                }
            };
            let jws = raw.text();
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let is_detached = matches!(jws.split('.').collect::<Vec<_>>().as_slice(),
                [header, "", signature] if !header.is_empty() && !signature.is_empty()
                    && header.chars().all(good) && signature.chars().all(good));
            if !is_detached {
                let (vi, en) = ("JWS tách rời “đầu..chữ ký”", "a detached JWS “header..signature”");
                return Err(reject(&refusals::SIGNATURE, raw.at, "Signatures/Signature", vi, en));
            }
            signatures.push(DetachedSignature { role, jws });
        }
    }
    Ok(signatures)
}

fn uses_sha1(element: &Element) -> bool {
    element.attributes.iter().any(|a| a.name == "Algorithm" && a.value.ends_with("sha1"))
        || element.children.iter().any(|child| matches!(child, Node::Element(inner) if uses_sha1(inner)))
}
