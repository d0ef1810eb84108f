//! Committed files that are made from the program, and the check that they are up to date.

use std::fs;
use std::path::Path;

/// A file that is generated.
struct Document {
    /// Path from the root.
    path: &'static str,
    text: String,
}

/// Everything that is generated from the program as it stands.
fn documents() -> Vec<Document> {
    Vec::new()
}

/// Writes them.
pub fn write(root: &Path) -> Result<(), String> {
    for document in documents() {
        let path = root.join(document.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        fs::write(&path, document.text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Those whose committed text differs.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let differs =
        |document: &Document| fs::read_to_string(root.join(document.path)).ok().as_ref() != Some(&document.text);
    let line = |document: Document| format!("{}: out of date, run `cargo xtask generate`", document.path);
    Ok(documents().into_iter().filter(differs).map(line).collect())
}
