//! The duties that must be done the same day or the next: acknowledging, registering, submitting, numbering, issuing, sending.

use crate::calendar::WorkingCalendar;
use crate::{Basis, Date, Timestamp, table};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// A duty whose deadline the law gives as a day, not as a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptDuty {
    /// Telling the sender that a document arrived.
    Acknowledge,
    /// Registering an incoming document.
    Register,
    /// Submitting a registered document to whoever directs it.
    Submit,
    /// Numbering and dating a signed document.
    Number,
    /// Issuing a signed document.
    Issue,
    /// Sending a signed document through the exchange.
    Send,
}

/// By when a duty should and must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptDeadline {
    /// When the law wants it done.
    pub target: Timestamp,
    /// The latest moment at which it is still in time.
    pub limit: Timestamp,
    /// The article.
    pub basis: Basis,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Moment {
    SameDay,
    NextMorning,
    NextDay,
}

#[derive(Deserialize)]
struct Row {
    duty: PromptDuty,
    valid_from: Date,
    valid_to: Option<Date>,
    target: Moment,
    limit: Moment,
    basis_document: String,
    basis_article: String,
}

/// By when a duty that arose at `since` is to be done, under the rule in force on that day
/// (`data/prompt_duties.csv`); None when no rule was in force. What is urgent is due at once.
pub fn deadline(
    calendar: &WorkingCalendar,
    duty: PromptDuty,
    since: Timestamp,
    urgent: bool,
) -> Option<PromptDeadline> {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| table::rows("prompt_duties.csv", include_str!("../../../data/prompt_duties.csv")));
    let day = since.local_date();
    let in_force = |row: &&Row| row.duty == duty && row.valid_from <= day && row.valid_to.is_none_or(|to| day <= to);
    let row = rows.iter().find(in_force)?;
    let moment = |moment| if urgent { since } else { moment_after(calendar, since, moment) };
    let limit = moment(row.limit);
    Some(PromptDeadline {
        // What arises on a day off has no same day left; its target is then no later than the limit.
        target: moment(row.target).min(limit),
        limit,
        basis: Basis { document: row.basis_document.clone().into(), article: row.basis_article.clone().into() },
    })
}

/// The same day counts as written, also for what arises after hours or on a day off: its end, or where the day has
/// no working time left, the end of the next working day.
fn moment_after(calendar: &WorkingCalendar, since: Timestamp, moment: Moment) -> Timestamp {
    let day = since.local_date();
    let next = calendar.add_working_days(day, 1);
    let end = match moment {
        Moment::SameDay if calendar.day_end(day) > since.to_local() && !calendar.sessions(day).is_empty() => {
            calendar.day_end(day)
        }
        Moment::SameDay | Moment::NextDay => calendar.day_end(next),
        Moment::NextMorning => calendar.morning_end(next),
    };
    Timestamp::from_local(end)
}
