//! Registers, their counters and every number ever given.

use crate::rules::numbering::{Series, SeriesState, allocate};
use base::{AgencyCode, Date, Timestamp};
use platform::{Error, Result, Row, Tx};
use serde::Serialize;

/// Which way the documents of a register go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Văn bản đến.
    In,
    /// Văn bản đi.
    Out,
}

impl Direction {
    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    /// The direction of that stable word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::In, Self::Out].into_iter().find(|direction| direction.code() == code)
    }
}

/// A register (sổ đăng ký văn bản).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Its id: agency and a word, so that making the usual registers twice makes them once.
    pub id: String,
    /// The agency.
    pub agency: AgencyCode,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Codes of the kinds it takes; empty: the rest.
    pub types: Vec<String>,
    /// Whether it is for state secrets.
    pub secret: bool,
    /// First day on which it takes documents.
    pub valid_from: Date,
    /// First day on which it takes nothing more.
    pub valid_until: Option<Date>,
    /// How often a person changed it; 0 for a usual one as it was made.
    pub version: i64,
}

impl Register {
    /// What the rules need to know.
    pub fn series(&self) -> Series {
        Series { id: self.id.clone(), types: self.types.clone(), secret: self.secret }
    }
}

/// Word, direction, name, name in English, kinds, secret.
type Usual = (&'static str, Direction, &'static str, &'static str, &'static [&'static str], bool);

/// The usual registers where the head has decided nothing else: decisions, official letters, the rest, secrets; one for
/// what arrives and one for secret arrivals.
const USUAL: [Usual; 6] = [
    ("quyet-dinh", Direction::Out, "Sổ quyết định", "Register of decisions", &["decision"], false),
    ("cong-van", Direction::Out, "Sổ công văn", "Register of official letters", &["official-letter"], false),
    ("van-ban-di", Direction::Out, "Sổ văn bản đi khác", "Register of other outgoing documents", &[], false),
    ("van-ban-di-mat", Direction::Out, "Sổ văn bản mật đi", "Register of secret outgoing documents", &[], true),
    ("van-ban-den", Direction::In, "Sổ văn bản đến", "Register of incoming documents", &[], false),
    ("van-ban-den-mat", Direction::In, "Sổ văn bản mật đến", "Register of secret incoming documents", &[], true),
];

const COLUMNS: &str = "id, name, name_en, types, secret, valid_from, valid_until, version, direction, agency";

fn from_row(row: &Row) -> Result<(Register, Direction)> {
    let types: serde_json::Value = row.get(3)?;
    let direction: String = row.get(8)?;
    let register = Register {
        id: row.get(0)?,
        agency: row.get(9)?,
        name: row.get(1)?,
        name_en: row.get(2)?,
        types: serde_json::from_value(types).map_err(|e| Error::fault("reading a register's kinds", e))?,
        secret: row.get(4)?,
        valid_from: row.get(5)?,
        valid_until: row.get(6)?,
        version: row.get(7)?,
    };
    Ok((register, super::word(Direction::from_code, &direction)?))
}

/// The agency's registers of one direction in force on a day; the usual ones are made at first use.
pub fn registers_of(tx: &Tx<'_>, agency: &AgencyCode, direction: Direction, on: Date) -> Result<Vec<Register>> {
    let mut all = registers_ever(tx, agency, direction, on)?;
    all.retain(|r| r.valid_from <= on && r.valid_until.is_none_or(|until| until > on));
    Ok(all)
}

/// The agency's registers of one direction, past and coming ones too; the usual ones where it has none yet.
pub fn registers_ever(tx: &Tx<'_>, agency: &AgencyCode, direction: Direction, today: Date) -> Result<Vec<Register>> {
    let sql = format!("SELECT {COLUMNS} FROM office_register WHERE agency = $1 AND direction = $2 ORDER BY place, id");
    let found = tx
        .query(&sql, &[agency, &direction.code()])?
        .iter()
        .map(|row| Ok(from_row(row)?.0))
        .collect::<Result<Vec<_>>>()?;
    Ok(if found.is_empty() { usual(agency, direction, today) } else { found })
}

/// A register of the agency, in force or not; one of another agency does not exist.
pub fn register_get(tx: &Tx<'_>, agency: &AgencyCode, id: &str, today: Date) -> Result<(Register, Direction)> {
    for direction in [Direction::Out, Direction::In] {
        if let Some(register) = registers_ever(tx, agency, direction, today)?.into_iter().find(|r| r.id == id) {
            return Ok((register, direction));
        }
    }
    Err(Error::NotFound("register"))
}

/// Gives a register its last day; the caller has checked it with the rules.
pub fn register_end(tx: &Tx<'_>, id: &str, until: Date, version: i64) -> Result<()> {
    let changed = tx.execute(
        "UPDATE office_register SET valid_until = $2, version = $3 WHERE id = $1 AND version = $3 - 1",
        &[&id, &until, &version],
    )?;
    super::changed_one(changed, "the register")
}

/// A register by its id, as the record in the ledger.
pub fn register_record(tx: &Tx<'_>, id: &str) -> Result<Option<serde_json::Value>> {
    let sql = format!("SELECT {COLUMNS} FROM office_register WHERE id = $1");
    let Some(row) = tx.query_opt(&sql, &[&id])? else { return Ok(None) };
    let (register, direction) = from_row(&row)?;
    Ok(Some(serde_json::json!({ "register": register, "direction": direction })))
}

/// Whether an outgoing document of one of these kinds has a number in a year, in any register of this secrecy.
pub fn kinds_numbered(tx: &Tx<'_>, agency: &AgencyCode, kinds: &[String], secret: bool, year: i16) -> Result<bool> {
    let sql = "SELECT d.id FROM office_outgoing d JOIN office_register r ON r.id = d.register \
               WHERE d.agency = $1 AND d.year = $2 AND d.kind = $3 AND r.secret = $4 LIMIT 1";
    for kind in kinds {
        if tx.query_opt(sql, &[agency, &i64::from(year), kind, &secret])?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn usual(agency: &AgencyCode, direction: Direction, today: Date) -> Vec<Register> {
    USUAL
        .iter()
        .filter(|(_, d, ..)| *d == direction)
        .map(|(word, _, name, name_en, types, secret)| Register {
            id: format!("{}/{word}", agency.canonical()),
            agency: agency.clone(),
            name: (*name).to_owned(),
            name_en: (*name_en).to_owned(),
            types: types.iter().map(|t| (*t).to_owned()).collect(),
            secret: *secret,
            valid_from: Date::constant(today.year(), 1, 1),
            valid_until: None,
            version: 0,
        })
        .collect()
}

/// Puts a register in place; one that is there already stays as it is.
pub fn register_ensure(tx: &Tx<'_>, register: &Register, direction: Direction, place: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO office_register (id, agency, direction, name, name_en, types, secret, place, valid_from, valid_until, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
        &[
            &register.id,
            &register.agency,
            &direction.code(),
            &register.name,
            &register.name_en,
            &serde_json::json!(register.types),
            &register.secret,
            &place,
            &register.valid_from,
            &register.valid_until,
            &register.version,
        ],
    )?;
    Ok(())
}

/// Makes the agency's usual registers where it has none of this direction.
pub fn registers_ensure(tx: &Tx<'_>, agency: &AgencyCode, direction: Direction, today: Date) -> Result<()> {
    let any = tx.query_opt(
        "SELECT id FROM office_register WHERE agency = $1 AND direction = $2 LIMIT 1",
        &[agency, &direction.code()],
    )?;
    if any.is_none() {
        for (place, register) in usual(agency, direction, today).iter().enumerate() {
            register_ensure(tx, register, direction, i64::try_from(place).unwrap_or(0))?;
        }
    }
    Ok(())
}

/// How far a register has come in a year.
pub fn series_state(tx: &Tx<'_>, register: &str, year: i16) -> Result<SeriesState> {
    let row = tx.query_opt(
        "SELECT last_number, last_date FROM office_counter WHERE register = $1 AND year = $2",
        &[&register, &i64::from(year)],
    )?;
    match row {
        Some(row) => Ok(SeriesState { last_number: row.get(0)?, last_date: Some(row.get(1)?) }),
        None => Ok(SeriesState::default()),
    }
}

/// Takes the next number of a register for a document, dated `on`, in this transaction.
///
/// The counter row is advanced by one statement that also guards the order of dates, so that two transactions at once
/// never get the same number on either engine; a transaction that fails gives its number back with everything else.
pub fn number_take(tx: &Tx<'_>, register: &str, on: Date, now: Timestamp, subject: (&str, &str)) -> Result<i64> {
    let year = i64::from(on.year());
    // The rule speaks first, so that a refusal can say what is wrong.
    allocate(&series_state(tx, register, on.year())?, on, now.local_date())?;
    let row = tx.query_opt(
        "INSERT INTO office_counter (register, year, last_number, last_date) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (register, year) DO UPDATE SET last_number = office_counter.last_number + 1, last_date = excluded.last_date \
         WHERE office_counter.last_date <= excluded.last_date RETURNING last_number",
        &[&register, &year, &on],
    )?;
    let Some(row) = row else {
        // Somebody took a later-dated number between the two statements.
        let state = series_state(tx, register, on.year())?;
        allocate(&state, on, now.local_date())?;
        return Err(Error::Conflict("the counter moved".to_owned()));
    };
    let number: i64 = row.get(0)?;
    tx.execute(
        "INSERT INTO office_number (register, year, number, dated, subject_kind, subject_id, allocated_at, voided_at, void_reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
        &[&register, &year, &number, &on, &subject.0, &subject.1, &now],
    )?;
    Ok(number)
}

/// Marks a number as voided; it keeps its place in the book.
pub fn number_void(tx: &Tx<'_>, register: &str, year: i64, number: i64, reason: &str, now: Timestamp) -> Result<()> {
    let changed = tx.execute(
        "UPDATE office_number SET voided_at = $4, void_reason = $5 WHERE register = $1 AND year = $2 AND number = $3 AND voided_at IS NULL",
        &[&register, &year, &number, &now, &reason],
    )?;
    super::changed_one(changed, "the number")
}

/// One number of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberRow {
    /// The number.
    pub number: i64,
    /// Its date.
    pub dated: Date,
    /// Id of the document.
    pub subject_id: String,
    /// When it was voided.
    pub voided_at: Option<Timestamp>,
    /// Why.
    pub void_reason: Option<String>,
}

/// The numbers of a register in a year, from `after` on, in order.
pub fn numbers_page(tx: &Tx<'_>, register: &str, year: i64, after: i64, limit: i64) -> Result<Vec<NumberRow>> {
    tx.query(
        "SELECT number, dated, subject_id, voided_at, void_reason FROM office_number \
         WHERE register = $1 AND year = $2 AND number > $3 ORDER BY number LIMIT $4",
        &[&register, &year, &after, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(NumberRow {
            number: row.get(0)?,
            dated: row.get(1)?,
            subject_id: row.get(2)?,
            voided_at: row.get(3)?,
            void_reason: row.get(4)?,
        })
    })
    .collect()
}
