//! A notice by e-mail from the program itself: a document arrives, the clerk with an address gets one message.

use crate::{AGENCIES, Place, document};
use std::time::{Duration, Instant};
use testkit::{Mail, MailSink};

/// How long the reaction and the job may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until the mail server holds `count` messages.
async fn arrived(sink: &MailSink, count: usize) -> Vec<Mail> {
    let since = Instant::now();
    while sink.mails().len() < count && since.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    sink.mails()
}

/// A document whose notation tries to add a recipient to whatever quotes it in a header.
fn hostile(id: &str) -> String {
    document(id, "G09", "H57").replace("CV-BNV", "CV-BNV&#13;&#10;Bcc: ke.gian@evil.example")
}

async fn a_clerk_is_told(place: &Place) {
    let sink = MailSink::start().await;
    let settings = place.file(
        "mail.toml",
        &format!(
            "public_url = \"https://vanban.hue.example\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\n\
             security = \"none\"\nfrom = \"Liên Thông <khong-tra-loi@hue.example>\"\n",
            sink.port
        ),
    );
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    let clerk = |name: &str, more: &[&str]| {
        let add = ["user", "add", name, "--name", "Lê Văn Mẫu", "--agency", "H57", "--title", "Văn thư"];
        place.run(&[&add[..], &["--roles", "registry-clerk"], more].concat()).well();
    };
    clerk("van.thu", &["--email", "van.thu@hue.example"]);
    // A clerk without an address reads it in the program only.
    clerk("van.thu.2", &[]);

    let (server, _) = place.serve_with(&["--config", &settings]);
    place.file("goi.edxml", &document("goi-1", "G09", "H57"));
    place.run(&["exchange", "send", "goi.edxml", "--as", "G09"]).well();
    let mails = arrived(&sink, 1).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = &mails[0];
    assert_eq!(mail.to, ["<van.thu@hue.example>"]);
    let subject = mail.header("Subject").unwrap();
    assert_eq!(subject, "Văn bản mới đến: 12/CV-BNV");
    assert!(mail.text.is_ascii(), "no letter with marks travels bare: {}", mail.text);
    assert_eq!(mail.header("From").as_deref(), Some("Liên Thông <khong-tra-loi@hue.example>"));
    assert_eq!(mail.header("To").as_deref(), Some("van.thu@hue.example"));
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(mail.header("Content-Type").unwrap().starts_with("text/plain"), "{}", mail.text);
    let id = mail.header("Message-ID").unwrap();
    assert!(id.starts_with('<') && id.ends_with("@hue.example>"), "{id}");
    assert!(mail.header("Date").is_some() && mail.header("MIME-Version").is_some(), "{}", mail.text);
    let body = mail.body();
    for part in [&subject, "https://vanban.hue.example/van-ban-den/", "A document arrived: 12/CV-BNV"] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("Về việc thử dòng lệnh"), "the sentence and the link, not the document: {body}");

    // The same package again tells nobody again; the next one does, and a line break in it adds no header.
    place.run(&["exchange", "send", "goi.edxml", "--as", "G09"]).well();
    place.file("goi.edxml", &hostile("goi-2"));
    place.run(&["exchange", "send", "goi.edxml", "--as", "G09"]).well();
    let mails = arrived(&sink, 2).await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    let mail = &mails[1];
    assert_eq!(mail.to, ["<van.thu@hue.example>"]);
    assert!(mail.headers().iter().all(|(name, _)| name != "Bcc"), "{}", mail.text);
    let subject = mail.header("Subject").unwrap();
    assert!(subject.starts_with("Văn bản mới đến: 12/CV-BNV") && subject.contains("Bcc:"), "{subject:?}");
    server.stop();
    place.run(&["verify"]).well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clerk_with_an_address_is_told_by_mail() {
    let mut places = vec![Place { folder: tempfile::tempdir().unwrap(), database: None }];
    let base = testkit::TestDb::postgres(&[]).await;
    if let Some(base) = &base {
        places.push(Place { folder: tempfile::tempdir().unwrap(), database: base.url.clone() });
    }
    for place in &places {
        a_clerk_is_told(place).await;
    }
    tokio::task::spawn_blocking(move || drop(base)).await.unwrap();
}
