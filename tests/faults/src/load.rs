//! Many clients that hand in packages, and what became of each package.

use crate::world::{RECIPIENTS, SENDER};
use base::{Clock, Date};
use bytes::Bytes;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Attachment of most packages, in bytes.
const SMALL: usize = 6 * 1024;
/// Attachment of every sixteenth: large enough for a file of its own.
const LARGE: usize = 3 << 19;

/// What became of a package.
#[derive(Debug, Clone)]
pub enum Fate {
    /// A receipt came.
    Acknowledged(Value),
    /// The connection broke: it may be there or not.
    Unknown,
    /// A problem document, or whatever else came instead.
    Refused(Refusal),
}

/// An answer that is no receipt.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub text: String,
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Acknowledged(_) => f.write_str("acknowledged"),
            Self::Unknown => f.write_str("the connection broke"),
            Self::Refused(refusal) => write!(f, "{} {}", refusal.status, refusal.text),
        }
    }
}

/// Packages of one name, made when they are needed.
#[derive(Debug, Clone)]
pub struct Packages {
    prefix: String,
    date: Date,
    large: bool,
}

impl Packages {
    /// Packages whose document ids begin with `prefix`; with `large`, every sixteenth has a file of its own.
    pub fn new(prefix: impl Into<String>, large: bool) -> Self {
        Self { prefix: prefix.into(), date: Clock::System.now().local_date(), large }
    }

    /// The document id of a number.
    pub fn id(&self, number: usize) -> String {
        format!("{}-{number}", self.prefix)
    }

    /// The package of a number; always the same bytes.
    pub fn bytes(&self, number: usize) -> Bytes {
        let attachment = if self.large && number % 16 == 3 { LARGE } else { SMALL };
        let to = RECIPIENTS;
        let sample = testkit::SamplePackage {
            document_id: &self.id(number),
            number,
            date: self.date,
            from: SENDER,
            to: &to,
            attachment,
            signatures: "",
        };
        sample.edxml().into()
    }

    /// SHA-256 of the package of a number, hexadecimal.
    pub fn sha256(&self, number: usize) -> String {
        hex::encode(Sha256::digest(self.bytes(number)))
    }
}

/// What the clients do when a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// This client ends.
    End,
    /// It goes on with the next package after a moment.
    GoOn,
}

/// Clients at work.
pub struct Load {
    /// The packages they hand in.
    pub packages: Packages,
    fates: Arc<Mutex<BTreeMap<usize, Fate>>>,
    stop: Arc<AtomicBool>,
    workers: Vec<tokio::task::JoinHandle<()>>,
}

/// A client that gives up in time.
pub fn client() -> Client {
    Client::builder().timeout(Duration::from_secs(30)).build().unwrap_or_default()
}

/// Hands in one package.
pub async fn hand_in(client: &Client, url: &str, token: &str, body: Bytes) -> Fate {
    let request = client.post(format!("{url}/api/v1/exchange/packages")).bearer_auth(token);
    let request = request.header("content-type", "application/xml").header("accept-language", "en");
    let Ok(answer) = request.body(body).send().await else { return Fate::Unknown };
    let status = answer.status();
    let Ok(text) = answer.text().await else { return Fate::Unknown };
    match serde_json::from_str::<Value>(&text) {
        Ok(receipt) if status == StatusCode::ACCEPTED => Fate::Acknowledged(receipt),
        _ if status == StatusCode::ACCEPTED => Fate::Unknown,
        _ => Fate::Refused(Refusal { status, text }),
    }
}

impl Load {
    /// Starts `flight` clients that hand in at most `most` packages, beginning with number `first`.
    pub fn start(
        url: &str,
        token: &str,
        packages: Packages,
        (first, most): (usize, usize),
        flight: usize,
        on_failure: OnFailure,
    ) -> Self {
        let (fates, next) = (Arc::default(), Arc::new(AtomicUsize::new(first)));
        let stop = Arc::new(AtomicBool::new(false));
        let client = client();
        let workers = (0..flight).map(|_| {
            let (client, url, token, packages) = (client.clone(), url.to_owned(), token.to_owned(), packages.clone());
            let (fates, next, stop) = (Arc::clone(&fates), Arc::clone(&next), Arc::clone(&stop));
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= first + most || stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let fate = hand_in(&client, &url, &token, packages.bytes(number)).await;
                    let failed = !matches!(fate, Fate::Acknowledged(_));
                    insert(&fates, number, fate);
                    if failed && on_failure == OnFailure::End {
                        return;
                    }
                    if failed {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            })
        });
        let workers = workers.collect();
        Self { packages, fates, stop, workers }
    }

    /// Waits until `count` packages were answered, or the clients have ended.
    pub async fn answered(&self, count: usize) {
        while self.workers.iter().any(|worker| !worker.is_finished())
            && self.fates.lock().unwrap_or_else(PoisonError::into_inner).len() < count
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until `enough` says so of what became of the packages, or the clients have ended, or `patience` is over;
    /// then no further package is handed in.
    pub async fn until(
        self,
        patience: Duration,
        enough: impl Fn(&BTreeMap<usize, Fate>) -> bool,
    ) -> (Packages, BTreeMap<usize, Fate>) {
        let begun = std::time::Instant::now();
        while self.workers.iter().any(|worker| !worker.is_finished())
            && begun.elapsed() < patience
            && !enough(&self.fates.lock().unwrap_or_else(PoisonError::into_inner))
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.stop.store(true, Ordering::SeqCst);
        self.join().await
    }

    /// Waits until the clients have ended by themselves.
    pub async fn join(self) -> (Packages, BTreeMap<usize, Fate>) {
        for worker in self.workers {
            let _ = worker.await;
        }
        let fates = std::mem::take(&mut *self.fates.lock().unwrap_or_else(PoisonError::into_inner));
        (self.packages, fates)
    }
}

fn insert(fates: &Mutex<BTreeMap<usize, Fate>>, number: usize, fate: Fate) {
    fates.lock().unwrap_or_else(PoisonError::into_inner).insert(number, fate);
}
