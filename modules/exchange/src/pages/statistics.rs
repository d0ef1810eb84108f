//! The statistics page (QĐ 28/2018/QĐ-TTg, Điều 11): table, bars, files, print, on the three levels.

use super::{LAYOUT, STATISTICS};
use crate::statistics::{AgencyFigures, Figures, Level, Period, export, figures};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::document_types;
use base::{Lang, Refusal, Timestamp, format};
use platform::Error;
use platform::access::{self, Permission, Principal};
use serde::Deserialize;
use web::ui::button::Button;
use web::ui::chart::Chart;
use web::ui::field::{Choose, Field};
use web::ui::figure::Figure;
use web::ui::note::ErrorSummary;
use web::ui::table::{Column, Table};
use web::{App, Html, Page, Query, Req, User, page};

/// Where the statistics stand.
pub const PATH: &str = "/thong-ke";

/// What is asked for: first and last month, level, file format.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    tu: Option<String>,
    den: Option<String>,
    cap: Option<String>,
    dang: Option<String>,
}

/// Code of the Government Office, which runs the axis and sees all of it (QĐ 28/2018/QĐ-TTg, Điều 11, 15).
const AXIS_OFFICE: &str = "G22";

impl Asked {
    /// The months asked for; without any, the year so far.
    fn months(&self, now: Timestamp) -> (String, String) {
        let today = now.local_date();
        let from = self.tu.as_deref().map_or_else(|| format!("{}-01", today.year()), read_month);
        let to = self.den.as_deref().map_or_else(|| format!("{}-{:02}", today.year(), today.month()), read_month);
        (from, to)
    }

    fn level(&self, user: &Principal) -> Level {
        match self.cap.as_deref() {
            Some("truc") if user.agency.canonical() == AXIS_OFFICE => Level::Axis,
            Some("co-quan") => Level::Agency(user.agency.clone()),
            _ => Level::Below(user.agency.clone()),
        }
    }
}

/// A month as people write it, `11/2026`, becomes `2026-11`; anything else stays for [`Period::new`] to judge.
fn read_month(text: &str) -> String {
    match text.trim().split_once('/') {
        Some((month, year)) => format!("{year}-{month:0>2}"),
        None => text.trim().to_owned(),
    }
}

/// `2026-11` as people read it, `11/2026`; what is no month stays as it was typed.
fn month_words(month: &str) -> String {
    match month.split_once('-') {
        Some((year, month)) => format!("{month}/{year}"),
        None => month.to_owned(),
    }
}

async fn take(app: &App, user: &Principal, asked: &Asked, now: Timestamp) -> Result<(Period, Figures), Error> {
    access::require(user, Permission::StatisticsRead, &user.agency)?;
    let (from, to) = asked.months(now);
    let period = Period::new(&from, &to)?;
    let (wanted, level) = (period.clone(), asked.level(user));
    let found = app.platform().db().read(move |tx| figures(tx, &wanted, &level)).await?;
    Ok((period, found))
}

#[derive(askama::Template)]
#[template(path = "exchange/statistics.html")]
struct Statistics {
    l: Lang,
    errors: Html,
    fields: Vec<Field>,
    button: Button,
    figures: Vec<Figure>,
    months: Html,
    types: Html,
    table: Html,
    csv: String,
    xlsx: String,
}

/// The page.
pub async fn show(State(app): State<App>, req: Req, User(user): User, Query(asked): Query<Asked>) -> web::Result {
    let l = req.lang;
    let (found, refusal) = match take(&app, &user, &asked, req.now).await {
        Ok((_, found)) => (found, None),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => (Figures::default(), Some(refusal)),
        Err(error) => return Err(error.into()),
    };
    let (from, to) = asked.months(req.now);
    let cap = asked.cap.clone().unwrap_or_default();
    let link = |kind: &str| format!("/thong-ke/tai-ve?dang={kind}&tu={from}&den={to}&cap={cap}");
    let mut levels = vec![
        Choose::new("cap-duoi", l.t("Cơ quan và cấp dưới", "The agency and those below")),
        Choose::new("co-quan", l.t("Chỉ cơ quan này", "This agency only")),
    ];
    if user.agency.canonical() == AXIS_OFFICE {
        levels.push(Choose::new("truc", l.t("Toàn trục", "The whole axis")));
    }
    let month = |name: &str, label: &str, value: &str, refusal: Option<&Refusal>| {
        Field::text(l, name, label)
            .value(month_words(value))
            .hint(l.t("Ví dụ 11/2026", "For example 11/2026"))
            .maxlength(7)
            .span("c2")
            .refused(refusal)
    };
    let body = Statistics {
        l,
        errors: ErrorSummary::of(l, refusal.as_deref()),
        fields: vec![
            month("tu", l.t("Từ tháng", "From month"), &from, refusal.as_deref()),
            month("den", l.t("Đến tháng", "To month"), &to, None),
            Field::select(l, "cap", l.t("Phạm vi", "Scope"), levels).value(cap.clone()).span("c4"),
        ],
        button: Button::new(l.t("Xem", "Show")),
        figures: totals(&found.total, l),
        months: months(&found, l),
        types: types(&found, l),
        table: Html::from_template(&table(&found, l)),
        csv: link("csv"),
        xlsx: link("xlsx"),
    };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (first, last) = (month_words(&from), month_words(&to));
    let heading = match l {
        Lang::Vi => format!("THỐNG KÊ GỬI, NHẬN VĂN BẢN ĐIỆN TỬ, {first} – {last}"),
        Lang::En => format!("STATISTICS OF DOCUMENTS SENT AND RECEIVED, {first} – {last}"),
    };
    let title = Page::new(l.t("Thống kê gửi, nhận văn bản", "Documents sent and received"))
        .section(STATISTICS)
        .layout(LAYOUT)
        .landscape()
        .print_heading(heading)
        .status(status);
    Ok(page(&req, title, &body))
}

