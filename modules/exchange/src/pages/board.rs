//! The delivery board: one row a recipient, shown on the package's page and on the office's document.

use crate::model::{DeliveryRow, Transport};
use base::{Lang, format};
use web::Html;
use web::ui::state::{Progress, state};
use web::ui::table::{Column, Table};
use web::ui::track::{reached_by, status_words, track};

/// The board of a package.
pub fn board(rows: &[DeliveryRow], l: Lang) -> Html {
    let columns = vec![
        Column::new(l.t("Nơi nhận", "Recipient")).main(),
        Column::new(l.t("Chặng", "Progress")).fixed(),
        Column::new(l.t("Trạng thái", "State")),
        Column::new(l.t("Lúc", "When")).fixed(),
        Column::new(l.t("Ghi chú", "Note")),
    ];
    let table = Table::new(l, l.t("Bảng theo dõi gửi văn bản", "Delivery board"), columns)
        .stacks()
        .rows(rows.iter().map(|row| cells(row, l)))
        .empty(Html::text(l.t("Văn bản này chưa gửi đến nơi nào.", "This document was not sent to anybody yet.")));
    Html::from_template(&table)
}

fn cells(row: &DeliveryRow, l: Lang) -> Vec<Html> {
    let code = row.status.as_ref().map_or("", |c| c.as_str());
    let (reached, refused) = reached_by(code);
    let at = row.status_at.or(row.arrived_at).or(row.sent_at);
    vec![
        Html::trusted(format!(
            "{}<br><span class=\"mut sm\">{}</span>",
            web::html::escape(&row.recipient_name),
            web::html::escape(row.recipient.canonical())
        )),
        track(reached, refused),
        words(row, code, l),
        Html::text(&at.map(|at| format::date_time(at, l)).unwrap_or_default()),
        note(row, l),
    ]
}

/// The status in words; before the first answer, how the bytes stand.
fn words(row: &DeliveryRow, code: &str, l: Lang) -> Html {
    let shown = match row.transport {
        Transport::Failed => state(Progress::Failed, row.transport.label().get(l)),
        Transport::Parked => state(Progress::Caution, row.transport.label().get(l)),
        Transport::Returned => state(Progress::Returned, row.transport.label().get(l)),
        Transport::Pending if code.is_empty() => state(Progress::Waiting, row.transport.label().get(l)),
        _ => status_words(code, l),
    };
    match &row.take_back {
        Some(code) => Html::trusted(format!("{shown}<br>{}", status_words(code.as_str(), l))),
        None => shown,
    }
}

fn note(row: &DeliveryRow, l: Lang) -> Html {
    let said = [
        row.problem.as_ref().map(|p| p.get(l).to_owned()),
        row.note.clone().filter(|note| !note.is_empty()),
        row.take_back_note.clone().filter(|note| !note.is_empty()),
    ];
    Html::text(&said.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}
