//! The own account: password, second factor, sessions, display.

use super::door::{new_password, origin, same_password};
use crate::shown::{FormPage, Sheet, link, moment, refused, verb};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use base::{Refusal, Text};
use platform::Error;
use platform::access::{Act, Permission, Principal, PrincipalKind};
use platform::accounts::{self, Account, AccountId, Session, SessionId};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;
use web::html::{Html, escape};
use web::input::Fields;
use web::redirect::redirect;
use web::routes::{Routes, Who};
use web::ui::button::Button;
use web::ui::field::Field;
use web::ui::note::{NoteKind, note};
use web::ui::properties::properties;
use web::ui::state::{Progress, state};
use web::ui::table::{Column, Table};
use web::{App, Form, Req, Result, User, cookies};

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/tai-khoan", Who::Person, show)
        .get("/tai-khoan/mat-khau", Who::Person, password_page)
        .post("/tai-khoan/mat-khau", Who::Person, password)
        .get("/tai-khoan/ma-xac-thuc", Who::Person, totp_page)
        .post("/tai-khoan/ma-xac-thuc", Who::Person, totp_begin)
        .post("/tai-khoan/ma-xac-thuc/xac-nhan", Who::Person, totp_confirm)
        .get("/tai-khoan/ma-xac-thuc/tat", Who::Person, totp_off_page)
        .post("/tai-khoan/ma-xac-thuc/tat", Who::Person, totp_off)
        .post("/tai-khoan/phien/{id}/ket-thuc", Who::Person, session_end)
        .post("/tai-khoan/phien-khac/ket-thuc", Who::Person, sessions_end)
}

#[derive(Deserialize)]
struct Nothing {}

fn own(user: &Principal) -> Result<(AccountId, SessionId)> {
    match user.kind {
        PrincipalKind::Person { account, session, .. } => Ok((account, session)),
        _ => Err(Error::NotFound("account").into()),
    }
}

async fn show(req: Req, State(app): State<App>, User(user): User) -> Result {
    let (id, current) = own(&user)?;
    let now = req.now;
    let (account, sessions) = app
        .platform()
        .db()
        .read(move |tx| {
            let account = accounts::account_get(tx, id)?.ok_or(Error::NotFound("account"))?;
            Ok((account, accounts::sessions_of(tx, id, now)?))
        })
        .await?;
    let l = req.lang;
    let facts = properties(&[
        (l.t("Họ và tên", "Name"), Html::text(&user.name)),
        (l.t("Tên đăng nhập", "User name"), Html::text(&account.username)),
        (l.t("Chức vụ", "Title"), Html::text(user.title.get(l))),
        (l.t("Cơ quan", "Agency"), Html::text(user.agency_name.get(l))),
        (l.t("Vai trò", "Acting as"), link("/tai-khoan/vi-tri", l.t("Xem và chuyển vai trò", "See and switch"))),
        (l.t("Quyền đang có", "Rights in use"), Html::text(&rights(&user, &req))),
    ]);
    Ok(Sheet::new(l.t("Tài khoản", "Account"))
        .top(facts)
        .part(l.t("Đăng nhập", "Sign-in"), &[], sign_in_facts(&req, &account))
        .part(
            l.t("Phiên làm việc đang mở", "Open sessions"),
            &[],
            Html::trusted(format!("{}{}", session_table(&req, &sessions, current), everywhere(&req, &sessions))),
        )
        .part(l.t("Hiển thị", "Display"), &[], display(&req))
        .show(&req))
}

fn rights(user: &Principal, req: &Req) -> String {
    let l = req.lang;
    let may: Vec<String> = Permission::ALL
        .into_iter()
        .filter(|permission| user.may(*permission))
        .map(|permission| permission.label().get(l).to_owned())
        .collect();
    if may.is_empty() { l.t("Chưa có", "None").to_owned() } else { may.join(", ") }
}

