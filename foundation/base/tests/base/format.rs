//! How dates, numbers, sizes and money are written.

use base::format::{
    COUNT_CAP, count, date_time_seconds, duration, long_date, machine, moment, money, number, percent, short_date,
    size, weekday_date,
};
use base::{Lang, Timestamp};
use jiff::civil::date;
use proptest::prelude::*;

fn plain(text: String) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn dates() {
    for (day, vi, long, en) in [
        (date(2026, 11, 23), "23/11/2026", "ngày 23 tháng 11 năm 2026", "23 Nov 2026"),
        (date(2026, 2, 5), "05/02/2026", "ngày 05 tháng 02 năm 2026", "5 Feb 2026"),
        (date(2026, 3, 9), "09/03/2026", "ngày 09 tháng 3 năm 2026", "9 Mar 2026"),
        (date(2026, 10, 10), "10/10/2026", "ngày 10 tháng 10 năm 2026", "10 Oct 2026"),
    ] {
        assert_eq!(base::format::date(day, Lang::Vi), vi);
        assert_eq!(plain(base::format::date(day, Lang::En)), en);
        assert_eq!(plain(long_date(day, Lang::Vi)), long);
    }
    assert_eq!(plain(long_date(date(2026, 9, 2), Lang::En)), "2 September 2026");
    assert_eq!(plain(weekday_date(date(2026, 11, 25), Lang::Vi)), "thứ Tư 25/11");
    assert_eq!(plain(weekday_date(date(2026, 11, 22), Lang::Vi)), "Chủ nhật 22/11");
    assert_eq!(plain(weekday_date(date(2026, 11, 25), Lang::En)), "Wednesday 25 Nov");
}

#[test]
fn moments_drop_what_is_obvious() {
    let now = Timestamp::parse("2026-11-23T08:41:00+07:00").unwrap();
    for (at, vi, en) in [
        ("2026-11-23T08:14:59+07:00", "08:14 hôm nay", "08:14 today"),
        ("2026-11-22T23:59:00+07:00", "23:59 hôm qua", "23:59 yesterday"),
        ("2026-11-24T00:00:00+07:00", "00:00 ngày mai", "00:00 tomorrow"),
        ("2026-11-19T16:52:00+07:00", "19/11, 16:52", "19 Nov, 16:52"),
        ("2025-11-19T16:52:00+07:00", "19/11/2025, 16:52", "19 Nov 2025, 16:52"),
    ] {
        let at = Timestamp::parse(at).unwrap();
        assert_eq!((plain(moment(at, now, Lang::Vi)), plain(moment(at, now, Lang::En))), (vi.into(), en.into()));
    }
    let evidence = Timestamp::parse("2026-11-23T01:02:37Z").unwrap();
    assert_eq!(date_time_seconds(evidence, Lang::Vi), "23/11/2026 08:02:37");
    assert_eq!(machine(evidence), "2026-11-23T08:02:37+07:00");
    assert_eq!(short_date(date(2026, 11, 20), date(2026, 1, 1), Lang::Vi), "20/11");
}

#[test]
fn numbers() {
    for (n, vi, en) in [
        (412_806, "412.806", "412,806"),
        (0, "0", "0"),
        (999, "999", "999"),
        (-1000, "−1.000", "−1,000"),
        (i64::MIN, "−9.223.372.036.854.775.808", "−9,223,372,036,854,775,808"),
    ] {
        assert_eq!((number(n, Lang::Vi), number(n, Lang::En)), (vi.into(), en.into()));
    }
    assert_eq!(plain(money(135_000, Lang::Vi)), "135.000 đồng");
    for (part, whole, places, vi) in [
        (946, 1000, 1, "94,6 %"),
        (1, 3, 1, "33,3 %"),
        (2, 3, 0, "67 %"),
        (1, 1, 1, "100,0 %"),
        (0, 7, 0, "0 %"),
        (9999, 10_000, 1, "99,9 %"),
        (1, 10_000, 1, "0,1 %"),
        (-1, 4, 1, "−25,0 %"),
        (3, 2, 0, "150 %"),
        (1, 0, 1, "–"),
    ] {
        assert_eq!(plain(percent(part, whole, places, Lang::Vi)), vi, "{part}/{whole}");
    }
    assert_eq!(percent(946, 1000, 1, Lang::En), "94.6%");
}

#[test]
fn sizes_and_lengths_of_time() {
    for (bytes, vi) in [
        (0, "0 byte"),
        (1023, "1.023 byte"),
        (1024, "1 KB"),
        (36 * 1024, "36 KB"),
        (421_888, "412 KB"),
        (1_258_291, "1,2 MB"),
        (1_048_576, "1 MB"),
        (1_048_575, "1 MB"),
        (10 * 1_048_576 + 400_000, "10 MB"),
        (3 << 30, "3 GB"),
        (5000 << 40, "5.000 TB"),
        (u64::MAX, "16.777.216 TB"),
    ] {
        assert_eq!(plain(size(bytes, Lang::Vi)), vi, "{bytes}");
    }
    assert_eq!(plain(size(1_258_291, Lang::En)), "1.2 MB");
    for (seconds, vi, en) in [
        (59, "dưới 1 phút", "under 1 minute"),
        (60, "1 phút", "1 minute"),
        (39 * 60 + 5, "39 phút", "39 minutes"),
        (7200, "2 giờ", "2 hours"),
        (86_400, "1 ngày", "1 day"),
    ] {
        assert_eq!((plain(duration(seconds, Lang::Vi)), plain(duration(seconds, Lang::En))), (vi.into(), en.into()));
    }
}

proptest! {
    #[test]
    fn grouping_changes_no_digit(n: i64) {
        let shown = number(n, Lang::Vi).replace('.', "").replace('−', "-");
        prop_assert_eq!(shown.parse::<i64>().unwrap(), n);
    }

    #[test]
    fn only_all_is_a_hundred_and_only_nothing_is_zero(part in 0i64..1_000_000, more in 0i64..1_000_000, places in 0u32..3) {
        let whole = part + more;
        prop_assume!(whole > 0);
        let shown = percent(part, whole, places, Lang::En);
        let value: f64 = shown.trim_end_matches('%').parse().unwrap();
        prop_assert_eq!(value == 0.0, part == 0);
        prop_assert_eq!(value == 100.0, part == whole);
    }

    #[test]
    fn sizes_never_panic_and_stay_short(bytes: u64) {
        prop_assert!(size(bytes, Lang::Vi).chars().count() <= 13);
    }
}

#[test]
fn counts_stop_at_the_cap() {
    assert_eq!(count(0, Lang::Vi), "0");
    assert_eq!(count(999, Lang::Vi), "999");
    assert_eq!(count(COUNT_CAP, Lang::Vi), "1.000+");
    assert_eq!(count(i64::MAX, Lang::En), "1,000+");
}
