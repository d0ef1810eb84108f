//! Accepting a package from outside: read, check who sends it, verify, sign a receipt, and in one transaction store it,
//! deliver it and tell the ledger. What is refused gets a signed receipt too, and nothing else of it is kept.

use super::receipt::{self, Facts};
use super::record_status::{self, Received};
use super::take_in::{NotTaken, Taken, take_in};
use super::verify::{self, Report, Verdict};
use super::{deliver, submit};
use crate::context::SubmitContext;
use crate::edxml::{self, Message};
use crate::entries;
use crate::model::{Operation, Origin, PackageAttachment, PackageHeader, PackageId, PackageRecord, ReceiptId, Secrecy};
use crate::refusals;
use crate::routing;
use crate::rules::identity;
use crate::rules::status::StatusCode;
use crate::rules::timeliness;
use crate::store::packages::{self, NewPackage};
use crate::store::receipts::{self, NewReceipt, Outcome};
use crate::store::statuses::{self, NewStatus};
use crate::wire::{self, BadCode};
use base::agency_code::AgencyCode;
use base::calendar::WorkingCalendar;
use base::time::DateTime;
use base::{Lang, Refusal, Text, Timestamp};
use bytes::Bytes;
use futures_util::Stream;
use platform::access::{self, Permission, Principal, PrincipalKind};
use platform::blobs::{self, Owner, StagedBlob};
use platform::directory::{self, Agency};
use platform::ledger::{self, Codes, NewEntry};
use platform::{Error, Platform, Result, Tx};
use serde_json::Value as Json;

/// What the caller gets: the receipt, whether new or the one given before.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The signed receipt.
    pub receipt: Json,
    /// The same package had been taken before.
    pub repeated: bool,
}

/// Why a package was not taken, with the signed receipt of the refusal when the body had arrived whole.
#[derive(Debug)]
pub struct Rejected {
    /// Why.
    pub error: Error,
    /// The signed receipt.
    pub receipt: Option<Json>,
}

impl From<Error> for Rejected {
    fn from(error: Error) -> Self {
        Self { error, receipt: None }
    }
}

/// A refusal on its way to its receipt, with what could be read of the package.
struct No {
    error: Error,
    facts: Facts,
    quarantine: Option<(StagedBlob, Secrecy)>,
}

/// Takes a package of at most `limit` bytes from `principal`, an outside system or another server.
pub async fn accept<E>(
    platform: &Platform,
    principal: &Principal,
    body: impl Stream<Item = Result<Bytes, E>>,
    limit: u64,
) -> Result<Accepted, Rejected> {
    let now = platform.now();
    let taken = match take_in(platform, body, limit).await {
        Ok(taken) => taken,
        Err(NotTaken::Broken(error)) => return Err(error.into()),
        Err(NotTaken::Wrong(refusal, sha256)) => {
            let facts = Facts { sha256, ..Facts::default() };
            return Err(reject(
                platform,
                principal,
                No { error: Error::Refused(refusal), facts, quarantine: None },
                now,
            )
            .await);
        }
    };
    let answer = match &taken.message {
        Message::Document(package) => document(platform, principal, &taken, package, now).await,
        Message::Status(status) => status_message(platform, principal, &taken, status, now).await,
    };
    match answer {
        Ok(accepted) => Ok(accepted),
        Err(no) => Err(reject(platform, principal, no, now).await),
    }
}

/// How the caller is told apart in the store.
fn origin(principal: &Principal) -> (Origin, Option<String>) {
    match &principal.kind {
        PrincipalKind::Peer { peer, .. } => (Origin::Peer, Some(peer.clone())),
        PrincipalKind::System { system, .. } => (Origin::System, Some(system.to_string())),
        _ => (Origin::System, None),
    }
}

fn not_the_caller(principal: &Principal, from: &AgencyCode) -> Result<(), Refusal> {
    access::require(principal, Permission::ExchangeSend, from).map_err(|_| {
        Refusal::new(&refusals::SENDER_NOT_CALLER).with("from", from).field(
            "MessageHeader/From/OrganId",
            Text::new(
                format!("Một trong các mã mà hệ thống được đăng ký; nhận được {from}."),
                format!("One of the codes the caller is registered for; found {from}."),
            ),
        )
    })
}

