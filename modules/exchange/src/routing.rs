//! Where a recipient is: on this server, on another, or nowhere that is known.

use crate::model::Party;
use crate::peers;
use crate::refusals;
use crate::store::deliveries::Route;
use base::agency_code::AgencyCode;
use base::{Date, Refusal, Text};
use platform::directory::{self, Agency};
use platform::{Result, Tx};

/// The way to an agency of the directory.
pub fn route(tx: &Tx<'_>, agency: &Agency) -> Result<Route> {
    if agency.hosted {
        return Ok(Route::Here);
    }
    let peer = peers::store::peer_of_agency(tx, &agency.code)?;
    Ok(peer.map_or(Route::Nowhere, |id| Route::Peer(id.to_string())))
}

/// A recipient that may be sent to on `on`, with its name from the directory; refused when unknown or closed.
///
/// A closed code is refused with its successor proposed and never redirected silently (spec: QĐ 09/2025/QĐ-TTg).
pub fn recipient(tx: &Tx<'_>, code: &AgencyCode, on: Date, field: &str) -> Result<Agency> {
    let Some(agency) = directory::agency_by_any_code(tx, code.canonical())? else {
        return Err(Refusal::new(&refusals::RECIPIENT_UNKNOWN)
            .with("code", code)
            .field(field, Text::fixed("Mã có trong danh mục cơ quan.", "A code of the directory."))
            .into());
    };
    if agency.is_open(on) {
        return Ok(agency);
    }
    let successors = directory::agency_successors(tx, &agency.code, on)?;
    let named: Vec<String> =
        successors.iter().map(|a| format!("{} ({})", a.code, a.name.get(base::Lang::Vi))).collect();
    let proposed = if named.is_empty() { "—".to_owned() } else { named.join(", ") };
    Err(Refusal::new(&refusals::RECIPIENT_CLOSED)
        .with("code", &agency.code)
        .with("date", agency.valid_to.map_or_else(String::new, |d| d.strftime("%d/%m/%Y").to_string()))
        .with("successor", &proposed)
        .field(field, Text::new(format!("Mã kế thừa: {proposed}"), format!("Successor: {proposed}")))
        .into())
}

/// The recipients of a package, each checked; refused when there is none, or one is named twice.
pub fn recipients(tx: &Tx<'_>, to: &[Party], on: Date) -> Result<Vec<Agency>> {
    if to.is_empty() {
        return Err(Refusal::new(&refusals::RECIPIENT_MISSING)
            .field("MessageHeader/To", Text::fixed("Ít nhất một nơi nhận.", "At least one recipient."))
            .into());
    }
    let mut agencies: Vec<Agency> = Vec::with_capacity(to.len());
    for (index, party) in to.iter().enumerate() {
        let field = format!("MessageHeader/To[{}]/OrganId", index + 1);
        let agency = recipient(tx, &party.code, on, &field)?;
        if agencies.iter().any(|known| known.code == agency.code) {
            return Err(Refusal::new(&refusals::RECIPIENT_TWICE)
                .with("code", &agency.code)
                .field(field, Text::fixed("Mỗi nơi nhận một lần.", "Each recipient once."))
                .into());
        }
        agencies.push(agency);
    }
    Ok(agencies)
}
