//! Drafting (soạn thảo): begin a draft, change it, hand it on (NĐ 30/2020/NĐ-CP, Điều 10–11).

use super::change::{Told, change, record, revise_content};
use super::cite;
use super::deed::{Command, Deed};
use super::once::once;
use super::review::notify;
use crate::entries;
use crate::refusals;
use crate::rules::document_type;
use crate::rules::metadata::{self, Fields, FileFacts};
use crate::rules::outgoing::{State, Verb};
use crate::rules::signature_authority::{Authority, Rank, usual};
use crate::store::outgoing::{
    Outgoing, OutgoingId, Recipient, outgoing_get, outgoing_insert, recipients_of, recipients_set,
};
use crate::store::{files, readers};
use base::document_types::{Secrecy, Urgency};
use base::fold::nfc;
use base::{AgencyCode, Date, Lang, Refusal, Text};
use platform::access::{Permission, Principal, Role, scope_person, scope_position, scope_unit};
use platform::directory::{self, Holder};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A recipient as somebody names it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecipientInput {
    /// Agency code; without one the recipient is a place that gets paper.
    pub agency: Option<String>,
    /// Name; filled from the directory where there is a code.
    #[serde(default)]
    pub name: String,
    /// On paper although the agency has a code (NĐ 30/2020/NĐ-CP, Điều 23; secret documents).
    #[serde(default)]
    pub paper: bool,
}

/// What the drafter enters.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct DraftInput {
    /// Code of the kind, e.g. `decision`.
    pub kind: String,
    /// Trích yếu.
    pub subject: String,
    /// Lĩnh vực.
    pub field: Option<String>,
    /// `open`, `confidential`, `secret`, `top_secret`.
    pub secrecy: Option<String>,
    /// `normal`, `urgent`, `very_urgent`, `express`.
    pub urgency: Option<String>,
    /// Hạn trả lời, `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// Abbreviation of the unit or field in the notation of official letters; the unit's own where none is given.
    pub unit_abbreviation: Option<String>,
    /// Id of the position that is to sign.
    pub signer_position: Option<String>,
    /// `direct`, `on_behalf`, `acting`, `for_head`, `on_behalf_for_head`, `by_order`, `by_delegation`; what fits the rank
    /// where none is given.
    pub authority: Option<String>,
    /// Recipients.
    pub recipients: Vec<RecipientInput>,
    /// Other places as printed, e.g. `Lưu: VT, TCCB`.
    pub places: Vec<String>,
    /// Ghi chú.
    pub note: String,
    /// Pages.
    pub pages: Option<i64>,
    /// Paper copies.
    pub copies: Option<i64>,
    /// Ids of the incoming documents that this one answers.
    pub responds_to: Vec<String>,
    /// Ids of outgoing documents that this one replaces (Điều 18 khoản 3).
    pub replaces: Vec<String>,
    /// Ids of outgoing documents that this one corrects.
    pub corrects: Vec<String>,
}

/// Begins a draft.
pub async fn draft_outgoing(
    platform: &Platform,
    principal: &Principal,
    input: DraftInput,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingDraft)?;
    let id: OutgoingId = deed.id();
    let doer = deed.clone();
    once(platform, &deed, command, entries::DRAFTED.name, outgoing_get, move |tx| {
        let deed = &doer;
        let mut document = blank(tx, deed, id)?;
        let recipients = fill(tx, deed, &mut document, &input)?;
        outgoing_insert(tx, &document)?;
        recipients_set(tx, id, &recipients)?;
        cite::set_links(tx, deed, &document, &input)?;
        let mut tokens = vec![person_token(&document.drafter)];
        tokens.extend(deed.principal.unit.map(scope_unit));
        readers::readers_add(tx, entries::OUTGOING.name, &id.to_string(), &tokens)?;
        // The first revision stands before the first save, so that the record is complete when it is digested.
        revise_content(tx, deed, &mut document)?;
        tx.execute("UPDATE office_outgoing SET revision = $2 WHERE id = $1", &[&id, &document.revision])?;
        let codes = Codes::new().with("recipients", count(recipients.len()));
        record(
            tx,
            deed,
            &document,
            &entries::DRAFTED,
            Told { codes, details: json!({ "subject": document.subject }) },
        )?;
        Ok((id, document.version, document))
    })
    .await
}

