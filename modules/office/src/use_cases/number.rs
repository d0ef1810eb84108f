//! Number and date (cấp số): allocated in the transaction, gapless, unique, in the order of dates (Điều 15).

use super::change::{Told, change};
use super::deed::{Command, Deed};
use crate::entries;
use crate::refusals;
use crate::rules::numbering::{code, notation, series_for, written};
use crate::rules::outgoing::{Verb, may_seal};
use crate::rules::{document_type, numbering::Series};
use crate::store::outgoing::{Outgoing, OutgoingId};
use crate::store::registers::{Direction, number_take, registers_ensure, registers_of, series_state};
use crate::store::revisions::signatures_of;
use base::fold::nfc;
use base::{AgencyCode, Date, Lang, Refusal};
use platform::access::{Permission, Principal};
use platform::directory::{self, AgencyLevel};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde_json::json;

/// Gives a signed document its number and date; today where no date is named.
pub async fn number_and_date(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    dated: Option<Date>,
    place: Option<String>,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingNumber)?;
    let place = place.map(|p| nfc(p.trim())).filter(|p| !p.is_empty() && p.chars().count() <= 50);
    change(platform, deed, id, command, Verb::Number, &entries::NUMBERED, move |tx, deed, document| {
        // For electronic documents the number follows the signature (Điều 15 khoản 2, 3).
        let signed =
            signatures_of(tx, document.id)?.iter().any(|s| s.role == "person" && s.revision == document.revision);
        if !signed {
            may_seal(false, false)?;
        }
        let dated = dated.unwrap_or_else(|| deed.today());
        let kind = document_type::by_code(&document.kind)
            .ok_or_else(|| Refusal::new(&refusals::NO_SERIES).with("kind", &document.kind))?;
        let agency = directory::agency_require(tx, &document.agency, dated)?;
        let symbol = notation(kind, &agency.abbreviation, document.unit_abbreviation.as_deref())?;
        let series = series_of(tx, document, deed.today())?;
        let subject = document.id.to_string();
        let number = number_take(tx, &series.id, dated, deed.now, (entries::OUTGOING.name, &subject))?;
        document.code = Some(code(number, "", &symbol));
        document.register = Some(series.id);
        document.year = Some(i64::from(dated.year()));
        document.number = Some(number);
        document.dated = Some(dated);
        document.numbered_at = Some(deed.now);
        document.place = Some(match &place {
            Some(place) => place.clone(),
            None => place_of(tx, &document.agency, &agency)?,
        });
        // The national reference form of the document code: agency, date, number and notation (unique in the year).
        document.document_id =
            Some(format!("{},{},{}/{symbol}", document.agency, dated.strftime("%Y/%m/%d"), written(number)));
        document.notation = Some(symbol);
        Ok(Told {
            codes: Codes::new().with("number", number).with_some("register", document.register.clone()),
            details: json!({ "code": document.code, "dated": dated.to_string() }),
        })
    })
    .await
}

fn series_of(tx: &Tx<'_>, document: &Outgoing, today: Date) -> Result<Series> {
    registers_ensure(tx, &document.agency, Direction::Out, today)?;
    let all: Vec<Series> =
        registers_of(tx, &document.agency, Direction::Out, today)?.iter().map(|r| r.series()).collect();
    Ok(series_for(&all, &document.kind, document.secrecy)?.clone())
}

/// The number that the document would get if it were numbered now, as printed; another may be faster.
pub fn number_preview(tx: &Tx<'_>, document: &Outgoing, today: Date) -> Result<String> {
    let kind = document_type::by_code(&document.kind)
        .ok_or_else(|| Refusal::new(&refusals::NO_SERIES).with("kind", &document.kind))?;
    let agency = directory::agency_require(tx, &document.agency, today)?;
    let symbol = notation(kind, &agency.abbreviation, document.unit_abbreviation.as_deref())?;
    let all: Vec<Series> =
        registers_of(tx, &document.agency, Direction::Out, today)?.iter().map(|r| r.series()).collect();
    let series = series_for(&all, &document.kind, document.secrecy)?;
    Ok(code(series_state(tx, &series.id, today.year())?.last_number + 1, "", &symbol))
}

/// The place printed before the date: the one used last, else the end of the agency's address, else the capital for
/// central agencies, else the agency's name.
fn place_of(tx: &Tx<'_>, code: &AgencyCode, agency: &directory::Agency) -> Result<String> {
    let last = tx.query_opt(
        "SELECT place FROM office_outgoing WHERE agency = $1 AND place IS NOT NULL ORDER BY changed_at DESC, id DESC LIMIT 1",
        &[code],
    )?;
    if let Some(row) = last {
        return row.get(0);
    }
    let from_address = agency.contact.address.rsplit(',').next().map(str::trim).filter(|p| !p.is_empty());
    Ok(match from_address {
        Some(place) => place.trim_start_matches("thành phố ").trim_start_matches("tỉnh ").to_owned(),
        None if agency.level == AgencyLevel::Central => "Hà Nội".to_owned(),
        None => agency.name.get(Lang::Vi).chars().take(50).collect(),
    })
}
