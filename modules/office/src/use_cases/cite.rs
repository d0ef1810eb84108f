//! Citing (trả lời, thay thế, đính chính): which incoming documents an outgoing one answers, which of our own it replaces.

use super::deed::{Deed, reach_of};
use super::draft::DraftInput;
use crate::entries::{INCOMING, OUTGOING};
use crate::refusals;
use crate::rules::incoming::State as IncomingState;
use crate::store::incoming::{IncomingId, incoming_get};
use crate::store::links::{Link, link_add, links_clear, links_from};
use crate::store::outgoing::{Outgoing, OutgoingId, outgoing_get};
use base::{AgencyCode, Refusal, Text};
use exchange::DocumentReference;
use platform::{Error, Result, Tx};

/// Replaces the links of a draft by those named; refused when a document is not there or not for this reader.
pub fn set_links(tx: &Tx<'_>, deed: &Deed, document: &Outgoing, input: &DraftInput) -> Result<()> {
    let id = document.id.to_string();
    links_clear(tx, OUTGOING.name, &id)?;
    let reach = reach_of(&deed.principal);
    let unknown = |field: &str| {
        Error::from(
            Refusal::new(&refusals::CITED_UNKNOWN)
                .field(field, Text::fixed("Không thấy văn bản này.", "This document was not found.")),
        )
    };
    for cited in input.responds_to.iter().filter(|c| !c.trim().is_empty()) {
        let incoming: IncomingId = cited.trim().parse().map_err(|_| unknown("responds_to"))?;
        let found = incoming_get(tx, incoming).map_err(|_| unknown("responds_to"))?;
        if !reach.sees(tx, INCOMING.name, &incoming.to_string(), &found.agency)? {
            return Err(unknown("responds_to"));
        }
        if found.state == IncomingState::Arrived {
            return Err(Refusal::new(&refusals::NOT_REGISTERED).into());
        }
        add(tx, deed, "response_for", &id, INCOMING.name, incoming.to_string())?;
    }
    for (relation, field, named) in
        [("replaces", "replaces", &input.replaces), ("corrects", "corrects", &input.corrects)]
    {
        for cited in named.iter().filter(|c| !c.trim().is_empty()) {
            let other: OutgoingId = cited.trim().parse().map_err(|_| unknown(field))?;
            let found = outgoing_get(tx, other).map_err(|_| unknown(field))?;
            if other == document.id || !reach.sees(tx, OUTGOING.name, &other.to_string(), &found.agency)? {
                return Err(unknown(field));
            }
            add(tx, deed, relation, &id, OUTGOING.name, other.to_string())?;
        }
    }
    Ok(())
}

fn add(tx: &Tx<'_>, deed: &Deed, relation: &str, from: &str, to_kind: &str, to_id: String) -> Result<()> {
    link_add(
        tx,
        deed.id(),
        &Link {
            relation: relation.to_owned(),
            from_kind: OUTGOING.name.to_owned(),
            from_id: from.to_owned(),
            to_kind: to_kind.to_owned(),
            to_id,
        },
    )
}

/// The references that travel with the document (`ResponseFor`): those incoming documents whose issuer has a code.
pub fn references(tx: &Tx<'_>, document: &Outgoing) -> Result<Vec<DocumentReference>> {
    let mut out = Vec::new();
    for link in links_from(tx, OUTGOING.name, &document.id.to_string())? {
        if link.relation != "response_for" {
            continue;
        }
        let Ok(id) = link.to_id.parse() else { continue };
        let incoming = incoming_get(tx, id)?;
        let Some(agency) = incoming.issuer_code.as_deref().and_then(|c| AgencyCode::parse(c).ok()) else { continue };
        out.push(DocumentReference {
            agency,
            code: incoming.code(),
            issued_on: incoming.issued_on,
            document_id: incoming.document_id,
        });
    }
    Ok(out)
}
