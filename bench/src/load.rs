//! The loads: packages handed in over HTTP, pages fetched by a signed-in clerk.

use lienthong::demo::{Caller, seed};
use lienthong::{cli, serve};
use platform::access::Act;
use platform::ledger::Actor;
use platform::signing::Signer;
use platform::{Config, Error, Result, accounts};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use testkit::{SamplePackage, machine};

const PASSWORD: &str = "Do-dac-2026";
/// Name of the client's threads, to tell its share of the time from the server's.
const CLIENT: &str = "client";
/// Size of the attachment before base64, so that the package weighs about 50 KB.
const ATTACHMENT: usize = 36 * 1024;

struct World {
    running: serve::Running,
    token: String,
    signers: Signers,
    _folder: tempfile::TempDir,
    started: std::time::Duration,
}

/// The keys of a person and of the agency that signs, as the office of the sender holds them.
#[derive(Clone)]
struct Signers {
    person: Signer,
    agency: Signer,
}

async fn world(database: Option<String>) -> Result<World> {
    let folder = tempfile::tempdir().map_err(|e| Error::fault("make a temporary folder", e))?;
    let mut config = Config::in_folder(folder.path().join("data"));
    config.database = database;
    config.listen = "127.0.0.1:0".into();
    config.admin_listen = String::new();
    config.telemetry.log_filter = "warn".into();
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
    let begun = Instant::now();
    let running = serve::start(config).await?;
    let started = begun.elapsed();
    Ok(World { running, token, signers, _folder: folder, started })
}

/// A package whose document and attachment nobody has sent before, signed by person and agency.
fn package(number: usize, recipients: &[&str], signers: &Signers) -> Result<Vec<u8>> {
    let date = base::Clock::System.now().local_date();
    let document_id = format!("bench-{number}");
    let sample = SamplePackage {
        document_id: &document_id,
        number,
        date,
        from: "G22",
        to: recipients,
        attachment: ATTACHMENT,
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

/// Hands in `count` packages with `flight` at once from a runtime of its own; answers packages a second. Any answer but
/// 202 ends the run.
async fn hand_in(world: &World, recipients: &[&str], first: usize, count: usize, flight: usize) -> Result<f64> {
    let bodies = (first..first + count).map(|n| package(n, recipients, &world.signers)).collect::<Result<Vec<_>>>()?;
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

async fn send_all(bodies: Vec<Vec<u8>>, url: String, token: String, flight: usize) -> Result<f64> {
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(flight)
        .build()
        .map_err(|e| Error::fault("make an HTTP client", e))?;
    let count = bodies.len();
    let bodies: Arc<Vec<bytes::Bytes>> = Arc::new(bodies.into_iter().map(Into::into).collect());
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

/// Packages accepted per second, and where the processors' time went.
pub async fn accept(packages: usize, database: Option<String>) -> Result<()> {
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let world = world(database).await?;
    println!(
        "{engine}: 50 KB packages to three recipients, signed by person and agency, both verified, signed receipts, \
         fsync on; client on the same machine"
    );
    let mut first = 0;
    for flight in [1, 64, 256] {
        let count = if flight == 1 { packages / 4 } else { packages };
        let before = machine::busy();
        let rate = hand_in(&world, THREE, first, count, flight).await?;
        let spent = machine::busy_since(&before, count);
        first += count;
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
    }
    world.running.stop().await;
    Ok(())
}

/// Start, memory, pages.
pub async fn pages(documents: usize) -> Result<()> {
    let world = world(None).await?;
    println!("start to listening: {} ms; idle memory {} MB", world.started.as_millis(), machine::resident_mb());
    let mut first = 0;
    while first < documents {
        let count = (documents - first).min(5000);
        hand_in(&world, &["H57"], first, count, 64).await?;
        first += count;
    }
    world.running.platform.settle().await?;
    let address = world.running.address_url();
    let clerk = Caller::sign_in(&address, "hue.vanthu", PASSWORD).await?.acting_for("H57").await?;
    let cookie = format!("lt_session={}", clerk.token().unwrap_or_default());
    let http = reqwest::Client::builder().build().map_err(|e| Error::fault("make an HTTP client", e))?;
    println!("with {documents} documents waiting in the inbox of H57:");
    for path in [
        "/viec-hom-nay",
        "/van-ban-den?loc=cho-dang-ky",
        "/van-ban-den?loc=cho-dang-ky&q=do+dac+4711",
        "/tim-kiem?q=do+dac",
        "/thong-ke",
        "/api/v1/incoming-documents?limit=50",
        "/api/v1/incoming-documents?text=do+dac&limit=50",
    ] {
        let url = format!("{address}{path}");
        let (mut times, mut whole) = (Vec::new(), 0);
        for _ in 0..100 {
            let begun = Instant::now();
            let request = http.get(&url).header("cookie", &cookie).header("accept", "text/html,application/json");
            let request =
                if path.starts_with("/api") { request.bearer_auth(clerk.token().unwrap_or_default()) } else { request };
            let answer = request.send().await.map_err(|e| Error::fault(path, e))?;
            if !answer.status().is_success() {
                return Err(Error::Fault(format!("{path}: {}", answer.status())));
            }
            whole = answer.bytes().await.map_err(|e| Error::fault(path, e))?.len();
            times.push(begun.elapsed().as_micros());
        }
        times.sort_unstable();
        let sent = weight(&http, &url, &cookie).await?;
        println!("{path}: median {} µs, p99 {} µs; {whole} bytes, {sent} on the wire", times[50], times[98]);
    }
    println!("memory afterwards: {} MB", machine::resident_mb());
    world.running.stop().await;
    Ok(())
}

/// Bytes of the answer as a browser takes it, compressed.
async fn weight(http: &reqwest::Client, url: &str, cookie: &str) -> Result<usize> {
    let request =
        http.get(url).header("cookie", cookie).header("accept", "text/html").header("accept-encoding", "br, gzip");
    let answer = request.send().await.map_err(|e| Error::fault("fetch a page", e))?;
    Ok(answer.bytes().await.map_err(|e| Error::fault("fetch a page", e))?.len())
}
