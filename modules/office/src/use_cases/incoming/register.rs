//! Registration (đăng ký): arrival number and date, gapless in the transaction; the sender hears 03 (Điều 22).

use super::change::{apply, incoming_seen};
use super::submit::{SubmitInput, submit_in};
use super::tell::tell_sender;
use crate::entries;
use crate::refusals;
use crate::rules::duplicate::{Duplicate, Identity, compare, triple_key};
use crate::rules::incoming::Verb;
use crate::rules::metadata::{IncomingFields, check_incoming, split_code};
use crate::rules::numbering::{Series, series_for};
use crate::rules::registration_deadline::last_day;
use crate::store::incoming::{Incoming, IncomingId, incoming_alike, incoming_get};
use crate::store::registers::{Direction, number_take, registers_ensure, registers_of, series_state};
use crate::use_cases::change::{Told, check_version};
use crate::use_cases::deed::{Command, Deed};
use crate::use_cases::once::once;
use base::calendar::WorkingCalendar;
use base::document_types::{self, Urgency};
use base::fold::nfc;
use base::{Date, Lang, Refusal, Text};
use exchange::StatusCode;
use platform::access::{Permission, Principal};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the clerk confirms or corrects; what is left out stays as it arrived.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct RegisterInput {
    /// Number and notation, e.g. `7214/BNV-TCBC`.
    pub code: Option<String>,
    /// Code of the kind.
    pub kind: Option<String>,
    /// Name of the kind as the issuer wrote it, where it is none that we know.
    pub kind_name: Option<String>,
    /// Trích yếu.
    pub subject: Option<String>,
    /// Issuer (cơ quan ban hành).
    pub issuer: Option<String>,
    /// Date of the document, `YYYY-MM-DD`.
    pub issued_on: Option<String>,
    /// Signer.
    pub signer_name: Option<String>,
    /// Position of the signer.
    pub signer_position: Option<String>,
    /// `normal`, `urgent`, `very_urgent`, `express`, `timed_express`.
    pub urgency: Option<String>,
    /// Hạn trả lời, `YYYY-MM-DD`; empty: none.
    pub due_on: Option<String>,
    /// Lĩnh vực.
    pub field: Option<String>,
    /// Pages.
    pub pages: Option<i64>,
    /// Ghi chú.
    pub note: Option<String>,
    /// The clerk has compared and it is not the same document as the one it resembles.
    pub not_duplicate: bool,
}

/// Registers an arrival; with `submit` it is put before the leader in the same step.
pub async fn register_incoming(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: RegisterInput,
    submit: Option<SubmitInput>,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingRegister)?;
    let then = Deed::new(platform, principal)?;
    let seen = command.version;
    let doer = deed.clone();
    let done = once(platform, &deed, command, entries::REGISTERED.name, incoming_get, move |tx| {
        let mut document = incoming_seen(tx, &doer, id)?;
        check_version(seen, document.version)?;
        register_in(tx, &doer, &mut document, &input)?;
        if let Some(submit) = &submit {
            submit_in(tx, &then, &mut document, submit)?;
        }
        Ok((id, document.version, document))
    })
    .await?;
    platform.wake_jobs();
    Ok(done)
}

/// Registers inside a transaction.
pub fn register_in(tx: &Tx<'_>, deed: &Deed, document: &mut Incoming, input: &RegisterInput) -> Result<()> {
    apply(tx, deed, document, Verb::Register, &entries::REGISTERED, &|tx, deed, document| {
        if document.operation == "recall" {
            return Err(Refusal::new(&refusals::RECALL_NOT_REGISTERED).into());
        }
        fill(document, input, deed.today())?;
        if !input.not_duplicate
            && let Some((other, why)) = duplicates(tx, document)?.into_iter().next()
        {
            return Err(duplicate(&other, why).into());
        }
        let series = series_of(tx, document, deed.today())?;
        let subject = document.id.to_string();
        let number = number_take(tx, &series.id, deed.today(), deed.now, (entries::INCOMING.name, &subject))?;
        let calendar = WorkingCalendar::default();
        let last = last_day(document.arrived_at, document.urgency, &|day| calendar.is_working_day(day));
        document.register = Some(series.id);
        document.year = Some(i64::from(deed.today().year()));
        document.arrival_number = Some(number);
        document.arrived_on = Some(deed.today());
        document.registered_at = Some(deed.now);
        document.registered_by = Some(deed.person().to_owned());
        document.registered_by_name = Some(deed.principal.name.clone());
        let words = format!("Số đến {number} ngày {}.", base::format::date(deed.today(), Lang::Vi));
        tell_sender(tx, deed, document, StatusCode::REGISTERED, &words)?;
        Ok(Told {
            codes: Codes::new()
                .with("number", number)
                .with_some("register", document.register.clone())
                .with("in_time", deed.today() <= last)
                .with("after_arrival_seconds", deed.now.since(document.arrived_at).max(0) / 1_000_000),
            details: json!({ "number": number, "code": document.code(), "subject": document.subject }),
        })
    })
}

/// The number that the next registration of the agency would give; another clerk may be faster.
pub fn number_preview(tx: &Tx<'_>, document: &Incoming, today: Date) -> Result<i64> {
    let all: Vec<Series> =
        registers_of(tx, &document.agency, Direction::In, today)?.iter().map(|r| r.series()).collect();
    let series = series_for(&all, document.kind.as_deref().unwrap_or_default(), document.secrecy)?;
    Ok(series_state(tx, &series.id, today.year())?.last_number + 1)
}

