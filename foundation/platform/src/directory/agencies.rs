//! Agencies in storage: as they stand on a day, their tree, and a search that needs no marks.

use super::model::{Agency, AgencyLevel, OrganisationKind};
use crate::db::{Row, ToValue, Tx};
use crate::error::{Error, Result};
use base::{AgencyCode, Date, Text, fold};

/// The columns that [`from_row`] reads, in its order.
const COLUMNS: &str = "code, legacy_code, name_vi, name_en, abbreviation, parent, level, kind, valid_from, valid_to, \
                       successors, contact, hosted, calendar, version";

fn from_row(row: &Row) -> Result<Agency> {
    let stored = |what: &str, name: String| Error::fault("read an agency", format!("unknown {what} {name}"));
    let level: String = row.get(6)?;
    let kind: String = row.get(7)?;
    let successors: serde_json::Value = row.get(10)?;
    let contact: serde_json::Value = row.get(11)?;
    Ok(Agency {
        code: row.get(0)?,
        legacy_code: row.get(1)?,
        name: Text::new(row.get::<String>(2)?, row.get::<String>(3)?),
        abbreviation: row.get(4)?,
        parent: row.get(5)?,
        level: AgencyLevel::from_name(&level).ok_or_else(|| stored("level", level))?,
        kind: OrganisationKind::from_name(&kind).ok_or_else(|| stored("kind", kind))?,
        valid_from: row.get(8)?,
        valid_to: row.get(9)?,
        successors: serde_json::from_value(successors).map_err(|e| Error::fault("read successors", e))?,
        contact: serde_json::from_value(contact).map_err(|e| Error::fault("read contact", e))?,
        hosted: row.get(12)?,
        calendar: row.get(13)?,
        version: row.get(14)?,
    })
}

/// The agency as it stands now, closed or not.
pub fn agency_latest(tx: &Tx<'_>, code: &AgencyCode) -> Result<Option<Agency>> {
    let sql = format!("SELECT {COLUMNS} FROM directory_agencies WHERE code = $1");
    tx.query_opt(&sql, &[code])?.as_ref().map(from_row).transpose()
}

/// The agency as it stood on `on`: with the name, abbreviation and parent of that day; `None` when there was none.
pub fn agency_get(tx: &Tx<'_>, code: &AgencyCode, on: Date) -> Result<Option<Agency>> {
    let Some(mut agency) = agency_latest(tx, code)? else { return Ok(None) };
    if !agency.is_open(on) {
        return Ok(None);
    }
    if agency.valid_from <= on {
        return Ok(Some(agency));
    }
    let period = tx.query_opt(
        "SELECT valid_from, valid_to, name_vi, name_en, abbreviation, parent FROM directory_agency_periods
         WHERE code = $1 AND valid_from <= $2 AND valid_to >= $2",
        &[code, &on],
    )?;
    let Some(row) = period else { return Ok(None) };
    agency.valid_from = row.get(0)?;
    agency.valid_to = Some(row.get(1)?);
    agency.name = Text::new(row.get::<String>(2)?, row.get::<String>(3)?);
    agency.abbreviation = row.get(4)?;
    agency.parent = row.get(5)?;
    Ok(Some(agency))
}

/// Finds an agency by whatever code a sender wrote: the present form, or the old form that it was registered with.
pub fn agency_by_any_code(tx: &Tx<'_>, text: &str) -> Result<Option<Agency>> {
    let text = text.trim();
    let sql = format!("SELECT {COLUMNS} FROM directory_agencies WHERE legacy_code = $1 ORDER BY code LIMIT 1");
    if let Some(row) = tx.query_opt(&sql, &[&text])? {
        // An agency was allowed to renumber, so the registered pair goes before the computed conversion.
        return from_row(&row).map(Some);
    }
    match AgencyCode::tolerate(text) {
        Ok(code) => agency_latest(tx, &code),
        Err(_) => Ok(None),
    }
}

/// The agencies that took over from a closed one and are open on `on`; a successor that closed in turn is followed.
pub fn agency_successors(tx: &Tx<'_>, code: &AgencyCode, on: Date) -> Result<Vec<Agency>> {
    let mut found: Vec<Agency> = Vec::new();
    let mut seen = vec![code.clone()];
    let mut next = agency_latest(tx, code)?.map(|agency| agency.successors).unwrap_or_default();
    while let Some(successor) = next.pop() {
        if seen.contains(&successor) {
            continue;
        }
        seen.push(successor.clone());
        if let Some(agency) = agency_latest(tx, &successor)? {
            if agency.is_open(on) {
                found.push(agency);
            } else {
                next.extend(agency.successors);
            }
        }
    }
    found.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(found)
}

