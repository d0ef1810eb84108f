//! Agencies from a CSV file: every row is checked first, every error is told with its row, then all or nothing is written.

use super::agencies::agency_latest;
use super::model::{Agency, AgencyLevel, Contact, OrganisationKind};
use super::refusals::IMPORT_FAILED;
use super::use_cases::agency_save;
use crate::access::Act;
use crate::error::{Error, Result};
use crate::{Db, Platform};
use base::{AgencyCode, Date, FieldError, Refusal, Text};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Imported {
    /// Rows read.
    pub rows: u64,
    /// Agencies entered or changed.
    pub changed: u64,
    /// Rows that said what was known already.
    pub unchanged: u64,
}

/// Rows written in one transaction, so that other writers get their turn.
const BATCH: usize = 200;

/// Errors told at most; the count is of all.
const TOLD: usize = 100;

/// Column names: ours, and what ministries call them.
const COLUMNS: &[(&str, &[&str])] = &[
    ("code", &["ma_dinh_danh", "ma"]),
    ("legacy_code", &["ma_cu"]),
    ("name", &["name_vi", "ten"]),
    ("name_en", &["ten_tieng_anh"]),
    ("abbreviation", &["viet_tat"]),
    ("parent", &["ma_cap_tren"]),
    ("level", &["cap"]),
    ("kind", &["loai"]),
    ("valid_from", &["tu_ngay"]),
    ("valid_to", &["den_ngay"]),
    ("successors", &["ma_ke_thua"]),
    ("address", &["dia_chi"]),
    ("phone", &["dien_thoai"]),
    ("email", &["thu_dien_tu"]),
    ("website", &["trang_thong_tin"]),
    ("hosted", &["tren_may_chu_nay"]),
];

/// Reads the file and refuses it as a whole when any row is wrong. Columns `code`, `name` and `valid_from` must be there;
/// dates are `2026-11-23` or `23/11/2026`; several successors stand with spaces between; the file is UTF-8.
pub fn agencies_parse(csv_text: &[u8]) -> Result<Vec<Agency>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(false).from_reader(csv_text);
    let mut errors = Errors::default();
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(e) => return Err(errors.only(1, "", unreadable(&e))),
    };
    let mut places: HashMap<&'static str, usize> = HashMap::new();
    for (index, title) in header.iter().enumerate() {
        let title = title.trim_start_matches('\u{feff}').to_lowercase();
        let known = COLUMNS.iter().find(|(name, others)| *name == title || others.contains(&title.as_str()));
        match known {
            Some((name, _)) => {
                places.insert(name, index);
            }
            None => errors.add(1, &title, Text::fixed("Không có cột này", "There is no such column")),
        }
    }
    for name in ["code", "name", "valid_from"] {
        if !places.contains_key(name) {
            errors.add(1, name, Text::fixed("Thiếu cột này", "This column is missing"));
        }
    }
    if errors.count > 0 {
        return Err(errors.refusal());
    }
    let mut agencies = Vec::new();
    let mut seen: HashMap<AgencyCode, u64> = HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                errors.add(e.position().map_or(0, csv::Position::line), "", unreadable(&e));
                continue;
            }
        };
        let row = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| places.get(name).and_then(|index| record.get(*index)).unwrap_or_default();
        let Some(agency) = agency_of(row, &cell, &mut errors) else { continue };
        match seen.insert(agency.code.clone(), row) {
            Some(earlier) => errors.add(
                row,
                "code",
                Text::new(format!("Mã đã có ở dòng {earlier}"), format!("The code stands in row {earlier} already")),
            ),
            None => agencies.push(agency),
        }
    }
    if errors.count > 0 { Err(errors.refusal()) } else { Ok(agencies) }
}

