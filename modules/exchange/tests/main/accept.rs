//! Accepting from outside: receipts, identities, refusals, quarantine, statuses.

use crate::schemas::check_entries;
use crate::world::{self, code, header};
use base::Random;
use bytes::Bytes;
use exchange::edxml;
use exchange::use_cases::receipt;
use exchange::{Accepted, Operation, PackageHeader, Rejected, StatusCode};
use futures_util::stream;
use platform::access::{Principal, PrincipalKind};
use platform::ledger::Actor;
use platform::{Component, Error};
use serde_json::Value as Json;
use std::sync::Arc;
use testkit::{TestPlatform, on_each_platform};

fn components() -> Vec<Component> {
    vec![exchange::component()]
}

async fn fresh(t: &TestPlatform) {
    let p = &t.platform;
    world::directory(p.db(), p.clock(), &Random::seeded(99)).await;
}

pub fn system(agencies: &[&str]) -> Principal {
    let agencies: Vec<_> = agencies.iter().map(|c| code(c)).collect();
    Principal {
        actor: Actor::system("s1"),
        agency: agencies[0].clone(),
        kind: PrincipalKind::System { system: Random::seeded(5).id(&base::Clock::frozen(testkit::START)), agencies },
        agency_name: base::Text::fixed("", ""),
        unit: None,
        roles: vec![],
        delegated: vec![],
        name: String::new(),
        title: base::Text::fixed("", ""),
    }
}

pub fn package_bytes(header: &PackageHeader, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = exchange::wire::to_package(header, &[], &[]);
    let mut contents = Vec::new();
    for (at, (name, bytes)) in files.iter().enumerate() {
        use sha2::Digest;
        let sha256 = hex::encode(sha2::Sha256::digest(bytes));
        package.attach(&format!("file-{at}"), name, "application/octet-stream", bytes.len() as u64, &sha256);
        contents.push(bytes.to_vec());
    }
    exchange::wire::add_hop(&mut package, &header.from.code, testkit::START);
    edxml::write_to_vec(&package, &contents).unwrap()
}

fn new_document(id: &str, to: &[&str]) -> Vec<u8> {
    package_bytes(&header(id, to), &[("quyet-dinh.txt", b"Noi dung quyet dinh"), ("phu-luc.txt", b"Phu luc")])
}

pub fn status_bytes(from: &str, document: &str, status: &str, words: &str, at: base::Timestamp) -> Vec<u8> {
    let about = edxml::ResponseFor {
        organ_id: Some("G09".into()),
        code: Some("12/QĐ-BNV".into()),
        promulgation_date: Some(base::Date::constant(2026, 11, 23)),
        document_id: Some(document.into()),
        ..edxml::ResponseFor::default()
    };
    let mut message = edxml::StatusMessage::new(edxml::Organization::new(from, "Cơ quan"), about, status, at);
    message.description = Some(words.into());
    edxml::write_status(&message).unwrap()
}

