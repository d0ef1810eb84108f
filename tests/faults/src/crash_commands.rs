//! `migrate` and `backup` killed in the middle.

use crate::Run;
use crate::check;
use crate::load::{Load, OnFailure, Packages};
use crate::server::{self, Place, Server};
use crate::verdict::{Result, Verdict};
use crate::world::{self, Engine, Hosts, World};
use std::path::Path;
use std::time::{Duration, Instant};

/// Packages in the store that is backed up.
const STORED: usize = 120;

/// A moment within what the whole command takes.
fn moment(run: &Run, whole: Duration) -> Duration {
    let most = u64::try_from(whole.as_micros()).unwrap_or(u64::MAX).max(2);
    Duration::from_micros(run.between(1, most))
}

/// `migrate` on an empty place, killed; the next one must finish the work and the result must verify.
pub async fn migrate(run: &Run, verdict: &Verdict, engine: Engine, kills: usize) -> Result<()> {
    let (mut done, mut unfinished, mut whole) = (0, 0, None);
    while done < kills && !run.is_over() {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let mut place = Place::new(folder.path().join("data"));
        let Some(_scratch) = world::database(verdict, engine, &mut place).await else { return Ok(()) };
        let Some(takes) = whole else {
            let begun = Instant::now();
            server::must(&run.program, &place, &["migrate"]).await?;
            whole = Some(begun.elapsed());
            continue;
        };
        // Killed once, or twice on the same place.
        for _ in 0..run.between(1, 2) {
            let killed = server::killed(&run.program, &place, &["migrate"], moment(run, takes)).await?;
            unfinished += usize::from(killed.is_some());
        }
        server::must(&run.program, &place, &["migrate"]).await.map_err(|e| format!("after a killed migrate: {e}"))?;
        check::verifies(verdict, &run.program, &place).await?;
        done += 1;
    }
    verdict.hold(done == kills, || format!("migrate: the time was over after {done} of {kills} places"));
    verdict.case(&format!(
        "migrate {}: {done} places, {unfinished} runs killed; the next one finished the work",
        engine.name()
    ));
    Ok(())
}

/// `backup` of a running server and of a folder at rest, killed: it never looks complete, and the next one is.
pub async fn backup(run: &Run, verdict: &Verdict, engine: Engine, kills: usize) -> Result<()> {
    let Some(world) = World::make(run, verdict, engine, Hosts::All).await? else { return Ok(()) };
    let server = Server::start(&run.program, &world.place).await?;
    let load = Load::start(&server.url, &world.token, Packages::new("kept", true), (0, STORED), 16, OnFailure::End);
    let stored = check::acknowledged(&load.join().await.1).len();
    verdict.hold(stored == STORED, || format!("only {stored} of {STORED} packages were taken"));
    let mut server = Some(server);
    let (mut done, mut unfinished, mut whole) = (0, 0, None);
    while done < kills && !run.is_over() {
        let to = world.beside(&format!("backup-{done}"));
        let to_text = to.to_string_lossy().into_owned();
        let Some(takes) = whole else {
            let begun = Instant::now();
            let first = world.beside("backup-whole");
            server::must(&run.program, &world.place, &["backup", &first.to_string_lossy()]).await?;
            whole = Some(begun.elapsed());
            continue;
        };
        let at = moment(run, takes);
        // Every other time it is the server that dies with the backup inside it.
        if let Some(running) = server.take_if(|_| done % 2 == 0) {
            let command = server::killed(&run.program, &world.place, &["backup", &to_text], at).await?;
            running.kill().await?;
            unfinished += usize::from(command.is_some());
        } else {
            if let Some(running) = server.take() {
                running.stop().await?;
            }
            let command = server::killed(&run.program, &world.place, &["backup", &to_text], at).await?;
            unfinished += usize::from(command.is_some());
        }
        let looks_whole = to.join("backup.json").exists();
        let restored = restore(run, verdict, engine, &world, &to).await?;
        verdict.hold(restored == looks_whole, || {
            format!("{}: backup.json {looks_whole}, yet restore {restored}", to.display())
        });
        if looks_whole {
            println!("  this backup was finished before the kill came, and restores");
        }
        let _ = std::fs::remove_dir_all(&to);
        let again = server::must(&run.program, &world.place, &["backup", &to_text]).await;
        again.map_err(|e| format!("a backup after a killed one: {e}"))?;
        if server.is_none() {
            server = Some(Server::start(&run.program, &world.place).await?);
        }
        check::verifies(verdict, &run.program, &world.place).await?;
        done += 1;
    }
    let last = world.beside(&format!("backup-{}", done.saturating_sub(1)));
    let restored = restore(run, verdict, engine, &world, &last).await?;
    verdict.hold(done == kills, || format!("backup: the time was over after {done} of {kills} kills"));
    verdict.hold(restored, || "the last backup does not restore".to_owned());
    verdict.case(&format!(
        "backup {}: {unfinished} of {done} killed in the middle; none looked whole that was not; the next one was whole",
        engine.name()
    ));
    if let Some(server) = server {
        server.stop().await?;
    }
    Ok(())
}

/// Restores into an empty place with the master key from beside the first; whether that went well. What is restored must
/// verify.
async fn restore(run: &Run, verdict: &Verdict, engine: Engine, world: &World, from: &Path) -> Result<bool> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut place = Place::new(folder.path().join("data"));
    let Some(_scratch) = world::database(verdict, engine, &mut place).await else { return Ok(false) };
    std::fs::copy(world.beside("data.key"), folder.path().join("data.key"))
        .map_err(|e| format!("the master key: {e}"))?;
    let said = server::run(&run.program, &place, &["restore", &from.to_string_lossy()]).await?;
    if said.code != Some(0) {
        verdict.hold(said.text.contains(&*from.to_string_lossy()) && !said.text.contains("panicked"), || {
            format!("restore does not name the backup that it refuses: {}", said.text)
        });
        return Ok(false);
    }
    check::verifies(verdict, &run.program, &place).await?;
    Ok(true)
}
