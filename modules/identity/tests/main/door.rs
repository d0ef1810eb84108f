//! The door: set-up, sign-in in one and two steps, the way back, lock-out, sign-out, the acting-as switch.

use crate::world::{PASSWORD, World, components};
use platform::access::{Act, Permission, Role};
use platform::accounts;
use platform::directory::{self, Delegation, Rank};
use platform::ledger::Actor;
use testkit::on_each_platform;

#[tokio::test]
async fn the_first_administrator_sets_the_server_up_by_hand() {
    on_each_platform(components, |t| async move {
        let world = World::new(t).await;
        let browser = world.browser();
        let door = browser.get("/dang-nhap").await;
        assert!(door.text.contains("chưa có người quản trị"), "{}", door.text);
        let token = accounts::setup_link(&world.t.platform).await.unwrap().unwrap();
        let path = identity::link_path(&token);
        let empty = browser.send(&path, &path, &[("agency", "Huế"), ("password", "a"), ("again", "b")]).await;
        assert_eq!(empty.status, 422);
        for field in ["f-agency-e", "f-again-e"] {
            assert!(empty.text.contains(field), "{field}");
        }
        let mut fields = vec![
            ("agency", "000.00.00.H57"),
            ("agency_name", "Ủy ban nhân dân thành phố Huế"),
            ("abbreviation", "UBND"),
            ("full_name", "Trần Quản Trị"),
            ("username", "quan.tri"),
            ("password", "matkhau 123"),
            ("again", "matkhau 123"),
        ];
        let weak = browser.send(&path, &path, &fields).await;
        assert_eq!(weak.status, 422);
        assert!(weak.text.contains("Quá dễ đoán") && weak.text.contains("value=\"Trần Quản Trị\""), "{}", weak.text);
        assert!(!weak.text.contains("matkhau 123"), "a password is never sent back");
        fields[5].1 = PASSWORD;
        fields[6].1 = PASSWORD;
        let done = browser.send(&path, &path, &fields).await;
        assert_eq!((done.status, done.location()), (303, "/dang-nhap"), "{}", done.text);
        assert_eq!(browser.get(&path).await.status, 410);
        let signed_in = browser.sign_in("Quan.Tri", PASSWORD, "/quan-tri/co-quan?q=Hue").await;
        assert_eq!((signed_in.status, signed_in.location()), (303, "/quan-tri/co-quan?q=Hue"), "{}", signed_in.text);
        let home = browser.get("/quan-tri").await;
        assert_eq!(home.status, 200);
        assert!(home.text.contains("Ủy ban nhân dân thành phố Huế"));
        world.t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_sign_in_keeps_the_name_and_tells_nothing_else() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let browser = world.browser();
        let wrong = browser.sign_in("quan.tri", "sai mật khẩu", "/tai-khoan").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("value=\"quan.tri\"") && wrong.text.contains("value=\"/tai-khoan\""));
        let unknown = browser.sign_in("khong.ai", "sai mật khẩu", "/tai-khoan").await;
        let plain = |text: &str| text.replace("quan.tri", "").replace("khong.ai", "");
        let message = |text: &str| plain(text).split("<form").nth(1).unwrap_or_default().to_owned();
        assert_eq!(message(&wrong.text).len(), message(&unknown.text).len());
        for _ in 0..10 {
            browser.sign_in("quan.tri", "sai mật khẩu", "/").await;
        }
        let held_up = browser.sign_in("quan.tri", PASSWORD, "/").await;
        assert_eq!(held_up.status, 429);
        assert!(held_up.text.contains("Thử lại sau"), "{}", held_up.text);
        let api = browser
            .call("POST", "/api/v1/sessions", None, serde_json::json!({"username": "quan.tri", "password": PASSWORD}))
            .await;
        assert_eq!(api.status, 429);
        assert_eq!(api.json()["code"], "accounts.sign-in.too-many");
        assert!(api.headers.contains_key("retry-after"));
        let elsewhere = browser.sign_in("quan.tri", PASSWORD, "//evil.example").await;
        assert_eq!(elsewhere.status, 429);
    })
    .await;
}

#[tokio::test]
async fn only_paths_of_this_server_are_returned_to() {
    let world = World::set_up(testkit::TestPlatform::sqlite(components()).await.into()).await;
    for bad in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let answer = world.browser().sign_in("quan.tri", PASSWORD, bad).await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{bad}");
    }
    let again = world.signed_in("quan.tri").await.get("/dang-nhap?tiep=/tai-khoan").await;
    assert_eq!((again.status, again.location()), (303, "/tai-khoan"));
}

/// The code that a telephone would show for the base32 secret.
fn code_for(secret: &str, world: &World) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(world.t.now().micros() / 1_000_000).unwrap()).to_string()
}

