//! Delivery over the line: once, with a signed receipt kept, statuses back, whatever gets lost on the way.

use crate::world::{FORGE, LOSE, Server, board, code, count, header, on_each_pair, pair_on, settle, stop, submit};
use exchange::{PackageId, StatusCode, StatusReport, SubmitContext, Transport};
use platform::ledger::Actor;
use std::sync::atomic::Ordering;

async fn receipt(server: &Server, id: PackageId) -> serde_json::Value {
    server
        .platform
        .db()
        .read(move |tx| {
            tx.query_one("SELECT peer_receipt FROM exchange_delivery WHERE package_id = $1", &[&id])?.get(0)
        })
        .await
        .unwrap()
}

async fn only_package(server: &Server) -> PackageId {
    assert_eq!(count(server, "exchange_package").await, 1);
    server.platform.db().read(|tx| tx.query_one("SELECT id FROM exchange_package", &[])?.get(0)).await.unwrap()
}

#[tokio::test]
async fn a_document_arrives_once_and_its_states_come_back() {
    for postgres in [false, true] {
        let Some((ministry, commune)) = pair_on(postgres).await else { continue };
        arrives_and_comes_back(&ministry, &commune).await;
        stop([ministry, commune]).await;
    }
}

async fn arrives_and_comes_back(ministry: &Server, commune: &Server) {
    let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
    assert_eq!(board(ministry, id).await[0].transport, Transport::Pending);
    settle(ministry).await;
    let row = &board(ministry, id).await[0];
    assert_eq!((row.transport, row.status.as_ref(), row.problem.as_ref()), (Transport::Sent, None, None));

    let there = only_package(commune).await;
    let record = commune.platform.db().read(move |tx| exchange::package_get(tx, there)).await.unwrap();
    assert_eq!(record.header.subject, "Về việc ban hành kế hoạch chuyển đổi số");
    let files = commune.platform.db().read(move |tx| exchange::package_attachments(tx, there)).await.unwrap();
    assert_eq!(files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["quyet-dinh.txt", "phu-luc.txt"]);
    let hash = files[0].sha256.parse().unwrap();
    let bytes = commune.platform.blobs().read(hash, 1 << 20).await.unwrap();
    assert_eq!(bytes, "Nội dung quyết định ".repeat(2000).as_bytes());

    // The receipt is the commune's, and its signature holds here.
    let receipt = receipt(ministry, id).await;
    assert_eq!(receipt["package_id"], there.to_string());
    let (payload, jws) = exchange::use_cases::receipt::split(&receipt).unwrap();
    let verified = ministry.platform.signing().verify(&payload, &jws).await.unwrap().unwrap();
    assert_eq!(verified.kid, commune.platform.signing().server().kid());

    // 01 by itself, then what the commune reports.
    settle(commune).await;
    let status = |row: &exchange::DeliveryRow| row.status.as_ref().map(|s| s.as_str().to_owned());
    assert_eq!(status(&board(ministry, id).await[0]).as_deref(), Some("01"));
    for (word, description) in [("03", "Số đến 15"), ("06", "Đã xong")] {
        commune.clock.advance_seconds(60);
        ministry.clock.advance_seconds(60);
        let report = StatusReport {
            package: there,
            agency: code("H57.103"),
            code: StatusCode::new(word).unwrap(),
            description: description.into(),
            staff: None,
        };
        let ctx = SubmitContext::new(&commune.platform, Actor::person("clerk"));
        commune.platform.db().write(move |tx| exchange::report_status(tx, &ctx, &report)).await.unwrap();
        settle(commune).await;
        let row = &board(ministry, id).await[0];
        assert_eq!((status(row).as_deref(), row.note.as_deref()), (Some(word), Some(description)));
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again() {
    on_each_pair(async |ministry, commune| {
        let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
        commune.line.store(LOSE, Ordering::SeqCst);
        settle(ministry).await;
        let row = &board(ministry, id).await[0];
        assert_eq!((row.transport, row.attempts), (Transport::Pending, 1));
        assert!(row.problem.as_ref().unwrap().vi.contains("502"), "{:?}", row.problem);
        let there = only_package(commune).await;

        ministry.clock.advance_seconds(60);
        settle(ministry).await;
        let row = &board(ministry, id).await[0];
        assert_eq!((row.transport, row.problem.as_ref()), (Transport::Sent, None));
        // The same receipt as the first time: the package is there once.
        assert_eq!(receipt(ministry, id).await["package_id"], there.to_string());
        only_package(commune).await;
        assert_eq!(count(commune, "exchange_receipt").await, 1);
        assert_eq!(count(commune, "exchange_delivery").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_again() {
    on_each_pair(async |ministry, commune| {
        // Its address answers no more.
        let dead = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", dead.local_addr().unwrap());
        drop(dead);
        let away = address.clone();
        ministry
            .platform
            .db()
            .write(move |tx| tx.execute("UPDATE exchange_peer SET url = $1", &[&away]))
            .await
            .unwrap();
        let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
        settle(ministry).await;
        let row = &board(ministry, id).await[0];
        assert_eq!((row.transport, row.attempts), (Transport::Pending, 1));
        assert!(
            row.problem.as_ref().unwrap().vi.starts_with("Không kết nối được với Cơ quan H57.103"),
            "{:?}",
            row.problem
        );
        let back = commune.url.clone();
        ministry
            .platform
            .db()
            .write(move |tx| tx.execute("UPDATE exchange_peer SET url = $1", &[&back]))
            .await
            .unwrap();
        ministry.clock.advance_seconds(3600);
        commune.clock.advance_seconds(3600);
        settle(ministry).await;
        assert_eq!(board(ministry, id).await[0].transport, Transport::Sent);
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_the_peers_signature_proves_nothing() {
    on_each_pair(async |ministry, commune| {
        let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
        commune.line.store(FORGE, Ordering::SeqCst);
        settle(ministry).await;
        let row = &board(ministry, id).await[0];
        assert_eq!((row.transport, row.attempts), (Transport::Pending, 1));
        assert!(row.problem.as_ref().unwrap().en.contains("without a receipt"), "{:?}", row.problem);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_final_and_its_receipt_is_kept() {
    on_each_pair(async |ministry, commune| {
        // The commune no longer serves the agency; the ministry does not know yet.
        commune
            .platform
            .db()
            .write(|tx| tx.execute("UPDATE directory_agencies SET hosted = $1", &[&false]))
            .await
            .unwrap();
        let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
        settle(ministry).await;
        let row = &board(ministry, id).await[0];
        assert_eq!(row.transport, Transport::Failed);
        let receipt = receipt(ministry, id).await;
        assert_eq!(receipt["refusal"]["code"], "exchange.recipient.missing");
        assert_eq!(row.problem.as_ref().unwrap().vi, receipt["refusal"]["vi"].as_str().unwrap());
        // No repetition by itself.
        ministry.clock.advance_seconds(86_400);
        settle(ministry).await;
        assert_eq!(board(ministry, id).await[0].attempts, 1);
        assert_eq!(count(commune, "exchange_package").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_to_a_dismissed_server_waits_for_a_person() {
    on_each_pair(async |ministry, _commune| {
        let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
        let peer = crate::world::peers_of(ministry).await[0].id;
        exchange::peers::dismiss(&ministry.platform, Actor::person("operator"), peer).await.unwrap();
        settle(ministry).await;
        assert_eq!(board(ministry, id).await[0].transport, Transport::Parked);
    })
    .await;
}
