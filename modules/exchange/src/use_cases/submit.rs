//! The office hands a document over: one package, one delivery row per recipient, in the office's own transaction.

use super::deliver;
use crate::context::SubmitContext;
use crate::edxml::{self, Message};
use crate::entries;
use crate::model::{
    Operation, Origin, OutgoingAttachment, OutgoingPackage, PackageAttachment, PackageHeader, PackageId, PackageRecord,
    Party, Secrecy,
};
use crate::refusals;
use crate::rules::{identity, secrecy, timeliness};
use crate::store::{attachments, packages};
use crate::{routing, wire};
use base::agency_code::AgencyCode;
use base::calendar::WorkingCalendar;
use base::{Lang, Refusal, Text};
use platform::blobs::{self, Owner};
use platform::ledger::{self, Actor, NewEntry};
use platform::{Error, Platform, Result, Tx, directory};

/// The level at which a document may not travel: stated by the office, or claimed by its own words.
fn secrecy_of(secrecy: Secrecy, header: &PackageHeader) -> Secrecy {
    let scope = header.circulation.as_deref().map_or(Secrecy::Open, secrecy::level_of_scope);
    [secrecy, scope, secrecy::level_of_subject(&header.subject)]
        .into_iter()
        .find(|level| *level != Secrecy::Open)
        .unwrap_or(Secrecy::Open)
}

fn secret_refusal(level: Secrecy) -> Refusal {
    Refusal::new(&refusals::SECRET_DOCUMENT).with("level", level.label().get(Lang::Vi)).field(
        "secrecy",
        Text::fixed("Chỉ văn bản không mật được gửi qua hệ thống.", "Only documents that are not secret may be sent."),
    )
}

/// Refuses a secret document and puts the attempt on the ledger; to be called *before* the transaction that submits,
/// since a refusal inside it would undo the record of the attempt as well.
pub async fn refuse_secret(platform: &Platform, actor: Actor, secrecy: Secrecy, header: &PackageHeader) -> Result<()> {
    let level = secrecy_of(secrecy, header);
    if level == Secrecy::Open {
        return Ok(());
    }
    let ctx = SubmitContext::new(platform, actor);
    let entry = ctx.entry();
    let from = header.from.code.clone();
    platform
        .db()
        .write(move |tx| {
            ledger::append(
                tx,
                ctx.now,
                NewEntry {
                    id: entry,
                    kind: &entries::SECRET_BLOCKED,
                    // Nothing is stored of what may not be here: the record of this subject is the entry itself.
                    subject: (&entries::PACKAGE, entry.to_string()),
                    version: 1,
                    agency: from.clone(),
                    actor: ctx.actor.clone(),
                    occurred_at: ctx.now,
                    codes: ledger::Codes::new().with("from", &from).with("level", level.code()),
                    details: serde_json::json!({}),
                },
            )
        })
        .await?;
    Err(secret_refusal(level).into())
}

/// Hands a document over to the exchange inside the caller's transaction and returns its package.
///
/// Refused: secret documents, mandatory data missing, recipients unknown, closed (the successor is proposed) or named
/// twice. The same document with the same content again returns the same package; with other content it is refused.
pub fn submit(tx: &Tx<'_>, ctx: &SubmitContext<'_>, outgoing: OutgoingPackage) -> Result<PackageId> {
    let OutgoingPackage { mut header, attachments: files, secrecy, signatures, signed_at, verification } = outgoing;
    let level = secrecy_of(secrecy, &header);
    if level != Secrecy::Open {
        return Err(secret_refusal(level).into());
    }
    check_header(&header)?;
    let today = ctx.now.local_date();
    let sender = directory::agency_latest(tx, &header.from.code)?.ok_or_else(|| {
        Refusal::new(&refusals::SENDER_UNKNOWN).with("code", &header.from.code).field(
            "MessageHeader/From/OrganId",
            Text::fixed("Mã có trong danh mục cơ quan.", "A code of the directory."),
        )
    })?;
    let recipients = routing::recipients(tx, &header.to, today)?;
    header.from = party(&sender, &header.from);
    header.to = recipients.iter().zip(&header.to).map(|(agency, named)| party(agency, named)).collect();

    let id: PackageId = ctx.id();
    let files = package_files(files);
    let message = Message::Document(Box::new(wire::to_package(&header, &files, &signatures)));
    let manifest_digest = edxml::manifest_sha256(&message);
    let identity = identity::of_package(&header.from.code, &header.document_id, header.operation, &manifest_digest);
    let record = PackageRecord {
        id,
        origin: Origin::Local,
        manifest_digest,
        sha256: None,
        size: files.iter().map(|f| f.size).sum(),
        signed: verification.signed,
        sender_closed: !sender.is_open(today),
        verification: verification.to_json(),
        signatures,
        accepted_at: ctx.now,
        version: 1,
        header,
    };
    let new = packages::NewPackage { record, identity, origin_ref: None };
    if let Some(existing) = store_package(tx, &new, &files)? {
        return Ok(existing);
    }
    let package = new.record;
    let mut codes = entries::package_codes(&package)
        .with("recipients", i64::try_from(recipients.len()).unwrap_or(i64::MAX))
        .with("size", package.size);
    if let Some(signed_at) = signed_at {
        let in_time = timeliness::sent_in_time(signed_at, ctx.now, &WorkingCalendar::default());
        codes = codes.with("in_time", in_time);
    }
    append_accepted(tx, ctx, &package, codes)?;
    deliver::begin_all(tx, ctx, &package, &recipients, &files)?;
    Ok(id)
}

