//! Repeatable measurements of the whole program over HTTP; prints the machine with every figure.
#![allow(clippy::print_stdout)]

mod load;
mod signatures;
mod xml_signatures;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use testkit::machine;

/// Measures Liên Thông
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Packages accepted per second (50 KB, three recipients) at 1, 64 and 256 in flight
    Accept {
        /// Packages at each step
        #[arg(long, default_value_t = 2000)]
        packages: usize,
        /// An empty PostgreSQL database instead of the embedded one
        #[arg(long)]
        database: Option<String>,
    },
    /// Start time, idle memory, page weights, and the inbox page with many documents
    Pages {
        /// Documents in the inbox
        #[arg(long, default_value_t = 10_000)]
        documents: usize,
    },
    /// XML signatures verified against xmlsec1, PDF signatures made and verified against pyHanko, in the same run; a 250 MB
    /// file; a batch of 1,000
    Signatures {
        /// The folder with the Python that has pyHanko (`scripts/test tools` makes it)
        #[arg(long, default_value = "target/verifiers-venv/bin")]
        verifiers: std::path::PathBuf,
    },
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
    println!("{}", machine::line());
    let outcome = match args.what {
        What::Accept { packages, database } => runtime.block_on(load::accept(packages, database)),
        What::Pages { documents } => runtime.block_on(load::pages(documents)),
        What::Signatures { verifiers } => {
            signatures::run(&verifiers).map_err(|e| platform::Error::fault("measure signatures", e))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
