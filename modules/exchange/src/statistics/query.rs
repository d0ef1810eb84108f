//! The figures of a period, agency by agency, for one agency, those below it, or the whole axis.

use super::counters::{RECEIVED, REJECTED, SENT, STATES};
use crate::refusals;
use crate::rules::status::StatusCode;
use base::agency_code::AgencyCode;
use base::{Refusal, Text};
use platform::ledger::{CounterRow, counter_rows};
use platform::{Result, Tx, directory};
use std::collections::BTreeMap;

/// Months from the first to the last, both included, `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// First month.
    pub from: String,
    /// Last month.
    pub to: String,
}

impl Period {
    /// From two months; refused when one is none or the first comes after the last.
    pub fn new(from: &str, to: &str) -> Result<Self, Refusal> {
        let is_month = |text: &str| {
            text.split_once('-').is_some_and(|(year, month)| {
                year.len() == 4
                    && month.len() == 2
                    && year.bytes().all(|b| b.is_ascii_digit())
                    && month.parse::<u8>().is_ok_and(|m| (1..=12).contains(&m))
            })
        };
        if is_month(from) && is_month(to) && from <= to {
            return Ok(Self { from: from.to_owned(), to: to.to_owned() });
        }
        Err(Refusal::new(&refusals::STATISTICS_PERIOD).field(
            "tu",
            Text::fixed(
                "Tháng dạng 11/2026 (hoặc 2026-11), tháng đầu không sau tháng cuối.",
                "A month such as 11/2026 (or 2026-11), the first not after the last.",
            ),
        ))
    }

    fn holds(&self, month: &str) -> bool {
        self.from.as_str() <= month && month <= self.to.as_str()
    }
}

/// On which of the three levels (QĐ 28/2018/QĐ-TTg, Điều 11) the figures are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level {
    /// One agency.
    Agency(AgencyCode),
    /// An agency and everything below it: a ministry's or a province's office.
    Below(AgencyCode),
    /// Everything: the Government Office, for the axis.
    Axis,
}

impl Level {
    fn holds(&self, code: &str) -> bool {
        match self {
            Self::Axis => true,
            Self::Agency(agency) => agency.canonical() == code,
            Self::Below(top) => AgencyCode::tolerate(code).is_ok_and(|agency| agency.is_within(top)),
        }
    }
}

/// The figures of one agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgencyFigures {
    /// Documents sent, all operations.
    pub sent: i64,
    /// Of these, with valid signatures of person and agency.
    pub sent_signed: i64,
    /// Of these, with a paper original besides.
    pub sent_with_paper: i64,
    /// Sent on the day of signing or by the next working morning (Điều 6).
    pub sent_in_time: i64,
    /// Sent later than that.
    pub sent_late: i64,
    /// Recalls among what was sent.
    pub recalled: i64,
    /// Documents received.
    pub received: i64,
    /// Of these, with valid signatures.
    pub received_signed: i64,
    /// Of these, refused by the agency (02).
    pub refused: i64,
    /// Packages of the agency that the exchange refused.
    pub rejected: i64,
    /// Reports a state: code → (how often, seconds in all).
    pub states: BTreeMap<String, (i64, i64)>,
}

impl AgencyFigures {
    /// Documents whose moment of signing is known.
    pub const fn sent_judged(&self) -> i64 {
        self.sent_in_time + self.sent_late
    }

    /// Average seconds from the exchange's taking a document to a state; `None` when it was never reported.
    pub fn average_seconds(&self, status: &str) -> Option<i64> {
        self.states.get(status).and_then(|(count, seconds)| seconds.checked_div(*count))
    }

    fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.sent_signed += other.sent_signed;
        self.sent_with_paper += other.sent_with_paper;
        self.sent_in_time += other.sent_in_time;
        self.sent_late += other.sent_late;
        self.recalled += other.recalled;
        self.received += other.received;
        self.received_signed += other.received_signed;
        self.refused += other.refused;
        self.rejected += other.rejected;
        for (status, (count, seconds)) in &other.states {
            let entry = self.states.entry(status.clone()).or_default();
            entry.0 += count;
            entry.1 += seconds;
        }
    }
}

