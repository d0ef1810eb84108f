//! Who stands behind the first level of a code: the groups by letter, and the ministries through their reorganisations.

use crate::{AgencyCode, Date, Text, table};
use serde::Deserialize;
use std::sync::OnceLock;

/// A central agency of the Government under one name, for as long as it bore it (`data/ministries.csv`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentralAgency {
    /// Its code, `G09`.
    pub code: AgencyCode,
    /// Its name.
    pub name: Text,
    /// First day of this row.
    pub valid_from: Date,
    /// Last day of this row.
    pub valid_to: Option<Date>,
    /// Whose code stands for it afterwards, where that is known.
    pub successor: Option<AgencyCode>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    name_vi: String,
    name_en: String,
    valid_from: Date,
    valid_to: Option<Date>,
    successor: String,
}

#[derive(Deserialize)]
struct GroupRow {
    letter: char,
    name_vi: String,
    name_en: String,
}

/// Every row, in order of code and date.
pub fn all() -> &'static [CentralAgency] {
    static ALL: OnceLock<Vec<CentralAgency>> = OnceLock::new();
    ALL.get_or_init(|| {
        let code = |text: &str| AgencyCode::parse(text).unwrap_or_else(|e| panic!("data/ministries.csv: {e}"));
        table::rows("ministries.csv", include_str!("../../../data/ministries.csv"))
            .into_iter()
            .map(|row: Row| CentralAgency {
                code: code(&row.code),
                name: Text::new(row.name_vi, row.name_en),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                successor: table::filled(row.successor).map(|text| code(&text)),
            })
            .collect()
    })
}

/// The agency that bears the code on `date`.
pub fn on(code: &AgencyCode, date: Date) -> Option<&'static CentralAgency> {
    all().iter().find(|a| &a.code == code && a.valid_from <= date && a.valid_to.is_none_or(|to| date <= to))
}

/// What the letter of a code stands for: `H` is the provincial People's Committees (`data/agency_code_groups.csv`).
pub fn group_name(letter: char) -> Option<&'static Text> {
    static GROUPS: OnceLock<Vec<(char, Text)>> = OnceLock::new();
    let read = || {
        let rows = table::rows("agency_code_groups.csv", include_str!("../../../data/agency_code_groups.csv"));
        rows.into_iter().map(|row: GroupRow| (row.letter, Text::new(row.name_vi, row.name_en))).collect()
    };
    GROUPS.get_or_init(read).iter().find(|(of, _)| *of == letter).map(|(_, name)| name)
}
