//! Requests that must not be believed: unsigned, altered, repeated, of strangers, of the wrong agency, from another time.

use crate::world::{Server, board, count, header, on_each_pair, server_at, settle, stop, submit};
use base::Timestamp;
use exchange::Transport;
use exchange::peers::PATH_PACKAGES;
use platform::blobs::ContentHash;
use platform::signing::http::{self, Request};
use serde_json::Value as Json;

const SAMPLE: &[u8] = include_bytes!("../data/new-document-three-attachments.edxml");

/// The headers that `from` would send with `body` at `at` to `to`.
fn signed(from: &Server, to: &Server, body: &[u8], at: Timestamp, nonce: &str) -> Vec<(&'static str, String)> {
    let url = format!("{}{PATH_PACKAGES}", to.url);
    let (digest, date) = (http::content_digest(ContentHash::of(body)), http::http_date(at));
    let request = Request { method: "POST", target_uri: &url, content_digest: Some(&digest), date: Some(&date) };
    let made = http::sign(from.platform.signing().server(), &request, at, nonce).unwrap();
    vec![
        ("content-digest", digest),
        ("date", date),
        ("signature-input", made.signature_input),
        ("signature", made.signature),
    ]
}

async fn post(to: &Server, headers: &[(&'static str, String)], body: &[u8]) -> (u16, Json) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(format!("{}{PATH_PACKAGES}", to.url)).header("content-type", "application/xml");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = request.body(body.to_vec()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn nothing_is_stored(server: &Server) {
    for table in ["exchange_package", "exchange_attachment", "exchange_delivery", "exchange_receipt"] {
        assert_eq!(count(server, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn strangers_and_unsigned_requests_are_turned_away() {
    on_each_pair(async |ministry, commune| {
        let (status, problem) = post(commune, &[], SAMPLE).await;
        assert_eq!((status, &problem["code"]), (401, &"exchange.peer.unsigned".into()));
        let postgres = ministry.platform.config().database.is_some();
        let stranger = server_at(7, &["G15"], &[], None, postgres).await.unwrap();
        let headers = signed(&stranger, commune, SAMPLE, stranger.platform.now(), "12345678");
        let (status, problem) = post(commune, &headers, SAMPLE).await;
        assert_eq!((status, &problem["code"]), (401, &"exchange.peer.unknown".into()));
        // The stranger claims the ministry's key.
        let kid = ministry.platform.signing().server().kid();
        let claimed: Vec<_> = headers
            .into_iter()
            .map(|(name, value)| (name, value.replace(stranger.platform.signing().server().kid(), kid)))
            .collect();
        let (status, problem) = post(commune, &claimed, SAMPLE).await;
        assert_eq!((status, &problem["code"]), (401, &"exchange.peer.signature".into()));
        nothing_is_stored(commune).await;
        stop([stranger]).await;
    })
    .await;
}

#[tokio::test]
async fn an_altered_body_is_not_stored() {
    on_each_pair(async |ministry, commune| {
        let headers = signed(ministry, commune, SAMPLE, ministry.platform.now(), "12345678");
        let mut altered = SAMPLE.to_vec();
        let at = altered.windows(5).position(|w| w == b"Local").unwrap();
        altered[at..at + 5].copy_from_slice(b"LOCAL");
        let (status, problem) = post(commune, &headers, &altered).await;
        assert_eq!((status, &problem["code"]), (401, &"exchange.peer.body-altered".into()));
        nothing_is_stored(commune).await;
        // Another digest header does not help: it is signed.
        let mut headers = signed(ministry, commune, SAMPLE, ministry.platform.now(), "87654321");
        headers[0].1 = http::content_digest(ContentHash::of(&altered));
        let (status, problem) = post(commune, &headers, &altered).await;
        assert_eq!((status, &problem["code"]), (401, &"exchange.peer.signature".into()));
        nothing_is_stored(commune).await;
    })
    .await;
}

#[tokio::test]
async fn a_request_counts_once() {
    on_each_pair(async |ministry, commune| {
        let headers = signed(ministry, commune, SAMPLE, ministry.platform.now(), "12345678");
        // Of an agency that the ministry's server does not speak for: refused with a receipt, and the nonce is used up.
        let (status, problem) = post(commune, &headers, SAMPLE).await;
        assert_eq!((status, &problem["code"]), (403, &"exchange.sender.not-caller".into()), "{problem}");
        assert!(problem["receipt"]["signature"].is_string());
        let (status, problem) = post(commune, &headers, SAMPLE).await;
        assert_eq!((status, &problem["code"]), (401, &"exchange.peer.replay".into()));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_clock_is_named_and_the_delivery_waits() {
    on_each_pair(async |ministry, commune| {
        commune.clock.advance_seconds(3600);
        let id = submit(ministry, header("doc-1", "G09", &["H57.103"])).await;
        settle(ministry).await;
        let row = &board(ministry, id).await[0];
        assert_eq!(row.transport, Transport::Pending);
        let said = row.problem.as_ref().unwrap();
        assert!(said.vi.contains("ký lúc 23/11/2026 08:00:00, ở đây là 23/11/2026 09:00:00"), "{said:?}");
        ministry.clock.advance_seconds(3600);
        settle(ministry).await;
        assert_eq!(board(ministry, id).await[0].transport, Transport::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_server_cannot_send_for_an_agency_that_is_not_pinned_to_it() {
    for postgres in [false, true] {
        let Some(ministry) = server_at(1, &["G09"], &[], None, postgres).await else { continue };
        let Some(commune) = server_at(2, &["H57.103", "H57.104"], &[], None, postgres).await else { continue };
        crate::world::accept(&commune, &crate::world::invite(&ministry, &["H57.103"]).await).await.unwrap();
        let id = submit(&commune, header("doc-1", "H57.104", &["G09"])).await;
        settle(&commune).await;
        let row = &board(&commune, id).await[0];
        assert_eq!(row.transport, Transport::Failed, "{:?}", row.problem);
        assert_eq!(count(&ministry, "exchange_package").await, 0);
        let id = submit(&commune, header("doc-2", "H57.103", &["G09"])).await;
        settle(&commune).await;
        assert_eq!(board(&commune, id).await[0].transport, Transport::Sent);
        stop([ministry, commune]).await;
    }
}