fn bad_code(bad: &BadCode) -> Refusal {
    let code = if bad.field.contains("/To") { &refusals::RECIPIENT_UNKNOWN } else { &refusals::SENDER_UNKNOWN };
    Refusal::new(code).with("code", &bad.found).field(
        &bad.field,
        Text::new(format!("Mã định danh hợp lệ ({}).", bad.error), format!("A valid code ({}).", bad.error)),
    )
}

/// What is looked up before the receipt is signed.
struct Known {
    sender_closed: bool,
    recipients: Vec<Agency>,
    existing: Option<(PackageId, String)>,
    same_code: i64,
    checkpoint: Option<String>,
}

async fn document(
    platform: &Platform,
    principal: &Principal,
    taken: &Taken,
    package: &edxml::Package,
    now: Timestamp,
) -> Result<Accepted, No> {
    let mut facts = Facts {
        document_id: Some(package.header.document_id.clone()),
        sha256: taken.raw.sha256.to_string(),
        ..Facts::default()
    };
    let no = |error: Error, facts: &Facts| No { error, facts: facts.clone(), quarantine: None };
    let header = wire::read_header(package).map_err(|bad| no(bad_code(&bad).into(), &facts))?;
    facts.from = Some(header.from.code.clone());
    facts.operation = Some(header.operation);
    not_the_caller(principal, &header.from.code).map_err(|r| no(r.into(), &facts))?;
    let level = verify::claimed_secrecy(package);
    if level != Secrecy::Open {
        let refusal = Refusal::new(&refusals::SECRET_DOCUMENT).with("level", level.label().get(Lang::Vi)).field(
            "MessageHeader",
            Text::fixed("Văn bản không mang dấu hiệu bí mật nhà nước.", "A document without marks of a state secret."),
        );
        let quarantine = Some((taken.raw.clone(), level));
        return Err(No { error: refusal.into(), facts, quarantine });
    }
    if matches!(header.operation, Operation::Recall | Operation::Update | Operation::Replace)
        && header.reason.as_deref().unwrap_or_default().trim().is_empty()
    {
        let refusal = Refusal::new(&refusals::OPERATION_REASON_MISSING)
            .field("TraceHeaderList/Bussiness/BussinessDocReason", Text::fixed("Nêu lý do.", "Give the reason."));
        return Err(no(refusal.into(), &facts));
    }

    let files = wire::read_files(&package.attachments);
    let manifest_digest = edxml::manifest_sha256(&taken.message);
    let identity = identity::of_package(&header.from.code, &header.document_id, header.operation, &manifest_digest);
    let known = look_up(platform, principal, &header, &identity, now).await.map_err(|e| no(e, &facts))?;
    facts.to = known.recipients.iter().map(|a| a.code.clone()).collect();
    if let Some((id, digest)) = &known.existing {
        if *digest != manifest_digest {
            return Err(no(conflict(&header, *id).into(), &facts));
        }
        let receipt = receipt_of(platform, *id).await.map_err(|e| no(e, &facts))?;
        return Ok(Accepted { receipt, repeated: true });
    }

    let mut report = verify::verify(platform, package, &header, &files).await.map_err(|e| no(e, &facts))?;
    add_directory_checks(&mut report, &header, &known);
    let id: PackageId = platform.new_id();
    facts.package = Some(id);
    facts.verification = Some(report.to_json());
    facts.checkpoint.clone_from(&known.checkpoint);
    let receipt_id: ReceiptId = platform.new_id();
    let body = receipt::accepted(platform, receipt_id, &facts, now).map_err(|e| no(e, &facts))?;

    let (origin, origin_ref) = origin(principal);
    let record = PackageRecord {
        id,
        origin,
        manifest_digest,
        sha256: Some(facts.sha256.clone()),
        size: i64::try_from(taken.raw.size).unwrap_or(i64::MAX),
        signed: report.signed,
        sender_closed: known.sender_closed,
        verification: report.to_json(),
        signatures: package.signatures.iter().filter_map(|s| serde_json::to_value(s).ok()).collect(),
        accepted_at: now,
        version: 1,
        header,
    };
    let stored = Storing {
        ctx: SubmitContext::new(platform, principal.actor.clone()),
        new: NewPackage { record, identity, origin_ref },
        files,
        raw: taken.raw.clone(),
        staged: taken.files.clone(),
        recipients: known.recipients,
        receipt: NewReceipt {
            id: receipt_id,
            outcome: Outcome::Accepted,
            package: Some(id),
            status: None,
            refusal: None,
            caller: principal.actor.to_string(),
            body,
        },
    };
    platform.db().write(move |tx| stored.store(tx)).await.map_err(|e| no(e, &facts))
}

