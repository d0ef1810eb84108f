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