async fn send(t: &TestPlatform, who: &Principal, body: Vec<u8>) -> Result<Accepted, Rejected> {
    let chunks: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(1000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    exchange::accept(&t.platform, who, stream::iter(chunks), 1 << 20).await
}

async fn refused(t: &TestPlatform, who: &Principal, body: Vec<u8>) -> (&'static str, Option<Json>) {
    match send(t, who, body).await {
        Ok(accepted) => panic!("was taken: {}", accepted.receipt),
        Err(Rejected { error: Error::Refused(refusal), receipt }) => (refusal.code.code, receipt),
        Err(other) => panic!("no refusal: {other:?}"),
    }
}

async fn count(t: &TestPlatform, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    t.platform.db().read(move |tx| tx.query_one(&sql, &[])?.get(0)).await.unwrap()
}

async fn holds(t: &TestPlatform, receipt: &Json) -> bool {
    let (payload, jws) = receipt::split(receipt).unwrap();
    t.platform.signing().verify(&payload, &jws).await.unwrap().is_ok()
}

#[tokio::test]
async fn a_package_is_taken_once_and_its_receipt_holds() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let who = system(&["G09"]);
        let body = new_document("doc-1", &["H57", "H57.09", "H57.102"]);
        let first = send(&t, &who, body.clone()).await.unwrap();
        let r = &first.receipt;
        for field in
            ["receipt_id", "package_id", "document_id", "operation", "from", "sha256", "received_at", "signature"]
        {
            assert!(r[field].is_string(), "{field}: {r}");
        }
        assert_eq!(r["to"], serde_json::json!(["H57", "H57.09", "H57.102"]));
        assert_eq!(r["operation"], "new");
        assert_eq!(r["verification"]["signed"], false);
        assert!(holds(&t, r).await);
        let mut altered = r.clone();
        altered["to"] = serde_json::json!(["H57"]);
        assert!(!holds(&t, &altered).await, "the signature covers the recipients");

        let again = send(&t, &who, body.clone()).await.unwrap();
        assert!(again.repeated);
        assert_eq!(again.receipt, first.receipt);
        // A hub adds its hop to the trace: the same package all the same.
        let original = edxml::read(&body[..], edxml::Limits::default(), |_| Ok(())).unwrap();
        let edxml::Message::Document(mut package) = original else { panic!("a document") };
        exchange::wire::add_hop(&mut package, &code("H57"), t.now());
        let contents: [&[u8]; 2] = [b"Noi dung quyet dinh", b"Phu luc"];
        let again = send(&t, &who, edxml::write_to_vec(&package, &contents).unwrap()).await.unwrap();
        assert_eq!(again.receipt, first.receipt);

        let mut other = header("doc-1", &["H57", "H57.09", "H57.102"]);
        other.subject = "Nội dung đã sửa".into();
        let (code, receipt) = refused(&t, &who, package_bytes(&other, &[("a.txt", b"x")])).await;
        assert_eq!(code, "exchange.package.conflict");
        assert!(holds(&t, &receipt.unwrap()).await);
        assert_eq!((count(&t, "exchange_package").await, count(&t, "exchange_delivery").await), (1, 3));

        // The bytes come back as they came, and a locally submitted one is written.
        let id = first.receipt["package_id"].as_str().unwrap().parse().unwrap();
        let content = exchange::content(&t.platform, id).await.unwrap();
        let bytes = futures_util::TryStreamExt::try_collect::<Vec<Bytes>>(content.stream).await.unwrap().concat();
        assert_eq!(hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes)), first.receipt["sha256"]);
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_taken_is_refused_with_a_signed_receipt_and_nothing_is_kept() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let who = system(&["G09"]);
        let cases: Vec<(&str, &str, Vec<u8>)> = vec![
            ("not XML", "", b"hello".to_vec()),
            ("cut in the middle", "", new_document("doc-1", &["H57"])[..700].to_vec()),
            ("unknown recipient", "exchange.recipient.unknown", new_document("doc-1", &["H57", "H99"])),
            ("closed recipient", "exchange.recipient.closed", new_document("doc-1", &["H02"])),
            ("another's name", "exchange.sender.not-caller", {
                let mut h = header("doc-1", &["H57"]);
                h.from.code = code("G22");
                package_bytes(&h, &[("a.txt", b"x")])
            }),
            ("no reason", "exchange.operation.reason-missing", {
                let mut h = header("doc-1", &["H57"]);
                h.operation = Operation::Recall;
                h.reason = Some("LYDO".into());
                let body = package_bytes(&h, &[("a.txt", b"x")]);
                String::from_utf8(body).unwrap().replace("LYDO", " ").into_bytes()
            }),
        ];
        for (what, wanted, body) in cases {
            let (code, receipt) = match send(&t, &who, body.clone()).await {
                Err(Rejected { error: Error::Refused(refusal), receipt }) => (refusal.code.code, receipt),
                other => panic!("{what}: {other:?}"),
            };
            assert!(wanted.is_empty() || code == wanted || what == "no reason", "{what}: {code}");
            let receipt = receipt.unwrap_or_else(|| panic!("{what}: no receipt"));
            assert!(holds(&t, &receipt).await, "{what}");
            assert_eq!(receipt["package_id"], Json::Null);
            assert_eq!(receipt["refusal"]["code"], code);
            assert!(!receipt["refusal"]["vi"].as_str().unwrap().is_empty());
            let (_, again) = refused(&t, &who, body).await;
            assert_eq!(again.unwrap(), receipt, "{what}: the same refusal has one receipt");
        }
        assert_eq!((count(&t, "exchange_package").await, count(&t, "exchange_attachment").await), (0, 0));
        assert_eq!(count(&t, "exchange_receipt").await, 6);
        let entries: i64 = t
            .platform
            .db()
            .read(|tx| {
                tx.query_one("SELECT COUNT(*) FROM ledger_entry WHERE kind = 'exchange.package.refused'", &[])?.get(0)
            })
            .await
            .unwrap();
        assert_eq!(entries, 6);
        let counts = t.platform.blobs().counts().await.unwrap();
        assert_eq!(counts.references, 0, "nothing is named");
        check_entries(t.platform.db()).await;
    })
    .await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_whole_or_is_too_large_leaves_nothing() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let who = system(&["G09"]);
        let body = new_document("doc-1", &["H57"]);
        let broken = stream::iter(vec![Ok(Bytes::copy_from_slice(&body[..500])), Err("connection reset")]);
        let Err(rejected) = exchange::accept(&t.platform, &who, broken, 1 << 20).await else { panic!("was taken") };
        assert!(rejected.error.is_refusal("exchange.package.truncated"), "{:?}", rejected.error);
        assert!(rejected.receipt.is_none());
        let large = package_bytes(&header("doc-1", &["H57"]), &[("lon.txt", &noise(2 << 20))]);
        let (code, _) = refused(&t, &who, large).await;
        assert_eq!(code, "exchange.package.too-large");
        let (code, _) = refused(&t, &who, Vec::new()).await;
        assert_eq!(code, "exchange.package.empty");
        assert_eq!((count(&t, "exchange_package").await, count(&t, "exchange_receipt").await), (0, 0));
    })
    .await;
}

