//! Incoming documents: the record, its files and verification, and the record as digested.

use super::lists::references;
use super::{changed_one, word};
use crate::rules::directive::Directive;
use crate::rules::incoming::State;
use base::document_types::{Secrecy, Urgency};
use base::{AgencyCode, Date, Id, Timestamp, format};
use platform::db::ToValue;
use platform::directory::AgencyLevel;
use platform::{Error, Result, Row, Tx, Value};
use serde::Serialize;
use serde_json::Value as Json;

/// Marker of incoming document ids.
pub enum IncomingMark {}
/// Id of an incoming document.
pub type IncomingId = Id<IncomingMark>;

/// An incoming document (văn bản đến) as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incoming {
    /// Its id.
    pub id: IncomingId,
    /// The receiving agency.
    pub agency: AgencyCode,
    /// How far it has come.
    pub state: State,
    /// `exchange`, `mail`, `paper` or `portal`.
    pub source: String,
    /// Id of the package that brought it.
    pub package: Option<String>,
    /// Id of the delivery to this agency.
    pub delivery: Option<String>,
    /// The issuer's document code.
    pub document_id: Option<String>,
    /// The issuer's agency code.
    pub issuer_code: Option<String>,
    /// The issuer's name (tác giả).
    pub issuer: String,
    /// Number.
    pub number: String,
    /// Notation.
    pub notation: String,
    /// Number, notation and issuer in one comparable text (`rules::duplicate::triple_key`).
    pub triple: String,
    /// Date of the document.
    pub issued_on: Option<Date>,
    /// Code of the kind, where it is one we know.
    pub kind: Option<String>,
    /// Name of the kind as the issuer wrote it.
    pub kind_name: String,
    /// Trích yếu.
    pub subject: String,
    /// Độ khẩn.
    pub urgency: Urgency,
    /// Độ mật.
    pub secrecy: Secrecy,
    /// Lĩnh vực.
    pub field: Option<String>,
    /// Name of the signer.
    pub signer_name: String,
    /// Position of the signer.
    pub signer_position: String,
    /// TM., KT., TL., TUQ., Q.
    pub signer_competence: String,
    /// The date by which the issuer wants an answer.
    pub due_on: Option<Date>,
    /// Pages.
    pub pages: Option<i64>,
    /// Whether a paper original comes too, or it came on paper.
    pub paper: bool,
    /// Ghi chú.
    pub note: String,
    /// What the checks on arrival came to: `valid`, `caution`, `failed` or `none`.
    pub verdict: String,
    /// When it arrived.
    pub arrived_at: Timestamp,
    /// The register.
    pub register: Option<String>,
    /// Year of the arrival number.
    pub year: Option<i64>,
    /// Số đến.
    pub arrival_number: Option<i64>,
    /// Ngày đến.
    pub arrived_on: Option<Date>,
    /// When it was registered.
    pub registered_at: Option<Timestamp>,
    /// Id of the clerk.
    pub registered_by: Option<String>,
    /// The clerk's name.
    pub registered_by_name: Option<String>,
    /// When it was put before the leader.
    pub submitted_at: Option<Timestamp>,
    /// The position before which it was put.
    pub submitted_to: Option<String>,
    /// The name that goes with it.
    pub submitted_to_name: Option<String>,
    /// What was proposed with it.
    pub proposal: Option<String>,
    /// When the directive was given.
    pub directed_at: Option<Timestamp>,
    /// Our deadline (thời hạn giải quyết).
    pub deadline: Option<Date>,
    /// Id of the unit in the lead.
    pub lead_unit: Option<String>,
    /// Name of the unit or person in the lead.
    pub lead_name: Option<String>,
    /// When work began.
    pub started_at: Option<Timestamp>,
    /// When it was finished.
    pub done_at: Option<Timestamp>,
    /// What came of it.
    pub result: Option<String>,
    /// When it was returned.
    pub returned_at: Option<Timestamp>,
    /// Why.
    pub return_reason: Option<String>,
    /// When the issuer recalled it.
    pub recalled_at: Option<Timestamp>,
    /// Why.
    pub recall_reason: Option<String>,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// Version of the record in the ledger.
    pub version: i64,
    /// What the package asks for: `new`, `recall`, `update` or `replace`.
    pub operation: String,
    /// Id of the earlier document that it is about.
    pub about: Option<String>,
    /// Level of the issuer: `central`, `province`, `commune` or `other`.
    pub issuer_level: String,
    /// The directive that was proposed with it.
    pub proposed: Option<Directive>,
    /// Id of the outgoing document that answers it.
    pub answer: Option<String>,
    /// Number and notation of that document.
    pub answer_code: Option<String>,
}

