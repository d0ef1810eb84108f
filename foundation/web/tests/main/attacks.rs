//! Bodies made to cost memory or time: packed ones, thousands of fields, endless parts.

use crate::world::{Answer, World, build, components};
use axum::body::Body;
use testkit::TestPlatform;

async fn world() -> (World, String, String) {
    world_of(TestPlatform::sqlite(components()).await).await
}

async fn world_of(t: TestPlatform) -> (World, String, String) {
    let world = World::new(t.into(), false).await;
    let session = world.session().await;
    let guard = web::csrf::value(&session);
    (world, format!("lt_session={session}"), guard)
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_bodies_are_refused_before_they_are_read() {
    let (world, cookie, guard) = world().await;
    let ask = |path: &'static str, kind: &'static str, coding: &'static str, body: &'static str| {
        let headers = [
            ("cookie", cookie.as_str()),
            ("x-csrf-token", &guard),
            ("content-type", kind),
            ("content-encoding", coding),
        ];
        world.ask(build("POST", path, &headers, Body::from(body)))
    };
    for coding in ["gzip", "br", "deflate", "zstd", "x", "identity, gzip", "GZIP"] {
        for (path, kind, body) in [
            ("/api/v1/items", "application/json", r#"{"name":"a","count":1}"#),
            ("/thu", "application/x-www-form-urlencoded", "subject=a"),
        ] {
            let answer = ask(path, kind, coding, body).await;
            assert_eq!(answer.status, 415, "{path} {coding}: {}", answer.text());
        }
    }
    let plain = ask("/api/v1/items", "application/json", "identity", r#"{"name":"a","count":1}"#).await;
    assert_eq!(plain.status, 200, "{}", plain.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_bounded_in_number() {
    let (world, cookie, guard) = world().await;
    let form = |count: usize| format!("_csrf={guard}&subject=a{}", "&u=".repeat(count));
    assert_eq!(world.post("/thu", &[("cookie", &cookie)], &form(4000)).await.status, 303);
    assert_eq!(world.post("/thu", &[("cookie", &cookie)], &form(5000)).await.status, 413);
    // The same name a hundred thousand times, and a hundred thousand names, in JSON.
    for many in [r#""name":"b","#.repeat(50_000), (0..50_000).map(|n| format!("\"{n}\":1,")).collect()] {
        let body = format!("{{{many}\"name\":\"a\",\"count\":1}}");
        let headers = [("cookie", cookie.as_str()), ("x-csrf-token", &guard), ("content-type", "application/json")];
        let begin = std::time::Instant::now();
        let answer = world.ask(build("POST", "/api/v1/items", &headers, Body::from(body))).await;
        assert!(answer.status.is_success() || answer.status.is_client_error(), "{}", answer.status);
        assert!(begin.elapsed().as_secs() < 5, "in time that grows with the length alone");
    }
}

async fn parts(world: &World, cookie: &str, guard: &str, count: usize, size: usize) -> Answer {
    let part =
        |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let mut body = part("_csrf", guard);
    let value = "a".repeat(size);
    (0..count).for_each(|n| body.push_str(&part(&n.to_string(), &value)));
    body.push_str("--x--\r\n");
    let headers = [("cookie", cookie), ("content-type", "multipart/form-data; boundary=x")];
    world.ask(build("POST", "/tep", &headers, Body::from(body))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_bounded_in_number_and_together() {
    let (world, cookie, guard) = world().await;
    assert_eq!(parts(&world, &cookie, &guard, 100, 100).await.status, 200);
    assert_eq!(parts(&world, &cookie, &guard, 5000, 0).await.status, 413, "each is small");
    // Each field is within its own limit; together they would fill the memory.
    assert_eq!(parts(&world, &cookie, &guard, 20, 200 << 10).await.status, 413);
    // A file is streamed to the store, so it may be larger than any form without one.
    let head = format!("--x\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\n{guard}\r\n--x\r\n");
    let file = "content-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
    let body = format!("{head}{file}{}\r\n--x--\r\n", "a".repeat(3 << 20));
    let headers = [("cookie", cookie.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    let answer = world.ask(build("POST", "/tep", &headers, Body::from(body))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_bounded_together() {
    let t = TestPlatform::sqlite_with(components(), |config| config.limits.form_bytes = 1 << 20).await;
    let (world, cookie, guard) = world_of(t).await;
    let upload = |sizes: &[usize]| {
        let mut body = format!("--x\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\n{guard}\r\n");
        for size in sizes {
            body.push_str("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n");
            body.push_str(&"a".repeat(*size));
            body.push_str("\r\n");
        }
        body.push_str("--x--\r\n");
        let headers = [("cookie", cookie.as_str()), ("content-type", "multipart/form-data; boundary=x")];
        build("POST", "/tep", &headers, Body::from(body))
    };
    assert_eq!(world.ask(upload(&[500 << 10, 500 << 10])).await.status, 200);
    assert_eq!(world.ask(upload(&[500 << 10, 500 << 10, 100 << 10])).await.status, 413, "each is small");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_begins_inside_a_value() {
    let (world, cookie, guard) = world().await;
    let nasty = "a%0d%0aSet-Cookie:%20x=y%0d%0a%0d%0a%3cscript%3e";
    for path in [
        format!("/tro-giup?q={nasty}"),
        format!("/{nasty}"),
        format!("/dang-nhap?tiep=/{nasty}"),
        format!("/loi/{nasty}"),
    ] {
        let answer = world.get(&path, &[("cookie", &cookie)]).await;
        let all: Vec<_> = answer.headers.iter().filter(|(_, v)| v.as_bytes().starts_with(b"x=y")).collect();
        assert!(all.is_empty(), "{path}: {all:?}");
        assert!(!answer.text().contains("<script>"), "{path}");
    }
    // The subject comes back in the message of the next page, which travels in a cookie.
    let answer = world.post("/thu", &[("cookie", &cookie)], &format!("_csrf={guard}&subject={nasty}")).await;
    assert_eq!(answer.status, 303);
    for (_, value) in answer.headers.iter().filter(|(name, _)| *name == "set-cookie") {
        let text = value.to_str().unwrap();
        assert!(!text.contains(['\r', '\n']) && !text.starts_with("x="), "{text}");
    }
}
