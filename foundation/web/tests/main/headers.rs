//! Headers of every answer, assets that stay, packed answers, and what only the administrators' listener tells.

use crate::world::{Answer, World, build, components};
use axum::body::Body;
use std::io::Read;
use testkit::TestPlatform;
use tower::ServiceExt;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_closed_in() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), true).await;
    let session = format!("__Host-lt_session={}", world.session().await);
    for (path, cookie, cache) in [
        ("/tro-giup", "", "private, no-cache"),
        ("/thu", session.as_str(), "no-store"),
        ("/khong-co", "", "private, no-cache"),
        ("/hong", "", "private, no-cache"),
        ("/api/v1/refuse", "", "private, no-cache"),
    ] {
        let answer = world.get(path, &[("cookie", cookie), ("accept", "text/html")]).await;
        let policy = answer.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(directive), "{path}: {directive} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
        assert_eq!(answer.header("cache-control"), cache, "{path}");
        assert!(answer.header("x-request-id").len() >= 12);
    }
    let plain = format!("lt_session={}", session.rsplit('=').next().unwrap());
    assert_eq!(
        world.get("/thu", &[("cookie", &plain), ("accept", "text/html")]).await.status,
        303,
        "only the bound cookie counts"
    );
    let visitor = world.get("/tro-giup", &[]).await;
    let cookie = visitor.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-lt_visitor=") && cookie.contains("Secure") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_stay_for_ever_under_their_hash() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), false).await;
    for (name, bytes) in web::assets::all() {
        let path = format!("/tai-nguyen/{name}");
        let answer = world.get(&path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.as_slice()), (200, bytes), "{name}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(answer.headers.get("set-cookie").is_none());
        let again = world.get(&path, &[("if-none-match", answer.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    }
    assert_eq!(world.get("/tai-nguyen/style.000000000000.css", &[]).await.status, 404);
    let page = world.get("/tro-giup", &[("cookie", "lt_theme=dark")]).await.text();
    assert!(page.contains(&web::assets::style_href(platform::accounts::Theme::Dark)));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_packed() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), false).await;
    let answer = world.get("/thu-vien-giao-dien", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(answer.bytes.as_slice()).read_to_string(&mut text).unwrap();
    assert!(text.contains("Thư viện giao diện"));
    assert!(answer.bytes.len() * 3 < text.len(), "{} of {}", answer.bytes.len(), text.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_administrators() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), false).await;
    world.get("/tro-giup?q=Nguyen", &[]).await;
    assert_eq!(world.get("/metrics", &[]).await.status, 404);
    assert_eq!(world.get("/readyz", &[]).await.text(), "ready\n");
    let admin = |path: &'static str| async {
        Answer::of(world.admin.clone().oneshot(build("GET", path, &[], Body::empty())).await.unwrap()).await
    };
    let metrics = admin("/metrics").await.text();
    assert!(metrics.contains("lienthong_http_requests_total{") && metrics.contains("route=\"/tro-giup\""), "{metrics}");
    assert!(!metrics.contains("Nguyen"));
    assert!(admin("/healthz").await.json()["checks"].is_array());
    assert_eq!(world.get("/api/openapi.json", &[]).await.json()["openapi"].as_str().map(|v| &v[..3]), Some("3.1"));
}