pub(super) const COLUMNS: &str = "id, agency, state, source, package, delivery, document_id, issuer_code, issuer, number, notation, \
    triple, issued_on, kind, kind_name, subject, urgency, secrecy, field, signer_name, signer_position, signer_competence, \
    due_on, pages, paper, note, verdict, arrived_at, register, year, arrival_number, arrived_on, registered_at, \
    registered_by, registered_by_name, submitted_at, submitted_to, submitted_to_name, proposal, directed_at, deadline, \
    lead_unit, lead_name, started_at, done_at, result, returned_at, return_reason, recalled_at, recall_reason, changed_at, \
    version, operation, about, issuer_level, proposed, answer, answer_code, rank";

impl Incoming {
    /// Number and notation as people say them, e.g. `12/QĐ-UBND`.
    pub fn code(&self) -> String {
        match (self.number.is_empty(), self.notation.is_empty()) {
            (false, false) => format!("{}/{}", self.number, self.notation),
            (false, true) => self.number.clone(),
            _ => self.notation.clone(),
        }
    }

    /// A new document with nothing known of it but where and when it arrived.
    pub fn arrived(id: IncomingId, agency: AgencyCode, at: Timestamp) -> Self {
        Self {
            id,
            agency,
            state: State::Arrived,
            source: "paper".to_owned(),
            package: None,
            delivery: None,
            document_id: None,
            issuer_code: None,
            issuer: String::new(),
            number: String::new(),
            notation: String::new(),
            triple: String::new(),
            issued_on: None,
            kind: None,
            kind_name: String::new(),
            subject: String::new(),
            urgency: Urgency::Normal,
            secrecy: Secrecy::Open,
            field: None,
            signer_name: String::new(),
            signer_position: String::new(),
            signer_competence: String::new(),
            due_on: None,
            pages: None,
            paper: false,
            note: String::new(),
            verdict: "none".to_owned(),
            arrived_at: at,
            register: None,
            year: None,
            arrival_number: None,
            arrived_on: None,
            registered_at: None,
            registered_by: None,
            registered_by_name: None,
            submitted_at: None,
            submitted_to: None,
            submitted_to_name: None,
            proposal: None,
            directed_at: None,
            deadline: None,
            lead_unit: None,
            lead_name: None,
            started_at: None,
            done_at: None,
            result: None,
            returned_at: None,
            return_reason: None,
            recalled_at: None,
            recall_reason: None,
            changed_at: at,
            version: 1,
            operation: "new".to_owned(),
            about: None,
            issuer_level: "other".to_owned(),
            proposed: None,
            answer: None,
            answer_code: None,
        }
    }

    /// Whether work on it is late on a day.
    pub fn overdue(&self, today: Date) -> bool {
        matches!(self.state, State::Directed | State::InProcess) && self.deadline.is_some_and(|d| d < today)
    }

