//! Verifying the signatures of any file: upload, read the report, nothing is kept.

use crate::shown::{refused, status_of};
use axum::extract::State;
use axum::response::Response;
use base::Refusal;
use platform::signing::check;
use web::html::Html;
use web::routes::{Routes, Who};
use web::signatures::{ReportPage, show};
use web::ui::button::Button;
use web::ui::note::ErrorSummary;
use web::ui::upload::Upload;
use web::upload::{FILE_LIMIT, PassingForm};
use web::{App, Page, Req, Result, User, page};

/// Its path.
pub const PATH: &str = "/kiem-tra-chu-ky";
/// The key of its entry in the navigation.
pub const SECTION: &str = "identity.signatures";

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get(PATH, Who::Person, blank).post(PATH, Who::Person, verify)
}

#[derive(askama::Template)]
#[template(path = "check.html")]
struct Form {
    l: base::Lang,
    csrf: String,
    errors: Html,
    file: Upload,
    content: Upload,
    button: Button,
}

fn form(req: &Req, app: &App, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let most = app.platform().config().limits.attachment_bytes.min(FILE_LIMIT);
    let content = l.t("Tệp gốc, khi chữ ký nằm ở tệp riêng", "The signed file, when the signature is apart from it");
    let body = Form {
        l,
        csrf: req.csrf.clone(),
        errors: ErrorSummary::of(l, refusal),
        file: Upload::new(
            l,
            "file",
            l.t("Tệp cần kiểm tra", "File to verify"),
            ".pdf,.p7s,.p7m,.xml,.asice,.asics,.sce",
            most,
        ),
        content: Upload::new(l, "content", content, ".pdf,.docx,.xlsx,.xml,.txt", most),
        button: Button::new(l.t("Kiểm tra", "Verify")).primary(),
    };
    let shown = Page::new(l.t("Kiểm tra chữ ký số", "Verify signatures")).section(SECTION).status(status_of(refusal));
    page(req, shown, &body)
}

async fn blank(req: Req, State(app): State<App>, User(_): User) -> Result {
    Ok(form(&req, &app, None))
}

async fn verify(req: Req, State(app): State<App>, User(_): User, sent: PassingForm) -> Result {
    let (mut file, mut content) = (None, None);
    for one in sent.files {
        match one.field.as_str() {
            "file" => file = Some(one),
            "content" => content = Some(one),
            _ => {}
        }
    }
    let Some(file) = file else {
        return Ok(form(&req, &app, Some(&Refusal::new(&crate::refusals::NO_FILE))));
    };
    let (name, sha256, size) = (file.name, file.spooled.sha256.to_string(), file.spooled.size);
    let content = content.map(|content| content.spooled.file);
    let report = match refused(check::check(app.platform(), file.spooled.file, content).await)? {
        Ok(report) => report,
        Err(refusal) => return Ok(form(&req, &app, Some(&refusal))),
    };
    let shown = ReportPage {
        section: SECTION,
        crumbs: Html::default(),
        name: &name,
        sha256: &sha256,
        size,
        report: &report,
        again: None,
        onward: Some((PATH, req.lang.t("Kiểm tra tệp khác", "Verify another file"))),
    };
    Ok(show(&req, shown))
}
