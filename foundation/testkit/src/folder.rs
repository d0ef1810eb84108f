//! A temporary folder for each test, in memory where the machine has room: the durability calls are made all the same,
//! and the suite does not wait for a disk that it shares.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// Memory-backed on Linux.
const MEMORY: &str = "/dev/shm";
/// Kilobytes that must be free there.
const ENOUGH: u64 = 2_000_000;

/// A fresh folder, removed when dropped. `TMPDIR` names another place.
pub fn temporary_folder() -> tempfile::TempDir {
    static IN_MEMORY: OnceLock<bool> = OnceLock::new();
    let in_memory = *IN_MEMORY.get_or_init(|| std::env::var_os("TMPDIR").is_none() && has_room());
    let folder = if in_memory { tempfile::tempdir_in(MEMORY) } else { tempfile::tempdir() };
    folder.expect("a temporary folder")
}

fn has_room() -> bool {
    let said = Command::new("df").args(["-k", "--output=avail", MEMORY]).output();
    Path::new(MEMORY).is_dir()
        && said.is_ok_and(|said| {
            let text = String::from_utf8_lossy(&said.stdout).into_owned();
            text.lines().nth(1).and_then(|line| line.trim().parse::<u64>().ok()).is_some_and(|free| free >= ENOUGH)
        })
}
