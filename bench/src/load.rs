//! Packages handed in over HTTP, and the rate at which they are taken.

use crate::rabbitmq::RabbitMq;
use bytes::Bytes;
use lienthong::demo::seed;
use lienthong::{cli, serve};
use platform::access::Act;
use platform::ledger::Actor;
use platform::signing::Signer;
use platform::{Config, Error, Result, accounts};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use testkit::{SamplePackage, machine};

pub(crate) const PASSWORD: &str = "Do-dac-2026";
/// Name of the client's threads, to tell its share of the time from the server's.
const CLIENT: &str = "client";
/// Size of the attachment before base64, so that the package weighs about 50 KB.
const ATTACHMENT: usize = 36 * 1024;

/// A server on a folder of its own, with an outside system that sends for `G22`.
pub(crate) struct World {
    pub running: serve::Running,
    pub config: Config,
    token: String,
    signers: Signers,
    /// Bytes of each package's attachment.
    attachment: usize,
    _folder: tempfile::TempDir,
}

/// The keys of a person and of the agency that signs, as the office of the sender holds them.
#[derive(Clone)]
struct Signers {
    person: Signer,
    agency: Signer,
}

/// The configuration of a server whose data lie in `folder`.
pub(crate) fn configure(folder: &Path, database: Option<String>) -> Config {
    let mut config = Config::in_folder(folder);
    config.database = database;
    config.listen = "127.0.0.1:0".into();
    config.admin_listen = String::new();
    config.telemetry.log_filter = "warn".into();
    config
}

/// Makes the data of a server and starts it.
pub(crate) async fn world(database: Option<String>, attachment: usize) -> Result<World> {
    let folder = tempfile::tempdir().map_err(|e| Error::fault("make a temporary folder", e))?;
    let config = configure(&folder.path().join("data"), database);
    platform::telemetry::init(&config.telemetry)?;
    let platform = cli::open(config.clone()).await?;
    seed::seed(&platform, 1, PASSWORD).await?;
    let code = base::agency_code::AgencyCode::parse("G22").map_err(|e| Error::fault("read a code", e))?;
    let act = Act::new(&platform, Actor::Server);
    let (_, token) = accounts::system_register(&platform, &act, "bench", std::slice::from_ref(&code)).await?;
    let person = platform.new_id::<World>().to_string();
    platform.signing().personal_create(&person, "Người Ký", &code, PASSWORD).await?;
    let signers = Signers {
        person: platform.signing().personal(&person, PASSWORD).await?,
        agency: platform.signing().seal(&code, "Văn phòng Chính phủ").await?,
    };
    platform.shutdown().await;
    drop(platform);
    let running = serve::start(config.clone()).await?;
    Ok(World { running, config, token, signers, attachment, _folder: folder })
}

/// A package whose document and attachment nobody has sent before, signed by person and agency.
fn package(number: usize, recipients: &[&str], attachment: usize, signers: &Signers) -> Result<Vec<u8>> {
    let date = base::Clock::System.now().local_date();
    let document_id = format!("bench-{number}");
    let sample = SamplePackage {
        document_id: &document_id,
        number,
        date,
        from: "G22",
        to: recipients,
        attachment,
        signatures: "",
    };
    let signatures = signatures(&sample, signers)?;
    Ok(SamplePackage { signatures: &signatures, ..sample }.edxml())
}

/// The extension element that carries the detached signatures (docs/decisions/0004).
fn signatures(sample: &SamplePackage<'_>, signers: &Signers) -> Result<String> {
    let from = base::agency_code::AgencyCode::parse(sample.from).map_err(|e| Error::fault("read a code", e))?;
    let sha256 = platform::blobs::ContentHash::of(&sample.content()).to_string();
    let files = [("du-lieu.bin", sha256.as_str())];
    let now = base::Clock::System.now();
    let content = exchange::content_manifest(&from, "Công văn", &sample.subject(), &files);
    let person = signers.person.sign_json(&content, now)?;
    let seal = exchange::seal_manifest(&exchange::Seal {
        from: &from,
        document_id: sample.document_id,
        number: &sample.number.to_string(),
        notation: "VPCP-TH",
        issued_on: Some(sample.date),
        files: &files,
        person_jws: &person,
    });
    let agency = signers.agency.sign_json(&seal, now)?;
    Ok(format!(
        r#"<lt:Signatures xmlns:lt="urn:lienthong:exchange:1"><lt:Signature role="person">{person}</lt:Signature><lt:Signature role="agency">{agency}</lt:Signature></lt:Signatures>"#
    ))
}

