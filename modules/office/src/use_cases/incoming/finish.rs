//! Completion (hoàn thành): by an answer that was issued, or without one with a reason; the sender hears 06. And reopening.

use super::change::handle;
use super::tell::{tell_person, tell_sender};
use super::work::say;
use crate::entries;
use crate::refusals;
use crate::rules::directive::Part;
use crate::rules::incoming::Verb;
use crate::rules::outgoing::State as OutgoingState;
use crate::store::directives::{assignment_move, assignments_of, assignments_reopen, directives_of};
use crate::store::incoming::{Incoming, IncomingId};
use crate::store::outgoing::{OutgoingId, outgoing_get};
use crate::use_cases::change::Told;
use crate::use_cases::deed::{Command, Deed};
use crate::use_cases::review::{optional_remark, reason};
use base::{Refusal, Text};
use exchange::StatusCode;
use platform::access::{Permission, Principal};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct CompleteInput {
    /// The result in words; needed where nothing was answered (≤ 1000 characters).
    pub words: String,
    /// Id of the issued outgoing document that answers it; one that cites it is known already.
    pub answer: Option<String>,
}

/// Finishes a document.
pub async fn complete(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: CompleteInput,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    if !principal.may(Permission::IncomingDirect) {
        deed.require(Permission::IncomingProcess)?;
    }
    let words = optional_remark(&input.words)?;
    handle(platform, deed, id, command, Verb::Complete, &entries::COMPLETED, move |tx, deed, document| {
        if let Some(answer) = input.answer.as_deref().map(str::trim).filter(|a| !a.is_empty()) {
            set_answer(tx, document, answer)?;
        }
        if document.answer.is_none() && words.is_empty() {
            return Err(Refusal::new(&refusals::RESULT_MISSING)
                .field("words", Text::fixed("Ghi kết quả.", "Write the result."))
                .into());
        }
        let result = match (&document.answer_code, words.is_empty()) {
            (Some(code), true) => format!("Trả lời bằng văn bản {code}."),
            _ => words.clone(),
        };
        let all = assignments_of(tx, document.id)?;
        let own = all.iter().find(|a| a.person.as_deref() == Some(deed.person()) && a.state != "withdrawn");
        say(tx, deed, document, own, "result", &result, Some(100))?;
        for open in all.iter().filter(|a| matches!(a.state.as_str(), "open" | "in_process")) {
            // What others still held is no longer asked for; only the lead's road ends in “done”.
            let (state, at) = if open.part == Part::Lead { ("done", Some(deed.now)) } else { ("withdrawn", None) };
            assignment_move(tx, open.id, state, at)?;
        }
        document.done_at = Some(deed.now);
        document.result = Some(result.clone());
        tell_sender(tx, deed, document, StatusCode::DONE, &result)?;
        if let Some(directive) = directives_of(tx, document.id)?.last()
            && let Ok(person) = directive.person.parse()
        {
            tell_person(tx, deed, document, person, &Text::fixed("Đã hoàn thành", "Completed"))?;
        }
        Ok(Told {
            codes: Codes::new()
                .with("answered", document.answer.is_some())
                .with_some("in_time", document.deadline.map(|deadline| deed.today() <= deadline))
                .with_some(
                    "after_registration_seconds",
                    document.registered_at.map(|at| deed.now.since(at).max(0) / 1_000_000),
                ),
            details: json!({ "result": result, "answer": document.answer_code }),
        })
    })
    .await
}

fn set_answer(tx: &Tx<'_>, document: &mut Incoming, answer: &str) -> Result<()> {
    let unknown = || {
        Refusal::new(&refusals::ANSWER_UNKNOWN)
            .field("answer", Text::fixed("Chọn văn bản đi đã phát hành.", "Choose an issued document."))
    };
    let id: OutgoingId = answer.parse().map_err(|_| unknown())?;
    let found = outgoing_get(tx, id).map_err(|_| unknown())?;
    if found.agency != document.agency || found.state != OutgoingState::Issued {
        return Err(unknown().into());
    }
    document.answer = Some(id.to_string());
    document.answer_code = found.code;
    Ok(())
}

/// Opens a finished document again, with a reason. The sender has heard 06 and hears nothing further.
pub async fn reopen(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    why: String,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    if !principal.may(Permission::IncomingDirect) {
        deed.require(Permission::IncomingProcess)?;
    }
    let why = reason(&why)?;
    handle(platform, deed, id, command, Verb::Reopen, &entries::REOPENED, move |tx, deed, document| {
        assignments_reopen(tx, document.id)?;
        say(tx, deed, document, None, "opinion", &why, None)?;
        document.done_at = None;
        document.result = None;
        document.started_at.get_or_insert(deed.now);
        Ok(Told::details(json!({ "reason": why })))
    })
    .await
}
