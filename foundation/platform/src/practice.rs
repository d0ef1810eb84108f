//! Practice data: a folder made by `demo` is marked for ever, bannered on every page and served on loopback only.

use crate::error::{Error, Result};
use std::path::Path;

const MARK: &str = "DU-LIEU-THUC-HANH.txt";

/// Whether the folder holds practice data.
pub fn is_marked(data_dir: &Path) -> bool {
    data_dir.join(MARK).exists()
}

/// Marks a new folder; nothing in the program removes the mark.
pub fn mark(data_dir: &Path) -> Result<()> {
    let text = "Dữ liệu thực hành, không có giá trị pháp lý.\nPractice data without legal value.\n";
    std::fs::create_dir_all(data_dir).map_err(|e| Error::fault("create the data folder", e))?;
    std::fs::write(data_dir.join(MARK), text).map_err(|e| Error::fault("mark the practice data", e))
}

/// Empties a folder of practice data, so that a story that was interrupted can begin anew. Anything but practice data, and
/// a folder that a process works with, is left as it is.
///
/// # Errors
/// [`Error::Conflict`] when the folder holds no practice data or another process holds it.
pub fn clear(data_dir: &Path) -> Result<()> {
    if !is_marked(data_dir) {
        return Err(Error::Conflict(format!("{} holds no practice data", data_dir.display())));
    }
    let held = crate::platform_::lock_folder(data_dir)?;
    let failed = |e: std::io::Error| Error::fault(&format!("empty {}", data_dir.display()), e);
    for entry in std::fs::read_dir(data_dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            std::fs::remove_dir_all(&path).map_err(failed)?;
        } else if path.file_name().is_none_or(|name| name != MARK) {
            std::fs::remove_file(&path).map_err(failed)?;
        }
    }
    drop(held);
    Ok(())
}
