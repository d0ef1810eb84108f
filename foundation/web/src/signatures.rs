//! What pages say of signatures: the state beside a file, and the page of the whole report with “check again”.

use crate::app::App;
use crate::failure::Result;
use crate::html::{Html, escape};
use crate::page::{Page, page};
use crate::request::Req;
use crate::ui::button::Button;
use crate::ui::signature_report::{signature_report, signature_state};
use axum::response::Response;
use base::Lang;
use platform::blobs::ContentHash;
use platform::signing::kept;
use signatures::Report;
use std::collections::HashMap;

/// The page of a report.
pub struct ReportPage<'a> {
    /// The entry of the navigation to mark.
    pub section: &'static str,
    /// The way here.
    pub crumbs: Html,
    /// The file's name.
    pub name: &'a str,
    /// Its SHA-256, hexadecimal.
    pub sha256: &'a str,
    /// Its size in bytes.
    pub size: u64,
    /// What was found.
    pub report: &'a Report,
    /// Where “check again” is sent to, where the report is kept.
    pub again: Option<&'a str>,
    /// Another way on: address and words.
    pub onward: Option<(&'a str, &'a str)>,
}

#[derive(askama::Template)]
#[template(path = "signatures.html")]
struct Body {
    title: &'static str,
    crumbs: Html,
    acts: Html,
    name: String,
    size: String,
    sha256: String,
    report: Html,
}

/// Shows it.
pub fn show(req: &Req, shown: ReportPage<'_>) -> Response {
    let l = req.lang;
    let mut acts = String::new();
    if let Some(action) = shown.again {
        let button = Button::new(l.t("Kiểm tra lại", "Check again")).icon("check");
        acts.push_str(&format!(
            "<form method=\"post\" action=\"{}\" data-once><input type=\"hidden\" name=\"_csrf\" value=\"{}\">{}</form>",
            escape(action),
            escape(&req.csrf),
            Html::from_template(&button)
        ));
    }
    if let Some((href, words)) = shown.onward {
        acts.push_str(Html::from_template(&Button::new(words).href(href)).as_str());
    }
    let title = l.t("Kiểm tra chữ ký số", "Verification of signatures");
    let body = Body {
        title,
        crumbs: shown.crumbs,
        acts: Html::trusted(acts),
        name: shown.name.to_owned(),
        size: base::format::size(shown.size, l),
        sha256: shown.sha256.to_owned(),
        report: signature_report(shown.report, l),
    };
    let heading = l.t("KẾT QUẢ KIỂM TRA CHỮ KÝ SỐ", "VERIFICATION OF SIGNATURES");
    page(req, Page::new(format!("{title} · {}", shown.name)).section(shown.section).print_heading(heading), &body)
}

/// The kept report of a stored file, made now when there is none. The caller has decided that the file may be read.
pub async fn kept_or_now(app: &App, sha256: &str) -> Result<Report> {
    let sha256 = hash(sha256)?;
    let found = app.platform().db().read(move |tx| kept::kept(tx, &[sha256])).await?;
    match found.into_iter().next() {
        Some((_, report)) => Ok(report),
        None => Ok(kept::check_again(app.platform(), sha256).await?),
    }
}

/// Verifies a stored file again and keeps the report.
pub async fn again(app: &App, sha256: &str) -> Result<()> {
    kept::check_again(app.platform(), hash(sha256)?).await?;
    Ok(())
}

/// For each PDF among `files` (SHA-256 and address of its report): the state of its signatures as a link to the report.
pub async fn marks(app: &App, files: Vec<(String, String)>, l: Lang) -> Result<HashMap<String, Html>> {
    let hashes: Vec<ContentHash> = files.iter().filter_map(|(sha256, _)| sha256.parse().ok()).collect();
    let found = app.platform().db().read(move |tx| kept::kept(tx, &hashes)).await?;
    let states: HashMap<String, Html> =
        found.iter().map(|(sha256, report)| (sha256.to_string(), signature_state(report, l))).collect();
    let mark = |(sha256, href): (String, String)| {
        let words = states.get(&sha256).cloned();
        let words = words.unwrap_or_else(|| Html::text(l.t("Kiểm tra chữ ký", "Verify signatures")));
        let html = Html::trusted(format!("<a class=\"sm\" href=\"{}\">{words}</a>", escape(&href)));
        (href, html)
    };
    Ok(files.into_iter().map(mark).collect())
}

fn hash(text: &str) -> Result<ContentHash> {
    Ok(text.parse().map_err(|_| platform::Error::NotFound("file"))?)
}
