//! The door: sign-in in one or two steps, sign-out, and one-time links (first administrator, new account, lost password).

use crate::shown::{refused, status_of};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use base::{AgencyCode, Lang, Refusal, Text};
use platform::accounts::{self, LEAST, Origin, Setup, SignedIn, Step};
use serde::Deserialize;
use web::html::Html;
use web::input::Fields;
use web::redirect::{redirect, return_path};
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::door::Door;
use web::ui::field::Field;
use web::ui::note::{ErrorSummary, NoteKind, note};
use web::ui::state::{Progress, state};
use web::{App, Form, Layout, Page, Query, Req, Result, cookies, page};

/// Marks a device on which somebody signed in before.
const DEVICE: &str = "lt_device";
/// Leads from the first step to the second.
const STEP: &str = "lt_step";
/// A year, in seconds.
const YEAR: i64 = 365 * 24 * 3600;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/dang-nhap", Who::Public, sign_in_page)
        .post("/dang-nhap", Who::Public, sign_in)
        .get("/dang-nhap/ma", Who::Public, code_page)
        .post("/dang-nhap/ma", Who::Public, code)
        .post("/dang-xuat", Who::Public, sign_out)
        .get("/lien-ket/{token}", Who::Public, link_page)
        .post("/lien-ket/{token}", Who::Public, link_use)
}

#[derive(Template)]
#[template(path = "door_form.html")]
struct DoorForm<'a> {
    action: &'a str,
    csrf: &'a str,
    errors: Html,
    lead: &'a str,
    hidden: Vec<(&'a str, &'a str)>,
    fields: Html,
    button: Button,
    after: Html,
}

fn door(req: &Req, title: &str, refusal: Option<&Refusal>, form: &DoorForm<'_>) -> Response {
    let l = req.lang;
    let facts = [
        (l.t("Tình trạng", "Status"), state(Progress::Good, l.t("Hoạt động bình thường", "Working normally"))),
        (l.t("Hỗ trợ", "Help"), Html::text(req.site.support.get(l))),
    ];
    let door = Door::new(req, title, Html::from_template(form), &facts);
    page(req, Page::new(title).layout(Layout::Bare).status(status_of(refusal)), &door)
}

fn fields(all: &[Field]) -> Html {
    let each = all.iter().map(|field| Html::from_template(&field.clone().span("c12")).to_string());
    Html::trusted(each.collect::<String>())
}

/// Where a sign-in comes from.
pub fn origin(req: &Req, headers: &HeaderMap) -> Origin {
    Origin {
        address: req.peer,
        agent: headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned(),
        device: cookies::read(headers, DEVICE, req.secure),
    }
}

#[derive(Deserialize)]
struct Next {
    tiep: Option<String>,
}

async fn sign_in_page(req: Req, State(app): State<App>, Query(query): Query<Next>) -> Result {
    let next = return_path(query.tiep.as_deref(), "/").to_owned();
    if req.principal.as_deref().is_some_and(|p| p.person().is_some()) {
        return Ok(redirect(next).go(&req));
    }
    let empty = app.platform().db().read(accounts::account_count).await? == 0;
    Ok(show_sign_in(&req, "", &next, None, empty))
}

fn show_sign_in(req: &Req, username: &str, next: &str, refusal: Option<&Refusal>, empty: bool) -> Response {
    let l = req.lang;
    let hint = l.t(
        "Máy chủ chưa có người quản trị. Mở liên kết được in ra khi máy chủ khởi động.",
        "The server has no administrator yet. Open the link printed when the server started.",
    );
    let after = l.t(
        "Không đăng nhập được? Người quản trị của cơ quan gửi được liên kết đặt lại mật khẩu.",
        "Cannot sign in? Your agency's administrator can send a link to set the password again.",
    );
    let after = Html::trusted(format!("<p class=\"sm mut\">{}</p>", web::html::escape(after)));
    let errors = if empty { note(NoteKind::Info, hint, &Html::default()) } else { ErrorSummary::of(l, refusal) };
    let form = DoorForm {
        action: "/dang-nhap",
        csrf: &req.csrf,
        errors,
        lead: "",
        hidden: vec![("tiep", next)],
        fields: fields(&[
            Field::text(l, "username", l.t("Tên đăng nhập", "User name")).value(username).autocomplete("username"),
            Field::password(l, "password", l.t("Mật khẩu", "Password")),
        ]),
        button: Button::new(l.t("Đăng nhập", "Sign in")).primary(),
        after,
    };
    door(req, l.t("Đăng nhập", "Sign in"), refusal, &form)
}

#[derive(Deserialize)]
struct SignInForm {
    username: Option<String>,
    password: Option<String>,
    tiep: Option<String>,
}