/// The files as the package names them.
pub(super) fn package_files(files: Vec<OutgoingAttachment>) -> Vec<PackageAttachment> {
    files
        .into_iter()
        .zip(0_i64..)
        .map(|(file, position)| PackageAttachment {
            position,
            // Unique in the package and the same on every run: the place and the content.
            content_id: format!("{position}-{}", &file.sha256.get(..16).unwrap_or(&file.sha256)),
            name: file.name,
            detected_type: file.media_type.clone(),
            media_type: file.media_type,
            sha256: file.sha256,
            size: file.size,
            description: file.description,
        })
        .collect()
}

/// Writes package, files and references; an equal package that is there already is returned, another content refused.
pub(crate) fn store_package(
    tx: &Tx<'_>,
    new: &packages::NewPackage,
    files: &[PackageAttachment],
) -> Result<Option<PackageId>> {
    let record = &new.record;
    if !packages::package_insert(tx, new)? {
        let existing =
            packages::package_by_identity(tx, &new.identity)?.ok_or_else(|| Error::Conflict("package".into()))?;
        if existing.manifest_digest == record.manifest_digest {
            return Ok(Some(existing.id));
        }
        return Err(Refusal::new(&refusals::PACKAGE_CONFLICT)
            .with("document", &record.header.document_id)
            .with("from", &record.header.from.code)
            .field(
                "MessageHeader/DocumentId",
                Text::new(
                    format!("Đã nhận với nội dung khác (gói {}).", existing.id),
                    format!("Already received with other content (package {}).", existing.id),
                ),
            )
            .into());
    }
    let owner_id = record.id.to_string();
    for file in files {
        attachments::attachment_insert(tx, record.id, file)?;
        let hash = file.sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
        let owner = Owner { agency: &record.header.from.code, kind: entries::PACKAGE.name, id: &owner_id };
        blobs::attach_existing(tx, record.accepted_at, hash, owner)?;
    }
    Ok(None)
}

/// Appends the entry of a package that was taken.
pub(crate) fn append_accepted(
    tx: &Tx<'_>,
    ctx: &SubmitContext<'_>,
    package: &PackageRecord,
    codes: ledger::Codes,
) -> Result<()> {
    ledger::append(
        tx,
        ctx.now,
        NewEntry {
            id: ctx.entry(),
            kind: &entries::PACKAGE_ACCEPTED,
            subject: (&entries::PACKAGE, package.id.to_string()),
            version: 1,
            agency: package.header.from.code.clone(),
            actor: ctx.actor.clone(),
            occurred_at: ctx.now,
            codes,
            details: serde_json::json!({
                "document_id": package.header.document_id,
                "code": package.header.code(),
                "subject": package.header.subject,
            }),
        },
    )
}

fn party(agency: &directory::Agency, named: &Party) -> Party {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Party {
        code: agency.code.clone(),
        name: agency.name.get(Lang::Vi).to_owned(),
        in_charge: named.in_charge.clone(),
        address: named.address.clone().or_else(|| given(&agency.contact.address)),
        email: named.email.clone().or_else(|| given(&agency.contact.email)),
        telephone: named.telephone.clone().or_else(|| given(&agency.contact.phone)),
        fax: named.fax.clone(),
        website: named.website.clone().or_else(|| given(&agency.contact.website)),
    }
}

/// The mandatory data of QĐ 28/2018/QĐ-TTg, Điều 10 khoản 2.
fn check_header(header: &PackageHeader) -> Result<(), Refusal> {
    let mut missing: Vec<(&str, Text)> = Vec::new();
    let mut need = |value: &str, field: &'static str, vi: &'static str, en: &'static str| {
        if value.trim().is_empty() {
            missing.push((field, Text::fixed(vi, en)));
        }
    };
    need(&header.document_id, "MessageHeader/DocumentId", "Mã định danh văn bản.", "The document id.");
    need(&header.number, "MessageHeader/Code/CodeNumber", "Số văn bản.", "The number.");
    need(&header.type_name, "MessageHeader/DocumentType/TypeName", "Tên loại văn bản.", "The document type.");
    need(&header.subject, "MessageHeader/Subject", "Trích yếu nội dung.", "The abstract.");
    need(&header.signer_name, "MessageHeader/SignerInfo/FullName", "Người ký.", "The signer.");
    if header.issued_on.is_none() {
        missing
            .push(("MessageHeader/PromulgationInfo/PromulgationDate", Text::fixed("Ngày ban hành.", "Date of issue.")));
    }
    if !missing.is_empty() {
        let mut refusal = Refusal::new(&refusals::DOCUMENT_FIELD_MISSING);
        for (field, text) in missing {
            refusal = refusal.field(field, text);
        }
        return Err(refusal);
    }
    let changes = matches!(header.operation, Operation::Recall | Operation::Update | Operation::Replace);
    if changes && header.reason.as_deref().unwrap_or_default().trim().is_empty() {
        return Err(Refusal::new(&refusals::OPERATION_REASON_MISSING)
            .field("TraceHeaderList/Bussiness/BussinessDocReason", Text::fixed("Nêu lý do.", "Give the reason.")));
    }
    Ok(())
}

/// The agency's name in the directory, for screens; the code when it is not there.
pub fn agency_name(tx: &Tx<'_>, code: &AgencyCode) -> Result<String> {
    Ok(directory::agency_latest(tx, code)?
        .map_or_else(|| code.canonical().to_owned(), |agency| agency.name.get(Lang::Vi).to_owned()))
}
