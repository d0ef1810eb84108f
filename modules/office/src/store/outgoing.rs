//! Outgoing documents: the record, its recipients, the lists people work from, and the record as the ledger digests it.

use super::lists::{Condition, Cursor, Listed, rank, references};
use super::readers::Reach;
use super::{changed_one, word};
use crate::rules::outgoing::State;
use crate::rules::signature_authority::Authority;
use base::document_types::{Secrecy, Urgency};
use base::{AgencyCode, Date, Id, Timestamp, format};
use platform::db::ToValue;
use platform::{Error, Result, Row, Tx, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Marker of outgoing document ids.
pub enum OutgoingMark {}
/// Id of an outgoing document.
pub type OutgoingId = Id<OutgoingMark>;

/// An outgoing document (văn bản đi) as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outgoing {
    /// Its id.
    pub id: OutgoingId,
    /// The issuing agency.
    pub agency: AgencyCode,
    /// How far it has come.
    pub state: State,
    /// Code of its kind.
    pub kind: String,
    /// Lĩnh vực.
    pub field: Option<String>,
    /// Trích yếu.
    pub subject: String,
    /// Độ mật.
    pub secrecy: Secrecy,
    /// Độ khẩn.
    pub urgency: Urgency,
    /// Hạn trả lời.
    pub due_on: Option<Date>,
    /// Id of the drafting unit.
    pub unit: Option<String>,
    /// Its name.
    pub unit_name: String,
    /// Its abbreviation in the notation of official letters.
    pub unit_abbreviation: Option<String>,
    /// Id of the person who drafts.
    pub drafter: String,
    /// The drafter's name.
    pub drafter_name: String,
    /// Id of the signer's position.
    pub signer_position: Option<String>,
    /// Id of the signer.
    pub signer: Option<String>,
    /// The signer's name.
    pub signer_name: String,
    /// The signer's title.
    pub signer_title: String,
    /// By what authority the signer signs.
    pub authority: Authority,
    /// Other places as printed under “Nơi nhận”, e.g. `Lưu: VT, TCCB`.
    pub places: Vec<String>,
    /// Ghi chú.
    pub note: String,
    /// Pages.
    pub pages: Option<i64>,
    /// Paper copies.
    pub copies: Option<i64>,
    /// Number of the latest revision.
    pub revision: i64,
    /// Why it was sent back last.
    pub sent_back_reason: Option<String>,
    /// The register that numbered it.
    pub register: Option<String>,
    /// Year of the number.
    pub year: Option<i64>,
    /// The number.
    pub number: Option<i64>,
    /// The notation.
    pub notation: Option<String>,
    /// Number and notation as printed.
    pub code: Option<String>,
    /// The date of the document.
    pub dated: Option<Date>,
    /// The place of issue.
    pub place: Option<String>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// The document code by which the exchange knows it.
    pub document_id: Option<String>,
    /// Id of the package that carried it.
    pub package: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// When it was numbered.
    pub numbered_at: Option<Timestamp>,
    /// When it was sealed.
    pub sealed_at: Option<Timestamp>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// Version of the record in the ledger.
    pub version: i64,
}

const COLUMNS: &str = "id, agency, state, kind, field, subject, secrecy, urgency, due_on, unit, unit_name, \
    unit_abbreviation, drafter, drafter_name, signer_position, signer, signer_name, signer_title, authority, places, note, \
    pages, copies, revision, sent_back_reason, register, year, number, notation, code, dated, place, void_reason, \
    document_id, package, created_at, changed_at, signed_at, numbered_at, sealed_at, issued_at, version, rank";

