//! A register as CSV or XLSX: the same legal columns as on paper.

use super::book::{Asked, Book, read};
use axum::body::Body;
use axum::extract::State as AppState;
use axum::response::IntoResponse;
use platform::{Error, Result};
use rust_xlsxwriter::{Format, Workbook};
use web::files::FileResponse;
use web::{App, Query, User};

/// The download. Rendered outside the database.
pub async fn export(User(user): User, AppState(app): AppState<App>, Query(asked): Query<Asked>) -> web::Result {
    let wanted = if asked.dang.as_deref() == Some("csv") { "csv" } else { "xlsx" };
    let asked = Asked { dang: Some(wanted.to_owned()), ..asked };
    let book = read(app.platform(), &user, asked).await?;
    let name = format!("{}-{}.{wanted}", book.register.id.replace('/', "-"), book.year);
    let (bytes, kind) = tokio::task::spawn_blocking(move || render(&book, wanted))
        .await
        .map_err(|e| Error::fault("rendering a register", e))??;
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    Ok(FileResponse::new(&name, kind, Body::from(bytes)).length(length).into_response())
}

fn render(book: &Book, wanted: &str) -> Result<(Vec<u8>, &'static str)> {
    if wanted == "csv" {
        return Ok((csv_bytes(book)?, "text/csv"));
    }
    let bytes = xlsx_bytes(book).map_err(|e| Error::fault("writing a spreadsheet", e))?;
    Ok((bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
}

/// A cell that a spreadsheet would run as a formula is disarmed: its words come from other agencies.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn csv_bytes(book: &Book) -> Result<Vec<u8>> {
    let fault = |e: csv::Error| Error::fault("writing CSV", e);
    // The mark at the start lets spreadsheets read Vietnamese.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(book.heads.iter().map(|(vi, _)| *vi)).map_err(fault)?;
    for row in &book.rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(fault)?;
    }
    writer.into_inner().map_err(|e| Error::fault("writing CSV", e))
}

fn xlsx_bytes(book: &Book) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold().set_text_wrap();
    let wrap = Format::new().set_text_wrap();
    let sheet = workbook.add_worksheet();
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?;
    for (column, (vi, _)) in (0_u16..).zip(book.heads) {
        sheet.write_string_with_format(0, column, *vi, &head)?;
        sheet.set_column_width(column, if vi.contains("trích yếu") { 48.0 } else { 18.0 })?;
    }
    for (line, row) in (1_u32..).zip(&book.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            // Written as text: a spreadsheet never runs it.
            sheet.write_string_with_format(line, column, cell, &wrap)?;
        }
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_runs_as_a_formula() {
        assert_eq!(harmless("=HYPERLINK(\"http://evil\")"), "'=HYPERLINK(\"http://evil\")");
        assert_eq!(harmless("Về việc chuyển đổi số"), "Về việc chuyển đổi số");
    }
}
