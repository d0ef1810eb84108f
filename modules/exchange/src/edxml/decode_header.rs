//! From the tree to the model: the message header of a document and of a status message.

use super::group::{FREE, Group, Warnings, between, upto, warn};
use super::model::{
    DocumentCode, DocumentType, MessageHeader, Organization, OtherInfo, Promulgation, ResponseFor, SignerInfo,
    StaffInfo, StatusMessage,
};
use super::order;
use super::raw::Raw;
use super::refusals;
use super::reject::reject;
use base::{AgencyCode, AgencyCodeKind, Refusal};

/// Identifier codes: 35 characters by QĐ 20/2020, up to 50 in the most generous model (spec §1.3a).
pub(super) const ORGAN_ID: super::group::Length = between(35, 50);
/// Document ids (spec §1.3a, 1.14).
pub(super) const DOCUMENT_ID: super::group::Length = upto(200);

/// `MessageHeader` of a document package.
pub(super) fn document_header(raw: Raw, w: &mut Warnings) -> Result<MessageHeader, Refusal> {
    let mut g = Group::open(raw, "MessageHeader", &order::MESSAGE, w)?;
    let from = g.needed("From")?;
    let from = organization(from, "MessageHeader/From".to_owned(), g.warnings)?;
    let had_to = g.has("To");
    let to = g.all("To");
    if to.is_empty() {
        return Err(g.missing("To", had_to));
    }
    let many = to.len() > 1;
    let path = |i: usize| if many { format!("MessageHeader/To[{}]", i + 1) } else { "MessageHeader/To".to_owned() };
    let mut receivers: Vec<Organization> = Vec::with_capacity(to.len());
    for (i, raw) in to.into_iter().enumerate() {
        receivers.push(organization(raw, path(i), g.warnings)?);
    }
    let document_id = g.needed_text("DocumentId", DOCUMENT_ID)?;
    let code = code(g.needed("Code")?, g.warnings)?;
    let promulgation = promulgation(g.needed("PromulgationInfo")?, g.warnings)?;
    let document_type = document_type(g.needed("DocumentType")?, g.warnings)?;
    let subject = g.needed_text("Subject", upto(500))?;
    let content = g.text("Content", FREE)?;
    let signer = signer(g.needed("SignerInfo")?, g.warnings)?;
    let due_date = g.date("DueDate")?;
    let other = match g.one("OtherInfo")? {
        Some(raw) => Some(other_info(raw, g.warnings)?),
        None => None,
    };
    let mut answered = Vec::new();
    for raw in g.all("ResponseFor") {
        answered.push(response_for(raw, "MessageHeader/ResponseFor", g.warnings)?);
    }
    let steering_type = g.number("SteeringType")?;
    if steering_type.is_some_and(|n| n > 3) {
        let field = g.field("SteeringType");
        warn(
            g.warnings,
            "steering-type",
            &field,
            "Giá trị ngoài 0–3, giữ nguyên.",
            "A value beyond 0–3, kept as it is.",
        );
    }
    let to_places = g.list("ToPlaces", &order::TO_PLACES, upto(1000))?;
    let task_codes = g.list("ResponseForTask", &order::TASKS, upto(200))?;
    let application_type = g.text("ApplicationType", upto(200))?;
    Ok(MessageHeader {
        from,
        to: receivers,
        document_id,
        code,
        promulgation,
        document_type,
        subject,
        content,
        signer,
        due_date,
        other,
        response_for: answered,
        steering_type,
        to_places,
        task_codes,
        application_type,
        extras: g.close(),
    })
}

/// The header block of a status message.
pub(super) fn status_header(raw: Raw, w: &mut Warnings) -> Result<StatusMessage, Refusal> {
    let mut g = Group::open(raw, "MessageHeader", &order::STATUS, w)?;
    let from = g.needed("From")?;
    let from = organization(from, "MessageHeader/From".to_owned(), g.warnings)?;
    let answered = g.needed("ResponseFor")?;
    let answered = response_for(answered, "MessageHeader/ResponseFor", g.warnings)?;
    if answered.document_id.is_none() {
        let field = "MessageHeader/ResponseFor/DocumentId";
        warn(g.warnings, "document-id-missing", field, "Không có DocumentId.", "There is no DocumentId.");
    }
    let staff = match g.one("StaffInfo")? {
        Some(raw) => Some(staff_info(raw, "MessageHeader/StaffInfo", g.warnings)?),
        None => None,
    };
    let status_code = g.needed_text("StatusCode", upto(10))?;
    if status_code.len() != 2 || !status_code.bytes().all(|b| b.is_ascii_digit()) {
        let field = g.field("StatusCode");
        warn(
            g.warnings,
            "status-code",
            &field,
            "Mã trạng thái không gồm hai chữ số.",
            "The status code is not two digits.",
        );
    }
    let description = g.text("Description", between(1000, 4000))?;
    if description.is_none() && matches!(status_code.as_str(), "02" | "16") {
        let field = g.field("Description");
        warn(g.warnings, "reason-missing", &field, "Từ chối mà không nêu lý do.", "A refusal without a reason.");
    }
    let had_time = g.has("Timestamp");
    let timestamp = g.moment("Timestamp")?.ok_or_else(|| g.missing("Timestamp", had_time))?;
    let mut status = StatusMessage::new(from, answered, &status_code, timestamp);
    status.staff = staff;
    status.description = description;
    status.extras = g.close();
    Ok(status)
}

