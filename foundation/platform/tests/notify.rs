//! Notices: grouped by record, read once, by e-mail where a server is configured.

use base::{AgencyCode, Text};
use platform::Platform;
use platform::access::Act;
use platform::directory::{self, Person};
use platform::jobs::{JobFilter, JobState, job_page};
use platform::ledger::Actor;
use platform::notify::{
    NewNotice, NoticeId, Urgency, mark_all_read, mark_read, mark_subject_read, notice, notice_groups, unread_count,
};
use testkit::{MailSink, TestPlatform, on_each_platform};
use tokio::net::TcpListener;

fn to(platform: &Platform, person: &str, about: Option<&str>, title: &str) -> NewNotice {
    NewNotice {
        id: platform.new_id(),
        person: person.into(),
        kind: "test.assigned",
        title: Text::new(title.to_owned(), format!("({title})")),
        link: "/van-ban-den/1".into(),
        urgency: Urgency::Soon,
        subject: about.map(|id| ("test.doc", id.to_owned())),
    }
}

async fn send(t: &TestPlatform, new: NewNotice) -> NoticeId {
    let (id, now) = (new.id, t.now());
    t.platform.db().write(move |tx| notice(tx, now, &new)).await.unwrap();
    t.clock.advance_seconds(1);
    id
}

#[tokio::test]
async fn grouped_by_record_and_counted() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        for n in 0..7 {
            send(&t, to(p, "an", Some("1"), &format!("một {n}"))).await;
        }
        let second = send(&t, to(p, "an", Some("2"), "hai")).await;
        let alone = send(&t, to(p, "an", None, "riêng")).await;
        send(&t, to(p, "an", None, "riêng nữa")).await;
        send(&t, to(p, "an", Some("1"), "một cuối")).await;
        send(&t, to(p, "binh", Some("1"), "của Bình")).await;
        let groups = p.db().read(|tx| notice_groups(tx, "an", None, 10)).await.unwrap();
        let shape: Vec<_> =
            groups.iter().map(|g| (g.subject.clone().map(|s| s.1), g.notices.len(), g.unread)).collect();
        let id = |id: &str| Some(id.to_owned());
        assert_eq!(shape, [(id("1"), 5, 8), (None, 1, 1), (None, 1, 1), (id("2"), 1, 1)]);
        assert_eq!(groups[0].notices[0].title.vi, "một cuối");
        let before = groups[1].notices[0].id;
        let rest = p.db().read(move |tx| notice_groups(tx, "an", Some(before), 10)).await.unwrap();
        assert_eq!(rest.iter().map(|g| g.notices[0].id).collect::<Vec<_>>(), [alone, second]);

        let now = t.now();
        let unread = || p.db().read(|tx| unread_count(tx, "an"));
        assert_eq!(unread().await.unwrap(), 11);
        p.db().write(move |tx| mark_read(tx, now, "binh", alone)).await.unwrap();
        assert_eq!(unread().await.unwrap(), 11, "another person's notice stays");
        p.db().write(move |tx| mark_read(tx, now, "an", alone)).await.unwrap();
        let marked = p.db().write(move |tx| mark_subject_read(tx, now, "an", "test.doc", "1")).await.unwrap();
        assert_eq!((marked, unread().await.unwrap()), (8, 2));
        assert_eq!(p.db().write(move |tx| mark_all_read(tx, now, "an")).await.unwrap(), 2);
        assert_eq!(unread().await.unwrap(), 0);
        assert_eq!(p.db().read(|tx| unread_count(tx, "binh")).await.unwrap(), 1);
    })
    .await;
}

/// A person with an address in the directory.
async fn reader(t: &TestPlatform, email: &str) -> String {
    let person = Person {
        id: t.platform.new_id(),
        full_name: "Nguyễn Văn An".into(),
        email: email.into(),
        phone: String::new(),
        version: 0,
    };
    let (id, act) = (person.id, Act::new(&t.platform, Actor::Server));
    let agency = AgencyCode::parse("H57").unwrap();
    t.platform.db().write(move |tx| directory::person_save(tx, &act, person.clone(), &agency, None)).await.unwrap();
    id.to_string()
}

