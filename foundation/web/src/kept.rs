//! A form whose session lapsed: kept for half an hour, offered again after sign-in, in the same browser only.

use crate::app::App;
use crate::failure::Result;
use crate::form::FormData;
use crate::page::{Page, page};
use crate::refusals;
use crate::request::Req;
use crate::routes::{Routes, Who};
use axum::extract::{Path, State};
use base::{Lang, Refusal, Timestamp};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How long a form is kept.
const SECONDS: i64 = 30 * 60;
/// How many forms are kept at most; the oldest goes first, so that memory is bounded (64 × 256 KiB).
const MOST: usize = 64;
/// The largest form that is kept, in bytes.
pub const LARGEST: usize = 256 * 1024;

/// The forms that are kept. They live in this process only: a restart or another server process loses them,
/// and the person is told so.
#[derive(Default)]
pub struct Kept {
    forms: Mutex<VecDeque<KeptForm>>,
}

/// What was sent when the session had lapsed.
#[derive(Debug, Clone, Default)]
pub struct Aside {
    /// The text fields.
    pub fields: FormData,
    /// A form with files: the field and the name of each file. Their bytes are not kept; they are asked for again.
    pub files: Option<Vec<(String, String)>>,
}

impl Aside {
    /// Each field for files once, with the names of what was chosen in it.
    fn choices(&self) -> Vec<(&str, String)> {
        let mut out: Vec<(&str, String)> = Vec::new();
        for (field, name) in self.files.iter().flatten() {
            match out.iter_mut().find(|(known, _)| *known == field.as_str()) {
                Some((_, names)) => {
                    names.push_str(", ");
                    names.push_str(name);
                }
                None => out.push((field, name.clone())),
            }
        }
        out
    }
}

struct KeptForm {
    id: String,
    visitor: String,
    action: String,
    aside: Aside,
    until: Timestamp,
}

impl Kept {
    /// Keeps a form; `visitor` binds it to the browser.
    pub fn keep(&self, id: String, visitor: &str, action: &str, aside: Aside, now: Timestamp) {
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        forms.retain(|f| f.until > now);
        while forms.len() >= MOST {
            forms.pop_front();
        }
        forms.push_back(KeptForm {
            id,
            visitor: visitor.to_owned(),
            action: action.to_owned(),
            aside,
            until: now.plus_seconds(SECONDS),
        });
    }

    fn take(&self, id: &str, visitor: &str, now: Timestamp) -> Option<(String, Aside)> {
        let forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        let found = forms.iter().find(|f| f.id == id && f.visitor == visitor && f.until > now)?;
        Some((found.action.clone(), found.aside.clone()))
    }
}

#[derive(askama::Template)]
#[template(path = "kept.html")]
struct KeptPage<'a> {
    l: Lang,
    csrf: &'a str,
    action: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    with_files: bool,
    files: Vec<(&'a str, String)>,
}

async fn show(req: Req, State(app): State<App>, Path(id): Path<String>) -> Result {
    let (action, aside) =
        app.kept().take(&id, &req.visitor, req.now).ok_or_else(|| Refusal::new(&refusals::KEPT_GONE))?;
    let l = req.lang;
    let body = KeptPage {
        l,
        csrf: &req.csrf,
        action: &action,
        fields: aside.fields.pairs().filter(|(n, _)| *n != crate::csrf::FIELD).collect(),
        with_files: aside.files.is_some(),
        files: aside.choices(),
    };
    Ok(page(&req, Page::new(l.t("Gửi lại biểu mẫu", "Send the form again")), &body))
}

/// Where a kept form waits; a person comes here by the ordinary return path of the sign-in page.
pub fn routes() -> Routes {
    Routes::new().get("/bieu-mau-giu/{id}", Who::Person, show)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_for_the_same_browser_and_not_for_ever() {
        let kept = Kept::default();
        let start = Timestamp::from_micros(0);
        let aside = Aside { fields: FormData::parse("so=4818"), files: None };
        kept.keep("a".into(), "browser", "/van-ban-den/1", aside, start);
        assert!(kept.take("a", "other", start).is_none());
        assert!(kept.take("a", "browser", start.plus_seconds(1800)).is_none());
        let (action, aside) = kept.take("a", "browser", start.plus_seconds(1799)).unwrap();
        assert_eq!((action.as_str(), aside.fields.first("so")), ("/van-ban-den/1", Some("4818")));
        for n in 0..100 {
            kept.keep(n.to_string(), "browser", "/x", Aside::default(), start);
        }
        assert!(kept.take("a", "browser", start).is_none(), "bounded: the oldest goes first");
    }
}
