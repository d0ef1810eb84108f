//! Attacks on the running program with the demo's data: what one agency must never learn of another, paths that climb,
//! redirects, frames, and lines smuggled into the log.
#![allow(clippy::unwrap_used, missing_docs)]

mod world;

use std::collections::BTreeSet;
use world::{Demo, PASSWORD};

/// People whose agencies have a part in the story.
const INSIDERS: [&str; 5] = ["hue.vanthu", "hue.phochutich", "bnv.chuyenvien", "bnv.vanthu", "stc.vanthu"];
/// People of agencies that have no part in the story.
const OUTSIDERS: [&str; 4] = ["phuxuan.vanthu", "phuxuan.chutich", "skhcn.giamdoc", "vpcp.lanhdao"];
/// The id of no record.
const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";
/// What the story wrote: subject, opinions, directives, file names, comments.
const PRIVATE: [&str; 6] =
    ["số hóa tài liệu lưu trữ", "đăng ký khối lượng", "Sai nơi nhận", "quyet-dinh.pdf", "01/QĐ-BNV", "01/UBND-NC"];

/// Every reading route of the program, with ids of the ministry's and Huế's records where it has places.
fn addresses(demo: &Demo) -> Vec<String> {
    let mut all = Vec::new();
    for module in lienthong::assembly::modules() {
        for rule in module.routes.rules().iter().filter(|rule| rule.method == "GET") {
            let places = rule.path.matches('{').count();
            if places == 0 {
                all.push(rule.path.to_owned());
                for query in [
                    "q=luu+tru",
                    "q=01%2FQ%C4%90-BNV",
                    "text=so+hoa",
                    "chu=so+hoa",
                    "agency=G09",
                    "agency=H57",
                    "register=1",
                    "from=2026-01&to=2026-12&below=true",
                    "co_quan=G09",
                    "den=2026-12-31&tu=2026-01-01",
                ] {
                    all.push(format!("{}?{query}", rule.path));
                }
                continue;
            }
            for id in &demo.ids {
                all.push(filled(rule.path, id));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_on_the_running_program() {
    attack(Demo::start(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_on_the_running_program_over_postgresql() {
    let (Some(first), Some(second)) = (testkit::Scratch::empty().await, testkit::Scratch::empty().await) else {
        return;
    };
    attack(Demo::start(Some((&first.url, &second.url))).await).await;
}

async fn attack(demo: Demo) {
    nothing_of_another_agency_is_told(&demo).await;
    no_act_of_another_agency_is_possible(&demo).await;
    without_the_right_nothing_opens(&demo).await;
    every_page_refuses_to_be_framed(&demo).await;
    paths_do_not_climb(&demo).await;
    nobody_is_sent_elsewhere(&demo).await;
    a_value_never_begins_a_line_of_the_log(demo).await;
}

async fn nothing_of_another_agency_is_told(demo: &Demo) {
    let addresses = addresses(demo);
    assert!(addresses.len() > 200 && demo.ids.len() >= 4, "{} addresses, {:?}", addresses.len(), demo.ids);
    // The same search finds it for those who may know: the words are right.
    let (_, _, known) = demo.get("hue.vanthu", "/api/v1/incoming-documents?text=so+hoa").await;
    assert!(known.contains(PRIVATE[0]), "{known}");
    let mut told = Vec::new();
    for person in OUTSIDERS {
        // A made-up id must be answered as a foreign one is, but for the request's own code.
        for address in &addresses {
            let (status, headers, text) = demo.get(person, address).await;
            if status >= 500 {
                told.push(format!("{person} {address}: {status}"));
            }
            // What was asked for may stand in the field of the search again.
            for word in PRIVATE.iter().filter(|word| !address.contains("01%2FQ") || !word.starts_with("01/QĐ")) {
                if text.contains(word) || headers.contains(word) {
                    told.push(format!("{person} reads {word:?} at {address}"));
                }
            }
            if let Some(id) = demo.ids.iter().find(|id| address.contains(id.as_str())) {
                let (other, _, other_text) = demo.get(person, &address.replace(id.as_str(), NOWHERE)).await;
                if status != other || told_apart(&text, &other_text) {
                    told.push(format!("{person} can tell at {address} that there is something: {status}, {other}"));
                }
            }
        }
    }
    assert!(told.is_empty(), "{} leaks: {:#?}", told.len(), &told[..told.len().min(20)]);
}

/// Every writing route of the program, towards the ministry's and Huế's records.
async fn no_act_of_another_agency_is_possible(demo: &Demo) {
    let before = standing(demo).await;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for module in lienthong::assembly::modules() {
        for rule in module.routes.rules().iter().filter(|rule| rule.method != "GET" && rule.path.contains("{id}")) {
            for person in OUTSIDERS {
                let path = |id: &str| filled(rule.path, id);
                let (nowhere, nothing) = demo.ask(person, rule.method, &path(NOWHERE)).await;
                for id in &demo.ids {
                    let (status, text) = demo.ask(person, rule.method, &path(id)).await;
                    tried += 1;
                    // Ending a session that is not one's own leads back to the list, whosever it is.
                    if !(300..500).contains(&status) || status != nowhere || told_apart(&text, &nothing) {
                        wrong.push(format!("{person} {rule} {id}: {status}, and {nowhere} for a record that is not"));
                    }
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{} answers tell: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    assert_eq!(standing(demo).await, before, "something changed");
}

/// The records as those who may read them see them.
async fn standing(demo: &Demo) -> Vec<String> {
    let mut all = Vec::new();
    for person in INSIDERS {
        for id in &demo.ids {
            for kind in ["outgoing-documents", "incoming-documents", "exchange/packages"] {
                let (status, _, text) = demo.get(person, &format!("/api/v1/{kind}/{id}")).await;
                if status == 200 {
                    all.push(text);
                }
            }
        }
    }
    assert!(all.len() >= 4, "{all:?}");
    all
}

/// Every route that asks for a right, as everybody who lacks it, in the own agency and in others.
async fn without_the_right_nothing_opens(demo: &Demo) {
    let mut wrong = Vec::new();
    let (mut refused, mut held) = (0, 0);
    for person in INSIDERS.iter().chain(&OUTSIDERS) {
        let me: serde_json::Value = serde_json::from_str(&demo.get(person, "/api/v1/me").await.2).unwrap();
        let may = |right: platform::access::Permission| {
            me["permissions"].as_array().unwrap().iter().any(|name| name == right.name())
        };
        for module in lienthong::assembly::modules() {
            for rule in module.routes.rules() {
                let lacks = match rule.who {
                    web::Who::May(right) | web::Who::MayServer(right) => !may(right),
                    web::Who::System | web::Who::Peer => true,
                    _ => false,
                };
                if !lacks {
                    held += 1;
                    continue;
                }
                let (status, _) = demo.ask(person, rule.method, &filled(rule.path, NOWHERE)).await;
                refused += 1;
                if !matches!(status, 401 | 403) {
                    wrong.push(format!("{person} {rule}: {status}"));
                }
            }
        }
    }
    assert!(refused > 200 && held > 200, "{refused} {held}");
    assert!(wrong.is_empty(), "{} routes open: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

/// The path with its places filled: `{id}` by the id, all others by 1.
fn filled(path: &str, id: &str) -> String {
    let mut path = path.to_owned();
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        let value = if path[from..].starts_with("{id}") { id } else { "1" };
        path.replace_range(from..=to, value);
    }
    path
}

/// Whether two answers differ in more than the request's code, ids and guard values, which have the same length.
fn told_apart(one: &str, other: &str) -> bool {
    one.len().abs_diff(other.len()) > 16
}

async fn every_page_refuses_to_be_framed(demo: &Demo) {
    let mut seen = BTreeSet::new();
    for module in lienthong::assembly::modules() {
        for rule in module.routes.rules().iter().filter(|rule| rule.method == "GET") {
            for person in ["", "hue.vanthu"] {
                let (_, headers, _) = demo.get(person, &rule.path.replace(['{', '}', '*'], "x")).await;
                assert!(headers.contains("frame-ancestors 'none'"), "{person} {rule}: {headers}");
                seen.insert(rule.path);
            }
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}

async fn paths_do_not_climb(demo: &Demo) {
    for start in ["/tai-nguyen/", "/ledger/tile/0/", "/tro-giup/", "/loi/", "/api/v1/exchange/packages/", "/"] {
        for climb in [
            "../",
            "..%2f",
            "%2e%2e/",
            "%2e%2e%2f",
            "..\\",
            "..%5c",
            "....//",
            "%252e%252e%252f",
            "..;/",
            "%c0%ae%c0%ae/",
        ] {
            for goal in ["etc/passwd", "story.json", "lienthong.db", "master.key"] {
                let path = format!("{start}{}{goal}", climb.repeat(8));
                let answer = demo.raw(&path, "").await;
                assert!(
                    !answer.contains("root:") && !answer.contains("\"decision\"") && !answer.contains("SQLite format"),
                    "{path}"
                );
                let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
                assert!(["400", "401", "404", "303"].contains(&status.as_str()), "{path}: {status}");
            }
        }
    }
}

async fn nobody_is_sent_elsewhere(demo: &Demo) {
    for evil in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "%2f%2fevil.example",
        "https:evil.example",
        "/%2fevil.example",
        "javascript:alert(1)",
        "//evil.example@127.0.0.1",
        "%0d%0aLocation:%20//evil.example",
    ] {
        for path in [
            format!("/dang-nhap?tiep={evil}"),
            format!("/ngon-ngu/en?tiep={evil}"),
            format!("/{evil}"),
            format!("//{evil}"),
        ] {
            for extra in ["", "Host: evil.example\r\nX-Forwarded-Host: evil.example\r\n"] {
                let answer = demo.raw(&path, extra).await.to_lowercase();
                let head = answer.split("\r\n\r\n").next().unwrap_or_default();
                for line in head.lines().filter(|line| line.starts_with("location:")) {
                    let to = line.trim_start_matches("location:").trim();
                    assert!(to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\"), "{path}: {line}");
                }
            }
        }
    }
    let landed = demo.sign_in_towards("hue.vanthu", "//evil.example").await;
    assert!(landed.starts_with('/') && !landed.starts_with("//"), "{landed}");
}

async fn a_value_never_begins_a_line_of_the_log(demo: Demo) {
    let forged = "x%0a2026-11-27T00:00:00.000000Z%20%20INFO%20web:%20forged%0d%0aforged%1b[31m%e2%80%a8forged%85";
    for path in ["/", "/dang-nhap?tiep=", "/api/v1/agencies?q=", "/api/v1/agencies/", "/loi/", "/ledger/tile/0/"] {
        demo.get("hue.vanthu", &format!("{path}{forged}")).await;
        demo.raw(
            &format!("{path}{forged}"),
            "User-Agent: a\tforged\r\nX-Request-Id: forged\r\nCookie: lt_session=forged\r\n",
        )
        .await;
    }
    let decoded = "x\n2026-11-27T00:00:00.000000Z  INFO web: forged\r\nforged\u{1b}[31m\u{2028}forged";
    demo.post("", "/api/v1/sessions", &serde_json::json!({ "username": decoded, "password": decoded })).await;
    demo.post("hue.vanthu", "/api/v1/outgoing-documents", &serde_json::json!({ "document": { "kind": decoded } }))
        .await;
    demo.post(
        "",
        "/api/v1/exchange/peer/introduction",
        &serde_json::json!({ "secret": decoded, "introduction": decoded }),
    )
    .await;
    let log = demo.stop().await;
    assert!(log.lines().count() > 50, "the log was on: {log}");
    for line in log.lines() {
        let date = line.get(..10).unwrap_or_default();
        assert!(
            date.len() == 10 && date.starts_with("20") && line.contains('Z'),
            "a line begins inside a value: {line:?}"
        );
        assert!(!line.starts_with("2026-11-27T00:00:00.000000Z") && !line.contains('\u{1b}'), "{line:?}");
    }
    assert!(!log.contains(PASSWORD));
}
