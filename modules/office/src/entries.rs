//! The kinds of ledger entry that the office appends, and their subjects. Codes hold code words and numbers, never names.

use crate::store::{incoming, outgoing, registers, routes};
use platform::ledger::{EntryKind, SubjectKind};

/// An outgoing document.
pub static OUTGOING: SubjectKind = SubjectKind { name: "office.outgoing", load: outgoing::outgoing_record };
/// An incoming document.
pub static INCOMING: SubjectKind = SubjectKind { name: "office.incoming", load: incoming::incoming_record };
/// A route.
pub static ROUTE: SubjectKind = SubjectKind { name: "office.route", load: routes::route_record };

/// A register.
pub static REGISTER: SubjectKind = SubjectKind { name: "office.register", load: registers::register_record };

/// All subjects.
pub static SUBJECTS: &[&SubjectKind] = &[&OUTGOING, &INCOMING, &ROUTE, &REGISTER];

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        $($(#[$doc])* pub static $name: EntryKind = EntryKind { name: $word, schema: 1 };)*
        /// All kinds.
        pub static ENTRY_KINDS: &[&EntryKind] = &[$(&$name),*];
    };
}

kinds! {
    /// A draft was begun.
    DRAFTED = "office.outgoing.drafted";
    /// Content, recipients or marks of a draft were changed; earlier approvals no longer count.
    REVISED = "office.outgoing.revised";
    /// A file was added to a draft.
    FILE_ATTACHED = "office.outgoing.file-attached";
    /// A file was taken out of a draft.
    FILE_REMOVED = "office.outgoing.file-removed";
    /// The draft was handed to whoever answers for its content.
    SUBMITTED = "office.outgoing.submitted";
    /// Somebody gave an opinion on the draft.
    OPINED = "office.outgoing.opined";
    /// The content was approved.
    CONTENT_APPROVED = "office.outgoing.content-approved";
    /// The form was confirmed.
    FORM_CHECKED = "office.outgoing.form-checked";
    /// The draft was given back.
    SENT_BACK = "office.outgoing.sent-back";
    /// The signer was asked to sign.
    SIGNATURE_REQUESTED = "office.outgoing.signature-requested";
    /// The signing request was taken back or declined.
    SIGNATURE_CANCELLED = "office.outgoing.signature-cancelled";
    /// The competent person signed.
    SIGNED = "office.outgoing.signed";
    /// Number and date were given.
    NUMBERED = "office.outgoing.numbered";
    /// The agency's signature was applied.
    SEALED = "office.outgoing.sealed";
    /// The document was issued.
    ISSUED = "office.outgoing.issued";
    /// The document was voided; its number stays in sight.
    VOIDED = "office.outgoing.voided";
    /// The document was frozen after its recall.
    FROZEN = "office.outgoing.frozen";
    /// A document arrived.
    ARRIVED = "office.incoming.arrived";
    /// The scan of a paper, or another file, was added.
    SCANNED = "office.incoming.file-attached";
    /// It was entered into the register.
    REGISTERED = "office.incoming.registered";
    /// It was given back to its sender.
    RETURNED = "office.incoming.returned";
    /// It was put before the leader.
    TRIAGED = "office.incoming.submitted";
    /// The leader gave the directive.
    DIRECTED = "office.incoming.directed";
    /// A unit handed it to a person.
    ASSIGNED = "office.incoming.assigned";
    /// Work began.
    STARTED = "office.incoming.started";
    /// Progress or an opinion was reported.
    REPORTED = "office.incoming.reported";
    /// An outgoing document that answers it was issued.
    ANSWERED = "office.incoming.answered";
    /// It was finished.
    COMPLETED = "office.incoming.completed";
    /// It was opened again.
    REOPENED = "office.incoming.reopened";
    /// Its issuer recalled it; content and descriptive data are destroyed.
    RECALLED = "office.incoming.recalled";
    /// A route was put in force.
    ROUTE_ADDED = "office.route.added";
    /// A route got its last day.
    ROUTE_ENDED = "office.route.ended";
    /// A register was opened.
    REGISTER_OPENED = "office.register.opened";
    /// A register got its last day.
    REGISTER_ENDED = "office.register.ended";
}
