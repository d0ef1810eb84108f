//! Looking: one outgoing document with everything around it, and what whoever looks may do with it now.

use super::change::{outgoing_seen, type_name};
use super::deed::Deed;
use super::draft::{findings, own_draft};
use crate::entries::OUTGOING;
use crate::rules::metadata::Finding;
use crate::rules::outgoing::{State, Verb, next};
use crate::rules::route::Route;
use crate::store::files::{File, files_of};
use crate::store::links::{Link, links_from, links_to};
use crate::store::outgoing::{Outgoing, OutgoingId, Recipient, outgoing_record, recipients_of};
use crate::store::revisions::{Approval, Signature, approvals_of, signatures_of};
use crate::store::routes::route_for;
use crate::store::signing_requests::{Request, requests_of};
use base::Timestamp;
use exchange::DeliveryRow;
use platform::access::{Permission, Principal};
use platform::ledger::{self, Hash, Recorded};
use platform::{Platform, Result, Tx};

/// One outgoing document with everything around it.
pub struct OutgoingView {
    /// The record.
    pub document: Outgoing,
    /// Name of the kind, Vietnamese.
    pub type_name: String,
    /// Recipients.
    pub recipients: Vec<Recipient>,
    /// Files in force.
    pub files: Vec<File>,
    /// Opinions, approvals and returns.
    pub approvals: Vec<Approval>,
    /// Signatures.
    pub signatures: Vec<Signature>,
    /// Signing requests.
    pub requests: Vec<Request>,
    /// What it answers, replaces, corrects.
    pub links: Vec<Link>,
    /// What answers, replaces or corrects it.
    pub linked_by: Vec<Link>,
    /// How it stands with each recipient.
    pub deliveries: Vec<DeliveryRow>,
    /// What the program finds in its form; only while it is a draft.
    pub findings: Vec<Finding>,
    /// Its history in the ledger, the first first.
    pub history: Vec<Recorded>,
    /// What whoever looks may do now.
    pub may: Vec<Verb>,
    /// The digest of the record as it stands, to be compared with the last entry's.
    pub record_digest: Option<Hash>,
    /// When it was looked at.
    pub seen_at: Timestamp,
}

/// One document as this person sees it.
pub async fn look(platform: &Platform, principal: &Principal, id: OutgoingId) -> Result<OutgoingView> {
    let deed = Deed::new(platform, principal)?;
    platform.db().read(move |tx| view(tx, &deed, id)).await
}

/// The same inside a transaction.
pub fn view(tx: &Tx<'_>, deed: &Deed, id: OutgoingId) -> Result<OutgoingView> {
    let document = outgoing_seen(tx, deed, id)?;
    let key = id.to_string();
    let route = route_for(tx, &document.agency, &document.kind, document.field.as_deref(), deed.today())?;
    let requests = requests_of(tx, id)?;
    let deliveries = match document.package.as_deref().and_then(|p| p.parse().ok()) {
        Some(package) => exchange::deliveries(tx, package)?,
        None => Vec::new(),
    };
    let checked = matches!(
        document.state,
        State::Draft | State::SentBack | State::Consulting | State::ContentOk | State::FormatOk
    );
    Ok(OutgoingView {
        type_name: type_name(&document),
        recipients: recipients_of(tx, id)?,
        files: files_of(tx, id, false)?,
        approvals: approvals_of(tx, id)?,
        signatures: signatures_of(tx, id)?,
        links: links_from(tx, OUTGOING.name, &key)?,
        linked_by: links_to(tx, OUTGOING.name, &key)?,
        deliveries,
        findings: if checked { findings(tx, &document, deed.today())? } else { Vec::new() },
        history: ledger::entries_of(tx, OUTGOING.name, &key)?,
        may: verbs(deed, &document, &route, &requests),
        record_digest: outgoing_record(tx, &key)?.as_ref().map(ledger::record_digest).transpose()?,
        seen_at: deed.now,
        requests,
        document,
    })
}

/// What this person may do with the document now; the use cases decide again.
pub fn verbs(deed: &Deed, document: &Outgoing, route: &Route, requests: &[Request]) -> Vec<Verb> {
    let may = |permission| deed.principal.may(permission);
    let drafts = may(Permission::OutgoingDraft) && own_draft(deed, document).is_ok();
    let waiting =
        requests.iter().rev().find(|r| r.rule().state_at(deed.now) == crate::rules::signing_request::State::Waiting);
    Verb::ALL
        .into_iter()
        .filter(|verb| next(document.state, *verb).is_ok())
        .filter(|verb| verb.step().is_none_or(|step| route.may(step, &deed.acting)))
        .filter(|verb| match verb {
            Verb::Revise => drafts && !matches!(document.state, State::AwaitingSignature),
            Verb::SubmitForContent => drafts,
            Verb::Opine => true,
            Verb::ApproveContent => may(Permission::OutgoingApproveContent),
            Verb::CheckFormat => may(Permission::OutgoingCheckForm),
            Verb::RequestSignature => {
                document.drafter == deed.person()
                    || may(Permission::OutgoingCheckForm)
                    || may(Permission::OutgoingApproveContent)
            }
            Verb::CancelRequest => {
                waiting.is_some_and(|r| r.signer == deed.person() || r.requested_by == deed.person())
            }
            Verb::Sign => {
                let delegated = deed.principal.delegated_from().map(|p| p.to_string());
                may(Permission::OutgoingSign)
                    && waiting
                        .is_some_and(|r| r.signer == deed.person() || delegated.as_ref() == Some(&r.signer_position))
            }
            Verb::Number => may(Permission::OutgoingNumber),
            Verb::Seal => may(Permission::OutgoingSeal),
            Verb::Issue => may(Permission::OutgoingIssue),
            Verb::SendBack => {
                document.signer.as_deref() == Some(deed.person())
                    || [
                        Permission::OutgoingApproveContent,
                        Permission::OutgoingCheckForm,
                        Permission::OutgoingSign,
                        Permission::OutgoingNumber,
                    ]
                    .into_iter()
                    .any(may)
            }
            Verb::Void if document.number.is_some() => may(Permission::OutgoingNumber),
            Verb::Void => drafts,
            // Filing belongs to the dossiers, freezing to the recall; neither is a button of its own here.
            Verb::Store | Verb::Freeze => false,
        })
        .collect()
}
