//! Faults: the real program is killed at random moments under load over HTTP, and what it promised is counted afterwards.
//! Exit code 1 on any violation.
#![allow(clippy::print_stdout)]

mod check;
mod crash;
mod crash_commands;
mod crash_pair;
mod large;
mod load;
mod server;
mod storage;
mod storage_damage;
mod verdict;
mod world;

use base::Random;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use verdict::{Result, Verdict};
use world::Engine;

/// Breaks Liên Thông on purpose and counts what it promised
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    what: What,
    /// The program to run; without it, `lienthong` beside this one
    #[arg(long, global = true)]
    program: Option<PathBuf>,
    /// Seed of every random choice; printed, so that a run can be repeated
    #[arg(long, global = true)]
    seed: Option<u64>,
    /// Begin no further round after so many minutes
    #[arg(long, global = true, default_value_t = 60)]
    minutes: u64,
}

#[derive(Clone, Copy, Subcommand)]
enum What {
    /// `kill -9` at random moments: server on both engines, a pair of servers, `migrate`, `backup`
    Crash {
        /// Kills of the server on each engine; a tenth as many (at least 2) of everything else
        #[arg(long, default_value_t = 200)]
        kills: usize,
    },
    /// The largest attachment on every path, and the memory that each process needs for it
    Large {
        /// Its size; the largest that is taken is 256
        #[arg(long, default_value_t = 252)]
        megabytes: usize,
    },
    /// A full disk, a read-only one, one that answers with errors, and bits flipped behind the program's back
    Storage {
        /// Bits flipped, each in a fresh copy of the data
        #[arg(long, default_value_t = 60)]
        flips: usize,
    },
}

/// What every case is given.
pub struct Run {
    /// The program under test.
    pub program: PathBuf,
    /// Every random choice.
    pub random: Random,
    /// When to begin no further round.
    pub end: Instant,
}

impl Run {
    /// A whole number from `low` to `high`, both included.
    pub fn between(&self, low: u64, high: u64) -> u64 {
        low + u64::from_le_bytes(self.random.bytes::<8>()) % (high - low + 1)
    }

    /// Whether the time for further rounds is over.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let verdict = Verdict::default();
    match runtime.block_on(run(args, &verdict)) {
        Ok(()) => {}
        Err(error) => verdict.violation(&error),
    }
    verdict.say()
}

async fn run(args: Args, verdict: &Verdict) -> Result<()> {
    let program = match args.program {
        Some(program) => std::path::absolute(program).map_err(|e| e.to_string())?,
        None => std::env::current_exe().map_err(|e| e.to_string())?.with_file_name("lienthong"),
    };
    if !program.exists() {
        return Err(format!("{} is not there: build it, or name it with --program", program.display()));
    }
    let mut fresh = [0; 8];
    platform::random_bytes(&mut fresh);
    let seed = args.seed.unwrap_or(u64::from_le_bytes(fresh) >> 32);
    println!("{}", testkit::machine::line());
    println!("program {}: {}; seed {seed}", program.display(), server::version(&program).await?);
    let end = Instant::now() + Duration::from_secs(args.minutes * 60);
    let run = Run { program, random: Random::seeded(seed), end };
    match args.what {
        What::Crash { kills } => crash_all(&run, verdict, kills, (kills / 10).max(2)).await,
        What::Large { megabytes } => large::large(&run, verdict, megabytes).await,
        What::Storage { flips } => {
            for engine in Engine::BOTH {
                storage::full(&run, verdict, engine).await?;
            }
            storage::read_only(&run, verdict).await?;
            storage::errors(&run, verdict).await?;
            storage_damage::damage(&run, verdict, flips).await
        }
    }
}

async fn crash_all(run: &Run, verdict: &Verdict, kills: usize, others: usize) -> Result<()> {
    for engine in Engine::BOTH {
        crash::crash(run, verdict, engine, kills).await?;
        crash_commands::migrate(run, verdict, engine, others).await?;
        crash_commands::backup(run, verdict, engine, others).await?;
    }
    crash_pair::crash_pair(run, verdict, others * 2).await
}