fn agency_of<'a>(row: u64, cell: &dyn Fn(&str) -> &'a str, errors: &mut Errors) -> Option<Agency> {
    let before = errors.count;
    let code_of = |name: &str, text: &str, errors: &mut Errors| {
        AgencyCode::parse(text)
            .map_err(|e| errors.add(row, name, Text::new(format!("Mã không đúng: {e}"), e.to_string())))
            .ok()
    };
    let code = code_of("code", cell("code"), errors);
    let parent = match cell("parent") {
        "" => code.as_ref().and_then(AgencyCode::parent),
        text => code_of("parent", text, errors),
    };
    let successors: Vec<AgencyCode> = cell("successors")
        .split([' ', ';'])
        .filter(|text| !text.is_empty())
        .filter_map(|text| code_of("successors", text, errors))
        .collect();
    let name = base::fold::nfc(cell("name"));
    if name.is_empty() || name.chars().count() > 500 {
        errors.add(row, "name", Text::fixed("Nhập từ 1 đến 500 ký tự", "Enter between 1 and 500 characters"));
    }
    let name_en = if cell("name_en").is_empty() { name.clone() } else { cell("name_en").to_owned() };
    let valid_from = date_of(row, "valid_from", cell("valid_from"), errors);
    let valid_to = if cell("valid_to").is_empty() { None } else { date_of(row, "valid_to", cell("valid_to"), errors) };
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to < from
    {
        errors.add(row, "valid_to", Text::fixed("Không sớm hơn ngày bắt đầu", "Not before the first day"));
    }
    let level = match cell("level") {
        "" => code.as_ref().map(AgencyLevel::of_code),
        text => AgencyLevel::from_name(text).or_else(|| {
            errors.add(row, "level", one_of(AgencyLevel::ALL.iter().map(|level| level.name())));
            None
        }),
    };
    let kind = match cell("kind") {
        "" => Some(OrganisationKind::Agency),
        text => OrganisationKind::from_name(text).or_else(|| {
            errors.add(row, "kind", one_of(OrganisationKind::ALL.iter().map(|kind| kind.name())));
            None
        }),
    };
    let hosted = match cell("hosted").to_lowercase().as_str() {
        "" | "0" | "no" | "false" | "không" => false,
        "1" | "yes" | "true" | "có" => true,
        _ => {
            errors.add(row, "hosted", Text::fixed("Ghi có hoặc không", "Write yes or no"));
            false
        }
    };
    if errors.count > before {
        return None;
    }
    let legacy = cell("legacy_code");
    Some(Agency {
        code: code?,
        legacy_code: (!legacy.is_empty()).then(|| legacy.to_owned()),
        name: Text::new(name, name_en),
        abbreviation: base::fold::nfc(cell("abbreviation")),
        parent,
        level: level?,
        kind: kind?,
        valid_from: valid_from?,
        valid_to,
        successors,
        contact: Contact {
            address: base::fold::nfc(cell("address")),
            phone: cell("phone").to_owned(),
            email: cell("email").to_owned(),
            website: cell("website").to_owned(),
        },
        hosted,
        calendar: None,
        version: 0,
    })
}

