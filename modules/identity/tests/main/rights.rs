//! Who may: the committed table of routes, every route as each role of its own and of another agency.

use crate::world::{Browser, World, components, is_error};
use platform::access::Role;
use platform::directory::Rank;
use testkit::{TestPlatform, on_each_platform};
use web::Who;

/// A route that is added, or opened to others, must be seen in review.
#[test]
fn the_table_of_routes_is_as_committed() {
    let module = identity::module();
    let table: Vec<String> = module.routes.rules().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(table.join("\n"));
}

async fn status(browser: &Browser, method: &str, path: &str, guard: &str) -> u16 {
    if method == "GET" {
        return browser.get(path).await.status;
    }
    if path.starts_with("/api/") {
        return browser
            .ask(method, path, &[("content-type", "application/json"), ("x-csrf-token", guard)], "{}")
            .await
            .status;
    }
    browser.send_with(guard, path, &[]).await.status
}

#[tokio::test]
async fn without_the_right_no_route_opens() {
    let world = World::set_up(TestPlatform::sqlite(components()).await.into()).await;
    world.person("chuyen.vien", "H57", Rank::Staff, &[Role::Specialist]).await;
    world.person("van.thu", "H57", Rank::Staff, &[Role::RegistryClerk]).await;
    world.person("lanh.dao", "H57", Rank::Head, &[Role::Leader]).await;
    let public = world.browser();
    let public_guard = public.get("/dang-nhap").await.guard().to_owned();
    for username in ["chuyen.vien", "van.thu", "lanh.dao"] {
        let person = world.signed_in(username).await;
        let guard = person.get("/tai-khoan").await.guard().to_owned();
        for rule in identity::module().routes.rules() {
            let path = rule.path.replace("{code}", "H57").replace("{id}", "0192f0c1-0000-7000-8000-000000000000");
            if let Who::May(_) = rule.who {
                assert_eq!(status(&person, rule.method, &path, &guard).await, 403, "{username}: {rule}");
            }
            if !matches!(rule.who, Who::Public) {
                let got = status(&public, rule.method, &path, &public_guard).await;
                let to_door = if path.starts_with("/api/") { 401 } else { 303 };
                assert_eq!(got, to_door, "nobody: {rule}");
            }
        }
    }
}

#[tokio::test]
async fn an_administrator_reaches_what_lies_below_and_nothing_beside() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let below = world.person("noivu", "H57.09", Rank::Staff, &[Role::Administrator]).await;
        let beside = world.person("bo.nv", "G09", Rank::Staff, &[Role::Administrator]).await;
        let above = world.signed_in("quan.tri").await;
        let page = |somebody: &crate::world::Somebody| format!("/quan-tri/nguoi/{}", somebody.person);
        assert_eq!(above.get(&page(&below)).await.status, 200);
        assert_eq!(above.get("/quan-tri/co-quan/H57.09").await.status, 200);
        for path in [
            "/quan-tri/co-quan/G09".to_owned(),
            "/quan-tri/co-quan/G09/sua".to_owned(),
            "/quan-tri/co-quan/G09/nguoi/moi".to_owned(),
            page(&beside),
            format!("/quan-tri/vi-tri/{}", beside.position),
        ] {
            let status = above.get(&path).await.status;
            assert!(matches!(status, 403 | 404), "{path}: {status}");
        }
        let guard = above.get("/tai-khoan").await.guard().to_owned();
        let account = beside.account;
        for (path, fields) in [
            (format!("/quan-tri/tai-khoan/{account}/khoa"), vec![]),
            (format!("/quan-tri/tai-khoan/{account}/lien-ket"), vec![]),
            (format!("/quan-tri/tai-khoan/{account}/bo-ma-xac-thuc"), vec![]),
            (format!("/quan-tri/nguoi/{}/tai-khoan", beside.person), vec![("username", "xyz")]),
            (
                format!("/quan-tri/vi-tri/{}", beside.position),
                vec![("title", "x"), ("roles", "leader"), ("valid_from", "1/1/2021")],
            ),
            (
                format!("/quan-tri/nguoi/{}/vi-tri", below.person),
                vec![("agency", "G09"), ("title", "x"), ("roles", "administrator"), ("valid_from", "1/1/2021")],
            ),
            ("/quan-tri/co-quan".to_owned(), vec![("code", "G10"), ("name", "x"), ("valid_from", "1/1/2021")]),
            ("/quan-tri/co-quan/G09/don-vi".to_owned(), vec![("name", "x"), ("valid_from", "1/1/2021")]),
        ] {
            let answer = above.send_with(&guard, &path, &fields).await;
            assert!(matches!(answer.status, 403 | 404), "{path}: {} {}", answer.status, answer.text);
        }
        let from_below = world.signed_in("noivu").await;
        assert_eq!(from_below.get("/quan-tri/co-quan/H57.09").await.status, 200);
        assert_eq!(from_below.get("/quan-tri/co-quan/H57").await.status, 403, "nobody reaches upwards");
        let guard = from_below.get("/tai-khoan").await.guard().to_owned();
        let operator = [("title", "x"), ("roles", "operator"), ("valid_from", "1/1/2021"), ("version", "1")];
        let own = format!("/quan-tri/vi-tri/{}", below.position);
        let raised = from_below.send_with(&guard, &own, &operator).await;
        assert_eq!(raised.status, 403, "the server's own rights are not an agency's to give");
        world.t.settle().await;
    })
    .await;
}