/// The three recipients of every package, all served here.
const THREE: &[&str] = &["H57", "H57.09", "H57.11"];

/// `count` packages from the number `first` on.
pub(crate) fn packages(world: &World, recipients: &[&str], first: usize, count: usize) -> Result<Vec<Bytes>> {
    (first..first + count)
        .map(|number| Ok(package(number, recipients, world.attachment, &world.signers)?.into()))
        .collect()
}

/// Hands the packages in with `flight` at once from a runtime of its own; answers packages a second. Any answer but 202
/// ends the run.
pub(crate) async fn hand_in(world: &World, bodies: Vec<Bytes>, flight: usize) -> Result<f64> {
    let url = format!("{}/api/v1/exchange/packages", world.running.address_url());
    let token = world.token.clone();
    let sending = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name(CLIENT)
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|e| Error::fault("start the client", e))?;
        runtime.block_on(send_all(bodies, url, token, flight))
    };
    tokio::task::spawn_blocking(sending).await.map_err(|e| Error::fault("hand in", e))?
}

async fn send_all(bodies: Vec<Bytes>, url: String, token: String, flight: usize) -> Result<f64> {
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(flight)
        .build()
        .map_err(|e| Error::fault("make an HTTP client", e))?;
    let count = bodies.len();
    let bodies = Arc::new(bodies);
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut workers = Vec::new();
    for _ in 0..flight {
        let (client, url, bodies, next, token) =
            (client.clone(), url.clone(), Arc::clone(&bodies), Arc::clone(&next), token.clone());
        workers.push(tokio::spawn(async move {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let request = client.post(&url).bearer_auth(&token).header("content-type", "application/xml");
                let answer = request.body(body.clone()).send().await.map_err(|e| Error::fault("hand in", e))?;
                let status = answer.status();
                let text = answer.text().await.map_err(|e| Error::fault("read the receipt", e))?;
                if status != reqwest::StatusCode::ACCEPTED {
                    return Err(Error::Fault(format!("{status}: {text}")));
                }
            }
            Ok(())
        }));
    }
    for worker in workers {
        worker.await.map_err(|e| Error::fault("hand in", e))??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// How many times RabbitMQ's rate ours must be, by packages in flight: with one, a clerk waits for the answer.
const WANTED: [(usize, f64); 3] = [(1, 4.0), (64, 1.0), (256, 1.0)];

/// Packages accepted per second, and where the processors' time went; with `beside`, RabbitMQ takes the same bytes in the
/// same run. Answers whether every wanted ratio was reached (always, without a peer).
pub async fn accept(count: usize, database: Option<String>, beside: bool) -> Result<bool> {
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let world = world(database, ATTACHMENT).await?;
    println!(
        "{engine}: 50 KB packages to three recipients, signed by person and agency, both verified, signed receipts, \
         fsync on; client on the same machine"
    );
    let peer = if beside { Some(RabbitMq::start().await?) } else { None };
    if let Some(peer) = &peer {
        let version = peer.version().await?;
        println!("RabbitMQ {version}: the same bytes, durable fan-out to three queues, persistent, confirmed");
    }
    let (mut first, mut holds) = (0, true);
    for (flight, wanted) in WANTED {
        let count = if flight == 1 { count / 4 } else { count };
        let bodies = packages(&world, THREE, first, count)?;
        first += count;
        let before = machine::busy();
        let rate = hand_in(&world, bodies.clone(), flight).await?;
        let spent = machine::busy_since(&before, count);
        println!(
            "{flight:>4} in flight: {rate:>6.0} packages/s ({count} packages), process {} MB; processor time of each: {spent}",
            machine::resident_mb()
        );
        let begun = Instant::now();
        world.running.platform.settle().await?;
        println!(
            "                until everything stands in the offices' arrivals: {} ms more",
            begun.elapsed().as_millis()
        );
        if let Some(peer) = &peer {
            let theirs = peer.rate(&bodies, flight).await?;
            let (ratio, enough) = (rate / theirs, rate >= wanted * theirs);
            holds &= enough;
            let verdict = if enough { "holds" } else { "does not hold" };
            println!("                RabbitMQ {theirs:>6.0}/s; ratio {ratio:.2}, wanted {wanted}: {verdict}");
        }
    }
    world.running.stop().await;
    Ok(holds)
}
