//! Whether a document was sent in time: on the day of signing, at the latest in the morning of the next working day
//! (QĐ 28/2018/QĐ-TTg, Điều 6).

use base::{Date, Timestamp};

/// The hour at which a morning ends, Vietnam time.
const NOON: i8 = 12;

/// Whether what was signed at `signed_at` and sent at `sent_at` was sent in time; `is_working` tells working days.
///
/// Days after signing are looked through for at most a month: the longest holiday is Tết, nine days in a row.
pub fn sent_in_time(signed_at: Timestamp, sent_at: Timestamp, is_working: &dyn Fn(Date) -> bool) -> bool {
    let signed_on = signed_at.local_date();
    let sent = sent_at.to_local();
    if sent.date() <= signed_on {
        return true;
    }
    let mut day = signed_on;
    for _ in 0..31 {
        let Ok(next) = day.tomorrow() else { return false };
        day = next;
        if is_working(day) {
            return sent.date() < day || (sent.date() == day && sent.time().hour() < NOON);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::time::DateTime;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_local(text.parse::<DateTime>().expect("a time"))
    }

    fn weekdays(date: Date) -> bool {
        !matches!(date.weekday().to_monday_zero_offset(), 5 | 6)
    }

    #[test]
    fn same_day_or_next_working_morning() {
        // 2026-11-20 is a Friday.
        for (signed, sent, in_time) in [
            ("2026-11-20T16:50:00", "2026-11-20T23:59:00", true),
            ("2026-11-20T16:50:00", "2026-11-22T09:00:00", true),
            ("2026-11-20T16:50:00", "2026-11-23T11:59:59", true),
            ("2026-11-20T16:50:00", "2026-11-23T12:00:00", false),
            ("2026-11-20T16:50:00", "2026-11-24T08:00:00", false),
            ("2026-11-23T08:00:00", "2026-11-24T11:00:00", true),
            ("2026-11-23T08:00:00", "2026-11-24T14:00:00", false),
            ("2026-11-23T08:00:00", "2026-11-22T14:00:00", true),
        ] {
            assert_eq!(sent_in_time(at(signed), at(sent), &weekdays), in_time, "{signed} → {sent}");
        }
        assert!(!sent_in_time(at("2026-11-20T16:50:00"), at("2026-11-23T09:00:00"), &|_| false));
    }
}
