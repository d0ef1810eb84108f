//! Entering what came on paper or by mail, with its files; what was typed and uploaded survives a refusal.

use super::draft_form::{KeptUpload, kept, received, tokens};
use super::incoming_words::renamed;
use crate::refusals;
use crate::use_cases::Command;
use crate::use_cases::files::{FILE_LIMIT, Upload as Received};
use crate::use_cases::incoming::by_hand::{HandInput, register_by_hand};
use crate::use_cases::incoming::register::RegisterInput;
use crate::use_cases::incoming::submit::{SubmitInput, receivers};
use askama::Template;
use axum::extract::State as AppState;
use axum::http::StatusCode;
use base::document_types::{self, Urgency};
use base::{Lang, Refusal, Text};
use platform::access::{Principal, Role};
use platform::{Error, Result};
use web::input;
use web::ui::choice::{Choices, tick};
use web::ui::field::{Choose, Field};
use web::ui::note::ErrorSummary;
use web::ui::upload::Upload;
use web::upload::UploadForm;
use web::{App, FormData, Html, Page, Req, User, page, redirect};

/// Kinds of file that the form offers.
const ACCEPT: &str = ".pdf,.jpg,.png,.tif,.docx,.xlsx,.zip";

#[derive(Template)]
#[template(path = "by_hand.html")]
struct ByHand {
    l: Lang,
    csrf: String,
    key: String,
    errors: Html,
    source: Choices,
    fields: Vec<Field>,
    to: Field,
    duplicate: Option<Html>,
    upload: Upload,
}

/// An empty form.
pub async fn blank(req: Req, User(user): User, AppState(app): AppState<App>) -> web::Result {
    show(&req, &app, &user, &FormData::default(), &[], &[], None).await
}

