//! The pages and calls over HTTP, as the people of the story and as officers of another agency.

use crate::server::{Server, hidden};
use crate::world::{SECRET, World, components};
use axum::body::Body;
use axum::http::{Request, StatusCode, header as h};
use serde_json::json;
use testkit::on_each_platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journey_is_walkable_in_the_browser() {
    on_each_platform(components, |t| async move {
        let s = Server::new(World::new(t).await);
        let specialist = s.sign_in(&s.w.specialist, "bao").await;
        let head = s.sign_in(&s.w.head, "hung").await;
        let clerk = s.sign_in(&s.w.clerk, "hanh").await;
        let minister = s.sign_in(&s.w.minister, "tuan").await;

        // A first try is refused; what was typed and the file come back, and the second try needs no new upload.
        s.page(&specialist, "/van-ban-di/soan").await;
        let signer = s.w.minister.position().unwrap().to_string();
        let mut fields = vec![
            ("kind", "decision"),
            ("subject", "Ban hành Kế hoạch số hóa"),
            ("urgency", "urgent"),
            ("secrecy", "open"),
            ("signer_position", signer.as_str()),
            ("recipients", "H57"),
            ("recipients", "H57.09"),
            ("places", "Lưu: VT, TCCB"),
            ("copies", "nhiều"),
            ("key", "k1"),
            ("viec", "trinh"),
        ];
        let file = ("Quyết định.pdf", &b"%PDF-1.7 noi dung"[..]);
        let refused = s.multipart(&specialist, "/van-ban-di/soan", &fields, &[file]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        let text = refused.text();
        assert!(text.contains("Ban hành Kế hoạch số hóa") && text.contains("Quyết định.pdf"), "{text}");
        let token = hidden(&text, "giu_files");
        fields.retain(|(name, _)| *name != "copies");
        fields.push(("giu_files", &token));
        let saved = s.multipart(&specialist, "/van-ban-di/soan", &fields, &[]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let record = saved.place();
        let again = s.multipart(&specialist, "/van-ban-di/soan", &fields, &[]).await;
        assert_eq!(again.place(), record, "a double click makes one draft");

        let text = s.page(&specialist, &record).await;
        assert!(text.contains("Quyết định.pdf") && text.contains("Ban hành Kế hoạch số hóa"));
        for (who, verb, said) in
            [(&head, "duyet-noi-dung", "Đồng ý."), (&clerk, "the-thuc", ""), (&clerk, "trinh-ky", "")]
        {
            let path = format!("{record}/viec/{verb}");
            let asked = s.page(who, &path).await;
            let version = hidden(&asked, "version");
            let done = s.form(who, &path, &[("version", &version), ("reason", said)]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{verb}: {}", done.text());
        }

        let queue = s.page(&minister, "/van-ban-di/cho-ky").await;
        assert!(queue.contains("Ban hành Kế hoạch số hóa"));
        let path = format!("{record}/ky");
        let asked = s.page(&minister, &path).await;
        let version = hidden(&asked, "version");
        let wrong = s.form(&minister, &path, &[("version", &version), ("secret", "sai")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.text().contains("value=\"sai\""), "a secret never comes back");
        let signed = s.form(&minister, &path, &[("version", &version), ("secret", SECRET)]).await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());

        let today = s.page(&clerk, "/viec-hom-nay").await;
        assert!(today.contains("Chưa phát hành") && today.contains("Ban hành Kế hoạch số hóa"), "{today}");
        let path = format!("{record}/viec/phat-hanh");
        let asked = s.page(&clerk, &path).await;
        for repeated in ["01/QĐ-BNV", "Ban hành Kế hoạch số hóa", "Sở Nội vụ thành phố Huế", "Phát hành đến 2 nơi nhận"]
        {
            assert!(asked.contains(repeated), "the confirmation repeats {repeated}");
        }
        let fields =
            [("version", hidden(&asked, "version")), ("key", hidden(&asked, "key")), ("place", "Hà Nội".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let issued = s.form(&clerk, &path, &fields).await;
        assert_eq!(issued.status, StatusCode::SEE_OTHER, "{}", issued.text());
        s.w.t.settle().await;

        let text = s.page(&clerk, &record).await;
        for shown in
            ["01/QĐ-BNV", "23/11/2026", "Ủy ban nhân dân thành phố Huế", "Nguyễn Văn Tuấn", "Bộ Nội vụ", "Diễn biến"]
        {
            assert!(text.contains(shown), "the record shows {shown}");
        }
        for who in [&specialist, &head, &clerk, &minister] {
            s.page(who, "/viec-hom-nay").await;
            s.page(who, "/van-ban-di").await;
            s.page(who, "/van-ban-di?loc=da-phat-hanh").await;
        }
        // The register prints every legal column, on the page and in both exports.
        let books = s.page(&clerk, "/so-dang-ky").await;
        assert!(books.contains("Sổ quyết định"));
        let book = s.page(&clerk, "/so-dang-ky/so?so=G09/quyet-dinh&ca_nam=1").await;
        for column in
            ["Số, ký hiệu văn bản", "Người ký", "Nơi nhận văn bản", "Số lượng bản", "Ký nhận", "Ghi chú", "01/QĐ-BNV"]
        {
            assert!(book.contains(column), "{column}");
        }
        let csv = s.get(&clerk, "/so-dang-ky/tai?so=G09/quyet-dinh&dang=csv").await.text();
        assert!(csv.starts_with('\u{feff}') && csv.contains("01/QĐ-BNV"), "{csv}");
        let xlsx = s.get(&clerk, "/so-dang-ky/tai?so=G09/quyet-dinh&dang=xlsx").await;
        assert!(xlsx.body.starts_with(b"PK"));
        // The figures for scrapers count this journey, and name nobody and no document of it.
        let figures = s.w.platform().metrics().exposition();
        assert!(figures.contains("/van-ban-di/"), "{figures}");
        for word in ["Nguyễn Văn Tuấn", "Bộ Nội vụ", "số hóa", "Quyết định.pdf", "tuan", "lt_session"]
        {
            assert!(!figures.contains(word), "{word} stands in the figures: {figures}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verb_is_a_call_and_strangers_learn_nothing() {
    on_each_platform(components, |t| async move {
        let s = Server::new(World::new(t).await);
        let specialist = s.sign_in(&s.w.specialist, "bao").await;
        let head = s.sign_in(&s.w.head, "hung").await;
        let clerk = s.sign_in(&s.w.clerk, "hanh").await;
        let minister = s.sign_in(&s.w.minister, "tuan").await;
        let stranger = s.sign_in(&s.w.stranger, "nguoi.la").await;
        const LIST: &str = "/api/v1/outgoing-documents";

        let draft = json!({ "key": "k1", "draft": {
            "kind": "decision", "subject": "Ban hành Kế hoạch số hóa",
            "signer_position": s.w.minister.position().unwrap().to_string(),
            "recipients": [{ "agency": "H57" }, { "agency": "H57.09" }], "places": ["Lưu: VT"]
        }});
        let made = s.call(&specialist, "POST", LIST, Some(draft.clone())).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(
            s.call(&specialist, "POST", LIST, Some(draft)).await.json()["id"],
            id.as_str(),
            "same key, same draft"
        );
        let one = format!("{LIST}/{id}");
        let upload = Request::post(format!("{one}/files?name=Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.pdf"))
            .header(h::COOKIE, &specialist.cookie)
            .header("x-csrf-token", &specialist.csrf)
            .body(Body::from("%PDF-1.7 noi dung"))
            .unwrap();
        let uploaded = s.ask(upload).await;
        assert_eq!(uploaded.status, StatusCode::CREATED, "{}", uploaded.text());
        let file = uploaded.json()["files"][0].clone();
        assert_eq!(file["media_type"], "application/pdf");
        let bytes = s.call(&clerk, "GET", &format!("{one}/files/{}", file["id"].as_str().unwrap()), None).await;
        assert_eq!(bytes.body, b"%PDF-1.7 noi dung");
        assert_eq!(bytes.headers["x-content-type-options"], "nosniff");

        let stale = s.call(&specialist, "POST", &format!("{one}/submit"), Some(json!({ "version": 1 }))).await;
        assert_eq!(
            (stale.status, stale.json()["code"].clone()),
            (StatusCode::CONFLICT, json!("office.document.changed-meanwhile"))
        );
        for (who, verb, body) in [
            (&specialist, "submit", json!({})),
            (&head, "approve-content", json!({ "remark": "Đồng ý." })),
            (&clerk, "check-form", json!({})),
            (&clerk, "request-signature", json!({})),
        ] {
            let done = s.call(who, "POST", &format!("{one}/{verb}"), Some(body)).await;
            assert_eq!(done.status, StatusCode::OK, "{verb}: {}", done.text());
        }
        let waiting = s.call(&minister, "GET", "/api/v1/signing-requests", None).await.json();
        assert_eq!(waiting[0]["document"], id.as_str());
        // Seals before signatures, other people's steps, other agencies' documents.
        let early = s.call(&clerk, "POST", &format!("{one}/seal"), Some(json!({}))).await;
        assert_eq!(early.json()["code"], "office.outgoing.seal-before-signature");
        assert!(early.json().to_string().contains("Điều 32"));
        assert_eq!(
            s.call(&specialist, "POST", &format!("{one}/sign"), Some(json!({ "secret": SECRET }))).await.status,
            StatusCode::FORBIDDEN
        );
        for (method, path) in [("GET", one.clone()), ("POST", format!("{one}/sign")), ("POST", format!("{one}/void"))] {
            let hidden = s.call(&stranger, method, &path, Some(json!({ "secret": SECRET, "remark": "x" }))).await;
            assert!(
                matches!(hidden.status, StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY),
                "{method} {path}: {}",
                hidden.text()
            );
            assert!(!hidden.text().contains("Kế hoạch"));
        }
        assert_eq!(s.call(&stranger, "GET", LIST, None).await.json()["items"], json!([]));

        let signed = s.call(&minister, "POST", &format!("{one}/sign"), Some(json!({ "secret": SECRET }))).await;
        assert_eq!(signed.json()["state"], "signed", "{}", signed.text());
        let issued =
            s.call(&clerk, "POST", &format!("{one}/promulgate"), Some(json!({ "place": "Hà Nội", "key": "p" }))).await;
        assert_eq!(
            (issued.json()["state"].clone(), issued.json()["code"].clone()),
            (json!("issued"), json!("01/QĐ-BNV")),
            "{}",
            issued.text()
        );
        s.w.t.settle().await;
        let shown = s.call(&specialist, "GET", &one, None).await.json();
        assert_eq!(shown["deliveries"].as_array().unwrap().len(), 2);
        assert_eq!(shown["deliveries"][0]["status"], "01", "arrival is acknowledged by itself");
        let book = s.call(&clerk, "GET", "/api/v1/registers/entries?register=G09/quyet-dinh", None).await.json();
        assert_eq!(book[0]["code"], "01/QĐ-BNV");
        let list = s.call(&clerk, "GET", &format!("{LIST}?state=issued&recent=1"), None).await.json();
        assert_eq!(list["items"][0]["id"], id.as_str());

        // Without the guard nothing changes, whoever asks.
        let bare = Request::post(format!("{one}/void"))
            .header(h::COOKIE, &clerk.cookie)
            .header(h::CONTENT_TYPE, "application/json");
        assert_eq!(s.ask(bare.body(Body::from("{}")).unwrap()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(s.ask(Request::get(LIST).body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
