//! Telling others: the sender by a status through the exchange, people by a notice.

use super::change::notice_urgency;
use crate::entries::INCOMING;
use crate::store::incoming::Incoming;
use crate::use_cases::deed::Deed;
use base::Text;
use exchange::{Staff, StatusCode, StatusReport};
use platform::directory::{self, Holder, PersonId, UnitId};
use platform::notify::{self, NewNotice, NoticeId};
use platform::{Result, Tx};

/// Tells the sender where the document stands, in the same transaction; nothing when it came another way, or when the
/// sender has heard as much before (a document that was opened again).
pub fn tell_sender(tx: &Tx<'_>, deed: &Deed, document: &Incoming, code: &'static str, words: &str) -> Result<()> {
    let Some(package) = document.package.as_deref().and_then(|p| p.parse().ok()) else { return Ok(()) };
    let standing = exchange::deliveries(tx, package)?.into_iter().find(|row| row.recipient == document.agency);
    let heard = standing.and_then(|row| row.status).and_then(|status| status.rank()).unwrap_or(0);
    let code = StatusCode::known(code);
    if code.rank().is_some_and(|rank| rank <= heard) {
        return Ok(());
    }
    exchange::report_status(
        tx,
        &deed.exchange(),
        &StatusReport {
            package,
            agency: document.agency.clone(),
            code,
            description: words.chars().take(1000).collect(),
            staff: Some(Staff { name: Some(deed.principal.name.clone()), ..Staff::default() }),
        },
    )
}

/// Number and notation, or the beginning of the subject.
pub fn short_name(document: &Incoming) -> String {
    let code = document.code();
    if code.is_empty() { document.subject.chars().take(80).collect() } else { code }
}

/// A notice about a document to one person.
pub fn notice(document: &Incoming, id: NoticeId, person: PersonId, what: &Text, urgency: notify::Urgency) -> NewNotice {
    let name = short_name(document);
    NewNotice {
        id,
        person: person.to_string(),
        kind: "office.incoming",
        title: Text::new(format!("{}: {name}", what.vi), format!("{}: {name}", what.en)),
        link: format!("/van-ban-den/{}", document.id),
        urgency,
        subject: Some((INCOMING.name, document.id.to_string())),
    }
}

/// Tells a person, unless it is whoever acts.
pub fn tell_person(tx: &Tx<'_>, deed: &Deed, document: &Incoming, person: PersonId, what: &Text) -> Result<()> {
    if person.to_string() == deed.person() {
        return Ok(());
    }
    notify::notice(tx, deed.now, &notice(document, deed.id(), person, what, notice_urgency(document.urgency)))
}

/// Tells those who answer for a unit: its head, or everybody in it where it has none.
pub fn tell_unit(tx: &Tx<'_>, deed: &Deed, document: &Incoming, unit: UnitId, what: &Text) -> Result<()> {
    let members: Vec<Holder> = directory::positions_in(tx, &document.agency, deed.today())?
        .into_iter()
        .filter(|holder| holder.position.unit == Some(unit))
        .collect();
    let heads: Vec<&Holder> =
        members.iter().filter(|h| h.position.roles.contains(&platform::access::Role::UnitHead)).collect();
    let told = if heads.is_empty() { members.iter().collect() } else { heads };
    for holder in told {
        tell_person(tx, deed, document, holder.position.person, what)?;
    }
    Ok(())
}