/// The agencies directly below `parent` that are open on `on`, in the order of lists.
pub fn agency_children(tx: &Tx<'_>, parent: &AgencyCode, on: Date) -> Result<Vec<Agency>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM directory_agencies
         WHERE parent = $1 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY rank, code"
    );
    tx.query(&sql, &[parent, &on])?.iter().map(from_row).collect()
}

/// The agencies whose people work on this server, in the order of lists.
pub fn agencies_hosted(tx: &Tx<'_>) -> Result<Vec<Agency>> {
    let sql = format!("SELECT {COLUMNS} FROM directory_agencies WHERE hosted = $1 ORDER BY rank, code");
    tx.query(&sql, &[&true])?.iter().map(from_row).collect()
}

/// How many agencies there are, closed ones too.
pub fn agency_count(tx: &Tx<'_>) -> Result<i64> {
    tx.query_one("SELECT count(*) FROM directory_agencies", &[])?.get(0)
}

/// One page of all agencies in the order of lists, after the agency `after`.
pub fn agency_page(tx: &Tx<'_>, after: Option<&AgencyCode>, limit: u32) -> Result<Vec<Agency>> {
    let rank: Option<String> = match after {
        Some(code) => tx
            .query_opt("SELECT rank FROM directory_agencies WHERE code = $1", &[code])?
            .map(|row| row.get(0))
            .transpose()?,
        None => None,
    };
    let rows = match (rank, after) {
        (Some(rank), Some(code)) => tx.query(
            &format!(
                "SELECT {COLUMNS} FROM directory_agencies WHERE (rank, code) > ($1, $2) ORDER BY rank, code LIMIT $3"
            ),
            &[&rank, code, &i64::from(limit)],
        )?,
        _ => tx.query(
            &format!("SELECT {COLUMNS} FROM directory_agencies ORDER BY rank, code LIMIT $1"),
            &[&i64::from(limit)],
        )?,
    };
    rows.iter().map(from_row).collect()
}

/// How far the uses of a word are counted when looking for the rarest.
const COUNTED: i64 = 1000;

/// Finds agencies by words of their name, abbreviation or code, without marks, the last word possibly unfinished;
/// closed ones last. At most `limit`.
pub fn agency_search(tx: &Tx<'_>, text: &str, limit: u32) -> Result<Vec<Agency>> {
    // Whoever writes a whole code of a lower level wants that agency and no other.
    if AgencyCode::parse(&text.trim().to_ascii_uppercase()).is_ok_and(|code| code.level() > 1)
        && let Some(agency) = agency_by_any_code(tx, &text.trim().to_ascii_uppercase())?
    {
        return Ok(vec![agency]);
    }
    let words = fold::query_tokens(text);
    let Some((last, whole)) = words.split_last() else { return Ok(Vec::new()) };
    let wanted = i64::from(limit.min(200));
    // The tokens hold [a-z0-9] only, so a run of z closes the range of beginnings under every collation.
    let upper = format!("{last}zzzzzzzz");
    // The rarest word drives the search: the others are looked up for what it brings.
    let uses = |condition: &str, params: &[&dyn ToValue]| -> Result<i64> {
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 AS one FROM directory_agency_tokens WHERE {condition} LIMIT {COUNTED}) AS t"
        );
        tx.query_one(&sql, params)?.get(0)
    };
    let mut driver: Option<usize> = None;
    let mut fewest = uses("token >= $1 AND token <= $2", &[last, &upper])?;
    for (index, word) in whole.iter().enumerate() {
        let count = uses("token = $1", &[word])?;
        // A whole word is preferred, since its index is already in the order of the answer.
        if count < fewest || (driver.is_none() && count == fewest) {
            (fewest, driver) = (count, Some(index));
        }
    }
    if fewest == 0 {
        return Ok(Vec::new());
    }
    // The other words are compared in the folded text, where each word has a space before it and the last one after it.
    let patterns: Vec<String> = whole
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != driver)
        .map(|(_, word)| format!("% {word} %"))
        .chain(driver.is_some().then(|| format!("% {last}%")))
        .collect();
    let columns = qualified("a");
    let (word, first) = driver.map_or((None, 3), |index| (Some(&whole[index]), 2));
    let mut params: Vec<&dyn ToValue> = match word {
        Some(word) => vec![word],
        None => vec![last, &upper],
    };
    let mut conditions = String::new();
    for (index, pattern) in patterns.iter().enumerate() {
        conditions.push_str(&format!(" AND a.folded LIKE ${}", first + index));
        params.push(pattern);
    }
    let range = if word.is_some() { "t.token = $1" } else { "t.token >= $1 AND t.token <= $2" };
    // An agency may come by several words with the same beginning, hence more rows than are wanted.
    let sql = format!(
        "SELECT {columns} FROM directory_agency_tokens t CROSS JOIN directory_agencies a
         WHERE a.code = t.code AND {range}{conditions} ORDER BY t.token, t.rank, t.code LIMIT {}",
        if word.is_some() { wanted } else { wanted * 4 }
    );
    let rows = tx.query(&sql, &params)?;
    let mut found: Vec<Agency> = Vec::new();
    for row in &rows {
        let agency = from_row(row)?;
        if !found.iter().any(|other| other.code == agency.code) {
            found.push(agency);
        }
    }
    found.sort_by_key(|agency| agency.valid_to.is_some());
    found.truncate(limit as usize);
    Ok(found)
}

