//! The figures as a file: CSV (RFC 4180, UTF-8 with a mark so that spreadsheets read the accents) and XLSX.

use super::query::{AgencyFigures, Figures};
use base::Lang;
use platform::{Error, Result};

/// The columns: heading in both languages.
const COLUMNS: [(&str, &str); 18] = [
    ("Mã định danh", "Code"),
    ("Cơ quan", "Agency"),
    ("Gửi", "Sent"),
    ("Gửi có ký số", "Sent, signed"),
    ("Gửi không ký số", "Sent, unsigned"),
    ("Gửi kèm bản giấy", "Sent with paper"),
    ("Gửi không kèm bản giấy", "Sent without paper"),
    ("Gửi đúng hạn", "Sent in time"),
    ("Gửi quá hạn", "Sent late"),
    ("Thu hồi", "Recalled"),
    ("Nhận", "Received"),
    ("Nhận có ký số", "Received, signed"),
    ("Từ chối", "Refused"),
    ("Trục từ chối", "Refused by the exchange"),
    ("TB đến tiếp nhận (giây)", "Average to registered (s)"),
    ("TB đến phân công (giây)", "Average to assigned (s)"),
    ("TB đến xử lý (giây)", "Average to in process (s)"),
    ("TB đến hoàn thành (giây)", "Average to done (s)"),
];

/// One cell: words or a whole number; nothing where there is no figure.
enum Cell {
    Words(String),
    Number(i64),
    Empty,
}

fn cells(code: &str, name: &str, f: &AgencyFigures) -> Vec<Cell> {
    let average = |status: &str| f.average_seconds(status).map_or(Cell::Empty, Cell::Number);
    let mut cells = vec![Cell::Words(code.to_owned()), Cell::Words(name.to_owned())];
    cells.extend(
        [
            f.sent,
            f.sent_signed,
            f.sent - f.sent_signed,
            f.sent_with_paper,
            f.sent - f.sent_with_paper,
            f.sent_in_time,
            f.sent_late,
            f.recalled,
            f.received,
            f.received_signed,
            f.refused,
            f.rejected,
        ]
        .map(Cell::Number),
    );
    cells.extend(["03", "04", "05", "06"].map(average));
    cells
}

fn rows(figures: &Figures, lang: Lang) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> =
        figures.agencies.iter().map(|(code, name, f)| cells(code, name.get(lang), f)).collect();
    rows.push(cells("", lang.t("Cộng", "Total"), &figures.total));
    rows
}

/// As CSV.
pub fn csv(figures: &Figures, lang: Lang) -> String {
    let mut out = String::from("\u{feff}");
    let line = |cells: Vec<String>| cells.join(",") + "\r\n";
    out.push_str(&line(COLUMNS.iter().map(|(vi, en)| quoted(lang.t(vi, en))).collect()));
    for row in rows(figures, lang) {
        out.push_str(&line(
            row.into_iter()
                .map(|cell| match cell {
                    Cell::Words(words) => quoted(&words),
                    Cell::Number(number) => number.to_string(),
                    Cell::Empty => String::new(),
                })
                .collect(),
        ));
    }
    out
}

/// A field; a leading sign that a spreadsheet would run as a formula is made harmless.
fn quoted(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// As a workbook.
pub fn xlsx(figures: &Figures, lang: Lang, title: &str) -> Result<Vec<u8>> {
    let failed = |e: rust_xlsxwriter::XlsxError| Error::fault("writing a workbook", e);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    sheet.write_with_format(0, 0, title, &bold).map_err(failed)?;
    for (column, (vi, en)) in (0_u16..).zip(COLUMNS) {
        sheet.write_with_format(2, column, lang.t(vi, en), &bold).map_err(failed)?;
    }
    for (line, row) in (3_u32..).zip(rows(figures, lang)) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Words(words) => sheet.write_string(line, column, words).map_err(failed)?,
                Cell::Number(number) => sheet.write_number(line, column, precise(number)).map_err(failed)?,
                Cell::Empty => continue,
            };
        }
    }
    sheet.set_column_width(1, 40).map_err(failed)?;
    sheet.set_freeze_panes(3, 2).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents stay far below 2^53")]
const fn precise(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_a_line_an_agency_and_a_total_and_no_formula() {
        let one = AgencyFigures { sent: 3, sent_signed: 2, sent_in_time: 3, ..AgencyFigures::default() };
        let figures = Figures {
            agencies: vec![("G09".into(), base::Text::fixed("=HYPERLINK(\"x\"), Bộ", "Ministry"), one.clone())],
            total: one,
            ..Figures::default()
        };
        let text = csv(&figures, Lang::Vi);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].starts_with("G09,\"'=HYPERLINK(\"\"x\"\"), Bộ\",3,2,1,0,3,3,0,0,"), "{}", lines[1]);
        assert!(lines[2].starts_with(",Cộng,3,"));
        assert_eq!(lines[0].split(',').count(), lines[2].split(',').count());
        assert!(xlsx(&figures, Lang::En, "Thống kê").is_ok_and(|bytes| bytes.starts_with(b"PK")));
    }
}