    fn values(&self) -> Vec<Value> {
        let rank = 4 - self.urgency.number();
        let proposed = self.proposed.as_ref().map(|p| serde_json::json!(p));
        let columns: [&dyn ToValue; 59] = [
            &self.id,
            &self.agency,
            &self.state.code(),
            &self.source,
            &self.package,
            &self.delivery,
            &self.document_id,
            &self.issuer_code,
            &self.issuer,
            &self.number,
            &self.notation,
            &self.triple,
            &self.issued_on,
            &self.kind,
            &self.kind_name,
            &self.subject,
            &self.urgency.code(),
            &self.secrecy.code(),
            &self.field,
            &self.signer_name,
            &self.signer_position,
            &self.signer_competence,
            &self.due_on,
            &self.pages,
            &self.paper,
            &self.note,
            &self.verdict,
            &self.arrived_at,
            &self.register,
            &self.year,
            &self.arrival_number,
            &self.arrived_on,
            &self.registered_at,
            &self.registered_by,
            &self.registered_by_name,
            &self.submitted_at,
            &self.submitted_to,
            &self.submitted_to_name,
            &self.proposal,
            &self.directed_at,
            &self.deadline,
            &self.lead_unit,
            &self.lead_name,
            &self.started_at,
            &self.done_at,
            &self.result,
            &self.returned_at,
            &self.return_reason,
            &self.recalled_at,
            &self.recall_reason,
            &self.changed_at,
            &self.version,
            &self.operation,
            &self.about,
            &self.issuer_level,
            &proposed,
            &self.answer,
            &self.answer_code,
            &rank,
        ];
        columns.iter().map(|v| v.to_value()).collect()
    }

    pub(super) fn from_row(row: &Row) -> Result<Self> {
        let proposed: Option<Json> = row.get(55)?;
        Ok(Self {
            id: row.get(0)?,
            agency: row.get(1)?,
            state: word(State::parse, &row.get::<String>(2)?)?,
            source: row.get(3)?,
            package: row.get(4)?,
            delivery: row.get(5)?,
            document_id: row.get(6)?,
            issuer_code: row.get(7)?,
            issuer: row.get(8)?,
            number: row.get(9)?,
            notation: row.get(10)?,
            triple: row.get(11)?,
            issued_on: row.get(12)?,
            kind: row.get(13)?,
            kind_name: row.get(14)?,
            subject: row.get(15)?,
            urgency: word(Urgency::from_code, &row.get::<String>(16)?)?,
            secrecy: word(Secrecy::from_code, &row.get::<String>(17)?)?,
            field: row.get(18)?,
            signer_name: row.get(19)?,
            signer_position: row.get(20)?,
            signer_competence: row.get(21)?,
            due_on: row.get(22)?,
            pages: row.get(23)?,
            paper: row.get(24)?,
            note: row.get(25)?,
            verdict: row.get(26)?,
            arrived_at: row.get(27)?,
            register: row.get(28)?,
            year: row.get(29)?,
            arrival_number: row.get(30)?,
            arrived_on: row.get(31)?,
            registered_at: row.get(32)?,
            registered_by: row.get(33)?,
            registered_by_name: row.get(34)?,
            submitted_at: row.get(35)?,
            submitted_to: row.get(36)?,
            submitted_to_name: row.get(37)?,
            proposal: row.get(38)?,
            directed_at: row.get(39)?,
            deadline: row.get(40)?,
            lead_unit: row.get(41)?,
            lead_name: row.get(42)?,
            started_at: row.get(43)?,
            done_at: row.get(44)?,
            result: row.get(45)?,
            returned_at: row.get(46)?,
            return_reason: row.get(47)?,
            recalled_at: row.get(48)?,
            recall_reason: row.get(49)?,
            changed_at: row.get(50)?,
            version: row.get(51)?,
            operation: row.get(52)?,
            about: row.get(53)?,
            issuer_level: row.get(54)?,
            proposed: proposed
                .map(serde_json::from_value)
                .transpose()
                .map_err(|e| Error::fault("reading a proposed directive", e))?,
            answer: row.get(56)?,
            answer_code: row.get(57)?,
        })
    }
}

/// The word by which lists are narrowed to issuers of one level.
pub const fn level_word(level: Option<AgencyLevel>) -> &'static str {
    match level {
        Some(AgencyLevel::Central) => "central",
        Some(AgencyLevel::Province) => "province",
        Some(AgencyLevel::Commune) => "commune",
        Some(AgencyLevel::District | AgencyLevel::Other) | None => "other",
    }
}

