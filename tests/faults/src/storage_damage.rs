//! Bits flipped and ends cut off behind the program's back: verifying names it or refuses clearly, and never breaks down.

use crate::Run;
use crate::check;
use crate::load::{Load, OnFailure, Packages};
use crate::server::{self, Said, Server};
use crate::verdict::{Result, Verdict};
use crate::world::{Engine, Hosts, World};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Packages in the data.
const PACKAGES: usize = 48;
/// No verdict on so little data takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Flips `flips` bits in the database and as many in the files, and cuts both.
pub async fn damage(run: &Run, verdict: &Verdict, flips: usize) -> Result<()> {
    let Some(world) = World::make(run, verdict, Engine::Sqlite, Hosts::All).await? else { return Ok(()) };
    let server = Server::start(&run.program, &world.place).await?;
    let load = Load::start(&server.url, &world.token, Packages::new("damage", true), (0, PACKAGES), 8, OnFailure::End);
    let (_, fates) = load.join().await;
    verdict.hold(check::acknowledged(&fates).len() == PACKAGES, || "the data could not be made".to_owned());
    server.stop().await?;
    check::verifies(verdict, &run.program, &world.place).await?;

    let database = Path::new("lienthong.db").to_owned();
    let (mut found, mut refused) = (0, 0);
    for _ in 0..flips {
        let said = verify_altered(run, &world, &database, flip).await?;
        match said.code {
            Some(1) => found += 1,
            Some(70) => refused += 1,
            Some(0) => {}
            _ => verdict.violation(&format!("verify ended with {:?}: {}", said.code, said.text.trim())),
        }
        calm(verdict, "verify", &said);
    }
    verdict.hold(found > 0, || "no flipped bit of the database was found".to_owned());

    let blobs = files(&world.place.data.join("blobs")).map_err(|e| e.to_string())?;
    let mut named = 0;
    for blob in &blobs {
        let inside = blob.strip_prefix(&world.place.data).map_err(|e| e.to_string())?;
        let said = verify_altered(run, &world, inside, flip).await?;
        named += usize::from(said.code == Some(1));
        calm(verdict, "verify", &said);
        let said = verify_altered(run, &world, inside, cut).await?;
        verdict.hold(said.code == Some(1), || format!("{} cut short was not named: {}", inside.display(), said.text));
    }
    verdict.hold(named > 0, || "no flipped bit of a file was found".to_owned());

    let copy = altered(&world, &database, run, cut)?;
    for args in [&["verify"][..], &["doctor"], &["serve", "--listen", "127.0.0.1:0"]] {
        let said = within(run, &copy.place, args).await?;
        verdict.hold(!matches!(said.code, Some(0) | None), || {
            format!("{args:?} on half a database ended with {:?}: {}", said.code, said.text)
        });
        verdict.hold(said.text.contains("khôi phục bản sao lưu"), || {
            format!("{args:?} tells no remedy: {}", said.text)
        });
        calm(verdict, "a command", &said);
    }
    verdict.case(&format!(
        "damage: {flips} bits of the database: {found} named, {refused} refused as damaged, {} where nothing is proved; \
         {named} of {} files with a flipped bit named, all cut ones; half a database refused with a remedy",
        flips - found - refused,
        blobs.len()
    ));
    Ok(())
}

/// No breakdown in what was said.
fn calm(verdict: &Verdict, what: &str, said: &Said) {
    verdict.hold(!said.text.contains("panicked"), || format!("{what} broke down: {}", said.text));
}

/// A copy of the data; gone when this is dropped.
struct Copy {
    place: server::Place,
    _folder: tempfile::TempDir,
}

type Alter = fn(&Run, &Path) -> std::io::Result<()>;

fn altered(world: &World, file: &Path, run: &Run, alter: Alter) -> Result<Copy> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let from = world.beside("");
    for path in files(&from).map_err(|e| e.to_string())? {
        let inside = path.strip_prefix(&from).map_err(|e| e.to_string())?;
        let to = folder.path().join(inside);
        to.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::copy(&path, &to))
            .map_err(|e| e.to_string())?;
    }
    let place = server::Place::new(folder.path().join("data"));
    alter(run, &place.data.join(file)).map_err(|e| e.to_string())?;
    Ok(Copy { place, _folder: folder })
}

async fn verify_altered(run: &Run, world: &World, file: &Path, alter: Alter) -> Result<Said> {
    let copy = altered(world, file, run, alter)?;
    within(run, &copy.place, &["verify"]).await
}

async fn within(run: &Run, place: &server::Place, args: &[&str]) -> Result<Said> {
    let said = tokio::time::timeout(PATIENCE, server::run(&run.program, place, args)).await;
    said.map_err(|_| format!("{args:?} on damaged data goes on and on"))?
}

fn flip(run: &Run, file: &Path) -> std::io::Result<()> {
    let mut bytes = fs::read(file)?;
    let place = run.between(0, bytes.len().saturating_sub(1) as u64);
    if let Some(byte) = usize::try_from(place).ok().and_then(|place| bytes.get_mut(place)) {
        *byte ^= 1 << run.between(0, 7);
    }
    fs::write(file, bytes)
}

fn cut(_: &Run, file: &Path) -> std::io::Result<()> {
    let length = fs::metadata(file)?.len();
    fs::File::options().write(true).open(file)?.set_len(length / 2)
}

/// Every file below a folder (sockets and the like are left out).
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_type()?.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
