//! The typed calls that the office makes inside its own transaction.

use crate::schemas::check_entries;
use crate::world::{self, MIGRATIONS, acting, code, header, outgoing, submit};
use base::Lang;
use exchange::{DeliveryRow, Operation, PackageId, StatusCode, StatusReport, Transport};
use platform::{Error, Result};
use std::time::Duration;
use testkit::{TestDb, on_each_database};

/// Between the statements, so that what runs at once really meets.
const PAUSE: Duration = Duration::from_millis(1);

async fn fresh(t: TestDb) -> TestDb {
    world::directory(&t.db, &t.clock, &t.random).await;
    t
}

async fn board(t: &TestDb, id: PackageId) -> Vec<DeliveryRow> {
    t.db.read(move |tx| exchange::deliveries(tx, id)).await.unwrap()
}

async fn report(t: &TestDb, id: PackageId, agency: &str, status: &str, words: &str) -> Result<()> {
    let report = StatusReport {
        package: id,
        agency: code(agency),
        code: StatusCode::new(status).unwrap(),
        description: words.into(),
        staff: None,
    };
    let ctx = acting(t);
    t.db.write(move |tx| exchange::report_status(tx, &ctx, &report)).await
}

async fn kinds(t: &TestDb, subject: &'static str) -> Vec<(String, i64, String)> {
    platform::ledger::number(&t.db).await.unwrap();
    t.db.read(move |tx| {
        tx.query(
            "SELECT kind, subject_version, agency FROM ledger_entry WHERE subject_kind = $1 ORDER BY seq",
            &[&subject],
        )?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
    })
    .await
    .unwrap()
}

fn refusal(error: &Error) -> &base::Refusal {
    match error {
        Error::Refused(refusal) => refusal,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn a_document_arrives_and_is_acknowledged_by_itself() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57", "H57.102"]))).await.unwrap();
        let rows = board(&t, id).await;
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].transport, rows[0].status.as_ref().map(StatusCode::as_str)),
            (Transport::Arrived, Some("01"))
        );
        assert_eq!(rows[0].recipient_name, "Ủy ban nhân dân thành phố Huế");
        assert_eq!((rows[1].transport, rows[1].status.as_ref()), (Transport::Parked, None));
        assert!(rows[1].problem.is_some(), "parked in sight, with the reason");
        let entries = kinds(&t, "exchange.delivery").await;
        assert_eq!(
            entries
                .iter()
                .map(|(kind, version, agency)| (kind.as_str(), *version, agency.as_str()))
                .collect::<Vec<_>>(),
            [
                ("exchange.delivery.arrived", 1, "H57"),
                ("exchange.status.recorded", 2, "G09"),
                ("exchange.delivery.begun", 1, "G09"),
            ]
        );
        let again = submit(&t, outgoing(header("doc-1", &["H57", "H57.102"]))).await.unwrap();
        assert_eq!(again, id, "the same document again is the same package");
        let mut other = header("doc-1", &["H57", "H57.102"]);
        other.subject = "Nội dung khác".into();
        let error = submit(&t, outgoing(other)).await.unwrap_err();
        assert_eq!(refusal(&error).code.code, "exchange.package.conflict");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_receive_is_refused_with_the_successor() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let error = submit(&t, outgoing(header("doc-1", &["H57", "H02"]))).await.unwrap_err();
        let said = refusal(&error);
        assert_eq!(said.code.code, "exchange.recipient.closed");
        assert_eq!(said.fields[0].field, "MessageHeader/To[2]/OrganId");
        assert!(said.remedy(Lang::Vi).contains("H05"), "{}", said.remedy(Lang::Vi));
        assert!(said.message(Lang::En).contains("30/06/2025"), "{}", said.message(Lang::En));
        let error = submit(&t, outgoing(header("doc-1", &["H99"]))).await.unwrap_err();
        assert_eq!(refusal(&error).code.code, "exchange.recipient.unknown");
        let error = submit(&t, outgoing(header("doc-1", &[]))).await.unwrap_err();
        assert_eq!(refusal(&error).code.code, "exchange.recipient.missing");
        let error = submit(&t, outgoing(header("doc-1", &["H57", "H57"]))).await.unwrap_err();
        assert_eq!(refusal(&error).code.code, "exchange.recipient.twice");
        let mut bare = header("doc-1", &["H57"]);
        (bare.subject, bare.issued_on) = (String::new(), None);
        let error = submit(&t, outgoing(bare)).await.unwrap_err();
        assert_eq!(refusal(&error).fields.len(), 2, "both fields are named");
        let packages: i64 =
            t.db.read(|tx| tx.query_one("SELECT COUNT(*) FROM exchange_package", &[])?.get(0)).await.unwrap();
        assert_eq!(packages, 0, "nothing is half-stored");
    })
    .await;
}

