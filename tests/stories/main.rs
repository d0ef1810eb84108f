//! The story of the demo as a test: two real server processes, both engines, every step observed.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::Value as Json;
use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> (bool, Json, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_lienthong"))
        .args(["demo", "--check"])
        .args(arguments)
        .env_remove("LIENTHONG_DATA")
        .env_remove("LIENTHONG_DATABASE")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    let last = String::from_utf8_lossy(&stdout).lines().last().unwrap_or_default().to_owned();
    (status.success(), serde_json::from_str(&last).unwrap_or(Json::Null), text)
}

#[test]
fn a_decision_travels_on_sqlite_and_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let (ok, line, text) = demo(&["--data", data]);
    assert!(ok, "{text}");
    assert_eq!(line["ok"], true, "{text}");
    assert!(line["steps"].as_u64().unwrap() >= 15, "{text}");
    assert_eq!(line["statistics"]["total"]["sent"], 1, "{text}");
    let (again, second, text) = demo(&["--data", data]);
    assert!(again, "{text}");
    assert_eq!(second["code"], line["code"], "{text}");
}

/// Every name, subject, reason and secret of the story: none of them may stand in a log.
fn private_words() -> Vec<String> {
    let government: toml::Table = toml::from_str(include_str!("../../data/demo/government.toml")).unwrap();
    let agencies = government["agency"].as_array().unwrap();
    let people = agencies.iter().filter_map(|a| a.get("person")?.as_array()).flatten();
    let mut words: Vec<String> = people
        .flat_map(|p| [&p["name"], &p["username"]].map(|word| word.as_str().unwrap().to_owned()))
        .chain(agencies.iter().map(|a| a["name_vi"].as_str().unwrap().to_owned()))
        .collect();
    words.extend(
        [
            "Thuc-hanh-2026",
            "số hóa tài liệu lưu trữ",
            "đăng ký khối lượng",
            "Sai nơi nhận",
            "quyet-dinh.pdf",
            "Bearer ",
        ]
        .map(str::to_owned),
    );
    words
}

#[test]
fn the_logs_of_the_story_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_lienthong"))
        .args(["demo", "--check", "--data"])
        .arg(folder.path().join("data"))
        .env("LIENTHONG_TELEMETRY_LOG_FILTER", "trace,hyper=info,rustls=info,h2=info")
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{log}");
    assert!(log.lines().count() > 100, "the log was on: {log}");
    let folded = log.to_lowercase();
    for word in private_words() {
        let line = log.lines().zip(folded.lines()).find(|(_, line)| line.contains(&word.to_lowercase()));
        assert!(line.is_none(), "{word:?} stands in the log: {}", line.unwrap().0);
    }
    // Session tokens, links and keys are long runs of base64url or hex; ids (UUID) and digests (64 hex) are not secret.
    let secret = |part: &str| part.len() >= 40 && !(part.len() == 64 && part.chars().all(|c| c.is_ascii_hexdigit()));
    let part = log.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).find(|part| secret(part));
    assert_eq!(part, None, "something like a token stands in the log");
}

#[tokio::test]
async fn a_decision_travels_on_postgresql() {
    // Databases without tables: the servers make their own, as on a fresh cluster.
    let (Some(first), Some(second)) = (testkit::TestDb::postgres(&[]).await, testkit::TestDb::postgres(&[]).await)
    else {
        return;
    };
    let (first, second) = (first.url.clone().unwrap(), second.url.clone().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (ok, line, text) =
        demo(&["--data", data.to_str().unwrap(), "--database", &first, "--second-database", &second]);
    assert!(ok, "{text}");
    assert_eq!(line["ok"], true, "{text}");
}
