//! The administrator arranges routes and registers over HTTP: what applies changes, the ledger tells, others cannot.

use crate::server::{Browser, Server, hidden};
use crate::world::{World, components, person_add};
use axum::http::StatusCode;
use office::use_cases::{Command, draft, review};
use platform::access::{Principal, Role};
use platform::directory::Rank;
use serde_json::{Value as Json, json};
use testkit::on_each_platform;

pub async fn administrator(s: &Server) -> (Principal, Browser) {
    let p = s.w.platform();
    let who = person_add(p, "G09", None, "Vũ Quản Trị", "Quản trị", Rank::Staff, &[Role::Administrator]).await;
    let browser = s.sign_in(&who, "quantri").await;
    (who, browser)
}

async fn count(s: &Server, sql: &'static str) -> i64 {
    s.w.platform().db().read(move |tx| tx.query(sql, &[])?[0].get(0)).await.unwrap()
}

fn of_the_decree() -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for step in office::rules::route::Route::of_the_decree().steps {
        fields.extend(step.by.iter().map(|by| (step.step.code().to_owned(), by.written())));
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_put_in_force_on_the_page_decides_who_may_act() {
    on_each_platform(components, |t| async move {
        let s = Server::new(World::new(t).await);
        let (_, admin) = administrator(&s).await;
        let before = s.page(&admin, "/cau-hinh").await;
        assert!(before.contains("cơ quan chưa quy định riêng"), "{before}");
        let form = s.page(&admin, "/cau-hinh/quy-trinh").await;
        let key = hidden(&form, "key");

        // Only the head named by person checks the content of decisions, from today on.
        let head = format!("person:{}", s.w.deputy.person().unwrap());
        let mut fields = of_the_decree();
        fields.retain(|(name, _)| name != "content");
        fields.push(("types".into(), "decision".into()));
        fields.push(("valid_from".into(), office_day(&s)));
        fields.push(("key".into(), key));
        let refused = s.form(&admin, "/cau-hinh/quy-trinh", &borrowed(&fields)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(
            text.contains("Bước kiểm tra nội dung chưa có ai làm") && text.contains("value=\"decision\" checked"),
            "{text}"
        );
        assert_eq!(count(&s, "SELECT COUNT(*) FROM office_route").await, 0, "nothing half-stored");

        fields.push(("content".into(), head));
        let kept = s.form(&admin, "/cau-hinh/quy-trinh", &borrowed(&fields)).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
        let again = s.form(&admin, "/cau-hinh/quy-trinh", &borrowed(&fields)).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
        assert_eq!(count(&s, "SELECT COUNT(*) FROM office_route").await, 1, "a double click makes one route");
        let shown = s.page(&admin, "/cau-hinh?loai=decision").await;
        assert!(shown.contains("quy trình của cơ quan") && shown.contains("Thứ trưởng Lê Thị Thu Hằng"), "{shown}");
        let other = s.page(&admin, "/cau-hinh?loai=plan").await;
        assert!(other.contains("cơ quan chưa quy định riêng"), "the route is for decisions only");

        // The head of unit, who may by the decree, may not now; the one named may.
        let p = s.w.platform();
        let id = s.w.drafted().await.id;
        draft::submit_for_content(p, &s.w.specialist, id, vec![], Command::default()).await.unwrap();
        let not_yours = review::approve_content(p, &s.w.head, id, String::new(), Command::default()).await.unwrap_err();
        assert!(format!("{not_yours:?}").contains("office.route.not-your-step"), "{not_yours:?}");
        review::approve_content(p, &s.w.deputy, id, String::new(), Command::default()).await.unwrap();

        // It ends; then the decree's own applies again.
        let routes = s.call(&admin, "GET", "/api/v1/routes", None).await.json();
        let path = format!("/cau-hinh/quy-trinh/{}/ket-thuc", routes[0]["id"].as_str().unwrap());
        let asked = s.page(&admin, &path).await;
        let version = hidden(&asked, "version");
        let past = s.form(&admin, &path, &[("version", &version), ("valid_until", "01/01/2020")]).await;
        assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(past.text().contains("Ngày này đã qua."), "{}", past.text());
        let done = s.form(&admin, &path, &[("version", &version), ("valid_until", "31/12/2026")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let stale = s.form(&admin, &path, &[("version", &version), ("valid_until", "30/12/2026")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "somebody ended it meanwhile");
        let after = s.call(&admin, "GET", "/api/v1/routes/in-force?kind=decision&on=2027-01-01", None).await.json();
        assert_eq!(after["id"], Json::Null, "{after}");

        // Nobody without the right, and nothing of another agency.
        let clerk = s.sign_in(&s.w.clerk, "hanh").await;
        assert_eq!(s.get(&clerk, "/cau-hinh").await.status, StatusCode::FORBIDDEN);
        let p = s.w.platform();
        let foreign = person_add(p, "H57", None, "Lạ", "Quản trị", Rank::Staff, &[Role::Administrator]).await;
        let foreign = s.sign_in(&foreign, "quantri.hue").await;
        assert_eq!(s.get(&foreign, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(s.call(&foreign, "GET", "/api/v1/routes", None).await.json(), json!([]));
        let end = format!("/api/v1/routes/{}/end", routes[0]["id"].as_str().unwrap());
        let taken = s.call(&foreign, "POST", &end, Some(json!({ "valid_until": "2027-01-01" }))).await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND);

        let kinds = entries(&s, "office.route").await;
        assert_eq!(kinds, ["office.route.added", "office.route.ended"]);
    })
    .await;
}

/// Today as people write it, by the clock of the test.
fn office_day(s: &Server) -> String {
    web::input::show_date(s.w.platform().now().local_date())
}

async fn entries(s: &Server, subject: &'static str) -> Vec<String> {
    let sql = "SELECT kind FROM ledger_entry WHERE subject_kind = $1 ORDER BY arrival";
    s.w.platform()
        .db()
        .read(move |tx| tx.query(sql, &[&subject])?.iter().map(|row| row.get(0)).collect())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_of_its_own_begins_with_a_year_and_numbers_from_one() {
    on_each_platform(components, |t| async move {
        let s = Server::new(World::new(t).await);
        let (_, admin) = administrator(&s).await;
        s.page(&admin, "/cau-hinh/so").await;
        let base = [("name", "Sổ kế hoạch"), ("secret", "0"), ("key", "so-1")];
        let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();

        for (more, expected) in [
            (with(&[("valid_from", "01/01/2027")]), "Chọn ít nhất một loại văn bản."),
            (with(&[("valid_from", "01/03/2027"), ("types", "plan")]), "Chọn 01/01 năm sau."),
            (with(&[("valid_from", "01/01/2027"), ("types", "decision")]), "Đã thuộc Sổ quyết định."),
            (with(&[("valid_from", "ngay"), ("types", "plan")]), "Không phải một ngày."),
        ] {
            let refused = s.form(&admin, "/cau-hinh/so", &more).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{expected}");
            assert!(refused.text().contains(expected), "{expected}: {}", refused.text());
        }
        assert_eq!(count(&s, "SELECT COUNT(*) FROM office_register").await, 0, "nothing half-stored");

        let good = with(&[("valid_from", "01/01/2027"), ("types", "plan"), ("types", "programme")]);
        for _ in 0..2 {
            let opened = s.form(&admin, "/cau-hinh/so", &good).await;
            assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
        }
        assert_eq!(count(&s, "SELECT COUNT(*) FROM office_register").await, 5, "the four usual ones and this, once");
        let shown = s.page(&admin, "/cau-hinh").await;
        assert!(shown.contains("Sổ kế hoạch") && shown.contains("sắp áp dụng"), "{shown}");

        // Today plans still go into the general register; next year into their own.
        let agency = s.w.clerk.agency.clone();
        let series = |day: base::Date| {
            let (p, agency) = (s.w.platform().clone(), agency.clone());
            async move {
                p.db()
                    .read(move |tx| {
                        use office::store::registers::{Direction, registers_of};
                        let all: Vec<_> =
                            registers_of(tx, &agency, Direction::Out, day)?.iter().map(|r| r.series()).collect();
                        let secrecy = base::document_types::Secrecy::Open;
                        Ok(office::rules::numbering::series_for(&all, "plan", secrecy)?.id.clone())
                    })
                    .await
                    .unwrap()
            }
        };
        let next = base::Date::constant(2027, 1, 1);
        assert_eq!(series(s.w.platform().now().local_date()).await, "G09/van-ban-di");
        let own = series(next).await;
        assert_ne!(own, "G09/van-ban-di");

        // The register that takes the rest stays; one in use ends with the year; its book can be read after that.
        let rest = [("so", "G09/van-ban-di"), ("valid_until", "31/12/2026"), ("version", "0")];
        let refused = s.form(&admin, "/cau-hinh/so/khoa", &rest).await;
        assert!(refused.text().contains("không khóa được") && refused.text().contains("Điều 15"), "{}", refused.text());
        let signed = s.w.signed().await;
        let none = Command::default;
        office::use_cases::issue::promulgate(s.w.platform(), &s.w.clerk, signed.id, None, None, none()).await.unwrap();
        let mid = [("so", "G09/quyet-dinh"), ("valid_until", "30/11/2026"), ("version", "0")];
        let refused = s.form(&admin, "/cau-hinh/so/khoa", &mid).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("Ghi ngày cuối là 31/12."), "{}", refused.text());
        let asked = s.page(&admin, "/cau-hinh/so/khoa?so=G09/quyet-dinh").await;
        assert!(asked.contains("31/12/2026"));
        let end = json!({ "register": "G09/quyet-dinh", "valid_until": "2027-01-01", "version": 0 });
        let ended = s.call(&admin, "POST", "/api/v1/registers/end", Some(end.clone())).await;
        assert_eq!((ended.status, ended.json()["valid_until"].clone()), (StatusCode::OK, json!("2027-01-01")));
        assert_eq!(s.call(&admin, "POST", "/api/v1/registers/end", Some(end)).await.status, StatusCode::CONFLICT);
        let clerk = s.sign_in(&s.w.clerk, "hanh").await;
        assert!(s.page(&clerk, "/so-dang-ky/so?so=G09/quyet-dinh").await.contains("01/QĐ-BNV"));

        // Within the year a register cannot take kinds that have numbers already.
        let late = json!({ "name": "Sổ chỉ thị", "types": ["directive"], "valid_from": "2026-11-23" });
        let opened = s.call(&admin, "POST", "/api/v1/registers", Some(late)).await;
        assert_eq!(opened.status, StatusCode::CREATED, "no directive has a number yet: {}", opened.text());
        assert_eq!(s.call(&clerk, "POST", "/api/v1/registers", Some(json!({}))).await.status, StatusCode::FORBIDDEN);

        let kinds = entries(&s, "office.register").await;
        assert_eq!(kinds.iter().filter(|k| *k == "office.register.opened").count(), 2);
        assert_eq!(kinds.iter().filter(|k| *k == "office.register.ended").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_administrators_who_end_one_route_at_once_end_it_once() {
    on_each_platform(components, |t| async move {
        let s = Server::new(World::new(t).await);
        let (who, _) = administrator(&s).await;
        let p = s.w.platform();
        let route = office::rules::route::Route {
            valid_from: p.now().local_date(),
            ..office::rules::route::Route::of_the_decree()
        };
        let (id, _, version) =
            office::use_cases::configure::route_add(p, &who, route, Command::default()).await.unwrap();
        let tries = (0..8).map(|_| {
            let (p, who) = (p.clone(), who.clone());
            let command = Command { version: Some(version), key: None };
            tokio::spawn(async move {
                office::use_cases::configure::route_end(&p, &who, id, base::Date::constant(2027, 1, 1), command).await
            })
        });
        let mut done = 0;
        for attempt in tries.collect::<Vec<_>>() {
            done += i32::from(attempt.await.unwrap().is_ok());
        }
        assert_eq!(done, 1);
    })
    .await;
}