/// Changes a draft. After an approval this sends it back to the start: whoever approved did so for other words (Điều 11).
pub async fn revise(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    input: DraftInput,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingDraft)?;
    change(platform, deed, id, command, Verb::Revise, &entries::REVISED, move |tx, deed, document| {
        own_draft(deed, document)?;
        super::sign::withdraw(tx, deed, document, "revised")?;
        let recipients = fill(tx, deed, document, &input)?;
        recipients_set(tx, document.id, &recipients)?;
        cite::set_links(tx, deed, document, &input)?;
        revise_content(tx, deed, document)?;
        Ok(Told {
            codes: Codes::new().with("recipients", count(recipients.len())),
            details: json!({ "subject": document.subject }),
        })
    })
    .await
}

/// Hands the draft to whoever answers for its content; `consult` names positions that are asked for an opinion besides.
pub async fn submit_for_content(
    platform: &Platform,
    principal: &Principal,
    id: OutgoingId,
    consult: Vec<String>,
    command: Command,
) -> Result<Outgoing> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OutgoingDraft)?;
    change(platform, deed, id, command, Verb::SubmitForContent, &entries::SUBMITTED, move |tx, deed, document| {
        own_draft(deed, document)?;
        if document.subject.trim().is_empty() {
            return Err(Refusal::new(&refusals::METADATA)
                .field("subject", Text::fixed("Chưa có trích yếu.", "The subject is missing."))
                .into());
        }
        let mut asked = Vec::new();
        for position in &consult {
            let holder = position_in(tx, document, position)?;
            asked.push(scope_position(holder.position.id));
            notify(tx, deed, document, &holder, Text::fixed("Xin ý kiến dự thảo", "Your opinion is asked on a draft"))?;
        }
        let heads = content_approvers(tx, document, deed.today())?;
        for head in &heads {
            asked.push(scope_position(head.position.id));
            notify(
                tx,
                deed,
                document,
                head,
                Text::fixed("Dự thảo chờ duyệt nội dung", "A draft awaits your approval"),
            )?;
        }
        readers::readers_add(tx, entries::OUTGOING.name, &document.id.to_string(), &asked)?;
        Ok(Told { codes: Codes::new().with("consulted", count(consult.len())), details: json!({}) })
    })
    .await
}

/// Only the drafter, or a head or colleague of the drafting unit, changes a draft.
pub fn own_draft(deed: &Deed, document: &Outgoing) -> Result<(), Refusal> {
    let same_unit = document.unit.is_some() && document.unit == deed.acting.unit;
    if document.drafter == deed.person() || same_unit { Ok(()) } else { Err(Refusal::new(&refusals::NOT_THE_DRAFTER)) }
}

/// Who answers for the content: the heads of the drafting unit; where it has none, the chief of office, then the leaders.
fn content_approvers(tx: &Tx<'_>, document: &Outgoing, today: Date) -> Result<Vec<Holder>> {
    for role in [Role::UnitHead, Role::ChiefOfOffice, Role::Leader] {
        let holders: Vec<Holder> = directory::position_holders(tx, &document.agency, role, today)?
            .into_iter()
            .filter(|h| role != Role::UnitHead || h.position.unit.map(|u| u.to_string()) == document.unit)
            .collect();
        if !holders.is_empty() {
            return Ok(holders);
        }
    }
    Ok(Vec::new())
}

/// The holder of a position of the document's own agency.
pub fn position_in(tx: &Tx<'_>, document: &Outgoing, position: &str) -> Result<Holder> {
    let unknown = || {
        Refusal::new(&refusals::SIGNER_UNKNOWN)
            .field("signer_position", Text::fixed("Chọn trong danh sách.", "Choose from the list."))
    };
    let id = position.parse().map_err(|_| unknown())?;
    let holder = directory::holder_get(tx, id)?.ok_or_else(unknown)?;
    if holder.position.agency == document.agency { Ok(holder) } else { Err(unknown().into()) }
}

