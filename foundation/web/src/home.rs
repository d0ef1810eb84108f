//! `/`: everybody's own first page.

use crate::redirect::redirect;
use crate::request::Req;
use crate::routes::{Routes, Who};
use axum::response::Response;

/// The first entry of the navigation that the person sees; the door for everybody else.
async fn home(req: Req) -> Response {
    let to = match req.principal.as_deref() {
        Some(principal) => req.site.sections.iter().find(|s| (s.shows)(principal)).map_or("/tro-giup", |s| s.path),
        None => "/dang-nhap",
    };
    redirect(to).go(&req)
}

/// Its route.
pub fn routes() -> Routes {
    Routes::new().get("/", Who::Public, home)
}