#[tokio::test]
async fn secret_documents_never_leave() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let mut secret = outgoing(header("doc-1", &["H57"]));
        secret.secrecy = base::Secrecy::Secret;
        let error = submit(&t, secret).await.unwrap_err();
        assert_eq!(refusal(&error).code.code, "exchange.document.secret");
        assert_eq!(refusal(&error).basis().unwrap().article, "Điều 1");
        let mut stamped = header("doc-1", &["H57"]);
        stamped.subject = "[MẬT] Phương án phòng thủ".into();
        assert!(submit(&t, outgoing(stamped)).await.unwrap_err().is_refusal("exchange.document.secret"));
    })
    .await;
}

#[tokio::test]
async fn every_step_is_back_at_the_sender_and_none_goes_backwards() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57", "H57.09"]))).await.unwrap();
        for (seconds, status) in [(60, "03"), (120, "04"), (60, "05"), (600, "06")] {
            t.clock.advance_seconds(seconds);
            report(&t, id, "H57", status, "").await.unwrap();
        }
        t.clock.advance_seconds(5);
        report(&t, id, "H57.09", "02", "Gửi nhầm nơi nhận").await.unwrap();
        let rows = board(&t, id).await;
        assert_eq!(rows[0].status.as_ref().unwrap().as_str(), "06");
        assert_eq!(rows[1].refused_reason(), Some("Gửi nhầm nơi nhận"));
        let history = t.db.read(move |tx| exchange::statuses(tx, id, &code("H57"))).await.unwrap();
        assert_eq!(history.iter().map(|s| s.code.as_str()).collect::<Vec<_>>(), ["01", "03", "04", "05", "06"]);

        assert!(report(&t, id, "H57", "03", "").await.unwrap_err().is_refusal("exchange.status.out-of-order"));
        assert!(report(&t, id, "H57.09", "03", "").await.unwrap_err().is_refusal("exchange.status.out-of-order"));
        assert!(report(&t, id, "G22", "03", "").await.unwrap_err().is_refusal("exchange.status.not-recipient"));
        let other = submit(&t, outgoing(header("doc-2", &["H57"]))).await.unwrap();
        assert!(report(&t, other, "H57", "02", " ").await.unwrap_err().is_refusal("exchange.status.reason-missing"));
        assert!(report(&t, other, "H57", "13", "").await.unwrap_err().is_refusal("exchange.status.not-sender"));
        check_entries(&t.db).await;
    })
    .await;
}

#[tokio::test]
async fn the_sender_asks_back_and_the_recipient_answers() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57", "H57.09"]))).await.unwrap();
        t.clock.advance_seconds(1);
        report(&t, id, "H57.09", "02", "Sai nơi nhận").await.unwrap();
        report(&t, id, "G09", "13", "Ban hành nhầm").await.unwrap();
        let rows = board(&t, id).await;
        assert_eq!(rows[0].take_back.as_ref().unwrap().as_str(), "13");
        assert_eq!(rows[1].take_back, None, "who refused it has nothing to give back");
        t.clock.advance_seconds(1);
        report(&t, id, "H57", "15", "").await.unwrap();
        assert_eq!(board(&t, id).await[0].take_back.as_ref().unwrap().as_str(), "15");
        check_entries(&t.db).await;
    })
    .await;
}

#[tokio::test]
async fn a_recall_finds_its_document_or_says_that_it_does_not() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57"]))).await.unwrap();
        let mut recall = header("doc-1", &["H57"]);
        recall.operation = Operation::Recall;
        assert!(
            submit(&t, outgoing(recall.clone())).await.unwrap_err().is_refusal("exchange.operation.reason-missing")
        );
        recall.reason = Some("Ban hành nhầm".into());
        let recalled = submit(&t, outgoing(recall)).await.unwrap();
        assert_ne!(recalled, id);
        let entries = kinds(&t, "exchange.delivery").await;
        assert!(entries.iter().any(|(kind, version, _)| kind == "exchange.operation.requested" && *version == 3));
        t.clock.advance_seconds(1);
        report(&t, id, "H57", "15", "").await.unwrap();

        let mut lost = header("doc-9", &["H57"]);
        (lost.operation, lost.reason, lost.number) = (Operation::Recall, Some("Nhầm".into()), "99".into());
        let lost = submit(&t, outgoing(lost)).await.unwrap();
        let rows = board(&t, lost).await;
        assert_eq!(rows[0].take_back.as_ref().unwrap().as_str(), "16", "answered by itself");
        check_entries(&t.db).await;
    })
    .await;
}

