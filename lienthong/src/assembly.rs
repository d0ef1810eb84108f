//! Assembly: which rooms the program is made of.

use axum::Router;
use base::{RefusalCode, Text};
use platform::{Component, Error, Platform, Result};
use web::{App, Assembled, Module, Site};

/// The tables, reactions, jobs and refusals of every module, for opening the platform.
pub fn components() -> Vec<Component> {
    vec![exchange::component(), office::component(), identity::component()]
}

/// The pages and calls of every module.
pub fn modules() -> Vec<Module> {
    vec![exchange::module(), office::module(), identity::module()]
}

/// What the server is called and how it is reached.
fn site(platform: &Platform, name: Option<Text>) -> Result<Site> {
    let config = platform.config();
    let secure = config.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let proxies = config.trusted_proxies.iter().map(|range| range.parse());
    let trusted_proxies =
        proxies.collect::<std::result::Result<_, String>>().map_err(|e| Error::fault("read trusted_proxies", e))?;
    Ok(Site {
        trusted_proxies,
        name: name.unwrap_or_else(|| Site::default().name),
        practice: platform::practice::is_marked(&config.data_dir),
        secure,
        search: Some("/tim-kiem"),
        notices: Some("/thong-bao"),
        version: env!("CARGO_PKG_VERSION"),
        ..Site::default()
    })
}

/// The whole program behind its two listeners.
pub fn assemble(platform: &Platform, name: Option<Text>) -> Result<Assembled> {
    Ok(web::assemble(App::new(platform.clone(), site(platform, name)?), modules()))
}

/// The public and the administrators' router.
pub fn routers(platform: &Platform, name: Option<Text>) -> Result<(Router, Router)> {
    let assembled = assemble(platform, name)?;
    Ok((assembled.router, assembled.admin))
}

/// The description of every call (OpenAPI 3.1, JSON), as it is served and committed.
pub fn openapi() -> String {
    let mut api = web::openapi::frame();
    let mut rules = Vec::new();
    for module in modules() {
        rules.extend_from_slice(module.routes.rules());
        api.merge(module.api);
    }
    web::openapi::to_json(&api, &rules)
}

/// Every refusal of the program, for the error catalogue.
pub fn refusals() -> Vec<&'static RefusalCode> {
    let mut all: Vec<&'static RefusalCode> = Vec::new();
    all.extend(web::refusals::CATALOGUE);
    all.extend(crate::serve::CATALOGUE);
    all.extend(crate::commands::CATALOGUE);
    all.extend(platform::relocation::CATALOGUE);
    for component in components().into_iter().chain(Platform::assemble_components()) {
        all.extend(component.refusals);
    }
    all.sort_by_key(|r| r.code);
    all.dedup_by_key(|r| r.code);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_described_with_its_credential_and_without_a_default_answer() {
        let described: serde_json::Value = serde_json::from_str(&openapi()).unwrap();
        let calls = ["/api/", "/ledger/", "/.well-known/"];
        for module in modules() {
            for rule in module.routes.rules().iter().filter(|rule| calls.iter().any(|c| rule.path.starts_with(c))) {
                let path = rule.path.replace("{*", "{");
                let call = &described["paths"][&path][rule.method.to_lowercase()];
                assert!(call.is_object(), "{rule} is not described");
                assert!(call["responses"].get("default").is_none(), "{rule}: any answer would be a described one");
                let open = matches!(rule.who, web::routes::Who::Public | web::routes::Who::Peer);
                assert_eq!(call.get("security").is_none(), open, "{rule}");
                assert!(open || call["responses"].get("401").is_some(), "{rule}");
            }
        }
    }
}
