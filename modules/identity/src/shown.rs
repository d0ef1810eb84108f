//! What every page of this module is made of: a form with its fields, a sheet with its parts, and the words for dates.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, Lang, Refusal, Timestamp};
use platform::Error;
use web::html::Html;
use web::ui::button::Button;
use web::ui::note::ErrorSummary;
use web::{Failure, Page, Req, page};

/// The key of this module's entry in the navigation.
pub const SECTION: &str = "identity.administration";

/// A form on a page of its own.
#[derive(Template)]
#[template(path = "form.html")]
pub struct FormPage {
    l: Lang,
    title: String,
    lead: String,
    crumbs: Html,
    action: String,
    csrf: String,
    errors: Html,
    hidden: Vec<(String, String)>,
    before: Html,
    fields: Html,
    after: Html,
    button: Button,
    back: String,
}

impl FormPage {
    /// A form with its title, where it is sent and the act that the button names.
    pub fn new(req: &Req, title: &str, action: &str, act: &str) -> Self {
        Self {
            l: req.lang,
            title: title.to_owned(),
            lead: String::new(),
            crumbs: Html::default(),
            action: action.to_owned(),
            csrf: req.csrf.clone(),
            errors: Html::default(),
            hidden: Vec::new(),
            before: Html::default(),
            fields: Html::default(),
            after: Html::default(),
            button: Button::new(act).primary().key("Ctrl Enter"),
            back: String::new(),
        }
    }

    /// One sentence under the title.
    pub fn lead(mut self, words: &str) -> Self {
        self.lead = words.to_owned();
        self
    }

    /// Where one is.
    pub fn crumbs(mut self, crumbs: Html) -> Self {
        self.crumbs = crumbs;
        self
    }

    /// A value sent along.
    pub fn hidden(mut self, name: &str, value: impl ToString) -> Self {
        self.hidden.push((name.to_owned(), value.to_string()));
        self
    }

    /// A field in the grid.
    pub fn field(mut self, field: impl Template) -> Self {
        let field = Html::from_template(&field);
        self.fields = Html::trusted(format!("{}{field}", self.fields));
        self
    }

    /// Something before the fields.
    pub fn before(mut self, html: Html) -> Self {
        self.before = html;
        self
    }

    /// Something behind the fields: groups of ticks.
    pub fn after(mut self, html: impl Template) -> Self {
        let html = Html::from_template(&html);
        self.after = Html::trusted(format!("{}{html}", self.after));
        self
    }

    /// Where “back” leads.
    pub fn back(mut self, href: &str) -> Self {
        self.back = href.to_owned();
        self
    }

    /// The page; with a refusal, the form that came back.
    pub fn show(mut self, req: &Req, refusal: Option<&Refusal>) -> Response {
        self.errors = ErrorSummary::of(self.l, refusal);
        let shown = Page::new(self.title.clone()).section(SECTION).status(status_of(refusal));
        page(req, shown, &self)
    }
}

/// The status of a form: 200 when shown first, that of the refusal when it came back (a form that came back is never
/// 401 or 403, so that nothing else takes its place).
pub fn status_of(refusal: Option<&Refusal>) -> StatusCode {
    match refusal.map(web::failure::refusal_status) {
        None => StatusCode::OK,
        Some(status @ (StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS)) => status,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The refusal that a form shows; every other error is passed on.
pub fn refused<T>(outcome: Result<T, Error>) -> Result<Result<T, Refusal>, Failure> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Refused(refusal)) => Ok(Err(*refusal)),
        Err(Error::Conflict(_)) => Ok(Err(Refusal::new(&web::refusals::CONFLICT))),
        Err(other) => Err(other.into()),
    }
}

/// A page that shows: parts with headings, tables, verbs.
#[derive(Template)]
#[template(path = "sheet.html")]
pub struct Sheet {
    title: String,
    lead: String,
    crumbs: Html,
    acts: Html,
    top: Html,
    parts: Vec<Part>,
}

struct Part {
    title: String,
    acts: Html,
    body: Html,
}

impl Sheet {
    /// A sheet with its title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lead: String::new(),
            crumbs: Html::default(),
            acts: Html::default(),
            top: Html::default(),
            parts: Vec::new(),
        }
    }

    /// One sentence under the title.
    pub fn lead(mut self, words: impl Into<String>) -> Self {
        self.lead = words.into();
        self
    }

    /// Where one is.
    pub fn crumbs(mut self, crumbs: Html) -> Self {
        self.crumbs = crumbs;
        self
    }

    /// The verbs beside the title.
    pub fn acts(mut self, acts: &[Button]) -> Self {
        self.acts = joined(acts);
        self
    }

    /// Something above the parts.
    pub fn top(mut self, html: Html) -> Self {
        self.top = Html::trusted(format!("{}{html}", self.top));
        self
    }

    /// A part with its verbs.
    pub fn part(mut self, title: &str, acts: &[Button], body: Html) -> Self {
        self.parts.push(Part { title: title.to_owned(), acts: joined(acts), body });
        self
    }

    /// The page.
    pub fn show(self, req: &Req) -> Response {
        page(req, Page::new(self.title.clone()).section(SECTION), &self)
    }
}

fn joined(buttons: &[Button]) -> Html {
    Html::trusted(buttons.iter().map(|button| Html::from_template(button).to_string()).collect::<String>())
}

/// A link.
pub fn link(href: &str, words: &str) -> Html {
    Html::trusted(format!("<a href=\"{}\">{}</a>", web::html::escape(href), web::html::escape(words)))
}

/// A small form of one button in a row of a table.
pub fn verb(req: &Req, action: &str, button: Button) -> Html {
    Html::trusted(format!(
        "<form method=\"post\" action=\"{}\" data-once><input type=\"hidden\" name=\"_csrf\" value=\"{}\">{}</form>",
        web::html::escape(action),
        web::html::escape(&req.csrf),
        Html::from_template(&button)
    ))
}

/// `23/11/2026`, or nothing.
pub fn day(date: Option<Date>) -> String {
    date.map(web::input::show_date).unwrap_or_default()
}

/// `01/06/2021 – nay`, `01/06/2021 – 30/11/2026`.
pub fn span(l: Lang, from: Date, to: Option<Date>) -> String {
    let to = to.map_or_else(|| l.t("nay", "now").to_owned(), web::input::show_date);
    format!("{} – {to}", web::input::show_date(from))
}

/// `08:02, 23/11/2026`.
pub fn moment(at: Timestamp) -> String {
    let local = at.to_local();
    format!("{}, {}", local.strftime("%H:%M"), web::input::show_date(local.date()))
}
