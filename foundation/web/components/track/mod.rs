//! Track: the five states of a delivery (arrived, registered, assigned, processed, done); always with the word beside it.

use super::Example;
use super::state::{Progress, state};
use crate::html::Html;
use base::Lang;

/// The track of one delivery. `reached` is 0 to 5; `refused` marks the next place as refused by a person.
///
/// It is hidden from screen readers because the word beside it says the same.
pub fn track(reached: u8, refused: bool) -> Html {
    let cells: String = (0..5)
        .map(|at| match at {
            _ if at < reached => "<i class=\"d\"></i>",
            _ if at == reached && refused => "<i class=\"b\"></i>",
            _ => "<i></i>",
        })
        .collect();
    Html::trusted(format!("<span class=\"track\" aria-hidden=\"true\">{cells}</span>"))
}

/// The place that a delivery status has reached and whether it was refused (codes 01 to 06 and 13, 15, 16 of the
/// national document axis; 02 is a refusal).
pub fn reached_by(code: &str) -> (u8, bool) {
    match code {
        "01" => (1, false),
        "02" => (1, true),
        "03" => (2, false),
        "04" => (3, false),
        "05" => (4, false),
        "06" => (5, false),
        _ => (0, false),
    }
}

/// The state in words for a delivery status; an unknown code is shown as received.
pub fn status_words(code: &str, l: Lang) -> Html {
    match code {
        "" => state(Progress::Soon, l.t("Chưa báo nhận", "No receipt yet")),
        "01" => state(Progress::Usual, l.t("Đã đến", "Arrived")),
        "02" => state(Progress::Returned, l.t("Từ chối", "Refused")),
        "03" => state(Progress::Received, l.t("Đã tiếp nhận", "Registered")),
        "04" => state(Progress::Assigned, l.t("Đã phân công", "Assigned")),
        "05" => state(Progress::Running, l.t("Đang xử lý", "In progress")),
        "06" => state(Progress::Good, l.t("Hoàn thành", "Done")),
        "13" => state(Progress::Caution, l.t("Lấy lại", "Recall")),
        "15" => state(Progress::Good, l.t("Đồng ý lấy lại", "Recall agreed")),
        "16" => state(Progress::Returned, l.t("Không cho lấy lại", "Recall refused")),
        other => state(Progress::Unknown, other),
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let with = |code: &str| {
        let (reached, refused) = reached_by(code);
        Html::trusted(format!("<div class=\"acts\">{}{}</div>", track(reached, refused), status_words(code, l)))
    };
    ["", "01", "02", "03", "04", "05", "06", "17"]
        .into_iter()
        .zip(["Im lặng", "Đã đến", "Từ chối", "Đã tiếp nhận", "Đã phân công", "Đang xử lý", "Hoàn thành", "Mã lạ"])
        .zip(["Silent", "Arrived", "Refused", "Registered", "Assigned", "In progress", "Done", "Unknown code"])
        .map(|((code, vi), en)| Example::new(vi, en, with(code)))
        .collect()
}