impl Outgoing {
    fn values(&self) -> Vec<Value> {
        let rank = 4 - self.urgency.number();
        let columns: [&dyn ToValue; 43] = [
            &self.id,
            &self.agency,
            &self.state.code(),
            &self.kind,
            &self.field,
            &self.subject,
            &self.secrecy.code(),
            &self.urgency.code(),
            &self.due_on,
            &self.unit,
            &self.unit_name,
            &self.unit_abbreviation,
            &self.drafter,
            &self.drafter_name,
            &self.signer_position,
            &self.signer,
            &self.signer_name,
            &self.signer_title,
            &self.authority.code(),
            &serde_json::json!(self.places),
            &self.note,
            &self.pages,
            &self.copies,
            &self.revision,
            &self.sent_back_reason,
            &self.register,
            &self.year,
            &self.number,
            &self.notation,
            &self.code,
            &self.dated,
            &self.place,
            &self.void_reason,
            &self.document_id,
            &self.package,
            &self.created_at,
            &self.changed_at,
            &self.signed_at,
            &self.numbered_at,
            &self.sealed_at,
            &self.issued_at,
            &self.version,
            &rank,
        ];
        columns.iter().map(|v| v.to_value()).collect()
    }

    fn from_row(row: &Row) -> Result<Self> {
        let places: Json = row.get(19)?;
        Ok(Self {
            id: row.get(0)?,
            agency: row.get(1)?,
            state: word(State::parse, &row.get::<String>(2)?)?,
            kind: row.get(3)?,
            field: row.get(4)?,
            subject: row.get(5)?,
            secrecy: word(Secrecy::from_code, &row.get::<String>(6)?)?,
            urgency: word(Urgency::from_code, &row.get::<String>(7)?)?,
            due_on: row.get(8)?,
            unit: row.get(9)?,
            unit_name: row.get(10)?,
            unit_abbreviation: row.get(11)?,
            drafter: row.get(12)?,
            drafter_name: row.get(13)?,
            signer_position: row.get(14)?,
            signer: row.get(15)?,
            signer_name: row.get(16)?,
            signer_title: row.get(17)?,
            authority: word(Authority::parse, &row.get::<String>(18)?)?,
            places: serde_json::from_value(places).map_err(|e| Error::fault("reading places", e))?,
            note: row.get(20)?,
            pages: row.get(21)?,
            copies: row.get(22)?,
            revision: row.get(23)?,
            sent_back_reason: row.get(24)?,
            register: row.get(25)?,
            year: row.get(26)?,
            number: row.get(27)?,
            notation: row.get(28)?,
            code: row.get(29)?,
            dated: row.get(30)?,
            place: row.get(31)?,
            void_reason: row.get(32)?,
            document_id: row.get(33)?,
            package: row.get(34)?,
            created_at: row.get(35)?,
            changed_at: row.get(36)?,
            signed_at: row.get(37)?,
            numbered_at: row.get(38)?,
            sealed_at: row.get(39)?,
            issued_at: row.get(40)?,
            version: row.get(41)?,
        })
    }
}

/// Writes a new document.
pub fn outgoing_insert(tx: &Tx<'_>, document: &Outgoing) -> Result<()> {
    let values = document.values();
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let sql = format!("INSERT INTO office_outgoing ({COLUMNS}) VALUES ({})", places.join(", "));
    tx.execute(&sql, &references(&values)).map(|_| ())
}

/// The issued document of an agency that a reference from outside names: by its document code, else by number, notation
/// and date.
pub fn outgoing_named(
    tx: &Tx<'_>,
    agency: &AgencyCode,
    document_id: Option<&str>,
    code: &str,
    dated: Option<Date>,
) -> Result<Option<Outgoing>> {
    let document_id = document_id.map(str::to_owned);
    tx.query_opt(
        &format!(
            "SELECT {COLUMNS} FROM office_outgoing WHERE state = 'issued' \
             AND id IN (SELECT id FROM office_outgoing WHERE agency = $1 AND document_id = $2 UNION \
             SELECT id FROM office_outgoing WHERE agency = $1 AND code = $3 AND dated = $4) ORDER BY issued_at DESC LIMIT 1"
        ),
        &[agency, &document_id, &code, &dated],
    )?
    .map(|row| Outgoing::from_row(&row))
    .transpose()
}

