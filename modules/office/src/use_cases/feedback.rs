//! What comes back from recipients (phản hồi): refusals and failed deliveries are told to the drafter and the clerks.

use crate::entries::OUTGOING;
use crate::store::outgoing::{Outgoing, outgoing_by_package};
use base::Text;
use base::document_types::Urgency;
use platform::access::Role;
use platform::directory::{self, PersonId};
use platform::ledger::{Reacting, Reaction};
use platform::notify::{self, NewNotice};
use platform::{Result, Tx};

/// Refusals (02), refused take-backs (16), and deliveries that failed for good.
pub fn reaction() -> Reaction {
    Reaction::new(
        "office.feedback",
        &["exchange.status.recorded", "exchange.delivery.failed", "exchange.delivery.returned"],
        react,
    )
}

fn react(tx: &Tx<'_>, reacting: &Reacting<'_>) -> Result<()> {
    let codes = &reacting.entry.codes;
    let refused = match codes.text("status") {
        Some("02" | "16") => true,
        Some(_) => return Ok(()),
        None => false,
    };
    let Some(package) = codes.text("package") else { return Ok(()) };
    // Packages of outside systems have no document here.
    let Some(document) = outgoing_by_package(tx, package)? else { return Ok(()) };
    let recipient = codes.text("to").unwrap_or_default();
    let name = match recipient.parse() {
        Ok(code) => directory::agency_latest(tx, &code)?.map(|a| a.name.vi.to_string()),
        Err(_) => None,
    }
    .unwrap_or_else(|| recipient.to_owned());
    let number = document.code.clone().unwrap_or_default();
    let title = if refused {
        Text::new(format!("{number}: {name} từ chối"), format!("{number}: refused by {name}"))
    } else {
        Text::new(format!("{number}: không gửi được đến {name}"), format!("{number}: could not be delivered to {name}"))
    };
    for person in concerned(tx, reacting, &document)? {
        notify::notice(
            tx,
            reacting.now,
            &NewNotice {
                id: reacting.new_id(),
                person,
                kind: "office.outgoing",
                title: title.clone(),
                link: format!("/van-ban-di/{}", document.id),
                // One of the three things that may interrupt: a refused delivery.
                urgency: if document.urgency == Urgency::Normal {
                    notify::Urgency::Soon
                } else {
                    notify::Urgency::Urgent
                },
                subject: Some((OUTGOING.name, document.id.to_string())),
            },
        )?;
    }
    Ok(())
}

/// The drafter and the clerks, each once.
fn concerned(tx: &Tx<'_>, reacting: &Reacting<'_>, document: &Outgoing) -> Result<Vec<String>> {
    let mut people = vec![document.drafter.clone()];
    for clerk in directory::position_holders(tx, &document.agency, Role::RegistryClerk, reacting.now.local_date())? {
        let person: PersonId = clerk.position.person;
        if !people.contains(&person.to_string()) {
            people.push(person.to_string());
        }
    }
    Ok(people)
}
