//! Voiding (hủy): a draft that is given up, or a number that stays in the book as voided (Điều 15 khoản 1).

use super::change::{Told, change};
use super::deed::{Command, Deed};
use super::draft::own_draft;
use super::review::reason;
use crate::entries;
use crate::rules::outgoing::Verb;
use crate::store::outgoing::{Outgoing, OutgoingId};
use crate::store::registers::number_void;
use platform::access::{Permission, Principal};
use platform::ledger::Codes;
use platform::{Platform, Result};
use serde_json::json;

/// Voids a document with a reason: a draft by its drafter, a numbered one by the clerk. The number is never given again.
pub async fn void(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    why: String,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    let why = reason(&why)?;
    change(platform, deed, id, command, Verb::Void, &entries::VOIDED, move |tx, deed, document| {
        match (&document.register, document.year, document.number) {
            (Some(register), Some(year), Some(number)) => {
                deed.require(Permission::OutgoingNumber)?;
                number_void(tx, register, year, number, &why, deed.now)?;
            }
            _ => own_draft(deed, document)?,
        }
        document.void_reason = Some(why.clone());
        Ok(Told {
            codes: Codes::new().with_some("number", document.number),
            details: json!({ "reason": why, "code": document.code }),
        })
    })
    .await
}