fn conflict(header: &PackageHeader, existing: PackageId) -> Refusal {
    Refusal::new(&refusals::PACKAGE_CONFLICT)
        .with("document", &header.document_id)
        .with("from", &header.from.code)
        .field(
            "MessageHeader/DocumentId",
            Text::new(
                format!("Đã nhận với nội dung khác (gói {existing})."),
                format!("Already received with other content (package {existing})."),
            ),
        )
}

async fn look_up(
    platform: &Platform,
    principal: &Principal,
    header: &PackageHeader,
    identity: &str,
    now: Timestamp,
) -> Result<Known> {
    let (header, identity) = (header.clone(), identity.to_owned());
    let from_peer = matches!(principal.kind, PrincipalKind::Peer { .. });
    let today = now.local_date();
    platform
        .db()
        .read(move |tx| {
            let sender = directory::agency_by_any_code(tx, header.from.code.canonical())?;
            // A peer vouches for its own agencies; our directory may not know them all yet.
            if sender.is_none() && !from_peer {
                return Err(Refusal::new(&refusals::SENDER_UNKNOWN)
                    .with("code", &header.from.code)
                    .field(
                        "MessageHeader/From/OrganId",
                        Text::fixed("Mã có trong danh mục.", "A code of the directory."),
                    )
                    .into());
            }
            let recipients = if from_peer {
                recipients_here(tx, &header, today)?
            } else {
                routing::recipients(tx, &header.to, today)?
            };
            let existing = packages::package_by_identity(tx, &identity)?.map(|p| (p.id, p.manifest_digest));
            let same_code = packages::package_same_code_count(
                tx,
                &header.from.code,
                &header.code(),
                header.issued_on,
                &header.document_id,
            )?;
            Ok(Known {
                sender_closed: sender.is_some_and(|a| !a.is_open(today)),
                recipients,
                existing,
                same_code,
                checkpoint: ledger_checkpoint(tx)?,
            })
        })
        .await
}

/// A peer sends one package for several servers; this one answers for the recipients that it serves.
fn recipients_here(tx: &Tx<'_>, header: &PackageHeader, today: base::Date) -> Result<Vec<Agency>> {
    let mut here = Vec::new();
    for (index, party) in header.to.iter().enumerate() {
        let served = directory::agency_by_any_code(tx, party.code.canonical())?.is_some_and(|a| a.hosted);
        if served {
            let field = format!("MessageHeader/To[{}]/OrganId", index + 1);
            let agency = routing::recipient(tx, &party.code, today, &field)?;
            if !here.iter().any(|known: &Agency| known.code == agency.code) {
                here.push(agency);
            }
        }
    }
    if here.is_empty() {
        return Err(Refusal::new(&refusals::RECIPIENT_MISSING)
            .field("MessageHeader/To", Text::fixed("Một cơ quan thuộc máy chủ này.", "An agency of this server."))
            .into());
    }
    Ok(here)
}

/// The latest signed checkpoint of this server's ledger.
fn ledger_checkpoint(tx: &Tx<'_>) -> Result<Option<String>> {
    Ok(ledger::latest_checkpoint(tx)?.map(|checkpoint| checkpoint.note))
}

