//! Administration by hand: agencies, units, people, positions, delegations, accounts, systems, events; all without script.

use crate::world::{PASSWORD, World, components};
use testkit::on_each_platform;

#[tokio::test]
async fn an_administrator_builds_an_agency_and_lets_its_people_in() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let admin = world.signed_in("quan.tri").await;
        let agency = [
            ("code", "H57.11"),
            ("name", "Sở Tài chính"),
            ("abbreviation", "STC"),
            ("parent", "H57"),
            ("level", "province"),
            ("kind", "agency"),
            ("valid_from", "23/11/2026"),
            ("hosted", "on"),
        ];
        let made = admin.send("/quan-tri/co-quan-moi", "/quan-tri/co-quan", &agency).await;
        assert_eq!((made.status, made.location()), (303, "/quan-tri/co-quan/H57.11"), "{}", made.text);
        let twice = admin.send("/quan-tri/co-quan-moi", "/quan-tri/co-quan", &agency).await;
        assert_eq!(twice.status, 409, "a code is entered once");
        let found = admin.get("/quan-tri/co-quan?q=tai+chinh").await;
        assert!(found.text.contains("Sở Tài chính"));

        let home = "/quan-tri/co-quan/H57.11";
        let unit = [("name", "Phòng Ngân sách"), ("abbreviation", "NS"), ("valid_from", "23112026")];
        let made = admin.send(&format!("{home}/don-vi/moi"), &format!("{home}/don-vi"), &unit).await;
        assert_eq!((made.status, made.location()), (303, home), "{}", made.text);
        let page = admin.get(home).await;
        assert!(page.text.contains("Phòng Ngân sách"));
        let unit_id = page.between("/quan-tri/don-vi/", "\"").to_owned();

        let bad = [("full_name", ""), ("title", "Giám đốc"), ("valid_from", "x")];
        let refused = admin.send(&format!("{home}/nguoi/moi"), &format!("{home}/nguoi"), &bad).await;
        assert_eq!(refused.status, 422);
        for field in ["f-full-name-e", "f-valid-from-e", "Chọn ít nhất một vai trò"] {
            assert!(refused.text.contains(field), "{field}: {}", refused.text);
        }
        assert!(refused.text.contains("value=\"Giám đốc\""), "what was typed is kept");
        let person = [
            ("full_name", "Lê Thị Bình"),
            ("title", "Giám đốc"),
            ("rank", "head"),
            ("unit", unit_id.as_str()),
            ("roles", "leader"),
            ("roles", "administrator"),
            ("valid_from", "23/11/2026"),
            ("username", "binh.lt"),
        ];
        let made = admin.send(&format!("{home}/nguoi/moi"), &format!("{home}/nguoi"), &person).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let link = made.between("<code>", "</code>").to_owned();
        let her = world.browser();
        let set = her.send(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(set.status, 303, "{}", set.text);
        her.sign_in("binh.lt", PASSWORD, "/quan-tri").await;
        let hers = her.get("/quan-tri").await;
        assert_eq!(hers.status, 200, "{}", hers.text);
        assert!(
            hers.text.contains("Lê Thị Bình") && hers.text.contains("Lãnh đạo cơ quan"),
            "the grant waits: {}",
            hers.text
        );
        let change = hers.between("/quan-tri/thay-doi-quyen/", "/xac-nhan").to_owned();
        let confirmed = admin.send("/quan-tri", &format!("/quan-tri/thay-doi-quyen/{change}/xac-nhan"), &[]).await;
        assert_eq!(confirmed.status, 303, "{}", confirmed.text);
        assert!(!admin.get("/quan-tri").await.text.contains("Lãnh đạo cơ quan"));
        world.t.settle().await;

        let events = admin.get("/quan-tri/su-kien").await;
        for word in ["Đăng nhập", "Lập tài khoản", "Đặt mật khẩu", "Xác nhận thay đổi quyền", "Người quan.tri"]
        {
            let word = if word == "Người quan.tri" { "Trần Quản Trị" } else { word };
            assert!(events.text.contains(word), "{word}: {}", events.text);
        }
    })
    .await;
}

