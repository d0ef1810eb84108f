//! Growth: what a package, a registration, a search and a list cost with ever more documents in one agency's books.

use crate::load::{PASSWORD, World, configure, hand_in, packages, world};
use lienthong::demo::Caller;
use lienthong::serve;
use platform::{Error, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use testkit::machine;

/// Bytes of each attachment: the books grow, not the files.
const ATTACHMENT: usize = 1024;
/// Packages handed in at a time while the books are filled.
const FILL: usize = 5000;
/// Packages over which the cost of one is taken.
const SAMPLE: usize = 1000;
/// Registrations over which the cost of one is taken.
const REGISTERED: usize = 50;
/// Requests for each page.
const REQUESTS: usize = 100;
/// In flight while packages are handed in.
const FLIGHT: usize = 64;
/// Most growth of any cost from the first step to the last.
const MOST_GROWTH: f64 = 1.2;
/// Most time of the inbox at the 99th percentile.
const INBOX: Duration = Duration::from_millis(20);
/// Most time from start to ready.
const READY: Duration = Duration::from_secs(1);
/// Most memory at rest, in MB.
const IDLE: u64 = 100;

/// The clerk's list of what waits, as the page shows it.
const ARRIVALS: &str = "/van-ban-den?loc=cho-dang-ky";
/// What is fetched at every step.
const PAGES: [&str; 7] = [
    "/viec-hom-nay",
    ARRIVALS,
    "/van-ban-den?loc=cho-dang-ky&q=do+dac+471",
    "/tim-kiem?q=do+dac+471",
    "/thong-ke",
    "/api/v1/incoming-documents?limit=50",
    "/api/v1/incoming-documents?text=do+dac+471&limit=50",
];

/// One figure of one step.
struct Figure {
    name: String,
    median: Duration,
    p99: Duration,
}

/// Fills the books of one agency step by step and measures at each; whether everything stayed within its bounds.
pub async fn growth(steps: &[usize]) -> Result<bool> {
    let mut world = world(None, ATTACHMENT).await?;
    let (mut filled, mut holds) = (0, true);
    let mut first: Vec<Figure> = Vec::new();
    for &step in steps {
        let begun = Instant::now();
        while filled + SAMPLE < step {
            let count = (step - SAMPLE - filled).min(FILL);
            hand_in(&world, packages(&world, &["H57"], filled, count)?, FLIGHT).await?;
            filled += count;
            world.running.platform.settle().await?;
        }
        let filling = begun.elapsed();
        let mut figures = vec![accepting(&world, filled).await?];
        filled += SAMPLE;
        let clerk = Caller::sign_in(&world.running.address_url(), "hue.vanthu", PASSWORD).await?;
        let clerk = clerk.acting_for("H57").await?;
        figures.push(registering(&clerk).await?);
        for page in PAGES {
            figures.push(fetching(&world, &clerk, page).await?);
        }
        world.running.stop().await;
        let (ready, idle) = at_rest(&world.config.data_dir)?;
        world.running = serve::start(world.config.clone()).await?;

        println!("{filled} documents (filled in {} s):", filling.as_secs());
        for (place, figure) in figures.iter().enumerate() {
            let before = first.get(place).map_or(figure.median, |f| f.median);
            let ratio = figure.median.as_secs_f64() / before.as_secs_f64().max(f64::EPSILON);
            let mut said = vec![format!("{ratio:.2} × the first")];
            if ratio > MOST_GROWTH {
                holds = false;
                said.push(format!("does not hold: at most {MOST_GROWTH}"));
            }
            if figure.name == ARRIVALS && figure.p99 > INBOX {
                holds = false;
                said.push(format!("does not hold: p99 at most {} ms", INBOX.as_millis()));
            }
            let (median, p99) = (figure.median.as_micros(), figure.p99.as_micros());
            println!("  {:<52} median {median:>8} µs, p99 {p99:>8} µs; {}", figure.name, said.join("; "));
        }
        let rest = ready <= READY && idle <= IDLE;
        holds &= rest;
        let verdict = if rest { "holds" } else { "does not hold" };
        println!("  start to ready {} ms, at rest {idle} MB: {verdict}", ready.as_millis());
        if first.is_empty() {
            first = figures;
        }
    }
    world.running.stop().await;
    Ok(holds)
}

/// A package from its arrival at the door until it stands in the clerk's list, as a share of many at once.
async fn accepting(world: &World, first: usize) -> Result<Figure> {
    let bodies = packages(world, &["H57"], first, SAMPLE)?;
    let begun = Instant::now();
    hand_in(world, bodies, FLIGHT).await?;
    world.running.platform.settle().await?;
    let each = begun.elapsed() / u32::try_from(SAMPLE).unwrap_or(1);
    Ok(Figure { name: "a package, until it stands in the list".into(), median: each, p99: each })
}

/// Registrations by the clerk, one after the other.
async fn registering(clerk: &Caller) -> Result<Figure> {
    let list = clerk.get(&format!("/api/v1/incoming-documents?state=arrived&limit={REGISTERED}")).await?;
    let documents = list["items"].as_array().cloned().unwrap_or_default();
    let mut times = Vec::new();
    for document in documents {
        let id = document["id"].as_str().unwrap_or_default();
        let body: Value = json!({ "version": document["version"], "key": format!("bench-{id}") });
        let begun = Instant::now();
        clerk.post(&format!("/api/v1/incoming-documents/{id}/register"), &body).await?;
        times.push(begun.elapsed());
    }
    figure("a registration", times)
}

/// One page, fetched again and again by a signed-in clerk.
async fn fetching(world: &World, clerk: &Caller, page: &str) -> Result<Figure> {
    let http = reqwest::Client::builder().build().map_err(|e| Error::fault("make an HTTP client", e))?;
    let url = format!("{}{page}", world.running.address_url());
    let token = clerk.token().unwrap_or_default();
    let mut times = Vec::new();
    for _ in 0..REQUESTS {
        let begun = Instant::now();
        let request = http.get(&url).header("accept", "text/html,application/json");
        let request = if page.starts_with("/api") {
            request.bearer_auth(token)
        } else {
            request.header("cookie", format!("lt_session={token}"))
        };
        let answer = request.send().await.map_err(|e| Error::fault("fetch a page", e))?;
        if !answer.status().is_success() {
            return Err(Error::Fault(format!("{page}: {}", answer.status())));
        }
        answer.bytes().await.map_err(|e| Error::fault("fetch a page", e))?;
        times.push(begun.elapsed());
    }
    figure(page, times)
}

fn figure(name: &str, mut times: Vec<Duration>) -> Result<Figure> {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied();
    match (at(50), at(99)) {
        (Some(median), Some(p99)) => Ok(Figure { name: name.to_owned(), median, p99 }),
        _ => Err(Error::Fault(format!("{name}: nothing to measure"))),
    }
}

/// Start to ready and memory at rest, in MB, in a process of its own (this one has the client's memory too).
fn at_rest(data: &Path) -> Result<(Duration, u64)> {
    let program = std::env::current_exe().map_err(|e| Error::fault("find this program", e))?;
    let out = std::process::Command::new(program)
        .arg("rest")
        .arg(data)
        .output()
        .map_err(|e| Error::fault("start this program", e))?;
    let text = String::from_utf8_lossy(&out.stdout);
    let figures: Option<(u64, u64)> = text
        .lines()
        .last()
        .and_then(|line| line.split_once(' '))
        .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let (millis, megabytes) = figures.ok_or_else(|| Error::Fault(format!("a start gave no figures: {text}")))?;
    Ok((Duration::from_millis(millis), megabytes))
}

/// Starts a server on these data, prints milliseconds to ready and megabytes at rest, and stops it.
pub async fn rest(data: &Path) -> Result<bool> {
    let begun = Instant::now();
    let running = serve::start(configure(data, None)).await?;
    let http = reqwest::Client::builder().build().map_err(|e| Error::fault("make an HTTP client", e))?;
    let url = format!("{}/readyz", running.address_url());
    while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let ready = begun.elapsed();
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("{} {}", ready.as_millis(), machine::resident_mb());
    running.stop().await;
    Ok(true)
}