fn date_of(row: u64, field: &str, text: &str, errors: &mut Errors) -> Option<Date> {
    let date = text.parse::<Date>().ok().or_else(|| Date::strptime("%d/%m/%Y", text).ok());
    if date.is_none() {
        errors.add(
            row,
            field,
            Text::fixed("Ngày dạng 23/11/2026 hoặc 2026-11-23", "A date such as 23/11/2026 or 2026-11-23"),
        );
    }
    date
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> Text {
    let names = names.collect::<Vec<_>>().join(", ");
    Text::new(format!("Một trong: {names}"), format!("One of: {names}"))
}

fn unreadable(e: &csv::Error) -> Text {
    Text::new(format!("Không đọc được dòng: {e}"), format!("The row cannot be read: {e}"))
}

/// Errors found so far; only the first are told.
#[derive(Default)]
struct Errors {
    count: usize,
    told: Vec<FieldError>,
}

impl Errors {
    fn add(&mut self, row: u64, column: &str, message: Text) {
        self.count += 1;
        if self.told.len() < TOLD {
            let field = if column.is_empty() { format!("{row}") } else { format!("{row}/{column}") };
            let vi = format!("Dòng {row}: {}", message.vi);
            let en = format!("Row {row}: {}", message.en);
            self.told.push(FieldError { field, message: Text::new(vi, en) });
        }
    }

    fn only(mut self, row: u64, column: &str, message: Text) -> Error {
        self.add(row, column, message);
        self.refusal()
    }

    fn refusal(self) -> Error {
        let mut refusal = Refusal::new(&IMPORT_FAILED).with("count", self.count);
        refusal.fields = self.told;
        refusal.into()
    }
}

/// Imports a file of agencies. A row that says what is known changes nothing; one that says otherwise changes the agency
/// from the row's first day, keeping its history. Parents must stand in the file or in the directory.
pub async fn agencies_import(platform: &Platform, act: &Act, csv_text: &[u8]) -> Result<Imported> {
    agencies_store(platform.db(), act, agencies_parse(csv_text)?).await
}

/// Stores parsed agencies, parents first.
pub async fn agencies_store(db: &Db, act: &Act, mut agencies: Vec<Agency>) -> Result<Imported> {
    let in_file: Arc<BTreeSet<AgencyCode>> = Arc::new(agencies.iter().map(|agency| agency.code.clone()).collect());
    let mut wanted: Vec<(usize, AgencyCode)> = Vec::new();
    for (index, agency) in agencies.iter().enumerate() {
        if let Some(parent) = &agency.parent
            && !in_file.contains(parent)
        {
            wanted.push((index, parent.clone()));
        }
    }
    let unknown = db
        .read(move |tx| {
            let mut unknown = Vec::new();
            for (index, parent) in &wanted {
                if agency_latest(tx, parent)?.is_none() {
                    unknown.push((*index, parent.clone()));
                }
            }
            Ok(unknown)
        })
        .await?;
    if !unknown.is_empty() {
        let mut errors = Errors::default();
        for (index, parent) in unknown {
            // Row 1 is the header.
            let row = index as u64 + 2;
            let message = Text::new(
                format!("Cơ quan cấp trên {parent} không có trong tệp và danh bạ"),
                format!("The agency above, {parent}, is neither in the file nor in the directory"),
            );
            errors.add(row, "parent", message);
        }
        return Err(errors.refusal());
    }
    let mut imported = Imported { rows: agencies.len() as u64, ..Imported::default() };
    parents_first(&mut agencies);
    let mut number = 0;
    for batch in agencies.chunks(BATCH) {
        let batch: Arc<[Agency]> = batch.into();
        let first = number;
        number += batch.len() as u32;
        let act = act.clone();
        imported.changed += db
            .write(move |tx| {
                let mut changed = 0;
                for (index, agency) in batch.iter().enumerate() {
                    let act = act.further(first + index as u32 + 1);
                    let mut agency = agency.clone();
                    if let Some(before) = agency_latest(tx, &agency.code)? {
                        // What a file of codes does not tell stays as it is.
                        agency.calendar = before.calendar;
                        agency.hosted |= before.hosted;
                    }
                    changed += u64::from(agency_save(tx, &act, agency, None)?);
                }
                Ok(changed)
            })
            .await?;
    }
    imported.unchanged = imported.rows - imported.changed;
    Ok(imported)
}

/// Orders the agencies so that each comes after its parent; a ring of parents keeps the order of the file.
fn parents_first(agencies: &mut [Agency]) {
    let parents: HashMap<AgencyCode, Option<AgencyCode>> =
        agencies.iter().map(|agency| (agency.code.clone(), agency.parent.clone())).collect();
    let depth = |code: &AgencyCode| {
        let mut depth = 0;
        let mut next = parents.get(code).cloned().flatten();
        while let Some(parent) = next {
            depth += 1;
            if depth > parents.len() {
                break;
            }
            next = parents.get(&parent).cloned().flatten();
        }
        depth
    };
    agencies.sort_by_cached_key(|agency| depth(&agency.code));
}
