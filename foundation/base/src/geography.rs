//! Provinces before and after the merger of 01/07/2025, and the communes since then.

use crate::fold::fold;
use crate::{AgencyCode, Date, table};
use jiff::civil::date;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The day on which 63 provinces became 34 and the district level ended (NQ 202/2025/QH15).
pub const MERGER: Date = date(2025, 7, 1);

/// A province or centrally run city (tỉnh, thành phố trực thuộc trung ương), known by the code of its People's Committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// Code of the People's Committee, `H57`.
    pub code: AgencyCode,
    /// Full name today; of a province that was merged away, its last one.
    pub name: String,
    /// Full name before the merger.
    pub name_before_2025: String,
    /// Statistical code today, of the provinces that exist.
    pub gso_code: Option<String>,
    /// Statistical code before the merger.
    pub gso_code_before_2025: String,
    /// ISO 3166-2 code of the province before the merger.
    pub iso_3166_2: String,
    /// The code that stands for it since the merger: its own or another's.
    pub successor: AgencyCode,
    /// The day on which its code was closed.
    pub closed_on: Option<Date>,
}

/// A commune, ward or special zone (xã, phường, đặc khu) since 01/07/2025.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Commune {
    /// Statistical code of five digits.
    pub code: String,
    /// Full name, `Phường Thuận Hóa`.
    pub name: String,
    /// Statistical code of its province.
    pub province_gso_code: String,
}

#[derive(Deserialize)]
struct ProvinceRow {
    code: String,
    name_before_2025: String,
    name: String,
    gso_code_before_2025: String,
    gso_code: String,
    iso_3166_2: String,
    successor_2025: String,
    closed_on: Option<Date>,
}

impl Province {
    /// Whether its code is in use on `date`.
    pub fn in_force(&self, date: Date) -> bool {
        self.closed_on.is_none_or(|closed| date < closed)
    }

    /// Its name on `date`.
    pub fn name_on(&self, date: Date) -> &str {
        if date < MERGER { &self.name_before_2025 } else { &self.name }
    }

    /// The province that stands for it on `date`: itself while its code is in force, then its successor.
    pub fn on(&'static self, date: Date) -> &'static Self {
        if self.in_force(date) { self } else { province(&self.successor).unwrap_or(self) }
    }

    /// Its communes since the merger; none for one that was merged away.
    pub fn communes(&self) -> impl Iterator<Item = &'static Commune> {
        let code = self.gso_code.clone();
        communes().iter().filter(move |commune| code.as_deref() == Some(commune.province_gso_code.as_str()))
    }
}

impl Commune {
    /// The province it belongs to.
    pub fn province(&self) -> Option<&'static Province> {
        provinces().iter().find(|province| province.gso_code.as_deref() == Some(self.province_gso_code.as_str()))
    }
}

/// All 63 codes, in order of code.
pub fn provinces() -> &'static [Province] {
    static PROVINCES: OnceLock<Vec<Province>> = OnceLock::new();
    PROVINCES.get_or_init(|| {
        let code = |text: &str| AgencyCode::parse(text).unwrap_or_else(|e| panic!("data/provinces.csv: {e}"));
        table::rows("provinces.csv", include_str!("../../../data/provinces.csv"))
            .into_iter()
            .map(|row: ProvinceRow| Province {
                code: code(&row.code),
                name: if row.name.is_empty() { row.name_before_2025.clone() } else { row.name },
                name_before_2025: row.name_before_2025,
                gso_code: table::filled(row.gso_code),
                gso_code_before_2025: row.gso_code_before_2025,
                iso_3166_2: row.iso_3166_2,
                successor: code(&row.successor_2025),
                closed_on: row.closed_on,
            })
            .collect()
    })
}

/// The provinces whose code is in force on `date`: 63 before the merger, 34 after it.
pub fn provinces_on(date: Date) -> impl Iterator<Item = &'static Province> {
    provinces().iter().filter(move |province| province.in_force(date))
}

/// The province of a code; of any agency below it, its province; of a People's Council (K), that of the same number.
pub fn province(code: &AgencyCode) -> Option<&'static Province> {
    let level1 = code.level1();
    let number = level1.canonical().strip_prefix(['H', 'K'])?;
    provinces().iter().find(|province| province.code.canonical().strip_prefix('H') == Some(number))
}

/// The province of a statistical code as it was on `date`; the numbers were dealt anew in the merger.
pub fn province_by_gso(gso_code: &str, date: Date) -> Option<&'static Province> {
    if date < MERGER {
        provinces().iter().find(|province| province.gso_code_before_2025 == gso_code)
    } else {
        provinces().iter().find(|province| province.gso_code.as_deref() == Some(gso_code))
    }
}

/// The province of that name, today's or the former one, with or without marks and without “tỉnh” or “thành phố”.
pub fn province_by_name(name: &str) -> Option<&'static Province> {
    let wanted = bare(name);
    let named = |province: &&Province| bare(&province.name) == wanted || bare(&province.name_before_2025) == wanted;
    provinces().iter().find(named)
}

fn bare(name: &str) -> String {
    let name = fold(name);
    let bare = ["tinh ", "thanh pho ", "tp. ", "tp "].iter().find_map(|kind| name.strip_prefix(kind));
    bare.unwrap_or(&name).to_owned()
}

/// The code that took over from `code` by `date`, where that is another one: `H22.05` has the successor `H60` since
/// the merger. What lies below a province was renumbered, so only the province is named.
pub fn successor(code: &AgencyCode, date: Date) -> Option<&'static Province> {
    let province = province(code)?;
    let now = province.on(date);
    (now.code != province.code).then_some(now)
}

/// All communes since 01/07/2025, by province.
pub fn communes() -> &'static [Commune] {
    static COMMUNES: OnceLock<Vec<Commune>> = OnceLock::new();
    COMMUNES.get_or_init(|| table::rows("communes_2025.csv", include_str!("../../../data/communes_2025.csv")))
}

/// The commune of a statistical code.
pub fn commune(code: &str) -> Option<&'static Commune> {
    static BY_CODE: OnceLock<HashMap<&'static str, &'static Commune>> = OnceLock::new();
    BY_CODE.get_or_init(|| communes().iter().map(|c| (c.code.as_str(), c)).collect()).get(code).copied()
}
