//! The disk is full, can only be read, or answers with errors: nothing false is acknowledged, the refusal says what it is,
//! and work goes on by itself once the disk does.

use crate::Run;
use crate::check::{self, Inboxes};
use crate::load::{Fate, Load, OnFailure, Packages, client, hand_in};
use crate::server::{self, Server};
use crate::verdict::{Result, Verdict};
use crate::world::{Engine, Hosts, World};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::process::Command;

/// Clients at once.
const FLIGHT: usize = 16;
/// The small disk, in bytes: a server with less than half of it free is not ready.
const DISK: usize = 1 << 30;
/// A disk that is too small for any backup.
const SMALL: &str = "size=128k";
/// What is left of the disk when the load begins, in bytes.
const LEFT: usize = 3 << 20;
/// Refusals that make a case worth its name; enough that the log, which lies on the same disk, cannot be written either.
const REFUSALS: usize = 100;
/// After so long work must go on by itself.
const RECOVERY: Duration = Duration::from_secs(15);
/// How long the inboxes may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A small disk in memory, or a folder seen a second time; gone when this is dropped.
struct Mount(PathBuf);

impl Mount {
    /// `None` where this user may not mount anything.
    async fn make(at: PathBuf, args: &[&str]) -> Result<Option<Self>> {
        std::fs::create_dir_all(&at).map_err(|e| e.to_string())?;
        let done = Command::new("mount").args(args).arg(&at).output().await;
        Ok(done.is_ok_and(|out| out.status.success()).then_some(Self(at)))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// Fills the disk of the server during the load, makes room again, and counts.
pub async fn full(run: &Run, verdict: &Verdict, engine: Engine) -> Result<()> {
    let case = format!("full disk {}", engine.name());
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let size = format!("size={DISK}");
    let Some(disk) = Mount::make(folder.path().join("disk"), &["-t", "tmpfs", "-o", &size, "tmpfs"]).await? else {
        verdict.skip(&case, "mounting a small disk needs root");
        return Ok(());
    };
    let Some(world) = World::make_in(run, verdict, engine, Hosts::All, &disk.0).await? else { return Ok(()) };
    let mut server = Server::start(&run.program, &world.place).await?;
    let ballast = disk.0.join("ballast");
    let free = usize::try_from(fs_free(&disk.0)?).unwrap_or(0);
    std::fs::write(&ballast, vec![1; free.saturating_sub(LEFT)]).map_err(|e| e.to_string())?;

    let packages = Packages::new(format!("full-{}", engine.name()), true);
    let load = Load::start(&server.url, &world.token, packages, (0, 100_000), FLIGHT, OnFailure::GoOn);
    let (packages, mut fates) = load.until(PATIENCE, |fates| refusals(fates).count() >= REFUSALS).await;
    told_clearly(verdict, &fates, &["platform.storage.full"]);
    let access = (server.url.as_str(), world.token.as_str());
    let acknowledged = check::acknowledged(&fates).len();
    check::acknowledged_are_there(verdict, access, &packages, &fates).await?;

    let Some(small) = Mount::make(folder.path().join("small"), &["-t", "tmpfs", "-o", SMALL, "tmpfs"]).await? else {
        return Err("the second disk could not be mounted".to_owned());
    };
    let backup = small.0.join("backup");
    let said = server::run(&run.program, &world.place, &["backup", &backup.to_string_lossy()]).await?;
    verdict.hold(said.code != Some(0) && said.text.contains("platform.storage.full"), || {
        format!("backup on a full disk ended with {:?}: {}", said.code, said.text.trim())
    });
    let restored = folder.path().join("restored");
    let place = server::Place::new(&restored);
    let again = server::run(&run.program, &place, &["restore", &backup.to_string_lossy()]).await?;
    verdict.hold(again.code != Some(0), || "half a backup was taken for a whole one".to_owned());
    std::fs::remove_file(&ballast).map_err(|e| e.to_string())?;
    let recovered = goes_on(verdict, access, &packages, &mut fates).await;
    let repeated = check::repeat(verdict, access, &packages, &mut fates).await;
    all_there(run, verdict, &world, access, &packages, &fates).await?;
    server = restart(run, verdict, &world, server).await?;
    server.stop().await?;
    verdict.case(&format!(
        "{case}: {acknowledged} acknowledged before and while it was full, all there once; refused by name; backup refused; \
         went on by itself {} ms after there was room; {repeated} repeated",
        recovered.as_millis()
    ));
    Ok(())
}

/// Starts the server on a folder that can only be read.
pub async fn read_only(run: &Run, verdict: &Verdict) -> Result<()> {
    let Some(world) = World::make(run, verdict, Engine::Sqlite, Hosts::All).await? else { return Ok(()) };
    let data = world.place.data.to_string_lossy().into_owned();
    let mut place = world.place.clone();
    place.data = world.beside("seen-again").join("data");
    let beside = world.beside("").to_string_lossy().into_owned();
    let bound = Mount::make(world.beside("seen-again"), &["--bind", &beside]).await?;
    let made = match &bound {
        Some(mount) => Command::new("mount").args(["-o", "remount,bind,ro"]).arg(&mount.0).output().await,
        None => Err(std::io::Error::other("no mount")),
    };
    if !made.is_ok_and(|out| out.status.success()) {
        verdict.skip("read-only disk", "mounting needs root");
        return Ok(());
    }
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["doctor"], &["migrate"]] {
        let said = tokio::time::timeout(RECOVERY, server::run(&run.program, &place, args)).await;
        let said = said.map_err(|_| format!("{args:?} on a read-only disk goes on and on"))??;
        let clear =
            said.code != Some(0) && (said.text.contains("platform.storage.read-only") || said.text.contains(&data));
        let clear = clear
            || args == ["doctor"] && said.code == Some(1) && said.text.contains(&place.data.display().to_string());
        verdict
            .hold(clear, || format!("{args:?} on a read-only disk ended with {:?}: {}", said.code, said.text.trim()));
    }
    drop(bound);
    let server = Server::start(&run.program, &world.place).await?;
    server.stop().await?;
    check::verifies(verdict, &run.program, &world.place).await?;
    verdict.case("read-only disk: serve, migrate and doctor say so; afterwards the same folder serves and verifies");
    Ok(())
}

/// Lets a part of all flushes, writes and reads of the server fail under load (libfiu), then no more.
pub async fn errors(run: &Run, verdict: &Verdict) -> Result<()> {
    let there = Command::new("fiu-run").arg("-h").output().await.is_ok();
    if !there {
        verdict.skip("input/output errors", "fiu-run is missing (Debian: fiu-utils)");
        return Ok(());
    }
    let Some(mut world) = World::make(run, verdict, Engine::Sqlite, Hosts::All).await? else { return Ok(()) };
    let control = world.beside("control").to_string_lossy().into_owned();
    world.place.under = ["fiu-run", "-x", "-f", &control].map(str::to_owned).to_vec();
    let server = Server::start(&run.program, &world.place).await?;
    let access = (server.url.as_str(), world.token.as_str());
    let id = server.id().ok_or("the server is gone")?;
    let points = [("posix/io/sync/fsync", 0.1), ("posix/io/rw/pwrite", 0.02), ("posix/io/rw/pread", 0.005)];
    for (point, share) in points {
        order(&control, id, &format!("enable_random name={point},probability={share},failinfo=5")).await?;
    }
    let packages = Packages::new("errors", true);
    let load = Load::start(&server.url, &world.token, packages, (0, 100_000), FLIGHT, OnFailure::GoOn);
    let enough = |fates: &BTreeMap<usize, Fate>| refusals(fates).count() >= REFUSALS && fates.len() > 300;
    let (packages, mut fates) = load.until(PATIENCE, enough).await;
    for (point, _) in points {
        order(&control, id, &format!("disable name={point}")).await?;
    }
    // A page that cannot be read is a damaged one to SQLite.
    told_clearly(verdict, &fates, &["platform.storage.failed", "platform.storage.damaged"]);
    let (acknowledged, refused) = (check::acknowledged(&fates).len(), refusals(&fates).count());
    let recovered = goes_on(verdict, access, &packages, &mut fates).await;
    check::acknowledged_are_there(verdict, access, &packages, &fates).await?;
    let repeated = check::repeat(verdict, access, &packages, &mut fates).await;
    all_there(run, verdict, &world, access, &packages, &fates).await?;
    world.place.under.clear();
    let server = restart(run, verdict, &world, server).await?;
    server.stop().await?;
    verdict.hold(acknowledged > 0, || "no package was acknowledged among the errors: nothing was tried".to_owned());
    verdict.case(&format!(
        "input/output errors: {acknowledged} acknowledged, all there once; {refused} refused by name; {repeated} repeated; \
         went on by itself after {} ms",
        recovered.as_millis()
    ));
    Ok(())
}

async fn order(control: &str, id: u32, command: &str) -> Result<()> {
    let done = Command::new("fiu-ctrl").args(["-c", command, "-f", control, &id.to_string()]).output().await;
    let done = done.map_err(|e| format!("fiu-ctrl: {e}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("fiu-ctrl {command}: {}", String::from_utf8_lossy(&done.stderr)))
}

fn refusals(fates: &BTreeMap<usize, Fate>) -> impl Iterator<Item = &crate::load::Refusal> {
    fates.values().filter_map(|fate| match fate {
        Fate::Refused(refusal) => Some(refusal),
        _ => None,
    })
}

/// Every refusal says “not now” and names the trouble.
fn told_clearly(verdict: &Verdict, fates: &BTreeMap<usize, Fate>, codes: &[&str]) {
    verdict.hold(refusals(fates).count() > 0, || "nothing was refused: nothing was tried".to_owned());
    for refusal in refusals(fates) {
        let named = codes.iter().any(|code| refusal.text.contains(code));
        verdict.hold(refusal.status.as_u16() == 503 && named, || {
            format!("a refusal that does not name the trouble: {} {}", refusal.status, refusal.text)
        });
    }
}

/// A package that was refused is taken soon, without a restart; how long that took.
async fn goes_on(
    verdict: &Verdict,
    (url, token): (&str, &str),
    packages: &Packages,
    fates: &mut BTreeMap<usize, Fate>,
) -> Duration {
    let begun = Instant::now();
    let Some((number, fate)) = fates.iter_mut().find(|(_, fate)| !matches!(fate, Fate::Acknowledged(_))) else {
        return begun.elapsed();
    };
    while begun.elapsed() < RECOVERY {
        *fate = hand_in(&client(), url, token, packages.bytes(*number)).await;
        if matches!(fate, Fate::Acknowledged(_)) {
            return begun.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    verdict.violation(&format!("does not go on by itself: {fate}"));
    begun.elapsed()
}

async fn all_there(
    run: &Run,
    verdict: &Verdict,
    world: &World,
    access: (&str, &str),
    packages: &Packages,
    fates: &BTreeMap<usize, Fate>,
) -> Result<()> {
    let expected: BTreeSet<String> = fates.keys().map(|number| packages.id(*number)).collect();
    Inboxes::default().exactly(verdict, access, &expected, PATIENCE).await?;
    check::nothing_half_stored(verdict, &world.place).await?;
    check::verifies(verdict, &run.program, &world.place).await
}

/// Stops the server, verifies what it left, and starts it again.
async fn restart(run: &Run, verdict: &Verdict, world: &World, server: Server) -> Result<Server> {
    server.stop().await?;
    check::verifies(verdict, &run.program, &world.place).await?;
    Server::start(&run.program, &world.place).await
}

fn fs_free(folder: &Path) -> Result<u64> {
    fs4::available_space(folder).map_err(|e| e.to_string())
}
