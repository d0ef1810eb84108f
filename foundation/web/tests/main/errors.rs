//! Errors: problem documents and pages, in both languages, with field and article.

use crate::world::{World, build, components};
use axum::body::Body;
use testkit::{TestPlatform, on_each_platform};

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_problem_documents_in_both_languages() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        for (accept, title, detail) in
            [("vi", "Mã H57.04 đã đóng.", "Dùng mã H57.09."), ("en", "Code H57.04 is closed.", "Use H57.09.")]
        {
            let answer = world.get("/api/v1/refuse", &[("accept-language", accept)]).await;
            assert_eq!(answer.status, 422);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.header("content-language"), accept);
            let problem = answer.json();
            assert_eq!(problem["type"], "/loi/test.subject.closed");
            assert_eq!((problem["title"].as_str(), problem["detail"].as_str()), (Some(title), Some(detail)));
            assert_eq!(problem["status"], 422);
            assert_eq!(problem["basis"]["document"], "QĐ 20/2020/QĐ-TTg");
            assert_eq!(problem["errors"][0]["field"], "to");
            assert_eq!(problem["errors"][0]["en"], "Needs an open code.");
            assert_eq!(problem["messages"]["vi"], "Mã H57.04 đã đóng. Dùng mã H57.09.");
            assert_eq!(problem["instance"], format!("urn:request:{}", answer.header("x-request-id")));
        }
        let page = world.get("/tu-choi", &[("accept", "text/html")]).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (422, "text/html; charset=utf-8"));
        let text = page.text();
        for expected in ["Mã H57.04 đã đóng.", "Điều 4", "Cần mã còn dùng.", "/loi/test.subject.closed", "lang=\"vi\""]
        {
            assert!(text.contains(expected), "{expected}");
        }
        let entry = world.get("/loi/test.subject.closed?x=1", &[("accept-language", "en")]).await;
        assert_eq!(entry.status, 200);
        assert!(entry.text().contains("Use H57.09."));
        assert!(world.get("/loi", &[]).await.text().contains("web.form.guard"), "the catalogue lists every component");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_library_have_the_same_form() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), false).await;
    for (method, path, status, code) in [
        ("GET", "/api/v1/nothing", 404, "web.not-found"),
        ("DELETE", "/api/v1/items", 405, "web.request.method"),
        ("GET", "/api/v1/items", 405, "web.request.method"),
    ] {
        let answer = world.ask(build(method, path, &[], Body::empty())).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert_eq!(answer.json()["code"], code);
        if status == 405 {
            assert_eq!(answer.header("allow"), "POST");
        }
    }
    let page = world.get("/khong-co", &[("accept", "text/html")]).await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("<h1>Không có trang hoặc hồ sơ này"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_becomes_a_fault_without_details() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), false).await;
    let answer = world.get("/hong", &[("accept", "application/json")]).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["code"], "web.fault");
    assert!(!answer.text().contains("Nguyễn"), "what happened stays in the log");
    assert_eq!(world.get("/healthz", &[]).await.status, 200, "and the server goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_bounded_and_explained() {
    let world = World::new(TestPlatform::sqlite(components()).await.into(), false).await;
    let session = world.session().await;
    let bearer = format!("Bearer {session}");
    let call = |kind: &'static str, body: String| {
        world.ask(build(
            "POST",
            "/api/v1/items",
            &[("authorization", &bearer), ("content-type", kind)],
            Body::from(body),
        ))
    };
    let good = call("application/json", r#"{"name":"a","count":1}"#.into()).await;
    assert_eq!((good.status.as_u16(), good.json()["count"].as_i64()), (200, Some(2)));
    for (kind, body, status, code) in [
        ("text/plain", "x".to_owned(), 415, "web.request.media-type"),
        ("application/json", "{".to_owned(), 400, "web.request.malformed"),
        ("application/json", r#"{"name":"a","count":-1}"#.to_owned(), 422, "web.form.fields"),
        ("application/json", format!("\"{}\"", "a".repeat(2 * 1024 * 1024)), 413, "web.request.too-large"),
    ] {
        let answer = call(kind, body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)));
    }
    let problem = call("application/json", r#"{"name":"a","count":-1}"#.into()).await.json();
    assert!(problem["errors"][0]["field"].as_str().unwrap().starts_with("line 1, column"), "{problem}");
}
