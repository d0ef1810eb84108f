//! Stopping in order: told to stop, the server says "not ready" at once, goes on answering, and ends what it has begun.

use super::{AGENCIES, Place, document, lines};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

/// A request with `Connection: close`; status line and the whole answer.
pub fn get(host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_server_told_to_stop_is_not_ready_at_once_and_ends_what_it_began() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    let registered = place.run(&["system", "register", "--agency", "G09", "--name", "e-office"]).well();
    let token = lines(&registered)[1].to_owned();
    let (mut server, address) = place.serve();
    let host = address.strip_prefix("http://").unwrap().to_owned();
    assert!(get(&host, "/readyz").unwrap().ends_with("ready\n"));

    // A package on its way: the head and half of the body are here, the rest comes after the signal and after the drain.
    let body = document("goi-1", "G09", "H57");
    let mut upload = TcpStream::connect(&host).unwrap();
    upload.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        upload,
        "POST /api/v1/exchange/packages HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/xml\r\nContent-Length: {}\r\n\r\n{}",
        body.len(),
        &body[..900]
    )
    .unwrap();
    upload.flush().unwrap();
    std::thread::sleep(Duration::from_millis(300));

    let told = Instant::now();
    assert!(Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap().success());
    let mut unready = String::new();
    while told.elapsed() < Duration::from_millis(1500) && !unready.starts_with("HTTP/1.1 503") {
        unready = get(&host, "/readyz").unwrap();
    }
    assert!(unready.starts_with("HTTP/1.1 503") && unready.ends_with("not ready\n"), "{unready}");
    assert!(unready.to_lowercase().contains("content-type: text/plain"), "a word, no page: {unready}");
    // Whoever has not noticed yet is still answered.
    assert!(get(&host, "/healthz").unwrap().starts_with("HTTP/1.1 200"));

    std::thread::sleep(Duration::from_secs(3));
    assert!(get(&host, "/healthz").is_err(), "after the drain the door is closed");
    upload.write_all(&body.as_bytes()[900..]).unwrap();
    let mut answer = String::new();
    let _ = upload.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 20"), "what was begun is ended: {answer}");
    assert!(server.0.wait().unwrap().success(), "the server ends in order");
    assert!(place.run(&["verify"]).well().contains(" entries, "));
}