async fn sign_in(req: Req, State(app): State<App>, headers: HeaderMap, Form(form): Form<SignInForm>) -> Result {
    let next = return_path(form.tiep.as_deref(), "/").to_owned();
    let username = form.username.unwrap_or_default();
    let password = form.password.unwrap_or_default();
    let step = accounts::sign_in(app.platform(), &username, &password, &origin(&req, &headers)).await;
    match refused(step)? {
        Ok(Step::In(signed_in)) => Ok(let_in(&req, &signed_in, &next)),
        Ok(Step::Code { ticket }) => {
            let next = percent(&next);
            let cookie = cookies::set(STEP, &ticket, req.secure, Some(300));
            Ok(redirect(format!("/dang-nhap/ma?tiep={next}")).cookie(cookie).go(&req))
        }
        Err(refusal) => Ok(show_sign_in(&req, &username, &next, Some(&refusal), false)),
    }
}

fn percent(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn let_in(req: &Req, signed_in: &SignedIn, next: &str) -> Response {
    redirect(next)
        .cookie(cookies::session_start(&signed_in.token, req.secure))
        .cookie(cookies::set(DEVICE, &signed_in.device, req.secure, Some(YEAR)))
        .cookie(cookies::set(STEP, "", req.secure, Some(0)))
        .go(req)
}

async fn code_page(req: Req, Query(query): Query<Next>) -> Response {
    show_code(&req, return_path(query.tiep.as_deref(), "/"), None)
}

fn show_code(req: &Req, next: &str, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let form = DoorForm {
        action: "/dang-nhap/ma",
        csrf: &req.csrf,
        errors: ErrorSummary::of(l, refusal),
        lead: "",
        hidden: vec![("tiep", next)],
        fields: fields(&[Field::text(l, "code", l.t("Mã xác thực", "One-time code"))
            .hint(l.t(
                "6 chữ số trong ứng dụng xác thực, hoặc một mã khôi phục",
                "6 digits from the authenticator, or a recovery code",
            ))
            .autocomplete("one-time-code")
            .maxlength(30)
            .refused(refusal)]),
        button: Button::new(l.t("Xác nhận", "Confirm")).primary(),
        after: Html::trusted(format!(
            "<p class=\"sm\"><a href=\"/dang-nhap\">{}</a></p>",
            l.t("Đăng nhập bằng tài khoản khác", "Sign in with another account")
        )),
    };
    door(req, l.t("Xác thực bước hai", "Second step"), refusal, &form)
}

#[derive(Deserialize)]
struct CodeForm {
    code: Option<String>,
    tiep: Option<String>,
}

async fn code(req: Req, State(app): State<App>, headers: HeaderMap, Form(form): Form<CodeForm>) -> Result {
    let next = return_path(form.tiep.as_deref(), "/").to_owned();
    let ticket = cookies::read(&headers, STEP, req.secure).unwrap_or_default();
    let code = form.code.unwrap_or_default();
    let outcome = accounts::sign_in_code(app.platform(), &ticket, &code, &origin(&req, &headers)).await;
    match refused(outcome)? {
        Ok(signed_in) => Ok(let_in(&req, &signed_in, &next)),
        Err(refusal) => Ok(show_code(&req, &next, Some(&refusal))),
    }
}

async fn sign_out(req: Req, State(app): State<App>, Form(_): Form<Next>) -> Result {
    if let Some(principal) = req.principal.as_deref() {
        accounts::sign_out(app.platform(), principal).await?;
    }
    Ok(redirect("/dang-nhap")
        .cookie(cookies::session_end(req.secure))
        .say(Text::fixed("Đã đăng xuất.", "Signed out."))
        .go(&req))
}

#[derive(Deserialize, Default)]
struct LinkForm {
    agency: Option<String>,
    agency_name: Option<String>,
    abbreviation: Option<String>,
    full_name: Option<String>,
    username: Option<String>,
    password: Option<String>,
    again: Option<String>,
}

async fn link_page(req: Req, State(app): State<App>, Path(token): Path<String>) -> Result {
    let username = accounts::link_read(app.platform(), &token).await?;
    Ok(show_link(&req, &token, username.as_deref(), &LinkForm::default(), None))
}

fn show_link(req: &Req, token: &str, owner: Option<&str>, form: &LinkForm, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let action = crate::link_path(token);
    let value = |field: &Option<String>| field.clone().unwrap_or_default();
    let mut all = Vec::new();
    if let Some(owner) = owner {
        all.push(
            Field::text(l, "username", l.t("Tên đăng nhập", "User name"))
                .value(owner)
                .locked()
                .autocomplete("username"),
        );
    } else {
        all.extend([
            Field::text(l, "agency", l.t("Mã định danh của cơ quan", "Code of the agency"))
                .hint(l.t("Ví dụ H57 hoặc 000.00.00.H57", "For example H57 or 000.00.00.H57"))
                .value(value(&form.agency))
                .refused(refusal),
            Field::text(l, "agency_name", l.t("Tên cơ quan", "Name of the agency"))
                .value(value(&form.agency_name))
                .autocomplete("organization")
                .refused(refusal),
            Field::text(l, "abbreviation", l.t("Chữ viết tắt trong ký hiệu văn bản", "Abbreviation in notations"))
                .hint(l.t("Ví dụ UBND", "For example UBND"))
                .value(value(&form.abbreviation))
                .refused(refusal),
            Field::text(l, "full_name", l.t("Họ và tên của bạn", "Your full name"))
                .value(value(&form.full_name))
                .autocomplete("name")
                .refused(refusal),
            Field::text(l, "username", l.t("Tên đăng nhập", "User name"))
                .hint(l.t("Chữ cái không dấu, chữ số, dấu chấm; ví dụ hanh.pt", "Plain letters, digits, dots"))
                .value(value(&form.username))
                .autocomplete("username")
                .refused(refusal),
        ]);
    }
    all.extend(new_password(l, refusal));
    let (title, lead) = match owner {
        Some(_) => (l.t("Đặt mật khẩu", "Set the password"), ""),
        None => (
            l.t("Thiết lập máy chủ", "Set up the server"),
            l.t(
                "Bạn sẽ là người quản trị đầu tiên. Liên kết này chỉ dùng được một lần.",
                "You will be the first administrator. This link works once.",
            ),
        ),
    };
    let form = DoorForm {
        action: &action,
        csrf: &req.csrf,
        errors: ErrorSummary::of(l, refusal),
        lead,
        hidden: vec![],
        fields: fields(&all),
        button: Button::new(title).primary(),
        after: Html::default(),
    };
    door(req, title, refusal, &form)
}

/// The two fields of a new password.
pub fn new_password(l: Lang, refusal: Option<&Refusal>) -> [Field; 2] {
    let hint = match l {
        Lang::Vi => format!("Ít nhất {LEAST} ký tự; bốn từ không liên quan là tốt"),
        Lang::En => format!("At least {LEAST} characters; four unrelated words are good"),
    };
    [
        Field::password(l, "password", l.t("Mật khẩu mới", "New password"))
            .autocomplete("new-password")
            .hint(hint)
            .refused(refusal),
        Field::password(l, "again", l.t("Nhập lại mật khẩu mới", "New password again"))
            .autocomplete("new-password")
            .refused(refusal),
    ]
}

/// Whether both fields hold the same.
pub fn same_password(fields: &mut Fields, password: &str, again: &str) {
    if password != again {
        fields.wrong("again", Text::fixed("Hai lần nhập không giống nhau.", "The two entries differ."));
    }
}

async fn link_use(req: Req, State(app): State<App>, Path(token): Path<String>, Form(form): Form<LinkForm>) -> Result {
    let owner = accounts::link_read(app.platform(), &token).await?;
    let password = form.password.clone().unwrap_or_default();
    let mut fields = Fields::new();
    same_password(&mut fields, &password, form.again.as_deref().unwrap_or_default());
    let outcome = if owner.is_some() {
        match fields.finish() {
            Ok(()) => accounts::link_use(app.platform(), &token, &password).await,
            Err(refusal) => Err(refusal.into()),
        }
    } else {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let expected = Text::fixed("Mã dạng H57 hoặc 000.00.00.H57.", "A code such as H57 or 000.00.00.H57.");
        let agency: Option<AgencyCode> = fields.parse("agency", &text(&form.agency), expected);
        let setup = |agency: AgencyCode, fields: &mut Fields| Setup {
            agency,
            agency_name: fields.text("agency_name", &text(&form.agency_name), 300),
            abbreviation: fields.text("abbreviation", &text(&form.abbreviation), 40),
            full_name: fields.text("full_name", &text(&form.full_name), 200),
            username: fields.text("username", &text(&form.username), 64),
            password: password.clone(),
        };
        match agency.map(|agency| setup(agency, &mut fields)) {
            Some(setup) if !fields.any() => accounts::setup_complete(app.platform(), &token, setup).await,
            _ => Err(fields.finish().err().unwrap_or_else(|| Refusal::new(&web::refusals::FIELDS)).into()),
        }
    };
    match refused(outcome)? {
        Ok(()) => Ok(redirect("/dang-nhap")
            .say(Text::fixed("Đã đặt mật khẩu. Hãy đăng nhập.", "The password is set. Please sign in."))
            .go(&req)),
        Err(refusal) => Ok(show_link(&req, &token, owner.as_deref(), &form, Some(&refusal))),
    }
}