/// One `h1`, headings in order, nothing that the strict policy forbids, in both languages.
#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let world = World::set_up(TestPlatform::sqlite(components()).await.into()).await;
    let somebody = world.person("chuyen.vien", "H57", Rank::Staff, &[Role::Specialist]).await;
    let admin = world.signed_in("quan.tri").await;
    for lang in ["vi", "en"] {
        admin.get(&format!("/ngon-ngu/{lang}")).await;
        for path in [
            "/tai-khoan".to_owned(),
            "/tai-khoan/mat-khau".to_owned(),
            "/tai-khoan/ma-xac-thuc".to_owned(),
            "/tai-khoan/ma-xac-thuc/tat".to_owned(),
            "/tai-khoan/vi-tri".to_owned(),
            "/quan-tri".to_owned(),
            "/quan-tri/co-quan".to_owned(),
            "/quan-tri/co-quan-moi".to_owned(),
            "/quan-tri/co-quan/H57".to_owned(),
            "/quan-tri/co-quan/H57/sua".to_owned(),
            "/quan-tri/co-quan/H57/don-vi/moi".to_owned(),
            "/quan-tri/co-quan/H57/nguoi/moi".to_owned(),
            "/quan-tri/co-quan/H57/uy-quyen/moi".to_owned(),
            "/quan-tri/co-quan/H57/he-thong/moi".to_owned(),
            format!("/quan-tri/nguoi/{}", somebody.person),
            format!("/quan-tri/nguoi/{}/sua", somebody.person),
            format!("/quan-tri/nguoi/{}/vi-tri/moi", somebody.person),
            format!("/quan-tri/nguoi/{}/tai-khoan/moi", somebody.person),
            format!("/quan-tri/vi-tri/{}", somebody.position),
            "/quan-tri/su-kien".to_owned(),
        ] {
            let page = admin.get(&path).await;
            assert!(!is_error(page.status), "{path}: {}", page.status);
            assert!(page.text.contains(&format!("<html lang=\"{lang}\"")), "{path}");
            assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
            assert!(!page.text.contains(" style=\""), "{path}");
            assert!(!page.text.contains("template fault"), "{path}");
            if lang == "en" {
                let main = page.text.split("<main").nth(1).unwrap();
                for word in ["Quay lại", "Lưu<", "Cơ quan<", "Chức vụ<"] {
                    assert!(!main.contains(word), "{path} still says {word}");
                }
            }
        }
    }
}
