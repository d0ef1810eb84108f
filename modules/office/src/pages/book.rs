//! Registers on the page and on paper: book I (outgoing) and book VI (incoming) with every legal column (Phụ lục IV).

use super::words::kind_name;
use crate::store::incoming::{Incoming, incoming_book};
use crate::store::outgoing::{Outgoing, outgoing_book, recipients_of};
use crate::store::registers::{Direction, Register, register_get, registers_of, series_state};
use crate::use_cases::Deed;
use askama::Template;
use axum::extract::State as AppState;
use base::{Lang, format};
use platform::access::Principal;
use platform::{Platform, Result, Tx};
use serde::Deserialize;
use web::ui::paging::{crumbs, paging};
use web::ui::table::{Column, Table};
use web::{App, Html, Page, Query, Req, User, page};

/// How many rows a page of the screen shows; the print and the export hold the whole year.
pub const ROWS: i64 = 100;
/// The most rows of one print or export.
pub const MOST: i64 = 50_000;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Id of the register.
    pub so: String,
    /// Year.
    pub nam: Option<i64>,
    /// The last number of the page before.
    pub sau: Option<i64>,
    /// The whole year, for printing.
    pub ca_nam: bool,
    /// `csv` or `xlsx`.
    pub dang: Option<String>,
}

/// One page of a book: its register, whose columns these are, and the rows as plain text.
pub struct Book {
    /// The register.
    pub register: Register,
    /// Which way.
    pub direction: Direction,
    /// The year.
    pub year: i64,
    /// Column heads, Vietnamese and English.
    pub heads: &'static [(&'static str, &'static str)],
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// The last number shown, when there are more.
    pub next: Option<i64>,
}

/// Mẫu sổ I, Phụ lục IV.
const OUTGOING: &[(&str, &str)] = &[
    ("Số, ký hiệu văn bản", "Number and notation"),
    ("Ngày tháng văn bản", "Date"),
    ("Tên loại và trích yếu nội dung", "Kind and subject"),
    ("Người ký", "Signer"),
    ("Nơi nhận văn bản", "Recipients"),
    ("Đơn vị, người nhận bản lưu", "Keeper of the file copy"),
    ("Số lượng bản", "Copies"),
    ("Ngày chuyển", "Sent on"),
    ("Ký nhận", "Received by"),
    ("Ghi chú", "Note"),
];

/// Mẫu sổ VI, Phụ lục IV.
const INCOMING: &[(&str, &str)] = &[
    ("Ngày đến", "Arrived on"),
    ("Số đến", "Arrival number"),
    ("Tác giả", "Issuer"),
    ("Số, ký hiệu văn bản", "Number and notation"),
    ("Ngày tháng văn bản", "Date"),
    ("Tên loại và trích yếu nội dung", "Kind and subject"),
    ("Đơn vị hoặc người nhận", "Unit or person"),
    ("Ngày chuyển", "Passed on"),
    ("Ký nhận", "Received by"),
    ("Ghi chú", "Note"),
];

/// Reads a book. Registers of another agency do not exist for this reader.
pub async fn read(platform: &Platform, user: &Principal, asked: Asked) -> Result<Book> {
    let deed = Deed::new(platform, user)?;
    platform
        .db()
        .read(move |tx| {
            let (register, direction) = register_get(tx, deed.agency(), &asked.so, deed.today())?;
            let year = asked.nam.unwrap_or_else(|| i64::from(deed.today().year()));
            let (after, limit) =
                if asked.ca_nam || asked.dang.is_some() { (0, MOST) } else { (asked.sau.unwrap_or(0), ROWS) };
            let (heads, mut rows) = match direction {
                Direction::Out => (OUTGOING, outgoing_rows(tx, &register, year, after, limit + 1)?),
                Direction::In => (INCOMING, incoming_rows(tx, &register, year, after, limit + 1)?),
            };
            let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let next = if more { rows.last().map(|(number, _)| *number) } else { None };
            let rows = rows.into_iter().map(|(_, cells)| cells).collect();
            Ok(Book { register, direction, year, heads, rows, next })
        })
        .await
}

/// Legal text is Vietnamese whatever the page's language.
fn day(day: Option<base::Date>) -> String {
    day.map(|d| format::date(d, Lang::Vi)).unwrap_or_default()
}

fn outgoing_rows(
    tx: &Tx<'_>,
    register: &Register,
    year: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Vec<String>)>> {
    outgoing_book(tx, &register.id, year, after, limit)?
        .iter()
        .map(|d| {
            let recipients = recipients_of(tx, d.id)?;
            let mut places: Vec<String> = recipients.iter().map(|r| r.name.clone()).collect();
            let (kept, others): (Vec<&String>, Vec<&String>) = d.places.iter().partition(|p| p.starts_with("Lưu"));
            places.extend(others.into_iter().cloned());
            let kept = kept.iter().map(|k| k.trim_start_matches("Lưu:").trim()).collect::<Vec<_>>().join("; ");
            Ok((d.number.unwrap_or_default(), outgoing_cells(d, &places.join("; "), &kept)))
        })
        .collect()
}

