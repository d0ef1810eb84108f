//! Attacks on the connection itself, over raw sockets: trickled heads, huge heads, and requests smuggled behind another.

use crate::serve::bound;
use axum::Router;
use axum::routing::any;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The same listener as `serve` starts, with a short time for heads; answers each request with `[path|body]`.
async fn listen() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .fallback(any(|uri: axum::http::Uri, body: String| async move { format!("[{}|{body}]", uri.path()) }));
    let mut server = axum_server::from_tcp(listener).unwrap();
    bound(server.http_builder(), Duration::from_secs(1));
    tokio::spawn(server.serve(router.into_make_service()));
    address
}

/// Sends the bytes and reads until the server closes or is silent for three seconds; whether it closed.
async fn exchange(connection: &mut TcpStream, bytes: &[u8]) -> (String, bool) {
    // A server that has already refused may reset the connection while the rest is written.
    let _ = connection.write_all(bytes).await;
    let (mut all, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match tokio::time::timeout(Duration::from_secs(3), connection.read(&mut part)).await {
            Ok(Ok(0) | Err(_)) => return (String::from_utf8_lossy(&all).into_owned(), true),
            Ok(Ok(n)) => all.extend_from_slice(&part[..n]),
            Err(_) => return (String::from_utf8_lossy(&all).into_owned(), false),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trickled_head_is_cut_off() {
    let mut connection = TcpStream::connect(listen().await).await.unwrap();
    connection.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n").await.unwrap();
    let begin = tokio::time::Instant::now();
    for n in 0..30 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if connection.write_all(format!("x-{n}: 1\r\n").as_bytes()).await.is_err() {
            break;
        }
    }
    let (answer, closed) = exchange(&mut connection, b"").await;
    assert!(closed && !answer.contains("200 OK"), "{answer}");
    assert!(begin.elapsed() < Duration::from_secs(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_head_is_refused() {
    let mut connection = TcpStream::connect(listen().await).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "a".repeat(200_000));
    let (answer, closed) = exchange(&mut connection, head.as_bytes()).await;
    assert!(closed && !answer.contains("200 OK"), "{answer}");
    let mut connection = TcpStream::connect(listen().await).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: 1\r\n".repeat(5000));
    let (answer, closed) = exchange(&mut connection, head.as_bytes()).await;
    assert!(closed && !answer.contains("200 OK"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_smuggled_behind_another() {
    for (what, request) in [
        ("two lengths", "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 40\r\n\r\nabc"),
        ("a length list", "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 3, 40\r\n\r\nabc"),
        ("a signed length", "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: +3\r\n\r\nabc"),
        ("another coding last", "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, x\r\n\r\n0\r\n\r\n"),
        ("a blank before the colon", "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length : 0\r\n\r\n"),
        ("a folded line", "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        (
            "a chunk size that overflows",
            "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff1\r\n",
        ),
        (
            "a chunk size that is none",
            "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        ),
    ] {
        let mut connection = TcpStream::connect(listen().await).await.unwrap();
        let both = format!("{request}GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n");
        let (answer, closed) = exchange(&mut connection, both.as_bytes()).await;
        assert!(!answer.contains("[/smuggled|"), "{what}: {answer}");
        assert!(closed || answer.matches("HTTP/1.1 ").count() <= 1, "{what}: {answer}");
    }
    // RFC 9112 6.3: with both, the chunks count; what follows the last chunk must not be read as the announced length.
    let mut connection = TcpStream::connect(listen().await).await.unwrap();
    let request = "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nG";
    let (answer, _) = exchange(&mut connection, request.as_bytes()).await;
    assert!(!answer.contains("|0\r\n") && answer.matches("HTTP/1.1 200").count() <= 1, "{answer}");
    let (fine, _) = exchange(
        &mut TcpStream::connect(listen().await).await.unwrap(),
        b"POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc",
    )
    .await;
    assert!(fine.contains("[/a|abc]"), "an honest request is served: {fine}");
}