/// Bytes that do not compress.
fn noise(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    Random::seeded(7).fill(&mut bytes);
    bytes
}

#[tokio::test]
async fn a_secret_document_is_refused_and_kept_apart() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let mut secret = header("doc-1", &["H57"]);
        secret.circulation = Some("Tối mật".into());
        let body = package_bytes(&secret, &[("a.txt", b"x")]);
        let (code, receipt) = refused(&t, &system(&["G09"]), body).await;
        assert_eq!(code, "exchange.document.secret");
        let receipt = receipt.unwrap();
        assert_eq!(receipt["refusal"]["basis"]["article"], "Điều 1");
        let kept = t.platform.blobs().counts().await.unwrap();
        assert_eq!((kept.quarantined, kept.references), (1, 1), "the package and nothing of its files");
        let hash = receipt["sha256"].as_str().unwrap().parse().unwrap();
        assert!(t.platform.blobs().open(hash).await.is_err(), "nobody opens it");
        let level: Json = t
            .platform
            .db()
            .read(|tx| {
                tx.query_one("SELECT codes FROM ledger_entry WHERE kind = 'exchange.package.quarantined'", &[])?.get(0)
            })
            .await
            .unwrap();
        assert_eq!(level["level"], "secret");
        check_entries(t.platform.db()).await;
    })
    .await;
}

#[tokio::test]
async fn sixteen_bring_the_same_package_and_get_one_receipt() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let body = new_document("doc-1", &["H57", "H57.09"]);
        t.platform.db().pause_statements(std::time::Duration::from_millis(1));
        let mut all = Vec::new();
        for _ in 0..16 {
            let (t, body) = (Arc::clone(&t), body.clone());
            all.push(tokio::spawn(async move { send(&t, &system(&["G09"]), body).await.unwrap() }));
        }
        let mut receipts = Vec::new();
        for one in all {
            receipts.push(one.await.unwrap().receipt);
        }
        assert!(receipts.iter().all(|r| *r == receipts[0]));
        assert_eq!((count(&t, "exchange_package").await, count(&t, "exchange_receipt").await), (1, 1));
        assert_eq!(count(&t, "exchange_delivery").await, 2);
    })
    .await;
}