fn organization(raw: Raw, path: String, w: &mut Warnings) -> Result<Organization, Refusal> {
    let mut g = Group::open(raw, path, &order::ORGANIZATION, w)?;
    let organ_id = g.needed_text("OrganId", ORGAN_ID)?;
    let is_regular = AgencyCode::parse(&organ_id).is_ok_and(|code| code.kind() != AgencyCodeKind::Irregular);
    if !is_regular {
        let field = g.field("OrganId");
        let vi = format!("Mã “{organ_id}” không theo dạng quy định.");
        warn(g.warnings, "organ-id-form", &field, vi, format!("The code “{organ_id}” does not have a regular form."));
    }
    Ok(Organization {
        organ_id,
        in_charge: g.text("OrganizationInCharge", upto(200))?,
        name: g.needed_text("OrganName", upto(200))?,
        address: g.text("OrganAdd", upto(250))?,
        email: g.text("Email", upto(100))?,
        telephone: g.text("Telephone", upto(50))?,
        fax: g.text("Fax", upto(50))?,
        website: g.text("Website", upto(100))?,
        extras: g.close(),
    })
}

fn code(raw: Raw, w: &mut Warnings) -> Result<DocumentCode, Refusal> {
    let mut g = Group::open(raw, "MessageHeader/Code", &order::CODE, w)?;
    Ok(DocumentCode {
        number: g.needed_text("CodeNumber", between(11, 50))?,
        notation: g.needed_text("CodeNotation", between(30, 50))?,
        extras: g.close(),
    })
}

fn promulgation(raw: Raw, w: &mut Warnings) -> Result<Promulgation, Refusal> {
    let mut g = Group::open(raw, "MessageHeader/PromulgationInfo", &order::PROMULGATION, w)?;
    Ok(Promulgation {
        place: g.needed_text("Place", upto(50))?,
        date: g.needed_date("PromulgationDate")?,
        extras: g.close(),
    })
}

fn document_type(raw: Raw, w: &mut Warnings) -> Result<DocumentType, Refusal> {
    let mut g = Group::open(raw, "MessageHeader/DocumentType", &order::DOCUMENT_TYPE, w)?;
    Ok(DocumentType {
        class: g.needed_number("Type")?,
        detail: g.number("TypeDetail")?,
        name: g.needed_text("TypeName", upto(100))?,
        extras: g.close(),
    })
}

fn signer(raw: Raw, w: &mut Warnings) -> Result<SignerInfo, Refusal> {
    let mut g = Group::open(raw, "MessageHeader/SignerInfo", &order::SIGNER, w)?;
    Ok(SignerInfo {
        competence: g.text("Competence", upto(100))?,
        position: g.text("Position", upto(100))?,
        full_name: g.needed_text("FullName", upto(50))?,
        extras: g.close(),
    })
}

fn other_info(raw: Raw, w: &mut Warnings) -> Result<OtherInfo, Refusal> {
    let mut g = Group::open(raw, "MessageHeader/OtherInfo", &order::OTHER, w)?;
    let priority = g.needed_number("Priority")?;
    if priority > 4 {
        let field = g.field("Priority");
        warn(g.warnings, "priority", &field, "Độ khẩn ngoài 0–4, giữ nguyên.", "An urgency beyond 0–4, kept as it is.");
    }
    Ok(OtherInfo {
        priority,
        sphere: g.text("SphereOfPromulgation", upto(100))?,
        typist_notation: g.text("TyperNotation", upto(10))?,
        promulgation_amount: g.number("PromulgationAmount")?,
        page_amount: g.number("PageAmount")?,
        appendixes: g.list("Appendixes", &order::APPENDIXES, upto(1000))?,
        direction: g.flag("Direction")?,
        extras: g.close(),
    })
}

fn response_for(raw: Raw, path: &str, w: &mut Warnings) -> Result<ResponseFor, Refusal> {
    let mut g = Group::open(raw, path, &order::RESPONSE_FOR, w)?;
    let found = ResponseFor {
        organ_id: g.text("OrganId", ORGAN_ID)?,
        code: g.text("Code", upto(101))?,
        promulgation_date: g.date("PromulgationDate")?,
        document_id: g.text("DocumentId", DOCUMENT_ID)?,
        ..ResponseFor::default()
    };
    let can_match = found.organ_id.is_some() && found.code.is_some() && found.promulgation_date.is_some();
    if found.document_id.is_none() && !can_match {
        let (vi, en) = (
            "DocumentId, hoặc đủ OrganId, Code và PromulgationDate",
            "DocumentId, or all of OrganId, Code and PromulgationDate",
        );
        return Err(reject(&refusals::MISSING, g.at, &g.path, vi, en));
    }
    if !can_match {
        let path = g.path.clone();
        warn(
            g.warnings,
            "response-for",
            &path,
            "Thiếu một phần số ký hiệu, ngày.",
            "A part of code and date is missing.",
        );
    }
    Ok(ResponseFor { extras: g.close(), ..found })
}

/// `StaffInfo`, in the business block and in status messages.
pub(super) fn staff_info(raw: Raw, path: &str, w: &mut Warnings) -> Result<StaffInfo, Refusal> {
    let mut g = Group::open(raw, path, &order::STAFF, w)?;
    Ok(StaffInfo {
        department: g.text("Department", upto(300))?,
        department_id: g.text("DepartmentId", upto(300))?,
        staff: g.text("Staff", upto(300))?,
        staff_id: g.text("StaffId", upto(300))?,
        email: g.text("Email", upto(100))?,
        mobile: g.text("Mobile", upto(50))?,
        extras: g.close(),
    })
}
