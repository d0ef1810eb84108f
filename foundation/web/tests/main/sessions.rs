//! Who may: sessions, guard values, forms whose session lapsed, return paths, bearer tokens, the table of routes.

use crate::world::{World, build, components};
use axum::body::Body;
use testkit::on_each_platform;
use web::Who;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_comes_in_and_acts() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let out = world.get("/thu?trang=2", &[("accept", "text/html")]).await;
        assert_eq!((out.status.as_u16(), out.location()), (303, "/dang-nhap?tiep=%2Fthu%3Ftrang%3D2"));
        let session = format!("lt_session={}", world.session().await);
        let page = world.get("/thu", &[("cookie", &session)]).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(text.contains("xin chào Trần Quốc Bảo"));
        assert!(text.contains("Việc thử<span aria-hidden=\"true\">7</span>"), "the count of the section");
        assert!(text.contains("Sổ cái"), "the size of the ledger");
        assert!(text.contains("Dữ liệu thực hành"), "practice data is marked");
        let guard = page.guard();
        let done =
            world.post("/thu", &[("cookie", &session)], &format!("_csrf={guard}&subject=B%C3%A1o&unit=a&unit=b")).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/thu"));
        let flash = done.cookie("lt_flash").expect("a message");
        let said = world.get("/thu", &[("cookie", &format!("{session}; {flash}"))]).await;
        assert!(said.text().contains("role=\"status\""));
        assert!(
            said.text().contains("Báo [&quot;a&quot;, &quot;b&quot;]") || said.text().contains("Báo [&#34;a&#34;"),
            "shown once, escaped"
        );
        assert!(said.headers.get_all("set-cookie").iter().any(|c| c.to_str().unwrap().starts_with("lt_flash=;")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_guard_changes_nothing() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let session = format!("lt_session={}", world.session().await);
        let guard = world.get("/thu", &[("cookie", &session)]).await.guard();
        let other = format!("lt_session={}", world.session().await);
        let good = format!("_csrf={guard}&subject=a");
        for (what, cookie, extra, form) in [
            ("no guard", &session, None, "subject=a"),
            ("empty guard", &session, None, "_csrf=&subject=a"),
            ("wrong guard", &session, None, "_csrf=AAAA&subject=a"),
            ("another session's guard", &other, None, good.as_str()),
            ("sent by another site", &session, Some(("sec-fetch-site", "cross-site")), good.as_str()),
            ("sent by a sister site", &session, Some(("sec-fetch-site", "same-site")), good.as_str()),
        ] {
            let mut headers = vec![("cookie", cookie.as_str())];
            headers.extend(extra);
            let answer = world.post("/thu", &headers, form).await;
            assert_eq!(answer.status, 403, "{what}");
            assert!(answer.text().contains("web.form.guard"), "{what}");
        }
        let fine = world.post("/thu", &[("cookie", &session), ("sec-fetch-site", "same-origin")], &good).await;
        assert_eq!(fine.status, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_has_a_guard_too() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let page = world.get("/tro-giup", &[]).await;
        let visitor = page.cookie("lt_visitor").expect("bound to the browser");
        let form = format!("_csrf={}&giao_dien=dark&tiep=//evil.example", page.guard());
        assert_eq!(world.post("/hien-thi", &[], &form).await.status, 403, "another browser");
        let done = world.post("/hien-thi", &[("cookie", &visitor)], &form).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/"), "never away from here");
        assert_eq!(done.cookie("lt_theme").as_deref(), Some("lt_theme=dark"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_survives_its_session() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let old = format!("lt_session={}", world.session().await);
        let visitor = "lt_visitor=thisbrowser";
        let both = format!("{old}; {visitor}");
        let guard = world.get("/thu", &[("cookie", &both)]).await.guard();
        world.t.clock.advance_seconds(3 * 24 * 3600);
        let form = format!("_csrf={guard}&subject=D%E1%BB%B1+th%E1%BA%A3o&unit=a&unit=b");
        let answer = world.post("/thu", &[("cookie", &both)], &form).await;
        assert_eq!(answer.status, 303);
        let to = answer.location().strip_prefix("/dang-nhap?tiep=").unwrap().replace("%2F", "/").replace("%2D", "-");
        let to = to.replace("%5F", "_");
        assert!(to.starts_with("/bieu-mau-giu/"), "{to}");
        let new = format!("lt_session={}; {visitor}", world.session().await);
        let kept = world.get(&to, &[("cookie", &new)]).await;
        let text = kept.text();
        assert_eq!(kept.status, 200, "{text}");
        for expected in
            ["action=\"/thu\"", "value=\"Dự thảo\"", "name=\"unit\" value=\"a\"", "name=\"unit\" value=\"b\""]
        {
            assert!(text.contains(expected), "{expected}");
        }
        assert_ne!(kept.guard(), guard, "with the new session's guard");
        let elsewhere = world.get(&to, &[("cookie", &new.replace("thisbrowser", "another"))]).await;
        assert_eq!(elsewhere.status, 410, "only in the same browser");
        let forged = world.post("/thu", &[("cookie", &both)], "_csrf=wrong&subject=x").await;
        assert_eq!(forged.location(), "/dang-nhap?tiep=%2F", "a form of another site is not kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_files_survives_its_session_and_asks_for_the_files_again() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let both = format!("lt_session={}; lt_visitor=thisbrowser", world.session().await);
        let guard = world.get("/thu", &[("cookie", &both)]).await.guard();
        world.t.clock.advance_seconds(3 * 24 * 3600);
        let part =
            |head: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n");
        let body = |guard: &str| {
            [
                part("name=\"_csrf\"", guard),
                part("name=\"subject\"", "Dự thảo"),
                part("name=\"files\"; filename=\"../quyet-dinh.pdf\"", &"%PDF".repeat(100_000)),
                part("name=\"files\"; filename=\"bieu.xlsx\"", "PK"),
                part("name=\"note\"", "sau tệp"),
                "--b--\r\n".to_owned(),
            ]
            .concat()
        };
        let send = async |guard: &str| {
            let body = body(guard);
            let length = body.len().to_string();
            let headers = [
                ("cookie", both.as_str()),
                ("content-type", "multipart/form-data; boundary=b"),
                ("content-length", length.as_str()),
            ];
            world.ask(build("POST", "/thu", &headers, Body::from(body))).await
        };
        let to = send(&guard).await.location().replace("%2F", "/").replace("%2D", "-").replace("%5F", "_");
        let to = to.strip_prefix("/dang-nhap?tiep=").unwrap().to_owned();
        assert!(to.starts_with("/bieu-mau-giu/"), "{to}");
        let new = format!("lt_session={}; lt_visitor=thisbrowser", world.session().await);
        let text = world.get(&to, &[("cookie", &new)]).await.text();
        for expected in [
            "enctype=\"multipart/form-data\"",
            "name=\"subject\" value=\"Dự thảo\"",
            "name=\"note\" value=\"sau tệp\"",
            "quyet-dinh.pdf, bieu.xlsx",
            "type=\"file\" name=\"files\"",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(!text.contains(".."), "names lose their folders");
        assert_eq!(send("wrong").await.location(), "/dang-nhap?tiep=%2F", "a form of another site is not kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switches_lead_back_here_only() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        for (asked, to) in [
            ("/ngon-ngu/en?tiep=/thu%3Fa%3D1", "/thu?a=1"),
            ("/ngon-ngu/en?tiep=//evil.example", "/"),
            ("/ngon-ngu/en?tiep=https://evil.example", "/"),
            ("/ngon-ngu/en?tiep=/%5Cevil.example", "/"),
            ("/ngon-ngu/en", "/"),
        ] {
            let answer = world.get(asked, &[]).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, to), "{asked}");
            assert_eq!(answer.cookie("lt_lang").as_deref(), Some("lt_lang=en"));
        }
        assert_eq!(world.get("/ngon-ngu/fr", &[]).await.status, 404);
        let english = world.get("/tro-giup", &[("cookie", "lt_lang=en")]).await;
        assert!(english.text().contains("<html lang=\"en\"") && english.text().contains("Keyboard shortcuts"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interfaces_want_a_credential() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let session = world.session().await;
        let (bearer, cookie) = (format!("Bearer {session}"), format!("lt_session={session}"));
        let call = |headers: Vec<(&'static str, String)>| {
            let mut all = vec![("content-type".to_owned(), "application/json".to_owned())];
            all.extend(headers.into_iter().map(|(n, v)| (n.to_owned(), v)));
            let pairs: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            world.ask(build("POST", "/api/v1/items", &pairs, Body::from(r#"{"name":"a","count":1}"#)))
        };
        let none = call(vec![]).await;
        assert_eq!((none.status.as_u16(), none.json()["code"].as_str()), (401, Some("web.credential-required")));
        assert!(none.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(call(vec![("authorization", "Bearer nonsense".into())]).await.status, 401);
        assert_eq!(call(vec![("authorization", bearer)]).await.status, 200);
        assert_eq!(call(vec![("cookie", cookie.clone())]).await.status, 403, "a browser adds the cookie by itself");
        let guard = web::csrf::value(&session);
        assert_eq!(call(vec![("cookie", cookie), ("x-csrf-token", guard)]).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_keeps_its_rule() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let session = format!("lt_session={}", world.session().await);
        assert!(world.app.rules().len() > 15);
        for rule in world.app.rules() {
            let path = rule.path.replace("{name}", "x").replace("{lang}", "vi").replace("{code}", "x");
            let path = path.replace("{id}", "x").replace("{page}", "loi");
            let ask = |cookie: String| {
                world.ask(build(
                    rule.method,
                    &path,
                    &[("accept", "application/json"), ("cookie", &cookie)],
                    Body::empty(),
                ))
            };
            let stranger = ask(String::new()).await;
            match rule.who {
                Who::Public | Who::Peer => assert_ne!(stranger.status, 401, "{rule}"),
                _ => assert_eq!(stranger.status, 401, "{rule}"),
            }
            let person = ask(session.clone()).await;
            match rule.who {
                // The administrator may not seal.
                Who::May(_) => assert_eq!(person.status, 403, "{rule}"),
                Who::System => assert_eq!(person.status, 403, "{rule}"),
                _ => assert_ne!(person.status, 401, "{rule}"),
            }
        }
    })
    .await;
}
