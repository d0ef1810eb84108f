//! Words and marks of the incoming pages: states, verdicts, checks on arrival, deadlines, buttons.

use super::words::urgency_mark;
use crate::rules::incoming::{State, Verb};
use crate::rules::registration_deadline::Standing;
use crate::store::incoming::{Incoming, IncomingId};
use crate::use_cases::incoming::look::{IncomingView, registration_standing};
use base::{Date, Lang, Refusal, Timestamp, format};
use std::collections::HashMap;
use web::ui::button::Button;
use web::ui::list_item::{Item, files};
use web::ui::paper::{FileState, file_line};
use web::ui::state::{Progress, day_words, state};
use web::ui::verification::{Check, CheckLine, verification};
use web::{App, Html};

/// From so many minutes on, an urgent arrival is marked as waiting.
const WAITED: i64 = 15;

/// The state of an incoming document as a glyph with a word.
pub fn incoming_state(of: State, l: Lang) -> Html {
    let (vi, en) = of.label();
    let glyph = match of {
        State::Arrived | State::Submitted => Progress::Waiting,
        State::Registered => Progress::Received,
        State::Directed => Progress::Assigned,
        State::InProcess => Progress::Running,
        State::Done => Progress::Good,
        State::Returned | State::Recalled => Progress::Returned,
    };
    state(glyph, l.t(vi, en))
}

/// What the checks on arrival came to.
pub fn verdict_words(verdict: &str, l: Lang) -> Html {
    match verdict {
        "valid" => state(Progress::Sealed, l.t("Hai chữ ký hợp lệ", "Two valid signatures")),
        "caution" => state(Progress::Caution, l.t("Có điểm cần lưu ý", "Something to note")),
        "failed" => state(Progress::Failed, l.t("Kiểm tra không đạt", "A check failed")),
        _ => state(Progress::None, l.t("Không ký số", "Not signed")),
    }
}

/// What a package asks for, where it is not a new document.
pub fn operation_words(operation: &str, l: Lang) -> Option<&'static str> {
    match operation {
        "recall" => Some(l.t("Yêu cầu thu hồi", "Recall")),
        "update" => Some(l.t("Văn bản cập nhật", "Update")),
        "replace" => Some(l.t("Văn bản thay thế", "Replacement")),
        _ => None,
    }
}

/// How it came.
pub fn source_words(source: &str, l: Lang) -> &'static str {
    match source {
        "exchange" => l.t("Trục liên thông", "Exchange"),
        "mail" => l.t("Thư điện tử", "E-mail"),
        "portal" => l.t("Cổng", "Portal"),
        _ => l.t("Giấy", "Paper"),
    }
}

/// Level of the issuer.
pub fn level_words(level: &str, l: Lang) -> &'static str {
    match level {
        "central" => l.t("Trung ương", "Central"),
        "province" => l.t("Sở, ban, ngành, tỉnh", "Provincial"),
        "commune" => l.t("Xã, phường", "Communes"),
        _ => l.t("Nơi khác", "Others"),
    }
}

/// A day by which something is to be done.
pub fn due(day: Date, today: Date, l: Lang) -> Html {
    match (day - today).get_days() {
        late if late < 0 => {
            let words = match l {
                Lang::Vi => format!("Quá hạn {}\u{a0}ngày", -late),
                Lang::En => format!("{}\u{a0}days overdue", -late),
            };
            state(Progress::Overdue, &words)
        }
        0 => state(Progress::Soon, l.t("Hạn hôm nay", "Due today")),
        1 => state(Progress::Soon, l.t("Còn 1\u{a0}ngày", "1\u{a0}day left")),
        _ => state(Progress::Waiting, &format!("{} {}", l.t("Hạn", "Due"), day_words(day, today, l))),
    }
}