fn series_of(tx: &Tx<'_>, document: &Incoming, today: Date) -> Result<Series> {
    registers_ensure(tx, &document.agency, Direction::In, today)?;
    let all: Vec<Series> =
        registers_of(tx, &document.agency, Direction::In, today)?.iter().map(|r| r.series()).collect();
    Ok(series_for(&all, document.kind.as_deref().unwrap_or_default(), document.secrecy)?.clone())
}

/// Documents that came before and seem to be the same.
pub fn duplicates(tx: &Tx<'_>, document: &Incoming) -> Result<Vec<(Incoming, Duplicate)>> {
    let own = identity(document);
    Ok(incoming_alike(tx, &document.agency, document.document_id.as_deref(), &document.triple, document.id)?
        .into_iter()
        // An update or replacement carries the number of the document that it is about.
        .filter(|other| other.operation == "new" && document.operation == "new")
        .filter_map(|other| compare(&own, &identity(&other)).map(|why| (other, why)))
        .collect())
}

fn duplicate(other: &Incoming, why: Duplicate) -> Refusal {
    let name = other.arrival_number.map_or_else(|| "chưa đăng ký".to_owned(), |number| number.to_string());
    let (what_vi, what_en) = match why {
        Duplicate::SameCode => ("mã văn bản", "document code"),
        Duplicate::SameTriple => ("số, ký hiệu và nơi ban hành", "number, notation and issuer"),
    };
    Refusal::new(&refusals::DUPLICATE).with("what_vi", what_vi).with("what_en", what_en).with("other", name).field(
        "not_duplicate",
        Text::fixed("So lại, rồi đánh dấu nếu là văn bản khác.", "Compare, then tick it if it is another document."),
    )
}

/// What identifies the document to a reader.
pub fn identity(document: &Incoming) -> Identity {
    Identity {
        document_id: document.document_id.clone(),
        number: document.number.clone(),
        notation: document.notation.clone(),
        issuer: document.issuer_code.clone().unwrap_or_else(|| document.issuer.clone()),
        issued_on: document.issued_on,
    }
}

/// Puts what the clerk entered into the record; refused when the register cannot carry it.
pub fn fill(document: &mut Incoming, input: &RegisterInput, today: Date) -> Result<()> {
    let clean = |text: &Option<String>| text.as_deref().map(|t| nfc(t.trim()));
    let mut refusal = Refusal::new(&refusals::METADATA);
    if let Some(code) = clean(&input.code) {
        (document.number, document.notation) = split_code(&code);
    }
    if let Some(kind) = clean(&input.kind) {
        match document_types::by_id(&kind) {
            Some(found) => {
                found.name.get(Lang::Vi).split(" (").next().unwrap_or_default().clone_into(&mut document.kind_name);
                document.kind = Some(kind);
            }
            None if kind.is_empty() => document.kind = None,
            None => {
                refusal = refusal.field("kind", Text::fixed("Chọn trong danh sách.", "Choose from the list."));
            }
        }
    }
    if let Some(name) = clean(&input.kind_name).filter(|n| !n.is_empty()) {
        document.kind_name = name;
    }
    for (value, place) in [
        (&input.subject, &mut document.subject),
        (&input.issuer, &mut document.issuer),
        (&input.signer_name, &mut document.signer_name),
        (&input.signer_position, &mut document.signer_position),
        (&input.note, &mut document.note),
    ] {
        if let Some(text) = clean(value) {
            *place = text;
        }
    }
    if let Some(field) = clean(&input.field) {
        document.field = Some(field).filter(|f| !f.is_empty());
    }
    if let Some(urgency) = clean(&input.urgency) {
        match Urgency::from_code(&urgency) {
            Some(urgency) => document.urgency = urgency,
            None => refusal = refusal.field("urgency", Text::fixed("Chọn trong danh sách.", "Choose from the list.")),
        }
    }
    for (name, value, place) in
        [("issued_on", &input.issued_on, &mut document.issued_on), ("due_on", &input.due_on, &mut document.due_on)]
    {
        match clean(value).as_deref() {
            None => {}
            Some("") => *place = None,
            Some(text) => match text.parse() {
                Ok(day) => *place = Some(day),
                Err(_) => refusal = refusal.field(name, Text::fixed("Không phải một ngày.", "This is not a day.")),
            },
        }
    }
    if let Some(pages) = input.pages {
        if (0..=crate::rules::metadata::COUNT).contains(&pages) {
            document.pages = Some(pages);
        } else {
            refusal = refusal.field("pages", Text::fixed("Từ 0 đến 999.", "From 0 to 999."));
        }
    }
    if !refusal.fields.is_empty() {
        return Err(refusal.into());
    }
    check_incoming(
        &IncomingFields {
            number: document.number.clone(),
            notation: document.notation.clone(),
            issuer: document.issuer.clone(),
            subject: document.subject.clone(),
            kind_name: document.kind_name.clone(),
            issued_on: document.issued_on,
            signer_name: document.signer_name.clone(),
            signer_position: document.signer_position.clone(),
            note: document.note.clone(),
        },
        today,
    )?;
    document.triple = triple_key(&identity(document));
    Ok(())
}
