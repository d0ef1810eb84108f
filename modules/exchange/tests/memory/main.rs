//! Memory stays flat however large a package is: a stream of many megabytes through the accepting use case, measured by
//! the kernel's own high-water mark. A program of its own, so that no other test raises the mark.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../main/world.rs"]
#[allow(dead_code)]
mod world;

use base::Random;
use bytes::Bytes;
use exchange::edxml;
use futures_util::stream;
use platform::access::{Principal, PrincipalKind};
use platform::ledger::Actor;
use std::sync::Arc;
use testkit::{TestPlatform, on_each_platform};
use world::{code, header};

/// Size of the payload on the wire.
const LARGE: usize = 96 << 20;
/// By how much the program may grow while it takes the payload in: the reader's and the writer's buffers, the chunks on
/// their way, and what the allocator keeps; a third of the payload would already be far beyond it.
const GROWTH: u64 = 32 << 20;

/// The most memory that this process ever held, in bytes.
fn high_water() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

fn ministry() -> Principal {
    Principal {
        actor: Actor::system("s1"),
        agency: code("G09"),
        kind: PrincipalKind::System {
            system: Random::seeded(5).id(&base::Clock::frozen(testkit::START)),
            agencies: vec![code("G09")],
        },
        agency_name: base::Text::fixed("", ""),
        unit: None,
        roles: vec![],
        delegated: vec![],
        name: String::new(),
        title: base::Text::fixed("", ""),
    }
}

/// The message up to its payload, and after it.
fn around(document: &str) -> (String, String) {
    let mut package = exchange::wire::to_package(&header(document, &["H57"]), &[], &[]);
    let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"ABC"));
    package.attach("file-0", "lon.txt", "text/plain", 3, &sha256);
    package.attachments[0].packaging = edxml::Packaging::Raw;
    exchange::wire::add_hop(&mut package, &code("G09"), testkit::START);
    let text = String::from_utf8(edxml::write_to_vec(&package, &[b"ABC"]).unwrap()).unwrap();
    let at = text.rfind("QUJD").unwrap();
    (text[..at].to_owned(), text[at + 4..].to_owned())
}

async fn send(t: &TestPlatform, document: &str, payload: usize) -> exchange::Accepted {
    let (before, after) = around(document);
    let chunk = Bytes::from("QUJD".repeat(16 << 10));
    let chunks = std::iter::once(Bytes::from(before))
        .chain(std::iter::repeat_n(chunk.clone(), payload / chunk.len()))
        .chain(std::iter::once(Bytes::from(after)));
    let body = stream::iter(chunks.map(Ok::<_, std::io::Error>));
    exchange::accept(&t.platform, &ministry(), body, 1 << 30).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_package_does_not_grow_the_program() {
    on_each_platform(
        || vec![exchange::component()],
        |t: Arc<TestPlatform>| async move {
            world::directory(t.platform.db(), t.platform.clock(), &Random::seeded(99)).await;
            // What is loaded once (tables of codes, keys, pages of the database) is loaded by a small package.
            send(&t, "doc-nho", 1 << 20).await;
            let before = high_water();
            let taken = send(&t, "doc-lon", LARGE).await;
            let grown = high_water() - before;
            assert!(grown < GROWTH, "taking {LARGE} bytes grew the program by {grown}");
            let size: i64 = t
                .platform
                .db()
                .read(|tx| tx.query_one("SELECT MAX(size) FROM exchange_attachment", &[])?.get(0))
                .await
                .unwrap();
            assert_eq!(usize::try_from(size).unwrap(), LARGE / 4 * 3, "{}", taken.receipt);
        },
    )
    .await;
}
