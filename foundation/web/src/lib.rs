//! HTTP conventions and the design system: what every page and every call of the product has in common.

pub mod agencies;
pub mod app;
pub mod assets;
pub mod catalogue;
pub mod cookies;
pub mod csrf;
pub mod extract;
pub mod failure;
pub mod files;
pub mod flash;
pub mod form;
pub mod gallery;
pub mod headers;
pub mod help;
mod home;
pub mod html;
pub mod input;
pub mod kept;
pub mod keyset;
pub mod language;
pub mod openapi;
pub mod ops;
pub mod page;
pub mod problem;
mod rate;
pub mod redirect;
pub mod refusals;
pub mod request;
pub mod routes;
mod sheet;
pub mod signatures;
pub mod surround;
#[path = "../components/mod.rs"]
pub mod ui;
pub mod upload;
pub mod who;

pub use app::{App, Assembled, Module, Section, Site, assemble};
pub use extract::{Caller, Json, Language, Query, User};
pub use failure::{Failure, Result};
pub use form::{Form, FormData};
pub use html::Html;
pub use page::{Layout, Page, page};
pub use redirect::redirect;
pub use request::Req;
pub use routes::{RouteRule, Routes, Who};