fn outgoing_cells(d: &Outgoing, places: &str, kept: &str) -> Vec<String> {
    let mut note = d.note.clone();
    if let Some(reason) = &d.void_reason {
        // A voided number keeps its line in the book.
        note = format!("Đã hủy: {reason}. {note}").trim_end().to_owned();
    }
    vec![
        d.code.clone().unwrap_or_default(),
        day(d.dated),
        format!(
            "{} {}",
            kind_name(&d.kind, Lang::Vi),
            if d.secrecy.is_secret() { "(văn bản mật)" } else { d.subject.as_str() }
        ),
        d.signer_name.clone(),
        places.to_owned(),
        if kept.is_empty() { d.unit_name.clone() } else { kept.to_owned() },
        d.copies.map(|n| n.to_string()).unwrap_or_default(),
        day(d.issued_at.map(|at| at.local_date())),
        if d.package.is_some() { "Liên thông".to_owned() } else { String::new() },
        note,
    ]
}

fn incoming_rows(
    tx: &Tx<'_>,
    register: &Register,
    year: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Vec<String>)>> {
    Ok(incoming_book(tx, &register.id, year, after, limit)?
        .iter()
        .map(|d| (d.arrival_number.unwrap_or_default(), incoming_cells(d)))
        .collect())
}

fn incoming_cells(d: &Incoming) -> Vec<String> {
    let subject = if d.secrecy.is_secret() { "(văn bản mật)" } else { d.subject.as_str() };
    vec![
        day(d.arrived_on),
        d.arrival_number.map(|n| n.to_string()).unwrap_or_default(),
        d.issuer.clone(),
        d.code(),
        day(d.issued_on),
        format!("{} {subject}", d.kind_name),
        d.lead_name.clone().or_else(|| d.submitted_to_name.clone()).unwrap_or_default(),
        day(d.directed_at.or(d.submitted_at).map(|at| at.local_date())),
        if d.source == "exchange" { "Liên thông".to_owned() } else { String::new() },
        d.note.clone(),
    ]
}

/// A register in the list: id, name, last number.
type BookLine = (String, String, i64);

#[derive(Template)]
#[template(path = "books.html")]
struct Books {
    l: Lang,
    year: i16,
    groups: Vec<(&'static str, Vec<BookLine>)>,
}

/// The agency's registers.
pub async fn books(req: Req, User(user): User, AppState(app): AppState<App>) -> web::Result {
    let (l, deed) = (req.lang, Deed::new(app.platform(), &user)?);
    let year = deed.today().year();
    let groups = app
        .platform()
        .db()
        .read(move |tx| {
            let mut groups = Vec::new();
            for (direction, title) in
                [(Direction::In, l.t("Văn bản đến", "Incoming")), (Direction::Out, l.t("Văn bản đi", "Outgoing"))]
            {
                let mut lines = Vec::new();
                for register in registers_of(tx, deed.agency(), direction, deed.today())? {
                    let last = series_state(tx, &register.id, year)?.last_number;
                    lines.push((register.id, l.t(&register.name, &register.name_en).to_owned(), last));
                }
                groups.push((title, lines));
            }
            Ok(groups)
        })
        .await?;
    let body = Books { l, year, groups };
    Ok(page(&req, Page::new(l.t("Sổ đăng ký", "Registers")).section("office.registers"), &body))
}

#[derive(Template)]
#[template(path = "book.html")]
struct BookPage {
    l: Lang,
    crumbs: Html,
    title: String,
    table: Table,
    paging: Html,
    id: String,
    year: i64,
    total: usize,
    whole: bool,
}

/// One register in one year.
pub async fn book(req: Req, User(user): User, AppState(app): AppState<App>, Query(asked): Query<Asked>) -> web::Result {
    let l = req.lang;
    let (whole, after) = (asked.ca_nam, asked.sau);
    let book = read(app.platform(), &user, asked).await?;
    let name = l.t(&book.register.name, &book.register.name_en).to_owned();
    let columns = book
        .heads
        .iter()
        .enumerate()
        .map(|(index, (vi, en))| {
            let column = Column::new(l.t(vi, en));
            // Dates and numbers never wrap.
            match (book.direction, index) {
                (Direction::Out, 0 | 1 | 7) | (Direction::In, 0 | 3 | 4 | 7) => column.fixed(),
                (Direction::In, 1) | (Direction::Out, 6) => column.number(),
                _ => column,
            }
        })
        .collect();
    let caption = format!("{name} {}", book.year);
    let table = book
        .rows
        .iter()
        .fold(Table::new(l, &caption, columns).tight(), |table, cells| {
            table.row(cells.iter().map(|cell| Html::text(cell)).collect())
        })
        .empty(Html::text(l.t("Sổ năm nay chưa có số nào.", "This year’s register has no number yet.")));
    let here = format!("/so-dang-ky/so?so={}&nam={}", book.register.id, book.year);
    let older = book.next.map(|n| format!("{here}&sau={n}"));
    let newer = after.map(|_| here.clone());
    let heading = match book.direction {
        Direction::Out => "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        Direction::In => "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",
    };
    let body = BookPage {
        l,
        crumbs: crumbs(&[("/so-dang-ky", l.t("Sổ đăng ký", "Registers"))], &caption, l),
        title: caption.clone(),
        table,
        paging: paging(newer.as_deref(), older.as_deref(), l),
        id: book.register.id.clone(),
        year: book.year,
        total: book.rows.len(),
        whole,
    };
    let frame = Page::new(caption)
        .section("office.registers")
        .landscape()
        .print_heading(format!("{heading} · {} · {} · năm {}", user.agency_name.vi, book.register.name, book.year));
    Ok(page(&req, frame, &body))
}
