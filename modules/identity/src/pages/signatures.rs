//! Anybody who is signed in may ask what the signatures of a file are worth; the file is looked at and let go.

use crate::shown::{FormPage, Sheet, refused};
use axum::extract::State;
use axum::response::Response;
use base::{Refusal, Text};
use platform::signing::check::check;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::signature_report::signature_report;
use web::ui::upload::Upload;
use web::upload::{FILE_LIMIT, PassingForm};
use web::{App, Req, Result, User};

/// Where the page is.
pub const PATH: &str = "/kiem-tra-chu-ky";
/// What the page takes.
const ACCEPT: &str = ".pdf,.p7s,.p7m,.p7b,.cms";

/// No file was chosen.
static NO_FILE: base::RefusalCode = base::RefusalCode {
    code: "identity.signature.no-file",
    kind: base::RefusalKind::Invalid,
    vi: "Chưa chọn tệp để kiểm tra.",
    en: "No file was chosen.",
    remedy_vi: "Chọn tệp PDF hoặc tệp chữ ký, rồi bấm Kiểm tra.",
    remedy_en: "Choose a PDF or a signature file, then press Verify.",
    basis: None,
};

/// The refusals of these pages.
pub const CATALOGUE: &[&base::RefusalCode] = &[&NO_FILE];

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get(PATH, Who::Person, show).post(PATH, Who::Person, verify)
}

fn form(req: &Req, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let content = l.t("Tệp gốc, chỉ khi chữ ký tách rời", "The signed file, only for a detached signature");
    FormPage::new(req, l.t("Kiểm tra chữ ký số", "Verify signatures"), PATH, l.t("Kiểm tra", "Verify"))
        .lead(l.t(
            "Chọn một tệp từ bất kỳ nơi nào: ai ký, thay cho ai, lúc nào, có bị sửa sau khi ký không, giá trị pháp lý ra sao. Tệp chỉ được xem, không được lưu lại.",
            "Choose a file from anywhere: who signed, for whom, when, what was changed after, and what it is worth. The file is looked at and not kept.",
        ))
        .files()
        .after(Upload::new(l, "file", l.t("Tệp cần kiểm tra", "File to verify"), ACCEPT, FILE_LIMIT).refused(refusal))
        .after(Upload::new(l, "content", content, "", FILE_LIMIT).refused(refusal))
        .show(req, refusal)
}

async fn show(req: Req, User(_): User) -> Result {
    Ok(form(&req, None))
}

async fn verify(req: Req, State(app): State<App>, User(_): User, passing: PassingForm) -> Result {
    let (mut file, mut content) = (None, None);
    for (field, name, taken) in passing.files {
        match field.as_str() {
            "file" => file = Some((name, taken)),
            "content" => content = Some(taken),
            _ => {}
        }
    }
    let Some((name, file)) = file else {
        let text = Text::fixed("Tệp PDF hoặc tệp chữ ký CMS.", "A PDF or a CMS signature file.");
        return Ok(form(&req, Some(&Refusal::new(&NO_FILE).field("file", text))));
    };
    match refused(check(app.platform(), file, content).await)? {
        Err(refusal) => Ok(form(&req, Some(&refusal))),
        Ok(report) => {
            let l = req.lang;
            let again = Button::new(l.t("Kiểm tra tệp khác", "Verify another file")).href(PATH);
            Ok(Sheet::new(l.t("Kết quả kiểm tra chữ ký số", "What the signatures are worth"))
                .lead(name)
                .acts(&[again])
                .top(signature_report(&report, l))
                .show(&req))
        }
    }
}