/// Writes a new document; `false` when this agency already has the package (a reaction that runs again).
pub fn incoming_insert(tx: &Tx<'_>, document: &Incoming) -> Result<bool> {
    let values = document.values();
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let sql = format!("INSERT INTO office_incoming ({COLUMNS}) VALUES ({}) ON CONFLICT DO NOTHING", places.join(", "));
    Ok(tx.execute(&sql, &references(&values))? == 1)
}

/// Writes the document over the version before its own; `Conflict` when somebody else was first.
pub fn incoming_save(tx: &Tx<'_>, document: &Incoming) -> Result<()> {
    let mut values = document.values();
    let sets: Vec<String> =
        COLUMNS.split(',').enumerate().skip(1).map(|(n, name)| format!("{} = ${}", name.trim(), n + 1)).collect();
    values.push(Value::Int(document.version - 1));
    let sql = format!("UPDATE office_incoming SET {} WHERE id = $1 AND version = ${}", sets.join(", "), values.len());
    changed_one(tx.execute(&sql, &references(&values))?, "the document")
}

/// One document.
pub fn incoming_get(tx: &Tx<'_>, id: IncomingId) -> Result<Incoming> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM office_incoming WHERE id = $1"), &[&id])?
        .ok_or(Error::NotFound("incoming document"))
        .and_then(|row| Incoming::from_row(&row))
}

/// The document that a package brought to an agency.
pub fn incoming_by_package(tx: &Tx<'_>, agency: &AgencyCode, package: &str) -> Result<Option<Incoming>> {
    tx.query_opt(
        &format!("SELECT {COLUMNS} FROM office_incoming WHERE agency = $1 AND package = $2"),
        &[agency, &package],
    )?
    .map(|row| Incoming::from_row(&row))
    .transpose()
}

/// Documents of the agency that may be the same as one with this code or triple; the rules decide
/// (`rules::duplicate::compare`). Returned and recalled ones do not count.
pub fn incoming_alike(
    tx: &Tx<'_>,
    agency: &AgencyCode,
    document_id: Option<&str>,
    triple: &str,
    except: IncomingId,
) -> Result<Vec<Incoming>> {
    let document_id = document_id.map(str::to_owned);
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM office_incoming WHERE id IN (\
             SELECT id FROM office_incoming WHERE agency = $1 AND document_id = $2 UNION \
             SELECT id FROM office_incoming WHERE agency = $1 AND triple = $3 AND triple <> '') AND id <> $4 AND state NOT IN ('returned', 'recalled') ORDER BY arrived_at LIMIT 20"
        ),
        &[agency, &document_id, &triple, &except],
    )?
    .iter()
    .map(Incoming::from_row)
    .collect()
}

/// A file of an incoming document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncomingFile {
    /// Its place, from 1.
    pub ordinal: i64,
    /// Its name.
    pub name: String,
    /// What it is, by its own bytes.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
    /// Words that came with it.
    pub description: Option<String>,
}

/// Adds a file.
pub fn incoming_file_insert(tx: &Tx<'_>, incoming: IncomingId, file: &IncomingFile) -> Result<()> {
    tx.execute(
        "INSERT INTO office_incoming_file (incoming, ordinal, name, media_type, size, sha256, description) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&incoming, &file.ordinal, &file.name, &file.media_type, &file.size, &file.sha256, &file.description],
    )?;
    Ok(())
}

/// The files in their order.
pub fn incoming_files_of(tx: &Tx<'_>, incoming: IncomingId) -> Result<Vec<IncomingFile>> {
    tx.query(
        "SELECT ordinal, name, media_type, size, sha256, description FROM office_incoming_file WHERE incoming = $1 ORDER BY ordinal",
        &[&incoming],
    )?
    .iter()
    .map(|row| {
        Ok(IncomingFile {
            ordinal: row.get(0)?,
            name: row.get(1)?,
            media_type: row.get(2)?,
            size: row.get(3)?,
            sha256: row.get(4)?,
            description: row.get(5)?,
        })
    })
    .collect()
}

