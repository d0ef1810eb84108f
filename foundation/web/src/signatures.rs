//! The page that tells what the signatures of a stored file are worth; whose right to the file was checked before.

use crate::app::App;
use crate::failure::Result;
use crate::html::{Html, escape};
use crate::page::{Page, page_html};
use crate::request::Req;
use crate::ui::note::ErrorSummary;
use crate::ui::signature_report::signature_report;
use platform::Error;
use platform::signing::check::check_stored;

/// What stands behind the address of a file for its report.
pub const ENDING: &str = "chu-ky";

/// Whether a file of this name may carry signatures that are judged here.
pub fn may_be_signed(name: &str) -> bool {
    let name = name.to_lowercase();
    [".pdf", ".p7m", ".p7s"].iter().any(|ending| name.ends_with(ending))
}

/// Judges the file now and shows it; `back` leads to the record that it belongs to.
pub async fn report_page(
    req: &Req,
    app: &App,
    section: &'static str,
    (name, sha256): (&str, &str),
    back: &str,
) -> Result {
    let l = req.lang;
    let hash = sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
    let body = match check_stored(app.platform(), hash).await {
        Ok(report) => signature_report(&report, l),
        Err(Error::Refused(refusal)) => ErrorSummary::of(l, Some(&refusal)),
        Err(other) => return Err(other.into()),
    };
    let title = l.t("Chữ ký số của tệp", "Signatures of the file");
    let html = format!(
        "<div class=\"stack\"><div class=\"acts wide\"><h1>{title}</h1><span class=\"push\"></span>\
         <a class=\"btn\" href=\"{}\">{}</a></div><p class=\"mut\">{}</p>{body}</div>",
        escape(back),
        l.t("Về văn bản", "Back to the document"),
        escape(name)
    );
    Ok(page_html(req, Page::new(format!("{title} · {name}")).section(section), &Html::trusted(html)))
}
