//! The chores of the repository: check the map of the house, generate what is generated.
#![expect(clippy::print_stdout, reason = "a command line speaks to its terminal")]

mod generate;
mod house;
mod map;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Fail on any arrow between crates that the architecture does not draw, and on files that break the house's rules.
    CheckMap,
    /// Write the committed files that are generated from the program.
    Generate {
        /// Write nothing; fail when a committed file differs.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let root = root();
    let found = match Arguments::parse().chore {
        Chore::CheckMap => map::check(&root).and_then(|mut found| {
            found.extend(house::check(&root)?);
            Ok(found)
        }),
        Chore::Generate { check: true } => generate::check(&root),
        Chore::Generate { check: false } => generate::write(&root).map(|()| Vec::new()),
    };
    match found {
        Ok(found) if found.is_empty() => ExitCode::SUCCESS,
        Ok(found) => {
            for line in &found {
                println!("{line}");
            }
            println!("{} to mend", found.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace, wherever the command was called.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
