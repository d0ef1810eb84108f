//! From the tree to the model: the trace list and the business block.

use super::decode_header::{DOCUMENT_ID, ORGAN_ID, staff_info};
use super::group::{Group, Warnings, upto, warn};
use super::model::{Business, DocumentChanges, Operation, ReceiverChange, Replacement, TraceHeader, TraceHeaderList};
use super::order;
use super::raw::Raw;
use super::refusals;
use base::Refusal;

/// `TraceHeaderList`.
pub(super) fn trace(raw: Raw, w: &mut Warnings) -> Result<TraceHeaderList, Refusal> {
    let mut g = Group::open(raw, "TraceHeaderList", &order::TRACE, w)?;
    let mut hops = Vec::new();
    for raw in g.all("TraceHeader") {
        let mut hop = Group::open(raw, "TraceHeaderList/TraceHeader", &order::HOP, g.warnings)?;
        let organ_id = hop.text("OrganId", ORGAN_ID)?;
        let timestamp = hop.moment("Timestamp")?;
        if timestamp.is_none() {
            let field = hop.field("Timestamp");
            warn(hop.warnings, "hop-time-missing", &field, "Chặng không ghi thời điểm.", "A hop without a time.");
        }
        hops.push(TraceHeader { organ_id, timestamp, extras: hop.close() });
    }
    let business = match g.one("Bussiness")? {
        Some(raw) => Some(business(raw, g.warnings)?),
        None => None,
    };
    let paper = g.flag("Paper")?;
    Ok(TraceHeaderList { hops, business, paper, extras: g.close() })
}

fn business(raw: Raw, w: &mut Warnings) -> Result<Business, Refusal> {
    let path = "TraceHeaderList/Bussiness";
    let mut g = Group::open(raw, path, &order::BUSINESS, w)?;
    let document_id = g.text("DocumentId", DOCUMENT_ID)?;
    let number = g.needed_number("BussinessDocType")?;
    let operation = Operation::from_number(number).ok_or_else(|| {
        g.refuse(&refusals::OPERATION, g.at, "BussinessDocType", "0, 1, 2 hoặc 3", "0, 1, 2 or 3").with("value", number)
    })?;
    let reason = g.text("BussinessDocReason", upto(1000))?;
    let paper = g.flag("Paper")?;
    let changes = match g.one("BussinessDocumentInfo")? {
        Some(raw) => Some(changes(raw, g.warnings)?),
        None => None,
    };
    let mut replacements = Vec::new();
    if let Some(raw) = g.one("ReplacementInfoList")? {
        let mut list = Group::open(raw, format!("{path}/ReplacementInfoList"), &order::REPLACEMENTS, g.warnings)?;
        for raw in list.all("ReplacementInfo") {
            let path = list.field("ReplacementInfo");
            let mut one = Group::open(raw, path, &order::REPLACEMENT, list.warnings)?;
            replacements.push(Replacement {
                document_id: one.needed_text("DocumentId", DOCUMENT_ID)?,
                organ_ids: one.list("OrganIdList", &order::ORGAN_IDS, ORGAN_ID)?,
                extras: one.close(),
            });
        }
        let extras = list.close();
        g.keep_extras("ReplacementInfoList", 0, extras);
    }
    let staff = match g.one("StaffInfo")? {
        Some(raw) => Some(staff_info(raw, "TraceHeaderList/Bussiness/StaffInfo", g.warnings)?),
        None => None,
    };
    let found = Business { document_id, operation, reason, paper, changes, replacements, staff, ..Business::default() };
    check(&found, &g)?;
    Ok(Business { extras: g.close(), ..found })
}

/// The details must belong to the operation, and what it needs must be there (spec §1.4).
fn check(business: &Business, g: &Group<'_>) -> Result<(), Refusal> {
    let operation = business.operation;
    let mismatch = |name: &str, vi: &str, en: &str| {
        Err(g.refuse(&refusals::OPERATION_MISMATCH, g.at, name, vi, en).with("operation", operation.word()))
    };
    if operation != Operation::New && business.reason.is_none() {
        return mismatch("BussinessDocReason", "lý do", "a reason");
    }
    match (operation, &business.changes) {
        (Operation::Update, None) => return mismatch("BussinessDocumentInfo", "nội dung thay đổi", "what changed"),
        (Operation::New | Operation::Recall | Operation::Replace, Some(_)) => {
            return mismatch("BussinessDocumentInfo", "chỉ có khi cập nhật", "only with an update");
        }
        _ => {}
    }
    match (operation, business.replacements.is_empty()) {
        (Operation::Replace, true) => {
            mismatch("ReplacementInfoList", "ít nhất một văn bản bị thay thế", "at least one replaced document")
        }
        (Operation::New | Operation::Recall | Operation::Update, false) => {
            mismatch("ReplacementInfoList", "chỉ có khi thay thế", "only with a replacement")
        }
        _ => Ok(()),
    }
}

fn changes(raw: Raw, w: &mut Warnings) -> Result<DocumentChanges, Refusal> {
    let mut g = Group::open(raw, "TraceHeaderList/Bussiness/BussinessDocumentInfo", &order::CHANGES, w)?;
    let document = g.needed_flag("DocumentInfo")?;
    let receivers = g.needed_flag("DocumentReceiver")?;
    let mut receiver_list = Vec::new();
    if let Some(raw) = g.one("ReceiverList")? {
        let path = g.field("ReceiverList");
        let mut list = Group::open(raw, path, &order::RECEIVERS, g.warnings)?;
        for raw in list.all("Receiver") {
            let path = list.field("Receiver");
            let mut one = Group::open(raw, path, &order::RECEIVER, list.warnings)?;
            receiver_list.push(ReceiverChange {
                organ_id: one.needed_text("OrganId", ORGAN_ID)?,
                added: one.needed_flag("ReceiverType")?,
                extras: one.close(),
            });
        }
        let extras = list.close();
        g.keep_extras("ReceiverList", 0, extras);
    }
    if receivers && receiver_list.is_empty() {
        return Err(g.missing("ReceiverList", false));
    }
    Ok(DocumentChanges { document, receivers, receiver_list, extras: g.close() })
}