/// Writes the document over the version before its own; `Conflict` when somebody else was first.
pub fn outgoing_save(tx: &Tx<'_>, document: &Outgoing) -> Result<()> {
    let mut values = document.values();
    let sets: Vec<String> =
        COLUMNS.split(',').enumerate().skip(1).map(|(n, name)| format!("{} = ${}", name.trim(), n + 1)).collect();
    values.push(Value::Int(document.version - 1));
    let sql = format!("UPDATE office_outgoing SET {} WHERE id = $1 AND version = ${}", sets.join(", "), values.len());
    changed_one(tx.execute(&sql, &references(&values))?, "the document")
}

/// One document.
pub fn outgoing_get(tx: &Tx<'_>, id: OutgoingId) -> Result<Outgoing> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM office_outgoing WHERE id = $1"), &[&id])?
        .ok_or(Error::NotFound("outgoing document"))
        .and_then(|row| Outgoing::from_row(&row))
}

/// The document that a package carried, if it went out from here.
pub fn outgoing_by_package(tx: &Tx<'_>, package: &str) -> Result<Option<Outgoing>> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM office_outgoing WHERE package = $1"), &[&package])?
        .map(|row| Outgoing::from_row(&row))
        .transpose()
}

/// Who gets the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Recipient {
    /// Agency code; `None` for a place without one.
    #[schema(value_type = Option<String>)]
    pub agency: Option<AgencyCode>,
    /// Name.
    pub name: String,
    /// Whether it goes through the exchange; otherwise on paper.
    pub electronic: bool,
}

/// Replaces the recipients.
pub fn recipients_set(tx: &Tx<'_>, outgoing: OutgoingId, recipients: &[Recipient]) -> Result<()> {
    tx.execute("DELETE FROM office_recipient WHERE outgoing = $1", &[&outgoing])?;
    for (ordinal, recipient) in (1_i64..).zip(recipients) {
        tx.execute(
            "INSERT INTO office_recipient (outgoing, ordinal, agency, name, medium) VALUES ($1, $2, $3, $4, $5)",
            &[
                &outgoing,
                &ordinal,
                &recipient.agency,
                &recipient.name,
                &if recipient.electronic { "electronic" } else { "paper" },
            ],
        )?;
    }
    Ok(())
}

