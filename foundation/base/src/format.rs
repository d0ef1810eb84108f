//! How dates, numbers, sizes and money are written for a reader, in both languages.

use crate::{Date, Lang, Timestamp};
use jiff::civil::{DateTime, Weekday};

/// The space that does not break, between a number and its unit.
const NBSP: char = '\u{a0}';

/// `23/11/2026`; English `23 Nov 2026`, since 11/12 would be read both ways.
pub fn date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()),
        Lang::En => format!("{}{NBSP}{}{NBSP}{}", date.day(), month(date, 3), date.year()),
    }
}

/// `23/11`; English `23 Nov`.
pub fn day_month(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}", date.day(), date.month()),
        Lang::En => format!("{}{NBSP}{}", date.day(), month(date, 3)),
    }
}

/// The date as documents carry it: `ngày 05 tháng 02 năm 2026`, `ngày 20 tháng 11 năm 2026`. Days below 10 and the
/// months 1 and 2 are written with a zero (NĐ 30/2020/NĐ-CP, Phụ lục I). English `20 November 2026`.
pub fn long_date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Vi => {
            let zero = if date.month() <= 2 { "0" } else { "" };
            let (day, month, year) = (date.day(), date.month(), date.year());
            format!("ngày{NBSP}{day:02} tháng{NBSP}{zero}{month} năm{NBSP}{year}")
        }
        Lang::En => format!("{}{NBSP}{} {}", date.day(), month(date, 9), date.year()),
    }
}

/// `thứ Tư`, `Chủ nhật`; English `Wednesday`.
pub fn weekday(date: Date, lang: Lang) -> &'static str {
    let (vi, en) = match date.weekday() {
        Weekday::Monday => ("thứ\u{a0}Hai", "Monday"),
        Weekday::Tuesday => ("thứ\u{a0}Ba", "Tuesday"),
        Weekday::Wednesday => ("thứ\u{a0}Tư", "Wednesday"),
        Weekday::Thursday => ("thứ\u{a0}Năm", "Thursday"),
        Weekday::Friday => ("thứ\u{a0}Sáu", "Friday"),
        Weekday::Saturday => ("thứ\u{a0}Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ\u{a0}nhật", "Sunday"),
    };
    lang.t(vi, en)
}

/// `thứ Tư 25/11`; English `Wednesday 25 Nov`.
pub fn weekday_date(date: Date, lang: Lang) -> String {
    format!("{} {}", weekday(date, lang), day_month(date, lang))
}