/// Forgets the files' rows (recall, return); the caller detaches the bytes.
pub fn incoming_files_remove(tx: &Tx<'_>, incoming: IncomingId) -> Result<u64> {
    tx.execute("DELETE FROM office_incoming_file WHERE incoming = $1", &[&incoming])
}

/// What a round of checks found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// When.
    pub checked_at: Timestamp,
    /// `valid`, `caution`, `failed` or `none`.
    pub verdict: String,
    /// The report, as the exchange gave it.
    pub report: Json,
}

/// Adds a round of checks; the same moment twice is one round.
pub fn verification_insert(tx: &Tx<'_>, incoming: IncomingId, verification: &Verification) -> Result<()> {
    tx.execute(
        "INSERT INTO office_verification (incoming, checked_at, verdict, report) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (incoming, checked_at) DO NOTHING",
        &[&incoming, &verification.checked_at, &verification.verdict, &verification.report],
    )?;
    Ok(())
}

/// The rounds of checks, the first first.
pub fn verifications_of(tx: &Tx<'_>, incoming: IncomingId) -> Result<Vec<Verification>> {
    tx.query(
        "SELECT checked_at, verdict, report FROM office_verification WHERE incoming = $1 ORDER BY checked_at",
        &[&incoming],
    )?
    .iter()
    .map(|row| Ok(Verification { checked_at: row.get(0)?, verdict: row.get(1)?, report: row.get(2)? }))
    .collect()
}

/// How many documents arrived at the agency at or after `since`, returned ones left out.
pub fn incoming_arrived_since(tx: &Tx<'_>, agency: &AgencyCode, since: Timestamp) -> Result<i64> {
    count_since(tx, agency, "arrived_at", since)
}

/// How many were registered at or after `since`; capped as all counts are.
pub fn incoming_registered_since(tx: &Tx<'_>, agency: &AgencyCode, since: Timestamp) -> Result<i64> {
    count_since(tx, agency, "registered_at", since)
}

fn count_since(tx: &Tx<'_>, agency: &AgencyCode, column: &str, since: Timestamp) -> Result<i64> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM office_incoming WHERE agency = $1 AND {column} >= $2 \
         AND state <> 'returned' LIMIT {}) AS since",
        format::COUNT_CAP
    );
    tx.query_one(&sql, &[agency, &since])?.get(0)
}

/// The documents of a register in a year from `after` on, in the order of their arrival numbers: book VI (Phụ lục IV).
pub fn incoming_book(tx: &Tx<'_>, register: &str, year: i64, after: i64, limit: i64) -> Result<Vec<Incoming>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM office_incoming WHERE register = $1 AND year = $2 AND arrival_number > $3 \
             ORDER BY arrival_number LIMIT $4"
        ),
        &[&register, &year, &after, &limit],
    )?
    .iter()
    .map(Incoming::from_row)
    .collect()
}

/// The record as the ledger digests it: everything that must not change unseen.
pub fn incoming_record(tx: &Tx<'_>, id: &str) -> Result<Option<Json>> {
    let Some(row) = tx.query_opt(&format!("SELECT {COLUMNS} FROM office_incoming WHERE id = $1"), &[&id])? else {
        return Ok(None);
    };
    let document = Incoming::from_row(&row)?;
    let key = document.id;
    let mut record = serde_json::to_value(&document).map_err(|e| Error::fault("writing a document", e))?;
    record["files"] = serde_json::json!(incoming_files_of(tx, key)?);
    record["verifications"] = serde_json::json!(verifications_of(tx, key)?);
    record["directives"] = serde_json::json!(super::directives::directives_of(tx, key)?);
    record["assignments"] = serde_json::json!(super::directives::assignments_of(tx, key)?);
    record["progress"] = serde_json::json!(super::directives::progress_of(tx, key)?);
    record["links"] = serde_json::json!(super::links::links_from(tx, "office.incoming", id)?);
    record["readers"] = serde_json::json!(super::readers::readers_of(tx, "office.incoming", id)?);
    Ok(Some(record))
}