fn add_directory_checks(report: &mut Report, header: &PackageHeader, known: &Known) {
    if known.sender_closed {
        let text = Text::fixed(
            "Mã của cơ quan gửi đã đóng; vẫn tiếp nhận và đánh dấu.",
            "The sender's code is closed; taken all the same, and marked.",
        );
        report.add("directory", header.from.code.canonical(), Verdict::Warning, &text);
    } else {
        let text = Text::fixed("Nơi gửi và nơi nhận có trong danh mục.", "Sender and recipients are in the directory.");
        report.add("directory", header.from.code.canonical(), Verdict::Ok, &text);
    }
    if known.same_code > 0 {
        let text = Text::new(
            format!("Cơ quan này đã gửi văn bản khác cùng số, ký hiệu và ngày ({}).", header.code()),
            format!(
                "The agency already sent another document of the same number, notation and date ({}).",
                header.code()
            ),
        );
        report.add("duplicate", header.code(), Verdict::Warning, &text);
    } else {
        let text = Text::fixed("Không trùng văn bản đã nhận.", "Not a duplicate of what was received.");
        report.add("duplicate", header.code(), Verdict::Ok, &text);
    }
}

async fn receipt_of(platform: &Platform, package: PackageId) -> Result<Json> {
    platform.db().read(move |tx| receipts::receipt_of_package(tx, package)).await?.ok_or(Error::NotFound("receipt"))
}

/// Everything the storing transaction needs, made before it.
struct Storing {
    ctx: SubmitContext<'static>,
    new: NewPackage,
    files: Vec<PackageAttachment>,
    raw: StagedBlob,
    staged: Vec<StagedBlob>,
    recipients: Vec<Agency>,
    receipt: NewReceipt,
}

impl Storing {
    fn store(&self, tx: &Tx<'_>) -> Result<Accepted> {
        let (ctx, record) = (&self.ctx, &self.new.record);
        let owner_id = record.id.to_string();
        let owner = Owner { agency: &record.header.from.code, kind: entries::PACKAGE.name, id: &owner_id };
        // The bytes are named before the rows that refer to them.
        for staged in std::iter::once(&self.raw).chain(&self.staged) {
            blobs::attach(tx, ctx.now, staged, owner)?;
        }
        if let Some(existing) = submit::store_package(tx, &self.new, &self.files)? {
            // Somebody brought the same package in the same moment: one of the two counts, both get its receipt.
            blobs::detach_all(tx, owner)?;
            let receipt = receipts::receipt_of_package(tx, existing)?.ok_or(Error::NotFound("receipt"))?;
            return Ok(Accepted { receipt, repeated: true });
        }
        receipts::receipt_insert(tx, &self.receipt, ctx.now)?;
        let mut codes = entries::package_codes(record)
            .with("recipients", i64::try_from(self.recipients.len()).unwrap_or(i64::MAX))
            .with("size", record.size)
            .with("sender_closed", record.sender_closed)
            .with("receipt", self.receipt.id);
        if record.origin == Origin::System
            && let Some(issued_on) = record.header.issued_on
        {
            // The wire has no moment of signing; the day of issue is the nearest that it states.
            let signed_at = Timestamp::from_local(DateTime::from(issued_on));
            codes = codes.with("in_time", timeliness::sent_in_time(signed_at, ctx.now, &WorkingCalendar::default()));
        }
        submit::append_accepted(tx, ctx, record, codes)?;
        deliver::begin_all(tx, ctx, record, &self.recipients, &self.files)?;
        Ok(Accepted { receipt: self.receipt.body.clone(), repeated: false })
    }
}

