//! Two servers that hand documents over: either is killed at random, the delivery job and the receiver with it, and
//! everything arrives once.

use crate::Run;
use crate::check::{self, Inboxes};
use crate::crash::judge_ready;
use crate::load::{Load, OnFailure, Packages};
use crate::server::{self, Server};
use crate::verdict::{Result, Verdict, distribution};
use crate::world::{Engine, Hosts, RECIPIENTS, World};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A job of a dead process is taken over after its lease; failed deliveries wait a little longer each time.
const PATIENCE: Duration = Duration::from_secs(300);
/// Clients at once.
const FLIGHT: usize = 4;

/// Two servers that know each other: the sender's and the recipients'.
pub struct Pair {
    /// The sender's server.
    pub sender: World,
    /// The recipients' server.
    pub recipients: World,
}

impl Pair {
    /// Makes and introduces them; `None` (said) where the engine is missing.
    pub async fn make(run: &Run, verdict: &Verdict, engine: Engine) -> Result<Option<(Self, Server, Server)>> {
        let Some(sender) = World::make(run, verdict, engine, Hosts::Sender).await? else { return Ok(None) };
        let Some(recipients) = World::make(run, verdict, Engine::Sqlite, Hosts::Recipients).await? else {
            return Ok(None);
        };
        let first = Server::start(&run.program, &sender.place).await?;
        let second = Server::start(&run.program, &recipients.place).await?;
        let mut args = vec!["peer", "invite", "--url", &second.url];
        args.extend(RECIPIENTS.iter().flat_map(|code| ["--for", code]));
        let said = server::must(&run.program, &sender.place, &args).await?;
        let invitation = said.trim();
        server::must(&run.program, &recipients.place, &["peer", "accept", invitation]).await?;
        Ok(Some((Self { sender, recipients }, first, second)))
    }
}

/// Kills one or the other `kills` times while documents are handed over.
pub async fn crash_pair(run: &Run, verdict: &Verdict, kills: usize) -> Result<()> {
    for engine in Engine::BOTH {
        pair_on(run, verdict, engine, kills).await?;
    }
    Ok(())
}

async fn pair_on(run: &Run, verdict: &Verdict, engine: Engine, kills: usize) -> Result<()> {
    let begun = Instant::now();
    let Some((pair, mut first, mut second)) = Pair::make(run, verdict, engine).await? else { return Ok(()) };
    let mut ready = Vec::new();
    let mut expected = BTreeSet::new();
    let (mut done, mut senders) = (0, 0);
    while done < kills && !run.is_over() {
        let packages = Packages::new(format!("pair-{}-{done}", engine.name()), true);
        let load = Load::start(&first.url, &pair.sender.token, packages, (0, 24), FLIGHT, OnFailure::GoOn);
        tokio::time::sleep(Duration::from_millis(run.between(20, 900))).await;
        if run.between(0, 1) == 0 {
            senders += 1;
            first.kill().await?;
            first = Server::start(&run.program, &pair.sender.place).await?;
            ready.push(first.ready);
        } else {
            second.kill().await?;
            second = Server::start(&run.program, &pair.recipients.place).await?;
            ready.push(second.ready);
        }
        let (packages, mut fates) = load.join().await;
        let access = (first.url.as_str(), pair.sender.token.as_str());
        check::acknowledged_are_there(verdict, access, &packages, &fates).await?;
        check::repeat(verdict, access, &packages, &mut fates).await;
        expected.extend(fates.keys().map(|number| packages.id(*number)));
        done += 1;
    }
    let access = (second.url.as_str(), pair.recipients.token.as_str());
    let last = Inboxes::default().exactly(verdict, access, &expected, PATIENCE).await?;
    let waiting = "SELECT COUNT(*) FROM exchange_delivery WHERE transport <> 'sent'";
    let mut unsent = check::count(&pair.sender.place, waiting).await?;
    let patience = Instant::now();
    while unsent > 0 && patience.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(500)).await;
        unsent = check::count(&pair.sender.place, waiting).await?;
    }
    verdict.hold(unsent == 0, || format!("{unsent} deliveries arrived, but the sender's board does not say so"));
    for place in [&pair.sender.place, &pair.recipients.place] {
        check::nothing_half_stored(verdict, place).await?;
        check::verifies(verdict, &run.program, place).await?;
    }
    first.stop().await?;
    second.stop().await?;
    verdict.hold(done == kills, || format!("pair: the time was over after {done} of {kills} kills"));
    judge_ready(run, verdict, &ready);
    verdict.case(&format!(
        "pair {} → SQLite: {done} kills ({senders} of the sender) in {} s: {} documents for {} agencies each, everything once; \
         the last {} s after the last kill; ready {}",
        engine.name(),
        begun.elapsed().as_secs(),
        expected.len(),
        RECIPIENTS.len(),
        last.as_secs(),
        distribution(&ready)
    ));
    Ok(())
}
