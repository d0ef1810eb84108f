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