/// How an arrival stands against its day for registration; nothing while all is well.
pub fn registration_mark(document: &Incoming, now: Timestamp, l: Lang) -> Html {
    match registration_standing(document, now) {
        Standing::Overdue { days } => {
            let words = match l {
                Lang::Vi => format!("Quá {days}\u{a0}ngày"),
                Lang::En => format!("{days}\u{a0}days over"),
            };
            state(Progress::Overdue, &words)
        }
        // The stamp says that it is urgent; a line of its own only once it has waited.
        Standing::AtOnce { minutes } if minutes >= WAITED => {
            let words = match l {
                Lang::Vi => format!("Đã chờ {minutes}\u{a0}phút"),
                Lang::En => format!("Waits {minutes}\u{a0}min"),
            };
            state(Progress::Soon, &words)
        }
        Standing::AtOnce { .. } | Standing::Until(_) => Html::default(),
    }
}

/// The last day for registration in words.
pub fn registration_words(standing: Standing, l: Lang) -> String {
    match (standing, l) {
        (Standing::AtOnce { minutes }, Lang::Vi) => format!("Văn bản khẩn: đăng ký ngay. Đã chờ {minutes} phút."),
        (Standing::AtOnce { minutes }, Lang::En) => format!("Urgent: register at once. It has waited {minutes} min."),
        (Standing::Until(day), Lang::Vi) => format!("Đăng ký trong ngày, chậm nhất {}.", format::weekday_date(day, l)),
        (Standing::Until(day), Lang::En) => format!("Register today, at latest {}.", format::weekday_date(day, l)),
        (Standing::Overdue { days }, Lang::Vi) => format!("Đã quá hạn đăng ký {days} ngày."),
        (Standing::Overdue { days }, Lang::En) => format!("Registration is {days} days overdue."),
    }
}

/// One line of a list; `base` is the address of the list.
pub fn item(row: &Incoming, count: usize, chosen: Option<&str>, base: &str, now: Timestamp, l: Lang) -> Item {
    let id = row.id.to_string();
    let waits = row.state == State::Arrived;
    let mark = match operation_words(&row.operation, l) {
        Some(words) => state(Progress::Caution, words),
        None if waits => verdict_words(&row.verdict, l),
        None => incoming_state(row.state, l),
    };
    let open = matches!(row.state, State::Directed | State::InProcess);
    let late = if waits { registration_mark(row, now, l) } else { Html::default() };
    let aside = match row.deadline {
        Some(day) if open => due(day, now.local_date(), l),
        _ if !late.is_empty() => late,
        _ => files(count, l),
    };
    let number = match row.arrival_number {
        Some(number) => format!("{} {number} · {}", l.t("Đến", "No."), row.code()),
        None => row.code(),
    };
    let mark_of = urgency_mark(row.urgency, l);
    Item::new(format!("{base}&xem={id}"), number, row.subject.clone())
        .stamp(mark_of)
        .from(row.issuer.clone())
        .when(short_moment(row.arrived_at, now, l))
        .state(mark)
        .aside(aside)
        .selected(chosen == Some(id.as_str()))
}

/// “08:02” today, “19/11” before: a list has no room for more.
pub fn short_moment(at: Timestamp, now: Timestamp, l: Lang) -> String {
    let (day, today) = (at.local_date(), now.local_date());
    if day == today { format::time(at) } else { format::short_date(day, today, l) }
}

