//! `kill -9` of the server at random moments under load.

use crate::Run;
use crate::check::{self, Inboxes};
use crate::load::{Load, OnFailure, Packages};
use crate::server::Server;
use crate::verdict::{Result, Verdict, distribution};
use crate::world::{Engine, Hosts, World};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Clients at once.
const FLIGHT: usize = 24;
/// The kill comes after at most so many receipts,
const RECEIPTS: u64 = 120;
/// and at most so many microseconds later.
const MOMENT_US: u64 = 40_000;
/// Kills on one data folder, so that verifying it stays short.
const SAME_FOLDER: usize = 20;
/// A dead sequencer's lease ends after some seconds; its successor numbers what waits then.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is said of ready times: a release build must be ready within a second.
pub fn judge_ready(run: &Run, verdict: &Verdict, ready: &[Duration]) {
    let release = !run.program.components().any(|part| part.as_os_str() == "debug");
    let late = ready.iter().filter(|time| time.as_millis() >= 1000).count();
    verdict.hold(!release || late == 0, || format!("{late} starts took a second or longer"));
}

/// Kills the server `kills` times.
pub async fn crash(run: &Run, verdict: &Verdict, engine: Engine, kills: usize) -> Result<()> {
    let begun = Instant::now();
    let (mut done, mut acknowledged, mut repeated) = (0, 0, 0);
    let (mut ready, mut numbered) = (Vec::new(), Vec::new());
    while done < kills && !run.is_over() {
        let Some(mut world) = World::make(run, verdict, engine, Hosts::All).await? else { return Ok(()) };
        let mut server = Server::start(&run.program, &world.place).await?;
        let mut inboxes = Inboxes::default();
        let this = (kills - done).min(SAME_FOLDER);
        for round in 0..this {
            if run.is_over() {
                break;
            }
            let packages = Packages::new(format!("crash-{}-{}-{round}", engine.name(), done), true);
            let load = Load::start(&server.url, &world.token, packages, (0, 100_000), FLIGHT, OnFailure::End);
            let receipts = usize::try_from(run.between(0, RECEIPTS)).unwrap_or(0);
            load.answered(receipts).await;
            let moment = Duration::from_micros(run.between(0, MOMENT_US));
            tokio::time::sleep(moment).await;
            server.kill().await?;
            let (packages, mut fates) = load.join().await;
            acknowledged += check::acknowledged(&fates).len();

            server =
                Server::start(&run.program, &world.place).await.map_err(|e| format!("does not start again: {e}"))?;
            ready.push(server.ready);
            let access = (server.url.as_str(), world.token.as_str());
            check::acknowledged_are_there(verdict, access, &packages, &fates).await?;
            repeated += check::repeat(verdict, access, &packages, &mut fates).await;
            let expected: BTreeSet<String> = fates.keys().map(|number| packages.id(*number)).collect();
            numbered.push(inboxes.exactly(verdict, access, &expected, PATIENCE).await?);
            check::nothing_half_stored(verdict, &world.place).await?;
            check::verifies(verdict, &run.program, &world.place).await?;
            if verdict.is_broken() {
                world.keep();
                return Err(format!(
                    "{}: stopped at kill {}, {moment:?} after the load began",
                    engine.name(),
                    done + 1
                ));
            }
            done += 1;
        }
        server.stop().await?;
    }
    judge_ready(run, verdict, &ready);
    verdict.case(&format!(
        "crash {}: {done} kills under {FLIGHT} clients in {} s: {acknowledged} acknowledged, all there once; {repeated} repeated, \
         each there once; ready {}; in the inboxes {}",
        engine.name(),
        begun.elapsed().as_secs(),
        distribution(&ready),
        distribution(&numbered)
    ));
    verdict.hold(acknowledged > 0, || "no package was acknowledged before a kill: nothing was tried".to_owned());
    verdict.hold(done == kills, || format!("the time was over after {done} of {kills} kills"));
    Ok(())
}
