//! Submission and triage (trình, phân văn bản): put before the chief of office or a leader, with a proposal (Điều 23).

use super::change::{apply, handle};
use super::direct::{DirectiveInput, read_directive, resolve};
use super::tell::tell_person;
use crate::entries;
use crate::refusals;
use crate::rules::actor::Duty;
use crate::rules::directive::{MAX_TEXT, check};
use crate::rules::incoming::Verb;
use crate::store::incoming::{Incoming, IncomingId};
use crate::store::readers::readers_add;
use crate::use_cases::change::Told;
use crate::use_cases::deed::{Command, Deed};
use base::fold::nfc;
use base::{AgencyCode, Date, Refusal, Text};
use platform::access::{Permission, Principal, Role, scope_position};
use platform::directory::{self, Holder};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Before whom it is put, and what is proposed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct SubmitInput {
    /// Id of the position; without one the chief of office (from the clerk) or the first leader (from the chief).
    pub to: Option<String>,
    /// The proposal in words.
    pub proposal: String,
    /// The directive that is proposed, so that the leader can agree in one step.
    pub proposed: Option<DirectiveInput>,
}

/// Puts a registered document before the chief of office or a leader; the chief passes it on the same way.
pub async fn submit_incoming(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: SubmitInput,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingTriage)?;
    handle(platform, deed, id, command, Verb::Submit, &entries::TRIAGED, move |tx, deed, document| {
        submit_act(tx, deed, document, &input)
    })
    .await
}

/// Submits inside a transaction.
pub fn submit_in(tx: &Tx<'_>, deed: &Deed, document: &mut Incoming, input: &SubmitInput) -> Result<()> {
    apply(tx, deed, document, Verb::Submit, &entries::TRIAGED, &|tx, deed, document| {
        submit_act(tx, deed, document, input)
    })
}

fn submit_act(tx: &Tx<'_>, deed: &Deed, document: &mut Incoming, input: &SubmitInput) -> Result<Told> {
    let receiver = receiver(tx, deed, document, input)?;
    let proposal = nfc(input.proposal.trim());
    if proposal.chars().count() > MAX_TEXT {
        return Err(Refusal::new(&refusals::DIRECTIVE)
            .field("proposal", Text::fixed("Nhiều nhất 2000 ký tự.", "At most 2000 characters."))
            .into());
    }
    if let Some(proposed) = &input.proposed
        && !proposed.assignees.is_empty()
    {
        let directive = read_directive(proposed)?;
        check(&directive, deed.today(), false)?;
        // Whoever is proposed must be there now, not only when the leader agrees.
        resolve(tx, deed, document, &directive)?;
        document.proposed = Some(directive);
    }
    if !proposal.is_empty() {
        document.proposal = Some(proposal);
    }
    let position = receiver.position.id;
    document.submitted_at = Some(deed.now);
    document.submitted_to = Some(position.to_string());
    document.submitted_to_name = Some(receiver.full_name.clone());
    readers_add(tx, entries::INCOMING.name, &document.id.to_string(), &[scope_position(position)])?;
    let what = Text::fixed("Văn bản đến chờ ý kiến", "An incoming document awaits your directive");
    tell_person(tx, deed, document, receiver.position.person, &what)?;
    Ok(Told {
        codes: Codes::new().with("to", position).with("proposed", document.proposed.is_some()),
        details: json!({ "to": receiver.full_name, "proposal": document.proposal }),
    })
}

fn receiver(tx: &Tx<'_>, deed: &Deed, document: &Incoming, input: &SubmitInput) -> Result<Holder> {
    let all = receivers(tx, &document.agency, deed.today())?;
    let named = input.to.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let found = match named {
        Some(id) => all.into_iter().find(|h| h.position.id.to_string() == id),
        // The clerk goes to the chief of office where there is one; the chief, and a clerk without a chief, to a leader.
        None => {
            let chief = all.iter().position(|h| h.position.roles.contains(&Role::ChiefOfOffice));
            let leader = all.iter().position(|h| h.position.roles.contains(&Role::Leader));
            let first = if deed.acting.has(Duty::ChiefOfOffice) { leader.or(chief) } else { chief.or(leader) };
            first.and_then(|index| all.into_iter().nth(index))
        }
    };
    found.ok_or_else(|| {
        Refusal::new(&refusals::RECEIVER_UNKNOWN)
            .field("to", Text::fixed("Chọn người được trình.", "Choose before whom it is put."))
            .into()
    })
}

/// Before whom an incoming document can be put: chiefs of office and leaders of the agency, the highest rank first.
pub fn receivers(tx: &Tx<'_>, agency: &AgencyCode, today: Date) -> Result<Vec<Holder>> {
    Ok(directory::positions_in(tx, agency, today)?
        .into_iter()
        .filter(|h| h.position.roles.iter().any(|r| matches!(r, Role::ChiefOfOffice | Role::Leader)))
        .collect())
}
