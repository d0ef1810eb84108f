//! What an operator watches: the certificate, the age of the backup, the figures that dashboard and alerts name.

use super::stopping::get;
use super::{AGENCIES, Place, Server, lines, said};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A certificate of our own under the given name.
fn certificate(place: &Place, name: &str, days: &str) {
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", days]);
    make.args(["-subj", &format!("/CN={name}"), "-keyout"]).arg(place.path("tls.key"));
    said(make.arg("-out").arg(place.path("tls.pem")).output().unwrap()).well();
}

/// Whose certificate the server shows.
fn shown(address: &str) -> String {
    let mut ask = Command::new("openssl");
    ask.args(["s_client", "-connect", address, "-servername", "localhost"]).stdin(Stdio::null());
    let text = said(ask.output().unwrap()).text;
    text.lines().find(|line| line.starts_with("subject=")).unwrap_or(&text).to_owned()
}

fn becomes(address: &str, wanted: &str) {
    let begun = Instant::now();
    while !shown(address).contains(wanted) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{wanted} is not shown: {}", shown(address));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_renewed_certificate_is_taken_without_a_restart_and_a_broken_one_is_not() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    certificate(&place, "first", "30");
    let tls = format!(
        "[tls]\ncertificate = {:?}\nkey = {:?}\n",
        place.path("tls.pem").to_str().unwrap(),
        place.path("tls.key").to_str().unwrap()
    );
    let config = place.file("settings.toml", &tls);
    let mut command = place.command("data", None);
    command.args(["--config", &config, "serve", "--listen", "127.0.0.1:0", "--admin-listen", ""]);
    let mut server = Server(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut said_lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address = said_lines.next().unwrap().unwrap();
    let address = address.strip_prefix("https://").unwrap();
    std::thread::spawn(move || said_lines.for_each(drop));
    assert!(shown(address).contains("first"));

    let hangup = || {
        let asked = Command::new("kill").args(["-HUP", &server.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
    };
    certificate(&place, "second", "30");
    hangup();
    becomes(address, "second");
    std::fs::write(place.path("tls.pem"), "nonsense").unwrap();
    hangup();
    std::thread::sleep(Duration::from_millis(500));
    assert!(shown(address).contains("second"), "the old pair stays in use");
    certificate(&place, "third", "30");
    hangup();
    becomes(address, "third");
    server.stop();

    let doctor = || {
        let mut command = place.command("data", None);
        said(command.args(["--config", &config, "doctor"]).output().unwrap())
    };
    assert!(doctor().text.contains("✓ Chứng thư TLS: còn "), "{}", doctor().text);
    certificate(&place, "short", "3");
    assert!(doctor().text.contains("! Chứng thư TLS: còn "), "{}", doctor().text);
    std::fs::write(place.path("tls.pem"), "nonsense").unwrap();
    let broken = doctor();
    assert!(broken.code == 1 && broken.text.contains("✗ Chứng thư TLS"), "{}", broken.text);
}

#[test]
fn doctor_knows_when_the_newest_backup_was_made() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    assert!(place.run(&["doctor"]).text.contains("! Sao lưu: chưa có bản nào"), "none yet");
    place.run(&["backup", place.path("copy").to_str().unwrap()]).well();
    assert!(place.run(&["doctor"]).text.contains("✓ Sao lưu: bản gần nhất cách đây 0 giờ"));
    std::fs::write(place.path("data").join("last-backup.txt"), "2026-01-01T00:00:00Z\n").unwrap();
    assert!(place.run(&["doctor"]).text.contains("! Sao lưu: bản gần nhất đã "));
}

/// Names beginning with `lienthong_`, without the endings that a histogram adds.
fn figures(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("lienthong_"))
        .map(|word| {
            ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).to_owned()
        })
        .collect()
}

#[test]
fn every_figure_of_dashboard_and_alerts_is_exported() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    let registered = place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    assert!(!lines(&registered).is_empty());
    place.run(&["backup", place.path("copy").to_str().unwrap()]).well();
    let admin = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut command = place.command("data", None);
    command.env("LIENTHONG_LIMITS_ADDRESS_REQUESTS_PER_MINUTE", "5");
    command.args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", &admin]).stdout(Stdio::piped());
    let mut server = Server(command.spawn().unwrap());
    let mut said_lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address = said_lines.next().unwrap().unwrap();
    std::thread::spawn(move || said_lines.for_each(drop));
    let host = address.strip_prefix("http://").unwrap();
    for _ in 0..8 {
        get(host, "/").unwrap();
    }

    let begun = Instant::now();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/");
    let mut wanted = BTreeSet::new();
    for file in ["grafana-dashboard.json", "prometheus-rules.yml"] {
        wanted.extend(figures(&std::fs::read_to_string(format!("{folder}{file}")).unwrap()));
    }
    assert!(wanted.len() >= 9, "{wanted:?}");
    // There is no TLS here.
    wanted.remove("lienthong_tls_certificate_left_seconds");
    loop {
        let exported = figures(&get(&admin, "/metrics").unwrap());
        let missing: Vec<_> = wanted.difference(&exported).collect();
        if missing.is_empty() {
            break;
        }
        // The first background job ends within some seconds.
        assert!(begun.elapsed() < Duration::from_secs(90), "not exported: {missing:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
    let dashboard = std::fs::read_to_string(format!("{folder}grafana-dashboard.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() >= 9);
}
