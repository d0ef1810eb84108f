//! Help: keyboard, printing, whom to ask; and the accessibility statement.

use crate::failure::Result;
use crate::page::{Page, page};
use crate::request::Req;
use crate::routes::{Routes, Who};
use base::Lang;

#[derive(askama::Template)]
#[template(path = "help.html")]
struct Help {
    l: Lang,
    csrf: String,
    keys_on: bool,
    keys: Vec<(&'static [&'static str], &'static str)>,
    support: String,
}

#[derive(askama::Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    l: Lang,
    support: String,
}

fn keys(l: Lang) -> Vec<(&'static [&'static str], &'static str)> {
    vec![
        (&["/"], l.t("Tìm kiếm", "Search")),
        (&["J"], l.t("Việc kế tiếp trong danh sách", "Next item of the list")),
        (&["K"], l.t("Việc trước trong danh sách", "Previous item of the list")),
        (&["Enter"], l.t("Mở việc đang chọn", "Open the chosen item")),
        (&["Ctrl", "Enter"], l.t("Gửi biểu mẫu", "Send the form")),
        (&["N"], l.t("Trang cũ hơn", "Older page")),
        (&["P"], l.t("Trang mới hơn", "Newer page")),
        (&["Esc"], l.t("Đóng bảng chọn", "Close a menu")),
        (&["?"], l.t("Trang này", "This page")),
    ]
}

async fn help(req: Req) -> Result {
    let l = req.lang;
    let body = Help {
        l,
        csrf: req.csrf.clone(),
        keys_on: req.shortcuts,
        keys: keys(l),
        support: req.site.support.get(l).to_owned(),
    };
    Ok(page(&req, Page::new(l.t("Trợ giúp", "Help")), &body))
}

async fn accessibility(req: Req) -> Result {
    let l = req.lang;
    let body = Accessibility { l, support: req.site.support.get(l).to_owned() };
    Ok(page(&req, Page::new(l.t("Trợ năng", "Accessibility")), &body))
}

/// Their routes.
pub fn routes() -> Routes {
    Routes::new().get("/tro-giup", Who::Public, help).get("/tro-nang", Who::Public, accessibility)
}
