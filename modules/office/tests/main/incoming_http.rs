//! The incoming journey in the browser: arrivals, registration, directive, work, completion; and what others may not see.

use crate::receiving::Receiving;
use crate::server::{Server, hidden};
use crate::world::components;
use axum::http::StatusCode;
use serde_json::json;
use testkit::on_each_platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_incoming_journey_is_walkable_in_the_browser() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let s = Server::new(r.world.clone());
        let clerk = s.sign_in(&r.clerk, "lan").await;
        let chief = s.sign_in(&r.chief, "long").await;
        let leader = s.sign_in(&r.leader, "son").await;
        let head = s.sign_in(&r.head, "phuoc").await;
        let specialist = s.sign_in(&r.specialist, "thanh").await;
        let id = r.arrival().await.id;

        // Arrivals: filters with zeros, the checks, the number it would get.
        let page = s.page(&clerk, "/van-ban-den").await;
        for shown in
            ["01/QĐ-BNV", "Chờ đăng ký", "Đã thu hồi", "Giấy", "Chữ ký hợp lệ của", "2 trong 2 tệp", "Không trùng"]
        {
            assert!(page.contains(shown), "{shown}");
        }
        assert_eq!(hidden(&page, "number_shown\" type=\"text").as_str(), "1");
        let path = format!("/van-ban-den/{id}/viec/dang-ky");
        let (version, key) = (hidden(&page, "version"), hidden(&page, "key"));
        let to = r.chief.position().unwrap().to_string();
        let mut fields = vec![
            ("version", version.as_str()),
            ("key", key.as_str()),
            ("viec", "trinh"),
            ("code", "01/QĐ-BNV"),
            ("kind", "decision"),
            ("subject", ""),
            ("issuer", "Bộ Nội vụ"),
            ("urgency", "normal"),
            ("due_on", "4/12"),
            ("to", to.as_str()),
        ];
        let refused = s.form(&clerk, &path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(text.contains("href=\"#f-subject\"") && text.contains("4/12"), "summary and what was typed: {text}");
        fields[5].1 = "Ban hành Kế hoạch số hóa hồ sơ lưu trữ năm 2027";
        for _ in 0..2 {
            let done = s.form(&clerk, &path, &fields).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "a double click is harmless: {}", done.text());
        }
        let seen = s.call(&clerk, "GET", &format!("/api/v1/incoming-documents/{id}"), None).await.json();
        assert_eq!((&seen["arrival_number"], &seen["state"]), (&json!(1), &json!("submitted")));
        assert_eq!(seen["due_on"], "2026-12-04");

        // The chief proposes in the same form in which a leader directs.
        let desk = s.page(&chief, "/cho-y-kien").await;
        assert!(desk.contains("Trình với đề xuất này"), "{desk}");
        let (lead, support) = (format!("vai_u{}", r.unit), format!("vai_u{}", r.other_unit));
        let own = format!("han_u{}", r.other_unit);
        let to = r.leader.position().unwrap().to_string();
        let version = hidden(&desk, "version");
        let proposed = [
            ("version", version.as_str()),
            ("viec", "trinh"),
            ("to", to.as_str()),
            ("text", "Phòng Nội chính chủ trì."),
            ("deadline", "4/12/2026"),
            (lead.as_str(), "lead"),
            (support.as_str(), "support"),
            (own.as_str(), "9/12"),
        ];
        let late = s.form(&chief, &format!("/cho-y-kien/{id}"), &proposed).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.text().contains(&format!("href=\"#f-{}", own.replace('_', "-"))), "{}", late.text());
        let mut good = proposed.to_vec();
        good[7].1 = "1/12";
        let done = s.form(&chief, &format!("/cho-y-kien/{id}"), &good).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());

        // The leader agrees with one press; a canned phrase works without script.
        let queue = s.page(&leader, "/cho-y-kien").await;
        assert!(queue.contains("Đồng ý, giao ngay") && queue.contains("Phòng Nội chính chủ trì."), "{queue}");
        let phrase = s.form(&leader, &format!("/cho-y-kien/{id}"), &[("text", "Gấp."), ("them", "Để biết")]).await;
        assert!(phrase.text().contains("Gấp. Để biết"), "{}", phrase.text());
        s.page(&leader, "/cho-y-kien?chon=1").await;
        let chosen = hidden(&queue, "chon");
        let agreed = s.form(&leader, "/cho-y-kien/dong-y", &[("chon", &chosen)]).await;
        assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text());

        // The head hands on, the specialist begins, reports and finishes.
        let mine = s.page(&head, "/van-ban-den?loc=viec-cua-toi").await;
        assert!(mine.contains("01/QĐ-BNV"));
        let person = r.specialist.person().unwrap().to_string();
        let steps = [
            (&head, "giao", vec![("person", person.as_str()), ("part", "lead"), ("deadline", "2/12")]),
            (&specialist, "bat-dau", vec![]),
            (&specialist, "bao-cao", vec![("kind", "progress"), ("words", "Đã dự thảo."), ("percent", "50")]),
        ];
        for (who, verb, fields) in steps {
            let path = format!("/van-ban-den/{id}/viec/{verb}");
            let asked = s.page(who, &path).await;
            let version = hidden(&asked, "version");
            let mut all = vec![("version", version.as_str())];
            all.extend(fields);
            let done = s.form(who, &path, &all).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{verb}: {}", done.text());
        }
        let path = format!("/van-ban-den/{id}/viec/hoan-thanh");
        let empty = s.form(&specialist, &path, &[("words", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = s.form(&specialist, &path, &[("words", "Đã triển khai đến các đơn vị.")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(r.heard(id).await, ["01", "03", "04", "05", "06"]);
        s.w.t.settle().await;

        let record = s.page(&clerk, &format!("/van-ban-den/{id}")).await;
        for shown in ["Đăng ký vào sổ", "Cho ý kiến chỉ đạo", "Hoàn thành", "Mai Xuân Thành", "#", "Đã báo nơi gửi"]
        {
            assert!(record.contains(shown), "{shown}");
        }
        let slip = s.page(&leader, &format!("/van-ban-den/{id}/phieu")).await;
        for shown in ["Phòng Nội chính", "Phòng Văn xã", "Mai Xuân Thành", "Đã triển khai đến các đơn vị."]
        {
            assert!(slip.contains(shown), "{shown}");
        }
        let file = s.get(&clerk, &format!("/van-ban-den/{id}/tep/1")).await;
        assert!(file.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox"));
        assert!(file.body.starts_with(b"%PDF"));
        for who in [&clerk, &chief, &leader, &head, &specialist] {
            for group in ["cho-dang-ky", "cho-trinh", "dang-xu-ly", "da-xong", "da-tra-lai", "qua-han"] {
                s.page(who, &format!("/van-ban-den?loc={group}")).await;
            }
            s.page(who, "/viec-hom-nay").await;
        }
        s.page(&clerk, "/van-ban-den?loc=da-xong&khan=normal&nguon=exchange&cap=central&q=ke+hoach").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paper_with_its_scan_in_the_browser_and_as_calls() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let s = Server::new(r.world.clone());
        let clerk = s.sign_in(&r.clerk, "lan").await;
        let other = s.sign_in(&r.world.clerk, "hanh").await;
        let blank = s.page(&clerk, "/van-ban-den/nhap").await;
        let key = hidden(&blank, "key");
        let mut fields = vec![
            ("key", key.as_str()),
            ("viec", "dang-ky"),
            ("source", "paper"),
            ("code", "318/UBND-VX"),
            ("kind", "official-letter"),
            ("subject", "Đề nghị hỗ trợ kinh phí"),
            ("issuer", "UBND xã Phú Lộc"),
            ("issued_on", "hôm qua"),
        ];
        let scan = ("Công văn.pdf", &b"%PDF-1.4 quet"[..]);
        let refused = s.multipart(&clerk, "/van-ban-den/nhap", &fields, &[scan]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        let token = hidden(&text, "giu_files");
        fields[7].1 = "20/11/2026";
        fields.push(("giu_files", &token));
        let saved = s.multipart(&clerk, "/van-ban-den/nhap", &fields, &[]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let record = s.page(&clerk, &saved.place()).await;
        assert!(record.contains("Công văn.pdf") && record.contains("UBND xã Phú Lộc"), "{record}");

        // The same as calls, and nothing of it for another agency.
        let list = s.call(&clerk, "GET", "/api/v1/incoming-documents?source=paper&text=kinh+phi", None).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
        let id = list["items"][0]["id"].as_str().unwrap().to_owned();
        let counts = s.call(&clerk, "GET", "/api/v1/incoming-documents/counts", None).await.json();
        assert_eq!((&counts["registered_today"], &counts["to_submit"]), (&json!(1), &json!(1)));
        let hers = s.call(&other, "GET", "/api/v1/incoming-documents/counts", None).await.json();
        assert_eq!((&hers["registered_today"], &hers["to_submit"]), (&json!(0), &json!(0)));
        for path in ["", "/files/1"] {
            let answer = s.call(&other, "GET", &format!("/api/v1/incoming-documents/{id}{path}"), None).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(s.get(&other, &format!("/van-ban-den/{id}")).await.status, StatusCode::NOT_FOUND);
        let forged = s.call(&other, "POST", &format!("/api/v1/incoming-documents/{id}/submit"), Some(json!({}))).await;
        assert_eq!(forged.status, StatusCode::NOT_FOUND, "{}", forged.text());
        let people = s.call(&clerk, "GET", "/api/v1/incoming-documents/assignees", None).await.json();
        assert!(people.as_array().unwrap().iter().any(|one| one["name"] == "Phòng Nội chính"), "{people}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_go_no_further_than_their_cap() {
    on_each_platform(components, |t| async move {
        let r = Receiving::new(t).await;
        let s = Server::new(r.world.clone());
        let clerk = s.sign_in(&r.clerk, "lan").await;
        let one = r.arrival().await.id.to_string();
        let db = r.world.platform().db().clone();
        let crowd = |tx: &platform::Tx<'_>| {
            // The same arrival once more for each number below 1,100, as a mail.
            tx.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
                 INSERT INTO office_incoming (id, agency, state, source, operation, issuer, issuer_level, number, notation,
                   triple, kind_name, subject, urgency, rank, secrecy, signer_name, signer_position, signer_competence,
                   paper, note, verdict, arrived_at, changed_at, version)
                 SELECT substr(id, 1, 32) || substr(CAST(10000 + i AS TEXT), 2, 4), agency, state, 'mail', operation, issuer, issuer_level, number, notation,
                   triple, kind_name, subject, urgency, rank, secrecy, signer_name, signer_position, signer_competence,
                   paper, note, verdict, arrived_at, changed_at, version
                 FROM office_incoming, n WHERE state = 'arrived'",
                &[],
            )
        };
        db.write(crowd).await.unwrap();
        let page = s.page(&clerk, &format!("/van-ban-den?xem={one}")).await;
        let counted = |page: &str, label: &str| {
            let (_, rest) = page.split_once(&format!(">{label}<span>")).unwrap_or_else(|| panic!("{label}: {page}"));
            rest.split_once('<').unwrap().0.to_owned()
        };
        assert_eq!(counted(&page, "Chờ đăng ký"), "1.000+");
        assert_eq!(counted(&page, "Trục liên thông"), "1", "what is few is counted out");
        assert_eq!(counted(&page, "Giấy"), "0");
        let day = s.page(&clerk, "/viec-hom-nay").await;
        assert!(day.contains("<b class=\"n\">1.000+</b>"), "{day}");
        let few = s.page(&clerk, &format!("/van-ban-den?nguon=exchange&xem={one}")).await;
        assert_eq!(counted(&few, "Chờ đăng ký"), "1", "a narrowing counts within itself");
        db.write(|tx| tx.execute("DELETE FROM office_incoming WHERE source = 'mail'", &[])).await.unwrap();
    })
    .await;
}