fn sign_in_facts(req: &Req, account: &Account) -> Html {
    let l = req.lang;
    let changed = account.password_changed_at.map(moment).unwrap_or_default();
    let password = format!(
        "{} {} · <a href=\"/tai-khoan/mat-khau\">{}</a>",
        l.t("Đặt lúc", "Set at"),
        escape(&changed),
        l.t("Đổi mật khẩu", "Change the password")
    );
    let totp = if account.has_totp {
        format!(
            "{} · <a href=\"/tai-khoan/ma-xac-thuc/tat\">{}</a>",
            state(Progress::Good, l.t("Đang bật", "On")),
            l.t("Tắt", "Switch off")
        )
    } else {
        format!(
            "{} · <a href=\"/tai-khoan/ma-xac-thuc\">{}</a>",
            state(Progress::None, l.t("Chưa bật", "Off")),
            l.t("Bật mã xác thực", "Switch on one-time codes")
        )
    };
    properties(&[
        (l.t("Mật khẩu", "Password"), Html::trusted(password)),
        (l.t("Bước hai", "Second step"), Html::trusted(totp)),
    ])
}

fn session_table(req: &Req, sessions: &[Session], current: SessionId) -> Html {
    let l = req.lang;
    let table = Table::new(
        l,
        l.t("Phiên làm việc đang mở", "Open sessions"),
        vec![
            Column::new(l.t("Thiết bị", "Device")).main(),
            Column::new(l.t("Địa chỉ mạng", "Network address")).fixed(),
            Column::new(l.t("Mở lúc", "Opened")).fixed(),
            Column::new(l.t("Dùng lần cuối", "Last used")).fixed(),
            Column::new(l.t("Kết thúc", "End")).unnamed(),
        ],
    )
    .stacks()
    .rows(sessions.iter().map(|session| {
        let here = session.id == current;
        let device = if session.device.is_empty() { l.t("Không rõ", "Unknown") } else { &session.device };
        let end = if here {
            Html::text(l.t("Phiên này", "This session"))
        } else {
            let action = format!("/tai-khoan/phien/{}/ket-thuc", session.id);
            verb(req, &action, Button::new(l.t("Kết thúc", "End")).small().about(device))
        };
        vec![
            Html::text(device),
            Html::text(&session.address),
            Html::text(&moment(session.opened_at)),
            Html::text(&moment(session.seen_at)),
            end,
        ]
    }));
    Html::from_template(&table)
}

fn everywhere(req: &Req, sessions: &[Session]) -> Html {
    if sessions.len() < 2 {
        return Html::default();
    }
    verb(
        req,
        "/tai-khoan/phien-khac/ket-thuc",
        Button::new(req.lang.t("Đăng xuất khỏi mọi nơi khác", "Sign out everywhere else")),
    )
}

fn display(req: &Req) -> Html {
    let l = req.lang;
    let keys = if req.shortcuts { "off" } else { "on" };
    let word = if req.shortcuts {
        l.t("Tắt phím tắt một chữ", "Switch single-letter shortcuts off")
    } else {
        l.t("Bật phím tắt một chữ", "Switch single-letter shortcuts on")
    };
    let themes: String = accounts::Theme::ALL
        .into_iter()
        .map(|theme| {
            let label = match theme {
                accounts::Theme::System => l.t("Theo thiết bị", "As the device"),
                accounts::Theme::Light => l.t("Sáng", "Light"),
                accounts::Theme::Dark => l.t("Tối", "Dark"),
            };
            if theme == req.theme {
                format!("<b>{label}</b>")
            } else {
                format!("<button class=\"btn sml\" name=\"giao_dien\" value=\"{}\">{label}</button>", theme.name())
            }
        })
        .collect();
    let languages = "<a href=\"/ngon-ngu/vi\" lang=\"vi\" hreflang=\"vi\">Tiếng Việt</a> · \
                     <a href=\"/ngon-ngu/en\" lang=\"en\" hreflang=\"en\">English</a>";
    let form = |inner: &str| {
        format!(
            "<form method=\"post\" action=\"/hien-thi\" class=\"acts\"><input type=\"hidden\" name=\"_csrf\" value=\"{}\">\
             <input type=\"hidden\" name=\"tiep\" value=\"/tai-khoan\">{inner}</form>",
            escape(&req.csrf)
        )
    };
    let shortcut = form(&format!("<button class=\"btn\" name=\"phim_tat\" value=\"{keys}\">{word}</button>"));
    properties(&[
        (l.t("Ngôn ngữ", "Language"), Html::trusted(languages)),
        (l.t("Giao diện", "Colours"), Html::trusted(form(&themes))),
        (l.t("Phím tắt", "Shortcuts"), Html::trusted(shortcut)),
    ])
}

