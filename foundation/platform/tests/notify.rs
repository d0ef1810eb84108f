//! Notices: grouped by record, read once, by e-mail where a server is configured.

use base::Text;
use platform::Platform;
use platform::jobs::{JobFilter, JobState, job_page};
use platform::notify::{
    NewNotice, NoticeId, Urgency, mark_all_read, mark_read, mark_subject_read, notice, notice_groups, unread_count,
};
use std::sync::{Arc, Mutex};
use testkit::{TestPlatform, on_each_platform};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
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
        email: None,
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

/// A mail server that keeps what it is sent; `refuse` makes it turn every recipient away for good.
async fn mail_sink(refuse: bool) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mails: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&mails);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let (read, mut write) = socket.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 sink\r\n").await.unwrap();
                let mut mail: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Some(text) = &mut mail {
                        if line == "." {
                            kept.lock().unwrap().push(mail.take().unwrap());
                            write.write_all(b"250 kept\r\n").await.unwrap();
                        } else {
                            text.push_str(&line);
                            text.push('\n');
                        }
                        continue;
                    }
                    let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                        "RCPT" if refuse => b"550 no such person\r\n",
                        "DATA" => {
                            mail = Some(String::new());
                            b"354 go on\r\n"
                        }
                        "QUIT" => b"221 bye\r\n",
                        _ => b"250 ok\r\n",
                    };
                    write.write_all(answer).await.unwrap();
                }
            });
        }
    });
    (port, mails)
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
    let (port, mails) = mail_sink(false).await;
    let t = with_mail(port).await;
    let new = NewNotice { email: Some("an@hue.example".into()), ..to(&t.platform, "an", None, "Có việc mới") };
    send(&t, new.clone()).await;
    send(&t, new).await;
    t.settle().await;
    let mails = mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: an@hue.example"), "{}", mails[0]);
    assert!(mails[0].contains("https://vanban.hue.example/van-ban-den/1"), "{}", mails[0]);
    assert_eq!(mail_jobs(&t).await[0].state, JobState::Done);
}

#[tokio::test]
async fn a_lasting_refusal_is_parked_and_a_passing_one_tried_again() {
    let (port, mails) = mail_sink(true).await;
    let t = with_mail(port).await;
    let new = NewNotice { email: Some("ai@hue.example".into()), ..to(&t.platform, "an", None, "x") };
    send(&t, new).await;
    t.settle().await;
    let job = mail_jobs(&t).await.remove(0);
    assert_eq!((job.state, mails.lock().unwrap().len()), (JobState::Parked, 0));
    assert!(job.last_error.unwrap().contains("550"));

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free); // nobody listens there now
    let t = with_mail(port).await;
    let new = NewNotice { email: Some("ai@hue.example".into()), ..to(&t.platform, "an", None, "x") };
    send(&t, new).await;
    t.settle().await;
    let job = mail_jobs(&t).await.remove(0);
    assert_eq!((job.state, job.attempts), (JobState::Open, 1));
}

#[tokio::test]
async fn without_a_server_nothing_is_sent_and_nothing_piles_up() {
    let t = TestPlatform::sqlite(Vec::new()).await;
    let new = NewNotice { email: Some("an@hue.example".into()), ..to(&t.platform, "an", None, "x") };
    send(&t, new).await;
    t.settle().await;
    assert_eq!(mail_jobs(&t).await[0].state, JobState::Done);
}
