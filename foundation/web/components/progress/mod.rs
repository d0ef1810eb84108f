//! Progress: long work as a line with done of total; survives a reload, never a spinner without words.

use super::Example;
use super::state::{Progress as State, state};
use crate::html::{Html, escape};
use base::Lang;

/// Where long work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Has not begun.
    Waiting,
    /// Runs.
    Running,
    /// Done.
    Done,
    /// Stopped with an error.
    Failed,
}

/// The line with words: what, done of total, what remains (“còn 4 phút”).
pub fn progress(work: Work, what: &str, done: u64, total: u64, rest: &str, l: Lang) -> Html {
    let (mark, class) = match work {
        Work::Waiting => (state(State::Waiting, l.t("Chờ đến lượt", "Waiting")), "v"),
        Work::Running => (state(State::Running, l.t("Đang chạy", "Running")), "v"),
        Work::Done => (state(State::Good, l.t("Xong", "Done")), "v"),
        Work::Failed => (state(State::Failed, l.t("Dừng vì lỗi", "Stopped by an error")), "f"),
    };
    #[expect(clippy::cast_precision_loss, reason = "a line of 600 units")]
    let width = if total == 0 { 0.0 } else { done.min(total) as f64 * 600.0 / total as f64 };
    let numbers = match l {
        Lang::Vi => format!("{} trong {}", super::group_digits(done, l), super::group_digits(total, l)),
        Lang::En => format!("{} of {}", super::group_digits(done, l), super::group_digits(total, l)),
    };
    let rest = if rest.is_empty() { String::new() } else { format!(", {}", escape(rest)) };
    Html::trusted(format!(
        "<div><p class=\"acts\"><b>{}</b>{mark}</p><svg class=\"prog-line\" viewBox=\"0 0 600 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"600\" height=\"8\"/><rect class=\"{class}\" width=\"{width:.0}\" height=\"8\"/></svg><p class=\"sm mut\">{numbers}{rest}</p></div>",
        escape(what)
    ))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let what = l.t("Gửi đến 133 nơi nhận", "Sending to 133 recipients");
    vec![
        Example::new("Chờ", "Waiting", progress(Work::Waiting, what, 0, 133, "", l)),
        Example::new(
            "Đang chạy",
            "Running",
            progress(Work::Running, what, 96, 133, l.t("còn khoảng 1 phút", "about 1 minute left"), l),
        ),
        Example::new("Xong", "Done", progress(Work::Done, what, 133, 133, "08:14", l)),
        Example::new(
            "Lỗi",
            "Failed",
            progress(Work::Failed, what, 128, 133, l.t("5 nơi đang giữ, chưa mất", "5 held, nothing lost"), l),
        ),
    ]
}
