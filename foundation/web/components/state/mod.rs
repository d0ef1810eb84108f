//! State and deadline: a glyph with a word, never in a box, never colour alone.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use base::{Date, Lang, Timestamp};

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Done, on time, valid.
    Good,
    /// As `Good` where good is the usual case: grey words, a small green glyph.
    Usual,
    /// A valid signature or seal, the usual case.
    Sealed,
    /// Being worked on.
    Running,
    /// Assigned.
    Assigned,
    /// Registered, received.
    Received,
    /// Waiting, in time.
    Waiting,
    /// Due soon, or silent.
    Soon,
    /// Acceptable, with a flaw.
    Caution,
    /// Overdue.
    Overdue,
    /// A check failed.
    Failed,
    /// Returned or refused by a person.
    Returned,
    /// The clock is stopped.
    Stopped,
    /// Does not apply.
    None,
    /// A code we do not know; the word is the raw code.
    Unknown,
}

impl Progress {
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("ok", "ok"),
            Self::Usual => ("ok q", "ok"),
            Self::Sealed => ("ok q", "seal"),
            Self::Running => ("run", "run"),
            Self::Assigned => ("run", "users"),
            Self::Received => ("", "inbox"),
            Self::Waiting => ("", "clock"),
            Self::Soon => ("soon", "clock"),
            Self::Caution => ("soon", "warn"),
            Self::Overdue => ("late", "late"),
            Self::Failed => ("late", "bad"),
            Self::Returned => ("ret", "return"),
            Self::Stopped => ("", "pause"),
            Self::None => ("q", "dash"),
            Self::Unknown => ("q", "ring"),
        }
    }

    /// The colour's class and the glyph, for lists that show the glyph in a column of its own.
    pub fn glyph(self) -> Html {
        let (class, name) = self.parts();
        Html::trusted(format!("<span class=\"{class}\">{}</span>", icon(name)))
    }
}

/// A state in words.
pub fn state(progress: Progress, word: &str) -> Html {
    let (class, name) = progress.parts();
    let space = if class.is_empty() { "" } else { " " };
    Html::trusted(format!("<span class=\"st{space}{class}\">{}{}</span>", icon(name), escape(word)))
}

/// A deadline in words: the day and what is left (“Hạn thứ Tư 25/11”, “Còn 1 ngày”, “Quá hạn 2 ngày”).
///
/// Days are counted by the calendar here; a page that counts working time hands in its own words to [`state`].
pub fn deadline(due: Timestamp, now: Timestamp, l: Lang) -> Html {
    let (today, day) = (now.local_date(), due.local_date());
    let days = (day - today).get_days();
    let time = due.to_local().strftime("%H:%M").to_string();
    if due < now {
        let minutes = now.since(due) / 60_000_000;
        let words = if days < 0 {
            let n = -days;
            match l {
                Lang::Vi => format!("Quá hạn {n}\u{a0}ngày"),
                Lang::En => format!("{n}\u{a0}{} overdue", if n == 1 { "day" } else { "days" }),
            }
        } else if minutes >= 60 {
            l.t("Quá hạn {} giờ", "{} h overdue").replace("{}", &(minutes / 60).to_string())
        } else {
            l.t("Quá hạn {} phút", "{} min overdue").replace("{}", &minutes.to_string())
        };
        return state(Progress::Overdue, &words);
    }
    match days {
        0 => state(Progress::Soon, &format!("{} {time} {}", l.t("Trước", "By"), l.t("hôm nay", "today"))),
        1 => state(
            Progress::Soon,
            &format!("{}, {time} {}", l.t("Còn 1\u{a0}ngày", "1\u{a0}day left"), l.t("mai", "tomorrow")),
        ),
        _ => state(Progress::Waiting, &format!("{} {}", l.t("Hạn", "Due"), day_words(day, today, l))),
    }
}

/// A stopped deadline: “Tạm dừng từ 12/11”.
pub fn stopped(since: Date, l: Lang) -> Html {
    state(Progress::Stopped, &format!("{} {}", l.t("Tạm dừng từ", "Stopped since"), since.strftime("%d/%m")))
}

