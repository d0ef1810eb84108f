//! How often one asker may call: accounts, systems and addresses each by themselves, through HTTP.

use crate::world::{Answer, World, build, components};
use axum::body::Body;
use axum::extract::ConnectInfo;
use base::AgencyCode;
use platform::access::Act;
use platform::accounts;
use platform::ledger::Actor;
use std::net::SocketAddr;
use testkit::TestPlatform;

async fn world(account: u32, system: u32, address: u32) -> World {
    let platform = TestPlatform::sqlite_with(components(), |config| {
        config.limits.account_requests_per_minute = account;
        config.limits.system_requests_per_minute = system;
        config.limits.address_requests_per_minute = address;
    });
    World::new(platform.await.into(), false).await
}

async fn from(world: &World, address: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = build("GET", path, headers, Body::empty());
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 50_000)));
    world.ask(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_held_up_alone_and_told_for_how_long() {
    let world = world(100, 100, 5).await;
    for _ in 0..5 {
        assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[]).await.status, 422);
    }
    let refused = from(&world, "192.0.2.1", "/api/v1/refuse", &[]).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "12"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let problem = refused.json();
    assert_eq!(problem["code"], "web.too-many");
    let hint = problem["messages"]["en"].as_str().unwrap();
    assert!(hint.contains("limit is 5 a minute") && hint.contains("in 12 seconds"), "{hint}");
    let page = from(&world, "192.0.2.1", "/tro-giup", &[("accept", "text/html")]).await;
    assert_eq!(page.status, 429);
    assert!(page.text().contains("5 yêu cầu mỗi phút"), "people are told on a page");

    assert_eq!(from(&world, "192.0.2.2", "/api/v1/refuse", &[]).await.status, 422, "another address is not concerned");
    let session = format!("lt_session={}", world.session().await);
    let signed_in = from(&world, "192.0.2.1", "/thu", &[("cookie", &session)]).await;
    assert_eq!(signed_in.status, 200, "whoever is signed in behind the same address works on");
    let forged = from(&world, "192.0.2.1", "/api/v1/refuse", &[("x-forwarded-for", "192.0.2.9")]).await;
    assert_eq!(forged.status, 429, "nobody chooses his own address");
    let invented = from(&world, "192.0.2.1", "/api/v1/refuse", &[("authorization", "Bearer lt_x")]).await;
    assert_eq!(invented.status, 429, "an invented token is a stranger's");

    world.t.clock.advance_seconds(12);
    assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[]).await.status, 422);
    assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[]).await.status, 429);
    let limited = world.t.platform.metrics().value("lienthong_http_limited_total", &[("of", "address")]);
    assert_eq!(limited, Some(5.0));
    world.t.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_one_budget_whatever_its_sessions_and_addresses() {
    let world = world(4, 100, 100).await;
    let (one, two) = (world.session().await, world.session().await);
    for n in 0..4 {
        let session = format!("lt_session={}", if n % 2 == 0 { &one } else { &two });
        assert_eq!(from(&world, &format!("192.0.2.{n}"), "/thu", &[("cookie", &session)]).await.status, 200);
    }
    let session = format!("lt_session={one}");
    let refused = from(&world, "192.0.2.50", "/thu", &[("cookie", &session)]).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "15"));
    assert_eq!(from(&world, "192.0.2.50", "/tro-giup", &[]).await.status, 200, "strangers there are not concerned");
    world.t.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_and_signed_requests_have_the_rate_of_systems() {
    let world = world(100, 3, 1).await;
    let agency = AgencyCode::parse("H57").unwrap();
    let mut tokens = Vec::new();
    for name in ["Một cửa", "Hộ tịch"] {
        let act = Act::new(&world.t.platform, Actor::Server);
        tokens.push(
            accounts::system_register(&world.t.platform, &act, name, std::slice::from_ref(&agency)).await.unwrap().1,
        );
    }
    let bearer = format!("Bearer {}", tokens[0]);
    for _ in 0..3 {
        assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[("authorization", &bearer)]).await.status, 422);
    }
    assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[("authorization", &bearer)]).await.status, 429);
    let other = format!("Bearer {}", tokens[1]);
    assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[("authorization", &other)]).await.status, 422);
    for _ in 0..3 {
        assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[("signature-input", "x")]).await.status, 422);
    }
    assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[("signature-input", "x")]).await.status, 429);
    for of in ["system", "signed"] {
        assert_eq!(world.t.platform.metrics().value("lienthong_http_limited_total", &[("of", of)]), Some(1.0), "{of}");
    }
    world.t.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nought_switches_a_limit_off() {
    let world = world(0, 0, 0).await;
    for _ in 0..50 {
        assert_eq!(from(&world, "192.0.2.1", "/api/v1/refuse", &[]).await.status, 422);
    }
    world.t.platform.shutdown().await;
}
