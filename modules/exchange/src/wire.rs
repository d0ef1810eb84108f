//! Between the words of this module and the edXML message: what the office knows becomes a message, a message becomes
//! what the office reads.

use crate::edxml::{
    self, Attachment, Business, DetachedSignature, DocumentChanges, DocumentCode, DocumentType, Extras, MessageHeader,
    Organization, OtherInfo, Promulgation, ReceiverChange, Replacement, ResponseFor, SignerInfo, SignerRole, StaffInfo,
    TraceHeader, TraceHeaderList,
};
use crate::model::{
    DocumentReference, Operation, OperationTarget, PackageAttachment, PackageHeader, Party, RecipientChange, Staff,
    Urgency,
};
use base::agency_code::{AgencyCode, AgencyCodeError};
use base::document_types;
use base::{Date, Timestamp};

/// The edXML package of a document that starts here.
pub fn to_package(
    header: &PackageHeader,
    files: &[PackageAttachment],
    signatures: &[serde_json::Value],
) -> edxml::Package {
    let mut package = edxml::Package {
        header: MessageHeader {
            from: organization(&header.from),
            to: header.to.iter().map(organization).collect(),
            document_id: header.document_id.clone(),
            code: DocumentCode {
                number: header.number.clone(),
                notation: header.notation.clone(),
                extras: Extras::default(),
            },
            promulgation: Promulgation {
                place: header.place.clone(),
                date: header.issued_on.unwrap_or(Date::constant(1970, 1, 1)),
                extras: Extras::default(),
            },
            document_type: DocumentType {
                class: header.type_number.unwrap_or_else(|| type_number(&header.type_name, &header.notation)),
                detail: None,
                name: header.type_name.clone(),
                extras: Extras::default(),
            },
            subject: header.subject.clone(),
            content: header.content.clone(),
            signer: SignerInfo {
                competence: header.signer_competence.clone(),
                position: header.signer_position.clone(),
                full_name: header.signer_name.clone(),
                extras: Extras::default(),
            },
            due_date: header.due_on,
            other: Some(OtherInfo {
                priority: header.urgency.number(),
                sphere: header.circulation.clone(),
                page_amount: header.pages,
                ..OtherInfo::default()
            }),
            response_for: header.responds_to.iter().map(response_for).collect(),
            steering_type: header.steering,
            to_places: header.to_places.clone(),
            ..MessageHeader::default()
        },
        trace: Some(TraceHeaderList { business: Some(business(header)), ..TraceHeaderList::default() }),
        signatures: signatures.iter().filter_map(signature).collect(),
        ..edxml::Package::default()
    };
    for file in files {
        let size = u64::try_from(file.size).unwrap_or_default();
        package.attach(&file.content_id, &file.name, &file.media_type, size, &file.sha256);
        if let (Some(reference), Some(attachment)) = (package.references.last_mut(), package.attachments.last_mut()) {
            reference.description.clone_from(&file.description);
            attachment.description.clone_from(&file.description);
        }
    }
    package
}

/// Appends this server's hop to the trace: which agency sent it on, when.
pub fn add_hop(package: &mut edxml::Package, agency: &AgencyCode, at: Timestamp) {
    let trace = package.trace.get_or_insert_with(TraceHeaderList::default);
    trace.hops.push(TraceHeader {
        organ_id: Some(agency.canonical().to_owned()),
        timestamp: Some(Timestamp::from_micros(at.micros().div_euclid(1_000_000) * 1_000_000)),
        extras: Extras::default(),
    });
}

fn type_number(name: &str, notation: &str) -> i64 {
    document_types::resolve(name, notation).and_then(|t| t.edxml_number()).map_or(0, i64::from)
}

fn organization(party: &Party) -> Organization {
    Organization {
        organ_id: party.code.canonical().to_owned(),
        in_charge: party.in_charge.clone(),
        name: party.name.clone(),
        address: party.address.clone(),
        email: party.email.clone(),
        telephone: party.telephone.clone(),
        fax: party.fax.clone(),
        website: party.website.clone(),
        extras: Extras::default(),
    }
}

/// The reference of an answer or a status, as it goes on the wire.
pub fn response_for(reference: &DocumentReference) -> ResponseFor {
    ResponseFor {
        organ_id: Some(reference.agency.canonical().to_owned()),
        code: Some(reference.code.clone()),
        promulgation_date: reference.issued_on,
        document_id: reference.document_id.clone(),
        extras: Extras::default(),
    }
}

