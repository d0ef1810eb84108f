//! The style sheet, the script and the pictures: built in, named by their hash, kept by browsers for a year.

use crate::app::App;
use crate::failure::Result;
use crate::refusals;

use crate::routes::{Routes, Who};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::Refusal;
use platform::accounts::Theme;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

/// The same sheet three times: colours as the person's system says, always light, always dark. A page links one.
static STYLES: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    let sheet = |dark| {
        asset(
            "style",
            "css",
            "text/css; charset=utf-8",
            crate::sheet::assemble(crate::ui::STYLE_PARTS, dark).into_bytes(),
        )
    };
    let colours = include_str!("../components/tokens/dark.css");
    [sheet(Some((colours, false))), sheet(None), sheet(Some((colours, true)))]
});
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| asset("app", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js").to_vec()));
static PICKER: LazyLock<Asset> = LazyLock::new(|| {
    asset("agencies", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/agencies.js").to_vec())
});
static MARK: LazyLock<Asset> =
    LazyLock::new(|| asset("mark", "svg", "image/svg+xml", include_bytes!("../assets/mark.svg").to_vec()));
static ICONS: LazyLock<Asset> =
    LazyLock::new(|| asset("icons", "svg", "image/svg+xml", include_bytes!("../assets/icons.svg").to_vec()));

fn asset(stem: &str, extension: &str, kind: &'static str, bytes: Vec<u8>) -> Asset {
    let digest = Sha256::digest(&bytes);
    let hash: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    Asset { name: format!("{stem}.{hash}.{extension}"), kind, bytes }
}

fn style(theme: Theme) -> &'static Asset {
    &STYLES[match theme {
        Theme::System => 0,
        Theme::Light => 1,
        Theme::Dark => 2,
    }]
}

/// The address of the style sheet for a theme.
pub fn style_href(theme: Theme) -> String {
    format!("/tai-nguyen/{}", style(theme).name)
}

/// The address of the script.
pub fn script_href() -> String {
    format!("/tai-nguyen/{}", SCRIPT.name)
}

/// The address of the script of the agency picker, which only its pages load.
pub fn picker_href() -> String {
    format!("/tai-nguyen/{}", PICKER.name)
}

/// The address of the mark, for the browser's tab.
pub fn mark_href() -> String {
    format!("/tai-nguyen/{}", MARK.name)
}

/// The address of the icon sprite.
pub fn icons_href() -> &'static str {
    static HREF: LazyLock<String> = LazyLock::new(|| format!("/tai-nguyen/{}", ICONS.name));
    &HREF
}

/// The style sheet as served to most.
pub fn style_sheet() -> String {
    String::from_utf8_lossy(&style(Theme::System).bytes).into_owned()
}

/// The script as served.
pub fn script() -> String {
    String::from_utf8_lossy(&SCRIPT.bytes).into_owned()
}

/// Every asset with its file name.
pub fn all() -> Vec<(&'static str, &'static [u8])> {
    STYLES.iter().chain([&*SCRIPT, &*PICKER, &*MARK, &*ICONS]).map(|a| (a.name.as_str(), a.bytes.as_slice())).collect()
}

/// Whether a path is an asset, which needs neither session nor visitor.
pub(crate) fn is_asset(path: &str) -> bool {
    path.starts_with("/tai-nguyen/") || matches!(path, "/favicon.ico" | "/healthz" | "/readyz" | "/robots.txt")
}

async fn serve(State(_app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Result {
    let asset = STYLES
        .iter()
        .chain([&*SCRIPT, &*PICKER, &*MARK, &*ICONS])
        .find(|a| a.name == name)
        .ok_or_else(|| Refusal::new(&refusals::NOT_FOUND))?;
    let etag = format!("\"{}\"", asset.name);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag.as_bytes());
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { asset.bytes.clone().into_response() };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::ETAG, HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("\"\"")));
    Ok(response)
}

async fn favicon() -> Response {
    let mut response = StatusCode::MOVED_PERMANENTLY.into_response();
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::try_from(mark_href()).unwrap_or(HeaderValue::from_static("/")));
    response
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// Their routes.
pub fn routes() -> Routes {
    Routes::new().get("/tai-nguyen/{name}", Who::Public, serve).get("/favicon.ico", Who::Public, favicon).get(
        "/robots.txt",
        Who::Public,
        robots,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_and_the_script_stay_small() {
        assert!(style_sheet().len() < 24 * 1024, "style sheet: {} bytes", style_sheet().len());
        assert!(script().len() < 8 * 1024, "script: {} bytes", script().len());
    }

    #[test]
    fn the_sheet_keeps_to_the_browser_floor() {
        let css = style_sheet();
        for banned in [
            ":has(",
            "color-mix(",
            "@container",
            "light-dark(",
            "@layer",
            "subgrid",
            "&:",
            "http:",
            "https:",
            "@import",
        ] {
            assert!(!css.contains(banned), "{banned} is beyond Chrome 109 / Safari 15, or from elsewhere");
        }
        assert_eq!(css.matches('{').count(), css.matches('}').count());
    }

    #[test]
    fn the_script_evaluates_nothing() {
        for banned in ["eval(", "new Function", "document.write", "insertAdjacentHTML", "innerHTML", "http:", "https:"]
        {
            for text in [SCRIPT.bytes.as_slice(), PICKER.bytes.as_slice()] {
                assert!(!String::from_utf8_lossy(text).contains(banned), "{banned}");
            }
        }
    }
}
