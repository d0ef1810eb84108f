//! From the model to XML: everything of a message but the attachment contents.

use super::encode::{Put, Xml, group};
use super::model::{
    Attachment, Business, DetachedSignature, FrameExtras, MessageHeader, Organization, Package, Reference, ResponseFor,
    StaffInfo, StatusMessage, TraceHeaderList,
};
use super::raw::{EXTENSION, NAMESPACE};
use super::tree::{Attribute, Element, Node};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// A document package, with the character NUL (which no XML may hold) in the place of each attachment's content.
pub(super) fn document(package: &Package) -> String {
    let frame = &package.frame;
    in_frame(frame, |root| {
        root.prefixed("edXMLEnvelope", &frame.envelope, |envelope| {
            envelope.group("edXMLHeader", &[], &frame.header, |header| {
                message_header(header, &package.header);
                if let Some(list) = &package.trace {
                    trace(header, list);
                }
                header.verbatim("Signature", package.xml_signature.as_ref());
                header.verbatim("Signatures", signatures(&package.signatures).as_ref());
            });
            envelope.group("edXMLBody", &[], &frame.body, |body| {
                body.group("edXMLManifest", &[("version", "1.0")], &frame.manifest, |manifest| {
                    package.references.iter().for_each(|line| reference(manifest, line));
                });
            });
        });
        if package.attachments.is_empty() && frame.attachments.is_empty() {
            return;
        }
        root.group("AttachmentEncoded", &[], &frame.attachments, |block| {
            package.attachments.iter().for_each(|one| attachment(block, one));
        });
    })
}

/// A whole status message.
pub(super) fn status(status: &StatusMessage) -> String {
    let frame = &status.frame;
    in_frame(frame, |root| {
        root.prefixed("edXMLEnvelope", &frame.envelope, |envelope| {
            envelope.group("edXMLHeader", &[], &frame.header, |header| {
                header.group("MessageHeader", &[], &status.extras, |g| {
                    organization(g, "From", &status.from);
                    response_for(g, &status.response_for);
                    if let Some(staff) = &status.staff {
                        staff_info(g, staff);
                    }
                    g.text("StatusCode", Some(&status.status_code));
                    g.text("Description", status.description.as_deref());
                    g.moment("Timestamp", Some(status.timestamp));
                });
                header.verbatim("Signature", status.xml_signature.as_ref());
                header.verbatim("Signatures", signatures(&status.signatures).as_ref());
            });
        });
    })
}

