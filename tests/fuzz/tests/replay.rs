//! Every committed seed, and what once went wrong, through its target.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

#[test]
fn every_seed_is_taken_or_refused() {
    for (name, run) in fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
        let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no seeds");
        for file in files {
            println!("{}", file.display());
            run(&std::fs::read(file).unwrap());
        }
    }
}