async fn with_mail(port: u16) -> TestPlatform {
    TestPlatform::sqlite_with(Vec::new(), |config| {
        config.smtp.host = "127.0.0.1".into();
        config.smtp.port = port;
        config.smtp.security = platform::config::SmtpSecurity::None;
        config.smtp.from = "Liên Thông <khong-tra-loi@hue.example>".into();
        config.public_url = Some("https://vanban.hue.example/".into());
    })
    .await
}

async fn mail_jobs(t: &TestPlatform) -> Vec<platform::jobs::Job> {
    let filter = JobFilter { kind: Some("notify.email".into()), limit: 10, ..JobFilter::default() };
    t.platform.db().read(move |tx| job_page(tx, &filter)).await.unwrap()
}

#[tokio::test]
async fn an_address_gets_one_mail_with_the_link() {
    let sink = MailSink::start().await;
    let t = with_mail(sink.port).await;
    let an = reader(&t, "an@hue.example").await;
    let new = to(&t.platform, &an, None, "Có việc mới");
    send(&t, new.clone()).await;
    send(&t, new).await;
    send(&t, to(&t.platform, &reader(&t, "").await, None, "không có địa chỉ")).await;
    t.settle().await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["<an@hue.example>"]);
    assert_eq!(mails[0].header("Subject").as_deref(), Some("Có việc mới"));
    assert!(mails[0].body().contains("https://vanban.hue.example/van-ban-den/1"), "{}", mails[0].body());
    let jobs = mail_jobs(&t).await;
    assert_eq!((jobs.len(), jobs[0].state), (1, JobState::Done));
}

#[tokio::test]
async fn a_line_break_in_the_sentence_adds_no_header() {
    let sink = MailSink::start().await;
    let t = with_mail(sink.port).await;
    let an = reader(&t, "an@hue.example").await;
    for wrong in ["a\r\nBcc: ke.gian@evil.example", "a\nBcc: ke.gian@evil.example", "a\r\n\r\nThân thư giả"] {
        send(&t, to(&t.platform, &an, None, wrong)).await;
    }
    t.settle().await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 3);
    for mail in &mails {
        assert_eq!(mail.to, ["<an@hue.example>"]);
        assert!(mail.headers().iter().all(|(name, _)| name != "Bcc"), "{}", mail.text);
        assert!(mail.header("Content-Type").is_some(), "every header is in the head: {}", mail.text);
    }
    // The directory takes no address with a line break; were one there all the same, it stays in the operator's sight.
    let wrong = t.platform.new_id::<()>().to_string();
    let (id, address) = (wrong.clone(), "an@hue.example\r\nRCPT TO:<ke.gian@evil.example>");
    let insert = "INSERT INTO directory_persons (id, full_name, email, phone, sort_key, folded, version)
                  VALUES ($1, 'An', $2, '', '', '', 1)";
    t.platform.db().write(move |tx| tx.execute(insert, &[&id, &address])).await.unwrap();
    send(&t, to(&t.platform, &wrong, None, "x")).await;
    t.settle().await;
    assert_eq!(sink.mails().len(), 3);
    assert!(mail_jobs(&t).await.iter().any(|job| job.state == JobState::Parked));
}

#[tokio::test]
async fn a_lasting_refusal_is_parked_and_a_passing_one_tried_again() {
    let sink = MailSink::refusing().await;
    let t = with_mail(sink.port).await;
    send(&t, to(&t.platform, &reader(&t, "ai@hue.example").await, None, "x")).await;
    t.settle().await;
    let job = mail_jobs(&t).await.remove(0);
    assert_eq!((job.state, sink.mails().len()), (JobState::Parked, 0));
    assert!(job.last_error.unwrap().contains("550"));

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free); // nobody listens there now
    let t = with_mail(port).await;
    send(&t, to(&t.platform, &reader(&t, "ai@hue.example").await, None, "x")).await;
    t.settle().await;
    let job = mail_jobs(&t).await.remove(0);
    assert_eq!((job.state, job.attempts), (JobState::Open, 1));
}

#[tokio::test]
async fn without_a_server_nothing_is_sent_and_nothing_piles_up() {
    on_each_platform(Vec::new, |t| async move {
        send(&t, to(&t.platform, &reader(&t, "an@hue.example").await, None, "x")).await;
        t.settle().await;
        assert_eq!(mail_jobs(&t).await[0].state, JobState::Done);
    })
    .await;
}