fn in_frame(frame: &FrameExtras, body: impl FnOnce(&mut Put<'_>)) -> String {
    let mut xml = Xml::default();
    xml.text.push_str(DECLARATION);
    group(&mut xml, "edXML", &[("xmlns", NAMESPACE)], &frame.root, body);
    xml.text.push('\n');
    xml.text
}

fn message_header(header: &mut Put<'_>, h: &MessageHeader) {
    header.group("MessageHeader", &[], &h.extras, |g| {
        organization(g, "From", &h.from);
        h.to.iter().for_each(|to| organization(g, "To", to));
        g.text("DocumentId", Some(&h.document_id));
        g.group("Code", &[], &h.code.extras, |g| {
            g.text("CodeNumber", Some(&h.code.number));
            g.text("CodeNotation", Some(&h.code.notation));
        });
        g.group("PromulgationInfo", &[], &h.promulgation.extras, |g| {
            g.text("Place", Some(&h.promulgation.place));
            g.date("PromulgationDate", Some(h.promulgation.date));
        });
        g.group("DocumentType", &[], &h.document_type.extras, |g| {
            g.number("Type", Some(h.document_type.class));
            g.number("TypeDetail", h.document_type.detail);
            g.text("TypeName", Some(&h.document_type.name));
        });
        g.text("Subject", Some(&h.subject));
        g.text("Content", h.content.as_deref());
        g.group("SignerInfo", &[], &h.signer.extras, |g| {
            g.text("Competence", h.signer.competence.as_deref());
            g.text("Position", h.signer.position.as_deref());
            g.text("FullName", Some(&h.signer.full_name));
        });
        g.date("DueDate", h.due_date);
        if let Some(other) = &h.other {
            g.group("OtherInfo", &[], &other.extras, |g| {
                g.number("Priority", Some(other.priority));
                g.text("SphereOfPromulgation", other.sphere.as_deref());
                g.text("TyperNotation", other.typist_notation.as_deref());
                g.number("PromulgationAmount", other.promulgation_amount);
                g.number("PageAmount", other.page_amount);
                g.texts("Appendixes", "Appendix", &other.appendixes);
                g.text("Direction", other.direction.map(|yes| if yes { "true" } else { "false" }));
            });
        }
        h.response_for.iter().for_each(|answered| response_for(g, answered));
        g.number("SteeringType", h.steering_type);
        g.texts("ToPlaces", "Place", &h.to_places);
        g.texts("ResponseForTask", "TaskCode", &h.task_codes);
        g.text("ApplicationType", h.application_type.as_deref());
    });
}

fn organization(g: &mut Put<'_>, name: &'static str, organization: &Organization) {
    g.group(name, &[], &organization.extras, |g| {
        g.text("OrganId", Some(&organization.organ_id));
        g.text("OrganizationInCharge", organization.in_charge.as_deref());
        g.text("OrganName", Some(&organization.name));
        g.text("OrganAdd", organization.address.as_deref());
        g.text("Email", organization.email.as_deref());
        g.text("Telephone", organization.telephone.as_deref());
        g.text("Fax", organization.fax.as_deref());
        g.text("Website", organization.website.as_deref());
    });
}

fn response_for(g: &mut Put<'_>, answered: &ResponseFor) {
    g.group("ResponseFor", &[], &answered.extras, |g| {
        g.text("OrganId", answered.organ_id.as_deref());
        g.text("Code", answered.code.as_deref());
        g.date("PromulgationDate", answered.promulgation_date);
        g.text("DocumentId", answered.document_id.as_deref());
    });
}

fn staff_info(g: &mut Put<'_>, staff: &StaffInfo) {
    g.group("StaffInfo", &[], &staff.extras, |g| {
        g.text("Department", staff.department.as_deref());
        g.text("Staff", staff.staff.as_deref());
        g.text("Email", staff.email.as_deref());
        g.text("Mobile", staff.mobile.as_deref());
        g.text("DepartmentId", staff.department_id.as_deref());
        g.text("StaffId", staff.staff_id.as_deref());
    });
}

fn trace(header: &mut Put<'_>, list: &TraceHeaderList) {
    header.group("TraceHeaderList", &[], &list.extras, |g| {
        for hop in &list.hops {
            g.group("TraceHeader", &[], &hop.extras, |g| {
                g.text("OrganId", hop.organ_id.as_deref());
                g.moment("Timestamp", hop.timestamp);
            });
        }
        if let Some(b) = &list.business {
            g.group("Bussiness", &[], &b.extras, |g| business(g, b));
        }
        g.flag("Paper", list.paper);
    });
}

fn business(g: &mut Put<'_>, b: &Business) {
    g.text("DocumentId", b.document_id.as_deref());
    g.number("BussinessDocType", Some(b.operation.number()));
    g.text("BussinessDocReason", b.reason.as_deref());
    g.flag("Paper", b.paper);
    if let Some(changes) = &b.changes {
        g.group("BussinessDocumentInfo", &[], &changes.extras, |g| {
            g.flag("DocumentInfo", Some(changes.document));
            g.flag("DocumentReceiver", Some(changes.receivers));
            g.list("ReceiverList", changes.receiver_list.is_empty(), |g| {
                for receiver in &changes.receiver_list {
                    g.group("Receiver", &[], &receiver.extras, |g| {
                        g.text("OrganId", Some(&receiver.organ_id));
                        g.flag("ReceiverType", Some(receiver.added));
                    });
                }
            });
        });
    }
    g.list("ReplacementInfoList", b.replacements.is_empty(), |g| {
        for replacement in &b.replacements {
            g.group("ReplacementInfo", &[], &replacement.extras, |g| {
                g.text("DocumentId", Some(&replacement.document_id));
                g.texts("OrganIdList", "OrganId", &replacement.organ_ids);
            });
        }
    });
    if let Some(staff) = &b.staff {
        staff_info(g, staff);
    }
}

fn reference(manifest: &mut Put<'_>, line: &Reference) {
    manifest.group("Reference", &[], &line.extras, |g| {
        g.text("ContentId", Some(&format!("cid:{}", line.content_id)));
        g.text("ContentType", Some(&line.content_type));
        g.text("Description", line.description.as_deref());
        g.text("AttachmentName", Some(&line.name));
    });
}

fn attachment(block: &mut Put<'_>, one: &Attachment) {
    block.group("Attachment", &[], &one.extras, |g| {
        g.text("ContentId", Some(&format!("cid:{}", one.content_id)));
        g.text("AttachmentName", Some(&one.name));
        g.text("Description", one.description.as_deref());
        g.text("ContentType", Some(&one.content_type));
        g.content("ContentTransferEncoded");
    });
}

fn signatures(signatures: &[DetachedSignature]) -> Option<Element> {
    let element = |name: &str| Element {
        prefix: "lt".to_owned(),
        name: name.to_owned(),
        namespace: EXTENSION.to_owned(),
        ..Element::default()
    };
    let lines = signatures.iter().map(|signature| {
        let role =
            Attribute { name: "role".to_owned(), value: signature.role.word().to_owned(), ..Attribute::default() };
        let children = vec![Node::Text(signature.jws.clone())];
        Node::Element(Element { attributes: vec![role], children, ..element("Signature") })
    });
    let children: Vec<Node> = lines.collect();
    (!children.is_empty()).then(|| Element { children, ..element("Signatures") })
}