fn person_token(person: &str) -> String {
    person.parse().map_or_else(|_| String::new(), scope_person)
}

/// A length as a code.
pub fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn blank(tx: &Tx<'_>, deed: &Deed, id: OutgoingId) -> Result<Outgoing> {
    let unit = match deed.principal.unit {
        Some(unit) => directory::unit_get(tx, unit)?,
        None => None,
    };
    Ok(Outgoing {
        id,
        agency: deed.agency().clone(),
        state: State::Draft,
        kind: String::new(),
        field: None,
        subject: String::new(),
        secrecy: Secrecy::Open,
        urgency: Urgency::Normal,
        due_on: None,
        unit: deed.acting.unit.clone(),
        unit_name: unit.as_ref().map_or_else(String::new, |u| u.name.vi.to_string()),
        unit_abbreviation: unit.map(|u| u.abbreviation).filter(|a| !a.is_empty()),
        drafter: deed.person().to_owned(),
        drafter_name: deed.principal.name.clone(),
        signer_position: None,
        signer: None,
        signer_name: String::new(),
        signer_title: String::new(),
        authority: Authority::Direct,
        places: Vec::new(),
        note: String::new(),
        pages: None,
        copies: None,
        revision: 0,
        sent_back_reason: None,
        register: None,
        year: None,
        number: None,
        notation: None,
        code: None,
        dated: None,
        place: None,
        void_reason: None,
        document_id: None,
        package: None,
        created_at: deed.now,
        changed_at: deed.now,
        signed_at: None,
        numbered_at: None,
        sealed_at: None,
        issued_at: None,
        version: 1,
    })
}

/// Puts what was entered into the document; refuses what no draft may hold. Returns the recipients with their names.
fn fill(tx: &Tx<'_>, deed: &Deed, document: &mut Outgoing, input: &DraftInput) -> Result<Vec<Recipient>> {
    let clean = |text: &str| nfc(text.trim());
    let mut wrong = Refusal::new(&refusals::METADATA);
    let choose = Text::fixed("Chọn trong danh sách.", "Choose from the list.");
    document.kind = input.kind.clone();
    document.subject = clean(&input.subject);
    document.field = input.field.as_deref().map(clean).filter(|f| !f.is_empty());
    document.note = clean(&input.note);
    document.places = input.places.iter().map(|p| clean(p)).filter(|p| !p.is_empty()).collect();
    document.pages = input.pages;
    document.copies = input.copies;
    match Secrecy::from_code(input.secrecy.as_deref().unwrap_or("open")) {
        Some(secrecy) => document.secrecy = secrecy,
        None => wrong = wrong.field("secrecy", choose.clone()),
    }
    match Urgency::from_code(input.urgency.as_deref().unwrap_or("normal")) {
        Some(urgency) => document.urgency = urgency,
        None => wrong = wrong.field("urgency", choose.clone()),
    }
    document.due_on = None;
    if let Some(text) = input.due_on.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        match text.parse() {
            Ok(date) => document.due_on = Some(date),
            Err(_) => wrong = wrong.field("due_on", Text::fixed("Ngày dạng 2026-11-23.", "A date such as 2026-11-23.")),
        }
    }
    if let Some(abbreviation) = input.unit_abbreviation.as_deref().map(clean).filter(|a| !a.is_empty()) {
        document.unit_abbreviation = Some(abbreviation);
    }
    set_signer(tx, deed, document, input)?;
    let recipients = recipients(tx, deed, document, &input.recipients, &mut wrong)?;
    if !wrong.fields.is_empty() {
        return Err(wrong.into());
    }
    metadata::check_lengths(&fields_of(document, &recipients, &[]))?;
    Ok(recipients)
}