fn business(header: &PackageHeader) -> Business {
    let operation = match header.operation {
        Operation::Recall => edxml::Operation::Recall,
        Operation::Update => edxml::Operation::Update,
        Operation::Replace => edxml::Operation::Replace,
        Operation::New | Operation::Status => edxml::Operation::New,
    };
    let replaces = header.operation == Operation::Replace;
    Business {
        document_id: header.targets.first().filter(|_| !replaces).map(|t| t.document_id.clone()),
        operation,
        reason: header.reason.clone(),
        paper: Some(header.paper),
        changes: (header.operation == Operation::Update).then(|| DocumentChanges {
            document: header.content_changed,
            receivers: !header.recipient_changes.is_empty(),
            receiver_list: header
                .recipient_changes
                .iter()
                .map(|change| ReceiverChange {
                    organ_id: change.code.canonical().to_owned(),
                    added: change.added,
                    extras: Extras::default(),
                })
                .collect(),
            extras: Extras::default(),
        }),
        replacements: header
            .targets
            .iter()
            .filter(|_| replaces)
            .map(|target| Replacement {
                document_id: target.document_id.clone(),
                organ_ids: target.agencies.iter().map(|a| a.canonical().to_owned()).collect(),
                extras: Extras::default(),
            })
            .collect(),
        staff: header.staff.as_ref().map(staff_info),
        extras: Extras::default(),
    }
}

/// The officer as he goes on the wire.
pub fn staff_info(staff: &Staff) -> StaffInfo {
    StaffInfo {
        department: staff.department.clone(),
        staff: staff.name.clone(),
        email: staff.email.clone(),
        mobile: staff.mobile.clone(),
        ..StaffInfo::default()
    }
}

fn signature(value: &serde_json::Value) -> Option<DetachedSignature> {
    let role = match value.get("role")?.as_str()? {
        "person" => SignerRole::Person,
        "agency" => SignerRole::Agency,
        _ => return None,
    };
    Some(DetachedSignature { role, jws: value.get("jws")?.as_str()?.to_owned() })
}

/// Why a message cannot be understood although it is well formed: which field, and what the code parser says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCode {
    /// Path of the field.
    pub field: String,
    /// The text found.
    pub found: String,
    /// What is wrong with it.
    pub error: AgencyCodeError,
}

fn code(text: &str, field: &str) -> Result<AgencyCode, BadCode> {
    AgencyCode::tolerate(text).map_err(|error| BadCode { field: field.to_owned(), found: text.to_owned(), error })
}

fn read_party(organization: &Organization, field: &str) -> Result<Party, BadCode> {
    Ok(Party {
        code: code(&organization.organ_id, &format!("{field}/OrganId"))?,
        name: organization.name.clone(),
        in_charge: organization.in_charge.clone(),
        address: organization.address.clone(),
        email: organization.email.clone(),
        telephone: organization.telephone.clone(),
        fax: organization.fax.clone(),
        website: organization.website.clone(),
    })
}

/// What the office reads of a package that came in.
pub fn read_header(package: &edxml::Package) -> Result<PackageHeader, BadCode> {
    let header = &package.header;
    let business = package.business();
    let other = header.other.as_ref();
    Ok(PackageHeader {
        from: read_party(&header.from, "MessageHeader/From")?,
        to: header
            .to
            .iter()
            .enumerate()
            .map(|(index, to)| read_party(to, &format!("MessageHeader/To[{}]", index + 1)))
            .collect::<Result<_, _>>()?,
        document_id: header.document_id.clone(),
        number: header.code.number.clone(),
        notation: header.code.notation.clone(),
        place: header.promulgation.place.clone(),
        issued_on: (header.promulgation.date != Date::constant(1970, 1, 1)).then_some(header.promulgation.date),
        type_name: header.document_type.name.clone(),
        type_number: Some(header.document_type.class),
        subject: header.subject.clone(),
        content: header.content.clone(),
        signer_name: header.signer.full_name.clone(),
        signer_position: header.signer.position.clone(),
        signer_competence: header.signer.competence.clone(),
        due_on: header.due_date,
        urgency: other.and_then(|o| Urgency::from_number(o.priority)).unwrap_or_default(),
        circulation: other.and_then(|o| o.sphere.clone()),
        pages: other.and_then(|o| o.page_amount),
        steering: header.steering_type,
        // A reference without agency or code says nothing; the message itself is kept whole.
        responds_to: header.response_for.iter().filter_map(|r| read_reference(r).ok()).collect(),
        to_places: header.to_places.clone(),
        operation: read_operation(package.operation()),
        reason: business.and_then(|b| b.reason.clone()),
        targets: business.map(read_targets).unwrap_or_default(),
        content_changed: business.and_then(|b| b.changes.as_ref()).is_some_and(|c| c.document),
        recipient_changes: business
            .and_then(|b| b.changes.as_ref())
            .map(|changes| {
                changes
                    .receiver_list
                    .iter()
                    .filter_map(|r| {
                        let code = AgencyCode::tolerate(&r.organ_id).ok()?;
                        Some(RecipientChange { code, added: r.added })
                    })
                    .collect()
            })
            .unwrap_or_default(),
        paper: package.paper(),
        staff: business.and_then(|b| b.staff.as_ref()).map(read_staff),
    })
}