async fn status_message(
    platform: &Platform,
    principal: &Principal,
    taken: &Taken,
    message: &edxml::StatusMessage,
    now: Timestamp,
) -> Result<Accepted, No> {
    let mut facts = Facts {
        document_id: message.response_for.document_id.clone(),
        operation: Some(Operation::Status),
        sha256: taken.raw.sha256.to_string(),
        ..Facts::default()
    };
    let no = |error: Error, facts: &Facts| No { error, facts: facts.clone(), quarantine: None };
    let from = AgencyCode::tolerate(&message.from.organ_id).map_err(|error| {
        let field = "MessageHeader/From/OrganId".to_owned();
        no(bad_code(&BadCode { field, found: message.from.organ_id.clone(), error }).into(), &facts)
    })?;
    facts.from = Some(from.clone());
    not_the_caller(principal, &from).map_err(|r| no(r.into(), &facts))?;
    let about = wire::read_reference(&message.response_for).map_err(|bad| no(bad_code(&bad).into(), &facts))?;
    facts.to = vec![about.agency.clone()];
    let code = StatusCode::new(&message.status_code).ok_or_else(|| {
        let refusal = Refusal::new(&refusals::STATUS_CODE_UNKNOWN)
            .with("code", &message.status_code)
            .field("MessageHeader/StatusCode", Text::fixed("Hai chữ số.", "Two digits."));
        no(refusal.into(), &facts)
    })?;
    let description = message.description.clone().unwrap_or_default();
    check_status(&code, &description, message.timestamp, now).map_err(|r| no(r.into(), &facts))?;
    let (origin, origin_ref) = origin(principal);
    let new = NewStatus {
        id: platform.new_id(),
        identity: identity::of_status(&from, &about, &code, message.timestamp),
        package: None,
        agency: from,
        code,
        at: message.timestamp,
        description,
        staff: message.staff.as_ref().map(wire::read_staff),
        about,
        origin,
        origin_ref,
    };
    let (probe, raw) = (new.identity.clone(), new.description.clone());
    let (known, checkpoint) = platform
        .db()
        .read(move |tx| {
            let known = statuses::status_by_identity(tx, &probe)?;
            let receipt = match &known {
                Some((id, _, _)) => receipts::receipt_of_status(tx, *id)?,
                None => None,
            };
            Ok((known.map(|(_, package, description)| (package, description, receipt)), ledger_checkpoint(tx)?))
        })
        .await
        .map_err(|e| no(e, &facts))?;
    if let Some((_, said, receipt)) = known {
        return match receipt {
            Some(receipt) if said == raw => Ok(Accepted { receipt, repeated: true }),
            _ => {
                let refusal = Refusal::new(&refusals::PACKAGE_CONFLICT)
                    .with("document", facts.document_id.clone().unwrap_or_default())
                    .with("from", &new.agency)
                    .field("MessageHeader/Description", Text::fixed("Khác với lần trước.", "Differs from before."));
                Err(no(refusal.into(), &facts))
            }
        };
    }
    facts.checkpoint = checkpoint;
    let receipt_id: ReceiptId = platform.new_id();
    let body = receipt::accepted(platform, receipt_id, &facts, now).map_err(|e| no(e, &facts))?;
    let ctx = SubmitContext::new(platform, principal.actor.clone());
    let caller = principal.actor.to_string();
    platform
        .db()
        .write(move |tx| {
            let id = new.id;
            let received = record_status::receive(tx, &ctx, new.clone())?;
            // A second message in the same moment finds the first one's row; its receipt is the receipt.
            let stored = statuses::status_by_identity(tx, &new.identity)?.ok_or(Error::NotFound("status"))?;
            if stored.0 != id
                && let Some(receipt) = receipts::receipt_of_status(tx, stored.0)?
            {
                return Ok(Accepted { receipt, repeated: true });
            }
            let package = match received {
                Received::Matched(package) => Some(package),
                Received::Unmatched => None,
            };
            debug_assert!(package.is_some() || stored.1.is_none());
            receipts::receipt_insert(
                tx,
                &NewReceipt {
                    id: receipt_id,
                    outcome: Outcome::Accepted,
                    package: None,
                    status: Some(stored.0),
                    refusal: None,
                    caller: caller.clone(),
                    body: body.clone(),
                },
                ctx.now,
            )?;
            Ok(Accepted { receipt: body.clone(), repeated: false })
        })
        .await
        .map_err(|e| no(e, &facts))
}