/// All figures of a period.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Agency by agency: code, name, figures; in the order of codes. The name of an agency that another server holds says
    /// so: here only the states that it reported back are known, what it sent and received is counted over there.
    pub agencies: Vec<(String, Text, AgencyFigures)>,
    /// Together.
    pub total: AgencyFigures,
    /// Month by month: sent, received.
    pub months: BTreeMap<String, (i64, i64)>,
    /// Type by type: code word → sent, received.
    pub types: BTreeMap<String, (i64, i64)>,
}

/// The figures of a period on a level.
pub fn figures(tx: &Tx<'_>, period: &Period, level: &Level) -> Result<Figures> {
    let filter: Vec<(&str, &str)> = match level {
        Level::Agency(agency) => vec![("agency", agency.canonical())],
        _ => Vec::new(),
    };
    let rows = |name: &str| -> Result<Vec<CounterRow>> {
        let mut rows = counter_rows(tx, name, &filter)?;
        rows.retain(|row| period.holds(value(row, "month")) && level.holds(value(row, "agency")));
        Ok(rows)
    };
    let mut by: BTreeMap<String, AgencyFigures> = BTreeMap::new();
    let mut out = Figures::default();
    for row in rows(SENT)? {
        let one = by.entry(value(&row, "agency").to_owned()).or_default();
        one.sent += row.count;
        one.sent_signed += if value(&row, "signed") == "yes" { row.count } else { 0 };
        one.sent_with_paper += if value(&row, "paper") == "yes" { row.count } else { 0 };
        one.recalled += if value(&row, "operation") == "recall" { row.count } else { 0 };
        match value(&row, "in_time") {
            "yes" => one.sent_in_time += row.count,
            "no" => one.sent_late += row.count,
            _ => {}
        }
        out.months.entry(value(&row, "month").to_owned()).or_default().0 += row.count;
        out.types.entry(value(&row, "type").to_owned()).or_default().0 += row.count;
    }
    for row in rows(RECEIVED)? {
        let one = by.entry(value(&row, "agency").to_owned()).or_default();
        one.received += row.count;
        one.received_signed += if value(&row, "signed") == "yes" { row.count } else { 0 };
        out.months.entry(value(&row, "month").to_owned()).or_default().1 += row.count;
        out.types.entry(value(&row, "type").to_owned()).or_default().1 += row.count;
    }
    for row in rows(STATES)? {
        let one = by.entry(value(&row, "agency").to_owned()).or_default();
        let status = value(&row, "status");
        one.refused += if status == StatusCode::REFUSED { row.count } else { 0 };
        let state = one.states.entry(status.to_owned()).or_default();
        state.0 += row.count;
        state.1 += row.sum;
    }
    for row in rows(REJECTED)? {
        by.entry(value(&row, "agency").to_owned()).or_default().rejected += row.count;
    }
    for (code, one) in by {
        out.total.add(&one);
        let name = match directory::agency_by_any_code(tx, &code)? {
            Some(agency) if agency.hosted => agency.name,
            Some(agency) => {
                Text::new(format!("{} · máy chủ khác", agency.name.vi), format!("{} · another server", agency.name.en))
            }
            None => Text::new(code.clone(), code.clone()),
        };
        out.agencies.push((code, name, one));
    }
    Ok(out)
}

fn value<'a>(row: &'a CounterRow, name: &str) -> &'a str {
    row.key.get(name).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_months_in_order() {
        assert!(Period::new("2026-01", "2026-11").is_ok());
        assert!(Period::new("2026-11", "2026-11").is_ok_and(|p| p.holds("2026-11") && !p.holds("2026-12")));
        for (from, to) in [("2026-11", "2026-10"), ("2026-13", "2026-13"), ("26-01", "2026-02"), ("", "")] {
            assert!(Period::new(from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn a_subtree_holds_what_is_below_and_nothing_beside() {
        let level = Level::Below(AgencyCode::parse("H57").expect("a code"));
        assert!(level.holds("H57") && level.holds("H57.09"));
        assert!(!level.holds("H5") && !level.holds("H58") && !level.holds("G09"));
    }
}
