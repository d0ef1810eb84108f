//! Rules of the house that a compiler does not know: files of readable length that say what they are for, pure rules, tables with one owner.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, in lines.
const MAX_LINES: usize = 600;

/// What `modules/*/src/rules` may not name: rules get their input handed in and return what is to be done.
const IMPURE: &[&str] = &[
    "platform::",
    "web::",
    "axum::",
    "tokio::",
    "std::fs",
    "std::net",
    "crate::store",
    "crate::use_cases",
    "crate::api",
    "crate::pages",
    "crate::reactions",
];

/// Marks of unfinished work, spelled in two parts so that this file does not find itself.
const LEFT_OVER: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimplemented", "!(")];

/// Folders that hold no source of ours.
const SKIPPED: &[&str] = &["target", "node_modules", ".git"];

/// A file of the repository.
struct Source {
    /// Path from the root, with `/`.
    path: String,
    text: String,
}

/// What breaks a rule, one line each.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let files = read_all(root)?;
    let rust: Vec<&Source> = files.iter().filter(|file| file.path.ends_with(".rs")).collect();
    let owners = table_owners(&files);
    let mut found = Vec::new();
    for file in rust {
        found.extend(shape(file));
        found.extend(purity(file));
        found.extend(foreign_tables(file, &owners));
    }
    Ok(found)
}

fn shape(file: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        found.push(format!("{}: {lines} lines, more than {MAX_LINES}: a room to divide", file.path));
    }
    if !file.text.starts_with("//!") {
        found.push(format!("{}: opens without a `//!` sentence that says what it is for", file.path));
    }
    for (number, line) in numbered(&file.text) {
        if let Some(mark) = LEFT_OVER.iter().find(|mark| line.contains(**mark)) {
            found.push(format!("{}:{number}: left-over `{mark}`", file.path));
        }
    }
    found
}

fn purity(file: &Source) -> Vec<String> {
    let in_rules = file.path.starts_with("modules/") && file.path.split('/').any(|part| part.starts_with("rules"));
    if !in_rules || !file.path.contains("/src/") {
        return Vec::new();
    }
    code_lines(&file.text)
        .filter_map(|(number, line)| {
            let named = IMPURE.iter().find(|name| names(line, name))?;
            Some(format!("{}:{number}: rules are pure, but this names `{named}`", file.path))
        })
        .collect()
}

/// Whether the line has the path, not merely as the end of a longer word.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

/// Which crate each table belongs to, from the migrations.
fn table_owners(files: &[Source]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.ends_with(".sql") && file.path.contains("/migrations/")) {
        let Some(owner) = crate_of(&file.path) else { continue };
        let text = file.text.replace("VIRTUAL TABLE", "TABLE").replace("IF NOT EXISTS ", "");
        for (at, made) in text.match_indices("CREATE TABLE ") {
            let name = identifier(&text[at + made.len()..]);
            owners.insert(name.to_owned(), owner.to_owned());
        }
    }
    owners
}

fn foreign_tables(file: &Source, owners: &BTreeMap<String, String>) -> Vec<String> {
    // Tests across the house count rows from outside, whoever keeps them.
    let inside = |here: &&str| file.path.contains("/src/") && *here != "tests";
    let Some(here) = crate_of(&file.path).filter(inside) else { return Vec::new() };
    let mut found = Vec::new();
    for (number, line) in code_lines(&file.text) {
        for verb in ["FROM ", "JOIN ", "INTO ", "UPDATE "] {
            for (at, _) in line.match_indices(verb) {
                let table = identifier(&line[at + verb.len()..]);
                if let Some(owner) = owners.get(table).filter(|owner| *owner != here) {
                    found.push(format!("{}:{number}: the table {table} belongs to {owner}", file.path));
                }
            }
        }
    }
    found
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// `modules/office/src/lib.rs` is of `office`, `lienthong/src/main.rs` of `lienthong`.
fn crate_of(path: &str) -> Option<&str> {
    let mut parts = path.split('/');
    match parts.next()? {
        "modules" | "foundation" => parts.next(),
        first => Some(first),
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    numbered(text).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn read_all(root: &Path) -> Result<Vec<Source>, String> {
    let mut out = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !path.is_symlink() && !SKIPPED.contains(&name.as_ref()) {
                folders.push(path);
            } else if name.ends_with(".rs") || name.ends_with(".sql") {
                let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                let inside = path.strip_prefix(root).unwrap_or(&path);
                out.push(Source { path: inside.to_string_lossy().replace('\\', "/"), text });
            }
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn long_unnamed_and_unfinished_files_are_found() {
        assert_eq!(shape(&file("a.rs", &format!("//! A.\n{}", "\n".repeat(MAX_LINES)))).len(), 1);
        assert_eq!(shape(&file("a.rs", "use std::fs;\n")).len(), 1);
        assert_eq!(shape(&file("a.rs", concat!("//! A.\nfn f() { todo", "!() }\n"))).len(), 1);
        assert_eq!(shape(&file("a.rs", "//! A.\nfn f() {}\n")).len(), 0);
    }

    #[test]
    fn rules_that_reach_for_the_platform_are_found() {
        let path = "modules/office/src/rules/numbering.rs";
        assert_eq!(purity(&file(path, "//! A.\nuse platform::Tx;\nfn f(x: web::Page) {}\n")).len(), 2);
        assert_eq!(purity(&file("modules/office/src/rules.rs", "use crate::store;\n")).len(), 1);
        // A comment, another word, another room.
        assert_eq!(purity(&file(path, "// use platform::Tx\nuse crate::rules::myplatform::X;\n")).len(), 0);
        assert_eq!(purity(&file("modules/office/src/use_cases/issue.rs", "use platform::Tx;\n")).len(), 0);
    }

    #[test]
    fn reading_anothers_table_is_found() {
        let sql = "CREATE TABLE office_shelf (id TEXT);\nCREATE TABLE IF NOT EXISTS office_shelf_mark (id TEXT);\n";
        let owners = table_owners(&[file("modules/office/migrations/0001_office.sql", sql)]);
        assert_eq!(owners.len(), 2);
        let text = "const A: &str = \"SELECT 1 FROM office_shelf JOIN office_shelf_mark\";\n";
        assert_eq!(foreign_tables(&file("modules/exchange/src/store.rs", text), &owners).len(), 2);
        assert_eq!(foreign_tables(&file("modules/office/src/store.rs", text), &owners).len(), 0);
        assert_eq!(foreign_tables(&file("tests/faults/src/check.rs", text), &owners).len(), 0);
        assert_eq!(foreign_tables(&file("modules/exchange/src/store.rs", "\"FROM office_shelf_x\""), &owners).len(), 0);
    }
}