#[tokio::test]
async fn one_time_codes_are_switched_on_used_and_switched_off() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let browser = world.signed_in("quan.tri").await;
        let begun = browser.send("/tai-khoan/ma-xac-thuc", "/tai-khoan/ma-xac-thuc", &[]).await;
        assert_eq!(begun.status, 303);
        let page = browser.get("/tai-khoan/ma-xac-thuc").await;
        assert!(page.text.contains("<svg role=\"img\" aria-label=\"Mã QR"), "{}", page.text);
        let secret = page.between("<b class=\"nw\">", "</b>").replace(' ', "");
        let wrong = browser.send("/tai-khoan/ma-xac-thuc", "/tai-khoan/ma-xac-thuc/xac-nhan", &[("code", "123")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("<svg role=\"img\""), "the same picture is shown again");
        let code = code_for(&secret, &world);
        let on = browser.send("/tai-khoan/ma-xac-thuc", "/tai-khoan/ma-xac-thuc/xac-nhan", &[("code", &code)]).await;
        assert_eq!(on.status, 200, "{}", on.text);
        assert_eq!(on.text.matches("<li class=\"num\">").count(), 10);
        let recovery = on.between("<li class=\"num\">", "</li>").to_owned();

        let second = world.browser();
        let step = second.sign_in("quan.tri", PASSWORD, "/tai-khoan").await;
        assert_eq!((step.status, step.location()), (303, "/dang-nhap/ma?tiep=/tai-khoan"));
        assert_eq!(second.get("/tai-khoan").await.status, 303, "the password alone does not let in");
        let fields = [("code", "000000"), ("tiep", "/tai-khoan")];
        let wrong = second.send(step.location(), "/dang-nhap/ma", &fields).await;
        assert_eq!(wrong.status, 422);
        let fields = [("code", recovery.as_str()), ("tiep", "/tai-khoan")];
        let inside = second.send(step.location(), "/dang-nhap/ma", &fields).await;
        assert_eq!((inside.status, inside.location()), (303, "/tai-khoan"), "{}", inside.text);
        assert!(second.get("/tai-khoan").await.text.contains("Đang bật"));

        let path = "/tai-khoan/ma-xac-thuc/tat";
        let off = second.send(path, path, &[("present", "sai")]).await;
        assert_eq!(off.status, 422);
        let off = second.send(path, path, &[("present", PASSWORD)]).await;
        assert_eq!(off.status, 303, "{}", off.text);
        world.signed_in("quan.tri").await;
        world.t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_ended_and_the_password_changed() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let (here, there) = (world.signed_in("quan.tri").await, world.signed_in("quan.tri").await);
        let page = here.get("/tai-khoan").await;
        assert_eq!(page.text.matches("Phiên này").count(), 1);
        let other = page.between("/tai-khoan/phien/", "/ket-thuc").to_owned();
        let ended = here.send("/tai-khoan", &format!("/tai-khoan/phien/{other}/ket-thuc"), &[]).await;
        assert_eq!(ended.status, 303);
        assert_eq!(there.get("/tai-khoan").await.status, 303);
        let there = world.signed_in("quan.tri").await;
        let fields = [("present", PASSWORD), ("password", "một mật khẩu khác hẳn"), ("again", "một mật khẩu khác hẳn")];
        let changed = here.send("/tai-khoan/mat-khau", "/tai-khoan/mat-khau", &fields).await;
        assert_eq!((changed.status, changed.location()), (303, "/tai-khoan"), "{}", changed.text);
        assert_eq!(here.get("/tai-khoan").await.status, 200);
        assert_eq!(there.get("/tai-khoan").await.status, 303);
        let out = here.send("/tai-khoan", "/dang-xuat", &[]).await;
        assert_eq!((out.status, out.location()), (303, "/dang-nhap"));
        assert_eq!(here.get("/tai-khoan").await.location(), "/dang-nhap?tiep=%2Ftai%2Dkhoan");
        world.t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn the_acting_as_switch_shows_and_takes_the_delegation() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let head = world.person("an.nv", "H57", Rank::Head, &[Role::Leader]).await;
        let deputy = world.person("binh.lt", "H57", Rank::UnitHead, &[Role::UnitHead]).await;
        let p = &world.t.platform;
        let delegation = Delegation {
            id: p.new_id(),
            from: head.position,
            to: deputy.position,
            agency: base::AgencyCode::parse("H57").unwrap(),
            permissions: vec![Permission::OutgoingSign],
            scope_note: "Ký giấy mời".to_owned(),
            written_basis: "12/GUQ-UBND".to_owned(),
            valid_from: "2026-11-01".parse().unwrap(),
            valid_to: "2026-12-31".parse().unwrap(),
            ended_on: None,
            version: 0,
        };
        let (act, id) = (Act::new(p, Actor::Server), delegation.id);
        p.db().write(move |tx| directory::delegation_grant(tx, &act, delegation.clone())).await.unwrap();
        let browser = world.signed_in("binh.lt").await;
        let list = browser.get("/tai-khoan/vi-tri").await;
        assert!(
            list.text.contains("TUQ. Chức vụ an.nv (Người an.nv)") && list.text.contains("31/12/2026"),
            "{}",
            list.text
        );
        let choice = format!("{}.{id}", deputy.position);
        let fields = [("vai_tro", choice.as_str()), ("tiep", "/tai-khoan")];
        let switched = browser.send("/tai-khoan/vi-tri", "/vai-tro", &fields).await;
        assert_eq!((switched.status, switched.location()), (303, "/tai-khoan"), "{}", switched.text);
        let account = browser.get("/tai-khoan").await;
        assert!(account.text.contains("Ký văn bản") && !account.text.contains("Duyệt nội dung"), "{}", account.text);
        let stranger = head.position.to_string();
        let refused = browser.send("/tai-khoan/vi-tri", "/vai-tro", &[("vai_tro", &stranger)]).await;
        assert_eq!(refused.status, 403);
        world.t.settle().await;
    })
    .await;
}
