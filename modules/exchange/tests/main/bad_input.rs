//! Everything that may not come in, through the interface: what is answered, and that nothing of it stays.

use crate::accept::{package_bytes, status_bytes};
use crate::http::Server;
use crate::world::{code, header};
use axum::body::Body;
use axum::http::{Request, StatusCode, header as h};
use base::Random;
use bytes::Bytes;
use exchange::PackageHeader;
use futures_util::stream;
use serde_json::Value as Json;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::{TestPlatform, on_each_platform};

fn components() -> Vec<platform::Component> {
    vec![exchange::component()]
}

/// A document as it should be, as text to be spoilt.
fn good() -> String {
    let bytes = package_bytes(&header("doc-1", &["H57"]), &[("quyet-dinh.txt", b"Noi dung"), ("phu-luc.txt", b"Hai")]);
    String::from_utf8(bytes).unwrap()
}

fn changed(change: impl FnOnce(&mut PackageHeader)) -> Vec<u8> {
    let mut header = header("doc-1", &["H57"]);
    change(&mut header);
    package_bytes(&header, &[("quyet-dinh.txt", b"Noi dung")])
}

#[track_caller]
fn spoilt(from: &str, to: &str) -> Vec<u8> {
    let text = good();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1).into_bytes()
}

/// The document with its first payload replaced by a ZIP of one entry.
fn zipped(entry: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(entry, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    with_payload(&base64::Engine::encode(&base64::engine::general_purpose::STANDARD, zip))
}

fn with_payload(encoded: &str) -> Vec<u8> {
    let text = good();
    let from = text.find("ContentTransferEncoded").unwrap();
    let from = from + text[from..].find('>').unwrap() + 1;
    let to = from + text[from..].find('<').unwrap();
    format!("{}{encoded}{}", &text[..from], &text[to..]).into_bytes()
}

/// Without everything from `from` up to and including `to`.
fn without(from: &str, to: &str) -> Vec<u8> {
    let text = good();
    let start = text.find(from).unwrap_or_else(|| panic!("{from} is not in {text}"));
    let end = start + text[start..].find(to).unwrap() + to.len();
    format!("{}{}", &text[..start], &text[end..]).into_bytes()
}

/// Rows of every table that a package could leave something in, and contents that something refers to.
async fn traces(t: &TestPlatform) -> Vec<(&'static str, i64)> {
    let tables = ["exchange_package", "exchange_attachment", "exchange_delivery", "exchange_status"];
    let mut found = t
        .platform
        .db()
        .read(move |tx| {
            tables
                .into_iter()
                .map(|table| Ok((table, tx.query_one(&format!("SELECT COUNT(*) FROM {table}"), &[])?.get(0)?)))
                .collect::<platform::Result<Vec<(&str, i64)>>>()
        })
        .await
        .unwrap();
    let blobs = t.platform.blobs().counts().await.unwrap();
    found.push(("referenced contents", i64::try_from(blobs.references).unwrap()));
    found
}

/// What the answer to a refused package must say: code, both languages, the field with what was expected, the article.
#[track_caller]
fn explained(what: &str, answer: &Json, wanted: &str) {
    assert_eq!(answer["code"], wanted, "{what}: {answer}");
    for lang in ["vi", "en"] {
        assert!(answer["messages"][lang].as_str().is_some_and(|words| words.len() > 10), "{what}: {lang}: {answer}");
    }
    assert_ne!(answer["messages"]["vi"], answer["messages"]["en"], "{what}");
    let field = &answer["errors"][0];
    for part in ["field", "vi", "en"] {
        assert!(field[part].as_str().is_some_and(|words| !words.is_empty()), "{what}: {part} of the field: {answer}");
    }
    for part in ["document", "article"] {
        assert!(answer["basis"][part].as_str().is_some_and(|words| !words.is_empty()), "{what}: {part}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_refused_with_field_expectation_and_article_and_leaves_nothing() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        let now = t.now();
        let s = Server::new(Arc::clone(&t)).await;
        let ministry = s.system("G09").await;
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><edXML ";
        let double = "<edXML:Subject>a</edXML:Subject><edXML:Subject>";
        let loose = "<ContentTransferEncoded>QUJD</ContentTransferEncoded><AttachmentEncoded";
        let late = status_bytes("G09", "doc-1", "06", "", now.plus_seconds(3600));
        let cases: Vec<(&str, &str, Vec<u8>)> = vec![
            ("not XML", "edxml.not-xml", b"%PDF-1.7 not a message".to_vec()),
            ("garbage before", "edxml.garbage-before-declaration", [b"x".as_slice(), good().as_bytes()].concat()),
            ("unbound prefix", "edxml.unbound-prefix", spoilt("<edXML:Subject>", "<edXML:Subject xlink:href=\"a\">")),
            ("a DOCTYPE", "edxml.doctype", spoilt("<edXML ", "<!DOCTYPE edXML SYSTEM \"http://a.example/x\"><edXML ")),
            ("an entity bomb", "edxml.doctype", spoilt("<edXML ", bomb)),
            ("an entity", "edxml.entity", spoilt("<edXML:Subject>", "<edXML:Subject>&b;")),
            ("10^6 levels", "edxml.too-deep", spoilt("<edXML:Subject>", &"<a>".repeat(1_000_000))),
            ("wrong block", "edxml.attachment-block-misplaced", spoilt("<AttachmentEncoded", loose)),
            ("manifest", "edxml.manifest-mismatch", without("<edXML:Reference>", "</edXML:Reference>")),
            ("base64", "edxml.base64-invalid", with_payload("QUJ*")),
            ("a ZIP bomb", "edxml.zip-bomb", zipped("a.txt", &vec![0; 9 << 20])),
            ("path traversal", "edxml.name-unsafe", zipped("../../etc/passwd", b"x")),
            ("an empty element", "edxml.element-empty", without("Về việc ban hành", "chuyển đổi số")),
            ("a missing element", "edxml.element-missing", without("<edXML:Subject>", "</edXML:Subject>")),
            ("a duplicate element", "edxml.element-duplicate", spoilt("<edXML:Subject>", double)),
            ("truncated", "edxml.truncated", good().as_bytes()[..900].to_vec()),
            ("unknown code", "recipient.unknown", changed(|h| h.to[0].code = code("H99"))),
            ("closed code", "recipient.closed", changed(|h| h.to[0].code = code("H02"))),
            ("no recipient's code", "recipient.unknown", spoilt("OrganId>H57<", "OrganId>Huế: UBND<")),
            ("no sender's code", "sender.unknown", spoilt("OrganId>G09<", "OrganId>Bộ Nội vụ<")),
            // Who is not registered for a code learns nothing about the directory.
            ("unknown sender", "sender.not-caller", changed(|h| h.from.code = code("G98"))),
            ("a recipient twice", "recipient.twice", changed(|h| h.to.push(h.to[0].clone()))),
            ("another's name", "sender.not-caller", changed(|h| h.from.code = code("G22"))),
            ("wrong clock", "status.time-wrong", late),
        ];
        let nothing = traces(&t).await;
        assert!(nothing.iter().all(|(_, n)| *n == 0), "{nothing:?}");
        let count = cases.len();
        for (what, wanted, body) in cases {
            let answer = s.post(&ministry, body).await;
            assert!(answer.status.is_client_error(), "{what}: {}", answer.text());
            explained(what, &answer.json(), &format!("exchange.{wanted}"));
            assert!(answer.json()["receipt"]["signature"].is_string(), "{what}: a refusal is a receipt too");
            assert_eq!(traces(&t).await, nothing, "{what} left something");
        }
        let refusals: i64 = t
            .platform
            .db()
            .read(|tx| {
                tx.query_one("SELECT COUNT(*) FROM ledger_entry WHERE kind = 'exchange.package.refused'", &[])?.get(0)
            })
            .await
            .unwrap();
        assert_eq!(usize::try_from(refusals).unwrap(), count, "each refusal is on the ledger");

        // A secret is refused and kept apart: one content in quarantine, nothing else.
        let secret = s.post(&ministry, changed(|h| h.circulation = Some("Tối mật".into()))).await;
        explained("a secret", &secret.json(), "exchange.document.secret");
        let blobs = t.platform.blobs().counts().await.unwrap();
        assert_eq!((blobs.quarantined, blobs.references), (1, 1));
        assert_eq!(traces(&t).await[..4], nothing[..4]);
        // And the good one is taken after all of that.
        assert_eq!(s.post(&ministry, good().into_bytes()).await.status, StatusCode::ACCEPTED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lying_type_is_taken_with_a_remark_and_told_in_the_receipt() {
    on_each_platform(components, |t: Arc<TestPlatform>| async move {
        let s = Server::new(Arc::clone(&t)).await;
        let ministry = s.system("G09").await;
        let body = package_bytes(&header("doc-1", &["H57"]), &[("van-ban.pdf", b"MZ\x90\0this is a program")]);
        let taken = s.post(&ministry, body).await;
        assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text());
        let path = format!("/api/v1/exchange/packages/{}", taken.json()["package_id"].as_str().unwrap());
        let report = s.get(&ministry, &path).await.json()["verification"].to_string();
        for remark in ["is a program", "not what its name says"] {
            assert!(report.contains(remark), "{remark}: {report}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_configured_size_is_the_largest() {
    let limit = 20_000;
    let t = Arc::new(TestPlatform::sqlite_with(components(), |config| config.limits.package_bytes = limit).await);
    let s = Server::new(Arc::clone(&t)).await;
    let ministry = s.system("G09").await;
    assert_eq!(s.post(&ministry, good().into_bytes()).await.status, StatusCode::ACCEPTED);
    let before = traces(&t).await;
    let mut noise = vec![0; 30_000];
    Random::seeded(7).fill(&mut noise);
    let large = package_bytes(&header("doc-2", &["H57"]), &[("lon.bin", &noise)]);
    // Told by its length, and found out while it streams without one.
    let told = s.post(&ministry, large.clone()).await;
    let chunks = large.chunks(1000).map(|c| Ok::<_, std::io::Error>(Bytes::copy_from_slice(c))).collect::<Vec<_>>();
    let request = Request::post("/api/v1/exchange/packages")
        .header(h::AUTHORIZATION, format!("Bearer {ministry}"))
        .header(h::CONTENT_TYPE, "application/xml")
        .body(Body::from_stream(stream::iter(chunks)))
        .unwrap();
    for answer in [told, s.ask(request).await] {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.text());
        assert_eq!(answer.json()["code"], "exchange.package.too-large");
    }
    assert_eq!(traces(&t).await, before);
}

/// A body that never ends is answered once it is past the limit, and no further byte of it is asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_end_is_not_read_for_ever() {
    let limit: u64 = 1 << 20;
    let t = Arc::new(TestPlatform::sqlite_with(components(), |config| config.limits.package_bytes = limit).await);
    let s = Server::new(Arc::clone(&t)).await;
    let ministry = s.system("G09").await;
    for endless in ["<a>", " ", "<edXML a=\"", "QUJD"] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let chunk = Bytes::from(endless.repeat(4096));
        let size = chunk.len();
        let body = stream::repeat_with(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(chunk.clone())
        });
        let request = Request::post("/api/v1/exchange/packages")
            .header(h::AUTHORIZATION, format!("Bearer {ministry}"))
            .header(h::CONTENT_TYPE, "application/xml")
            .body(Body::from_stream(body))
            .unwrap();
        let answer = tokio::time::timeout(std::time::Duration::from_secs(30), s.ask(request)).await.expect("an end");
        assert!(answer.status.is_client_error(), "{endless}: {}", answer.text());
        let read = asked.load(Ordering::SeqCst) * size;
        assert!(read as u64 <= limit + 2 * size as u64, "{endless}: {read} bytes were asked for");
    }
    assert!(traces(&t).await.iter().all(|(_, n)| *n == 0));
}