/// The lines of the checks on arrival, and whether something like it came before.
pub fn checks(view: &IncomingView, l: Lang) -> Html {
    let mut lines = Vec::new();
    let mut add = |check, what: &str, finding: &str, rest: String| {
        lines.push(CheckLine { check, what: what.to_owned(), finding: finding.to_owned(), rest });
    };
    let report = view.verifications.last().map(|v| &v.report);
    let found: Vec<&serde_json::Value> =
        report.and_then(|r| r["checks"].as_array()).map(|all| all.iter().collect()).unwrap_or_default();
    let text = |check: &serde_json::Value| check[l.t("vi", "en")].as_str().unwrap_or_default().to_owned();
    let outcome = |check: &serde_json::Value| match check["result"].as_str() {
        Some("ok") => (Check::Valid, l.t("Hợp lệ.", "Valid.")),
        Some("warning") => (Check::Caution, l.t("Lưu ý.", "Note.")),
        _ => (Check::Failed, l.t("Không đạt.", "Failed.")),
    };
    for check in found.iter().filter(|c| c["check"] == "signature") {
        let what = match check["about"].as_str() {
            Some("person") => l.t("Người ký", "Signer"),
            Some("agency") => l.t("Cơ quan", "Agency"),
            _ => l.t("Chữ ký", "Signature"),
        };
        let (mark, word) = outcome(check);
        add(mark, what, word, text(check));
    }
    let (whole, broken): (Vec<_>, Vec<_>) =
        found.iter().filter(|c| c["check"] == "integrity").partition(|c| c["result"] == "ok");
    let count = view.files.len();
    if broken.is_empty() && view.document.source == "exchange" {
        let checked = whole.len();
        let words = match l {
            Lang::Vi => format!("{checked} trong {count} tệp"),
            Lang::En => format!("{checked} of {count} files"),
        };
        add(Check::Valid, l.t("Toàn vẹn", "Integrity"), &words, l.t("khớp mã băm", "match their digests").to_owned());
    }
    for check in broken {
        let (mark, word) = outcome(check);
        add(mark, l.t("Toàn vẹn", "Integrity"), word, text(check));
    }
    for check in
        found.iter().filter(|c| !matches!(c["check"].as_str(), Some("signature" | "integrity")) && c["result"] != "ok")
    {
        let what = match check["check"].as_str() {
            Some("directory") => l.t("Nơi gửi", "Sender"),
            Some("duplicate") => l.t("Trùng", "Duplicate"),
            _ => l.t("Cấu trúc", "Structure"),
        };
        let (mark, word) = outcome(check);
        add(mark, what, word, text(check));
    }
    if view.document.state == State::Arrived {
        match view.duplicates.first() {
            None => add(
                Check::Valid,
                l.t("Trùng", "Duplicate"),
                l.t("Không trùng", "None"),
                l.t("mã, số ký hiệu, nơi gửi", "by code, number and sender").to_owned(),
            ),
            Some((other, _)) => {
                let name = match other.arrival_number {
                    Some(number) => format!("{} {number}", l.t("văn bản số đến", "arrival")),
                    None => l.t("văn bản cũng đang chờ đăng ký", "another that waits").to_owned(),
                };
                add(Check::Caution, l.t("Trùng", "Duplicate"), l.t("Có thể trùng", "Perhaps"), name);
            }
        }
    }
    verification(&lines, l)
}

/// The files as lines.
pub fn file_lines(view: &IncomingView, marks: &HashMap<String, Html>, l: Lang) -> Vec<Html> {
    view.files
        .iter()
        .map(|f| {
            let href = format!("/van-ban-den/{}/tep/{}", view.document.id, f.ordinal);
            let line = file_line(&href, &f.name, u64::try_from(f.size).unwrap_or(0), FileState::Unscanned, l);
            marked(line, marks.get(&signatures_path(view.document.id, f.ordinal)))
        })
        .collect()
}

/// The line of a file with the state of its signatures.
pub fn marked(line: Html, mark: Option<&Html>) -> Html {
    match mark {
        Some(mark) => Html::trusted(format!("{line} {mark}")),
        None => line,
    }
}

/// The page of the signatures of one file.
pub fn signatures_path(id: IncomingId, ordinal: i64) -> String {
    format!("/van-ban-den/{id}/tep/{ordinal}/chu-ky")
}

/// For each PDF the state of its signatures, by the address of its report.
pub async fn signature_marks(app: &App, view: &IncomingView, l: Lang) -> web::Result<HashMap<String, Html>> {
    let pdfs = view.files.iter().filter(|file| file.media_type == "application/pdf");
    let files = pdfs.map(|file| (file.sha256.clone(), signatures_path(view.document.id, file.ordinal)));
    web::signatures::marks(app, files.collect(), l).await
}

