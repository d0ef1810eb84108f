//! Review: opinions, approval of the content (Điều 12 khoản 1), check of the form (khoản 2), and sending back (Điều 11).

use super::change::{Told, change};
use super::deed::{Command, Deed};
use super::draft::findings;
use crate::entries;
use crate::refusals;
use crate::rules::metadata::{self, Gravity, REASON};
use crate::rules::outgoing::Verb;
use crate::store::outgoing::{Outgoing, OutgoingId};
use crate::store::readers;
use crate::store::revisions::{Approval, approval_insert};
use base::document_types::Urgency;
use base::fold::nfc;
use base::{Refusal, Text};
use platform::access::{Permission, Principal, Role, scope_position};
use platform::directory::{self, Holder};
use platform::ledger::Codes;
use platform::notify::{self, NewNotice};
use platform::{Platform, Result, Tx};
use serde_json::json;

/// Gives an opinion on a draft that is under discussion.
pub async fn opine(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    remark: String,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    let remark = reason(&remark)?;
    change(platform, deed, id, command, Verb::Opine, &entries::OPINED, move |tx, deed, document| {
        approval(tx, deed, document, "opinion", &remark)?;
        Ok(Told::details(json!({ "remark": remark })))
    })
    .await
}

/// Approves the content of the revision at hand.
pub async fn approve_content(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    remark: String,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingApproveContent)?;
    let remark = optional_remark(&remark)?;
    change(platform, deed, id, command, Verb::ApproveContent, &entries::CONTENT_APPROVED, move |tx, deed, document| {
        approval(tx, deed, document, "content", &remark)?;
        let mut readers = Vec::new();
        for role in [Role::FormatChecker, Role::RegistryClerk] {
            for holder in directory::position_holders(tx, &document.agency, role, deed.today())? {
                readers.push(scope_position(holder.position.id));
                notify(
                    tx,
                    deed,
                    document,
                    &holder,
                    Text::fixed("Dự thảo chờ kiểm tra thể thức", "A draft awaits the form check"),
                )?;
            }
        }
        readers::readers_add(tx, entries::OUTGOING.name, &document.id.to_string(), &readers)?;
        Ok(Told::details(json!({ "remark": remark })))
    })
    .await
}

/// Confirms form and procedure. Grave findings of the program refuse it; the checker decides about the rest.
pub async fn check_format(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    remark: String,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingCheckForm)?;
    let remark = optional_remark(&remark)?;
    change(platform, deed, id, command, Verb::CheckFormat, &entries::FORM_CHECKED, move |tx, deed, document| {
        let found = findings(tx, document, deed.today())?;
        if let Some(refusal) = metadata::refuse(&found) {
            return Err(refusal.into());
        }
        approval(tx, deed, document, "format", &remark)?;
        let cautions = found.iter().filter(|f| f.gravity == Gravity::Caution).count();
        Ok(Told {
            codes: Codes::new().with("cautions", super::draft::count(cautions)),
            details: json!({ "remark": remark }),
        })
    })
    .await
}

/// Gives the draft back to its drafter with a reason; a signature that stood on it stays in sight but no longer counts.
pub async fn send_back(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    why: String,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    let why = reason(&why)?;
    change(platform, deed, id, command, Verb::SendBack, &entries::SENT_BACK, move |tx, deed, document| {
        may_send_back(deed, document)?;
        super::sign::withdraw(tx, deed, document, &why)?;
        approval(tx, deed, document, "sent_back", &why)?;
        document.sent_back_reason = Some(why.clone());
        document.signed_at = None;
        if let Some(drafter) = drafter(tx, document, deed)? {
            notify(tx, deed, document, &drafter, Text::fixed("Dự thảo bị trả lại", "Your draft was sent back"))?;
        }
        Ok(Told::details(json!({ "reason": why })))
    })
    .await
}

/// Whoever may approve, check, sign or number may also give back.
fn may_send_back(deed: &Deed, document: &Outgoing) -> Result<()> {
    let any = [
        Permission::OutgoingApproveContent,
        Permission::OutgoingCheckForm,
        Permission::OutgoingSign,
        Permission::OutgoingNumber,
    ]
    .into_iter()
    .any(|permission| deed.principal.may(permission));
    if any || document.signer.as_deref() == Some(deed.person()) {
        Ok(())
    } else {
        deed.require(Permission::OutgoingApproveContent)
    }
}

fn approval(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, step: &str, remark: &str) -> Result<()> {
    approval_insert(
        tx,
        document.id,
        &Approval {
            id: deed.id(),
            revision: document.revision,
            step: step.to_owned(),
            person: deed.person().to_owned(),
            person_name: deed.principal.name.clone(),
            person_title: deed.title(),
            remark: remark.to_owned(),
            at: deed.now,
        },
    )
}

/// A reason that must be given, at most 1000 characters.
pub fn reason(text: &str) -> Result<String, Refusal> {
    let text = nfc(text.trim());
    if text.is_empty() || text.chars().count() > REASON {
        return Err(Refusal::new(&refusals::REASON_MISSING)
            .field("reason", Text::fixed("Từ 1 đến 1000 ký tự.", "From 1 to 1000 characters.")));
    }
    Ok(text)
}

/// A remark that may be given, at most 1000 characters.
pub fn optional_remark(text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() { Ok(String::new()) } else { reason(text) }
}

/// A position of the drafter in the document's agency, for notices.
pub fn drafter(tx: &Tx<'_>, document: &Outgoing, deed: &Deed) -> Result<Option<Holder>> {
    let Ok(person) = document.drafter.parse() else { return Ok(None) };
    Ok(directory::positions_of(tx, person, deed.today())?.into_iter().find(|h| h.position.agency == document.agency))
}

/// Tells a person, unless it is whoever acts.
pub fn notify(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, to: &Holder, what: Text) -> Result<()> {
    let person = to.position.person.to_string();
    if person == deed.person() {
        return Ok(());
    }
    let name = document.code.clone().unwrap_or_else(|| document.subject.chars().take(80).collect());
    notify::notice(
        tx,
        deed.now,
        &NewNotice {
            id: deed.id(),
            person,
            kind: "office.outgoing",
            title: Text::new(format!("{}: {name}", what.vi), format!("{}: {name}", what.en)),
            link: format!("/van-ban-di/{}", document.id),
            urgency: match document.urgency {
                Urgency::Normal => notify::Urgency::Normal,
                Urgency::Urgent | Urgency::VeryUrgent => notify::Urgency::Soon,
                Urgency::Express | Urgency::TimedExpress => notify::Urgency::Urgent,
            },
            subject: Some((entries::OUTGOING.name, document.id.to_string())),
        },
    )
}