async fn password_page(req: Req, User(_): User) -> Response {
    show_password(&req, None)
}

fn show_password(req: &Req, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let [new, again] = new_password(l, refusal);
    FormPage::new(
        req,
        l.t("Đổi mật khẩu", "Change the password"),
        "/tai-khoan/mat-khau",
        l.t("Đổi mật khẩu", "Change the password"),
    )
    .lead(l.t(
        "Các phiên làm việc khác sẽ kết thúc; phiên này tiếp tục.",
        "Your other sessions will end; this one goes on.",
    ))
    .field(Field::password(l, "present", l.t("Mật khẩu hiện tại", "Present password")).refused(refusal).span("c12"))
    .field(new.span("c12"))
    .field(again.span("c12"))
    .back("/tai-khoan")
    .show(req, refusal)
}

#[derive(Deserialize)]
struct PasswordForm {
    present: Option<String>,
    password: Option<String>,
    again: Option<String>,
}

async fn password(
    req: Req,
    State(app): State<App>,
    User(user): User,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Result {
    let (present, new) = (form.present.unwrap_or_default(), form.password.unwrap_or_default());
    let mut fields = Fields::new();
    same_password(&mut fields, &new, form.again.as_deref().unwrap_or_default());
    if let Err(refusal) = fields.finish() {
        return Ok(show_password(&req, Some(&refusal)));
    }
    let outcome = accounts::password_change(app.platform(), &user, &present, &new, &origin(&req, &headers)).await;
    match refused(outcome)? {
        Ok(token) => Ok(redirect("/tai-khoan")
            .cookie(cookies::session_start(&token, req.secure))
            .say(Text::fixed("Đã đổi mật khẩu.", "The password was changed."))
            .go(&req)),
        Err(refusal) => Ok(show_password(&req, Some(&refusal))),
    }
}

async fn totp_page(req: Req, State(app): State<App>, User(user): User) -> Result {
    show_totp(&req, &app, &user, None).await
}

async fn show_totp(req: &Req, app: &App, user: &Principal, refusal: Option<&Refusal>) -> Result {
    let (id, _) = own(user)?;
    let l = req.lang;
    let Some(pending) = accounts::totp_pending(app.platform(), id).await? else {
        let title = l.t("Bật mã xác thực", "Switch on one-time codes");
        let form = FormPage::new(req, title, "/tai-khoan/ma-xac-thuc", l.t("Bắt đầu", "Begin"));
        return Ok(form
            .lead(l.t(
                "Sau mật khẩu, mỗi lần đăng nhập cần thêm mã 6 chữ số từ ứng dụng xác thực trên điện thoại (mức xác thực 2, NĐ 69/2024/NĐ-CP, Điều 20).",
                "After the password, each sign-in also needs a 6-digit code from an authenticator on your telephone (authentication level 2, NĐ 69/2024/NĐ-CP, Article 20).",
            ))
            .back("/tai-khoan")
            .show(req, refusal));
    };
    let groups: Vec<String> =
        pending.secret.as_bytes().chunks(4).map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect();
    let before = Html::trusted(format!(
        "<p>{}</p>{}<p>{} <b class=\"nw\">{}</b></p>",
        l.t("Quét mã này bằng ứng dụng xác thực:", "Scan this with the authenticator:"),
        qr_svg(&pending.uri, l.t("Mã QR chứa khóa bí mật", "QR code with the secret")),
        l.t("Hoặc nhập khóa:", "Or type the key:"),
        escape(&groups.join(" "))
    ));
    let title = l.t("Bật mã xác thực", "Switch on one-time codes");
    Ok(FormPage::new(req, title, "/tai-khoan/ma-xac-thuc/xac-nhan", l.t("Xác nhận và bật", "Confirm and switch on"))
        .before(before)
        .field(
            Field::text(l, "code", l.t("Mã 6 chữ số đang hiện", "The 6-digit code shown"))
                .autocomplete("one-time-code")
                .inputmode("numeric")
                .maxlength(10)
                .refused(refusal)
                .span("c6"),
        )
        .back("/tai-khoan")
        .show(req, refusal))
}

async fn totp_begin(req: Req, State(app): State<App>, User(user): User, Form(_): Form<Nothing>) -> Result {
    let (id, _) = own(&user)?;
    accounts::totp_begin(app.platform(), id).await?;
    Ok(redirect("/tai-khoan/ma-xac-thuc").go(&req))
}

#[derive(Deserialize)]
struct CodeForm {
    code: Option<String>,
}

async fn totp_confirm(req: Req, State(app): State<App>, User(user): User, Form(form): Form<CodeForm>) -> Result {
    let (id, _) = own(&user)?;
    let act = Act::by(app.platform(), &user);
    let code = form.code.unwrap_or_default();
    let codes = match refused(accounts::totp_confirm(app.platform(), &act, id, &code).await)? {
        Ok(codes) => codes,
        Err(refusal) => return show_totp(&req, &app, &user, Some(&refusal)).await,
    };
    let l = req.lang;
    let items: String = codes.iter().map(|code| format!("<li class=\"num\">{}</li>", escape(code))).collect();
    Ok(Sheet::new(l.t("Mã khôi phục", "Recovery codes"))
        .lead(l.t(
            "Đã bật mã xác thực. In hoặc ghi lại các mã dưới đây: mỗi mã thay được điện thoại một lần, và chúng không hiện lại nữa.",
            "One-time codes are on. Print or write these down: each replaces the telephone once, and they are not shown again.",
        ))
        .top(Html::trusted(format!("<ul class=\"plain\">{items}</ul>")))
        .acts(&[Button::new(l.t("Đã ghi lại, về tài khoản", "Written down, back to the account")).primary().href("/tai-khoan")])
        .show(&req))
}

async fn totp_off_page(req: Req, User(_): User) -> Response {
    show_totp_off(&req, None)
}

fn show_totp_off(req: &Req, refusal: Option<&Refusal>) -> Response {
    let l = req.lang;
    let title = l.t("Tắt mã xác thực", "Switch off one-time codes");
    FormPage::new(req, title, "/tai-khoan/ma-xac-thuc/tat", title)
        .before(note(
            NoteKind::Caution,
            l.t("Chỉ còn mật khẩu bảo vệ tài khoản.", "Only the password will protect the account."),
            &Html::default(),
        ))
        .field(Field::password(l, "present", l.t("Mật khẩu hiện tại", "Present password")).refused(refusal).span("c6"))
        .back("/tai-khoan")
        .show(req, refusal)
}

async fn totp_off(
    req: Req,
    State(app): State<App>,
    User(user): User,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Result {
    let (id, _) = own(&user)?;
    let act = Act::by(app.platform(), &user);
    let present = form.present.unwrap_or_default();
    let outcome = accounts::totp_disable(app.platform(), &act, id, &present, &origin(&req, &headers)).await;
    match refused(outcome)? {
        Ok(()) => {
            Ok(redirect("/tai-khoan").say(Text::fixed("Đã tắt mã xác thực.", "One-time codes are off.")).go(&req))
        }
        Err(refusal) => Ok(show_totp_off(&req, Some(&refusal))),
    }
}

async fn session_end(
    req: Req,
    State(app): State<App>,
    User(user): User,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result {
    let (account, _) = own(&user)?;
    let id: SessionId = id.parse().map_err(|_| Error::NotFound("session"))?;
    let act = Act::by(app.platform(), &user);
    app.platform().db().write(move |tx| accounts::session_end(tx, &act, account, id)).await?;
    Ok(redirect("/tai-khoan").say(Text::fixed("Đã kết thúc phiên.", "The session was ended.")).go(&req))
}

async fn sessions_end(req: Req, State(app): State<App>, User(user): User, Form(_): Form<Nothing>) -> Result {
    let (account, session) = own(&user)?;
    let act = Act::by(app.platform(), &user);
    app.platform().db().write(move |tx| accounts::sessions_end(tx, &act, account, Some(session))).await?;
    Ok(redirect("/tai-khoan")
        .say(Text::fixed("Đã đăng xuất khỏi mọi nơi khác.", "Signed out everywhere else."))
        .go(&req))
}

/// A QR code as a picture of one path, with the quiet zone of four units that readers need.
fn qr_svg(text: &str, label: &str) -> Html {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Html::default() };
    let size = code.size() + 8;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
            }
        }
    }
    Html::trusted(format!(
        "<svg role=\"img\" aria-label=\"{}\" width=\"220\" height=\"220\" viewBox=\"0 0 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>",
        escape(label)
    ))
}