#[tokio::test]
async fn a_replacement_asks_only_those_it_names() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        submit(&t, outgoing(header("doc-1", &["H57"]))).await.unwrap();
        let mut replacement = header("doc-2", &["H57", "H57.09"]);
        (replacement.operation, replacement.reason) = (Operation::Replace, Some("Sai phụ lục".into()));
        replacement.targets =
            vec![exchange::OperationTarget { document_id: "doc-1".into(), agencies: vec![code("H57")] }];
        let id = submit(&t, outgoing(replacement)).await.unwrap();
        // Who must replace is asked; who merely gets the new document has nothing to look for and refuses nothing.
        let entries = kinds(&t, "exchange.delivery").await;
        assert_eq!(entries.iter().filter(|(kind, ..)| kind == "exchange.operation.requested").count(), 1);
        let rows = board(&t, id).await;
        assert!(rows.iter().all(|row| row.take_back.is_none()), "{rows:?}");

        let mut lost = header("doc-3", &["H57"]);
        (lost.operation, lost.reason) = (Operation::Replace, Some("Sai phụ lục".into()));
        lost.targets =
            vec![exchange::OperationTarget { document_id: "không có".into(), agencies: vec![code("H57")] }];
        let lost = submit(&t, outgoing(lost)).await.unwrap();
        let rows = board(&t, lost).await;
        assert_eq!(rows[0].take_back.as_ref().map(|c| c.as_str()), Some("16"), "the one asked could not find it");
        check_entries(&t.db).await;
    })
    .await;
}

#[tokio::test]
async fn sixteen_submit_the_same_document_and_it_counts_once() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        t.db.pause_statements(PAUSE);
        let mut all = Vec::new();
        for _ in 0..16 {
            let (db, ctx) = (t.db.clone(), acting(&t));
            let package = outgoing(header("doc-1", &["H57", "H57.09"]));
            all.push(tokio::spawn(
                async move { db.write(move |tx| exchange::submit(tx, &ctx, package.clone())).await },
            ));
        }
        let mut ids = Vec::new();
        for one in all {
            ids.push(one.await.unwrap().unwrap());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(board(&t, ids[0]).await.len(), 2);
        assert_eq!(kinds(&t, "exchange.package").await.len(), 1);
    })
    .await;
}

/// Sixteen at once; how many of them did it, and the others were told.
async fn of_sixteen<T, F, Fut>(act: F) -> usize
where
    T: Send + 'static,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let mut done = 0;
    for outcome in testkit::sixteen_at_once(|_| act()).await {
        match outcome {
            Ok(_) => done += 1,
            Err(Error::Conflict(_) | Error::Refused(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_step_of_a_delivery_happens_once() {
    use exchange::use_cases::deliver;
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57", "H57.102", "H05"]))).await.unwrap();
        let rows = board(&t, id).await;
        let (parked, lost) = (rows[1].id, rows[2].id);
        t.clock.advance_seconds(60);
        t.db.write(|tx| tx.execute("UPDATE directory_agencies SET hosted = $2 WHERE code = $1", &[&"H57.102", &true]))
            .await
            .unwrap();
        t.db.pause_statements(PAUSE);

        let said = StatusReport {
            package: id,
            agency: code("H57"),
            code: StatusCode::new("03").unwrap(),
            description: "Số đến 15".into(),
            staff: None,
        };
        let told = of_sixteen(|| {
            let (db, ctx, said) = (t.db.clone(), acting(&t), said.clone());
            async move { db.write(move |tx| exchange::report_status(tx, &ctx, &said)).await }
        });
        assert!(told.await >= 1, "the same word again is no trouble");
        let heard = t.db.read(move |tx| exchange::statuses(tx, id, &code("H57"))).await.unwrap();
        assert_eq!(heard.len(), 2, "01, and 03 once");

        let tried = of_sixteen(|| {
            let (db, ctx) = (t.db.clone(), acting(&t));
            async move { db.write(move |tx| deliver::retry(tx, &ctx, parked)).await }
        });
        assert_eq!(tried.await, 1);
        let returned = of_sixteen(|| {
            let (db, ctx) = (t.db.clone(), acting(&t));
            async move { db.write(move |tx| deliver::return_to_sender(tx, &ctx, lost, "Không có đường gửi")).await }
        });
        assert_eq!(returned.await, 1);
        t.db.pause_statements(Duration::ZERO);
        let rows = board(&t, id).await;
        assert_eq!((rows[1].transport, rows[2].transport), (Transport::Arrived, Transport::Returned));
        check_entries(&t.db).await;
    })
    .await;
}

#[tokio::test]
async fn two_people_report_at_once_and_one_of_them_wins() {
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57"]))).await.unwrap();
        t.clock.advance_seconds(1);
        let (one, two) = tokio::join!(report(&t, id, "H57", "03", ""), report(&t, id, "H57", "02", "Sai thể thức"));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let history = t.db.read(move |tx| exchange::statuses(tx, id, &code("H57"))).await.unwrap();
        assert_eq!(history.len(), 2, "01 and the winner's");
    })
    .await;
}