/// Enters it into the register.
pub async fn enter(req: Req, User(user): User, AppState(app): AppState<App>, form: UploadForm) -> web::Result {
    let platform = app.platform();
    let data = form.fields;
    let mut files: Vec<KeptUpload> = kept(platform, &user, &data);
    files.extend(form.files.into_iter().map(received));
    let kept_tokens = tokens(platform, &user, &files)?;
    match store(&app, &user, &data, &files).await {
        Ok(done) => {
            let number = done.arrival_number.unwrap_or_default();
            let said = Text::new(format!("Đã đăng ký số đến {number}."), format!("Registered as {number}."));
            Ok(redirect(format!("/van-ban-den/{}", done.id)).say(said).go(&req))
        }
        Err(Error::Refused(refusal)) => {
            let refusal = renamed(&refusal, |field| matches!(field, "number" | "notation").then(|| "code".to_owned()));
            show(&req, &app, &user, &data, &files, &kept_tokens, Some(&refusal)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn store(
    app: &App,
    user: &Principal,
    data: &FormData,
    files: &[KeptUpload],
) -> Result<crate::store::incoming::Incoming> {
    let today = app.platform().now().local_date();
    let mut fields = input::Fields::new();
    let text = |name: &str| data.first(name).unwrap_or_default().to_owned();
    let issued_on = fields.date_optional("issued_on", &text("issued_on"), today);
    let due_on = fields.date_optional("due_on", &text("due_on"), today);
    fields.finish_as(&refusals::METADATA)?;
    let input = HandInput {
        source: text("source"),
        issuer_code: Some(text("issuer_code")),
        fields: RegisterInput {
            code: Some(text("code")),
            kind: Some(text("kind")),
            subject: Some(text("subject")),
            // Without a code the name is what was typed; with one it comes from the directory.
            issuer: Some(text("issuer")).filter(|issuer| !issuer.trim().is_empty()),
            issued_on: Some(issued_on.map(|d| d.to_string()).unwrap_or_default()),
            signer_name: Some(text("signer_name")),
            signer_position: Some(text("signer_position")),
            urgency: Some(text("urgency")).filter(|u| !u.is_empty()),
            due_on: Some(due_on.map(|d| d.to_string()).unwrap_or_default()),
            not_duplicate: data.first("not_duplicate").is_some(),
            ..RegisterInput::default()
        },
        ..HandInput::default()
    };
    let uploads = files
        .iter()
        .map(|f| Received { name: f.name.clone(), staged: f.staged.clone(), head: f.head.clone(), main: false })
        .collect();
    let submit =
        (data.first("viec") != Some("dang-ky")).then(|| SubmitInput { to: Some(text("to")), ..SubmitInput::default() });
    let key = data.first("key").map(str::to_owned).filter(|k| !k.is_empty() && k.len() <= 100);
    register_by_hand(app.platform(), user, input, uploads, submit, Command { version: None, key }).await
}

async fn show(
    req: &Req,
    app: &App,
    user: &Principal,
    data: &FormData,
    files: &[KeptUpload],
    kept_tokens: &[String],
    refusal: Option<&Refusal>,
) -> web::Result {
    let l = req.lang;
    let (agency, today) = (user.agency.clone(), app.platform().now().local_date());
    let people = app.platform().db().read(move |tx| receivers(tx, &agency, today)).await?;
    let text = |name: &str| data.first(name).unwrap_or_default();
    let mut kinds = vec![Choose::new("", l.t("Khác", "Other"))];
    kinds.extend(document_types::all().iter().map(|k| Choose::new(k.id.clone(), k.name.get(l))));
    let levels = Urgency::ALL.into_iter().map(|u| Choose::new(u.code(), u.label().get(l))).collect();
    let chief = people
        .iter()
        .find(|h| h.position.roles.contains(&Role::ChiefOfOffice))
        .or_else(|| people.first())
        .map(|h| h.position.id.to_string())
        .unwrap_or_default();
    let to = people
        .iter()
        .map(|h| Choose::new(h.position.id.to_string(), format!("{} {}", h.position.title.get(l), h.full_name)))
        .collect();
    let source = if text("source").is_empty() { "paper" } else { text("source") };
    let line = |name: &str, label: &str, span: &'static str| {
        Field::text(l, name, label).value(text(name)).span(span).refused(refusal)
    };
    let mut upload = Upload::new(l, "files", l.t("Bản quét, tệp", "Scan, files"), ACCEPT, FILE_LIMIT).many();
    for (file, token) in files.iter().zip(kept_tokens) {
        upload = upload.kept(token.clone(), file.name.clone(), file.staged.size);
    }
    let alike = refusal.is_some_and(|r| r.fields.iter().any(|f| f.field == "not_duplicate"));
    let body = ByHand {
        l,
        csrf: req.csrf.clone(),
        key: data.first("key").map_or_else(|| app.platform().new_id::<Command>().to_string(), str::to_owned),
        errors: ErrorSummary::of(l, refusal),
        source: Choices::one(l, "source", l.t("Đến bằng", "Came by"))
            .option("paper", l.t("Giấy", "Paper"), source == "paper")
            .option("mail", l.t("Thư điện tử", "E-mail"), source == "mail")
            .option("portal", l.t("Cổng", "Portal"), source == "portal")
            .refused(refusal),
        fields: vec![
            line("code", l.t("Số, ký hiệu", "Number, notation"), "c4").maxlength(42),
            Field::select(l, "kind", l.t("Loại văn bản", "Kind"), kinds)
                .value(text("kind"))
                .span("c4")
                .refused(refusal),
            Field::date(l, "issued_on", l.t("Ngày văn bản", "Date of the document"))
                .value(text("issued_on"))
                .span("c4")
                .refused(refusal),
            Field::area(l, "subject", l.t("Trích yếu", "Subject"), 2)
                .value(text("subject"))
                .maxlength(500)
                .span("c12")
                .refused(refusal),
            line("issuer", l.t("Cơ quan, người gửi", "Issuer"), "c6").maxlength(200),
            line("issuer_code", l.t("Mã cơ quan", "Agency code"), "c3").optional(),
            Field::select(l, "urgency", l.t("Độ khẩn", "Urgency"), levels)
                .value(if text("urgency").is_empty() { "normal" } else { text("urgency") })
                .span("c3")
                .refused(refusal),
            line("signer_name", l.t("Người ký", "Signer"), "c4").maxlength(50).optional(),
            line("signer_position", l.t("Chức vụ", "Position"), "c4").maxlength(100).optional(),
            Field::date(l, "due_on", l.t("Hạn trả lời", "Reply by"))
                .value(text("due_on"))
                .span("c4")
                .optional()
                .refused(refusal),
        ],
        to: Field::select(l, "to", l.t("Trình", "Put before"), to)
            .value(if text("to").is_empty() { &chief } else { text("to") })
            .refused(refusal),
        duplicate: alike.then(|| {
            let words = l.t("Không phải bản trùng, tôi đã so hai văn bản", "Not a duplicate, I have compared the two");
            tick("not_duplicate", "on", words, data.first("not_duplicate").is_some())
        }),
        upload: upload.refused(refusal),
    };
    let mut frame = Page::new(l.t("Nhập văn bản đến", "Enter an arrival")).section("office.incoming");
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}