#[tokio::test]
async fn positions_delegations_accounts_and_systems_come_and_go() {
    on_each_platform(components, |t| async move {
        use platform::access::Role;
        use platform::directory::Rank;
        let world = World::set_up(t).await;
        let head = world.person("an.nv", "H57", Rank::Head, &[Role::Leader]).await;
        let clerk = world.person("hanh.pt", "H57", Rank::Staff, &[Role::RegistryClerk]).await;
        let admin = world.signed_in("quan.tri").await;
        let home = "/quan-tri/co-quan/H57";

        let from = head.position.to_string();
        let to = clerk.position.to_string();
        let delegation = [
            ("from", from.as_str()),
            ("to", to.as_str()),
            ("permissions", "outgoing-sign"),
            ("written_basis", "12/GUQ-UBND"),
            ("scope_note", "Ký giấy mời họp"),
            ("valid_from", "23/11/2026"),
            ("valid_to", "31/12/2026"),
        ];
        let form = format!("{home}/uy-quyen/moi");
        let made = admin.send(&form, &format!("{home}/uy-quyen"), &delegation).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let mut back = delegation;
        back.swap(0, 1);
        let back: Vec<(&str, &str)> =
            vec![("from", to.as_str()), ("to", from.as_str())].into_iter().chain(back[2..].iter().copied()).collect();
        let passed_on = admin.send(&form, &format!("{home}/uy-quyen"), &back).await;
        assert_eq!(passed_on.status, 422);
        assert!(passed_on.text.contains("Điều 13 khoản 3"), "{}", passed_on.text);
        let page = admin.get(home).await;
        assert!(page.text.contains("12/GUQ-UBND: Ký giấy mời họp"));
        let id = page.between("/quan-tri/uy-quyen/", "/ket-thuc").to_owned();
        let ended = admin.send(home, &format!("/quan-tri/uy-quyen/{id}/ket-thuc"), &[]).await;
        assert_eq!(ended.status, 303);
        assert!(!admin.get(home).await.text.contains("12/GUQ-UBND"));

        let position = format!("/quan-tri/vi-tri/{}", clerk.position);
        let form = admin.get(&position).await;
        assert!(form.text.contains("value=\"registry-clerk\" checked"), "{}", form.text);
        let change = |version: &'static str| {
            [
                ("title", "Văn thư"),
                ("rank", "staff"),
                ("roles", "registry-clerk"),
                ("roles", "archivist"),
                ("valid_from", "01/01/2021"),
                ("version", version),
            ]
        };
        let changed = admin.send(&position, &position, &change("1")).await;
        assert_eq!(changed.status, 303, "{}", changed.text);
        let stale = admin.send(&position, &position, &change("1")).await;
        assert_eq!(stale.status, 409, "a double click changes nothing");
        let person = format!("/quan-tri/nguoi/{}", clerk.person);
        let second =
            [("agency", "H57.09"), ("title", "Chuyên viên"), ("roles", "specialist"), ("valid_from", "23/11/2026")];
        let added = admin.send(&format!("{person}/vi-tri/moi"), &format!("{person}/vi-tri"), &second).await;
        assert_eq!(added.status, 303, "{}", added.text);
        assert!(admin.get(&person).await.text.contains("Sở Nội vụ"));
        let her = world.signed_in("hanh.pt").await;
        assert_eq!(her.get("/tai-khoan").await.status, 200);
        let locked = admin.send(&person, &format!("/quan-tri/tai-khoan/{}/khoa", clerk.account), &[]).await;
        assert_eq!(locked.status, 303, "{}", locked.text);
        assert_eq!(her.get("/tai-khoan").await.status, 303, "her session ended with it");
        let opened = admin.send(&person, &format!("/quan-tri/tai-khoan/{}/mo", clerk.account), &[]).await;
        assert_eq!(opened.status, 303);
        let link = admin.send(&person, &format!("/quan-tri/tai-khoan/{}/lien-ket", clerk.account), &[]).await;
        assert!(link.text.contains("/lien-ket/"), "{}", link.text);

        let system = [("name", "Trục liên thông của tỉnh"), ("agencies", "H57 H57.09")];
        let registered = admin.send(&format!("{home}/he-thong/moi"), &format!("{home}/he-thong"), &system).await;
        assert_eq!(registered.status, 200, "{}", registered.text);
        let token = registered.between("<code>", "</code>").to_owned();
        let me = admin.call("GET", "/api/v1/me", Some(&token), serde_json::Value::Null).await;
        assert_eq!(me.json()["agencies"], serde_json::json!(["H57", "H57.09"]));
        let foreign = [("name", "Lạ"), ("agencies", "G09")];
        let refused = admin.send(&format!("{home}/he-thong/moi"), &format!("{home}/he-thong"), &foreign).await;
        assert_eq!(refused.status, 403, "nobody registers a system for another ministry");
        let id = admin.get(home).await.between("/quan-tri/he-thong/", "/thu-hoi").to_owned();
        let revoked = admin.send(home, &format!("/quan-tri/he-thong/{id}/thu-hoi"), &[]).await;
        assert_eq!(revoked.status, 303);
        let me = admin.call("GET", "/api/v1/me", Some(&token), serde_json::Value::Null).await;
        assert_eq!(me.status, 401);
        world.t.settle().await;
    })
    .await;
}