#[tokio::test]
async fn a_parked_delivery_is_tried_again_or_returned() {
    use exchange::use_cases::deliver;
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let id = submit(&t, outgoing(header("doc-1", &["H57.102", "H05"]))).await.unwrap();
        let (first, second) = (board(&t, id).await[0].id, board(&t, id).await[1].id);
        let ctx = acting(&t);
        let after = t.db.write(move |tx| deliver::retry(tx, &ctx, first)).await.unwrap();
        assert_eq!(after, Transport::Parked, "still no way");
        // The commune moves to this server.
        t.db.write(|tx| tx.execute("UPDATE directory_agencies SET hosted = $2 WHERE code = $1", &[&"H57.102", &true]))
            .await
            .unwrap();
        let ctx = acting(&t);
        let after = t.db.write(move |tx| deliver::retry(tx, &ctx, first)).await.unwrap();
        assert_eq!(after, Transport::Arrived);
        assert_eq!(board(&t, id).await[0].status.as_ref().unwrap().as_str(), "01");
        let ctx = acting(&t);
        let error = t.db.write(move |tx| deliver::retry(tx, &ctx, first)).await.unwrap_err();
        assert!(error.is_refusal("exchange.delivery.not-parked"));
        let ctx = acting(&t);
        let error = t.db.write(move |tx| deliver::return_to_sender(tx, &ctx, second, " ")).await.unwrap_err();
        assert!(error.is_refusal("exchange.delivery.return-reason-missing"));
        let ctx = acting(&t);
        t.db.write(move |tx| deliver::return_to_sender(tx, &ctx, second, "Không có đường gửi")).await.unwrap();
        assert_eq!(board(&t, id).await[1].transport, Transport::Returned);
        check_entries(&t.db).await;
    })
    .await;
}

#[tokio::test]
async fn the_statistics_come_out_of_the_ledger() {
    use exchange::statistics::{Level, Period, figures};
    on_each_database(MIGRATIONS, |t| async move {
        let t = fresh(t).await;
        let mut first = outgoing(header("doc-1", &["H57", "H57.09"]));
        first.signed_at = Some(t.now());
        first.header.paper = true;
        let id = submit(&t, first).await.unwrap();
        let mut late = outgoing(header("doc-2", &["H57"]));
        late.header.number = "13".into();
        late.signed_at = Some(t.now().plus_seconds(-30 * 86_400));
        submit(&t, late).await.unwrap();
        let mut recall = outgoing(header("doc-2", &["H57"]));
        (recall.header.operation, recall.header.reason) = (Operation::Recall, Some("Nhầm".into()));
        submit(&t, recall).await.unwrap();
        t.clock.advance_seconds(600);
        report(&t, id, "H57", "03", "").await.unwrap();
        report(&t, id, "H57.09", "02", "Sai nơi nhận").await.unwrap();
        t.settle(&platform::ledger::Registry::of(&[exchange::component()])).await;

        let month = exchange::statistics::counters::month(t.now());
        let period = Period::new(&month, &month).unwrap();
        let all = t.db.read(move |tx| figures(tx, &period, &Level::Axis)).await.unwrap();
        assert_eq!((all.total.sent, all.total.sent_with_paper, all.total.recalled), (3, 1, 1));
        assert_eq!((all.total.sent_in_time, all.total.sent_late), (1, 1));
        assert_eq!((all.total.received, all.total.refused), (4, 1));
        assert_eq!(all.total.average_seconds("03"), Some(600));
        assert_eq!(all.types.get("decision-individual").or(all.types.values().next()), Some(&(3, 4)));
        let period = Period::new(&month, &month).unwrap();
        let below = t.db.read(move |tx| figures(tx, &period, &Level::Below(code("H57")))).await.unwrap();
        assert_eq!(below.agencies.iter().map(|(c, ..)| c.as_str()).collect::<Vec<_>>(), ["H57", "H57.09"]);
        assert_eq!((below.total.sent, below.total.received), (0, 4));
        t.db.write(|tx| tx.execute("UPDATE directory_agencies SET hosted = $2 WHERE code = $1", &[&"H57.09", &false]))
            .await
            .unwrap();
        let period = Period::new(&month, &month).unwrap();
        let below = t.db.read(move |tx| figures(tx, &period, &Level::Below(code("H57")))).await.unwrap();
        let names: Vec<_> = below.agencies.iter().map(|(_, name, _)| name.vi.contains("máy chủ khác")).collect();
        assert_eq!(names, [false, true], "who is counted elsewhere is marked");
        let period = Period::new("2020-01", "2020-12").unwrap();
        let none = t.db.read(move |tx| figures(tx, &period, &Level::Axis)).await.unwrap();
        assert!(none.agencies.is_empty());
    })
    .await;
}
