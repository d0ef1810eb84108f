//! Whether a document was sent in time: on the day of signing, at the latest in the morning of the next working day
//! (QĐ 28/2018/QĐ-TTg, Điều 6).

use base::Timestamp;
use base::calendar::WorkingCalendar;

/// The last moment at which what was signed at `signed_at` is still sent in time.
pub fn send_before(signed_at: Timestamp, calendar: &WorkingCalendar) -> Timestamp {
    let next = calendar.add_working_days(signed_at.local_date(), 1);
    Timestamp::from_local(calendar.morning_end(next))
}

/// Whether what was signed at `signed_at` and sent at `sent_at` was sent in time.
pub fn sent_in_time(signed_at: Timestamp, sent_at: Timestamp, calendar: &WorkingCalendar) -> bool {
    sent_at.local_date() <= signed_at.local_date() || sent_at <= send_before(signed_at, calendar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::time::DateTime;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_local(text.parse::<DateTime>().expect("a time"))
    }

    #[test]
    fn same_day_or_next_working_morning() {
        let calendar = WorkingCalendar::default();
        // 16 October 2026 is a Friday; 1 and 2 September are days off.
        for (signed, sent, in_time) in [
            ("2026-10-16T16:50:00", "2026-10-16T23:59:00", true),
            ("2026-10-16T16:50:00", "2026-10-18T09:00:00", true),
            ("2026-10-16T16:50:00", "2026-10-19T11:00:00", true),
            ("2026-10-16T16:50:00", "2026-10-19T13:30:00", false),
            ("2026-10-16T16:50:00", "2026-10-20T08:00:00", false),
            ("2026-10-19T08:00:00", "2026-10-20T11:00:00", true),
            ("2026-10-19T08:00:00", "2026-10-20T14:00:00", false),
            ("2026-10-19T08:00:00", "2026-10-18T14:00:00", true),
            // 24 November 2026 is a day off.
            ("2026-11-23T08:00:00", "2026-11-25T10:00:00", true),
            ("2026-11-23T08:00:00", "2026-11-25T14:00:00", false),
            ("2026-09-01T08:00:00", "2026-09-02T14:00:00", true),
        ] {
            assert_eq!(sent_in_time(at(signed), at(sent), &calendar), in_time, "{signed} → {sent}");
        }
    }
}