/// A label of a verb as it stands on a button.
pub fn verb_words(verb: Verb, l: Lang) -> &'static str {
    match verb {
        Verb::Register => l.t("Đăng ký", "Register"),
        Verb::Return => l.t("Trả lại nơi gửi", "Return to sender"),
        Verb::Submit => l.t("Trình", "Submit"),
        Verb::Direct => l.t("Cho ý kiến", "Direct"),
        Verb::Assign => l.t("Giao người xử lý", "Assign"),
        Verb::Start => l.t("Bắt đầu xử lý", "Start work"),
        Verb::Report => l.t("Báo cáo, góp ý", "Report"),
        Verb::Complete => l.t("Hoàn thành", "Complete"),
        Verb::Reopen => l.t("Mở lại", "Reopen"),
        Verb::Recall => l.t("Thu hồi", "Recall"),
    }
}

/// The address part of a verb.
pub const fn verb_slug(verb: Verb) -> &'static str {
    match verb {
        Verb::Register => "dang-ky",
        Verb::Return => "tra-lai",
        Verb::Submit => "trinh",
        Verb::Direct => "chi-dao",
        Verb::Assign => "giao",
        Verb::Start => "bat-dau",
        Verb::Report => "bao-cao",
        Verb::Complete => "hoan-thanh",
        Verb::Reopen => "mo-lai",
        Verb::Recall => "thu-hoi",
    }
}

/// The verb of an address part.
pub fn verb_of(slug: &str) -> Option<Verb> {
    Verb::ALL.into_iter().find(|verb| verb_slug(*verb) == slug)
}

/// Buttons: what this person may do now, the next step first.
pub fn acts(view: &IncomingView, l: Lang) -> Html {
    let id = view.document.id;
    let mut out = String::new();
    let mut primary_given = false;
    for verb in [
        Verb::Register,
        Verb::Start,
        Verb::Assign,
        Verb::Complete,
        Verb::Report,
        Verb::Submit,
        Verb::Direct,
        Verb::Reopen,
        Verb::Return,
    ] {
        // A document that waits for a directive is submitted and directed in the queue, where both stand in one form.
        if !view.may.contains(&verb) || (verb == Verb::Submit && view.may.contains(&Verb::Direct)) {
            continue;
        }
        let href = match verb {
            Verb::Register => format!("/van-ban-den?loc=cho-dang-ky&xem={id}"),
            Verb::Direct => format!("/cho-y-kien?xem={id}"),
            _ => format!("/van-ban-den/{id}/viec/{}", verb_slug(verb)),
        };
        let mut button = Button::new(verb_words(verb, l)).href(href);
        if !primary_given && !matches!(verb, Verb::Return | Verb::Reopen | Verb::Report) {
            button = button.primary();
            primary_given = true;
        } else if verb == Verb::Return {
            button = button.text().grave().icon("return");
        }
        out.push_str(Html::from_template(&button).as_str());
    }
    if view.may.contains(&Verb::Complete) && view.document.answer.is_none() {
        let answer = Button::new(l.t("Soạn văn bản trả lời", "Draft an answer"))
            .href(format!("/van-ban-di/soan?tra-loi={id}"))
            .icon("pen");
        out.push_str(Html::from_template(&answer).as_str());
    }
    Html::trusted(out)
}

/// The same refusal with its fields under the names that they have in the form.
pub fn renamed(refusal: &Refusal, rename: impl Fn(&str) -> Option<String>) -> Refusal {
    let mut out = refusal.clone();
    for field in &mut out.fields {
        if let Some(name) = rename(&field.field) {
            field.field = name;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_its_own_address() {
        for verb in Verb::ALL {
            assert_eq!(verb_of(verb_slug(verb)), Some(verb));
        }
    }

    #[test]
    fn deadlines_say_the_day_and_the_rest() {
        let today = Date::constant(2026, 11, 23);
        let words = |day: Date| due(day, today, Lang::Vi).as_str().to_owned();
        assert!(words(Date::constant(2026, 11, 20)).contains("Quá hạn 3"));
        assert!(words(today).contains("Hạn hôm nay"));
        assert!(words(Date::constant(2026, 11, 25)).contains("thứ Tư 25/11"));
    }
}
