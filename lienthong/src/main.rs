//! The program's entrance: arguments in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    lienthong::cli::main()
}