/// “thứ Tư 25/11”; the year only when it is another one.
pub fn day_words(day: Date, today: Date, l: Lang) -> String {
    use weekday::words;
    let year = if day.year() == today.year() { String::new() } else { format!("/{}", day.year()) };
    format!("{} {:02}/{:02}{year}", words(day, l), day.day(), day.month())
}

mod weekday {
    use base::{Date, Lang};

    /// The name of the weekday, as in the middle of a sentence.
    pub(super) fn words(day: Date, l: Lang) -> &'static str {
        match day.weekday().to_monday_zero_offset() {
            0 => l.t("thứ Hai", "Mon"),
            1 => l.t("thứ Ba", "Tue"),
            2 => l.t("thứ Tư", "Wed"),
            3 => l.t("thứ Năm", "Thu"),
            4 => l.t("thứ Sáu", "Fri"),
            5 => l.t("thứ Bảy", "Sat"),
            _ => l.t("Chủ nhật", "Sun"),
        }
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let now = super::example_now();
    let by = |hours: i64| deadline(now.plus_seconds(hours * 3600), now, l);
    vec![
        Example::new("Xong", "Done", state(Progress::Good, l.t("Hoàn thành", "Done"))),
        Example::new(
            "Hợp lệ, thường thấy",
            "Valid, the usual case",
            state(Progress::Sealed, l.t("Hai chữ ký hợp lệ", "Two valid signatures")),
        ),
        Example::new("Đang làm", "Running", state(Progress::Running, l.t("Đang xử lý", "In progress"))),
        Example::new("Đã phân công", "Assigned", state(Progress::Assigned, l.t("Đã phân công", "Assigned"))),
        Example::new("Đã đăng ký", "Registered", state(Progress::Received, l.t("Đã đăng ký", "Registered"))),
        Example::new("Chờ", "Waiting", state(Progress::Waiting, l.t("Chờ ý kiến", "Awaiting direction"))),
        Example::new("Thận trọng", "Caution", state(Progress::Caution, l.t("Thiếu dấu thời gian", "No time stamp"))),
        Example::new(
            "Kiểm tra hỏng",
            "Failed check",
            state(Progress::Failed, l.t("Tệp bị sửa sau khi ký", "File changed after signing")),
        ),
        Example::new("Bị trả lại", "Returned", state(Progress::Returned, l.t("Từ chối", "Refused"))),
        Example::new("Không áp dụng", "Does not apply", state(Progress::None, l.t("Không ký số", "Not signed"))),
        Example::new("Mã lạ", "Unknown code", state(Progress::Unknown, "17")),
        Example::new("Hạn xa", "Far deadline", by(55)),
        Example::new("Hạn mai", "Due tomorrow", by(24)),
        Example::new("Hạn hôm nay", "Due today", by(8)),
        Example::new("Quá hạn ít phút", "Just overdue", deadline(now.plus_seconds(-600), now, l)),
        Example::new("Quá hạn", "Overdue", by(-48)),
        Example::new("Tạm dừng", "Stopped", stopped(now.local_date(), l)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_say_the_day_and_what_is_left() {
        let now = Timestamp::parse("2026-11-23T08:41:00+07:00").unwrap();
        let text = |due: &str, l| deadline(Timestamp::parse(due).unwrap(), now, l).to_string();
        assert!(text("2026-11-25T17:00:00+07:00", Lang::Vi).contains("Hạn thứ Tư 25/11"));
        assert!(text("2027-01-04T17:00:00+07:00", Lang::Vi).contains("thứ Hai 04/01/2027"));
        assert!(text("2026-11-23T17:00:00+07:00", Lang::En).contains("By 17:00 today"));
        assert!(text("2026-11-23T07:41:00+07:00", Lang::Vi).contains("Quá hạn 1 giờ"));
        assert!(text("2026-11-21T17:00:00+07:00", Lang::Vi).contains("Quá hạn 2\u{a0}ngày"));
        assert!(text("2026-11-22T17:00:00+07:00", Lang::En).contains("1\u{a0}day overdue"));
    }
}