/// The recipients in their order.
pub fn recipients_of(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Vec<Recipient>> {
    tx.query("SELECT agency, name, medium FROM office_recipient WHERE outgoing = $1 ORDER BY ordinal", &[&outgoing])?
        .iter()
        .map(|row| {
            Ok(Recipient { agency: row.get(0)?, name: row.get(1)?, electronic: row.get::<String>(2)? == "electronic" })
        })
        .collect()
}

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct OutgoingFilter {
    /// Only these states; empty: all.
    pub states: Vec<State>,
    /// Only what this person drafted.
    pub drafter: Option<String>,
    /// Only what this person is to sign.
    pub signer: Option<String>,
    /// Only this register.
    pub register: Option<String>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this urgency.
    pub urgency: Option<Urgency>,
    /// Only this drafting unit.
    pub unit: Option<String>,
    /// Latest first, without regard to urgency.
    pub recent_first: bool,
}

const LISTED: Listed = Listed { table: "office_outgoing", columns: COLUMNS, time: "changed_at" };

fn filtered(reach: &Reach, filter: &OutgoingFilter) -> Condition {
    let mut found = Condition::reach(reach, "office.outgoing");
    if !filter.states.is_empty() {
        found.one_of("state", filter.states.iter().map(|s| s.code().to_owned()));
    }
    found.compare("drafter =", filter.drafter.clone());
    found.compare("signer =", filter.signer.clone());
    found.compare("register =", filter.register.clone());
    found.compare("kind =", filter.kind.clone());
    found.compare("unit =", filter.unit.clone());
    if let Some(urgency) = filter.urgency {
        let place = found.place(Value::Int(rank(urgency)));
        found.also(format!("rank = {place}"));
    }
    found
}

/// One page of a list: the most urgent first, within a level what waits longest; or the latest first.
pub fn outgoing_page(
    tx: &Tx<'_>,
    reach: &Reach,
    filter: &OutgoingFilter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(Vec<Outgoing>, Option<Cursor>)> {
    let key = |row: &Outgoing| Cursor::of(row.urgency, row.changed_at, row.id);
    LISTED.page(tx, filtered(reach, filter), filter.recent_first, (after, limit), (Outgoing::from_row, key))
}

/// How many documents of each state a reader may see.
pub fn outgoing_counts(tx: &Tx<'_>, reach: &Reach, filter: &OutgoingFilter) -> Result<Vec<(State, i64)>> {
    let states = if filter.states.is_empty() { State::ALL.to_vec() } else { filter.states.clone() };
    let any = OutgoingFilter { states: Vec::new(), ..filter.clone() };
    let of: Vec<Value> = states.iter().map(|s| Value::Text(s.code().to_owned())).collect();
    let counts = LISTED.counts(tx, filtered(reach, &any), "state", &of)?;
    Ok(states.into_iter().zip(counts).filter(|(_, n)| *n > 0).collect())
}

/// The documents of a register in a year from `after` on, in the order of their numbers: book I (Phụ lục IV).
pub fn outgoing_book(tx: &Tx<'_>, register: &str, year: i64, after: i64, limit: i64) -> Result<Vec<Outgoing>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM office_outgoing WHERE register = $1 AND year = $2 AND number > $3 ORDER BY number LIMIT $4"
        ),
        &[&register, &year, &after, &limit],
    )?
    .iter()
    .map(Outgoing::from_row)
    .collect()
}

/// How many documents of the agency were signed, and how many issued, at or after `since`; capped as all counts are.
pub fn outgoing_done_since(tx: &Tx<'_>, agency: &AgencyCode, since: Timestamp) -> Result<(i64, i64)> {
    let since_then = |column: &str| -> Result<i64> {
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM office_outgoing WHERE agency = $1 AND {column} >= $2 \
             AND state <> 'voided' LIMIT {}) AS since",
            format::COUNT_CAP
        );
        tx.query_one(&sql, &[agency, &since])?.get(0)
    };
    Ok((since_then("signed_at")?, since_then("issued_at")?))
}

/// The record as the ledger digests it: everything that must not change unseen.
pub fn outgoing_record(tx: &Tx<'_>, id: &str) -> Result<Option<Json>> {
    let Some(row) = tx.query_opt(&format!("SELECT {COLUMNS} FROM office_outgoing WHERE id = $1"), &[&id])? else {
        return Ok(None);
    };
    let document = Outgoing::from_row(&row)?;
    let key = document.id;
    let mut record = serde_json::to_value(&document).map_err(|e| Error::fault("writing a document", e))?;
    record["recipients"] = serde_json::json!(recipients_of(tx, key)?);
    record["files"] = serde_json::json!(super::files::files_of(tx, key, true)?);
    record["revisions"] = serde_json::json!(
        super::revisions::revisions_of(tx, key)?.into_iter().map(|r| (r.number, r.digest)).collect::<Vec<_>>()
    );
    record["approvals"] = serde_json::json!(super::revisions::approvals_of(tx, key)?);
    record["signatures"] = serde_json::json!(super::revisions::signatures_of(tx, key)?);
    record["signing_requests"] = serde_json::json!(super::signing_requests::requests_of(tx, key)?);
    record["links"] = serde_json::json!(super::links::links_from(tx, "office.outgoing", id)?);
    record["readers"] = serde_json::json!(super::readers::readers_of(tx, "office.outgoing", id)?);
    Ok(Some(record))
}