#[tokio::test]
async fn statuses_are_matched_kept_once_and_never_lost() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let taken = send(&t, &system(&["G09"]), new_document("doc-1", &["H57.102"])).await.unwrap();
        let id: exchange::PackageId = taken.receipt["package_id"].as_str().unwrap().parse().unwrap();
        let commune = system(&["H57.102"]);
        let now = t.now();
        let later = status_bytes("H57.102", "doc-1", "05", "Đang xử lý", now.plus_seconds(-10));
        let first = send(&t, &commune, later.clone()).await.unwrap();
        assert_eq!(first.receipt["operation"], "status");
        assert!(holds(&t, &first.receipt).await);
        assert_eq!(send(&t, &commune, later).await.unwrap().receipt, first.receipt);
        send(&t, &commune, status_bytes("H57.102", "doc-1", "03", "Đã vào sổ", now.plus_seconds(-60))).await.unwrap();
        send(&t, &commune, status_bytes("H57.102", "doc-1", "09", "?", now.plus_seconds(-5))).await.unwrap();
        let (rows, history) = t
            .platform
            .db()
            .read(move |tx| Ok((exchange::deliveries(tx, id)?, exchange::statuses(tx, id, &code("H57.102"))?)))
            .await
            .unwrap();
        assert_eq!(rows[0].status.as_ref().map(StatusCode::as_str), Some("05"), "never backwards");
        assert_eq!(history.iter().map(|s| s.code.as_str()).collect::<Vec<_>>(), ["03", "05", "09"], "all are kept");

        let (code, _) = refused(&t, &commune, status_bytes("H57.102", "doc-1", "02", " ", now)).await;
        assert_eq!(code, "exchange.status.reason-missing");
        let (code, _) = refused(&t, &commune, status_bytes("H57.102", "doc-1", "06", "", now.plus_seconds(3600))).await;
        assert_eq!(code, "exchange.status.time-wrong");
        let (code, _) = refused(&t, &system(&["H57.09"]), status_bytes("H57.102", "doc-1", "06", "", now)).await;
        assert_eq!(code, "exchange.sender.not-caller");

        let stray = send(&t, &commune, status_bytes("H57.102", "chua-co", "03", "", now)).await;
        // The code and date of the reference still name the document.
        assert!(stray.is_ok());
        let mut lost = header("doc-lost", &["H57"]);
        lost.number = "77".into();
        let other = system(&["H57.09"]);
        send(&t, &other, status_bytes("H57.09", "khong-ai-gui", "03", "", now)).await.unwrap();
        let waiting =
            t.platform.db().read(|tx| exchange::store::statuses::unmatched_waiting(tx, None, 10)).await.unwrap();
        assert_eq!(waiting.len(), 1, "in sight");
        assert_eq!(waiting[0].about.document_id.as_deref(), Some("khong-ai-gui"));
        check_entries(t.platform.db()).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_is_handed_in_like_a_call() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        fresh(&t).await;
        let file = t.dir.path().join("goi.edxml");
        std::fs::write(&file, new_document("doc-1", &["H57"])).unwrap();
        let taken = exchange::send_file(&t.platform, &file, &code("G09")).await.unwrap();
        assert_eq!(taken.receipt["document_id"], "doc-1");
        let Err(rejected) = exchange::send_file(&t.platform, &file, &code("G22")).await else { panic!("was taken") };
        assert!(rejected.error.is_refusal("exchange.sender.not-caller"));
        let none = exchange::send_file(&t.platform, &t.dir.path().join("khong-co.edxml"), &code("G09")).await;
        assert!(matches!(none.err().unwrap().error, Error::Unavailable(_)));
    })
    .await;
}