fn set_signer(tx: &Tx<'_>, deed: &Deed, document: &mut Outgoing, input: &DraftInput) -> Result<()> {
    let Some(position) = input.signer_position.as_deref().filter(|p| !p.is_empty()) else {
        (document.signer_position, document.signer) = (None, None);
        (document.signer_name, document.signer_title) = (String::new(), String::new());
        return Ok(());
    };
    let holder = position_in(tx, document, position)?;
    let agency = directory::agency_require(tx, &document.agency, deed.today())?;
    let standing = super::sign::standing(&holder, &agency);
    document.authority = match input.authority.as_deref().filter(|a| !a.is_empty()) {
        Some(code) => Authority::parse(code).ok_or_else(|| {
            Refusal::new(&refusals::METADATA)
                .field("authority", Text::fixed("Chọn trong danh sách.", "Choose from the list."))
        })?,
        // The chairman's own decisions are signed in his own right, those of the committee on its behalf: the drafter says.
        None if standing.rank == Rank::Head => Authority::Direct,
        None if standing.rank == Rank::Deputy => Authority::ForHead,
        None => usual(standing.rank, standing.collective),
    };
    crate::rules::signature_authority::check(&standing, document.authority, deed.today())?;
    document.signer_position = Some(holder.position.id.to_string());
    document.signer = Some(holder.position.person.to_string());
    document.signer_name = holder.full_name;
    document.signer_title = holder.position.title.vi.to_string();
    Ok(())
}

fn recipients(
    tx: &Tx<'_>,
    deed: &Deed,
    document: &Outgoing,
    named: &[RecipientInput],
    wrong: &mut Refusal,
) -> Result<Vec<Recipient>> {
    let mut out: Vec<Recipient> = Vec::new();
    for (index, input) in named.iter().enumerate() {
        let Some(code) = input.agency.as_deref().map(str::trim).filter(|c| !c.is_empty()) else {
            if !input.name.trim().is_empty() {
                out.push(Recipient { agency: None, name: nfc(input.name.trim()), electronic: false });
            }
            continue;
        };
        let field = format!("recipients[{index}]");
        let Ok(code) = AgencyCode::parse(code) else {
            *wrong = wrong.clone().field(
                field,
                Text::new(format!("Mã {code} không đúng dạng."), format!("{code} is not an agency code.")),
            );
            continue;
        };
        // A closed or unknown agency is refused by the directory, which names the successor.
        let agency = directory::agency_require(tx, &code, deed.today())?;
        if out.iter().any(|r| r.agency.as_ref() == Some(&agency.code)) {
            *wrong = wrong.clone().field(field, Text::fixed("Đã có trong danh sách.", "Is already in the list."));
            continue;
        }
        let electronic = !input.paper && !document.secrecy.is_secret();
        out.push(Recipient { name: agency.name.get(Lang::Vi).to_owned(), agency: Some(agency.code), electronic });
    }
    Ok(out)
}

/// The fields as the rules look at them.
pub fn fields_of(document: &Outgoing, recipients: &[Recipient], files: &[files::File]) -> Fields {
    Fields {
        kind: document.kind.clone(),
        subject: document.subject.clone(),
        secrecy: document.secrecy,
        due_date: document.due_on,
        signer_name: document.signer_name.clone(),
        signer_position: document.signer_title.clone(),
        recipients: recipients.iter().map(|r| r.name.clone()).collect(),
        electronic_recipients: recipients.iter().filter(|r| r.electronic).count(),
        places: document.places.clone(),
        files: files.iter().map(|f| FileFacts { name: f.name.clone(), main: f.main, size: f.size }).collect(),
        pages: document.pages,
        copies: document.copies,
        note: document.note.clone(),
        unit_abbreviation: document.unit_abbreviation.clone(),
    }
}

/// What the program finds in the form of a document as it stands.
pub fn findings(tx: &Tx<'_>, document: &Outgoing, today: Date) -> Result<Vec<metadata::Finding>> {
    let (recipients, files) = (recipients_of(tx, document.id)?, files::files_of(tx, document.id, false)?);
    let mut found = metadata::findings(&fields_of(document, &recipients, &files), today);
    if document_type::by_code(&document.kind).is_none() {
        found.push(metadata::Finding {
            field: "kind",
            gravity: metadata::Gravity::Error,
            message: Text::fixed("Chưa chọn loại văn bản.", "No kind has been chosen."),
            basis: base::Basis::new("NĐ 30/2020/NĐ-CP", "Điều 7"),
        });
    }
    Ok(found)
}