const fn read_operation(operation: edxml::Operation) -> Operation {
    match operation {
        edxml::Operation::New => Operation::New,
        edxml::Operation::Recall => Operation::Recall,
        edxml::Operation::Update => Operation::Update,
        edxml::Operation::Replace => Operation::Replace,
    }
}

fn read_targets(business: &Business) -> Vec<OperationTarget> {
    let earlier =
        business.document_id.iter().map(|id| OperationTarget { document_id: id.clone(), agencies: Vec::new() });
    let replaced = business.replacements.iter().map(|r| OperationTarget {
        document_id: r.document_id.clone(),
        agencies: r.organ_ids.iter().filter_map(|id| AgencyCode::tolerate(id).ok()).collect(),
    });
    earlier.chain(replaced).collect()
}

/// The document that an answer or a status names.
pub fn read_reference(reference: &ResponseFor) -> Result<DocumentReference, BadCode> {
    Ok(DocumentReference {
        agency: code(reference.organ_id.as_deref().unwrap_or_default(), "MessageHeader/ResponseFor/OrganId")?,
        code: reference.code.clone().unwrap_or_default(),
        issued_on: reference.promulgation_date,
        document_id: reference.document_id.clone(),
    })
}

/// The officer as he came.
pub fn read_staff(staff: &StaffInfo) -> Staff {
    Staff {
        department: staff.department.clone(),
        name: staff.staff.clone(),
        email: staff.email.clone(),
        mobile: staff.mobile.clone(),
    }
}

/// The files as they came, under names fit for a disk.
pub fn read_files(attachments: &[Attachment]) -> Vec<PackageAttachment> {
    attachments
        .iter()
        .zip(0_i64..)
        .map(|(file, position)| PackageAttachment {
            position,
            content_id: file.content_id.clone(),
            name: file.safe_name(),
            media_type: file.content_type.clone(),
            detected_type: file.media_type.clone(),
            sha256: file.sha256.clone(),
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            description: file.description.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::identity::tests::header;

    #[test]
    fn what_the_office_says_comes_back_from_the_message() {
        let mut said = header("Về chuyển đổi số");
        said.operation = Operation::Update;
        said.reason = Some("Đính chính".into());
        said.targets = vec![OperationTarget { document_id: "cũ".into(), agencies: vec![] }];
        said.content_changed = true;
        said.urgency = Urgency::Express;
        said.pages = Some(3);
        said.paper = true;
        said.type_number = Some(2);
        said.responds_to = vec![DocumentReference {
            agency: AgencyCode::parse("H57").expect("a code"),
            code: "7/TTr-UBND".into(),
            issued_on: Some(Date::constant(2026, 11, 1)),
            document_id: None,
        }];
        let read = read_header(&to_package(&said, &[], &[])).expect("readable");
        assert_eq!(read, said);
    }

    #[test]
    fn an_old_code_is_read_as_the_new_one_and_none_is_named() {
        let mut package = to_package(&header("x"), &[], &[]);
        package.header.from.organ_id = "000.00.00.G09".into();
        assert_eq!(read_header(&package).expect("readable").from.code.canonical(), "G09");
        package.header.to[0].organ_id = "null".into();
        assert_eq!(read_header(&package).expect_err("no code").field, "MessageHeader/To[1]/OrganId");
    }
}
