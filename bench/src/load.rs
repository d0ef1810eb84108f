//! The loads: packages handed in over HTTP, pages fetched by a signed-in clerk.

use lienthong::demo::{Caller, seed};
use lienthong::{cli, serve};
use platform::access::Act;
use platform::ledger::Actor;
use platform::{Config, Error, Result, accounts};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use testkit::{SamplePackage, machine};

const PASSWORD: &str = "Do-dac-2026";
/// Size of the attachment before base64, so that the package weighs about 50 KB.
const ATTACHMENT: usize = 36 * 1024;

struct World {
    running: serve::Running,
    token: String,
    _folder: tempfile::TempDir,
    started: std::time::Duration,
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
    let (_, token) = accounts::system_register(&platform, &act, "bench", &[code]).await?;
    platform.shutdown().await;
    drop(platform);
    let begun = Instant::now();
    let running = serve::start(config).await?;
    let started = begun.elapsed();
    Ok(World { running, token, _folder: folder, started })
}

/// A package whose document and attachment nobody has sent before.
fn package(number: usize) -> Vec<u8> {
    SamplePackage {
        document_id: &format!("bench-{number}"),
        number,
        date: base::Clock::System.now().local_date(),
        from: "G22",
        to: &["H57", "H57.09", "H57.11"],
        attachment: ATTACHMENT,
    }
    .edxml()
}

/// Hands in `count` packages with `flight` at once; answers packages a second. Any answer but 202 ends the run.
async fn hand_in(world: &World, first: usize, count: usize, flight: usize) -> Result<f64> {
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(flight)
        .build()
        .map_err(|e| Error::fault("make an HTTP client", e))?;
    let url = Arc::new(format!("{}/api/v1/exchange/packages", world.running.address_url()));
    let bodies: Arc<Vec<Vec<u8>>> = Arc::new((first..first + count).map(package).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut workers = Vec::new();
    for _ in 0..flight {
        let (client, url, bodies, next, token) =
            (client.clone(), Arc::clone(&url), Arc::clone(&bodies), Arc::clone(&next), world.token.clone());
        workers.push(tokio::spawn(async move {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let request = client.post(url.as_str()).bearer_auth(&token).header("content-type", "application/xml");
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

/// Packages accepted per second.
pub async fn accept(packages: usize, database: Option<String>) -> Result<()> {
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let world = world(database).await?;
    println!(
        "{engine}: 50 KB packages, three recipients, unsigned content, signed receipts, fsync on; client on the same machine"
    );
    let mut first = 0;
    for flight in [1, 64, 256] {
        let count = if flight == 1 { packages / 4 } else { packages };
        let rate = hand_in(&world, first, count, flight).await?;
        first += count;
        println!(
            "{flight:>4} in flight: {rate:>7.0} packages/s ({count} packages), process {} MB",
            machine::resident_mb()
        );
    }
    world.running.stop().await;
    Ok(())
}

/// Start, memory, pages.
pub async fn pages(documents: usize) -> Result<()> {
    let world = world(None).await?;
    println!("start to listening: {} ms; idle memory {} MB", world.started.as_millis(), machine::resident_mb());
    hand_in(&world, 0, documents, 64).await?;
    let clerk = Caller::sign_in(&world.running.address_url(), "hue.vanthu", PASSWORD).await?.acting_for("H57").await?;
    clerk
        .until("/api/v1/incoming-documents/counts", |c| {
            (c["unregistered"].as_u64() == u64::try_from(documents).ok()).then_some(())
        })
        .await?;
    for path in ["/api/v1/incoming-documents?limit=50", "/api/v1/incoming-documents?text=do+dac&limit=50"] {
        let mut times = Vec::new();
        for _ in 0..50 {
            let begun = Instant::now();
            clerk.get(path).await?;
            times.push(begun.elapsed().as_micros());
        }
        times.sort_unstable();
        println!("{path} at {documents} documents: median {} µs, p99 {} µs", times[25], times[49]);
    }
    world.running.stop().await;
    Ok(())
}