fn totals(total: &AgencyFigures, l: Lang) -> Vec<Figure> {
    let rate = |part: i64, whole: i64| if whole == 0 { "—".to_owned() } else { format::percent(part, whole, 1, l) };
    vec![
        Figure::new(l.t("Văn bản gửi", "Documents sent"), format::number(total.sent, l)),
        Figure::new(
            l.t("Gửi đúng hạn (Điều 6)", "Sent in time (Article 6)"),
            rate(total.sent_in_time, total.sent_judged()),
        ),
        Figure::new(l.t("Có ký số", "Signed"), rate(total.sent_signed, total.sent)),
        Figure::new(l.t("Văn bản nhận", "Documents received"), format::number(total.received, l)),
        Figure::new(l.t("Từ chối", "Refused"), format::number(total.refused, l)),
        Figure::new(l.t("Thu hồi", "Recalled"), format::number(total.recalled, l)),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents stay far below 2^53")]
const fn real(number: i64) -> f64 {
    number as f64
}

fn months(found: &Figures, l: Lang) -> Html {
    let title = l.t("Văn bản gửi và nhận mỗi tháng", "Documents sent and received each month");
    let series = [l.t("gửi", "sent"), l.t("nhận", "received")];
    let chart = Chart::new(l, title, l.t("văn bản", "documents"), &series).decimals(0);
    found
        .months
        .iter()
        .fold(chart, |chart, (month, (sent, received))| {
            let href = format!("{PATH}?tu={month}&den={month}");
            chart.point(month_words(month), &[real(*sent), real(*received)], Some(&href))
        })
        .bars()
}

fn types(found: &Figures, l: Lang) -> Html {
    let columns = vec![
        Column::new(l.t("Loại văn bản", "Document type")),
        Column::new(l.t("Gửi", "Sent")).number(),
        Column::new(l.t("Nhận", "Received")).number(),
    ];
    let name = |id: &str| {
        document_types::by_id(id).map_or_else(|| l.t("Loại khác", "Other").to_owned(), |t| t.name.get(l).to_owned())
    };
    let table = Table::new(l, l.t("Theo loại văn bản", "By document type"), columns)
        .tight()
        .first_is_head()
        .rows(found.types.iter().map(|(id, (sent, received))| {
            vec![
                Html::text(&name(id)),
                Html::text(&format::number(*sent, l)),
                Html::text(&format::number(*received, l)),
            ]
        }))
        .empty(Html::text(l.t("Chưa có số liệu.", "No figures yet.")));
    Html::from_template(&table)
}

fn table(found: &Figures, l: Lang) -> Table {
    let number = |label: &str| Column::new(label).number();
    let columns = vec![
        Column::new(l.t("Cơ quan", "Agency")).main(),
        number(l.t("Gửi", "Sent")),
        number(l.t("Có ký số", "Signed")),
        number(l.t("Kèm giấy", "With paper")),
        number(l.t("Đúng hạn", "In time")),
        number(l.t("Thu hồi", "Recalled")),
        number(l.t("Nhận", "Received")),
        number(l.t("Từ chối", "Refused")),
        number(l.t("TB tiếp nhận", "To registered")),
        number(l.t("TB hoàn thành", "To done")),
    ];
    let cells = |name: String, f: &AgencyFigures| -> Vec<Html> {
        let n = |value: i64| Html::text(&format::number(value, l));
        let average = |status: &str| {
            Html::text(&f.average_seconds(status).map_or_else(|| "—".to_owned(), |s| format::duration(s, l)))
        };
        let in_time = if f.sent_judged() == 0 {
            "—".to_owned()
        } else {
            format::percent(f.sent_in_time, f.sent_judged(), 1, l)
        };
        vec![
            Html::text(&name),
            n(f.sent),
            n(f.sent_signed),
            n(f.sent_with_paper),
            Html::text(&in_time),
            n(f.recalled),
            n(f.received),
            n(f.refused),
            average("03"),
            average("06"),
        ]
    };
    let table = Table::new(l, l.t("Theo cơ quan", "By agency"), columns)
        .tight()
        .first_is_head()
        .rows(found.agencies.iter().map(|(code, name, f)| cells(format!("{} ({code})", name.get(l)), f)))
        .empty(Html::text(l.t(
            "Chưa có số liệu trong kỳ này. Số liệu lấy từ sổ cái, không ai phải nhập.",
            "No figures in this period. They come from the ledger; nobody types them in.",
        )));
    if found.agencies.is_empty() { table } else { table.foot(cells(l.t("Cộng", "Total").to_owned(), &found.total)) }
}

/// The same figures as a file.
pub async fn download(State(app): State<App>, req: Req, User(user): User, Query(asked): Query<Asked>) -> web::Result {
    let (period, found) = take(&app, &user, &asked, req.now).await?;
    let l = req.lang;
    let name = format!("thong-ke-van-ban-{}-{}", period.from, period.to);
    let (bytes, kind, name) = if asked.dang.as_deref() == Some("xlsx") {
        let title = format!(
            "{} {} – {}",
            l.t("Thống kê gửi, nhận văn bản", "Documents sent and received"),
            month_words(&period.from),
            month_words(&period.to)
        );
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        (export::xlsx(&found, l, &title)?, kind, format!("{name}.xlsx"))
    } else {
        (export::csv(&found, l).into_bytes(), "text/csv; charset=utf-8", format!("{name}.csv"))
    };
    let mut response: Response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&web::files::content_disposition(&name, false)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