fn qualified(table: &str) -> String {
    COLUMNS.split(", ").map(|column| format!("{table}.{}", column.trim())).collect::<Vec<_>>().join(", ")
}

/// The words under which an agency is found, and the folded text that holds them.
fn words_of(agency: &Agency) -> (Vec<String>, String) {
    let mut words = fold::tokens(&agency.name.vi);
    words.extend(fold::tokens(&agency.name.en));
    words.extend(fold::tokens(&agency.abbreviation));
    words.extend(fold::tokens(agency.code.canonical()));
    if let Some(legacy) = agency.legacy_code.clone().or_else(|| agency.code.legacy()) {
        words.extend(fold::tokens(&legacy));
    }
    let mut folded = String::new();
    for word in &words {
        folded.push(' ');
        folded.push_str(word);
    }
    folded.push(' ');
    words.sort();
    words.dedup();
    (words, folded)
}

/// Writes the agency as it stands now, with its words; the caller keeps the version and the ledger.
pub(super) fn agency_put(tx: &Tx<'_>, agency: &Agency) -> Result<()> {
    let (words, folded) = words_of(agency);
    let rank = format!("{}{}", agency.code.level().min(9), fold::sort_key(&agency.name.vi));
    let successors = serde_json::to_value(&agency.successors).map_err(|e| Error::fault("write successors", e))?;
    let contact = serde_json::to_value(&agency.contact).map_err(|e| Error::fault("write contact", e))?;
    let vi: &str = &agency.name.vi;
    let en: &str = &agency.name.en;
    tx.execute(
        "INSERT INTO directory_agencies (code, legacy_code, name_vi, name_en, abbreviation, parent, level, kind,
           valid_from, valid_to, successors, contact, hosted, calendar, rank, folded, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         ON CONFLICT (code) DO UPDATE SET legacy_code = $2, name_vi = $3, name_en = $4, abbreviation = $5,
           parent = $6, level = $7, kind = $8, valid_from = $9, valid_to = $10, successors = $11, contact = $12,
           hosted = $13, calendar = $14, rank = $15, folded = $16, version = $17",
        &[
            &agency.code,
            &agency.legacy_code,
            &vi,
            &en,
            &agency.abbreviation,
            &agency.parent,
            &agency.level.name(),
            &agency.kind.name(),
            &agency.valid_from,
            &agency.valid_to,
            &successors,
            &contact,
            &agency.hosted,
            &agency.calendar,
            &rank,
            &folded,
            &agency.version,
        ],
    )?;
    if agency.version > 1 {
        tx.execute("DELETE FROM directory_agency_tokens WHERE code = $1", &[&agency.code])?;
    }
    for word in &words {
        tx.execute(
            "INSERT INTO directory_agency_tokens (token, rank, code) VALUES ($1, $2, $3)",
            &[word, &rank, &agency.code],
        )?;
    }
    Ok(())
}

/// Keeps the name, abbreviation and parent that hold until the day before `until`.
pub(super) fn agency_period_put(tx: &Tx<'_>, agency: &Agency, last: Date) -> Result<()> {
    let vi: &str = &agency.name.vi;
    let en: &str = &agency.name.en;
    tx.execute(
        "INSERT INTO directory_agency_periods (code, valid_from, valid_to, name_vi, name_en, abbreviation, parent)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&agency.code, &agency.valid_from, &last, &vi, &en, &agency.abbreviation, &agency.parent],
    )?;
    Ok(())
}

/// The names that held before, the latest first: (first day, last day, name).
pub fn agency_periods(tx: &Tx<'_>, code: &AgencyCode) -> Result<Vec<(Date, Date, Text)>> {
    tx.query(
        "SELECT valid_from, valid_to, name_vi, name_en FROM directory_agency_periods WHERE code = $1
         ORDER BY valid_from DESC",
        &[code],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, Text::new(row.get::<String>(2)?, row.get::<String>(3)?))))
    .collect()
}
