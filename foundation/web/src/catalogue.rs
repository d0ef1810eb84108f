//! The error catalogue at `/loi`: every refusal of every component, generated from their tables.

use crate::app::App;
use crate::failure::{Failure, Result, refusal_status};
use crate::page::{Page, page};
use crate::refusals;
use crate::request::Req;
use crate::routes::{Routes, Who};
use axum::extract::{Path, State};
use base::{Lang, Refusal, RefusalCode};

struct Row {
    code: &'static str,
    status: u16,
    message: &'static str,
    other: &'static str,
    other_lang: &'static str,
    remedy: &'static str,
    basis: String,
}

impl Row {
    fn new(row: &'static RefusalCode, l: Lang) -> Self {
        let other = if l == Lang::Vi { Lang::En } else { Lang::Vi };
        Self {
            code: row.code,
            status: status_of(row),
            message: l.t(row.vi, row.en),
            other: other.t(row.vi, row.en),
            other_lang: other.tag(),
            remedy: l.t(row.remedy_vi, row.remedy_en),
            basis: row.basis.as_ref().map(|b| b.label(l)).unwrap_or_default(),
        }
    }
}

fn status_of(row: &'static RefusalCode) -> u16 {
    if std::ptr::eq(row, &refusals::FAULT) {
        return Failure::from(platform::Error::Fault(String::new())).status().as_u16();
    }
    refusal_status(&Refusal::new(row)).as_u16()
}

#[derive(askama::Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    l: Lang,
    rows: Vec<Row>,
}

#[derive(askama::Template)]
#[template(path = "catalogue_entry.html")]
struct EntryPage {
    l: Lang,
    row: Row,
}

async fn list(req: Req, State(app): State<App>) -> Result {
    let l = req.lang;
    let rows = app.refusals().iter().map(|r| Row::new(r, l)).collect();
    Ok(page(&req, Page::new(l.t("Danh mục lỗi", "Error catalogue")), &CataloguePage { l, rows }))
}

async fn entry(req: Req, State(app): State<App>, Path(code): Path<String>) -> Result {
    let l = req.lang;
    let row = app.refusals().iter().find(|r| r.code == code).ok_or_else(|| Refusal::new(&refusals::NOT_FOUND))?;
    Ok(page(
        &req,
        Page::new(format!("{code} · {}", l.t("Danh mục lỗi", "Error catalogue"))),
        &EntryPage { l, row: Row::new(row, l) },
    ))
}

/// Their routes.
pub fn routes() -> Routes {
    Routes::new().get("/loi", Who::Public, list).get("/loi/{code}", Who::Public, entry)
}
