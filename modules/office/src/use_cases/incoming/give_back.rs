//! Return (trả lại nơi gửi) with a reason from the list or in free words; the sender hears 02 (Điều 21 khoản 2).

use super::change::handle;
use super::tell::tell_sender;
use crate::entries;
use crate::refusals;
use crate::rules::incoming::Verb;
use crate::rules::return_reason;
use crate::store::incoming::{Incoming, IncomingId};
use crate::use_cases::change::Told;
use crate::use_cases::deed::{Command, Deed};
use crate::use_cases::review::{optional_remark, reason};
use base::{Refusal, Text};
use exchange::StatusCode;
use platform::access::{Permission, Principal};
use platform::ledger::Codes;
use platform::{Platform, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Why it is returned.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ReturnInput {
    /// Code of a reason from the list, e.g. `wrong_recipient`; may be left out when there are words.
    pub reason: Option<String>,
    /// Own words (≤ 1000 characters together with the reason).
    pub words: String,
}

/// Gives an arrival back to its sender.
pub async fn return_incoming(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: ReturnInput,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingRegister)?;
    let (code, why) = read_reason(&input)?;
    handle(platform, deed, id, command, Verb::Return, &entries::RETURNED, move |tx, deed, document| {
        document.returned_at = Some(deed.now);
        document.return_reason = Some(why.clone());
        tell_sender(tx, deed, document, StatusCode::REFUSED, &why)?;
        Ok(Told { codes: Codes::new().with("reason", code), details: json!({ "reason": why }) })
    })
    .await
}

/// The reason's code and the words that the sender reads.
fn read_reason(input: &ReturnInput) -> Result<(&'static str, String)> {
    let words = optional_remark(&input.words)?;
    let Some(code) = input.reason.as_deref().map(str::trim).filter(|r| !r.is_empty()) else {
        return Ok((return_reason::OTHER, reason(&words)?));
    };
    let found = return_reason::by_code(code).ok_or_else(|| {
        Refusal::new(&refusals::REASON_MISSING)
            .field("reason", Text::fixed("Chọn trong danh sách.", "Choose from the list."))
    })?;
    if found.code == return_reason::OTHER {
        return Ok((found.code, reason(&words)?));
    }
    let full = if words.is_empty() { found.vi.to_owned() } else { format!("{} {words}", found.vi) };
    Ok((found.code, reason(&full)?))
}