/// `08:02`, the wall time in Vietnam.
pub fn time(at: Timestamp) -> String {
    let at = at.to_local();
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `08:02:37`, for evidence.
pub fn time_seconds(at: Timestamp) -> String {
    let at = at.to_local();
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// `23/11/2026 08:02`.
pub fn date_time(at: Timestamp, lang: Lang) -> String {
    format!("{} {}", date(at.local_date(), lang), time(at))
}

/// `23/11/2026 08:02:37`, for evidence.
pub fn date_time_seconds(at: Timestamp, lang: Lang) -> String {
    format!("{} {}", date(at.local_date(), lang), time_seconds(at))
}

/// The same without what is obvious at `now`: `08:14 hôm nay`, `16:52 hôm qua`, `20/11, 08:14`, `20/11/2025, 08:14`.
pub fn moment(at: Timestamp, now: Timestamp, lang: Lang) -> String {
    let (day, today) = (at.local_date(), now.local_date());
    let time = time(at);
    if day == today {
        format!("{time} {}", lang.t("hôm\u{a0}nay", "today"))
    } else if day.tomorrow().is_ok_and(|next| next == today) {
        format!("{time} {}", lang.t("hôm\u{a0}qua", "yesterday"))
    } else if today.tomorrow().is_ok_and(|next| next == day) {
        format!("{time} {}", lang.t("ngày\u{a0}mai", "tomorrow"))
    } else {
        format!("{}, {time}", short_date(day, today, lang))
    }
}

/// `20/11` within the year of `today`, otherwise `20/11/2025`.
pub fn short_date(day: Date, today: Date, lang: Lang) -> String {
    if day.year() == today.year() { day_month(day, lang) } else { date(day, lang) }
}

/// The machine-readable form for the `datetime` attribute: `2026-11-23T08:02:37+07:00`.
pub fn machine(at: Timestamp) -> String {
    let at: DateTime = at.to_local();
    format!("{}+07:00", at.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// `412.806`; English `412,806`. Not for numbers that are names.
pub fn number(n: i64, lang: Lang) -> String {
    let digits = n.unsigned_abs().to_string();
    let separator = match lang {
        Lang::Vi => '.',
        Lang::En => ',',
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// Counts beside lists go no further: what is there to be done can be seen, and a page costs the same with a million
/// documents.
pub const COUNT_CAP: i64 = 1_000;

/// A count beside a list: `412`, or `1.000+` from [`COUNT_CAP`] on.
pub fn count(n: i64, lang: Lang) -> String {
    if n < COUNT_CAP { number(n, lang) } else { format!("{}+", number(COUNT_CAP, lang)) }
}

/// `94,6 %` of `part` in `whole`, rounded half up to `places` decimals (at most 6); English `94.6%`. A dash when
/// there is nothing to divide by. What is not all never rounds up to 100, nor what is something down to 0.
pub fn percent(part: i64, whole: i64, places: u32, lang: Lang) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let scale = 10_i128.pow(places.min(6));
    let (part, whole) = (i128::from(part), i128::from(whole));
    let (numerator, denominator) = (part * 100 * scale * whole.signum(), whole.abs());
    let mut scaled = (2 * numerator + denominator).div_euclid(2 * denominator);
    let all = 100 * scale;
    if scaled == all && numerator < all * denominator {
        scaled = all - 1;
    } else if scaled == 0 && numerator > 0 {
        scaled = 1;
    }
    let value = decimal(scaled, scale, places.min(6), lang);
    match lang {
        Lang::Vi => format!("{value}{NBSP}%"),
        Lang::En => format!("{value}%"),
    }
}

/// A count of bytes: `412 byte`, `36 KB`, `1,2 MB`. Steps of 1024, one decimal below ten.
pub fn size(bytes: u64, lang: Lang) -> String {
    if bytes < 1024 {
        let count = number(i64::try_from(bytes).unwrap_or(i64::MAX), lang);
        return format!("{count}{NBSP}{}", lang.t("byte", if bytes == 1 { "byte" } else { "bytes" }));
    }
    let mut unit_size: u64 = 1024;
    let mut unit = 0;
    let names = ["KB", "MB", "GB", "TB"];
    // 1023,6 KB reads as 1 MB.
    while unit + 1 < names.len() && tenths(bytes, unit_size) >= 10_235 {
        unit_size *= 1024;
        unit += 1;
    }
    let value = match tenths(bytes, unit_size) {
        tenths if tenths < 100 && !tenths.is_multiple_of(10) => decimal(i128::from(tenths), 10, 1, lang),
        tenths => number(i64::try_from((tenths + 5) / 10).unwrap_or(i64::MAX), lang),
    };
    format!("{value}{NBSP}{}", names[unit])
}

/// Tenths of a unit, rounded half up.
fn tenths(bytes: u64, unit: u64) -> u64 {
    let tenths = (u128::from(bytes) * 20 + u128::from(unit)) / (2 * u128::from(unit));
    u64::try_from(tenths).unwrap_or(u64::MAX)
}

/// `135.000 đồng`; English `135,000 dong`.
pub fn money(dong: i64, lang: Lang) -> String {
    format!("{}{NBSP}{}", number(dong, lang), lang.t("đồng", "dong"))
}

/// A length of time in its largest whole unit: `39 phút`, `2 giờ`, `3 ngày`; below a minute, `dưới 1 phút`.
pub fn duration(seconds: i64, lang: Lang) -> String {
    let seconds = seconds.max(0);
    let (count, vi, one, many) = match seconds {
        0..60 => return lang.t("dưới\u{a0}1\u{a0}phút", "under\u{a0}1\u{a0}minute").to_owned(),
        60..3600 => (seconds / 60, "phút", "minute", "minutes"),
        3600..86_400 => (seconds / 3600, "giờ", "hour", "hours"),
        _ => (seconds / 86_400, "ngày", "day", "days"),
    };
    format!("{}{NBSP}{}", number(count, lang), lang.t(vi, if count == 1 { one } else { many }))
}

fn decimal(scaled: i128, scale: i128, places: u32, lang: Lang) -> String {
    let sign = if scaled < 0 { "−" } else { "" };
    let whole = number(i64::try_from((scaled / scale).abs()).unwrap_or(i64::MAX), lang);
    if places == 0 {
        return format!("{sign}{whole}");
    }
    let rest = (scaled % scale).abs();
    let width = usize::try_from(places).unwrap_or(0);
    format!("{sign}{whole}{}{rest:0width$}", lang.t(",", "."))
}

fn month(date: Date, letters: usize) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let index = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    let name = NAMES.get(index).copied().unwrap_or_default();
    name.get(..letters).unwrap_or(name)
}
