//! The kinds of ledger entry that the exchange appends, their subjects, and the codes that every one of them carries.
//!
//! Codes hold agency codes, code words and numbers, never names or subjects; schemas lie in `data/entries/`.

use crate::model::{PackageRecord, Urgency};
use crate::peers;
use crate::store::{deliveries, packages, receipts, statuses};
use base::agency_code::AgencyCode;
use base::document_types;
use platform::ledger::{Codes, EntryKind, SubjectKind};

/// A package as this server took it.
pub static PACKAGE: SubjectKind = SubjectKind { name: "exchange.package", load: packages::package_digest_record };
/// The delivery of a package to one recipient.
pub static DELIVERY: SubjectKind = SubjectKind { name: "exchange.delivery", load: deliveries::delivery_digest_record };
/// A signed receipt of a refusal or quarantine.
pub static RECEIPT: SubjectKind = SubjectKind { name: "exchange.receipt", load: receipts::receipt_digest_record };
/// Feedback that named a document nobody here sent.
pub static FEEDBACK: SubjectKind = SubjectKind { name: "exchange.feedback", load: statuses::status_digest_record };

/// A package was taken.
pub static PACKAGE_ACCEPTED: EntryKind = EntryKind { name: "exchange.package.accepted", schema: 1 };
/// A package was refused; the receipt says why.
pub static PACKAGE_REFUSED: EntryKind = EntryKind { name: "exchange.package.refused", schema: 1 };
/// A package that claims to be secret was refused and kept apart (QĐ 28/2018/QĐ-TTg, Điều 1).
pub static PACKAGE_QUARANTINED: EntryKind = EntryKind { name: "exchange.package.quarantined", schema: 1 };
/// The office tried to send a secret document; nothing was sent (QĐ 28/2018/QĐ-TTg, Điều 1).
pub static SECRET_BLOCKED: EntryKind = EntryKind { name: "exchange.secret.blocked", schema: 1 };
/// A delivery to another server, or one without a way, was begun.
pub static DELIVERY_BEGUN: EntryKind = EntryKind { name: "exchange.delivery.begun", schema: 1 };
/// A package reached an agency of this server.
pub static DELIVERY_ARRIVED: EntryKind = EntryKind { name: "exchange.delivery.arrived", schema: 1 };
/// Another server took it over and gave its receipt.
pub static DELIVERY_SENT: EntryKind = EntryKind { name: "exchange.delivery.sent", schema: 1 };
/// Another server refused it, or every attempt failed.
pub static DELIVERY_FAILED: EntryKind = EntryKind { name: "exchange.delivery.failed", schema: 1 };
/// A person had it tried again.
pub static DELIVERY_RETRIED: EntryKind = EntryKind { name: "exchange.delivery.retried", schema: 1 };
/// The other server was restored from a backup and may have lost it: it is offered again.
pub static DELIVERY_OFFERED_AGAIN: EntryKind = EntryKind { name: "exchange.delivery.offered-again", schema: 1 };
/// A person returned it to the sender.
pub static DELIVERY_RETURNED: EntryKind = EntryKind { name: "exchange.delivery.returned", schema: 1 };
/// A status reached the original sender on this server.
pub static STATUS_RECORDED: EntryKind = EntryKind { name: "exchange.status.recorded", schema: 1 };
/// An agency of this server reported a status; it is on its way to the sender on another server.
pub static STATUS_REPORTED: EntryKind = EntryKind { name: "exchange.status.reported", schema: 1 };
/// The sender asks an agency of this server to give the document back.
pub static TAKE_BACK_REQUESTED: EntryKind = EntryKind { name: "exchange.take-back.requested", schema: 1 };
/// A recall, update or replacement of a delivered document waits for its recipient's answer.
pub static OPERATION_REQUESTED: EntryKind = EntryKind { name: "exchange.operation.requested", schema: 1 };
/// Feedback came that matches no document.
pub static FEEDBACK_UNMATCHED: EntryKind = EntryKind { name: "exchange.feedback.unmatched", schema: 1 };
/// A person dealt with it.
pub static FEEDBACK_RESOLVED: EntryKind = EntryKind { name: "exchange.feedback.resolved", schema: 1 };

/// All of them.
pub static ENTRY_KINDS: &[&EntryKind] = &[
    &peers::PEER_INTRODUCED,
    &peers::PEER_DISMISSED,
    &PACKAGE_ACCEPTED,
    &PACKAGE_REFUSED,
    &PACKAGE_QUARANTINED,
    &SECRET_BLOCKED,
    &DELIVERY_BEGUN,
    &DELIVERY_ARRIVED,
    &DELIVERY_SENT,
    &DELIVERY_FAILED,
    &DELIVERY_RETRIED,
    &DELIVERY_OFFERED_AGAIN,
    &DELIVERY_RETURNED,
    &STATUS_RECORDED,
    &STATUS_REPORTED,
    &TAKE_BACK_REQUESTED,
    &OPERATION_REQUESTED,
    &FEEDBACK_UNMATCHED,
    &FEEDBACK_RESOLVED,
];

/// All subjects.
pub static SUBJECTS: &[&SubjectKind] = &[&PACKAGE, &DELIVERY, &RECEIPT, &FEEDBACK, &peers::PEER];

/// What statistics need of a package, whichever entry tells of it.
pub fn package_codes(package: &PackageRecord) -> Codes {
    let header = &package.header;
    Codes::new()
        .with("package", package.id)
        .with("from", &header.from.code)
        .with("operation", header.operation.as_str())
        .with("type", type_code(&header.type_name, &header.notation))
        .with("urgency", header.urgency.number())
        .with("signed", package.signed)
        .with("paper", header.paper)
        .with("origin", package.origin.as_str())
}

/// The code word of a document type; `other` when the directory of types has none of that name or abbreviation.
pub fn type_code(name: &str, notation: &str) -> &'static str {
    document_types::resolve(name, notation).map_or("other", |found| found.id.as_str())
}

/// The same with the recipient.
pub fn delivery_codes(package: &PackageRecord, to: &AgencyCode) -> Codes {
    package_codes(package).with("to", to)
}

/// The urgency that a code states, for readers of entries.
pub fn urgency_of(codes: &Codes) -> Urgency {
    codes.int("urgency").and_then(Urgency::from_number).unwrap_or_default()
}
