//! Assembly: modules and settings become one router, surrounded by the conventions that every answer keeps.

use crate::assets;
use crate::kept::Kept;
use crate::rate::Rates;
use crate::routes::{RouteRule, Routes};
use crate::{catalogue, gallery, help, language, ops, surround};
use axum::extract::DefaultBodyLimit;
use axum::handler::HandlerWithoutStateExt;
use base::{RefusalCode, Text, Timestamp};
use platform::access::Principal;
use platform::{Component, Platform, Tx};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

/// Largest form or JSON body, in bytes; uploads and packages have their own limits.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// What a module brings along.
#[derive(Default)]
pub struct Module {
    /// Its tables, reactions, jobs, refusals.
    pub component: Component,
    /// Its pages and calls, each with who may use it.
    pub routes: Routes,
    /// The description of its calls.
    pub api: utoipa::openapi::OpenApi,
    /// Its entries in the main navigation.
    pub sections: Vec<Section>,
}

/// Counts the open things of a section for one person, in the read of the request.
pub type OpenCount = fn(&Tx<'_>, &Principal, Timestamp) -> platform::Result<i64>;

/// An entry of the main navigation.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its key, e.g. `office.incoming`; named by [`crate::page::Page::section`].
    pub key: &'static str,
    /// Where it leads.
    pub path: &'static str,
    /// Its name.
    pub label: Text,
    /// Place from left to right; the first one a person sees is his home.
    pub order: u16,
    /// Who sees it.
    pub shows: fn(&Principal) -> bool,
    /// How many open things stand in it.
    pub count: Option<OpenCount>,
}

/// What the site is, for the frame around every page.
#[derive(Debug, Clone)]
pub struct Site {
    /// The agency or office that runs this server, shown at the door and to the public.
    pub name: Text,
    /// The data is practice data, marked on every page and print for ever.
    pub practice: bool,
    /// Served over TLS (cookies are bound to the host, transport security is announced).
    pub secure: bool,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<base::ip_range::IpRange>,
    /// Whom to ask for help, shown at the door and on the help page.
    pub support: Text,
    /// Version shown in the foot.
    pub version: &'static str,
    /// Where the masthead's search leads, if some module has one.
    pub search: Option<&'static str>,
    /// Where the bell leads, if some module has it.
    pub notices: Option<&'static str>,
    /// The main navigation; filled by [`assemble`].
    pub sections: Vec<Section>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name: Text::fixed("Liên Thông", "Liên Thông"),
            practice: false,
            secure: false,
            trusted_proxies: Vec::new(),
            support: Text::fixed("Văn phòng của cơ quan bạn", "Your agency's office"),
            version: env!("CARGO_PKG_VERSION"),
            search: None,
            notices: None,
            sections: Vec::new(),
        }
    }
}

/// The state every handler may take.
#[derive(Clone)]
pub struct App {
    platform: Platform,
    site: Arc<Site>,
    kept: Arc<Kept>,
    rates: Arc<Rates>,
    shared: Arc<Shared>,
}

/// What is known once everything is assembled.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) rules: Vec<RouteRule>,
    pub(crate) refusals: Vec<&'static RefusalCode>,
    pub(crate) openapi: String,
}

impl App {
    /// The state before assembly.
    pub fn new(platform: Platform, site: Site) -> Self {
        Self { platform, site: Arc::new(site), kept: Arc::default(), rates: Arc::default(), shared: Arc::default() }
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The site.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.rates
    }

    /// The table of routes.
    pub fn rules(&self) -> &[RouteRule] {
        &self.shared.rules
    }

    /// The error catalogue.
    pub fn refusals(&self) -> &[&'static RefusalCode] {
        &self.shared.refusals
    }

    /// The description of the calls (OpenAPI 3.1, JSON).
    pub fn openapi(&self) -> &str {
        &self.shared.openapi
    }
}

/// The assembled program.
pub struct Assembled {
    /// What the public listener serves.
    pub router: axum::Router,
    /// What the administrators' listener serves: health details and metrics.
    pub admin: axum::Router,
    /// The state, with the tables filled.
    pub app: App,
}

/// Makes one router of the modules. `api` is the frame of the description: title, version, servers.
pub fn assemble(app: App, modules: Vec<Module>) -> Assembled {
    let mut routes = own_routes();
    let mut site = (*app.site).clone();
    let mut api = crate::openapi::frame();
    for module in modules {
        routes = routes.and(module.routes);
        site.sections.extend(module.sections);
        api.merge(module.api);
    }
    site.sections.sort_by_key(|s| s.order);
    let (router, rules) = routes.into_parts();
    let mut refusals: Vec<&'static RefusalCode> = crate::refusals::CATALOGUE.to_vec();
    refusals.extend(app.platform.components().iter().flat_map(|c| c.refusals.iter().copied()));
    refusals.sort_by_key(|r| r.code);
    refusals.dedup_by_key(|r| r.code);
    let openapi = crate::openapi::to_json(&api, &rules);
    let shared = Shared { rules, refusals, openapi };
    let app = App { site: Arc::new(site), shared: Arc::new(shared), ..app };

    let router = router
        .fallback_service(surround::not_found.into_service())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(axum::middleware::from_fn_with_state(app.clone(), surround::surround))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .with_state(app.clone());
    let admin = ops::admin_router(app.clone());
    Assembled { router, admin, app }
}

/// Everything but what is already packed; documents are sent as they are, so that their length is known.
fn compressible() -> impl Predicate {
    DefaultPredicate::new()
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/octet-stream"))
        .and(NotForContentType::const_new("application/vnd."))
}

fn own_routes() -> Routes {
    assets::routes()
        .and(language::routes())
        .and(catalogue::routes())
        .and(help::routes())
        .and(gallery::routes())
        .and(ops::routes())
        .and(crate::agencies::routes())
        .and(crate::kept::routes())
        .and(crate::openapi::routes())
        .and(crate::home::routes())
}