fn check_status(code: &StatusCode, description: &str, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    record_status::check_clock(at, now)?;
    if code.needs_reason() && description.trim().is_empty() {
        return Err(Refusal::new(&refusals::STATUS_REASON_MISSING).with("code", code).field(
            "MessageHeader/Description",
            Text::fixed("Nêu lý do, tối đa 1.000 ký tự.", "Give the reason, at most 1,000 characters."),
        ));
    }
    Ok(())
}

/// Signs and stores the receipt of a refusal; the same bytes refused for the same reason get the same receipt. Trouble
/// of our own (and what was never readable enough to be refused) gets none.
async fn reject(platform: &Platform, principal: &Principal, no: No, now: Timestamp) -> Rejected {
    let No { error, facts, quarantine } = no;
    let Error::Refused(refusal) = &error else { return error.into() };
    match store_refusal(platform, principal, refusal, facts, quarantine, now).await {
        Ok(receipt) => Rejected { error, receipt: Some(receipt) },
        Err(trouble) => trouble.into(),
    }
}

async fn store_refusal(
    platform: &Platform,
    principal: &Principal,
    refusal: &Refusal,
    mut facts: Facts,
    quarantine: Option<(StagedBlob, Secrecy)>,
    now: Timestamp,
) -> Result<Json> {
    let key = identity::digest(&serde_json::json!([principal.actor, facts.sha256, refusal.code.code]));
    let probe = key.clone();
    let (before, checkpoint) =
        platform.db().read(move |tx| Ok((receipts::receipt_of_refusal(tx, &probe)?, ledger_checkpoint(tx)?))).await?;
    if let Some(receipt) = before {
        return Ok(receipt);
    }
    facts.package = None;
    facts.checkpoint = checkpoint;
    let id: ReceiptId = platform.new_id();
    let body = receipt::refused(platform, id, &facts, refusal, now)?;
    let outcome = if quarantine.is_some() { Outcome::Quarantined } else { Outcome::Refused };
    let new = NewReceipt {
        id,
        outcome,
        package: None,
        status: None,
        refusal: Some(key.clone()),
        caller: principal.actor.to_string(),
        body: body.clone(),
    };
    let ctx = SubmitContext::new(platform, principal.actor.clone());
    // In whose books it stands: the sender's when he is the caller's own, otherwise the caller's.
    let agency = facts
        .from
        .clone()
        .filter(|from| access::allows(principal, Permission::ExchangeSend, from))
        .unwrap_or_else(|| principal.agency.clone());
    let code = refusal.code.code;
    platform
        .db()
        .write(move |tx| {
            if !receipts::receipt_insert(tx, &new, ctx.now)? {
                return receipts::receipt_of_refusal(tx, &key)?.ok_or(Error::NotFound("receipt"));
            }
            let mut codes = Codes::new()
                .with("from", &agency)
                .with("reason", code)
                .with_some("operation", facts.operation.map(Operation::as_str));
            let kind = if let Some((raw, level)) = &quarantine {
                codes = codes.with("level", level.code());
                let owner = Owner { agency: &agency, kind: entries::RECEIPT.name, id: &id.to_string() };
                blobs::attach(tx, ctx.now, raw, owner)?;
                blobs::quarantine(tx, raw.sha256, code)?;
                &entries::PACKAGE_QUARANTINED
            } else {
                &entries::PACKAGE_REFUSED
            };
            ledger::append(
                tx,
                ctx.now,
                NewEntry {
                    id: ctx.entry(),
                    kind,
                    subject: (&entries::RECEIPT, id.to_string()),
                    version: 1,
                    agency: agency.clone(),
                    actor: ctx.actor.clone(),
                    occurred_at: ctx.now,
                    codes,
                    details: serde_json::json!({ "document_id": facts.document_id }),
                },
            )?;
            Ok(body.clone())
        })
        .await
}
