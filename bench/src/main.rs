//! Repeatable measurements of the whole program over HTTP; prints the machine with every figure.
#![allow(clippy::print_stdout)]

mod growth;
mod load;
mod rabbitmq;
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
        /// Lets a RabbitMQ (Debian's rabbitmq-server) take the same bytes in the same run, and fails below its rate
        #[arg(long)]
        beside_rabbitmq: bool,
    },
    /// What a package, a registration, a search and the lists cost with ever more documents in one agency's books
    Growth {
        /// Documents at each step
        #[arg(long, value_delimiter = ',', default_values_t = [1000, 10_000, 100_000])]
        steps: Vec<usize>,
    },
    /// Time to ready and memory at rest on these data
    #[command(hide = true)]
    Rest {
        /// The data folder
        data: std::path::PathBuf,
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
        What::Accept { packages, database, beside_rabbitmq } => {
            runtime.block_on(load::accept(packages, database, beside_rabbitmq))
        }
        What::Growth { steps } => runtime.block_on(growth::growth(&steps)),
        What::Rest { data } => runtime.block_on(growth::rest(&data)),
        What::Signatures { verifiers } => {
            signatures::run(&verifiers).map(|()| true).map_err(|e| platform::Error::fault("measure signatures", e))
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
